/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_code.h"
#include "cli/common_endorse.h"

/* The endorsement of an auditor, or whoever else the manifest names besides the trustees [ENDORSE]. */

/* Is this the key that the manifest lists for this id? */
static int check_key(const tb_client *c, const char *id, const tb_role_keys *keys)
{
	const uint8_t *listed;
	uint8_t public_key[32];

	if (tb_manifest_signer_key(tb_board_manifest(c->board), TB_ROLE_ENDORSER, 0, id, &listed) != TB_OK)
		return tb_args_error(
			c->args, "--id: this election names no endorser '%s' besides its trustees", id);
	tb_schnorr_public(public_key, &keys->sign);
	if (memcmp(public_key, listed, sizeof public_key) != 0)
		return tb_args_error(c->args, "--key: this key is not the one of the endorser '%s'", id);
	return TB_EXIT_OK;
}

static int run_endorse(const tb_args *args)
{
	const char *id = tb_args_get(args, "id");
	char signer[TB_SIGNER_MAX];
	tb_role_keys keys = {0};
	tb_client client;
	int exit_code;

	if (!tb_id_is_valid(id, strlen(id)))
		return tb_args_error(args, "--id: expected 1 to 64 characters a-z 0-9 . _ -, found '%s'", id);
	(void)snprintf(signer, sizeof signer, "endorser/%s", id);
	exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_require_url(&client);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_role_keys_obtain(args, "key", TB_ROLE_ENDORSER, &keys);
	if (exit_code == TB_EXIT_OK)
		exit_code = check_key(&client, id, &keys);
	tb_client_close(&client);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_endorse(args, signer, &keys);
	tb_role_keys_wipe(&keys);
	return exit_code;
}

static const tb_flag endorse_flags[] = {
	{"id", "ID", "which endorser of the election file you are", true, false},
	{"key", "FILE", "your key file; otherwise the code is asked for", false, false},
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_endorse = {
	.name = "endorse",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "after the close: verify the whole board and endorse it, as an auditor",
	.details = "Once, ever: what was endorsed is kept in the state folder, and another board is refused "
		   "from then on.  "
		   "Keep that\n"
		   "folder until the result is there.  Trustees use `tabella-trustee endorse`.  Exit code 3: "
		   "the polls "
		   "are still open.",
	.flags = endorse_flags,
	.run = run_endorse,
};

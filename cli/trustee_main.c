/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/common_code.h"
#include "cli/common_post.h"
#include "cli/trustee.h"

int tb_trustee_identify(const tb_args *args, const tb_manifest *m, tb_trustee_self *self)
{
	uint8_t public_key[32];
	int exit_code;

	memset(self, 0, sizeof *self);
	exit_code = tb_role_keys_obtain(args, "phrase", TB_ROLE_TRUSTEE, &self->keys);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	tb_schnorr_public(public_key, &self->keys.sign);
	for (uint32_t i = 0; i < m->num_trustees; i++)
		if (memcmp(m->trustees[i].sign_key, public_key, sizeof public_key) == 0)
			self->index = i + 1;
	if (self->index == 0)
		return tb_args_error(args, "this phrase belongs to none of the %u trustees of this election",
			m->num_trustees);
	(void)snprintf(self->signer, sizeof self->signer, "trustee/%u", self->index);
	return TB_EXIT_OK;
}

int tb_trustee_post(tb_client *c, const tb_trustee_self *self, tb_entry_type type, const tb_buf *payload,
	const char *what)
{
	uint64_t index;
	int exit_code = tb_post(c, type, self->signer, &self->keys.sign, payload, &index);

	if (exit_code == TB_EXIT_OK && tb_args_json(c->args))
		printf("{\"trustee\":%u,\"index\":%llu}\n", self->index, (unsigned long long)index);
	else if (exit_code == TB_EXIT_OK)
		printf("trustee %u: %s, entry %llu\n", self->index, what, (unsigned long long)index);
	return exit_code;
}

static const tb_command *const commands[] = {
	&tb_trustee_init,
	&tb_trustee_show,
	&tb_trustee_status,
	&tb_trustee_commit,
	&tb_trustee_certify,
	&tb_trustee_recover,
	&tb_trustee_endorse,
	&tb_trustee_mix,
	&tb_trustee_decrypt,
	NULL,
};

int main(int argc, char **argv)
{
	static const tb_program program = {
		.name = "tabella-trustee",
		.summary = "Hold a share of an election's key: make it with the others, check the board, "
			   "decrypt the tally.",
		.commands = commands,
	};

	return tb_program_run(&program, argc, argv);
}

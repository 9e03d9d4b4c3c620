/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/common_client.h"
#include "core/base/json.h"

/* The key that signs a board's log, in the C2SP form of a verifier key: what a receipt is checked with [RECEIPT]. */

static int print_key(const tb_client *c)
{
	tb_json_out out;
	tb_buf text, json;
	bool ok;

	tb_buf_init(&text, 1u << 12);
	tb_buf_init(&json, 1u << 13);
	tb_vkey_write(&text, &c->log_key);
	tb_json_out_init(&out, &json);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_cstring(&out, "vkey", tb_buf_cstr(&text));
	tb_json_out_end(&out);
	ok = tb_buf_status(&text) == TB_OK && tb_json_out_status(&out) == TB_OK;
	if (ok)
		printf("%s\n", tb_buf_cstr(tb_args_json(c->args) ? &json : &text));
	tb_buf_release(&text);
	tb_buf_release(&json);
	return ok ? TB_EXIT_OK : tb_args_error(c->args, "out of memory");
}

static int run_vkey(const tb_args *args)
{
	tb_client client;
	int exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);

	if (exit_code == TB_EXIT_OK)
		exit_code = print_key(&client);
	tb_client_close(&client);
	return exit_code;
}

static const tb_flag vkey_flags[] = {
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_vkey = {
	.name = "vkey",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "print the key that signs a board's log, for `tabella receipt --key`",
	.details =
		"In the form of C2SP signed notes, which other tools read too.  It is what the board says: "
		"compare it with the\n"
		"one that others see, or use the election file that you were given.",
	.flags = vkey_flags,
	.run = run_vkey,
};

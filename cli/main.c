/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

static const tb_command *const commands[] = {
	&tb_cmd_key_new,
	&tb_cmd_key_show,
	&tb_cmd_check,
	&tb_cmd_codes,
	&tb_cmd_create,
	&tb_cmd_roll_import,
	&tb_cmd_roll_change,
	&tb_cmd_status,
	&tb_cmd_open,
	&tb_cmd_close,
	&tb_cmd_publish,
	&tb_cmd_extend,
	&tb_cmd_notice,
	&tb_cmd_cancel,
	&tb_cmd_vote,
	&tb_cmd_audit,
	&tb_cmd_receipt,
	&tb_cmd_vkey,
	&tb_cmd_endorse,
	&tb_cmd_result,
	&tb_cmd_export,
	&tb_cmd_mirror,
	&tb_cmd_feed,
	&tb_cmd_witness,
	&tb_cmd_submit,
	&tb_cmd_count,
	NULL,
};

int main(int argc, char **argv)
{
	static const tb_program program = {
		.name = "tabella",
		.summary = "Make, run, vote in and audit verifiable elections.",
		.commands = commands,
	};

	return tb_program_run(&program, argc, argv);
}

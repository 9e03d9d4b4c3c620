/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_CMD_H
#define TB_CLI_CMD_H

#include "cli/common_args.h"

/* The commands of `tabella`, in the order of its --help; each stands in the cmd_*.c of its topic. */
extern const tb_command tb_cmd_key_new, tb_cmd_key_show;
extern const tb_command tb_cmd_check;
extern const tb_command tb_cmd_codes;
extern const tb_command tb_cmd_create;
extern const tb_command tb_cmd_roll_import, tb_cmd_roll_change;
extern const tb_command tb_cmd_status, tb_cmd_open, tb_cmd_close, tb_cmd_publish;
extern const tb_command tb_cmd_extend, tb_cmd_notice, tb_cmd_cancel;
extern const tb_command tb_cmd_vote, tb_cmd_audit, tb_cmd_receipt, tb_cmd_vkey;
extern const tb_command tb_cmd_endorse, tb_cmd_result, tb_cmd_export, tb_cmd_mirror, tb_cmd_feed,
	tb_cmd_witness, tb_cmd_submit;
extern const tb_command tb_cmd_count;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_VERIFIED_H
#define TB_CLI_COMMON_VERIFIED_H

#include "cli/common_client.h"
#include "core/election/check.h"

/*
 * The whole board of an election, copied from its server (if it is not a copy already) and verified entry by entry, as whoever endorses or
 * decrypts has to [ENDORSE] [DECRYPT.WHEN].
 */
typedef struct tb_verified {
	tb_client client;       /* the board; its memory of the log */
	tb_check_report report; /* report.board is the board at the end */
	bool has_report;
} tb_verified;

/* Copies and verifies; prints every failure and returns TB_EXIT_NO when something is false.  To be closed in every case. */
int tb_verified_open(tb_verified *v, const tb_args *args);
void tb_verified_close(tb_verified *v);

#endif

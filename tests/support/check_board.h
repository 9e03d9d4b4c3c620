/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_CHECK_BOARD_H
#define TB_TESTS_SUPPORT_CHECK_BOARD_H

#include "core/election/check.h"
#include "tests/support/make_board.h"

/* The verification of files in memory, with everything it reported.  Aborts when it can say nothing. */
typedef struct tb_checked {
	tb_check_report report;
	tb_check_failure *failure;
	size_t num, cap;
} tb_checked;

/* A source that reads from `files`, which are borrowed. */
typedef struct tb_files_source {
	tb_source head;
	const tb_maker_files *files;
} tb_files_source;
void tb_files_source_init(tb_files_source *s, const tb_maker_files *files);

void tb_checked_run(
	tb_checked *out, const tb_maker_files *files, const tb_check_options *options); /* NULL = defaults */
void tb_checked_release(tb_checked *c);
bool tb_checked_has(const tb_checked *c, const char *rule);  /* among the failures */
bool tb_checked_says(const tb_checked *c, const char *code); /* among the statements */
void tb_checked_print_failures(const tb_checked *c);         /* to stderr, for a test that is about to fail */

#endif

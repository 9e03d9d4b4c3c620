/* SPDX-License-Identifier: Apache-2.0 */
/* The verification of a whole board when memory runs out: at the first allocation, at the second, and so on until nothing
 * fails.  It says MEMORY every time, never "verified" and never "false", and loses nothing (AddressSanitizer sees that). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/check_board.h"
#include "tests/support/starve.h"

static const tb_maker_files *board;
static tb_verdict verdict;

static tb_err check_board(void)
{
	tb_check_options options = {.threads = 1, .batch = 4};
	tb_check_report report;
	tb_files_source source;
	tb_fault fault;
	tb_err err;

	tb_files_source_init(&source, board);
	err = tb_check_run(&report, &source.head, &options, &fault);
	if (err != TB_OK) {
		assert_null(report.board);
		return err;
	}
	verdict = report.verdict;
	tb_check_report_release(&report);
	return TB_OK;
}

static void starve(const tb_maker_files *files, tb_verdict expected)
{
	board = files;
	tb_starve(check_board, 101);
	assert_int_equal(verdict, expected);
}

static void test_a_right_board(void **state)
{
	tb_maker_config config = {
		.small = true, .num_voters = 2, .num_trustees = 1, .threshold = 1, .extras = true};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;

	(void)state;
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	starve(&files, TB_VERDICT_VERIFIED);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* With a mix, the shares of its list, and the count of what they decrypt. */
static void test_a_right_board_with_rankings(void **state)
{
	tb_maker_config config = {
		.small = true, .ranked = true, .num_voters = 2, .num_trustees = 1, .threshold = 1};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;

	(void)state;
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	starve(&files, TB_VERDICT_VERIFIED);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

static void spoil(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	(void)arg;
	(void)m;
	if (plan->type == TB_ENTRY_BALLOT || plan->type == TB_ENTRY_OPEN)
		plan->signature[5] ^= 1;
}

/* With bad ballots, and an entry whose bytes are not those of the tree: what is done to name them. */
static void test_a_false_board(void **state)
{
	tb_maker_config config = {.small = true, .num_voters = 2, .num_trustees = 1, .threshold = 1};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;

	(void)state;
	m->before = spoil;
	m->is_lenient = true;
	tb_maker_until_closed(m);
	tb_maker_files_new(m, &files);
	files.file[files.num - 1].bytes.data[files.file[files.num - 1].bytes.len - 50] ^= 1;
	starve(&files, TB_VERDICT_FALSE);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_right_board),
		cmocka_unit_test(test_a_right_board_with_rankings),
		cmocka_unit_test(test_a_false_board),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

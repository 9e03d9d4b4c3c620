/* SPDX-License-Identifier: Apache-2.0 */
/* The verification of a whole board when memory runs out: at the first allocation, at the second, and so on until nothing
 * fails.  It says MEMORY every time, never "verified" and never "false", and loses nothing (AddressSanitizer sees that). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/check_board.h"

static atomic_long left = -1; /* allocations that still succeed, of all threads; negative: all */

static bool refuse(void)
{
	long n = left;

	if (n < 0)
		return false;
	while (n > 0 && !atomic_compare_exchange_weak(&left, &n, n - 1))
		;
	return n == 0;
}

void *__real_malloc(size_t len);
void *__real_calloc(size_t num, size_t len);
void *__real_realloc(void *old, size_t len);
void *__real_aligned_alloc(size_t alignment, size_t len);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t max);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t num, size_t len);
void *__wrap_realloc(void *old, size_t len);
void *__wrap_aligned_alloc(size_t alignment, size_t len);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t max);

void *__wrap_malloc(size_t len)
{
	return refuse() ? NULL : __real_malloc(len);
}

void *__wrap_calloc(size_t num, size_t len)
{
	return refuse() ? NULL : __real_calloc(num, len);
}

void *__wrap_realloc(void *old, size_t len)
{
	return refuse() ? NULL : __real_realloc(old, len);
}

void *__wrap_aligned_alloc(size_t alignment, size_t len)
{
	return refuse() ? NULL : __real_aligned_alloc(alignment, len);
}

char *__wrap_strdup(const char *text)
{
	return refuse() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t max)
{
	return refuse() ? NULL : __real_strndup(text, max);
}

static void starve(const tb_maker_files *files, tb_verdict expected)
{
	tb_check_options options = {.threads = 1, .batch = 4};
	tb_check_report report;
	tb_files_source source;
	tb_fault fault;
	long n = 0;

	tb_files_source_init(&source, files);
	for (;; n++) {
		tb_err err;

		left = n;
		err = tb_check_run(&report, &source.head, &options, &fault);
		left = -1;
		if (err == TB_OK)
			break;
		assert_int_equal(err, TB_ERR_MEMORY);
		assert_null(report.board);
		assert_true(n < 100000);
	}
	assert_int_equal(report.verdict, expected);
	tb_check_report_release(&report);
	print_message("%ld allocations\n", n);
	assert_true(n > 100);
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
		cmocka_unit_test(test_a_false_board),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

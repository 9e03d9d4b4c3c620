/* SPDX-License-Identifier: Apache-2.0 */
/* Work in pieces on several threads: every thing once, and one error whatever the threads do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/parallel.h"

enum { NUM = 1000 };

static uint8_t done[NUM];

static tb_err mark(void *arg, size_t first, size_t num)
{
	const size_t *most = arg;

	if (num > *most || num == 0)
		return TB_ERR_RANGE;
	for (size_t i = 0; i < num; i++)
		done[first + i]++;
	return TB_OK;
}

static void test_every_thing_is_done_once(void **state)
{
	static const size_t pieces[] = {1, 7, 333, NUM, NUM + 1, 5000};

	(void)state;
	for (unsigned threads = 0; threads <= 5; threads++) {
		for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
			tb_parallel p = {.threads = threads};
			size_t most = pieces[k];

			memset(done, 0, sizeof done);
			assert_int_equal(tb_parallel_run(&p, NUM, pieces[k], mark, &most), TB_OK);
			for (size_t i = 0; i < NUM; i++)
				assert_int_equal(done[i], 1);
		}
	}
}

static tb_err fail_late(void *arg, size_t first, size_t num)
{
	(void)arg;
	(void)num;
	if (first == 30)
		return TB_ERR_PROOF;
	return first > 30 ? TB_ERR_ENCODING : TB_OK;
}

static void test_the_first_error_is_the_one(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 8; threads++) {
		tb_parallel p = {.threads = threads};

		for (int again = 0; again < 20; again++)
			assert_int_equal(tb_parallel_run(&p, 100, 10, fail_late, NULL), TB_ERR_PROOF);
	}
}

static uint64_t last_done, num_calls;

static void count(void *arg, uint64_t so_far, uint64_t total)
{
	assert_ptr_equal(arg, &num_calls);
	assert_int_equal(total, NUM);
	assert_in_range(so_far, last_done, NUM);
	last_done = so_far;
	num_calls++;
}

static void test_progress_ends_at_the_end(void **state)
{
	tb_parallel p = {.threads = 3, .progress = count, .progress_arg = &num_calls};
	size_t most = 10;

	(void)state;
	last_done = num_calls = 0;
	assert_int_equal(tb_parallel_run(&p, NUM, 10, mark, &most), TB_OK);
	assert_int_equal(last_done, NUM);
	assert_in_range(num_calls, 1, NUM / 10 + 1);
}

static void test_nothing_to_do(void **state)
{
	tb_parallel p = {.threads = 2};

	(void)state;
	assert_int_equal(tb_parallel_run(&p, 0, 10, fail_late, NULL), TB_OK);
	assert_in_range(tb_parallel_threads(&p), 2, 2);
	p.threads = 0;
	assert_in_range(tb_parallel_threads(&p), 1, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_thing_is_done_once),
		cmocka_unit_test(test_the_first_error_is_the_one),
		cmocka_unit_test(test_progress_ends_at_the_end),
		cmocka_unit_test(test_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

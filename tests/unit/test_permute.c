/* SPDX-License-Identifier: Apache-2.0 */
/* Secret permutations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/permute.h"

/* Every size up to 70 and some beyond: a permutation, the same each time, and its inverse undoes it; records stay whole. */
static void check_size(size_t num, size_t words)
{
	uint64_t *records = calloc(num * words, sizeof *records), *again = calloc(num, sizeof *again);
	bool *seen = calloc(num, sizeof *seen);
	tb_permutation p;

	assert_true(records != NULL && again != NULL && seen != NULL);
	assert_int_equal(tb_permutation_new(&p, num), TB_OK);
	for (size_t i = 0; i < num; i++) {
		again[i] = i;
		for (size_t k = 0; k < words; k++)
			records[i * words + k] = 1000 * i + k;
	}
	tb_permutation_apply(&p, records, words);
	tb_permutation_apply(&p, again, 1);
	for (size_t i = 0; i < num; i++) {
		uint64_t j = records[i * words] / 1000;

		assert_true(j < num && !seen[j]);
		seen[j] = true;
		assert_int_equal(again[i], j);
		assert_int_equal(p.images[i], j);
		for (size_t k = 0; k < words; k++)
			assert_int_equal(records[i * words + k], 1000 * j + k);
	}
	tb_permutation_apply_inverse(&p, records, words);
	for (size_t i = 0; i < num * words; i++)
		assert_int_equal(records[i], 1000 * (i / words) + i % words);
	tb_permutation_free(&p);
	assert_null(p.keys);
	free(records);
	free(again);
	free(seen);
}

static void test_every_size(void **state)
{
	(void)state;
	for (size_t num = 1; num <= 70; num++)
		check_size(num, num % 11 + 1);
	check_size(1000, 8);
	check_size(1025, 1);
}

/* All 24 orders of four come about equally often: 4,800 draws, 200 expected, a deviation of 7 standard ones never happens. */
static void test_all_orders_are_equally_likely(void **state)
{
	unsigned count[256] = {0}, orders = 0;

	(void)state;
	for (int n = 0; n < 4800; n++) {
		tb_permutation p;
		size_t code = 0;

		assert_int_equal(tb_permutation_new(&p, 4), TB_OK);
		for (size_t i = 0; i < 4; i++)
			code = 4 * code + (size_t)p.images[i];
		count[code]++;
		tb_permutation_free(&p);
	}
	for (size_t code = 0; code < 256; code++) {
		if (count[code] == 0)
			continue;
		assert_in_range(count[code], 100, 300);
		orders++;
	}
	assert_int_equal(orders, 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_all_orders_are_equally_likely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the constant-time helpers compute; that they are constant time is tests/ct/ct_group.c's business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/ct.h"
#include "crypto/wipe.h"

static const uint64_t values[] = {
	0, 1, 2, 0x7fffffffffffffff, 0x8000000000000000, UINT64_MAX - 1, UINT64_MAX};
#define NUM (sizeof values / sizeof values[0])

static void test_masks(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM; i++) {
		assert_int_equal(tb_ct_mask_nonzero(values[i]), values[i] != 0 ? UINT64_MAX : 0);
		for (size_t j = 0; j < NUM; j++) {
			assert_int_equal(tb_ct_mask_equal(values[i], values[j]), i == j ? UINT64_MAX : 0);
			assert_int_equal(tb_ct_select(UINT64_MAX, values[i], values[j]), values[i]);
			assert_int_equal(tb_ct_select(0, values[i], values[j]), values[j]);
		}
	}
}

static void test_compare_sees_every_bit(void **state)
{
	uint8_t a[20] = {0}, b[20] = {0};

	(void)state;
	assert_true(tb_ct_equal(a, b, sizeof a) && tb_ct_is_zero(a, sizeof a));
	for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
		a[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(tb_ct_equal(a, b, sizeof a));
		assert_false(tb_ct_equal(b, a, sizeof a));
		assert_false(tb_ct_is_zero(a, sizeof a));
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_true(tb_ct_equal(a, b, sizeof a));
		a[bit / 8] = b[bit / 8] = 0;
	}
	a[5] = 1;
	assert_true(tb_ct_equal(a, b, 5) && tb_ct_is_zero(a, 5) && tb_ct_equal(a, b, 0));
}

static void test_assign_and_lookup(void **state)
{
	uint64_t table[5][3], out[3] = {7, 8, 9};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < 3; j++)
			table[i][j] = UINT64_MAX - 10 * i - j;
	tb_ct_assign(0, out, table[1], 3);
	assert_int_equal(out[0], 7);
	assert_int_equal(out[2], 9);
	tb_ct_assign(UINT64_MAX, out, table[1], 3);
	assert_memory_equal(out, table[1], sizeof out);
	for (uint64_t i = 0; i < 5; i++) {
		tb_ct_lookup(out, table[0], 5, 3, i);
		assert_memory_equal(out, table[i], sizeof out);
	}
}

static void test_wipe(void **state)
{
	uint8_t a[10];

	(void)state;
	memset(a, 5, sizeof a);
	tb_wipe(a + 1, 8);
	assert_true(tb_ct_is_zero(a + 1, 8) && a[0] == 5 && a[9] == 5);
	tb_wipe(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_compare_sees_every_bit),
		cmocka_unit_test(test_assign_and_lookup),
		cmocka_unit_test(test_wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

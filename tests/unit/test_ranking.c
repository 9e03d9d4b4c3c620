/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ranking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <gmp.h>

/* ---- the definition [RANK.DEFINITION] ---- */

/* d and w of every number of options, against GMP. */
static void test_every_width(void **state)
{
	tb_ranking_definition def;
	mpz_t limit, power;

	(void)state;
	mpz_init(power);
	mpz_init_set_ui(limit, 1);
	mpz_mul_2exp(limit, limit, 240);
	for (uint32_t m = 1; m <= TB_RANKING_MAX_OPTIONS; m++) {
		assert_int_equal(tb_ranking_define(&def, m, 0, m, false), TB_OK);
		mpz_ui_pow_ui(power, m + 1, def.d);
		assert_true(mpz_cmp(power, limit) <= 0);
		mpz_mul_ui(power, power, m + 1);
		assert_true(mpz_cmp(power, limit) > 0);
		assert_true((def.w - 1) * def.d < m && m <= def.w * def.d);
		assert_true(def.w <= TB_RANKING_MAX_WIDTH);
		assert_int_equal(def.w == 1, m <= 43);
		assert_int_equal(tb_ranking_part_bytes(tb_group_ristretto255(), &def), 128 * def.w);
	}
	assert_int_equal(def.d, 26); /* of 500 options */
	assert_int_equal(def.w, 20);
	mpz_clear(power);
	mpz_clear(limit);
}

static void test_what_is_no_definition(void **state)
{
	static const uint32_t bad[][3] = {{0, 0, 0}, {0, 0, 1}, {501, 0, 1}, {3, 0, 0}, {3, 0, 4}, {3, 2, 1},
		{3, 4, 4}, {UINT32_MAX, 0, 1}};
	tb_ranking_definition def, before;

	(void)state;
	memset(&def, 0x5a, sizeof def);
	before = def;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
			tb_ranking_define(&def, bad[i][0], bad[i][1], bad[i][2], false), TB_ERR_RANGE);
	assert_memory_equal(&def, &before, sizeof def);
	assert_int_equal(tb_ranking_define(&def, 3, 3, 3, false), TB_OK);
}

static void test_definition_bytes(void **state)
{
	static const uint8_t expected[TB_RANKING_DEFINITION_BYTES] = {
		0, 0, 1, 0xf4, 0, 0, 0, 2, 0, 0, 1, 1, 1, 0, 0, 0, 26, 0, 0, 0, 20};
	uint8_t bytes[TB_RANKING_DEFINITION_BYTES];
	tb_ranking_definition def;

	(void)state;
	assert_int_equal(tb_ranking_define(&def, 500, 2, 257, true), TB_OK);
	tb_ranking_definition_write(bytes, &def);
	assert_memory_equal(bytes, expected, sizeof bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_width),
		cmocka_unit_test(test_what_is_no_definition),
		cmocka_unit_test(test_definition_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

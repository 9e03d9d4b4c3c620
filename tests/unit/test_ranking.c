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

/* ---- rankings of few options, all of them [RANK.CHOICE] [RANK.ENCODE] [RANK.DECODE] ---- */

#define FEW 4

/* What the rule says, word by word. */
static bool is_choice(const tb_ranking_definition *def, const uint32_t *ranks)
{
	uint32_t num[FEW + 2] = {0}, last = 0, ranked = 0;

	for (uint32_t i = 0; i < def->m; i++) {
		if (ranks[i] > def->m)
			return false;
		num[ranks[i]]++;
		last = ranks[i] > last ? ranks[i] : last;
		ranked += ranks[i] != 0;
	}
	for (uint32_t r = 1; r <= last; r++)
		if (num[r] == 0 || (num[r] > 1 && !def->equal))
			return false;
	return ranked >= def->min && ranked <= def->max;
}

/* An element that carries `number`. */
static void embed(tb_point *out, uint64_t number)
{
	uint8_t bytes[TB_EMBED_BYTES] = {0};

	for (size_t i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(number >> (8 * i));
	assert_int_equal(tb_point_embed(tb_group_ristretto255(), out, bytes), TB_OK);
}

/* One definition on one number. */
static void try_number(const tb_ranking_definition *def, uint64_t number, uint64_t limit, const tb_point *M,
	size_t *num_choices)
{
	uint32_t ranks[FEW], found[FEW], rank, num;
	uint64_t rest = number;
	tb_point again;
	bool expected;

	for (uint32_t i = 0; i < def->m; i++, rest /= def->m + 1)
		ranks[i] = (uint32_t)(rest % (def->m + 1));
	expected = number < limit && is_choice(def, ranks);
	assert_int_equal(tb_ranking_decode(def, found, M), expected ? TB_OK : TB_ERR_ENCODING);
	if (number >= limit)
		return;
	assert_int_equal(tb_ranking_is_choice(def, ranks), expected);
	assert_int_equal(tb_ranking_find_fault(def, ranks, &rank, &num) == TB_RANKING_FINE, expected);
	if (!expected)
		return;
	assert_memory_equal(found, ranks, def->m * sizeof *ranks);
	if (def->min == 0 && def->max == def->m &&
		def->equal) { /* encoding asks nothing else of a definition */
		assert_int_equal(tb_ranking_encode(def, &again, ranks), TB_OK);
		assert_true(tb_point_equal(tb_group_ristretto255(), &again, M));
	}
	++*num_choices;
}

/* Every ranking there and back, and no other number is one. */
static void test_all_numbers_of_few_options(void **state)
{
	/* orders of subsets: sum m!/k!; with equal ranks: the ordered set partitions of all subsets, 2 * Fubini(m) */
	static const size_t all[FEW + 1] = {1, 2, 5, 16, 65}, equal[FEW + 1] = {1, 2, 6, 26, 150};

	(void)state;
	for (uint32_t m = 1; m <= FEW; m++) {
		size_t num[2][FEW + 1][FEW + 1] = {0};
		uint64_t limit = 1;

		for (uint32_t i = 0; i < m; i++)
			limit *= m + 1;
		for (uint64_t number = 0; number < limit + m + 2; number++) {
			tb_point M;

			embed(&M, number < limit + m + 1 ? number : UINT64_MAX);
			for (uint32_t max = 1; max <= m; max++) {
				for (uint32_t min = 0; min <= max; min++) {
					for (uint32_t e = 0; e < 2; e++) {
						tb_ranking_definition def;

						assert_int_equal(
							tb_ranking_define(&def, m, min, max, e == 1), TB_OK);
						try_number(&def, number < limit + m + 1 ? number : UINT64_MAX,
							limit, &M, &num[e][min][max]);
					}
				}
			}
		}
		assert_int_equal(num[0][0][m], all[m]);
		assert_int_equal(num[1][0][m], equal[m]);
		assert_int_equal(num[0][1][m], all[m] - 1); /* without the empty one */
	}
}

/* ---- as many options as there may be ---- */

static void expect_round_trip(const tb_ranking_definition *def, const uint32_t *ranks)
{
	static tb_point elements[TB_RANKING_MAX_WIDTH];
	uint32_t found[TB_RANKING_MAX_OPTIONS];

	assert_true(tb_ranking_is_choice(def, ranks));
	assert_int_equal(tb_ranking_encode(def, elements, ranks), TB_OK);
	assert_int_equal(tb_ranking_decode(def, found, elements), TB_OK);
	assert_memory_equal(found, ranks, def->m * sizeof *ranks);
	/* No element may be another one: a doubled one has ranks twice, and none. */
	tb_point_add(tb_group_ristretto255(), &elements[def->w - 1], &elements[def->w - 1], &elements[0]);
	assert_int_equal(tb_ranking_decode(def, found, elements),
		tb_point_is_identity(tb_group_ristretto255(), &elements[0]) && def->w > 1 ? TB_OK
											  : TB_ERR_ENCODING);
}

static void test_many_options(void **state)
{
	static const uint32_t sizes[] = {43, 44, 86, 87, 255, 499, 500};

	(void)state;
	for (size_t n = 0; n < sizeof sizes / sizeof sizes[0]; n++) {
		uint32_t ranks[TB_RANKING_MAX_OPTIONS], m = sizes[n];
		tb_ranking_definition def;

		assert_int_equal(tb_ranking_define(&def, m, 1, m, true), TB_OK);
		for (uint32_t i = 0; i < m; i++)
			ranks[i] = i + 1;
		expect_round_trip(&def, ranks);
		for (uint32_t i = 0; i < m; i++)
			ranks[i] = m - i;
		expect_round_trip(&def, ranks);
		for (uint32_t i = 0; i < m; i++) /* all first */
			ranks[i] = 1;
		expect_round_trip(&def, ranks);
		assert_int_equal(tb_ranking_define(&def, m, 0, m, false), TB_OK);
		assert_false(tb_ranking_is_choice(&def, ranks));
		memset(ranks, 0, sizeof ranks);
		ranks[m - 1] = 1;
		expect_round_trip(&def, ranks);
		ranks[0] = m + 1; /* the radix is no digit */
		assert_false(tb_ranking_is_choice(&def, ranks));
		ranks[0] = UINT32_MAX;
		assert_false(tb_ranking_is_choice(&def, ranks));
	}
}

static void test_faults_are_named(void **state)
{
	static const struct {
		uint32_t ranks[4];
		tb_ranking_fault fault;
		uint32_t rank, num;
	} cases[] = {{{5, 0, 0, 0}, TB_RANKING_TOO_HIGH, 5, 0}, {{1, 0, 1, 0}, TB_RANKING_SHARED, 1, 1},
		{{1, 3, 0, 0}, TB_RANKING_GAP, 2, 2}, {{2, 0, 0, 0}, TB_RANKING_GAP, 1, 1},
		{{0, 1, 0, 0}, TB_RANKING_TOO_FEW, 1, 1}, {{4, 1, 3, 2}, TB_RANKING_TOO_MANY, 4, 4},
		{{0, 1, 3, 2}, TB_RANKING_FINE, 3, 3}};
	tb_ranking_definition def;
	uint32_t rank, num;

	(void)state;
	assert_int_equal(tb_ranking_define(&def, 4, 2, 3, false), TB_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(tb_ranking_find_fault(&def, cases[i].ranks, &rank, &num), cases[i].fault);
		assert_int_equal(rank, cases[i].rank);
		assert_int_equal(num, cases[i].num);
		assert_int_equal(
			tb_ranking_is_choice(&def, cases[i].ranks), cases[i].fault == TB_RANKING_FINE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_width),
		cmocka_unit_test(test_what_is_no_definition),
		cmocka_unit_test(test_definition_bytes),
		cmocka_unit_test(test_all_numbers_of_few_options),
		cmocka_unit_test(test_many_options),
		cmocka_unit_test(test_faults_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

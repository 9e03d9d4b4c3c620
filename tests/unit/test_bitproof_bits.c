/* SPDX-License-Identifier: Apache-2.0 */
/* What a valid choice is, and its bits [BALLOT.DEFINITION] [BALLOT.BITS]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/bitproof.h"

typedef struct shape {
	uint32_t m, S, min, max;
	bool blank;
} shape;

static void define(tb_bitproof_definition *def, const shape *s)
{
	assert_int_equal(tb_bitproof_define(def, s->m, s->S, s->min, s->max, s->blank), TB_OK);
}

/* [PROOF.RANGE] */
static void test_weights_reach_exactly_the_range(void **state)
{
	(void)state;
	for (uint32_t max = 0; max < 300; max++) {
		uint32_t w[32], num = (uint32_t)tb_bitproof_weights(w, max);
		bool reached[300] = {false};

		assert_true(num <= 9 && (max > 0) == (num > 0));
		for (uint32_t subset = 0; subset < 1u << num; subset++) {
			uint32_t sum = 0;

			for (uint32_t j = 0; j < num; j++)
				sum += (subset >> j & 1) * w[j];
			assert_in_range(sum, 0, max);
			reached[sum] = true;
		}
		for (uint32_t v = 0; v <= max; v++)
			assert_true(reached[v]);
	}
}

static void test_definition_bytes_are_those_of_the_spec(void **state)
{
	static const uint8_t expected[] = {0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 7,
		1,                                              /* m S min max blank */
		0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, /* k, w = 1 2 2 */
		0, 0, 0, 10,                                    /* L */
		0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, /* options */
		0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, /* slack 6 = 1 + 2 + 3 */
		0, 0, 0, 7};                        /* blank */
	tb_bitproof_definition def;

	(void)state;
	assert_int_equal(tb_bitproof_define(&def, 2, 5, 1, 7, true), TB_OK);
	assert_int_equal(def.bytes_len, sizeof expected);
	assert_memory_equal(def.bytes, expected, sizeof expected);
}

static void test_impossible_definitions_are_refused(void **state)
{
	static const shape bad[] = {{0, 1, 0, 1, false}, {501, 1, 0, 1, false}, {3, 0, 0, 1, false},
		{3, 256, 0, 1, false}, {3, 1, 0, 0, false}, {3, 1, 2, 1, false}, {3, 1, 0, 4, false},
		{3, 1, 0, 2, true}, {3, 2, 1, 7, true}, {500, 255, 0, 127501, false}};
	tb_bitproof_definition def, before;

	(void)state;
	memset(&before, 0x5a, sizeof before);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		def = before;
		assert_int_equal(
			tb_bitproof_define(&def, bad[i].m, bad[i].S, bad[i].min, bad[i].max, bad[i].blank),
			TB_ERR_RANGE);
		assert_memory_equal(&def, &before, sizeof def);
	}
	def = before;
	assert_int_equal(tb_bitproof_define(&def, 250, 255, 0, 1, false), TB_ERR_LIMIT); /* 2001 bits */
	assert_memory_equal(&def, &before, sizeof def);
	assert_int_equal(tb_bitproof_define(&def, 250, 255, 1, 1, false), TB_OK); /* 2000 */
	assert_int_equal(def.num_bits, 2000);
	assert_int_equal(tb_bitproof_define(&def, 500, 7, 3500, 3500, false), TB_OK);
	assert_int_equal(def.bytes_len, 25 + 4 * 3 + 4 * 1500);
}

/* Is this choice valid, in the words of [BALLOT.BITS]? */
static bool is_valid(const shape *s, const uint32_t *votes, uint32_t blank)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < s->m; i++) {
		if (votes[i] > s->S)
			return false;
		sum += votes[i];
	}
	if (blank == 1)
		return s->blank && sum == 0;
	return blank == 0 && sum >= s->min && sum <= s->max;
}

static void check_bits(
	const shape *s, const tb_bitproof_definition *def, const uint32_t *votes, uint32_t blank)
{
	uint8_t bits[16];
	uint64_t sum = 0;

	memset(bits, 7, sizeof bits);
	assert_true(def->num_bits <= sizeof bits);
	if (!is_valid(s, votes, blank)) {
		assert_int_equal(tb_bitproof_bits(def, bits, votes, blank), TB_ERR_RANGE);
		for (uint32_t j = 0; j < def->num_bits; j++)
			assert_int_equal(bits[j], 0);
		return;
	}
	assert_int_equal(tb_bitproof_bits(def, bits, votes, blank), TB_OK);
	for (uint32_t j = 0; j < def->num_bits; j++) {
		assert_in_range(bits[j], 0, 1);
		sum += bits[j] * (uint64_t)def->bit_weights[j];
	}
	assert_int_equal(sum, def->max);
	for (uint32_t i = 0; i < s->m; i++) {
		uint32_t v = 0;

		for (uint32_t j = 0; j < def->num_weights; j++)
			v += bits[i * def->num_weights + j] * def->weights[j];
		assert_int_equal(v, votes[i]);
	}
	if (def->has_blank)
		assert_int_equal(bits[def->num_bits - 1], blank);
}

/* Every choice of every small question, valid or not. */
static void test_bits_of_every_small_choice(void **state)
{
	size_t questions = 0;

	(void)state;
	for (uint32_t m = 1; m <= 3; m++) {
		for (uint32_t S = 1; S <= 4; S++) {
			for (uint32_t max = 1; max <= m * S; max++) {
				for (uint32_t min = 0; min <= max; min++) {
					for (uint32_t blank = 0; blank <= (min > 0); blank++) {
						const shape s = {m, S, min, max, blank == 1};
						tb_bitproof_definition def;
						uint32_t v[3] = {0};

						define(&def, &s);
						questions++;
						for (v[0] = 0; v[0] <= S + 1; v[0]++)
							for (v[1] = 0; v[1] <= (m > 1 ? S + 1 : 0); v[1]++)
								for (v[2] = 0; v[2] <= (m > 2 ? S + 1 : 0);
									v[2]++)
									for (uint32_t b = 0; b <= 2; b++)
										check_bits(&s, &def, v, b);
					}
				}
			}
		}
	}
	assert_true(questions > 300);
}

static void test_bits_of_every_score_and_of_huge_votes(void **state)
{
	static const uint32_t huge[] = {256, 65536, UINT32_MAX - 1, UINT32_MAX, 0x80000000};
	tb_bitproof_definition def;
	uint8_t bits[16];

	(void)state;
	for (uint32_t S = 1; S <= 255; S++) {
		const shape s = {1, S, 0, S, false};

		define(&def, &s);
		for (uint32_t v = 0; v <= S + 1; v++)
			check_bits(&s, &def, &v, 0);
		for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++)
			assert_int_equal(tb_bitproof_bits(&def, bits, &huge[i], 0), TB_ERR_RANGE);
	}
	/* Votes whose sum wraps 32 bits to something allowed. */
	assert_int_equal(tb_bitproof_define(&def, 2, 1, 0, 1, false), TB_OK);
	assert_int_equal(tb_bitproof_bits(&def, bits, (const uint32_t[]){UINT32_MAX, 2}, 0), TB_ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights_reach_exactly_the_range),
		cmocka_unit_test(test_definition_bytes_are_those_of_the_spec),
		cmocka_unit_test(test_impossible_definitions_are_refused),
		cmocka_unit_test(test_bits_of_every_small_choice),
		cmocka_unit_test(test_bits_of_every_score_and_of_huge_votes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* 10,000 ballots with 37 bad ones: exactly those are named [BATCH.RANDOM]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/bitproof.h"
#include "tests/support/fixture.h"

#define NUM 10000
#define NUM_BAD 37

/* Adds v to the scalar that stands `from_end` scalars before the end: za 3, z1 2, zd 1. */
static void shift_response(const tb_group *g, uint8_t *wire, size_t len, size_t from_end, const tb_scalar *v)
{
	uint8_t *at = wire + len - 32 * from_end;
	tb_scalar z;

	assert_int_equal(tb_scalar_parse(g, &z, at), TB_OK);
	tb_scalar_add(g, &z, &z, v);
	tb_scalar_write(g, at, &z);
}

/* The first, the last, a run, neighbours whose errors cancel, and others spread about: 37 in all. */
static size_t bad_place(size_t i)
{
	if (i < 2)
		return i * (NUM - 1);
	if (i < 12)
		return 5000 + i;
	return 100 + (i - 12) / 2 * 517 + i % 2;
}

static void test_37_among_10000(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_bitproof **proofs = calloc(NUM, sizeof *proofs);
	bool *bad = malloc(NUM * sizeof *bad), *expected = calloc(NUM, sizeof *expected);
	tb_bitproof_definition def;
	tb_scalar one, minus;
	size_t len, named = 0;
	uint8_t *wires;
	tb_fixture f;

	(void)state;
	assert_int_equal(tb_bitproof_define(&def, 1, 1, 0, 1, false), TB_OK);
	tb_fixture_new(&f, g, def.num_bits);
	len = tb_bitproof_bytes(g, &def);
	wires = malloc(NUM * len);
	assert_true(proofs != NULL && bad != NULL && expected != NULL && wires != NULL);
	for (size_t i = 0; i < NUM; i++) {
		const uint32_t vote = i % 3 == 0;
		uint8_t seed[64];

		tb_fixture_bytes(seed, "seed", i);
		assert_int_equal(tb_bitproof_prove(f.prover, wires + i * len, &def, tb_fixture_binding(i),
					 &vote, 0, seed),
			TB_OK);
	}
	tb_scalar_set_u64(g, &one, 1);
	tb_scalar_neg(g, &minus, &one);
	for (size_t i = 0; i < NUM_BAD; i++) {
		size_t place = bad_place(i);

		assert_false(expected[place]);
		expected[place] = true;
		shift_response(g, wires + place * len, len, 1 + i / 2 % 3, i % 2 ? &one : &minus);
	}
	for (size_t i = 0; i < NUM; i++) {
		assert_int_equal(tb_bitproof_new(g, &proofs[i], &def), TB_OK);
		assert_int_equal(tb_bitproof_parse(proofs[i], wires + i * len, len), TB_OK);
		assert_int_equal(tb_bitproof_prepare(proofs[i], &f.key, tb_fixture_binding(i)), TB_OK);
	}
	assert_int_equal(
		tb_bitproof_check_many(f.batch, (const tb_bitproof *const *)proofs, NUM, bad), TB_ERR_PROOF);
	for (size_t i = 0; i < NUM; i++) {
		assert_int_equal(bad[i], expected[i]);
		named += bad[i];
	}
	assert_int_equal(named, NUM_BAD);
	for (size_t i = 0; i < NUM; i++)
		tb_bitproof_free(proofs[i]);
	free(proofs);
	free(bad);
	free(expected);
	free(wires);
	tb_fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_37_among_10000)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * U-07 within one ballot [BATCH.RANDOM].  Errors +g in one equation and -g in another (put into Ca, C0, D1, D2 before the challenge)
 * cancel under equal randomisers and only then: so the four are what tb_scalar_random128() gives, each for one equation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/bitproof.h"
#include "tests/support/fixture.h"
#include "tests/support/plain_bitproof.h"

typedef struct scene {
	tb_fixture f;
	tb_bitproof_definition def;
	tb_bitproof *proof;
} scene;

static uint8_t *make_cancelling(const scene *s, size_t first, size_t second)
{
	const tb_bitproof_binding *binding = tb_fixture_binding(1);
	uint8_t *wire = malloc(tb_bitproof_bytes(s->f.g, &s->def));
	plain_statement st;
	plain_witness w;
	plain_coins c;
	plain_proof p;
	tb_point *const slots[] = {&p.Ca, &p.C0, &p.D1, &p.D2};
	tb_point generator;
	tb_scalar y, x;
	uint8_t seed[64];

	assert_non_null(wire);
	tb_point_generator(s->f.g, &generator);
	tb_fixture_bytes(seed, "seed", 1);
	plain_statement_init(&st, &s->f.key, &s->def);
	plain_proof_init(&p, &st);
	plain_seed(&st, binding, (const uint32_t[]){1}, 0, seed, &w, &c);
	plain_bits(&st, &w, (const uint32_t[]){1}, 0);
	plain_encrypt(&st, &p, &w);
	plain_first(&st, &p, &w, &c);
	for (size_t round = 0; round < 2; round++) { /* the commitments before y, the masks before x */
		if (first / 2 == round)
			tb_point_add(s->f.g, slots[first], slots[first], &generator);
		if (second / 2 == round)
			tb_point_sub(s->f.g, slots[second], slots[second], &generator);
		if (round == 0) {
			plain_challenge_y(&st, &p, binding, PLAIN_FULL, &y);
			plain_second(&st, &p, &c, &y);
		}
	}
	plain_challenge_x(&st, &p, binding, PLAIN_FULL, &y, &x);
	plain_third(&st, &p, &w, &c, &y, &x);
	assert_int_equal(plain_failing(&st, &p, &y, &x),
		(1u << (first < 2 ? first : first + 1)) | (1u << (second < 2 ? second : second + 1)));
	plain_write(&st, wire, &p);
	plain_proof_release(&p);
	plain_statement_release(&st);
	return wire;
}

/* The randomisers of the next calls; none left: real ones. */
static uint64_t foreseen[4];
static size_t num_foreseen, num_drawn;

tb_err __real_tb_scalar_random128(const tb_group *g, tb_scalar *out);
tb_err __wrap_tb_scalar_random128(const tb_group *g, tb_scalar *out);
tb_err __wrap_tb_scalar_random128(const tb_group *g, tb_scalar *out)
{
	num_drawn++;
	if (num_foreseen == 0)
		return __real_tb_scalar_random128(g, out);
	tb_scalar_set_u64(g, out, foreseen[4 - num_foreseen--]);
	return TB_OK;
}

static tb_err check_with(scene *s, const uint64_t e[4])
{
	memcpy(foreseen, e, sizeof foreseen);
	num_foreseen = 4;
	num_drawn = 0;
	tb_batch_clear(s->f.batch);
	assert_int_equal(tb_bitproof_append(s->proof, s->f.batch), TB_OK);
	assert_int_equal(num_drawn, 4);
	assert_int_equal(num_foreseen, 0);
	return tb_batch_check(s->f.batch);
}

static void test_each_equation_has_a_randomiser_of_its_own(void **state)
{
	static scene s;

	(void)state;
	assert_int_equal(tb_bitproof_define(&s.def, 1, 1, 0, 1, false), TB_OK);
	tb_fixture_new(&s.f, tb_group_ristretto255(), s.def.num_bits);
	assert_int_equal(tb_bitproof_new(s.f.g, &s.proof, &s.def), TB_OK);
	for (size_t first = 0; first < 4; first++) {
		for (size_t second = 0; second < 4; second++) {
			uint64_t e[4] = {3, 5, 7, 11};
			size_t len = tb_bitproof_bytes(s.f.g, &s.def);
			uint8_t *wire;

			if (first == second)
				continue;
			wire = make_cancelling(&s, first, second);
			assert_int_equal(tb_bitproof_verify(s.proof, s.f.batch, &s.f.key,
						 tb_fixture_binding(1), wire, len),
				TB_ERR_PROOF);
			assert_int_equal(tb_bitproof_parse(s.proof, wire, len), TB_OK);
			assert_int_equal(
				tb_bitproof_prepare(s.proof, &s.f.key, tb_fixture_binding(1)), TB_OK);
			assert_int_equal(check_with(&s, e), TB_ERR_PROOF);
			e[second] = e[first];
			assert_int_equal(check_with(&s, e), TB_OK); /* deceived */
			free(wire);
		}
	}
	tb_bitproof_free(s.proof);
	tb_fixture_free(&s.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_equation_has_a_randomiser_of_its_own)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof that a ciphertext's randomness is known, in a tiny group: the real prover until it has used every pair of coins, the real
 * verifier on every possible proof.  Batch randomisers are replaced at link time: each equation is asked for by itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/opening.h"
#include "tests/support/fixture.h"
#include "tests/support/group_tiny.h"

#define Q 7
#define POINT 4 /* bytes of an element on the wire */
#define PART(width) ((width) * (3 * POINT + 32))

static uint32_t asked, drawn; /* the equation that counts, and how many randomisers were drawn */

tb_err __wrap_tb_scalar_random128(const tb_group *g, tb_scalar *out);
tb_err __wrap_tb_scalar_random128(const tb_group *g, tb_scalar *out)
{
	tb_scalar_set_u64(g, out, drawn++ == asked ? 1 : 0);
	return TB_OK;
}

static const tb_group *g;
static tb_batch *batch;
static tb_opening *opening;
static tb_point h;
static tb_opening_statement statement;

static void element(tb_point *out, uint64_t k)
{
	tb_scalar s;

	tb_scalar_set_u64(g, &s, k);
	tb_point_generator(g, out);
	tb_point_mul_public(g, out, &s, out);
}

static uint64_t logarithm(const uint8_t *wire)
{
	uint8_t found[POINT];
	tb_point P;

	for (uint64_t k = 0; k < Q; k++) {
		element(&P, k);
		tb_point_write(g, found, &P);
		if (memcmp(found, wire, POINT) == 0)
			return k;
	}
	fail();
	return 0;
}

static void begin(uint32_t width)
{
	g = tb_tiny_group(Q);
	element(&h, 3);
	statement = (tb_opening_statement){.h = &h,
		.binding = tb_fixture_binding(1),
		.definition = (const uint8_t *)"tiny",
		.definition_len = 4};
	assert_int_equal(tb_batch_new(g, &batch, NULL, 0), TB_OK);
	assert_int_equal(tb_opening_new(g, &opening, width), TB_OK);
}

static void finish(void)
{
	tb_opening_free(opening);
	tb_batch_free(batch);
}

static bool accepts(const uint8_t *part, uint32_t width, uint64_t *c)
{
	if (tb_opening_parse(opening, part, PART(width)) != TB_OK)
		return false;
	assert_int_equal(tb_opening_prepare(opening, &statement), TB_OK);
	*c = tb_opening_challenge(opening)->limb[0];
	for (asked = 0; asked < width; asked++) {
		drawn = 0;
		tb_batch_clear(batch);
		assert_int_equal(tb_opening_append(opening, batch), TB_OK);
		assert_int_equal(drawn, width);
		if (tb_batch_check(batch) != TB_OK)
			return false;
	}
	return true;
}

static void write_part(uint8_t *part, uint64_t A, uint64_t B, uint64_t T, uint64_t z)
{
	const uint64_t logs[3] = {A, B, T};
	tb_point P;
	tb_scalar s;

	for (size_t i = 0; i < 3; i++) {
		element(&P, logs[i]);
		tb_point_write(g, part + i * POINT, &P);
	}
	tb_scalar_set_u64(g, &s, z);
	tb_scalar_write(g, part + 3 * POINT, &s);
}

static uint8_t accepted[Q][Q][Q][Q]; /* by A, B, T, z */
static uint64_t challenges[Q][Q][Q]; /* by A, B, T */

static void try_every_proof(void)
{
	uint8_t part[PART(1)];
	uint64_t c = 0;

	for (uint64_t n = 0; n < Q * Q * Q * Q; n++) {
		uint64_t A = n / Q / Q / Q, B = n / Q / Q % Q, T = n / Q % Q, z = n % Q;

		write_part(part, A, B, T, z);
		accepted[A][B][T][z] = accepts(part, 1, &c);
		challenges[A][B][T] = c;
	}
}

/*
 * For every ciphertext and commitment one answer is right, which the simulator (choose c and z, solve for T) gives and the prover with
 * the coins of that ciphertext and commitment too: completeness and zero knowledge.  A = 1 is never accepted.
 */
static void test_prover_and_simulator_make_the_same_proofs(void **state)
{
	uint8_t part[PART(1)], seed[64], message = 0;
	size_t missing = 0;
	uint64_t c;

	(void)state;
	begin(1);
	try_every_proof();
	for (uint64_t A = 0; A < Q; A++) {
		for (uint64_t n = 0; n < Q * Q; n++) {
			uint8_t *answers = accepted[A][n / Q][n % Q];

			for (uint64_t z = 0; z < Q; z++) {
				uint64_t expected = (n % Q + challenges[A][n / Q][n % Q] * A) % Q;

				assert_int_equal(answers[z], A != 0 && z == expected);
				missing += answers[z];
			}
		}
	}
	assert_int_equal(missing, (Q - 1) * Q * Q);
	for (uint64_t i = 0; missing > 0; i++) { /* the 294 of them come within some thousands of seeds */
		uint8_t *found;
		tb_point M;
		tb_err err;

		assert_true(i < 20000);
		tb_fixture_bytes(seed, "tiny", i);
		element(&M, i % Q);
		err = tb_opening_prove(g, part, &statement, &M, 1, &message, 1, seed);
		if (err == TB_ERR_RANDOM) { /* r = 0, which no seed gives in a group of size */
			for (size_t k = 0; k < sizeof part; k++)
				assert_int_equal(part[k], 0);
			continue;
		}
		assert_int_equal(err, TB_OK);
		assert_true(accepts(part, 1, &c));
		found = &accepted[logarithm(part)][logarithm(part + POINT)][logarithm(part + 2 * POINT)]
				 [part[3 * POINT]];
		assert_true(*found != 0);
		missing -= *found == 1;
		*found = 2;
	}
	finish();
}

/* Whoever can answer two challenges for one A and T knows r: it follows from the answers. */
static void test_two_answers_give_the_randomness(void **state)
{
	size_t num = 0;

	(void)state;
	begin(1);
	try_every_proof();
	for (uint64_t A = 1; A < Q; A++) {
		for (uint64_t T = 0; T < Q; T++) {
			for (uint64_t n = 0; n < Q * Q * Q * Q; n++) {
				uint64_t B = n % Q, z = n / Q % Q, B2 = n / Q / Q % Q, z2 = n / Q / Q / Q;
				uint64_t c = challenges[A][B][T], c2 = challenges[A][B2][T];

				if (c == c2 || !accepted[A][B][T][z] || !accepted[A][B2][T][z2])
					continue;
				assert_int_equal((z + Q - z2) % Q, (c + Q - c2) * A % Q);
				num++;
			}
		}
	}
	assert_true(num > 0);
	finish();
}

/* Two elements: both equations count. */
static void test_both_equations_count(void **state)
{
	uint8_t part[PART(2)], seed[64];
	tb_point M[2];
	uint64_t c;

	(void)state;
	begin(2);
	element(&M[0], 1);
	element(&M[1], 4);
	for (uint64_t i = 0; i < 50; i++) {
		tb_err err;

		tb_fixture_bytes(seed, "two", i);
		err = tb_opening_prove(g, part, &statement, M, 2, "", 0, seed);
		if (err == TB_ERR_RANDOM)
			continue;
		assert_int_equal(err, TB_OK);
		assert_true(accepts(part, 2, &c));
		for (size_t k = 0; k < 2; k++) {
			uint8_t *z = part + 6 * POINT + 32 * k, right = *z;

			for (*z = 0; *z < Q; ++*z)
				assert_int_equal(accepts(part, 2, &c), *z == right);
			*z = right;
		}
	}
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prover_and_simulator_make_the_same_proofs),
		cmocka_unit_test(test_two_answers_give_the_randomness),
		cmocka_unit_test(test_both_equations_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DLEQ, the proof of possession and their common equation z*P = R + c*X (also that of signatures) in tiny groups: the real
 * prover under every nonce, the real verifier on every possible proof.  tb_secret_random() is replaced at link time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/dleq.h"
#include "crypto/dleq_list.h"
#include "crypto/sharing.h"
#include "tests/support/fixture.h"
#include "tests/support/group_tiny.h"

static uint64_t next_nonce;

tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out)
{
	tb_secret_set_u64(g, out, next_nonce);
	return TB_OK;
}

/* k*g */
static void element(const tb_group *g, tb_point *out, uint64_t k)
{
	tb_scalar s;

	tb_scalar_set_u64(g, &s, k);
	tb_point_generator(g, out);
	tb_point_mul_public(g, out, &s, out);
}

static uint64_t logarithm(const tb_group *g, const tb_point *P, uint64_t q)
{
	tb_point t;

	for (uint64_t k = 0; k < q; k++) {
		element(g, &t, k);
		if (tb_point_equal(g, &t, P))
			return k;
	}
	fail();
	return 0;
}

/* The statement Y = x*g, H = h*g, Z = z*g, with the logarithms as given. */
static void statement(const tb_group *g, tb_dleq_statement *st, uint64_t x, uint64_t h, uint64_t z)
{
	element(g, &st->Y, x);
	element(g, &st->H, h);
	element(g, &st->Z, z);
}

/* How many proofs (a, b, z) the real verifier accepts; marks them in accepted[(a*q + b)*q + z]. */
static size_t accepted_proofs(const tb_group *g, uint64_t q, const tb_dleq_statement *st, uint8_t *accepted)
{
	size_t num = 0;

	for (uint64_t n = 0; n < q * q * q; n++) {
		tb_dleq_proof p;

		element(g, &p.a, n / q / q);
		element(g, &p.b, n / q % q);
		tb_scalar_set_u64(g, &p.z, n % q);
		accepted[n] = tb_dleq_verify(g, &p, st, "tiny", 4) == TB_OK;
		num += accepted[n];
	}
	return num;
}

/*
 * True statements: the prover's q nonces give exactly the proofs that are accepted, each once.  The simulator (choose c
 * and z, solve for a and b) reaches the accepted proofs and no others, so this is completeness and zero knowledge.
 */
static void test_prover_and_simulator_make_the_same_proofs(void **state)
{
	const uint64_t q = 7;
	const tb_group *g = tb_tiny_group(q);
	uint8_t *accepted = malloc(q * q * q);

	(void)state;
	assert_non_null(accepted);
	for (uint64_t x = 0; x < q; x++) {
		for (uint64_t h = 1; h < q; h++) {
			tb_dleq_statement st;
			tb_secret secret;

			statement(g, &st, x, h, x * h % q);
			tb_secret_set_u64(g, &secret, x);
			assert_int_equal(accepted_proofs(g, q, &st, accepted), q);
			for (next_nonce = 0; next_nonce < q; next_nonce++) {
				tb_dleq_proof p;
				uint64_t n;

				assert_int_equal(tb_dleq_prove(g, &p, &st, "tiny", 4, &secret), TB_OK);
				n = (logarithm(g, &p.a, q) * q + logarithm(g, &p.b, q)) * q + p.z.limb[0];
				assert_int_equal(
					accepted[n], 1); /* accepted, and not made with another nonce */
				accepted[n] = 2;
			}
			for (uint64_t n = 0; n < q * q * q; n++)
				assert_int_not_equal(accepted[n], 1);
		}
	}
	free(accepted);
}

/* z*g = a + c*Y and z*H = b + c*Z for some z? */
static bool answerable(uint64_t q, const uint64_t log[5], uint64_t c)
{
	for (uint64_t z = 0; z < q; z++) {
		if (z == (log[3] + c * log[0]) % q && z * log[1] % q == (log[4] + c * log[2]) % q)
			return true;
	}
	return false;
}

/* False statements: every first message (a, b) has at most one challenge with an answer. */
static void test_a_false_statement_has_one_challenge_at_most(void **state)
{
	const uint64_t q = 7;
	size_t most = 0;

	(void)state;
	for (uint64_t n = 0; n < q * q * q * q * q; n++) {
		uint64_t rest = n, log[5]; /* Y H Z a b */
		size_t challenges = 0;

		for (size_t i = 0; i < 5; i++, rest /= q)
			log[i] = rest % q;
		if (log[1] == 0) /* H is not the identity */
			continue;
		for (uint64_t c = 0; c < q; c++)
			challenges += answerable(q, log, c);
		if (log[2] == log[0] * log[1] % q) {
			assert_true(challenges == 0 || challenges == q);
		} else {
			assert_true(challenges <= 1);
			most = challenges > most ? challenges : most;
		}
	}
	assert_int_equal(most, 1);
}

/* With the real verifier the challenge of (a, b) is a hash: of the q^2 first messages about one in q has an answer. */
static void test_false_statements_under_the_real_verifier(void **state)
{
	const uint64_t q = 11;
	const tb_group *g = tb_tiny_group(q);
	uint8_t *accepted = malloc(q * q * q);
	size_t total = 0, statements = 0;

	(void)state;
	assert_non_null(accepted);
	for (uint64_t x = 1; x < q; x += 3) {
		for (uint64_t z = 0; z < q; z++) {
			tb_dleq_statement st;
			size_t num;

			if (z == x * 2 % q)
				continue;
			statement(g, &st, x, 2, z);
			num = accepted_proofs(g, q, &st, accepted);
			for (uint64_t ab = 0; ab < q * q; ab++) {
				size_t of_this = 0;

				for (uint64_t i = 0; i < q; i++)
					of_this += accepted[ab * q + i];
				assert_true(of_this <= 1);
			}
			total += num;
			statements++;
		}
	}
	/* q^2 first messages, each with probability 1/q, for each of 40 statements: about 440. */
	assert_int_equal(statements, 40);
	assert_in_range(total, 340, 540);
	free(accepted);
}

static void pop_statement(tb_pop_statement *st, const tb_points *commitments)
{
	static const uint8_t bytes[32] = {1};

	*st = (tb_pop_statement){.election = bytes,
		.index = 1,
		.num_trustees = 1,
		.transport = bytes,
		.commitments = commitments,
		.ephemeral = bytes};
}

/* The proof of possession: the nonces 1..q-1 give exactly the accepted proofs; the nonce 0 is refused. */
static void test_possession_under_every_nonce(void **state)
{
	const uint64_t q = 101;
	const tb_group *g = tb_tiny_group(q);
	tb_pop_statement st;
	tb_points commitments;

	(void)state;
	assert_int_equal(tb_points_new(g, &commitments, 1), TB_OK);
	for (uint64_t x = 1; x < q; x += 9) {
		uint8_t made[101][101] = {{0}};
		tb_secret secret;
		size_t num = 0;

		element(g, tb_points_at(&commitments, 0), x);
		pop_statement(&st, &commitments);
		tb_secret_set_u64(g, &secret, x);
		for (next_nonce = 0; next_nonce < q; next_nonce++) {
			tb_pop p;
			tb_err err = tb_pop_prove(g, &p, &st, &secret);

			assert_int_equal(err, next_nonce == 0 ? TB_ERR_RANDOM : TB_OK);
			if (err == TB_OK)
				made[next_nonce][p.z.limb[0]] = 1;
		}
		for (uint64_t w = 0; w < q; w++) {
			for (uint64_t z = 0; z < q; z++) {
				tb_pop p;
				tb_err err;

				element(g, &p.nonce, w);
				tb_scalar_set_u64(g, &p.z, z);
				err = tb_pop_verify(g, &p, &st);
				assert_int_equal(err, w == 0       ? TB_ERR_RANGE
						      : made[w][z] ? TB_OK
								   : TB_ERR_PROOF);
				num += err == TB_OK;
			}
		}
		assert_int_equal(num, q - 1);
	}
	tb_points_free(&commitments);
}

/*
 * Lists of two pairs under every nonce: true ones are always accepted; a false one only where the factors happen to hide it (one in
 * q) or the challenge is the one that can be answered (one in q): never more than 2/q of all of them, and some noise.
 */
static void test_lists(void **state)
{
	const uint64_t q = 7, x = 3;
	const tb_group *g = tb_tiny_group(q);
	const tb_parallel one = {.threads = 1};
	size_t bytes = tb_group_point_bytes(g), num_false = 0, num_accepted = 0, bad;
	uint8_t H[2 * TB_POINT_MAX_BYTES], Z[2 * TB_POINT_MAX_BYTES];
	tb_secret secret;
	tb_point Y, P;

	(void)state;
	tb_secret_set_u64(g, &secret, x);
	element(g, &Y, x);
	for (uint64_t n = 0; n < (q - 1) * (q - 1) * q * q * q; n++) {
		uint64_t h[2] = {n % (q - 1) + 1, n / (q - 1) % (q - 1) + 1};
		uint64_t rest = n / (q - 1) / (q - 1), z[2] = {rest % q, rest / q % q};
		tb_dleq_list list = {.Y = &Y, .num = 2, .H = H, .H_step = bytes, .Z = Z};
		bool is_true = z[0] == h[0] * x % q && z[1] == h[1] * x % q;
		tb_dleq_proof p;
		tb_err err;

		next_nonce = rest / q / q;
		for (size_t i = 0; i < 2; i++) {
			element(g, &P, h[i]);
			tb_point_write(g, H + i * bytes, &P);
			element(g, &P, z[i]);
			tb_point_write(g, Z + i * bytes, &P);
		}
		assert_int_equal(tb_dleq_list_prove(g, &p, &list, &secret, &one), TB_OK);
		err = tb_dleq_list_verify(g, &p, &list, &one, &bad);
		if (is_true)
			assert_int_equal(err, TB_OK);
		num_false += !is_true;
		num_accepted += !is_true && err == TB_OK;
	}
	assert_in_range(num_accepted, 1, num_false * 2 / q + num_false / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prover_and_simulator_make_the_same_proofs),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_a_false_statement_has_one_challenge_at_most),
		cmocka_unit_test(test_false_statements_under_the_real_verifier),
		cmocka_unit_test(test_possession_under_every_nonce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

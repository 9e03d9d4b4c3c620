/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constant time: secrets are marked undefined for valgrind's memcheck, which then reports every branch and every
 * address that depends on them, in our code, in libdecaf and in GMP (the method of ctgrind, Langley 2010).
 * tests/support/ct_wraps.h says what becomes public.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <valgrind/memcheck.h>

#include "crypto/bitproof.h"
#include "crypto/dleq.h"
#include "crypto/dleq_list.h"
#include "crypto/elgamal.h"
#include "crypto/opening.h"
#include "crypto/schnorr.h"
#include "crypto/sharing.h"
#include "tests/support/ct_wraps.h"
#include "tests/support/fixture.h"

/* ---- tests ---- */
static void secret_of(const tb_group *g, tb_secret *out, const char *label)
{
	tb_fixture_secret(g, out, label, 0);
	tb_ct_secret(out, sizeof *out);
}

/* The instrument works: a child that branches on a secret is caught. */
static void test_a_leak_is_noticed(void **state)
{
	volatile int sink = 0;
	int status;
	pid_t child;

	(void)state;
	assert_true(RUNNING_ON_VALGRIND != 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		tb_secret k;

		secret_of(tb_group_ristretto255(), &k, "leak");
		if (k.limb[0] & 1)
			sink = 1;
		_exit(VALGRIND_COUNT_ERRORS == 1 ? 7 : 8);
	}
	assert_true(waitpid(child, &status, 0) == child);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 7 || WEXITSTATUS(status) == 99);
	tb_ct_assert_silent();
	(void)sink;
}

typedef void group_test(const tb_group *g);

static void in_every_group(group_test *test)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	assert_int_equal(num, 2);
	for (size_t k = 0; k < num; k++)
		test(groups[k]);
}

/* Encrypt and prove: votes, blank and seed are secret. */
static void check_prove(const tb_group *g)
{
	static const struct {
		uint32_t m, S, min, max;
		bool has_blank;
		uint32_t votes[3], blank;
	} cases[] = {{3, 1, 1, 2, true, {0, 1, 0}, 0}, {3, 1, 1, 2, true, {0, 0, 0}, 1},
		{2, 5, 0, 10, false, {4, 0}, 0}, {1, 1, 0, 1, false, {0}, 0}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tb_bitproof_definition def;
		uint32_t votes[3], blank = cases[i].blank;
		uint8_t seed[64], *wire;
		tb_bitproof *p;
		tb_fixture f;

		assert_int_equal(tb_bitproof_define(&def, cases[i].m, cases[i].S, cases[i].min, cases[i].max,
					 cases[i].has_blank),
			TB_OK);
		tb_fixture_new(&f, g, def.num_bits);
		assert_int_equal(tb_bitproof_new(g, &p, &def), TB_OK);
		wire = malloc(tb_bitproof_bytes(g, &def));
		assert_non_null(wire);
		memcpy(votes, cases[i].votes, sizeof votes);
		tb_fixture_bytes(seed, "seed", i);
		tb_ct_secret(votes, sizeof votes);
		tb_ct_secret(&blank, sizeof blank);
		tb_ct_secret(seed, 32);
		assert_true(tb_ct_is_secret(votes, sizeof votes));
		assert_int_equal(
			tb_bitproof_prove(f.prover, wire, &def, tb_fixture_binding(1), votes, blank, seed),
			TB_OK);
		tb_ct_assert_silent();
		/* Points and scalars were published one by one, each by name: nothing else was written. */
		for (size_t at = 0; at < tb_bitproof_bytes(g, &def); at += 32)
			assert_false(tb_ct_is_secret(wire + at, 32));
		assert_int_equal(tb_bitproof_verify(p, f.batch, &f.key, tb_fixture_binding(1), wire,
					 tb_bitproof_bytes(g, &def)),
			TB_OK);
		/* An invalid choice says no more than that. */
		votes[0] = 77;
		tb_ct_secret(votes, sizeof votes);
		assert_int_equal(
			tb_bitproof_prove(f.prover, wire, &def, tb_fixture_binding(1), votes, blank, seed),
			TB_ERR_RANGE);
		tb_ct_assert_silent();
		free(wire);
		tb_bitproof_free(p);
		tb_fixture_free(&f);
	}
}

static void test_proving_a_ballot(void **state)
{
	(void)state;
	in_every_group(check_prove);
}

static void check_encrypt(const tb_group *g)
{
	tb_fixed_base *h;
	tb_point key, a, b;
	tb_secret v, r;

	tb_fixture_secret(g, &v, "key", 0);
	tb_point_mul_generator_secret(g, &key, &v);
	assert_int_equal(tb_fixed_base_new(g, &h, &key), TB_OK);
	tb_secret_set_u64(g, &v, 0);
	tb_ct_secret(&v, sizeof v);
	secret_of(g, &r, "r");
	tb_elgamal_encrypt(g, h, &a, &b, &v, &r);
	tb_ct_assert_silent();
	tb_fixed_base_free(h);
}

static void test_encrypting(void **state)
{
	(void)state;
	in_every_group(check_encrypt);
}

/* What is embedded (at which string the first element is found says something about it), choices and seed are secret. */
static void test_proving_a_ranking(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t part[2 * 128], seed[64], choices[9] = {0, 0, 0, 0, 2, 0, 0, 0, 1};
	tb_opening_statement st = {.h = NULL,
		.binding = tb_fixture_binding(1),
		.definition = (const uint8_t *)"d",
		.definition_len = 1};
	tb_point elements[2], h;

	(void)state;
	tb_point_hash(g, &h, "h", NULL, 0);
	st.h = &h;
	for (size_t k = 0; k < 2; k++) {
		uint8_t data[64];

		tb_fixture_bytes(data, "data", k);
		tb_ct_secret(data, sizeof data);
		assert_int_equal(tb_point_embed(g, &elements[k], data), TB_OK);
		assert_true(tb_ct_is_secret(&elements[k], tb_group_point_stride(g)));
	}
	tb_fixture_bytes(seed, "seed", 1);
	tb_ct_secret(seed, 32);
	tb_ct_secret(choices, sizeof choices);
	assert_int_equal(tb_opening_prove(g, part, &st, elements, 2, choices, sizeof choices, seed), TB_OK);
	tb_ct_assert_silent();
	assert_false(tb_ct_is_secret(part, sizeof part));
}

static void test_signing(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t public_key[32], random[32] = {1}, signature[64];
	tb_secret key;

	(void)state;
	secret_of(g, &key, "signer");
	tb_ct_secret(random, sizeof random);
	tb_schnorr_public(public_key, &key);
	assert_int_equal(tb_schnorr_sign(signature, &key, public_key, "message", 7, random), TB_OK);
	tb_ct_assert_silent();
	assert_int_equal(tb_schnorr_verify(public_key, "message", 7, signature), TB_OK);
	tb_ct_assert_silent();
}

static void check_dleq(const tb_group *g)
{
	tb_dleq_statement st;
	tb_dleq_proof proof;
	tb_secret x;

	secret_of(g, &x, "share");
	tb_point_hash(g, &st.H, "test/ct", "", 0);
	tb_point_mul_generator_secret(g, &st.Y, &x);
	tb_point_mul_secret(g, &st.Z, &x, &st.H);
	assert_int_equal(tb_dleq_prove(g, &proof, &st, "binding", 7, &x), TB_OK);
	tb_ct_assert_silent();
	tb_ct_public(&st, sizeof st);
	tb_ct_public(&proof, sizeof proof);
	assert_int_equal(tb_dleq_verify(g, &proof, &st, "binding", 7), TB_OK);
	tb_ct_assert_silent();
}

static void test_proving_a_share(void **state)
{
	(void)state;
	in_every_group(check_dleq);
}

/* The shares of a list are published before they are proved; before that they tell the secret. */
static void check_dleq_list(const tb_group *g)
{
	const tb_parallel one = {.threads = 1};
	size_t bytes = tb_group_point_bytes(g), bad;
	uint8_t H[3 * TB_POINT_MAX_BYTES], Z[3 * TB_POINT_MAX_BYTES];
	tb_dleq_list list = {.num = 3, .H = H, .H_step = bytes, .Z = Z};
	tb_dleq_proof proof;
	tb_point Y, P;
	tb_secret x;

	for (uint8_t i = 0; i < 3; i++) {
		tb_point_hash(g, &P, "test/ct-list", &i, 1);
		tb_point_write(g, H + i * bytes, &P);
	}
	secret_of(g, &x, "share");
	tb_point_mul_generator_secret(g, &Y, &x);
	list.Y = &Y;
	assert_int_equal(tb_dleq_list_multiply(g, Z, H, bytes, 3, &x, &one), TB_OK);
	tb_ct_assert_silent();
	tb_ct_public(Z, sizeof Z);
	tb_ct_public(&Y, sizeof Y);
	assert_int_equal(tb_dleq_list_prove(g, &proof, &list, &x, &one), TB_OK);
	tb_ct_assert_silent();
	tb_ct_public(&proof, sizeof proof);
	assert_int_equal(tb_dleq_list_verify(g, &proof, &list, &one, &bad), TB_OK);
}

static void test_proving_a_list_of_shares(void **state)
{
	(void)state;
	in_every_group(check_dleq_list);
}

/* A trustee's whole part: polynomial, commitments, proof of possession, sending, receiving and checking a share. */
static void check_ceremony(const tb_group *g)
{
	const tb_group *r255 = tb_group_ristretto255();
	uint8_t election[32] = {1}, P[3][32], E[32], sealed[48];
	tb_secret d[3], e, share, received;
	tb_points commitments;
	tb_polynomial f;
	tb_pop pop;

	for (size_t i = 1; i <= 2; i++) {
		tb_fixture_secret(r255, &d[i], "transport", i);
		tb_ct_secret(&d[i], sizeof d[i]);
		tb_schnorr_public(P[i], &d[i]);
	}
	secret_of(r255, &e, "ephemeral");
	tb_schnorr_public(E, &e);
	assert_int_equal(tb_polynomial_random(g, &f, 2), TB_OK);
	assert_int_equal(tb_points_new(g, &commitments, 2), TB_OK);
	tb_polynomial_commit(g, &commitments, &f);
	tb_ct_public(commitments.data, commitments.num * commitments.stride);
	{
		const tb_pop_statement st = {election, 1, 2, P[1], &commitments, E};

		assert_int_equal(tb_pop_prove(g, &pop, &st, &f.coefficient[0]), TB_OK);
		tb_ct_assert_silent();
		tb_ct_public(&pop, sizeof pop);
		assert_int_equal(tb_pop_verify(g, &pop, &st), TB_OK);
	}
	{
		const tb_share_route route = {election, 1, 2, E, P[1], P[2]};

		tb_polynomial_evaluate(g, &share, &f, 2);
		tb_ct_written_points_are_secret = true;
		assert_int_equal(tb_share_encrypt(g, sealed, &route, &e, &d[1], &share), TB_OK);
		tb_ct_assert_silent();
		assert_int_equal(tb_share_decrypt(g, &received, &route, &d[2], sealed), TB_OK);
		tb_ct_written_points_are_secret = false;
		tb_ct_assert_silent();
		/* The share came out secret. */
		assert_true(tb_ct_is_secret(&received, sizeof received));
	}
	tb_points_free(&commitments);
}

static void check_received_share(const tb_group *g)
{
	tb_points commitments;
	tb_polynomial f;
	tb_secret share;

	assert_int_equal(tb_polynomial_random(g, &f, 3), TB_OK);
	assert_int_equal(tb_points_new(g, &commitments, 3), TB_OK);
	tb_polynomial_commit(g, &commitments, &f);
	tb_ct_public(commitments.data, commitments.num * commitments.stride);
	tb_polynomial_evaluate(g, &share, &f, 2);
	assert_int_equal(tb_sharing_check(g, &share, &commitments, 2), TB_OK);
	tb_ct_assert_silent();
	tb_points_free(&commitments);
}

static void test_the_ceremony(void **state)
{
	(void)state;
	in_every_group(check_received_share);
	in_every_group(check_ceremony);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_leak_is_noticed),
		cmocka_unit_test(test_proving_a_ballot),
		cmocka_unit_test(test_encrypting),
		cmocka_unit_test(test_proving_a_ranking),
		cmocka_unit_test(test_signing),
		cmocka_unit_test(test_proving_a_share),
		cmocka_unit_test(test_proving_a_list_of_shares),
		cmocka_unit_test(test_the_ceremony),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

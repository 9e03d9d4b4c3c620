/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof of a shuffle where everything can be tried [PROOF.SHUFFLE.COMPLETE] [PROOF.SHUFFLE.ZK] [PROOF.SHUFFLE.PERMUTATION]: every permutation; every coin of the real prover, whose proofs are then
 * exactly those of the simulator; and, in the formal group, where commitments bind, every matrix that a cheating prover can commit to, under
 * every exponent.  Coins, the order and the challenges are given at link time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/rand.h"
#include "crypto/shuffle_internal.h"
#include "tests/support/fixture.h"
#include "tests/support/group_formal.h"
#include "tests/support/group_tiny.h"
#include "tests/support/plain_shuffle.h"

static const tb_parallel alone = {.threads = 1};

/* ---- coins ---- */
#define MOST_COINS 16

static bool are_coins_given, is_order_given, are_challenges_given;
static uint64_t coins[MOST_COINS];
static size_t next_coin, order[PLAIN_SHUFFLE_MOST];
static tb_scalar given_u[PLAIN_SHUFFLE_MOST], given_v;

tb_err __real_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out)
{
	if (!are_coins_given)
		return __real_tb_secret_random(g, out);
	assert_true(next_coin < MOST_COINS);
	tb_secret_set_u64(g, out, coins[next_coin++]);
	return TB_OK;
}

/* The keys of the permutation are asked for once, before all else. */
tb_err __real_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len)
{
	if (!is_order_given)
		return __real_tb_random(out, len);
	for (size_t i = 0; i < len / 16; i++) {
		const unsigned __int128 key = i;

		memcpy((uint8_t *)out + 16 * order[i], &key, sizeof key);
	}
	is_order_given = false;
	return TB_OK;
}

void __real_tb_shuffle_exponent(const tb_group *g, const tb_transcript *t, tb_scalar *out, uint64_t i);
void __wrap_tb_shuffle_exponent(const tb_group *g, const tb_transcript *t, tb_scalar *out, uint64_t i);
void __wrap_tb_shuffle_exponent(const tb_group *g, const tb_transcript *t, tb_scalar *out, uint64_t i)
{
	if (!are_challenges_given) {
		__real_tb_shuffle_exponent(g, t, out, i);
		return;
	}
	assert_in_range(i, 1, PLAIN_SHUFFLE_MOST);
	*out = given_u[i - 1];
}

void __real_tb_shuffle_challenge(
	tb_transcript *t, tb_scalar *v, const tb_shuffle_statement *st, const uint8_t *proof);
void __wrap_tb_shuffle_challenge(
	tb_transcript *t, tb_scalar *v, const tb_shuffle_statement *st, const uint8_t *proof);
void __wrap_tb_shuffle_challenge(
	tb_transcript *t, tb_scalar *v, const tb_shuffle_statement *st, const uint8_t *proof)
{
	if (are_challenges_given)
		*v = given_v;
	else
		__real_tb_shuffle_challenge(t, v, st, proof);
}

/* ---- the real prover ---- */
typedef struct scene {
	tb_point h;
	tb_shuffle_generators *generators;
	plain_shuffle z;
	uint8_t *inputs, *outputs, *proof;
	tb_shuffle_statement st;
	size_t proof_len;
} scene;

static void begin(scene *s, const tb_group *g, size_t num, size_t width)
{
	tb_scalar x;

	tb_scalar_set_u64(g, &x, 2);
	tb_point_generator(g, &s->h);
	tb_point_mul_public(g, &s->h, &x, &s->h);
	assert_int_equal(tb_shuffle_generators_new(g, &s->generators, num, &alone), TB_OK);
	plain_shuffle_init(&s->z, g, &s->h, num, width);
	s->inputs = plain_shuffle_write_inputs(&s->z);
	s->proof_len = tb_shuffle_proof_bytes(g, num, width);
	s->st = (tb_shuffle_statement){s->generators, &s->h, s->z.binding, strlen(s->z.binding), num, width,
		s->inputs, tb_shuffle_list_bytes(g, num, width)};
	s->outputs = malloc(s->st.inputs_len);
	s->proof = malloc(s->proof_len);
	assert_true(s->outputs != NULL && s->proof != NULL);
}

static void end(scene *s)
{
	tb_shuffle_generators_free(s->generators);
	free(s->inputs);
	free(s->outputs);
	free(s->proof);
}

static void make(scene *s)
{
	tb_shuffle_place place;

	next_coin = 0;
	is_order_given = true;
	assert_int_equal(tb_shuffle_make(&s->st, s->outputs, s->proof, &alone, &place), TB_OK);
	assert_false(is_order_given);
	plain_shuffle_read(&s->z, s->outputs, s->proof);
}

/* b - 2a, what the ciphertext holds. */
static void open_ciphertext(const scene *s, tb_point *out, const tb_point *a, const tb_point *b)
{
	tb_point_sub(s->z.g, out, b, a);
	tb_point_sub(s->z.g, out, out, a);
}

/* Number `n` of the orders of num things. */
static bool nth_order(size_t num, size_t n)
{
	bool seen[PLAIN_SHUFFLE_MOST] = {false};

	for (size_t i = 0; i < num; i++, n /= num) {
		order[i] = n % num;
		if (seen[order[i]])
			return false;
		seen[order[i]] = true;
	}
	return true;
}

/* Every order of up to four: the outputs hold what it says, element by element, and the proof is believed by both verifiers. */
static void test_every_permutation(void **state)
{
	const tb_group *g = tb_tiny_group(1009);
	size_t orders = 0;

	(void)state;
	for (size_t num = 1; num <= 4; num++) {
		scene s;

		begin(&s, g, num, 2);
		for (size_t n = 0; n < num * num * num * num; n++) {
			tb_shuffle_place place;

			if ((num < 4 && n >= num * num * num) || !nth_order(num, n))
				continue;
			make(&s);
			for (size_t i = 0; i < 2 * num; i++) {
				const size_t row = i / 2, k = i % 2, from = order[row];
				tb_point was, is;

				open_ciphertext(&s, &was, &s.z.a[from][k], &s.z.b[from][k]);
				open_ciphertext(&s, &is, &s.z.a2[row][k], &s.z.b2[row][k]);
				assert_true(tb_point_equal(g, &was, &is));
			}
			plain_shuffle_u(&s.z, 0);
			plain_shuffle_v(&s.z, 0);
			assert_int_equal(plain_shuffle_failing(&s.z), 0);
			assert_int_equal(tb_shuffle_verify(&s.st, s.outputs, s.st.inputs_len, s.proof,
						 s.proof_len, &alone, &place),
				TB_OK);
			orders++;
		}
		end(&s);
	}
	/* 1 + 2 + 6 + 24; those of one and two come several times over, the digits being more than needed */
	assert_int_equal(orders, 1 + 2 * 2 + 6 + 24);
}

/* ---- zero knowledge ---- */
static uint64_t logarithm(const tb_group *g, uint64_t q, const tb_point *P)
{
	tb_point t;

	tb_point_identity(g, &t);
	for (uint64_t k = 0; k < q; k++) {
		tb_point generator;

		if (tb_point_equal(g, &t, P))
			return k;
		tb_point_generator(g, &generator);
		tb_point_add(g, &t, &t, &generator);
	}
	fail();
	return 0;
}

/* What the simulator draws, as one number: c, C, all s, p, q.  The masks follow from it by the equations. */
static size_t drawn(const scene *s, uint64_t q)
{
	const plain_shuffle *z = &s->z;
	size_t n = 0;

	for (size_t i = 0; i < z->num; i++) {
		n = n * q + logarithm(z->g, q, &z->c[i]);
		n = n * q + logarithm(z->g, q, &z->C[i]);
		n = n * q + z->p[i].limb[0];
		n = n * q + z->q[i].limb[0];
	}
	for (size_t i = 0; i < 3 + z->width; i++)
		n = n * q + z->s[i].limb[0];
	return n;
}

static size_t power(uint64_t q, size_t n)
{
	return n == 0 ? 1 : q * power(q, n - 1);
}

/*
 * For one order, one re-encryption and one pair of challenges: all coins of the prover, r, y, x, o of each row and the four m, give every
 * choice of the simulator exactly once, and every equation holds.  So the proof is distributed as the simulator's, which knows
 * no order: it tells none.
 */
static void check_zero_knowledge(uint64_t q, size_t num)
{
	const size_t total = power(q, 4 * num + 4);
	uint8_t *seen = calloc(total, 1);
	scene s;

	assert_non_null(seen);
	begin(&s, tb_tiny_group(q), num, 1);
	are_coins_given = true;
	for (size_t n = 0; n < total; n++) {
		size_t rest = n, i;

		for (i = 0; i < 5 * num + 4; i++) {
			if (i < 5 * num && i % 5 == 1) { /* s_i */
				coins[i] = 1;
				continue;
			}
			coins[i] = rest % q;
			rest /= q;
		}
		make(&s);
		assert_int_equal(next_coin, 5 * num + 4);
		memcpy(s.z.u, given_u, sizeof s.z.u);
		s.z.v = given_v;
		assert_int_equal(plain_shuffle_failing(&s.z), 0);
		i = drawn(&s, q);
		assert_true(i < total);
		assert_int_equal(seen[i], 0);
		seen[i] = 1;
	}
	are_coins_given = false;
	free(seen);
	end(&s);
}

static void test_prover_and_simulator_make_the_same_proofs(void **state)
{
	const tb_group *g = tb_tiny_group(3);

	(void)state;
	are_challenges_given = true;
	(void)nth_order(1, 0);
	for (uint64_t n = 0; n < 9; n += 2) {
		tb_scalar_set_u64(g, &given_u[0], n % 3);
		tb_scalar_set_u64(g, &given_v, n / 3);
		check_zero_knowledge(3, 1);
	}
	if (getenv("TB_LONG") != NULL) {
		assert_true(nth_order(2, 1)); /* the other order */
		tb_scalar_set_u64(g, &given_u[0], 1);
		tb_scalar_set_u64(g, &given_u[1], 2);
		tb_scalar_set_u64(g, &given_v, 2);
		check_zero_knowledge(3, 2);
	}
	are_challenges_given = false;
}

/* ---- soundness ---- */
/* That the real verifier believes it: in a group of five one false proof in five passes a sum with random weights. */
static bool is_believed(const plain_shuffle *z, const tb_shuffle_generators *generators)
{
	for (int i = 0; i < 25; i++) {
		if (plain_shuffle_verify(z, generators, 1) != TB_OK)
			return false;
	}
	return true;
}

/* The transposed inverse of a 2x2 matrix; false when there is none. */
static bool transposed_inverse(const tb_group *g, plain_matrix out, tb_scalar m[2][2])
{
	tb_scalar determinant, part;

	tb_scalar_mul(g, &determinant, &m[0][0], &m[1][1]);
	tb_scalar_mul(g, &part, &m[0][1], &m[1][0]);
	tb_scalar_sub(g, &determinant, &determinant, &part);
	if (tb_scalar_invert(g, &determinant, &determinant) != TB_OK)
		return false;
	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < 2; j++) {
			tb_scalar_mul(g, &out[i][j], &m[1 - i][1 - j], &determinant);
			if (i != j)
				tb_scalar_neg(g, &out[i][j], &out[i][j]);
		}
	}
	return true;
}

/*
 * Two ciphertexts in the formal group of order 5.  The prover commits to any invertible matrix, takes as outputs the one list for which (4) can
 * hold, and answers as well as it can: it is believed exactly where rows have sum 1 and the product of the exponents is that of
 * the u.  For a matrix that is no permutation these u are the zeros of a polynomial of degree 2: at most 2 * 5 of 25.
 */
static void test_false_shuffles_have_few_exponents(void **state)
{
	enum { Q = 5, MOST = 2 * Q };
	const tb_group *g = tb_formal_group(Q);
	size_t most = 0, permutations = 0, not_one = 0;
	plain_shuffle_coins drawn_coins;
	scene s;

	(void)state;
	begin(&s, g, 2, 1);
	plain_shuffle_draw(&s.z, &drawn_coins, 1);
	are_challenges_given = true;
	tb_scalar_set_u64(g, &given_v, 3);
	for (size_t n = 0; n < Q * Q * Q * Q; n++) {
		const uint64_t m[2][2] = {{n % Q, n / Q % Q}, {n / Q / Q % Q, n / Q / Q / Q}};
		const bool has_sums = (m[0][0] + m[0][1]) % Q == 1 && (m[1][0] + m[1][1]) % Q == 1;
		const bool is_permutation = has_sums && m[0][0] <= 1 && m[1][0] == 1 - m[0][0];
		plain_shuffle_witness w;
		tb_scalar matrix[2][2];
		size_t believed = 0;

		plain_shuffle_honest(&s.z, &w, (const size_t[]){0, 1}, 1);
		for (size_t i = 0; i < 4; i++) {
			tb_scalar_set_u64(g, &matrix[i / 2][i % 2], m[i / 2][i % 2]);
			w.commitments[i / 2][i % 2] = w.exponents[i / 2][i % 2] = matrix[i / 2][i % 2];
		}
		/* Of those without the sums, every ninth will do: (1) says the same to all. */
		if ((!has_sums && ++not_one % 9 != 0) || !transposed_inverse(g, w.outputs, matrix))
			continue;
		for (uint64_t u = 0; u < Q * Q; u++) {
			const uint64_t u1 = u % Q, u2 = u / Q, e1 = m[0][0] * u1 + m[0][1] * u2,
				       e2 = m[1][0] * u1 + m[1][1] * u2;
			bool is;

			tb_scalar_set_u64(g, &given_u[0], u1);
			tb_scalar_set_u64(g, &given_u[1], u2);
			plain_shuffle_outputs(&s.z, &w);
			plain_shuffle_commit(&s.z, &w, &drawn_coins);
			memcpy(s.z.u, given_u, sizeof s.z.u);
			plain_shuffle_chain(&s.z, &w, &drawn_coins);
			s.z.v = given_v;
			plain_shuffle_respond(&s.z, &w, &drawn_coins);
			is = is_believed(&s.z, s.generators);
			assert_int_equal(is, has_sums && e1 * e2 % Q == u1 * u2 % Q);
			assert_int_equal(is, plain_shuffle_failing(&s.z) == 0);
			believed += is;
		}
		if (is_permutation) {
			assert_int_equal(believed, Q * Q);
			permutations++;
		} else {
			most = believed > most ? believed : most;
		}
	}
	are_challenges_given = false;
	assert_int_equal(permutations, 2);
	assert_in_range(most, 1, MOST);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_permutation),
		cmocka_unit_test(test_prover_and_simulator_make_the_same_proofs),
		cmocka_unit_test(test_false_shuffles_have_few_exponents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forged shuffles, by the names of ATTACKS section S: each is a proof that satisfies a verifier with the weakness in question, and which
 * tb_shuffle_verify() refuses [SHUFFLE.VERIFY].  tb_random() can be replaced, to have a verifier with weak randomisers
 * [BATCH.RANDOM].
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
#include "tests/support/plain_shuffle.h"

/* ---- randomisers ---- */
static bool is_random_weak;         /* every randomiser is the same number */
static _Atomic size_t random_bytes; /* asked for */

tb_err __real_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len)
{
	random_bytes += len;
	if (!is_random_weak)
		return __real_tb_random(out, len);
	memset(out, 7, len);
	return TB_OK;
}

/* ---- the scene: a key, the real generators, an honest witness ---- */
typedef struct scene {
	tb_point h;
	tb_shuffle_generators *generators;
	plain_shuffle z;
	plain_shuffle_witness w;
	plain_shuffle_coins coins;
} scene;

static const size_t SOME_ORDER[PLAIN_SHUFFLE_MOST] = {2, 0, 1, 4, 3},
		    AS_IT_WAS[PLAIN_SHUFFLE_MOST] = {0, 1, 2, 3, 4};

static void begin(scene *s, size_t num, size_t width, const size_t *order)
{
	const tb_group *g = tb_group_ristretto255();

	tb_point_hash(g, &s->h, "test/key", "", 0);
	assert_int_equal(
		tb_shuffle_generators_new(g, &s->generators, num, &(tb_parallel){.threads = 1}), TB_OK);
	plain_shuffle_init(&s->z, g, &s->h, num, width);
	plain_shuffle_honest(&s->z, &s->w, order, 1);
	plain_shuffle_draw(&s->z, &s->coins, 1);
}

static void end(scene *s)
{
	tb_shuffle_generators_free(s->generators);
}

static tb_err verify(const scene *s)
{
	return plain_shuffle_verify(&s->z, s->generators, 1);
}

/* A proof that breaks exactly the equations `failing` under the full challenges, and is refused. */
static void assert_refused(scene *s, unsigned failing)
{
	plain_shuffle_u(&s->z, 0);
	plain_shuffle_v(&s->z, 0);
	assert_int_equal(plain_shuffle_failing(&s->z), failing);
	assert_int_equal(verify(s), failing == 0 ? TB_OK : TB_ERR_PROOF);
}

static void set(const scene *s, tb_scalar *out, int v)
{
	plain_small(s->z.g, out, v);
}

/* matrix = ((a, b), (c, d)) */
static void set_matrix(const scene *s, plain_matrix m, int a, int b, int c, int d)
{
	set(s, &m[0][0], a);
	set(s, &m[0][1], b);
	set(s, &m[1][0], c);
	set(s, &m[1][1], d);
}

static void test_the_plain_prover_is_believed(void **state)
{
	(void)state;
	for (size_t num = 3; num <= PLAIN_SHUFFLE_MOST; num += 2) {
		for (size_t width = 1; width <= PLAIN_SHUFFLE_WIDEST; width++) {
			scene s;

			begin(&s, num, width, SOME_ORDER);
			plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
			assert_refused(&s, 0);
			end(&s);
		}
	}
}

/*
 * S-01: whoever knows logarithms of the H_i opens commitments to whatever the challenge asks for: the first ballot is multiplied by 5, the second
 * divided by 5 (products of exponents agree), and all equations hold, with generators that the prover chose.
 */
static void test_generators_with_known_logarithms(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_shuffle_generators false_ones;
	tb_scalar five, fifth, k;
	scene s;

	(void)state;
	begin(&s, 2, 1, AS_IT_WAS);
	set(&s, &five, 5);
	assert_int_equal(tb_scalar_invert(g, &fifth, &five), TB_OK);
	s.w.outputs[0][0] = five;
	s.w.outputs[1][1] = fifth;
	s.w.exponents[0][0] = fifth;
	s.w.exponents[1][1] = five;
	false_ones.g = g;
	assert_int_equal(tb_points_new(g, &false_ones.H, 3), TB_OK);
	for (size_t i = 0; i < 3; i++) {
		tb_fixture_scalar(g, &k, "trapdoor", i);
		if (i > 0)
			s.w.logarithms[i - 1] = k;
		tb_point_generator(g, &s.z.H[i]);
		tb_point_mul_public(g, &s.z.H[i], &k, &s.z.H[i]);
		tb_point_copy(g, tb_points_at(&false_ones.H, i), &s.z.H[i]);
	}
	plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
	assert_int_equal(plain_shuffle_failing(&s.z), 0);
	assert_int_equal(plain_shuffle_verify(&s.z, &false_ones, 1), TB_OK);
	assert_int_equal(verify(&s), TB_ERR_PROOF); /* derived here, they are others [SHUFFLE.GENERATORS] */
	tb_points_free(&false_ones.H);
	/* With the real generators the same prover breaks (3): the commitments bind. */
	plain_shuffle_init(&s.z, g, &s.h, 2, 1);
	plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
	assert_refused(&s, PLAIN_SHUFFLE_3);
	end(&s);
}

/* S-03: a list that is one shorter or longer than the proof. */
static void test_another_number_of_outputs(void **state)
{
	const tb_parallel work = {.threads = 1};
	tb_shuffle_place place;
	scene s;

	(void)state;
	begin(&s, 4, 1, AS_IT_WAS);
	plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
	for (size_t num = 3; num <= 4; num++) {
		uint8_t *inputs = plain_shuffle_write_inputs(&s.z),
			*outputs = plain_shuffle_write_outputs(&s.z),
			*proof = plain_shuffle_write_proof(&s.z);
		const tb_shuffle_statement st = {
			s.generators, &s.h, s.z.binding, strlen(s.z.binding), num, 1, inputs, num * 64};

		for (size_t outputs_num = 3; outputs_num <= 4; outputs_num++) {
			for (size_t proof_num = 3; proof_num <= 4; proof_num++) {
				const bool fits = outputs_num == num && proof_num == num;
				const tb_err expected = !fits      ? TB_ERR_ENCODING
							: num == 4 ? TB_OK
								   : TB_ERR_PROOF;
				const tb_err err = tb_shuffle_verify(&st, outputs, 64 * outputs_num, proof,
					160 * proof_num + 96 + 192, &work, &place);

				/* read for 3, what was p_1 stands where a t or an s is: perhaps no element */
				assert_true(err == expected || (num == 3 && fits && err == TB_ERR_ENCODING));
			}
		}
		free(inputs);
		free(outputs);
		free(proof);
	}
	end(&s);
}

/* S-04: outputs or commitments that are no permutation; which equation tells depends on how consistently the prover lies. */
static void test_not_a_permutation(void **state)
{
	static const struct {
		int outputs[4], commitments[4], exponents[4];
		unsigned failing;
	} cases[] = {
		/* the first ballot twice, the second gone; the proof speaks of a permutation */
		{{1, 0, 1, 0}, {1, 0, 0, 1}, {1, 0, 0, 1}, PLAIN_SHUFFLE_4},
		/* and now of that matrix: what is missing is still missing */
		{{1, 0, 1, 0}, {1, 0, 1, 0}, {1, 0, 1, 0}, PLAIN_SHUFFLE_2 | PLAIN_SHUFFLE_4},
		/* each output a mixture of both, undone by the exponents; rows and columns have sum 1: the product tells */
		{{2, -1, -1, 2}, {2, -1, -1, 2}, {2, -1, -1, 2}, PLAIN_SHUFFLE_2 | PLAIN_SHUFFLE_4},
		{{-1, 2, 2, -1}, {2, -1, -1, 2}, {2, -1, -1, 2}, PLAIN_SHUFFLE_2 | PLAIN_SHUFFLE_4},
		/* a permutation, but the commitments hold another one */
		{{0, 1, 1, 0}, {1, 0, 0, 1}, {0, 1, 1, 0}, PLAIN_SHUFFLE_3},
		/* the commitments hold the right one, the exponents come in another order */
		{{0, 1, 1, 0}, {0, 1, 1, 0}, {1, 0, 0, 1}, PLAIN_SHUFFLE_3 | PLAIN_SHUFFLE_4},
	};

	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++) {
		const int *o = cases[n].outputs, *c = cases[n].commitments, *e = cases[n].exponents;
		scene s;

		begin(&s, 2, 2, AS_IT_WAS);
		set_matrix(&s, s.w.outputs, o[0], o[1], o[2], o[3]);
		set_matrix(&s, s.w.commitments, c[0], c[1], c[2], c[3]);
		set_matrix(&s, s.w.exponents, e[0], e[1], e[2], e[3]);
		plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
		assert_refused(&s, cases[n].failing);
		end(&s);
	}
}

/* S-04, as consistent as can be: the outputs are exactly those that (4) asks for, and only (1) or only (2) is between them and the count. */
static void test_a_matrix_that_only_one_equation_refuses(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_scalar five, fifth, third, two_thirds;
	scene s;

	(void)state;
	/* Diagonal (1/5, 5): the product of the exponents is that of the u, (1) alone sees that rows have no sum 1. */
	begin(&s, 2, 1, AS_IT_WAS);
	set(&s, &five, 5);
	assert_int_equal(tb_scalar_invert(g, &fifth, &five), TB_OK);
	s.w.outputs[0][0] = five;
	s.w.outputs[1][1] = fifth;
	s.w.commitments[0][0] = s.w.exponents[0][0] = fifth;
	s.w.commitments[1][1] = s.w.exponents[1][1] = five;
	plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
	assert_refused(&s, PLAIN_SHUFFLE_1);
	end(&s);
	/* ((2, -1), (-1, 2)) and its inverse ((2/3, 1/3), (1/3, 2/3)): (2) alone. */
	begin(&s, 2, 1, AS_IT_WAS);
	set_matrix(&s, s.w.commitments, 2, -1, -1, 2);
	set_matrix(&s, s.w.exponents, 2, -1, -1, 2);
	set(&s, &third, 3);
	assert_int_equal(tb_scalar_invert(g, &third, &third), TB_OK);
	tb_scalar_add(g, &two_thirds, &third, &third);
	s.w.outputs[0][0] = s.w.outputs[1][1] = two_thirds;
	s.w.outputs[0][1] = s.w.outputs[1][0] = third;
	plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
	assert_refused(&s, PLAIN_SHUFFLE_2);
	end(&s);
}

/* S-05: one ciphertext, or one element of it, replaced before the proof is made: (4) tells; and after: so does everything. */
static void test_a_replaced_ciphertext(void **state)
{
	(void)state;
	for (size_t k = 0; k < 2; k++) {
		for (int half = 0; half < 2; half++) {
			tb_point generator, *replaced;
			scene s;

			begin(&s, 3, 2, SOME_ORDER);
			tb_point_generator(s.z.g, &generator);
			plain_shuffle_outputs(&s.z, &s.w);
			replaced = half == 0 ? &s.z.a2[1][k] : &s.z.b2[1][k];
			tb_point_add(s.z.g, replaced, replaced, &generator);
			plain_shuffle_commit(&s.z, &s.w, &s.coins);
			plain_shuffle_u(&s.z, 0);
			plain_shuffle_chain(&s.z, &s.w, &s.coins);
			plain_shuffle_v(&s.z, 0);
			plain_shuffle_respond(&s.z, &s.w, &s.coins);
			assert_refused(&s, PLAIN_SHUFFLE_4);
			tb_point_sub(s.z.g, replaced, replaced, &generator);
			assert_int_equal(verify(&s), TB_ERR_PROOF);
			end(&s);
		}
	}
}

/* S-06: a proof under challenges that leave out one of their items holds for a verifier who leaves it out, and not for this one. */
static void test_a_challenge_without_an_item(void **state)
{
	(void)state;
	for (unsigned item = 0; item < PLAIN_SHUFFLE_ITEMS; item++) {
		scene s;

		begin(&s, 3, 2, SOME_ORDER);
		plain_shuffle_prove(&s.z, &s.w, &s.coins, 1u << item);
		assert_int_equal(plain_shuffle_failing(&s.z), 0); /* for the challenges it was made with */
		assert_int_equal(verify(&s), TB_ERR_PROOF);
		end(&s);
	}
}

/* S-06, outputs left out: they are chosen when u is known, so that sum u_i a'_i comes out right with other votes in them. */
static void test_outputs_chosen_after_the_challenge(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point generator, change;
	scene s;

	(void)state;
	begin(&s, 2, 1, AS_IT_WAS);
	tb_point_generator(g, &generator);
	plain_shuffle_outputs(&s.z, &s.w);
	plain_shuffle_commit(&s.z, &s.w, &s.coins);
	plain_shuffle_u(&s.z, PLAIN_SHUFFLE_OUTPUTS);
	tb_point_mul_public(g, &change, &s.z.u[1], &generator);
	tb_point_add(g, &s.z.b2[0][0], &s.z.b2[0][0], &change);
	tb_point_mul_public(g, &change, &s.z.u[0], &generator);
	tb_point_sub(g, &s.z.b2[1][0], &s.z.b2[1][0], &change);
	plain_shuffle_chain(&s.z, &s.w, &s.coins);
	plain_shuffle_v(&s.z, PLAIN_SHUFFLE_OUTPUTS);
	plain_shuffle_respond(&s.z, &s.w, &s.coins);
	assert_int_equal(plain_shuffle_failing(&s.z), 0);
	assert_refused(
		&s, PLAIN_SHUFFLE_1 | PLAIN_SHUFFLE_2 | PLAIN_SHUFFLE_3 | PLAIN_SHUFFLE_4 | PLAIN_SHUFFLE_5);
	end(&s);
}

/*
 * S-06, commitments left out: with u known, c_1 and c_2 are solved from c_1 + c_2 = H_1 + H_2 and u_1 c_1 + u_2 c_2 = e_1 H_1 + e_2 H_2 for any e
 * whose product is right: here u_1/5 and 5 u_2, which makes of the first ballot five of its kind.
 */
static void test_commitments_chosen_after_the_challenge(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_scalar five, fifth, k, denominator;
	tb_point part;
	scene s;

	(void)state;
	begin(&s, 2, 1, AS_IT_WAS);
	set(&s, &five, 5);
	assert_int_equal(tb_scalar_invert(g, &fifth, &five), TB_OK);
	s.w.outputs[0][0] = five;
	s.w.outputs[1][1] = fifth;
	s.w.exponents[0][0] = fifth;
	s.w.exponents[1][1] = five;
	memset(s.coins.r, 0, sizeof s.coins.r);
	plain_shuffle_outputs(&s.z, &s.w);
	plain_shuffle_u(&s.z, PLAIN_SHUFFLE_COMMITMENTS);
	plain_shuffle_chain(&s.z, &s.w, &s.coins);
	tb_scalar_sub(g, &denominator, &s.z.u[1], &s.z.u[0]);
	assert_int_equal(tb_scalar_invert(g, &denominator, &denominator), TB_OK);
	tb_point_identity(g, &s.z.c[1]);
	for (size_t i = 0; i < 2; i++) {
		tb_scalar_sub(g, &k, &s.z.e[i], &s.z.u[0]);
		tb_scalar_mul(g, &k, &k, &denominator);
		tb_point_mul_public(g, &part, &k, &s.z.H[i + 1]);
		tb_point_add(g, &s.z.c[1], &s.z.c[1], &part);
	}
	tb_point_add(g, &s.z.c[0], &s.z.H[1], &s.z.H[2]);
	tb_point_sub(g, &s.z.c[0], &s.z.c[0], &s.z.c[1]);
	plain_shuffle_v(&s.z, PLAIN_SHUFFLE_COMMITMENTS);
	plain_shuffle_respond(&s.z, &s.w, &s.coins);
	assert_int_equal(plain_shuffle_failing(&s.z), 0);
	assert_refused(&s, PLAIN_SHUFFLE_2 | PLAIN_SHUFFLE_3 | PLAIN_SHUFFLE_4 | PLAIN_SHUFFLE_5);
	end(&s);
}

/* S-06, the t left out of v: another vote is put in, and t4_1'' is solved when v is known. */
static void test_masks_chosen_after_the_challenge(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point generator, part;
	tb_scalar k;
	scene s;

	(void)state;
	begin(&s, 2, 1, AS_IT_WAS);
	tb_point_generator(g, &generator);
	plain_shuffle_outputs(&s.z, &s.w);
	tb_point_add(g, &s.z.b2[0][0], &s.z.b2[0][0], &generator);
	plain_shuffle_commit(&s.z, &s.w, &s.coins);
	plain_shuffle_u(&s.z, PLAIN_SHUFFLE_T);
	plain_shuffle_chain(&s.z, &s.w, &s.coins);
	plain_shuffle_v(&s.z, PLAIN_SHUFFLE_T);
	plain_shuffle_respond(&s.z, &s.w, &s.coins);
	/* On the right of (4) there is v*e_1*g too much. */
	tb_scalar_mul(g, &k, &s.z.v, &s.z.e[0]);
	tb_point_mul_public(g, &part, &k, &generator);
	tb_point_add(g, &s.z.t[4], &s.z.t[4], &part);
	assert_int_equal(plain_shuffle_failing(&s.z), 0);
	plain_shuffle_u(&s.z, 0);
	plain_shuffle_v(&s.z, 0);
	assert_int_not_equal(plain_shuffle_failing(&s.z), 0);
	assert_int_equal(verify(&s), TB_ERR_PROOF);
	end(&s);
}

/* S-09: the proof of an earlier mix, of another mixer, another question or another election, for the very same lists. */
static void test_a_proof_from_elsewhere(void **state)
{
	static const char *const others[] = {"election, close, question, mix 2, trustee 2",
		"election, close, question, mix 1, trustee 3", "",
		"election, close, question, mix 1, trustee 2 "};
	scene s;

	(void)state;
	begin(&s, 3, 1, SOME_ORDER);
	plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
	assert_int_equal(verify(&s), TB_OK);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		s.z.binding = others[i];
		assert_int_equal(verify(&s), TB_ERR_PROOF);
	}
	end(&s);
}

/* ---- S-12: errors in two equations that cancel when both have the same randomiser ---- */
enum { SLOTS = 3 + 2 * 2 + 3 }; /* t1, t2, t3, t4 of two elements, D_1 to D_3 */

static tb_point *slot(plain_shuffle *z, size_t i)
{
	return i < 7 ? &z->t[i] : &z->D[i - 7];
}

static unsigned equation_of(size_t i)
{
	return i < 3 ? 1u << i : i < 7 ? PLAIN_SHUFFLE_4 : PLAIN_SHUFFLE_5;
}

static void make_cancelling(scene *s, size_t plus, size_t minus)
{
	tb_point generator;

	begin(s, 3, 2, SOME_ORDER);
	tb_point_generator(s->z.g, &generator);
	plain_shuffle_outputs(&s->z, &s->w);
	plain_shuffle_commit(&s->z, &s->w, &s->coins);
	plain_shuffle_u(&s->z, 0);
	plain_shuffle_chain(&s->z, &s->w, &s->coins);
	tb_point_add(s->z.g, slot(&s->z, plus), slot(&s->z, plus), &generator);
	tb_point_sub(s->z.g, slot(&s->z, minus), slot(&s->z, minus), &generator);
	plain_shuffle_v(&s->z, 0);
	plain_shuffle_respond(&s->z, &s->w, &s->coins);
}

static void test_every_equation_has_a_randomiser_of_its_own(void **state)
{
	(void)state;
	for (size_t plus = 0; plus < SLOTS; plus++) {
		for (size_t minus = 0; minus < SLOTS; minus++) {
			scene s;

			if (plus == minus)
				continue;
			make_cancelling(&s, plus, minus);
			assert_refused(&s, equation_of(plus) | equation_of(minus));
			is_random_weak = true; /* so the test could fail */
			assert_int_equal(verify(&s), TB_OK);
			is_random_weak = false;
			end(&s);
		}
	}
}

/* And each has 128 bits, drawn anew by every verification: three, two for each element, one for each row. */
static void test_randomisers_are_long_enough(void **state)
{
	(void)state;
	for (size_t num = 1; num <= PLAIN_SHUFFLE_MOST; num += 2) {
		for (size_t width = 1; width <= PLAIN_SHUFFLE_WIDEST; width++) {
			scene s;

			begin(&s, num, width, num < 3 ? AS_IT_WAS : SOME_ORDER);
			plain_shuffle_prove(&s.z, &s.w, &s.coins, 0);
			for (unsigned threads = 1; threads <= 3; threads++) {
				random_bytes = 0;
				assert_int_equal(plain_shuffle_verify(&s.z, s.generators, threads), TB_OK);
				assert_int_equal(random_bytes, 16 * (3 + 2 * width + num));
			}
			end(&s);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_plain_prover_is_believed),
		cmocka_unit_test(test_generators_with_known_logarithms),
		cmocka_unit_test(test_another_number_of_outputs),
		cmocka_unit_test(test_not_a_permutation),
		cmocka_unit_test(test_a_matrix_that_only_one_equation_refuses),
		cmocka_unit_test(test_a_replaced_ciphertext),
		cmocka_unit_test(test_a_challenge_without_an_item),
		cmocka_unit_test(test_outputs_chosen_after_the_challenge),
		cmocka_unit_test(test_commitments_chosen_after_the_challenge),
		cmocka_unit_test(test_masks_chosen_after_the_challenge),
		cmocka_unit_test(test_a_proof_from_elsewhere),
		cmocka_unit_test(test_every_equation_has_a_randomiser_of_its_own),
		cmocka_unit_test(test_randomisers_are_long_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ballots that must be refused (ATTACKS U-06 and part E) [PROOF.FS].  Each forgery against a challenge that lacks an item is shown
 * to deceive the verifier whose challenge lacks it, then to be refused by the real one.
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

#define VOTER 7

/* One question, its plain statement and a proof in the making. */
typedef struct scene {
	const tb_group *g;
	tb_fixture f;
	tb_bitproof_definition def;
	tb_bitproof *verifier;
	plain_statement st;
	plain_proof p;
	plain_witness w;
	plain_coins c;
	tb_scalar y, x;
	uint8_t wire[64 * 1024];
} scene;

static scene *scene_new(const tb_group *g, uint32_t m, uint32_t S, uint32_t min, uint32_t max, bool blank)
{
	scene *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->g = g;
	assert_int_equal(tb_bitproof_define(&s->def, m, S, min, max, blank), TB_OK);
	tb_fixture_new(&s->f, g, s->def.num_bits);
	assert_int_equal(tb_bitproof_new(g, &s->verifier, &s->def), TB_OK);
	plain_statement_init(&s->st, &s->f.key, &s->def);
	plain_proof_init(&s->p, &s->st);
	for (size_t i = 0; i < m; i++)
		tb_fixture_scalar(g, &s->w.r[i], "forger r", i);
	for (size_t j = 0; j < s->def.num_bits; j++)
		tb_fixture_scalar(g, &s->c.a[j], "forger a", j);
	tb_fixture_scalar(g, &s->c.beta, "forger beta", 0);
	tb_fixture_scalar(g, &s->c.rho, "forger rho", 0);
	tb_fixture_scalar(g, &s->c.tau1, "forger tau1", 0);
	tb_fixture_scalar(g, &s->c.tau0, "forger tau0", 0);
	tb_fixture_scalar(g, &s->c.delta, "forger delta", 0);
	return s;
}

static void scene_free(scene *s)
{
	plain_proof_release(&s->p);
	plain_statement_release(&s->st);
	tb_bitproof_free(s->verifier);
	tb_fixture_free(&s->f);
	free(s);
}

static tb_err verify_as(scene *s, uint64_t voter)
{
	plain_write(&s->st, s->wire, &s->p);
	return tb_bitproof_verify(s->verifier, s->f.batch, &s->f.key, tb_fixture_binding(voter), s->wire,
		tb_bitproof_bytes(s->g, &s->def));
}

static tb_err verify(scene *s)
{
	return verify_as(s, VOTER);
}

/* What the equations say with the challenges of a verifier that leaves items out. */
static unsigned weak_verifier(scene *s, unsigned without)
{
	tb_scalar y, x;

	plain_challenge_y(&s->st, &s->p, tb_fixture_binding(VOTER), without, &y);
	plain_challenge_x(&s->st, &s->p, tb_fixture_binding(VOTER), without, &y, &x);
	return plain_failing(&s->st, &s->p, &y, &x);
}

/* The moves from y on, with challenges that leave items out. */
static void challenge_y(scene *s, unsigned without)
{
	plain_challenge_y(&s->st, &s->p, tb_fixture_binding(VOTER), without, &s->y);
}

static void answer(scene *s, unsigned without)
{
	plain_second(&s->st, &s->p, &s->c, &s->y);
	plain_challenge_x(&s->st, &s->p, tb_fixture_binding(VOTER), without, &s->y, &s->x);
	plain_third(&s->st, &s->p, &s->w, &s->c, &s->y, &s->x);
}

static void set_bits(scene *s, const uint32_t *votes)
{
	plain_bits(&s->st, &s->w, votes, 0);
}

static void set_vote(scene *s, size_t i, uint64_t v)
{
	tb_scalar_set_u64(s->g, &s->w.v[i], v);
}

static void assert_decrypts_to(scene *s, size_t i, uint64_t v)
{
	tb_point shared, M, expected;
	tb_scalar k;

	tb_point_mul_secret(s->g, &shared, &s->f.secret, tb_points_at(&s->p.E, 2 * i));
	tb_point_sub(s->g, &M, tb_points_at(&s->p.E, 2 * i + 1), &shared);
	tb_scalar_set_u64(s->g, &k, v);
	tb_point_generator(s->g, &expected);
	tb_point_mul_public(s->g, &expected, &k, &expected);
	assert_true(tb_point_equal(s->g, &M, &expected));
}

static void with_every_group(void (*attack)(const tb_group *g))
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	assert_int_equal(num, 2);
	for (size_t k = 0; k < num; k++)
		attack(groups[k]);
}

/* The tools themselves: with all items, an honest plain proof is accepted by everybody. */
static void honest_control(const tb_group *g)
{
	scene *s = scene_new(g, 3, 1, 1, 1, false);

	set_bits(s, (const uint32_t[]){1, 0, 0});
	plain_encrypt(&s->st, &s->p, &s->w);
	plain_first(&s->st, &s->p, &s->w, &s->c);
	challenge_y(s, PLAIN_FULL);
	answer(s, PLAIN_FULL);
	assert_int_equal(weak_verifier(s, PLAIN_FULL), 0);
	assert_int_equal(verify(s), TB_OK);
	scene_free(s);
}

static void test_control(void **state)
{
	(void)state;
	with_every_group(honest_control);
}

/* [PROOF.FORGE.D]: encrypt 1000, answer for honest bits, then solve (4) and (5) for D. */
static void forge_without_d(const tb_group *g)
{
	scene *s = scene_new(g, 3, 1, 1, 1, false);

	set_bits(s, (const uint32_t[]){1, 0, 0});
	set_vote(s, 0, 1000);
	plain_encrypt(&s->st, &s->p, &s->w);
	plain_first(&s->st, &s->p, &s->w, &s->c);
	challenge_y(s, PLAIN_WITHOUT_D);
	answer(s, PLAIN_WITHOUT_D);
	plain_solve_masks(&s->st, &s->p, &s->y, &s->x);
	assert_int_equal(weak_verifier(s, PLAIN_WITHOUT_D), 0);
	assert_decrypts_to(s, 0, 1000);
	assert_int_equal(verify(s), TB_ERR_PROOF);
	scene_free(s);
}

static void test_a_vote_of_1000_when_x_forgets_d(void **state)
{
	(void)state;
	with_every_group(forge_without_d);
}

/* [PROOF.FORGE.ALPHA]: three set bits where one is allowed, alpha chosen last. */
static void forge_without_alpha(const tb_group *g)
{
	scene *s = scene_new(g, 3, 1, 1, 1, false);

	for (size_t j = 0; j < 3; j++) {
		set_vote(s, j, 1);
		tb_scalar_set_u64(g, &s->w.b[j], 1);
	}
	plain_encrypt(&s->st, &s->p, &s->w);
	plain_first(&s->st, &s->p, &s->w, &s->c);
	challenge_y(s, PLAIN_WITHOUT_ALPHA);
	answer(s, PLAIN_WITHOUT_ALPHA);
	plain_solve_alpha(&s->st, &s->p, &s->x);
	assert_int_equal(weak_verifier(s, PLAIN_WITHOUT_ALPHA), 0);
	for (size_t i = 0; i < 3; i++)
		assert_decrypts_to(s, i, 1);
	assert_int_equal(verify(s), TB_ERR_PROOF);
	scene_free(s);
}

static void test_three_votes_of_one_when_y_forgets_alpha(void **state)
{
	(void)state;
	with_every_group(forge_without_alpha);
}

/* [PROOF.FORGE.E]: commit to (1, 0, 0), learn y, encrypt (1000, -999/y, 0). */
static void forge_without_e(const tb_group *g)
{
	scene *s = scene_new(g, 3, 1, 1, 1, false);
	tb_scalar inverse;

	set_bits(s, (const uint32_t[]){1, 0, 0});
	plain_first(&s->st, &s->p, &s->w, &s->c);
	challenge_y(s, PLAIN_WITHOUT_E);
	set_vote(s, 0, 1000);
	set_vote(s, 1, 999);
	assert_int_equal(tb_scalar_invert(g, &inverse, &s->y), TB_OK);
	tb_scalar_mul(g, &s->w.v[1], &s->w.v[1], &inverse);
	tb_scalar_neg(g, &s->w.v[1], &s->w.v[1]);
	plain_encrypt(&s->st, &s->p, &s->w);
	answer(s, PLAIN_WITHOUT_E);
	assert_int_equal(weak_verifier(s, PLAIN_WITHOUT_E), 0);
	assert_decrypts_to(s, 0, 1000);
	assert_int_equal(verify(s), TB_ERR_PROOF);
	scene_free(s);
}

static void test_votes_chosen_after_y_when_it_forgets_the_ciphertexts(void **state)
{
	(void)state;
	with_every_group(forge_without_e);
}

/* E-14, E-16: dishonest votes with an otherwise honest prover, whatever bits it commits to. */
static void test_votes_out_of_range(void **state)
{
	static const uint64_t votes[] = {2, 4, 1000, UINT64_C(1) << 40};
	const tb_group *g = tb_group_ristretto255();
	tb_scalar minus_one;

	(void)state;
	for (size_t k = 0; k < 5; k++) {
		for (int bits = 0; bits < 2; bits++) {
			scene *s = scene_new(g, 3, 1, 1, 3, false);

			/* The bits of an allowed choice, or a "bit" that is the vote itself with slack that makes the sum right. */
			set_bits(s, (const uint32_t[]){1, 1, 0});
			if (k < 4) {
				set_vote(s, 0, votes[k]);
			} else {
				tb_scalar_set_u64(g, &minus_one, 1);
				tb_scalar_neg(g, &minus_one, &minus_one);
				s->w.v[0] = minus_one;
			}
			if (bits == 1) {
				tb_scalar rest;

				s->w.b[0] = s->w.v[0];
				tb_scalar_set_u64(g, &rest, 2); /* max - v_2 */
				tb_scalar_sub(g, &s->w.b[3], &rest, &s->w.v[0]);
				tb_scalar_set_u64(g, &s->w.b[4], 0);
			}
			plain_encrypt(&s->st, &s->p, &s->w);
			plain_first(&s->st, &s->p, &s->w, &s->c);
			challenge_y(s, PLAIN_FULL);
			answer(s, PLAIN_FULL);
			assert_int_equal(weak_verifier(s, PLAIN_FULL), bits == 0 ? 16 : 2);
			assert_int_equal(verify(s), TB_ERR_PROOF);
			scene_free(s);
		}
	}
}

/* E-15: more chosen than allowed, less than asked for, and a vote beside the blank bit; all with honest bits. */
static void test_broken_selection_rules(void **state)
{
	static const uint32_t votes[3][4] = {{1, 1, 1, 0}, {0, 0, 0, 0}, {1, 0, 0, 1}};
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		scene *s = scene_new(g, 3, 1, 1, 2, true);

		for (size_t i = 0; i < 3; i++) {
			set_vote(s, i, votes[k][i]);
			tb_scalar_set_u64(g, &s->w.b[i], votes[k][i]);
		}
		tb_scalar_set_u64(g, &s->w.b[3], k == 1); /* slack at most 1 */
		tb_scalar_set_u64(g, &s->w.b[4], votes[k][3]);
		plain_encrypt(&s->st, &s->p, &s->w);
		plain_first(&s->st, &s->p, &s->w, &s->c);
		challenge_y(s, PLAIN_FULL);
		answer(s, PLAIN_FULL);
		assert_int_equal(weak_verifier(s, PLAIN_FULL), 4);
		assert_int_equal(verify(s), TB_ERR_PROOF);
		scene_free(s);
	}
}

static scene *honest(const tb_group *g)
{
	scene *s = scene_new(g, 3, 1, 1, 1, false);

	set_bits(s, (const uint32_t[]){0, 1, 0});
	plain_encrypt(&s->st, &s->p, &s->w);
	plain_first(&s->st, &s->p, &s->w, &s->c);
	challenge_y(s, PLAIN_FULL);
	answer(s, PLAIN_FULL);
	assert_int_equal(verify(s), TB_OK);
	return s;
}

/* [PROOF.NM] E-09 and E-12: the ballot of another voter, as it is or re-randomised, for oneself or in its place. */
static void test_copied_ballots(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	scene *s = honest(g);
	tb_scalar t, k;
	tb_point P;

	(void)state;
	assert_int_equal(verify_as(s, VOTER + 1), TB_ERR_PROOF);
	/* E_1 + (t*g, t*h), and zd moved by x*t as the new randomness needs. */
	tb_fixture_scalar(g, &t, "shift", 0);
	tb_point_generator(g, &P);
	tb_point_mul_public(g, &P, &t, &P);
	tb_point_add(g, tb_points_at(&s->p.E, 0), tb_points_at(&s->p.E, 0), &P);
	tb_point_mul_public(g, &P, &t, &s->f.key.h);
	tb_point_add(g, tb_points_at(&s->p.E, 1), tb_points_at(&s->p.E, 1), &P);
	tb_scalar_mul(g, &k, &t, &s->x);
	tb_scalar_add(g, &s->p.zd, &s->p.zd, &k);
	assert_int_equal(
		plain_failing(&s->st, &s->p, &s->y, &s->x), 0); /* with the old challenges it would do */
	assert_int_equal(verify(s), TB_ERR_PROOF);
	assert_int_equal(verify_as(s, VOTER + 1), TB_ERR_PROOF);
	scene_free(s);
}

/* [PROOF.UNIQUE] The proof itself re-randomised (Ca + K, za + 1): a second encoding of the same vote must not exist. */
static void test_proofs_are_not_malleable(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	scene *s = honest(g);
	tb_scalar one;

	(void)state;
	tb_scalar_set_u64(g, &one, 1);
	tb_point_add(g, &s->p.Ca, &s->p.Ca, tb_points_at(&s->st.gens, 0));
	tb_scalar_add(g, &s->p.za, &s->p.za, &one);
	assert_int_equal(plain_failing(&s->st, &s->p, &s->y, &s->x), 0);
	assert_int_equal(verify(s), TB_ERR_PROOF);
	scene_free(s);
}

/* E-07: ciphertexts of two options exchanged; their votes differ, or are even the same. */
static void test_exchanged_options(void **state)
{
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		size_t j = (i + 1) % 3;
		scene *s = honest(g);
		tb_point t;

		for (size_t part = 0; part < 2; part++) {
			tb_point_copy(g, &t, tb_points_at(&s->p.E, 2 * i + part));
			tb_point_copy(
				g, tb_points_at(&s->p.E, 2 * i + part), tb_points_at(&s->p.E, 2 * j + part));
			tb_point_copy(g, tb_points_at(&s->p.E, 2 * j + part), &t);
		}
		assert_int_equal(verify(s), TB_ERR_PROOF);
		scene_free(s);
	}
}

/* E-02: r_1 = 0 leaves the vote readable; the equations hold, the ballot is refused.  The same for r_1 = r_2. */
static void test_readable_votes(void **state)
{
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (int equal = 0; equal < 2; equal++) {
		scene *s = scene_new(g, 3, 1, 1, 1, false);

		if (equal)
			s->w.r[2] = s->w.r[0];
		else
			tb_scalar_set_u64(g, &s->w.r[1], 0);
		set_bits(s, (const uint32_t[]){0, 1, 0});
		plain_encrypt(&s->st, &s->p, &s->w);
		plain_first(&s->st, &s->p, &s->w, &s->c);
		challenge_y(s, PLAIN_FULL);
		answer(s, PLAIN_FULL);
		assert_int_equal(weak_verifier(s, PLAIN_FULL), 0);
		assert_int_equal(verify(s), TB_ERR_RANGE);
		scene_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_a_vote_of_1000_when_x_forgets_d),
		cmocka_unit_test(test_three_votes_of_one_when_y_forgets_alpha),
		cmocka_unit_test(test_votes_chosen_after_y_when_it_forgets_the_ciphertexts),
		cmocka_unit_test(test_votes_out_of_range),
		cmocka_unit_test(test_broken_selection_rules),
		cmocka_unit_test(test_copied_ballots),
		cmocka_unit_test(test_proofs_are_not_malleable),
		cmocka_unit_test(test_exchanged_options),
		cmocka_unit_test(test_readable_votes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ballot proof in groups small enough to try everything: it is complete [PROOF.COMPLETE], its transcripts and the
 * simulator's are the same [PROOF.ZK], and why its soundness cannot be tested here [PROOF.TINY].
 * TB_LONG=1 also runs the zero-knowledge test with three bits (5^8 coins a case).
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
#include "tests/support/group_tiny.h"
#include "tests/support/plain_bitproof.h"

/* ---- completeness: the real prover and verifier ---- */
typedef struct tally {
	size_t accepted, refused_seeds, equal_randomness;
} tally;

static void prove_and_verify(tb_fixture *f, const tb_bitproof_definition *def, tb_bitproof *p,
	const uint32_t *votes, uint32_t blank, uint64_t seed_number, tally *t)
{
	uint8_t wire[4096], seed[64];
	tb_err err;

	assert_true(tb_bitproof_bytes(f->g, def) <= sizeof wire);
	tb_fixture_bytes(seed, "tiny seed", seed_number);
	err = tb_bitproof_prove(f->prover, wire, def, tb_fixture_binding(1), votes, blank, seed);
	if (err == TB_ERR_RANDOM) { /* r_i = 0 */
		t->refused_seeds++;
		return;
	}
	assert_int_equal(err, TB_OK);
	err = tb_bitproof_verify(
		p, f->batch, &f->key, tb_fixture_binding(1), wire, tb_bitproof_bytes(f->g, def));
	if (err == TB_ERR_RANGE) { /* r_i = r_j */
		t->equal_randomness++;
		return;
	}
	assert_int_equal(err, TB_OK);
	t->accepted++;
}

/* Every valid choice of one question, each with a few seeds. */
static void try_question(
	const tb_group *g, uint32_t m, uint32_t S, uint32_t min, uint32_t max, bool blank, tally *t)
{
	tb_bitproof_definition def;
	uint32_t v[3] = {0};
	tb_bitproof *p;
	tb_fixture f;

	assert_int_equal(tb_bitproof_define(&def, m, S, min, max, blank), TB_OK);
	tb_fixture_new(&f, g, def.num_bits);
	assert_int_equal(tb_bitproof_new(g, &p, &def), TB_OK);
	for (v[0] = 0; v[0] <= S; v[0]++) {
		for (v[1] = 0; v[1] <= (m > 1 ? S : 0); v[1]++) {
			for (v[2] = 0; v[2] <= (m > 2 ? S : 0); v[2]++) {
				uint32_t sum = v[0] + v[1] + v[2];

				for (uint64_t seed = 0; seed < 4; seed++) {
					if (sum >= min && sum <= max)
						prove_and_verify(&f, &def, p, v, 0, seed, t);
					else if (blank && sum == 0)
						prove_and_verify(&f, &def, p, v, 1, seed, t);
				}
			}
		}
	}
	tb_bitproof_free(p);
	tb_fixture_free(&f);
}

static void test_every_choice_of_every_small_question_is_accepted(void **state)
{
	static const uint64_t orders[] = {11, 101, 1009};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		tally t = {0};

		for (uint32_t m = 1; m <= 3; m++)
			for (uint32_t S = 1; S <= 3; S++)
				for (uint32_t max = 1; max <= m * S; max++)
					for (uint32_t min = 0; min <= max; min++)
						for (uint32_t blank = 0; blank <= (min > 0); blank++)
							try_question(tb_tiny_group(orders[k]), m, S, min, max,
								blank == 1, &t);
		assert_true(t.accepted > 3000);
		if (orders[k] == 11) /* both exits were taken */
			assert_true(t.refused_seeds > 100 && t.equal_randomness > 100);
	}
}

/* ---- zero knowledge ---- */
#define Q 5

typedef struct world {
	tb_fixture f;
	tb_bitproof_definition def;
	plain_statement st;
	plain_proof p;
	plain_witness w;
	uint8_t log[16]; /* logarithm to base g of the numbers mod p = 11 */
} world;

static void world_new(world *o, uint32_t m, uint32_t min, uint32_t max, const uint32_t *votes)
{
	const tb_group *g = tb_tiny_group(Q);
	tb_point P, generator;

	assert_true(tb_tiny_p(g) <= sizeof o->log);
	assert_int_equal(tb_bitproof_define(&o->def, m, 1, min, max, false), TB_OK);
	tb_fixture_new(&o->f, g, o->def.num_bits);
	plain_statement_init(&o->st, &o->f.key, &o->def);
	plain_proof_init(&o->p, &o->st);
	tb_point_identity(g, &P);
	tb_point_generator(g, &generator);
	for (uint8_t k = 0; k < Q; k++) {
		o->log[P.word[0]] = k;
		tb_point_add(g, &P, &P, &generator);
	}
	plain_bits(&o->st, &o->w, votes, 0);
	for (uint32_t i = 0; i < m; i++)
		tb_scalar_set_u64(g, &o->w.r[i], 2 + 2 * i);
	plain_encrypt(&o->st, &o->p, &o->w);
}

static void world_free(world *o)
{
	plain_proof_release(&o->p);
	plain_statement_release(&o->st);
	tb_fixture_free(&o->f);
}

/* A whole transcript as one number: all its elements and scalars are below 5. */
static uint64_t pack(const world *o)
{
	const tb_point *const points[] = {&o->p.Cb, &o->p.Ca, &o->p.C1, &o->p.C0, &o->p.D1, &o->p.D2};
	const tb_scalar *const scalars[] = {&o->p.alpha, &o->p.za, &o->p.z1, &o->p.zd};
	uint64_t n = 0;

	for (size_t i = 0; i < 6; i++)
		n = n * Q + o->log[points[i]->word[0]];
	for (size_t i = 0; i < 4; i++)
		n = n * Q + scalars[i]->limb[0];
	for (size_t j = 0; j < o->def.num_bits; j++)
		n = n * Q + o->p.f[j].limb[0];
	return n;
}

static void digit(tb_scalar *out, uint64_t *n)
{
	memset(out, 0, sizeof *out);
	out->limb[0] = *n % Q;
	*n /= Q;
}

static uint64_t real_transcript(world *o, uint64_t coins, const tb_scalar *y, const tb_scalar *x)
{
	plain_coins c;

	digit(&c.beta, &coins);
	digit(&c.rho, &coins);
	digit(&c.tau1, &coins);
	digit(&c.tau0, &coins);
	digit(&c.delta, &coins);
	for (size_t j = 0; j < o->def.num_bits; j++)
		digit(&c.a[j], &coins);
	plain_first(&o->st, &o->p, &o->w, &c);
	plain_second(&o->st, &o->p, &c, y);
	plain_third(&o->st, &o->p, &o->w, &c, y, x);
	assert_int_equal(plain_failing(&o->st, &o->p, y, x), 0);
	return pack(o);
}

/* Knows E, y and x, but no vote. */
static uint64_t simulated_transcript(world *o, uint64_t coins, const tb_scalar *y, const tb_scalar *x)
{
	tb_scalar k;

	for (size_t i = 0; i < 2; i++) {
		tb_point *C = i == 0 ? &o->p.Cb : &o->p.C1;

		digit(&k, &coins);
		tb_point_generator(o->st.g, C);
		tb_point_mul_public(o->st.g, C, &k, C);
	}
	digit(&o->p.za, &coins);
	digit(&o->p.z1, &coins);
	digit(&o->p.zd, &coins);
	for (size_t j = 0; j < o->def.num_bits; j++)
		digit(&o->p.f[j], &coins);
	plain_solve_commitments(&o->st, &o->p, x);
	plain_solve_alpha(&o->st, &o->p, x);
	plain_solve_masks(&o->st, &o->p, y, x);
	return pack(o);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* All coins of the prover against all coins of the simulator, for every given challenge pair. */
static void compare(
	uint32_t m, uint32_t min, uint32_t max, const uint32_t *votes, uint64_t first_pair, uint64_t step)
{
	static world o;
	uint64_t num = 1, *real, *simulated;

	world_new(&o, m, min, max, votes);
	for (size_t j = 0; j < o.def.num_bits + 5; j++)
		num *= Q;
	real = malloc(num * sizeof *real);
	simulated = malloc(num * sizeof *simulated);
	assert_true(real != NULL && simulated != NULL);
	for (uint64_t pair = first_pair; pair < Q * Q; pair += step) {
		uint64_t rest = pair;
		tb_scalar y, x;

		digit(&y, &rest);
		digit(&x, &rest);
		for (uint64_t n = 0; n < num; n++) {
			real[n] = real_transcript(&o, n, &y, &x);
			simulated[n] = simulated_transcript(&o, n, &y, &x);
		}
		qsort(real, num, sizeof *real, by_value);
		qsort(simulated, num, sizeof *simulated, by_value);
		assert_memory_equal(real, simulated, num * sizeof *real);
	}
	free(real);
	free(simulated);
	world_free(&o);
}

static void test_real_and_simulated_transcripts_are_the_same_multiset(void **state)
{
	(void)state;
	/* L = 1: all 25 challenge pairs.  L = 2: two questions, some pairs each, among them those with x = 0 and y = 0. */
	compare(1, 1, 1, (const uint32_t[]){1}, 0, 1);
	compare(2, 1, 1, (const uint32_t[]){1, 0}, 0, 7);
	compare(2, 1, 1, (const uint32_t[]){0, 1}, 3, 7);
	compare(1, 0, 1, (const uint32_t[]){0}, 1, 7);
	compare(1, 0, 1, (const uint32_t[]){1}, 5, 7);
	if (getenv("TB_LONG") != NULL) {
		compare(2, 0, 1, (const uint32_t[]){0, 0}, 0, 7);
		compare(2, 0, 1, (const uint32_t[]){0, 1}, 1, 7);
		compare(3, 1, 1, (const uint32_t[]){0, 1, 0}, 3, 7);
		compare(3, 2, 2, (const uint32_t[]){1, 0, 1}, 5, 7);
	}
}

/* Every transcript above was accepted; with a witness that breaks the rule, (3) and (5) fail. */
static void test_a_wrong_witness_shows(void **state)
{
	static world o;
	tb_scalar y = {{1}}, x = {{2}};
	plain_coins c = {0};

	(void)state;
	world_new(&o, 2, 1, 1, (const uint32_t[]){1, 0});
	tb_scalar_set_u64(o.st.g, &o.w.b[1], 1);
	plain_first(&o.st, &o.p, &o.w, &c);
	plain_second(&o.st, &o.p, &c, &y);
	plain_third(&o.st, &o.p, &o.w, &c, &y, &x);
	assert_int_equal(plain_failing(&o.st, &o.p, &y, &x), 4 | 16);
	world_free(&o);
}

/* ---- soundness does not show here ---- */
static tb_scalar logarithm(const tb_group *g, const tb_point *P, const tb_point *base)
{
	tb_scalar k, one;
	tb_point t;

	tb_scalar_set_u64(g, &k, 0);
	tb_scalar_set_u64(g, &one, 1);
	for (tb_point_identity(g, &t); !tb_point_equal(g, &t, P); tb_point_add(g, &t, &t, base))
		tb_scalar_add(g, &k, &k, &one);
	return k;
}

/* [PROOF.TINY]: where logarithms to the base K can be computed, an encryption of 6 is "proved" to be 0 or 1 for every challenge. */
static void test_computable_logarithms_break_it(void **state)
{
	const tb_group *g = tb_tiny_group(11);
	tb_bitproof_definition def;
	plain_statement st;
	plain_proof p;
	plain_witness w = {0};
	plain_coins c = {0};
	tb_fixture f;

	(void)state;
	assert_int_equal(tb_bitproof_define(&def, 1, 1, 0, 1, false), TB_OK);
	tb_fixture_new(&f, g, def.num_bits);
	plain_statement_init(&st, &f.key, &def);
	plain_proof_init(&p, &st);
	tb_scalar_set_u64(g, &w.v[0], 6);
	tb_scalar_set_u64(g, &w.r[0], 3);
	tb_scalar_set_u64(g, &c.a[0], 2);
	tb_scalar_set_u64(g, &c.a[1], 5);
	plain_encrypt(&st, &p, &w);
	plain_first(&st, &p, &w, &c); /* before any challenge: commitments to zeros */
	for (uint64_t n = 0; n < 121; n++) {
		const tb_point *K = tb_points_at(&st.gens, 0);
		tb_scalar y, x, t;
		plain_proof open;

		tb_scalar_set_u64(g, &y, n % 11);
		tb_scalar_set_u64(g, &x, n / 11);
		plain_second(&st, &p, &c, &y);
		plain_third(&st, &p, &w, &c, &y, &x);
		/* f_1 = 6x + a_1 fits (5), f_2 = x + alpha - f_1 fits (3), and logarithms give za, z1. */
		tb_scalar_mul(g, &t, &x, &w.v[0]);
		tb_scalar_add(g, &p.f[0], &c.a[0], &t);
		tb_scalar_add(g, &p.f[1], &x, &p.alpha);
		tb_scalar_sub(g, &p.f[1], &p.f[1], &p.f[0]);
		memset(&p.za, 0, sizeof p.za);
		memset(&p.z1, 0, sizeof p.z1);
		open = p;
		plain_solve_commitments(&st, &open, &x); /* what Ca, C0 would have to be with za = z1 = 0 */
		tb_point_sub(g, &open.Ca, &p.Ca, &open.Ca);
		tb_point_sub(g, &open.C0, &p.C0, &open.C0);
		p.za = logarithm(g, &open.Ca, K);
		p.z1 = logarithm(g, &open.C0, K);
		assert_int_equal(plain_failing(&st, &p, &y, &x), 0);
	}
	plain_proof_release(&p);
	plain_statement_release(&st);
	tb_fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_choice_of_every_small_question_is_accepted),
		cmocka_unit_test(test_real_and_simulated_transcripts_are_the_same_multiset),
		cmocka_unit_test(test_a_wrong_witness_shows),
		cmocka_unit_test(test_computable_logarithms_break_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

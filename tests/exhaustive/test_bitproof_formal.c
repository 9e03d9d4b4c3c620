/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Soundness of the ballot proof where commitments bind [PROOF.SOUND] [PROOF.TINY]: in the formal group every element is a vector
 * over independent g, K, G_1..G_L, so what a cheating prover can do is linear algebra, and all of it can be tried.
 *
 * A prover without a witness fixes its first move, sees y, chooses D, sees x.  Counted are the pairs (y, x) that it can
 * answer.  [PROOF.SOUND] allows at most q^2 - (q-m+1)(q-2): more than m-1 values of y with three values of x each would
 * give a witness.  The search is over every first move; what it finds best is then played against the equations
 * themselves, with every possible answer tried.  TB_LONG=1 searches the largest case too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/bitproof.h"
#include "tests/support/fixture.h"
#include "tests/support/group_formal.h"
#include "tests/support/plain_bitproof.h"

#define MAX_Q 7
#define MAX_L 3

/* Of one bit: what Cb, Ca, C1, C0 hold at G_j. */
typedef struct cell {
	uint32_t b, a, c, d;
	uint32_t answerable; /* bit x: f = x b + a satisfies f (x - f) = x c + d, as (1) and (2) ask */
} cell;

typedef struct game {
	uint32_t q, m, L;
	uint32_t u[MAX_L], max;
	cell cells[MAX_Q * MAX_Q * MAX_Q * MAX_Q]; /* all that differ in b, a or what they can answer */
	size_t num_cells;
	uint32_t
		most_zeros; /* of a nonzero polynomial of degree < m: values of y that hide false ciphertexts */
	/* found */
	uint32_t best_bits,
		best_ciphertexts; /* pairs answered: committed bits are no witness; or only the ciphertexts are wrong */
	cell best[MAX_L];
	uint32_t best_alpha;
} game;

static uint32_t answerable(uint32_t q, uint32_t b, uint32_t a, uint32_t c, uint32_t d)
{
	uint32_t mask = 0;

	for (uint32_t x = 0; x < q; x++) {
		uint32_t f = (x * b + a) % q;

		if (f * (x + q - f) % q == (x * c + d) % q)
			mask |= 1u << x;
	}
	return mask;
}

static void list_cells(game *G)
{
	uint32_t q = G->q;

	for (uint32_t b = 0; b < q; b++) {
		for (uint32_t a = 0; a < q; a++) {
			size_t first = G->num_cells;

			for (uint32_t c = 0; c < q; c++) {
				for (uint32_t d = 0; d < q; d++) {
					cell e = {b, a, c, d, answerable(q, b, a, c, d)};
					size_t i = first;

					while (i < G->num_cells && G->cells[i].answerable != e.answerable)
						i++;
					if (i == G->num_cells)
						G->cells[G->num_cells++] = e;
				}
			}
		}
	}
}

/* Roots of every nonzero polynomial sum_i y^(i-1) d_i: where the ciphertexts' error d does not show. */
static uint32_t most_zeros(uint32_t q, uint32_t m)
{
	uint32_t num = 1, most = 0;

	for (uint32_t i = 0; i < m; i++)
		num *= q;
	for (uint32_t n = 1; n < num; n++) {
		uint32_t zeros = 0;

		for (uint32_t y = 0; y < q; y++) {
			uint32_t sum = 0, power = 1, rest = n;

			for (uint32_t i = 0; i < m; i++, rest /= q, power = power * y % q)
				sum += rest % q * power;
			zeros += sum % q == 0;
		}
		most = zeros > most ? zeros : most;
	}
	return most;
}

/*
 * One first move.  X: the x that (1) and (2) and then (3) allow, the same for every y.  Given y, (5) asks for
 * x * sum_i y^(i-1) (v_i - sum_j w_j b_ij) + (D - masks) = 0: where the sum vanishes one D serves every x, else
 * each D serves one x.  (4) only says what zd is.
 */
static void play(game *G, const cell *const e[MAX_L], uint32_t alpha, uint32_t X)
{
	uint32_t q = G->q, B = q - G->max % q, A = q - alpha, num = 0, pairs;
	bool bits = true;

	for (uint32_t j = 0; j < G->L; j++) {
		B += G->u[j] * e[j]->b;
		A += G->u[j] * e[j]->a;
		bits = bits && e[j]->b <= 1;
	}
	for (uint32_t x = 0; x < q; x++) {
		if ((x * B + A) % q != 0) /* (3) */
			X &= ~(1u << x);
		num += X >> x & 1;
	}
	if (num == 0)
		return;
	if (bits && B % q == 0) { /* the ciphertexts must be wrong, then */
		pairs = G->most_zeros * num + (q - G->most_zeros);
		G->best_ciphertexts = pairs > G->best_ciphertexts ? pairs : G->best_ciphertexts;
		return;
	}
	pairs = q * num;
	if (pairs <= G->best_bits)
		return;
	G->best_bits = pairs;
	for (uint32_t j = 0; j < G->L; j++)
		G->best[j] = *e[j];
	G->best_alpha = alpha;
}

/* Every choice of the cells from bit j on, given those before, which are answerable together for `X`. */
static void search_from(game *G, const cell *e[MAX_L], uint32_t j, uint32_t X)
{
	if (j == G->L) {
		for (uint32_t alpha = 0; alpha < G->q; alpha++)
			play(G, e, alpha, X);
		return;
	}
	for (size_t i = 0; i < G->num_cells; i++) {
		e[j] = &G->cells[i];
		if ((X & e[j]->answerable) != 0)
			search_from(G, e, j + 1, X & e[j]->answerable);
	}
}

static void search(game *G)
{
	const cell *e[MAX_L] = {0};

	search_from(G, e, 0, (1u << G->q) - 1);
}

static void game_init(game *G, uint32_t q, const tb_bitproof_definition *def)
{
	memset(G, 0, sizeof *G);
	G->q = q;
	G->m = def->num_options;
	G->L = def->num_bits;
	G->max = def->max;
	memcpy(G->u, def->bit_weights, G->L * sizeof G->u[0]);
	G->most_zeros = most_zeros(q, G->m);
	list_cells(G);
}

typedef struct figures {
	uint32_t q, m, min, max;
	uint32_t bits, ciphertexts; /* the most pairs answered */
} figures;

/* Of q^2 pairs; the ceiling q^2 - (q-m+1)(q-2) is 10, 13, 16 for q = 5 and 14, 19, 24 for q = 7 with m = 1, 2, 3. */
static const figures FIGURES[] = {{5, 1, 1, 1, 5, 5}, {5, 1, 0, 1, 10, 5}, {5, 2, 1, 1, 10, 9},
	{5, 2, 0, 1, 10, 9}, {5, 3, 1, 1, 10, 13}, {5, 3, 2, 2, 10, 13}, {7, 1, 1, 1, 7, 7},
	{7, 2, 1, 1, 14, 13}, {7, 2, 2, 2, 14, 13}, {7, 3, 1, 1, 14, 19}};
#define NUM_FIGURES (sizeof FIGURES / sizeof FIGURES[0])

static void test_most_answerable_challenges_of_a_false_statement(void **state)
{
	static game G;

	(void)state;
	/* The last one takes long. */
	for (size_t i = 0; i < NUM_FIGURES - (getenv("TB_LONG") == NULL); i++) {
		const figures *f = &FIGURES[i];
		uint32_t ceiling = f->q * f->q - (f->q - f->m + 1) * (f->q - 2);
		tb_bitproof_definition def;

		assert_int_equal(tb_bitproof_define(&def, f->m, 1, f->min, f->max, false), TB_OK);
		game_init(&G, f->q, &def);
		search(&G);
		print_message("q=%u m=%u L=%u: at most %u of %u pairs by false bits, %u by false ciphertexts "
			      "(ceiling %u)\n",
			f->q, f->m, G.L, G.best_bits, f->q * f->q, G.best_ciphertexts, ceiling);
		assert_int_equal(G.best_bits, f->bits);
		assert_int_equal(G.best_ciphertexts, f->ciphertexts);
		assert_true(f->bits <= ceiling && f->ciphertexts <= ceiling);
	}
}

/* ---- the same against the equations, in the formal group ---- */
typedef struct table {
	tb_fixture f;
	tb_bitproof_definition def;
	plain_statement st;
	plain_proof p;
	plain_witness w;
	uint32_t q;
} table;

static tb_scalar number(uint32_t v)
{
	return (tb_scalar){{v, 0, 0, 0}};
}

static void table_new(table *t, uint32_t q, uint32_t m, uint32_t min, uint32_t max)
{
	t->q = q;
	assert_int_equal(tb_bitproof_define(&t->def, m, 1, min, max, false), TB_OK);
	tb_fixture_new(&t->f, tb_formal_group(q), t->def.num_bits);
	plain_statement_init(&t->st, &t->f.key, &t->def);
	plain_proof_init(&t->p, &t->st);
	for (uint32_t i = 0; i < m; i++)
		t->w.r[i] = number(1 + i);
}

static void table_free(table *t)
{
	plain_proof_release(&t->p);
	plain_statement_release(&t->st);
	tb_fixture_free(&t->f);
}

/* The first move that the cells and alpha describe. */
static void move_first(table *t, const cell *cells, uint32_t alpha)
{
	const tb_group *g = t->st.g;
	tb_point *const C[4] = {&t->p.Cb, &t->p.Ca, &t->p.C1, &t->p.C0}, term;

	for (size_t i = 0; i < 4; i++) {
		tb_point_identity(g, C[i]);
		for (size_t j = 0; j < t->def.num_bits; j++) {
			const uint32_t held[4] = {cells[j].b, cells[j].a, cells[j].c, cells[j].d};
			tb_scalar k = number(held[i]);

			tb_point_mul_public(g, (tb_point *)&term, &k, tb_points_at(&t->st.gens, j + 1));
			tb_point_add(g, C[i], C[i], &term);
		}
	}
	t->p.alpha = number(alpha);
}

/* Is there any last move that is accepted?  All f and zd are tried; of za and z1 the first `num_z` values. */
static bool can_answer(table *t, uint32_t y, uint32_t x, uint32_t num_z)
{
	uint32_t num = num_z * num_z * t->q;
	tb_scalar ys = number(y), xs = number(x);

	for (size_t j = 0; j < t->def.num_bits; j++)
		num *= t->q;
	for (uint32_t n = 0; n < num; n++) {
		uint32_t rest = n;

		t->p.za = number(rest % num_z);
		rest /= num_z;
		t->p.z1 = number(rest % num_z);
		rest /= num_z;
		t->p.zd = number(rest % t->q);
		rest /= t->q;
		for (size_t j = 0; j < t->def.num_bits; j++, rest /= t->q)
			t->p.f[j] = number(rest % t->q);
		if (plain_failing(&t->st, &t->p, &ys, &xs) == 0)
			return true;
	}
	return false;
}

/* Pairs answered with the best D for each y.  D1 = 0: another D1 only shifts zd. */
static uint32_t count_pairs(table *t, uint32_t num_z)
{
	uint32_t total = 0;

	tb_point_identity(t->st.g, &t->p.D1);
	for (uint32_t y = 0; y < t->q; y++) {
		uint32_t best = 0;

		for (uint32_t d = 0; d < t->q; d++) {
			tb_scalar k = number(d);
			uint32_t answered = 0;

			tb_point_generator(t->st.g, &t->p.D2);
			tb_point_mul_public(t->st.g, &t->p.D2, &k, &t->p.D2);
			for (uint32_t x = 0; x < t->q; x++)
				answered += can_answer(t, y, x, num_z);
			best = answered > best ? answered : best;
		}
		total += best;
	}
	return total;
}

/* The best false bits that the search found, with ciphertexts that agree with them. */
static void check_false_bits(
	uint32_t q, uint32_t m, uint32_t min, uint32_t max, uint32_t num_z, uint32_t expected)
{
	static game G;
	static table t;

	table_new(&t, q, m, min, max);
	game_init(&G, q, &t.def);
	search(&G);
	for (uint32_t i = 0; i < m; i++)
		t.w.v[i] = number(G.best[i].b);
	plain_encrypt(&t.st, &t.p, &t.w);
	move_first(&t, G.best, G.best_alpha);
	assert_int_equal(count_pairs(&t, num_z), expected);
	table_free(&t);
}

/* Honest commitments to the bits of a choice: c = a (1 - 2b), d = -a^2. */
static void honest_cells(uint32_t q, cell *cells, const uint32_t *bits, uint32_t num)
{
	for (uint32_t j = 0; j < num; j++) {
		uint32_t a = (j + 2) % q, b = bits[j];

		cells[j] = (cell){b, a, b ? q - a : a, (q - a * a % q) % q, 0};
	}
}

static uint32_t honest_alpha(const table *t, const cell *cells)
{
	uint32_t alpha = 0;

	for (uint32_t j = 0; j < t->def.num_bits; j++)
		alpha += t->def.bit_weights[j] * cells[j].a;
	return alpha % t->q;
}

/* True bits, but the votes differ from them by `error`. */
static void check_false_ciphertexts(
	uint32_t q, uint32_t m, const uint32_t *bits, const uint32_t *error, uint32_t expected)
{
	cell cells[MAX_L];
	static table t;

	table_new(&t, q, m, 1, 1);
	honest_cells(q, cells, bits, t.def.num_bits);
	for (uint32_t i = 0; i < m; i++)
		t.w.v[i] = number((bits[i] + error[i]) % q);
	plain_encrypt(&t.st, &t.p, &t.w);
	move_first(&t, cells, honest_alpha(&t, cells));
	assert_int_equal(count_pairs(&t, 1), expected);
	table_free(&t);
}

static void test_equations_agree_with_the_count(void **state)
{
	(void)state;
	/* With every za and z1 once, to see that they are no help. */
	check_false_bits(5, 1, 1, 1, 5, 5);
	check_false_bits(5, 1, 0, 1, 5, 10);
	check_false_bits(5, 2, 1, 1, 1, 10);
	check_false_bits(7, 2, 1, 1, 1, 14);
	/* Errors that vanish for as many y as they can: 1 - y/2 at 2; (y - 1)(y - 2) at 1 and 2. */
	check_false_ciphertexts(5, 2, (const uint32_t[]){1, 0}, (const uint32_t[]){1, 2}, 9);
	check_false_ciphertexts(5, 3, (const uint32_t[]){0, 1, 0}, (const uint32_t[]){2, 2, 1}, 13);
	check_false_ciphertexts(7, 2, (const uint32_t[]){1, 0}, (const uint32_t[]){1, 3}, 13);
	/* An error in the first vote alone never vanishes; no error at all is the honest prover. */
	check_false_ciphertexts(5, 2, (const uint32_t[]){1, 0}, (const uint32_t[]){1, 0}, 5);
	check_false_ciphertexts(5, 2, (const uint32_t[]){1, 0}, (const uint32_t[]){0, 0}, 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_most_answerable_challenges_of_a_false_statement),
		cmocka_unit_test(test_equations_agree_with_the_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

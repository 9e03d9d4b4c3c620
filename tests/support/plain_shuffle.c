/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/plain_shuffle.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/transcript.h"
#include "tests/support/fixture.h"

/* ---- small things ---- */
static void write_index(uint8_t out[8], uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		out[i] = (uint8_t)v;
}

/* sum += k*P */
static void add_multiple(const tb_group *g, tb_point *sum, const tb_scalar *k, const tb_point *P)
{
	tb_point part;

	tb_point_mul_public(g, &part, k, P);
	tb_point_add(g, sum, sum, &part);
}

/* sum += a*b */
static void add_product(const tb_group *g, tb_scalar *sum, const tb_scalar *a, const tb_scalar *b)
{
	tb_scalar part;

	tb_scalar_mul(g, &part, a, b);
	tb_scalar_add(g, sum, sum, &part);
}

static void multiple_of_g(const tb_group *g, tb_point *out, const tb_scalar *k)
{
	tb_point_generator(g, out);
	tb_point_mul_public(g, out, k, out);
}

void plain_small(const tb_group *g, tb_scalar *out, int v)
{
	tb_scalar_set_u64(g, out, (uint64_t)(v < 0 ? -v : v));
	if (v < 0)
		tb_scalar_neg(g, out, out);
}

/* ---- statement, witness, coins ---- */
void plain_shuffle_init(plain_shuffle *z, const tb_group *g, const tb_point *h, size_t num, size_t width)
{
	TB_REQUIRE(num <= PLAIN_SHUFFLE_MOST && width <= PLAIN_SHUFFLE_WIDEST);
	memset(z, 0, sizeof *z);
	z->g = g;
	z->h = h;
	z->binding = "election, close, question, mix 1, trustee 2";
	z->num = num;
	z->width = width;
	for (size_t i = 0; i <= num; i++) {
		uint8_t index[8];

		write_index(index, i);
		tb_point_hash(g, &z->H[i], "shuffle/H", index, sizeof index);
	}
	for (size_t i = 0; i < num; i++) {
		for (size_t k = 0; k < width; k++) {
			tb_scalar r, m;

			tb_fixture_scalar(g, &r, "shuffle input", i * width + k);
			tb_fixture_scalar(g, &m, "shuffle message", i * width + k);
			multiple_of_g(g, &z->a[i][k], &r);
			multiple_of_g(g, &z->b[i][k], &m);
			add_multiple(g, &z->b[i][k], &r, h);
		}
	}
}

void plain_matrix_permutation(const tb_group *g, plain_matrix m, size_t num, const size_t *order)
{
	for (size_t i = 0; i < num; i++) {
		for (size_t j = 0; j < num; j++)
			plain_small(g, &m[i][j], j == order[i]);
	}
}

void plain_shuffle_honest(
	const plain_shuffle *z, plain_shuffle_witness *w, const size_t *order, uint64_t seed)
{
	memset(w, 0, sizeof *w);
	plain_matrix_permutation(z->g, w->outputs, z->num, order);
	plain_matrix_permutation(z->g, w->commitments, z->num, order);
	plain_matrix_permutation(z->g, w->exponents, z->num, order);
	for (size_t i = 0; i < z->num; i++) {
		for (size_t k = 0; k < z->width; k++)
			tb_fixture_scalar(z->g, &w->s[i][k], "shuffle s", 100 * seed + i * z->width + k);
	}
}

void plain_shuffle_draw(const plain_shuffle *z, plain_shuffle_coins *coins, uint64_t seed)
{
	const tb_group *g = z->g;

	memset(coins, 0, sizeof *coins);
	for (size_t i = 0; i < z->num; i++) {
		tb_fixture_scalar(g, &coins->r[i], "shuffle r", 100 * seed + i);
		tb_fixture_scalar(g, &coins->x[i], "shuffle x", 100 * seed + i);
		tb_fixture_scalar(g, &coins->o[i], "shuffle o", 100 * seed + i);
		tb_fixture_scalar(g, &coins->y[i], "shuffle y", 100 * seed + i);
	}
	tb_fixture_scalar(g, &coins->m1, "shuffle m1", seed);
	tb_fixture_scalar(g, &coins->m2, "shuffle m2", seed);
	tb_fixture_scalar(g, &coins->m3, "shuffle m3", seed);
	for (size_t k = 0; k < z->width; k++)
		tb_fixture_scalar(g, &coins->m4[k], "shuffle m4", 100 * seed + k);
}

/* ---- the prover ---- */
void plain_shuffle_outputs(plain_shuffle *z, const plain_shuffle_witness *w)
{
	for (size_t i = 0; i < z->num; i++) {
		for (size_t k = 0; k < z->width; k++) {
			multiple_of_g(z->g, &z->a2[i][k], &w->s[i][k]);
			tb_point_mul_public(z->g, &z->b2[i][k], &w->s[i][k], z->h);
			for (size_t j = 0; j < z->num; j++) {
				add_multiple(z->g, &z->a2[i][k], &w->outputs[i][j], &z->a[j][k]);
				add_multiple(z->g, &z->b2[i][k], &w->outputs[i][j], &z->b[j][k]);
			}
		}
	}
}

void plain_shuffle_commit(plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins)
{
	for (size_t j = 0; j < z->num; j++) {
		multiple_of_g(z->g, &z->c[j], &coins->r[j]);
		for (size_t i = 0; i < z->num; i++)
			add_multiple(z->g, &z->c[j], &w->commitments[i][j], &z->H[i + 1]);
	}
}

void plain_shuffle_chain(plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins)
{
	const tb_group *g = z->g;

	multiple_of_g(g, &z->t[0], &coins->m1);
	multiple_of_g(g, &z->t[1], &coins->m2);
	multiple_of_g(g, &z->t[2], &coins->m3);
	for (size_t i = 0; i < z->num; i++) {
		const tb_point *before = i == 0 ? &z->H[0] : &z->C[i - 1];

		plain_small(g, &z->e[i], 0);
		for (size_t j = 0; j < z->num; j++)
			add_product(g, &z->e[i], &w->exponents[i][j], &z->u[j]);
		multiple_of_g(g, &z->C[i], &coins->x[i]);
		add_multiple(g, &z->C[i], &z->e[i], before);
		multiple_of_g(g, &z->D[i], &coins->o[i]);
		add_multiple(g, &z->D[i], &coins->y[i], before);
		add_multiple(g, &z->t[2], &coins->y[i], &z->H[i + 1]);
	}
	for (size_t k = 0; k < z->width; k++) {
		tb_scalar minus;

		tb_scalar_neg(g, &minus, &coins->m4[k]);
		multiple_of_g(g, &z->t[3 + 2 * k], &minus);
		tb_point_mul_public(g, &z->t[4 + 2 * k], &minus, z->h);
		for (size_t i = 0; i < z->num; i++) {
			add_multiple(g, &z->t[3 + 2 * k], &coins->y[i], &z->a2[i][k]);
			add_multiple(g, &z->t[4 + 2 * k], &coins->y[i], &z->b2[i][k]);
		}
	}
}

/* With the logarithms of the H_i what the commitments hold can be turned into what they should hold. */
static void openings(const plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins,
	tb_scalar *of_sum, tb_scalar *of_weighted)
{
	const tb_group *g = z->g;

	plain_small(g, of_sum, 0);
	plain_small(g, of_weighted, 0);
	for (size_t j = 0; j < z->num; j++) {
		tb_scalar_add(g, of_sum, of_sum, &coins->r[j]);
		add_product(g, of_weighted, &coins->r[j], &z->u[j]);
	}
	for (size_t i = 0; i < z->num; i++) {
		tb_scalar held, row;

		plain_small(g, &held, 0);
		plain_small(g, &row, -1);
		for (size_t j = 0; j < z->num; j++) {
			add_product(g, &held, &w->commitments[i][j], &z->u[j]);
			tb_scalar_add(g, &row, &row, &w->commitments[i][j]);
		}
		tb_scalar_sub(g, &held, &held, &z->e[i]);
		add_product(g, of_sum, &row, &w->logarithms[i]);
		add_product(g, of_weighted, &held, &w->logarithms[i]);
	}
}

void plain_shuffle_respond(plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins)
{
	const tb_group *g = z->g;
	tb_scalar sum, weighted, X;

	openings(z, w, coins, &sum, &weighted);
	plain_small(g, &X, 0);
	for (size_t i = 0; i < z->num; i++) {
		tb_scalar_mul(g, &X, &X, &z->e[i]);
		tb_scalar_add(g, &X, &X, &coins->x[i]);
		z->p[i] = coins->o[i];
		add_product(g, &z->p[i], &z->v, &coins->x[i]);
		z->q[i] = coins->y[i];
		add_product(g, &z->q[i], &z->v, &z->e[i]);
	}
	z->s[0] = coins->m1;
	add_product(g, &z->s[0], &z->v, &sum);
	z->s[1] = coins->m2;
	add_product(g, &z->s[1], &z->v, &X);
	z->s[2] = coins->m3;
	add_product(g, &z->s[2], &z->v, &weighted);
	for (size_t k = 0; k < z->width; k++) {
		tb_scalar moved;

		plain_small(g, &moved, 0);
		for (size_t i = 0; i < z->num; i++)
			add_product(g, &moved, &w->s[i][k], &z->e[i]);
		z->s[3 + k] = coins->m4[k];
		add_product(g, &z->s[3 + k], &z->v, &moved);
	}
}

void plain_shuffle_prove(
	plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins, unsigned without)
{
	plain_shuffle_outputs(z, w);
	plain_shuffle_commit(z, w, coins);
	plain_shuffle_u(z, without);
	plain_shuffle_chain(z, w, coins);
	plain_shuffle_v(z, without);
	plain_shuffle_respond(z, w, coins);
}

/* ---- wire forms ---- */
typedef struct writer {
	const tb_group *g;
	uint8_t *data;
	size_t len;
} writer;

static void put_point(writer *w, const tb_point *P)
{
	tb_point_write(w->g, w->data + w->len, P);
	w->len += tb_group_point_bytes(w->g);
}

static void put_points(writer *w, const tb_point *P, size_t num)
{
	for (size_t i = 0; i < num; i++)
		put_point(w, &P[i]);
}

static void put_scalars(writer *w, const tb_scalar *k, size_t num)
{
	for (size_t i = 0; i < num; i++, w->len += TB_SCALAR_BYTES)
		tb_scalar_write(w->g, w->data + w->len, &k[i]);
}

static writer writer_new(const tb_group *g, size_t len)
{
	writer w = {.g = g, .data = malloc(len)};

	TB_REQUIRE(w.data != NULL);
	return w;
}

typedef const tb_point table[PLAIN_SHUFFLE_WIDEST];

static uint8_t *write_list(const plain_shuffle *z, table *a, table *b)
{
	writer w = writer_new(z->g, 2 * z->num * z->width * tb_group_point_bytes(z->g));

	for (size_t i = 0; i < z->num; i++) {
		for (size_t k = 0; k < z->width; k++) {
			put_point(&w, &a[i][k]);
			put_point(&w, &b[i][k]);
		}
	}
	return w.data;
}

uint8_t *plain_shuffle_write_inputs(const plain_shuffle *z)
{
	return write_list(z, z->a, z->b);
}

uint8_t *plain_shuffle_write_outputs(const plain_shuffle *z)
{
	return write_list(z, z->a2, z->b2);
}

uint8_t *plain_shuffle_write_proof(const plain_shuffle *z)
{
	writer w = writer_new(z->g, (3 * z->num + 3 + 2 * z->width) * tb_group_point_bytes(z->g) +
					    (2 * z->num + 3 + z->width) * TB_SCALAR_BYTES);

	put_points(&w, z->c, z->num);
	put_points(&w, z->C, z->num);
	put_points(&w, z->D, z->num);
	put_points(&w, z->t, 3 + 2 * z->width);
	put_scalars(&w, z->s, 3 + z->width);
	put_scalars(&w, z->p, z->num);
	put_scalars(&w, z->q, z->num);
	return w.data;
}

static void get_points(const tb_group *g, tb_point *P, size_t num, const uint8_t **wire)
{
	for (size_t i = 0; i < num; i++, *wire += tb_group_point_bytes(g))
		TB_REQUIRE(tb_point_parse(g, &P[i], *wire) == TB_OK);
}

static void get_scalars(const tb_group *g, tb_scalar *k, size_t num, const uint8_t **wire)
{
	for (size_t i = 0; i < num; i++, *wire += TB_SCALAR_BYTES)
		TB_REQUIRE(tb_scalar_parse(g, &k[i], *wire) == TB_OK);
}

void plain_shuffle_read(plain_shuffle *z, const uint8_t *outputs, const uint8_t *proof)
{
	for (size_t i = 0; i < z->num; i++) {
		for (size_t k = 0; k < z->width; k++) {
			get_points(z->g, &z->a2[i][k], 1, &outputs);
			get_points(z->g, &z->b2[i][k], 1, &outputs);
		}
	}
	get_points(z->g, z->c, z->num, &proof);
	get_points(z->g, z->C, z->num, &proof);
	get_points(z->g, z->D, z->num, &proof);
	get_points(z->g, z->t, 3 + 2 * z->width, &proof);
	get_scalars(z->g, z->s, 3 + z->width, &proof);
	get_scalars(z->g, z->p, z->num, &proof);
	get_scalars(z->g, z->q, z->num, &proof);
}

/* ---- challenges ---- */
typedef struct hasher {
	const tb_group *g;
	tb_transcript t;
	unsigned without;
} hasher;

static void absorb(hasher *h, unsigned item, const char *label, const void *data, size_t len)
{
	if ((h->without & item) == 0)
		tb_transcript_bytes(&h->t, label, data, len);
}

static void absorb_points(hasher *h, unsigned item, const char *label, const tb_point *P, size_t num)
{
	writer w = writer_new(h->g, num * tb_group_point_bytes(h->g));

	put_points(&w, P, num);
	absorb(h, item, label, w.data, w.len);
	free(w.data);
}

static void absorb_list(hasher *h, unsigned item, const char *label, const plain_shuffle *z, uint8_t *wire)
{
	absorb(h, item, label, wire, 2 * z->num * z->width * tb_group_point_bytes(z->g));
	free(wire);
}

static hasher first_half(const plain_shuffle *z, unsigned without)
{
	hasher h = {.g = z->g, .without = without};
	uint8_t number[8];

	TB_REQUIRE(tb_transcript_init(&h.t, "tabella/v1/shuffle") == TB_OK);
	absorb(&h, PLAIN_SHUFFLE_GROUP, "group", tb_group_name(z->g), strlen(tb_group_name(z->g)));
	absorb(&h, PLAIN_SHUFFLE_BINDING, "binding", z->binding, strlen(z->binding));
	absorb_points(&h, PLAIN_SHUFFLE_KEY, "h", z->h, 1);
	write_index(number, z->num);
	absorb(&h, PLAIN_SHUFFLE_SIZE, "size", number, sizeof number);
	write_index(number, z->width);
	absorb(&h, PLAIN_SHUFFLE_WIDTH, "width", number, sizeof number);
	absorb_list(&h, PLAIN_SHUFFLE_INPUTS, "inputs", z, plain_shuffle_write_inputs(z));
	absorb_list(&h, PLAIN_SHUFFLE_OUTPUTS, "outputs", z, plain_shuffle_write_outputs(z));
	absorb_points(&h, PLAIN_SHUFFLE_COMMITMENTS, "commitments", z->c, z->num);
	return h;
}

void plain_shuffle_u(plain_shuffle *z, unsigned without)
{
	hasher h = first_half(z, without);
	uint8_t seed[64], wide[64], index[8];

	tb_transcript_output(&h.t, seed);
	for (size_t i = 0; i < z->num; i++) {
		tb_transcript t;

		TB_REQUIRE(tb_transcript_init(&t, "tabella/v1/shuffle-exponent") == TB_OK);
		write_index(index, i + 1);
		tb_transcript_bytes(&t, "seed", seed, sizeof seed);
		tb_transcript_bytes(&t, "index", index, sizeof index);
		tb_transcript_output(&t, wide);
		tb_scalar_reduce64(z->g, &z->u[i], wide);
	}
}

void plain_shuffle_v(plain_shuffle *z, unsigned without)
{
	hasher h = first_half(z, without);

	absorb_points(&h, PLAIN_SHUFFLE_CHAIN, "chain", z->C, z->num);
	absorb_points(&h, PLAIN_SHUFFLE_MASKS, "masks", z->D, z->num);
	absorb_points(&h, PLAIN_SHUFFLE_T, "t", z->t, 3 + 2 * z->width);
	tb_transcript_challenge(&h.t, z->g, &z->v);
}

/* ---- the verifier ---- */
static bool first_fails(const plain_shuffle *z)
{
	tb_point left, right, sum;

	tb_point_identity(z->g, &sum);
	for (size_t i = 0; i < z->num; i++) {
		tb_point_add(z->g, &sum, &sum, &z->c[i]);
		tb_point_sub(z->g, &sum, &sum, &z->H[i + 1]);
	}
	tb_point_copy(z->g, &left, &z->t[0]);
	add_multiple(z->g, &left, &z->v, &sum);
	multiple_of_g(z->g, &right, &z->s[0]);
	return !tb_point_equal(z->g, &left, &right);
}

static bool second_fails(const plain_shuffle *z)
{
	tb_point left, right, difference;
	tb_scalar product;

	plain_small(z->g, &product, -1);
	for (size_t i = 0; i < z->num; i++)
		tb_scalar_mul(z->g, &product, &product, &z->u[i]);
	tb_point_copy(z->g, &difference, &z->C[z->num - 1]);
	add_multiple(z->g, &difference, &product, &z->H[0]);
	tb_point_copy(z->g, &left, &z->t[1]);
	add_multiple(z->g, &left, &z->v, &difference);
	multiple_of_g(z->g, &right, &z->s[1]);
	return !tb_point_equal(z->g, &left, &right);
}

static bool third_fails(const plain_shuffle *z)
{
	tb_point left, right;

	tb_point_copy(z->g, &left, &z->t[2]);
	multiple_of_g(z->g, &right, &z->s[2]);
	for (size_t i = 0; i < z->num; i++) {
		tb_scalar k;

		tb_scalar_mul(z->g, &k, &z->v, &z->u[i]);
		add_multiple(z->g, &left, &k, &z->c[i]);
		add_multiple(z->g, &right, &z->q[i], &z->H[i + 1]);
	}
	return !tb_point_equal(z->g, &left, &right);
}

/* One half of (4) for one k. */
static bool fourth_fails(
	const plain_shuffle *z, size_t k, table *in, table *out, const tb_point *t, const tb_point *base)
{
	tb_point left, right;
	tb_scalar minus;

	tb_scalar_neg(z->g, &minus, &z->s[3 + k]);
	tb_point_copy(z->g, &left, t);
	tb_point_mul_public(z->g, &right, &minus, base);
	for (size_t i = 0; i < z->num; i++) {
		tb_scalar scalar;

		tb_scalar_mul(z->g, &scalar, &z->v, &z->u[i]);
		add_multiple(z->g, &left, &scalar, &in[i][k]);
		add_multiple(z->g, &right, &z->q[i], &out[i][k]);
	}
	return !tb_point_equal(z->g, &left, &right);
}

static bool fifth_fails(const plain_shuffle *z, size_t i)
{
	tb_point left, right;

	tb_point_copy(z->g, &left, &z->D[i]);
	add_multiple(z->g, &left, &z->v, &z->C[i]);
	multiple_of_g(z->g, &right, &z->p[i]);
	add_multiple(z->g, &right, &z->q[i], i == 0 ? &z->H[0] : &z->C[i - 1]);
	return !tb_point_equal(z->g, &left, &right);
}

unsigned plain_shuffle_failing(const plain_shuffle *z)
{
	unsigned failing = 0;
	tb_point generator;

	tb_point_generator(z->g, &generator);
	failing |= first_fails(z) ? PLAIN_SHUFFLE_1 : 0;
	failing |= second_fails(z) ? PLAIN_SHUFFLE_2 : 0;
	failing |= third_fails(z) ? PLAIN_SHUFFLE_3 : 0;
	for (size_t k = 0; k < z->width; k++) {
		if (fourth_fails(z, k, z->a, z->a2, &z->t[3 + 2 * k], &generator) ||
			fourth_fails(z, k, z->b, z->b2, &z->t[4 + 2 * k], z->h))
			failing |= PLAIN_SHUFFLE_4;
	}
	for (size_t i = 0; i < z->num; i++)
		failing |= fifth_fails(z, i) ? PLAIN_SHUFFLE_5 : 0;
	return failing;
}

tb_err plain_shuffle_verify(const plain_shuffle *z, const tb_shuffle_generators *generators, unsigned threads)
{
	const tb_parallel work = {.threads = threads};
	const size_t list = tb_shuffle_list_bytes(z->g, z->num, z->width);
	uint8_t *inputs = plain_shuffle_write_inputs(z), *outputs = plain_shuffle_write_outputs(z),
		*proof = plain_shuffle_write_proof(z);
	const tb_shuffle_statement st = {.generators = generators,
		.h = z->h,
		.binding = z->binding,
		.binding_len = strlen(z->binding),
		.num = z->num,
		.width = z->width,
		.inputs = inputs,
		.inputs_len = list};
	tb_shuffle_place place;
	tb_err err = tb_shuffle_verify(
		&st, outputs, list, proof, tb_shuffle_proof_bytes(z->g, z->num, z->width), &work, &place);

	free(inputs);
	free(outputs);
	free(proof);
	return err;
}

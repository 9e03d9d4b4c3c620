/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/plain_bitproof.h"

#include <string.h>

#include "crypto/transcript.h"

/* out = a + k*P, shorthand for sums of products. */
static void add_mul(const tb_group *g, tb_point *sum, const tb_scalar *k, const tb_point *P)
{
	tb_point t;

	tb_point_mul_public(g, &t, k, P);
	tb_point_add(g, sum, sum, &t);
}

static void add_product(const tb_group *g, tb_scalar *sum, const tb_scalar *a, const tb_scalar *b)
{
	tb_scalar t;

	tb_scalar_mul(g, &t, a, b);
	tb_scalar_add(g, sum, sum, &t);
}

static tb_scalar number(const tb_group *g, uint64_t v)
{
	tb_scalar s;

	tb_scalar_set_u64(g, &s, v);
	return s;
}

void plain_statement_init(plain_statement *st, const tb_bitproof_key *key, const tb_bitproof_definition *def)
{
	TB_REQUIRE(def->num_options <= PLAIN_MAX_OPTIONS && def->num_bits <= PLAIN_MAX_BITS);
	st->g = tb_bitproof_key_group(key);
	st->key = key;
	st->def = def;
	TB_REQUIRE(tb_points_new(st->g, &st->gens, def->num_bits + 1) == TB_OK);
	tb_point_hash(st->g, tb_points_at(&st->gens, 0), "ballot/K", "", 0);
	for (uint32_t j = 1; j <= def->num_bits; j++) {
		const uint8_t index[4] = {0, 0, 0, (uint8_t)j};

		tb_point_hash(st->g, tb_points_at(&st->gens, j), "ballot/G", index, 4);
	}
}

void plain_statement_release(plain_statement *st)
{
	tb_points_free(&st->gens);
}

void plain_proof_init(plain_proof *p, const plain_statement *st)
{
	memset(p, 0, sizeof *p);
	TB_REQUIRE(tb_points_new(st->g, &p->E, 2 * (size_t)st->def->num_options) == TB_OK);
}

void plain_proof_release(plain_proof *p)
{
	tb_points_free(&p->E);
}

/* ---- prover ---- */
void plain_encrypt(const plain_statement *st, plain_proof *p, const plain_witness *w)
{
	tb_point generator;

	tb_point_generator(st->g, &generator);
	for (size_t i = 0; i < st->def->num_options; i++) {
		tb_point *A = tb_points_at(&p->E, 2 * i), *B = tb_points_at(&p->E, 2 * i + 1);

		tb_point_mul_public(st->g, A, &w->r[i], &generator);
		tb_point_mul_public(st->g, B, &w->v[i], &generator);
		add_mul(st->g, B, &w->r[i], &st->key->h);
	}
}

void plain_first(const plain_statement *st, plain_proof *p, const plain_witness *w, const plain_coins *c)
{
	const tb_group *g = st->g;
	const tb_point *K = tb_points_at(&st->gens, 0);
	tb_scalar one = number(g, 1), k;

	tb_point_mul_public(g, &p->Cb, &c->beta, K);
	tb_point_mul_public(g, &p->Ca, &c->rho, K);
	tb_point_mul_public(g, &p->C1, &c->tau1, K);
	tb_point_mul_public(g, &p->C0, &c->tau0, K);
	p->alpha = number(g, 0);
	for (size_t j = 0; j < st->def->num_bits; j++) {
		const tb_point *G = tb_points_at(&st->gens, j + 1);
		tb_scalar u = number(g, st->def->bit_weights[j]);

		add_mul(g, &p->Cb, &w->b[j], G);
		add_mul(g, &p->Ca, &c->a[j], G);
		tb_scalar_add(g, &k, &w->b[j], &w->b[j]);
		tb_scalar_sub(g, &k, &one, &k);
		tb_scalar_mul(g, &k, &k, &c->a[j]);
		add_mul(g, &p->C1, &k, G);
		tb_scalar_mul(g, &k, &c->a[j], &c->a[j]);
		tb_scalar_neg(g, &k, &k);
		add_mul(g, &p->C0, &k, G);
		add_product(g, &p->alpha, &u, &c->a[j]);
	}
}

/* sum_i y^(i-1) sum_j w_j s_{i,j}. */
static tb_scalar weighted(const plain_statement *st, const tb_scalar *s, const tb_scalar *y)
{
	const tb_group *g = st->g;
	tb_scalar power = number(g, 1), sum = number(g, 0);

	for (size_t i = 0; i < st->def->num_options; i++) {
		tb_scalar inner = number(g, 0);

		for (size_t j = 0; j < st->def->num_weights; j++) {
			tb_scalar w = number(g, st->def->weights[j]);

			add_product(g, &inner, &w, &s[i * st->def->num_weights + j]);
		}
		add_product(g, &sum, &power, &inner);
		tb_scalar_mul(g, &power, &power, y);
	}
	return sum;
}

void plain_second(const plain_statement *st, plain_proof *p, const plain_coins *c, const tb_scalar *y)
{
	tb_scalar masks = weighted(st, c->a, y);
	tb_point generator;

	tb_point_generator(st->g, &generator);
	tb_point_mul_public(st->g, &p->D1, &c->delta, &generator);
	tb_point_mul_public(st->g, &p->D2, &masks, &generator);
	add_mul(st->g, &p->D2, &c->delta, &st->key->h);
}

void plain_third(const plain_statement *st, plain_proof *p, const plain_witness *w, const plain_coins *c,
	const tb_scalar *y, const tb_scalar *x)
{
	const tb_group *g = st->g;
	tb_scalar power = number(g, 1), sum = number(g, 0);

	for (size_t j = 0; j < st->def->num_bits; j++) {
		p->f[j] = c->a[j];
		add_product(g, &p->f[j], x, &w->b[j]);
	}
	p->za = c->rho;
	add_product(g, &p->za, x, &c->beta);
	p->z1 = c->tau0;
	add_product(g, &p->z1, x, &c->tau1);
	for (size_t i = 0; i < st->def->num_options; i++) {
		add_product(g, &sum, &power, &w->r[i]);
		tb_scalar_mul(g, &power, &power, y);
	}
	p->zd = c->delta;
	add_product(g, &p->zd, x, &sum);
}

/* *out = sum_i y^(i-1) X_i for X = A (0) or B (1). */
static void fold(
	const plain_statement *st, tb_point *out, const plain_proof *p, size_t which, const tb_scalar *y)
{
	tb_scalar power = number(st->g, 1);

	tb_point_identity(st->g, out);
	for (size_t i = 0; i < st->def->num_options; i++) {
		add_mul(st->g, out, &power, tb_points_at(&p->E, 2 * i + which));
		tb_scalar_mul(st->g, &power, &power, y);
	}
}

void plain_solve_masks(const plain_statement *st, plain_proof *p, const tb_scalar *y, const tb_scalar *x)
{
	const tb_group *g = st->g;
	tb_scalar votes = weighted(st, p->f, y), minus_x;
	tb_point generator, folded;

	tb_scalar_neg(g, &minus_x, x);
	tb_point_generator(g, &generator);
	tb_point_mul_public(g, &p->D1, &p->zd, &generator);
	fold(st, &folded, p, 0, y);
	add_mul(g, &p->D1, &minus_x, &folded);
	tb_point_mul_public(g, &p->D2, &votes, &generator);
	add_mul(g, &p->D2, &p->zd, &st->key->h);
	fold(st, &folded, p, 1, y);
	add_mul(g, &p->D2, &minus_x, &folded);
}

void plain_solve_alpha(const plain_statement *st, plain_proof *p, const tb_scalar *x)
{
	tb_scalar max = number(st->g, st->def->max), minus_x;

	tb_scalar_neg(st->g, &minus_x, x);
	p->alpha = number(st->g, 0);
	for (size_t j = 0; j < st->def->num_bits; j++) {
		tb_scalar u = number(st->g, st->def->bit_weights[j]);

		add_product(st->g, &p->alpha, &u, &p->f[j]);
	}
	add_product(st->g, &p->alpha, &minus_x, &max);
}

/* Right side of (1) or (2): z*K + sum s_j G_j with s_j = f_j or f_j(x - f_j). */
static void open_bits(
	const plain_statement *st, tb_point *out, const plain_proof *p, const tb_scalar *x, bool products)
{
	tb_point_mul_public(st->g, out, products ? &p->z1 : &p->za, tb_points_at(&st->gens, 0));
	for (size_t j = 0; j < st->def->num_bits; j++) {
		tb_scalar s = p->f[j];

		if (products) {
			tb_scalar_sub(st->g, &s, x, &p->f[j]);
			tb_scalar_mul(st->g, &s, &s, &p->f[j]);
		}
		add_mul(st->g, out, &s, tb_points_at(&st->gens, j + 1));
	}
}

void plain_solve_commitments(const plain_statement *st, plain_proof *p, const tb_scalar *x)
{
	tb_scalar minus_x;

	tb_scalar_neg(st->g, &minus_x, x);
	open_bits(st, &p->Ca, p, x, false);
	add_mul(st->g, &p->Ca, &minus_x, &p->Cb);
	open_bits(st, &p->C0, p, x, true);
	add_mul(st->g, &p->C0, &minus_x, &p->C1);
}

/* ---- verifier ---- */
static void absorb_points(tb_transcript *t, const tb_group *g, const char *label, const tb_points *v)
{
	static uint8_t wire[2 * PLAIN_MAX_OPTIONS * TB_POINT_MAX_BYTES];
	size_t len = 0;

	for (size_t i = 0; i < v->num; i++, len += tb_group_point_bytes(g))
		tb_point_write(g, wire + len, tb_points_at(v, i));
	tb_transcript_bytes(t, label, wire, len);
}

static void absorb_first(tb_transcript *t, const plain_statement *st, const plain_proof *p,
	const tb_bitproof_binding *binding, unsigned without)
{
	const tb_group *g = st->g;

	TB_REQUIRE(tb_transcript_init(t, "tabella/v1/ballot") == TB_OK);
	tb_transcript_bytes(t, "group", tb_group_name(g), strlen(tb_group_name(g)));
	tb_transcript_bytes(t, "context", binding->context, 32);
	tb_transcript_bytes(t, "voter", binding->voter, binding->voter_len);
	tb_transcript_bytes(t, "voter-key", binding->voter_key, 32);
	tb_transcript_u64(t, "question", binding->question);
	tb_transcript_bytes(t, "definition", st->def->bytes, st->def->bytes_len);
	tb_transcript_point(t, g, "h", &st->key->h);
	if (!(without & PLAIN_WITHOUT_E))
		absorb_points(t, g, "ciphertexts", &p->E);
	tb_transcript_point(t, g, "Cb", &p->Cb);
	tb_transcript_point(t, g, "Ca", &p->Ca);
	tb_transcript_point(t, g, "C1", &p->C1);
	tb_transcript_point(t, g, "C0", &p->C0);
	if (!(without & PLAIN_WITHOUT_ALPHA))
		tb_transcript_scalar(t, g, "alpha", &p->alpha);
}

void plain_challenge_y(const plain_statement *st, const plain_proof *p, const tb_bitproof_binding *binding,
	unsigned without, tb_scalar *y)
{
	tb_transcript t;

	absorb_first(&t, st, p, binding, without);
	tb_transcript_challenge(&t, st->g, y);
	tb_transcript_release(&t);
}

void plain_challenge_x(const plain_statement *st, const plain_proof *p, const tb_bitproof_binding *binding,
	unsigned without, const tb_scalar *y, tb_scalar *x)
{
	tb_transcript t;

	absorb_first(&t, st, p, binding, without);
	tb_transcript_scalar(&t, st->g, "y", y);
	if (!(without & PLAIN_WITHOUT_D)) {
		tb_transcript_point(&t, st->g, "D1", &p->D1);
		tb_transcript_point(&t, st->g, "D2", &p->D2);
	}
	tb_transcript_challenge(&t, st->g, x);
	tb_transcript_release(&t);
}

/* x*C + M = right ? */
static bool opens(
	const tb_group *g, const tb_scalar *x, const tb_point *C, const tb_point *M, const tb_point *right)
{
	tb_point left = {{0}};

	tb_point_copy(g, &left, M);
	add_mul(g, &left, x, C);
	return tb_point_equal(g, &left, right);
}

unsigned plain_failing(
	const plain_statement *st, const plain_proof *p, const tb_scalar *y, const tb_scalar *x)
{
	const tb_group *g = st->g;
	tb_scalar votes = weighted(st, p->f, y), left = number(g, 0), right = p->alpha,
		  max = number(g, st->def->max);
	tb_point generator, folded, expected;
	unsigned failing = 0;

	open_bits(st, &expected, p, x, false);
	failing |= opens(g, x, &p->Cb, &p->Ca, &expected) ? 0 : 1u << 0;
	open_bits(st, &expected, p, x, true);
	failing |= opens(g, x, &p->C1, &p->C0, &expected) ? 0 : 1u << 1;
	for (size_t j = 0; j < st->def->num_bits; j++) {
		tb_scalar u = number(g, st->def->bit_weights[j]);

		add_product(g, &left, &u, &p->f[j]);
	}
	add_product(g, &right, x, &max);
	failing |= tb_scalar_equal(&left, &right) ? 0 : 1u << 2;
	tb_point_generator(g, &generator);
	tb_point_mul_public(g, &expected, &p->zd, &generator);
	fold(st, &folded, p, 0, y);
	failing |= opens(g, x, &folded, &p->D1, &expected) ? 0 : 1u << 3;
	tb_point_mul_public(g, &expected, &votes, &generator);
	add_mul(g, &expected, &p->zd, &st->key->h);
	fold(st, &folded, p, 1, y);
	failing |= opens(g, x, &folded, &p->D2, &expected) ? 0 : 1u << 4;
	return failing;
}

/* ---- wire ---- */
void plain_write(const plain_statement *st, uint8_t *out, const plain_proof *p)
{
	const tb_group *g = st->g;
	size_t point = tb_group_point_bytes(g);
	const tb_point *const commitments[] = {&p->Cb, &p->Ca, &p->C1, &p->C0}, *const masks[] = {
											&p->D1, &p->D2};
	const tb_scalar *const responses[] = {&p->za, &p->z1, &p->zd};

	for (size_t i = 0; i < p->E.num; i++, out += point)
		tb_point_write(g, out, tb_points_at(&p->E, i));
	for (size_t i = 0; i < 4; i++, out += point)
		tb_point_write(g, out, commitments[i]);
	tb_scalar_write(g, out, &p->alpha);
	out += TB_SCALAR_BYTES;
	for (size_t i = 0; i < 2; i++, out += point)
		tb_point_write(g, out, masks[i]);
	for (size_t j = 0; j < st->def->num_bits; j++, out += TB_SCALAR_BYTES)
		tb_scalar_write(g, out, &p->f[j]);
	for (size_t i = 0; i < 3; i++, out += TB_SCALAR_BYTES)
		tb_scalar_write(g, out, responses[i]);
}

tb_err plain_parse(const plain_statement *st, plain_proof *p, const uint8_t *in)
{
	const tb_group *g = st->g;
	size_t point = tb_group_point_bytes(g);
	tb_point *const commitments[] = {&p->Cb, &p->Ca, &p->C1, &p->C0}, *const masks[] = {&p->D1, &p->D2};
	tb_scalar *const responses[] = {&p->za, &p->z1, &p->zd};
	bool ok = true;

	for (size_t i = 0; i < p->E.num; i++, in += point)
		ok &= tb_point_parse(g, tb_points_at(&p->E, i), in) == TB_OK;
	for (size_t i = 0; i < 4; i++, in += point)
		ok &= tb_point_parse(g, commitments[i], in) == TB_OK;
	ok &= tb_scalar_parse(g, &p->alpha, in) == TB_OK;
	in += TB_SCALAR_BYTES;
	for (size_t i = 0; i < 2; i++, in += point)
		ok &= tb_point_parse(g, masks[i], in) == TB_OK;
	for (size_t j = 0; j < st->def->num_bits; j++, in += TB_SCALAR_BYTES)
		ok &= tb_scalar_parse(g, &p->f[j], in) == TB_OK;
	for (size_t i = 0; i < 3; i++, in += TB_SCALAR_BYTES)
		ok &= tb_scalar_parse(g, responses[i], in) == TB_OK;
	return ok ? TB_OK : TB_ERR_ENCODING;
}

/* ---- from a choice and a seed ---- */
static void split(const plain_statement *st, tb_scalar *b, uint32_t v, const uint32_t *w, uint32_t num)
{
	for (uint32_t j = num; j-- > 0;) {
		b[j] = number(st->g, v >= w[j]);
		v -= v >= w[j] ? w[j] : 0;
	}
	TB_REQUIRE(v == 0);
}

void plain_bits(const plain_statement *st, plain_witness *w, const uint32_t *votes, uint32_t blank)
{
	const tb_bitproof_definition *d = st->def;
	uint32_t sum = 0, slack_at = d->num_options * d->num_weights;

	for (uint32_t i = 0; i < d->num_options; i++) {
		w->v[i] = number(st->g, votes[i]);
		split(st, w->b + i * d->num_weights, votes[i], d->weights, d->num_weights);
		sum += votes[i];
	}
	split(st, w->b + slack_at, blank ? 0 : d->max - sum, d->bit_weights + slack_at, d->num_slack);
	if (d->has_blank)
		w->b[d->num_bits - 1] = number(st->g, blank);
}

static tb_scalar seed_scalar(const plain_statement *st, const tb_bitproof_binding *binding,
	const uint32_t *votes, uint32_t blank, const uint8_t seed[32], const char *name, uint64_t index)
{
	uint8_t choices[1 + 4 * PLAIN_MAX_OPTIONS] = {(uint8_t)blank}, wide[64];
	tb_transcript t;
	tb_scalar s;

	for (uint32_t i = 0; i < st->def->num_options; i++) {
		for (uint32_t byte = 0; byte < 4; byte++)
			choices[1 + 4 * i + byte] = (uint8_t)(votes[i] >> (24 - 8 * byte));
	}
	TB_REQUIRE(tb_transcript_init(&t, "tabella/v1/ballot-seed") == TB_OK);
	tb_transcript_bytes(&t, "group", tb_group_name(st->g), strlen(tb_group_name(st->g)));
	tb_transcript_bytes(&t, "seed", seed, 32);
	tb_transcript_bytes(&t, "context", binding->context, 32);
	tb_transcript_bytes(&t, "voter", binding->voter, binding->voter_len);
	tb_transcript_u64(&t, "question", binding->question);
	tb_transcript_bytes(&t, "choices", choices, 1 + 4 * (size_t)st->def->num_options);
	tb_transcript_bytes(&t, "name", name, strlen(name));
	tb_transcript_u64(&t, "index", index);
	tb_transcript_output(&t, wide);
	tb_scalar_reduce64(st->g, &s, wide);
	tb_transcript_release(&t);
	return s;
}

void plain_seed(const plain_statement *st, const tb_bitproof_binding *binding, const uint32_t *votes,
	uint32_t blank, const uint8_t seed[32], plain_witness *w, plain_coins *c)
{
	for (uint32_t i = 0; i < st->def->num_options; i++)
		w->r[i] = seed_scalar(st, binding, votes, blank, seed, "r", i + 1);
	for (uint32_t j = 0; j < st->def->num_bits; j++)
		c->a[j] = seed_scalar(st, binding, votes, blank, seed, "a", j + 1);
	c->beta = seed_scalar(st, binding, votes, blank, seed, "beta", 0);
	c->rho = seed_scalar(st, binding, votes, blank, seed, "rho", 0);
	c->tau1 = seed_scalar(st, binding, votes, blank, seed, "tau1", 0);
	c->tau0 = seed_scalar(st, binding, votes, blank, seed, "tau0", 0);
	c->delta = seed_scalar(st, binding, votes, blank, seed, "delta", 0);
}

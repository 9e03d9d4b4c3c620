/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a ballot proof [BALLOT.PROVE].  Everything here is constant time in the votes and the seed: no branch and no
 * address depends on them, only on the definition.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/ballot_seed.h"
#include "crypto/bitproof.h"
#include "crypto/bitproof_internal.h"
#include "crypto/ct.h"
#include "crypto/elgamal.h"
#include "crypto/wipe.h"

/* ---- bits ---- */
/* All ones when a >= b, in two's complement; b and |a| below 2^62. */
static uint64_t mask_at_least(uint64_t a, uint64_t b)
{
	return ~tb_ct_mask_nonzero((a - b) >> 63);
}

/* Greedy from the last weight down; returns what is left of v. */
static uint64_t split(uint8_t *bits, uint64_t v, const uint32_t *weights, uint32_t num)
{
	for (uint32_t j = num; j-- > 0;) {
		uint64_t mask = mask_at_least(v, weights[j]);

		bits[j] = (uint8_t)(mask & 1);
		v -= mask & weights[j];
	}
	return v;
}

tb_err tb_bitproof_bits(
	const tb_bitproof_definition *def, uint8_t *bits, const uint32_t *votes, uint32_t blank)
{
	uint32_t first_slack = def->num_options * def->num_weights;
	uint64_t sum = 0, wrong = 0, is_blank, slack;

	for (uint32_t i = 0; i < def->num_options; i++) {
		wrong |= split(bits + i * def->num_weights, votes[i], def->weights, def->num_weights);
		sum += votes[i];
	}
	wrong |= (uint64_t)(blank & ~(uint32_t)1) | (def->has_blank ? 0 : blank);
	is_blank = tb_ct_mask_nonzero(blank);
	/* Blank: nothing chosen, and no slack.  Not blank: a slack that the weights reach, so min <= sum <= max. */
	wrong |= is_blank & sum;
	slack = ~is_blank & (def->max - sum);
	wrong |= split(bits + first_slack, slack, def->bit_weights + first_slack, def->num_slack);
	if (def->has_blank)
		bits[def->num_bits - 1] = (uint8_t)(is_blank & 1);
	/* That a choice is invalid, and no more, is told. */
	if (!tb_ct_is_zero(&wrong, sizeof wrong)) {
		memset(bits, 0, def->num_bits);
		return TB_ERR_RANGE;
	}
	return TB_OK;
}

/* ---- tables ---- */
struct tb_bitproof_prover {
	const tb_bitproof_key *key;
	size_t num_bits;
	tb_fixed_base *h, *K;
	tb_fixed_base *G[]; /* num_bits */
};

tb_err tb_bitproof_prover_new(tb_bitproof_prover **out, const tb_bitproof_key *key, size_t num_bits)
{
	const tb_bitproof_generators *gens = key->generators;
	tb_bitproof_prover *p;
	tb_err err;

	TB_REQUIRE(num_bits < gens->points.num);
	p = calloc(1, sizeof *p + num_bits * sizeof p->G[0]);
	if (p == NULL)
		return TB_ERR_MEMORY;
	p->key = key;
	p->num_bits = num_bits;
	err = tb_fixed_base_new(gens->g, &p->h, &key->h);
	if (err == TB_OK)
		err = tb_fixed_base_new(gens->g, &p->K, tb_points_at(&gens->points, 0));
	for (size_t j = 0; j < num_bits && err == TB_OK; j++)
		err = tb_fixed_base_new(gens->g, &p->G[j], tb_points_at(&gens->points, j + 1));
	if (err != TB_OK) {
		tb_bitproof_prover_free(p);
		return err;
	}
	*out = p;
	return TB_OK;
}

void tb_bitproof_prover_free(tb_bitproof_prover *p)
{
	if (p == NULL)
		return;
	tb_fixed_base_free(p->h);
	tb_fixed_base_free(p->K);
	for (size_t j = 0; j < p->num_bits; j++)
		tb_fixed_base_free(p->G[j]);
	free(p);
}

/* ---- one proof in the making ---- */
typedef struct tb_witness {
	const tb_bitproof_prover *prover;
	const tb_group *g;
	const tb_bitproof_definition *def;
	tb_bitproof_layout at;
	uint8_t *wire; /* of the caller: the part that is being written */
	size_t point_bytes;
	/* secret from here on */
	uint8_t *bits; /* L */
	tb_secret *r;  /* m */
	tb_secret *a;  /* L */
	tb_secret beta, rho, tau1, tau0, delta;
} tb_witness;

static tb_err witness_new(
	tb_witness *w, const tb_bitproof_prover *prover, const tb_bitproof_definition *def, uint8_t *wire)
{
	memset(w, 0, sizeof *w);
	w->prover = prover;
	w->g = prover->key->generators->g;
	w->def = def;
	w->at = tb_bitproof_layout_of(w->g, def);
	w->wire = wire;
	w->point_bytes = tb_group_point_bytes(w->g);
	w->bits = calloc(def->num_bits, 1);
	w->r = calloc(def->num_options, sizeof *w->r);
	w->a = calloc(def->num_bits, sizeof *w->a);
	return w->bits == NULL || w->r == NULL || w->a == NULL ? TB_ERR_MEMORY : TB_OK;
}

static void witness_wipe(tb_witness *w)
{
	if (w->bits != NULL)
		tb_wipe(w->bits, w->def->num_bits);
	if (w->r != NULL)
		tb_wipe(w->r, w->def->num_options * sizeof *w->r);
	if (w->a != NULL)
		tb_wipe(w->a, w->def->num_bits * sizeof *w->a);
	free(w->bits);
	free(w->r);
	free(w->a);
	tb_wipe(w, sizeof *w);
}

/* ---- randomness from the seed [BALLOT.SEED] ---- */
static tb_err begin_seed(tb_ballot_seed *out, const tb_witness *w, const tb_bitproof_binding *binding,
	const uint32_t *votes, uint32_t blank, const uint8_t seed[32])
{
	uint8_t choices[1 + 4 * TB_BITPROOF_MAX_OPTIONS];
	size_t len = 0;
	tb_err err;

	choices[len++] = (uint8_t)blank;
	for (uint32_t i = 0; i < w->def->num_options; i++) {
		for (int shift = 24; shift >= 0; shift -= 8)
			choices[len++] = (uint8_t)(votes[i] >> shift);
	}
	err = tb_ballot_seed_init(out, w->g, binding, choices, len, seed);
	tb_wipe(choices, sizeof choices);
	return err;
}

static tb_err derive_randomness(tb_witness *w, const tb_bitproof_binding *binding, const uint32_t *votes,
	uint32_t blank, const uint8_t seed[32])
{
	tb_ballot_seed s;
	tb_err err = begin_seed(&s, w, binding, votes, blank, seed);

	if (err != TB_OK)
		return err;
	for (uint32_t i = 0; i < w->def->num_options; i++) {
		tb_ballot_seed_scalar(&s, &w->r[i], "r", i + 1);
		/* A_i = 1 would show the vote. */
		if (tb_secret_is_zero(&w->r[i]))
			err = TB_ERR_RANDOM;
	}
	for (uint32_t j = 0; j < w->def->num_bits; j++)
		tb_ballot_seed_scalar(&s, &w->a[j], "a", j + 1);
	tb_ballot_seed_scalar(&s, &w->beta, "beta", 0);
	tb_ballot_seed_scalar(&s, &w->rho, "rho", 0);
	tb_ballot_seed_scalar(&s, &w->tau1, "tau1", 0);
	tb_ballot_seed_scalar(&s, &w->tau0, "tau0", 0);
	tb_ballot_seed_scalar(&s, &w->delta, "delta", 0);
	tb_ballot_seed_release(&s);
	return err;
}

/* ---- first move ---- */
/* sum += bit*P, reading P whatever the bit is. */
static void add_if(const tb_group *g, tb_point *sum, uint8_t bit, const tb_point *P)
{
	tb_point chosen;

	tb_point_identity(g, &chosen);
	tb_ct_assign(tb_ct_mask_nonzero(bit), chosen.word, P->word,
		tb_group_point_stride(g) / sizeof chosen.word[0]);
	tb_point_add_secret(g, sum, sum, &chosen);
	tb_wipe(&chosen, sizeof chosen);
}

/* E_i = (r_i*g, sum_j b_ij w_j g + r_i*h): the message is added up from its bits, which is cheaper than v_i*g. */
static void write_ciphertexts(const tb_witness *w)
{
	const tb_group *g = w->g;
	uint32_t k = w->def->num_weights;
	tb_point weight[TB_BITPROOF_MAX_WEIGHTS], P;
	tb_scalar s;

	for (uint32_t j = 0; j < k; j++) {
		tb_scalar_set_u64(g, &s, w->def->weights[j]);
		tb_point_generator(g, &P);
		tb_point_mul_public(g, &weight[j], &s, &P);
	}
	for (uint32_t i = 0; i < w->def->num_options; i++) {
		uint8_t *out = w->wire + w->at.ciphertexts + 2 * i * w->point_bytes;

		tb_point_mul_generator_secret(g, &P, &w->r[i]);
		tb_point_write(g, out, &P);
		tb_fixed_base_mul_secret(w->prover->h, &P, &w->r[i]);
		for (uint32_t j = 0; j < k; j++)
			add_if(g, &P, w->bits[i * k + j], &weight[j]);
		tb_point_write(g, out + w->point_bytes, &P);
	}
	tb_wipe(&P, sizeof P);
}

/* sum += k*G_j. */
static void add_multiple(const tb_witness *w, tb_point *sum, const tb_secret *k, size_t j)
{
	tb_point T;

	tb_fixed_base_mul_secret(w->prover->G[j], &T, k);
	tb_point_add_secret(w->g, sum, sum, &T);
	tb_wipe(&T, sizeof T);
}

/* Cb = beta*K + sum b_j G_j;  Ca = rho*K + sum a_j G_j;  C1 = tau1*K + sum a_j(1-2b_j) G_j;  C0 = tau0*K - sum a_j^2 G_j. */
static void write_commitments(const tb_witness *w)
{
	const tb_group *g = w->g;
	const tb_points *gens = &w->prover->key->generators->points;
	uint8_t *out = w->wire + w->at.commitments;
	tb_point Cb, Ca, C1, C0;
	tb_secret bit, k, zero;

	tb_fixed_base_mul_secret(w->prover->K, &Cb, &w->beta);
	tb_fixed_base_mul_secret(w->prover->K, &Ca, &w->rho);
	tb_fixed_base_mul_secret(w->prover->K, &C1, &w->tau1);
	tb_fixed_base_mul_secret(w->prover->K, &C0, &w->tau0);
	tb_secret_set_u64(g, &zero, 0);
	for (uint32_t j = 0; j < w->def->num_bits; j++) {
		add_if(g, &Cb, w->bits[j], tb_points_at(gens, j + 1));
		add_multiple(w, &Ca, &w->a[j], j);
		tb_secret_set_u64(g, &bit, w->bits[j]);
		tb_secret_mul(g, &bit, &bit, &w->a[j]);
		tb_secret_sub(g, &k, &w->a[j], &bit);
		tb_secret_sub(g, &k, &k, &bit);
		add_multiple(w, &C1, &k, j);
		tb_secret_mul(g, &k, &w->a[j], &w->a[j]);
		tb_secret_sub(g, &k, &zero, &k);
		add_multiple(w, &C0, &k, j);
	}
	tb_point_write(g, out, &Cb);
	tb_point_write(g, out + w->point_bytes, &Ca);
	tb_point_write(g, out + 2 * w->point_bytes, &C1);
	tb_point_write(g, out + 3 * w->point_bytes, &C0);
	tb_secret_wipe(&bit);
	tb_secret_wipe(&k);
}

/* alpha = sum u_j a_j, which is published. */
static void write_alpha(const tb_witness *w)
{
	tb_secret sum, term;
	tb_scalar u;

	tb_secret_set_u64(w->g, &sum, 0);
	for (uint32_t j = 0; j < w->def->num_bits; j++) {
		tb_scalar_set_u64(w->g, &u, w->def->bit_weights[j]);
		tb_secret_mul_scalar(w->g, &term, &w->a[j], &u);
		tb_secret_add(w->g, &sum, &sum, &term);
	}
	tb_secret_reveal(w->g, &u, &sum);
	tb_scalar_write(w->g, w->wire + w->at.alpha, &u);
	tb_secret_wipe(&sum);
	tb_secret_wipe(&term);
}

/* ---- after y ---- */
/* D1 = delta*g, D2 = (sum_i y^(i-1) a'_i)*g + delta*h; the sum by Horner, last option first. */
static void write_masks(const tb_witness *w, const tb_scalar *y)
{
	const tb_group *g = w->g;
	uint32_t k = w->def->num_weights;
	uint8_t *out = w->wire + w->at.masks;
	tb_secret sum, term;
	tb_point D1, D2;
	tb_scalar u;

	tb_secret_set_u64(g, &sum, 0);
	for (uint32_t i = w->def->num_options; i-- > 0;) {
		tb_secret_mul_scalar(g, &sum, &sum, y);
		for (uint32_t j = 0; j < k; j++) {
			tb_scalar_set_u64(g, &u, w->def->weights[j]);
			tb_secret_mul_scalar(g, &term, &w->a[i * k + j], &u);
			tb_secret_add(g, &sum, &sum, &term);
		}
	}
	tb_elgamal_encrypt(g, w->prover->h, &D1, &D2, &sum, &w->delta);
	tb_point_write(g, out, &D1);
	tb_point_write(g, out + w->point_bytes, &D2);
	tb_secret_wipe(&sum);
	tb_secret_wipe(&term);
}

/* ---- after x ---- */
static void write_response(
	const tb_witness *w, uint8_t *out, const tb_secret *mask, const tb_scalar *x, const tb_secret *secret)
{
	tb_scalar z;

	tb_secret_respond(w->g, &z, mask, x, secret);
	tb_scalar_write(w->g, out, &z);
}

static void write_responses(const tb_witness *w, const tb_scalar *y, const tb_scalar *x)
{
	const tb_group *g = w->g;
	uint8_t *out = w->wire + w->at.responses;
	tb_secret s;

	for (uint32_t j = 0; j < w->def->num_bits; j++) {
		tb_secret_set_u64(g, &s, w->bits[j]);
		write_response(w, w->wire + w->at.bits + (size_t)j * TB_SCALAR_BYTES, &w->a[j], x, &s);
	}
	write_response(w, out, &w->rho, x, &w->beta);
	write_response(w, out + TB_SCALAR_BYTES, &w->tau0, x, &w->tau1);
	tb_secret_set_u64(g, &s, 0);
	for (uint32_t i = w->def->num_options; i-- > 0;) {
		tb_secret_mul_scalar(g, &s, &s, y);
		tb_secret_add(g, &s, &s, &w->r[i]);
	}
	write_response(w, out + 2 * TB_SCALAR_BYTES, &w->delta, x, &s);
	tb_secret_wipe(&s);
}

tb_err tb_bitproof_prove(const tb_bitproof_prover *p, uint8_t *out, const tb_bitproof_definition *def,
	const tb_bitproof_binding *binding, const uint32_t *votes, uint32_t blank, const uint8_t seed[32])
{
	size_t len = tb_bitproof_bytes(tb_bitproof_key_group(p->key), def);
	tb_transcript t;
	tb_scalar y, x;
	tb_witness w;
	tb_err err;

	TB_REQUIRE(def->num_bits <= p->num_bits);
	memset(out, 0, len);
	err = witness_new(&w, p, def, out);
	if (err == TB_OK)
		err = tb_bitproof_bits(def, w.bits, votes, blank);
	if (err == TB_OK)
		err = derive_randomness(&w, binding, votes, blank, seed);
	if (err == TB_OK) {
		write_ciphertexts(&w);
		write_commitments(&w);
		write_alpha(&w);
		err = tb_bitproof_challenge_y(&t, &y, p->key, def, binding, out);
	}
	if (err == TB_OK) {
		write_masks(&w, &y);
		tb_bitproof_challenge_x(&t, &x, &y, w.g, &w.at, out);
		tb_transcript_release(&t);
		write_responses(&w, &y, &x);
	}
	witness_wipe(&w);
	if (err != TB_OK)
		memset(out, 0, len);
	return err;
}

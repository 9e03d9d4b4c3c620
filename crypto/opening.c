/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/opening.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/ballot_seed.h"
#include "crypto/transcript.h"
#include "crypto/wipe.h"

/* ---- layout [RANK.QUESTION] ---- */
static size_t ciphertexts_bytes(const tb_group *g, uint32_t width)
{
	return 2 * (size_t)width * tb_group_point_bytes(g);
}

static size_t commitments_bytes(const tb_group *g, uint32_t width)
{
	return width * tb_group_point_bytes(g);
}

size_t tb_opening_bytes(const tb_group *g, uint32_t width)
{
	return ciphertexts_bytes(g, width) + commitments_bytes(g, width) + (size_t)width * TB_SCALAR_BYTES;
}

/*
 * The whole statement is hashed, and every pair under one challenge: without the voter a copied part would verify, without the
 * B_k somebody else's message could be multiplied by a known one, with a challenge for each pair one pair could be copied.  [RANK.CHALLENGE]
 */
static tb_err compute_challenge(
	const tb_group *g, tb_scalar *c, const tb_opening_statement *st, const uint8_t *wire, uint32_t width)
{
	const tb_bitproof_binding *b = st->binding;
	const char *name = tb_group_name(g);
	tb_transcript t;
	tb_err err = tb_transcript_init(&t, "tabella/v1/ranked");

	if (err != TB_OK)
		return err;
	tb_transcript_bytes(&t, "group", name, strlen(name));
	tb_transcript_bytes(&t, "context", b->context, 32);
	tb_transcript_bytes(&t, "voter", b->voter, b->voter_len);
	tb_transcript_bytes(&t, "voter-key", b->voter_key, 32);
	tb_transcript_u64(&t, "question", b->question);
	tb_transcript_bytes(&t, "definition", st->definition, st->definition_len);
	tb_transcript_point(&t, g, "h", st->h);
	tb_transcript_bytes(&t, "ciphertexts", wire, ciphertexts_bytes(g, width));
	tb_transcript_bytes(&t, "T", wire + ciphertexts_bytes(g, width), commitments_bytes(g, width));
	tb_transcript_challenge(&t, g, c);
	tb_transcript_release(&t);
	return TB_OK;
}

/* ---- proving [RANK.ENCRYPT] [RANK.PROVE] ---- */
typedef struct coins {
	tb_secret r[TB_OPENING_MAX_WIDTH], t[TB_OPENING_MAX_WIDTH];
} coins;

static tb_err derive_coins(coins *out, const tb_group *g, uint32_t width, const tb_bitproof_binding *binding,
	const void *choices, size_t choices_len, const uint8_t seed[32])
{
	tb_ballot_seed s;
	tb_err err = tb_ballot_seed_init(&s, g, binding, choices, choices_len, seed);

	if (err != TB_OK)
		return err;
	for (uint32_t k = 0; k < width; k++) {
		tb_ballot_seed_scalar(&s, &out->r[k], "r", k + 1);
		tb_ballot_seed_scalar(&s, &out->t[k], "t", k + 1);
		/* A_k = 1 would show the vote. */
		if (tb_secret_is_zero(&out->r[k]))
			err = TB_ERR_RANDOM;
	}
	tb_ballot_seed_release(&s);
	return err;
}

static void write_points(const tb_group *g, uint8_t *out, const tb_point *h, const tb_point *elements,
	uint32_t width, const coins *c)
{
	size_t len = tb_group_point_bytes(g);
	tb_point P;

	for (uint32_t k = 0; k < width; k++) {
		tb_point_mul_generator_secret(g, &P, &c->r[k]);
		tb_point_write(g, out + 2 * k * len, &P);
		tb_point_mul_secret(g, &P, &c->r[k], h);
		tb_point_add_secret(g, &P, &P, &elements[k]);
		tb_point_write(g, out + (2 * k + 1) * len, &P);
		tb_point_mul_generator_secret(g, &P, &c->t[k]);
		tb_point_write(g, out + (2 * width + k) * len, &P);
	}
	tb_wipe(&P, sizeof P);
}

tb_err tb_opening_prove(const tb_group *g, uint8_t *out, const tb_opening_statement *st,
	const tb_point *elements, uint32_t width, const void *choices, size_t choices_len,
	const uint8_t seed[32])
{
	size_t points_len = ciphertexts_bytes(g, width) + commitments_bytes(g, width);
	tb_scalar c, z;
	coins coin;
	tb_err err;

	TB_REQUIRE(width >= 1 && width <= TB_OPENING_MAX_WIDTH);
	memset(out, 0, tb_opening_bytes(g, width));
	err = derive_coins(&coin, g, width, st->binding, choices, choices_len, seed);
	if (err == TB_OK) {
		write_points(g, out, st->h, elements, width, &coin);
		err = compute_challenge(g, &c, st, out, width);
	}
	for (uint32_t k = 0; k < width && err == TB_OK; k++) {
		tb_secret_respond(g, &z, &coin.t[k], &c, &coin.r[k]);
		tb_scalar_write(g, out + points_len + (size_t)k * TB_SCALAR_BYTES, &z);
	}
	tb_wipe(&coin, sizeof coin);
	if (err != TB_OK)
		memset(out, 0, tb_opening_bytes(g, width));
	return err;
}

/* ---- verifying ---- */
struct tb_opening {
	const tb_group *g;
	uint32_t width;
	const uint8_t *wire; /* until prepared */
	tb_points points;    /* A_1, B_1, ..., A_w, B_w, T_1, ..., T_w */
	tb_scalar z[TB_OPENING_MAX_WIDTH], c;
};

tb_err tb_opening_new(const tb_group *g, tb_opening **out, uint32_t width)
{
	tb_opening *o = calloc(1, sizeof *o);
	tb_err err;

	*out = NULL;
	TB_REQUIRE(width >= 1 && width <= TB_OPENING_MAX_WIDTH);
	if (o == NULL)
		return TB_ERR_MEMORY;
	o->g = g;
	o->width = width;
	err = tb_points_new(g, &o->points, 3 * (size_t)width);
	if (err != TB_OK) {
		free(o);
		return err;
	}
	*out = o;
	return TB_OK;
}

void tb_opening_free(tb_opening *o)
{
	if (o == NULL)
		return;
	tb_points_free(&o->points);
	free(o);
}

static tb_point *commitment(const tb_opening *o, uint32_t k)
{
	return tb_points_at(&o->points, 2 * (size_t)o->width + k);
}

tb_err tb_opening_parse(tb_opening *o, const uint8_t *wire, size_t wire_len)
{
	size_t point_bytes = tb_group_point_bytes(o->g);
	const uint8_t *at = wire;
	tb_err err = wire_len == tb_opening_bytes(o->g, o->width) ? TB_OK : TB_ERR_ENCODING;

	o->wire = wire;
	for (size_t i = 0; i < 3 * (size_t)o->width && err == TB_OK; i++, at += point_bytes)
		err = tb_point_parse(o->g, tb_points_at(&o->points, i), at);
	for (uint32_t k = 0; k < o->width && err == TB_OK; k++, at += TB_SCALAR_BYTES)
		err = tb_scalar_parse(o->g, &o->z[k], at);
	for (uint32_t k = 0; k < o->width && err == TB_OK; k++) {
		if (tb_point_is_identity(o->g, tb_points_at(&o->points, 2 * (size_t)k)))
			err = TB_ERR_RANGE;
	}
	return err;
}

tb_err tb_opening_prepare(tb_opening *o, const tb_opening_statement *st)
{
	return compute_challenge(o->g, &o->c, st, o->wire, o->width);
}

/* e_k (T_k + c*A_k - z_k*g) for each k: T keeps a short scalar.  [RANK.VERIFY] */
tb_err tb_opening_append(const tb_opening *o, tb_batch *batch)
{
	const tb_group *g = o->g;
	tb_scalar e[TB_OPENING_MAX_WIDTH], k, sum;
	tb_err err = TB_OK;

	TB_REQUIRE(tb_batch_group(batch) == g);
	for (uint32_t i = 0; i < o->width && err == TB_OK; i++)
		err = tb_scalar_random128(g, &e[i]);
	if (err == TB_OK)
		err = tb_batch_reserve(batch, 2 * (size_t)o->width);
	if (err != TB_OK)
		return err;
	tb_scalar_set_u64(g, &sum, 0);
	for (uint32_t i = 0; i < o->width; i++) {
		tb_batch_add(batch, &e[i], commitment(o, i));
		tb_scalar_mul(g, &k, &e[i], &o->c);
		tb_batch_add(batch, &k, tb_points_at(&o->points, 2 * (size_t)i));
		tb_scalar_mul(g, &k, &e[i], &o->z[i]);
		tb_scalar_sub(g, &sum, &sum, &k);
	}
	tb_batch_add_base(batch, TB_BATCH_G, &sum);
	return TB_OK;
}

tb_points tb_opening_ciphertexts(const tb_opening *o)
{
	tb_points view = o->points;

	view.num = 2 * (size_t)o->width;
	return view;
}

const tb_scalar *tb_opening_challenge(const tb_opening *o)
{
	return &o->c;
}

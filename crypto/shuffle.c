/* SPDX-License-Identifier: Apache-2.0 */
/* Generators, layout and challenges of the proof of a shuffle. */
#include "crypto/shuffle.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/shuffle_internal.h"

/* ---- generators ---- */
#define GENERATORS_AT_ONCE 256

static void write_u64(uint8_t out[8], uint64_t v)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> (56 - 8 * i));
}

/* [SHUFFLE.GENERATORS]: from labels that anybody can hash.  Who knew a logarithm of one of them could open the commitment to a
 * permutation to something that is none (ATTACKS S-01). */
static tb_err derive(void *arg, size_t first, size_t num)
{
	tb_shuffle_generators *gens = arg;

	for (size_t i = first; i < first + num; i++) {
		uint8_t index[8];

		write_u64(index, i);
		tb_point_hash(gens->g, tb_points_at(&gens->H, i), "shuffle/H", index, sizeof index);
	}
	return TB_OK;
}

tb_err tb_shuffle_generators_new(
	const tb_group *g, tb_shuffle_generators **out, size_t num, const tb_parallel *work)
{
	tb_shuffle_generators *gens;
	tb_err err;

	if (num > TB_SHUFFLE_MAX_NUM)
		return TB_ERR_RANGE;
	gens = calloc(1, sizeof *gens);
	if (gens == NULL)
		return TB_ERR_MEMORY;
	gens->g = g;
	err = tb_points_new(g, &gens->H, num + 1);
	if (err == TB_OK)
		err = tb_parallel_run(work, num + 1, GENERATORS_AT_ONCE, derive, gens);
	if (err != TB_OK) {
		tb_shuffle_generators_free(gens);
		return err;
	}
	*out = gens;
	return TB_OK;
}

void tb_shuffle_generators_free(tb_shuffle_generators *gens)
{
	if (gens == NULL)
		return;
	tb_points_free(&gens->H);
	free(gens);
}

size_t tb_shuffle_generators_num(const tb_shuffle_generators *gens)
{
	return gens->H.num - 1;
}

/* ---- sizes ---- */
static bool is_size(size_t num, size_t width)
{
	return num >= 1 && num <= TB_SHUFFLE_MAX_NUM && width >= 1 && width <= TB_SHUFFLE_MAX_WIDTH;
}

size_t tb_shuffle_list_bytes(const tb_group *g, size_t num, size_t width)
{
	TB_REQUIRE(is_size(num, width));
	return 2 * num * width * tb_group_point_bytes(g);
}

size_t tb_shuffle_proof_bytes(const tb_group *g, size_t num, size_t width)
{
	return tb_shuffle_layout_of(g, num, width).end;
}

tb_shuffle_layout tb_shuffle_layout_of(const tb_group *g, size_t num, size_t width)
{
	const size_t point = tb_group_point_bytes(g);
	tb_shuffle_layout at = {0};

	TB_REQUIRE(is_size(num, width));
	at.C = at.c + num * point;
	at.D = at.C + num * point;
	at.t = at.D + num * point;
	at.s = at.t + (3 + 2 * width) * point;
	at.p = at.s + (3 + width) * TB_SCALAR_BYTES;
	at.q = at.p + num * TB_SCALAR_BYTES;
	at.end = at.q + num * TB_SCALAR_BYTES;
	return at;
}

tb_err tb_shuffle_check_statement(const tb_shuffle_statement *st, tb_shuffle_place *place)
{
	const tb_group *g = st->generators->g;

	*place = (tb_shuffle_place){TB_SHUFFLE_NOWHERE, 0};
	if (!is_size(st->num, st->width))
		return TB_ERR_RANGE;
	TB_REQUIRE(st->num < st->generators->H.num && !tb_point_is_identity(g, st->h));
	if (st->inputs_len == tb_shuffle_list_bytes(g, st->num, st->width))
		return TB_OK;
	*place = (tb_shuffle_place){TB_SHUFFLE_INPUTS, st->num};
	return TB_ERR_ENCODING;
}

const char *tb_shuffle_part_text(tb_shuffle_part part)
{
	switch (part) {
	case TB_SHUFFLE_NOWHERE:
		return "nothing";
	case TB_SHUFFLE_INPUTS:
		return "inputs";
	case TB_SHUFFLE_OUTPUTS:
		return "outputs";
	case TB_SHUFFLE_PROOF:
		return "proof";
	case TB_SHUFFLE_COMMITMENTS:
		return "commitments c";
	case TB_SHUFFLE_CHAIN:
		return "chain C";
	case TB_SHUFFLE_MASKS:
		return "masks D";
	case TB_SHUFFLE_T:
		return "masks t";
	case TB_SHUFFLE_S:
		return "responses s";
	case TB_SHUFFLE_P:
		return "responses p";
	case TB_SHUFFLE_Q:
		return "responses q";
	}
	tb_bug("no such part");
}

/* ---- challenges [SHUFFLE.CHALLENGE] ---- */
tb_err tb_shuffle_seed(tb_transcript *t, uint8_t seed[64], const tb_shuffle_statement *st,
	const uint8_t *outputs, const uint8_t *proof)
{
	const tb_group *g = st->generators->g;
	const tb_shuffle_layout at = tb_shuffle_layout_of(g, st->num, st->width);
	const char *name = tb_group_name(g);
	tb_err err = tb_transcript_init(t, "tabella/v1/shuffle");

	if (err != TB_OK)
		return err;
	tb_transcript_bytes(t, "group", name, strlen(name));
	tb_transcript_bytes(t, "binding", st->binding, st->binding_len);
	tb_transcript_point(t, g, "h", st->h);
	tb_transcript_u64(t, "size", st->num);
	tb_transcript_u64(t, "width", st->width);
	tb_transcript_bytes(t, "inputs", st->inputs, st->inputs_len);
	tb_transcript_bytes(t, "outputs", outputs, tb_shuffle_list_bytes(g, st->num, st->width));
	tb_transcript_bytes(t, "commitments", proof + at.c, at.C - at.c);
	tb_transcript_output(t, seed);
	return TB_OK;
}

void tb_shuffle_challenge(
	tb_transcript *t, tb_scalar *v, const tb_shuffle_statement *st, const uint8_t *proof)
{
	const tb_group *g = st->generators->g;
	const tb_shuffle_layout at = tb_shuffle_layout_of(g, st->num, st->width);

	tb_transcript_bytes(t, "chain", proof + at.C, at.D - at.C);
	tb_transcript_bytes(t, "masks", proof + at.D, at.t - at.D);
	tb_transcript_bytes(t, "t", proof + at.t, at.s - at.t);
	tb_transcript_challenge(t, g, v);
}

tb_err tb_shuffle_exponents(tb_transcript *t, const uint8_t seed[64])
{
	tb_err err = tb_transcript_init(t, "tabella/v1/shuffle-exponent");

	if (err == TB_OK)
		tb_transcript_bytes(t, "seed", seed, 64);
	return err;
}

void tb_shuffle_exponent(const tb_group *g, const tb_transcript *t, tb_scalar *out, uint64_t i)
{
	tb_transcript fork = *t;
	uint8_t wide[64];

	tb_transcript_u64(&fork, "index", i);
	tb_transcript_output(&fork, wide);
	tb_scalar_reduce64(g, out, wide);
}

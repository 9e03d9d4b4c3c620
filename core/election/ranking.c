/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ranking.h"

#include <string.h>

#include "crypto/ct.h"
#include "crypto/wipe.h"

/* ---- the definition [RANK.DEFINITION] ---- */

/* 2^240, the number of integers that 30 bytes hold, and the powers of the radix up to it: 32-bit digits, lowest first. */
#define LIMBS 9
#define TOP 7 /* 2^240 is 2^16 times 2^(32*7) */

/* v = v*by + plus, in constant time. */
static void multiply_add(uint32_t v[LIMBS], uint32_t by, uint32_t plus)
{
	uint64_t carry = plus;

	for (int i = 0; i < LIMBS; i++) {
		carry += (uint64_t)v[i] * by;
		v[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

static bool is_above_limit(const uint32_t v[LIMBS])
{
	uint32_t below = 0;

	for (int i = 0; i < TOP; i++)
		below |= v[i];
	return v[TOP + 1] != 0 || v[TOP] > 1u << 16 || (v[TOP] == 1u << 16 && below != 0);
}

/* The largest d with radix^d <= 2^240. */
static uint32_t digits_per_element(uint32_t radix)
{
	uint32_t power[LIMBS] = {1}, d = 0;

	for (;;) {
		multiply_add(power, radix, 0);
		if (is_above_limit(power))
			return d;
		d++;
	}
}

tb_err tb_ranking_define(tb_ranking_definition *out, uint32_t m, uint32_t min, uint32_t max, bool equal)
{
	uint32_t d;

	if (m < 1 || m > TB_RANKING_MAX_OPTIONS || max < 1 || max > m || min > max)
		return TB_ERR_RANGE;
	d = digits_per_element(m + 1);
	*out = (tb_ranking_definition){
		.m = m, .min = min, .max = max, .equal = equal, .d = d, .w = (m + d - 1) / d};
	return TB_OK;
}

static uint8_t *put_u32(uint8_t *at, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = (uint8_t)(v >> shift);
	return at;
}

void tb_ranking_definition_write(uint8_t out[TB_RANKING_DEFINITION_BYTES], const tb_ranking_definition *def)
{
	out = put_u32(out, def->m);
	out = put_u32(out, def->min);
	out = put_u32(out, def->max);
	*out++ = def->equal;
	out = put_u32(out, def->d);
	(void)put_u32(out, def->w);
}

size_t tb_ranking_part_bytes(const tb_group *g, const tb_ranking_definition *def)
{
	return def->w * (3 * tb_group_point_bytes(g) + TB_SCALAR_BYTES);
}

/* ---- choices [RANK.CHOICE] ---- */

/* All ones when a > b, for a, b < 2^63. */
static uint64_t above(uint64_t a, uint64_t b)
{
	return tb_ct_mask_nonzero((b - a) >> 63);
}

/* Every rank is looked for on every option, whatever they have: which ones occur is the vote. */
bool tb_ranking_is_choice(const tb_ranking_definition *def, const uint32_t *ranks)
{
	uint64_t bad = 0, num_ranked = 0, before = ~UINT64_C(0); /* before: does the rank before occur? */

	for (uint32_t i = 0; i < def->m; i++) {
		bad |= above(ranks[i], def->m);
		num_ranked += tb_ct_mask_nonzero(ranks[i]) & 1;
	}
	for (uint32_t r = 1; r <= def->m; r++) {
		uint64_t num = 0, occurs;

		for (uint32_t i = 0; i < def->m; i++)
			num += tb_ct_mask_equal(ranks[i], r) & 1;
		occurs = tb_ct_mask_nonzero(num);
		bad |= occurs & ~before;
		bad |= def->equal ? 0 : above(num, 1);
		before = occurs;
	}
	bad |= above(def->min, num_ranked) | above(num_ranked, def->max);
	return tb_ct_is_zero(&bad, sizeof bad); /* that much is told */
}

tb_ranking_fault tb_ranking_find_fault(
	const tb_ranking_definition *def, const uint32_t *ranks, uint32_t *rank, uint32_t *num_ranked)
{
	uint32_t num[TB_RANKING_MAX_OPTIONS + 1] = {0}, last = 0;

	*num_ranked = 0;
	for (uint32_t i = 0; i < def->m; i++) {
		*rank = ranks[i];
		if (ranks[i] > def->m)
			return TB_RANKING_TOO_HIGH;
		if (ranks[i] > 0 && num[ranks[i]]++ > 0 && !def->equal)
			return TB_RANKING_SHARED;
		*num_ranked += ranks[i] > 0;
		last = ranks[i] > last ? ranks[i] : last;
	}
	for (*rank = 1; *rank < last; ++*rank)
		if (num[*rank] == 0)
			return TB_RANKING_GAP;
	if (*num_ranked < def->min)
		return TB_RANKING_TOO_FEW;
	return *num_ranked > def->max ? TB_RANKING_TOO_MANY : TB_RANKING_FINE;
}

/* ---- choices as elements [RANK.ENCODE] ---- */

/* How many options element k speaks of. */
static uint32_t options_of(const tb_ranking_definition *def, uint32_t k)
{
	uint32_t left = def->m - k * def->d;

	return left < def->d ? left : def->d;
}

static void to_bytes(uint8_t out[TB_EMBED_BYTES], const uint32_t v[LIMBS])
{
	for (size_t i = 0; i < TB_EMBED_BYTES; i++)
		out[i] = (uint8_t)(v[i / 4] >> (8 * (i % 4)));
}

static void from_bytes(uint32_t v[LIMBS], const uint8_t in[TB_EMBED_BYTES])
{
	memset(v, 0, LIMBS * sizeof *v);
	for (size_t i = 0; i < TB_EMBED_BYTES; i++)
		v[i / 4] |= (uint32_t)in[i] << (8 * (i % 4));
}

tb_err tb_ranking_encode(const tb_ranking_definition *def, tb_point *elements, const uint32_t *ranks)
{
	uint8_t bytes[TB_EMBED_BYTES];
	uint32_t v[LIMBS];
	tb_err err = TB_OK;

	if (!tb_ranking_is_choice(def, ranks))
		return TB_ERR_RANGE;
	for (uint32_t k = 0; k < def->w && err == TB_OK; k++) {
		memset(v, 0, sizeof v);
		for (uint32_t i = options_of(def, k); i-- > 0;)
			multiply_add(v, def->m + 1, ranks[k * def->d + i]);
		to_bytes(bytes, v);
		err = tb_point_embed(tb_group_ristretto255(), &elements[k], bytes);
	}
	tb_wipe(v, sizeof v);
	tb_wipe(bytes, sizeof bytes);
	return err;
}

/* v = v / by; returns the rest. */
static uint32_t divide(uint32_t v[LIMBS], uint32_t by)
{
	uint64_t rest = 0;

	for (int i = LIMBS; i-- > 0;) {
		rest = rest << 32 | v[i];
		v[i] = (uint32_t)(rest / by);
		rest %= by;
	}
	return (uint32_t)rest;
}

tb_err tb_ranking_decode(const tb_ranking_definition *def, uint32_t *ranks, const tb_point *elements)
{
	uint8_t bytes[TB_EMBED_BYTES];
	uint32_t v[LIMBS], rest;

	for (uint32_t k = 0; k < def->w; k++) {
		if (tb_point_extract(tb_group_ristretto255(), bytes, &elements[k]) != TB_OK)
			return TB_ERR_ENCODING;
		from_bytes(v, bytes);
		for (uint32_t i = 0; i < options_of(def, k); i++)
			ranks[k * def->d + i] = divide(v, def->m + 1);
		rest = 0;
		for (int i = 0; i < LIMBS; i++)
			rest |= v[i];
		if (rest != 0) /* a second number for the same ranks would be a mark on the ballot */
			return TB_ERR_ENCODING;
	}
	return tb_ranking_is_choice(def, ranks) ? TB_OK : TB_ERR_ENCODING;
}

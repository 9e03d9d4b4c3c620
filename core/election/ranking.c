/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ranking.h"

/* ---- the definition [RANK.DEFINITION] ---- */

/* 2^240, the number of integers that 30 bytes hold, and the powers of the radix up to it: 32-bit digits, lowest first. */
#define LIMBS 9
#define TOP 7 /* 2^240 is 2^16 times 2^(32*7) */

static void multiply(uint32_t v[LIMBS], uint32_t by)
{
	uint64_t carry = 0;

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
		multiply(power, radix);
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

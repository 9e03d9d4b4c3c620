/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/group_small.h"

#include <string.h>

static size_t fixed_bytes(const tb_group *g)
{
	return g->stride;
}

static void fixed_fill(const tb_group *g, void *table, const tb_point *base)
{
	memcpy(table, base, g->stride);
}

static void fixed_mul(const tb_group *g, const void *table, tb_point *out, const tb_secret *k)
{
	g->mul_secret(g, out, k, table);
}

bool tb_small_is_prime(uint64_t n)
{
	for (uint64_t d = 2; d * d <= n; d++) {
		if (n % d == 0)
			return false;
	}
	return n > 1;
}

bool tb_small_is_order(uint64_t q)
{
	return q > 2 && q < 32768 && tb_small_is_prime(q);
}

void tb_small_group_init(tb_group *g, uint64_t q)
{
	const uint64_t order[4] = {q};

	tb_modulus_init(&g->order, order);
	g->cheap_sub = true;
	g->fixed_bytes = fixed_bytes;
	g->fixed_fill = fixed_fill;
	g->fixed_mul = fixed_mul;
}

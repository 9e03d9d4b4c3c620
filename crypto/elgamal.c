/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/elgamal.h"

#include "crypto/wipe.h"

void tb_elgamal_encrypt(const tb_group *g, const tb_fixed_base *h, tb_point *out_a, tb_point *out_b,
	const tb_secret *v, const tb_secret *r)
{
	tb_point message;

	tb_point_mul_generator_secret(g, out_a, r);
	tb_fixed_base_mul_secret(h, out_b, r);
	tb_point_mul_generator_secret(g, &message, v);
	tb_point_add_secret(g, out_b, out_b, &message);
	tb_wipe(&message, sizeof message); /* v*g tells v */
}

/* weight * a by doubling and adding: weights are small, a full multiplication is not. */
static void multiply_small(const tb_group *g, tb_point *out, const tb_point *a, uint64_t weight)
{
	tb_point_identity(g, out);
	for (int bit = 63; bit >= 0; bit--) {
		if (weight >> bit == 0)
			continue;
		tb_point_add(g, out, out, out);
		if (weight >> bit & 1)
			tb_point_add(g, out, out, a);
	}
}

void tb_elgamal_add(const tb_group *g, tb_points *sum, const tb_points *c, uint64_t weight)
{
	tb_point weighted;

	TB_REQUIRE(sum->num == c->num);
	for (size_t i = 0; i < sum->num; i++) {
		const tb_point *term = tb_points_at(c, i);

		if (weight != 1) {
			multiply_small(g, &weighted, term, weight);
			term = &weighted;
		}
		tb_point_add(g, tb_points_at(sum, i), tb_points_at(sum, i), term);
	}
}

void tb_elgamal_open(const tb_group *g, tb_point *out, const tb_point *b, const tb_point *shared)
{
	tb_point_sub(g, out, b, shared);
}

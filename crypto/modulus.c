/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/modulus.h"

#include <string.h>

#include "crypto/ct.h"
#include "crypto/err.h"
#include "crypto/wipe.h"

typedef unsigned __int128 u128;

/* out = a + b, returns the carry. */
static uint64_t add4(uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
	u128 t = (u128)a[0] + b[0];

	out[0] = (uint64_t)t;
	t = (t >> 64) + a[1] + b[1];
	out[1] = (uint64_t)t;
	t = (t >> 64) + a[2] + b[2];
	out[2] = (uint64_t)t;
	t = (t >> 64) + a[3] + b[3];
	out[3] = (uint64_t)t;
	return (uint64_t)(t >> 64);
}

/* out = a - b, returns the borrow (0 or 1). */
static uint64_t sub4(uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
	u128 t = (u128)a[0] - b[0];

	out[0] = (uint64_t)t;
	t = (u128)a[1] - b[1] - ((uint64_t)(t >> 64) & 1);
	out[1] = (uint64_t)t;
	t = (u128)a[2] - b[2] - ((uint64_t)(t >> 64) & 1);
	out[2] = (uint64_t)t;
	t = (u128)a[3] - b[3] - ((uint64_t)(t >> 64) & 1);
	out[3] = (uint64_t)t;
	return (uint64_t)(t >> 64) & 1;
}

/* out = carry * 2^256 + a, which is < 2q, brought below q. */
static void subtract_once(const tb_modulus *m, uint64_t out[4], uint64_t carry, const uint64_t a[4])
{
	uint64_t less[4];
	uint64_t borrow = sub4(less, a, m->q);
	uint64_t keep = tb_ct_mask_nonzero(borrow) & ~tb_ct_mask_nonzero(carry);

	for (int i = 0; i < 4; i++)
		out[i] = tb_ct_select(keep, a[i], less[i]);
}

void tb_mod_add(const tb_modulus *m, uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
	uint64_t sum[4];
	uint64_t carry = add4(sum, a, b);

	subtract_once(m, out, carry, sum);
}

void tb_mod_sub(const tb_modulus *m, uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
	uint64_t diff[4], back[4];
	uint64_t mask = tb_ct_mask_nonzero(sub4(diff, a, b));

	for (int i = 0; i < 4; i++)
		back[i] = mask & m->q[i];
	(void)add4(out, diff, back);
}

/* t += a * b over six words, the top one ending as the carry. */
static inline void multiply_row(uint64_t t[6], uint64_t a, const uint64_t b[4])
{
	u128 v = (u128)a * b[0] + t[0];

	t[0] = (uint64_t)v;
	v = (u128)a * b[1] + t[1] + (uint64_t)(v >> 64);
	t[1] = (uint64_t)v;
	v = (u128)a * b[2] + t[2] + (uint64_t)(v >> 64);
	t[2] = (uint64_t)v;
	v = (u128)a * b[3] + t[3] + (uint64_t)(v >> 64);
	t[3] = (uint64_t)v;
	v = (u128)t[4] + (uint64_t)(v >> 64);
	t[4] = (uint64_t)v;
	t[5] = (uint64_t)(v >> 64);
}

/* t = (t + n*q) / 2^64 with the n that makes it whole. */
static inline void reduce_row(const tb_modulus *m, uint64_t t[6])
{
	uint64_t n = t[0] * m->neg_inv;
	u128 v = (u128)n * m->q[0] + t[0];

	v = (u128)n * m->q[1] + t[1] + (uint64_t)(v >> 64);
	t[0] = (uint64_t)v;
	v = (u128)n * m->q[2] + t[2] + (uint64_t)(v >> 64);
	t[1] = (uint64_t)v;
	v = (u128)n * m->q[3] + t[3] + (uint64_t)(v >> 64);
	t[2] = (uint64_t)v;
	v = (u128)t[4] + (uint64_t)(v >> 64);
	t[3] = (uint64_t)v;
	t[4] = t[5] + (uint64_t)(v >> 64);
}

/*
 * out = a*b / 2^256 mod q (Montgomery 1985, word by word).  One operand < q, the other any 256-bit number:
 * the result before the last step is < (2^256 q + 2^256 q) / 2^256 = 2q.
 */
static void montgomery(const tb_modulus *m, uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
	uint64_t t[6] = {0};

	multiply_row(t, a[0], b);
	reduce_row(m, t);
	multiply_row(t, a[1], b);
	reduce_row(m, t);
	multiply_row(t, a[2], b);
	reduce_row(m, t);
	multiply_row(t, a[3], b);
	reduce_row(m, t);
	subtract_once(m, out, t[4], t);
}

void tb_mod_mul(const tb_modulus *m, uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
	uint64_t t[4];

	montgomery(m, t, a, m->r2);
	montgomery(m, out, t, b);
}

/* With R = 2^256: low + high*R, each product divided by R on the way. */
void tb_mod_reduce512(const tb_modulus *m, uint64_t out[4], const uint64_t wide[8])
{
	uint64_t low[4], high[4];

	montgomery(m, low, wide, m->r);
	montgomery(m, high, wide + 4, m->r2);
	tb_mod_add(m, out, low, high);
	tb_wipe(low, sizeof low);
	tb_wipe(high, sizeof high);
}

/* a^(q-2), Fermat.  The exponent is public. */
void tb_mod_invert(const tb_modulus *m, uint64_t out[4], const uint64_t a[4])
{
	static const uint64_t one[4] = {1, 0, 0, 0}, two[4] = {2, 0, 0, 0};
	uint64_t e[4], base[4], acc[4];

	(void)sub4(e, m->q, two);
	montgomery(m, base, a, m->r2);
	memcpy(acc, m->r, sizeof acc);
	for (int i = 255; i >= 0; i--) {
		montgomery(m, acc, acc, acc);
		if (e[i / 64] >> (i % 64) & 1)
			montgomery(m, acc, acc, base);
	}
	montgomery(m, out, acc, one);
	tb_wipe(base, sizeof base);
	tb_wipe(acc, sizeof acc);
}

uint64_t tb_mod_mask_reduced(const tb_modulus *m, const uint64_t a[4])
{
	uint64_t unused[4];

	return tb_ct_mask_nonzero(sub4(unused, a, m->q));
}

void tb_modulus_init(tb_modulus *out, const uint64_t q[4])
{
	uint64_t inv = 1;

	TB_REQUIRE((q[0] & 1) == 1 && (q[0] > 1 || (q[1] | q[2] | q[3]) != 0));
	for (int i = 0; i < 4; i++)
		out->q[i] = q[i];
	for (int i = 0; i < 6; i++) /* Newton: each step doubles the number of right bits */
		inv *= 2 - q[0] * inv;
	out->neg_inv = 0 - inv;
	out->r2[0] = 1;
	out->r2[1] = out->r2[2] = out->r2[3] = 0;
	for (int i = 0; i < 512; i++) {
		if (i == 256)
			memcpy(out->r, out->r2, sizeof out->r);
		tb_mod_add(out, out->r2, out->r2, out->r2);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_CT_H
#define TB_CRYPTO_CT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Constant-time helpers: neither branches nor addresses depend on the contents, only on lengths.
 * A mask is all ones (true) or all zeros (false).
 */

/* Keeps the optimiser from learning that a mask has only two values and turning it into a branch. */
static inline uint64_t tb_ct_barrier(uint64_t v)
{
	__asm__("" : "+r"(v));
	return v;
}

static inline uint64_t tb_ct_mask_nonzero(uint64_t v)
{
	v = tb_ct_barrier(v);
	return tb_ct_barrier(0 - ((v | (0 - v)) >> 63));
}

static inline uint64_t tb_ct_mask_equal(uint64_t a, uint64_t b)
{
	return ~tb_ct_mask_nonzero(a ^ b);
}

/* a where mask is all ones, else b. */
static inline uint64_t tb_ct_select(uint64_t mask, uint64_t a, uint64_t b)
{
	return b ^ (mask & (a ^ b));
}

/* True when the bytes are equal; the answer itself becomes public. */
bool tb_ct_equal(const void *a, const void *b, size_t len);
bool tb_ct_is_zero(const void *a, size_t len);

/* out[i] = mask ? a[i] : out[i], for `num` words. */
void tb_ct_assign(uint64_t mask, uint64_t *out, const uint64_t *a, size_t num);

/* out = table[index], reading the whole table of `num` entries of `words` words.  index < num. */
void tb_ct_lookup(uint64_t *out, const uint64_t *table, size_t num, size_t words, uint64_t index);

#endif

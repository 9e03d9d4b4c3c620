/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ct.h"

#include <string.h>

bool tb_ct_equal(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;
	uint64_t diff = 0;

	for (size_t i = 0; i < len; i++)
		diff |= (uint64_t)(x[i] ^ y[i]);
	return tb_ct_mask_nonzero(diff) == 0;
}

bool tb_ct_is_zero(const void *a, size_t len)
{
	const uint8_t *x = a;
	uint64_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= x[i];
	return tb_ct_mask_nonzero(any) == 0;
}

void tb_ct_assign(uint64_t mask, uint64_t *out, const uint64_t *a, size_t num)
{
	mask = tb_ct_barrier(mask);
	for (size_t i = 0; i < num; i++)
		out[i] = tb_ct_select(mask, a[i], out[i]);
}

void tb_ct_lookup(uint64_t *out, const uint64_t *table, size_t num, size_t words, uint64_t index)
{
	memset(out, 0, words * sizeof *out);
	for (size_t k = 0; k < num; k++) {
		uint64_t mask = tb_ct_mask_equal(k, index);

		for (size_t i = 0; i < words; i++)
			out[i] |= mask & table[k * words + i];
	}
}

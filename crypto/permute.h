/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_PERMUTE_H
#define TB_CRYPTO_PERMUTE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * A secret permutation of 0..num-1, uniformly random.  Every index has a random 128-bit key; sorting by the keys gives the
 * permutation.  The sort is Batcher's merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M): which places it
 * compares depends on `num` alone, and it exchanges by masks, so neither a branch nor an address tells anything.  It makes about
 * num * log2(num)^2 / 4 exchanges of whole records.
 */
typedef struct tb_permutation {
	size_t num;
	unsigned __int128 *keys;   /* secret: of each index */
	unsigned __int128 *images; /* secret: j_0, j_1, ... */
	unsigned __int128 *sorted; /* room for the sort */
} tb_permutation;

/* Draws one.  RANDOM, MEMORY: *out is then zero. */
TB_CHECKED tb_err tb_permutation_new(tb_permutation *out, size_t num);
/* Wipes. */
void tb_permutation_free(tb_permutation *p);

/* Permutes `num` records of `words` words each: what was at j_i is at i afterwards, with the same j each time. */
void tb_permutation_apply(const tb_permutation *p, uint64_t *records, size_t words);
/* The other way round: what was at i is at j_i afterwards. */
void tb_permutation_apply_inverse(const tb_permutation *p, uint64_t *records, size_t words);

#endif

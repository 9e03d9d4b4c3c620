/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_BATCH_H
#define TB_CRYPTO_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/group.h"

/*
 * Many equations "this sum of multiples of points is the identity", each weighted with an independent random
 * 128-bit value, added up to one multi-scalar multiplication [BATCH.RANDOM].  Bases that every equation
 * shares (g, h, the generators of the ballot proof) cost one point each for the whole batch: only their
 * scalars add up.
 *
 * Signatures, decryption proofs and ballot proofs all append to a batch; one batch per thread, reused.
 * Public data only, variable time.
 */
typedef struct tb_batch tb_batch;

#define TB_BATCH_G 0 /* slot of the group's generator; the caller's bases follow from 1 */

/* A batch over `g` whose slot 0 is the generator and slots 1..num_bases are copies of `bases`, which are
 * trusted: derived here or checked before.  MEMORY. */
TB_CHECKED tb_err tb_batch_new(
	const tb_group *g, tb_batch **out, const tb_point *const *bases, size_t num_bases);
void tb_batch_free(tb_batch *b);
/* Forgets all equations, keeps bases and memory. */
void tb_batch_clear(tb_batch *b);

const tb_group *tb_batch_group(const tb_batch *b);
size_t tb_batch_num_bases(const tb_batch *b); /* with the generator */
size_t tb_batch_num_terms(const tb_batch *b); /* points added with tb_batch_add() since the last clear */

/* Makes room for `num` more terms.  MEMORY, and nothing has changed. */
TB_CHECKED tb_err tb_batch_reserve(tb_batch *b, size_t num);
/* sum += k * base in `slot`. */
void tb_batch_add_base(tb_batch *b, size_t slot, const tb_scalar *k);
/* sum += k * point.  Room must have been reserved (a bug of the caller otherwise).  The point is borrowed
 * until the batch is cleared; it may have come straight from tb_point_parse(). */
void tb_batch_add(tb_batch *b, const tb_scalar *k, const tb_point *point);

/*
 * TB_OK when the sum is the identity and every added point is in the group (tb_points_check_order() over all
 * of them, those with scalar 0 too).  PROOF when the sum is not the identity, GROUP when a point is outside
 * the group, RANDOM, MEMORY. The empty batch is TB_OK.
 */
TB_CHECKED tb_err tb_batch_check(tb_batch *b);

/*
 * Finds the bad ones among `num` items.  `append` adds item `index` to the batch with randomisers that it
 * draws anew at every call; it returns TB_OK, RANDOM or MEMORY.  All items are checked together; where that
 * fails, halves are, each time with fresh randomisers, down to single items: so an item is called bad only
 * because its own equations fail. bad[i] is set for exactly the bad items (and cleared for the others).
 * TB_OK: none is bad.  PROOF: some are.  RANDOM, MEMORY: bad[] means nothing.  The batch is cleared before
 * and after.
 */
typedef tb_err tb_batch_append_fn(void *items, size_t index, tb_batch *b);
TB_CHECKED tb_err tb_batch_find_bad(
	tb_batch *b, tb_batch_append_fn *append, void *items, size_t num, bool *bad);

#endif

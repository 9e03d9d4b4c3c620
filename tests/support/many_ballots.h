/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_MANY_BALLOTS_H
#define TB_TESTS_SUPPORT_MANY_BALLOTS_H

#include "tests/support/make_board.h"

/*
 * Ballots for benchmarks, by the thousand: one question of five options, or one ranked one, every ballot proved and signed for its voter (they
 * cannot be copies of one another), on all cores.  Each is its voter's first and names the checkpoint right after the
 * opening, so that they can be made side by side and posted in any order.
 */
#define MANY_OPTIONS 5

/* For tb_maker_config.edit: the one question has five options, choose one. */
void many_ballots_edit(void *arg, tb_manifest *m);

/* Called in the order of the voters with the exact bytes of the entry. */
typedef void many_ballots_fn(void *arg, uint32_t voter, const tb_buf *entry);
/* By voters first .. end-1 of a maker with one question whose polls have just been opened: no ballot yet is on its board, or only
 * ones of other voters after `size` and `root`, which are those of the log that ends with `open`. */
void many_ballots_make(const tb_maker *m, uint64_t size, const uint8_t root[32], uint32_t first, uint32_t end,
	many_ballots_fn *each, void *arg);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_DLOG_H
#define TB_CRYPTO_DLOG_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/group.h"

/*
 * Discrete logarithms of small numbers: the total v of M = v*g [DECRYPT.COMBINE], 0 <= v <= bound <= 2^40.
 * Baby-step giant-step.  The table of the multiples 0..T-1 of g is made once and serves all totals of an
 * election; T is about sqrt(bound * num_targets), at most 2^22 (8 bytes an entry and half full: at most 64
 * MiB). Public data, variable time; a table may be used by several threads at once.
 */
#define TB_DLOG_MAX_BOUND (UINT64_C(1) << 40)

typedef struct tb_dlog tb_dlog;

/*
 * Called now and then with work done and the most that may be needed, in group operations.  Anything but 0
 * stops the work.
 */
typedef int tb_dlog_progress_fn(void *ctx, uint64_t done, uint64_t total);

/* num_targets >= 1: how many logarithms will be asked for, roughly.  `progress` may be NULL, which shows
 * nothing. LIMIT (bound too large), MEMORY, STATE (stopped by progress). */
TB_CHECKED tb_err tb_dlog_new(const tb_group *g, tb_dlog **out, uint64_t bound, uint64_t num_targets,
	tb_dlog_progress_fn *progress, void *progress_ctx);
void tb_dlog_free(tb_dlog *t);

/* *out = the unique v in 0..bound with v*g = M.  Small v are found first.  RANGE: there is none, so the tally
 * is wrong. STATE: stopped by progress.  *out is unchanged on failure. */
TB_CHECKED tb_err tb_dlog_solve(const tb_dlog *t, uint64_t *out, const tb_point *M,
	tb_dlog_progress_fn *progress, void *progress_ctx);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_PARALLEL_H
#define TB_CRYPTO_PARALLEL_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Work on many things of one kind, in pieces, on several threads: lists of a hundred thousand points are decoded,
 * multiplied and summed with it.  What comes out must not depend on who did what; that is the business of `work`.
 */
typedef tb_err tb_parallel_work(void *arg, size_t first, size_t num);
/* `done` of `total` things are finished. */
typedef void (*tb_parallel_progress)(void *arg, uint64_t done, uint64_t total);

typedef struct tb_parallel {
	unsigned threads;              /* 0: one for each core */
	tb_parallel_progress progress; /* NULL: none.  Called from the calling thread alone. */
	void *progress_arg;
} tb_parallel;

/* How many threads `p` means, at least 1. */
unsigned tb_parallel_threads(const tb_parallel *p);

/*
 * Calls work(arg, first, n) for 0..num-1 in pieces of at most `piece`, each once, from any thread.  TB_OK when all
 * succeeded; otherwise the error of the piece with the smallest `first` that fails, whatever the number of threads (pieces after
 * it may not have been worked on).  Where a thread cannot be started the others do its work.
 */
TB_CHECKED tb_err tb_parallel_run(
	const tb_parallel *p, size_t num, size_t piece, tb_parallel_work *work, void *arg);

#endif

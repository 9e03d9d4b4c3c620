/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_PROGRESS_H
#define TB_CORE_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A progress bar for long work:  "checking ballots  [#########.....]  63 %  12 s left".
 * It appears on standard error, only when that is a terminal and only when the work takes longer than a moment;
 * otherwise nothing is written at all.  tb_progress_add() may be called by many threads at once.
 */
typedef struct tb_progress {
	const char *label; /* borrowed */
	uint64_t total;
	int fd; /* -1: silent */
	int64_t started_ms;
	_Atomic uint64_t done;
	_Atomic int64_t next_ms; /* when the bar is drawn again */
	atomic_bool drawn;
} tb_progress;

void tb_progress_begin(tb_progress *p, const char *label, uint64_t total);
/* The same on another descriptor; silent when it is no terminal. */
void tb_progress_begin_on(tb_progress *p, int fd, const char *label, uint64_t total);
void tb_progress_add(tb_progress *p, uint64_t more);
void tb_progress_end(tb_progress *p); /* takes the bar away */

#endif

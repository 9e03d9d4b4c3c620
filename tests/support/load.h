/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_LOAD_H
#define TB_TESTS_SUPPORT_LOAD_H

#include "core/base/buf.h"

/*
 * A load for benchmarks: requests that were made before, over many kept connections to a server on this machine, each
 * connection sending its next as soon as it has its answer.  One thread.  Whatever fails aborts.
 */
typedef struct load_call {
	tb_buf request; /* owned: the whole of it, head and body */
	char *body;     /* of the answer; owned */
	size_t body_len;
	double seconds; /* from the first byte sent to the last received */
} load_call;

/* POSTs JSON, or GETs (json NULL). */
void load_call_init(load_call *c, const char *path, const tb_buf *json);
void load_call_release(load_call *c);
/* All of them, answered with `status`; returns the seconds that it took. */
double load_run(unsigned port, load_call *calls, size_t num, unsigned status);
double load_now(void); /* seconds */
/* Milliseconds that a small write takes to become durable in this folder: the median of 100. */
double load_sync_ms(const char *folder);
/* By seconds, the fastest first: for medians and the like. */
void load_sort(load_call *calls, size_t num);

#endif

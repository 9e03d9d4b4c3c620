/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_METRICS_H
#define TB_SERVER_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/base/buf.h"

/*
 * What the server counts about itself, for Prometheus: numbers alone, nothing about people.  Counting takes no lock and cannot
 * fail; any thread may do it.
 */
#define TB_METRICS_BUCKETS 10

/* How long something took. */
typedef struct tb_histogram {
	_Atomic uint64_t bucket[TB_METRICS_BUCKETS + 1]; /* the last: longer than all */
	_Atomic uint64_t sum;                            /* microseconds */
} tb_histogram;

typedef enum tb_fate {
	TB_FATE_RECORDED,
	TB_FATE_REPEATED, /* it was there already */
	TB_FATE_REFUSED,  /* by a rule */
	TB_FATE_FAILED,   /* by the server */
	TB_NUM_FATES
} tb_fate;

typedef struct tb_metrics {
	uint64_t started; /* Unix seconds */
	_Atomic uint64_t responses[600];
	tb_histogram request; /* from the whole request to its response */
	_Atomic uint64_t connections, connections_total, late;
	_Atomic uint64_t body_bytes;
	_Atomic uint64_t limited;
	_Atomic uint64_t submissions[TB_NUM_FATES];
	tb_histogram commit;
	tb_histogram mix; /* verifications of mixes */
	_Atomic uint64_t commit_failures;
	_Atomic uint64_t waiting; /* for the sequencer */
	atomic_bool cannot_write; /* the last transaction failed */
	atomic_bool has_seccomp, has_landlock;
} tb_metrics;

void tb_histogram_add(tb_histogram *h, uint64_t microseconds);
uint64_t tb_monotonic_us(void);

/* Appends everything in Prometheus' text format.  MEMORY, LIMIT (tb_buf_status). */
void tb_metrics_write(const tb_metrics *m, tb_buf *out);
/* "# HELP" and "# TYPE" of one of them, for whoever appends more. */
void tb_metrics_head(tb_buf *out, const char *name, const char *type, const char *help);
__attribute__((format(printf, 2, 3))) void tb_metrics_line(tb_buf *out, const char *format, ...);

#endif

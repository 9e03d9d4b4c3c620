/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_LIMITS_H
#define TB_SERVER_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Token buckets by name [SERVER.RATE]: so many at once, then so many an hour.  The memory is fixed: a bucket is 16 bytes in a table that
 * never grows, known by a keyed hash, so neither a flood of addresses nor a look into the memory gives more than that.  When a
 * place is needed, the bucket that is nearest to being full again goes.  Any thread may call these.
 */
typedef struct tb_limits tb_limits;

typedef struct tb_rate {
	unsigned per_hour; /* 0 = no limit */
	unsigned burst;    /* at least 1 */
} tb_rate;

/* At least `num` buckets.  MEMORY, RANDOM. */
TB_CHECKED tb_err tb_limits_new(tb_limits **out, size_t num);
void tb_limits_free(tb_limits *l);

/* Seconds until the bucket of this name gives again, at least 1; 0: it gives now, and with `take` one is taken.  `kind` keeps
 * names of different sorts apart.  `now` is in milliseconds and never goes back. */
unsigned tb_limits_wait(tb_limits *l, unsigned kind, const void *name, size_t name_len, const tb_rate *rate,
	uint64_t now, bool take);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_CLOCK_H
#define TB_CORE_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Time is UTC Unix seconds.  Whoever needs "now" is handed a clock; nothing in core/ reads the machine's clock by
 * itself, so every rule about time can be tested at its exact boundary.
 */
typedef struct tb_clock {
	uint64_t (*now)(void *ctx);
	void *ctx;
} tb_clock;

tb_clock tb_clock_system(void);
uint64_t tb_clock_now(const tb_clock *clock);

/* The start of the granule (60, 3600 or 86400 seconds; 1 changes nothing) that t lies in.  A manifest chooses how exact
 * the times on its board are: exact times help a coercer who watches the voter. */
uint64_t tb_time_floor(uint64_t t, uint64_t granule);

/* RFC 3339 in the one form "2025-03-01T09:00:00Z". */
#define TB_RFC3339_LEN 20
#define TB_RFC3339_MAX UINT64_C(253402300799) /* 9999-12-31T23:59:59Z */
/* Writes the text and a NUL.  RANGE above TB_RFC3339_MAX; the text is then "". */
TB_CHECKED tb_err tb_rfc3339_write(char out[TB_RFC3339_LEN + 1], uint64_t t);
/* Reads exactly that form: no other zone, no fraction, no leap second, no day that is not in the calendar, nothing
 * before 1970.  ENCODING; *out is then unchanged. */
TB_CHECKED tb_err tb_rfc3339_parse(uint64_t *out, const char *in, size_t in_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_COUNT_TEXT_H
#define TB_TESTS_SUPPORT_COUNT_TEXT_H

#include "core/count/count.h"

/* A count of ballots written as text, for tests: whatever cannot be right in a test aborts. */
typedef struct counted {
	tb_count_ballots ballots;
	tb_count_options options;
	tb_count_account account;
	const tb_count_method *method;
	tb_why why;
	tb_err err;
	uint32_t lot[TB_COUNT_MAX_CANDIDATES];
} counted;

/* Ballots in ABIF, `method` by id, so many seats; no lot. */
void counted_begin(counted *c, const char *abif, const char *method, uint32_t seats);
/* "3,1,2": the lot's order. */
void counted_lot(counted *c, const char *order);
void counted_run(counted *c); /* may run again, after other options were set */
/* All three: begins, runs with this lot (NULL: none). */
void counted_once(counted *c, const char *abif, const char *method, uint32_t seats, const char *lot);
void counted_release(counted *c);

/* The elected as "1,3", or what went wrong: "lot:1,2", "range", ...; in a static buffer. */
const char *counted_elected(const counted *c);
/* Votes in a round (from 1) as text with decimals; static. */
const char *counted_votes(const counted *c, uint32_t round, uint32_t candidate);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_READING_H
#define TB_CORE_COUNT_READING_H

#include "core/base/why.h"
#include "core/count/ballots.h"

/* What the readers of ballot files share: a place in the bytes, its line, and the first thing that is wrong. */
typedef struct tb_count_in {
	const char *at, *end;
	uint32_t line; /* from 1 */
	tb_err err;    /* the first failure */
	tb_why *why;
} tb_count_in;

void tb_count_in_init(tb_count_in *in, const void *bytes, size_t len, tb_why *why); /* passes over a BOM */
/* Says "line 7: ..." and returns ENCODING, which stays. */
__attribute__((format(printf, 2, 3))) tb_err tb_count_in_fail(tb_count_in *in, const char *format, ...);
bool tb_count_in_is(const tb_count_in *in, char c); /* is this the next byte? */
bool tb_count_in_take(tb_count_in *in, char c);     /* takes it if it is */
void tb_count_in_blanks(tb_count_in *in);           /* passes over spaces and tabs */
bool tb_count_in_at_eol(const tb_count_in *in);     /* at the end of a line or of the bytes */
void tb_count_in_next_line(tb_count_in *in);        /* behind the end of the line; counts it */
/* A number of digits, at most `max`; fails with "expected WHAT". */
uint64_t tb_count_in_number(tb_count_in *in, uint64_t max, const char *what);

/* Adds a ballot and says what is wrong with it. */
TB_CHECKED tb_err tb_count_in_add(tb_count_in *in, tb_count_ballots *b, const tb_count_pref *prefs,
	const uint32_t *scores, uint32_t num, uint64_t weight);
/* Turns the outcome of naming a candidate into a sentence. */
TB_CHECKED tb_err tb_count_in_named(tb_count_in *in, tb_err err);

#endif

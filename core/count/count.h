/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_COUNT_H
#define TB_CORE_COUNT_COUNT_H

#include "core/base/why.h"
#include "core/count/account.h"

/*
 * Counting plaintext ballots by one of the methods of specs/counting.md: whole numbers only, no randomness, no clock.
 * A method is one file with one tb_count_method, and a line in the table of methods.c.
 */
typedef struct tb_count_ratio {
	uint32_t a, b; /* a to b, both at least 1 */
} tb_count_ratio;

typedef struct tb_count_options {
	uint32_t seats; /* at least 1 */
	/* All candidates once, the one the lot favours first [COUNT.LOT]; NULL: none was drawn. */
	const uint32_t *lot;
	uint64_t min_votes;           /* fewer votes elect nobody [COUNT.MINIMUM]; 0: no such rule */
	uint32_t default_option;      /* [COUNT.DEBIAN]; TB_COUNT_NOBODY: there is none */
	uint64_t quorum;              /* [COUNT.DEBIAN] */
	const tb_count_ratio *ratios; /* per candidate; NULL: 1 to 1 for all */
} tb_count_options;

typedef struct tb_count tb_count; /* one count under way: method.h */

enum {
	TB_COUNT_ONE_SEAT = 1, /* elects one, never more */
	TB_COUNT_EQUAL_RANKS =
		2, /* equal ranks have a meaning; elsewhere the order ends there [COUNT.EQUAL] */
	TB_COUNT_NEEDS_SCORES = 4, /* counts scores, not ranks */
	TB_COUNT_HAS_MINIMUM = 8,  /* a minimum of votes can be asked for */
	TB_COUNT_HAS_DEFAULT = 16, /* takes a default option, a quorum and ratios */
};

typedef struct tb_count_method {
	const char *id;     /* with its version: "scottish-stv-2007" */
	const char *name;   /* "Scottish STV" */
	const char *source; /* the text that says the rule */
	const char *rule;   /* the id in specs/counting.md */
	unsigned decimals;  /* of its amounts */
	unsigned flags;
	const char *const *choices; /* where that text leaves a choice, and which was taken; NULL ends them */
	tb_err (*run)(tb_count *c);
} tb_count_method;

extern const tb_count_method *const tb_count_methods[]; /* NULL ends the table */
/* By id, or by an id without its version when only one fits ("scottish-stv").  NULL: none. */
const tb_count_method *tb_count_method_find(const char *id);

/*
 * Counts.  The same ballots in any order and grouping give the same account.  TB_OK; RANGE: the options do not fit the
 * ballots or the method, *why says how; STATE: the lot has to decide and there is none: out->lot_missing says between
 * whom, the rounds so far are there, *why says it in words; MEMORY.  *out must be released in every case.
 */
TB_CHECKED tb_err tb_count_run(tb_count_account *out, const tb_count_method *method,
	const tb_count_ballots *ballots, const tb_count_options *options, tb_why *why);

/* The canonical JSON of an account, appended; everything that the count depends on is in it but the ballots
 * [COUNT.JSON].  LIMIT, MEMORY. */
TB_CHECKED tb_err tb_count_account_write(tb_buf *out, const tb_count_account *a,
	const tb_count_method *method, const tb_count_ballots *ballots, const tb_count_options *options);

/* The same for people, in lines: the result, why each candidate was or was not elected, the rounds, the choices.
 * LIMIT, MEMORY. */
TB_CHECKED tb_err tb_count_account_words(tb_buf *out, const tb_count_account *a,
	const tb_count_method *method, const tb_count_ballots *ballots, const tb_count_options *options);

#endif

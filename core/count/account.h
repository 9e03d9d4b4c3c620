/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_ACCOUNT_H
#define TB_CORE_COUNT_ACCOUNT_H

#include "core/base/buf.h"
#include "core/count/ballots.h"

/*
 * What a count did, round by round [COUNT.ACCOUNT]: enough to follow it with pencil and paper, and the same bytes for
 * everyone who counts the same ballots.  Amounts are whole numbers of the method's smallest unit
 * [COUNT.EXACT].
 */
__extension__ typedef unsigned __int128 tb_amount; /* the largest: below 2^53 votes * 10^9 * 10^9 * 4 */

#define TB_COUNT_NOBODY UINT32_MAX /* in place of a candidate: votes that nobody gets any more */

typedef struct tb_count_list {
	uint32_t *at; /* owned */
	uint32_t num, cap;
} tb_count_list;

TB_CHECKED tb_err tb_count_list_add(tb_count_list *l, uint32_t v); /* MEMORY */
void tb_count_list_release(tb_count_list *l);

typedef struct tb_count_transfer {
	uint32_t from, to; /* `to` may be TB_COUNT_NOBODY, `from` too (votes regained from rounding) */
	tb_amount amount;
} tb_count_transfer;

/* Several candidates had an equal claim. */
typedef struct tb_count_tie {
	const char *purpose; /* "surplus", "exclude", "elect": what one of them was chosen for */
	tb_count_list tied;  /* all of them */
	tb_count_list
		left;   /* those still equal when the lot was asked; empty when an earlier round decided */
	uint32_t round; /* the earlier round that decided, from 1; 0: the lot did */
	uint32_t chosen;
} tb_count_tie;

/* A defeat of a pairwise comparison. */
typedef struct tb_count_pair {
	uint32_t winner, loser;
	uint64_t votes_for, votes_against;
} tb_count_pair;

typedef struct tb_count_round {
	const char *action; /* [COUNT.ACCOUNT] lists them */
	tb_count_list of;   /* whom the action is about */
	bool has_quota;
	tb_amount quota;
	tb_amount *votes; /* per candidate after the action; NULL where a round has none */
	bool has_rest;
	tb_amount rest;      /* non-transferable: not with any candidate any more */
	tb_amount *keep;     /* per candidate, parts of 10^9; Meek only */
	uint32_t iterations; /* Meek only */
	tb_count_transfer *transfers;
	size_t num_transfers, cap_transfers;
	tb_count_pair *pairs;
	size_t num_pairs, cap_pairs;
	tb_count_list elected, excluded;
	tb_count_tie *ties;
	uint32_t num_ties;
} tb_count_round;

/* Why a candidate is where it is. */
typedef enum tb_count_why {
	TB_COUNT_WITHDRAWN,     /* did not stand */
	TB_COUNT_QUOTA,         /* elected: reached the quota */
	TB_COUNT_MAJORITY,      /* elected: more than half of the votes still in play */
	TB_COUNT_LAST,          /* elected: as many candidates as seats were left */
	TB_COUNT_MOST,          /* elected: among the most votes, points or approvals */
	TB_COUNT_UNBEATEN,      /* elected: not beaten, pairwise or along the strongest paths */
	TB_COUNT_BELOW_MINIMUM, /* would be elected, but with fewer votes than the election asks for */
	TB_COUNT_EXCLUDED,      /* fewest votes */
	TB_COUNT_SEATS_FILLED,  /* still in the count when the last seat was taken */
	TB_COUNT_NO_VOTES,      /* left at the end without a single vote */
	TB_COUNT_FEWER,         /* others have more */
	TB_COUNT_BEATEN,        /* beaten, pairwise or along the strongest paths */
	TB_COUNT_NO_QUORUM,     /* too few voters prefer it to the default option */
	TB_COUNT_NO_RATIO,      /* does not beat the default option by its majority */
	TB_COUNT_LOT_LOST       /* an equal claim; the lot decided for another */
} tb_count_why;

bool tb_count_why_is_elected(tb_count_why why);
const char *tb_count_why_text(tb_count_why why); /* "quota", as in the JSON */

typedef struct tb_count_fate {
	bool is_set;
	tb_count_why why;
	uint32_t round;  /* from 1; 0: before the first */
	tb_amount votes; /* at that moment */
} tb_count_fate;

typedef struct tb_count_account {
	uint32_t num_candidates, seats;
	unsigned decimals;                          /* of every amount of votes */
	uint64_t num_ballots, num_empty, num_valid; /* all; those that prefer nobody; those that take part */
	tb_count_round *rounds;
	uint32_t num_rounds, cap_rounds;
	uint64_t *pairwise;   /* [a * num_candidates + b]: ballots that prefer a to b; NULL when not used */
	uint64_t *paths;      /* the same for strongest paths [COUNT.SCHULZE] */
	tb_count_list order;  /* the elected, in order */
	tb_count_fate *fates; /* per candidate */
	tb_count_tie *lot_missing; /* the tie that stopped the count; NULL when none did */
} tb_count_account;

/* MEMORY; *out must be released in every case. */
TB_CHECKED tb_err tb_count_account_init(tb_count_account *out, uint32_t num_candidates, uint32_t seats);
void tb_count_account_release(tb_count_account *a);

/* ---- for methods: what they write ---- */

/* A new round, with votes (all 0) when `has_votes`; NULL: MEMORY.  Earlier rounds may move. */
tb_count_round *tb_count_account_round(tb_count_account *a, const char *action, bool has_votes);
tb_count_round *tb_count_account_last(tb_count_account *a); /* the last round; there is one */
/* MEMORY. */
TB_CHECKED tb_err tb_count_round_transfer(tb_count_round *r, uint32_t from, uint32_t to, tb_amount amount);
TB_CHECKED tb_err tb_count_round_pair(tb_count_round *r, tb_count_pair pair);
/* Takes the tie over; MEMORY, and the tie is then released. */
TB_CHECKED tb_err tb_count_round_tie(tb_count_round *r, tb_count_tie *tie);
void tb_count_tie_release(tb_count_tie *t);

/* Decimal text of an amount with that many decimals ("12.00000"); 64 bytes are enough. */
void tb_amount_text(char out[64], tb_amount v, unsigned decimals);

#endif

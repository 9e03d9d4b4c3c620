/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_BALLOTS_H
#define TB_CORE_COUNT_BALLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Plaintext ballots that are to be counted: candidates, and groups of equal ballots with their number [COUNT.BALLOT].
 * A ballot orders some, none or all candidates; several may share a rank, and only the order of ranks means anything.
 * Candidates are numbered from 0 here and from 1 wherever people read.
 */
enum { TB_COUNT_MAX_CANDIDATES = 500, TB_COUNT_MAX_NAME = 500, TB_COUNT_MAX_SCORE = 1000000 };
#define TB_COUNT_MAX_BALLOTS                                                                                 \
	((UINT64_C(1) << 53) - 1) /* all weights together: what JavaScript holds exactly */

typedef struct tb_count_pref {
	uint16_t candidate;
	uint16_t rank; /* from 1, without gaps once the ballot was added */
} tb_count_pref;

typedef struct tb_count_group {
	uint64_t weight; /* how many ballots, at least 1 */
	size_t first;    /* prefs[first .. first+num-1], by rank, then by candidate */
	uint32_t num;
} tb_count_group;

typedef struct tb_count_ballots {
	char *title;  /* owned; NULL when there is none */
	char **names; /* owned; of num_candidates */
	bool *is_withdrawn;
	uint32_t num_candidates;
	uint32_t seats;  /* as the file says; 0 when it does not */
	bool has_scores; /* every preference has a score; ranks follow from them unless the file gives both */
	tb_count_pref *prefs;
	uint32_t *scores; /* beside prefs; only with has_scores */
	size_t num_prefs, cap_prefs;
	tb_count_group *groups;
	size_t num_groups, cap_groups;
	uint64_t total;    /* ballots in all groups */
	uint32_t *seen_at; /* scratch: which ballot named a candidate last */
	uint32_t num_seen;
} tb_count_ballots;

void tb_count_ballots_init(tb_count_ballots *b);
void tb_count_ballots_release(tb_count_ballots *b);

/* Is this a name that may be shown [COUNT.NAME]: 1 to 500 bytes of UTF-8 without control characters, line separators,
 * bidirectional controls?  A title obeys the same rule. */
bool tb_count_name_is_valid(const char *name, size_t len);

/* Adds candidate number num_candidates.  ENCODING (no valid name), LIMIT, MEMORY. */
TB_CHECKED tb_err tb_count_ballots_add_candidate(tb_count_ballots *b, const char *name, size_t len);
/* Replaces the name of a candidate.  ENCODING, MEMORY. */
TB_CHECKED tb_err tb_count_ballots_rename(
	tb_count_ballots *b, uint32_t candidate, const char *name, size_t len);
/* ENCODING, MEMORY. */
TB_CHECKED tb_err tb_count_ballots_set_title(tb_count_ballots *b, const char *title, size_t len);

/*
 * Adds `weight` ballots that say this; `num` may be 0 (empty ballots).  Any positive ranks in any order are taken.
 * `scores` goes with has_scores and only with it; a preference with score 0 is as if it were not written.
 * ENCODING: a candidate twice; RANGE: no such candidate, rank 0, weight 0, a score above the limit; LIMIT: too many
 * ballots; MEMORY.  Nothing is added on failure.
 */
TB_CHECKED tb_err tb_count_ballots_add(tb_count_ballots *b, const tb_count_pref *prefs,
	const uint32_t *scores, uint32_t num, uint64_t weight);

/* Puts these into the order of their scores, the highest first, and ranks them so; equal scores are equal ranks. */
void tb_count_rank_by_scores(tb_count_pref *prefs, uint32_t *scores, uint32_t num);

/* Joins equal ballots and puts the groups into their one order, so that it does not matter in which order ballots
 * came.  MEMORY; everything is then as before. */
TB_CHECKED tb_err tb_count_ballots_finish(tb_count_ballots *b);

/* The same ballots with withdrawn candidates taken off every one: lower ranks move up.  *out keeps all candidates.
 * MEMORY; *out is then empty. */
TB_CHECKED tb_err tb_count_ballots_without_withdrawn(tb_count_ballots *out, const tb_count_ballots *b);

/* How many preferences from the first on stand alone on their rank: where only one candidate at a time can be
 * preferred, the order ends at the first rank that is shared [COUNT.EQUAL]. */
uint32_t tb_count_group_strict(const tb_count_ballots *b, const tb_count_group *g);

#endif

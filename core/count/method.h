/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_METHOD_H
#define TB_CORE_COUNT_METHOD_H

#include "core/count/count.h"

/* What the methods share: a count under way, ties, and writing down who is elected. */
struct tb_count {
	const tb_count_method *method;
	const tb_count_ballots *ballots; /* no withdrawn candidate stands on any of them */
	const tb_count_options *options;
	tb_count_account *account;
	uint32_t num_standing; /* candidates that are not withdrawn */
};

bool tb_count_stands(const tb_count *c, uint32_t candidate); /* not withdrawn, and nothing decided yet */
uint32_t tb_count_num_standing(const tb_count *c);           /* how many of those there are */

/* Elects the candidate in the last round, with these votes; with fewer than the minimum it is written down as just
 * that.  MEMORY. */
TB_CHECKED tb_err tb_count_elect(tb_count *c, uint32_t candidate, tb_count_why why, tb_amount votes);
/* Writes down why a candidate is not elected, in the last round (if there is one).  MEMORY for EXCLUDED and the like,
 * which stand in the round's list. */
TB_CHECKED tb_err tb_count_exclude(tb_count *c, uint32_t candidate, tb_count_why why, tb_amount votes);
/* The same without the round's list: for what the end of a count means for somebody. */
void tb_count_leave(tb_count *c, uint32_t candidate, tb_count_why why, tb_amount votes);

/* Sorts by amount, largest first, then by number. */
void tb_count_sort(uint32_t *candidates, uint32_t num, const tb_amount *amounts);

/*
 * Chooses one of several with an equal claim: the one with most (or fewest) votes in the latest earlier round in which
 * they differ, narrowing the set where only some do, then the lot.  `num_rounds` rounds are looked at, the latest
 * first (0: the lot at once).  The lot's first is elected or transferred first, its last excluded.  The tie is written
 * into the last round.  STATE: a lot is needed; MEMORY.
 */
TB_CHECKED tb_err tb_count_choose(tb_count *c, uint32_t *out, const uint32_t *tied, uint32_t num,
	const char *purpose, uint32_t num_rounds);

/*
 * Elects those with the largest amounts, as many as there are seats; who has nothing is not elected.  Where the last
 * seats are between equals the lot decides; equals who are all elected stand by number [COUNT.ORDER].  STATE, MEMORY.
 */
TB_CHECKED tb_err tb_count_elect_most(tb_count *c, const tb_amount *amounts);

#endif

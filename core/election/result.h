/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_RESULT_H
#define TB_CORE_ELECTION_RESULT_H

#include "core/election/manifest.h"
#include "core/election/ranked_count.h"

/*
 * From totals to decisions, by the rules [RESULT.*] alone: integers only, 128 bits where products need them.
 * JS twin: client-js/core/result.js.
 */
typedef enum tb_outcome { TB_OUTCOME_DECIDED, TB_OUTCOME_VOID, TB_OUTCOME_WITHHELD } tb_outcome;

/* The numbers at the close. */
typedef struct tb_turnout {
	uint64_t counted;           /* ballots that count */
	uint64_t weight_counted;    /* and their weight */
	uint64_t electorate;        /* voters on the roll */
	uint64_t weight_electorate; /* and their weight */
} tb_turnout;

/* Known before anything is decrypted: void (no quorum), withheld (below the privacy floor), or to be
 * decrypted [DECRYPT.WHEN]. */
tb_outcome tb_question_outcome(const tb_manifest *m, const tb_question *q, const tb_turnout *turnout);

/* Options of one question in the order that [RESULT.ELECTED] gives them. */
typedef struct tb_tie {
	uint32_t first, num; /* options order[first .. first+num-1] of tb_decision have the same total */
	bool cut;            /* not all of them are elected */
} tb_tie;

/* What a ranked question has besides whom it elects [RANK.RESULT]. */
typedef struct tb_ranked_result {
	uint64_t valid; /* ballots */
	uint64_t *invalid;
	size_t num_invalid;               /* positions in the outputs of the last mix */
	uint8_t ballots[32], account[32]; /* SHA-256 of the files; nothing unless decided */
} tb_ranked_result;

typedef struct tb_decision {
	tb_outcome outcome;
	bool quorum_met;
	uint64_t *totals;  /* num_options of them; NULL unless decided */
	bool *is_approved; /* num_options; NULL unless decided */
	uint32_t *order;   /* the approved options, largest total first, ties as the lot puts them */
	uint32_t num_approved;
	uint32_t num_elected; /* order[0 .. num_elected-1] are elected */
	tb_tie *ties;
	uint32_t num_ties;
	tb_ranked_result
		ranked; /* of a ranked question, where no option is approved and order[] is those who are elected */
} tb_decision;

typedef struct tb_result {
	uint8_t close[32];
	tb_turnout turnout;
	char (*endorsers)[TB_SIGNER_MAX]; /* signer strings in log order; owned */
	uint32_t num_endorsers;
	uint32_t *shares; /* trustee indices of T in log order; owned */
	uint32_t num_shares;
	tb_decision *questions; /* as many as the manifest has; owned */
	uint32_t num_questions;
} tb_result;

void tb_result_init(tb_result *r);
void tb_result_release(tb_result *r);

/*
 * Decides question `index`: `totals` has one number per option (not read unless the outcome is decided).
 * `lot_seed` is the 64-byte seed of [LOT], or NULL when there is none; a tie that needs one is then STATE.
 * RANGE when a total is above weight_counted * score_max.  MEMORY. *out (zeroed by the caller) is owned:
 * tb_decision_release().
 */
TB_CHECKED tb_err tb_decide(tb_decision *out, const tb_manifest *m, uint32_t index, const tb_turnout *turnout,
	const uint64_t *totals, const uint8_t lot_seed[64]);
/* The same for a ranked question, from its count: NULL where it is void or withheld.  MEMORY. */
TB_CHECKED tb_err tb_decide_ranked(tb_decision *out, const tb_manifest *m, uint32_t index,
	const tb_turnout *turnout, const tb_ranked_count *count);
void tb_decision_release(tb_decision *d);
/* Room for a question that is decided, all zero.  MEMORY: what there is goes with tb_decision_release(). */
TB_CHECKED tb_err tb_decision_reserve(tb_decision *d, uint32_t num_options);

/* The canonical payload [RESULT]; appended.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_result_write(tb_buf *out, const tb_result *r, const tb_manifest *m);
/* Reads a payload of this election; the decisions are taken as they stand (a verifier recomputes them and
 * compares bytes [RESULT.ENTRY]).  RULE RESULT or JSON.CANONICAL with a path; MEMORY. */
TB_CHECKED tb_err tb_result_parse(
	tb_result *out, const tb_manifest *m, const void *bytes, size_t len, tb_fault *fault);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_TALLY_H
#define TB_CORE_ELECTION_TALLY_H

#include "core/election/ceremony.h"
#include "core/election/endorse.h"
#include "core/election/params.h"
#include "core/election/result.h"

/*
 * From the counted ballots to the totals [BALLOT.COUNTED] [TALLY.AGGREGATE] [DECRYPT] [LOT], in three states:
 *
 * 1. Collecting: tb_tally_list() streams the counted list in log order; tb_tally_add() sums ciphertexts, in
 *    any order and in as many partial tallies as there are threads, joined by tb_tally_merge().
 * 2. Finished, by tb_tally_finish(): list and aggregates are fixed and hashed; shares can be made, checked
 *    and taken in.
 * 3. Decrypted, by tb_tally_decrypt(): totals and lot are known, and with them the result.
 *
 * JS twin: client-js/core/tally.js.
 */
typedef struct tb_tally tb_tally;

/* The params are borrowed and must outlive *out.  MEMORY. */
TB_CHECKED tb_err tb_tally_new(tb_tally **out, const tb_election_params *p);
void tb_tally_free(tb_tally *t);

/* ---- collecting ---- */
/* The next counted ballot: its index, leaf hash and voter's weight.  Indices increase: STATE otherwise. */
TB_CHECKED tb_err tb_tally_list(tb_tally *t, uint64_t index, const uint8_t leaf[32], uint64_t weight);
/*
 * Adds weight times the ciphertexts of one ballot: parts[q] holds A_1, B_1, ..., A_m, B_m of question q,
 * decoded and known to be in the group (the ballot was verified).  MEMORY (only when a larger weight comes
 * for the first time); STATE when finished.
 */
TB_CHECKED tb_err tb_tally_add(tb_tally *t, const tb_points *parts, uint64_t weight);
/* The same from the payload of a ballot that was verified before.  RULE as tb_ballot_parse(), or
 * BALLOT.POINTS. */
TB_CHECKED tb_err tb_tally_add_payload(
	tb_tally *t, const uint8_t *payload, size_t payload_len, uint64_t weight, tb_fault *fault);
/* Adds what a partial tally has summed up, and empties it.  Both collecting, same params.  MEMORY, STATE. */
TB_CHECKED tb_err tb_tally_merge(tb_tally *t, tb_tally *partial);

typedef struct tb_tally_close {
	uint8_t leaf[32]; /* leaf hash of the `close` entry */
	uint64_t size;    /* of the log that ends with it */
	uint8_t root[32];
	uint64_t electorate, weight_electorate; /* voters on the roll at the close, and their weight */
} tb_tally_close;

/* STATE when ballots summed and ballots listed differ in number or weight; MEMORY. */
TB_CHECKED tb_err tb_tally_finish(tb_tally *t, const tb_tally_close *close);

/* ---- finished; these abort while collecting ---- */
bool tb_tally_is_finished(const tb_tally *t);
void tb_tally_turnout(const tb_tally *t, tb_turnout *out);
/* What an honest endorser says [ENDORSE]. */
void tb_tally_statement(const tb_tally *t, tb_endorsement *out); /* cosignature all zero */
/* The two points of an aggregate; borrowed. */
void tb_tally_aggregate(
	const tb_tally *t, uint32_t question, uint32_t option, const tb_point **a, const tb_point **b);
/* Neither void [RESULT.QUORUM] nor below the floor [RESULT.FLOOR]? */
tb_outcome tb_tally_outcome(const tb_tally *t, uint32_t question);
bool tb_tally_may_decrypt(const tb_tally *t, uint32_t question);
/* May any question be decrypted?  If not, `decrypt` entries are refused [DECRYPT.WHEN]. */
bool tb_tally_may_decrypt_any(const tb_tally *t);

/* ---- shares [DECRYPT.SHARE] ---- */
/*
 * Appends the payload of trustee j's `decrypt`: a share with proof for every option of every question that
 * may be decrypted, and the share of the lot.  That enough endorsers agree is for the caller to know first
 * (tb_endorsements_suffice).  STATE when nothing may be decrypted; RULE CEREMONY.KEYS when x_j does not
 * belong to Y_j; RANDOM, MEMORY, LIMIT.
 */
TB_CHECKED tb_err tb_tally_make_decrypt(const tb_tally *t, const tb_ceremony *c, tb_buf *payload,
	uint32_t trustee, const tb_secret *share, tb_fault *fault);
/* RULE DECRYPT.WHEN, DECRYPT.SHARE (form) or DLEQ (`where` names question and option, or the lot); RANDOM,
 * MEMORY. */
TB_CHECKED tb_err tb_tally_check_decrypt(const tb_tally *t, const tb_ceremony *c, uint32_t trustee,
	const uint8_t *payload, size_t payload_len, tb_fault *fault);
/* Takes in a checked payload; of more than t only the first t are kept.  STATE: a second one by this trustee;
 * MEMORY. */
TB_CHECKED tb_err tb_tally_apply_decrypt(
	tb_tally *t, const tb_ceremony *c, uint32_t trustee, const uint8_t *payload, size_t payload_len);
bool tb_tally_has_decrypt(const tb_tally *t, uint32_t trustee);
uint32_t tb_tally_num_decrypts(const tb_tally *t); /* all that came, also beyond t */

/* ---- totals ---- */
/* `done` of `total` logarithms so far.  NULL for none. */
typedef void (*tb_tally_progress)(void *arg, uint64_t done, uint64_t total);
/*
 * Combines the first t shares into totals and lot [DECRYPT.COMBINE] [LOT]; does nothing when done before.  If
 * nothing may be decrypted, there is nothing to combine and it succeeds at once.  STATE when shares are
 * missing; RULE DECRYPT.COMBINE when an aggregate holds no number within the bound; MEMORY.
 */
TB_CHECKED tb_err tb_tally_decrypt(
	tb_tally *t, const tb_ceremony *c, tb_tally_progress progress, void *arg, tb_fault *fault);
bool tb_tally_is_decrypted(const tb_tally *t);
/* One number per option; aborts unless decrypted and tb_tally_may_decrypt(). */
const uint64_t *tb_tally_totals(const tb_tally *t, uint32_t question);
const uint8_t *tb_tally_lot_seed(const tb_tally *t); /* 64 bytes [LOT]; NULL when nothing was decrypted */

/*
 * Appends the one right `result` payload [RESULT.ENTRY].  `endorsers`: signer strings in log order, those up
 * to the first decrypt entry. STATE unless decrypted; LIMIT, MEMORY.
 */
TB_CHECKED tb_err tb_tally_make_result(
	const tb_tally *t, tb_buf *payload, const char *const *endorsers, uint32_t num_endorsers);
/* Is this the result?  RULE RESULT.ENTRY: where and what it is that differs first. */
TB_CHECKED tb_err tb_tally_check_result(const tb_tally *t, const uint8_t *payload, size_t payload_len,
	const char *const *endorsers, uint32_t num_endorsers, tb_fault *fault);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_TALLY_H
#define TB_CORE_ELECTION_TALLY_H

#include "core/election/ceremony.h"
#include "core/election/endorse.h"
#include "core/election/mix.h"
#include "core/election/params.h"
#include "core/election/ranked_count.h"
#include "core/election/result.h"

/*
 * From the counted ballots to the totals [BALLOT.COUNTED] [TALLY.AGGREGATE] [DECRYPT] [LOT], and for ranked questions to the mixed
 * ballots and their count [MIX] [DECRYPT.LIST] [RANK.COUNT], in three states:
 *
 * 1. Collecting: tb_tally_list() streams the counted list in log order; tb_tally_add() sums ciphertexts, in
 *    any order and in as many partial tallies as there are threads, joined by tb_tally_merge().
 * 2. Finished, by tb_tally_finish(): list and aggregates are fixed and hashed; mixes, then shares can be made, checked
 *    and taken in.
 * 3. Decrypted, by tb_tally_decrypt(): totals and lot are known, and with them the result.
 *
 * JS twin: client-js/core/tally.js.
 */
typedef struct tb_tally tb_tally;

/* The params are borrowed and must outlive *out.  MEMORY. */
TB_CHECKED tb_err tb_tally_new(tb_tally **out, const tb_election_params *p);
void tb_tally_free(tb_tally *t);

/* How what takes long is done - mixing, the shares of mixed lists -; at first by one thread for each core, without progress. */
void tb_tally_set_work(tb_tally *t, const tb_parallel *work);
const tb_parallel *tb_tally_work(const tb_tally *t);

/* ---- collecting ---- */
/* The next counted ballot: its index, leaf hash and voter's weight.  Indices increase: STATE otherwise. */
TB_CHECKED tb_err tb_tally_list(tb_tally *t, uint64_t index, const uint8_t leaf[32], uint64_t weight);
/*
 * Adds weight times the ciphertexts of one ballot: parts[q] holds A_1, B_1, ..., A_m, B_m of question q,
 * decoded and known to be in the group (the ballot was verified); of a ranked question it is not looked at.  MEMORY (only when a
 * larger weight comes for the first time); STATE when finished.
 */
TB_CHECKED tb_err tb_tally_add(tb_tally *t, const tb_points *parts, uint64_t weight);
/* Keeps the ciphertexts of the ranked questions of the ballot with this index, from the wire form of its parts [RANK.QUESTION]; in
 * any order, in any partial tally.  MEMORY, STATE when finished. */
TB_CHECKED tb_err tb_tally_keep(tb_tally *t, uint64_t index, const uint8_t *const *parts);
/* Both, from the payload of a ballot that was verified before.  RULE as tb_ballot_parse(), or BALLOT.POINTS. */
TB_CHECKED tb_err tb_tally_add_payload(tb_tally *t, uint64_t index, const uint8_t *payload,
	size_t payload_len, uint64_t weight, tb_fault *fault);
/* Adds what a partial tally has summed up, and empties it.  Both collecting, same params.  MEMORY, STATE. */
TB_CHECKED tb_err tb_tally_merge(tb_tally *t, tb_tally *partial);

typedef struct tb_tally_close {
	uint8_t leaf[32]; /* leaf hash of the `close` entry */
	uint64_t size;    /* of the log that ends with it */
	uint8_t root[32];
	uint64_t electorate, weight_electorate; /* voters on the roll at the close, and their weight */
} tb_tally_close;

/* STATE when ballots summed or kept and ballots listed are not the same; MEMORY. */
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

/* ---- mixes [MIX] ---- */
/* The ciphertexts as the latest mix has left them, at first those of the ballots; NULL where nothing is to be mixed (no ranked question
 * may be decrypted, or no ballot counts).  Borrowed until the next mix is taken in. */
tb_mix_stage *tb_tally_stage(const tb_tally *t);
uint32_t tb_tally_mixes_due(const tb_tally *t); /* how many are still to come */
bool tb_tally_has_mix(const tb_tally *t, uint32_t trustee);
/* Takes in a mix, as though it were right.  STATE: nothing to mix, or all mixes are there, or one by this trustee, or the length is
 * wrong; MEMORY. */
TB_CHECKED tb_err tb_tally_apply_mix(
	tb_tally *t, uint32_t trustee, const uint8_t *payload, size_t payload_len);

/* ---- shares [DECRYPT.SHARE] [DECRYPT.LIST]: once no mix is due; these abort before ---- */
size_t tb_tally_decrypt_bytes(const tb_tally *t); /* the exact length of a payload */
/*
 * Appends the payload of trustee j's `decrypt`: a share with proof for every option of every question that
 * may be decrypted, the shares of every mixed list with one proof, and the share of the lot.  That enough endorsers agree is for the caller to know first
 * (tb_endorsements_suffice).  STATE when nothing may be decrypted; RULE CEREMONY.KEYS when x_j does not
 * belong to Y_j; RANDOM, MEMORY, LIMIT.
 */
TB_CHECKED tb_err tb_tally_make_decrypt(const tb_tally *t, const tb_ceremony *c, tb_buf *payload,
	uint32_t trustee, const tb_secret *share, tb_fault *fault);
/* RULE DECRYPT.WHEN, DECRYPT.SHARE (form), DLEQ (`where` names question and option, or the lot) or DLEQ.LIST (the question);
 * RANDOM, MEMORY. */
TB_CHECKED tb_err tb_tally_check_decrypt(const tb_tally *t, const tb_ceremony *c, uint32_t trustee,
	const uint8_t *payload, size_t payload_len, tb_fault *fault);
/* Are the shares of lists points at all, of a payload of the right length? */
bool tb_tally_is_readable(const tb_tally *t, const uint8_t *payload, size_t payload_len);
/* Takes in a payload that was checked, or at least is readable; of more than t only the first t are kept.  STATE: a second one by
 * this trustee, or one that cannot be read; MEMORY. */
TB_CHECKED tb_err tb_tally_apply_decrypt(
	tb_tally *t, const tb_ceremony *c, uint32_t trustee, const uint8_t *payload, size_t payload_len);
bool tb_tally_has_decrypt(const tb_tally *t, uint32_t trustee);
uint32_t tb_tally_num_decrypts(const tb_tally *t); /* all that came, also beyond t */

/* ---- totals ---- */
/*
 * Combines the first t shares into totals and lot [DECRYPT.COMBINE] [LOT], and decrypts and counts ranked ballots; does nothing when
 * done before.  Progress counts logarithms and ballots; NULL for none.  If
 * nothing may be decrypted, there is nothing to combine and it succeeds at once.  STATE when shares are
 * missing; RULE DECRYPT.COMBINE when an aggregate holds no number within the bound; MEMORY.
 */
TB_CHECKED tb_err tb_tally_decrypt(
	tb_tally *t, const tb_ceremony *c, tb_parallel_progress progress, void *arg, tb_fault *fault);
bool tb_tally_is_decrypted(const tb_tally *t);
/* One number per option; aborts unless decrypted and tb_tally_may_decrypt(), and for a ranked question. */
const uint64_t *tb_tally_totals(const tb_tally *t, uint32_t question);
/* Of a ranked one; NULL: it is none, or it is void or withheld.  Aborts unless decrypted. */
const tb_ranked_count *tb_tally_count(const tb_tally *t, uint32_t question);
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

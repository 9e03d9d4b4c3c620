/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_BOARD_H
#define TB_CORE_ELECTION_BOARD_H

#include "core/election/ceremony.h"
#include "core/election/manifest.h"
#include "core/election/roll.h"
#include "core/log/entry.h"

/*
 * The state machine of one election [ENTRY.ORDER]: the same in server, trustee, client commands and verifier.  It is fed
 * the entries of the log in order and knows everything that decides whether the next one is admissible.
 *
 *     tb_board_check   is this entry right at this position?  Changes nothing.  All rules except, for ballots, the two
 *                      costly ones: signature and proof, which tb_ballot_batch (core/election/ballot.h) does in bulk.
 *     tb_board_apply   takes a checked entry into the state.
 *
 * Replaying a log is check + apply for each entry; a server checks, appends durably, then applies.  Memory: a constant plus at
 * most 64 bytes per voter, whatever the number of ballots.
 */
typedef struct tb_board tb_board;

typedef enum tb_phase {
	TB_PHASE_EMPTY, /* before the manifest */
	TB_PHASE_SETUP,
	TB_PHASE_CERTIFYING,
	TB_PHASE_READY,
	TB_PHASE_OPEN,
	TB_PHASE_CLOSED,
	TB_PHASE_FINISHED,
	TB_PHASE_CANCELLED
} tb_phase;

const char *tb_phase_name(tb_phase phase);

TB_CHECKED tb_err tb_board_new(tb_board **out);
void tb_board_free(tb_board *b);

/*
 * Checks the entry that would get index tb_board_size().  `leaf` is the leaf hash of its exact bytes.  RULE with *fault (where
 * names the field, prefixed by "payload" when it is inside), MEMORY, RANDOM.
 */
TB_CHECKED tb_err tb_board_check(tb_board *b, const tb_entry *e, const uint8_t leaf[32], tb_fault *fault);
/* Takes in an entry for which tb_board_check() has just said TB_OK; the payload is parsed again or kept from the check. */
TB_CHECKED tb_err tb_board_apply(tb_board *b, const tb_entry *e, const uint8_t leaf[32]);

/* ---- what is known; pointers are borrowed and live until the next apply ---- */
uint64_t tb_board_size(const tb_board *b);
void tb_board_root(const tb_board *b, uint8_t out[32]);
TB_CHECKED tb_err tb_board_root_at(const tb_board *b, uint64_t size, uint8_t out[32]); /* RANGE, IO */
tb_phase tb_board_phase(const tb_board *b);
const tb_manifest *tb_board_manifest(const tb_board *b); /* NULL before entry 0 */
const tb_roll *tb_board_roll(const tb_board *b);
const tb_ceremony *tb_board_ceremony(const tb_board *b);
const tb_binding *tb_board_binding(const tb_board *b);    /* election id, and context once open */
uint64_t tb_board_time(const tb_board *b);                /* of the latest entry */
uint64_t tb_board_closes(const tb_board *b);              /* as extended */
uint64_t tb_board_open_index(const tb_board *b);
const uint8_t *tb_board_close_leaf(const tb_board *b);    /* NULL while not closed */
uint64_t tb_board_close_size(const tb_board *b);          /* size of the log that ends with `close` */
uint64_t tb_board_num_ballots(const tb_board *b);         /* ballot entries */
uint64_t tb_board_num_counted(const tb_board *b);         /* ballots that count so far */
uint64_t tb_board_weight_counted(const tb_board *b);
/* Index of the voter's latest ballot; NOT_FOUND when there is none. */
TB_CHECKED tb_err tb_board_latest_ballot(const tb_board *b, const char *voter, uint64_t *index);
/* After `close`: does the ballot entry at `index` by this voter count? */
bool tb_board_is_counted(const tb_board *b, const char *voter, uint64_t index);

/*
 * The counted list and the aggregates [BALLOT.COUNTED] [TALLY.AGGREGATE] come from a second pass over the log; whoever made that
 * pass (tb_tally in core/election/tally.h) gives the outcome here, and from then on endorsements, decryptions and the result can be
 * checked and applied.  Until then tb_board_check() of those entries returns TB_ERR_STATE.
 */
struct tb_tally;
TB_CHECKED tb_err tb_board_set_tally(tb_board *b, struct tb_tally *tally); /* takes ownership; STATE unless closed */
const struct tb_tally *tb_board_tally(const tb_board *b);

#endif

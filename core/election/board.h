/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_BOARD_H
#define TB_CORE_ELECTION_BOARD_H

#include "core/election/ballot.h"
#include "core/election/ceremony.h"
#include "core/election/endorse.h"
#include "core/election/manifest.h"
#include "core/election/params.h"
#include "core/election/roll.h"
#include "core/election/tally.h"
#include "core/log/entry.h"
#include "core/log/history.h"

/*
 * The state machine of one election [ENTRY.ORDER]: the same in server, trustee, client commands and verifier.  It is fed
 * the entries of the log in order and knows everything that decides whether the next one is admissible.
 *
 *     tb_board_check   is this entry right at this position?  Changes nothing.  All rules except, for ballots, the two
 *                      costly ones: signature and proof, which tb_ballot_batch (core/election/ballot_batch.h) does in bulk.
 *     tb_board_apply   takes a checked entry into the state.
 *
 * Replaying a log is check + apply for each entry; a server checks, appends durably, then applies.  Memory: a constant plus at
 * most 64 bytes per voter and what the Merkle tree needs, whatever the number of ballots.
 *
 * JS twin: client-js/core/board.js.
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

const char *tb_phase_name(tb_phase phase); /* "setup" */

TB_CHECKED tb_err tb_board_new(tb_board **out); /* MEMORY */
void tb_board_free(tb_board *b);

/*
 * Checks the entry that would get index tb_board_size().  `leaf` is the leaf hash of its exact bytes; a blob must have been
 * attached.  Changes nothing, whatever it returns; what it has parsed is kept for the apply that may follow.
 * RULE with *fault (where names the field, prefixed by "payload" when it is inside); MEMORY, RANDOM, IO (an earlier root).
 * STATE: the entry cannot be judged: it needs the tally that tb_board_set_tally() gives, or something that was left
 * out by tb_board_apply_refused() or tb_board_skip().
 */
TB_CHECKED tb_err tb_board_check(tb_board *b, const tb_entry *e, const uint8_t leaf[32], tb_fault *fault);
/* Takes in an entry for which tb_board_check() has just said TB_OK.  MEMORY, IO: the board is then fit only to be freed and
 * replayed. */
TB_CHECKED tb_err tb_board_apply(tb_board *b, const tb_entry *e, const uint8_t leaf[32]);

/*
 * Spares the next tb_board_check() to parse a `roll` payload, which takes long (roll.h) and can be done ahead in another thread: *chunk
 * is what tb_roll_chunk_parse() has made of the payload of the entry with this leaf hash.  Taken over, and zeroed.
 */
void tb_board_give_chunk(tb_board *b, const uint8_t leaf[32], tb_roll_chunk *chunk);

/* What takes long - the proofs of a mix, the shares of mixed lists - can be checked ahead, in another thread and without the board. */
typedef struct tb_board_heavy {
	tb_entry_type type; /* mix or decrypt */
	uint32_t trustee;
	uint8_t payload[32]; /* SHA-256 */
	uint8_t stage[32];   /* tb_mix_stage_hash() of what it was checked against */
} tb_board_heavy;
/* Every check of such an entry leaves a mark, which spares the next check of the same payload by the same trustee in the same stage the
 * proofs; so does a caller who has checked them.  The latest one counts. */
void tb_board_mark_checked(tb_board *b, const tb_board_heavy *checked);

/* ---- for verifiers: going on after an entry that should not be there [CHECK.RECOVERY] ---- */
/*
 * Takes in an entry that tb_board_check() has refused or not judged, as though it were right, so that one wrong thing
 * gives one report and not one for everything that follows.  Where its content cannot be read or has no place in the state,
 * only its leaf goes into the tree (*taken is then false), and what depends on it can no longer be judged.
 * MEMORY, RANDOM, IO as for apply.
 */
TB_CHECKED tb_err tb_board_apply_refused(tb_board *b, const tb_entry *e, const uint8_t leaf[32], bool *taken);
/* The same for an entry whose envelope cannot be read or whose bytes are not those of the log.  MEMORY, IO. */
TB_CHECKED tb_err tb_board_skip(tb_board *b, const uint8_t leaf[32]);

/* Was nothing left out that decides which ballots count?  Only then can the counted list be computed. */
bool tb_board_knows_counted(const tb_board *b);

/* ---- what is known; pointers are borrowed and live until the next apply ---- */
uint64_t tb_board_size(const tb_board *b);
void tb_board_root(const tb_board *b, uint8_t out[32]);
TB_CHECKED tb_err tb_board_root_at(const tb_board *b, uint64_t size, uint8_t out[32]); /* RANGE, IO */
tb_phase tb_board_phase(const tb_board *b);
const tb_manifest *tb_board_manifest(const tb_board *b); /* NULL before entry 0 */
const tb_roll *tb_board_roll(const tb_board *b);         /* this and what follows: NULL before entry 0 */
const tb_ceremony *tb_board_ceremony(const tb_board *b);
const tb_election_params *tb_board_params(const tb_board *b); /* NULL before `open` */
const tb_binding *tb_board_binding(const tb_board *b);        /* election id, and context once open */
uint64_t tb_board_time(const tb_board *b);                    /* of the latest entry */
uint64_t tb_board_closes(const tb_board *b);                  /* as extended */
uint32_t tb_board_num_extensions(const tb_board *b);
uint64_t tb_board_open_index(const tb_board *b);       /* abort when not open yet */
const uint8_t *tb_board_close_leaf(const tb_board *b); /* NULL while not closed */
uint64_t tb_board_close_size(const tb_board *b);       /* size of the log that ends with `close` */
/* The earliest time of a cosignature of that log that is not refused as too early [ENDORSE].  Aborts when not closed. */
uint64_t tb_board_earliest_endorsement(const tb_board *b);
uint32_t tb_board_num_clients(const tb_board *b); /* `client` entries */
bool tb_board_client(
	const tb_board *b, uint8_t out[32]);      /* SHA-256 of the payload of the latest one, if any */
uint64_t tb_board_num_ballots(const tb_board *b); /* ballot entries */
uint64_t tb_board_num_counted(const tb_board *b); /* ballots that count so far */
/* Indices of the entries that are neither of the roll nor ballots, in order: few, and what people ask for. */
const uint64_t *tb_board_acts(const tb_board *b, size_t *num);
/* Size and root of the log before the first certificate, or, before there is one, of the log as it stands: what a trustee
 * certifies now [CEREMONY.CERTIFY]. */
void tb_board_certify_point(const tb_board *b, uint64_t *size, uint8_t root[32]);
/* Index of the voter's latest ballot; NOT_FOUND when there is none. */
TB_CHECKED tb_err tb_board_latest_ballot(const tb_board *b, const char *voter, uint64_t *index);

typedef struct tb_board_ballot {
	uint8_t key[32]; /* the credential that was on the roll at that position */
	uint64_t weight;
	bool is_counted; /* it is that voter's latest and the voter is on the roll */
} tb_board_ballot;
/* About the ballot at `index`, which names this voter.  NOT_FOUND when the voter never was on the roll.  Any number of
 * threads may ask at once while nobody applies. */
TB_CHECKED tb_err tb_board_ballot_at(
	const tb_board *b, const char *voter, uint64_t index, tb_board_ballot *out);

/*
 * The counted list and the aggregates [BALLOT.COUNTED] [TALLY.AGGREGATE] come from a second pass over the log; whoever made that
 * pass gives the finished tally here, and from then on endorsements, decryptions and the result can be checked and applied.
 */
TB_CHECKED tb_err tb_board_set_tally(tb_board *b, tb_tally *tally); /* takes ownership; STATE unless closed */
tb_tally *tb_board_tally(const tb_board *b);                        /* NULL before that */
/* What tb_tally_finish() needs: the `close` entry and the electorate.  STATE unless closed. */
TB_CHECKED tb_err tb_board_closing(const tb_board *b, tb_tally_close *out);
const tb_endorsements *tb_board_endorsements(const tb_board *b); /* NULL while not closed */
/* The signer strings that the result lists [RESULT]; returns how many. */
uint32_t tb_board_result_endorsers(const tb_board *b, char out[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX]);

/* A digest of all the logical state: equal before and after anything that was refused. */
TB_CHECKED tb_err tb_board_digest(const tb_board *b, uint8_t out[32]); /* MEMORY */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_BOARD_INTERNAL_H
#define TB_CORE_ELECTION_BOARD_INTERNAL_H

#include "core/election/board.h"
#include "core/log/history.h"

/*
 * The inside of the state machine, shared by board.c (order, time, signers), board_setup.c, board_ballot.c and
 * board_tally.c (one function of each kind per entry type).
 */

/* How far two clocks may be apart: the voter's and the server's [BALLOT.DATE], the server's and an endorser's [ENDORSE]. */
#define TB_BOARD_CLOCK_SECONDS 600

/* What a payload says, kept from check to apply so that it is parsed once. */
typedef struct tb_board_step {
	bool is_parsed; /* the content below is that of the entry with this leaf hash */
	uint8_t leaf[32];
	tb_entry_type type;
	tb_manifest manifest;
	tb_roll_chunk chunk;
	tb_roll_change change;
	tb_extend extend;
	tb_open open;
	tb_close close;
	tb_ballot ballot;
	tb_endorsement endorsement;
} tb_board_step;

/* A credential that was replaced: ballots before `until` were signed with it. */
typedef struct tb_board_old_key {
	tb_voter voter;
	uint64_t until; /* index of the roll.change */
	uint8_t key[32];
} tb_board_old_key;

#define TB_BOARD_NOTICES_MAX 10000
#define TB_BOARD_CLIENTS_MAX 1000

/* What was left out [CHECK.RECOVERY]; the entries that rest on it are not judged. */
typedef struct tb_board_gaps {
	bool manifest, roll, ceremony, closes;
	bool ballots;      /* ballot entries may be missing from the counts */
	bool phase;        /* what begins the next phase may be missing */
	bool mixes;        /* a mix may be missing: what came after it was made of other ciphertexts */
	bool endorsements; /* entries after the close may be missing: who has endorsed or decrypted */
} tb_board_gaps;

struct tb_board {
	tb_phase phase;
	tb_manifest manifest; /* right unless the phase is empty */
	tb_binding binding;
	tb_roll *roll;
	tb_ceremony *ceremony;
	tb_election_params *params;
	tb_merkle_tree tree;
	tb_history *history; /* for the roots of earlier sizes */
	uint64_t time, closes, num_ballots;
	uint32_t num_extensions;
	uint64_t certify_size; /* 0 until the first certificate */
	uint8_t certify_root[32];
	bool is_opened, is_closed;
	uint64_t open_index, close_size, close_time;
	uint8_t close_leaf[32], close_root[32];
	tb_board_old_key *old_keys; /* in log order */
	size_t num_old_keys, cap_old_keys;
	uint8_t (*notices)[32]; /* hash of payload and signature of each [ENTRY.ONCE] */
	size_t num_notices, cap_notices;
	uint64_t *acts; /* indices of all entries but those of the roll and ballots */
	size_t num_acts, cap_acts;
	uint32_t num_clients;
	uint8_t client[32]; /* hash of the payload of the latest `client` [CLIENT.CHANGED] */
	tb_tally *tally;
	tb_endorsements endorsements;
	uint32_t endorsements_at_decrypt; /* how many there were at the first decrypt */
	bool has_decrypt;
	tb_board_gaps gaps;
	tb_board_step step;
	bool has_checked; /* tb_board_mark_checked() */
	tb_board_heavy checked;
	bool has_given; /* by tb_board_give_chunk() */
	tb_roll_chunk given;
	uint8_t given_leaf[32];
};

/*
 * One entry type.  `parse` reads the payload into b->step (RULE when it is malformed); `check` holds it against the state;
 * `apply` takes it in - also one that check has refused, if it has a place (STATE otherwise, and nothing has changed).
 * Places of parse are relative to the payload, those of check to the entry.
 */
typedef tb_err tb_board_parse_fn(tb_board *b, const tb_entry *e, tb_fault *fault);
typedef tb_err tb_board_check_fn(tb_board *b, const tb_entry *e, tb_fault *fault);
typedef tb_err tb_board_apply_fn(tb_board *b, const tb_entry *e, const uint8_t leaf[32]);

/* board_setup.c */
tb_board_parse_fn tb_board_parse_manifest, tb_board_parse_roll, tb_board_parse_open, tb_board_parse_notice,
	tb_board_parse_cancel, tb_board_parse_client;
tb_board_check_fn tb_board_check_roll, tb_board_check_commit, tb_board_check_certify, tb_board_check_open,
	tb_board_check_notice, tb_board_check_client;
tb_board_apply_fn tb_board_apply_manifest, tb_board_apply_roll, tb_board_apply_commit, tb_board_apply_certify,
	tb_board_apply_open, tb_board_apply_notice, tb_board_apply_cancel, tb_board_apply_client;
/* board_ballot.c */
tb_board_parse_fn tb_board_parse_roll_change, tb_board_parse_ballot, tb_board_parse_extend,
	tb_board_parse_close;
tb_board_check_fn tb_board_check_roll_change, tb_board_check_ballot, tb_board_check_extend,
	tb_board_check_close;
tb_board_apply_fn tb_board_apply_roll_change, tb_board_apply_ballot, tb_board_apply_extend,
	tb_board_apply_close;
/* board_tally.c */
/* Could a mix of this trustee (0: of any) have been the next one? */
bool tb_board_awaits_mix(const tb_board *b, uint32_t trustee);
tb_board_parse_fn tb_board_parse_endorse;
tb_board_check_fn tb_board_check_endorse, tb_board_check_mix, tb_board_check_decrypt, tb_board_check_result;
tb_board_apply_fn tb_board_apply_endorse, tb_board_apply_mix, tb_board_apply_decrypt, tb_board_apply_result;

/* Puts "payload" before the place of a fault of a function that knows payloads only. */
static inline tb_err tb_board_in_payload(tb_err err, tb_fault *fault)
{
	if (err == TB_ERR_RULE)
		tb_fault_prefix(fault, "payload");
	return err;
}

/* Size and root in a payload that must be those of the log before this entry. */
TB_CHECKED tb_err tb_board_check_point(const char *rule, uint64_t size, const uint8_t root[32],
	uint64_t found_size, const uint8_t found_root[32], tb_fault *fault);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_BALLOT_H
#define TB_CORE_ELECTION_BALLOT_H

#include "core/base/buf.h"
#include "core/base/crockford.h"
#include "core/base/fault.h"
#include "core/election/params.h"
#include "core/log/entry.h"

/*
 * One ballot: its choices, its payload [BALLOT.PAYLOAD], making, auditing, and its tracker.  Checking proofs
 * is core/election/ballot_batch.h.  JS twin: client-js/core/ballot.js.
 */
#define TB_BALLOT_SEED_BYTES 32
#define TB_TRACKER_TEXT TB_CROCKFORD_TEXT(16) /* 26 characters, 6 hyphens, NUL */

/* ---- choices: secret ---- */
typedef struct tb_choices {
	uint32_t num_questions;
	bool blank[TB_MAX_QUESTIONS];
	uint32_t num[TB_MAX_QUESTIONS]; /* options of each question */
	uint32_t *value
		[TB_MAX_QUESTIONS]; /* one value per option (its rank, where the question is ranked), all 0 at first; in one allocation, owned */
} tb_choices;

TB_CHECKED tb_err tb_choices_new(tb_choices *out, const tb_manifest *manifest); /* MEMORY, *out then empty */
void tb_choices_release(tb_choices *c);                                         /* wipes and frees */
/*
 * May this be voted?  RULE BALLOT.BITS: `where` is "questions[q]" or "questions[q].options[i]"; the texts say
 * in plain words what is wrong (more chosen than allowed, a score above the maximum, too few, blank together
 * with choices, blank not offered), or RANK.CHOICE (a rank twice, left out, too few or too many ranked). The fault quotes choices: it is for the voter's eyes only.
 */
TB_CHECKED tb_err tb_choices_check(const tb_choices *c, const tb_manifest *manifest, tb_fault *fault);

/* ---- the frame of a payload: everything but points and scalars ---- */
typedef struct tb_ballot_head {
	char voter[TB_ID_MAX + 1];
	uint8_t prev[32]; /* all zero: this voter's first [BALLOT.PREV] */
	uint64_t date;
	uint64_t checkpoint_size;
	uint8_t checkpoint_root[32];
} tb_ballot_head;

typedef struct tb_ballot {
	tb_ballot_head head;
	const uint8_t *part[TB_MAX_QUESTIONS]; /* [BALLOT.QUESTION] wire bytes; borrowed from the payload */
} tb_ballot;

/*
 * Reads the frame and checks version, voter id, number of questions and exact length.  Cheap: no point is
 * decoded.  It also refuses, from the wire bytes, A_i = 1 and equal A_i in any two places of the ballot. RULE
 * BALLOT.PAYLOAD or BALLOT.POINTS.
 */
TB_CHECKED tb_err tb_ballot_parse(const tb_election_params *p, tb_ballot *out, const uint8_t *payload,
	size_t payload_len, tb_fault *fault);

/* ---- making one ---- */
/*
 * Needs tb_election_params_add_prover().  Appends the payload to *payload and signs it; every byte of both is
 * determined by the arguments [BALLOT.SEED] [SIGN.NONCE], so a client that resends makes the same bytes or,
 * better, sends the stored ones.  A seed is used for one cast or one audit. `key` is the voter's signing key,
 * over ristretto255.  The signature is for an entry of type `ballot` by "voter/<head->voter>". Constant time
 * in choices, seed and key except that invalid choices are refused.  RULE BALLOT.BITS, RANK.CHOICE or ID with *fault;
 * RANDOM when this seed cannot be used (draw another); MEMORY, LIMIT.  On failure *payload has its old length and
 * signature is zero.
 */
TB_CHECKED tb_err tb_ballot_make(const tb_election_params *p, tb_buf *payload,
	uint8_t signature[TB_SCHNORR_BYTES], const tb_ballot_head *head, const tb_secret *key,
	const tb_choices *choices, const uint8_t seed[TB_BALLOT_SEED_BYTES], const tb_binding *binding,
	tb_fault *fault);

/*
 * The audit: does this payload hold exactly these choices?  Rebuilds it from the opened seed for the voter
 * whose public key is `voter_key` (the key is in the proof's challenge) and compares every byte.  RULE
 * BALLOT.SEED when it differs, BALLOT.BITS, RANK.CHOICE or BALLOT.PAYLOAD for arguments that no ballot can have; RANGE,
 * MEMORY.
 */
TB_CHECKED tb_err tb_ballot_open(const tb_election_params *p, const uint8_t *payload, size_t payload_len,
	const uint8_t voter_key[32], const tb_choices *choices, const uint8_t seed[TB_BALLOT_SEED_BYTES],
	tb_fault *fault);

/* ---- tracker [BALLOT.TRACKER] ---- */
void tb_ballot_tracker(uint8_t out[32], const uint8_t *payload, size_t payload_len);
void tb_ballot_tracker_text(char out[TB_TRACKER_TEXT], const uint8_t tracker[32]); /* its first 128 bits */

#endif

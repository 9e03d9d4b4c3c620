/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_SAMPLE_H
#define TB_TESTS_SUPPORT_SAMPLE_H

#include "core/election/ballot.h"
#include "core/election/ballot_batch.h"
#include "core/election/ceremony.h"
#include "core/election/tally.h"

/*
 * A whole election in memory, without a board: a manifest put together by hand, keys that are the same in every run, and
 * voters "voter-0", "voter-1", ... as many as asked for.  Everything aborts when memory runs out.  Test data only.
 */
typedef struct tb_sample_question {
	uint32_t num_options, score_max, min, max; /* score_max 0: a ranked question */
	bool blank;                                /* of a ranked one: may options share a rank? */
} tb_sample_question;

typedef struct tb_sample {
	tb_manifest manifest;
	uint8_t election[64], context[64]; /* the first 32 bytes count */
	tb_binding binding;
	tb_secret transport[TB_MAX_TRUSTEES]; /* d_i, by trustee - 1 */
	tb_ceremony *ceremony;                /* complete after tb_sample_ceremony() */
	tb_secret key;                        /* of tb_sample_fixed_key() only */
	tb_election_params *params;
} tb_sample;

void tb_sample_new(tb_sample *s, const tb_group *g, const tb_sample_question *questions,
	uint32_t num_questions, uint32_t num_trustees, uint32_t threshold);
/* Runs the ceremony (with its own fresh randomness) and makes params with its key. */
void tb_sample_ceremony(tb_sample *s);
/* The same with polynomials that are the same in every run, and so are all keys and shares. */
void tb_sample_fixed_ceremony(tb_sample *s);
/* The payload of one such commit, appended. */
void tb_sample_fixed_commit(const tb_sample *s, tb_buf *out, uint32_t trustee);
/* Params with a key that is the same in every run, without a ceremony. */
void tb_sample_fixed_key(tb_sample *s);
void tb_sample_free(tb_sample *s);

/* Voters. */
void tb_sample_voter_key(tb_secret *out, uint64_t voter);
void tb_sample_voter_public(uint8_t out[32], uint64_t voter);
void tb_sample_head(tb_ballot_head *out, uint64_t voter); /* a first ballot */
/* A valid choice, pseudo-random in `index`. */
void tb_sample_choose(const tb_sample *s, tb_choices *out, uint64_t index);

/* A ballot as it arrives: an entry with its bytes.  Owned. */
typedef struct tb_sample_ballot {
	uint64_t voter;
	uint8_t public_key[32];
	tb_buf payload;
	tb_entry entry; /* its payload is the one above */
} tb_sample_ballot;

/* An honest one; `choices` NULL: tb_sample_choose(voter). */
void tb_sample_cast(tb_sample_ballot *out, const tb_sample *s, uint64_t voter, const tb_choices *choices);
/* Signs what is in out->payload now, so that only what was changed in it can be wrong. */
void tb_sample_sign(tb_sample_ballot *b, const tb_sample *s);
void tb_sample_ballot_free(tb_sample_ballot *b);

/* The secret x_j, from phrase and ceremony alone. */
void tb_sample_share(const tb_sample *s, tb_secret *out, uint32_t trustee);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_BALLOT_SEED_H
#define TB_CRYPTO_BALLOT_SEED_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/bitproof.h"
#include "crypto/transcript.h"

/*
 * The randomness of a ballot: every secret scalar of one question from the ballot's one seed [BALLOT.SEED].  Constant time in the
 * choices and the seed.  JS twin: client-js/crypto/ballot_seed.js.
 */
typedef struct tb_ballot_seed {
	const tb_group *g;
	tb_transcript prefix; /* what all scalars of the question have in common, hashed once; secret */
} tb_ballot_seed;

/*
 * `choices` is the wire form of what is voted on the question, which is bound so that one seed with two votes never repeats a mask:
 * a mask used twice tells what it masks.  Whatever was started must be released.  Errors as in tb_transcript_init().
 */
TB_CHECKED tb_err tb_ballot_seed_init(tb_ballot_seed *out, const tb_group *g,
	const tb_bitproof_binding *binding, const void *choices, size_t choices_len, const uint8_t seed[32]);
void tb_ballot_seed_scalar(const tb_ballot_seed *s, tb_secret *out, const char *name, uint64_t index);
void tb_ballot_seed_release(tb_ballot_seed *s); /* wipes */

#endif

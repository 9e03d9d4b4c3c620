/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_OPENING_H
#define TB_CRYPTO_OPENING_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/bitproof.h"

/*
 * A ranked question's part of a ballot: elements encrypted under the election key, and the proof that whoever made the ciphertexts
 * knows their randomness, bound to election, voter and question.  So nobody can bring into the mix what was made from another voter's
 * ciphertext and look for it in what comes out.  specs/ranked.md section 3.  JS twin: client-js/crypto/opening.js.
 *
 * To verify: tb_opening_new() -> parse -> prepare -> append to a batch -> tb_batch_check().
 */
#define TB_OPENING_MAX_WIDTH 20

/* What a proof is about besides its ciphertexts [RANK.CHALLENGE]. */
typedef struct tb_opening_statement {
	const tb_point *h;                  /* the election key, not the identity */
	const tb_bitproof_binding *binding; /* context, voter, question */
	const uint8_t *definition;          /* definition bytes of the question */
	size_t definition_len;
} tb_opening_statement;

/* Wire size of a part of `width` elements [RANK.QUESTION]. */
size_t tb_opening_bytes(const tb_group *g, uint32_t width);

/*
 * Writes the tb_opening_bytes() of a part that encrypts elements[0..width-1].  All randomness comes from `seed` and `choices`
 * [BALLOT.SEED]: the same inputs give the same bytes.  Constant time in elements, choices and seed.  RANDOM: this seed is refused,
 * draw another; other errors as in tb_transcript_init().  `out` is all zero on failure.
 */
TB_CHECKED tb_err tb_opening_prove(const tb_group *g, uint8_t *out, const tb_opening_statement *st,
	const tb_point *elements, uint32_t width, const void *choices, size_t choices_len,
	const uint8_t seed[32]);

typedef struct tb_opening tb_opening;

/* Room for one part of this width, reused from ballot to ballot.  MEMORY. */
TB_CHECKED tb_err tb_opening_new(const tb_group *g, tb_opening **out, uint32_t width);
void tb_opening_free(tb_opening *o);

/*
 * Reads a part; `wire` is borrowed until tb_opening_prepare() has returned.  ENCODING: wrong length, a point or scalar that is not
 * canonical.  GROUP.  RANGE: some A_k is the identity [BALLOT.POINTS].  After an error the part must be parsed anew before other use.
 */
TB_CHECKED tb_err tb_opening_parse(tb_opening *o, const uint8_t *wire, size_t wire_len);

/* Computes the challenge of a parsed part.  Errors as in tb_transcript_init(). */
TB_CHECKED tb_err tb_opening_prepare(tb_opening *o, const tb_opening_statement *st);

/*
 * Adds the equations of [RANK.VERIFY], weighted with an independent random 128-bit value each [BATCH.RANDOM], to a batch over the same
 * group.  The part must stay as it is until the batch is cleared.  RANDOM, MEMORY, and the batch is unchanged.
 */
TB_CHECKED tb_err tb_opening_append(const tb_opening *o, tb_batch *batch);

/* The ciphertexts A_1, B_1, ..., A_w, B_w of a parsed part; valid until the next parse. */
tb_points tb_opening_ciphertexts(const tb_opening *o);
/* The challenge of a prepared part: for test vectors. */
const tb_scalar *tb_opening_challenge(const tb_opening *o);

#endif

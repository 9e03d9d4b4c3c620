/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_SHUFFLE_INTERNAL_H
#define TB_CRYPTO_SHUFFLE_INTERNAL_H

#include "crypto/shuffle.h"
#include "crypto/transcript.h"

/* What the prover and the verifier of a shuffle share, and their tests. */

struct tb_shuffle_generators {
	const tb_group *g;
	tb_points H; /* H_0, H_1, ... */
};

/* Where everything begins in a proof [SHUFFLE.WIRE]. */
typedef struct tb_shuffle_layout {
	size_t c, C, D, t, s, p, q, end;
} tb_shuffle_layout;

tb_shuffle_layout tb_shuffle_layout_of(const tb_group *g, size_t num, size_t width);

/* RANGE and ENCODING as the header says. */
TB_CHECKED tb_err tb_shuffle_check_statement(const tb_shuffle_statement *st, tb_shuffle_place *place);

/*
 * The transcript [SHUFFLE.CHALLENGE] up to the commitments, and the seed; then the rest and v.  Everything that the proof is about
 * is in it: whatever is left out, a prover may choose after the challenge (ATTACKS S-06).
 */
TB_CHECKED tb_err tb_shuffle_seed(tb_transcript *t, uint8_t seed[64], const tb_shuffle_statement *st,
	const uint8_t *outputs, const uint8_t *proof);
void tb_shuffle_challenge(
	tb_transcript *t, tb_scalar *v, const tb_shuffle_statement *st, const uint8_t *proof);

/* u_i, i from 1; `t` has absorbed all but the index: tb_shuffle_exponents(). */
TB_CHECKED tb_err tb_shuffle_exponents(tb_transcript *t, const uint8_t seed[64]);
void tb_shuffle_exponent(const tb_group *g, const tb_transcript *t, tb_scalar *out, uint64_t i);

#endif

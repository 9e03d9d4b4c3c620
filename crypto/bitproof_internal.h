/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_BITPROOF_INTERNAL_H
#define TB_CRYPTO_BITPROOF_INTERNAL_H

#include "crypto/bitproof.h"
#include "crypto/transcript.h"

/* What bitproof.c (verifying) and bitproof_prove.c share; nobody else includes it but the test of the vectors, which compares
 * the challenges. */

struct tb_bitproof_generators {
	const tb_group *g;
	tb_points points; /* K, G_1, ..., G_L */
};

#define TB_BITPROOF_SLOT_H 1 /* slots of a batch of this election; 0 is g */
#define TB_BITPROOF_SLOT_K 2
#define TB_BITPROOF_SLOT_G 3 /* G_1; G_j is at this plus j - 1 */

/* Where the fields of a question's part begin [BALLOT.QUESTION]. */
typedef struct tb_bitproof_layout {
	size_t ciphertexts, commitments /* Cb Ca C1 C0 */, alpha, masks /* D1 D2 */, bits /* f */,
		responses /* za z1 zd */;
	size_t len;
} tb_bitproof_layout;

tb_bitproof_layout tb_bitproof_layout_of(const tb_group *g, const tb_bitproof_definition *def);

/*
 * The two challenges, from the wire bytes of everything before them [BALLOT.CHALLENGE].  y starts the transcript, x goes on
 * with it.  MEMORY.
 */
TB_CHECKED tb_err tb_bitproof_challenge_y(tb_transcript *t, tb_scalar *y, const tb_bitproof_key *key,
	const tb_bitproof_definition *def, const tb_bitproof_binding *binding, const uint8_t *wire);
void tb_bitproof_challenge_x(tb_transcript *t, tb_scalar *x, const tb_scalar *y, const tb_group *g,
	const tb_bitproof_layout *at, const uint8_t *wire);

#endif

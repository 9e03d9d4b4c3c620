/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_DLEQ_H
#define TB_CRYPTO_DLEQ_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/batch.h"
#include "crypto/group.h"

/*
 * Proof of equal discrete logarithms (Chaum-Pedersen, made non-interactive): the prover knows one x with
 * Y = x*g and Z = x*H.  A trustee shows with it that a decryption share is honest.  The proof sends its
 * commitments, so that many proofs check as one sum.  specs/protocol.md [DLEQ].  JS twin:
 * client-js/crypto/dleq.js.
 */
#define TB_DLEQ_MAX_BYTES (2 * TB_POINT_MAX_BYTES + TB_SCALAR_BYTES)

typedef struct tb_dleq_statement {
	tb_point Y, H, Z;
} tb_dleq_statement;

typedef struct tb_dleq_proof {
	tb_point a, b;
	tb_scalar z;
} tb_dleq_proof;

/* Wire size of a proof, a || b || z. */
size_t tb_dleq_bytes(const tb_group *g);

/*
 * Proves `st` to *out.  `binding` says what the share is for (context, close, purpose, question, option,
 * trustee); a proof made for one binding never verifies with another.  Constant time in `x`. Errors: RANDOM,
 * MEMORY, and *out is then all zero.
 */
TB_CHECKED tb_err tb_dleq_prove(const tb_group *g, tb_dleq_proof *out, const tb_dleq_statement *st,
	const void *binding, size_t binding_len, const tb_secret *x);

/*
 * TB_OK exactly when `proof` is valid for `st` with `binding`; includes the membership test of all five
 * points. Variable time.  Errors: PROOF, GROUP, RANDOM, MEMORY.
 */
TB_CHECKED tb_err tb_dleq_verify(const tb_group *g, const tb_dleq_proof *proof, const tb_dleq_statement *st,
	const void *binding, size_t binding_len);

/*
 * Adds e[0] * (z*g - a - c*Y) + e[1] * (z*H - b - c*Z) to the batch; e are independent random 128-bit values
 * [BATCH.RANDOM].  Statement and proof are borrowed until the batch is cleared.  MEMORY, and the batch is
 * unchanged.
 */
TB_CHECKED tb_err tb_dleq_append(tb_batch *batch, const tb_dleq_proof *proof, const tb_dleq_statement *st,
	const void *binding, size_t binding_len, const tb_scalar e[2]);

/* Reads the wire form (tb_dleq_bytes()).  ENCODING, GROUP, and *out is then unchanged. */
TB_CHECKED tb_err tb_dleq_parse(const tb_group *g, tb_dleq_proof *out, const uint8_t *in);
void tb_dleq_write(const tb_group *g, uint8_t *out, const tb_dleq_proof *proof);

#endif

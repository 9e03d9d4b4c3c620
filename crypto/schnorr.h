/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_SCHNORR_H
#define TB_CRYPTO_SCHNORR_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/batch.h"
#include "crypto/group.h"

/*
 * Schnorr signatures over ristretto255, exactly as RFC 9591 verifies FROST(ristretto255, SHA-512):
 * signature = R || z, c = SHA-512("FROST-RISTRETTO255-SHA512-v1" || "chal" || R || PK || msg) mod q,
 * valid iff z*g = R + c*PK.  specs/protocol.md [SIGN.SCHNORR].  JS twin: client-js/crypto/schnorr.js.
 * Always in ristretto255, whatever the election's group is.
 */
#define TB_SCHNORR_BYTES 64        /* R || z */
#define TB_SCHNORR_PUBLIC_BYTES 32 /* the canonical encoding of PK */

/* The public key of `secret` (which is not 0; a caller's bug otherwise).  Constant time. */
void tb_schnorr_public(uint8_t out[TB_SCHNORR_PUBLIC_BYTES], const tb_secret *secret);

/*
 * Signs `msg`.  `random` is fresh for everything but a ballot, where it is the ballot's seed [SIGN.NONCE];
 * the nonce also depends on the key and the message, so a repeated `random` never repeats a nonce for two
 * messages. `public_key` must be tb_schnorr_public(secret): a wrong one would reveal the key, so callers keep
 * both together. Constant time in `secret` and `random`.  Errors: RANDOM (the nonce is 0; take another
 * `random`), MEMORY; out is then all zero.
 */
TB_CHECKED tb_err tb_schnorr_sign(uint8_t out[TB_SCHNORR_BYTES], const tb_secret *secret,
	const uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES], const void *msg, size_t msg_len,
	const uint8_t random[32]);

/* Reads a public key; the identity is refused.  ENCODING, GROUP, RANGE (identity); *out is then unchanged. */
TB_CHECKED tb_err tb_schnorr_public_parse(tb_point *out, const uint8_t in[TB_SCHNORR_PUBLIC_BYTES]);

/* TB_OK exactly when `signature` is a valid signature of `msg` under `public_key`.  SIGNATURE otherwise,
 * whatever is wrong with key or signature.  Variable time. */
TB_CHECKED tb_err tb_schnorr_verify(const uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES], const void *msg,
	size_t msg_len, const uint8_t signature[TB_SCHNORR_BYTES]);

/*
 * The equation z*g - R - c*PK = 0 of one signature, for many at once.  `nonce` and `key` are borrowed: they
 * stay where they are as long as the equation or a batch that holds it is used.
 */
typedef struct tb_schnorr_equation {
	const tb_point *nonce, *key;
	tb_scalar c, z;
} tb_schnorr_equation;

/*
 * Fills *out from wire bytes: reads R into *nonce (room of the caller), `key` is `public_key` as read by
 * tb_schnorr_public_parse().  Does not check the equation.  SIGNATURE when R or z is malformed.
 */
TB_CHECKED tb_err tb_schnorr_prepare(tb_schnorr_equation *out, tb_point *nonce, const tb_point *key,
	const uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES], const void *msg, size_t msg_len,
	const uint8_t signature[TB_SCHNORR_BYTES]);

/* Adds e times the equation to a batch over ristretto255; e is an independent random 128-bit value
 * [BATCH.RANDOM]. MEMORY, and the batch is then unchanged. */
TB_CHECKED tb_err tb_schnorr_append(tb_batch *batch, const tb_schnorr_equation *eq, const tb_scalar *e);

#endif

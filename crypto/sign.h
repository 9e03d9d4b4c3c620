/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_SIGN_H
#define TB_CRYPTO_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Ed25519 (RFC 8032) on OpenSSL, for checkpoints and cosignatures alone: everything else on a board is signed with
 * crypto/schnorr.h.
 *
 * What a verification accepts: S < l (OpenSSL), the equation S*B - H(R, A, M)*A = R without cofactor, compared as
 * bytes, so that a non-canonical R is refused; and only public keys that tb_sign_check_public() accepts, because
 * OpenSSL takes non-canonical ones and those of small order, under which one signature fits many messages.
 * A key with a component of small order (made on purpose) is accepted: its owner can then make signatures that
 * verifiers with a cofactor accept and this one does not.  That harms nobody but the owner.
 */
#define TB_SIGN_PUBLIC_BYTES 32
#define TB_SIGN_BYTES 64

typedef struct tb_sign_secret {
	uint8_t seed[32];
} tb_sign_secret;

void tb_sign_secret_wipe(tb_sign_secret *s);
/* The public key of a secret.  MEMORY; `out` is then zero. */
TB_CHECKED tb_err tb_sign_public(uint8_t out[TB_SIGN_PUBLIC_BYTES], const tb_sign_secret *s);
/* Is this the canonical encoding of a point of the curve that is not of small order?  ENCODING, MEMORY. */
TB_CHECKED tb_err tb_sign_check_public(const uint8_t in[TB_SIGN_PUBLIC_BYTES]);
/* Deterministic, as RFC 8032 says.  MEMORY; `out` is then zero. */
TB_CHECKED tb_err tb_sign(
	uint8_t out[TB_SIGN_BYTES], const tb_sign_secret *s, const void *message, size_t message_len);
/* SIGNATURE (also for a public key that is none), MEMORY. */
TB_CHECKED tb_err tb_sign_verify(const uint8_t signature[TB_SIGN_BYTES],
	const uint8_t public_key[TB_SIGN_PUBLIC_BYTES], const void *message, size_t message_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_ED25519_H
#define TB_CRYPTO_ED25519_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Ed25519 (RFC 8032) on OpenSSL: the signatures of checkpoints and cosignatures, and nothing else on a board.
 */
#define TB_ED25519_BYTES 64      /* a signature */
#define TB_ED25519_SEED_BYTES 32 /* the secret key; its maker wipes it */
#define TB_ED25519_PUBLIC_BYTES 32

/* MEMORY; out is then all zero. */
TB_CHECKED tb_err tb_ed25519_public(
	uint8_t out[TB_ED25519_PUBLIC_BYTES], const uint8_t seed[TB_ED25519_SEED_BYTES]);
/* MEMORY; out is then all zero. */
TB_CHECKED tb_err tb_ed25519_sign(uint8_t out[TB_ED25519_BYTES], const uint8_t seed[TB_ED25519_SEED_BYTES],
	const void *msg, size_t msg_len);
/* SIGNATURE, whatever is wrong with key or signature; MEMORY. */
TB_CHECKED tb_err tb_ed25519_verify(const uint8_t public_key[TB_ED25519_PUBLIC_BYTES], const void *msg,
	size_t msg_len, const uint8_t signature[TB_ED25519_BYTES]);
/*
 * Is this the canonical encoding of a point of the curve that is not of small order?  Under a key of small order
 * one signature would fit every message.  ENCODING otherwise.
 */
TB_CHECKED tb_err tb_ed25519_check_public(const uint8_t public_key[TB_ED25519_PUBLIC_BYTES]);

#endif

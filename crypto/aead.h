/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_AEAD_H
#define TB_CRYPTO_AEAD_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * ChaCha20-Poly1305 (RFC 8439) on OpenSSL.  A (key, nonce) pair is used once, ever: two texts under the same pair
 * reveal their difference and let tags be forged.
 */
#define TB_AEAD_KEY_BYTES 32
#define TB_AEAD_NONCE_BYTES 12
#define TB_AEAD_TAG_BYTES 16
#define TB_AEAD_MAX_BYTES ((size_t)1 << 30) /* more is a bug of the caller */

/* Writes in_len + TB_AEAD_TAG_BYTES bytes; `aad` is authenticated and not written.  `out` and `in` do not overlap.
 * MEMORY; `out` is then zero. */
TB_CHECKED tb_err tb_aead_encrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len);
/* Writes in_len - TB_AEAD_TAG_BYTES bytes.  DECRYPT (wrong key, nonce, aad, or changed bytes; also an `in` shorter than
 * a tag), MEMORY; `out` is then zero, so that nobody acts on text that nobody vouches for. */
TB_CHECKED tb_err tb_aead_decrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len);

#endif

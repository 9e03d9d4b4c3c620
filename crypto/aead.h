/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_AEAD_H
#define TB_CRYPTO_AEAD_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Encryption of files at rest: ChaCha20-Poly1305 (RFC 8439) under a key that, where it comes from a pass phrase, comes
 * through scrypt (RFC 7914).  Both on OpenSSL.  A (key, nonce) pair is used once, ever: two texts under the same pair
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

/* The cost of one guess.  TB_SCRYPT_DEFAULT takes 128 MiB and about half a second. */
typedef struct tb_scrypt_cost {
	unsigned log2_n, r, p;
} tb_scrypt_cost;
#define TB_SCRYPT_DEFAULT ((tb_scrypt_cost){.log2_n = 17, .r = 8, .p = 1})
#define TB_SCRYPT_MAX_MEMORY (UINT64_C(1) << 30)

/*
 * Memory-hard key derivation.  A cost that was read from a file comes from outside: RANGE unless 1 <= log2_n <= 20,
 * 1 <= r <= 32, 1 <= p <= 16 and 128 * r * (2^log2_n + p + 2) <= TB_SCRYPT_MAX_MEMORY, so that a hostile file cannot
 * exhaust the machine.  MEMORY.  On failure `out` is zero.
 */
TB_CHECKED tb_err tb_scrypt(uint8_t *out, size_t out_len, const void *phrase, size_t phrase_len,
	const void *salt, size_t salt_len, tb_scrypt_cost cost);

#endif

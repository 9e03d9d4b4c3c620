/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_HASH_H
#define TB_CRYPTO_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256, SHA-512 (FIPS 180-4) and HKDF-SHA512 (RFC 5869) on OpenSSL.  No allocation, no failure, thread
 * safe. The running states may be copied by assignment to fork a hash; wipe them if what went in was secret.
 */
#define TB_SHA256_BYTES 32
#define TB_SHA512_BYTES 64
#define TB_HKDF_MAX_BYTES (255 * TB_SHA512_BYTES)

typedef struct tb_sha256_state {
	uint64_t word[14];
} tb_sha256_state;

typedef struct tb_sha512_state {
	uint64_t word[27];
} tb_sha512_state;

void tb_sha256(uint8_t out[TB_SHA256_BYTES], const void *data, size_t len);
void tb_sha256_init(tb_sha256_state *s);
void tb_sha256_update(tb_sha256_state *s, const void *data, size_t len);
void tb_sha256_final(tb_sha256_state *s, uint8_t out[TB_SHA256_BYTES]); /* wipes *s */

void tb_sha512(uint8_t out[TB_SHA512_BYTES], const void *data, size_t len);
void tb_sha512_init(tb_sha512_state *s);
void tb_sha512_update(tb_sha512_state *s, const void *data, size_t len);
void tb_sha512_final(tb_sha512_state *s, uint8_t out[TB_SHA512_BYTES]); /* wipes *s */

void tb_hmac_sha512(
	uint8_t out[TB_SHA512_BYTES], const void *key, size_t key_len, const void *data, size_t data_len);
/* Extract and expand.  out_len <= TB_HKDF_MAX_BYTES, else a bug of the caller. */
void tb_hkdf_sha512(uint8_t *out, size_t out_len, const void *secret, size_t secret_len, const void *salt,
	size_t salt_len, const void *info, size_t info_len);

#endif

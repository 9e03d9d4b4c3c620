/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL's SHA-2 is called through its plain interface, not through EVP: the state is a plain struct, so
 * nothing is allocated, nothing can fail, a running hash is forked by assignment, and hashing a Merkle node
 * (65 bytes) costs 70 ns instead of 110.  The machine code below is the same.
 */
#define OPENSSL_API_COMPAT 0x10101000L

#include "crypto/hash.h"

#include <string.h>

#include <openssl/sha.h>

#include "crypto/err.h"
#include "crypto/wipe.h"

_Static_assert(sizeof(tb_sha256_state) == sizeof(SHA256_CTX), "tb_sha256_state holds OpenSSL's state");
_Static_assert(sizeof(tb_sha512_state) == sizeof(SHA512_CTX), "tb_sha512_state holds OpenSSL's state");

static SHA256_CTX *state256(tb_sha256_state *s)
{
	return (SHA256_CTX *)(void *)s;
}

static SHA512_CTX *state512(tb_sha512_state *s)
{
	return (SHA512_CTX *)(void *)s;
}

void tb_sha256_init(tb_sha256_state *s)
{
	TB_REQUIRE(SHA256_Init(state256(s)) == 1);
}

void tb_sha256_update(tb_sha256_state *s, const void *data, size_t len)
{
	if (len > 0)
		TB_REQUIRE(SHA256_Update(state256(s), data, len) == 1);
}

void tb_sha256_final(tb_sha256_state *s, uint8_t out[TB_SHA256_BYTES])
{
	TB_REQUIRE(SHA256_Final(out, state256(s)) == 1);
	tb_wipe(s, sizeof *s);
}

void tb_sha256(uint8_t out[TB_SHA256_BYTES], const void *data, size_t len)
{
	tb_sha256_state s;

	tb_sha256_init(&s);
	tb_sha256_update(&s, data, len);
	tb_sha256_final(&s, out);
}

void tb_sha512_init(tb_sha512_state *s)
{
	TB_REQUIRE(SHA512_Init(state512(s)) == 1);
}

void tb_sha512_update(tb_sha512_state *s, const void *data, size_t len)
{
	if (len > 0)
		TB_REQUIRE(SHA512_Update(state512(s), data, len) == 1);
}

void tb_sha512_final(tb_sha512_state *s, uint8_t out[TB_SHA512_BYTES])
{
	TB_REQUIRE(SHA512_Final(out, state512(s)) == 1);
	tb_wipe(s, sizeof *s);
}

void tb_sha512(uint8_t out[TB_SHA512_BYTES], const void *data, size_t len)
{
	tb_sha512_state s;

	tb_sha512_init(&s);
	tb_sha512_update(&s, data, len);
	tb_sha512_final(&s, out);
}

/* ---- HMAC (RFC 2104) and HKDF (RFC 5869) ---- */
#define BLOCK 128 /* SHA-512's */

typedef struct hmac_key {
	tb_sha512_state inner, outer; /* both pads absorbed */
} hmac_key;

static void hmac_key_init(hmac_key *k, const void *key, size_t key_len)
{
	uint8_t pad[BLOCK] = {0};

	if (key_len > BLOCK)
		tb_sha512(pad, key, key_len);
	else if (key_len > 0)
		memcpy(pad, key, key_len);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36;
	tb_sha512_init(&k->inner);
	tb_sha512_update(&k->inner, pad, BLOCK);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	tb_sha512_init(&k->outer);
	tb_sha512_update(&k->outer, pad, BLOCK);
	tb_wipe(pad, sizeof pad);
}

/* Ends `inner`, a fork of k->inner that has absorbed the message. */
static void hmac_final(const hmac_key *k, tb_sha512_state *inner, uint8_t out[TB_SHA512_BYTES])
{
	tb_sha512_state outer = k->outer;

	tb_sha512_final(inner, out);
	tb_sha512_update(&outer, out, TB_SHA512_BYTES);
	tb_sha512_final(&outer, out);
}

void tb_hmac_sha512(
	uint8_t out[TB_SHA512_BYTES], const void *key, size_t key_len, const void *data, size_t data_len)
{
	hmac_key k;
	tb_sha512_state inner;

	hmac_key_init(&k, key, key_len);
	inner = k.inner;
	tb_sha512_update(&inner, data, data_len);
	hmac_final(&k, &inner, out);
	tb_wipe(&k, sizeof k);
}

void tb_hkdf_sha512(uint8_t *out, size_t out_len, const void *secret, size_t secret_len, const void *salt,
	size_t salt_len, const void *info, size_t info_len)
{
	uint8_t block[TB_SHA512_BYTES];
	hmac_key k;

	TB_REQUIRE(out_len <= TB_HKDF_MAX_BYTES);
	tb_hmac_sha512(block, salt, salt_len, secret, secret_len);
	hmac_key_init(&k, block, sizeof block);
	for (size_t done = 0, n = 1; done < out_len; n++) {
		tb_sha512_state inner = k.inner;
		uint8_t counter = (uint8_t)n;
		size_t take = out_len - done < sizeof block ? out_len - done : sizeof block;

		if (n > 1)
			tb_sha512_update(&inner, block, sizeof block);
		tb_sha512_update(&inner, info, info_len);
		tb_sha512_update(&inner, &counter, 1);
		hmac_final(&k, &inner, block);
		memcpy(out + done, block, take);
		done += take;
	}
	tb_wipe(block, sizeof block);
	tb_wipe(&k, sizeof k);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ed25519.h"

#include <decaf/ed255.h>
#include <openssl/evp.h>
#include <string.h>

static EVP_PKEY *private_key(const uint8_t seed[TB_ED25519_SEED_BYTES])
{
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, TB_ED25519_SEED_BYTES);
}

tb_err tb_ed25519_public(uint8_t out[TB_ED25519_PUBLIC_BYTES], const uint8_t seed[TB_ED25519_SEED_BYTES])
{
	size_t len = TB_ED25519_PUBLIC_BYTES;
	EVP_PKEY *key = private_key(seed);
	int ok = key != NULL && EVP_PKEY_get_raw_public_key(key, out, &len) == 1;

	EVP_PKEY_free(key);
	if (!ok)
		memset(out, 0, TB_ED25519_PUBLIC_BYTES);
	return ok ? TB_OK : TB_ERR_MEMORY;
}

tb_err tb_ed25519_sign(uint8_t out[TB_ED25519_BYTES], const uint8_t seed[TB_ED25519_SEED_BYTES],
	const void *msg, size_t msg_len)
{
	size_t len = TB_ED25519_BYTES;
	EVP_PKEY *key = private_key(seed);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = key != NULL && ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		 EVP_DigestSign(ctx, out, &len, msg, msg_len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	if (!ok)
		memset(out, 0, TB_ED25519_BYTES);
	return ok ? TB_OK : TB_ERR_MEMORY;
}

tb_err tb_ed25519_verify(const uint8_t public_key[TB_ED25519_PUBLIC_BYTES], const void *msg, size_t msg_len,
	const uint8_t signature[TB_ED25519_BYTES])
{
	EVP_PKEY *key =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, TB_ED25519_PUBLIC_BYTES);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	tb_err err = TB_ERR_MEMORY;

	if (key != NULL && ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1)
		err = EVP_DigestVerify(ctx, signature, TB_ED25519_BYTES, msg, msg_len) == 1
			      ? TB_OK
			      : TB_ERR_SIGNATURE;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return err;
}

/* y < p = 2^255 - 19: OpenSSL would reduce it, and one key would have two spellings. */
static int is_reduced(const uint8_t y[32])
{
	if ((y[31] & 0x7f) != 0x7f || y[0] < 0xed)
		return 1;
	for (size_t i = 1; i < 31; i++)
		if (y[i] != 0xff)
			return 1;
	return 0;
}

tb_err tb_ed25519_check_public(const uint8_t public_key[TB_ED25519_PUBLIC_BYTES])
{
	decaf_255_point_t point;

	if (!is_reduced(public_key) ||
		decaf_255_point_decode_like_eddsa_and_mul_by_ratio(point, public_key) != DECAF_SUCCESS)
		return TB_ERR_ENCODING;
	/* libdecaf's points are classes modulo small order, so this refuses the eight points of small order. */
	if (decaf_255_point_eq(point, decaf_255_point_identity) == DECAF_TRUE)
		return TB_ERR_ENCODING;
	return TB_OK;
}

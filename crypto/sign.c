/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sign.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/rand.h"
#include "crypto/wipe.h"

void tb_sign_secret_wipe(tb_sign_secret *s)
{
	tb_wipe(s, sizeof *s);
}

static EVP_PKEY *secret_key(const tb_sign_secret *s)
{
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, s->seed, sizeof s->seed);
}

tb_err tb_sign_public(uint8_t out[TB_SIGN_PUBLIC_BYTES], const tb_sign_secret *s)
{
	size_t len = TB_SIGN_PUBLIC_BYTES;
	EVP_PKEY *key = secret_key(s);
	bool ok = key != NULL && EVP_PKEY_get_raw_public_key(key, out, &len) == 1;

	EVP_PKEY_free(key);
	if (!ok) {
		ERR_clear_error();
		memset(out, 0, TB_SIGN_PUBLIC_BYTES);
	}
	return ok ? TB_OK : TB_ERR_MEMORY;
}

/* ---- public keys ---- */

/* p = 2^255 - 19, little-endian, and the y of the two pairs of points of order 8; those of order 1, 2 and 4 have
 * y = 1, -1 and 0. */
static const uint8_t P[32] = {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0x7f};
static const uint8_t SMALL_ORDER[5][32] = {{0}, {1},
	{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
		0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
	{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
		0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}};

/* y < p, compared from the highest byte down. */
static bool is_reduced(const uint8_t y[32])
{
	for (size_t i = 32; i-- > 0;)
		if (y[i] != P[i])
			return y[i] < P[i];
	return false;
}

/*
 * Is there a point (x, y) on -x^2 + y^2 = 1 + d x^2 y^2?  x^2 = (y^2 - 1) / (d y^2 + 1), and a quotient is a square
 * when the product is; d = -121665 / 121666, so both sides are multiplied by 121666 to stay with integers.
 */
static tb_err check_on_curve(const uint8_t y_bytes[32])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_lebin2bn(P, 32, NULL), *y = BN_lebin2bn(y_bytes, 32, NULL), *u = BN_new(),
	       *v = BN_new();
	int symbol = -2;

	if (ctx != NULL && p != NULL && y != NULL && u != NULL && v != NULL && BN_mod_sqr(y, y, p, ctx) &&
		BN_copy(u, y) != NULL && BN_sub_word(u, 1) &&
		BN_mul_word(u, 121666) && /* (y^2 - 1) * 121666 */
		BN_copy(v, y) != NULL && BN_mul_word(v, 121665) &&
		BN_sub_word(v, 121666) && /* -(d y^2 + 1) * 121666 */
		BN_mod_mul(u, u, v, p, ctx))
		symbol = BN_kronecker(u, p, ctx); /* -1 is a square mod p, so the sign does not matter */
	BN_free(p);
	BN_free(y);
	BN_free(u);
	BN_free(v);
	BN_CTX_free(ctx);
	if (symbol == -2) {
		ERR_clear_error();
		return TB_ERR_MEMORY;
	}
	return symbol >= 0 ? TB_OK : TB_ERR_ENCODING;
}

tb_err tb_sign_check_public(const uint8_t in[TB_SIGN_PUBLIC_BYTES])
{
	uint8_t y[32];

	memcpy(y, in, sizeof y);
	y[31] &= 0x7f; /* the sign of x */
	if (!is_reduced(y))
		return TB_ERR_ENCODING;
	for (size_t i = 0; i < sizeof SMALL_ORDER / sizeof SMALL_ORDER[0]; i++)
		if (memcmp(y, SMALL_ORDER[i], sizeof y) == 0)
			return TB_ERR_ENCODING;
	return check_on_curve(y);
}

/* ---- signatures ---- */

tb_err tb_sign(uint8_t out[TB_SIGN_BYTES], const tb_sign_secret *s, const void *message, size_t message_len)
{
	size_t len = TB_SIGN_BYTES;
	EVP_PKEY *key = secret_key(s);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = key != NULL && ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		  EVP_DigestSign(ctx, out, &len, message, message_len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	if (!ok) {
		ERR_clear_error();
		memset(out, 0, TB_SIGN_BYTES);
	}
	return ok ? TB_OK : TB_ERR_MEMORY;
}

tb_err tb_sign_verify(const uint8_t signature[TB_SIGN_BYTES], const uint8_t public_key[TB_SIGN_PUBLIC_BYTES],
	const void *message, size_t message_len)
{
	tb_err err = tb_sign_check_public(public_key);
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *ctx = NULL;

	if (err != TB_OK)
		return err == TB_ERR_ENCODING ? TB_ERR_SIGNATURE : err;
	err = TB_ERR_MEMORY;
	key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, TB_SIGN_PUBLIC_BYTES);
	ctx = EVP_MD_CTX_new();
	if (key != NULL && ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1)
		err = EVP_DigestVerify(ctx, signature, TB_SIGN_BYTES, message, message_len) == 1
			      ? TB_OK
			      : TB_ERR_SIGNATURE;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	if (err != TB_OK)
		ERR_clear_error(); /* the queue of this thread is not ours to fill */
	return err;
}

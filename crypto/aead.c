/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aead.h"

#include <stdbool.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/wipe.h"

/* One pass over aad and text, in the direction that the context was set to.  OpenSSL's calls with a length of 0 and
 * no output are left out: for an empty text it would take a NULL `out` as "this is more aad". */
static bool run(
	EVP_CIPHER_CTX *ctx, uint8_t *out, const void *aad, size_t aad_len, const void *in, size_t in_len)
{
	int len = 0;

	if (aad_len > 0 && EVP_CipherUpdate(ctx, NULL, &len, aad, (int)aad_len) != 1)
		return false;
	return in_len == 0 ||
	       (EVP_CipherUpdate(ctx, out, &len, in, (int)in_len) == 1 && (size_t)len == in_len);
}

tb_err tb_aead_encrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len)
{
	EVP_CIPHER_CTX *ctx;
	uint8_t none[16];
	int len = 0;
	bool ok;

	TB_REQUIRE(in_len <= TB_AEAD_MAX_BYTES && aad_len <= TB_AEAD_MAX_BYTES);
	ctx = EVP_CIPHER_CTX_new();
	ok = ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key, nonce) == 1 &&
	     run(ctx, out, aad, aad_len, in, in_len) && EVP_EncryptFinal_ex(ctx, none, &len) == 1 &&
	     len == 0 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TB_AEAD_TAG_BYTES, out + in_len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok) {
		ERR_clear_error();
		tb_wipe(out, in_len + TB_AEAD_TAG_BYTES);
	}
	return ok ? TB_OK : TB_ERR_MEMORY;
}

tb_err tb_aead_decrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len)
{
	uint8_t tag[TB_AEAD_TAG_BYTES], none[16];
	EVP_CIPHER_CTX *ctx;
	tb_err err = TB_ERR_MEMORY;
	size_t text_len;
	int len = 0;

	if (in_len < TB_AEAD_TAG_BYTES)
		return TB_ERR_DECRYPT;
	text_len = in_len - TB_AEAD_TAG_BYTES;
	TB_REQUIRE(text_len <= TB_AEAD_MAX_BYTES && aad_len <= TB_AEAD_MAX_BYTES);
	for (size_t i = 0; i < sizeof tag; i++) /* a copy: OpenSSL wants it writable */
		tag[i] = ((const uint8_t *)in)[text_len + i];
	ctx = EVP_CIPHER_CTX_new();
	if (ctx != NULL && EVP_DecryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key, nonce) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TB_AEAD_TAG_BYTES, tag) == 1 &&
		run(ctx, out, aad, aad_len, in, text_len))
		err = EVP_DecryptFinal_ex(ctx, none, &len) == 1 && len == 0 ? TB_OK : TB_ERR_DECRYPT;
	EVP_CIPHER_CTX_free(ctx);
	if (err != TB_OK) {
		ERR_clear_error();
		tb_wipe(out, text_len);
	}
	return err;
}

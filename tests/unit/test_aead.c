/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypto/aead.h"

static void unhex(uint8_t *out, size_t len, const char *hex)
{
	size_t got;

	assert_int_equal(sodium_hex2bin(out, len, hex, strlen(hex), NULL, &got, NULL), 0);
	assert_int_equal(got, len);
}

static void test_rfc_8439_vector(void **state)
{
	static const char text[] =
		"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
		"future, sunscreen would be it.";
	uint8_t key[32], nonce[12], aad[12], expected[114 + 16], out[114 + 16], back[114];

	(void)state;
	unhex(key, 32, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
	unhex(nonce, 12, "070000004041424344454647");
	unhex(aad, 12, "50515253c0c1c2c3c4c5c6c7");
	unhex(expected, sizeof expected,
		"d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92"
		"728b1a71de0a9e060b29"
		"05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b"
		"7a9de576d26586cec64b"
		"61161ae10b594f09e26a7e902ecbd0600691");
	assert_int_equal(strlen(text), 114);
	assert_int_equal(tb_aead_encrypt(out, key, nonce, aad, 12, text, 114), TB_OK);
	assert_memory_equal(out, expected, sizeof expected);
	assert_int_equal(tb_aead_decrypt(back, key, nonce, aad, 12, out, sizeof out), TB_OK);
	assert_memory_equal(back, text, 114);
}

static void test_agrees_with_libsodium(void **state)
{
	uint8_t key[32], nonce[12], aad[40], in[200], ours[216], theirs[216], back[200];

	(void)state;
	for (size_t len = 0; len <= sizeof in; len++) {
		size_t aad_len = len % (sizeof aad + 1);
		unsigned long long theirs_len;

		randombytes_buf(key, sizeof key);
		randombytes_buf(nonce, sizeof nonce);
		randombytes_buf(aad, sizeof aad);
		randombytes_buf(in, sizeof in);
		assert_int_equal(tb_aead_encrypt(ours, key, nonce, aad, aad_len, in, len), TB_OK);
		crypto_aead_chacha20poly1305_ietf_encrypt(
			theirs, &theirs_len, in, len, aad, aad_len, NULL, nonce, key);
		assert_int_equal(theirs_len, len + TB_AEAD_TAG_BYTES);
		assert_memory_equal(ours, theirs, len + TB_AEAD_TAG_BYTES);
		assert_int_equal(
			tb_aead_decrypt(back, key, nonce, aad, aad_len, theirs, len + TB_AEAD_TAG_BYTES),
			TB_OK);
		assert_memory_equal(back, in, len);
	}
}

static void test_any_change_is_refused(void **state)
{
	uint8_t key[32] = {1}, nonce[12] = {2}, aad[3] = "aad", box[5 + 16], out[5];

	(void)state;
	assert_int_equal(tb_aead_encrypt(box, key, nonce, aad, 3, "hello", 5), TB_OK);
	for (size_t bit = 0; bit < 8 * sizeof box; bit++) {
		memset(out, 0xaa, sizeof out);
		box[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(tb_aead_decrypt(out, key, nonce, aad, 3, box, sizeof box), TB_ERR_DECRYPT);
		assert_true(sodium_is_zero(out, sizeof out));
		box[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 256; bit++) {
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(tb_aead_decrypt(out, key, nonce, aad, 3, box, sizeof box), TB_ERR_DECRYPT);
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 96; bit++) {
		nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(tb_aead_decrypt(out, key, nonce, aad, 3, box, sizeof box), TB_ERR_DECRYPT);
		nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(tb_aead_decrypt(out, key, nonce, aad, 2, box, sizeof box), TB_ERR_DECRYPT);
	assert_int_equal(tb_aead_decrypt(out, key, nonce, NULL, 0, box, sizeof box), TB_ERR_DECRYPT);
	for (size_t len = 0; len < sizeof box; len++)
		assert_int_equal(tb_aead_decrypt(out, key, nonce, aad, 3, box, len), TB_ERR_DECRYPT);
	assert_int_equal(tb_aead_decrypt(out, key, nonce, aad, 3, box, sizeof box), TB_OK);
	assert_memory_equal(out, "hello", 5);
}

/* RFC 7914, section 12. */
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_8439_vector),
		cmocka_unit_test(test_agrees_with_libsodium),
		cmocka_unit_test(test_any_change_is_refused),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

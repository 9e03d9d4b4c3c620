/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-2 (FIPS 180-4 examples), HMAC (RFC 4231), HKDF (RFC 5869 with SHA-512, against OpenSSL's own). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium.h>

#include "crypto/hash.h"
#include "tests/support/hex.h"

static const char two_blocks_256[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
static const char two_blocks_512[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
				     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

static const struct {
	const char *in, *sha256, *sha512_high, *sha512_low;
} examples[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce",
		"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a",
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
	{two_blocks_256, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
		"204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335",
		"96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"},
	{two_blocks_512, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
		"8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018",
		"501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
};

static void test_fips_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		uint8_t got[64], want[64];

		tb_test_unhex(want, 32, examples[i].sha256);
		tb_sha256(got, examples[i].in, strlen(examples[i].in));
		assert_memory_equal(got, want, 32);
		tb_test_unhex(want, 32, examples[i].sha512_high);
		tb_test_unhex(want + 32, 32, examples[i].sha512_low);
		tb_sha512(got, examples[i].in, strlen(examples[i].in));
		assert_memory_equal(got, want, 64);
	}
}

static void test_a_million_times_a(void **state)
{
	uint8_t block[1000], got[64], want[64];
	tb_sha256_state a;
	tb_sha512_state b;

	(void)state;
	memset(block, 'a', sizeof block);
	tb_sha256_init(&a);
	tb_sha512_init(&b);
	for (int i = 0; i < 1000; i++) {
		tb_sha256_update(&a, block, sizeof block);
		tb_sha512_update(&b, block, sizeof block);
	}
	tb_sha256_final(&a, got);
	tb_test_unhex(want, 32, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	assert_memory_equal(got, want, 32);
	tb_sha512_final(&b, got);
	tb_test_unhex(want, 32, "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb");
	tb_test_unhex(want + 32, 32, "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b");
	assert_memory_equal(got, want, 64);
}

/* Every length over two blocks, in two pieces, forked in the middle. */
static void test_pieces_and_forks(void **state)
{
	uint8_t data[300], got[64], want[64];

	(void)state;
	randombytes_buf(data, sizeof data);
	for (size_t len = 0; len <= sizeof data; len++) {
		size_t cut = len * 7 % (len + 1);
		tb_sha256_state a, a2;
		tb_sha512_state b, b2;

		tb_sha256_init(&a);
		tb_sha512_init(&b);
		tb_sha256_update(&a, data, cut);
		tb_sha512_update(&b, data, cut);
		a2 = a;
		b2 = b;
		tb_sha256_update(&a, "spoiled", 7);
		tb_sha512_final(&b, got);
		crypto_hash_sha512(want, data, cut);
		assert_memory_equal(got, want, 64);
		tb_sha256_update(&a2, data + cut, len - cut);
		tb_sha512_update(&b2, data + cut, len - cut);
		tb_sha256_final(&a2, got);
		crypto_hash_sha256(want, data, len);
		assert_memory_equal(got, want, 32);
		tb_sha512_final(&b2, got);
		crypto_hash_sha512(want, data, len);
		assert_memory_equal(got, want, 64);
	}
}

static void test_final_wipes_the_state(void **state)
{
	static const uint8_t zero[sizeof(tb_sha512_state)];
	tb_sha256_state a;
	tb_sha512_state b;
	uint8_t out[64];

	(void)state;
	tb_sha256_init(&a);
	tb_sha256_final(&a, out);
	assert_memory_equal(&a, zero, sizeof a);
	tb_sha512_init(&b);
	tb_sha512_final(&b, out);
	assert_memory_equal(&b, zero, sizeof b);
}

static void test_hmac(void **state)
{
	uint8_t got[64], want[64], key[200], data[300];

	(void)state;
	/* RFC 4231, test case 2 */
	tb_test_unhex(want, 32, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554");
	tb_test_unhex(want + 32, 32, "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
	tb_hmac_sha512(got, "Jefe", 4, "what do ya want for nothing?", 28);
	assert_memory_equal(got, want, 64);
	randombytes_buf(key, sizeof key);
	randombytes_buf(data, sizeof data);
	for (size_t len = 0; len <= sizeof key; len++) { /* longer keys than a block too */
		crypto_auth_hmacsha512_state s;

		crypto_auth_hmacsha512_init(&s, key, len);
		crypto_auth_hmacsha512_update(&s, data, len + 100);
		crypto_auth_hmacsha512_final(&s, want);
		tb_hmac_sha512(got, key, len, data, len + 100);
		assert_memory_equal(got, want, 64);
	}
}

static void hkdf_of_openssl(uint8_t *out, size_t out_len, uint8_t *secret, size_t secret_len, uint8_t *salt,
	size_t salt_len, uint8_t *info, size_t info_len)
{
	char digest[] = "SHA512";
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, secret_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, salt_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, info_len),
		OSSL_PARAM_construct_end(),
	};

	assert_int_equal(EVP_KDF_derive(ctx, out, out_len, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static void test_hkdf(void **state)
{
	static const size_t lengths[] = {1, 32, 63, 64, 65, 128, 500, TB_HKDF_MAX_BYTES};
	static uint8_t got[TB_HKDF_MAX_BYTES], want[TB_HKDF_MAX_BYTES];
	uint8_t in[3][200];

	(void)state;
	randombytes_buf(in, sizeof in);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		size_t len = lengths[i], a = 26 + 20 * i, b = 1 + 25 * i, c = 1 + 13 * i;

		hkdf_of_openssl(want, len, in[0], a, in[1], b, in[2], c);
		tb_hkdf_sha512(got, len, in[0], a, in[1], b, in[2], c);
		assert_memory_equal(got, want, len);
	}
	/* no salt is a salt of zeros */
	memset(in[1], 0, 64);
	tb_hkdf_sha512(want, 64, in[0], 26, in[1], 64, "x", 1);
	tb_hkdf_sha512(got, 64, in[0], 26, NULL, 0, "x", 1);
	assert_memory_equal(got, want, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fips_examples),
		cmocka_unit_test(test_a_million_times_a),
		cmocka_unit_test(test_pieces_and_forks),
		cmocka_unit_test(test_final_wipes_the_state),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_hkdf),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

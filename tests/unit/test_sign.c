/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypto/sign.h"

static void unhex(uint8_t *out, size_t len, const char *hex)
{
	size_t got;

	assert_int_equal(sodium_hex2bin(out, len, hex, strlen(hex), NULL, &got, NULL), 0);
	assert_int_equal(got, len);
}

/* RFC 8032, 7.1: tests 1, 2, 3 and "SHA(abc)". */
static const struct {
	const char *seed, *public_key, *message, *signature;
} RFC[] = {
	{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
		"b46bd25bf5f0595bbe246"
		"55141438e7a100b"},
	{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
		"1d8c387b2eaeb4302aeeb"
		"00d291612bb0c00"},
	{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
		"c6594a7c15e9716ed28dc"
		"027beceea1ec40a"},
	{"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
		"ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fe"
		"ebbd454d4423643ce80e2a"
		"9ac94fa54ca49f",
		"dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431"
		"e0303dca179c138ac17ad9"
		"bef1177331a704"},
};

static void test_rfc_8032_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof RFC / sizeof RFC[0]; i++) {
		uint8_t public_key[32], derived[32], message[64], expected[64], signature[64];
		size_t len = strlen(RFC[i].message) / 2;
		tb_sign_secret secret;

		unhex(secret.seed, 32, RFC[i].seed);
		unhex(public_key, 32, RFC[i].public_key);
		unhex(message, len, RFC[i].message);
		unhex(expected, 64, RFC[i].signature);
		assert_int_equal(tb_sign_public(derived, &secret), TB_OK);
		assert_memory_equal(derived, public_key, 32);
		assert_int_equal(tb_sign(signature, &secret, message, len), TB_OK);
		assert_memory_equal(signature, expected, 64);
		assert_int_equal(tb_sign_verify(signature, public_key, message, len), TB_OK);
	}
}

static void test_agrees_with_libsodium(void **state)
{
	uint8_t public_key[32], other[32], secret_key[64], message[100], signature[64], theirs[64];

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		tb_sign_secret secret;

		randombytes_buf(secret.seed, sizeof secret.seed);
		assert_int_equal(tb_sign_public(public_key, &secret), TB_OK);
		assert_int_equal(crypto_sign_seed_keypair(other, secret_key, secret.seed), 0);
		assert_memory_equal(public_key, other, 32);
		randombytes_buf(message, sizeof message);
		assert_int_equal(tb_sign(signature, &secret, message, i), TB_OK);
		assert_int_equal(crypto_sign_detached(theirs, NULL, message, i, secret_key), 0);
		assert_memory_equal(signature, theirs, 64);
		assert_int_equal(tb_sign_verify(theirs, public_key, message, i), TB_OK);
		tb_sign_secret_wipe(&secret);
		assert_true(sodium_is_zero(secret.seed, 32));
	}
}

static void test_every_flipped_bit_is_refused(void **state)
{
	uint8_t public_key[32], signature[64], message[5] = "abcd";
	tb_sign_secret secret = {{7}};

	(void)state;
	assert_int_equal(tb_sign_public(public_key, &secret), TB_OK);
	assert_int_equal(tb_sign(signature, &secret, message, sizeof message), TB_OK);
	for (size_t bit = 0; bit < 512; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
			tb_sign_verify(signature, public_key, message, sizeof message), TB_ERR_SIGNATURE);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 256; bit++) {
		public_key[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
			tb_sign_verify(signature, public_key, message, sizeof message), TB_ERR_SIGNATURE);
		public_key[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 40; bit++) {
		message[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
			tb_sign_verify(signature, public_key, message, sizeof message), TB_ERR_SIGNATURE);
		message[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(tb_sign_verify(signature, public_key, message, 4), TB_ERR_SIGNATURE);
	assert_int_equal(tb_sign_verify(signature, public_key, message, sizeof message), TB_OK);
}

/* S + l satisfies the equation too: accepted, it would be a second signature that nobody made. */
static void test_an_unreduced_s_is_refused(void **state)
{
	static const char order[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
	uint8_t l[32], public_key[32], signature[64];
	tb_sign_secret secret = {{9}};
	unsigned carry = 0;

	(void)state;
	unhex(l, 32, order);
	assert_int_equal(tb_sign_public(public_key, &secret), TB_OK);
	assert_int_equal(tb_sign(signature, &secret, "x", 1), TB_OK);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)signature[32 + i] + l[i];
		signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	assert_int_equal(tb_sign_verify(signature, public_key, "x", 1), TB_ERR_SIGNATURE);
}

/* All encodings of the eight points of small order, canonical or not. */
static const char *const SMALL[] = {"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"};

/* Under the key "identity", R = identity and S = 0 satisfy the equation for every message. */
static void test_keys_of_small_order_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof SMALL / sizeof SMALL[0]; i++) {
		uint8_t key[32], signature[64] = {1};

		unhex(key, 32, SMALL[i]);
		assert_int_equal(tb_sign_check_public(key), TB_ERR_ENCODING);
		assert_int_equal(tb_sign_verify(signature, key, "anything", 8), TB_ERR_SIGNATURE);
	}
}

static void test_keys_that_are_no_points_are_refused(void **state)
{
	size_t num_points = 0, num = 2000;
	uint8_t key[32];

	(void)state;
	for (unsigned low = 0xed; low <= 0xff; low++) { /* y = p .. 2^255 - 1 */
		memset(key, 0xff, sizeof key);
		key[0] = (uint8_t)low;
		assert_int_equal(tb_sign_check_public(key), TB_ERR_ENCODING);
		key[31] = 0x7f;
		assert_int_equal(tb_sign_check_public(key), TB_ERR_ENCODING);
	}
	/* Random strings: half are points.  libsodium's conversion to X25519 refuses what is no point of the
	 * main subgroup, and one in eight points is in it; so what it takes, we take. */
	for (size_t i = 0; i < num; i++) {
		uint8_t montgomery[32];
		tb_err err;

		randombytes_buf(key, sizeof key);
		err = tb_sign_check_public(key);
		num_points += err == TB_OK;
		if (crypto_sign_ed25519_pk_to_curve25519(montgomery, key) == 0)
			assert_int_equal(err, TB_OK);
	}
	assert_in_range(num_points, num * 2 / 5, num * 3 / 5);
	/* Points by construction, and every one is accepted. */
	for (size_t i = 0; i < 200; i++) {
		crypto_core_ed25519_random(key);
		assert_int_equal(tb_sign_check_public(key), TB_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_8032_vectors),
		cmocka_unit_test(test_agrees_with_libsodium),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_an_unreduced_s_is_refused),
		cmocka_unit_test(test_keys_of_small_order_are_refused),
		cmocka_unit_test(test_keys_that_are_no_points_are_refused),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

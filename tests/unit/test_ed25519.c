/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ed25519.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <sodium.h>

static void unhex(uint8_t *out, size_t len, const char *hex)
{
	size_t got;

	assert_int_equal(sodium_hex2bin(out, len, hex, strlen(hex), NULL, &got, NULL), 0);
	assert_int_equal(got, len);
}

/* RFC 8032, section 7.1, test 2. */
static void test_vector(void **state)
{
	uint8_t seed[32], expected_key[32], expected[64], key[32], signature[64];

	(void)state;
	unhex(seed, 32, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
	unhex(expected_key, 32, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
	unhex(expected, 64,
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	assert_int_equal(tb_ed25519_public(key, seed), TB_OK);
	assert_memory_equal(key, expected_key, 32);
	assert_int_equal(tb_ed25519_sign(signature, seed, "\x72", 1), TB_OK);
	assert_memory_equal(signature, expected, 64);
	assert_int_equal(tb_ed25519_check_public(key), TB_OK);
}

static void test_libsodium_agrees_and_flipped_bits_are_refused(void **state)
{
	uint8_t seed[32], key[32], signature[64], their_key[32], their_secret[64], theirs[64], msg[100];

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		randombytes_buf(seed, sizeof seed);
		randombytes_buf(msg, sizeof msg);
		assert_int_equal(crypto_sign_seed_keypair(their_key, their_secret, seed), 0);
		assert_int_equal(tb_ed25519_public(key, seed), TB_OK);
		assert_memory_equal(key, their_key, 32);
		assert_int_equal(crypto_sign_detached(theirs, NULL, msg, 5 * i, their_secret), 0);
		assert_int_equal(tb_ed25519_sign(signature, seed, msg, 5 * i), TB_OK);
		assert_memory_equal(signature, theirs, 64);
		assert_int_equal(tb_ed25519_verify(key, msg, 5 * i, signature), TB_OK);
	}
	for (size_t bit = 0; bit < 512; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(tb_ed25519_verify(key, msg, 95, signature), TB_ERR_SIGNATURE);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 256; bit++) {
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(tb_ed25519_verify(key, msg, 95, signature), TB_ERR_SIGNATURE);
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	msg[94] ^= 1;
	assert_int_equal(tb_ed25519_verify(key, msg, 95, signature), TB_ERR_SIGNATURE);
}

/* The eight points of small order, and encodings that are not canonical or not on the curve. */
static void test_bad_keys_are_refused(void **state)
{
	static const char *const small[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	};
	static const char *const malformed[] = {
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"0100000000000000000000000000000000000000000000000000000000000080", /* x = 0 with a sign */
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"0200000000000000000000000000000000000000000000000000000000000000", /* not on the curve */
	};
	uint8_t key[32], seed[32] = {0}, plus[32];
	size_t valid = 0;

	(void)state;
	for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
		unhex(key, 32, small[i]);
		assert_int_equal(tb_ed25519_check_public(key), TB_ERR_ENCODING);
	}
	for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
		unhex(key, 32, malformed[i]);
		assert_int_equal(tb_ed25519_check_public(key), TB_ERR_ENCODING);
	}
	for (uint8_t i = 0; i < 200; i++) {
		seed[0] = i;
		assert_int_equal(tb_ed25519_public(key, seed), TB_OK);
		assert_int_equal(tb_ed25519_check_public(key), TB_OK);
		/* libsodium's word on random encodings, most of which are in no prime-order group */
		randombytes_buf(plus, sizeof plus);
		if (tb_ed25519_check_public(plus) == TB_OK)
			valid++;
		else
			assert_int_equal(crypto_core_ed25519_is_valid_point(plus), 0);
	}
	assert_in_range(valid, 50, 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_libsodium_agrees_and_flipped_bits_are_refused),
		cmocka_unit_test(test_bad_keys_are_refused),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

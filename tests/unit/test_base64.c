/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"

/* RFC 4648, section 10. */
static const char *const RFC[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
	{"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

static void test_rfc_4648_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof RFC / sizeof RFC[0]; i++) {
		char text[16];
		uint8_t bytes[16];
		size_t len = 99, plain = strlen(RFC[i][0]), coded = strlen(RFC[i][1]);

		assert_int_equal(TB_BASE64_LEN(plain), coded);
		tb_base64_write(text, RFC[i][0], plain);
		assert_memory_equal(text, RFC[i][1], coded);
		assert_int_equal(tb_base64_parse(bytes, &len, sizeof bytes, RFC[i][1], coded), TB_OK);
		assert_int_equal(len, plain);
		assert_memory_equal(bytes, RFC[i][0], plain);
		if (plain > 0)
			assert_int_equal(
				tb_base64_parse(bytes, &len, plain - 1, RFC[i][1], coded), TB_ERR_LIMIT);
	}
}

static void test_agrees_with_libsodium(void **state)
{
	uint8_t in[300], out[300];
	char ours[500], theirs[500];

	(void)state;
	for (size_t n = 0; n <= sizeof in; n++) {
		size_t len;

		randombytes_buf(in, sizeof in);
		tb_base64_write(ours, in, n);
		sodium_bin2base64(theirs, sizeof theirs, in, n, sodium_base64_VARIANT_ORIGINAL);
		assert_int_equal(strlen(theirs), TB_BASE64_LEN(n));
		assert_memory_equal(ours, theirs, TB_BASE64_LEN(n));
		assert_int_equal(tb_base64_parse(out, &len, sizeof out, ours, TB_BASE64_LEN(n)), TB_OK);
		assert_int_equal(len, n);
		assert_memory_equal(out, in, n);
	}
}

/* Every string of four characters that reads at all must be the one that writing gives back: all 2^32 would take long,
 * so every byte at each of the four places of a few groups, alone and in pairs. */
static void test_one_spelling_only(void **state)
{
	static const char *const groups[] = {"Zm9v", "Zm8=", "Zg==", "AA==", "AAA=", "////", "===="};

	(void)state;
	for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
		for (size_t p = 0; p < 4; p++)
			for (size_t q = 0; q < 4; q++)
				for (unsigned pair = 0; pair < 65536; pair++) {
					char in[4], again[4];
					uint8_t out[3];
					size_t len;

					memcpy(in, groups[g], 4);
					in[p] = (char)(pair >> 8);
					in[q] = (char)(pair & 255);
					if (tb_base64_parse(out, &len, sizeof out, in, 4) != TB_OK)
						continue;
					tb_base64_write(again, out, len);
					assert_memory_equal(again, in, 4);
				}
}

static void test_other_spellings_are_refused(void **state)
{
	static const char *const bad[] = {"Zg", "Zg=", "Zh==", "Zm9=", "Zm8", "Zm9v\n", "Zm9v\nZm9v", " Zm9v",
		"Zm-_", "Zg==Zg==", "Z===", "====", "=m9v", "Zg=v", "Zm9v====", "Zm\0v"};
	uint8_t out[16];
	size_t len = 5;
	tb_buf b;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t n = i + 1 == sizeof bad / sizeof bad[0] ? 4 : strlen(bad[i]);

		assert_int_equal(tb_base64_parse(out, &len, sizeof out, bad[i], n), TB_ERR_ENCODING);
		assert_int_equal(len, 5);
		tb_buf_init(&b, 100);
		tb_buf_unbase64(&b, bad[i], n);
		assert_int_equal(tb_buf_status(&b), TB_ERR_ENCODING);
		tb_buf_release(&b);
	}
	assert_int_equal(tb_base64_parse_fixed(out, 3, "Zm8=", 4), TB_ERR_RANGE);
	assert_int_equal(tb_base64_parse_fixed(out, 2, "Zm9v", 4), TB_ERR_RANGE);
	assert_int_equal(tb_base64_parse_fixed(out, 2, "Zm9vZm8=", 8), TB_ERR_RANGE);
	assert_int_equal(tb_base64_parse_fixed(out, 2, "", 0), TB_ERR_RANGE);
	assert_int_equal(tb_base64_parse_fixed(out, 3, "Zm9=", 4), TB_ERR_ENCODING); /* unused bits */
	assert_int_equal(tb_base64_parse_fixed(out, 2, "Zm8=Zm8=", 8), TB_ERR_ENCODING);
	assert_int_equal(tb_base64_parse_fixed(out, 2, "Zm9vZm8", 7), TB_ERR_ENCODING);
	assert_int_equal(tb_base64_parse_fixed(out, 2, "Zm9vZm9*", 8), TB_ERR_ENCODING);
	assert_int_equal(tb_base64_parse_fixed(out, 2, "Zm8=", 4), TB_OK);
}

static void test_buffers(void **state)
{
	tb_buf b;

	(void)state;
	tb_buf_init(&b, 8);
	tb_buf_base64(&b, "fooba", 5);
	assert_string_equal(tb_buf_cstr(&b), "Zm9vYmE=");
	tb_buf_base64(&b, "f", 1);
	assert_int_equal(tb_buf_status(&b), TB_ERR_LIMIT);
	tb_buf_release(&b);
	tb_buf_init(&b, 5);
	tb_buf_unbase64(&b, "Zm9vYmE=", 8);
	assert_string_equal(tb_buf_cstr(&b), "fooba");
	tb_buf_unbase64(&b, "", 0);
	assert_int_equal(tb_buf_status(&b), TB_OK);
	tb_buf_unbase64(&b, "Zg==", 4);
	assert_int_equal(tb_buf_status(&b), TB_ERR_LIMIT);
	tb_buf_release(&b);
}

static void test_hex(void **state)
{
	static const uint8_t bytes[4] = {0x00, 0x9f, 0xa0, 0xff};
	static const char *const bad[] = {"009FA0ff", "009fa0f", "009fa0ff0", "009fa0fg", "0x9fa0ff",
		"009fa0f ", "/09fa0ff", ":09fa0ff", "`09fa0ff"};
	uint8_t out[4];
	char text[8];

	(void)state;
	tb_hex_write(text, bytes, 4);
	assert_memory_equal(text, "009fa0ff", 8);
	assert_int_equal(tb_hex_parse_fixed(out, 4, text, 8), TB_OK);
	assert_memory_equal(out, bytes, 4);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(tb_hex_parse_fixed(out, 4, bad[i], strlen(bad[i])), TB_ERR_ENCODING);
	assert_int_equal(tb_hex_parse_fixed(out, 4, "009fa0", 6), TB_ERR_RANGE);
	assert_int_equal(tb_hex_parse_fixed(out, 4, "009fa0ff00", 10), TB_ERR_RANGE);
	assert_int_equal(tb_hex_parse_fixed(out, 4, "009fA0", 6), TB_ERR_ENCODING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_4648_vectors),
		cmocka_unit_test(test_agrees_with_libsodium),
		cmocka_unit_test(test_one_spelling_only),
		cmocka_unit_test(test_other_spellings_are_refused),
		cmocka_unit_test(test_buffers),
		cmocka_unit_test(test_hex),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

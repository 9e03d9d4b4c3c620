/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/base/buf.h"

static void test_integers_are_big_endian(void **state)
{
	static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	tb_buf b;
	tb_reader r;
	uint8_t rest[2];

	(void)state;
	tb_buf_init(&b, 100);
	tb_buf_u8(&b, 0x01);
	tb_buf_u16(&b, 0x0203);
	tb_buf_u32(&b, 0x04050607);
	tb_buf_u64(&b, UINT64_C(0x08090a0b0c0d0e0f));
	assert_int_equal(tb_buf_status(&b), TB_OK);
	assert_int_equal(b.len, sizeof expected);
	assert_memory_equal(b.data, expected, sizeof expected);

	tb_reader_init(&r, b.data, b.len);
	assert_int_equal(tb_reader_u8(&r), 0x01);
	assert_int_equal(tb_reader_u16(&r), 0x0203);
	assert_int_equal(tb_reader_u32(&r), 0x04050607);
	assert_int_equal(tb_reader_done(&r), TB_ERR_ENCODING); /* eight bytes are left */
	assert_true(tb_reader_u64(&r) == UINT64_C(0x08090a0b0c0d0e0f));
	assert_int_equal(tb_reader_done(&r), TB_OK);
	tb_reader_bytes(&r, rest, 0);
	assert_int_equal(tb_reader_done(&r), TB_OK);
	tb_buf_release(&b);
}

static void test_items_are_framed(void **state)
{
	static const uint8_t expected[] = {0, 2, 'a', 'b', 0, 0, 0, 0, 0, 0, 0, 3, 'x', 0, 'z'};
	tb_buf b;

	(void)state;
	tb_buf_init(&b, sizeof expected);
	tb_buf_item(&b, "ab", "x\0z", 3);
	assert_int_equal(tb_buf_status(&b), TB_OK);
	assert_int_equal(b.len, sizeof expected);
	assert_memory_equal(b.data, expected, sizeof expected);
	tb_buf_item(&b, "", NULL, 0);
	assert_int_equal(tb_buf_status(&b), TB_ERR_LIMIT);
	tb_buf_release(&b);
}

static void test_a_short_read_sticks(void **state)
{
	static const uint8_t in[] = {1, 2, 3};
	uint8_t out[4] = {9, 9, 9, 9};
	tb_reader r;

	(void)state;
	tb_reader_init(&r, in, sizeof in);
	assert_int_equal(tb_reader_u32(&r), 0);
	assert_int_equal(tb_reader_u8(&r), 0); /* would fit, but something before it failed */
	assert_null(tb_reader_skip(&r, 1));
	tb_reader_bytes(&r, out, sizeof out);
	assert_memory_equal(out, "\0\0\0\0", 4);
	assert_int_equal(tb_reader_done(&r), TB_ERR_ENCODING);

	tb_reader_init(&r, in, sizeof in);
	assert_null(tb_reader_skip(&r, SIZE_MAX));
	assert_int_equal(tb_reader_done(&r), TB_ERR_ENCODING);
	tb_reader_init(&r, NULL, 0);
	assert_int_equal(tb_reader_done(&r), TB_OK);
}

static void test_the_limit_is_exact_and_sticks(void **state)
{
	tb_buf b;

	(void)state;
	tb_buf_init(&b, 1000);
	for (int i = 0; i < 999; i++)
		tb_buf_u8(&b, 7);
	tb_buf_u16(&b, 1);
	assert_int_equal(tb_buf_status(&b), TB_ERR_LIMIT);
	assert_int_equal(b.len, 999);
	tb_buf_u8(&b, 7); /* would fit */
	assert_int_equal(b.len, 999);
	tb_buf_fail(&b, TB_ERR_IO);
	assert_int_equal(tb_buf_status(&b), TB_ERR_LIMIT); /* the first failure is kept */
	tb_buf_clear(&b);
	assert_int_equal(tb_buf_status(&b), TB_OK);
	assert_non_null(tb_buf_extend(&b, 1000));
	assert_null(tb_buf_extend(&b, SIZE_MAX));
	assert_int_equal(tb_buf_status(&b), TB_ERR_LIMIT);
	tb_buf_release(&b);
	tb_buf_u8(&b, 1); /* usable again */
	assert_int_equal(tb_buf_status(&b), TB_OK);
	tb_buf_release(&b);
}

static void test_cstr_needs_no_room_within_the_limit(void **state)
{
	tb_buf b;

	(void)state;
	tb_buf_init(&b, 5);
	assert_string_equal(tb_buf_cstr(&b), "");
	tb_buf_text(&b, "hello");
	assert_string_equal(tb_buf_cstr(&b), "hello");
	assert_int_equal(b.len, 5);
	tb_buf_text(&b, "");
	assert_int_equal(tb_buf_status(&b), TB_OK);
	tb_buf_release(&b);
}

static void test_a_secret_buffer_grows_too(void **state)
{
	uint8_t block[100];
	tb_buf b;

	(void)state;
	tb_buf_init_secret(&b, 100000);
	for (unsigned i = 0; i < 200; i++) {
		memset(block, (int)i, sizeof block);
		tb_buf_append(&b, block, sizeof block);
	}
	assert_int_equal(b.len, 20000);
	for (unsigned i = 0; i < 20000; i++)
		assert_int_equal(b.data[i], i / 100);
	tb_buf_clear(&b);
	for (unsigned i = 0; i < 20000; i++)
		assert_int_equal(b.data[i], 0);
	tb_buf_release(&b);
	assert_true(b.secret);
}

static void test_decimals(void **state)
{
	static const char *const bad[] = {"", "00", "01", "-1", "+1", " 1", "1 ", "1a", "0x1", "1.0"};
	uint64_t v = 77;
	tb_buf b;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(tb_decimal_parse(&v, bad[i], strlen(bad[i]), UINT64_MAX), TB_ERR_ENCODING);
	assert_int_equal(tb_decimal_parse(&v, "18446744073709551616", 20, UINT64_MAX), TB_ERR_RANGE);
	assert_int_equal(tb_decimal_parse(&v, "99999999999999999999999", 23, UINT64_MAX), TB_ERR_RANGE);
	assert_int_equal(tb_decimal_parse(&v, "6", 1, 5), TB_ERR_RANGE);
	assert_true(v == 77);
	assert_int_equal(tb_decimal_parse(&v, "18446744073709551615", 20, UINT64_MAX), TB_OK);
	assert_true(v == UINT64_MAX);
	assert_int_equal(tb_decimal_parse(&v, "0", 1, 0), TB_OK);
	assert_true(v == 0);

	tb_buf_init(&b, 100);
	tb_buf_decimal(&b, UINT64_MAX);
	tb_buf_u8(&b, ' ');
	tb_buf_decimal(&b, 0);
	assert_string_equal(tb_buf_cstr(&b), "18446744073709551615 0");
	tb_buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers_are_big_endian),
		cmocka_unit_test(test_items_are_framed),
		cmocka_unit_test(test_a_short_read_sticks),
		cmocka_unit_test(test_the_limit_is_exact_and_sticks),
		cmocka_unit_test(test_cstr_needs_no_room_within_the_limit),
		cmocka_unit_test(test_a_secret_buffer_grows_too),
		cmocka_unit_test(test_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

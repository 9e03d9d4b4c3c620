/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

static tb_err line(const char *text, tb_why *why)
{
	return tb_text_check(text, strlen(text), 100, TB_TEXT_LINE, why);
}

static void test_good_text(void **state)
{
	static const char *const good[] = {"Shall the statutes be changed?", "Zo\xc3\xab",
		"\xe6\x97\xa5\xe6\x9c\xac", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
		"\xf0\x9f\x97\xb3\xef\xb8\x8f", "~ \\ \" <b>",
		("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88\xd8\xa7\xd9\x87"
		 "\xd9\x85") /* Persian needs U+200C */};
	tb_why why;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(line(good[i], &why), TB_OK);
	assert_int_equal(tb_text_check("a\nb", 3, 3, TB_TEXT_LINES, &why), TB_OK);
	assert_int_equal(tb_text_check("", 0, 3, TB_TEXT_LINES, &why), TB_OK);
	assert_int_equal(tb_text_check("\xc3\xab\n", 3, 3, TB_TEXT_LINES, &why), TB_OK);
}

#define NO_CHARACTER "not a character of Unicode 14.0 that looks the same to everybody"

static void test_bad_text_and_where(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"", "the text is empty"}, {"ab\xff", "byte 2 (0xff) is not valid UTF-8"},
		{"\xc0\xaf", "byte 0 (0xc0) is not valid UTF-8"},         /* overlong */
		{"\xed\xa0\x80", "byte 0 (0xed) is not valid UTF-8"},     /* surrogate */
		{"\xf4\x90\x80\x80", "byte 0 (0xf4) is not valid UTF-8"}, /* above U+10FFFF */
		{"x\xe2\x82", "byte 1 (0xe2) is not valid UTF-8"},        /* cut */
		{"a\tb", "U+0009 at byte 1 is a control character"},
		{"a\x7f", "U+007F at byte 1 is a control character"},
		{"a\xc2\x85", "U+0085 at byte 1 is a control character"},
		{"a\nb", "U+000A at byte 1 is a line break, where one line is expected"},
		{"\xe2\x80\xa8", "U+2028 at byte 0 is a control character"},
		{"\xef\xbb\xbfx", "U+FEFF at byte 0 is a byte order mark"},
		{"x\xef\xbf\xbe", "U+FFFE at byte 1 is " NO_CHARACTER},
		{"\xef\xb7\x90", "U+FDD0 at byte 0 is " NO_CHARACTER},
		{"\xf4\x8f\xbf\xbf", "U+10FFFF at byte 0 is " NO_CHARACTER},
		{"\xee\x80\x80", "U+E000 at byte 0 is " NO_CHARACTER},
		/* Lao, a mark of Unicode 15.0: a library of 14.0 would not put it in order */
		{"\xe0\xbb\x8e", "U+0ECE at byte 0 is " NO_CHARACTER},
		{"Zoe\xcc\x88", "the text is not in Unicode normalisation form C from byte 2 on"},
		{"\xe2\x84\xab",
			"the text is not in Unicode normalisation form C from byte 0 on"}, /* Angstrom sign */
	};
	tb_why why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(line(bad[i].text, &why), TB_ERR_ENCODING);
		assert_string_equal(why.text, bad[i].why);
	}
	assert_int_equal(tb_text_check("a\rb", 3, 9, TB_TEXT_LINES, &why), TB_ERR_ENCODING);
	assert_int_equal(tb_text_check("a\0b", 3, 9, TB_TEXT_LINES, &why), TB_ERR_ENCODING);
	assert_int_equal(tb_text_check("abcd", 4, 3, TB_TEXT_LINE, &why), TB_ERR_LIMIT);
	assert_string_equal(why.text, "the text has 4 bytes, more than 3");
}

static void test_every_bidirectional_control(void **state)
{
	static const unsigned codes[] = {0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e,
		0x2066, 0x2067, 0x2068, 0x2069};
	tb_why why;

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		char text[4] = {0}, expected[32];

		if (codes[i] < 0x800) {
			text[0] = (char)(0xc0 | codes[i] >> 6);
			text[1] = (char)(0x80 | (codes[i] & 63));
		} else {
			text[0] = (char)(0xe0 | codes[i] >> 12);
			text[1] = (char)(0x80 | (codes[i] >> 6 & 63));
			text[2] = (char)(0x80 | (codes[i] & 63));
		}
		assert_int_equal(line(text, &why), TB_ERR_ENCODING);
		snprintf(expected, sizeof expected, "U+%04X at byte 0 is a bidi", codes[i]);
		assert_memory_equal(why.text, expected, strlen(expected));
	}
}

static void test_a_sentence_is_safe_to_print(void **state)
{
	tb_why why;
	char longer[400];

	(void)state;
	tb_why_set(&why, "%s|%d", "a\x1b[31mb\nc\x7f\xc2\x9b\xff\xe2\x80\xae\xc3\xab", 7);
	assert_string_equal(why.text, "a?[31mb?c????\xc3\xab|7");
	memset(longer, 'x', sizeof longer);
	longer[254] = '\xc3'; /* cut in the middle of a character */
	longer[255] = '\xab';
	longer[399] = '\0';
	tb_why_set(&why, "%s", longer);
	assert_int_equal(strlen(why.text), TB_WHY_BYTES - 1);
	assert_string_equal(why.text + TB_WHY_BYTES - 4, "...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_text),
		cmocka_unit_test(test_bad_text_and_where),
		cmocka_unit_test(test_every_bidirectional_control),
		cmocka_unit_test(test_a_sentence_is_safe_to_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

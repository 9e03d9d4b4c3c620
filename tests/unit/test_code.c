/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* ---- [CODE.FORMAT] once more: polynomials over GF(2), reduced by long division, powers by repetition ---- */

static unsigned field_multiply(unsigned a, unsigned b)
{
	unsigned product = 0;

	for (int i = 0; i < 5; i++)
		if (b >> i & 1)
			product ^= a << i;
	for (int i = 8; i >= 5; i--)
		if (product >> i & 1)
			product ^= 0x25u << (i - 5);
	return product;
}

static unsigned field_power(unsigned a, unsigned n)
{
	unsigned p = 1;

	while (n-- > 0)
		p = field_multiply(p, a);
	return p;
}

static bool is_code_by_the_rule(const char *c)
{
	unsigned sum1 = 0, sum2 = 0;

	for (unsigned i = 0; i < 28; i++) {
		unsigned value = (unsigned)(strchr(ALPHABET, c[i]) - ALPHABET);

		sum1 ^= field_multiply(value, field_power(2, 27 - i));
		sum2 ^= field_multiply(value, field_power(4, 27 - i));
	}
	return sum1 == 0 && sum2 == 0;
}

static tb_err parse(const char *text, tb_fault *fault)
{
	tb_code code;

	return tb_code_parse(&code, text, strlen(text), fault);
}

static void test_generated_codes_obey_the_rule(void **state)
{
	unsigned seen[32] = {0};
	tb_code code, back;
	tb_fault fault;
	char text[TB_CODE_TEXT_BYTES];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		assert_int_equal(tb_code_generate(&code), TB_OK);
		assert_true(is_code_by_the_rule(code.character));
		tb_code_write(text, &code);
		assert_int_equal(strlen(text), 34);
		for (int i = 4; i < 34; i += 5)
			assert_int_equal(text[i], '-');
		assert_int_equal(tb_code_parse(&back, text, strlen(text), &fault), TB_OK);
		assert_memory_equal(&back, &code, sizeof code);
		for (int i = 0; i < 26; i++)
			seen[strchr(ALPHABET, code.character[i]) - ALPHABET]++;
	}
	/* 52,000 characters, 1,625 of each expected; 5 standard deviations are 200 */
	for (int i = 0; i < 32; i++)
		assert_in_range(seen[i], 1425, 1825);
	tb_code_wipe(&code);
	assert_int_equal(code.character[0], 0);
}

static void test_reading_forgives_what_people_do(void **state)
{
	static const char zeroes[] = "0000-0000-0000-0000-0000-0000-0000";
	tb_code code, again;
	char text[TB_CODE_TEXT_BYTES], odd[100];
	tb_fault fault;

	(void)state;
	assert_int_equal(parse(zeroes, &fault), TB_OK);
	assert_int_equal(parse("OoOo OoOo 0000 0000 0000 0000 0000", &fault), TB_OK);
	for (int round = 0; round < 200; round++) {
		size_t n = 0;

		assert_int_equal(tb_code_generate(&code), TB_OK);
		tb_code_write(text, &code);
		for (size_t i = 0; text[i] != '\0'; i++) {
			char c = text[i];

			if (c == '-') {
				odd[n++] = ' ';
				odd[n++] = ' ';
				continue;
			}
			if (c == '1')
				c = "iIlL"[round % 4];
			else if (c == '0')
				c = "oO"[round % 2];
			else if (c >= 'A' && round % 3 != 0)
				c = (char)(c + 32);
			odd[n++] = c;
		}
		assert_int_equal(tb_code_parse(&again, odd, n, &fault), TB_OK);
		assert_memory_equal(&again, &code, sizeof code);
	}
}

static void test_every_wrong_character_is_found_and_placed(void **state)
{
	tb_code code, bad, out;
	char where[32];
	tb_fault fault;

	(void)state;
	assert_int_equal(tb_code_generate(&code), TB_OK);
	for (size_t at = 0; at < TB_CODE_CHARS; at++) {
		for (size_t c = 0; c < 32; c++) {
			bad = code;
			bad.character[at] = ALPHABET[c];
			if (ALPHABET[c] == code.character[at])
				continue;
			assert_int_equal(
				tb_code_parse(&out, bad.character, TB_CODE_CHARS, &fault), TB_ERR_RULE);
			assert_string_equal(fault.rule, "CODE.FORMAT");
			snprintf(where, sizeof where, "group %zu of 7", at / 4 + 1);
			assert_string_equal(fault.where, where);
			assert_int_equal(out.character[0], 0);
		}
	}
}

static void test_two_wrong_characters_and_exchanges_are_found(void **state)
{
	tb_code code, bad, out;
	tb_fault fault;

	(void)state;
	assert_int_equal(tb_code_generate(&code), TB_OK);
	for (size_t a = 0; a < TB_CODE_CHARS; a++) {
		for (size_t b = a + 1; b < TB_CODE_CHARS; b++) {
			bad = code;
			bad.character[a] = code.character[b];
			bad.character[b] = code.character[a];
			if (memcmp(&bad, &code, sizeof bad) != 0)
				assert_int_equal(tb_code_parse(&out, bad.character, TB_CODE_CHARS, &fault),
					TB_ERR_RULE);
			for (size_t pair = 0; pair < 1024; pair++) {
				bad = code;
				bad.character[a] = ALPHABET[pair % 32];
				bad.character[b] = ALPHABET[pair / 32];
				assert_int_equal(
					tb_code_parse(&out, bad.character, TB_CODE_CHARS, &fault) == TB_OK,
					memcmp(&bad, &code, sizeof bad) == 0);
			}
		}
	}
}

static void test_other_input(void **state)
{
	static const struct {
		const char *text, *where;
	} bad[] = {
		{"", "code"},
		{"0", "code"},
		{"0000-0000-0000-0000-0000-0000-000", "code"},
		{"0000-0000-0000-0000-0000-0000-00000", "code"},
		{"0000-0000-000U-0000-0000-0000-0000", "group 3 of 7"},
		{"0000-0000-0000-0000-0000-0000-000u", "group 7 of 7"},
		{"0000-0000-0000-00\xc3\xa9"
		 "0-0000-0000-0000",
			"group 4 of 7"},
		{"0000\n0000-0000-0000-0000-0000-0000", "group 2 of 7"},
		{"@000-0000-0000-0000-0000-0000-0000", "group 1 of 7"},
		{"{000-0000-0000-0000-0000-0000-0000", "group 1 of 7"},
	};
	tb_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(parse(bad[i].text, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "CODE.FORMAT");
		assert_string_equal(fault.where, bad[i].where);
	}
}

/* A message about a code must not hold any of it. */
static void test_faults_hold_nothing_of_the_code(void **state)
{
	tb_fault fault;
	char line[800];

	(void)state;
	assert_int_equal(parse("ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZ7", &fault), TB_ERR_RULE);
	tb_fault_text(&fault, line, sizeof line);
	assert_null(strchr(line, 'Z'));
	assert_int_equal(parse("ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZ", &fault), TB_ERR_RULE);
	tb_fault_text(&fault, line, sizeof line);
	assert_null(strchr(line, 'Z'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated_codes_obey_the_rule),
		cmocka_unit_test(test_reading_forgives_what_people_do),
		cmocka_unit_test(test_every_wrong_character_is_found_and_placed),
		cmocka_unit_test(test_two_wrong_characters_and_exchanges_are_found),
		cmocka_unit_test(test_other_input),
		cmocka_unit_test(test_faults_hold_nothing_of_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

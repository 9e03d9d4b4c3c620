/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <unistr.h>

static void test_keeps_what_it_is_given(void **state)
{
	tb_fault f;
	char line[900];

	(void)state;
	assert_int_equal(tb_fault_set(&f, "BALLOT.PREV", "entry 12", "the leaf hash of entry 3", "zeroes"),
		TB_ERR_RULE);
	assert_string_equal(f.rule, "BALLOT.PREV");
	tb_fault_text(&f, line, sizeof line);
	assert_string_equal(line, "BALLOT.PREV at entry 12: expected the leaf hash of entry 3, found zeroes");
	assert_int_equal(tb_fault_setf(&f, "ROLL", "", "weight 1 to 3", "%d", 7), TB_ERR_RULE);
	tb_fault_text(&f, line, sizeof line);
	assert_string_equal(line, "ROLL: expected weight 1 to 3, found 7");
}

static void test_long_text_is_cut_between_characters(void **state)
{
	char text[1000];
	tb_fault f;

	(void)state;
	/* every alignment of a three-byte character against the end of the field */
	for (size_t shift = 0; shift < 8; shift++) {
		size_t n = shift;

		memset(text, 'a', shift);
		for (; n + 3 < sizeof text; n += 3)
			memcpy(text + n, "\xe2\x82\xac", 3);
		text[n] = '\0';
		assert_int_equal(tb_fault_setf(&f, "X", text, text, "%s", text), TB_ERR_RULE);
		assert_null(u8_check((const uint8_t *)f.found, strlen(f.found)));
		assert_string_equal(f.found + strlen(f.found) - 3, "...");
		assert_string_equal(f.where + strlen(f.where) - 3, "...");
		assert_true(strlen(f.expected) >= sizeof f.expected - 7);
	}
	/* what just fits is not cut */
	memset(text, 'b', sizeof f.where - 1);
	text[sizeof f.where - 1] = '\0';
	(void)!tb_fault_set(&f, "X", text, "", "");
	assert_string_equal(f.where, text);
}

static void test_hostile_bytes_cannot_reach_a_terminal(void **state)
{
	tb_fault f;

	(void)state;
	(void)!tb_fault_set(&f, "X", "a\nb", "\x1b[31m", "\xff\xc3\xa9\xe2\x80\xae\xc3");
	assert_string_equal(f.where, "a?b");
	assert_string_equal(f.expected, "?[31m");
	assert_string_equal(f.found, "?\xc3\xa9??");
}

static void test_prefix(void **state)
{
	tb_fault f;

	(void)state;
	(void)!tb_fault_set(&f, "X", "questions[2].max", "", "");
	tb_fault_prefix(&f, "payload");
	assert_string_equal(f.where, "payload.questions[2].max");
	(void)!tb_fault_set(&f, "X", "", "", "");
	tb_fault_prefix(&f, "payload");
	assert_string_equal(f.where, "payload");
	(void)!tb_fault_set(&f, "X", "[3]", "", "");
	tb_fault_prefix(&f, "voters");
	assert_string_equal(f.where, "voters[3]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_what_it_is_given),
		cmocka_unit_test(test_long_text_is_cut_between_characters),
		cmocka_unit_test(test_hostile_bytes_cannot_reach_a_terminal),
		cmocka_unit_test(test_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"

static void test_floor(void **state)
{
	const uint64_t t = 1740823199; /* 2025-03-01T09:59:59Z */
	char text[TB_RFC3339_LEN + 1];
	static const uint64_t granules[] = {1, 60, 3600, 86400};
	static const char *const expected[] = {"2025-03-01T09:59:59Z", "2025-03-01T09:59:00Z",
		"2025-03-01T09:00:00Z", "2025-03-01T00:00:00Z"};

	(void)state;
	for (unsigned g = 0; g < 4; g++) {
		uint64_t floored = tb_time_floor(t, granules[g]);

		assert_int_equal(tb_rfc3339_write(text, floored), TB_OK);
		assert_string_equal(text, expected[g]);
		assert_true(tb_time_floor(floored, granules[g]) == floored);
	}
}

/* Against the C library, for every day from 1970 to 9999 at an odd second. */
static void test_text_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (uint64_t day = 0; day <= TB_RFC3339_MAX / 86400; day++) {
		uint64_t t = day * 86400 + day % 86400, back = 0;
		time_t libc = (time_t)t;
		char ours[TB_RFC3339_LEN + 1], theirs[64];
		struct tm tm;

		assert_non_null(gmtime_r(&libc, &tm));
		assert_true(strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
		assert_int_equal(tb_rfc3339_write(ours, t), TB_OK);
		assert_string_equal(ours, theirs);
		assert_int_equal(tb_rfc3339_parse(&back, ours, TB_RFC3339_LEN), TB_OK);
		assert_true(back == t);
	}
}

static void test_limits(void **state)
{
	char text[TB_RFC3339_LEN + 1];
	uint64_t t;

	(void)state;
	assert_int_equal(tb_rfc3339_write(text, TB_RFC3339_MAX), TB_OK);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	assert_int_equal(tb_rfc3339_write(text, TB_RFC3339_MAX + 1), TB_ERR_RANGE);
	assert_string_equal(text, "");
	assert_int_equal(tb_rfc3339_write(text, UINT64_MAX), TB_ERR_RANGE);
	assert_int_equal(tb_rfc3339_parse(&t, "1970-01-01T00:00:00Z", 20), TB_OK);
	assert_true(t == 0);
}

static void test_other_forms_are_refused(void **state)
{
	static const char *const bad[] = {"2025-03-01T09:00:00z", "2025-03-01t09:00:00Z",
		"2025-03-01 09:00:00Z", "2025-03-01T09:00:00+00:00", "2025-03-01T09:00:00",
		"2025-03-01T09:00Z", "2025-03-01T09:00:00.0Z", "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
		"2025-04-31T00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z",
		"2025-01-00T00:00:00Z", "2025-01-32T00:00:00Z", "2025-01-01T24:00:00Z",
		"2025-01-01T00:60:00Z", "2016-12-31T23:59:60Z", "1969-12-31T23:59:59Z",
		"0000-01-01T00:00:00Z", "2025-01-01T-1:00:00Z", "9999-12-31T24:00:00Z", ""};
	uint64_t t = 42;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(tb_rfc3339_parse(&t, bad[i], strlen(bad[i])), TB_ERR_ENCODING);
	assert_true(t == 42);
	assert_int_equal(tb_rfc3339_parse(&t, "2000-02-29T00:00:00Z", 20), TB_OK);
	assert_true(t == 951782400);
}

static uint64_t fixed_now(void *ctx)
{
	return *(uint64_t *)ctx;
}

static void test_clocks(void **state)
{
	uint64_t at = 1740819600;
	tb_clock fixed = {fixed_now, &at}, real = tb_clock_system();
	uint64_t now = (uint64_t)time(NULL), read = tb_clock_now(&real);

	(void)state;
	assert_true(tb_clock_now(&fixed) == at);
	assert_true(read >= now && read <= (uint64_t)time(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_text_agrees_with_the_c_library),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_other_forms_are_refused),
		cmocka_unit_test(test_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

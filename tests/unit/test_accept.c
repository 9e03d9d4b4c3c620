/* SPDX-License-Identifier: Apache-2.0 */
/* What clients say they would rather have [HTTP.PAGE] [HTTP.FILES]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "server/accept.h"

typedef struct wish {
	const char *text;
	bool is_granted;
} wish;

static void check_all(const wish *list, size_t num, bool (*ask)(const char *))
{
	for (size_t i = 0; i < num; i++) {
		if (ask(list[i].text) != list[i].is_granted)
			print_error("\"%s\"\n", list[i].text);
		assert_int_equal(ask(list[i].text), list[i].is_granted);
	}
}

static void test_a_page_for_browsers_and_json_for_programs(void **state)
{
	static const wish wishes[] = {
		{"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true},
		{"text/html", true},
		{"TEXT/HTML", true},
		{"text/*", true},
		{"text/html;q=0.5, application/json;q=0.4", true},
		{"application/json;q=0, */*", true},
		{"text/html;level=1;q=0.7,*/*;q=0.5", true},
		{"text/html ; q=0.001", true},
		{"text/html;q=0.1,text/html;q=bad", true},
		{"", false},
		{"*/*", false},
		{"application/json", false},
		{"application/json, text/html", false},
		{"text/html;q=0.5, application/json;q=0.6", false},
		{"text/html;q=0", false},
		{"text/html;q=0,*/*", false},
		{"text/*;q=0.3,application/*", false},
		{"text/plain", false},
		{"text/htm", false},
		{"text/html2", false},
		{"text", false},
	};

	(void)state;
	check_all(wishes, sizeof wishes / sizeof wishes[0], tb_accept_prefers_html);
}

static void test_what_is_not_of_the_form_is_passed_over(void **state)
{
	static const wish wishes[] = {
		{"text/html;q=2", false},
		{"text/html;q=1.5", false},
		{"text/html;q=1.0001", false},
		{"text/html;q=-1", false},
		{"text/html;q=", false},
		{"text/html;q=0.", false},
		{"text/html;q=0.12345678901234567890", false},
		{",,,;;;,", false},
		{";", false},
		{"/", false},
		{"*", false},
		{"*/html", false},
		{"\"text/html\"", false},
		{",, ,text/html,,", true},
		{"text/html;;;", true},
		{"\ttext/html\t", true},
	};

	(void)state;
	check_all(wishes, sizeof wishes / sizeof wishes[0], tb_accept_prefers_html);
}

static void test_gzip(void **state)
{
	static const wish wishes[] = {
		{"gzip", true},
		{"gzip, deflate, br, zstd", true},
		{"deflate, GZIP;q=0.5", true},
		{"x-gzip", true},
		{"*", true},
		{"br, *;q=0.1", true},
		{"*;q=0, gzip", true},
		{"", false},
		{"identity", false},
		{"br", false},
		{"gzip;q=0", false},
		{"gzip;q=0.000", false},
		{"gzip;q=0, *", false},
		{"*;q=0", false},
		{"gzipped", false},
		{"gzip;q=yes", false},
	};

	(void)state;
	check_all(wishes, sizeof wishes / sizeof wishes[0], tb_accept_allows_gzip);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_page_for_browsers_and_json_for_programs),
		cmocka_unit_test(test_what_is_not_of_the_form_is_passed_over),
		cmocka_unit_test(test_gzip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

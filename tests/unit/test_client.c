/* SPDX-License-Identifier: Apache-2.0 */
/* Which address is which page [HTTP.PAGE]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/support/client_sample.h"

static void check_page(const char *path, const char *kind, const char *slug, bool is_shared)
{
	tb_client_address a;

	assert_true(tb_client_parse_address(&a, path, strlen(path)));
	assert_string_equal(a.kind, kind);
	assert_int_equal(a.is_shared, is_shared);
	assert_int_equal(a.slug == NULL, slug == NULL);
	if (slug != NULL) {
		assert_int_equal(a.slug_len, strlen(slug));
		assert_memory_equal(a.slug, slug, a.slug_len);
	}
}

static void test_addresses_of_pages(void **state)
{
	(void)state;
	check_page("/", "home", NULL, true);
	check_page("/audit", "audit", NULL, false);
	check_page("/admin", "admin", NULL, false);
	check_page("/e/a", "election", "a", true);
	check_page("/e/board-2026", "election", "board-2026", true);
	check_page("/e/vote/vote", "vote", "vote", false);
	check_page("/e/x/board", "board", "x", false);
	check_page("/e/x/check", "check", "x", false);
	check_page("/e/x/results", "results", "x", false);
	check_page("/e/x/verify", "verify", "x", false);
}

static void test_addresses_of_nothing(void **state)
{
	static const char *const paths[] = {"", "vote", "/vote", "//", "/e", "/e/", "/e//vote", "/e/x/",
		"/e/x/vote/", "/e/x//vote", "/e/X/vote", "/e/../vote", "/e/x/../y", "/e/x/vote/..",
		"/e/x/Vote", "/e/x/votes", "/e/x/vote%2f", "/e/x/%76ote", "/e/x/vote\\", "/audit/",
		"/audit/x", "/client/", "/client", "/e/x/vot", "/e/x/vote.html", "/e/-/vote", "/elections"};
	tb_client_address a;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_false(tb_client_parse_address(&a, paths[i], strlen(paths[i])));
	/* The length counts, not a NUL. */
	assert_true(tb_client_parse_address(&a, "/audit/", 6));
	assert_false(tb_client_parse_address(&a, "/audit\0", 7));
}

static void test_find(void **state)
{
	const tb_client *c = client_sample(0);

	(void)state;
	assert_string_equal(tb_client_find_page(c, "vote")->name, "vote");
	assert_null(tb_client_find_page(c, "votes"));
	assert_null(tb_client_find_page(&client_none, "vote"));
	assert_non_null(tb_client_find_file(c, "/client/booth.tar"));
	assert_null(tb_client_find_file(c, "/client/booth"));
	assert_null(tb_client_find_file(&client_none, "/client/booth.tar"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_of_pages),
		cmocka_unit_test(test_addresses_of_nothing),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

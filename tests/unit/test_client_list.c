/* SPDX-License-Identifier: Apache-2.0 */
/* [CLIENT]: the payload, and [CLIENT.CHANGED]: where it may come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/election/client_list.h"
#include "tests/support/check_board.h"
#include "tests/support/make_board.h"

#define HASH "00000000000000000000000000000000000000000000000000000000000000ff"
#define FILE_AT(path) "{\"path\":\"" path "\",\"sha256\":\"" HASH "\"}"

static tb_err parse(const char *text, tb_client_list *list, tb_fault *fault)
{
	memset(fault, 0, sizeof *fault);
	return tb_client_list_parse(list, text, strlen(text), fault);
}

static void check_refused(const char *text, const char *rule, const char *where)
{
	tb_client_list list;
	tb_fault fault;

	assert_int_equal(parse(text, &list, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, rule);
	if (where != NULL)
		assert_string_equal(fault.where, where);
	assert_null(list.files);
	assert_int_equal(list.num, 0);
}

static void test_what_is_read_is_what_is_written(void **state)
{
	static const char text[] =
		"{\"files\":[" FILE_AT("/") "," FILE_AT("/A/b_c-1/d.e..f") "," FILE_AT("/e/x/vote") "]}";
	tb_client_list list;
	tb_fault fault;
	tb_buf out;

	(void)state;
	assert_int_equal(parse(text, &list, &fault), TB_OK);
	assert_int_equal(list.num, 3);
	assert_string_equal(list.files[2].path, "/e/x/vote");
	assert_int_equal(list.files[2].sha256[31], 0xff);
	assert_ptr_equal(tb_client_list_find(&list, "/e/x/vote"), &list.files[2]);
	assert_null(tb_client_list_find(&list, "/e/x"));
	tb_buf_init(&out, 10000);
	assert_int_equal(tb_client_list_write(&out, &list), TB_OK);
	assert_string_equal(tb_buf_cstr(&out), text);
	tb_buf_release(&out);
	tb_client_list_release(&list);
}

static void test_what_is_refused(void **state)
{
	(void)state;
	check_refused("{\"files\":[]}", "CLIENT", "files");
	check_refused("{\"files\":{}}", "CLIENT", "files");
	check_refused("{\"files\":[" FILE_AT("/b") "," FILE_AT("/a") "]}", "CLIENT", "files[1].path");
	check_refused("{\"files\":[" FILE_AT("/a") "," FILE_AT("/a") "]}", "CLIENT", "files[1].path");
	check_refused("{\"files\":[" FILE_AT("/..") "]}", "CLIENT", "files[0].path");
	check_refused("{\"files\":[{\"path\":\"/\",\"sha256\":\"00\"}]}", "CLIENT", "files[0].sha256");
	check_refused("{\"files\":[{\"path\":\"/\",\"sha256\":5}]}", "CLIENT", NULL);
	check_refused("{\"files\":[{\"sha256\":\"" HASH "\",\"path\":\"/\"}]}", "JSON.CANONICAL", NULL);
	check_refused("{\"files\":[" FILE_AT("/") "],\"more\":1}", "JSON.CANONICAL", NULL);
	check_refused("{\"files\":[" FILE_AT("\\/") "]}", "JSON.CANONICAL", NULL);
	check_refused("[]", "CLIENT", NULL);
	check_refused("", "JSON.CANONICAL", NULL);
}

static void test_addresses(void **state)
{
	static const char *const right[] = {
		"/", "/a", "/A9_-", "/-/_", "/a.b", "/a..b", "/a.", "/e/spring/vote"};
	static const char *const wrong[] = {"", "a", "//", "/a/", "//a", "/a//b", "/.", "/..", "/.a", "/a/.b",
		"/a/..", "/a?b", "/a#b", "/a%62", "/a b", "/a\\b", "/a:b", "/\xc3\xa9", "/a\n"};
	char path[TB_CLIENT_PATH_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		assert_true(tb_client_path_is_valid(right[i], strlen(right[i])));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(tb_client_path_is_valid(wrong[i], strlen(wrong[i])));
	memset(path, 'a', sizeof path);
	path[0] = '/';
	assert_true(tb_client_path_is_valid(path, TB_CLIENT_PATH_MAX));
	assert_false(tb_client_path_is_valid(path, TB_CLIENT_PATH_MAX + 1));
}

/* The longest list that the board can hold can be written, and read again. */
static void test_the_largest_list(void **state)
{
	static tb_client_item files[TB_CLIENT_FILES_MAX + 1];
	tb_client_list list = {.files = files, .num = TB_CLIENT_FILES_MAX}, again;
	tb_fault fault;
	tb_buf out;

	(void)state;
	for (size_t i = 0; i < TB_CLIENT_FILES_MAX + 1; i++) {
		memset(files[i].path, 'x', TB_CLIENT_PATH_MAX);
		(void)snprintf(files[i].path, sizeof files[i].path, "/%04zu", i);
		files[i].path[5] = 'x';
	}
	tb_buf_init(&out, 1u << 20);
	assert_int_equal(tb_client_list_write(&out, &list), TB_OK);
	assert_int_equal(tb_client_list_parse(&again, out.data, out.len, &fault), TB_OK);
	assert_int_equal(again.num, TB_CLIENT_FILES_MAX);
	assert_string_equal(again.files[299].path, files[299].path);
	tb_client_list_release(&again);
	tb_buf_clear(&out);
	list.num++;
	assert_int_equal(tb_client_list_write(&out, &list), TB_OK);
	assert_int_equal(tb_client_list_parse(&again, out.data, out.len, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "CLIENT");
	tb_buf_release(&out);
}

/* ---- on the board ---- */

static void test_only_another_client_is_news(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	uint8_t first[32], second[32];

	(void)state;
	tb_maker_until_ready(m);
	assert_int_equal(tb_board_num_clients(m->board), 0);
	assert_false(tb_board_client(m->board, first));
	tb_maker_client(m, 0);
	assert_true(tb_board_client(m->board, first));
	m->is_lenient = true;
	tb_maker_client(m, 0);
	assert_int_equal(m->num_refused, 1);
	assert_string_equal(m->last_fault.rule, "CLIENT.CHANGED");
	tb_maker_open(m);
	tb_maker_client(m, 0);
	assert_int_equal(m->num_refused, 2);
	tb_maker_client(m, 1);
	assert_true(tb_board_client(m->board, second));
	assert_memory_not_equal(first, second, 32);
	tb_maker_client(m, 0); /* back again: the board says so too */
	assert_int_equal(m->num_refused, 2);
	tb_maker_free(m);
}

static void test_there_is_a_limit(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);

	(void)state;
	tb_maker_until_ready(m);
	for (unsigned i = 0; i < 1000; i++)
		tb_maker_client(m, i % 2);
	assert_int_equal(tb_board_num_clients(m->board), 1000);
	m->is_lenient = true;
	tb_maker_client(m, 2);
	assert_int_equal(m->num_refused, 1);
	assert_string_equal(m->last_fault.rule, "CLIENT.CHANGED");
	tb_maker_free(m);
}

/* ---- what a verifier says ---- */

static const char *text_of(const tb_checked *c, const char *code)
{
	for (size_t i = 0; i < c->report.num_statements; i++)
		if (strcmp(c->report.statements[i].code, code) == 0)
			return c->report.statements[i].text;
	return NULL;
}

static void test_a_verifier_names_what_changed(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_until_ready(m);
	tb_maker_client(m, 0);
	tb_maker_open(m);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	assert_int_equal(c.num, 0);
	assert_non_null(strstr(text_of(&c, "client"), "in 1 entry"));
	assert_null(text_of(&c, "client-changed"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_client(m, 1);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	assert_int_equal(c.num, 0);
	assert_non_null(strstr(text_of(&c, "client"), "in 2 entries"));
	assert_non_null(strstr(text_of(&c, "client-changed"), ": /e/spring/vote. Who voted before"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

static void test_nothing_is_said_without_a_client(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	assert_null(text_of(&c, "client"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_read_is_what_is_written),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_the_largest_list),
		cmocka_unit_test(test_only_another_client_is_news),
		cmocka_unit_test(test_there_is_a_limit),
		cmocka_unit_test(test_a_verifier_names_what_changed),
		cmocka_unit_test(test_nothing_is_said_without_a_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

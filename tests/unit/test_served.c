/* SPDX-License-Identifier: Apache-2.0 */
/* What a server gives to browsers against the list on the board [CLIENT.SERVED]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/http.h"
#include "tests/support/make_board.h"
#include "verifier/served.h"

/* A server that gives what the test says. */
typedef struct answer {
	const char *path, *type, *body;
} answer;

#define HTML "text/html; charset=utf-8"
#define EMPTY_LIST "{\"files\":[],\"pages\":[]}"

static answer answers[16];
static bool saw_browser;
static tb_http *http;
static tb_maker *maker;
static tb_client_item items[8];
static tb_check_report report;
static char url[120];

static bool give(void *ctx, const tb_http_request *request, tb_http_response *response, void (*wake)(void *),
	void *call, void **pending)
{
	(void)ctx;
	(void)wake;
	(void)call;
	(void)pending;
	saw_browser = strncmp(request->accept, "text/html", 9) == 0;
	response->status = 404;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0] && answers[i].path != NULL; i++)
		if (strcmp(answers[i].path, request->path) == 0) {
			response->status = 200;
			tb_http_response_header_fixed(response, "Content-Type", answers[i].type);
			tb_buf_text(&response->body, answers[i].body);
		}
	return true;
}

static size_t no_body(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return 0;
}

static int start(void **state)
{
	static tb_config config;
	static tb_metrics metrics;
	tb_http_handler handler = {.answer = give, .max_body = no_body, .metrics = &metrics};
	tb_maker_config small = {.small = true};
	tb_fault fault;

	(void)state;
	tb_config_init(&config);
	config.listen.num = 1;
	memcpy(config.listen.at[0], "127.0.0.1:0", sizeof "127.0.0.1:0");
	assert_int_equal(tb_http_bind(&http, &config, &handler, &fault), TB_OK);
	assert_int_equal(tb_http_start(http, &fault), TB_OK);
	(void)setenv("no_proxy", "127.0.0.1", 1);
	maker = tb_maker_new(&small);
	tb_maker_manifest(maker);
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/e/spring", tb_http_port(http, 0));
	report.board = maker->board;
	report.client.files = items;
	report.client_entry = 7;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	tb_http_stop(http);
	tb_maker_free(maker);
	return 0;
}

/* The server serves these; the board names the first `listed` of them. */
static void serve_these(const answer *list, size_t num, size_t listed)
{
	memset(answers, 0, sizeof answers);
	memcpy(answers, list, num * sizeof *list);
	report.client.num = listed;
	for (size_t i = 0; i < listed; i++) {
		(void)snprintf(items[i].path, sizeof items[i].path, "%s", list[i].path);
		tb_sha256(items[i].sha256, list[i].body, strlen(list[i].body));
	}
}

static void compare(tb_verify_served *out)
{
	tb_fault fault = {0};

	memset(out, 0, sizeof *out);
	assert_int_equal(tb_verify_served_compare(out, url, &report, &fault), TB_OK);
	assert_true(out->is_asked);
	assert_int_equal(out->entry, 7);
}

/* One failure, at this address. */
static void check_one(const char *where, const char *found)
{
	tb_verify_served s;

	compare(&s);
	assert_int_equal(s.num_failures, 1);
	assert_string_equal(s.failures[0].rule, "CLIENT.SERVED");
	assert_string_equal(s.failures[0].where, where);
	assert_non_null(strstr(s.failures[0].found, found));
	tb_verify_served_release(&s);
}

static const answer honest[] = {
	{"/", HTML, "<p>Elections.</p>"},
	{"/client/files.json", "application/json", EMPTY_LIST},
	{"/client/vote.js", "text/javascript", "vote();"},
	{"/e/spring/vote", HTML, "<p>Vote.</p>"},
};

static void test_what_the_board_names(void **state)
{
	tb_verify_served s;

	(void)state;
	serve_these(honest, 4, 4);
	compare(&s);
	assert_int_equal(s.num_failures, 0);
	assert_int_equal(s.compared, 4);
	assert_true(saw_browser);
	tb_verify_served_release(&s);
}

static void test_other_bytes_and_missing_files(void **state)
{
	(void)state;
	serve_these(honest, 4, 4);
	answers[3].body = "<p>Vote. </p>";
	check_one("/e/spring/vote", "SHA-256 ");
	answers[3].path = "/e/spring/elsewhere";
	check_one("/e/spring/vote", "status 404");
}

/* The page that steals votes would be the one that the board does not name. */
static void test_pages_that_the_board_does_not_name(void **state)
{
	tb_verify_served s;

	(void)state;
	serve_these(honest, 4, 3);
	check_one("/e/spring/vote", "a page");
	answers[3].path = "/admin";
	check_one("/admin", "a page");
	answers[3].path = "/e/spring";
	check_one("/e/spring", "a page");
	/* JSON for programs is none. */
	answers[3].type = "application/json";
	compare(&s);
	assert_int_equal(s.num_failures, 0);
	tb_verify_served_release(&s);
}

static void test_files_that_the_board_does_not_name(void **state)
{
	static const char named[] =
		"{\"files\":[{\"path\":\"/client/vote.js\",\"file\":\"vote.js\",\"type\":\"t\",\"sha256\":"
		"\"00\",\"size\":7},{\"path\":\"/client/more.js\",\"file\":\"more.js\",\"type\":\"t\","
		"\"sha256\":\"00\",\"size\":7}],\"pages\":[]}";
	answer list[4];

	(void)state;
	memcpy(list, honest, sizeof list);
	list[1].body = named;
	serve_these(list, 4, 4);
	check_one("/client/more.js", "/client/files.json only");
	list[1].body = "no list";
	serve_these(list, 4, 4);
	check_one("/client/files.json", "");
}

static void test_a_board_without_a_client(void **state)
{
	(void)state;
	serve_these(honest, 0, 0);
	check_one("board", "none");
}

static void test_what_cannot_be_asked(void **state)
{
	static const char *const wrong[] = {"", "copy.tar", "ftp://127.0.0.1/e/spring",
		"http://127.0.0.1/e/other", "http://user@127.0.0.1/e/spring"};
	tb_verify_served s = {0};
	tb_fault fault = {0};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(tb_verify_served_compare(&s, wrong[i], &report, &fault), TB_ERR_RULE);
		tb_verify_served_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_board_names),
		cmocka_unit_test(test_other_bytes_and_missing_files),
		cmocka_unit_test(test_pages_that_the_board_does_not_name),
		cmocka_unit_test(test_files_that_the_board_does_not_name),
		cmocka_unit_test(test_a_board_without_a_client),
		cmocka_unit_test(test_what_cannot_be_asked),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

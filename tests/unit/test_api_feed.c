/* SPDX-License-Identifier: Apache-2.0 */
/* Atom feeds of elections and of their acts [HTTP.FEED]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/serve.h"

static serve s;

static int start(void **state)
{
	(void)state;
	serve_start(&s, 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	serve_stop(&s);
	return 0;
}

/* ---- a reader of XML, as far as a feed needs it: elements, attributes in double quotes, the four escapes ---- */

static void check_escape(const char *at)
{
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
	bool found = false;

	for (size_t i = 0; i < 4; i++)
		found = found || strncmp(at, known[i], strlen(known[i])) == 0;
	assert_true(found);
}

/* Every element ends where it must; nothing else begins with '<'. */
static void check_well_formed(const char *at)
{
	char open[16][20];
	size_t depth = 0, roots = 0;
	static const char head[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

	assert_memory_equal(at, head, strlen(head));
	for (at += strlen(head); *at != '\0'; at++) {
		if (*at == '&')
			check_escape(at);
		assert_true((unsigned char)*at >= 0x20 || *at == '\n');
		if (*at != '<')
			continue;
		if (at[1] == '/') {
			char name[20];

			assert_int_equal(sscanf(at + 2, "%19[a-z]", name), 1);
			assert_true(depth > 0);
			assert_string_equal(name, open[--depth]);
			at += 2 + strlen(name);
			assert_int_equal(*at, '>');
			continue;
		}
		assert_true(depth < 16);
		assert_int_equal(sscanf(at + 1, "%19[a-z]", open[depth]), 1);
		for (bool quoted = false; *at != '>' || quoted; at++) {
			assert_true(*at != '\0');
			if (*at == '"')
				quoted = !quoted;
			if (*at == '&')
				check_escape(at);
		}
		roots += depth == 0;
		depth += at[-1] != '/';
	}
	assert_int_equal(depth, 0);
	assert_int_equal(roots, 1);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
		n++;
	return n;
}

/* RFC 4287: a feed and each of its entries have one id, title and time; each feed an author and a link to itself. */
static void get_feed(const char *path, char *text, size_t text_len, size_t num_entries)
{
	tb_http_response r;

	assert_int_equal(serve_request(&s, &r, "GET", path, NULL, 0), 200);
	assert_string_equal(tb_http_response_find(&r, "Content-Type"), "application/atom+xml; charset=utf-8");
	assert_true(r.body.len < text_len);
	(void)snprintf(text, text_len, "%s", tb_buf_cstr(&r.body));
	tb_http_response_release(&r);
	check_well_formed(text);
	assert_int_equal(count(text, "<entry>"), num_entries);
	assert_int_equal(count(text, "<id>"), num_entries + 1);
	assert_int_equal(count(text, "<title>"), num_entries + 1);
	assert_int_equal(count(text, "<updated>"), num_entries + 1);
	assert_int_equal(count(text, "rel=\"alternate\""), num_entries + 1);
	assert_int_equal(count(text, "<author>"), 1);
	assert_int_equal(count(text, "rel=\"self\""), 1);
}

static const char *must_have(const char *text, const char *what)
{
	const char *at = strstr(text, what);

	if (at == NULL)
		print_error("no %s in\n%s\n", what, text);
	assert_non_null(at);
	return at;
}

/* ---- the cases ---- */

static void test_no_election(void **state)
{
	static char text[100000];

	(void)state;
	get_feed("/feed.atom", text, sizeof text, 0);
	must_have(text, "<updated>1970-01-01T00:00:00Z</updated>");
}

static void test_of_setting_up_nothing_is_told(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	static char text[200000];

	(void)state;
	tb_maker_until_ready(m);
	get_feed("/e/spring/feed.atom", text, sizeof text, 0);
	get_feed("/feed.atom", text, sizeof text, 1);
	tb_maker_free(m);
}

static void test_what_happens_in_an_election(void **state)
{
	static const char *const order[] = {"<title>The result<",
		"<title>The board is endorsed: ", "<title>The polls are closed<",
		"<title>The end of the polls was moved<", "<title>Notice of the administrator<",
		"<title>The polls are open<"};
	tb_maker_config config = {.small = true, .num_endorsers = 1, .extras = true};
	tb_maker *m = serve_maker(&s, &config);
	static char text[200000];
	const char *at = text;

	(void)state;
	tb_maker_run(m);
	get_feed("/e/spring/feed.atom", text, sizeof text, 5 + 4);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		at = must_have(at, order[i]) + 1; /* the newest first */
	must_have(text, "<content type=\"text\">The server was down for an hour.</content>");
	must_have(text, "The server was down.</content>");
	must_have(text, "href=\"/e/spring/results\"");
	must_have(text, "Ballots cast: ");
	must_have(text, "href=\"/e/spring/feed.atom\"");
	get_feed("/feed.atom", text, sizeof text, 1);
	must_have(text, "href=\"/e/spring\"");
	tb_maker_free(m);
}

/* What is written by others stays text in whatever reads the feed. */
static void nasty(void *arg, tb_manifest *m)
{
	(void)arg;
	free(m->title);
	m->title = strdup("</title><script>alert(1)</script> & \"quotes\"");
	assert_non_null(m->title);
}

static void test_text_stays_text(void **state)
{
	tb_maker_config config = {.small = true, .edit = nasty};
	tb_maker *m = serve_maker(&s, &config);
	static char text[200000];

	(void)state;
	tb_maker_until_open(m);
	tb_maker_notice(m, "]]></content><script src=\"//x\">&lt;\nü 😀");
	tb_maker_cancel(m);
	get_feed("/e/spring/feed.atom", text, sizeof text, 3);
	assert_null(strstr(text, "<script"));
	must_have(text, "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; "
			"&quot;quotes&quot;</title>");
	must_have(text, "]]&gt;&lt;/content&gt;&lt;script src=&quot;//x&quot;&gt;&amp;lt;\nü 😀</content>");
	must_have(text, "<title>The election is cancelled</title>");
	get_feed("/feed.atom", text, sizeof text, 1);
	assert_null(strstr(text, "<script"));
	tb_maker_free(m);
}

/* A question of 400 options with the longest labels: its result is longer than an entry of a feed may be. */
static void many_options(void *arg, tb_manifest *m)
{
	tb_question *q = &m->questions[0];
	tb_option *old = q->options;
	uint32_t num = 400;

	(void)arg;
	q->options = calloc(num, sizeof *q->options);
	assert_non_null(q->options);
	for (uint32_t i = 0; i < num; i++) {
		tb_option *o = &q->options[i];

		assert_true(asprintf(&o->id, "o%u", i) > 0);
		assert_true(asprintf(&o->label, "%0200u", i) > 0);
		o->text = strdup("");
		o->link = strdup("");
		assert_true(o->text != NULL && o->link != NULL);
	}
	for (uint32_t i = 0; i < q->num_options; i++) {
		free(old[i].id);
		free(old[i].label);
		free(old[i].text);
		free(old[i].link);
		free(old[i].picture);
	}
	free(old);
	q->num_options = num;
	q->method = TB_METHOD_APPROVAL;
	q->min = 0;
	q->max = num;
	q->score_max = 1;
	q->winners = 1;
	q->approval = (tb_bar){.base = 0};
}

static void test_a_result_that_is_too_long(void **state)
{
	tb_maker_config config = {.small = true, .num_voters = 1, .edit = many_options};
	tb_maker *m = serve_maker(&s, &config);
	static char text[200000];

	(void)state;
	tb_maker_run(m);
	get_feed("/e/spring/feed.atom", text, sizeof text, 6);
	must_have(text, "<title>The result<");
	must_have(text, "its page has all of it");
	tb_maker_free(m);
}

static void test_the_latest_fifty(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	static char text[200000];
	char words[20];

	(void)state;
	tb_maker_manifest(m);
	for (int i = 0; i < 60; i++) {
		(void)snprintf(words, sizeof words, "notice %d.", i);
		tb_maker_notice(m, words);
	}
	get_feed("/e/spring/feed.atom", text, sizeof text, 50);
	must_have(text, "notice 59.");
	must_have(text, "notice 10.");
	assert_null(strstr(text, "notice 9."));
	tb_maker_free(m);
}

static void test_asked_again(void **state)
{
	static const char *const paths[] = {"/feed.atom", "/e/spring/feed.atom"};
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_http_request request = {.method = "GET", .accept = "", .accept_encoding = "", .if_none_match = ""};
	char etag[2][80];
	tb_http_response r;

	(void)state;
	tb_maker_manifest(m);
	for (size_t i = 0; i < 2; i++) {
		request.path = paths[i];
		request.if_none_match = "";
		assert_int_equal(serve_ask(&s, &r, &request), 200);
		(void)snprintf(etag[i], sizeof etag[i], "%s", tb_http_response_find(&r, "ETag"));
		tb_http_response_release(&r);
		request.if_none_match = etag[i];
		assert_int_equal(serve_ask(&s, &r, &request), 304);
		assert_int_equal(r.body.len, 0);
		tb_http_response_release(&r);
	}
	m->now += 3600;
	atomic_store(&s.now, m->now);
	tb_maker_notice(m, "Something new.");
	for (size_t i = 0; i < 2; i++) {
		request.path = paths[i];
		request.if_none_match = etag[i];
		assert_int_equal(serve_ask(&s, &r, &request), 200);
		tb_http_response_release(&r);
		assert_int_equal(serve_request(&s, &r, "POST", paths[i], "", 0), 405);
		tb_http_response_release(&r);
	}
	assert_int_equal(serve_get(&s, "/e/none/feed.atom", NULL), 404);
	assert_int_equal(serve_get(&s, "/e/spring/feed.atom/", NULL), 404);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_election, start, stop),
		cmocka_unit_test_setup_teardown(test_of_setting_up_nothing_is_told, start, stop),
		cmocka_unit_test_setup_teardown(test_what_happens_in_an_election, start, stop),
		cmocka_unit_test_setup_teardown(test_text_stays_text, start, stop),
		cmocka_unit_test_setup_teardown(test_the_latest_fifty, start, stop),
		cmocka_unit_test_setup_teardown(test_a_result_that_is_too_long, start, stop),
		cmocka_unit_test_setup_teardown(test_asked_again, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

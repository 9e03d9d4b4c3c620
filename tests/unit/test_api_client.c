/* SPDX-License-Identifier: Apache-2.0 */
/* Pages and files of the web client, and who gets them [HTTP.PAGE] [HTTP.FILES] [HTTP.HEADERS] [HTTP.CORS] [HTTP.CLIENT]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/serve.h"

#define BROWSER "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#define GZIP "gzip, deflate, br"

static serve s;

static int start(void **state)
{
	tb_maker_config config = {.small = true, .slug = "here"};
	tb_maker *m;

	(void)state;
	serve_start(&s, 0);
	m = serve_maker(&s, &config);
	tb_maker_manifest(m);
	tb_maker_free(m);
	serve_restart_with(&s, client_sample(0));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	serve_stop(&s);
	return 0;
}

static unsigned ask(tb_http_response *r, const char *method, const char *path, const char *accept,
	const char *accept_encoding, const char *if_none_match)
{
	const tb_http_request request = {.method = method,
		.path = path,
		.accept = accept,
		.accept_encoding = accept_encoding,
		.if_none_match = if_none_match};

	return serve_ask(&s, r, &request);
}

static void check_header(const tb_http_response *r, const char *name, const char *value)
{
	const char *found = tb_http_response_find(r, name);

	if (value == NULL) {
		assert_null(found);
		return;
	}
	assert_non_null(found);
	assert_string_equal(found, value);
}

static void check_body(const tb_http_response *r, const tb_client_file *f)
{
	assert_int_equal(r->body.len, f->len);
	assert_memory_equal(r->body.data, f->data, f->len);
}

/* ---- pages ---- */

static void test_every_page_at_its_address(void **state)
{
	static const struct {
		const char *path, *kind, *vary;
	} pages[] = {
		{"/", "home", "Accept, Accept-Encoding"},
		{"/e/here", "election", "Accept, Accept-Encoding"},
		{"/audit", "audit", "Accept-Encoding"},
		{"/admin", "admin", "Accept-Encoding"},
		{"/e/here/vote", "vote", "Accept-Encoding"},
		{"/e/here/board", "board", "Accept-Encoding"},
		{"/e/here/check", "check", "Accept-Encoding"},
		{"/e/here/results", "results", "Accept-Encoding"},
		{"/e/here/verify", "verify", "Accept-Encoding"},
	};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		assert_int_equal(ask(&r, "GET", pages[i].path, BROWSER, GZIP, ""), 200);
		check_body(&r, tb_client_find_page(client_sample(0), pages[i].kind));
		check_header(&r, "Content-Type", "text/html; charset=utf-8");
		check_header(&r, "Cache-Control", "no-cache");
		check_header(&r, "Vary", pages[i].vary);
		check_header(&r, "Set-Cookie", NULL);
		tb_http_response_release(&r);
		assert_int_equal(ask(&r, "HEAD", pages[i].path, BROWSER, "", ""), 200);
		tb_http_response_release(&r);
	}
}

static void test_programs_get_json_where_browsers_get_a_page(void **state)
{
	static const char *const wishes[] = {
		"", "*/*", "application/json", "application/json, text/html;q=0.9", ";;,q"};
	static const char *const paths[] = {"/", "/e/here"};
	tb_http_response r;

	(void)state;
	for (size_t p = 0; p < 2; p++)
		for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
			assert_int_equal(ask(&r, "GET", paths[p], wishes[i], "", ""), 200);
			check_header(&r, "Content-Type", "application/json");
			/* or a cache between would give one what the other asked for */
			check_header(&r, "Vary", "Accept");
			tb_http_response_release(&r);
		}
	/* The other pages are pages for everybody. */
	assert_int_equal(ask(&r, "GET", "/e/here/vote", "application/json", "", ""), 200);
	check_header(&r, "Content-Type", "text/html; charset=utf-8");
	tb_http_response_release(&r);
}

static void test_the_headers_that_protect_pages_and_files(void **state)
{
	static const char *const paths[] = {
		"/", "/e/here/vote", "/client/vote-0000000000000000.js", "/e/there/vote"};
	static const char *const words[] = {"default-src 'none'", "script-src 'self'", "connect-src 'self'",
		"form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'",
		"require-trusted-types-for 'script'"};
	tb_http_response r;

	(void)state;
	for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++) {
		const char *policy;

		(void)ask(&r, "GET", paths[p], BROWSER, "", "");
		policy = tb_http_response_find(&r, "Content-Security-Policy");
		assert_non_null(policy);
		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
			assert_non_null(strstr(policy, words[i]));
		assert_null(strstr(policy, "unsafe"));
		assert_null(strstr(policy, "http"));
		assert_null(strstr(policy, "*"));
		check_header(&r, "Referrer-Policy", "no-referrer");
		check_header(&r, "Cross-Origin-Opener-Policy", "same-origin");
		check_header(&r, "Cross-Origin-Resource-Policy", "same-origin");
		tb_http_response_release(&r);
	}
}

static void test_the_camera_is_for_the_two_pages_that_read_codes(void **state)
{
	static const struct {
		const char *path, *start;
	} pages[] = {{"/audit", "camera=(self),"}, {"/e/here/check", "camera=(self),"},
		{"/e/here/vote", "camera=(),"}, {"/admin", "camera=(),"}, {"/", "camera=(),"}};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		assert_int_equal(ask(&r, "GET", pages[i].path, BROWSER, "", ""), 200);
		assert_memory_equal(tb_http_response_find(&r, "Permissions-Policy"), pages[i].start,
			strlen(pages[i].start));
		tb_http_response_release(&r);
	}
}

static void test_an_unknown_election_is_told_in_the_language_of_who_asks(void **state)
{
	static const char *const paths[] = {"/e/there", "/e/there/vote", "/e/there/verify", "/nowhere",
		"/e/here/nothing", "/client/none.js"};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(ask(&r, "GET", paths[i], BROWSER, "", ""), 404);
		check_header(&r, "Content-Type", "text/html; charset=utf-8");
		assert_non_null(strstr(tb_buf_cstr(&r.body), "There is nothing at this address"));
		tb_http_response_release(&r);
		assert_int_equal(ask(&r, "GET", paths[i], "*/*", "", ""), 404);
		check_header(&r, "Content-Type", "application/problem+json");
		assert_string_equal(serve_rule(&r), "HTTP.NOT-FOUND");
		tb_http_response_release(&r);
		/* A form or a script that posts is a program. */
		assert_int_not_equal(ask(&r, "POST", paths[i], BROWSER, "", ""), 200);
		check_header(&r, "Content-Type", "application/problem+json");
		tb_http_response_release(&r);
	}
}

static void test_other_methods_are_refused(void **state)
{
	static const char *const paths[] = {
		"/", "/audit", "/e/here", "/e/here/vote", "/client/booth.tar", "/client/none"};
	static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "get", "TRACE"};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
			assert_int_equal(ask(&r, methods[m], paths[i], BROWSER, "", ""), 405);
			assert_string_equal(serve_rule(&r), "HTTP.METHOD");
			check_header(&r, "Allow", "GET, HEAD");
			tb_http_response_release(&r);
		}
}

/* ---- files ---- */

static void test_files_named_by_their_hash_are_kept_for_ever(void **state)
{
	const tb_client *c = client_sample(0);
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < c->num_files; i++) {
		const tb_client_file *f = &c->files[i];

		assert_int_equal(ask(&r, "GET", f->name, "*/*", "", ""), 200);
		check_body(&r, f);
		check_header(&r, "Content-Type", f->type);
		check_header(&r, "Cache-Control",
			f->is_fixed ? "public, max-age=31536000, immutable" : "no-cache");
		check_header(&r, "Content-Encoding", NULL);
		check_header(
			&r, "Content-Disposition", strstr(f->name, ".tar") != NULL ? "attachment" : NULL);
		tb_http_response_release(&r);
	}
}

static void test_gzip_for_who_takes_it(void **state)
{
	const tb_client_file *f = tb_client_find_file(client_sample(0), "/client/style-00000000000000aa.css");
	char plain[80];
	tb_http_response r;

	(void)state;
	assert_int_equal(ask(&r, "GET", f->name, "*/*", "gzip;q=0, *", ""), 200);
	check_body(&r, f);
	check_header(&r, "Vary", "Accept-Encoding");
	check_header(&r, "Content-Encoding", NULL);
	(void)snprintf(plain, sizeof plain, "%s", tb_http_response_find(&r, "ETag"));
	tb_http_response_release(&r);
	assert_int_equal(ask(&r, "GET", f->name, "*/*", GZIP, ""), 200);
	check_header(&r, "Vary", "Accept-Encoding");
	check_header(&r, "Content-Encoding", "gzip");
	assert_int_equal(r.body.len, f->gzip_len);
	assert_memory_equal(r.body.data, f->gzip, f->gzip_len);
	assert_string_not_equal(tb_http_response_find(&r, "ETag"), plain);
	tb_http_response_release(&r);
	/* A copy of the plain form is no copy of the compressed one. */
	assert_int_equal(ask(&r, "GET", f->name, "*/*", GZIP, plain), 200);
	tb_http_response_release(&r);
}

static void test_a_copy_that_is_still_right_is_not_sent_again(void **state)
{
	static const char *const paths[] = {
		"/", "/e/here/vote", "/client/booth.tar", "/client/vote-0000000000000000.js"};
	char etag[80];
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(ask(&r, "GET", paths[i], BROWSER, GZIP, "\"something else\""), 200);
		(void)snprintf(etag, sizeof etag, "%s", tb_http_response_find(&r, "ETag"));
		tb_http_response_release(&r);
		assert_int_equal(ask(&r, "GET", paths[i], BROWSER, GZIP, etag), 304);
		assert_int_equal(r.body.len, 0);
		check_header(&r, "ETag", etag);
		tb_http_response_release(&r);
		assert_int_equal(ask(&r, "GET", paths[i], BROWSER, GZIP, "*"), 304);
		tb_http_response_release(&r);
	}
	/* Of another version of the page. */
	assert_int_equal(ask(&r, "GET", "/e/here/vote", BROWSER, GZIP, ""), 200);
	(void)snprintf(etag, sizeof etag, "%s", tb_http_response_find(&r, "ETag"));
	tb_http_response_release(&r);
	serve_restart_with(&s, client_sample(1));
	assert_int_equal(ask(&r, "GET", "/e/here/vote", BROWSER, GZIP, etag), 200);
	check_body(&r, tb_client_find_page(client_sample(1), "vote"));
	tb_http_response_release(&r);
	serve_restart_with(&s, client_sample(0));
}

static void test_every_page_and_the_list_know_their_copies(void **state)
{
	static const char *const paths[] = {
		"/", "/e/here", "/audit", "/admin", "/e/here/vote", "/client/files.json"};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(ask(&r, "GET", paths[i], "text/html", "", "*"), 304);
		assert_int_equal(r.body.len, 0);
		tb_http_response_release(&r);
	}
}

static void test_tricks_with_paths_find_nothing(void **state)
{
	static const char *const paths[] = {"/client/../client/booth.tar", "/client//booth.tar", "/client/",
		"/client/%62ooth.tar", "/client/booth.tar/", "/client/booth.tar%00", "/client/BOOTH.TAR",
		"//client/booth.tar", "/client/./booth.tar", "/client/\\booth.tar",
		"/client/../../etc/passwd", "/client"};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(ask(&r, "GET", paths[i], "*/*", "", ""), 404);
		assert_string_equal(serve_rule(&r), "HTTP.NOT-FOUND");
		tb_http_response_release(&r);
	}
}

/* ---- the slash at the end ---- */

static void test_a_slash_at_the_end_leads_to_the_page(void **state)
{
	static const struct {
		const char *from, *to;
	} pairs[] = {{"/e/here/", "/e/here"}, {"/e/here/vote/", "/e/here/vote"}, {"/audit/", "/audit"},
		{"/admin/", "/admin"}};
	static const char *const nowhere[] = {"//", "//example.org/", "/\\example.org/", "/e/here//",
		"/e/here/vote//", "/e//", "/e/", "/e/here/log/checkpoint/", "/client/booth.tar/",
		"/elections/", "//audit/"};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		assert_int_equal(ask(&r, "GET", pairs[i].from, BROWSER, "", ""), 308);
		check_header(&r, "Location", pairs[i].to);
		assert_int_equal(r.body.len, 0);
		tb_http_response_release(&r);
		assert_int_not_equal(ask(&r, "POST", pairs[i].from, BROWSER, "", ""), 308);
		tb_http_response_release(&r);
	}
	/* Least of all to another server. */
	for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
		assert_int_equal(ask(&r, "GET", nowhere[i], BROWSER, "", ""), 404);
		check_header(&r, "Location", NULL);
		tb_http_response_release(&r);
	}
}

/* ---- other origins ---- */

static void test_a_booth_from_elsewhere_can_read_and_post(void **state)
{
	static const char *const readable[] = {"/", "/e/here", "/e/here/log/checkpoint",
		"/e/here/voter/nobody", "/e/here/receipt/0", "/e/here/log/tile/entries/000.p/1",
		"/e/here/archive", "/e/there", "/nowhere"};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++) {
		(void)ask(&r, "GET", readable[i], "*/*", "", "");
		check_header(&r, "Access-Control-Allow-Origin", "*");
		check_header(&r, "Access-Control-Expose-Headers", "Tabella-Index, Location");
		tb_http_response_release(&r);
		assert_int_equal(ask(&r, "OPTIONS", readable[i], "*/*", "", ""), 204);
		check_header(&r, "Access-Control-Allow-Origin", "*");
		check_header(&r, "Access-Control-Allow-Methods", "GET, HEAD, POST");
		check_header(&r, "Access-Control-Allow-Headers", "Content-Type");
		/* Never with what a browser knows of its user. */
		check_header(&r, "Access-Control-Allow-Credentials", NULL);
		tb_http_response_release(&r);
	}
	assert_int_equal(serve_request(&s, &r, "POST", "/e/here/entries", "{}", 2), 400);
	check_header(&r, "Access-Control-Allow-Origin", "*");
	tb_http_response_release(&r);
	assert_int_equal(ask(&r, "OPTIONS", "/e/here/entries", "*/*", "", ""), 204);
	tb_http_response_release(&r);
}

static void test_pages_are_not_for_other_origins(void **state)
{
	static const char *const paths[] = {"/audit", "/e/here/vote", "/client/booth.tar"};
	tb_http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(ask(&r, "GET", paths[i], BROWSER, "", ""), 200);
		check_header(&r, "Access-Control-Allow-Origin", NULL);
		tb_http_response_release(&r);
	}
}

/* ---- a server without the client ---- */

static void test_a_server_without_the_client_says_what_to_do(void **state)
{
	static const char *const paths[] = {"/audit", "/admin", "/e/here/vote", "/client/booth.tar"};
	tb_http_response r;

	(void)state;
	serve_restart_with(&s, &client_none);
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(ask(&r, "GET", paths[i], "*/*", "", ""), 501);
		assert_string_equal(serve_rule(&r), "HTTP.CLIENT");
		assert_non_null(strstr(tb_buf_cstr(&r.body), "make all"));
		tb_http_response_release(&r);
		assert_int_equal(ask(&r, "GET", paths[i], BROWSER, "", ""), 501);
		check_header(&r, "Content-Type", "text/html; charset=utf-8");
		assert_non_null(strstr(tb_buf_cstr(&r.body), "make all"));
		tb_http_response_release(&r);
	}
	/* What was JSON stays so, for browsers too. */
	assert_int_equal(ask(&r, "GET", "/e/here", BROWSER, "", ""), 200);
	check_header(&r, "Content-Type", "application/json");
	tb_http_response_release(&r);
	serve_restart_with(&s, client_sample(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_page_at_its_address),
		cmocka_unit_test(test_programs_get_json_where_browsers_get_a_page),
		cmocka_unit_test(test_the_headers_that_protect_pages_and_files),
		cmocka_unit_test(test_the_camera_is_for_the_two_pages_that_read_codes),
		cmocka_unit_test(test_an_unknown_election_is_told_in_the_language_of_who_asks),
		cmocka_unit_test(test_other_methods_are_refused),
		cmocka_unit_test(test_files_named_by_their_hash_are_kept_for_ever),
		cmocka_unit_test(test_gzip_for_who_takes_it),
		cmocka_unit_test(test_a_copy_that_is_still_right_is_not_sent_again),
		cmocka_unit_test(test_every_page_and_the_list_know_their_copies),
		cmocka_unit_test(test_tricks_with_paths_find_nothing),
		cmocka_unit_test(test_a_slash_at_the_end_leads_to_the_page),
		cmocka_unit_test(test_a_booth_from_elsewhere_can_read_and_post),
		cmocka_unit_test(test_pages_are_not_for_other_origins),
		cmocka_unit_test(test_a_server_without_the_client_says_what_to_do),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

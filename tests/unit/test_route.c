/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as bytes against a whole server without sockets [HTTP]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "crypto/hash.h"
#include "tests/support/serve_checks.h"

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

/* ---- helpers ---- */

static void get_text(const char *path, char *out, size_t out_len)
{
	tb_buf body;

	tb_buf_init(&body, 1u << 20);
	assert_int_equal(serve_get(&s, path, &body), 200);
	(void)snprintf(out, out_len, "%s", tb_buf_cstr(&body));
	tb_buf_release(&body);
}

/* What the state says [HTTP.STATE]. */
static void check_phase(const char *slug, const char *phase)
{
	char path[100], text[4000], wanted[60];

	(void)snprintf(path, sizeof path, "/e/%s", slug);
	get_text(path, text, sizeof text);
	(void)snprintf(wanted, sizeof wanted, "\"phase\":\"%s\"", phase);
	if (strstr(text, wanted) == NULL)
		print_error("%s\n", text);
	assert_non_null(strstr(text, wanted));
}

/* Every entry that ever came from outside, exactly as it was posted then: it is there already, and nothing else happens. */
static void check_reposts(tb_maker *m)
{
	tb_http_response r;

	for (uint64_t i = 0; i < m->num_entries; i++) {
		unsigned status = serve_repost(&s, m, i, &r);

		if (status == 403) {
			assert_string_equal(serve_rule(&r), "SERVER.OWN");
		} else {
			assert_int_equal(status, 200);
			assert_int_equal(strtoul(tb_http_response_find(&r, "Tabella-Index"), NULL, 10), i);
			serve_check_receipt(m, i, r.body.data, r.body.len);
		}
		tb_http_response_release(&r);
	}
	serve_check_files(&s, m);
}

/* ---- a whole election ---- */

static bool begins(const tb_buf *entry, const char *with)
{
	return entry->len > strlen(with) && memcmp(entry->data, with, strlen(with)) == 0;
}

/* The state names every entry that is neither of the roll nor a ballot, and no other [HTTP.STATE]. */
static void check_acts(const tb_maker *m, const char *state)
{
	char list[1000] = "\"acts\":[";
	size_t at = strlen(list);

	for (size_t i = 0; i < m->num_entries; i++)
		if (!begins(&m->entries[i], "{\"type\":\"roll") &&
			!begins(&m->entries[i], "{\"type\":\"ballot\""))
			at += (size_t)snprintf(list + at, sizeof list - at, i == 0 ? "%zu" : ",%zu", i);
	(void)snprintf(list + at, sizeof list - at, "]}");
	assert_non_null(strstr(state, list));
}

static void test_an_election_from_manifest_to_result(void **state)
{
	tb_maker_config config = {
		.num_voters = 7, .num_endorsers = 1, .revote = 3, .extras = true, .abstain = 4};
	tb_maker *m = serve_maker(&s, &config);
	char text[4000], path[100];
	tb_buf receipt;

	(void)state;
	get_text("/", text, sizeof text);
	assert_non_null(strstr(text, "\"elections\":[]"));
	assert_non_null(strstr(text, s.keys.line));
	tb_maker_manifest(m);
	check_phase("spring", "setup");
	get_text("/e/spring", text, sizeof text);
	assert_non_null(strstr(text, "\"awaits\":[{\"type\":\"roll\",\"signer\":\"registrar\"},"
				     "{\"type\":\"trustee.commit\",\"signer\":\"trustee/1\"},"
				     "{\"type\":\"trustee.commit\",\"signer\":\"trustee/2\"},"
				     "{\"type\":\"trustee.commit\",\"signer\":\"trustee/3\"}]"));
	tb_maker_roll(m);
	for (uint32_t i = 1; i <= 3; i++)
		tb_maker_commit(m, i);
	serve_check_files(&s, m);
	for (uint32_t i = 1; i <= 3; i++)
		tb_maker_certify(m, i);
	check_phase("spring", "ready");
	get_text("/e/spring", text, sizeof text);
	(void)snprintf(path, sizeof path,
		"{\"type\":\"open\",\"signer\":\"server\",\"time\":%" PRIu64 ",\"before\":%" PRIu64 "}",
		m->manifest.opens, m->manifest.closes); /* [OPEN.MISSED] */
	assert_non_null(strstr(text, path));
	tb_maker_open(m);
	check_phase("spring", "open");
	tb_maker_vote(m, 0);
	tb_maker_vote(m, 1);
	tb_maker_vote(m, 0);
	serve_check_files(&s, m);
	get_text("/e/spring/voter/v0000001", text, sizeof text); /* [HTTP.VOTER] */
	(void)snprintf(path, sizeof path, "\"ballot\":{\"index\":%zu,\"leaf\":\"", m->num_entries - 1);
	assert_non_null(strstr(text, path));
	assert_non_null(strstr(text, "\"on_roll\":true,\"weight\":1"));
	get_text("/e/spring/voter/v0000003", text, sizeof text);
	assert_non_null(strstr(text, "\"ballot\":null"));
	get_text("/e/spring/voter/nobody", text, sizeof text);
	assert_non_null(strstr(text, "\"on_roll\":false,\"weight\":0,\"ballot\":null"));
	tb_maker_add(m, "late", 1);
	tb_maker_vote(m, 7);
	tb_maker_renew(m, 1);
	tb_maker_vote(m, 1);
	tb_maker_remove(m, 0);
	get_text("/e/spring/voter/v0000001", text, sizeof text);
	assert_non_null(strstr(text, "\"on_roll\":false"));
	tb_maker_extend(m, m->manifest.closes + 86400);
	tb_maker_notice(m, "One day more.");
	tb_maker_close(m);
	check_phase("spring", "closed");
	tb_maker_tally(m);
	for (uint32_t i = 0; i < 4; i++)
		tb_maker_endorse(m, i);
	get_text("/e/spring", text, sizeof text);
	assert_non_null(strstr(text, "\"awaits\":[{\"type\":\"decrypt\",\"signer\":\"trustee/1\"}"));
	check_acts(m, text); /* [HTTP.STATE] */
	tb_maker_decrypt(m, 3);
	tb_maker_decrypt(m, 1);
	tb_maker_result(m);
	check_phase("spring", "finished");
	serve_check_files(&s, m);
	tb_buf_init(&receipt, 1u << 20);
	for (uint64_t i = 0; i < m->num_entries; i++) {
		(void)snprintf(path, sizeof path, "/e/spring/receipt/%u", (unsigned)i);
		assert_int_equal(serve_get(&s, path, &receipt), 200);
		serve_check_receipt(m, i, receipt.data, receipt.len);
	}
	tb_buf_release(&receipt);
	check_reposts(m);
	serve_restart(&s);
	check_phase("spring", "finished");
	serve_check_files(&s, m);
	tb_maker_free(m);
}

static void test_an_election_in_the_other_group(void **state)
{
	tb_maker_config config = {
		.num_voters = 2, .num_trustees = 1, .threshold = 1, .small = true, .group = "modp4096"};
	tb_maker *m = serve_maker(&s, &config);

	(void)state;
	tb_maker_run(m);
	check_phase("spring", "finished");
	serve_check_files(&s, m);
	tb_maker_free(m);
}

/* Stopped and started again after every single entry, the server goes on where it was. */
static void test_every_restart_replays_to_the_same_state(void **state)
{
	tb_maker_config config = {.num_voters = 3, .num_endorsers = 1, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	char before[4000], after[4000];

	(void)state;
#define STEP(what)                                                                                           \
	do {                                                                                                 \
		what;                                                                                        \
		get_text("/e/spring", before, sizeof before);                                                \
		serve_restart(&s);                                                                           \
		get_text("/e/spring", after, sizeof after);                                                  \
		if (strstr(before, "closed") == NULL)                                                        \
			assert_string_equal(before, after);                                                  \
		serve_check_files(&s, m);                                                                    \
	} while (0)
	STEP(tb_maker_manifest(m));
	STEP(tb_maker_roll(m));
	for (uint32_t i = 1; i <= 3; i++)
		STEP(tb_maker_commit(m, i));
	for (uint32_t i = 1; i <= 3; i++)
		STEP(tb_maker_certify(m, i));
	STEP(tb_maker_open(m));
	for (uint32_t i = 0; i < 3; i++)
		STEP(tb_maker_vote(m, i));
	STEP(tb_maker_vote(m, 1));
	STEP(tb_maker_close(m));
	tb_maker_tally(m);
	for (uint32_t i = 0; i < 4; i++)
		STEP(tb_maker_endorse(m, i));
	STEP(tb_maker_decrypt(m, 2));
	tb_maker_decrypt(m, 3); /* the result follows at once */
	STEP(tb_maker_result(m));
#undef STEP
	check_phase("spring", "finished");
	tb_maker_free(m);
}

static void test_several_elections_have_logs_of_their_own(void **state)
{
	tb_maker_config a = {.num_voters = 2, .small = true, .slug = "a"},
			b = {.num_voters = 3, .small = true, .slug = "b"};
	tb_maker *first = serve_maker(&s, &a), *second = serve_maker(&s, &b);
	char text[4000];

	(void)state;
	tb_maker_until_ready(first);
	tb_maker_until_ready(second);
	get_text("/", text, sizeof text);
	assert_non_null(strstr(text, "{\"slug\":\"a\""));
	assert_non_null(strstr(text, "{\"slug\":\"b\""));
	tb_maker_open(first);
	tb_maker_open(second);
	tb_maker_vote(first, 0);
	tb_maker_vote(second, 0);
	tb_maker_vote(first, 1);
	tb_maker_vote(second, 2);
	serve_check_files(&s, first);
	serve_check_files(&s, second);
	serve_restart(&s);
	serve_check_files(&s, first);
	serve_check_files(&s, second);
	tb_maker_free(first);
	tb_maker_free(second);
}

/* A roll of 1,000 voters is no longer inline: it becomes a blob. */
static void test_large_payloads_become_blobs(void **state)
{
	tb_maker_config config = {.num_voters = 1200, .small = true};
	tb_maker *m = serve_maker(&s, &config);

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	assert_int_equal(m->num_blobs, 1);
	serve_check_files(&s, m);
	serve_restart(&s);
	serve_check_files(&s, m);
	tb_maker_free(m);
}

/* ---- what is there and what is not ---- */

static void test_addresses_have_one_spelling(void **state)
{
	static const char *const wrong[] = {"", "//", "/x", "/e", "/e/", "/e/%73pring", "/e/Spring",
		"/e/other", "/e/spring/log", "/e/spring/log/", "/e/spring/log/checkpoint/",
		"/e/spring/log/tile/0/000", "/e/spring/log/tile/0/000.p/0", "/e/spring/log/tile/0/000.p/3",
		"/e/spring/log/tile/0/000.p/256", "/e/spring/log/tile/0/000.p/01",
		"/e/spring/log/tile/1/000.p/1", "/e/spring/log/tile/0/001.p/1",
		"/e/spring/log/tile/00/000.p/1", "/e/spring/log/tile/entries/000.p/3",
		"/e/spring/log/tile/0/x000/000.p/1", "/e/spring/log/tile/0/999999999999999999999.p/1",
		"/e/spring/log/tile/9/000.p/1", "/e/spring/log/tile/0/x999/x999/x999/x999/x999/x999/999.p/1",
		"/e/spring/blob/", "/e/spring/blob/00",
		"/e/spring/blob/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"/e/spring/voter/", "/e/spring/voter/A", "/e/spring/voter/a/b", "/e/spring/receipt/",
		"/e/spring/receipt/2", "/e/spring/receipt/00", "/e/spring/receipt/-1",
		"/e/spring/receipt/99999999999999999999", "/e/other/archive", "/e/other/log/checkpoint",
		"/e/other/voter/ada", "/e/spring/archive/", "/e/../e/spring", "/e/spring/../spring"};
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		serve_check_refused(&s, "GET", wrong[i], "", 404, "HTTP.NOT-FOUND");
	serve_check_refused(&s, "POST", "/e/other/entries", "{}", 404, "HTTP.NOT-FOUND");
	serve_check_refused(&s, "GET", "/e/spring/log/witnessed", "", 404, "HTTP.NOT-FOUND");
	serve_check_refused(&s, "GET", "/e/other/log/witnessed", "", 404, "HTTP.NOT-FOUND");
	serve_check_refused(&s, "POST", "/e/other/log/cosignatures", "x", 404, "HTTP.NOT-FOUND");
	{ /* what is no note of this log */
		tb_http_response r;

		assert_int_equal(serve_request(&s, &r, "POST", "/e/spring/log/cosignatures", "x", 1), 422);
		tb_http_response_release(&r);
	}
	serve_check_refused(&s, "POST", "/", "", 405, "HTTP.METHOD");
	serve_check_refused(&s, "DELETE", "/e/spring", "", 405, "HTTP.METHOD");
	serve_check_refused(&s, "PUT", "/e/spring/entries", "", 405, "HTTP.METHOD");
	serve_check_refused(&s, "GET", "/e/spring/entries", "", 405, "HTTP.METHOD");
	serve_check_refused(&s, "GET", "/elections", "", 405, "HTTP.METHOD");
	serve_check_refused(&s, "GE\xff\x01", "/", "", 405, "HTTP.METHOD");
	assert_int_equal(serve_get(&s, "/e/spring/log/tile/0/000.p/2", NULL), 200);
	assert_int_equal(
		serve_get(&s, "/e/spring/log/tile/0/000.p/1", NULL), 200); /* of an earlier checkpoint */
	tb_maker_free(m);
}

static void test_what_never_changes_is_kept_and_what_changes_is_asked_again(void **state)
{
	static const char *const paths[] = {"/e/spring/log/tile/0/000.p/2",
		"/e/spring/log/tile/entries/000.p/1", "/e/spring/log/checkpoint"};
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_http_response r;
	char etag[80];

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	for (size_t i = 0; i < 3; i++) {
		tb_http_request request = {.method = "GET",
			.path = paths[i],
			.if_none_match = "",
			.accept = "",
			.accept_encoding = ""};

		tb_http_response_init(&r);
		(void)serve_ask(&s, &r, &request);
		assert_int_equal(r.status, 200);
		assert_string_equal(tb_http_response_find(&r, "Cache-Control"), /* [HTTP.CACHE] */
			i < 2 ? "public, max-age=31536000, immutable" : "no-cache");
		(void)snprintf(etag, sizeof etag, "%s", tb_http_response_find(&r, "ETag"));
		tb_http_response_release(&r);
		request.if_none_match = etag;
		(void)serve_ask(&s, &r, &request);
		assert_int_equal(r.status, 304);
		assert_int_equal(r.body.len, 0);
		tb_http_response_release(&r);
		request.if_none_match = "\"something else\"";
		(void)serve_ask(&s, &r, &request);
		assert_int_equal(r.status, 200);
		tb_http_response_release(&r);
		if (i == 2) { /* a new entry, a new checkpoint */
			tb_maker_notice(m, "Hello.");
			request.if_none_match = etag;
			(void)serve_ask(&s, &r, &request);
			assert_int_equal(r.status, 200);
			tb_http_response_release(&r);
		}
	}
	tb_maker_free(m);
}

static void inflate_all(const tb_buf *in, tb_buf *out)
{
	z_stream z = {.next_in = in->data, .avail_in = (uInt)in->len};
	uint8_t part[4096];
	int code = inflateInit2(&z, 15 + 16);

	assert_int_equal(code, Z_OK);
	do {
		z.next_out = part;
		z.avail_out = sizeof part;
		code = inflate(&z, Z_NO_FLUSH);
		tb_buf_append(out, part, sizeof part - z.avail_out);
	} while (code == Z_OK);
	assert_int_equal(code, Z_STREAM_END);
	assert_int_equal(inflateEnd(&z), Z_OK);
}

static bool says_encoding_varies(const tb_http_response *r)
{
	for (size_t i = 0; i < r->num_headers; i++)
		if (strcmp(r->header[i].name, "Vary") == 0 &&
			strstr(tb_http_header_value(&r->header[i]), "Accept-Encoding") != NULL)
			return true;
	return false;
}

/* The same bytes under another tag, for who asks; hashes stay as they are [HTTP.GZIP]. */
static void check_gzip(const char *path, bool is_smaller)
{
	tb_http_request request = {
		.method = "GET", .path = path, .if_none_match = "", .accept = "", .accept_encoding = ""};
	tb_http_response plain, small;
	tb_buf back;

	assert_int_equal(serve_ask(&s, &plain, &request), 200);
	assert_null(tb_http_response_find(&plain, "Content-Encoding"));
	request.accept_encoding = "deflate, gzip;q=0.5";
	assert_int_equal(serve_ask(&s, &small, &request), 200);
	if (!is_smaller) {
		assert_null(tb_http_response_find(&small, "Content-Encoding"));
		assert_int_equal(small.body.len, plain.body.len);
	} else {
		assert_string_equal(tb_http_response_find(&small, "Content-Encoding"), "gzip");
		assert_true(small.body.len < plain.body.len);
		tb_buf_init(&back, 16u << 20);
		inflate_all(&small.body, &back);
		assert_int_equal(back.len, plain.body.len);
		assert_memory_equal(back.data, plain.body.data, back.len);
		tb_buf_release(&back);
	}
	if (tb_http_response_find(&small, "ETag") != NULL) {
		char tag[80];

		(void)snprintf(tag, sizeof tag, "%s", tb_http_response_find(&small, "ETag"));
		assert_int_equal(strstr(tag, "-gzip\"") != NULL, is_smaller);
		tb_http_response_release(&small);
		request.if_none_match = tag;
		assert_int_equal(serve_ask(&s, &small, &request), 304);
		assert_string_equal(tb_http_response_find(&small, "ETag"), tag);
		/* What HEAD and 304 say is what GET said: the same tag, and that there are two forms. */
		assert_int_equal(says_encoding_varies(&small), says_encoding_varies(&plain));
		tb_http_response_release(&small);
		request.if_none_match = "";
		request.method = "HEAD";
		assert_int_equal(serve_ask(&s, &small, &request), 200);
		assert_string_equal(tb_http_response_find(&small, "ETag"), tag);
		assert_int_equal(says_encoding_varies(&small), says_encoding_varies(&plain));
	}
	tb_http_response_release(&plain);
	tb_http_response_release(&small);
}

static void test_what_pays_is_compressed(void **state)
{
	static const char hex[] = "0123456789abcdef";
	tb_maker_config config = {.num_voters = 1200, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	char path[200] = "/e/spring/blob/", tile[100];
	uint8_t hash[32];

	(void)state;
	tb_maker_until_open(m);
	for (uint32_t i = 0; i < 40; i++)
		tb_maker_vote(m, i);
	tb_sha256(hash, m->blobs[0].data, m->blobs[0].len);
	for (size_t i = 0; i < 64; i++)
		path[15 + i] = hex[hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
	check_gzip(path, true);
	(void)snprintf(tile, sizeof tile, "/e/spring/log/tile/entries/000.p/%zu", m->num_entries);
	check_gzip(tile, true);
	(void)snprintf(tile, sizeof tile, "/e/spring/log/tile/0/000.p/%zu", m->num_entries);
	check_gzip(tile, false);
	check_gzip("/e/spring/log/checkpoint", false); /* too small */
	check_gzip("/e/spring/voter/v0000001", false);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_election_from_manifest_to_result, start, stop),
		cmocka_unit_test_setup_teardown(test_an_election_in_the_other_group, start, stop),
		cmocka_unit_test_setup_teardown(test_every_restart_replays_to_the_same_state, start, stop),
		cmocka_unit_test_setup_teardown(test_several_elections_have_logs_of_their_own, start, stop),
		cmocka_unit_test_setup_teardown(test_large_payloads_become_blobs, start, stop),
		cmocka_unit_test_setup_teardown(test_addresses_have_one_spelling, start, stop),
		cmocka_unit_test_setup_teardown(
			test_what_never_changes_is_kept_and_what_changes_is_asked_again, start, stop),
		cmocka_unit_test_setup_teardown(test_what_pays_is_compressed, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

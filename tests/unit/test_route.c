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

#include "core/log/proof.h"
#include "crypto/hash.h"
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

/* ---- helpers ---- */

static void check_refused(
	const char *method, const char *path, const char *body, unsigned status, const char *rule)
{
	tb_http_response r;
	unsigned got = serve_request(&s, &r, method, path, body, strlen(body));

	if (got != status || strcmp(serve_rule(&r), rule) != 0)
		print_error("%s %s: %u %s\n", method, path, got, tb_buf_cstr(&r.body));
	assert_int_equal(got, status);
	assert_string_equal(serve_rule(&r), rule);
	assert_string_equal(tb_http_response_find(&r, "Content-Type"), "application/problem+json");
	tb_http_response_release(&r);
}

static void check_get(const char *path, const void *bytes, size_t len)
{
	tb_buf out;

	tb_buf_init(&out, 16u << 20);
	assert_int_equal(serve_get(&s, path, &out), 200);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.data, bytes, len);
	tb_buf_release(&out);
}

static void get_text(const char *path, char *out, size_t out_len)
{
	tb_buf body;

	tb_buf_init(&body, 1u << 20);
	assert_int_equal(serve_get(&s, path, &body), 200);
	(void)snprintf(out, out_len, "%s", tb_buf_cstr(&body));
	tb_buf_release(&body);
}

/* Every file, and the archive, as another program makes them from the same entries. */
static void check_files(const tb_maker *m)
{
	char path[300], tar_path[100];
	tb_maker_files files;
	tb_buf tar;
	FILE *f;
	size_t len;
	uint8_t bytes[4096];

	tb_maker_files_new(m, &files);
	for (size_t i = 0; i < files.num; i++) {
		(void)snprintf(path, sizeof path, "/e/%s/%s", m->manifest.slug, files.file[i].path);
		check_get(path, files.file[i].bytes.data, files.file[i].bytes.len);
	}
	(void)snprintf(tar_path, sizeof tar_path, "%s/a.tar", s.folder);
	tb_maker_files_write_tar(&files, tar_path);
	tb_maker_files_free(&files);
	tb_buf_init(&tar, 64u << 20);
	f = fopen(tar_path, "rb");
	assert_non_null(f);
	while ((len = fread(bytes, 1, sizeof bytes, f)) > 0)
		tb_buf_append(&tar, bytes, len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(unlink(tar_path), 0);
	(void)snprintf(path, sizeof path, "/e/%s/archive", m->manifest.slug);
	check_get(path, tar.data, tar.len);
	tb_buf_release(&tar);
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

/* A receipt that proves the entry with this index offline [RECEIPT]. */
static void check_receipt(const tb_maker *m, uint64_t index, const void *receipt, size_t len)
{
	uint8_t leaf[32];
	tb_proof proof;
	tb_vkey key;
	tb_buf room;
	tb_why why;

	tb_buf_init(&room, 1u << 20);
	assert_int_equal(tb_proof_parse(&proof, &room, receipt, len, &why), TB_OK);
	assert_int_equal(tb_vkey_init(&key, m->manifest.origin, TB_VKEY_ED25519, m->server.ed_key), TB_OK);
	assert_int_equal(proof.index, index);
	assert_int_equal(proof.extra_len, m->entries[index].len);
	assert_memory_equal(proof.extra, m->entries[index].data, proof.extra_len);
	tb_merkle_leaf(leaf, proof.extra, proof.extra_len);
	assert_int_equal(tb_proof_verify(&proof, leaf, &key, &why), TB_OK);
	tb_buf_release(&room);
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
			check_receipt(m, i, r.body.data, r.body.len);
		}
		tb_http_response_release(&r);
	}
	check_files(m);
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
	check_files(m);
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
	check_files(m);
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
	check_files(m);
	tb_buf_init(&receipt, 1u << 20);
	for (uint64_t i = 0; i < m->num_entries; i++) {
		(void)snprintf(path, sizeof path, "/e/spring/receipt/%u", (unsigned)i);
		assert_int_equal(serve_get(&s, path, &receipt), 200);
		check_receipt(m, i, receipt.data, receipt.len);
	}
	tb_buf_release(&receipt);
	check_reposts(m);
	serve_restart(&s);
	check_phase("spring", "finished");
	check_files(m);
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
	check_files(m);
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
		check_files(m);                                                                              \
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
	check_files(first);
	check_files(second);
	serve_restart(&s);
	check_files(first);
	check_files(second);
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
	check_files(m);
	serve_restart(&s);
	check_files(m);
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
		check_refused("GET", wrong[i], "", 404, "HTTP.NOT-FOUND");
	check_refused("POST", "/e/other/entries", "{}", 404, "HTTP.NOT-FOUND");
	check_refused("GET", "/e/spring/log/witnessed", "", 404, "HTTP.NOT-FOUND");
	check_refused("GET", "/e/other/log/witnessed", "", 404, "HTTP.NOT-FOUND");
	check_refused("POST", "/e/other/log/cosignatures", "x", 404, "HTTP.NOT-FOUND");
	{ /* what is no note of this log */
		tb_http_response r;

		assert_int_equal(serve_request(&s, &r, "POST", "/e/spring/log/cosignatures", "x", 1), 422);
		tb_http_response_release(&r);
	}
	check_refused("POST", "/", "", 405, "HTTP.METHOD");
	check_refused("DELETE", "/e/spring", "", 405, "HTTP.METHOD");
	check_refused("PUT", "/e/spring/entries", "", 405, "HTTP.METHOD");
	check_refused("GET", "/e/spring/entries", "", 405, "HTTP.METHOD");
	check_refused("GET", "/elections", "", 405, "HTTP.METHOD");
	check_refused("GE\xff\x01", "/", "", 405, "HTTP.METHOD");
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

/* ---- what is refused changes nothing ---- */

#define SIGNATURE                                                                                            \
	"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\""

static const char *body_of(char out[600], const char *type, const char *signer)
{
	(void)snprintf(out, 600,
		"{\"type\":\"%s\",\"signer\":\"%s\",\"payload\":\"e30=\",\"signature\":" SIGNATURE "}", type,
		signer);
	return out;
}

static void test_bodies_that_are_no_submission(void **state)
{
	static const char *const wrong[] = {"", "{}", "[]", "null", "{\"type\":\"notice\"}", "\xff\xfe",
		"{\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"\"}",
		"{\"signer\":\"admin\",\"type\":\"notice\",\"payload\":\"\",\"signature\":\"\"}",
		("{\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"\",\"signature\":" SIGNATURE
		 ",\"time\":1}"),
		("{\"type\":\"notice\",\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"\","
		 "\"signature\":\"\"}")};
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	char body[600];

	(void)state;
	tb_maker_manifest(m);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		check_refused("POST", "/e/spring/entries", wrong[i], 400, "HTTP.JSON");
		check_refused("POST", "/elections", wrong[i], 400, "HTTP.JSON");
	}
	check_refused("POST", "/e/spring/entries",
		"{\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"*\",\"signature\":" SIGNATURE "}",
		400, "BASE64");
	check_refused("POST", "/e/spring/entries",
		"{\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"\",\"signature\":\"AAAA\"}", 400,
		"HTTP.JSON");
	check_refused("POST", "/e/spring/entries", body_of(body, "vote", "admin"), 400, "ENTRY.ENVELOPE");
	check_refused("POST", "/e/spring/entries", body_of(body, "notice", "nobody"), 422, "ENTRY.SIGNER");
	check_refused("POST", "/e/spring/entries", body_of(body, "notice", "trustee/1"), 422, "ENTRY.SIGNER");
	check_refused("POST", "/e/spring/entries", body_of(body, "notice", "admin"), 403, "ENTRY.SIGNATURE");
	check_refused("POST", "/e/spring/entries", body_of(body, "open", "server"), 403, "SERVER.OWN");
	check_refused("POST", "/e/spring/entries", body_of(body, "close", "server"), 403, "SERVER.OWN");
	check_refused("POST", "/e/spring/entries", body_of(body, "result", "server"), 403, "SERVER.OWN");
	check_refused("POST", "/e/spring/entries", body_of(body, "client", "server"), 403, "SERVER.OWN");
	check_refused(
		"POST", "/e/spring/entries", body_of(body, "ballot", "voter/v0000001"), 409, "ENTRY.ORDER");
	check_refused(
		"POST", "/e/spring/entries", body_of(body, "manifest", "admin"), 403, "ENTRY.SIGNATURE");
	check_refused("POST", "/elections", body_of(body, "notice", "admin"), 409, "ENTRY.ORDER");
	check_refused("POST", "/elections", body_of(body, "manifest", "admin"), 400, "JSON.CANONICAL");
	assert_int_equal(m->num_entries, 1);
	check_files(m);
	tb_maker_free(m);
}

static void test_a_ballot_above_the_limit(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_http_response r;
	tb_maker_plan plan;

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	tb_maker_plan_init(m, &plan, TB_ENTRY_BALLOT, "voter/v0000001");
	assert_non_null(tb_buf_extend(&plan.payload, TB_BALLOT_MAX_BYTES + 1));
	memset(plan.payload.data, 1, plan.payload.len);
	assert_int_equal(serve_post(&s, m, &plan, &r), 413);
	assert_string_equal(serve_rule(&r), "HTTP.SIZE");
	tb_http_response_release(&r);
	assert_true(tb_route_max_body(&s.app, "/e/spring/entries") > TB_BLOB_COMMON_BYTES / 3 * 4);
	assert_true(tb_route_max_body(&s.app, "/elections") > TB_MANIFEST_MAX_BYTES / 3 * 4);
	assert_int_equal(tb_route_max_body(&s.app, "/e/spring"), 0);
	assert_int_equal(tb_route_max_body(&s.app, "/"), 0);
	tb_maker_free(m);
}

static void other_admin(void *arg, tb_manifest *m)
{
	(void)arg;
	memcpy(m->admin_key, m->registrar_key, 32);
	memcpy(m->registrar_key, m->trustees[0].transport_key, 32);
	memcpy(m->trustees[0].transport_key, m->trustees[0].sign_key, 32);
}

static void other_server(void *arg, tb_manifest *m)
{
	uint8_t key[32];

	(void)arg;
	memcpy(key, m->server_sign_key, 32);
	memcpy(m->server_sign_key, m->registrar_key, 32);
	memcpy(m->registrar_key, key, 32);
}

static void other_log(void *arg, tb_manifest *m)
{
	uint8_t key[32];

	(void)arg;
	memcpy(key, m->server_log_key, 32);
	memcpy(m->server_log_key, m->trustees[0].cosign_key, 32);
	memcpy(m->trustees[0].cosign_key, key, 32);
}

static void swap_admin(void *arg, tb_manifest *m)
{
	uint8_t key[32];

	(void)arg;
	memcpy(key, m->admin_key, 32);
	memcpy(m->admin_key, m->registrar_key, 32);
	memcpy(m->registrar_key, key, 32);
}

static void check_manifest_refused(void (*edit)(void *, tb_manifest *), unsigned status, const char *rule)
{
	tb_maker_config config = {.small = true, .slug = "fresh", .edit = edit};
	tb_maker *m = tb_maker_new(&config);
	tb_http_response r;
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_MANIFEST, "admin");
	assert_int_equal(tb_manifest_write(&plan.payload, &m->manifest), TB_OK);
	assert_int_equal(serve_post(&s, m, &plan, &r), status);
	assert_string_equal(serve_rule(&r), rule);
	tb_http_response_release(&r);
	assert_int_equal(serve_get(&s, "/e/fresh", NULL), 404);
	tb_maker_free(m);
}

static void later(void *arg, tb_manifest *m)
{
	(void)arg;
	m->opens += 60;
}

static void test_who_may_create_an_election(void **state)
{
	tb_maker_config config = {.small = true}, same = {.small = true, .edit = later};
	tb_maker *m = serve_maker(&s, &config), *second = tb_maker_new(&same);
	tb_http_response r;
	tb_maker_plan plan;

	(void)state;
	check_manifest_refused(swap_admin, 403, "SERVER.ADMIN");
	check_manifest_refused(other_server, 403, "SERVER.KEYS");
	check_manifest_refused(other_log, 403, "SERVER.KEYS");
	check_manifest_refused(other_admin, 422, "MANIFEST.KEYS"); /* a key twice */
	tb_maker_manifest(m);
	/* Another election under a name that is taken. */
	tb_maker_plan_init(second, &plan, TB_ENTRY_MANIFEST, "admin");
	assert_int_equal(tb_manifest_write(&plan.payload, &second->manifest), TB_OK);
	assert_int_equal(serve_post(&s, second, &plan, &r), 409);
	assert_string_equal(serve_rule(&r), "SERVER.SLUG");
	tb_http_response_release(&r);
	check_files(m);
	tb_maker_free(m);
	tb_maker_free(second);
}

/* Where the operator has named the public address, origins must lie there [SERVER.ORIGIN]. */
static void test_an_origin_is_where_the_server_is(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config), *other = tb_maker_new(&config);
	tb_maker_plan plan;
	tb_http_response r;

	(void)state;
	(void)snprintf(s.config.public_url, sizeof s.config.public_url, "https://vote.example.net");
	tb_maker_plan_init(other, &plan, TB_ENTRY_MANIFEST, "admin");
	assert_int_equal(tb_manifest_write(&plan.payload, &other->manifest), TB_OK);
	assert_int_equal(serve_post(&s, other, &plan, &r), 422);
	assert_string_equal(serve_rule(&r), "SERVER.ORIGIN");
	tb_http_response_release(&r);
	(void)snprintf(s.config.public_url, sizeof s.config.public_url, "https://vote.example.org");
	tb_maker_manifest(m);
	tb_maker_free(m);
	tb_maker_free(other);
}

/* A voter may record so many ballots and then has to wait, but is never refused a receipt; nobody else can use up what is the
 * voter's [SERVER.RATE]. */
static void test_ballots_of_one_voter_are_limited(void **state)
{
	tb_maker_config config = {.num_voters = 2, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_http_response r;
	tb_maker_plan plan;

	(void)state;
	s.config.voter_rate = (tb_rate){.per_hour = 1, .burst = 2};
	tb_maker_until_open(m);
	for (int i = 0; i < 5; i++) { /* rubbish in the voter's name */
		tb_maker_plan_vote(m, 0, &plan);
		plan.is_signed = true;
		memset(plan.signature, 1, sizeof plan.signature);
		assert_int_equal(serve_post(&s, m, &plan, &r), 403);
		tb_http_response_release(&r);
	}
	tb_maker_vote(m, 0);
	tb_maker_vote(m, 0);
	tb_maker_plan_vote(m, 0, &plan);
	assert_int_equal(serve_post(&s, m, &plan, &r), 429);
	assert_string_equal(serve_rule(&r), "SERVER.RATE");
	assert_string_equal(tb_http_response_find(&r, "Retry-After"), "3600");
	tb_http_response_release(&r);
	assert_int_equal(serve_repost(&s, m, m->num_entries - 1, &r), 200);
	tb_http_response_release(&r);
	tb_maker_vote(m, 1);
	tb_maker_free(m);
}

static void test_submissions_of_one_address_are_limited(void **state)
{
	tb_http_request request = {
		.method = "POST", .path = "/elections", .if_none_match = "", .accept_encoding = ""};
	tb_http_response r;

	(void)state;
	s.config.request_rate = (tb_rate){.per_hour = 1, .burst = 4};
	s.config.submit_rate = (tb_rate){.per_hour = 1, .burst = 2};
	assert_int_equal(tb_address_parse(&request.client, "192.0.2.1", 9), TB_OK);
	tb_http_response_init(&r);
	assert_true(tb_route_admit(&s.app, &request, &r));
	assert_true(tb_route_admit(&s.app, &request, &r));
	assert_false(tb_route_admit(&s.app, &request, &r));
	assert_int_equal(r.status, 429);
	request.method = "GET";
	assert_true(tb_route_admit(&s.app, &request, &r));
	assert_false(tb_route_admit(&s.app, &request, &r));
	assert_int_equal(tb_address_parse(&request.client, "192.0.2.2", 9), TB_OK);
	assert_true(tb_route_admit(&s.app, &request, &r));
	assert_int_equal(tb_address_parse(&request.client, "::1", 3), TB_OK);
	for (int i = 0; i < 9; i++)
		assert_true(tb_route_admit(&s.app, &request, &r));
	tb_http_response_release(&r);
}

/* Posts a changed ballot; nothing of the log may change. */
static void check_ballot_refused(tb_maker *m, tb_maker_plan *plan, unsigned status, const char *rule)
{
	tb_http_response r;

	assert_int_equal(serve_post(&s, m, plan, &r), status);
	assert_string_equal(serve_rule(&r), rule);
	tb_http_response_release(&r);
}

/* A ballot by voter 0, ready to be spoilt. */
static void plan_ballot(tb_maker *m, tb_maker_plan *plan)
{
	tb_maker_plan_vote(m, 0, plan);
}

/* Signs the payload, however wrong it is, with this voter's key. */
static void sign_as(tb_maker *m, tb_maker_plan *plan, uint32_t voter)
{
	(void)snprintf(plan->signer, sizeof plan->signer, "voter/%s", m->voters[voter].id);
	plan->key = m->voters[voter].keys.sign;
	plan->is_signed = false;
}

static void test_bad_ballots_are_refused_each_for_its_reason(void **state)
{
	tb_maker_config config = {.num_voters = 4};
	tb_maker *m = serve_maker(&s, &config);
	tb_maker_plan plan;
	size_t id_len = strlen("v0000001"), prev = 2 + id_len, date = prev + 32, checkpoint = date + 8;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_vote(m, 1);

	plan_ballot(m, &plan); /* another byte than what was signed */
	plan.payload.data[plan.payload.len - 1] ^= 1;
	check_ballot_refused(m, &plan, 403, "ENTRY.SIGNATURE");
	plan_ballot(m, &plan); /* signed, but the proof is not of these bytes */
	plan.payload.data[plan.payload.len - 32] ^= 1;
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 422, "BALLOT.VERIFY");
	plan_ballot(m, &plan); /* somebody else's ballot, exactly */
	sign_as(m, &plan, 2);
	check_ballot_refused(m, &plan, 422, "BALLOT.PAYLOAD");
	plan_ballot(m, &plan); /* the same with the thief's name in it */
	plan.payload.data[prev - 1] = '3';
	sign_as(m, &plan, 2);
	check_ballot_refused(m, &plan, 422, "BALLOT.VERIFY");
	plan_ballot(m, &plan);
	plan.payload.data[prev] ^= 1;
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 409, "BALLOT.PREV");
	plan_ballot(m, &plan);
	plan.payload.data[date + 5] ^= 1; /* 65536 seconds */
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 422, "BALLOT.DATE");
	plan_ballot(m, &plan);
	plan.payload.data[checkpoint + 8] ^= 1;
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 422, "BALLOT.CHECKPOINT");
	plan_ballot(m, &plan); /* by nobody on the roll */
	plan.payload.data[prev - 1] = '9';
	(void)snprintf(plan.signer, sizeof plan.signer, "voter/v0000009");
	check_ballot_refused(m, &plan, 422, "BALLOT.ROLL");
	plan_ballot(m, &plan);
	plan.payload.len--;
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 422, "BALLOT.PAYLOAD");
	plan_ballot(m, &plan); /* in time by its own date, but the polls are closed */
	atomic_store(&s.now, m->manifest.closes);
	check_ballot_refused(m, &plan, 422, "BALLOT.TIME");
	atomic_store(&s.now, m->now);
	check_files(m);
	tb_maker_free(m);
}

static void copy_plan(tb_maker_plan *to, const tb_maker_plan *from)
{
	*to = *from;
	tb_buf_init(&to->payload, TB_BLOB_MAX_BYTES);
	tb_buf_append(&to->payload, from->payload.data, from->payload.len);
}

static void test_the_same_bytes_again_get_the_same_receipt(void **state)
{
	tb_maker_config config = {.num_voters = 3, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_maker_plan plan, again, replay;
	tb_http_response r;
	uint64_t index;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_plan_vote(m, 0, &plan);
	copy_plan(&again, &plan);
	copy_plan(&replay, &plan);
	index = m->num_entries;
	tb_buf_release(&plan.payload);
	tb_maker_vote(m, 0);
	assert_int_equal(serve_post(&s, m, &again, &r), 200); /* [HTTP.SUBMIT] */
	assert_int_equal(strtoul(tb_http_response_find(&r, "Tabella-Index"), NULL, 10), index);
	check_receipt(m, index, r.body.data, r.body.len);
	tb_http_response_release(&r);
	check_files(m);
	/* Once a later ballot is there, the earlier is still only itself: it does not come back [BALLOT.PREV]. */
	tb_maker_vote(m, 0);
	copy_plan(&again, &replay);
	assert_int_equal(serve_post(&s, m, &again, &r), 200);
	assert_int_equal(strtoul(tb_http_response_find(&r, "Tabella-Index"), NULL, 10), index);
	tb_http_response_release(&r);
	sign_as(m, &replay, 0); /* another signature: another submission, and a replay */
	check_ballot_refused(m, &replay, 409, "BALLOT.PREV");
	check_files(m);
	tb_maker_free(m);
}

static void plan_notice(tb_maker *m, tb_maker_plan *plan, const char *text)
{
	tb_maker_plan_init(m, plan, TB_ENTRY_NOTICE, "admin");
	assert_int_equal(tb_notice_write(&plan->payload, text), TB_OK);
}

static void test_words_signed_again_are_a_repetition_where_the_board_refuses_them(void **state)
{
	tb_maker_config config = {.num_voters = 3, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_maker_plan plan;
	tb_http_response r;

	(void)state;
	tb_maker_until_ready(m);
	/* A client that never got its answer signs its certificate again. */
	tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/2");
	assert_int_equal(
		tb_ceremony_make_certify(tb_board_ceremony(m->board), &plan.payload, 2, 5, (uint8_t[32]){0}),
		TB_OK);
	assert_int_equal(serve_post(&s, m, &plan, &r), 409); /* other words */
	tb_http_response_release(&r);
	for (int round = 0; round < 2; round++) {
		uint8_t root[32];
		uint64_t size;

		tb_board_certify_point(m->board, &size, root);
		tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/2");
		assert_int_equal(
			tb_ceremony_make_certify(tb_board_ceremony(m->board), &plan.payload, 2, size, root),
			TB_OK);
		if (round == 1)
			plan.key = m->admin.sign; /* by somebody else: no receipt for that */
		assert_int_equal(serve_post(&s, m, &plan, &r), round == 0 ? 200 : 403);
		if (round == 0)
			assert_string_equal(tb_http_response_find(&r, "Tabella-Index"), "6");
		tb_http_response_release(&r);
	}
	/* The manifest too. */
	tb_maker_plan_init(m, &plan, TB_ENTRY_MANIFEST, "admin");
	memset(&plan.binding, 0, sizeof plan.binding);
	assert_int_equal(tb_manifest_write(&plan.payload, &m->manifest), TB_OK);
	assert_int_equal(serve_post(&s, m, &plan, &r), 200);
	assert_string_equal(tb_http_response_find(&r, "Tabella-Index"), "0");
	assert_string_equal(tb_http_response_find(&r, "Location"), "/e/spring");
	tb_http_response_release(&r);
	check_files(m);
	/* What the board admits is new, whatever was said before. */
	tb_maker_notice(m, "The same words.");
	plan_notice(m, &plan, "The same words.");
	assert_int_equal(serve_post(&s, m, &plan, &r), 201);
	tb_http_response_release(&r);
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
		cmocka_unit_test_setup_teardown(test_bodies_that_are_no_submission, start, stop),
		cmocka_unit_test_setup_teardown(test_a_ballot_above_the_limit, start, stop),
		cmocka_unit_test_setup_teardown(test_what_pays_is_compressed, start, stop),
		cmocka_unit_test_setup_teardown(test_who_may_create_an_election, start, stop),
		cmocka_unit_test_setup_teardown(test_an_origin_is_where_the_server_is, start, stop),
		cmocka_unit_test_setup_teardown(test_ballots_of_one_voter_are_limited, start, stop),
		cmocka_unit_test_setup_teardown(test_submissions_of_one_address_are_limited, start, stop),
		cmocka_unit_test_setup_teardown(
			test_bad_ballots_are_refused_each_for_its_reason, start, stop),
		cmocka_unit_test_setup_teardown(test_the_same_bytes_again_get_the_same_receipt, start, stop),
		cmocka_unit_test_setup_teardown(
			test_words_signed_again_are_a_repetition_where_the_board_refuses_them, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

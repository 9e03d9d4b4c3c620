/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/served.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "crypto/hash.h"
#include "net/fetch.h"

#define RULE "CLIENT.SERVED"
#define FILE_MAX (16u << 20)
#define LIST "/client/files.json"

typedef struct comparison {
	tb_verify_served *out;
	const tb_client_list *list;
	tb_fetch *fetch;
	char base[TB_URL_MAX]; /* the server: the URL of the election without its "/e/<slug>" */
	tb_buf body;
	tb_response response;
	tb_fault *fault;
} comparison;

void tb_verify_served_release(tb_verify_served *s)
{
	free(s->failures);
	memset(s, 0, sizeof *s);
}

static tb_err fail(tb_verify_served *s, const char *where, const char *expected, const char *found)
{
	if (s->num_failures == s->cap_failures) {
		size_t cap = s->cap_failures == 0 ? 16 : 2 * s->cap_failures;
		tb_fault *list = realloc(s->failures, cap * sizeof *list);

		if (list == NULL)
			return TB_ERR_MEMORY;
		s->failures = list;
		s->cap_failures = cap;
	}
	memset(&s->failures[s->num_failures], 0, sizeof s->failures[0]);
	(void)tb_fault_set(&s->failures[s->num_failures++], RULE, where, expected, found);
	return TB_OK;
}

static tb_err get(comparison *c, const char *path)
{
	char url[TB_URL_MAX + TB_CLIENT_PATH_MAX];

	(void)snprintf(url, sizeof url, "%s%s", c->base, path);
	return tb_fetch_get(c->fetch, &c->body, &c->response, url, c->fault);
}

static void hash_words(char out[80], const uint8_t hash[32])
{
	char hex[65];

	tb_hex_write(hex, hash, 32);
	(void)snprintf(out, 80, "SHA-256 %.64s", hex);
}

/* One address of the list. */
static tb_err compare_one(comparison *c, const tb_client_item *item)
{
	char expected[80], found[80];
	uint8_t hash[32];
	tb_err err = get(c, item->path);

	hash_words(expected, item->sha256);
	if (err == TB_ERR_LIMIT)
		return fail(c->out, item->path, expected, "more than 16 MiB");
	if (err != TB_OK)
		return err;
	c->out->compared++;
	if (c->response.status != 200) {
		(void)snprintf(found, sizeof found, "status %ld", c->response.status);
		return fail(c->out, item->path, expected, found);
	}
	tb_sha256(hash, c->body.data, c->body.len);
	if (memcmp(hash, item->sha256, sizeof hash) == 0)
		return TB_OK;
	hash_words(found, hash);
	return fail(c->out, item->path, expected, found);
}

/* Pages that are there although the board names none at their address. */
static tb_err look_for_pages(comparison *c, const char *slug)
{
	static const char *const tails[] = {
		"/", "/audit", "/admin", "", "/vote", "/board", "/check", "/results", "/verify"};
	tb_err err = TB_OK;

	for (size_t i = 0; i < sizeof tails / sizeof tails[0] && err == TB_OK; i++) {
		char path[TB_CLIENT_PATH_MAX + 1];

		(void)snprintf(path, sizeof path, "%s%s%s", i < 3 ? "" : "/e/", i < 3 ? "" : slug, tails[i]);
		if (tb_client_list_find(c->list, path) != NULL)
			continue;
		err = get(c, path);
		if (err == TB_OK && c->response.status == 200 &&
			strncmp(c->response.content_type, "text/html", 9) == 0)
			err = fail(c->out, path, "no page, since the board names none here", "a page");
	}
	return err;
}

/* Files in the server's own list that the board does not name.  What the list is otherwise, its hash says. */
static tb_err look_for_files(comparison *c)
{
	tb_err err = get(c, LIST);
	tb_json_string path;
	tb_json_in in;

	if (err != TB_OK || c->response.status != 200)
		return err;
	tb_json_in_init(&in, c->body.data, c->body.len, FILE_MAX, TB_JSON_ANY, RULE);
	tb_json_enter_object(&in, TB_JSON_ITEM);
	(void)tb_json_enter_array(&in, "files", 0, TB_JSON_ANY_MARKS);
	while (in.err == TB_OK && tb_json_more(&in) && err == TB_OK) {
		tb_json_enter_object(&in, TB_JSON_ITEM);
		tb_json_take_string(&in, "path", &path, TB_CLIENT_PATH_MAX);
		if (in.err == TB_OK && tb_client_list_find(c->list, path.data) == NULL)
			err = fail(c->out, path.data, "a file that the board names", "one in " LIST " only");
		tb_json_take_string(&in, "file", &path, TB_CLIENT_PATH_MAX);
		tb_json_take_string(&in, "type", &path, TB_CLIENT_PATH_MAX);
		tb_json_take_string(&in, "sha256", &path, TB_CLIENT_PATH_MAX);
		(void)tb_json_take_int(&in, "size", 0, FILE_MAX);
		tb_json_leave(&in);
	}
	if (err == TB_OK && in.err == TB_ERR_RULE)
		err = fail(c->out, LIST, "the list of files [HTTP.FILES]", in.fault.found);
	if (in.err == TB_ERR_MEMORY)
		err = TB_ERR_MEMORY;
	tb_json_in_release(&in);
	return err;
}

static tb_err compare_all(comparison *c, const char *slug)
{
	tb_err err = TB_OK;

	if (c->list->num == 0)
		err = fail(
			c->out, "board", "an entry of type client", "none: this board names no web client");
	for (size_t i = 0; i < c->list->num && err == TB_OK; i++)
		err = compare_one(c, &c->list->files[i]);
	if (err == TB_OK)
		err = look_for_pages(c, slug);
	if (err == TB_OK)
		err = look_for_files(c);
	return err;
}

tb_err tb_verify_served_compare(
	tb_verify_served *out, const char *url, const tb_check_report *report, tb_fault *fault)
{
	/* What a browser says that asks for a page: programs get JSON at some of these addresses. */
	tb_fetch_options options = {.accept = "text/html,application/xhtml+xml,*/*;q=0.8"};
	comparison c = {.out = out, .list = &report->client, .fault = fault};
	const tb_manifest *m = report->board == NULL ? NULL : tb_board_manifest(report->board);
	tb_err err = tb_url_board(c.base, url, fault);
	char *slug;

	out->is_asked = true;
	out->entry = report->client_entry;
	if (err != TB_OK)
		return err;
	slug = strrchr(c.base, '/') + 1;
	if (m == NULL || strcmp(slug, m->slug) != 0)
		return tb_fault_setf(
			fault, "HTTP", url, "the address of the election of this board", "\"%.80s\"", slug);
	slug[-3] = '\0'; /* "/e/<slug>" */
	tb_buf_init(&c.body, FILE_MAX);
	err = tb_fetch_new(&c.fetch, &options);
	if (err == TB_OK)
		err = compare_all(&c, m->slug);
	tb_fetch_free(c.fetch);
	tb_buf_release(&c.body);
	return err;
}

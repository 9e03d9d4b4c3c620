/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Atom feeds (RFC 4287) of the elections and of what happens in one [HTTP.FEED].  Everything in them was written by somebody else
 * and is read by programs that show HTML: all of it goes through put_text(), as plain text.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/payloads.h"
#include "core/election/result.h"
#include "core/election/result_words.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "server/route.h"

#define MOST_NEWS 50            /* entries of a feed */
#define MOST_LOOKED_AT 400      /* acts of which they are picked: others may have happened in between */
#define CONTENT_MAX (64u << 10) /* of an entry; the result of some thousand options is longer */

/* ---- writing XML ---- */

static void put(tb_buf *out, const char *markup)
{
	tb_buf_text(out, markup);
}

/* What is not markup; nothing in it can become markup, nor leave an attribute. */
static void put_text(tb_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			put(out, "&amp;");
			break;
		case '<':
			put(out, "&lt;");
			break;
		case '>':
			put(out, "&gt;");
			break;
		case '"':
			put(out, "&quot;");
			break;
		default:
			tb_buf_u8(out, (uint8_t)*text);
		}
	}
}

static void put_element(tb_buf *out, const char *name, const char *text)
{
	put(out, "<");
	put(out, name);
	put(out, ">");
	put_text(out, text);
	put(out, "</");
	put(out, name);
	put(out, ">\n");
}

static void put_id(tb_buf *out, const char *kind, const uint8_t hash[32])
{
	char hex[65], id[120];

	tb_hex_write(hex, hash, 32);
	(void)snprintf(id, sizeof id, "urn:tabella:%s:%.64s", kind, hex);
	put_element(out, "id", id);
}

static void put_time(tb_buf *out, uint64_t time)
{
	char text[TB_RFC3339_LEN + 1];

	/* RFC 4287 has no way to say the year 10000. */
	TB_REQUIRE(tb_rfc3339_write(text, time < TB_RFC3339_MAX ? time : TB_RFC3339_MAX) == TB_OK);
	put_element(out, "updated", text);
}

static void put_link(tb_buf *out, const char *rel, const char *type, const char *slug, const char *tail)
{
	put(out, "<link rel=\"");
	put(out, rel);
	put(out, "\" type=\"");
	put(out, type);
	put(out, "\" href=\"");
	if (slug[0] != '\0')
		put(out, "/e/");
	put_text(out, slug);
	put(out, tail);
	put(out, "\"/>\n");
}

static void begin_feed(tb_buf *out, const char *slug, const char *title, const char *author)
{
	put(out,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	put_element(out, "title", title);
	put(out, "<author>");
	put_element(out, "name", author);
	put(out, "</author>\n");
	put_link(out, "self", "application/atom+xml", slug, "/feed.atom");
	put_link(out, "alternate", "text/html", slug, slug[0] != '\0' ? "" : "/");
}

/* The feed is complete, or it failed. */
static void finish(const tb_http_request *request, tb_http_response *response, tb_err err)
{
	uint8_t hash[32];
	char hex[65], etag[40];

	put(&response->body, "</feed>\n");
	if (err == TB_OK)
		err = tb_buf_status(&response->body);
	if (err != TB_OK) {
		tb_http_problem_err(response, err);
		return;
	}
	tb_sha256(hash, response->body.data, response->body.len);
	tb_hex_write(hex, hash, 32);
	(void)snprintf(etag, sizeof etag, "\"%.32s\"", hex);
	response->status = 200;
	tb_http_response_header_fixed(response, "Content-Type", "application/atom+xml; charset=utf-8");
	tb_http_response_header_fixed(response, "Cache-Control", "no-cache");
	if (tb_api_not_modified(request, response, etag))
		tb_buf_clear(&response->body);
}

/* ---- what an entry says to a reader ---- */

static const char *endorser_name(const tb_manifest *m, const tb_entry *e)
{
	if (e->role == TB_ROLE_TRUSTEE && e->trustee >= 1 && e->trustee <= m->num_trustees)
		return m->trustees[e->trustee - 1].name;
	for (uint32_t i = 0; i < m->num_endorsers; i++)
		if (strcmp(m->endorsers[i].id, e->signer_id) == 0)
			return m->endorsers[i].name;
	return e->signer;
}

static tb_err describe_extend(const tb_entry *e, tb_buf *content)
{
	char when[TB_RFC3339_LEN + 1];
	tb_fault ignored;
	tb_extend p;
	tb_err err = tb_extend_parse(&p, e->payload, e->payload_len, &ignored);

	if (err != TB_OK)
		return err;
	if (tb_rfc3339_write(when, p.closes) == TB_OK) {
		tb_buf_text(content, "New end: ");
		tb_buf_text(content, when);
		tb_buf_text(content, ". ");
	}
	tb_buf_text(content, p.reason);
	tb_extend_release(&p);
	return TB_OK;
}

static tb_err describe_close(const tb_entry *e, tb_buf *content)
{
	char text[120];
	tb_fault ignored;
	tb_close p;
	tb_err err = tb_close_parse(&p, e->payload, e->payload_len, &ignored);

	if (err != TB_OK)
		return err;
	(void)snprintf(text, sizeof text, "Ballots cast: %" PRIu64 ", of which count: %" PRIu64 ".",
		p.ballots, p.voters);
	tb_buf_text(content, text);
	return TB_OK;
}

static tb_err describe_result(const tb_manifest *m, const tb_entry *e, tb_buf *content)
{
	tb_result result;
	tb_fault ignored;
	tb_err err;

	tb_result_init(&result);
	err = tb_result_parse(&result, m, e->payload, e->payload_len, &ignored);
	if (err == TB_OK)
		err = tb_result_words(content, &result, m);
	tb_result_release(&result);
	if (err == TB_ERR_LIMIT) { /* no reason to have no feed from then on */
		tb_buf_clear(content);
		tb_buf_text(content, "It is too long to be shown here; its page has all of it.");
		err = tb_buf_status(content);
	}
	return err;
}

/* A text of its own: that of a notice, the reason of a cancellation. */
static tb_err describe_words(
	tb_err (*parse)(char **, const void *, size_t, tb_fault *), const tb_entry *e, tb_buf *content)
{
	char *text = NULL;
	tb_fault ignored;
	tb_err err = parse(&text, e->payload, e->payload_len, &ignored);

	if (err == TB_OK)
		tb_buf_text(content, text);
	free(text);
	return err;
}

static bool is_news(tb_entry_type type)
{
	return type == TB_ENTRY_OPEN || type == TB_ENTRY_EXTEND || type == TB_ENTRY_NOTICE ||
	       type == TB_ENTRY_CLOSE || type == TB_ENTRY_ENDORSE || type == TB_ENTRY_RESULT ||
	       type == TB_ENTRY_CANCEL;
}

/* RULE does not come: every entry was checked before it was taken in. */
static tb_err describe(const tb_manifest *m, const tb_entry *e, char title[TB_NAME_MAX + 40], tb_buf *content)
{
	const char *words = "";
	tb_err err = TB_OK;

	switch (e->type) {
	case TB_ENTRY_OPEN:
		words = "The polls are open";
		break;
	case TB_ENTRY_EXTEND:
		words = "The end of the polls was moved";
		err = describe_extend(e, content);
		break;
	case TB_ENTRY_NOTICE:
		words = "Notice of the administrator";
		err = describe_words(tb_notice_parse, e, content);
		break;
	case TB_ENTRY_CLOSE:
		words = "The polls are closed";
		err = describe_close(e, content);
		break;
	case TB_ENTRY_RESULT:
		words = "The result";
		err = describe_result(m, e, content);
		break;
	case TB_ENTRY_CANCEL:
		words = "The election is cancelled";
		err = describe_words(tb_cancel_parse, e, content);
		break;
	default:
		break;
	}
	if (e->type == TB_ENTRY_ENDORSE)
		(void)snprintf(title, TB_NAME_MAX + 40, "The board is endorsed: %s", endorser_name(m, e));
	else
		(void)snprintf(title, TB_NAME_MAX + 40, "%s", words);
	return err;
}

/* ---- reading the log ---- */

/* Entry, its bytes and its payload. */
typedef struct news {
	tb_buf bytes, room, blob;
	tb_entry entry;
	uint8_t leaf[32];
} news;

static void news_init(news *n)
{
	tb_buf_init(&n->bytes, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&n->room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&n->blob, TB_BLOB_MAX_BYTES);
}

static void news_release(news *n)
{
	tb_buf_release(&n->bytes);
	tb_buf_release(&n->room);
	tb_buf_release(&n->blob);
}

static tb_err news_read(news *n, tb_app *app, const tb_election *e, uint64_t index)
{
	tb_fault ignored;
	tb_err err;

	tb_buf_clear(&n->bytes);
	tb_buf_clear(&n->room);
	tb_buf_clear(&n->blob);
	err = tb_store_entry(app->store, e->number, index, &n->bytes);
	if (err == TB_OK)
		err = tb_entry_parse(&n->entry, &n->room, n->bytes.data, n->bytes.len, &ignored);
	if (err != TB_OK)
		return err;
	tb_merkle_leaf(n->leaf, n->bytes.data, n->bytes.len);
	if (!n->entry.is_blob || !is_news(n->entry.type))
		return TB_OK;
	err = tb_store_blob(app->store, e->number, n->entry.payload_hash, &n->blob);
	return err == TB_OK ? tb_entry_attach_blob(&n->entry, n->blob.data, n->blob.len, &ignored) : err;
}

/* The latest acts that are committed, newest first; never none: entry 0 is one. */
static tb_err copy_acts(tb_election *e, uint64_t out[MOST_LOOKED_AT], size_t *num)
{
	const uint64_t *list;
	size_t all;
	tb_err err = TB_OK;

	*num = 0;
	(void)pthread_mutex_lock(&e->lock);
	tb_election_settle(e); /* nobody is told of what is not durable */
	if (e->is_stale) {
		err = TB_ERR_IO;
	} else {
		list = tb_board_acts(e->ref->board, &all);
		while (*num < MOST_LOOKED_AT && *num < all) {
			out[*num] = list[all - 1 - *num];
			(*num)++;
		}
	}
	(void)pthread_mutex_unlock(&e->lock);
	return err;
}

/* ---- the two feeds ---- */

static tb_err put_news(tb_buf *out, const tb_election *e, const tb_manifest *m, const news *n)
{
	char title[TB_NAME_MAX + 40];
	tb_buf content;
	tb_err err;

	tb_buf_init(&content, CONTENT_MAX);
	err = describe(m, &n->entry, title, &content);
	put(out, "<entry>\n");
	put_id(out, "entry", n->leaf);
	put_element(out, "title", title);
	put_time(out, n->entry.time);
	put_link(out, "alternate", "text/html", e->slug, n->entry.type == TB_ENTRY_RESULT ? "/results" : "");
	put(out, "<content type=\"text\">");
	put_text(out, tb_buf_cstr(&content));
	put(out, "</content>\n</entry>\n");
	if (err == TB_OK)
		err = tb_buf_status(&content);
	tb_buf_release(&content);
	return err;
}

void tb_api_election_feed(
	tb_app *app, tb_election *e, const tb_http_request *request, tb_http_response *response)
{
	tb_board_ref *ref = tb_election_board(e);
	const tb_manifest *m = tb_board_manifest(ref->board);
	uint64_t acts[MOST_LOOKED_AT];
	size_t num, found = 0;
	tb_buf entries;
	uint64_t updated = 0;
	news n;
	tb_err err = copy_acts(e, acts, &num);

	news_init(&n);
	tb_buf_init(&entries, TB_HTTP_BODY_MAX);
	for (size_t i = 0; i < num && found < MOST_NEWS && err == TB_OK; i++) {
		err = news_read(&n, app, e, acts[i]);
		if (err != TB_OK)
			break;
		/* Of a feed without news: the time of the manifest, which is the last one that is looked at. */
		if (found == 0)
			updated = n.entry.time;
		if (is_news(n.entry.type)) {
			err = put_news(&entries, e, m, &n);
			found++;
		}
	}
	begin_feed(&response->body, e->slug, m->title, m->admin_name);
	put_id(&response->body, "election", e->id);
	put_time(&response->body, updated);
	tb_buf_append(&response->body, entries.data, entries.len);
	if (err == TB_OK)
		err = tb_buf_status(&entries);
	finish(request, response, err);
	tb_buf_release(&entries);
	news_release(&n);
	tb_election_board_drop(e, ref);
}

/* One election in the list of all: it is new again with every act. */
static tb_err put_election(tb_buf *out, tb_app *app, tb_election *e, uint64_t *updated)
{
	tb_board_ref *ref = tb_election_board(e);
	const tb_manifest *m = tb_board_manifest(ref->board);
	uint64_t acts[MOST_LOOKED_AT];
	size_t num;
	news n;
	tb_err err = copy_acts(e, acts, &num);

	news_init(&n);
	if (err == TB_OK)
		err = news_read(&n, app, e, acts[0]);
	if (err == TB_OK) {
		put(out, "<entry>\n");
		put_id(out, "election", e->id);
		put_element(out, "title", m->title);
		put_time(out, n.entry.time);
		put_link(out, "alternate", "text/html", e->slug, "");
		put(out, "<content type=\"text\">");
		put_text(out, m->text);
		put(out, "</content>\n</entry>\n");
		*updated = n.entry.time > *updated ? n.entry.time : *updated;
	}
	news_release(&n);
	tb_election_board_drop(e, ref);
	return err;
}

void tb_api_feed(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	size_t num = 0, first;
	uint64_t updated = 0;
	tb_buf entries;
	tb_err err = TB_OK;

	while (tb_elections_at(&app->elections, num) != NULL)
		num++;
	first = num > MOST_NEWS ? num - MOST_NEWS : 0;
	tb_buf_init(&entries, TB_HTTP_BODY_MAX);
	for (size_t i = num; i > first && err == TB_OK; i--) /* the newest first */
		err = put_election(&entries, app, tb_elections_at(&app->elections, i - 1), &updated);
	begin_feed(&response->body, "", "Elections", "Tabella");
	put_id(&response->body, "server", app->keys->public.key[TB_PURPOSE_LOG]);
	put_time(&response->body, updated);
	tb_buf_append(&response->body, entries.data, entries.len);
	if (err == TB_OK)
		err = tb_buf_status(&entries);
	finish(request, response, err);
	tb_buf_release(&entries);
}

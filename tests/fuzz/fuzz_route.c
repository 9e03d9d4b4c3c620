/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to a server: "METHOD PATH\n" and the body; after the path may come Accept, Accept-Encoding and If-None-Match, each
 * after a tab.  The server has a web client.  Two elections are there: "setup", which waits for its trustees, and
 * "open", whose polls are open.  Whatever comes is answered, what is answered can be understood, and only a submission that
 * somebody signed changes a board.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "tests/support/serve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static serve s;
static bool started;
static uint64_t sizes[2];

static void stop(void)
{
	serve_stop(&s);
}

static void start(void)
{
	tb_maker_config setup = {.small = true, .slug = "setup"}, open = {.small = true, .slug = "open"};
	tb_maker *first, *second;

	serve_start(&s, 0);
	first = serve_maker(&s, &setup);
	second = serve_maker(&s, &open);
	tb_maker_manifest(first);
	tb_maker_roll(first);
	tb_maker_until_open(second);
	tb_maker_vote(second, 0);
	sizes[0] = first->num_entries;
	sizes[1] = second->num_entries + 1;
	tb_maker_free(first);
	tb_maker_free(second);
	serve_restart_with(&s, client_sample(0));
	serve_wait_size(&s, "open", sizes[1]); /* the server has named its client on the board */
	started = true;
	TB_REQUIRE(atexit(stop) == 0);
}

/* Nobody is sent to another server. */
static void check_location(const char *to)
{
	TB_REQUIRE(to == NULL || (to[0] == '/' && to[1] != '/' && to[1] != '\\'));
}

/* The next field of a request's line. */
static char *take_field(char **at)
{
	char *field = *at, *tab = strchr(field, '\t');

	*at = tab != NULL ? tab + 1 : field + strlen(field);
	if (tab != NULL)
		*tab = '\0';
	return field;
}

/* The problem or the JSON that came is what its type says. */
static void check_body(const tb_http_response *r)
{
	const char *type = tb_http_response_find(r, "Content-Type");

	TB_REQUIRE(r->status >= 200 && r->status < 600 && r->status != 500);
	if (r->status == 204 || r->status == 308 || r->status == 304) {
		TB_REQUIRE(r->body.len == 0);
		check_location(tb_http_response_find(r, "Location"));
		return;
	}
	TB_REQUIRE(type != NULL);
	if (strstr(type, "html") != NULL)
		TB_REQUIRE(tb_http_response_find(r, "Content-Security-Policy") != NULL);
	if (strstr(type, "json") != NULL && tb_http_response_find(r, "Content-Encoding") == NULL)
		TB_REQUIRE(tb_json_is_canonical(r->body.data, r->body.len, 1u << 24));
	if (r->status >= 400)
		TB_REQUIRE(strcmp(type, "application/problem+json") == 0 ||
			   (r->status == 404 && strcmp(type, "text/html; charset=utf-8") == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const slugs[] = {"setup", "open"};
	const uint8_t *newline = memchr(data, '\n', len);
	char method[16], line[600], *at = line;
	tb_http_request request = {.method = method};
	const uint8_t *space;
	tb_http_response r;

	if (!started)
		start();
	space = newline != NULL ? memchr(data, ' ', (size_t)(newline - data)) : NULL;
	if (space == NULL || (size_t)(space - data) >= sizeof method ||
		(size_t)(newline - space) >= sizeof line ||
		memchr(data, '\0', (size_t)(newline - data)) != NULL)
		return 0;
	memcpy(method, data, (size_t)(space - data));
	method[space - data] = '\0';
	memcpy(line, space + 1, (size_t)(newline - space) - 1);
	line[newline - space - 1] = '\0';
	request.path = take_field(&at);
	request.accept = take_field(&at);
	request.accept_encoding = take_field(&at);
	request.if_none_match = take_field(&at);
	request.body = newline + 1;
	request.body_len = len - (size_t)(newline + 1 - data);
	if (request.body_len > tb_route_max_body(&s.app, request.path))
		return 0; /* server/http.c has refused it */
	(void)serve_ask(&s, &r, &request);
	check_body(&r);
	/* Only what is answered with 201 lengthens a log. */
	for (size_t i = 0; i < 2; i++) {
		tb_election *e = tb_elections_find(&s.app.elections, slugs[i], strlen(slugs[i]));
		uint64_t size = tb_election_size(e);

		TB_REQUIRE(size == sizes[i] || (size == sizes[i] + 1 && r.status == 201));
		sizes[i] = size;
	}
	tb_http_response_release(&r);
	return 0;
}

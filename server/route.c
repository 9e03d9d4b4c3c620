/* SPDX-License-Identifier: Apache-2.0 */
#include "server/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "server/checker.h"
#include "server/compress.h"
#include "server/mixes.h"
#include "server/watch.h"

/* The other members of a submission: type, signer, signature, punctuation. */
#define ENVELOPE_BYTES 4096

/* A submission whose answer is awaited. */
typedef struct waiting {
	tb_submission *submission;
	void (*wake)(void *arg);
	void *arg;
} waiting;

/* ---- addresses ---- */

typedef struct address {
	const char *slug; /* NULL: "/" or "/elections" */
	size_t slug_len;
	const char *rest; /* after "/e/<slug>/"; "" for the election itself */
} address;

static bool parse_address(address *out, const char *path)
{
	const char *end;

	if (strncmp(path, "/e/", 3) != 0)
		return false;
	out->slug = path + 3;
	end = strchr(out->slug, '/');
	out->slug_len = end != NULL ? (size_t)(end - out->slug) : strlen(out->slug);
	out->rest = end != NULL ? end + 1 : "";
	/* "/e/x/" is no second spelling of "/e/x". */
	return tb_slug_is_valid(out->slug, out->slug_len) && (end == NULL || end[1] != '\0');
}

/* An entry is at most as large as those of most types; while a mix or the shares of mixed lists are awaited, as large as these
 * are. */
static size_t largest_payload(tb_app *app, const address *a)
{
	tb_election *e = tb_elections_find(&app->elections, a->slug, a->slug_len);

	return e == NULL ? TB_BLOB_COMMON_BYTES : tb_election_max_payload(e);
}

size_t tb_route_max_body(void *app, const char *path)
{
	address a;

	if (strcmp(path, "/elections") == 0)
		return TB_BASE64_LEN(TB_MANIFEST_MAX_BYTES) + ENVELOPE_BYTES;
	if (parse_address(&a, path) && strcmp(a.rest, "entries") == 0)
		return TB_BASE64_LEN(largest_payload(app, &a)) + ENVELOPE_BYTES;
	if (parse_address(&a, path) && strcmp(a.rest, "log/cosignatures") == 0)
		return TB_NOTE_MAX_BYTES;
	return 0;
}

void tb_api_not_found(tb_http_response *response, const char *path, const char *expected)
{
	tb_fault fault = {0};

	(void)tb_fault_set(&fault, TB_RULE_NOT_FOUND, "path", expected, path);
	tb_http_problem(response, &fault);
}

bool tb_api_not_modified(const tb_http_request *request, tb_http_response *response, const char *etag)
{
	size_t len = strlen(etag);
	char gzip[sizeof response->header[0].value];

	TB_REQUIRE(len >= 2 && len + 6 < sizeof gzip);
	(void)snprintf(gzip, sizeof gzip, "%.*s-gzip\"", (int)len - 1, etag);
	tb_http_response_header(response, "ETag", etag);
	if (strstr(request->if_none_match, gzip) != NULL)
		tb_http_response_tag_gzip(response); /* the copy that the client has is the compressed one */
	else if (strstr(request->if_none_match, etag) == NULL && strcmp(request->if_none_match, "*") != 0)
		return false;
	response->status = 304;
	return true;
}

bool tb_api_is_reading(const tb_http_request *request)
{
	return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

bool tb_api_wrong_method(const tb_http_request *request, tb_http_response *response, const char *allowed)
{
	bool wants_reading = strcmp(allowed, "GET, HEAD") == 0;
	tb_fault fault = {0};

	if (wants_reading ? tb_api_is_reading(request) : strcmp(request->method, allowed) == 0)
		return false;
	(void)tb_fault_set(&fault, TB_RULE_METHOD, "method", allowed, request->method);
	tb_http_problem(response, &fault);
	tb_http_response_header(response, "Allow", allowed);
	return true;
}

/* ---- limits ---- */

enum { LIMIT_REQUESTS, LIMIT_SUBMISSIONS, LIMIT_VOTER };

/*
 * The machine itself is not counted: who is on it has better ways to hurt the server, and behind a proxy that the operator has
 * forgotten to name, all voters together would be taken for one.
 */
bool tb_route_admit(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	uint64_t now = tb_monotonic_ms();
	uint8_t key[16];
	unsigned wait;

	if (tb_address_is_loopback(&request->client))
		return true;
	tb_address_limit_key(key, &request->client);
	wait = tb_limits_wait(
		app->limits, LIMIT_REQUESTS, key, sizeof key, &app->config->request_rate, now, true);
	if (wait == 0 && strcmp(request->method, "POST") == 0)
		wait = tb_limits_wait(app->limits, LIMIT_SUBMISSIONS, key, sizeof key,
			&app->config->submit_rate, now, true);
	if (wait > 0) {
		(void)atomic_fetch_add(&app->metrics.limited, 1);
		tb_http_problem_rate(response, "address", wait);
	}
	return wait == 0;
}

/*
 * Has this voter recorded too many ballots of late?  Each stays on the board for ever.  Only recorded ones are counted, which
 * the voter signed: a stranger who sends rubbish in the voter's name takes nothing from her.
 */
static unsigned voter_wait(tb_app *app, const tb_submission *s, bool take)
{
	char name[TB_STORE_SLUG_MAX + TB_SIGNER_MAX + 2];
	int len;

	if (s->entry.type != TB_ENTRY_BALLOT)
		return 0;
	len = snprintf(name, sizeof name, "%s/%s", s->election->slug, s->entry.signer);
	TB_REQUIRE(len > 0 && (size_t)len < sizeof name);
	return tb_limits_wait(app->limits, LIMIT_VOTER, name, (size_t)len, &app->config->voter_rate,
		tb_monotonic_ms(), take);
}

/* ---- submissions ---- */

static void on_done(tb_submission *s)
{
	waiting *w = s->arg;

	w->wake(w->arg);
}

/* Hands a submission on; true when that failed and the response is made. */
static bool hand_on(tb_app *app, tb_submission *s, tb_http_response *response, void (*wake)(void *),
	void *arg, void **pending)
{
	waiting *w = calloc(1, sizeof *w);

	if (w == NULL) {
		tb_submission_free(s);
		tb_http_problem_err(response, TB_ERR_MEMORY);
		return true;
	}
	*w = (waiting){.submission = s, .wake = wake, .arg = arg};
	s->done = on_done;
	s->arg = w;
	*pending = w;
	if (s->entry.type == TB_ENTRY_BALLOT)
		tb_checker_submit(app->checker, s);
	else if (s->entry.type == TB_ENTRY_MIX)
		tb_mixes_submit(app->mixes, s);
	else
		tb_sequencer_submit(app->sequencer, s);
	return false;
}

/* Starts the work on a submission.  Is it on the board already?  Then there is nothing to do but to say so. */
static bool submit(tb_app *app, tb_submission *s, tb_http_response *response, void (*wake)(void *), void *arg,
	void **pending)
{
	tb_election *e = s->election != NULL ? s->election
					     : tb_elections_find(&app->elections, s->slug, strlen(s->slug));
	bool is_there = e != NULL && tb_store_submission(app->store, e->number, s->id, &s->index) == TB_OK;
	unsigned wait = is_there ? 0 : voter_wait(app, s, false);

	if (wait > 0) {
		(void)atomic_fetch_add(&app->metrics.limited, 1);
		tb_http_problem_rate(response, "voter", wait);
		tb_submission_free(s);
		return true;
	}
	s->err = is_there ? TB_OK : tb_api_check_signature(s, &s->fault);
	if (s->err == TB_OK && !is_there)
		return hand_on(app, s, response, wake, arg, pending);
	s->is_new = false;
	tb_api_submitted(app, s, response);
	tb_submission_free(s);
	return true;
}

void tb_route_finish(tb_app *app, void *pending, tb_http_response *response)
{
	waiting *w = pending;

	if (w->submission->err == TB_OK && w->submission->is_new)
		(void)voter_wait(app, w->submission, true);
	tb_api_submitted(app, w->submission, response);
	tb_http_response_share(response);
	tb_submission_free(w->submission);
	free(w);
}

static bool post(tb_app *app, tb_election *e, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *), void *arg, void **pending)
{
	tb_submission *s = NULL;
	tb_fault fault = {0};
	tb_err err = e != NULL ? tb_api_parse_entry(e, request, &s, &fault)
			       : tb_api_parse_manifest(app, request, &s, &fault);

	if (err == TB_OK)
		return submit(app, s, response, wake, arg, pending);
	if (err == TB_ERR_RULE)
		tb_http_problem(response, &fault);
	else
		tb_http_problem_err(response, err);
	return true;
}

/* ---- what is read ---- */

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static void read_election(tb_app *app, tb_election *e, const char *rest, const tb_http_request *request,
	tb_http_response *response)
{
	const char *tail;

	if (rest[0] == '\0')
		tb_api_state(e, response);
	else if (strcmp(rest, "log/checkpoint") == 0)
		tb_api_checkpoint(e, request, response);
	else if (strcmp(rest, "log/witnessed") == 0)
		tb_api_witnessed(e, response);
	else if (after(rest, "log/tile/") != NULL)
		tb_api_tile(app, e, rest, request, response);
	else if (after(rest, "blob/") != NULL)
		tb_api_blob(app, e, rest, request, response);
	else if ((tail = after(rest, "voter/")) != NULL)
		tb_api_voter(app, e, tail, response);
	else if ((tail = after(rest, "receipt/")) != NULL)
		tb_api_receipt(app, e, tail, response);
	else if (after(rest, "count/") != NULL)
		tb_api_count(e, rest, request, response);
	else if (strcmp(rest, "archive") == 0)
		tb_api_archive(app, e, response);
	else if (strcmp(rest, "feed.atom") == 0)
		tb_api_election_feed(app, e, request, response);
	else
		tb_api_not_found(response, request->path, "an address of an election");
}

/* The addresses that programs read and write [HTTP]. */
static bool answer(tb_app *app, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *arg), void *arg, void **pending)
{
	tb_election *e;
	address a;

	if (strcmp(request->path, "/") == 0) {
		if (!tb_api_wrong_method(request, response, "GET, HEAD"))
			tb_api_list(app, response);
		return true;
	}
	if (strcmp(request->path, "/feed.atom") == 0) {
		if (!tb_api_wrong_method(request, response, "GET, HEAD"))
			tb_api_feed(app, request, response);
		return true;
	}
	if (strcmp(request->path, "/elections") == 0)
		return tb_api_wrong_method(request, response, "POST") ||
		       post(app, NULL, request, response, wake, arg, pending);
	e = parse_address(&a, request->path) ? tb_elections_find(&app->elections, a.slug, a.slug_len) : NULL;
	if (e == NULL) {
		tb_api_not_found(response, request->path, "the address of an election on this server");
		return true;
	}
	if (strcmp(a.rest, "entries") == 0)
		return tb_api_wrong_method(request, response, "POST") ||
		       post(app, e, request, response, wake, arg, pending);
	if (strcmp(a.rest, "log/cosignatures") == 0) {
		if (!tb_api_wrong_method(request, response, "POST"))
			tb_api_cosignatures(app, e, request, response);
		return true;
	}
	if (!tb_api_wrong_method(request, response, "GET, HEAD"))
		read_election(app, e, a.rest, request, response);
	return true;
}

/* May a page of another origin send what it wants to send [HTTP.CORS]?  A booth that was opened from elsewhere asks this first;
 * the answer is the same for everything. */
static bool preflight(const tb_http_request *request, tb_http_response *response)
{
	if (strcmp(request->method, "OPTIONS") != 0)
		return false;
	response->status = 204;
	tb_http_response_header_fixed(response, "Access-Control-Allow-Methods", "GET, HEAD, POST");
	tb_http_response_header_fixed(response, "Access-Control-Allow-Headers", "Content-Type");
	tb_http_response_header_fixed(response, "Access-Control-Max-Age", "86400");
	tb_http_response_share(response);
	return true;
}

static bool route(tb_app *app, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *arg), void *arg, void **pending)
{
	*pending = NULL;
	if (!tb_api_client(app, request, response)) {
		if (preflight(request, response))
			return true;
		if (!answer(app, request, response, wake, arg, pending))
			return false;
		tb_http_response_share(response);
	}
	tb_api_for_people(request, response);
	return true;
}

bool tb_route(tb_app *app, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *arg), void *arg, void **pending)
{
	bool is_answered = route(app, request, response, wake, arg, pending);

	if (is_answered)
		tb_compress(request, response);
	return is_answered;
}

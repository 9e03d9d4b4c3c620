/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/serve.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/json.h"
#include "server/slog.h"
#include "tests/support/folder.h"

static void must(bool ok, const char *what, const char *more)
{
	if (!ok) {
		(void)fprintf(stderr, "serve: %s %s\n", what, more);
		tb_bug("a test server failed");
	}
}

static uint64_t read_clock(void *ctx)
{
	serve *s = ctx;

	return atomic_load(&s->now);
}

static void start(serve *s)
{
	tb_why why;

	must(tb_app_start(&s->app, &s->config, &s->keys, s->client, &s->clock, s->path, &why) == TB_OK,
		"start", why.text);
}

void serve_start(serve *s, uint64_t seed)
{
	tb_maker_config config = {.seed = seed};
	tb_maker *m = tb_maker_new(&config);

	memset(s, 0, sizeof *s);
	s->client = &client_none;
	tb_slog_set_level(TB_SLOG_ERROR);
	tb_config_init(&s->config);
	memcpy(s->config.admin_key[0], m->admin.sign_key, 32);
	s->config.num_admins = 1;
	s->keys.secret.role = s->keys.public.role = TB_ROLE_SERVER;
	s->keys.secret.sign = m->server.sign;
	memcpy(s->keys.secret.log_seed, m->server.ed.seed, 32);
	memcpy(s->keys.public.key[TB_PURPOSE_SIGN], m->server.sign_key, 32);
	memcpy(s->keys.public.key[TB_PURPOSE_LOG], m->server.ed_key, 32);
	tb_role_line_write(s->keys.line, &s->keys.public);
	s->clock = (tb_clock){.now = read_clock, .ctx = s};
	atomic_store(&s->now, m->now);
	tb_maker_free(m);
	(void)snprintf(s->folder, sizeof s->folder, "%s/tabella-serve.XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	must(mkdtemp(s->folder) != NULL, "folder", s->folder);
	(void)snprintf(s->path, sizeof s->path, "%s/board.db", s->folder);
	start(s);
}

void serve_restart(serve *s)
{
	tb_app_stop(&s->app);
	start(s);
}

void serve_restart_with(serve *s, const tb_client *client)
{
	s->client = client;
	serve_restart(s);
}

void serve_stop(serve *s)
{
	tb_app_stop(&s->app);
	tb_test_folder_remove(s->folder);
}

/* ---- requests ---- */

typedef struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool done;
} waiter;

static void wake(void *arg)
{
	waiter *w = arg;

	(void)pthread_mutex_lock(&w->lock);
	w->done = true;
	(void)pthread_cond_signal(&w->woken);
	(void)pthread_mutex_unlock(&w->lock);
}

static void read_stream(tb_http_response *r)
{
	uint8_t bytes[1000]; /* an odd size, so that headers and files are cut everywhere */
	ssize_t len;

	while ((len = r->stream.read(r->stream.state, bytes, sizeof bytes)) > 0)
		tb_buf_append(&r->body, bytes, (size_t)len);
	must(len == 0, "stream", "broken off");
}

unsigned serve_request(serve *s, tb_http_response *response, const char *method, const char *path,
	const void *body, size_t body_len)
{
	tb_http_request request = {.method = method,
		.path = path,
		.if_none_match = "",
		.accept = "",
		.accept_encoding = "",
		.authorization = "",
		.idempotency_key = "",
		.body = body,
		.body_len = body_len};

	return serve_ask(s, response, &request);
}

/* With TB_ANSWERS set, every request and its answer is a line of JSON at the end of that file, for tests/api. */
static void record(const tb_http_request *request, const tb_http_response *r)
{
	const char *file = getenv("TB_ANSWERS"), *type = tb_http_response_find(r, "Content-Type");
	bool is_text = type != NULL && (strncmp(type, "text/", 5) == 0 || strstr(type, "json") != NULL) &&
		       tb_http_response_find(r, "Content-Encoding") == NULL;
	tb_json_out json;
	tb_buf line;
	FILE *f;

	if (file == NULL)
		return;
	tb_buf_init(&line, 64u << 20);
	tb_json_out_init(&json, &line);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_base64(&json, "method", request->method, strlen(request->method));
	tb_json_out_base64(&json, "path", request->path, strlen(request->path));
	if (request->body_len > 0 && r->status < 300)
		tb_json_out_base64(&json, "requestBody", request->body, request->body_len);
	else
		tb_json_out_null(&json, "requestBody");
	tb_json_out_int(&json, "status", r->status);
	tb_json_out_array(&json, "headers");
	for (size_t i = 0; i < r->num_headers; i++) {
		tb_json_out_object(&json, TB_JSON_ITEM);
		tb_json_out_cstring(&json, "name", r->header[i].name);
		tb_json_out_cstring(&json, "value", tb_http_response_find(r, r->header[i].name));
		tb_json_out_end(&json);
	}
	tb_json_out_end(&json);
	if (is_text || r->body.len == 0)
		tb_json_out_base64(&json, "body", r->body.data, r->body.len);
	else
		tb_json_out_null(&json, "body");
	tb_json_out_end(&json);
	tb_buf_append(&line, "\n", 1);
	must(tb_json_out_status(&json) == TB_OK && tb_buf_status(&line) == TB_OK, "record", file);
	f = fopen(file, "a");
	must(f != NULL && fwrite(line.data, line.len, 1, f) == 1 && fclose(f) == 0, "record", file);
	tb_buf_release(&line);
}

unsigned serve_ask(serve *s, tb_http_response *response, const tb_http_request *request)
{
	waiter w = {.lock = PTHREAD_MUTEX_INITIALIZER, .woken = PTHREAD_COND_INITIALIZER};
	void *pending = NULL;

	tb_http_response_init(response);
	if (!tb_route(&s->app, request, response, wake, &w, &pending)) {
		(void)pthread_mutex_lock(&w.lock);
		while (!w.done)
			(void)pthread_cond_wait(&w.woken, &w.lock);
		(void)pthread_mutex_unlock(&w.lock);
		tb_route_finish(&s->app, pending, response);
	}
	if (response->stream.read != NULL)
		read_stream(response);
	if (response->fixed != NULL)
		tb_buf_append(&response->body, response->fixed, response->fixed_len);
	record(request, response);
	return response->status;
}

unsigned serve_get(serve *s, const char *path, tb_buf *out)
{
	tb_http_response r;
	unsigned status = serve_request(s, &r, "GET", path, NULL, 0);

	if (out != NULL) {
		tb_buf_clear(out);
		tb_buf_append(out, r.body.data, r.body.len);
		must(tb_buf_status(out) == TB_OK, "body", path);
	}
	tb_http_response_release(&r);
	return status;
}

void serve_write_submission(tb_buf *out, const tb_entry *e)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_cstring(&json, "type", tb_entry_type_name(e->type));
	tb_json_out_cstring(&json, "signer", e->signer);
	tb_json_out_base64(&json, "payload", e->payload, e->payload_len);
	tb_json_out_base64(&json, "signature", e->signature, sizeof e->signature);
	tb_json_out_end(&json);
	must(tb_json_out_status(&json) == TB_OK, "submission", "");
}

static unsigned post_entry(serve *s, tb_maker *m, const tb_entry *e, tb_http_response *response)
{
	char path[100];
	tb_buf body;
	unsigned status;

	(void)snprintf(path, sizeof path, e->type == TB_ENTRY_MANIFEST ? "/elections" : "/e/%s/entries",
		m->manifest.slug);
	tb_buf_init(&body, 16u << 20);
	serve_write_submission(&body, e);
	status = serve_request(s, response, "POST", path, body.data, body.len);
	tb_buf_release(&body);
	return status;
}

unsigned serve_post(serve *s, tb_maker *m, tb_maker_plan *plan, tb_http_response *response)
{
	tb_fault fault;
	uint8_t random[32] = {7};
	tb_entry e;
	unsigned status;

	must(tb_entry_init(&e, plan->type, plan->signer, plan->payload.data, plan->payload.len, &fault) ==
			TB_OK,
		"entry", plan->signer);
	if (plan->is_signed)
		memcpy(e.signature, plan->signature, sizeof e.signature);
	else
		must(tb_entry_sign(&e, &plan->binding, &plan->key, random) == TB_OK, "sign", "");
	status = post_entry(s, m, &e, response);
	tb_buf_release(&plan->payload);
	return status;
}

const char *serve_rule(const tb_http_response *response)
{
	static _Thread_local char rule[80];
	static const char start_of[] = "{\"type\":\"urn:tabella:rule:";
	size_t at = sizeof start_of - 1, n = 0;

	rule[0] = '\0';
	if (response->body.len < at || memcmp(response->body.data, start_of, at) != 0)
		return rule;
	while (at < response->body.len && n + 1 < sizeof rule && response->body.data[at] != '"')
		rule[n++] = (char)response->body.data[at++];
	rule[n] = '\0';
	return rule;
}

static uint64_t size_of(serve *s, const char *slug)
{
	tb_election *e = tb_elections_find(&s->app.elections, slug, strlen(slug));

	return e != NULL ? tb_election_size(e) : 0;
}

void serve_wait_size(serve *s, const char *slug, uint64_t size)
{
	struct timespec moment = {.tv_nsec = 5000000};

	for (int i = 0; size_of(s, slug) < size; i++) {
		must(i < 24000, "no entry came for two minutes:", slug);
		(void)nanosleep(&moment, NULL);
	}
}

/* ---- the maker's hook ---- */

static void attach_blob(const tb_maker *m, tb_entry *e)
{
	tb_fault ignored;

	for (size_t i = 0; i < m->num_blobs && e->payload == NULL; i++)
		if (tb_entry_attach_blob(e, m->blobs[i].data, m->blobs[i].len, &ignored) != TB_OK)
			continue;
	must(e->payload != NULL, "blob", "");
}

/* The entry as the server has it. */
static void fetch(serve *s, const tb_maker *m, uint64_t index, tb_buf *out)
{
	tb_election *e = tb_elections_find(&s->app.elections, m->manifest.slug, strlen(m->manifest.slug));

	tb_buf_clear(out);
	must(e != NULL && tb_store_entry(s->app.store, e->number, index, out) == TB_OK, "entry",
		m->manifest.slug);
}

unsigned serve_repost(serve *s, tb_maker *m, uint64_t index, tb_http_response *response)
{
	tb_fault fault;
	tb_buf room;
	tb_entry e;
	unsigned status;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	must(tb_entry_parse(&e, &room, m->entries[index].data, m->entries[index].len, &fault) == TB_OK,
		"parse", "");
	attach_blob(m, &e);
	status = post_entry(s, m, &e, response);
	tb_buf_release(&room);
	return status;
}

static void after(void *arg, tb_maker *m, tb_buf *bytes)
{
	serve *s = arg;
	tb_http_response response;
	tb_fault fault;
	tb_buf room, posted;
	tb_entry e;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	must(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK, "parse", "");
	attach_blob(m, &e);
	atomic_store(&s->now, m->now);
	if (e.role == TB_ROLE_SERVER) {
		serve_wait_size(s, m->manifest.slug, m->num_entries + 1);
		fetch(s, m, m->num_entries, bytes);
	} else {
		/* An endorsement can be judged once the server has added up. */
		do {
			if (post_entry(s, m, &e, &response) == 503)
				(void)usleep(20000);
		} while (response.status == 503 && (tb_http_response_release(&response), true));
		must(response.status == 201,
			"posting failed:", response.body.len > 0 ? tb_buf_cstr(&response.body) : "");
		tb_http_response_release(&response);
		tb_buf_init(&posted, TB_ENTRY_MAX_BYTES);
		fetch(s, m, m->num_entries, &posted);
		/* Same clock, same granularity: the server's bytes are the maker's bytes. */
		must(posted.len == bytes->len && memcmp(posted.data, bytes->data, bytes->len) == 0,
			"other bytes:", tb_entry_type_name(e.type));
		tb_buf_release(&posted);
		s->num_posts++;
	}
	tb_buf_release(&room);
}

tb_maker *serve_maker(serve *s, const tb_maker_config *config)
{
	tb_maker *m = tb_maker_new(config);

	m->after = after;
	m->arg = s;
	return m;
}

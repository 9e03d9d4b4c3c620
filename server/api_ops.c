/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api_ops.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "crypto/hash.h"
#include "server/route.h"
#include "server/slog.h"
#include "server/token.h"

#define MAX_CALLS 1000
#define BACKUP "/admin/backup"

static void text(tb_http_response *response, unsigned status, const char *type)
{
	response->status = status;
	tb_http_response_header(response, "Content-Type", type);
	tb_http_response_header(response, "Cache-Control", "no-store");
}

static void write_elections(tb_app *app, tb_buf *out)
{
	tb_election *e;

	tb_metrics_head(out, "tabella_log_entries", "gauge", "Entries on the board of an election.");
	for (size_t i = 0; (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		tb_metrics_line(out, "tabella_log_entries{election=\"%s\"} %" PRIu64 "\n", e->slug,
			tb_election_size(e));
	tb_metrics_head(out, "tabella_election_phase", "gauge", "1 for the phase that an election is in.");
	for (size_t i = 0; (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		tb_metrics_line(out, "tabella_election_phase{election=\"%s\",phase=\"%s\"} 1\n", e->slug,
			tb_phase_name(tb_election_phase(e)));
}

static void metrics(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	(void)request;
	text(response, 200, "text/plain; version=0.0.4; charset=utf-8");
	tb_metrics_write(&app->metrics, &response->body);
	write_elections(app, &response->body);
	if (tb_buf_status(&response->body) != TB_OK)
		tb_http_problem_err(response, tb_buf_status(&response->body));
}

static bool is_stale(tb_election *e)
{
	bool stale;

	(void)pthread_mutex_lock(&e->lock);
	stale = e->is_stale;
	(void)pthread_mutex_unlock(&e->lock);
	return stale;
}

/* Can a ballot be recorded now, as far as one can tell without recording one? */
static void readiness(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	const char *trouble = NULL;
	tb_fault fault = {0};
	tb_election *e;

	(void)request;
	if (atomic_load(&app->metrics.cannot_write))
		trouble = "the last transaction could not be made durable";
	for (size_t i = 0; trouble == NULL && (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		if (is_stale(e))
			trouble = "a board waits to be read again";
	if (trouble != NULL) {
		(void)tb_fault_set(&fault, TB_RULE_STORAGE, "server", "a board that can be written", trouble);
		tb_http_problem(response, &fault);
		return;
	}
	text(response, 200, "text/plain; charset=utf-8");
	tb_buf_append(&response->body, "ready\n", 6);
}

/* ---- with a token ---- */

/* Who asks, and may that token do this?  Else *response says so. */
static bool is_allowed(tb_app *app, const tb_http_request *request, tb_scope scope, tb_store_call *call,
	tb_http_response *response)
{
	tb_fault fault = {0};
	unsigned scopes = 0;
	tb_err err = tb_token_check(app->config->data, request->authorization, call->token, &scopes);

	if (err == TB_OK && (scopes & scope) != 0)
		return true;
	if (err == TB_OK) {
		(void)tb_fault_set(&fault, TB_RULE_SCOPE, "token", "a token for this", call->token);
		tb_http_problem(response, &fault);
	} else if (err == TB_ERR_NOT_FOUND) {
		(void)tb_fault_set(&fault, TB_RULE_TOKEN, "Authorization",
			"Bearer and a token of this server",
			request->authorization[0] == '\0' ? "nothing" : "something else");
		tb_http_problem(response, &fault);
		tb_http_response_header(response, "WWW-Authenticate", "Bearer");
	} else {
		tb_http_problem_err(response, err);
	}
	tb_slog(TB_SLOG_WARNING, "refused", "path=%s token=%s", request->path,
		err == TB_OK ? call->token : "unknown");
	return false;
}

static bool is_key(const char *key)
{
	size_t len = strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	return len > 0 && len <= 64 && key[len] == '\0';
}

/* Was this asked before?  Then the same answer again, or, if something else was asked with this key, none. */
static bool is_repeated(
	tb_app *app, const tb_http_request *request, tb_store_call *call, tb_http_response *response)
{
	tb_store_call before;
	tb_fault fault = {0};
	tb_err err;

	if (!is_key(request->idempotency_key)) {
		(void)tb_fault_set(&fault, TB_RULE_KEY, "Idempotency-Key", "1 to 64 of A-Z a-z 0-9 . _ -",
			request->idempotency_key);
		tb_http_problem(response, &fault);
		return true;
	}
	(void)snprintf(call->key, sizeof call->key, "%s", request->idempotency_key);
	tb_sha256(call->request, request->body, request->body_len);
	err = tb_store_find_call(app->store, call->token, call->key, &before);
	if (err == TB_ERR_NOT_FOUND)
		return false;
	if (err != TB_OK) {
		tb_http_problem_err(response, err);
	} else if (strcmp(before.action, call->action) != 0 ||
		   memcmp(before.request, call->request, sizeof before.request) != 0) {
		(void)tb_fault_set(&fault, TB_RULE_REPEATED, "Idempotency-Key", "a new key for a new request",
			call->key);
		tb_http_problem(response, &fault);
	} else {
		text(response, before.status, "application/json");
		tb_buf_append(&response->body, before.answer, strlen(before.answer));
	}
	return true;
}

/* {"name":"2026-03-01"}: a name that stays in the folder. */
static tb_err parse_name(const tb_http_request *request, char out[65], tb_fault *fault)
{
	tb_json_string name;
	tb_json_in in;
	tb_err err;
	size_t len;

	tb_json_in_init(&in, request->body, request->body_len, request->body_len, TB_JSON_ANY, TB_RULE_JSON);
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "name", &name, 64);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, fault);
	if (err == TB_OK)
		memcpy(out, name.data, name.len + 1);
	tb_json_in_release(&in);
	if (err != TB_OK)
		return err;
	len = strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789._-");
	if (len == 0 || out[len] != '\0' || out[0] == '.')
		return tb_fault_set(
			fault, TB_RULE_JSON, "name", "a name of a-z 0-9 . _ -, no dot first", out);
	return TB_OK;
}

/* What was made, so that it can be told from what arrives elsewhere. */
static tb_err describe(const char *path, const char *name, char *out, size_t out_len)
{
	uint8_t hash[TB_SHA256_BYTES];
	tb_file_map map;
	tb_json_out json;
	tb_buf text_buf;
	char file[80];
	tb_why why;
	tb_err err = tb_file_map_new(&map, path, &why);

	if (err != TB_OK)
		return err;
	tb_sha256(hash, map.data, map.len);
	(void)snprintf(file, sizeof file, "%s.db", name);
	tb_buf_init(&text_buf, out_len - 1);
	tb_json_out_init(&json, &text_buf);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_cstring(&json, "file", file);
	tb_json_out_int(&json, "bytes", map.len);
	tb_json_out_hex(&json, "sha256", hash, sizeof hash);
	tb_json_out_end(&json);
	err = tb_json_out_status(&json);
	if (err == TB_OK)
		(void)snprintf(out, out_len, "%s", tb_buf_cstr(&text_buf));
	tb_buf_release(&text_buf);
	tb_file_map_free(&map);
	return err;
}

static void make_backup(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	tb_store_call call = {.action = "backup", .status = 201, .time = tb_clock_now(&app->clock)};
	char name[65], path[TB_CONFIG_PATH_MAX + 80];
	bool is_made;
	tb_fault fault = {0};
	tb_why why;
	tb_err err;

	if (!is_allowed(app, request, TB_SCOPE_BACKUP, &call, response) ||
		is_repeated(app, request, &call, response))
		return;
	err = parse_name(request, name, &fault);
	if (err == TB_OK && app->config->backup_folder[0] == '\0')
		err = tb_fault_set(&fault, TB_RULE_BACKUP, "backup-folder",
			"a server that was told where backups go", "none");
	if (err == TB_OK) {
		(void)snprintf(path, sizeof path, "%s/%s.db", app->config->backup_folder, name);
		err = tb_store_copy(tb_store_path(app->store), path, &why);
		if (err != TB_OK) /* the path stays with the operator's log */
			tb_slog(TB_SLOG_ERROR, "backup", "%s", why.text);
		if (err == TB_ERR_STATE)
			err = tb_fault_set(&fault, TB_RULE_BACKUP, "name", "a name that is free", name);
	}
	is_made = err == TB_OK;
	if (err == TB_OK)
		err = describe(path, name, call.answer, sizeof call.answer);
	if (err == TB_OK)
		err = tb_store_add_call(app->store, &call);
	/* Who is told that nothing was changed asks once more, by the same name. */
	if (err != TB_OK && is_made && tb_file_remove(path, &why) != TB_OK)
		tb_slog(TB_SLOG_ERROR, "backup", "%s", why.text);
	if (err == TB_ERR_RULE) {
		tb_http_problem(response, &fault);
	} else if (err != TB_OK) {
		tb_http_problem_err(response, err);
	} else {
		tb_slog(TB_SLOG_INFO, "operator", "token=%s action=backup name=%s", call.token, name);
		text(response, 201, "application/json");
		tb_buf_append(&response->body, call.answer, strlen(call.answer));
	}
}

/* ---- which take long, and so are made in a thread of their own: whoever asks meanwhile whether the server lives is answered ---- */

typedef struct backup_job {
	tb_app *app;
	char authorization[200], key[80]; /* longer ones are neither token nor key */
	tb_http_request request;
	tb_buf body;
	tb_http_response response;
	pthread_t thread;
	void (*wake)(void *arg);
	void *arg;
} backup_job;

/* One at a time: of two with one key the second is to find what the first did. */
static atomic_flag is_backing_up = ATOMIC_FLAG_INIT;

static backup_job *job_new(tb_app *app, const tb_http_request *request, void (*wake)(void *), void *arg)
{
	backup_job *job = calloc(1, sizeof *job);

	if (job == NULL)
		return NULL;
	job->app = app;
	job->wake = wake;
	job->arg = arg;
	tb_http_response_init(&job->response);
	(void)snprintf(job->authorization, sizeof job->authorization, "%s", request->authorization);
	(void)snprintf(job->key, sizeof job->key, "%s", request->idempotency_key);
	tb_buf_init(&job->body, request->body_len);
	tb_buf_append(&job->body, request->body, request->body_len);
	job->request = (tb_http_request){.method = "POST",
		.path = BACKUP,
		.if_none_match = "",
		.accept = "",
		.accept_encoding = "",
		.authorization = job->authorization,
		.idempotency_key = job->key,
		.body = job->body.data,
		.body_len = job->body.len};
	if (tb_buf_status(&job->body) == TB_OK)
		return job;
	free(job);
	return NULL;
}

static void *run_job(void *arg)
{
	backup_job *job = arg;

	make_backup(job->app, &job->request, &job->response);
	atomic_flag_clear(&is_backing_up);
	job->wake(job->arg);
	return NULL;
}

/* False: it is being made. */
static bool backup(tb_app *app, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *), void *arg, void **pending)
{
	backup_job *job = NULL;
	tb_fault fault = {0};

	if (atomic_flag_test_and_set(&is_backing_up)) {
		(void)tb_fault_set(&fault, TB_RULE_BUSY, "server", "one backup at a time", "another one");
		tb_http_problem(response, &fault);
		return true;
	}
	job = job_new(app, request, wake, arg);
	*pending = job;
	if (job != NULL && pthread_create(&job->thread, NULL, run_job, job) == 0)
		return false;
	if (job != NULL)
		tb_buf_release(&job->body);
	free(job);
	*pending = NULL;
	atomic_flag_clear(&is_backing_up);
	(void)tb_fault_set(&fault, TB_RULE_BUSY, "server", "memory and a thread", "none");
	tb_http_problem(response, &fault);
	return true;
}

void tb_ops_finish(tb_http_response *response, void *pending)
{
	backup_job *job = pending;

	(void)pthread_join(job->thread, NULL);
	tb_http_response_release(response);
	*response = job->response;
	tb_buf_release(&job->body);
	free(job);
}

/* The latest calls, the last first. */
static void audit(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	tb_store_call call;
	uint64_t number = 0;
	tb_json_out json;
	tb_err err = TB_OK;

	if (!is_allowed(app, request, TB_SCOPE_AUDIT, &call, response))
		return;
	text(response, 200, "application/json");
	tb_json_out_init(&json, &response->body);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_array(&json, "calls");
	for (int i = 0; i < MAX_CALLS && err == TB_OK; i++) {
		err = tb_store_previous_call(app->store, number, &number, &call);
		if (err != TB_OK)
			break;
		tb_json_out_object(&json, TB_JSON_ITEM);
		tb_json_out_int(&json, "number", number);
		tb_json_out_int(&json, "time", call.time);
		tb_json_out_cstring(&json, "token", call.token);
		tb_json_out_cstring(&json, "action", call.action);
		tb_json_out_cstring(&json, "key", call.key);
		tb_json_out_int(&json, "status", call.status);
		tb_json_out_end(&json);
	}
	tb_json_out_end(&json);
	tb_json_out_end(&json);
	if (err == TB_OK || err == TB_ERR_NOT_FOUND)
		err = tb_json_out_status(&json);
	if (err != TB_OK)
		tb_http_problem_err(response, err);
}

/* ---- addresses ---- */

static void health(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	(void)app;
	(void)request;
	text(response, 200, "text/plain; charset=utf-8");
	tb_buf_append(&response->body, "alive\n", 6);
}

static const struct {
	const char *path, *method;
	void (*answer)(tb_app *app, const tb_http_request *request, tb_http_response *response);
} addresses[] = {{"/healthz", "GET, HEAD", health}, {"/readyz", "GET, HEAD", readiness},
	{"/metrics", "GET, HEAD", metrics}, {BACKUP, "POST", NULL}, {"/admin/audit", "GET, HEAD", audit}};

size_t tb_ops_max_body(void *app, const char *path)
{
	(void)app;
	return strcmp(path, BACKUP) == 0 ? 4096 : 0;
}

bool tb_ops_route(tb_app *app, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *), void *arg, void **pending)
{
	*pending = NULL;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		if (strcmp(request->path, addresses[i].path) != 0)
			continue;
		if (tb_api_wrong_method(request, response, addresses[i].method))
			return true;
		if (addresses[i].answer == NULL)
			return backup(app, request, response, wake, arg, pending);
		addresses[i].answer(app, request, response);
		return true;
	}
	tb_api_not_found(response, request->path, "an address of the operator's");
	return true;
}

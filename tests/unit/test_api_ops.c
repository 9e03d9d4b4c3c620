/* SPDX-License-Identifier: Apache-2.0 */
/* Operators' calls that fail half-way [ADMIN.BACKUP]: who is told that nothing was changed finds it so; and ones that take long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/api_ops.h"
#include "server/slog.h"
#include "server/token.h"
#include "tests/support/serve.h"

static serve s;
static char authorization[100];

static int start(void **state)
{
	char token[80] = "";
	tb_why why;
	FILE *f = tmpfile();

	(void)state;
	assert_non_null(f);
	serve_start(&s, 0);
	tb_slog_set_level((tb_slog_level)(TB_SLOG_ERROR + 1)); /* failures are wanted here */
	(void)snprintf(s.config.data, sizeof s.config.data, "%s", s.folder);
	(void)snprintf(s.config.backup_folder, sizeof s.config.backup_folder, "%s", s.folder);
	assert_int_equal(tb_token_new(s.folder, "night", "backup", f, &why), TB_OK);
	rewind(f);
	assert_non_null(fgets(token, sizeof token, f));
	token[strcspn(token, "\n")] = '\0';
	(void)snprintf(authorization, sizeof authorization, "Bearer %s", token);
	assert_int_equal(fclose(f), 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	serve_stop(&s);
	return 0;
}

/* A call and its answer, which may come later. */
typedef struct call {
	tb_http_request request;
	tb_http_response response;
	sem_t woken;
	void *pending;
	bool is_answered;
} call;

static void wake(void *arg)
{
	(void)sem_post(&((call *)arg)->woken);
}

static void begin(call *c, const char *method, const char *path, const char *key, const char *body)
{
	memset(c, 0, sizeof *c);
	c->request = (tb_http_request){.method = method,
		.path = path,
		.if_none_match = "",
		.accept = "",
		.accept_encoding = "",
		.authorization = authorization,
		.idempotency_key = key,
		.body = (const uint8_t *)body,
		.body_len = strlen(body)};
	assert_int_equal(sem_init(&c->woken, 0, 0), 0);
	tb_http_response_init(&c->response);
	c->is_answered = tb_ops_route(&s.app, &c->request, &c->response, wake, c, &c->pending);
}

static unsigned end(call *c)
{
	unsigned status;

	if (!c->is_answered) {
		assert_int_equal(sem_wait(&c->woken), 0);
		tb_ops_finish(&c->response, c->pending);
	}
	status = c->response.status;
	tb_http_response_release(&c->response);
	assert_int_equal(sem_destroy(&c->woken), 0);
	return status;
}

static unsigned ask(const char *key, const char *body)
{
	call c;

	begin(&c, "POST", "/admin/backup", key, body);
	return end(&c);
}

static unsigned get(const char *path)
{
	call c;

	begin(&c, "GET", path, "", "");
	assert_true(c.is_answered);
	return end(&c);
}

/* tb_store_copy(), which takes as long as the test likes (test_api_ops.ldflags). */
static bool is_held;
static sem_t let_go;
tb_err __real_tb_store_copy(const char *from_path, const char *to_path, tb_why *why);
tb_err __wrap_tb_store_copy(const char *from_path, const char *to_path, tb_why *why);
tb_err __wrap_tb_store_copy(const char *from_path, const char *to_path, tb_why *why)
{
	if (is_held)
		(void)sem_wait(&let_go);
	return __real_tb_store_copy(from_path, to_path, why);
}

static bool is_there(const char *name)
{
	char path[200];

	(void)snprintf(path, sizeof path, "%s/%s", s.folder, name);
	return access(path, F_OK) == 0;
}

static void run_sql(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(s.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_a_backup_that_cannot_be_noted_is_none(void **state)
{
	static const char body[] = "{\"name\":\"one\"}";

	(void)state;
	run_sql("CREATE TRIGGER full BEFORE INSERT ON operator_call BEGIN SELECT RAISE(ABORT, 'full'); END");
	assert_int_equal(ask("k1", body), 503);
	assert_false(is_there("one.db"));
	assert_false(is_there("one.db.partial"));
	run_sql("DROP TRIGGER full");
	/* "Try again in a moment": the same request. */
	assert_int_equal(ask("k1", body), 201);
	assert_true(is_there("one.db"));
	assert_int_equal(ask("k1", body), 201);
	assert_int_equal(ask("k2", body), 409);
	assert_true(is_there("one.db"));
}

/* The operator has few threads; who watches the server must not wait for a backup. */
static void test_a_long_backup_holds_up_nobody(void **state)
{
	char body[] = "{\"name\":\"long\"}";
	call c;

	(void)state;
	assert_int_equal(sem_init(&let_go, 0, 0), 0);
	is_held = true;
	begin(&c, "POST", "/admin/backup", "k1", body);
	memset(body, 'x', sizeof body - 1); /* the request may be gone */
	assert_false(c.is_answered);
	assert_int_equal(get("/healthz"), 200);
	assert_int_equal(get("/readyz"), 200);
	assert_int_equal(get("/metrics"), 200);
	assert_int_equal(ask("k2", "{\"name\":\"other\"}"), 503);
	assert_false(is_there("long.db"));
	(void)sem_post(&let_go);
	assert_int_equal(end(&c), 201);
	assert_true(is_there("long.db"));
	is_held = false;
	assert_int_equal(ask("k1", "{\"name\":\"long\"}"), 201); /* the same again */
	assert_int_equal(ask("k2", "{\"name\":\"other\"}"), 201);
	assert_int_equal(sem_destroy(&let_go), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_backup_that_cannot_be_noted_is_none, start, stop),
		cmocka_unit_test_setup_teardown(test_a_long_backup_holds_up_nobody, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

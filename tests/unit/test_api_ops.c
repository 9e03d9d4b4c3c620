/* SPDX-License-Identifier: Apache-2.0 */
/* Operators' calls that fail half-way [ADMIN.BACKUP]: who is told that nothing was changed finds it so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
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

static unsigned ask(const char *key, const char *body)
{
	const tb_http_request request = {.method = "POST",
		.path = "/admin/backup",
		.if_none_match = "",
		.accept = "",
		.accept_encoding = "",
		.authorization = authorization,
		.idempotency_key = key,
		.body = (const uint8_t *)body,
		.body_len = strlen(body)};
	tb_http_response response;
	unsigned status;

	tb_http_response_init(&response);
	tb_ops_route(&s.app, &request, &response);
	status = response.status;
	tb_http_response_release(&response);
	return status;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_backup_that_cannot_be_noted_is_none, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

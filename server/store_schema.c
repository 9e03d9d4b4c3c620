/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing a database to the present format. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "server/schema.h"
#include "server/slog.h"

static const char *const steps[TB_SCHEMA_VERSION] = {TB_SCHEMA_1, TB_SCHEMA_2, TB_SCHEMA_3};

static tb_err failed(sqlite3 *db)
{
	int code = sqlite3_extended_errcode(db);

	tb_slog(TB_SLOG_ERROR, "schema", "%s (%d)", sqlite3_errmsg(db), code);
	return (code & 0xff) == SQLITE_NOMEM ? TB_ERR_MEMORY : TB_ERR_IO;
}

static tb_err ask(sqlite3 *db, const char *sql, uint64_t *out)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	if (code == SQLITE_ROW)
		*out = (uint64_t)sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return code == SQLITE_ROW ? TB_OK : failed(db);
}

/* From format `have` to `have` + 1: all of it or nothing, whatever happens in between. */
static tb_err take_step(sqlite3 *db, uint64_t have)
{
	char end[160];
	tb_err err;

	(void)snprintf(end, sizeof end, "PRAGMA application_id=%d; PRAGMA user_version=%u; COMMIT",
		TB_SCHEMA_APPLICATION_ID, (unsigned)have + 1);
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
		sqlite3_exec(db, steps[have], NULL, NULL, NULL) == SQLITE_OK &&
		sqlite3_exec(db, end, NULL, NULL, NULL) == SQLITE_OK)
		return TB_OK;
	err = failed(db);
	(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

tb_err tb_schema_bring(sqlite3 *db, tb_why *why)
{
	uint64_t version, application, tables;
	bool is_empty;
	tb_err err = ask(db, "PRAGMA user_version", &version);

	if (err == TB_OK)
		err = ask(db, "PRAGMA application_id", &application);
	if (err == TB_OK)
		err = ask(db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (err != TB_OK)
		return err;
	is_empty = tables == 0 && version == 0;
	if (!is_empty &&
		(application != TB_SCHEMA_APPLICATION_ID || version == 0 || version > TB_SCHEMA_VERSION)) {
		tb_why_set(why,
			"is no board of format %d, but a database with application_id %llu and user_version "
			"%llu",
			TB_SCHEMA_VERSION, (unsigned long long)application, (unsigned long long)version);
		return TB_ERR_STATE;
	}
	for (; version < TB_SCHEMA_VERSION && err == TB_OK; version++) {
		if (!is_empty)
			tb_slog(TB_SLOG_INFO, "migrate", "from=%u to=%u", (unsigned)version,
				(unsigned)version + 1);
		err = take_step(db, version);
	}
	return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the operator did, and what witnesses have cosigned, in the same database and so in every backup.  Each call has a
 * connection of its own: they are seldom, and the writing connection belongs to the sequencer.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "server/slog.h"
#include "server/store.h"

#define BUSY_MS 10000
#define COLUMNS "number, time, token, action, key, request, status, answer"

static tb_err failed(sqlite3 *db)
{
	int code = db != NULL ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;

	tb_slog(TB_SLOG_ERROR, "store", "%s (%d)", db != NULL ? sqlite3_errmsg(db) : "open", code);
	return (code & 0xff) == SQLITE_NOMEM        ? TB_ERR_MEMORY
	       : (code & 0xff) == SQLITE_CONSTRAINT ? TB_ERR_STATE
						    : TB_ERR_IO;
}

/* A connection and one statement on it; close_all() after either outcome. */
static tb_err open_all(tb_store *store, sqlite3 **db, sqlite3_stmt **s, const char *sql)
{
	*db = NULL;
	*s = NULL;
	if (sqlite3_open_v2(tb_store_path(store), db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
			SQLITE_OK ||
		sqlite3_busy_timeout(*db, BUSY_MS) != SQLITE_OK ||
		sqlite3_exec(*db, "PRAGMA synchronous=FULL", NULL, NULL, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(*db, sql, -1, s, NULL) != SQLITE_OK)
		return failed(*db);
	return TB_OK;
}

static void close_all(sqlite3 *db, sqlite3_stmt *s)
{
	(void)sqlite3_finalize(s);
	(void)sqlite3_close(db);
}

static void bind_text(sqlite3_stmt *s, int at, const char *text)
{
	TB_REQUIRE(sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC) == SQLITE_OK);
}

tb_err tb_store_add_call(tb_store *store, const tb_store_call *call)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	tb_err err = open_all(store, &db, &s,
		"INSERT INTO operator_call(time, token, action, key, request, status, answer) VALUES(?, ?, "
		"?, ?, ?, ?, ?)");

	if (err == TB_OK) {
		TB_REQUIRE(sqlite3_bind_int64(s, 1, (sqlite3_int64)call->time) == SQLITE_OK);
		bind_text(s, 2, call->token);
		bind_text(s, 3, call->action);
		bind_text(s, 4, call->key);
		TB_REQUIRE(sqlite3_bind_blob(s, 5, call->request, sizeof call->request, SQLITE_STATIC) ==
			   SQLITE_OK);
		TB_REQUIRE(sqlite3_bind_int(s, 6, (int)call->status) == SQLITE_OK);
		bind_text(s, 7, call->answer);
		if (sqlite3_step(s) != SQLITE_DONE)
			err = failed(db);
	}
	close_all(db, s);
	return err;
}

static void read_text(sqlite3_stmt *s, int at, char *out, size_t out_len)
{
	const unsigned char *text = sqlite3_column_text(s, at);

	(void)snprintf(out, out_len, "%s", text != NULL ? (const char *)text : "");
}

/* One row of COLUMNS. */
static tb_err read_call(sqlite3 *db, sqlite3_stmt *s, uint64_t *number, tb_store_call *out)
{
	int code = sqlite3_step(s);

	if (code == SQLITE_DONE)
		return TB_ERR_NOT_FOUND;
	if (code != SQLITE_ROW)
		return failed(db);
	memset(out, 0, sizeof *out);
	*number = (uint64_t)sqlite3_column_int64(s, 0);
	out->time = (uint64_t)sqlite3_column_int64(s, 1);
	read_text(s, 2, out->token, sizeof out->token);
	read_text(s, 3, out->action, sizeof out->action);
	read_text(s, 4, out->key, sizeof out->key);
	if (sqlite3_column_bytes(s, 5) == (int)sizeof out->request && sqlite3_column_blob(s, 5) != NULL)
		memcpy(out->request, sqlite3_column_blob(s, 5), sizeof out->request);
	out->status = (unsigned)sqlite3_column_int(s, 6);
	read_text(s, 7, out->answer, sizeof out->answer);
	return TB_OK;
}

tb_err tb_store_find_call(tb_store *store, const char *token, const char *key, tb_store_call *out)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	uint64_t number;
	tb_err err =
		open_all(store, &db, &s, "SELECT " COLUMNS " FROM operator_call WHERE token = ? AND key = ?");

	if (err == TB_OK) {
		bind_text(s, 1, token);
		bind_text(s, 2, key);
		err = read_call(db, s, &number, out);
	}
	close_all(db, s);
	return err;
}

tb_err tb_store_previous_call(tb_store *store, uint64_t before, uint64_t *number, tb_store_call *out)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	tb_err err = open_all(store, &db, &s,
		"SELECT " COLUMNS " FROM operator_call WHERE number < ? ORDER BY number DESC LIMIT 1");

	if (err == TB_OK) {
		TB_REQUIRE(sqlite3_bind_int64(s, 1, before == 0 ? INT64_MAX : (sqlite3_int64)before) ==
			   SQLITE_OK);
		err = read_call(db, s, number, out);
	}
	close_all(db, s);
	return err;
}

tb_err tb_store_set_witnessed(tb_store *store, uint64_t election, const void *note, size_t note_len)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	tb_err err =
		open_all(store, &db, &s, "INSERT OR REPLACE INTO witnessed(election, note) VALUES(?, ?)");

	if (err == TB_OK) {
		TB_REQUIRE(sqlite3_bind_int64(s, 1, (sqlite3_int64)election) == SQLITE_OK);
		TB_REQUIRE(sqlite3_bind_blob(s, 2, note, (int)note_len, SQLITE_STATIC) == SQLITE_OK);
		if (sqlite3_step(s) != SQLITE_DONE)
			err = failed(db);
	}
	close_all(db, s);
	return err;
}

tb_err tb_store_witnessed(tb_store *store, uint64_t election, tb_buf *out)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	int code;
	tb_err err = open_all(store, &db, &s, "SELECT note FROM witnessed WHERE election = ?");

	if (err == TB_OK) {
		TB_REQUIRE(sqlite3_bind_int64(s, 1, (sqlite3_int64)election) == SQLITE_OK);
		code = sqlite3_step(s);
		if (code == SQLITE_ROW) {
			tb_buf_append(out, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
			err = tb_buf_status(out);
		} else {
			err = code == SQLITE_DONE ? TB_ERR_NOT_FOUND : failed(db);
		}
	}
	close_all(db, s);
	return err;
}

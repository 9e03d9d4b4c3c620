/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store on SQLite: the only file with SQL.  One connection writes; a few more read, each used by one thread at a time.
 *
 * Write-ahead log with synchronous=FULL: COMMIT returns after the log was fsynced.  When a commit fails, SQLite takes its
 * frames for not written and the next transaction writes over them and syncs anew, so going on after a failed write or
 * fsync is sound: nothing that was lost is ever relied upon.
 */
#include "server/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/tile.h"
#include "server/schema.h"
#include "server/slog.h"

#define BUSY_MS 5000
#define NUM_READERS 8

typedef enum statement {
	SQL_NEXT_ELECTION,
	SQL_ENTRY,
	SQL_BUNDLE,
	SQL_HASHES,
	SQL_BLOB,
	SQL_NEXT_BLOB,
	SQL_CHECKPOINT,
	SQL_SUBMISSION,
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_ADD_ELECTION,
	SQL_ADD_ENTRY,
	SQL_ADD_HASH,
	SQL_ADD_BLOB,
	SQL_ADD_SUBMISSION,
	SQL_SET_CHECKPOINT,
	NUM_STATEMENTS
} statement;

static const char *const sql[NUM_STATEMENTS] = {
	[SQL_NEXT_ELECTION] =
		"SELECT number, slug, id FROM election WHERE number > ? ORDER BY number LIMIT 1",
	[SQL_ENTRY] = "SELECT bytes FROM entry WHERE place = ?",
	[SQL_BUNDLE] = "SELECT bytes FROM entry WHERE place >= ? AND place < ? ORDER BY place",
	[SQL_HASHES] =
		"SELECT hash FROM hash WHERE election = ? AND level = ? AND position >= ? AND position < ? "
		"ORDER BY position",
	[SQL_BLOB] = "SELECT bytes FROM blob WHERE election = ? AND sha256 = ?",
	[SQL_NEXT_BLOB] =
		"SELECT first_use, sha256, length(bytes) FROM blob WHERE election = ? AND first_use >= ? "
		"ORDER BY first_use LIMIT 1",
	[SQL_CHECKPOINT] = "SELECT size, note FROM checkpoint WHERE election = ?",
	[SQL_SUBMISSION] = "SELECT position FROM submission WHERE election = ? AND sha256 = ?",
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_ADD_ELECTION] = "INSERT INTO election(slug, id) VALUES(?, ?)",
	[SQL_ADD_ENTRY] = "INSERT INTO entry(place, bytes) VALUES(?, ?)",
	[SQL_ADD_HASH] = "INSERT INTO hash(election, level, position, hash) VALUES(?, ?, ?, ?)",
	[SQL_ADD_BLOB] = "INSERT INTO blob(election, sha256, first_use, bytes) VALUES(?, ?, ?, ?) "
			 "ON CONFLICT(election, sha256) DO NOTHING",
	[SQL_ADD_SUBMISSION] = "INSERT INTO submission(election, sha256, position) VALUES(?, ?, ?) "
			       "ON CONFLICT(election, sha256) DO NOTHING",
	[SQL_SET_CHECKPOINT] =
		"INSERT INTO checkpoint(election, size, note) VALUES(?, ?, ?) "
		"ON CONFLICT(election) DO UPDATE SET size = excluded.size, note = excluded.note",
};

typedef struct connection {
	sqlite3 *db;
	sqlite3_stmt *stmt[NUM_STATEMENTS]; /* prepared at first use */
} connection;

struct tb_store {
	char *path;
	connection writer;
	connection reader[NUM_READERS]; /* opened at first use */
	bool in_use[NUM_READERS];
	pthread_mutex_t lock; /* of in_use */
	pthread_cond_t idle;
};

/* ---- connections and statements ---- */

static tb_err failed(connection *c, const char *doing)
{
	int code = sqlite3_extended_errcode(c->db);

	tb_slog(TB_SLOG_ERROR, "store", "%s: %s (%d)", doing, sqlite3_errmsg(c->db), code);
	return (code & 0xff) == SQLITE_NOMEM ? TB_ERR_MEMORY : TB_ERR_IO;
}

static tb_err prepare(connection *c, statement which, sqlite3_stmt **out)
{
	if (c->stmt[which] == NULL && sqlite3_prepare_v3(c->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
					      &c->stmt[which], NULL) != SQLITE_OK)
		return failed(c, sql[which]);
	*out = c->stmt[which];
	return TB_OK;
}

static void bind_int(sqlite3_stmt *s, int at, uint64_t v)
{
	TB_REQUIRE(v <= INT64_MAX);
	TB_REQUIRE(sqlite3_bind_int64(s, at, (sqlite3_int64)v) == SQLITE_OK);
}

/* The bytes must live until the statement is reset. */
static void bind_blob(sqlite3_stmt *s, int at, const void *v, size_t len)
{
	TB_REQUIRE(sqlite3_bind_blob64(s, at, v, len, SQLITE_STATIC) == SQLITE_OK);
}

static uint64_t column_int(sqlite3_stmt *s, int at)
{
	return (uint64_t)sqlite3_column_int64(s, at);
}

/* Copies a column of exactly `len` bytes; the schema promises the length, a damaged file may not keep it. */
static tb_err column_fixed(sqlite3_stmt *s, int at, void *out, size_t len)
{
	const void *v = sqlite3_column_blob(s, at);

	if (v == NULL || (size_t)sqlite3_column_bytes(s, at) != len)
		return TB_ERR_IO;
	memcpy(out, v, len);
	return TB_OK;
}

static tb_err column_append(sqlite3_stmt *s, int at, tb_buf *out)
{
	const void *v = sqlite3_column_blob(s, at);
	size_t len = (size_t)sqlite3_column_bytes(s, at);

	if (v == NULL && len > 0)
		return TB_ERR_MEMORY;
	tb_buf_append(out, v, len);
	return tb_buf_status(out);
}

static void done(sqlite3_stmt *s)
{
	(void)sqlite3_reset(s); /* repeats the error of the last step, which was dealt with */
	(void)sqlite3_clear_bindings(s);
}

/* One step: OK for a row, NOT_FOUND for the end. */
static tb_err step(connection *c, sqlite3_stmt *s)
{
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return TB_OK;
	case SQLITE_DONE:
		return TB_ERR_NOT_FOUND;
	default:
		return failed(c, sqlite3_sql(s));
	}
}

/* Runs a statement that gives no rows. */
static tb_err run(connection *c, sqlite3_stmt *s)
{
	tb_err err = step(c, s);

	done(s);
	return err == TB_ERR_NOT_FOUND ? TB_OK : err == TB_OK ? TB_ERR_IO : err;
}

static void connection_close(connection *c)
{
	for (size_t i = 0; i < NUM_STATEMENTS; i++)
		(void)sqlite3_finalize(c->stmt[i]);
	(void)sqlite3_close(c->db);
	memset(c, 0, sizeof *c);
}

/* Runs "PRAGMA ..." and copies the text of its first column ("" if none). */
static tb_err pragma(connection *c, const char *text, char *out, size_t out_len)
{
	sqlite3_stmt *s = NULL;
	int code;

	out[0] = '\0';
	if (sqlite3_prepare_v2(c->db, text, -1, &s, NULL) != SQLITE_OK)
		return failed(c, text);
	code = sqlite3_step(s);
	if (code == SQLITE_ROW && sqlite3_column_text(s, 0) != NULL)
		(void)sqlite3_snprintf((int)out_len, out, "%s", sqlite3_column_text(s, 0));
	(void)sqlite3_finalize(s);
	return code == SQLITE_ROW || code == SQLITE_DONE ? TB_OK : failed(c, text);
}

static tb_err connection_open(connection *c, const char *path, bool writing)
{
	static const char *const settings[] = {"PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON",
		"PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON", "PRAGMA temp_store=MEMORY"};
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
		    (writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
	char answer[32];
	tb_err err;

	if (sqlite3_open_v2(path, &c->db, flags, NULL) != SQLITE_OK)
		return c->db == NULL ? TB_ERR_MEMORY : failed(c, "open");
	(void)sqlite3_extended_result_codes(c->db, 1);
	(void)sqlite3_busy_timeout(c->db, BUSY_MS);
	if (writing) {
		/* Where a write-ahead log cannot be had (some network disks) an acknowledged ballot would not be safe. */
		err = pragma(c, "PRAGMA journal_mode=WAL", answer, sizeof answer);
		if (err != TB_OK)
			return err;
		if (strcmp(answer, "wal") != 0) {
			tb_slog(TB_SLOG_ERROR, "store", "the disk gives no write-ahead log (%s)", answer);
			return TB_ERR_IO;
		}
	}
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		err = pragma(c, settings[i], answer, sizeof answer);
		if (err != TB_OK)
			return err;
	}
	return TB_OK;
}

tb_err tb_store_open(tb_store **out, const char *path, tb_why *why)
{
	tb_store *s = calloc(1, sizeof *s);
	tb_err err = TB_ERR_MEMORY;

	*out = NULL;
	why->text[0] = '\0';
	if (s == NULL)
		return TB_ERR_MEMORY;
	TB_REQUIRE(pthread_mutex_init(&s->lock, NULL) == 0 && pthread_cond_init(&s->idle, NULL) == 0);
	s->path = strdup(path);
	if (s->path != NULL)
		err = connection_open(&s->writer, path, true);
	if (err == TB_OK)
		err = tb_schema_bring(s->writer.db, why);
	if (err != TB_OK) {
		if (why->text[0] == '\0')
			tb_why_set(why, "%s: %s", path,
				s->writer.db != NULL ? sqlite3_errmsg(s->writer.db) : tb_err_text(err));
		tb_store_close(s);
		return err;
	}
	*out = s;
	return TB_OK;
}

const char *tb_store_path(const tb_store *s)
{
	return s->path;
}

void tb_store_close(tb_store *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < NUM_READERS; i++)
		connection_close(&s->reader[i]);
	connection_close(&s->writer);
	(void)pthread_cond_destroy(&s->idle);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->path);
	free(s);
}

/* ---- reading ---- */

static void release(tb_store *s, const connection *c)
{
	(void)pthread_mutex_lock(&s->lock);
	s->in_use[c - s->reader] = false;
	(void)pthread_cond_signal(&s->idle);
	(void)pthread_mutex_unlock(&s->lock);
}

/* A reading connection of this thread's own, until release(). */
static tb_err acquire(tb_store *s, connection **out)
{
	size_t i = 0;
	tb_err err = TB_OK;

	(void)pthread_mutex_lock(&s->lock);
	while (s->in_use[i]) {
		if (++i == NUM_READERS) {
			(void)pthread_cond_wait(&s->idle, &s->lock);
			i = 0;
		}
	}
	s->in_use[i] = true;
	(void)pthread_mutex_unlock(&s->lock);
	*out = &s->reader[i];
	if ((*out)->db == NULL) {
		err = connection_open(*out, s->path, false);
		if (err != TB_OK) {
			connection_close(*out);
			release(s, *out);
		}
	}
	return err;
}

/* acquire() and prepare(). */
static tb_err reading(tb_store *s, statement which, connection **c, sqlite3_stmt **stmt)
{
	tb_err err = acquire(s, c);

	if (err != TB_OK)
		return err;
	err = prepare(*c, which, stmt);
	if (err != TB_OK)
		release(s, *c);
	return err;
}

static void end_reading(tb_store *s, connection *c, sqlite3_stmt *stmt)
{
	done(stmt);
	release(s, c);
}

tb_err tb_store_next_election(tb_store *s, uint64_t after, tb_store_election *out)
{
	connection *c;
	sqlite3_stmt *stmt;
	const unsigned char *slug;
	tb_err err = reading(s, SQL_NEXT_ELECTION, &c, &stmt);

	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, after);
	err = step(c, stmt);
	if (err == TB_OK) {
		memset(out, 0, sizeof *out);
		out->number = column_int(stmt, 0);
		slug = sqlite3_column_text(stmt, 1);
		if (slug == NULL || sqlite3_column_bytes(stmt, 1) > TB_STORE_SLUG_MAX)
			err = TB_ERR_IO;
		else
			memcpy(out->slug, slug, (size_t)sqlite3_column_bytes(stmt, 1));
		if (err == TB_OK)
			err = column_fixed(stmt, 2, out->id, 32);
	}
	end_reading(s, c, stmt);
	return err;
}

static uint64_t place_of(uint64_t election, uint64_t index)
{
	TB_REQUIRE(election < UINT64_C(1) << 22 && index < TB_STORE_MAX_ENTRIES);
	return election << 40 | index;
}

tb_err tb_store_entry(tb_store *s, uint64_t election, uint64_t index, tb_buf *out)
{
	connection *c;
	sqlite3_stmt *stmt;
	tb_err err;

	if (index >= TB_STORE_MAX_ENTRIES)
		return TB_ERR_NOT_FOUND;
	err = reading(s, SQL_ENTRY, &c, &stmt);
	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, place_of(election, index));
	err = step(c, stmt);
	if (err == TB_OK)
		err = column_append(stmt, 0, out);
	end_reading(s, c, stmt);
	return err;
}

tb_err tb_store_bundle(tb_store *s, uint64_t election, uint64_t first, uint64_t num, tb_buf *out)
{
	connection *c;
	sqlite3_stmt *stmt;
	uint64_t found = 0;
	tb_err err;

	if (first >= TB_STORE_MAX_ENTRIES || num >= TB_STORE_MAX_ENTRIES - first)
		return TB_ERR_NOT_FOUND;
	err = reading(s, SQL_BUNDLE, &c, &stmt);
	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, place_of(election, first));
	bind_int(stmt, 2, place_of(election, first + num));
	while ((err = step(c, stmt)) == TB_OK) {
		const void *entry = sqlite3_column_blob(stmt, 0);
		size_t len = (size_t)sqlite3_column_bytes(stmt, 0);

		if (entry == NULL && len > 0)
			err = TB_ERR_MEMORY;
		else
			tb_bundle_write(out, entry, len);
		if (err == TB_OK)
			err = tb_buf_status(out);
		if (err != TB_OK)
			break;
		found++;
	}
	end_reading(s, c, stmt);
	if (err == TB_ERR_NOT_FOUND && found == num)
		err = TB_OK;
	return err;
}

tb_err tb_store_hashes(
	tb_store *s, uint64_t election, unsigned level, uint64_t first, uint64_t num, tb_buf *out)
{
	connection *c;
	sqlite3_stmt *stmt;
	uint64_t found = 0;
	uint8_t hash[32];
	tb_err err;

	if (first >= TB_STORE_MAX_ENTRIES || num >= TB_STORE_MAX_ENTRIES - first)
		return TB_ERR_NOT_FOUND;
	err = reading(s, SQL_HASHES, &c, &stmt);
	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, election);
	bind_int(stmt, 2, level);
	bind_int(stmt, 3, first);
	bind_int(stmt, 4, first + num);
	while ((err = step(c, stmt)) == TB_OK) {
		err = column_fixed(stmt, 0, hash, sizeof hash);
		if (err != TB_OK)
			break;
		tb_buf_append(out, hash, sizeof hash);
		found++;
	}
	end_reading(s, c, stmt);
	if (err == TB_ERR_NOT_FOUND && found == num)
		err = tb_buf_status(out);
	return err;
}

tb_err tb_store_blob(tb_store *s, uint64_t election, const uint8_t sha256[32], tb_buf *out)
{
	connection *c;
	sqlite3_stmt *stmt;
	tb_err err = reading(s, SQL_BLOB, &c, &stmt);

	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, election);
	bind_blob(stmt, 2, sha256, 32);
	err = step(c, stmt);
	if (err == TB_OK)
		err = column_append(stmt, 0, out);
	end_reading(s, c, stmt);
	return err;
}

tb_err tb_store_next_blob(
	tb_store *s, uint64_t election, uint64_t from, uint64_t *index, uint8_t sha256[32], uint64_t *size)
{
	connection *c;
	sqlite3_stmt *stmt;
	tb_err err = reading(s, SQL_NEXT_BLOB, &c, &stmt);

	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, election);
	bind_int(stmt, 2, from);
	err = step(c, stmt);
	if (err == TB_OK) {
		*index = column_int(stmt, 0);
		*size = column_int(stmt, 2);
		err = column_fixed(stmt, 1, sha256, 32);
	}
	end_reading(s, c, stmt);
	return err;
}

tb_err tb_store_checkpoint(tb_store *s, uint64_t election, uint64_t *size, tb_buf *out)
{
	connection *c;
	sqlite3_stmt *stmt;
	tb_err err = reading(s, SQL_CHECKPOINT, &c, &stmt);

	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, election);
	err = step(c, stmt);
	if (err == TB_OK) {
		*size = column_int(stmt, 0);
		err = column_append(stmt, 1, out);
	}
	end_reading(s, c, stmt);
	return err;
}

static tb_err submission(
	connection *c, sqlite3_stmt *stmt, uint64_t election, const uint8_t hash[32], uint64_t *index)
{
	tb_err err;

	bind_int(stmt, 1, election);
	bind_blob(stmt, 2, hash, 32);
	err = step(c, stmt);
	if (err == TB_OK)
		*index = column_int(stmt, 0);
	return err;
}

tb_err tb_store_submission(tb_store *s, uint64_t election, const uint8_t hash[32], uint64_t *index)
{
	connection *c;
	sqlite3_stmt *stmt;
	tb_err err = reading(s, SQL_SUBMISSION, &c, &stmt);

	if (err != TB_OK)
		return err;
	err = submission(c, stmt, election, hash, index);
	end_reading(s, c, stmt);
	return err;
}

/* ---- writing ---- */

static tb_err run_plain(tb_store *s, statement which)
{
	sqlite3_stmt *stmt;
	tb_err err = prepare(&s->writer, which, &stmt);

	return err != TB_OK ? err : run(&s->writer, stmt);
}

tb_err tb_store_begin(tb_store *s)
{
	return run_plain(s, SQL_BEGIN);
}

tb_err tb_store_commit(tb_store *s)
{
	tb_err err = run_plain(s, SQL_COMMIT);

	if (err != TB_OK)
		tb_store_rollback(s);
	return err;
}

void tb_store_rollback(tb_store *s)
{
	/* SQLite itself rolls back after some errors; then there is nothing left to do. */
	if (sqlite3_get_autocommit(s->writer.db) == 0 && run_plain(s, SQL_ROLLBACK) != TB_OK)
		tb_slog(TB_SLOG_ERROR, "store", "the rollback failed");
}

tb_err tb_store_add_election(tb_store *s, const char *slug, const uint8_t id[32], uint64_t *election)
{
	sqlite3_stmt *stmt;
	tb_err err = prepare(&s->writer, SQL_ADD_ELECTION, &stmt);
	int code;

	if (err != TB_OK)
		return err;
	TB_REQUIRE(strlen(slug) <= TB_STORE_SLUG_MAX);
	TB_REQUIRE(sqlite3_bind_text(stmt, 1, slug, -1, SQLITE_STATIC) == SQLITE_OK);
	bind_blob(stmt, 2, id, 32);
	code = sqlite3_step(stmt);
	if (code != SQLITE_DONE)
		err = (code & 0xff) == SQLITE_CONSTRAINT ? TB_ERR_STATE
							 : failed(&s->writer, sql[SQL_ADD_ELECTION]);
	done(stmt);
	if (err == TB_OK)
		*election = (uint64_t)sqlite3_last_insert_rowid(s->writer.db);
	return err;
}

tb_err tb_store_add_entry(tb_store *s, uint64_t election, uint64_t index, const uint8_t *bytes, size_t len)
{
	sqlite3_stmt *stmt;
	tb_err err = prepare(&s->writer, SQL_ADD_ENTRY, &stmt);

	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, place_of(election, index));
	bind_blob(stmt, 2, bytes, len);
	return run(&s->writer, stmt);
}

tb_err tb_store_add_hash(
	tb_store *s, uint64_t election, unsigned level, uint64_t index, const uint8_t hash[32])
{
	sqlite3_stmt *stmt;
	tb_err err = prepare(&s->writer, SQL_ADD_HASH, &stmt);

	if (err != TB_OK)
		return err;
	TB_REQUIRE(level < TB_STORE_LEVELS);
	bind_int(stmt, 1, election);
	bind_int(stmt, 2, level);
	bind_int(stmt, 3, index);
	bind_blob(stmt, 4, hash, 32);
	return run(&s->writer, stmt);
}

tb_err tb_store_add_blob(tb_store *s, uint64_t election, uint64_t index, const uint8_t sha256[32],
	const uint8_t *bytes, size_t len)
{
	sqlite3_stmt *stmt;
	tb_err err = prepare(&s->writer, SQL_ADD_BLOB, &stmt);

	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, election);
	bind_blob(stmt, 2, sha256, 32);
	bind_int(stmt, 3, index);
	bind_blob(stmt, 4, bytes, len);
	return run(&s->writer, stmt);
}

tb_err tb_store_add_submission(tb_store *s, uint64_t election, const uint8_t hash[32], uint64_t index)
{
	sqlite3_stmt *stmt;
	tb_err err = prepare(&s->writer, SQL_ADD_SUBMISSION, &stmt);

	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, election);
	bind_blob(stmt, 2, hash, 32);
	bind_int(stmt, 3, index);
	return run(&s->writer, stmt);
}

tb_err tb_store_set_checkpoint(
	tb_store *s, uint64_t election, uint64_t size, const void *note, size_t note_len)
{
	sqlite3_stmt *stmt;
	tb_err err = prepare(&s->writer, SQL_SET_CHECKPOINT, &stmt);

	if (err != TB_OK)
		return err;
	bind_int(stmt, 1, election);
	bind_int(stmt, 2, size);
	bind_blob(stmt, 3, note, note_len);
	return run(&s->writer, stmt);
}

tb_err tb_store_submission_now(tb_store *s, uint64_t election, const uint8_t hash[32], uint64_t *index)
{
	sqlite3_stmt *stmt;
	tb_err err = prepare(&s->writer, SQL_SUBMISSION, &stmt);

	if (err != TB_OK)
		return err;
	err = submission(&s->writer, stmt, election, hash, index);
	done(stmt);
	return err;
}

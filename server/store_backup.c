/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of a whole board, taken while it is being written [SERVER.BACKUP]. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "server/schema.h"
#include "server/store.h"

#define PATH_BYTES 4300

static tb_err failed(sqlite3 *db, const char *path, tb_why *why)
{
	int code = db != NULL ? sqlite3_errcode(db) : SQLITE_NOMEM;

	tb_why_set(why, "%s: %s", path, db != NULL ? sqlite3_errmsg(db) : "out of memory");
	return (code & 0xff) == SQLITE_NOMEM ? TB_ERR_MEMORY : TB_ERR_IO;
}

/* The first column of the first row. */
static tb_err ask(sqlite3 *db, const char *path, const char *sql, char *out, size_t out_len, tb_why *why)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	out[0] = '\0';
	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	if (code == SQLITE_ROW)
		(void)snprintf(out, out_len, "%s", (const char *)sqlite3_column_text(s, 0));
	(void)sqlite3_finalize(s);
	return code == SQLITE_ROW || code == SQLITE_DONE ? TB_OK : failed(db, path, why);
}

static tb_err check_open(sqlite3 *db, const char *path, tb_why *why)
{
	char application[32], version[32], whole[200], wanted[32];
	tb_err err = ask(db, path, "PRAGMA application_id", application, sizeof application, why);

	(void)snprintf(wanted, sizeof wanted, "%d", TB_SCHEMA_APPLICATION_ID);
	if (err == TB_OK && strcmp(application, wanted) != 0) {
		tb_why_set(why, "%s: this is no board", path);
		return TB_ERR_STATE;
	}
	if (err == TB_OK)
		err = ask(db, path, "PRAGMA user_version", version, sizeof version, why);
	if (err == TB_OK && strtoul(version, NULL, 10) > TB_SCHEMA_VERSION) {
		tb_why_set(why, "%s: made by a newer tabella-server (format %s)", path, version);
		return TB_ERR_STATE;
	}
	if (err == TB_OK)
		err = ask(db, path, "PRAGMA integrity_check(1)", whole, sizeof whole, why);
	if (err == TB_OK && strcmp(whole, "ok") != 0) {
		tb_why_set(why, "%s: damaged: %s", path, whole);
		return TB_ERR_STATE;
	}
	return err;
}

/* One snapshot, in one go: in a write-ahead log that holds up nobody who writes. */
static tb_err copy(sqlite3 *from, const char *from_path, sqlite3 *to, const char *to_path, tb_why *why)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	char mode[20];
	int code;

	if (b == NULL)
		return failed(to, to_path, why);
	code = sqlite3_backup_step(b, -1);
	if (sqlite3_backup_finish(b) != SQLITE_OK || code != SQLITE_DONE)
		return failed(to, code == SQLITE_DONE ? to_path : from_path, why);
	/* One plain file, without a log beside it that somebody could forget to copy. */
	return ask(to, to_path, "PRAGMA journal_mode=DELETE", mode, sizeof mode, why);
}

static tb_err sync_path(const char *path, tb_why *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		tb_why_set(why, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return ok ? TB_OK : TB_ERR_IO;
}

static tb_err publish(const char *partial, const char *to, tb_why *why)
{
	char folder[PATH_BYTES];
	const char *slash = strrchr(to, '/');
	tb_err err = sync_path(partial, why);

	if (err != TB_OK)
		return err;
	if (link(partial, to) != 0) { /* unlike rename(2), never over a file that is there */
		tb_why_set(why, "%s: %s", to, strerror(errno));
		return errno == EEXIST ? TB_ERR_STATE : TB_ERR_IO;
	}
	(void)snprintf(folder, sizeof folder, "%.*s",
		slash == NULL ? 1
		: slash == to ? 1
			      : (int)(slash - to),
		slash == NULL ? "." : to);
	return sync_path(folder, why);
}

/* What SQLite keeps beside a database that was not closed.  A copy in the place of that database would be read together with them. */
static tb_err check_free(const char *path, tb_why *why)
{
	static const char *const tails[] = {"", "-wal", "-journal"};
	char beside[PATH_BYTES];

	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		(void)snprintf(beside, sizeof beside, "%s%s", path, tails[i]);
		if (!tb_file_exists(beside))
			continue;
		tb_why_set(why,
			i == 0 ? "%s is there already"
			       : "%s is there: it belongs to another database; move it to where that is",
			beside);
		return TB_ERR_STATE;
	}
	return TB_OK;
}

/* The file that becomes the copy, empty and ours alone.  Two who wrote into one file would make a copy that is none, and the first to finish would
 * give it the name.  What somebody left who was killed is taken over. */
static tb_err take_partial(int *out, const char *path, tb_why *why)
{
	struct stat here, there;
	int fd;

	*out = -1;
	while (true) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			break;
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			bool is_held = errno == EWOULDBLOCK;

			tb_why_set(why, "%s: %s", path,
				is_held ? "somebody else is making this copy" : strerror(errno));
			(void)close(fd);
			return is_held ? TB_ERR_STATE : TB_ERR_IO;
		}
		/* Whoever had it may just have finished, and what we hold is a copy now. */
		if (fstat(fd, &here) == 0 && lstat(path, &there) == 0 && here.st_dev == there.st_dev &&
			here.st_ino == there.st_ino) {
			if (ftruncate(fd, 0) != 0)
				break;
			*out = fd;
			return TB_OK;
		}
		(void)close(fd);
	}
	tb_why_set(why, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return TB_ERR_IO;
}

static tb_err copy_into(const char *from_path, const char *partial, tb_why *why)
{
	sqlite3 *from = NULL, *to = NULL;
	tb_err err = TB_OK;

	if (sqlite3_open_v2(from_path, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		err = failed(from, from_path, why);
	if (err == TB_OK &&
		sqlite3_open_v2(partial, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		err = failed(to, partial, why);
	if (err == TB_OK) {
		(void)sqlite3_busy_timeout(from, 5000);
		err = copy(from, from_path, to, partial, why);
	}
	if (err == TB_OK)
		err = check_open(to, partial, why);
	(void)sqlite3_close(from);
	(void)sqlite3_close(to);
	return err;
}

tb_err tb_store_copy(const char *from_path, const char *to_path, tb_why *why)
{
	char partial[PATH_BYTES];
	int fd = -1;
	tb_err err;

	tb_why_clear(why);
	err = check_free(to_path, why);
	if (err != TB_OK)
		return err;
	(void)snprintf(partial, sizeof partial, "%s.partial", to_path);
	err = take_partial(&fd, partial, why);
	if (err != TB_OK)
		return err;
	err = copy_into(from_path, partial, why);
	if (err == TB_OK)
		err = publish(partial, to_path, why);
	(void)unlink(partial);
	(void)close(fd); /* and with it the lock */
	return err;
}

tb_err tb_store_check(const char *path, tb_why *why)
{
	sqlite3 *db = NULL;
	tb_err err;

	tb_why_clear(why);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		err = failed(db, path, why);
	else
		err = check_open(db, path, why);
	(void)sqlite3_close(db);
	return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/schema.h"
#include "server/slog.h"
#include "server/store.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/folder.h"

static char folder[200], path[300], other[300];

static void remove_at(const char *file)
{
	static const char *const tails[] = {
		"", "-wal", "-shm", "-journal", ".synced", "-wal.synced", "-journal.synced"};
	char name[400];

	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		(void)snprintf(name, sizeof name, "%s%s", file, tails[i]);
		(void)unlink(name);
	}
}

static int setup(void **state)
{
	(void)state;
	fault_vfs_install();
	tb_slog_set_level((tb_slog_level)(TB_SLOG_ERROR + 1)); /* failures are wanted here */
	/* What the disk keeps is played by the fault file system: memory will do, and hundreds of syncs take no time. */
	(void)snprintf(folder, sizeof folder, "%s/tabella-store.XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/board.db", folder);
	(void)snprintf(other, sizeof other, "%s/other.db", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_test_folder_remove(folder);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	fault_vfs_fail_all(0);
	fault_vfs_fail_at(0, 0);
	fault_vfs_fail_malloc_at(0);
	remove_at(path);
	remove_at(other);
	return 0;
}

static tb_store *open_at(const char *where)
{
	tb_store *s;
	tb_why why;

	assert_int_equal(tb_store_open(&s, where, &why), TB_OK);
	return s;
}

static void fill(uint8_t out[32], uint8_t with, uint64_t index)
{
	memset(out, with, 32);
	memcpy(out, &index, sizeof index);
}

static size_t entry_bytes(uint8_t out[64], uint64_t election, uint64_t index)
{
	return (size_t)snprintf((char *)out, 64, "entry %llu of election %llu", (unsigned long long)index,
		(unsigned long long)election);
}

/* Adds one entry with all that goes with it, within a transaction. */
static tb_err add(tb_store *s, uint64_t election, uint64_t index)
{
	uint8_t bytes[64], hash[32];
	size_t len = entry_bytes(bytes, election, index);
	tb_err err = tb_store_add_entry(s, election, index, bytes, len);

	fill(hash, 1, index);
	if (err == TB_OK)
		err = tb_store_add_hash(s, election, 0, index, hash);
	fill(hash, 2, index);
	if (err == TB_OK)
		err = tb_store_add_submission(s, election, hash, index);
	fill(hash, 3, index);
	if (err == TB_OK)
		err = tb_store_add_blob(s, election, index, hash, bytes, len);
	if (err == TB_OK)
		err = tb_store_set_checkpoint(s, election, index + 1, bytes, len);
	return err;
}

static tb_err append(tb_store *s, uint64_t election, uint64_t index)
{
	tb_err err = tb_store_begin(s);

	if (err != TB_OK)
		return err;
	err = add(s, election, index);
	if (err == TB_OK)
		return tb_store_commit(s);
	tb_store_rollback(s);
	return err;
}

static uint64_t new_election(tb_store *s, const char *slug)
{
	uint8_t id[32];
	uint64_t number;

	fill(id, 9, (uint64_t)slug[0]);
	assert_int_equal(tb_store_begin(s), TB_OK);
	assert_int_equal(tb_store_add_election(s, slug, id, &number), TB_OK);
	assert_int_equal(tb_store_commit(s), TB_OK);
	return number;
}

/* The log holds exactly the entries 0 .. size-1, in every table. */
static void check_log(tb_store *s, uint64_t election, uint64_t size)
{
	uint8_t bytes[64], hash[32];
	uint64_t index, blob_size, at;
	tb_buf out;

	tb_buf_init(&out, 1u << 20);
	for (uint64_t i = 0; i <= size; i++) {
		tb_err expected = i < size ? TB_OK : TB_ERR_NOT_FOUND;
		size_t len = entry_bytes(bytes, election, i);

		tb_buf_clear(&out);
		assert_int_equal(tb_store_entry(s, election, i, &out), expected);
		if (i < size) {
			assert_int_equal(out.len, len);
			assert_memory_equal(out.data, bytes, len);
		}
		tb_buf_clear(&out);
		fill(hash, 1, i);
		assert_int_equal(tb_store_hashes(s, election, 0, i, 1, &out), expected);
		if (i < size)
			assert_memory_equal(out.data, hash, 32);
		fill(hash, 2, i);
		assert_int_equal(tb_store_submission(s, election, hash, &index), expected);
		if (i < size)
			assert_int_equal(index, i);
		fill(hash, 3, i);
		tb_buf_clear(&out);
		assert_int_equal(tb_store_blob(s, election, hash, &out), expected);
		assert_int_equal(tb_store_next_blob(s, election, i, &at, hash, &blob_size), expected);
		if (i < size) {
			assert_int_equal(at, i);
			assert_int_equal(blob_size, len);
		}
	}
	tb_buf_clear(&out);
	assert_int_equal(tb_store_checkpoint(s, election, &index, &out), size > 0 ? TB_OK : TB_ERR_NOT_FOUND);
	if (size > 0)
		assert_int_equal(index, size);
	tb_buf_release(&out);
}

/* ---- tests ---- */

static void test_what_was_added_is_read_and_survives_reopening(void **state)
{
	tb_store *s = open_at(path);
	uint64_t a = new_election(s, "first"), b = new_election(s, "second");
	tb_store_election found;

	(void)state;
	for (uint64_t i = 0; i < 5; i++) {
		assert_int_equal(append(s, a, i), TB_OK);
		if (i < 3)
			assert_int_equal(append(s, b, i), TB_OK);
	}
	for (int round = 0; round < 2; round++) {
		check_log(s, a, 5);
		check_log(s, b, 3);
		assert_int_equal(tb_store_next_election(s, 0, &found), TB_OK);
		assert_int_equal(found.number, a);
		assert_string_equal(found.slug, "first");
		assert_int_equal(tb_store_next_election(s, a, &found), TB_OK);
		assert_string_equal(found.slug, "second");
		assert_int_equal(tb_store_next_election(s, b, &found), TB_ERR_NOT_FOUND);
		tb_store_close(s);
		s = open_at(path);
	}
	tb_store_close(s);
}

static void test_bundles_and_ranges_are_whole_or_nothing(void **state)
{
	tb_store *s = open_at(path);
	uint64_t e = new_election(s, "a"), later = new_election(s, "b");
	uint8_t bytes[64];
	tb_buf out;
	size_t at = 0;

	(void)state;
	tb_buf_init(&out, 1u << 20);
	for (uint64_t i = 0; i < 10; i++)
		assert_int_equal(append(s, e, i), TB_OK);
	assert_int_equal(
		append(s, later, 0), TB_OK); /* follows the first log in the table, and is no part of it */
	assert_int_equal(tb_store_bundle(s, e, 2, 7, &out), TB_OK);
	for (uint64_t i = 2; i < 9; i++) {
		size_t len = entry_bytes(bytes, e, i);

		assert_int_equal(tb_load_u16(out.data + at), len);
		assert_memory_equal(out.data + at + 2, bytes, len);
		at += 2 + len;
	}
	assert_int_equal(at, out.len);
	assert_int_equal(tb_store_bundle(s, e, 5, 6, &out), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_store_bundle(s, e, 11, 1, &out), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_store_bundle(s, e, TB_STORE_MAX_ENTRIES - 1, 2, &out), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_store_bundle(s, e, UINT64_MAX, 1, &out), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_store_hashes(s, e, 0, 9, 2, &out), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_store_hashes(s, e, 1, 0, 1, &out), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_store_entry(s, e, UINT64_MAX, &out), TB_ERR_NOT_FOUND);
	tb_buf_release(&out);
	tb_store_close(s);
}

static void test_nothing_is_added_twice(void **state)
{
	tb_store *s = open_at(path);
	uint64_t e = new_election(s, "a"), number;
	uint8_t id[32], hash[32];
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 1000);
	assert_int_equal(append(s, e, 0), TB_OK);
	assert_int_equal(append(s, e, 0), TB_ERR_IO);
	check_log(s, e, 1);
	fill(id, 9, 'a');
	assert_int_equal(tb_store_begin(s), TB_OK);
	assert_int_equal(tb_store_add_election(s, "b", id, &number), TB_ERR_STATE); /* the id exists */
	fill(id, 9, 'c');
	assert_int_equal(tb_store_add_election(s, "a", id, &number), TB_ERR_STATE); /* the slug exists */
	/* The transaction goes on: a name that is taken is no failure of the store. */
	assert_int_equal(tb_store_add_election(s, "c", id, &number), TB_OK);
	fill(hash, 2, 0);
	assert_int_equal(tb_store_add_submission(s, e, hash, 9), TB_OK); /* stays with the first */
	fill(hash, 1, 0);
	assert_int_equal(tb_store_add_hash(s, e, 0, 0, hash), TB_ERR_IO);
	fill(hash, 3, 0);
	assert_int_equal(
		tb_store_add_blob(s, e, 7, hash, (const uint8_t *)"x", 1), TB_OK); /* has it already */
	assert_int_equal(tb_store_commit(s), TB_OK);
	assert_int_equal(tb_store_blob(s, e, hash, &out), TB_OK);
	assert_int_equal(out.len, strlen("entry 0 of election 1"));
	fill(hash, 2, 0);
	assert_int_equal(tb_store_submission(s, e, hash, &number), TB_OK);
	assert_int_equal(number, 0);
	tb_buf_release(&out);
	tb_store_close(s);
}

static void test_readers_see_only_what_is_committed(void **state)
{
	tb_store *s = open_at(path);
	uint64_t e = new_election(s, "a"), index;
	uint8_t hash[32];

	(void)state;
	assert_int_equal(append(s, e, 0), TB_OK);
	assert_int_equal(tb_store_begin(s), TB_OK);
	assert_int_equal(add(s, e, 1), TB_OK);
	check_log(s, e, 1);
	fill(hash, 2, 1);
	assert_int_equal(tb_store_submission_now(s, e, hash, &index), TB_OK); /* but the writer does see it */
	assert_int_equal(index, 1);
	tb_store_rollback(s);
	check_log(s, e, 1);
	assert_int_equal(tb_store_submission_now(s, e, hash, &index), TB_ERR_NOT_FOUND);
	tb_store_rollback(s); /* nothing to do */
	assert_int_equal(append(s, e, 1), TB_OK);
	check_log(s, e, 2);
	tb_store_close(s);
}

static void run_sql(const char *where, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(where, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A board of the first format, as the first server made it, with an entry. */
static void make_oldest(const char *at)
{
	run_sql(at, "PRAGMA journal_mode=WAL");
	run_sql(at, TB_SCHEMA_1 "PRAGMA application_id=1413631052; PRAGMA user_version=1;"
				"INSERT INTO election(number, slug, id) VALUES(1, 'spring', zeroblob(32));"
				"INSERT INTO entry(place, bytes) VALUES(1 << 40, x'0102')");
}

static void test_an_older_board_is_brought_up_to_date(void **state)
{
	tb_store_call call = {
		.time = 5, .token = "night", .action = "backup", .key = "k1", .status = 201, .answer = "{}"};
	tb_store_call found;
	uint64_t number = 0;
	tb_buf out;
	tb_why why;
	tb_store *s;

	(void)state;
	make_oldest(path);
	assert_int_equal(tb_store_check(path, &why), TB_OK); /* it can be restored */
	for (int round = 0; round < 2; round++) {
		s = open_at(path);
		tb_buf_init(&out, 100);
		assert_int_equal(tb_store_entry(s, 1, 0, &out), TB_OK);
		assert_int_equal(out.len, 2);
		tb_buf_release(&out);
		assert_int_equal(tb_store_add_call(s, &call), round == 0 ? TB_OK : TB_ERR_STATE);
		assert_int_equal(tb_store_find_call(s, "night", "k1", &found), TB_OK);
		assert_string_equal(found.answer, "{}");
		assert_int_equal(found.time, 5);
		assert_int_equal(tb_store_find_call(s, "day", "k1", &found), TB_ERR_NOT_FOUND);
		number = 0;
		assert_int_equal(tb_store_previous_call(s, number, &number, &found), TB_OK);
		assert_int_equal(tb_store_previous_call(s, number, &number, &found), TB_ERR_NOT_FOUND);
		tb_buf_init(&out, 100);
		assert_int_equal(tb_store_witnessed(s, 1, &out), round == 0 ? TB_ERR_NOT_FOUND : TB_OK);
		assert_int_equal(tb_store_set_witnessed(s, 1, "head", 4), TB_OK);
		assert_int_equal(tb_store_set_witnessed(s, 1, round == 0 ? "first" : "other", 5), TB_OK);
		tb_buf_clear(&out);
		assert_int_equal(tb_store_witnessed(s, 1, &out), TB_OK);
		assert_string_equal(tb_buf_cstr(&out), round == 0 ? "first" : "other");
		tb_buf_release(&out);
		tb_store_close(s);
	}
	remove_at(path);

	/* A step that cannot be taken leaves the old format, whole. */
	make_oldest(path);
	run_sql(path, "CREATE TABLE operator_call(in_the_way)");
	assert_int_equal(tb_store_open(&s, path, &why), TB_ERR_IO);
	run_sql(path, "DROP TABLE operator_call");
	tb_store_close(open_at(path));
	remove_at(path);
}

static void test_a_damaged_copy_is_refused(void **state)
{
	char copy[310];
	tb_store *s = open_at(path);
	tb_why why;
	FILE *f;

	(void)state;
	(void)snprintf(copy, sizeof copy, "%s.copy", path);
	assert_int_equal(tb_store_copy(path, copy, &why), TB_OK);
	tb_store_close(s);
	assert_int_equal(tb_store_check(copy, &why), TB_OK);
	assert_int_equal(truncate(copy, 4096 * 3), 0);
	assert_int_not_equal(tb_store_check(copy, &why), TB_OK);
	assert_int_equal(unlink(copy), 0);
	f = fopen(copy, "w");
	assert_non_null(f);
	(void)fputs("no database", f);
	assert_int_equal(fclose(f), 0);
	assert_int_not_equal(tb_store_check(copy, &why), TB_OK);
	assert_int_equal(unlink(copy), 0);
	assert_int_not_equal(tb_store_check("/nonexistent/x", &why), TB_OK);
	assert_int_not_equal(tb_store_copy(path, "/nonexistent/x", &why), TB_OK);
	remove_at(path);
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static off_t size_of(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 ? st.st_size : -1;
}

/* [SERVER.BACKUP] Two copies by one name at once: one of them is made, and it is whole. */
static void test_a_copy_is_made_by_one(void **state)
{
	char copy[310], partial[320], beside[330];
	tb_store *s = open_at(path);
	tb_why why;
	int fd;

	(void)state;
	(void)snprintf(copy, sizeof copy, "%s.copy", path);
	(void)snprintf(partial, sizeof partial, "%s.partial", copy);
	/* Another one is at it, and has written this much. */
	write_file(partial, "half of it");
	fd = open(partial, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(tb_store_copy(path, copy, &why), TB_ERR_STATE);
	assert_int_equal(size_of(partial), 10);
	assert_int_equal(size_of(copy), -1);
	/* It was killed: what it left stands in nobody's way, and is no part of the copy. */
	assert_int_equal(close(fd), 0);
	assert_int_equal(tb_store_copy(path, copy, &why), TB_OK);
	assert_int_equal(tb_store_check(copy, &why), TB_OK);
	assert_int_equal(size_of(partial), -1);
	assert_int_equal(unlink(copy), 0);
	/* A link that somebody put there is not followed. */
	(void)snprintf(beside, sizeof beside, "%s.precious", path);
	write_file(beside, "precious");
	assert_int_equal(symlink(beside, partial), 0);
	assert_int_equal(tb_store_copy(path, copy, &why), TB_ERR_IO);
	assert_int_equal(size_of(beside), 8);
	assert_int_equal(unlink(partial), 0);
	assert_int_equal(unlink(beside), 0);
	tb_store_close(s);
	remove_at(path);
}

/* The board was moved away, its write-ahead log was forgotten: SQLite would read that into what is restored. */
static void test_nothing_is_restored_beside_the_log_of_another(void **state)
{
	static const char *const tails[] = {"-wal", "-journal"};
	char copy[310], beside[330];
	tb_store *s = open_at(path);
	tb_why why;

	(void)state;
	(void)snprintf(copy, sizeof copy, "%s.copy", path);
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(beside, sizeof beside, "%s%s", copy, tails[i]);
		write_file(beside, "of another");
		assert_int_equal(tb_store_copy(path, copy, &why), TB_ERR_STATE);
		assert_non_null(strstr(why.text, "belongs to another database"));
		assert_int_equal(size_of(beside), 10);
		assert_int_equal(size_of(copy), -1);
		assert_int_equal(unlink(beside), 0);
	}
	tb_store_close(s);
	remove_at(path);
}

static void test_a_file_that_is_no_board_is_left_alone(void **state)
{
	tb_store *s;
	tb_why why;
	FILE *f;
	char line[8] = "";

	(void)state;
	run_sql(path, "CREATE TABLE recipes(name TEXT)");
	assert_int_equal(tb_store_open(&s, path, &why), TB_ERR_STATE);
	assert_null(s);
	assert_non_null(strstr(why.text, "application_id 0"));
	remove_at(path);

	tb_store_close(open_at(path));
	run_sql(path, "PRAGMA user_version=4"); /* of a later program */
	assert_int_equal(tb_store_open(&s, path, &why), TB_ERR_STATE);
	remove_at(path);

	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(
		"Dear diary, this is not a database but a text of some length, which nobody may overwrite.\n",
		f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(tb_store_open(&s, path, &why), TB_ERR_IO);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	assert_string_equal(line, "Dear di");
	assert_int_equal(fclose(f), 0);

	assert_int_equal(tb_store_open(&s, "/nonexistent/board.db", &why), TB_ERR_IO);
	assert_true(why.text[0] != '\0');
}

/* One store, entry after entry; at every call of the given kinds in turn, the disk fails once. */
static void check_every_fault(unsigned kinds)
{
	tb_store *s = open_at(path);
	uint64_t e = new_election(s, "a"), size = 0;
	bool done = false;

	/* A small cache and frequent checkpoints, so that pages are written and read all the time. */
	for (unsigned long n = 1; !done; n++) {
		tb_err err;

		fault_vfs_fail_at(kinds, n);
		err = append(s, e, size);
		if (err == TB_OK)
			err = append(s, e, ++size);
		done = !fault_vfs_has_failed();
		fault_vfs_fail_at(0, 0);
		if (err == TB_OK)
			size++;
		check_log(s, e, size);
		assert_true(n < 2000);
	}
	assert_true(size > 2);
	tb_store_close(s);
	s = open_at(path);
	check_log(s, e, size);
	tb_store_close(s);
}

static void test_a_failed_write_changes_nothing_and_the_next_works(void **state)
{
	(void)state;
	check_every_fault(FAULT_WRITES);
}

static void test_a_failed_sync_changes_nothing_and_the_next_works(void **state)
{
	(void)state;
	check_every_fault(FAULT_SYNCS);
}

static void test_a_failed_allocation_changes_nothing_and_the_next_works(void **state)
{
	tb_store *s = open_at(path);
	uint64_t e = new_election(s, "a"), size = 0;
	bool done = false;

	(void)state;
	for (unsigned long n = 1; !done; n++) {
		tb_err err;

		fault_vfs_fail_malloc_at(n);
		err = append(s, e, size);
		done = !fault_vfs_has_failed();
		fault_vfs_fail_malloc_at(0);
		assert_true(err == TB_OK || err == TB_ERR_MEMORY || err == TB_ERR_IO);
		if (err == TB_OK)
			size++;
		check_log(s, e, size);
		assert_true(n < 2000);
	}
	tb_store_close(s);
}

static void test_reading_reports_a_failing_disk_and_recovers(void **state)
{
	tb_store *s = open_at(path);
	uint64_t e = new_election(s, "a");
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 1u << 20);
	for (uint64_t i = 0; i < 50; i++)
		assert_int_equal(append(s, e, i), TB_OK);
	fault_vfs_fail_all(FAULT_READS);
	assert_int_equal(tb_store_bundle(s, e, 0, 50, &out), TB_ERR_IO);
	fault_vfs_fail_all(0);
	tb_buf_clear(&out);
	assert_int_equal(tb_store_bundle(s, e, 0, 50, &out), TB_OK);
	tb_store_close(s);

	/* The opening itself. */
	for (unsigned long n = 1; n < 200; n++) {
		tb_why why;
		tb_err err;

		fault_vfs_fail_at(FAULT_READS | FAULT_WRITES | FAULT_SYNCS | FAULT_OPENS, n);
		err = tb_store_open(&s, path, &why);
		if (err == TB_OK) {
			if (!fault_vfs_has_failed())
				n = 200;
			fault_vfs_fail_at(0, 0);
			tb_store_close(s);
		} else {
			assert_true(err == TB_ERR_IO || err == TB_ERR_STATE);
			assert_true(why.text[0] != '\0');
		}
	}
	fault_vfs_fail_at(0, 0);
	s = open_at(path);
	check_log(s, e, 50);
	tb_buf_release(&out);
	tb_store_close(s);
}

static void test_what_was_committed_survives_power_loss(void **state)
{
	tb_store *s = open_at(path), *after;
	uint64_t e = new_election(s, "a");

	(void)state;
	for (uint64_t i = 0; i < 15; i++) {
		assert_int_equal(append(s, e, i), TB_OK);
		/* The lights go out now; and again in the middle of the next transaction. */
		for (int round = 0; round < 2; round++) {
			fault_vfs_power_loss(path, other);
			after = open_at(other);
			check_log(after, e, i + 1);
			tb_store_close(after);
			remove_at(other);
			if (round == 0) {
				assert_int_equal(tb_store_begin(s), TB_OK);
				assert_int_equal(add(s, e, i + 1), TB_OK);
			}
		}
		tb_store_rollback(s);
	}
	tb_store_close(s);
}

typedef struct reading {
	tb_store *store;
	uint64_t election;
	atomic_bool stop;
	atomic_int failures;
} reading;

/* Whoever sees a checkpoint sees every entry below it. */
static void *read_along(void *arg)
{
	reading *r = arg;
	uint64_t size, last = 0;
	tb_buf out;

	tb_buf_init(&out, 1u << 20);
	while (!atomic_load(&r->stop)) {
		tb_buf_clear(&out);
		if (tb_store_checkpoint(r->store, r->election, &size, &out) != TB_OK)
			continue;
		tb_buf_clear(&out);
		if (size < last || tb_store_bundle(r->store, r->election, 0, size, &out) != TB_OK)
			atomic_fetch_add(&r->failures, 1);
		last = size;
	}
	tb_buf_release(&out);
	return NULL;
}

static void test_many_threads_read_while_one_writes(void **state)
{
	tb_store *s = open_at(path);
	reading r = {.store = s, .election = new_election(s, "a")};
	pthread_t threads[12]; /* more than there are reading connections */

	(void)state;
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_along, &r), 0);
	for (uint64_t i = 0; i < 40; i++)
		assert_int_equal(append(s, r.election, i), TB_OK);
	atomic_store(&r.stop, true);
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(atomic_load(&r.failures), 0);
	check_log(s, r.election, 40);
	tb_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_what_was_added_is_read_and_survives_reopening, clean),
		cmocka_unit_test_teardown(test_bundles_and_ranges_are_whole_or_nothing, clean),
		cmocka_unit_test_teardown(test_nothing_is_added_twice, clean),
		cmocka_unit_test_teardown(test_readers_see_only_what_is_committed, clean),
		cmocka_unit_test_teardown(test_an_older_board_is_brought_up_to_date, clean),
		cmocka_unit_test_teardown(test_a_damaged_copy_is_refused, clean),
		cmocka_unit_test_teardown(test_a_copy_is_made_by_one, clean),
		cmocka_unit_test_teardown(test_nothing_is_restored_beside_the_log_of_another, clean),
		cmocka_unit_test_teardown(test_a_file_that_is_no_board_is_left_alone, clean),
		cmocka_unit_test_teardown(test_a_failed_write_changes_nothing_and_the_next_works, clean),
		cmocka_unit_test_teardown(test_a_failed_sync_changes_nothing_and_the_next_works, clean),
		cmocka_unit_test_teardown(test_a_failed_allocation_changes_nothing_and_the_next_works, clean),
		cmocka_unit_test_teardown(test_reading_reports_a_failing_disk_and_recovers, clean),
		cmocka_unit_test_teardown(test_what_was_committed_survives_power_loss, clean),
		cmocka_unit_test_teardown(test_many_threads_read_while_one_writes, clean),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

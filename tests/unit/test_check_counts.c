/* SPDX-License-Identifier: Apache-2.0 */
/* [RANK.FILES] The files of counts beside a board: verified, exported, archived, mirrored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/log/export.h"
#include "net/mirror.h"
#include "tests/support/check_board.h"
#include "tests/support/folder.h"
#include "tests/support/http_files.h"
#include "tests/support/make_board.h"

#define PATHS (TB_TEST_PATH_MAX + 32)

static char dir[TB_TEST_PATH_MAX], board[PATHS], tar[PATHS], copy[PATHS];
static tb_maker *maker;
static tb_maker_files files;
static size_t first; /* of the files of counts */

static int setup(void **state)
{
	static const tb_maker_config config = {.small = true, .ranked = true, .num_voters = 4};

	(void)state;
	tb_test_folder_new(dir);
	(void)snprintf(board, sizeof board, "%s/board", dir);
	(void)snprintf(tar, sizeof tar, "%s/board.tar", dir);
	(void)snprintf(copy, sizeof copy, "%s/copy.tar", dir);
	maker = tb_maker_new(&config);
	tb_maker_run(maker);
	tb_maker_files_new(maker, &files);
	first = files.num;
	tb_maker_files_add_counts(maker, &files);
	tb_maker_files_write_folder(&files, board);
	tb_maker_files_write_tar(&files, tar);
	return files.num == first + TB_COUNT_KINDS ? 0 : 1;
}

static int teardown(void **state)
{
	(void)state;
	tb_maker_files_free(&files);
	tb_maker_free(maker);
	tb_test_folder_remove(dir);
	return 0;
}

/* ---- paths ---- */

static void test_which_paths_are_of_counts(void **state)
{
	static const char *const good[] = {
		"count/a.csv", "count/chair.blt", "count/..csv.json", "count/a.b-c_d.abif"};
	static const char *const bad[] = {"count/.csv", "count/..csv", "count/...csv", "count/a.CSV",
		"count/A.csv", "count/a/b.csv", "count/a.tar", "count/acsv", "blob/a.csv", "count/",
		"count/a.csv ", "count",
		"count/0123456789012345678901234567890123456789012345678901234567890123x.csv"};
	char path[TB_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(tb_count_path_is_valid(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(tb_count_path_is_valid(bad[i]));
	for (uint32_t k = 0; k < TB_COUNT_KINDS; k++) {
		tb_count_path(path, "0123456789012345678901234567890123456789012345678901234567890123", k);
		assert_true(tb_count_path_is_valid(path));
	}
}

/* ---- verified ---- */

static void expect_fault(const char *where)
{
	tb_checked c;

	tb_checked_run(&c, &files, NULL);
	if (c.num != 1)
		tb_checked_print_failures(&c);
	assert_int_equal(c.num, 1);
	assert_string_equal(c.failure[0].fault.rule, "RANK.FILES");
	assert_string_equal(c.failure[0].fault.where, where);
	assert_int_equal(c.failure[0].check, TB_CHECK_RESULT);
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	tb_checked_release(&c);
}

static void test_right_files_are_verified(void **state)
{
	tb_checked c;

	(void)state;
	tb_checked_run(&c, &files, NULL);
	if (c.num > 0)
		tb_checked_print_failures(&c);
	assert_int_equal(c.num, 0);
	assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
	assert_int_equal(c.report.line[TB_CHECK_RESULT].covered, 1 + TB_COUNT_KINDS);
	tb_checked_release(&c);
}

/* The file that people would open says something else than the board. */
static void test_every_byte_is_compared(void **state)
{
	(void)state;
	for (size_t i = first; i < files.num; i++) {
		tb_buf *bytes = &files.file[i].bytes;
		size_t at = bytes->len / 2;

		bytes->data[at] ^= 1;
		expect_fault(files.file[i].path);
		bytes->data[at] ^= 1;
		bytes->len--;
		expect_fault(files.file[i].path);
		bytes->len++;
	}
}

static void test_files_of_nothing_are_refused(void **state)
{
	char path[sizeof files.file[0].path];

	(void)state;
	memcpy(path, files.file[first].path, sizeof path);
	(void)snprintf(files.file[first].path, sizeof path, "count/nobody.abif");
	expect_fault("count/nobody.abif");
	memcpy(files.file[first].path, path, sizeof path);
}

/* Before the result nothing is counted, whatever a file says. */
static void test_files_before_the_result_are_refused(void **state)
{
	static const tb_maker_config config = {.small = true, .ranked = true, .num_voters = 4};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files early;
	tb_checked c;

	(void)state;
	tb_maker_until_decrypted(m);
	tb_maker_files_new(m, &early);
	tb_checked_run(&c, &early, NULL);
	assert_int_equal(c.report.verdict, TB_VERDICT_UNFINISHED);
	tb_checked_release(&c);
	early.file = realloc(early.file, (early.num + 1) * sizeof *early.file);
	assert_non_null(early.file);
	early.file[early.num] = files.file[first];
	early.num++;
	tb_checked_run(&c, &early, NULL);
	assert_int_equal(c.num, 1);
	assert_string_equal(c.failure[0].fault.rule, "RANK.FILES");
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	tb_checked_release(&c);
	early.num--; /* the bytes are those of another */
	tb_maker_files_free(&early);
	tb_maker_free(m);
}

/* ---- copied ---- */

static void assert_same_files(const char *x, const char *y)
{
	tb_file_map m, n;
	tb_why why;

	assert_int_equal(tb_file_map_new(&m, x, &why), TB_OK);
	assert_int_equal(tb_file_map_new(&n, y, &why), TB_OK);
	assert_int_equal(m.len, n.len);
	assert_memory_equal(m.data, n.data, m.len);
	tb_file_map_free(&m);
	tb_file_map_free(&n);
}

static void export_from(const char *from)
{
	tb_source *source = NULL;
	tb_why why;

	assert_int_equal(tb_source_open(&source, from, &why), TB_OK);
	assert_int_equal(tb_export_archive(source, copy, &why), TB_OK);
	tb_source_free(source);
}

static void test_folder_and_archive_give_the_same_bytes(void **state)
{
	(void)state;
	export_from(board);
	assert_same_files(tar, copy);
	export_from(tar);
	assert_same_files(tar, copy);
}

/* [ARCHIVE] One order, and none twice. */
static void test_other_orders_are_no_archive(void **state)
{
	tb_maker_files other = files;
	tb_source *source = NULL;
	tb_why why;

	(void)state;
	other.file = malloc(files.num * sizeof *other.file);
	assert_non_null(other.file);
	for (unsigned kind = 0; kind < 3; kind++) {
		memcpy(other.file, files.file, files.num * sizeof *other.file);
		if (kind == 0) { /* two swapped */
			other.file[first] = files.file[first + 1];
			other.file[first + 1] = files.file[first];
		} else if (kind == 1) { /* one twice */
			other.file[first + 1] = files.file[first];
		} else { /* a blob, or a file of another name, after it */
			(void)snprintf(
				other.file[files.num - 1].path, sizeof other.file[0].path, "blob/%064d", 0);
		}
		tb_maker_files_write_tar(&other, copy);
		assert_int_equal(tb_source_open(&source, copy, &why), TB_ERR_ENCODING);
		assert_non_null(strstr(why.text, kind < 2 ? files.file[first].path : "blob/"));
	}
	free(other.file);
}

static bool has(const char *folder, const tb_maker_file *f)
{
	char path[PATHS + 300];
	tb_buf bytes;
	tb_why why;
	bool same;

	(void)snprintf(path, sizeof path, "%s/%s", folder, f->path);
	tb_buf_init(&bytes, 1 << 24);
	same = tb_file_read(&bytes, path, &why) == TB_OK && bytes.len == f->bytes.len &&
	       memcmp(bytes.data, f->bytes.data, bytes.len) == 0;
	tb_buf_release(&bytes);
	return same;
}

static void test_a_mirror_has_them(void **state)
{
	tb_maker_files some = files;
	tb_http_files server;
	tb_fault fault = {0};
	char folder[PATHS];

	(void)state;
	for (unsigned lacks = 0; lacks < 2; lacks++) { /* a server that has all of them, or not the last */
		(void)snprintf(folder, sizeof folder, "%s/mirror%u", dir, lacks);
		some.num = files.num - lacks;
		tb_http_files_start(&server, &some);
		assert_int_equal(tb_mirror(server.url, folder, NULL, &fault), TB_OK);
		tb_http_files_stop(&server);
		for (size_t i = 0; i < some.num; i++)
			assert_true(has(folder, &files.file[i]));
		assert_int_equal(has(folder, &files.file[files.num - 1]), lacks == 0);
	}
}

/* A copy of a log without its result has no counts either, though the server may have them by then: it would not verify. */
static void test_a_mirror_of_an_earlier_head_has_none(void **state)
{
	static const tb_maker_config config = {.small = true, .ranked = true, .num_voters = 4};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files early;
	tb_http_files server;
	tb_fault fault = {0};
	char folder[PATHS];

	(void)state;
	tb_maker_until_decrypted(m);
	tb_maker_files_new(m, &early);
	early.file = realloc(early.file, (early.num + 1) * sizeof *early.file);
	assert_non_null(early.file);
	early.file[early.num++] = files.file[first];
	(void)snprintf(folder, sizeof folder, "%s/early", dir);
	tb_http_files_start(&server, &early);
	assert_int_equal(tb_mirror(server.url, folder, NULL, &fault), TB_OK);
	tb_http_files_stop(&server);
	assert_true(has(folder, &early.file[early.num - 2]));
	assert_false(has(folder, &files.file[first]));
	early.num--;
	tb_maker_files_free(&early);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_paths_are_of_counts),
		cmocka_unit_test(test_right_files_are_verified),
		cmocka_unit_test(test_every_byte_is_compared),
		cmocka_unit_test(test_files_of_nothing_are_refused),
		cmocka_unit_test(test_files_before_the_result_are_refused),
		cmocka_unit_test(test_folder_and_archive_give_the_same_bytes),
		cmocka_unit_test(test_other_orders_are_no_archive),
		cmocka_unit_test(test_a_mirror_has_them),
		cmocka_unit_test(test_a_mirror_of_an_earlier_head_has_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "tests/support/folder.h"
#include "tests/support/make_board.h"

/* The archive of a board whose two roll entries are blobs, against the one that the maker of boards writes by itself. */

#define PATHS (TB_TEST_PATH_MAX + 32)

static char dir[TB_TEST_PATH_MAX], board[PATHS], tar[PATHS], copy[PATHS];
static tb_maker *maker;
static tb_maker_files files;

static int setup(void **state)
{
	tb_maker_config config = {.num_voters = 1400, .chunk = 700, .abstain = 1, .small = true};

	(void)state;
	tb_test_folder_new(dir);
	(void)snprintf(board, sizeof board, "%s/board", dir);
	(void)snprintf(tar, sizeof tar, "%s/board.tar", dir);
	(void)snprintf(copy, sizeof copy, "%s/copy.tar", dir);
	maker = tb_maker_new(&config);
	tb_maker_until_open(maker);
	tb_maker_files_new(maker, &files);
	tb_maker_files_write_folder(&files, board);
	tb_maker_files_write_tar(&files, tar);
	return maker->num_blobs == 2 ? 0 : 1;
}

static int teardown(void **state)
{
	(void)state;
	tb_maker_files_free(&files);
	tb_maker_free(maker);
	tb_test_folder_remove(dir);
	return 0;
}

static void export_from(const char *from)
{
	tb_source *source = NULL;
	tb_why why;

	assert_int_equal(tb_source_open(&source, from, &why), TB_OK);
	assert_int_equal(tb_export_archive(source, copy, &why), TB_OK);
	tb_source_free(source);
}

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

static void test_folder_and_archive_give_the_same_bytes(void **state)
{
	(void)state;
	export_from(board);
	assert_same_files(tar, copy);
	export_from(tar); /* replaces the one that is there */
	assert_same_files(tar, copy);
}

/* A blob that is missing is for the verification to name; nothing else may be. */
static void test_missing_files(void **state)
{
	char path[PATHS + 200], blob[200] = "";
	tb_source *source = NULL;
	tb_why why;

	(void)state;
	for (size_t i = 0; i < files.num; i++)
		if (strncmp(files.file[i].path, "blob/", 5) == 0)
			(void)snprintf(blob, sizeof blob, "%s", files.file[i].path);
	(void)snprintf(path, sizeof path, "%s/%s", board, blob);
	assert_int_equal(unlink(path), 0);
	export_from(board);
	assert_int_equal(tb_source_open(&source, copy, &why), TB_OK);
	tb_source_free(source);

	(void)snprintf(path, sizeof path, "%s/log/checkpoint", board);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(copy), 0);
	assert_int_equal(tb_source_open(&source, board, &why), TB_OK);
	assert_int_equal(tb_export_archive(source, copy, &why), TB_ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "log/checkpoint"));
	tb_source_free(source);
	assert_false(tb_file_exists(copy));
}

/* A disk that is full, or a folder that is not there: said with its name, and nothing is left behind. */
static void test_places_that_cannot_be_written(void **state)
{
	char path[PATHS];
	tb_source *source = NULL;
	tb_why why;

	(void)state;
	assert_int_equal(tb_source_open(&source, tar, &why), TB_OK);
	(void)snprintf(path, sizeof path, "%s/none/x.tar", dir);
	assert_int_equal(tb_export_archive(source, path, &why), TB_ERR_IO);
	assert_non_null(strstr(why.text, "none/x.tar"));
	assert_non_null(strstr(why.text, "No such file"));
	(void)snprintf(path, sizeof path, "%s/full.tar.part", dir);
	assert_int_equal(symlink("/dev/full", path), 0);
	(void)snprintf(path, sizeof path, "%s/full.tar", dir);
	assert_int_equal(tb_export_archive(source, path, &why), TB_ERR_IO);
	assert_non_null(strstr(why.text, "full.tar"));
	assert_false(tb_file_exists(path));
	tb_source_free(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folder_and_archive_give_the_same_bytes),
		cmocka_unit_test(test_missing_files),
		cmocka_unit_test(test_places_that_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "tests/support/folder.h"

static char dir[TB_TEST_PATH_MAX];

static int setup(void **state)
{
	(void)state;
	tb_test_folder_new(dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_test_folder_remove(dir);
	return 0;
}

static const char *in_dir(const char *name)
{
	static char path[2][TB_TEST_PATH_MAX + 100];
	static unsigned turn;

	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
	return path[turn];
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static size_t num_files(void)
{
	DIR *d = opendir(dir);
	size_t num = 0;

	assert_non_null(d);
	for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		num += e->d_name[0] != '.';
	closedir(d);
	return num;
}

static void expect_content(const char *path, const char *text)
{
	tb_buf b;
	tb_why why;

	tb_buf_init(&b, 1000);
	assert_int_equal(tb_file_read(&b, path, &why), TB_OK);
	assert_string_equal(tb_buf_cstr(&b), text);
	tb_buf_release(&b);
}

static void test_write_replaces_and_create_does_not(void **state)
{
	mode_t mask = umask(022);
	tb_why why;

	(void)state;
	assert_int_equal(tb_file_write(in_dir("a"), "one", 3, TB_FILE_PUBLIC, &why), TB_OK);
	assert_int_equal(mode_of(in_dir("a")), 0644);
	expect_content(in_dir("a"), "one");
	assert_int_equal(tb_file_write(in_dir("a"), "", 0, TB_FILE_PRIVATE, &why), TB_OK);
	assert_int_equal(mode_of(in_dir("a")), 0600);
	expect_content(in_dir("a"), "");
	assert_int_equal(tb_file_create(in_dir("a"), "two", 3, TB_FILE_PRIVATE, &why), TB_ERR_STATE);
	expect_content(in_dir("a"), "");
	assert_int_equal(tb_file_create(in_dir("b"), "two", 3, TB_FILE_PRIVATE, &why), TB_OK);
	expect_content(in_dir("b"), "two");
	assert_int_equal(mode_of(in_dir("b")), 0600);
	assert_int_equal(num_files(), 2); /* nothing left over */
	umask(077);
	assert_int_equal(tb_file_write(in_dir("a"), "x", 1, TB_FILE_PUBLIC, &why), TB_OK);
	assert_int_equal(mode_of(in_dir("a")), 0600);
	umask(mask);
	assert_int_equal(tb_file_remove(in_dir("a"), &why), TB_OK);
	assert_int_equal(tb_file_remove(in_dir("b"), &why), TB_OK);
	assert_int_equal(tb_file_remove(in_dir("b"), &why), TB_ERR_NOT_FOUND);
	assert_int_equal(num_files(), 0);
}

/* What a killed process left behind, or an attacker put there, is passed by and not followed. */
static void test_names_that_are_taken(void **state)
{
	char name[TB_TEST_PATH_MAX + 100];
	tb_why why;

	(void)state;
	snprintf(name, sizeof name, "%s/c.tmp-%ld-0", dir, (long)getpid());
	assert_int_equal(symlink(in_dir("victim"), name), 0);
	assert_int_equal(tb_file_write(in_dir("c"), "text", 4, TB_FILE_PUBLIC, &why), TB_OK);
	assert_false(tb_file_exists(in_dir("victim")));
	assert_true(tb_file_exists(name));
	expect_content(in_dir("c"), "text");
	assert_int_equal(unlink(name), 0);
	assert_int_equal(unlink(in_dir("c")), 0);
}

static void test_reading_limits(void **state)
{
	static char large[50000];
	tb_why why;
	tb_buf b;

	(void)state;
	memset(large, 'x', sizeof large);
	assert_int_equal(tb_file_write(in_dir("l"), large, sizeof large, TB_FILE_PUBLIC, &why), TB_OK);
	tb_buf_init(&b, sizeof large);
	assert_int_equal(tb_file_read(&b, in_dir("l"), &why), TB_OK);
	assert_int_equal(b.len, sizeof large);
	tb_buf_release(&b);
	tb_buf_init(&b, sizeof large - 1);
	assert_int_equal(tb_file_read(&b, in_dir("l"), &why), TB_ERR_LIMIT);
	assert_non_null(strstr(why.text, "/l: more than 49999 bytes"));
	tb_buf_release(&b);
	tb_buf_init_secret(&b, sizeof large);
	assert_int_equal(tb_file_read(&b, in_dir("l"), &why), TB_OK);
	tb_buf_release(&b);
	assert_int_equal(unlink(in_dir("l")), 0);
}

static void test_what_is_no_file(void **state)
{
	tb_why why;
	tb_buf b;

	(void)state;
	tb_buf_init(&b, 100);
	assert_int_equal(tb_file_read(&b, in_dir("none"), &why), TB_ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "/none: No such file or directory"));
	assert_int_equal(tb_file_read(&b, dir, &why), TB_ERR_IO);
	assert_non_null(strstr(why.text, "this is not a file"));
	assert_int_equal(tb_file_read(&b, "/dev/zero", &why), TB_ERR_IO);
	assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
	assert_int_equal(
		tb_file_read(&b, in_dir("fifo"), &why), TB_ERR_IO); /* and does not wait for a writer */
	assert_int_equal(unlink(in_dir("fifo")), 0);
	assert_int_equal(tb_file_write(in_dir("none/x"), "x", 1, TB_FILE_PUBLIC, &why), TB_ERR_NOT_FOUND);
	assert_int_equal(
		tb_file_write(dir, "x", 1, TB_FILE_PUBLIC, &why), TB_ERR_IO); /* a folder is in the way */
	assert_true(why.text[0] != '\0');
	assert_int_equal(num_files(), 0);
	tb_buf_release(&b);
}

static void test_folders(void **state)
{
	tb_why why;

	(void)state;
	assert_int_equal(tb_file_make_dirs(in_dir("x/y//z/"), TB_FILE_PRIVATE, &why), TB_OK);
	assert_true(tb_file_is_dir(in_dir("x/y/z")));
	assert_int_equal(mode_of(in_dir("x/y")), 0700);
	assert_int_equal(tb_file_make_dirs(in_dir("x/y/z"), TB_FILE_PRIVATE, &why), TB_OK);
	assert_int_equal(tb_file_make_parents(in_dir("x/p/q/file"), TB_FILE_PUBLIC, &why), TB_OK);
	assert_true(tb_file_is_dir(in_dir("x/p/q")));
	assert_false(tb_file_exists(in_dir("x/p/q/file")));
	assert_int_equal(tb_file_write(in_dir("x/file"), "", 0, TB_FILE_PUBLIC, &why), TB_OK);
	assert_int_equal(tb_file_make_dirs(in_dir("x/file/sub"), TB_FILE_PUBLIC, &why), TB_ERR_IO);
	assert_int_equal(tb_file_make_parents("file-here", TB_FILE_PUBLIC, &why), TB_OK); /* "." */
	assert_int_equal(tb_file_make_parents("/file", TB_FILE_PUBLIC, &why), TB_OK);
	tb_test_folder_remove(in_dir("x"));
}

static void test_maps(void **state)
{
	tb_file_map map;
	tb_why why;

	(void)state;
	assert_int_equal(tb_file_write(in_dir("m"), "mapped", 6, TB_FILE_PUBLIC, &why), TB_OK);
	assert_int_equal(tb_file_map_new(&map, in_dir("m"), &why), TB_OK);
	assert_int_equal(map.len, 6);
	assert_memory_equal(map.data, "mapped", 6);
	tb_file_map_free(&map);
	assert_null(map.data);
	assert_int_equal(tb_file_write(in_dir("m"), "", 0, TB_FILE_PUBLIC, &why), TB_OK);
	assert_int_equal(tb_file_map_new(&map, in_dir("m"), &why), TB_OK);
	assert_null(map.data);
	tb_file_map_free(&map);
	assert_int_equal(unlink(in_dir("m")), 0);
	assert_int_equal(tb_file_map_new(&map, in_dir("m"), &why), TB_ERR_NOT_FOUND);
}

static void test_places_in_a_file(void **state)
{
	int fd = open(in_dir("p"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	char out[4];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(tb_file_pwrite(fd, "abcd", 4, 10), TB_OK);
	assert_int_equal(tb_file_pread(fd, out, 4, 10), TB_OK);
	assert_memory_equal(out, "abcd", 4);
	assert_int_equal(tb_file_pread(fd, out, 4, 11), TB_ERR_IO); /* one byte short */
	assert_int_equal(tb_file_pread(fd, out, 0, 99), TB_OK);
	close(fd);
	assert_int_equal(tb_file_pwrite(fd, "abcd", 4, 10), TB_ERR_IO);
	assert_int_equal(unlink(in_dir("p")), 0);
}

/* In a child, so that its limit ends with it: a disk that is full in the middle of writing. */
static int write_with_a_full_disk(void)
{
	static char large[100000];
	struct rlimit limit = {.rlim_cur = 5000, .rlim_max = 5000};
	tb_why why;

	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 2;
	if (tb_file_write(in_dir("f"), large, sizeof large, TB_FILE_PUBLIC, &why) != TB_ERR_IO)
		return 3;
	return strstr(why.text, "File too large") != NULL ? 0 : 4;
}

static void test_a_full_disk_keeps_the_old_file(void **state)
{
	tb_why why;
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(tb_file_write(in_dir("f"), "old", 3, TB_FILE_PUBLIC, &why), TB_OK);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(write_with_a_full_disk());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	expect_content(in_dir("f"), "old");
	assert_int_equal(num_files(), 1); /* the half-written one is gone */
	assert_int_equal(unlink(in_dir("f")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_replaces_and_create_does_not),
		cmocka_unit_test(test_names_that_are_taken),
		cmocka_unit_test(test_reading_limits),
		cmocka_unit_test(test_what_is_no_file),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_places_in_a_file),
		cmocka_unit_test(test_a_full_disk_keeps_the_old_file),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

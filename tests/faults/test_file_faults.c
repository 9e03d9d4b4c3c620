/* SPDX-License-Identifier: Apache-2.0 */
/* core/base/file when the disk fails: at the first call that touches it, at the second, and so on.  The file then holds
 * the old bytes or the new, never others, and nothing is left beside it; interrupted and short calls do no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "tests/support/folder.h"

static long left = -1; /* calls that still succeed; negative: all */
static bool is_slow;   /* every other call is interrupted, and the rest move one byte */
static unsigned turn;
static char dir[TB_TEST_PATH_MAX], path[TB_TEST_PATH_MAX + 16];

static bool refuse(void)
{
	if (left < 0)
		return false;
	if (left-- == 0) {
		errno = EIO;
		return true;
	}
	return false;
}

static bool interrupted(size_t *len)
{
	if (!is_slow)
		return false;
	if (turn++ % 2 == 0) {
		errno = EINTR;
		return true;
	}
	*len = *len > 1 ? 1 : *len;
	return false;
}

ssize_t __real_write(int fd, const void *in, size_t len);
ssize_t __real_read(int fd, void *out, size_t len);
ssize_t __real_pwrite(int fd, const void *in, size_t len, off_t at);
ssize_t __real_pread(int fd, void *out, size_t len, off_t at);
int __real_fsync(int fd);
int __real_close(int fd);
int __real_rename(const char *from, const char *to);
int __real_link(const char *from, const char *to);
ssize_t __wrap_write(int fd, const void *in, size_t len);
ssize_t __wrap_read(int fd, void *out, size_t len);
ssize_t __wrap_pwrite(int fd, const void *in, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);

ssize_t __wrap_write(int fd, const void *in, size_t len)
{
	return refuse() || interrupted(&len) ? -1 : __real_write(fd, in, len);
}

ssize_t __wrap_read(int fd, void *out, size_t len)
{
	return refuse() || interrupted(&len) ? -1 : __real_read(fd, out, len);
}

ssize_t __wrap_pwrite(int fd, const void *in, size_t len, off_t at)
{
	return refuse() || interrupted(&len) ? -1 : __real_pwrite(fd, in, len, at);
}

ssize_t __wrap_pread(int fd, void *out, size_t len, off_t at)
{
	return refuse() || interrupted(&len) ? -1 : __real_pread(fd, out, len, at);
}

int __wrap_fsync(int fd)
{
	return refuse() ? -1 : __real_fsync(fd);
}

int __wrap_close(int fd)
{
	bool fails = refuse();
	int result = __real_close(fd);

	if (fails)
		errno = EIO;
	return fails ? -1 : result;
}

int __wrap_rename(const char *from, const char *to)
{
	return refuse() ? -1 : __real_rename(from, to);
}

int __wrap_link(const char *from, const char *to)
{
	return refuse() ? -1 : __real_link(from, to);
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

static bool holds(const char *text)
{
	tb_buf b;
	tb_why why;
	bool same;

	tb_buf_init(&b, 1000);
	assert_int_equal(tb_file_read(&b, path, &why), TB_OK);
	same = b.len == strlen(text) && memcmp(b.data, text, b.len) == 0;
	tb_buf_release(&b);
	return same;
}

static int setup(void **state)
{
	(void)state;
	tb_test_folder_new(dir);
	snprintf(path, sizeof path, "%s/file", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_test_folder_remove(dir);
	return 0;
}

static void test_writing(void **state)
{
	unsigned failed = 0, kept = 0;
	tb_why why;

	(void)state;
	for (long n = 0;; n++) {
		tb_err err;

		assert_int_equal(tb_file_write(path, "the old bytes", 13, TB_FILE_PUBLIC, &why), TB_OK);
		left = n;
		err = tb_file_write(path, "the new ones", 12, TB_FILE_PUBLIC, &why);
		left = -1;
		assert_int_equal(num_files(), 1);
		if (err == TB_OK) {
			assert_true(holds("the new ones"));
			if (n > 5) /* the last call, closing the folder, may fail unnoticed */
				break;
			continue;
		}
		assert_int_equal(err, TB_ERR_IO);
		assert_non_null(strstr(why.text, "Input/output error"));
		assert_true(holds("the old bytes") || holds("the new ones"));
		kept += holds("the old bytes");
		failed++;
	}
	assert_int_equal(failed, 5); /* write, fsync, close, rename, fsync of the folder */
	assert_int_equal(kept, 4);
	assert_int_equal(unlink(path), 0);
}

static void test_creating(void **state)
{
	unsigned failed = 0;
	tb_why why;

	(void)state;
	for (long n = 0; n < 5; n++) {
		tb_err err;

		left = n;
		err = tb_file_create(path, "new", 3, TB_FILE_PRIVATE, &why);
		left = -1;
		assert_int_equal(err, TB_ERR_IO);
		failed++;
		if (n < 4) {
			assert_int_equal(num_files(), 0);
			continue;
		}
		assert_int_equal(num_files(), 1); /* only its durability is unsure */
		assert_true(holds("new"));
	}
	assert_int_equal(failed, 5);
	assert_int_equal(unlink(path), 0);
}

static void test_reading(void **state)
{
	tb_buf b;
	tb_why why;

	(void)state;
	assert_int_equal(tb_file_write(path, "text", 4, TB_FILE_PUBLIC, &why), TB_OK);
	for (long n = 0; n < 2; n++) {
		tb_buf_init(&b, 100);
		left = n;
		assert_int_equal(tb_file_read(&b, path, &why), TB_ERR_IO);
		left = -1;
		tb_buf_release(&b);
	}
	assert_int_equal(unlink(path), 0);
}

static void test_interrupted_and_short_calls(void **state)
{
	char out[13];
	tb_why why;
	int fd;

	(void)state;
	is_slow = true;
	assert_int_equal(tb_file_write(path, "thirteen more", 13, TB_FILE_PUBLIC, &why), TB_OK);
	assert_true(holds("thirteen more"));
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(tb_file_pwrite(fd, "fourteen", 8, 0), TB_OK);
	assert_int_equal(tb_file_pread(fd, out, 13, 0), TB_OK);
	assert_memory_equal(out, "fourteen more", 13);
	assert_int_equal(tb_file_pread(fd, out, 13, 1), TB_ERR_IO);
	is_slow = false;
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_creating),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_interrupted_and_short_calls),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

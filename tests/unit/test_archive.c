/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/log/archive.h"
#include "tests/support/folder.h"

extern char **environ;

static tb_err to_buf(void *ctx, const void *bytes, size_t len)
{
	tb_buf *b = ctx;

	tb_buf_append(b, bytes, len);
	return tb_buf_status(b);
}

static tb_err from_buf(void *ctx, void *out, size_t len, uint64_t offset)
{
	const tb_buf *b = ctx;

	assert_true(offset <= b->len && len <= b->len - offset); /* never asked for what is not there */
	if (len > 0)
		memcpy(out, b->data + offset, len);
	return TB_OK;
}

static const struct {
	const char *name;
	size_t len;
} FILES[] = {{"log/checkpoint", 200}, {"log/tile/0/000", 512}, {"log/tile/entries/x001/234.p/7", 1025},
	{"blob/empty", 0}};
#define NUM_FILES (sizeof FILES / sizeof FILES[0])

static uint8_t content(size_t file, size_t i)
{
	return (uint8_t)(file * 37 + i * 11 + 1);
}

static void make(tb_buf *out)
{
	tb_archive_writer w;
	uint8_t bytes[1100];

	tb_buf_init(out, 100000);
	tb_archive_writer_init(&w, to_buf, out);
	for (size_t f = 0; f < NUM_FILES; f++) {
		for (size_t i = 0; i < FILES[f].len; i++)
			bytes[i] = content(f, i);
		if (f == 2) { /* in pieces */
			assert_int_equal(tb_archive_begin(&w, FILES[f].name, FILES[f].len), TB_OK);
			assert_int_equal(tb_archive_data(&w, bytes, 0), TB_OK);
			assert_int_equal(tb_archive_data(&w, bytes, 1000), TB_OK);
			assert_int_equal(tb_archive_data(&w, bytes + 1000, 25), TB_OK);
		} else {
			assert_int_equal(tb_archive_add(&w, FILES[f].name, bytes, FILES[f].len), TB_OK);
		}
	}
	assert_int_equal(tb_archive_end(&w), TB_OK);
}

/* Reads everything; how it ended. */
static tb_err read_all(const tb_buf *b, size_t *num, tb_why *why)
{
	tb_archive_file file;
	tb_archive_reader r;
	tb_err err;

	tb_archive_reader_init(&r, from_buf, (void *)(uintptr_t)b, b->len);
	for (*num = 0; (err = tb_archive_next(&r, &file, why)) == TB_OK; (*num)++)
		assert_true(file.offset + file.size <= b->len);
	return err;
}

static void test_write_and_read(void **state)
{
	tb_archive_file file;
	tb_archive_reader r;
	tb_buf b;
	tb_why why;

	(void)state;
	make(&b);
	assert_int_equal(b.len, 512 * (4 + 1 + 1 + 3 + 2));
	tb_archive_reader_init(&r, from_buf, &b, b.len);
	for (size_t f = 0; f < NUM_FILES; f++) {
		assert_int_equal(tb_archive_next(&r, &file, &why), TB_OK);
		assert_string_equal(file.name, FILES[f].name);
		assert_int_equal(file.size, FILES[f].len);
		for (size_t i = 0; i < FILES[f].len; i++)
			assert_int_equal(b.data[file.offset + i], content(f, i));
	}
	assert_int_equal(tb_archive_next(&r, &file, &why), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_archive_next(&r, &file, &why), TB_ERR_NOT_FOUND);
	tb_buf_release(&b);
}

/* Every bit outside the files' own bytes: headers, padding, end. */
static void test_every_flipped_bit_is_refused(void **state)
{
	size_t num, headers[] = {0, 1024, 2048, 4096};
	tb_buf b;
	tb_why why;

	(void)state;
	make(&b);
	for (size_t at = 0; at < b.len; at++) {
		size_t is_content = 0;

		for (size_t f = 0; f < NUM_FILES; f++)
			is_content |= at >= headers[f] + 512 && at < headers[f] + 512 + FILES[f].len;
		for (unsigned bit = 0; bit < 8; bit++) {
			b.data[at] ^= (uint8_t)(1u << bit);
			why.text[0] = '\0';
			if (is_content)
				assert_int_equal(read_all(&b, &num, &why), TB_ERR_NOT_FOUND);
			else
				assert_int_equal(read_all(&b, &num, &why), TB_ERR_ENCODING);
			assert_true(is_content || why.text[0] != '\0');
			b.data[at] ^= (uint8_t)(1u << bit);
		}
	}
	tb_buf_release(&b);
}

static void test_every_cut_is_refused(void **state)
{
	size_t num, whole;
	tb_buf b;
	tb_why why;

	(void)state;
	make(&b);
	whole = b.len;
	for (b.len = 0; b.len < whole; b.len++)
		assert_int_equal(read_all(&b, &num, &why), TB_ERR_ENCODING);
	tb_buf_u8(&b, 0);
	assert_int_equal(read_all(&b, &num, &why), TB_ERR_ENCODING);
	assert_string_equal(why.text, "archive, byte 5632: bytes after the end of the archive");
	tb_buf_release(&b);
}

/* A header with something else in it and a right checksum: refused for the reason given. */
static void check_header(size_t at, const char *bytes, size_t len, const char *expected)
{
	unsigned sum = 0;
	char digits[8];
	size_t num;
	tb_buf b;
	tb_why why;

	make(&b);
	memcpy(b.data + at, bytes, len);
	memset(b.data + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += b.data[i];
	snprintf(digits, sizeof digits, "%06o", sum);
	memcpy(b.data + 148, digits, 7);
	assert_int_equal(read_all(&b, &num, &why), TB_ERR_ENCODING);
	assert_string_equal(why.text, expected);
	tb_buf_release(&b);
}

static void test_other_headers_are_refused(void **state)
{
	static const char bad_name[] = "archive, byte 0: the name of a file is not allowed (relative, "
				       "without . and .., plain characters)";
	static const char bad_owner[] =
		"archive, byte 0: the mode is not 0644, or the owner or the time is not 0";

	(void)state;
	check_header(0, "/etc/passwd\0\0\0", 14, bad_name);
	check_header(0, "../checkpoint\0", 14, bad_name);
	check_header(0, "log//heckpoint", 14, bad_name);
	check_header(0, "log/./eckpoint", 14, bad_name);
	check_header(0, "log/../ckpoint", 14, bad_name);
	check_header(0, "log/heckpoint/", 14, bad_name);
	check_header(0, "log/check\noint", 14, bad_name);
	check_header(0, "log/check\\oint", 14, bad_name);
	check_header(0, "\0og/checkpoint", 14, bad_name);
	check_header(100, "0000755", 7, bad_owner);
	check_header(108, "0001750", 7, bad_owner);
	check_header(136, "00000000001", 11, bad_owner);
	check_header(124, "0000000031 ", 11, "archive, byte 0: the size of a file is not in octal digits");
	check_header(124, "\x80\0\0\0\0\0\0\0\0\0\xc8", 11,
		"archive, byte 0: the size of a file is not in octal digits");
	check_header(124, "77777777777", 11, "archive, byte 5632: the archive is cut");
	check_header(156, "1", 1, "archive, byte 0: not a regular file"); /* a hard link */
	check_header(156, "2", 1, "archive, byte 0: not a regular file"); /* a symbolic link */
	check_header(156, "5", 1, "archive, byte 0: not a regular file"); /* a folder */
	check_header(
		156, "x", 1, "archive, byte 0: not a regular file"); /* pax: could rename the next file */
	check_header(156, "L", 1, "archive, byte 0: not a regular file"); /* GNU: the same */
	check_header(156, "\0", 1, "archive, byte 0: not a regular file");
	check_header(257, "ustar  \0", 8, "archive, byte 0: not a ustar header");
	check_header(157, "x", 1, "archive, byte 0: a field that is not used is not empty"); /* link name */
	check_header(265, "a", 1, "archive, byte 0: a field that is not used is not empty"); /* user name */
	check_header(345, "a", 1,
		"archive, byte 0: a field that is not used is not empty"); /* prefix: part of the name */
	check_header(20, "x", 1,
		"archive, byte 0: a field that is not used is not empty"); /* after the name's end */
	check_header(511, "\1", 1, "archive, byte 0: a field that is not used is not empty");
}

static void test_names(void **state)
{
	char longest[TB_ARCHIVE_NAME_MAX + 1];

	(void)state;
	memset(longest, 'a', sizeof longest);
	assert_true(tb_archive_name_is_valid(longest, TB_ARCHIVE_NAME_MAX));
	assert_false(tb_archive_name_is_valid(longest, TB_ARCHIVE_NAME_MAX + 1));
	assert_true(tb_archive_name_is_valid("a", 1));
	assert_true(tb_archive_name_is_valid("...", 3));
	assert_true(tb_archive_name_is_valid(".p/..a/a..", 10));
	assert_false(tb_archive_name_is_valid("", 0));
	assert_false(tb_archive_name_is_valid(".", 1));
	assert_false(tb_archive_name_is_valid("..", 2));
	assert_false(tb_archive_name_is_valid("a/..", 4));
	assert_false(tb_archive_name_is_valid("/", 1));
	assert_false(tb_archive_name_is_valid("a b", 3));
	assert_false(tb_archive_name_is_valid("a\0b", 3));
	assert_false(tb_archive_name_is_valid("\xc3\xab", 2));
}

/* ---- GNU tar makes the very same bytes ---- */

static int run_tar(char *const arguments[])
{
	pid_t child;
	int status;

	assert_int_equal(posix_spawnp(&child, "tar", NULL, NULL, arguments, environ), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void test_gnu_tar_agrees(void **state)
{
	char dir[TB_TEST_PATH_MAX], path[TB_TEST_PATH_MAX + 64], archive[TB_TEST_PATH_MAX + 64];
	char *const make_arguments[] = {(char[]){"tar"}, (char[]){"--format=ustar"}, (char[]){"--owner=0"},
		(char[]){"--group=0"}, (char[]){"--numeric-owner"}, (char[]){"--mode=0644"},
		(char[]){"--mtime=@0"}, (char[]){"-b1"}, (char[]){"-C"}, dir, (char[]){"-cf"}, archive,
		(char[]){"log/checkpoint"}, (char[]){"log/tile/0/000"},
		(char[]){"log/tile/entries/x001/234.p/7"}, (char[]){"blob/empty"}, NULL};
	uint8_t bytes[1100];
	tb_buf ours, theirs;
	tb_why why;

	(void)state;
	tb_test_folder_new(dir);
	snprintf(archive, sizeof archive, "%s/theirs.tar", dir);
	for (size_t f = 0; f < NUM_FILES; f++) {
		for (size_t i = 0; i < FILES[f].len; i++)
			bytes[i] = content(f, i);
		snprintf(path, sizeof path, "%s/%s", dir, FILES[f].name);
		assert_int_equal(tb_file_make_parents(path, TB_FILE_PUBLIC, &why), TB_OK);
		assert_int_equal(tb_file_write(path, bytes, FILES[f].len, TB_FILE_PUBLIC, &why), TB_OK);
	}
	make(&ours);
	tb_buf_init(&theirs, 100000);
	assert_int_equal(run_tar(make_arguments), 0);
	assert_int_equal(tb_file_read(&theirs, archive, &why), TB_OK);
	assert_int_equal(theirs.len, ours.len);
	assert_memory_equal(theirs.data, ours.data, ours.len);
	tb_buf_release(&ours);
	tb_buf_release(&theirs);
	tb_test_folder_remove(dir);
}

static tb_err fails_after(void *ctx, const void *bytes, size_t len)
{
	int *left = ctx;

	(void)bytes;
	(void)len;
	return (*left)-- == 0 ? TB_ERR_IO : TB_OK;
}

static void test_errors_of_writing_are_passed_on(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		tb_archive_writer w;
		int left = i;
		tb_err err;

		tb_archive_writer_init(&w, fails_after, &left);
		err = tb_archive_add(&w, "a", "xyz", 3); /* header, bytes, padding */
		assert_int_equal(err, i < 3 ? TB_ERR_IO : TB_OK);
		if (err == TB_OK)
			assert_int_equal(tb_archive_end(&w), TB_ERR_IO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_and_read),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_other_headers_are_refused),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_gnu_tar_agrees),
		cmocka_unit_test(test_errors_of_writing_are_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

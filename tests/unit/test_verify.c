/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/election/check.h"
#include "tests/support/http_files.h"
#include "tests/support/make_board.h"
#include "verifier/verify.h"

/* The program as a user runs it: another process, its output read back. */

static char folder[64];
static tb_maker *maker;
static tb_maker_files files;

static char output[1 << 20], complaints[1 << 16];

static void slurp(const char *path, char *out, size_t max)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, max - 1, f);
	out[n] = 0;
	assert_int_equal(fclose(f), 0);
}

#define PROGRAM "tabella-verify"

/* Runs this file again as that program, with its output there; returns the exit code.  Not in the child as it is: a copy of a
 * process with threads may do little more than that. */
static int run(char *const argv[], const char *out_path, const char *err_path)
{
	int status;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		int err = open(err_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		if (out >= 0 && err >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0)
			(void)execv("/proc/self/exe", argv);
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* tabella-verify <args, separated by spaces>; returns the exit code [CHECK]. */
__attribute__((format(printf, 1, 2))) static int verify(const char *format, ...)
{
	char line[2000], out_path[128], err_path[128], program[] = PROGRAM, *argv[32] = {NULL};
	int argc = 0, status;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	argv[argc++] = program;
	for (char *word = line, *end; word != NULL && *word != 0; word = end) {
		assert_in_range(argc, 1, 30);
		argv[argc++] = word;
		end = strchr(word, ' ');
		if (end != NULL)
			*end++ = 0;
	}
	(void)snprintf(out_path, sizeof out_path, "%s/stdout", folder);
	(void)snprintf(err_path, sizeof err_path, "%s/stderr", folder);
	status = run(argv, out_path, err_path);
	slurp(out_path, output, sizeof output);
	slurp(err_path, complaints, sizeof complaints);
	return status;
}

/* A file below the test's folder; the caller frees it. */
static uint8_t *whole_file(const char *name, size_t *len)
{
	char path[200];
	uint8_t *bytes;
	tb_file_map map;
	tb_why why;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(tb_file_map_new(&map, path, &why), TB_OK);
	bytes = malloc(map.len + 1);
	assert_non_null(bytes);
	memcpy(bytes, map.data, map.len);
	*len = map.len;
	tb_file_map_free(&map);
	return bytes;
}

static void assert_same_file(const char *a, const char *b)
{
	size_t a_len, b_len;
	uint8_t *in_a = whole_file(a, &a_len), *in_b = whole_file(b, &b_len);

	assert_int_equal(a_len, b_len);
	assert_memory_equal(in_a, in_b, a_len);
	free(in_a);
	free(in_b);
}

static const char *last_line(void)
{
	static char line[200];
	char *at = output + strlen(output);

	while (at > output && at[-1] == '\n')
		*--at = 0;
	at = strrchr(output, '\n');
	(void)snprintf(line, sizeof line, "%s", at == NULL ? output : at + 1);
	return line;
}

static int setup(void **state)
{
	tb_maker_config config = {.num_voters = 7, .num_endorsers = 1, .extras = true, .revote = 2};
	char path[200];

	(void)state;
	(void)snprintf(folder, sizeof folder, "/tmp/tabella-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	maker = tb_maker_new(&config);
	tb_maker_run(maker);
	tb_maker_files_new(maker, &files);
	(void)snprintf(path, sizeof path, "%s/board", folder);
	tb_maker_files_write_folder(&files, path);
	(void)snprintf(path, sizeof path, "%s/board.tar", folder);
	tb_maker_files_write_tar(&files, path);
	return 0;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s;
	(void)kind;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	tb_maker_files_free(&files);
	tb_maker_free(maker);
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- boards that are right ---- */

static void test_folder_archive_and_url_are_the_same_board(void **state)
{
	tb_http_files server;
	char first[sizeof output];

	(void)state;
	assert_int_equal(verify("%s/board", folder), 0);
	(void)snprintf(first, sizeof first, "%s", output);
	assert_string_equal(last_line(), "VERIFIED");
	assert_int_equal(verify("%s/board.tar --threads 1", folder), 0);
	assert_string_equal(first, output);
	tb_http_files_start(&server, &files);
	assert_int_equal(verify("%s", server.url), 0);
	assert_string_equal(first, output);
	assert_int_equal(verify("%s/", server.url), 0);
	tb_http_files_stop(&server);
}

static void test_a_server_that_hangs_up_or_grows(void **state)
{
	tb_http_files server;

	(void)state;
	tb_http_files_start(&server, &files);
	server.break_every = 3;
	assert_int_equal(verify("--quiet %s", server.url), 0);
	server.break_every = 0;
	server.grown = true;
	assert_int_equal(verify("--quiet %s", server.url), 0);
	assert_string_equal(output, "VERIFIED\n");
	tb_http_files_stop(&server);
}

static void test_what_is_downloaded_can_be_kept(void **state)
{
	tb_http_files server;

	(void)state;
	tb_http_files_start(&server, &files);
	assert_int_equal(verify("--quiet --save %s/kept.tar %s", folder, server.url), 0);
	assert_int_equal(verify("--quiet --save %s/kept %s", folder, server.url), 0);
	tb_http_files_stop(&server);
	assert_int_equal(verify("--quiet %s/kept", folder), 0);
	assert_same_file("kept.tar", "board.tar");
	assert_int_equal(verify("--quiet --save %s/again.tar %s/board", folder, folder), 0);
	assert_same_file("again.tar", "board.tar");
}

static void test_no_temporary_folder_stays(void **state)
{
	tb_http_files server;
	char path[200];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/tmp", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)setenv("TMPDIR", path, 1);
	tb_http_files_start(&server, &files);
	assert_int_equal(verify("--quiet %s", server.url), 0);
	tb_http_files_stop(&server);
	(void)unsetenv("TMPDIR");
	assert_int_equal(rmdir(path), 0); /* it is empty */
}

/* ---- what the user knows ---- */

static void test_what_the_user_knows_is_compared(void **state)
{
	char path[200], key[45], fingerprint[TB_FINGERPRINT_TEXT];
	tb_buf manifest;
	FILE *f;

	(void)state;
	tb_base64_write(key, maker->server.ed_key, 32);
	key[44] = 0;
	tb_check_fingerprint(fingerprint, tb_board_binding(maker->board)->context);
	tb_buf_init(&manifest, 1 << 20);
	assert_int_equal(tb_manifest_write(&manifest, &maker->manifest), TB_OK);
	(void)snprintf(path, sizeof path, "%s/manifest.json", folder);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(
		fprintf(f, "%.*s\n", (int)manifest.len, (const char *)manifest.data), (int)manifest.len + 1);
	assert_int_equal(fclose(f), 0);
	tb_buf_release(&manifest);
	assert_int_equal(verify("--key %s --origin %s --manifest %s --fingerprint %s --seen "
				"%s/board/log/checkpoint %s/board",
				 key, maker->manifest.origin, path, fingerprint, folder, folder),
		0);
	key[0] = key[0] == 'A' ? 'B' : 'A';
	assert_int_equal(verify("--key %s %s/board", key, folder), 1);
	assert_string_equal(last_line(), "NOT VERIFIED");
	fingerprint[0] = fingerprint[0] == '0' ? '1' : '0';
	assert_int_equal(verify("--fingerprint %s %s/board", fingerprint, folder), 1);
	assert_int_equal(verify("--origin vote.example.org/e/other %s/board", folder), 1);
}

/* ---- boards that are wrong ---- */

static void test_a_wrong_byte(void **state)
{
	tb_maker_file *f = &files.file[1]; /* the level-0 tile */
	char path[200], text[300];

	(void)state;
	f->bytes.data[70] ^= 1;
	(void)snprintf(path, sizeof path, "%s/wrong.tar", folder);
	tb_maker_files_write_tar(&files, path);
	f->bytes.data[70] ^= 1;
	assert_int_equal(verify("%s", path), 1);
	(void)snprintf(text, sizeof text, "LOG.TILES, %s\n        expected: hash 2 to be", f->path);
	assert_non_null(strstr(output, text));
	assert_string_equal(last_line(), "NOT VERIFIED");
	assert_int_equal(verify("--json %s", path), 1);
	assert_non_null(strstr(output, "\"verdict\":\"false\""));
	(void)snprintf(text, sizeof text, "\"rule\":\"LOG.TILES\",\"entry\":null,\"where\":\"%s\"", f->path);
	assert_non_null(strstr(output, text));
}

static void test_an_archive_that_is_none(void **state)
{
	char path[200];
	uint8_t *bytes;
	size_t len;
	tb_why why;

	(void)state;
	bytes = whole_file("board.tar", &len);
	assert_true(len > 5000);
	(void)snprintf(path, sizeof path, "%s/cut.tar", folder);
	assert_int_equal(tb_file_write(path, bytes, 5000, TB_FILE_PUBLIC, &why), TB_OK);
	free(bytes);
	assert_int_equal(verify("%s", path), 1);
	assert_non_null(strstr(output, "ARCHIVE"));
	assert_string_equal(last_line(), "NOT VERIFIED");
}

static void test_json_is_one_document(void **state)
{
	(void)state;
	assert_int_equal(verify("--json %s/board", folder), 0);
	output[strcspn(output, "\n")] = 0;
	assert_true(tb_json_is_canonical(output, strlen(output), sizeof output));
	assert_non_null(strstr(output, "\"verdict\":\"verified\""));
	assert_non_null(strstr(output, "\"result\":{\"close\":"));
}

/* ---- usage ---- */

static void test_wrong_usage(void **state)
{
	(void)state;
	assert_int_equal(verify("%s", ""), 2);
	assert_non_null(strstr(complaints, "which board?"));
	assert_int_equal(verify("a b"), 2);
	assert_int_equal(verify("--threads 0 x"), 2);
	assert_int_equal(verify("--threads 65 x"), 2);
	assert_int_equal(verify("--key short x"), 2);
	assert_int_equal(verify("--fingerprint ABCD x"), 2);
	assert_int_equal(verify("--manifest /nonexistent x"), 2);
	assert_int_equal(verify("--nonsense x"), 2);
	assert_int_equal(verify("%s/nothing-here", folder), 2);
	assert_int_equal(verify("%s", folder), 2); /* a folder, but no board */
	assert_non_null(strstr(complaints, "folder without log/"));
	assert_int_equal(verify("http://127.0.0.1:1/e/"), 2);
	assert_int_equal(verify("--help"), 0);
	assert_non_null(strstr(output, "Usage: tabella-verify"));
	assert_int_equal(verify("--version"), 0);
}

static void test_a_report_that_cannot_be_written_is_no_success(void **state)
{
	char path[200], program[] = PROGRAM, *argv[] = {program, path, NULL};

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	(void)snprintf(path, sizeof path, "%s/board", folder);
	assert_int_equal(run(argv, "/dev/full", "/dev/null"), 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folder_archive_and_url_are_the_same_board),
		cmocka_unit_test(test_a_server_that_hangs_up_or_grows),
		cmocka_unit_test(test_what_is_downloaded_can_be_kept),
		cmocka_unit_test(test_no_temporary_folder_stays),
		cmocka_unit_test(test_what_the_user_knows_is_compared),
		cmocka_unit_test(test_a_wrong_byte),
		cmocka_unit_test(test_an_archive_that_is_none),
		cmocka_unit_test(test_json_is_one_document),
		cmocka_unit_test(test_wrong_usage),
		cmocka_unit_test(test_a_report_that_cannot_be_written_is_no_success),
	};

	if (strcmp(argv[0], PROGRAM) == 0)
		return tb_verify_main(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}

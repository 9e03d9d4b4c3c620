/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "crypto/hash.h"
#include "tests/support/captured.h"
#include "tests/support/folder.h"

static char dir[TB_TEST_PATH_MAX];
static tb_code code, taken;
static char text[TB_CODE_TEXT_BYTES];

/* ---- the commands of a program made for this test ---- */

static int run_take(const tb_args *args)
{
	memset(&taken, 0xaa, sizeof taken);
	return tb_code_obtain(args, "from", "Code", &taken);
}

static int run_save(const tb_args *args)
{
	return tb_code_save(args, tb_args_operand(args, 0), TB_ROLE_REGISTRAR, &code);
}

static tb_role_keys keys;
static int run_keys(const tb_args *args)
{
	memset(&keys, 0xaa, sizeof keys);
	return tb_role_keys_obtain(args, "from", TB_ROLE_ENDORSER, &keys);
}

static const tb_flag flags[] = {{"from", "FILE", "", false, false}, {NULL, NULL, NULL, false, false}};
static const tb_command take = {
	.name = "take", .operands = "", .summary = "", .details = "", .flags = flags, .run = run_take};
static const tb_command keep = {.name = "save",
	.operands = "FILE",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "",
	.details = "",
	.flags = flags,
	.run = run_save};
static const tb_command derive = {
	.name = "keys", .operands = "", .summary = "", .details = "", .flags = flags, .run = run_keys};
static const tb_command *const commands[] = {&take, &keep, &derive, NULL};
static const tb_program program = {.name = "t", .summary = "", .commands = commands};

/* ---- files ---- */

static const char *put(const char *content, size_t len, mode_t mode)
{
	static char path[TB_TEST_PATH_MAX + 16];
	FILE *f;

	(void)snprintf(path, sizeof path, "./code");
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(content, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

/* The exit code of reading a file with this content. */
static int take_file(const char *content, size_t len, mode_t mode)
{
	char line[TB_TEST_PATH_MAX + 64];

	(void)snprintf(line, sizeof line, "t take --from %s", put(content, len, mode));
	return captured_run(&program, line);
}

/* A file with the code, or a part of it, between two texts. */
typedef struct form {
	const char *before;
	int len;
	const char *after;
} form;

static int take_form(const form *f)
{
	char content[512];
	int n = snprintf(content, sizeof content, "%s%.*s%s", f->before, f->len, text, f->after);

	return take_file(content, (size_t)n, 0600);
}

static bool is_wiped(void)
{
	static const tb_code none;

	return memcmp(&taken, &none, sizeof none) == 0;
}

static void test_files_that_hold_a_code(void **state)
{
	static const form forms[] = {{"", 99, ""}, {"", 99, "\n"}, {"# a comment\n\n  \n", 99, "\n"},
		{"", 99, "\r\n"}, {"  ", 99, "  \nmore\n"}, {"#\n#\n", 99, "\n# end"}};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (take_form(&forms[i]) != TB_EXIT_OK || memcmp(&taken, &code, sizeof code) != 0)
			fail_msg("form %zu: %s", i, captured_err);
		assert_string_equal(captured_out, "");
	}
}

static void test_files_that_hold_none(void **state)
{
	static const form forms[] = {{"", 0, ""}, {"\n\n", 0, ""}, {"# ", 99, "\n"}, {"", 20, "\n"},
		{"", 99, "A\n"}, {"x", 99, "\n"}, {"nothing\n", 99, "\n"}};
	char large[5000];

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (take_form(&forms[i]) != TB_EXIT_USAGE || !is_wiped())
			fail_msg("form %zu was taken", i);
		assert_non_null(strstr(captured_err, "/code"));
		assert_null(strstr(captured_err, text)); /* not even a wrong one is shown */
	}
	memset(large, '#', sizeof large);
	assert_int_equal(take_file(large, sizeof large, 0600), TB_EXIT_USAGE);
	assert_int_equal(take_file("\0\n", 2, 0600), TB_EXIT_USAGE);
	assert_int_equal(captured_run(&program, "t take --from /none/code"), TB_EXIT_USAGE);
	assert_non_null(strstr(captured_err, "cannot read the code: /none/code"));
	assert_int_equal(captured_run(&program, "t take --from /"), TB_EXIT_USAGE);
}

static void test_files_that_others_may_read(void **state)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0601, 0660, 0666};

	(void)state;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		assert_int_equal(take_file(text, strlen(text), modes[i]), TB_EXIT_USAGE);
		assert_non_null(strstr(captured_err, "can be read by others; it is a secret: chmod 600"));
		assert_true(is_wiped());
	}
	assert_int_equal(take_file(text, strlen(text), 0400), TB_EXIT_OK);
}

/* From a pipe: one line, and no more is taken out of it. */
static void test_standard_input(void **state)
{
	int ends[2], before = dup(STDIN_FILENO);
	char rest[8] = "";

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(write(ends[1], "\nrest", 5), 5);
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(captured_run(&program, "t take"), TB_EXIT_OK);
	assert_memory_equal(&taken, &code, sizeof code);
	assert_int_equal(read(STDIN_FILENO, rest, sizeof rest), 4);
	assert_int_equal(captured_run(&program, "t take"), TB_EXIT_USAGE);
	assert_non_null(strstr(captured_err, "standard input holds no code"));
	assert_int_equal(dup2(before, STDIN_FILENO), STDIN_FILENO);
	(void)close(before);
	(void)close(ends[0]);
}

static void test_saving(void **state)
{
	char path[TB_TEST_PATH_MAX + 16], line[2 * TB_TEST_PATH_MAX];
	struct stat st;

	(void)state;
	(void)snprintf(path, sizeof path, "./new");
	(void)snprintf(line, sizeof line, "t save %s", path);
	(void)umask(0);
	assert_int_equal(captured_run(&program, line), TB_EXIT_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_null(strstr(captured_out, text)); /* it is in the file and nowhere else */
	assert_null(strstr(captured_err, text));
	(void)snprintf(line, sizeof line, "t take --from %s", path);
	assert_int_equal(captured_run(&program, line), TB_EXIT_OK);
	assert_memory_equal(&taken, &code, sizeof code);
	/* never over another one */
	(void)snprintf(line, sizeof line, "t save %s", path);
	assert_int_equal(captured_run(&program, line), TB_EXIT_USAGE);
	assert_non_null(strstr(captured_err, "cannot write the code: "));
	assert_int_equal(captured_run(&program, "t save /none/code"), TB_EXIT_USAGE);
}

static void test_keys(void **state)
{
	tb_role_keys expected;
	char line[2 * TB_TEST_PATH_MAX];

	(void)state;
	assert_int_equal(tb_role_keys_derive(&expected, TB_ROLE_ENDORSER, &code), TB_OK);
	(void)snprintf(line, sizeof line, "t keys --from %s", put(text, strlen(text), 0600));
	assert_int_equal(captured_run(&program, line), TB_EXIT_OK);
	assert_memory_equal(keys.cosign_seed, expected.cosign_seed, sizeof expected.cosign_seed);
	assert_memory_equal(&keys.sign, &expected.sign, sizeof expected.sign);
	tb_role_keys_wipe(&keys);
	tb_role_keys_wipe(&expected);
	/* nothing is left over from a failure */
	assert_int_equal(captured_run(&program, "t keys --from /none/code"), TB_EXIT_USAGE);
	assert_memory_equal(&keys, &expected, sizeof keys);
}

static int setup(void **state)
{
	(void)state;
	tb_test_folder_new(dir);
	if (chdir(dir) !=
		0) /* short names: captured_run() splits its line at spaces, which $TMPDIR may have */
		return 1;
	if (tb_code_generate(&code) != TB_OK)
		return 1;
	tb_code_write(text, &code);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_test_folder_remove(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_that_hold_a_code),
		cmocka_unit_test(test_files_that_hold_none),
		cmocka_unit_test(test_files_that_others_may_read),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_saving),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/captured.h"

/* A program of two commands; the one that is run writes down what it was given. */

static char seen[4096];
static uint64_t number;
static bool number_is_right;

static int run_paint(const tb_args *args)
{
	size_t len = 0;
	const char *text;

	for (size_t i = 0; tb_args_operand(args, i) != NULL; i++)
		len += (size_t)snprintf(seen + len, sizeof seen - len, "[%s]", tb_args_operand(args, i));
	for (size_t n = 0; (text = tb_args_get_nth(args, "colour", n)) != NULL; n++)
		len += (size_t)snprintf(seen + len, sizeof seen - len, " colour=%s", text);
	if (tb_args_has(args, "fast"))
		len += (size_t)snprintf(seen + len, sizeof seen - len, " fast");
	(void)snprintf(seen + len, sizeof seen - len, " %s%s", tb_args_json(args) ? "json" : "text",
		tb_args_operand(args, SIZE_MAX) == NULL ? "" : " more");
	number = 7;
	number_is_right = tb_args_number(args, "coats", 1, 300, &number);
	return number_is_right ? TB_EXIT_WAIT : TB_EXIT_USAGE;
}

static int run_clean(const tb_args *args)
{
	(void)snprintf(seen, sizeof seen, "clean");
	return tb_args_error(args, "a \"word\" and \x1b[31m\n\xff and %d", 5);
}

static const tb_flag paint_flags[] = {
	{"colour", "NAME", "which colour", true, true},
	{"coats", "N", "how many coats", false, false},
	{"fast", NULL, "do not wait", false, false},
	{NULL, NULL, NULL, false, false},
};
static const tb_flag no_flags[] = {{NULL, NULL, NULL, false, false}};

static const tb_command paint = {
	.name = "house paint",
	.operands = "WALL ...",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "paint walls",
	.details = "Any wall.",
	.flags = paint_flags,
	.run = run_paint,
};
static const tb_command clean = {.name = "clean",
	.operands = "",
	.summary = "clean up",
	.details = "",
	.flags = no_flags,
	.run = run_clean};
static const tb_command *const commands[] = {&paint, &clean, NULL};
static const tb_program program = {.name = "home", .summary = "Keep a home.", .commands = commands};

static int run(const char *line)
{
	seen[0] = '\0';
	return captured_run(&program, line);
}

static void assert_usage(const char *line, const char *complaint)
{
	if (run(line) != TB_EXIT_USAGE || strstr(captured_err, complaint) == NULL || seen[0] != '\0')
		fail_msg("%s: said '%s', ran '%s'", line, captured_err, seen);
	assert_string_equal(captured_out, "");
}

static void test_what_a_command_gets(void **state)
{
	(void)state;
	assert_int_equal(run("home house paint --colour red north --fast --colour=blue=green -- --fast"),
		TB_EXIT_WAIT);
	assert_string_equal(seen, "[north][--fast] colour=red colour=blue=green fast text");
	assert_int_equal(number, 7);
	assert_int_equal(run("home house paint --json --coats 300 --colour a\x01"
			     "b -"),
		TB_EXIT_WAIT);
	assert_string_equal(seen, "[-] colour=a b json");
	assert_int_equal(number, 300);
	assert_string_equal(captured_err, "");
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {"0", "301", "-1", "+5", "5x", "0x10", "1e1",
		("\x01"
		 "5"),
		"99999999999999999999"};
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		(void)snprintf(line, sizeof line, "home house paint --colour x --coats %s w", bad[i]);
		assert_int_equal(run(line), TB_EXIT_USAGE);
		assert_false(number_is_right);
		assert_int_equal(number, 7);
		assert_non_null(strstr(captured_err,
			"home house paint: --coats: expected a whole number from 1 to 300, found '"));
	}
}

static void test_wrong_usage(void **state)
{
	char long_line[2000];
	int len = snprintf(long_line, sizeof long_line, "home house paint w");

	(void)state;
	assert_usage("home", "usage: home COMMAND");
	assert_usage("home house", "there is no command 'house'");
	assert_usage("home burn", "there is no command 'burn'");
	assert_usage("home house paint w", "--colour NAME is missing: which colour");
	assert_usage("home house paint --colour red", "something is missing: WALL ...");
	assert_usage(
		"home house paint --colour red a b c", "too many operands, the first one too many is 'c'");
	assert_usage("home house paint --colour", "--colour needs a value: NAME");
	assert_usage("home house paint --colour= w", "--colour needs a value: NAME; found an empty one");
	assert_usage("home house paint --colou red w", "there is no option --colou;");
	assert_usage("home house paint --colours=red w", "there is no option --colours;");
	assert_usage("home house paint --fast=yes w", "--fast takes no value");
	assert_usage("home house paint --colour red --fast --fast w", "--fast is given twice");
	assert_usage("home clean up", "the first one too many is 'up'");
	for (int i = 0; i < 65; i++)
		len += snprintf(long_line + len, sizeof long_line - (size_t)len, " --colour x");
	assert_usage(long_line, "too many options");
}

static void test_help_and_version(void **state)
{
	(void)state;
	assert_int_equal(run("home --help"), TB_EXIT_OK);
	assert_non_null(
		strstr(captured_out, "  house paint      paint walls\n  clean            clean up\n"));
	assert_non_null(strstr(captured_out, "Exit status: 0 done"));
	assert_int_equal(run("home --version"), TB_EXIT_OK);
	assert_string_equal(captured_out, "home " TB_VERSION "\n");
	/* also where something is missing or wrong, and not where it is an operand */
	assert_int_equal(run("home house paint --coats --help"), TB_EXIT_OK);
	assert_string_equal(captured_out,
		"usage: home house paint [options] WALL ...\n\npaint walls\n\nAny wall.\n\noptions:\n"
		"  --colour NAME                which colour (required) (may be repeated)\n"
		"  --coats N                    how many coats\n"
		"  --fast                       do not wait\n"
		"  --json                       print the outcome as JSON\n"
		"  --help                       print this help\n");
	assert_string_equal(seen, "");
	assert_int_equal(run("home house paint --colour x -- --help"), TB_EXIT_WAIT);
	assert_string_equal(seen, "[--help] colour=x text");
}

/* Nothing that a file or a server said may reach the terminal as a command to it; as JSON it is one line of JSON. */
static void test_errors_are_printable(void **state)
{
	(void)state;
	assert_int_equal(run("home clean"), TB_EXIT_USAGE);
	assert_string_equal(captured_err, "home clean: a \"word\" and ?[31m?? and 5\n");
	assert_string_equal(captured_out, "");
	assert_int_equal(run("home clean --json"), TB_EXIT_USAGE);
	assert_string_equal(captured_err, "home clean: a \"word\" and ?[31m?? and 5\n");
	assert_string_equal(captured_out, "{\"error\":\"a \\\"word\\\" and ?[31m?? and 5\"}\n");
	assert_int_equal(run("home house paint --colours x --json"), TB_EXIT_USAGE);
	assert_string_equal(captured_out, "{\"error\":\"there is no option --colours; see --help\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_command_gets),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_wrong_usage),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_errors_are_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

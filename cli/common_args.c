/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_args.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/process.h"

enum { MAX_VALUES = 64, MAX_OPERANDS = 64 };

typedef struct value {
	const tb_flag *option;
	const char *text;
} value;

/* What went wrong, in the order it was said: with --json it becomes one document at the end. */
typedef struct said {
	char text[4096];
	size_t len;
} said;

struct tb_args {
	said *errors;
	const tb_program *program;
	const tb_command *command;
	value values[MAX_VALUES];
	size_t num_values;
	const char *operands[MAX_OPERANDS];
	size_t num_operands;
	bool json;
};

static const tb_flag common_options[] = {
	{"json", NULL, "print the outcome as JSON", false, false},
	{"help", NULL, "print this help", false, false},
	{NULL, NULL, NULL, false, false},
};

/* ---- help ---- */

static void print_option(const tb_flag *o)
{
	char left[64];

	(void)snprintf(left, sizeof left, "--%s%s%s", o->name, o->arg == NULL ? "" : " ",
		o->arg == NULL ? "" : o->arg);
	printf("  %-28s %s%s%s\n", left, o->help, o->required ? " (required)" : "",
		o->repeats ? " (may be repeated)" : "");
}

static void print_command_help(const tb_program *program, const tb_command *c)
{
	printf("usage: %s %s [options]%s%s\n\n%s\n", program->name, c->name,
		c->operands[0] == '\0' ? "" : " ", c->operands, c->summary);
	if (c->details[0] != '\0')
		printf("\n%s\n", c->details);
	printf("\noptions:\n");
	for (const tb_flag *o = c->flags; o->name != NULL; o++)
		print_option(o);
	for (const tb_flag *o = common_options; o->name != NULL; o++)
		print_option(o);
}

static void print_program_help(FILE *to, const tb_program *program)
{
	fprintf(to, "usage: %s COMMAND [options]\n\n%s\n\ncommands:\n", program->name, program->summary);
	for (const tb_command *const *c = program->commands; *c != NULL; c++)
		fprintf(to, "  %-16s %s\n", (*c)->name, (*c)->summary);
	fprintf(to,
		"\nExit status: 0 done, 1 the answer is no, 2 wrong usage or input, or input/output failed, "
		"3 something is "
		"awaited.\n"
		"`%s COMMAND --help` explains a command, `%s --version` says which version this is; the "
		"manual page is "
		"%s(1).\n",
		program->name, program->name, program->name);
}

/* ---- finding the command: its name may have two words ---- */

static const tb_command *find_command(const tb_program *program, int argc, char **argv, int *used)
{
	char two[80];
	const char *candidates[2];

	if (argc < 2)
		return NULL;
	(void)snprintf(two, sizeof two, "%s %s", argv[1], argc > 2 ? argv[2] : "");
	candidates[0] = two;
	candidates[1] = argv[1];
	for (int k = 0; k < 2; k++)
		for (const tb_command *const *c = program->commands; *c != NULL; c++)
			if (strcmp((*c)->name, candidates[k]) == 0) {
				*used = 3 - k;
				return *c;
			}
	return NULL;
}

static const tb_flag *find_option(const tb_command *c, const char *name, size_t len)
{
	const tb_flag *tables[2] = {c->flags, common_options};

	for (int k = 0; k < 2; k++)
		for (const tb_flag *o = tables[k]; o->name != NULL; o++)
			if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
				return o;
	return NULL;
}

static void print_error_json(const char *text)
{
	char clean
		[5000]; /* a name of a file need not be UTF-8, and a long text may be cut inside a character */
	tb_buf buf;
	tb_json_out json;

	tb_text_copy_printable(clean, sizeof clean, text);
	tb_buf_init(&buf, 1u << 16);
	tb_json_out_init(&json, &buf);
	tb_json_out_object(&json, NULL);
	tb_json_out_cstring(&json, "error", clean);
	tb_json_out_end(&json);
	if (tb_json_out_status(&json) == TB_OK)
		printf("%s\n", tb_buf_cstr(&buf));
	tb_buf_release(&buf);
}

int tb_args_error(const tb_args *args, const char *format, ...)
{
	char raw[1024], text[1024];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(raw, sizeof raw, format, ap);
	va_end(ap);
	tb_text_copy_printable(text, sizeof text, raw); /* it may quote a file or a server */
	fprintf(stderr, "%s %s: %s\n", args->program->name, args->command->name, text);
	if (args->errors->len < sizeof args->errors->text)
		args->errors->len += (size_t)snprintf(args->errors->text + args->errors->len,
			sizeof args->errors->text - args->errors->len, "%s%s",
			args->errors->len > 0 ? "; " : "", text);
	return TB_EXIT_USAGE;
}

/* ---- parsing ---- */

static bool has_value(const tb_args *args, const tb_flag *o)
{
	for (size_t i = 0; i < args->num_values; i++)
		if (args->values[i].option == o)
			return true;
	return false;
}

static int take_option(tb_args *args, int argc, char **argv, int *i)
{
	const char *word = argv[*i] + 2, *equals = strchr(word, '=');
	size_t len = equals == NULL ? strlen(word) : (size_t)(equals - word);
	const tb_flag *o = find_option(args->command, word, len);
	const char *text = equals == NULL ? NULL : equals + 1;

	if (o == NULL)
		return tb_args_error(args, "there is no option --%.*s; see --help", (int)len, word);
	if (o->arg == NULL && text != NULL)
		return tb_args_error(args, "--%s takes no value", o->name);
	if (o->arg != NULL && text == NULL) {
		if (*i + 1 >= argc)
			return tb_args_error(args, "--%s needs a value: %s", o->name, o->arg);
		text = argv[++*i];
	}
	if (o->arg != NULL &&
		text[0] == '\0') /* an unset variable in a script, not something anybody means */
		return tb_args_error(args, "--%s needs a value: %s; found an empty one", o->name, o->arg);
	if (has_value(args, o) && !o->repeats)
		return tb_args_error(args, "--%s is given twice", o->name);
	if (args->num_values == MAX_VALUES)
		return tb_args_error(args, "too many options (at most %d)", MAX_VALUES);
	args->values[args->num_values].option = o;
	args->values[args->num_values++].text = text;
	return TB_EXIT_OK;
}

static int parse(tb_args *args, int argc, char **argv, int first)
{
	bool only_operands = false;

	for (int i = first; i < argc; i++)
		args->json =
			args->json || strcmp(argv[i], "--json") == 0; /* errors found on the way obey it */
	for (int i = first; i < argc; i++) {
		if (!only_operands && strcmp(argv[i], "--") == 0) {
			only_operands = true;
		} else if (!only_operands && strncmp(argv[i], "--", 2) == 0) {
			int err = take_option(args, argc, argv, &i);

			if (err != TB_EXIT_OK)
				return err;
		} else if (args->num_operands == MAX_OPERANDS) {
			return tb_args_error(args, "too many operands (at most %d)", MAX_OPERANDS);
		} else {
			args->operands[args->num_operands++] = argv[i];
		}
	}
	return TB_EXIT_OK;
}

static int check_complete(const tb_args *args)
{
	const tb_command *c = args->command;

	for (const tb_flag *o = c->flags; o->name != NULL; o++)
		if (o->required && !has_value(args, o))
			return tb_args_error(args, "--%s %s is missing: %s", o->name,
				o->arg == NULL ? "" : o->arg, o->help);
	if (args->num_operands < c->min_operands)
		return tb_args_error(args, "something is missing: %s", c->operands);
	if (args->num_operands > c->max_operands)
		return tb_args_error(args, "too many operands, the first one too many is '%s'",
			args->operands[c->max_operands]);
	return TB_EXIT_OK;
}

static bool wants_help(int argc, char **argv, int first)
{
	for (int i = first; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

/* A full disk or a pipe that is gone: who saves what we print must not think that all of it is there. */
static int flush(const tb_program *program, int exit_code)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return exit_code;
	fprintf(stderr, "%s: the output could not be written\n", program->name);
	return TB_EXIT_USAGE;
}

static int run(const tb_program *program, int argc, char **argv)
{
	said errors = {.len = 0};
	tb_args args = {.program = program, .errors = &errors};
	int used = 0, err;

	if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		print_program_help(stdout, program);
		return TB_EXIT_OK;
	}
	if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
		printf("%s %s\n", program->name, TB_VERSION);
		return TB_EXIT_OK;
	}
	args.command = find_command(program, argc, argv, &used);
	if (args.command == NULL) {
		if (argc >= 2)
			fprintf(stderr, "%s: there is no command '%s'\n", program->name, argv[1]);
		print_program_help(stderr, program);
		return TB_EXIT_USAGE;
	}
	if (wants_help(argc, argv, used)) {
		print_command_help(program, args.command);
		return TB_EXIT_OK;
	}
	err = parse(&args, argc, argv, used);
	if (err == TB_EXIT_OK)
		err = check_complete(&args);
	if (err == TB_EXIT_OK)
		err = args.command->run(&args);
	if (args.json && errors.len > 0)
		print_error_json(errors.text);
	return err;
}

int tb_program_run(const tb_program *program, int argc, char **argv)
{
	tb_process_guard_memory(); /* codes and phrases */
	return flush(program, run(program, argc, argv));
}

/* ---- reading ---- */

const char *tb_args_get_nth(const tb_args *args, const char *option, size_t n)
{
	for (size_t i = 0; i < args->num_values; i++)
		if (strcmp(args->values[i].option->name, option) == 0 && n-- == 0)
			return args->values[i].text == NULL ? "" : args->values[i].text;
	return NULL;
}

const char *tb_args_get(const tb_args *args, const char *option)
{
	return tb_args_get_nth(args, option, 0);
}

bool tb_args_has(const tb_args *args, const char *option)
{
	return tb_args_get(args, option) != NULL;
}

const char *tb_args_operand(const tb_args *args, size_t i)
{
	return i < args->num_operands ? args->operands[i] : NULL;
}

bool tb_args_json(const tb_args *args)
{
	return args->json;
}

bool tb_args_number(const tb_args *args, const char *option, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *text = tb_args_get(args, option);
	unsigned long long v;
	char *end;

	if (text == NULL)
		return true;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' || v < min || v > max) {
		(void)tb_args_error(args, "--%s: expected a whole number from %llu to %llu, found '%s'",
			option, (unsigned long long)min, (unsigned long long)max, text);
		return false;
	}
	*out = v;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_ARGS_H
#define TB_CLI_COMMON_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The command line of `tabella` and `tabella-trustee`: a program is a table of commands, a command a table of options, and
 * --help, the usage errors and the exit codes follow from the tables.
 *
 * Exit codes of every command: 0 done; 1 the answer is no (not verified, refused by the server, a false proof);
 * 2 wrong usage or input, or input/output failed, nothing was changed; 3 correct so far, something is still awaited.
 */
enum { TB_EXIT_OK = 0, TB_EXIT_NO = 1, TB_EXIT_USAGE = 2, TB_EXIT_WAIT = 3 };

typedef struct tb_flag {
	const char *name; /* without the dashes; NULL ends the table */
	const char *arg;  /* what its value is called in --help; NULL for a switch */
	const char *help;
	bool required;
	bool repeats;
} tb_flag;

typedef struct tb_args tb_args;

typedef struct tb_command {
	const char *name;     /* one word or two, "roll import" */
	const char *operands; /* "FILE ..." for the usage line, or "" */
	size_t min_operands, max_operands;
	const char *summary; /* one line */
	const char *details; /* for --help of the command; may be "" */
	const tb_flag *flags;
	int (*run)(const tb_args *args);
} tb_command;

typedef struct tb_program {
	const char *name, *summary;
	const tb_command *const *commands; /* NULL ends the table */
} tb_program;

/* Finds the command, parses its options, runs it and returns its exit code.  Every command also takes --help and --json. */
int tb_program_run(const tb_program *program, int argc, char **argv);

/* The value of an option ("" for a switch), or NULL; of a repeated one the n-th. */
const char *tb_args_get(const tb_args *args, const char *option);
const char *tb_args_get_nth(const tb_args *args, const char *option, size_t n);
bool tb_args_has(const tb_args *args, const char *option);
const char *tb_args_operand(const tb_args *args, size_t i); /* NULL when there are fewer */
bool tb_args_json(const tb_args *args);
/* A whole number within [min, max]; prints what is wrong and returns false otherwise.  Absent: *out unchanged, true. */
bool tb_args_number(const tb_args *args, const char *option, uint64_t min, uint64_t max, uint64_t *out);

/* Prints "tabella vote: <text>" on stderr (with --json: {"error":...} on stdout as well) and returns TB_EXIT_USAGE. */
__attribute__((format(printf, 2, 3))) int tb_args_error(const tb_args *args, const char *format, ...);

#endif

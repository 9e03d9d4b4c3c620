/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/common_code.h"
#include "cli/trustee.h"
#include "core/base/file.h"
#include "crypto/ct.h"
#include "crypto/wipe.h"

/*
 * The recovery phrase: made here, shown once, and accepted only after it has been read back.  It is all that a trustee has to keep; a society
 * had to void an election because one of three keys was lost, so nothing goes on before the copy has proved to be legible.
 */

static int print_line(const tb_args *args, const tb_code *code)
{
	tb_role_keys keys;
	tb_role_public public_keys;
	char line[TB_ROLE_LINE_MAX];
	int exit_code = TB_EXIT_OK;

	if (tb_role_keys_derive(&keys, TB_ROLE_TRUSTEE, code) != TB_OK ||
		tb_role_keys_public(&public_keys, &keys) != TB_OK) {
		exit_code = tb_args_error(
			args, "this phrase gives a key that cannot be used; run the command again");
	} else {
		tb_role_line_write(line, &public_keys);
		if (tb_args_json(args))
			printf("{\"line\":\"%s\"}\n", line);
		else
			printf("%s\n", line);
	}
	tb_role_keys_wipe(&keys);
	return exit_code;
}

/* Shows the phrase on the terminal, takes it away again and has it typed in. */
static int read_back(const tb_args *args, const tb_code *code)
{
	char text[TB_CODE_TEXT_BYTES];
	tb_code again;
	int exit_code, tries = 3;

	if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0)
		return tb_args_error(
			args, "without a terminal to read the phrase back at, --save FILE is needed");
	tb_code_write(text, code);
	fprintf(stderr,
		"Recovery phrase - write it on paper, twice, and keep the papers apart:\n\n    %s\n\nPress "
		"Return when you have it: ",
		text);
	tb_wipe(text, sizeof text);
	while ((exit_code = getchar()) != '\n' && exit_code != EOF)
		;
	fprintf(stderr, "\033[2J\033[3J\033[H"); /* clears the screen and what scrolled away */
	do {
		exit_code = tb_code_obtain(args, "phrase-from", "Type it in from the paper", &again);
		if (exit_code == TB_EXIT_OK && !tb_ct_equal(&again, code, sizeof again))
			exit_code = tb_args_error(args, "that is another phrase than the one shown");
	} while (exit_code != TB_EXIT_OK && --tries > 0);
	tb_code_wipe(&again);
	return exit_code == TB_EXIT_OK
		       ? exit_code
		       : tb_args_error(args, "the phrase was not read back; it is discarded, begin again");
}

/* Writes the file and reads it back as every later command will. */
static int save(const tb_args *args, const tb_code *code)
{
	tb_code again;
	int exit_code = tb_code_save(args, tb_args_get(args, "save"), TB_ROLE_TRUSTEE, code);

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	exit_code = tb_code_obtain(args, "save", "", &again);
	if (exit_code == TB_EXIT_OK && !tb_ct_equal(&again, code, sizeof again))
		exit_code = tb_args_error(
			args, "the file does not hold what was written; the disk cannot be trusted");
	tb_code_wipe(&again);
	return exit_code;
}

static int run_init(const tb_args *args)
{
	tb_code code;
	int exit_code;

	if (tb_code_generate(&code) != TB_OK)
		return tb_args_error(args, "the system gave no randomness");
	exit_code = tb_args_has(args, "save") ? save(args, &code) : read_back(args, &code);
	if (exit_code == TB_EXIT_OK)
		exit_code = print_line(args, &code);
	tb_code_wipe(&code);
	return exit_code;
}

static int run_show(const tb_args *args)
{
	tb_code code;
	int exit_code = tb_code_obtain(args, "phrase", "Recovery phrase", &code);

	if (exit_code == TB_EXIT_OK)
		exit_code = print_line(args, &code);
	tb_code_wipe(&code);
	return exit_code;
}

static const tb_flag init_flags[] = {
	{"save", "FILE", "write the phrase to a new file that only you can read, instead of on paper", false,
		false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_trustee_init = {
	.name = "init",
	.operands = "",
	.summary = "make a recovery phrase and print its public line",
	.details = "One phrase for one election.  The public line goes into the election file (`Trustee:`).  "
		   "The phrase and the\n"
		   "public board give back everything else; destroy it after the result.",
	.flags = init_flags,
	.run = run_init,
};

static const tb_flag show_flags[] = {
	{"phrase", "FILE", "a file with the recovery phrase; otherwise it is asked for", false, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_trustee_show = {
	.name = "show",
	.operands = "",
	.summary = "print the public line of a recovery phrase",
	.details = "",
	.flags = show_flags,
	.run = run_show,
};

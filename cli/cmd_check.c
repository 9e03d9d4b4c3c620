/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/common_election_file.h"
#include "core/base/file.h"
#include "core/base/json.h"

/* Reads an election file back as it was understood: what the admin approves before it is posted (V2). */

static const char *const role_names[] = {
	"Admin", "Registrar", "Server", "Trustee (fewer than `Threshold:` says)", "Endorser"};

static void print_missing(unsigned missing)
{
	for (unsigned role = 0; role < sizeof role_names / sizeof *role_names; role++)
		if ((missing & (1u << role)) != 0)
			printf("still missing: %s\n", role_names[role]);
}

static int print_text(const tb_args *args, const tb_manifest *m, unsigned missing)
{
	tb_buf text;
	int exit_code = TB_EXIT_OK;

	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	if (tb_election_text_write(&text, m) != TB_OK) {
		exit_code = tb_args_error(args, "out of memory");
	} else {
		printf("%s\n", tb_buf_cstr(&text));
		printf("%u questions, %u trustees of whom %u decrypt, %u endorsements needed of %u\n",
			m->num_questions, m->num_trustees, m->threshold, tb_manifest_required_endorsements(m),
			tb_manifest_total_endorsers(m));
		print_missing(missing);
	}
	tb_buf_release(&text);
	return exit_code;
}

static int print_json(const tb_args *args, const tb_manifest *m, unsigned missing)
{
	tb_buf text;
	int exit_code = TB_EXIT_OK;

	if (missing != 0)
		return tb_args_error(args, "roles are missing; without --json the command says which");
	tb_buf_init(&text, TB_MANIFEST_MAX_BYTES);
	if (tb_manifest_write(&text, m) != TB_OK)
		exit_code = tb_args_error(args, "out of memory");
	else
		printf("%s\n", tb_buf_cstr(&text));
	tb_buf_release(&text);
	return exit_code;
}

static int run_check(const tb_args *args)
{
	const char *path = tb_args_operand(args, 0);
	unsigned missing = 0;
	tb_manifest m;
	tb_fault fault;
	tb_why why = {""};
	tb_buf text;
	tb_err err;
	int exit_code;

	tb_manifest_init(&m);
	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	if (tb_election_file_read(&text, path, &why) != TB_OK) {
		tb_buf_release(&text);
		return tb_args_error(args, "%s", why.text);
	}
	err = tb_election_text_parse_draft(&m, tb_buf_cstr(&text), text.len, &missing, &fault);
	if (err == TB_ERR_RULE)
		exit_code = tb_args_error(args, "%s, %s: expected %s, found %s [%s]", path, fault.where,
			fault.expected, fault.found, fault.rule);
	else if (err != TB_OK)
		exit_code = tb_args_error(args, "%s: %s", path, tb_err_text(err));
	else
		exit_code =
			tb_args_json(args) ? print_json(args, &m, missing) : print_text(args, &m, missing);
	tb_manifest_release(&m);
	tb_buf_release(&text);
	return exit_code == TB_EXIT_OK && missing != 0 ? TB_EXIT_WAIT : exit_code;
}

static const tb_flag no_flags[] = {{NULL, NULL, NULL, false, false}};

const tb_command tb_cmd_check = {
	.name = "check",
	.operands = "FILE",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "read an election file back as it was understood",
	.details = "Every error names its line.  Exit code 3 when the file is right but roles are still "
		   "missing.\n"
		   "With --json the manifest is printed as it will stand on the board.",
	.flags = no_flags,
	.run = run_check,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/election/credential.h"
#include "core/election/roll.h"
#include "core/election/roll_csv.h"
#include "crypto/wipe.h"

/*
 * The registrar's offline step: voting codes for a list of voters, and the roll that they lead to.  It needs no network, and the
 * codes go to no other place than the file named by --codes [KEY.DERIVE].
 */

enum { MAX_CODES = 512u << 20, MAX_ROLL = 512u << 20 };

/* The inside of quotes, and the closing one. */
static void write_quoted(tb_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"')
			tb_buf_u8(out, '"');
		tb_buf_u8(out, (uint8_t)*text);
	}
	tb_buf_u8(out, '"');
}

/* A CSV field, quoted when it has to be (RFC 4180).  The sheet is opened where codes are printed: a name that is a formula would run there. */
static void write_field(tb_buf *out, const char *text)
{
	if (text[0] != '\0' && strchr("=+-@", text[0]) != NULL) {
		tb_buf_text(out, "\"'");
		write_quoted(out, text);
		return;
	}
	if (strpbrk(text, ",\"\r\n") == NULL) {
		tb_buf_text(out, text);
		return;
	}
	tb_buf_u8(out, '"');
	write_quoted(out, text);
}

/* One voter: a code into *codes, the credential into *out. */
static tb_err make_voter(
	const tb_csv_voter *voter, const uint8_t election[32], tb_buf *codes, tb_roll_voter *out)
{
	char text[TB_CODE_TEXT_BYTES];
	tb_secret key;
	tb_code code;
	tb_err err = tb_code_generate(&code);

	memset(&key, 0, sizeof key);
	if (err == TB_OK)
		err = tb_voter_key_derive(&key, &code, election, voter->id);
	if (err == TB_OK) {
		tb_voter_key_public(out->key, &key);
		out->id = voter->id;
		out->label = voter->label;
		out->weight = voter->weight;
		tb_code_write(text, &code);
		tb_buf_text(codes, voter->id); /* [ID]: nothing in it can run, and it is typed as it stands */
		tb_buf_u8(codes, ',');
		write_field(codes, voter->label);
		tb_buf_u8(codes, ',');
		tb_buf_text(codes, text);
		tb_buf_u8(codes, '\n');
		tb_wipe(text, sizeof text);
	}
	tb_secret_wipe(&key);
	tb_code_wipe(&code);
	return err;
}

/* All voters, chunk by chunk: one line of *roll is the payload of one `roll` entry. */
static tb_err make_all(const tb_csv_roll *csv, const uint8_t election[32], tb_buf *codes, tb_buf *roll)
{
	tb_roll_voter *voters = calloc(TB_ROLL_CHUNK_MAX, sizeof *voters);
	tb_err err = voters == NULL ? TB_ERR_MEMORY : TB_OK;
	tb_progress progress;

	tb_progress_begin(&progress, "making voting codes", csv->num);
	for (size_t first = 0; first < csv->num && err == TB_OK; first += TB_ROLL_CHUNK_MAX) {
		tb_roll_chunk chunk = {.first = first, .voters = voters};

		while (err == TB_OK && chunk.num < TB_ROLL_CHUNK_MAX && first + chunk.num < csv->num) {
			err = make_voter(
				&csv->voters[first + chunk.num], election, codes, &voters[chunk.num]);
			chunk.num++;
			tb_progress_add(&progress, 1);
		}
		chunk.is_final = first + chunk.num == csv->num;
		if (err == TB_OK)
			err = tb_roll_chunk_write(roll, &chunk);
		tb_buf_u8(roll, '\n');
	}
	tb_progress_end(&progress);
	free(voters);
	if (err == TB_OK)
		err = tb_buf_status(codes);
	return err == TB_OK ? tb_buf_status(roll) : err;
}

static int save(const tb_args *args, const tb_csv_roll *csv, const uint8_t election[32])
{
	const char *codes_path = tb_args_get(args, "codes"), *roll_path = tb_args_get(args, "out");
	tb_buf codes, roll;
	tb_why why = {""};
	tb_err err;
	int exit_code = TB_EXIT_OK;

	tb_buf_init_secret(&codes, MAX_CODES);
	tb_buf_init(&roll, MAX_ROLL);
	tb_buf_text(&codes, "id,label,code\n");
	err = make_all(csv, election, &codes, &roll);
	if (err != TB_OK) {
		exit_code = tb_args_error(args, "%s", tb_err_text(err));
	} else if (tb_file_create(codes_path, codes.data, codes.len, TB_FILE_PRIVATE, &why) != TB_OK) {
		exit_code = tb_args_error(args, "%s", why.text);
	} else if (tb_file_create(roll_path, roll.data, roll.len, TB_FILE_PUBLIC, &why) != TB_OK) {
		exit_code = tb_args_error(args, "%s", why.text);
		(void)!tb_file_remove(codes_path, &why); /* codes without a roll would mislead */
	}
	tb_buf_release(&codes);
	tb_buf_release(&roll);
	return exit_code;
}

static int report_lines(const tb_args *args, const char *path, const tb_csv_roll *csv)
{
	for (size_t i = 0; i < csv->num_faults; i++)
		fprintf(stderr, "%s, %s: expected %s, found %s\n", path, csv->faults[i].where,
			csv->faults[i].expected, csv->faults[i].found);
	return tb_args_error(args, "%zu bad lines in %s; nothing was written", csv->num_bad, path);
}

static int run_codes(const tb_args *args)
{
	const char *path = tb_args_operand(args, 0), *hex = tb_args_get(args, "election");
	uint8_t election[32];
	tb_csv_roll csv = {0};
	tb_file_map file;
	tb_why why = {""};
	tb_err err;
	int exit_code;

	if (tb_hex_parse_fixed(election, sizeof election, hex, strlen(hex)) != TB_OK)
		return tb_args_error(
			args, "--election: expected the election id, 64 hexadecimal digits, found '%s'", hex);
	if (tb_file_map_new(&file, path, &why) != TB_OK)
		return tb_args_error(args, "%s", why.text);
	err = tb_csv_roll_parse(&csv, file.data, file.len);
	if (err == TB_ERR_RULE)
		exit_code = report_lines(args, path, &csv);
	else if (err != TB_OK)
		exit_code = tb_args_error(args, "%s: %s", path, tb_err_text(err));
	else if (csv.num == 0)
		exit_code = tb_args_error(args, "%s lists no voters", path);
	else
		exit_code = save(args, &csv, election);
	if (exit_code == TB_EXIT_OK && tb_args_json(args))
		printf("{\"voters\":%zu}\n", csv.num);
	else if (exit_code == TB_EXIT_OK)
		printf("%zu voting codes in %s (secret), the roll in %s (for `tabella roll import`)\n",
			csv.num, tb_args_get(args, "codes"), tb_args_get(args, "out"));
	tb_csv_roll_release(&csv);
	tb_file_map_free(&file);
	return exit_code;
}

static const tb_flag codes_flags[] = {
	{"election", "ID", "the election id, as `tabella create` printed it", true, false},
	{"codes", "FILE", "where the voting codes go: CSV id,label,code; secret, never over an existing file",
		true, false},
	{"out", "FILE", "where the roll with the public credentials goes", true, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_codes = {
	.name = "codes",
	.operands = "VOTERS.csv",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "make voting codes for a list of voters, offline",
	.details = "VOTERS.csv has the columns id,label,weight (label and weight may be left out).  Every "
		   "bad line is\n"
		   "reported and nothing is written then.  Hand each voter their code in person, on paper or "
		   "by mail.",
	.flags = codes_flags,
	.run = run_codes,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_client.h"
#include "cli/common_code.h"
#include "cli/common_submit.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

/*
 * Posts what somebody else has prepared, byte for byte, and shows what the server says: for auditors who want to see that a server refuses
 * what it must refuse.  With --voter the payload is signed anew by that voter, so that it is not the signature that the server refuses.
 */

enum { MAX_SUBMISSION = 16u << 20 };

static int read_submission(const tb_args *args, tb_buf *out)
{
	tb_why why = {""};

	return tb_file_read(out, tb_args_operand(args, 1), &why) == TB_OK
		       ? TB_EXIT_OK
		       : tb_args_error(args, "%s", why.text);
}

static int take_payload(const tb_args *args, const tb_buf *submission, tb_buf *payload)
{
	tb_json_string type, signer, signature;
	tb_fault fault;
	tb_json_in in;
	int exit_code = TB_EXIT_OK;

	tb_json_in_init(&in, submission->data, submission->len, MAX_SUBMISSION, TB_JSON_ANY, "HTTP.JSON");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "type", &type, 32);
	tb_json_take_string(&in, "signer", &signer, TB_SIGNER_MAX);
	tb_json_take_base64_buf(&in, "payload", payload);
	tb_json_take_string(&in, "signature", &signature, 200);
	tb_json_leave(&in);
	if (tb_json_in_status(&in, &fault) != TB_OK)
		exit_code = tb_args_error(args, "%s, %s: expected %s, found %s", tb_args_operand(args, 1),
			fault.where, fault.expected, fault.found);
	else if (strcmp(type.data, "ballot") != 0)
		exit_code = tb_args_error(args, "--voter: expected a ballot to sign, found '%s'", type.data);
	tb_json_in_release(&in);
	return exit_code;
}

static tb_err sign(
	const tb_client *c, const tb_code *code, const char *voter, const tb_buf *payload, tb_buf *submission)
{
	const tb_binding *binding = tb_board_binding(c->board);
	char signer[TB_SIGNER_MAX];
	uint8_t random[32];
	tb_secret key;
	tb_entry entry;
	tb_fault fault;
	tb_err err;

	(void)snprintf(signer, sizeof signer, "voter/%s", voter);
	err = tb_voter_key_derive(&key, code, binding->election, voter);
	if (err == TB_OK)
		err = tb_entry_init(&entry, TB_ENTRY_BALLOT, signer, payload->data, payload->len, &fault);
	if (err == TB_OK)
		err = tb_random(random, sizeof random);
	if (err == TB_OK)
		err = tb_entry_sign(&entry, binding, &key, random);
	tb_buf_clear(submission);
	if (err == TB_OK)
		err = tb_submission_write(submission, &entry);
	tb_secret_wipe(&key);
	tb_wipe(random, sizeof random);
	return err;
}

/* Replaces the submission by one of the same payload that this voter has signed. */
static int sign_anew(const tb_client *c, tb_buf *submission)
{
	const char *voter = tb_args_get(c->args, "voter");
	tb_buf payload;
	tb_code code;
	int exit_code;

	if (!tb_id_is_valid(voter, strlen(voter)))
		return tb_args_error(
			c->args, "--voter: expected 1 to 64 characters a-z 0-9 . _ -, found '%s'", voter);
	tb_buf_init(&payload, MAX_SUBMISSION);
	exit_code = take_payload(c->args, submission, &payload);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_code_obtain(c->args, "code-file", "Voting code", &code);
	if (exit_code == TB_EXIT_OK) {
		if (sign(c, &code, voter, &payload, submission) != TB_OK)
			exit_code = tb_args_error(c->args, "the ballot could not be signed");
		tb_code_wipe(&code);
	}
	tb_buf_release(&payload);
	return exit_code;
}

static int print_answer(const tb_args *args, const tb_submitted *s, int exit_code)
{
	tb_json_out out;
	tb_buf json;

	if (s->status == 0)
		return tb_args_error(args, "%s", s->text);
	if (!tb_args_json(args)) {
		if (exit_code == TB_EXIT_OK)
			printf("%s, entry %llu (status %ld)\n", s->is_new ? "recorded" : "there already",
				(unsigned long long)s->index, s->status);
		else
			printf("refused: %s (status %ld)\n  %s\n",
				s->rule[0] != '\0' ? s->rule : "no rule named", s->status, s->text);
		return exit_code;
	}
	tb_buf_init(&json, 1u << 16);
	tb_json_out_init(&out, &json);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_int(&out, "status", (uint64_t)s->status);
	if (exit_code == TB_EXIT_OK)
		tb_json_out_int(&out, "index", s->index);
	tb_json_out_cstring(&out, "rule", s->rule);
	tb_json_out_cstring(&out, "text", s->text);
	tb_json_out_end(&out);
	if (tb_json_out_status(&out) == TB_OK)
		printf("%s\n", tb_buf_cstr(&json));
	tb_buf_release(&json);
	return exit_code;
}

static int run_submit(const tb_args *args)
{
	char url[TB_URL_MAX + 128];
	tb_submitted done = {0};
	tb_buf submission;
	tb_client client;
	int exit_code;

	if (tb_args_has(args, "code-file") && !tb_args_has(args, "voter"))
		return tb_args_error(args, "--code-file goes with --voter only");
	tb_buf_init(&submission, MAX_SUBMISSION);
	exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_require_url(&client);
	if (exit_code == TB_EXIT_OK)
		exit_code = read_submission(args, &submission);
	if (exit_code == TB_EXIT_OK && tb_args_has(args, "voter"))
		exit_code = sign_anew(&client, &submission);
	if (exit_code == TB_EXIT_OK) {
		tb_client_url(&client, url, "entries");
		exit_code = tb_submission_post(client.fetch, url, &submission, &done);
		exit_code = print_answer(args, &done, exit_code);
	}
	tb_submitted_release(&done);
	tb_buf_release(&submission);
	tb_client_close(&client);
	return exit_code;
}

static const tb_flag submit_flags[] = {
	{"voter", "ID",
		"sign the ballot in FILE anew as this voter, to show what is refused although it is signed "
		"well",
		false, false},
	{"code-file", "FILE", "that voter's code; otherwise it is asked for", false, false},
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_submit = {
	.name = "submit",
	.operands = "BOARD FILE",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "post a prepared entry as it is, and show the server's answer",
	.details =
		"For auditors.  FILE is the JSON that a server takes: type, signer, payload, signature.  "
		"Exit code 1: "
		"refused; the\n"
		"rule is named.  Never sign with --voter what somebody gave you: they may know how it votes.",
	.flags = submit_flags,
	.run = run_submit,
};

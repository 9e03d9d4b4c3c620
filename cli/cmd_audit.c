/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_choices.h"
#include "cli/common_client.h"
#include "cli/vote.h"
#include "core/base/file.h"
#include "core/base/json.h"

/*
 * The audit of a ballot: `tabella vote --audit` opens a ballot that it then never signs, and `tabella audit`, best on another machine, encrypts
 * the same choices with the same seed and compares every byte.  A program that encrypts something else is caught.
 */

enum { MAX_AUDIT = 8u << 20 };

int tb_audit_write(const tb_args *args, const char *path, const uint8_t voter_key[32],
	const uint8_t seed[TB_BALLOT_SEED_BYTES], const tb_choices *choices, const tb_buf *payload)
{
	char tracker_text[TB_TRACKER_TEXT];
	uint8_t tracker[32];
	tb_json_out out;
	tb_why why = {""};
	tb_buf file;
	int exit_code = TB_EXIT_OK;

	tb_buf_init_secret(&file, MAX_AUDIT);
	tb_json_out_init(&out, &file);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_int(&out, "tabella_audit", 1);
	tb_json_out_base64(&out, "voter_key", voter_key, 32);
	tb_json_out_base64(&out, "seed", seed, TB_BALLOT_SEED_BYTES);
	tb_json_out_array(&out, "choices");
	for (uint32_t q = 0; q < choices->num_questions; q++) {
		tb_json_out_object(&out, TB_JSON_ITEM);
		tb_json_out_bool(&out, "blank", choices->blank[q]);
		tb_json_out_array(&out, "values");
		for (uint32_t i = 0; i < choices->num[q]; i++)
			tb_json_out_int(&out, TB_JSON_ITEM, choices->value[q][i]);
		tb_json_out_end(&out);
		tb_json_out_end(&out);
	}
	tb_json_out_end(&out);
	tb_json_out_base64(&out, "payload", payload->data, payload->len);
	tb_json_out_end(&out);
	if (tb_json_out_status(&out) != TB_OK)
		exit_code = tb_args_error(args, "out of memory");
	else if (tb_file_write(path, file.data, file.len, TB_FILE_PRIVATE, &why) != TB_OK)
		exit_code = tb_args_error(args, "%s", why.text);
	tb_buf_release(&file);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	tb_ballot_tracker(tracker, payload->data, payload->len);
	tb_ballot_tracker_text(tracker_text, tracker);
	if (tb_args_json(args))
		printf("{\"audit\":true,\"tracker\":\"%s\"}\n", tracker_text);
	else
		printf("not cast: the ballot with the tracker\n  %s\nis opened in %s.  Check it elsewhere "
		       "with `tabella audit BOARD %s`,\n"
		       "then vote: the vote will be a new ballot.\n",
			tracker_text, path, path);
	return TB_EXIT_OK;
}

typedef struct audit {
	uint8_t voter_key[32], seed[TB_BALLOT_SEED_BYTES];
	tb_choices choices;
	tb_buf payload;
} audit;

static void take_choices(tb_json_in *in, tb_choices *out)
{
	(void)tb_json_enter_array(in, "choices", out->num_questions, out->num_questions);
	for (uint32_t q = 0; q < out->num_questions; q++) {
		tb_json_enter_object(in, TB_JSON_ITEM);
		out->blank[q] = tb_json_take_bool(in, "blank");
		(void)tb_json_enter_array(in, "values", out->num[q], out->num[q]);
		for (uint32_t i = 0; i < out->num[q]; i++)
			out->value[q][i] = (uint32_t)tb_json_take_int(in, TB_JSON_ITEM, 0, TB_MAX_OPTIONS);
		tb_json_leave(in);
		tb_json_leave(in);
	}
	tb_json_leave(in);
}

static int read_audit(const tb_args *args, audit *a)
{
	const char *path = tb_args_operand(args, 1);
	tb_json_in in;
	tb_fault fault;
	tb_why why = {""};
	tb_buf file;
	int exit_code = TB_EXIT_OK;

	tb_buf_init_secret(&file, MAX_AUDIT);
	if (tb_file_read(&file, path, &why) != TB_OK) {
		tb_buf_release(&file);
		return tb_args_error(args, "%s", why.text);
	}
	tb_json_in_init(&in, file.data, file.len, MAX_AUDIT, TB_JSON_ANY, "BALLOT.SEED");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	(void)tb_json_take_int(&in, "tabella_audit", 1, 1);
	tb_json_take_base64(&in, "voter_key", a->voter_key, sizeof a->voter_key);
	tb_json_take_base64(&in, "seed", a->seed, sizeof a->seed);
	take_choices(&in, &a->choices);
	tb_json_take_base64_buf(&in, "payload", &a->payload);
	tb_json_leave(&in);
	if (tb_json_in_status(&in, &fault) != TB_OK)
		exit_code = tb_args_error(args, "%s, %s: expected %s, found %s", path, fault.where,
			fault.expected, fault.found);
	tb_json_in_release(&in);
	tb_buf_release(&file);
	return exit_code;
}

static int compare(const tb_args *args, const tb_client *client, const audit *a)
{
	const tb_manifest *m = tb_board_manifest(client->board);
	char tracker_text[TB_TRACKER_TEXT];
	uint8_t tracker[32];
	tb_election_params *params = NULL;
	tb_fault fault = {0};
	tb_err err = tb_election_params_new(&params, m, tb_ceremony_h(tb_board_ceremony(client->board)),
		tb_board_binding(client->board)->context);

	if (err == TB_OK)
		err = tb_election_params_add_prover(params);
	if (err == TB_OK)
		err = tb_ballot_open(
			params, a->payload.data, a->payload.len, a->voter_key, &a->choices, a->seed, &fault);
	tb_election_params_free(params);
	if (err == TB_ERR_RULE) {
		(void)tb_args_error(args,
			"%s: the ballot does NOT hold these choices: do not trust the program that made it "
			"(%s)",
			fault.rule, fault.found);
		return TB_EXIT_NO;
	}
	if (err != TB_OK)
		return tb_args_error(args, "%s", tb_err_text(err));
	tb_ballot_tracker(tracker, a->payload.data, a->payload.len);
	tb_ballot_tracker_text(tracker_text, tracker);
	if (tb_args_json(args)) {
		printf("{\"right\":true,\"tracker\":\"%s\"}\n", tracker_text);
	} else {
		printf("right: the ballot with the tracker\n  %s\nholds exactly these choices:\n",
			tracker_text);
		tb_choices_print(m, &a->choices);
	}
	return TB_EXIT_OK;
}

static int run_audit(const tb_args *args)
{
	audit a = {.choices = {0}};
	tb_client client;
	int exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);

	tb_buf_init(&a.payload, MAX_AUDIT);
	if (exit_code == TB_EXIT_OK && tb_board_phase(client.board) < TB_PHASE_OPEN)
		exit_code = tb_args_error(args, "the polls have not been opened; there can be no ballot yet");
	if (exit_code == TB_EXIT_OK && tb_choices_new(&a.choices, tb_board_manifest(client.board)) != TB_OK)
		exit_code = tb_args_error(args, "out of memory");
	if (exit_code == TB_EXIT_OK) {
		exit_code = read_audit(args, &a);
		if (exit_code == TB_EXIT_OK)
			exit_code = compare(args, &client, &a);
		tb_choices_release(&a.choices);
	}
	tb_buf_release(&a.payload);
	tb_client_close(&client);
	return exit_code;
}

static const tb_flag audit_flags[] = {
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_audit = {
	.name = "audit",
	.operands = "BOARD FILE",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "check a ballot that `tabella vote --audit` opened",
	.details = "Best on another machine than the one that made it.  BOARD may be a URL, a folder or an "
		   "archive.",
	.flags = audit_flags,
	.run = run_audit,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/trustee.h"

/* The key ceremony from a trustee's side: two commands, at any time, in any order among the trustees [CEREMONY.*]. */

enum { MAX_PAYLOAD = 1u << 20 };

typedef int (*step_fn)(tb_client *c, const tb_trustee_self *self);

/* Opens the board, finds out who is asking, does the step. */
static int with_board(const tb_args *args, step_fn step, bool posts)
{
	tb_trustee_self self = {.index = 0};
	tb_client client;
	int exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);

	if (exit_code == TB_EXIT_OK && posts)
		exit_code = tb_client_require_url(&client);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_trustee_identify(args, tb_board_manifest(client.board), &self);
	if (exit_code == TB_EXIT_OK)
		exit_code = step(&client, &self);
	tb_role_keys_wipe(&self.keys);
	tb_client_close(&client);
	return exit_code;
}

static int already(const tb_client *c, const tb_trustee_self *self, const char *what)
{
	if (tb_args_json(c->args))
		printf("{\"trustee\":%u,\"already\":true}\n", self->index);
	else
		printf("trustee %u: %s already\n", self->index, what);
	return TB_EXIT_OK;
}

static int fault_exit(const tb_client *c, tb_err err, const tb_fault *fault)
{
	char text[1024];

	if (err != TB_ERR_RULE)
		return tb_args_error(c->args, "%s", tb_err_text(err));
	tb_fault_text(fault, text, sizeof text);
	(void)tb_args_error(c->args, "%s", text);
	return TB_EXIT_NO;
}

/* ---- commit ---- */

static int commit(tb_client *c, const tb_trustee_self *self)
{
	const tb_ceremony *ceremony = tb_board_ceremony(c->board);
	tb_fault fault;
	tb_buf payload;
	tb_err err;
	int exit_code;

	if (tb_ceremony_has_commit(ceremony, self->index))
		return already(c, self, "committed");
	tb_buf_init(&payload, MAX_PAYLOAD);
	err = tb_ceremony_make_commit(ceremony, &payload, self->index, &self->keys.transport, &fault);
	exit_code = err == TB_OK ? tb_trustee_post(c, self, TB_ENTRY_TRUSTEE_COMMIT, &payload, "committed")
				 : fault_exit(c, err, &fault);
	tb_buf_release(&payload);
	return exit_code;
}

static int run_commit(const tb_args *args)
{
	return with_board(args, commit, true);
}

/* ---- certify ---- */

/* The share from the phrase and the board alone; says who is to blame when it is not right. */
static int receive(const tb_client *c, const tb_trustee_self *self)
{
	uint32_t blame = 0;
	tb_secret share;
	tb_fault fault;
	tb_err err = tb_ceremony_receive(
		tb_board_ceremony(c->board), &share, self->index, &self->keys.transport, &blame, &fault);

	tb_secret_wipe(&share);
	if (err == TB_OK)
		return TB_EXIT_OK;
	if (err == TB_ERR_STATE) {
		(void)tb_args_error(c->args, "not all trustees have committed yet");
		return TB_EXIT_WAIT;
	}
	if (blame > 0)
		(void)tb_args_error(c->args,
			"trustee %u (%s) sent a wrong share: do not go on; the election has to be cancelled "
			"and made anew",
			blame, tb_board_manifest(c->board)->trustees[blame - 1].name);
	return fault_exit(c, err, &fault);
}

static void print_what_is_certified(const tb_client *c)
{
	const tb_manifest *m = tb_board_manifest(c->board);

	if (tb_args_json(c->args))
		return;
	printf("%s: %u questions, %llu voters, %u of %u trustees decrypt\n", m->title, m->num_questions,
		(unsigned long long)tb_roll_num_voters(tb_board_roll(c->board)), m->threshold,
		m->num_trustees);
}

static int certify(tb_client *c, const tb_trustee_self *self)
{
	const tb_ceremony *ceremony = tb_board_ceremony(c->board);
	uint8_t root[32];
	uint64_t size;
	tb_buf payload;
	int exit_code;

	if (tb_ceremony_has_certificate(ceremony, self->index))
		return already(c, self, "certified");
	if (!tb_roll_is_final(tb_board_roll(c->board))) {
		(void)tb_args_error(c->args, "the roll is not complete yet");
		return TB_EXIT_WAIT;
	}
	exit_code = receive(c, self);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	print_what_is_certified(c);
	tb_board_certify_point(c->board, &size, root);
	tb_buf_init(&payload, MAX_PAYLOAD);
	exit_code = tb_ceremony_make_certify(ceremony, &payload, self->index, size, root) == TB_OK
			    ? tb_trustee_post(c, self, TB_ENTRY_TRUSTEE_CERTIFY, &payload, "certified")
			    : tb_args_error(c->args, "out of memory");
	tb_buf_release(&payload);
	return exit_code;
}

static int run_certify(const tb_args *args)
{
	return with_board(args, certify, true);
}

/* ---- recover ---- */

static int recover(tb_client *c, const tb_trustee_self *self)
{
	int exit_code = receive(c, self);

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	if (tb_args_json(c->args))
		printf("{\"trustee\":%u,\"recovered\":true}\n", self->index);
	else
		printf("trustee %u: the phrase and the board give back the share, and it matches its public "
		       "key\n",
			self->index);
	return TB_EXIT_OK;
}

static int run_recover(const tb_args *args)
{
	return with_board(args, recover, false);
}

/* ---- the tables ---- */

static const tb_flag flags[] = {TB_TRUSTEE_FLAGS};

const tb_command tb_trustee_commit = {
	.name = "commit",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "the first step of the key ceremony: post commitments and encrypted shares",
	.details = "What it draws is fresh randomness that is gone when the command ends; the phrase and the "
		   "board are enough to\n"
		   "get the share back.  Done once; a second call says so.",
	.flags = flags,
	.run = run_commit,
};

const tb_command tb_trustee_certify = {
	.name = "certify",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "the second step: check manifest, roll and all shares, and certify them",
	.details = "Once the roll is complete and all trustees have committed.  The election opens only when "
		   "all have certified.\n"
		   "A wrong share is refused with the name of its sender.  Exit code 3: something is still "
		   "awaited.",
	.flags = flags,
	.run = run_certify,
};

const tb_command tb_trustee_recover = {
	.name = "recover",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "prove that the phrase and the board give back the share",
	.details = "Worth doing with the paper copy before the polls open.  Nothing is posted or stored.",
	.flags = flags,
	.run = run_recover,
};

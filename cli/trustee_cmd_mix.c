/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/common_endorse.h"
#include "cli/common_submit.h"
#include "cli/trustee.h"
#include "core/base/progress.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

/*
 * After the endorsements, where a question is ranked: shuffle and re-encrypt what the ballots, or the mix before, have left [MIX.WHEN].
 * What a mix knows - its order and its randomness - is never written anywhere: a program that is killed leaves nothing behind, and the next
 * run mixes anew.
 */

enum { MOST_TRIES = 10 };

/* ---- progress ---- */

typedef struct show {
	tb_progress bar;
	uint64_t done, total;
} show;

static void on_progress(void *arg, uint64_t done, uint64_t total)
{
	show *s = arg;

	if (total != s->total || done < s->done) { /* the next question */
		if (s->total != 0)
			tb_progress_end(&s->bar);
		tb_progress_begin(&s->bar, "mixing", total);
		s->total = total;
		s->done = 0;
	}
	tb_progress_add(&s->bar, done - s->done);
	s->done = done;
}

/* ---- one attempt ---- */

/* Is there something to mix, and has enough been said about it by others and nothing else by this trustee?  TB_EXIT_OK and `due`, or
 * TB_EXIT_OK without: there is nothing left to do, which is said. */
static int may_mix(const tb_verified *v, const tb_trustee_self *self, bool *due)
{
	const tb_args *args = v->client.args;
	const tb_board *b = v->report.board;
	const tb_tally *tally = tb_board_tally(b);
	tb_endorsement own;

	*due = false;
	if (tally == NULL) {
		(void)tb_args_error(args, "the polls are not closed yet");
		return TB_EXIT_WAIT;
	}
	if (tb_tally_stage(tally) == NULL) {
		(void)tb_args_error(args, "MIX.WHEN: there is no ranked ballot that may be decrypted");
		return TB_EXIT_NO;
	}
	tb_tally_statement(tally, &own);
	if (!tb_endorsements_suffice(tb_board_endorsements(b), &own)) {
		(void)tb_args_error(args,
			"MIX.WHEN: %u of the %u endorsements that are needed agree with this board",
			tb_endorsements_matching(tb_board_endorsements(b), &own),
			tb_endorsements_required(tb_board_endorsements(b)));
		return TB_EXIT_WAIT;
	}
	if (tb_tally_has_mix(tally, self->index)) {
		printf(tb_args_json(args) ? "{\"trustee\":%u,\"already\":true}\n"
					  : "trustee %u: mixed already\n",
			self->index);
		return TB_EXIT_OK;
	}
	if (tb_tally_mixes_due(tally) == 0) {
		printf(tb_args_json(args) ? "{\"trustee\":%u,\"needless\":true}\n"
					  : "trustee %u: all mixes are there already, none is needed\n",
			self->index);
		return TB_EXIT_OK;
	}
	*due = true;
	return tb_endorse_allows(v, self->signer, &own);
}

static int make(const tb_verified *v, const tb_trustee_self *self, tb_buf *payload)
{
	show s = {.total = 0};
	const tb_parallel work = {.progress = on_progress, .progress_arg = &s};
	tb_fault fault = {0};
	tb_err err = tb_mix_make(
		tb_tally_stage(tb_board_tally(v->report.board)), payload, self->index, &work, &fault);

	if (s.total != 0)
		tb_progress_end(&s.bar);
	if (err == TB_OK)
		return TB_EXIT_OK;
	return tb_args_error(v->client.args, "no mix could be made: %s",
		err == TB_ERR_RULE ? fault.found : tb_err_text(err));
}

static tb_err sign(const tb_verified *v, const tb_trustee_self *self, const tb_buf *payload, tb_buf *out)
{
	uint8_t random[32];
	tb_fault fault;
	tb_entry e;
	tb_err err = tb_random(random, sizeof random);

	if (err == TB_OK)
		err = tb_entry_init(&e, TB_ENTRY_MIX, self->signer, payload->data, payload->len, &fault);
	if (err == TB_OK)
		err = tb_entry_sign(&e, tb_board_binding(v->report.board), &self->keys.sign, random);
	if (err == TB_OK)
		err = tb_submission_write(out, &e);
	tb_wipe(random, sizeof random);
	return err;
}

/* *again: somebody else's mix came first, so this one was made of ciphertexts that are past. */
static int hand_in(tb_verified *v, const tb_trustee_self *self, const tb_buf *payload, bool *again)
{
	char url[TB_URL_MAX + 128];
	tb_submitted done;
	tb_buf submission;
	uint64_t index;
	int exit_code;

	tb_buf_init(&submission, SIZE_MAX / 2);
	if (sign(v, self, payload, &submission) != TB_OK) {
		tb_buf_release(&submission);
		return tb_args_error(v->client.args, "out of memory");
	}
	tb_client_url(&v->client, url, "entries");
	exit_code = tb_submission_post(v->client.fetch, url, &submission, &done);
	*again = exit_code == TB_EXIT_NO && strcmp(done.rule, "MIX.WHEN") == 0;
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_check_receipt(&v->client, &done.receipt, TB_ENTRY_MIX, self->signer,
			payload->data, payload->len, &index);
	else if (!*again)
		(void)tb_args_error(v->client.args, "%s", done.text);
	if (exit_code == TB_EXIT_OK)
		printf(tb_args_json(v->client.args)
				? "{\"trustee\":%u,\"index\":%llu}\n"
				: "trustee %u: the whole board verifies; mixed, entry %llu\n",
			self->index, (unsigned long long)index);
	tb_submitted_release(&done);
	tb_buf_release(&submission);
	return exit_code;
}

static int mix(tb_verified *v, const tb_trustee_self *self, bool *again)
{
	tb_buf payload;
	bool due;
	int exit_code = may_mix(v, self, &due);

	if (exit_code != TB_EXIT_OK || !due)
		return exit_code;
	tb_buf_init(&payload, TB_BLOB_MAX_BYTES);
	exit_code = make(v, self, &payload);
	if (exit_code == TB_EXIT_OK)
		exit_code = hand_in(v, self, &payload, again);
	tb_buf_release(&payload);
	return exit_code;
}

/* ---- the command ---- */

/* Copies and verifies the board as it is now, mixes, posts. */
static int attempt(const tb_args *args, tb_trustee_self *self, bool *again)
{
	tb_verified v;
	int exit_code = tb_verified_open(&v, args);

	*again = false;
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_require_url(&v.client);
	if (exit_code == TB_EXIT_OK && self->index == 0)
		exit_code = tb_trustee_identify(args, tb_board_manifest(v.report.board), self);
	if (exit_code == TB_EXIT_OK)
		exit_code = mix(&v, self, again);
	tb_verified_close(&v);
	return exit_code;
}

static int run_mix(const tb_args *args)
{
	tb_trustee_self self = {.index = 0};
	bool again = true;
	int exit_code = TB_EXIT_OK;

	for (int tries = 0; again && tries < MOST_TRIES; tries++) {
		if (tries > 0)
			fprintf(stderr, "another trustee was faster: mixing what that mix has left\n");
		exit_code = attempt(args, &self, &again);
	}
	if (again)
		exit_code = tb_args_error(args, "others were faster each time; run this again");
	tb_role_keys_wipe(&self.keys);
	return exit_code;
}

static const tb_flag flags[] = {TB_TRUSTEE_FLAGS};

const tb_command tb_trustee_mix = {
	.name = "mix",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "where a question is ranked: verify the whole board and mix its ballots",
	.details = "Shuffles and re-encrypts the ballots, or what the mix before has left, with a proof, on "
		   "all cores; as "
		   "many trustees as the\n"
		   "election asks for, in any order, one after the other.  Whoever is overtaken mixes again. "
		   " Nothing about the "
		   "order is kept.\n"
		   "Exit code 3: more endorsements are awaited.",
	.flags = flags,
	.run = run_mix,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ask_board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* What the board says about this entry; it must not change by being asked. */
const char *tb_ask(tb_maker *m, tb_maker_plan *plan)
{
	static tb_fault fault;
	uint8_t before[32], after[32];
	tb_err err;

	memset(&fault, 0, sizeof fault);
	assert_int_equal(tb_board_digest(m->board, before), TB_OK);
	err = tb_maker_try(m, plan, &fault);
	assert_int_equal(tb_board_digest(m->board, after), TB_OK);
	assert_memory_equal(before, after, 32);
	if (err == TB_ERR_STATE)
		return "STATE";
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	assert_true((err == TB_OK) == (fault.rule == NULL));
	return err == TB_OK ? "OK" : fault.rule;
}

const char *tb_ask_text(
	tb_maker *m, tb_entry_type type, const char *signer, const char *payload, uint64_t time)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, type, signer);
	plan.time = time;
	tb_buf_text(&plan.payload, payload);
	return tb_ask(m, &plan);
}

tb_maker *tb_ask_maker_in(tb_phase phase)
{
	tb_maker *m = tb_maker_new(NULL);

	switch (phase) {
	case TB_PHASE_EMPTY:
		break;
	case TB_PHASE_SETUP:
		tb_maker_manifest(m);
		break;
	case TB_PHASE_CERTIFYING:
		tb_maker_manifest(m);
		tb_maker_roll(m);
		for (uint32_t i = 1; i <= 3; i++)
			tb_maker_commit(m, i);
		tb_maker_certify(m, 1);
		break;
	case TB_PHASE_READY:
		tb_maker_until_ready(m);
		break;
	case TB_PHASE_OPEN:
		tb_maker_until_open(m);
		break;
	case TB_PHASE_CLOSED:
		tb_maker_until_closed(m);
		break;
	case TB_PHASE_FINISHED:
		tb_maker_run(m);
		break;
	case TB_PHASE_CANCELLED:
		tb_maker_until_open(m);
		tb_maker_cancel(m);
		break;
	}
	assert_int_equal(tb_board_phase(m->board), phase);
	return m;
}

const char *tb_ask_ballot(tb_maker *m, uint32_t voter, uint64_t time, tb_ask_edit *edit, uint64_t number)
{
	tb_maker_voter *v = &m->voters[voter];
	char signer[TB_SIGNER_MAX];
	tb_ballot_head head = {.date = tb_manifest_floor_time(&m->manifest, time),
		.checkpoint_size = tb_board_size(m->board)};
	tb_choices choices;
	tb_maker_plan plan;
	uint8_t seed[32] = {1};
	tb_fault fault;

	(void)snprintf(head.voter, sizeof head.voter, "%s", v->id);
	memcpy(head.prev, v->latest, 32);
	tb_board_root(m->board, head.checkpoint_root);
	if (edit != NULL)
		edit(m, &head, number);
	(void)snprintf(signer, sizeof signer, "voter/%s", v->id);
	tb_maker_plan_init(m, &plan, TB_ENTRY_BALLOT, signer);
	plan.time = time;
	assert_int_equal(tb_choices_new(&choices, &m->manifest), TB_OK);
	for (uint32_t q = 0; q < m->manifest.num_questions; q++)
		if (m->manifest.questions[q].min > 0)
			choices.value[q][0] = 1;
	assert_int_equal(tb_ballot_make(m->params, &plan.payload, plan.signature, &head, &plan.key, &choices,
				 seed, &plan.binding, &fault),
		TB_OK);
	plan.is_signed = true;
	tb_choices_release(&choices);
	return tb_ask(m, &plan);
}

static void edit_small(void *arg, tb_manifest *f)
{
	const uint32_t *want = arg;

	f->revote = (tb_revote)want[0];
	f->granularity = (tb_granularity)want[1];
}

tb_maker *tb_ask_maker_open(tb_revote revote, tb_granularity granularity, uint32_t votes)
{
	uint32_t want[2] = {revote, granularity};
	tb_maker_config c = {.small = true, .edit = edit_small, .arg = want};
	tb_maker *m = tb_maker_new(&c);

	tb_maker_until_open(m);
	for (uint32_t i = 0; i < votes; i++)
		tb_maker_vote(m, 0);
	return m;
}

const char *tb_ask_extend(tb_maker *m, uint64_t time, uint64_t closes)
{
	char reason[] = "Late.";
	tb_extend extend = {.closes = closes, .reason = reason};
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_EXTEND, "admin");
	plan.time = time;
	assert_int_equal(tb_extend_write(&plan.payload, &extend), TB_OK);
	return tb_ask(m, &plan);
}

const char *tb_ask_close(
	tb_maker *m, uint64_t time, int64_t more_ballots, int64_t more_voters, uint8_t flip, int64_t more)
{
	tb_close close = {.size = tb_board_size(m->board) + (uint64_t)more,
		.ballots = tb_board_num_ballots(m->board) + (uint64_t)more_ballots,
		.voters = tb_board_num_counted(m->board) + (uint64_t)more_voters};
	tb_maker_plan plan;

	tb_board_root(m->board, close.root);
	close.root[0] ^= flip;
	tb_maker_plan_init(m, &plan, TB_ENTRY_CLOSE, "server");
	plan.time = time;
	assert_int_equal(tb_close_write(&plan.payload, &close), TB_OK);
	return tb_ask(m, &plan);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/trustee.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/election/election_text.h"

/*
 * What this trustee has done and has to do next.  Up to `close` it is the state machine that knows; after it the signed entries are read
 * as they stand, since only the whole verification (`endorse`, `decrypt`) makes the tally that judges them.
 */

typedef struct standing {
	const tb_client *c;
	uint32_t trustee;
	bool has_endorsed, has_mixed, has_decrypted, is_finished, is_cancelled;
	bool has_spoken[TB_ENDORSEMENTS_MAX];
	uint32_t num_endorsed, num_mixed, num_decrypted;
} standing;

/* What is to be done: a command, "wait" or "nothing"; and why. */
typedef struct advice {
	const char *next;
	char why[200];
} advice;

/* ---- after the close ---- */

static bool is_signed(const standing *s, const tb_entry *e)
{
	const tb_manifest *m = tb_board_manifest(s->c->board);
	const uint8_t *key;
	tb_fault ignored;

	return tb_manifest_signer_key(m, e->role, e->trustee, e->signer_id, &key) == TB_OK &&
	       tb_entry_verify(e, tb_board_binding(s->c->board), key, &ignored) == TB_OK;
}

static void take_endorsement(standing *s, const tb_entry *e)
{
	uint32_t number;

	if (tb_manifest_endorser_index(
		    tb_board_manifest(s->c->board), e->role, e->trustee, e->signer_id, &number) != TB_OK)
		return;
	s->num_endorsed += !s->has_spoken[number];
	s->has_spoken[number] = true;
}

static int take_entry(void *ctx, uint64_t index, const tb_entry *e)
{
	standing *s = ctx;
	bool is_own = e->role == TB_ROLE_TRUSTEE && e->trustee == s->trustee;

	(void)index;
	if (e->type != TB_ENTRY_ENDORSE && e->type != TB_ENTRY_MIX && e->type != TB_ENTRY_DECRYPT &&
		e->type != TB_ENTRY_RESULT && e->type != TB_ENTRY_CANCEL)
		return TB_EXIT_OK;
	if (!is_signed(s, e))
		return TB_EXIT_OK;
	if (e->type == TB_ENTRY_ENDORSE) {
		take_endorsement(s, e);
		s->has_endorsed = s->has_endorsed || is_own;
	} else if (e->type == TB_ENTRY_MIX) {
		s->num_mixed++;
		s->has_mixed = s->has_mixed || is_own;
	} else if (e->type == TB_ENTRY_DECRYPT) {
		s->num_decrypted++;
		s->has_decrypted = s->has_decrypted || is_own;
	} else {
		s->is_finished = s->is_finished || e->type == TB_ENTRY_RESULT;
		s->is_cancelled = s->is_cancelled || e->type == TB_ENTRY_CANCEL;
	}
	return TB_EXIT_OK;
}

/* ---- what to do ---- */

__attribute__((format(printf, 3, 4))) static void advise(advice *a, const char *next, const char *format, ...)
{
	va_list ap;

	a->next = next;
	va_start(ap, format);
	(void)vsnprintf(a->why, sizeof a->why, format, ap);
	va_end(ap);
}

static void advise_setup(advice *a, const standing *s)
{
	const tb_board *b = s->c->board;
	const tb_ceremony *ceremony = tb_board_ceremony(b);
	uint32_t n = tb_board_manifest(b)->num_trustees, committed = tb_ceremony_num_commits(ceremony),
		 certified = tb_ceremony_num_certificates(ceremony);
	char opens[32];

	if (!tb_ceremony_has_commit(ceremony, s->trustee))
		advise(a, "commit", "the key ceremony has begun");
	else if (committed < n)
		advise(a, "wait", "%u of %u trustees have committed", committed, n);
	else if (!tb_roll_is_final(tb_board_roll(b)))
		advise(a, "wait", "the roll is not complete yet");
	else if (!tb_ceremony_has_certificate(ceremony, s->trustee))
		advise(a, "certify", "all have committed, and the roll is complete");
	else if (certified < n)
		advise(a, "wait", "%u of %u trustees have certified", certified, n);
	else {
		tb_time_write(opens, tb_board_manifest(b)->opens);
		advise(a, "wait", "the polls open at %s; `recover` shows that the phrase is right", opens);
	}
}

/* A question that is void or withheld is not mixed; that no ballot counts is known here too. */
static bool needs_mixing(const tb_board *b)
{
	const tb_manifest *m = tb_board_manifest(b);
	tb_turnout turnout = {.counted = tb_board_num_counted(b)};
	tb_tally_close closing;

	if (turnout.counted == 0 || tb_board_closing(b, &closing) != TB_OK)
		return false;
	turnout.electorate = closing.electorate;
	turnout.weight_electorate = closing.weight_electorate;
	turnout.weight_counted = turnout.counted; /* every weight is 1 where a question is ranked */
	for (uint32_t q = 0; q < m->num_questions; q++)
		if (m->questions[q].method == TB_METHOD_RANKED &&
			tb_question_outcome(m, &m->questions[q], &turnout) == TB_OUTCOME_DECIDED)
			return true;
	return false;
}

static void advise_closed(advice *a, const standing *s)
{
	const tb_board *b = s->c->board;
	uint32_t required = tb_manifest_required_endorsements(tb_board_manifest(b)),
		 threshold = tb_board_manifest(b)->threshold,
		 mixes = needs_mixing(b) ? tb_board_manifest(b)->mixes : 0;

	if (!s->has_endorsed)
		advise(a, "endorse", "the polls are closed");
	else if (s->num_endorsed < required)
		advise(a, "wait", "%u endorsements of the %u that are needed are there", s->num_endorsed,
			required);
	else if (s->num_mixed < mixes && s->has_mixed)
		advise(a, "wait", "%u of the %u mixes are there", s->num_mixed, mixes);
	else if (s->num_mixed < mixes)
		advise(a, "mix", "%u of the %u mixes are there", s->num_mixed, mixes);
	else if (s->has_decrypted)
		advise(a, "wait", "%u of the %u decryptions that are needed are there", s->num_decrypted,
			threshold);
	else if (s->num_decrypted >= threshold)
		advise(a, "wait", "enough trustees have decrypted; the server publishes the result");
	else
		advise(a, "decrypt", "%u endorsements are there, %u are needed", s->num_endorsed, required);
}

static void find_advice(advice *a, const standing *s)
{
	const tb_board *b = s->c->board;
	const tb_clock clock = tb_clock_system();
	tb_phase phase = tb_board_phase(b);
	char when[32];

	if (s->is_cancelled || phase == TB_PHASE_CANCELLED) {
		advise(a, "nothing", "the election was cancelled");
	} else if (s->is_finished) {
		advise(a, "nothing", "there is a result: when it has been verified, destroy the phrase");
	} else if (phase < TB_PHASE_OPEN && tb_clock_now(&clock) >= tb_board_closes(b)) {
		advise(a, "nothing", "the polls did not open in time and never will");
	} else if (phase < TB_PHASE_OPEN) {
		advise_setup(a, s);
	} else if (phase == TB_PHASE_OPEN) {
		tb_time_write(when, tb_board_closes(b));
		advise(a, "wait", "the polls are open until %s", when);
	} else {
		advise_closed(a, s);
	}
}

/* ---- showing it ---- */

static const char *phase_name(const standing *s)
{
	tb_phase phase = tb_board_phase(s->c->board);

	return tb_phase_name(s->is_cancelled  ? TB_PHASE_CANCELLED
			     : s->is_finished ? TB_PHASE_FINISHED
					      : phase);
}

static int print_json(const standing *s, const advice *a)
{
	const tb_ceremony *ceremony = tb_board_ceremony(s->c->board);
	tb_json_out out;
	tb_buf json;
	bool ok;

	tb_buf_init(&json, 1u << 16);
	tb_json_out_init(&out, &json);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_int(&out, "trustee", s->trustee);
	tb_json_out_cstring(&out, "name", tb_board_manifest(s->c->board)->trustees[s->trustee - 1].name);
	tb_json_out_cstring(&out, "phase", phase_name(s));
	tb_json_out_bool(&out, "committed", tb_ceremony_has_commit(ceremony, s->trustee));
	tb_json_out_bool(&out, "certified", tb_ceremony_has_certificate(ceremony, s->trustee));
	tb_json_out_bool(&out, "endorsed", s->has_endorsed);
	if (tb_manifest_has_ranked(tb_board_manifest(s->c->board)))
		tb_json_out_bool(&out, "mixed", s->has_mixed);
	tb_json_out_bool(&out, "decrypted", s->has_decrypted);
	tb_json_out_cstring(&out, "next", a->next);
	tb_json_out_cstring(&out, "why", a->why);
	tb_json_out_end(&out);
	ok = tb_json_out_status(&out) == TB_OK;
	if (ok)
		printf("%s\n", tb_buf_cstr(&json));
	tb_buf_release(&json);
	return ok ? TB_EXIT_OK : tb_args_error(s->c->args, "out of memory");
}

static int print_text(const standing *s, const advice *a)
{
	const tb_manifest *m = tb_board_manifest(s->c->board);
	const tb_ceremony *ceremony = tb_board_ceremony(s->c->board);
	const struct {
		const char *name;
		bool is_done, is_left_out;
	} steps[] = {
		{"commit", tb_ceremony_has_commit(ceremony, s->trustee), false},
		{"certify", tb_ceremony_has_certificate(ceremony, s->trustee), false},
		{"endorse", s->has_endorsed, false},
		{"mix", s->has_mixed, !tb_manifest_has_ranked(m)},
		{"decrypt", s->has_decrypted, false},
	};

	printf("%s\n  trustee %u: %s\n  phase:     %s\n", m->title, s->trustee,
		m->trustees[s->trustee - 1].name, phase_name(s));
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (!steps[i].is_left_out)
			printf("  %-9s  %s\n", steps[i].name, steps[i].is_done ? "done" : "-");
	printf("  next:      %s (%s)\n", a->next, a->why);
	return TB_EXIT_OK;
}

/* ---- the command ---- */

/* A number is enough to look; the phrase need not be typed for that. */
static int take_trustee(const tb_args *args, const tb_manifest *m, uint32_t *trustee)
{
	tb_trustee_self self = {.index = 0};
	uint64_t number = 0;
	int exit_code;

	if (tb_args_has(args, "trustee")) {
		if (!tb_args_number(args, "trustee", 1, m->num_trustees, &number))
			return TB_EXIT_USAGE;
		*trustee = (uint32_t)number;
		return TB_EXIT_OK;
	}
	exit_code = tb_trustee_identify(args, m, &self);
	*trustee = self.index;
	tb_role_keys_wipe(&self.keys);
	return exit_code;
}

static int run_status(const tb_args *args)
{
	standing s = {.trustee = 0};
	tb_client client;
	advice a;
	int exit_code;

	if (tb_args_has(args, "trustee") && tb_args_has(args, "phrase"))
		return tb_args_error(args, "give either --trustee or --phrase");
	exit_code = tb_client_open(&client, args, TB_CLIENT_ALL);
	s.c = &client;
	if (exit_code == TB_EXIT_OK)
		exit_code = take_trustee(args, tb_board_manifest(client.board), &s.trustee);
	if (exit_code == TB_EXIT_OK && tb_board_close_leaf(client.board) != NULL)
		exit_code = tb_client_each(&client, tb_board_close_size(client.board), take_entry, &s);
	if (exit_code == TB_EXIT_OK) {
		find_advice(&a, &s);
		exit_code = tb_args_json(args) ? print_json(&s, &a) : print_text(&s, &a);
	}
	tb_client_close(&client);
	return exit_code;
}

static const tb_flag flags[] = {
	{"trustee", "NUMBER", "which trustee, so that no phrase is needed", false, false}, TB_TRUSTEE_FLAGS};

const tb_command tb_trustee_status = {
	.name = "status",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "say what this trustee has done and has to do next",
	.details =
		"The last line names the command to run, `wait` or `nothing`, and why.  Nothing is posted.  "
		"That the board is right\n"
		"only `endorse` and `decrypt` verify.",
	.flags = flags,
	.run = run_status,
};

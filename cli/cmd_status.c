/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cmd.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/election/election_text.h"
#include "core/election/manifest.h"
#include "net/fetch.h"

/*
 * Where an election stands, as the server says it: what to look at while it runs, and what to wait for.  Nothing here is verified; that
 * is what tabella-verify is for.
 */

enum { MAX_STATE = 1u << 20, MAX_AWAITS = 64, MAX_ACTS = 20000 };

typedef struct awaited {
	char type[32], signer[TB_SIGNER_MAX];
	uint64_t time; /* 0 = any time */
} awaited;

typedef struct state {
	char phase[32], title[TB_NAME_MAX + 1], id[65], context[65];
	uint64_t opens, closes, size, voters, ballots, counted;
	awaited awaits[MAX_AWAITS];
	size_t num_awaits;
} state;

/* ---- reading it ---- */

static void take(tb_json_in *in, const char *key, char *out, size_t room)
{
	tb_json_string s;

	tb_json_take_string(in, key, &s, room - 1);
	tb_text_copy_printable(out, room, s.data); /* nobody has checked what the server says */
}

static void take_awaits(tb_json_in *in, state *s)
{
	s->num_awaits = tb_json_enter_array(in, "awaits", 0, MAX_AWAITS);
	for (size_t i = 0; i < s->num_awaits; i++) {
		awaited *a = &s->awaits[i];

		tb_json_enter_object(in, TB_JSON_ITEM);
		take(in, "type", a->type, sizeof a->type);
		take(in, "signer", a->signer, sizeof a->signer);
		a->time = tb_json_has(in, "time") ? tb_json_take_int(in, "time", 0, UINT64_MAX >> 11) : 0;
		if (tb_json_has(in, "before"))
			(void)tb_json_take_int(in, "before", 0, UINT64_MAX >> 11);
		tb_json_leave(in);
	}
	tb_json_leave(in);
}

/* For those who read the entries; this program says what the board awaits. */
static void skip_acts(tb_json_in *in)
{
	size_t num = tb_json_enter_array(in, "acts", 0, MAX_ACTS);

	for (size_t i = 0; i < num; i++)
		(void)tb_json_take_int(in, TB_JSON_ITEM, 0, UINT64_MAX >> 11);
	tb_json_leave(in);
}

static tb_err parse_state(state *s, const tb_buf *body, tb_fault *fault)
{
	const uint64_t most = UINT64_MAX >> 11;
	char ignored[512];
	tb_json_in in;
	tb_err err;

	memset(s, 0, sizeof *s);
	tb_json_in_init(&in, body->data, body->len, MAX_STATE, TB_JSON_ANY, "HTTP");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	take(&in, "slug", ignored, sizeof ignored);
	take(&in, "id", s->id, sizeof s->id);
	take(&in, "origin", ignored, sizeof ignored);
	take(&in, "title", s->title, sizeof s->title);
	(void)tb_json_take_bool(&in, "rehearsal");
	take(&in, "phase", s->phase, sizeof s->phase);
	s->opens = tb_json_take_int(&in, "opens", 0, most);
	s->closes = tb_json_take_int(&in, "closes", 0, most);
	(void)tb_json_take_int(&in, "time", 0, most);
	s->size = tb_json_take_int(&in, "size", 0, most);
	take(&in, "root", ignored, sizeof ignored);
	s->voters = tb_json_take_int(&in, "voters", 0, most);
	s->ballots = tb_json_take_int(&in, "ballots", 0, most);
	s->counted = tb_json_take_int(&in, "counted", 0, most);
	if (tb_json_has(&in, "context"))
		take(&in, "context", s->context, sizeof s->context);
	take_awaits(&in, s);
	skip_acts(&in);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, fault);
	tb_json_in_release(&in);
	return err;
}

/* Fetches the state; `body` keeps what the server said. */
static int get_state(const tb_args *args, tb_fetch *fetch, const char *url, tb_buf *body, state *s)
{
	tb_response response;
	tb_fault fault;
	char text[1024];

	if (tb_fetch_get(fetch, body, &response, url, &fault) != TB_OK) {
		tb_fault_text(&fault, text, sizeof text);
		return tb_args_error(args, "%s", text);
	}
	if (response.status != 200) {
		tb_fetch_problem(&response, body, text, sizeof text);
		return tb_args_error(args, "%s: %s", url, text);
	}
	if (parse_state(s, body, &fault) == TB_OK)
		return TB_EXIT_OK;
	tb_fault_text(&fault, text, sizeof text);
	return tb_args_error(args, "%s does not answer as a Tabella server does: %s", url, text);
}

static size_t phase_number(const char *phase)
{
	static const char *const order[] = {
		"empty", "setup", "certifying", "ready", "open", "closed", "finished"};

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (strcmp(phase, order[i]) == 0)
			return i;
	return 0;
}

static bool has_reached(const state *s, const char *goal)
{
	return phase_number(s->phase) >= phase_number(goal);
}

/* Polls that are not open when they should end never open [OPEN.MISSED]: it makes no sense to wait. */
static bool is_missed(const state *s)
{
	const tb_clock clock = tb_clock_system();

	return strcmp(s->phase, "cancelled") != 0 && !has_reached(s, "open") &&
	       tb_clock_now(&clock) >= s->closes;
}

/* ---- showing it ---- */

static void print_awaited(const state *s)
{
	char when[32];

	for (size_t i = 0; i < s->num_awaits; i++) {
		if (s->awaits[i].time > 0)
			tb_time_write(when, s->awaits[i].time);
		printf("  awaited:  %s by %s%s%s\n", s->awaits[i].type, s->awaits[i].signer,
			s->awaits[i].time > 0 ? ", not before " : "", s->awaits[i].time > 0 ? when : "");
	}
}

static void print_state(const state *s)
{
	char opens[32], closes[32];

	tb_time_write(opens, s->opens);
	tb_time_write(closes, s->closes);
	printf("%s\n  phase:    %s\n  polls:    %s to %s\n  voters:   %llu\n  ballots:  %llu, of which %llu "
	       "count\n  entries:  %llu\n",
		s->title, s->phase, opens, closes, (unsigned long long)s->voters,
		(unsigned long long)s->ballots, (unsigned long long)s->counted, (unsigned long long)s->size);
	printf("  election: %s\n", s->id);
	if (is_missed(s))
		printf("  awaited:  nothing: the polls did not open in time and never will; `tabella cancel` "
		       "ends this election, a new one takes its place\n");
	else
		print_awaited(s);
}

static int show(const tb_args *args, const tb_buf *body, const state *s)
{
	if (tb_args_json(args))
		printf("%.*s\n", (int)body->len, (const char *)body->data);
	else
		print_state(s);
	return TB_EXIT_OK;
}

/* ---- waiting ---- */

/* Asks once a second, at most `seconds` times more, until the phase `goal` (NULL: no goal) has been reached. */
static int wait_for(const tb_args *args, const char *goal)
{
	const struct timespec second = {.tv_sec = 1};
	uint64_t left = 0;
	char url[TB_URL_MAX];
	tb_fetch *fetch = NULL;
	tb_fault fault;
	tb_buf body;
	state s;
	int exit_code;

	if (!tb_args_number(args, "wait", 0, 100 * 86400, &left))
		return TB_EXIT_USAGE;
	if (tb_url_board(url, tb_args_operand(args, 0), &fault) != TB_OK)
		return tb_args_error(args, "expected %s, found %s", fault.expected, fault.found);
	if (tb_fetch_new(&fetch, NULL) != TB_OK)
		return tb_args_error(args, "out of memory");
	tb_buf_init(&body, MAX_STATE);
	for (;;) {
		exit_code = get_state(args, fetch, url, &body, &s);
		if (exit_code != TB_EXIT_OK || goal == NULL || has_reached(&s, goal) ||
			strcmp(s.phase, "cancelled") == 0 || is_missed(&s) || left-- == 0)
			break;
		(void)nanosleep(&second, NULL);
	}
	if (exit_code == TB_EXIT_OK)
		exit_code = show(args, &body, &s);
	if (exit_code == TB_EXIT_OK && goal != NULL && !has_reached(&s, goal))
		exit_code = strcmp(s.phase, "cancelled") == 0 || is_missed(&s) ? TB_EXIT_NO : TB_EXIT_WAIT;
	tb_buf_release(&body);
	tb_fetch_free(fetch);
	return exit_code;
}

static int run_status(const tb_args *args)
{
	return wait_for(args, NULL);
}

static int run_open(const tb_args *args)
{
	return wait_for(args, "open");
}

static int run_close(const tb_args *args)
{
	return wait_for(args, "closed");
}

static int run_publish(const tb_args *args)
{
	return wait_for(args, "finished");
}

static const tb_flag no_flags[] = {{NULL, NULL, NULL, false, false}};

const tb_command tb_cmd_status = {
	.name = "status",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "say where an election stands and what it waits for",
	.details = "As the server says it; `tabella-verify BOARD` checks everything.",
	.flags = no_flags,
	.run = run_status,
};

static const tb_flag wait_flags[] = {
	{"wait", "SECONDS", "how long to wait for it (default: not at all)", false, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_open = {
	.name = "open",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "wait until the polls are open",
	.details = "The server opens the polls by itself, at the time in the election file, once every "
		   "trustee has certified.\n"
		   "Exit code 3: not yet; what is awaited is printed.  Exit code 1: never: the election was "
		   "cancelled, or was not open when\nthe polls should have ended.",
	.flags = wait_flags,
	.run = run_open,
};

const tb_command tb_cmd_close = {
	.name = "close",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "wait until the polls are closed",
	.details = "The server closes the polls by itself, at the time in the election file or in a later "
		   "extension; nobody can\n"
		   "close them earlier.  Exit code 3: not yet.",
	.flags = wait_flags,
	.run = run_close,
};

const tb_command tb_cmd_publish = {
	.name = "publish",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "wait until the result is published",
	.details = "The server publishes it by itself as soon as enough trustees have decrypted.  Exit code "
		   "3: not yet; what is\n"
		   "awaited is printed.",
	.flags = wait_flags,
	.run = run_publish,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/election/check_internal.h"

/* [CHECK.STATEMENTS]: what a person must know to judge a result, in plain words: what was weakened on purpose, and what no mathematics can show. */

/* A statement is one line of printable text: what it quotes (the reason of a cancellation) may have line breaks, and nobody
 * shall put a line of their own into a verifier's report. */
static tb_err add(tb_check_report *r, const char *code, const char *text, size_t len)
{
	tb_check_statement *list = realloc(r->statements, (r->num_statements + 1) * sizeof *list);
	char *raw = strndup(text, len), *clean = malloc(len + 4);

	if (list != NULL)
		r->statements = list;
	if (list == NULL || raw == NULL || clean == NULL) {
		free(raw);
		free(clean);
		return TB_ERR_MEMORY;
	}
	for (char *at = strchr(raw, '\n'); at != NULL; at = strchr(at, '\n'))
		*at = ' ';
	tb_text_copy_printable(clean, len + 4, raw);
	free(raw);
	list[r->num_statements].code = code;
	list[r->num_statements++].text = clean;
	return TB_OK;
}

/* Sentences in the order they are said; the first error stays. */
typedef struct speech {
	tb_check *check;
	const tb_board *board;
	const tb_manifest *m;
	tb_err err;
} speech;

__attribute__((format(printf, 3, 4))) static void say(speech *s, const char *code, const char *format, ...)
{
	char text[1200];
	va_list args;

	if (s->err != TB_OK)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	s->err = add(s->check->report, code, text, strlen(text));
}

static void date(char out[TB_RFC3339_LEN + 1], uint64_t time)
{
	if (tb_rfc3339_write(out, time) != TB_OK)
		(void)snprintf(out, TB_RFC3339_LEN + 1, "never");
}

static void say_trust(speech *s)
{
	const tb_check_trust *t = &s->check->options->trust;

	if (t->log_key == NULL && t->manifest == NULL && t->context == NULL)
		say(s, "keys-from-board",
			"Who runs this election was taken from the board itself. Compare the election id or "
			"the fingerprint with one that "
			"you have from elsewhere, or name them (--manifest, --key).");
	if (s->m->rehearsal)
		say(s, "rehearsal", "This was a rehearsal: its result decides nothing.");
	if (s->m->privacy_floor < TB_CHECK_FEW)
		say(s, "privacy-floor",
			"A question is decrypted even if no more than %" PRIu64
			" ballot%s: so few may show how each of them voted.",
			s->m->privacy_floor < 1 ? 1 : s->m->privacy_floor,
			s->m->privacy_floor <= 1 ? " counts" : "s count");
	if (s->m->eligibility == TB_ELIGIBILITY_SERVER)
		say(s, "eligibility-server",
			"Eligibility rests on the server: it made the voting codes, so it could have voted "
			"for people who did not. "
			"Whoever did not vote can look up their name on the board.");
	else
		say(s, "eligibility-registrar",
			"Who may vote rests on the registrar's word: \"%.200s\" signed the roll and gave out "
			"the voting codes.",
			s->m->registrar_name);
}

static void say_keys(speech *s)
{
	const tb_manifest *m = s->m;

	if (m->threshold == 1)
		say(s, "threshold-1",
			"A single trustee's key decrypts this election, so each of the %" PRIu32
			" could read every vote alone.",
			m->num_trustees);
	else
		say(s, "threshold",
			"Any %" PRIu32 " of the %" PRIu32
			" trustees together could read every single vote; fewer cannot.",
			m->threshold, m->num_trustees);
	if (m->num_endorsers == 0)
		say(s, "no-auditor",
			"Nobody but the trustees was asked to endorse the board before it was decrypted: "
			"there was no auditor.");
}

/* [WITNESS.POLICY] */
static void say_witnesses(speech *s)
{
	const tb_manifest *m = s->m;

	if (m->num_witnesses == 0)
		return;
	if (tb_check_is_witnessed(s->check))
		say(s, "witnesses",
			"%" PRIu32 " of %" PRIu32 " witnesses have cosigned this head of the log (%" PRIu32
			" are needed): nobody was shown another history.",
			s->check->num_witnessed, m->num_witnesses, m->witnesses_needed);
	else
		say(s, "witnesses-missing",
			"%" PRIu32 " of %" PRIu32 " witnesses have cosigned this head of the log; %" PRIu32
			" are needed. Others may have been shown another history: look again in a moment.",
			s->check->num_witnessed, m->num_witnesses, m->witnesses_needed);
}

static void say_endorsements(speech *s)
{
	const tb_endorsements *e = tb_board_endorsements(s->board);
	const tb_tally *t = tb_board_tally(s->board);
	tb_endorsement own;
	uint32_t matching, all = tb_manifest_total_endorsers(s->m);

	if (e == NULL || t == NULL)
		return;
	tb_tally_statement(t, &own);
	matching = tb_endorsements_matching(e, &own);
	if (matching < all)
		say(s, "endorsers-missing",
			"%" PRIu32 " of %" PRIu32 " endorsers have endorsed this board (%" PRIu32
			" are needed before anything is decrypted).",
			matching, all, tb_endorsements_required(e));
}

/* Without this, such an election looks for ever as though something were still to come [OPEN.MISSED]. */
static void say_opening(speech *s)
{
	tb_phase phase = tb_board_phase(s->board);
	char when[TB_RFC3339_LEN + 1];

	if (phase >= TB_PHASE_OPEN)
		return;
	date(when, tb_board_closes(s->board));
	if (tb_board_time(s->board) >= tb_board_closes(s->board))
		say(s, "never-opened",
			"The polls never opened, and cannot any more: they had to before %s. Nobody has "
			"voted; "
			"the administrator can only cancel this election.",
			when);
	else
		say(s, "not-opened",
			"The polls have not opened. If they do not before %s, they never will, and only a "
			"new "
			"election helps.",
			when);
}

static void say_time(speech *s)
{
	char when[TB_RFC3339_LEN + 1];

	if (s->m->rules == TB_RULES_EXTENDED)
		say(s, "window-extended", "The rules of this election allow a window longer than 60 days.");
	if (tb_board_num_extensions(s->board) > 0) {
		date(when, tb_board_closes(s->board));
		say(s, "extended", "The end of the polls was moved %" PRIu32 " time%s, the last time to %s.",
			tb_board_num_extensions(s->board), tb_board_num_extensions(s->board) == 1 ? "" : "s",
			when);
	}
}

/* Weights are looked at twice: how many values are there, and which of them are rare? */
typedef struct weights {
	speech *s;
	uint64_t num_values;
	bool is_closed;
} weights;

static void count_value(void *arg, uint32_t weight, uint64_t holders, uint64_t cast)
{
	weights *w = arg;

	(void)weight;
	(void)cast;
	w->num_values += holders > 0;
}

/* What counts for secrecy is who voted: a weight that many hold, of whom one voted, is read off the total all the same. */
static void say_weight(void *arg, uint32_t weight, uint64_t holders, uint64_t cast)
{
	const weights *w = arg;

	if (holders < w->s->m->min_holders || holders < TB_CHECK_FEW)
		say(w->s, "rare-weight",
			"Weight %" PRIu32 " is held by %" PRIu64
			" voter%s only: the totals may reveal how they voted.",
			weight, holders, holders == 1 ? "" : "s");
	else if (w->is_closed && cast > 0 && cast < TB_CHECK_FEW)
		say(w->s, "rare-weight",
			"Of the voters with weight %" PRIu32 " only %" PRIu64
			" voted: the totals may reveal how they voted.",
			weight, cast);
}

static void say_weights(speech *s)
{
	const tb_roll *r = tb_board_roll(s->board);
	weights w = {.s = s, .is_closed = tb_board_close_leaf(s->board) != NULL};
	tb_err err;

	if (r == NULL || s->err != TB_OK)
		return;
	err = tb_roll_each_weight(r, count_value, &w);
	if (err == TB_OK && w.num_values > 1)
		err = tb_roll_each_weight(r, say_weight, &w);
	if (s->err == TB_OK)
		s->err = err;
}

/* By name: people can be asked. */
static void say_names(speech *s)
{
	tb_check *c = s->check;
	const char *at = (const char *)c->names.data, *end = at + c->names.len;

	if (c->num_added > 0)
		say(s, "added", "%" PRIu64 " voter%s added to the roll after the opening.", c->num_added,
			c->num_added == 1 ? " was" : "s were");
	while (at < end && s->err == TB_OK) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (stop == NULL)
			break;
		s->err = add(c->report, "roll-changed", at, (size_t)(stop - at));
		at = stop + 1;
	}
	if (c->num_names > 200)
		say(s, "roll-changed", "... and %" PRIu64 " more such changes of the roll.",
			c->num_names - 200);
}

/* The pages of the voters: what they were is on the board; that they were given to each voter no board can show. */
static void say_client(speech *s)
{
	const tb_check *c = s->check;
	const char *at = (const char *)c->client_changes.data, *end = at + c->client_changes.len;
	uint32_t num = tb_board_num_clients(s->board);

	if (num == 0)
		return;
	say(s, "client",
		"The board names the pages and files of the web client in %" PRIu32
		" entr%s, the latest in entry %" PRIu64 ". Compare them with what the server serves: "
		"tabella-verify --client URL.",
		num, num == 1 ? "y" : "ies", c->report->client_entry);
	while (at < end && s->err == TB_OK) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (stop == NULL)
			break;
		say(s, "client-changed",
			"The server changed its web client while votes were cast, in %.*s. Who voted before "
			"and who "
			"voted after was given different programs: ask why.",
			(int)(stop - at), at);
		at = stop + 1;
	}
	if (c->num_client_changes > TB_CHECK_CLIENT_CHANGES)
		say(s, "client-changed", "... and %" PRIu64 " more such changes of the web client.",
			c->num_client_changes - TB_CHECK_CLIENT_CHANGES);
}

/* What a mix hides is who cast a ballot, not what is on it. */
static void say_ballots(speech *s)
{
	const tb_tally *t = tb_board_tally(s->board);

	for (uint32_t q = 0; t != NULL && q < s->m->num_questions; q++)
		if (s->m->questions[q].method == TB_METHOD_RANKED && tb_tally_may_decrypt(t, q))
			say(s, "ballots-public",
				"The ballots on \"%.200s\" are public, one by one and without names: whoever "
				"told others "
				"beforehand of a ballot that nobody else would cast can be held to it.",
				s->m->questions[q].title);
}

static void say_end(speech *s)
{
	const tb_tally *t = tb_board_tally(s->board);
	tb_check *c = s->check;

	if (tb_board_phase(s->board) == TB_PHASE_CANCELLED)
		say(s, "cancelled", "The election was cancelled and has no result. Reason: %.*s",
			(int)c->cancelled.len, c->cancelled.len > 0 ? (const char *)c->cancelled.data : "");
	if (c->num_notices > 0)
		say(s, "notices", "The administrator put %" PRIu64 " notice%s on the board: read %s.",
			c->num_notices, c->num_notices == 1 ? "" : "s", c->num_notices == 1 ? "it" : "them");
	for (uint32_t q = 0; t != NULL && q < s->m->num_questions; q++) {
		const char *title = s->m->questions[q].title;

		if (tb_tally_outcome(t, q) == TB_OUTCOME_VOID)
			say(s, "void",
				"Too few voted on \"%.200s\": the quorum was not met, and nothing was "
				"decrypted.",
				title);
		if (tb_tally_outcome(t, q) == TB_OUTCOME_WITHHELD)
			say(s, "withheld",
				"Too few ballots count to decrypt \"%.200s\" without coming close to single "
				"votes.",
				title);
	}
}

tb_err tb_check_words(tb_check *c)
{
	speech s = {.check = c, .board = c->board, .err = TB_OK};

	if (c->board == NULL || tb_board_manifest(c->board) == NULL)
		return TB_OK;
	s.m = tb_board_manifest(c->board);
	s.err = tb_buf_status(&c->names);
	if (s.err == TB_OK)
		s.err = tb_buf_status(&c->client_changes);
	say_trust(&s);
	say_keys(&s);
	say_opening(&s);
	say_time(&s);
	say_weights(&s);
	say_client(&s);
	say_names(&s);
	say_endorsements(&s);
	say_witnesses(&s);
	say_ballots(&s);
	say_end(&s);
	say(&s, "beyond",
		"No check can tell whether a voter's device showed the truth, or whether somebody watched "
		"the voter.");
	return s.err;
}

void tb_check_fingerprint(char out[TB_FINGERPRINT_TEXT], const uint8_t context[TB_FINGERPRINT_BYTES])
{
	tb_crockford_write(out, context, TB_FINGERPRINT_BYTES);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/result_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_COLUMN = 48 };

__attribute__((format(printf, 2, 3))) static void say(tb_buf *out, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tb_buf_text(out, text);
}

/* Characters, not bytes, so that columns stand below each other in other languages too. */
static size_t width_of(const char *text)
{
	size_t num = 0;

	for (; *text != '\0'; text++)
		num += ((unsigned char)*text & 0xc0u) != 0x80u;
	return num;
}

/* "1/5", or "20 %" where that is exact. */
static void say_fraction(tb_buf *out, const tb_bar *bar)
{
	if (100 * (uint64_t)bar->a % bar->b == 0)
		say(out, "%" PRIu64 " %%", 100 * (uint64_t)bar->a / bar->b);
	else
		say(out, "%" PRIu32 "/%" PRIu32, bar->a, bar->b);
}

static void say_quorum(tb_buf *out, const tb_question *q, const tb_decision *d, const tb_turnout *t)
{
	const char *met = d->quorum_met ? "met" : "NOT met";

	if (q->quorum.base == TB_BASE_COUNT) {
		say(out, "    quorum: at least %" PRIu64 " ballots; %" PRIu64 " count: %s\n", q->quorum.count,
			t->counted, met);
	} else if (q->quorum.base == TB_BASE_ELECTORATE) {
		tb_buf_text(out, q->quorum.strict ? "    quorum: more than " : "    quorum: at least ");
		say_fraction(out, &q->quorum);
		say(out, " of the electorate; %" PRIu64 " of %" PRIu64 " votes: %s\n", t->weight_counted,
			t->weight_electorate, met);
	}
}

/* The number that the fraction is of, and what it is. */
static uint64_t approval_base(
	const tb_question *q, const tb_decision *d, const tb_turnout *t, const char **what)
{
	bool scored = q->score_max > 1;
	uint64_t sum = 0;

	if (q->approval.base == TB_BASE_OPTIONS_SUM) {
		for (uint32_t i = 0; i < q->num_options; i++)
			sum += d->totals[i];
		*what = scored ? "points given to all options" : "votes given to all options";
		return sum;
	}
	if (q->approval.base == TB_BASE_BALLOTS) {
		*what = scored ? "points that the ballots could give" : "votes cast";
		return t->weight_counted * q->score_max;
	}
	*what = scored ? "points that the electorate could give" : "votes of the electorate";
	return t->weight_electorate * q->score_max;
}

static void say_approval(tb_buf *out, const tb_question *q, const tb_decision *d, const tb_turnout *t)
{
	const char *what;
	uint64_t base;

	if (q->approval.base == TB_BASE_NONE)
		return;
	base = approval_base(q, d, t, &what);
	tb_buf_text(out, q->approval.strict ? "    needed: more than " : "    needed: at least ");
	say_fraction(out, &q->approval);
	say(out, " of the %" PRIu64 " %s\n", base, what);
}

static const char *standing(const tb_question *q, const tb_decision *d, uint32_t option)
{
	for (uint32_t k = 0; k < d->num_elected; k++)
		if (d->order[k] == option)
			return q->method == TB_METHOD_REFERENDUM && q->winners == 1 ? "adopted" : "elected";
	return d->is_approved[option] ? "approved, not elected" : "";
}

static void say_options(tb_buf *out, const tb_question *q, const tb_decision *d)
{
	size_t column = 0;

	for (uint32_t i = 0; i < q->num_options; i++) {
		size_t width = width_of(q->options[i].label);

		if (width > column)
			column = width < MAX_COLUMN ? width : MAX_COLUMN;
	}
	for (uint32_t i = 0; i < q->num_options; i++) {
		const char *word = standing(q, d, i);

		say(out, "    %10" PRIu64 "  %s", d->totals[i], q->options[i].label);
		for (size_t k = width_of(q->options[i].label); word[0] != '\0' && k < column; k++)
			tb_buf_u8(out, ' ');
		say(out, "%s%s\n", word[0] != '\0' ? "  " : "", word);
	}
	if (d->num_approved == 0)
		tb_buf_text(out, "    no option is approved\n");
}

static void say_ties(tb_buf *out, const tb_question *q, const tb_decision *d)
{
	for (uint32_t i = 0; i < d->num_ties; i++) {
		const tb_tie *tie = &d->ties[i];

		say(out, "    equal totals, in the order that the lot gave:");
		for (uint32_t k = 0; k < tie->num; k++)
			say(out, "%s %s", k == 0 ? "" : ",", q->options[d->order[tie->first + k]].label);
		if (tie->cut)
			say(out, "; elected: the first %" PRIu32, d->num_elected - tie->first);
		tb_buf_u8(out, '\n');
	}
}

/* [RANK.RESULT]: whom the count elects, and where everybody can follow it. */
static void say_ranked(tb_buf *out, const tb_question *q, const tb_decision *d)
{
	const tb_count_method *method = tb_count_method_find(q->count.method);

	say(out, "    %" PRIu64 " valid ballots, %zu invalid", d->ranked.valid, d->ranked.num_invalid);
	say(out, "; counted by %s\n", method != NULL ? method->name : q->count.method);
	for (uint32_t k = 0; k < d->num_elected; k++)
		say(out, "    elected: %s\n", q->options[d->order[k]].label);
	if (d->num_elected == 0)
		tb_buf_text(out, "    nobody is elected\n");
	say(out, "    the account, round by round: count/%s.json; the ballots: count/%s.csv\n", q->id, q->id);
}

static void say_question(
	tb_buf *out, const tb_manifest *m, const tb_question *q, const tb_decision *d, const tb_turnout *t)
{
	say(out, "  %s\n", q->title);
	say_quorum(out, q, d, t);
	if (d->outcome == TB_OUTCOME_VOID) {
		tb_buf_text(out, "    void: the quorum was not met, and nothing was decrypted\n");
	} else if (d->outcome == TB_OUTCOME_WITHHELD) {
		say(out,
			"    withheld: fewer than %" PRIu64
			" ballots count, and totals of so few would show votes\n",
			m->privacy_floor);
	} else if (q->method == TB_METHOD_RANKED) {
		say_ranked(out, q, d);
	} else {
		say_approval(out, q, d, t);
		say_options(out, q, d);
		say_ties(out, q, d);
	}
}

tb_err tb_result_words(tb_buf *out, const tb_result *r, const tb_manifest *m)
{
	const tb_turnout *t = &r->turnout;

	TB_REQUIRE(r->num_questions == m->num_questions);
	say(out, "%" PRIu64 " of %" PRIu64 " voters", t->counted, t->electorate);
	if (t->weight_electorate != t->electorate)
		say(out, ", with %" PRIu64 " of %" PRIu64 " votes", t->weight_counted, t->weight_electorate);
	tb_buf_u8(out, '\n');
	for (uint32_t q = 0; q < r->num_questions; q++)
		say_question(out, m, &m->questions[q], &r->questions[q], t);
	return tb_buf_status(out);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/count/count.h"

/* The account in words, for a terminal: the result first, then why, then the rounds. */
typedef struct words {
	tb_buf *out;
	const tb_count_account *a;
	const tb_count_method *m;
	const tb_count_ballots *b;
	const tb_count_options *o;
} words;

__attribute__((format(printf, 2, 3))) static void say(const words *w, const char *format, ...)
{
	char text[2 * TB_COUNT_MAX_NAME + 512]; /* two names and a sentence */
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	tb_buf_text(w->out, text);
}

static const char *name_of(const words *w, uint32_t candidate)
{
	return candidate == TB_COUNT_NOBODY ? "nobody" : w->b->names[candidate];
}

static void say_list(const words *w, const tb_count_list *l)
{
	for (uint32_t i = 0; i < l->num; i++) {
		say(w, "%s", i == 0 ? "" : i + 1 == l->num ? " and " : ", ");
		say(w, "%s", name_of(w, l->at[i]));
	}
}

/* "12.5 votes", "3 approvals". */
static void say_amount(const words *w, tb_amount v)
{
	char text[64];

	tb_amount_text(text, v, w->a->decimals);
	say(w, "%s", text);
}

static const char *unit(const words *w)
{
	if (strcmp(w->m->rule, "COUNT.BORDA") == 0 || strcmp(w->m->rule, "COUNT.SCORE") == 0)
		return "points";
	return strcmp(w->m->rule, "COUNT.APPROVAL") == 0 ? "approvals" : "votes";
}

/* ---- the result ---- */

static void say_result(const words *w)
{
	const tb_count_account *a = w->a;

	if (w->b->title != NULL)
		say(w, "%s\n", w->b->title);
	say(w, "%s (%s), %u seat%s, %u candidates\n", w->m->name, w->m->id, w->o->seats,
		w->o->seats == 1 ? "" : "s", a->num_candidates);
	say(w, "%llu ballots: %llu valid, %llu empty", (unsigned long long)a->num_ballots,
		(unsigned long long)a->num_valid, (unsigned long long)a->num_empty);
	if (a->num_ballots > a->num_valid + a->num_empty)
		say(w, ", %llu without a first preference for one candidate alone",
			(unsigned long long)(a->num_ballots - a->num_valid - a->num_empty));
	say(w, "\n\n%s\n", a->order.num == 0 ? "Nobody is elected." : "Elected:");
	for (uint32_t i = 0; i < a->order.num; i++)
		say(w, "%4u. %s\n", i + 1, name_of(w, a->order.at[i]));
	if (a->order.num > 0 && a->order.num < w->o->seats)
		say(w, "%u seat%s empty.\n", w->o->seats - a->order.num,
			w->o->seats - a->order.num == 1 ? " stays" : "s stay");
}

/* ---- why each candidate was or was not elected ---- */

static const char *sentence(tb_count_why why)
{
	static const char *const texts[] = {
		[TB_COUNT_WITHDRAWN] = "not elected: withdrawn before the count",
		[TB_COUNT_QUOTA] = "elected: reached the quota",
		[TB_COUNT_MAJORITY] = "elected: more than half of the votes still in play",
		[TB_COUNT_LAST] = "elected: no more candidates were left than seats",
		[TB_COUNT_MOST] = "elected: among the highest totals",
		[TB_COUNT_UNBEATEN] = "elected: unbeaten by every other candidate that was left",
		[TB_COUNT_BELOW_MINIMUM] = "not elected, although the count came to it: below the minimum",
		[TB_COUNT_EXCLUDED] = "not elected: excluded with the fewest votes",
		[TB_COUNT_SEATS_FILLED] = "not elected: still in the count when the last seat was filled",
		[TB_COUNT_NO_VOTES] = "not elected: without a single vote",
		[TB_COUNT_FEWER] = "not elected: others have higher totals",
		[TB_COUNT_BEATEN] = "not elected: beaten",
		[TB_COUNT_NO_QUORUM] = "not elected: too few prefer it to the default option",
		[TB_COUNT_NO_RATIO] = "not elected: does not beat the default option as it must",
		[TB_COUNT_LOT_LOST] = "not elected: tied for a seat, and the lot decided for another",
	};

	return texts[why];
}

/* "; 191 prefer A, 160 the other way round". */
static void say_preference(const words *w, uint32_t winner, uint32_t loser)
{
	size_t n = w->a->num_candidates;
	const uint64_t *v = w->a->pairwise;

	say(w, "; %llu prefer %s, %llu the other way round", (unsigned long long)v[winner * n + loser],
		name_of(w, winner), (unsigned long long)v[loser * n + winner]);
}

/* By whom: somebody elected who is preferred directly, or else along the strongest paths. */
static void say_beaten(const words *w, uint32_t candidate)
{
	size_t n = w->a->num_candidates;
	const uint64_t *v = w->a->pairwise, *p = w->a->paths;

	for (uint32_t i = 0; i < w->a->order.num; i++) {
		uint32_t rival = w->a->order.at[i];

		if (v[rival * n + candidate] > v[candidate * n + rival]) {
			say(w, " by %s", name_of(w, rival));
			say_preference(w, rival, candidate);
			return;
		}
	}
	for (uint32_t i = 0; i < w->a->order.num && p != NULL; i++) {
		uint32_t rival = w->a->order.at[i];

		if (p[rival * n + candidate] > p[candidate * n + rival]) {
			say(w, " by %s along the strongest paths, %llu to %llu", name_of(w, rival),
				(unsigned long long)p[rival * n + candidate],
				(unsigned long long)p[candidate * n + rival]);
			return;
		}
	}
	say(w, " along a chain of defeats");
}

static void say_against_default(const words *w, uint32_t option, tb_count_why why)
{
	size_t n = w->a->num_candidates, other = w->o->default_option;
	const tb_count_ratio *ratio = w->o->ratios;

	say(w, "; %llu prefer it, %llu the default option",
		(unsigned long long)w->a->pairwise[option * n + other],
		(unsigned long long)w->a->pairwise[other * n + option]);
	if (why == TB_COUNT_NO_QUORUM)
		say(w, "; it needs %llu", (unsigned long long)w->o->quorum);
	else if (ratio != NULL && ratio[option].a != ratio[option].b)
		say(w, "; it needs %u to %u", ratio[option].a, ratio[option].b);
	else
		say(w, "; it needs more than the default option");
}

/* The figures that the decision rests on. */
static void say_figures(const words *w, uint32_t candidate)
{
	const tb_count_fate *f = &w->a->fates[candidate];
	const tb_count_round *r = f->round == 0 ? NULL : &w->a->rounds[f->round - 1];

	if (f->why == TB_COUNT_BEATEN)
		say_beaten(w, candidate);
	if (f->why == TB_COUNT_NO_QUORUM || f->why == TB_COUNT_NO_RATIO)
		say_against_default(w, candidate, f->why);
	if (w->a->pairwise != NULL || f->why == TB_COUNT_WITHDRAWN || f->why == TB_COUNT_NO_VOTES)
		return;
	say(w, ", with ");
	say_amount(w, f->votes);
	say(w, " %s", unit(w));
	if (f->why == TB_COUNT_BELOW_MINIMUM)
		say(w, " of %llu", (unsigned long long)w->o->min_votes);
	if (r != NULL && r->has_quota && (f->why == TB_COUNT_QUOTA || f->why == TB_COUNT_MAJORITY)) {
		say(w, "; %s ", f->why == TB_COUNT_QUOTA ? "the quota was" : "enough were");
		say_amount(w, r->quota);
	}
}

/* Was this one of several that had an equal claim when it was decided? */
static void say_tie_of(const words *w, uint32_t candidate)
{
	const tb_count_fate *f = &w->a->fates[candidate];
	const tb_count_round *r = f->round == 0 ? NULL : &w->a->rounds[f->round - 1];

	for (uint32_t i = 0; r != NULL && i < r->num_ties; i++)
		if (r->ties[i].chosen == candidate && strcmp(r->ties[i].purpose, "surplus") != 0)
			say(w, ", after a tie that %s decided",
				r->ties[i].round > 0 ? "an earlier round" : "the lot");
}

static void say_whys(const words *w)
{
	say(w, "\nWhy:\n");
	for (uint32_t i = 0; i < w->a->num_candidates; i++) {
		const tb_count_fate *f = &w->a->fates[i];

		say(w, "  %u. %s: %s", i + 1, name_of(w, i), sentence(f->why));
		say_figures(w, i);
		say_tie_of(w, i);
		if (f->round > 0 && w->a->num_rounds > 1)
			say(w, " (round %u)", f->round);
		say(w, "\n");
	}
}

/* ---- the rounds ---- */

static void say_action(const words *w, uint32_t round)
{
	static const struct {
		const char *action, *before, *behind;
	} texts[] = {
		{"first-preferences", "first preferences", ""},
		{"surplus", "the surplus of ", " is transferred"},
		{"exclusion", "", " excluded, the votes are transferred"},
		{"iteration", "new keep factors of ", ""},
		{"totals", "totals", ""},
		{"unbeaten", "unbeaten by every other candidate left: ", ""},
		{"quorum", "options that too few prefer to the default option are dropped", ""},
		{"majority", "options that do not beat the default option by their majority are dropped", ""},
		{"schwartz", "the Schwartz set is ", ""},
	};
	const tb_count_round *r = &w->a->rounds[round];

	say(w, "\nRound %u: ", round + 1);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strcmp(texts[i].action, r->action) == 0) {
			say(w, "%s", texts[i].before);
			say_list(w, &r->of);
			say(w, "%s\n", texts[i].behind);
		}
}

static void say_ties(const words *w, const tb_count_round *r)
{
	for (uint32_t i = 0; i < r->num_ties; i++) {
		const tb_count_tie *t = &r->ties[i];

		say(w, "  Tie (%s): ", t->purpose);
		say_list(w, &t->tied);
		if (t->round > 0)
			say(w, "; round %u decides: %s\n", t->round, name_of(w, t->chosen));
		else
			say(w, "; the lot decides: %s\n", name_of(w, t->chosen));
	}
}

static void say_pairs(const words *w, const tb_count_round *r)
{
	bool is_defeat = strcmp(r->action, "schwartz") == 0;

	for (size_t i = 0; i < r->num_pairs; i++) {
		const tb_count_pair *p = &r->pairs[i];

		if (is_defeat)
			say(w, "  the weakest defeat, of %s by ", name_of(w, p->loser));
		else
			say(w, "  %s: %llu prefer it to ", name_of(w, p->loser),
				(unsigned long long)p->votes_against);
		say(w, "%s", name_of(w, p->winner));
		if (is_defeat)
			say(w, ", %llu to %llu, is dropped\n", (unsigned long long)p->votes_for,
				(unsigned long long)p->votes_against);
		else
			say(w, ", %llu the other way round\n", (unsigned long long)p->votes_for);
	}
	if (r->votes == NULL && r->num_pairs == 0 && r->of.num == 0)
		say(w, "  none\n");
}

static bool is_in(const tb_count_list *l, uint32_t v)
{
	for (uint32_t i = 0; i < l->num; i++)
		if (l->at[i] == v)
			return true;
	return false;
}

/* Numbers stand before names: the width of a name on a screen is not for a program to guess. */
static void say_row(
	const words *w, uint32_t round, tb_amount now, tb_amount before, const char *name, const char *what)
{
	char text[64], change[65] = "";

	tb_amount_text(text, now, w->a->decimals);
	if (round > 0 && now != before) {
		change[0] = now > before ? '+' : '-';
		tb_amount_text(change + 1, now > before ? now - before : before - now, w->a->decimals);
	}
	say(w, "%18s %18s  %s%s\n", text, change, name, what);
}

static void say_votes(const words *w, uint32_t round)
{
	const tb_count_round *r = &w->a->rounds[round], *last = round > 0 ? r - 1 : r;

	for (uint32_t i = 0; i < w->a->num_candidates; i++) {
		const tb_count_fate *f = &w->a->fates[i];
		bool is_gone = f->round <= round && !tb_count_why_is_elected(f->why) && r->votes[i] == 0 &&
			       (round == 0 || last->votes[i] == 0);

		if (is_gone && !is_in(&r->excluded, i))
			continue;
		say_row(w, round, r->votes[i], last->votes[i], name_of(w, i),
			is_in(&r->elected, i)    ? ", elected"
			: is_in(&r->excluded, i) ? ", excluded"
						 : "");
	}
	if (r->has_rest)
		say_row(w, round, r->rest, last->rest, "non-transferable", "");
	if (r->has_quota)
		say_row(w, 0, r->quota, 0, "(quota)", "");
}

static void say_transfers(const words *w, const tb_count_round *r)
{
	for (size_t i = 0; i < r->num_transfers; i++) {
		const tb_count_transfer *t = &r->transfers[i];
		char text[64];

		tb_amount_text(text, t->amount, w->a->decimals);
		say(w, "  %s from %s to %s\n", text, name_of(w, t->from),
			t->to == TB_COUNT_NOBODY ? "non-transferable" : name_of(w, t->to));
	}
}

static void say_rounds(const words *w)
{
	for (uint32_t i = 0; i < w->a->num_rounds; i++) {
		const tb_count_round *r = &w->a->rounds[i];

		say_action(w, i);
		say_ties(w, r);
		if (r->votes != NULL)
			say_votes(w, i);
		say_transfers(w, r);
		say_pairs(w, r);
	}
}

static void say_matrix(const words *w, const char *title, const uint64_t *v)
{
	size_t n = w->a->num_candidates;

	if (v == NULL)
		return;
	say(w, "\n%s\n%8s", title, "");
	for (size_t k = 0; k < n; k++)
		say(w, " %8zu", k + 1);
	say(w, "\n");
	for (size_t i = 0; i < n; i++) {
		say(w, "%8zu", i + 1);
		for (size_t k = 0; k < n; k++)
			if (i == k)
				say(w, " %8s", "-");
			else
				say(w, " %8llu", (unsigned long long)v[i * n + k]);
		say(w, "  %s\n", name_of(w, (uint32_t)i));
	}
}

tb_err tb_count_account_words(tb_buf *out, const tb_count_account *a, const tb_count_method *method,
	const tb_count_ballots *ballots, const tb_count_options *options)
{
	words w = {.out = out, .a = a, .m = method, .b = ballots, .o = options};

	say_result(&w);
	say_whys(&w);
	say_rounds(&w);
	say_matrix(&w, "Voters who prefer the candidate of the row to that of the column:", a->pairwise);
	say_matrix(&w, "Strength of the strongest path from row to column:", a->paths);
	say(&w, "\nThe rule: %s.\nWhere it leaves a choice:\n", method->source);
	for (const char *const *c = method->choices; *c != NULL; c++) {
		tb_buf_text(out, "  - ");
		tb_buf_text(out, *c);
		tb_buf_text(out, "\n");
	}
	return tb_buf_status(out);
}

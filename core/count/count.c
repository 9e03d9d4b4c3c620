/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/count/method.h"

/* ---- candidates ---- */

bool tb_count_stands(const tb_count *c, uint32_t candidate)
{
	return !c->account->fates[candidate].is_set;
}

uint32_t tb_count_num_standing(const tb_count *c)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < c->account->num_candidates; i++)
		num += tb_count_stands(c, i);
	return num;
}

void tb_count_leave(tb_count *c, uint32_t candidate, tb_count_why why, tb_amount votes)
{
	tb_count_fate *fate = &c->account->fates[candidate];

	TB_REQUIRE(!fate->is_set);
	*fate = (tb_count_fate){.is_set = true, .why = why, .round = c->account->num_rounds, .votes = votes};
}

static tb_amount unit(const tb_count *c)
{
	tb_amount v = 1;

	for (unsigned i = 0; i < c->method->decimals; i++)
		v *= 10;
	return v;
}

/* Who lacks the minimum takes a seat that then stays empty: the count itself goes on as the rule says [COUNT.MINIMUM]. */
tb_err tb_count_elect(tb_count *c, uint32_t candidate, tb_count_why why, tb_amount votes)
{
	tb_err err;

	if (votes < unit(c) * c->options->min_votes) {
		tb_count_leave(c, candidate, TB_COUNT_BELOW_MINIMUM, votes);
		return TB_OK;
	}
	err = tb_count_list_add(&c->account->order, candidate);
	if (err == TB_OK)
		err = tb_count_list_add(&tb_count_account_last(c->account)->elected, candidate);
	if (err == TB_OK)
		tb_count_leave(c, candidate, why, votes);
	return err;
}

tb_err tb_count_exclude(tb_count *c, uint32_t candidate, tb_count_why why, tb_amount votes)
{
	tb_err err = tb_count_list_add(&tb_count_account_last(c->account)->excluded, candidate);

	if (err == TB_OK)
		tb_count_leave(c, candidate, why, votes);
	return err;
}

typedef struct placed {
	tb_amount amount;
	uint32_t candidate;
} placed;

static int by_amount(const void *a, const void *b)
{
	const placed *x = a, *y = b;

	if (x->amount != y->amount)
		return x->amount > y->amount ? -1 : 1;
	return (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

void tb_count_sort(uint32_t *candidates, uint32_t num, const tb_amount *amounts)
{
	placed p[TB_COUNT_MAX_CANDIDATES];

	TB_REQUIRE(num <= TB_COUNT_MAX_CANDIDATES);
	for (uint32_t i = 0; i < num; i++)
		p[i] = (placed){amounts[candidates[i]], candidates[i]};
	qsort(p, num, sizeof *p, by_amount);
	for (uint32_t i = 0; i < num; i++)
		candidates[i] = p[i].candidate;
}

/* ---- ties [COUNT.TIE] [COUNT.LOT] ---- */

/* Keeps those with the most (or fewest) of these votes; returns how many they are. */
static uint32_t narrow(uint32_t *tied, uint32_t num, const tb_amount *votes, bool want_most)
{
	tb_amount best = votes[tied[0]];
	uint32_t kept = 0;

	for (uint32_t i = 1; i < num; i++)
		if (want_most ? votes[tied[i]] > best : votes[tied[i]] < best)
			best = votes[tied[i]];
	for (uint32_t i = 0; i < num; i++)
		if (votes[tied[i]] == best)
			tied[kept++] = tied[i];
	return kept;
}

static uint32_t place_in_lot(const tb_count *c, uint32_t candidate)
{
	uint32_t i = 0;

	while (c->options->lot[i] != candidate)
		i++;
	return i;
}

static uint32_t draw(const tb_count *c, const uint32_t *tied, uint32_t num, bool want_first)
{
	uint32_t best = tied[0];

	for (uint32_t i = 1; i < num; i++)
		if ((place_in_lot(c, tied[i]) < place_in_lot(c, best)) == want_first)
			best = tied[i];
	return best;
}

static tb_err list_of(tb_count_list *out, const uint32_t *candidates, uint32_t num)
{
	tb_err err = TB_OK;

	for (uint32_t i = 0; i < num && err == TB_OK; i++)
		err = tb_count_list_add(out, candidates[i]);
	return err;
}

/* The count stops here: the caller learns between whom a lot has to be drawn. */
static tb_err miss(tb_count *c, tb_count_tie *tie)
{
	tb_count_tie *copy = malloc(sizeof *copy);

	if (copy == NULL) {
		tb_count_tie_release(tie);
		return TB_ERR_MEMORY;
	}
	*copy = *tie;
	c->account->lot_missing = copy;
	return TB_ERR_STATE;
}

static tb_err settle(tb_count *c, tb_count_tie *tie, const uint32_t *left, uint32_t num_left, bool want_most)
{
	if (num_left == 1) {
		tie->chosen = left[0];
		return tb_count_round_tie(tb_count_account_last(c->account), tie);
	}
	tie->round = 0;
	if (list_of(&tie->left, left, num_left) != TB_OK) {
		tb_count_tie_release(tie);
		return TB_ERR_MEMORY;
	}
	if (c->options->lot == NULL)
		return miss(c, tie);
	tie->chosen = draw(c, left, num_left, want_most);
	return tb_count_round_tie(tb_count_account_last(c->account), tie);
}

tb_err tb_count_choose(tb_count *c, uint32_t *out, const uint32_t *tied, uint32_t num, const char *purpose,
	uint32_t num_rounds)
{
	bool want_most = strcmp(purpose, "exclude") != 0;
	uint32_t left[TB_COUNT_MAX_CANDIDATES], num_left = num;
	tb_count_tie tie = {.purpose = purpose};
	tb_err err;

	TB_REQUIRE(num > 0 && num <= TB_COUNT_MAX_CANDIDATES);
	*out = tied[0];
	if (num == 1)
		return TB_OK;
	memcpy(left, tied, num * sizeof *left);
	for (uint32_t r = num_rounds; r > 0 && num_left > 1; r--) {
		num_left = narrow(left, num_left, c->account->rounds[r - 1].votes, want_most);
		tie.round = r;
	}
	if (list_of(&tie.tied, tied, num) != TB_OK) {
		tb_count_tie_release(&tie);
		return TB_ERR_MEMORY;
	}
	err = settle(c, &tie, left, num_left, want_most);
	if (err == TB_OK)
		*out = tb_count_account_last(c->account)
			       ->ties[tb_count_account_last(c->account)->num_ties - 1]
			       .chosen;
	return err;
}

/* ---- the largest amounts ---- */

static uint32_t standing(const tb_count *c, uint32_t *out)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < c->account->num_candidates; i++)
		if (tb_count_stands(c, i))
			out[num++] = i;
	return num;
}

/* Equals who share what is left of the seats: the lot elects one after the other. */
static tb_err elect_by_lot(
	tb_count *c, uint32_t *tied, uint32_t num, uint32_t seats, const tb_amount *amounts)
{
	while (seats-- > 0) {
		uint32_t chosen, kept = 0;
		tb_err err = tb_count_choose(c, &chosen, tied, num, "elect", 0);

		if (err == TB_OK)
			err = tb_count_elect(c, chosen, TB_COUNT_MOST, amounts[chosen]);
		if (err != TB_OK)
			return err;
		for (uint32_t i = 0; i < num; i++)
			if (tied[i] != chosen)
				tied[kept++] = tied[i];
		num = kept;
	}
	for (uint32_t i = 0; i < num; i++)
		tb_count_leave(c, tied[i], TB_COUNT_LOT_LOST, amounts[tied[i]]);
	return TB_OK;
}

tb_err tb_count_elect_most(tb_count *c, const tb_amount *amounts)
{
	uint32_t order[TB_COUNT_MAX_CANDIDATES], num = standing(c, order), first = 0,
						 seats = c->options->seats;
	tb_err err = TB_OK;

	tb_count_sort(order, num, amounts);
	while (first < num && err == TB_OK) {
		tb_amount amount = amounts[order[first]];
		uint32_t next = first;

		while (next < num && amounts[order[next]] == amount)
			next++;
		if (amount == 0 || first >= seats) {
			for (; first < next; first++)
				tb_count_leave(c, order[first],
					amount == 0 ? TB_COUNT_NO_VOTES : TB_COUNT_FEWER, amount);
		} else if (next > seats) {
			err = elect_by_lot(c, order + first, next - first, seats - first, amounts);
		} else {
			for (uint32_t i = first; i < next && err == TB_OK; i++)
				err = tb_count_elect(c, order[i], TB_COUNT_MOST, amount);
		}
		first = next;
	}
	return err;
}

/* ---- the count ---- */

static tb_err check_lot(const uint32_t *lot, uint32_t num, tb_why *why)
{
	bool seen[TB_COUNT_MAX_CANDIDATES] = {false};

	for (uint32_t i = 0; lot != NULL && i < num; i++) {
		if (lot[i] >= num || seen[lot[i]]) {
			tb_why_set(why, "the lot must name every candidate once");
			return TB_ERR_RANGE;
		}
		seen[lot[i]] = true;
	}
	return TB_OK;
}

/* What the default option's rules need. */
static tb_err check_default(
	const tb_count_method *m, const tb_count_ballots *b, const tb_count_options *o, tb_why *why)
{
	if (!(m->flags & TB_COUNT_HAS_DEFAULT)) {
		if (o->default_option == TB_COUNT_NOBODY && o->quorum == 0 && o->ratios == NULL)
			return TB_OK;
		tb_why_set(why, "%s has no default option, quorum or majority ratios", m->id);
		return TB_ERR_RANGE;
	}
	if (o->default_option == TB_COUNT_NOBODY) {
		if (o->quorum == 0 && o->ratios == NULL)
			return TB_OK;
		tb_why_set(why,
			"a quorum or a majority ratio is measured against a default option: say which it is");
		return TB_ERR_RANGE;
	}
	if (o->default_option >= b->num_candidates || b->is_withdrawn[o->default_option]) {
		tb_why_set(why, "the default option must be a candidate that is not withdrawn");
		return TB_ERR_RANGE;
	}
	for (uint32_t i = 0; o->ratios != NULL && i < b->num_candidates; i++)
		if (o->ratios[i].a == 0 || o->ratios[i].b == 0 ||
			(i == o->default_option && o->ratios[i].a != o->ratios[i].b)) {
			tb_why_set(why, i == o->default_option ? "the default option has no majority ratio"
							       : "a majority ratio is of positive numbers");
			return TB_ERR_RANGE;
		}
	return TB_OK;
}

static tb_err check_options(
	const tb_count_method *m, const tb_count_ballots *b, const tb_count_options *o, tb_why *why)
{
	if (b->num_candidates == 0) {
		tb_why_set(why, "there are no candidates");
		return TB_ERR_RANGE;
	}
	if (o->seats < 1 || o->seats > TB_COUNT_MAX_CANDIDATES) {
		tb_why_set(why, "the number of seats must be 1 to %d", TB_COUNT_MAX_CANDIDATES);
		return TB_ERR_RANGE;
	}
	if ((m->flags & TB_COUNT_ONE_SEAT) && o->seats != 1) {
		tb_why_set(why, "%s elects one, not %u", m->id, o->seats);
		return TB_ERR_RANGE;
	}
	if ((m->flags & TB_COUNT_NEEDS_SCORES) && !b->has_scores) {
		tb_why_set(why, "%s adds up scores, and these ballots have none", m->id);
		return TB_ERR_RANGE;
	}
	if (!(m->flags & TB_COUNT_HAS_MINIMUM) && o->min_votes > 0) {
		tb_why_set(why, "%s has no votes of a candidate that a minimum could be asked of", m->id);
		return TB_ERR_RANGE;
	}
	if (o->min_votes > TB_COUNT_MAX_BALLOTS || o->quorum > TB_COUNT_MAX_BALLOTS) {
		tb_why_set(why, "no election has that many votes");
		return TB_ERR_RANGE;
	}
	if (check_lot(o->lot, b->num_candidates, why) != TB_OK)
		return TB_ERR_RANGE;
	return check_default(m, b, o, why);
}

/* Who takes part: a ballot with somebody to prefer.  Methods of one candidate at a time also need it to be one. */
static void count_ballots(const tb_count *c, tb_count_account *a)
{
	const tb_count_ballots *b = c->ballots;

	for (size_t i = 0; i < b->num_groups; i++) {
		const tb_count_group *g = &b->groups[i];
		bool is_valid = c->method->flags & TB_COUNT_EQUAL_RANKS ? g->num > 0
									: tb_count_group_strict(b, g) > 0;

		a->num_ballots += g->weight;
		a->num_empty += g->num == 0 ? g->weight : 0;
		a->num_valid += is_valid ? g->weight : 0;
	}
}

/* "a tie needs a lot, between 1 (Ada), 3 (Bo) and 4 more". */
static void explain_tie(tb_why *why, const tb_count_list *tied, const tb_count_ballots *b)
{
	char names[180] = "";
	size_t len = 0;
	uint32_t i = 0;

	for (; i < tied->num; i++) {
		int more = snprintf(names + len, sizeof names - len, "%s%u (%s)", i == 0 ? "" : ", ",
			tied->at[i] + 1, b->names[tied->at[i]]);

		if (more < 0 || len + (size_t)more >= sizeof names)
			break;
		len += (size_t)more;
	}
	names[len] = '\0';
	if (i == tied->num)
		tb_why_set(why, "a tie needs a lot, between %s", names);
	else
		tb_why_set(why, "a tie needs a lot, between %s%s%u more", names, i > 0 ? " and " : "",
			tied->num - i);
}

static tb_err begin(tb_count_account *out, const tb_count_ballots *b, tb_count *c)
{
	tb_err err = tb_count_account_init(out, b->num_candidates, c->options->seats);

	out->decimals = c->method->decimals;
	for (uint32_t i = 0; i < b->num_candidates && err == TB_OK; i++)
		if (b->is_withdrawn[i])
			tb_count_leave(c, i, TB_COUNT_WITHDRAWN, 0);
	if (err == TB_OK) {
		c->num_standing = tb_count_num_standing(c);
		count_ballots(c, out);
	}
	return err;
}

tb_err tb_count_run(tb_count_account *out, const tb_count_method *method, const tb_count_ballots *ballots,
	const tb_count_options *options, tb_why *why)
{
	tb_count_ballots standing_only;
	tb_count c = {.method = method, .ballots = &standing_only, .options = options, .account = out};
	tb_err err;

	memset(out, 0, sizeof *out);
	tb_why_clear(why);
	err = check_options(method, ballots, options, why);
	if (err != TB_OK)
		return err;
	err = tb_count_ballots_without_withdrawn(&standing_only, ballots);
	if (err == TB_OK) {
		err = begin(out, ballots, &c);
		if (err == TB_OK)
			err = method->run(&c);
		if (err == TB_ERR_STATE)
			explain_tie(why, &out->lot_missing->left, ballots);
		tb_count_ballots_release(&standing_only);
	}
	tb_why_default(why, err);
	return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/stv.h"

#include <stdlib.h>
#include <string.h>

/*
 * Equal ballots stay together: a group sits with one candidate, at one value per paper, so a stage costs as much as the papers
 * that it moves.
 */
enum { END = UINT32_MAX };

typedef struct pile {
	uint32_t first, last; /* groups, chained; END: none */
} pile;

typedef struct stv {
	tb_count *c;
	const tb_count_stv_rules *rules;
	tb_amount one;      /* a whole vote */
	uint32_t *next;     /* per group: the next in the same pile */
	uint32_t *strict;   /* per group: preferences that can be used */
	uint32_t *position; /* per group: where on the ballot its candidate stands */
	uint64_t *value;    /* per group: of one paper, in units */
	pile piles[TB_COUNT_MAX_CANDIDATES];
	tb_amount votes[TB_COUNT_MAX_CANDIDATES];
	tb_amount moved[TB_COUNT_MAX_CANDIDATES]; /* to each candidate in this stage */
	bool is_continuing[TB_COUNT_MAX_CANDIDATES];
	bool has_surplus[TB_COUNT_MAX_CANDIDATES]; /* elected, and papers not yet looked at */
	tb_amount quota, rest;
	uint32_t num_filled; /* seats taken */
} stv;

/* ---- papers ---- */

static void put(stv *s, uint32_t group, uint32_t candidate)
{
	pile *p = &s->piles[candidate];

	s->next[group] = END;
	if (p->first == END)
		p->first = group;
	else
		s->next[p->last] = group;
	p->last = group;
}

/* The next available preference: of a candidate that is still in the count.  NOBODY: non-transferable. */
static uint32_t advance(stv *s, uint32_t group, uint32_t from)
{
	const tb_count_group *g = &s->c->ballots->groups[group];

	for (uint32_t i = from; i < s->strict[group]; i++) {
		uint32_t candidate = s->c->ballots->prefs[g->first + i].candidate;

		if (s->is_continuing[candidate]) {
			s->position[group] = i;
			return candidate;
		}
	}
	return TB_COUNT_NOBODY;
}

/* Moves the whole pile.  `part` of `whole` of each paper's value goes on; 1 of 1: all of it. */
static void move_pile(stv *s, uint32_t from, tb_amount part, tb_amount whole)
{
	uint32_t group = s->piles[from].first;

	s->piles[from].first = END;
	while (group != END) {
		uint32_t after = s->next[group], to = advance(s, group, s->position[group] + 1);
		tb_amount credit;

		s->value[group] =
			(uint64_t)(s->value[group] * part / whole); /* the remainder is ignored: r. 48(3) */
		credit = (tb_amount)s->value[group] * s->c->ballots->groups[group].weight;
		if (to != TB_COUNT_NOBODY) {
			s->moved[to] += credit;
			put(s, group, to);
		}
		group = after;
	}
}

/* ---- stages ---- */

static tb_amount in_play(const stv *s)
{
	tb_amount sum = 0;

	for (uint32_t i = 0; i < s->c->account->num_candidates; i++)
		sum += s->is_continuing[i] ? s->votes[i] : 0;
	return sum;
}

static tb_err record(stv *s, tb_count_round *r)
{
	if (s->rules->is_majority)
		s->quota = (in_play(s) / 2 / s->one + 1) * s->one;
	memcpy(r->votes, s->votes, s->c->account->num_candidates * sizeof *r->votes);
	r->has_quota = true;
	r->quota = s->quota;
	r->has_rest = true;
	r->rest = s->rest;
	return TB_OK;
}

/* What left `from` in this stage: to candidates, and to nobody what is neither with them nor kept. */
static tb_err book(stv *s, tb_count_round *r, uint32_t from, tb_amount kept)
{
	tb_amount gone = s->votes[from] - kept;
	tb_err err = TB_OK;

	for (uint32_t i = 0; i < s->c->account->num_candidates && err == TB_OK; i++) {
		err = tb_count_round_transfer(r, from, i, s->moved[i]);
		s->votes[i] += s->moved[i];
		gone -= s->moved[i];
		s->moved[i] = 0;
	}
	s->votes[from] = kept;
	s->rest += gone;
	return err == TB_OK ? tb_count_round_transfer(r, from, TB_COUNT_NOBODY, gone) : err;
}

static tb_err first_stage(stv *s)
{
	tb_count_account *a = s->c->account;
	tb_count_round *r = tb_count_account_round(a, "first-preferences", true);

	if (r == NULL)
		return TB_ERR_MEMORY;
	for (uint32_t i = 0; i < s->c->ballots->num_groups; i++) {
		uint32_t to = advance(s, i, 0);

		s->value[i] = (uint64_t)s->one;
		if (to == TB_COUNT_NOBODY)
			continue;
		put(s, i, to);
		s->votes[to] += s->one * s->c->ballots->groups[i].weight;
	}
	s->quota = (a->num_valid / ((tb_amount)s->c->options->seats + 1) + 1) * s->one;
	return record(s, r);
}

static uint32_t pick(const stv *s, const bool *among, bool want_most, uint32_t *out)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < s->c->account->num_candidates; i++) {
		if (!among[i])
			continue;
		if (num > 0 && s->votes[i] == s->votes[out[0]])
			out[num++] = i;
		else if (num == 0 || (s->votes[i] > s->votes[out[0]]) == want_most) {
			out[0] = i;
			num = 1;
		}
	}
	return num;
}

static tb_err transfer_surplus(stv *s, const uint32_t *tied, uint32_t num)
{
	uint32_t num_before = s->c->account->num_rounds, from;
	tb_count_round *r = tb_count_account_round(s->c->account, "surplus", true);
	tb_err err;

	if (r == NULL)
		return TB_ERR_MEMORY;
	err = tb_count_choose(s->c, &from, tied, num, "surplus", num_before);
	if (err != TB_OK)
		return err;
	s->has_surplus[from] = false;
	move_pile(s, from, s->votes[from] - s->quota, s->votes[from]);
	err = tb_count_list_add(&r->of, from);
	if (err == TB_OK)
		err = book(s, r, from, s->quota);
	return err == TB_OK ? record(s, r) : err;
}

static tb_err exclude(stv *s, const uint32_t *who, uint32_t num)
{
	tb_count_round *r = tb_count_account_last(s->c->account);
	tb_err err = TB_OK;

	for (uint32_t i = 0; i < num && err == TB_OK; i++) {
		s->is_continuing[who[i]] = false;
		err = tb_count_list_add(&r->of, who[i]);
		if (err == TB_OK)
			err = tb_count_exclude(s->c, who[i], TB_COUNT_EXCLUDED, s->votes[who[i]]);
	}
	for (uint32_t i = 0; i < num && err == TB_OK; i++) {
		move_pile(s, who[i], 1, 1);
		err = book(s, r, who[i], 0);
	}
	return err == TB_OK ? record(s, r) : err;
}

/* Everybody without a vote [COUNT.FTSTV]; votes never leave a continuing candidate, so that is at the first exclusion or never. */
static uint32_t without_votes(const stv *s, uint32_t *out)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < s->c->account->num_candidates; i++)
		if (s->is_continuing[i] && s->votes[i] == 0)
			out[num++] = i;
	return num;
}

static tb_err exclude_lowest(stv *s)
{
	uint32_t who[TB_COUNT_MAX_CANDIDATES], num = 0, one, num_before = s->c->account->num_rounds;
	tb_err err;

	if (tb_count_account_round(s->c->account, "exclusion", true) == NULL)
		return TB_ERR_MEMORY;
	if (s->rules->exclude_zeros)
		num = without_votes(s, who);
	if (num > 0)
		return exclude(s, who, num);
	num = pick(s, s->is_continuing, false, who);
	err = tb_count_choose(s->c, &one, who, num, "exclude", num_before);
	return err == TB_OK ? exclude(s, &one, 1) : err;
}

/* ---- election ---- */

static tb_err elect(stv *s, uint32_t *who, uint32_t num, tb_count_why why)
{
	tb_err err = TB_OK;

	tb_count_sort(who, num, s->votes);
	for (uint32_t i = 0; i < num && err == TB_OK; i++) {
		s->is_continuing[who[i]] = false;
		s->has_surplus[who[i]] = s->votes[who[i]] > s->quota;
		s->num_filled++;
		err = tb_count_elect(s->c, who[i], why, s->votes[who[i]]);
	}
	return err;
}

static tb_err elect_reached(stv *s)
{
	uint32_t who[TB_COUNT_MAX_CANDIDATES], num = 0;

	for (uint32_t i = 0; i < s->c->account->num_candidates; i++)
		if (s->is_continuing[i] && s->votes[i] >= s->quota)
			who[num++] = i;
	return elect(s, who, num, s->rules->is_majority ? TB_COUNT_MAJORITY : TB_COUNT_QUOTA);
}

static uint32_t continuing(const stv *s, uint32_t *out)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < s->c->account->num_candidates; i++)
		if (s->is_continuing[i])
			out[num++] = i;
	return num;
}

/* Either all seats are taken, or no more candidates are left than seats. */
static tb_err end(stv *s)
{
	uint32_t who[TB_COUNT_MAX_CANDIDATES], num = continuing(s, who), kept = 0;
	bool is_full = s->num_filled >= s->c->options->seats;

	for (uint32_t i = 0; i < num; i++) {
		if (is_full)
			tb_count_leave(s->c, who[i], TB_COUNT_SEATS_FILLED, s->votes[who[i]]);
		else if (s->votes[who[i]] == 0 && !s->rules->elect_zero)
			tb_count_leave(s->c, who[i], TB_COUNT_NO_VOTES, 0);
		else
			who[kept++] = who[i];
	}
	return elect(s, who, is_full ? 0 : kept, TB_COUNT_LAST);
}

static bool is_over(const stv *s)
{
	uint32_t who[TB_COUNT_MAX_CANDIDATES];

	return s->num_filled >= s->c->options->seats ||
	       continuing(s, who) + s->num_filled <= s->c->options->seats;
}

static tb_err run(stv *s)
{
	uint32_t who[TB_COUNT_MAX_CANDIDATES], num;
	tb_err err = first_stage(s);

	if (err == TB_OK)
		err = elect_reached(s);
	while (err == TB_OK && !is_over(s)) {
		num = pick(s, s->has_surplus, true, who);
		err = num > 0 ? transfer_surplus(s, who, num) : exclude_lowest(s);
		if (err == TB_OK)
			err = elect_reached(s);
	}
	return err == TB_OK ? end(s) : err;
}

tb_err tb_count_stv_run(tb_count *c, const tb_count_stv_rules *rules)
{
	size_t num = c->ballots->num_groups + 1;
	stv *s = calloc(1, sizeof *s);
	tb_err err = TB_ERR_MEMORY;

	if (s == NULL)
		return TB_ERR_MEMORY;
	*s = (stv){.c = c, .rules = rules, .one = 1};
	for (unsigned i = 0; i < c->method->decimals; i++)
		s->one *= 10;
	s->next = calloc(num, sizeof *s->next);
	s->strict = calloc(num, sizeof *s->strict);
	s->position = calloc(num, sizeof *s->position);
	s->value = calloc(num, sizeof *s->value);
	for (uint32_t i = 0; i < TB_COUNT_MAX_CANDIDATES; i++)
		s->piles[i] = (pile){END, END};
	for (uint32_t i = 0; i < c->account->num_candidates; i++)
		s->is_continuing[i] = tb_count_stands(c, i);
	if (s->next != NULL && s->strict != NULL && s->position != NULL && s->value != NULL) {
		for (size_t i = 0; i < c->ballots->num_groups; i++)
			s->strict[i] = tb_count_group_strict(c->ballots, &c->ballots->groups[i]);
		err = run(s);
	}
	free(s->next);
	free(s->strict);
	free(s->position);
	free(s->value);
	free(s);
	return err;
}

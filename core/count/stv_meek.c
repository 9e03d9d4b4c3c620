/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/count/method.h"
#include "core/count/methods.h"

/*
 * [COUNT.MEEK].  Every ballot gives each of its candidates the candidate's keep factor of what is left of it.  What a ballot gives depends
 * only on its candidates up to the first hopeful one, which takes all: so ballots are joined into a tree of those beginnings, and an
 * iteration costs as much as the tree, however many the ballots.
 */
enum { HOPEFUL, ELECTED, DEFEATED };

static const tb_amount ONE = 1000000000, OMEGA = 1000;

typedef struct node {
	uint32_t parent, candidate;
	tb_amount weight; /* ballots that pass through here */
	tb_amount left;   /* of one such ballot behind this candidate, in parts of ONE */
} node;

typedef struct meek {
	tb_count *c;
	uint32_t *strict; /* per group: preferences that can be used */
	node *nodes;      /* the first is the root; parents before children */
	size_t num_nodes, cap_nodes;
	uint32_t *table; /* (parent, candidate) -> node, open addressing; 0: free */
	size_t table_len;
	tb_amount keep[TB_COUNT_MAX_CANDIDATES], old_keep[TB_COUNT_MAX_CANDIDATES],
		votes[TB_COUNT_MAX_CANDIDATES];
	uint8_t state[TB_COUNT_MAX_CANDIDATES];
	tb_amount *flow; /* [from * (n + 1) + to] of the round; n: nobody */
	tb_amount quota, surplus;
	uint32_t num_candidates, num_elected, iterations;
} meek;

/* To nine decimals, rounded up. */
static tb_amount times(tb_amount a, tb_amount b)
{
	return (a * b + ONE - 1) / ONE;
}

static tb_amount over(tb_amount a, tb_amount b)
{
	return (a * ONE + b - 1) / b;
}

/* What a ballot with `left` of its weight gives: never more than it has.  Rounding up can lift a keep factor above 1 by the last
 * decimal. */
static tb_amount give(tb_amount left, tb_amount keep)
{
	tb_amount given = times(left, keep);

	return given < left ? given : left;
}

/* ---- the tree ---- */

static size_t slot_of(const meek *m, uint32_t parent, uint32_t candidate)
{
	uint64_t h = ((uint64_t)parent * 512 + candidate) * UINT64_C(0x9E3779B97F4A7C15);
	size_t i = (size_t)(h >> 20) & (m->table_len - 1);

	while (m->table[i] != 0) {
		const node *n = &m->nodes[m->table[i]];

		if (n->parent == parent && n->candidate == candidate)
			break;
		i = (i + 1) & (m->table_len - 1);
	}
	return i;
}

static tb_err grow(meek *m)
{
	size_t cap = m->cap_nodes == 0 ? 1024 : 2 * m->cap_nodes;
	node *nodes = realloc(m->nodes, cap * sizeof *nodes);
	uint32_t *table;

	if (nodes == NULL)
		return TB_ERR_MEMORY;
	m->nodes = nodes;
	table = calloc(2 * cap, sizeof *table);
	if (table == NULL)
		return TB_ERR_MEMORY;
	free(m->table);
	m->table = table;
	m->table_len = 2 * cap;
	m->cap_nodes = cap;
	for (size_t i = 1; i < m->num_nodes; i++)
		m->table[slot_of(m, m->nodes[i].parent, m->nodes[i].candidate)] = (uint32_t)i;
	return TB_OK;
}

static tb_err pass(meek *m, uint32_t *at, uint32_t candidate, uint64_t weight)
{
	size_t slot;

	if (m->num_nodes == m->cap_nodes && grow(m) != TB_OK)
		return TB_ERR_MEMORY;
	slot = slot_of(m, *at, candidate);
	if (m->table[slot] == 0) {
		m->table[slot] = (uint32_t)m->num_nodes;
		m->nodes[m->num_nodes++] = (node){.parent = *at, .candidate = candidate};
	}
	*at = m->table[slot];
	m->nodes[*at].weight += weight;
	return TB_OK;
}

static tb_err plant(meek *m)
{
	const tb_count_ballots *b = m->c->ballots;
	tb_err err = m->cap_nodes == 0 ? grow(m) : TB_OK;

	if (err != TB_OK)
		return err;
	memset(m->table, 0, m->table_len * sizeof *m->table);
	m->nodes[0] = (node){.left = ONE};
	m->num_nodes = 1;
	for (size_t g = 0; g < b->num_groups && err == TB_OK; g++) {
		uint32_t at = 0;

		for (uint32_t i = 0; i < m->strict[g] && err == TB_OK; i++) {
			uint32_t candidate = b->prefs[b->groups[g].first + i].candidate;

			if (m->state[candidate] == DEFEATED)
				continue;
			err = pass(m, &at, candidate, b->groups[g].weight);
			if (m->state[candidate] == HOPEFUL)
				break;
		}
	}
	return err;
}

/* ---- one iteration: B.2.a to B.2.d ---- */

static void distribute(meek *m)
{
	tb_amount sum = 0, wanted = 0, held = 0;

	memset(m->votes, 0, sizeof m->votes);
	for (size_t i = 1; i < m->num_nodes; i++) {
		node *n = &m->nodes[i];
		tb_amount before = m->nodes[n->parent].left, kept = give(before, m->keep[n->candidate]);

		m->votes[n->candidate] += kept * n->weight;
		n->left = before - kept;
	}
	for (uint32_t i = 0; i < m->num_candidates; i++)
		sum += m->votes[i];
	m->quota = sum / ((tb_amount)m->c->options->seats + 1) + 1;
	m->iterations++;
	for (uint32_t i = 0; i < m->num_candidates; i++)
		if (m->state[i] == ELECTED) {
			held += m->votes[i];
			wanted += m->quota;
		}
	m->surplus = held > wanted ? held - wanted : 0;
}

/* ---- what moved between two rounds ---- */

typedef struct change {
	uint32_t candidate;
	tb_amount amount;
} change;

typedef struct changes {
	change loss[TB_COUNT_MAX_CANDIDATES + 1], gain[TB_COUNT_MAX_CANDIDATES + 1];
	uint32_t num_losses, num_gains;
} changes;

static void note(changes *c, uint32_t candidate, tb_amount before, tb_amount after)
{
	if (before > after)
		c->loss[c->num_losses++] = (change){candidate, before - after};
	if (after > before)
		c->gain[c->num_gains++] = (change){candidate, after - before};
}

/* On one ballot votes only move down: the first loss goes to the first gain [COUNT.MEEK]. */
static void match(meek *m, changes *c, uint64_t weight)
{
	uint32_t g = 0;

	for (uint32_t l = 0; l < c->num_losses; l++)
		while (c->loss[l].amount > 0) {
			tb_amount part =
				c->loss[l].amount < c->gain[g].amount ? c->loss[l].amount : c->gain[g].amount;

			m->flow[(size_t)c->loss[l].candidate * (m->num_candidates + 1) +
				c->gain[g].candidate] += part * weight;
			c->loss[l].amount -= part;
			c->gain[g].amount -= part;
			g += c->gain[g].amount == 0;
		}
}

static void compare_ballot(meek *m, changes *c, const tb_count_group *g, uint32_t strict)
{
	tb_amount old_left = ONE, left = ONE;

	c->num_losses = c->num_gains = 0;
	for (uint32_t i = 0; i < strict && (old_left > 0 || left > 0); i++) {
		uint32_t candidate = m->c->ballots->prefs[g->first + i].candidate;
		tb_amount before = give(old_left, m->old_keep[candidate]),
			  after = give(left, m->keep[candidate]);

		old_left -= before;
		left -= after;
		note(c, candidate, before, after);
	}
	note(c, m->num_candidates, old_left, left);
	match(m, c, g->weight);
}

static tb_err book_flow(meek *m, tb_count_round *r)
{
	const tb_count_ballots *b = m->c->ballots;
	uint32_t n = m->num_candidates;
	changes *c = malloc(sizeof *c);
	tb_err err = TB_OK;

	if (c == NULL)
		return TB_ERR_MEMORY;
	memset(m->flow, 0, (size_t)(n + 1) * (n + 1) * sizeof *m->flow);
	for (size_t g = 0; g < b->num_groups; g++)
		if (m->strict[g] > 0)
			compare_ballot(m, c, &b->groups[g], m->strict[g]);
	free(c);
	for (uint32_t from = 0; from <= n; from++)
		for (uint32_t to = 0; to <= n && err == TB_OK; to++)
			err = tb_count_round_transfer(r, from == n ? TB_COUNT_NOBODY : from,
				to == n ? TB_COUNT_NOBODY : to, m->flow[(size_t)from * (n + 1) + to]);
	return err;
}

/* ---- rounds ---- */

/* Whose keep factor is not what it was: they are what the round is about. */
static tb_err list_changed(const meek *m, tb_count_round *r)
{
	tb_err err = TB_OK;

	for (uint32_t i = 0; i < m->num_candidates && err == TB_OK; i++)
		if (m->keep[i] != m->old_keep[i])
			err = tb_count_list_add(&r->of, i);
	return err;
}

static tb_err record(meek *m, tb_count_round *r)
{
	tb_amount sum = 0;
	tb_err err;

	r->keep = calloc(m->num_candidates, sizeof *r->keep);
	if (r->keep == NULL)
		return TB_ERR_MEMORY;
	memcpy(r->keep, m->keep, m->num_candidates * sizeof *r->keep);
	memcpy(r->votes, m->votes, m->num_candidates * sizeof *r->votes);
	for (uint32_t i = 0; i < m->num_candidates; i++)
		sum += m->votes[i];
	r->has_quota = r->has_rest = true;
	r->quota = m->quota;
	r->rest = m->c->account->num_valid * ONE - sum;
	r->iterations = m->iterations;
	if (m->c->account->num_rounds == 1)
		return TB_OK;
	err = list_changed(m, r);
	return err == TB_OK ? book_flow(m, r) : err;
}

/* B.2.c */
static bool has_winner(const meek *m)
{
	for (uint32_t i = 0; i < m->num_candidates; i++)
		if (m->state[i] == HOPEFUL && m->votes[i] >= m->quota)
			return true;
	return false;
}

/* B.2.f */
static void update_keep(meek *m)
{
	for (uint32_t i = 0; i < m->num_candidates; i++)
		if (m->state[i] == ELECTED && m->votes[i] > 0)
			m->keep[i] = over(times(m->keep[i], m->quota), m->votes[i]);
}

/* B.2: until somebody is elected or the surplus does not shrink any more. */
static void iterate(meek *m)
{
	tb_amount last = 0;

	m->iterations = 0;
	for (;;) {
		distribute(m);
		if (has_winner(m) || m->surplus < OMEGA || (m->iterations > 1 && m->surplus >= last))
			return;
		last = m->surplus;
		update_keep(m);
	}
}

static tb_err elect(meek *m, bool need_quota, tb_count_why why)
{
	uint32_t who[TB_COUNT_MAX_CANDIDATES], num = 0;
	tb_err err = TB_OK;

	for (uint32_t i = 0; i < m->num_candidates; i++)
		if (m->state[i] == HOPEFUL && (!need_quota || m->votes[i] >= m->quota))
			who[num++] = i;
	tb_count_sort(who, num, m->votes);
	for (uint32_t i = 0; i < num && err == TB_OK; i++) {
		m->state[who[i]] = ELECTED;
		m->num_elected++;
		err = tb_count_elect(m->c, who[i], why, m->votes[who[i]]);
	}
	return err;
}

/* B.3, with its own notion of a tie: who is within the total surplus of the lowest. */
static tb_err defeat(meek *m)
{
	uint32_t who[TB_COUNT_MAX_CANDIDATES], num = 0, one;
	tb_amount lowest = 0;
	bool is_first = true;
	tb_err err;

	for (uint32_t i = 0; i < m->num_candidates; i++)
		if (m->state[i] == HOPEFUL && (is_first || m->votes[i] < lowest)) {
			lowest = m->votes[i];
			is_first = false;
		}
	for (uint32_t i = 0; i < m->num_candidates; i++)
		if (m->state[i] == HOPEFUL && m->votes[i] <= lowest + m->surplus)
			who[num++] = i;
	err = tb_count_choose(m->c, &one, who, num, "exclude", 0);
	if (err == TB_OK)
		err = tb_count_exclude(m->c, one, TB_COUNT_EXCLUDED, m->votes[one]);
	if (err == TB_OK) {
		m->state[one] = DEFEATED;
		m->keep[one] = 0;
	}
	return err;
}

static uint32_t num_hopeful(const meek *m)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < m->num_candidates; i++)
		num += m->state[i] == HOPEFUL;
	return num;
}

/* B.1 */
static bool is_over(const meek *m)
{
	return m->num_elected >= m->c->options->seats ||
	       num_hopeful(m) + m->num_elected <= m->c->options->seats;
}

static tb_err one_round(meek *m)
{
	bool is_first = m->c->account->num_rounds == 0;
	tb_count_round *r =
		tb_count_account_round(m->c->account, is_first ? "first-preferences" : "iteration", true);
	tb_err err = r == NULL ? TB_ERR_MEMORY : plant(m);

	if (err != TB_OK)
		return err;
	iterate(m);
	err = record(m, r);
	memcpy(m->old_keep, m->keep, sizeof m->keep);
	if (err != TB_OK || is_over(m))
		return err;
	return has_winner(m) ? elect(m, true, TB_COUNT_QUOTA) : defeat(m);
}

/* Steps B and C. */
static tb_err count(meek *m)
{
	tb_err err;

	do
		err = one_round(m);
	while (err == TB_OK && !is_over(m));
	if (err == TB_OK && m->num_elected < m->c->options->seats)
		err = elect(m, false, TB_COUNT_LAST);
	for (uint32_t i = 0; i < m->num_candidates && err == TB_OK; i++)
		if (m->state[i] == HOPEFUL)
			tb_count_leave(m->c, i, TB_COUNT_SEATS_FILLED, m->votes[i]);
	return err;
}

static tb_err run(tb_count *c)
{
	const tb_count_ballots *b = c->ballots;
	uint32_t n = c->account->num_candidates;
	meek *m = calloc(1, sizeof *m);
	tb_err err = TB_ERR_MEMORY;

	if (m == NULL)
		return TB_ERR_MEMORY;
	m->c = c;
	m->num_candidates = n;
	for (uint32_t i = 0; i < n; i++) {
		m->state[i] = tb_count_stands(c, i) ? HOPEFUL : DEFEATED;
		m->keep[i] = m->state[i] == HOPEFUL ? ONE : 0;
	}
	m->strict = calloc(b->num_groups + 1, sizeof *m->strict);
	m->flow = calloc((size_t)(n + 1) * (n + 1), sizeof *m->flow);
	if (m->strict != NULL && m->flow != NULL) {
		for (size_t g = 0; g < b->num_groups; g++)
			m->strict[g] = tb_count_group_strict(b, &b->groups[g]);
		err = count(m);
	}
	free(m->strict);
	free(m->flow);
	free(m->nodes);
	free(m->table);
	free(m);
	return err;
}

static const char *const choices[] = {
	"T: the predetermined order of a tie is the lot's.",
	"B.2.a: a ballot never gives more than it has, should a keep factor be rounded above 1.",
	"B.2.c: candidates elected in the same round are listed by votes, then by number.",
	"Transfers are no part of the rule: those shown follow each ballot from what lost to what gained.",
	"Equal preferences: the order of preference on a ballot ends there.",
	NULL,
};

const tb_count_method tb_count_meek = {
	.id = "meek-prf-1",
	.name = "Meek STV",
	.source = "Proportional Representation Foundation, Reference Meek Rule, steps A to C",
	.rule = "COUNT.MEEK",
	.decimals = 9,
	.flags = TB_COUNT_HAS_MINIMUM,
	.choices = choices,
	.run = run,
};

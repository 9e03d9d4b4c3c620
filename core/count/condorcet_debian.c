/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/count/methods.h"
#include "core/count/pairwise.h"

/* [COUNT.DEBIAN], steps as in A.5 of the constitution. */
enum { WORDS = (TB_COUNT_MAX_CANDIDATES + 63) / 64 };

typedef struct set {
	uint64_t bits[WORDS];
} set;

typedef struct debian {
	tb_count *c;
	uint32_t n;
	set defeats[TB_COUNT_MAX_CANDIDATES];  /* [a] has b: a defeats b, and that defeat was not dropped */
	set transits[TB_COUNT_MAX_CANDIDATES]; /* the same transitively */
	uint32_t schwartz[TB_COUNT_MAX_CANDIDATES];
	uint32_t num_schwartz;
} debian;

static bool has(const set *s, uint32_t i)
{
	return (s->bits[i / 64] >> (i % 64) & 1) != 0;
}

static void put(set *s, uint32_t i)
{
	s->bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static void take(set *s, uint32_t i)
{
	s->bits[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

/* ---- A.5.2 and A.5.3: against the default option ---- */

static bool keeps_ratio(const debian *d, uint32_t option)
{
	uint32_t other = d->c->options->default_option;
	const tb_count_ratio *ratio = d->c->options->ratios;
	uint64_t ahead = tb_count_prefer(d->c, option, other), behind = tb_count_prefer(d->c, other, option);
	tb_amount a = ratio == NULL ? 1 : ratio[option].a, b = ratio == NULL ? 1 : ratio[option].b;

	return ahead > behind && ahead * b >= behind * a;
}

static tb_err drop_options(debian *d, const char *action, tb_count_why why)
{
	uint32_t other = d->c->options->default_option;
	tb_count_round *r = tb_count_account_round(d->c->account, action, false);
	tb_err err = r == NULL ? TB_ERR_MEMORY : TB_OK;

	for (uint32_t i = 0; i < d->n && err == TB_OK; i++) {
		bool stays = why == TB_COUNT_NO_QUORUM
				     ? tb_count_prefer(d->c, i, other) >= d->c->options->quorum
				     : keeps_ratio(d, i);

		if (i == other || !tb_count_stands(d->c, i) || stays)
			continue;
		err = tb_count_round_pair(r, (tb_count_pair){other, i, tb_count_prefer(d->c, other, i),
						     tb_count_prefer(d->c, i, other)});
		if (err == TB_OK)
			err = tb_count_exclude(d->c, i, why, 0);
	}
	return err;
}

/* ---- A.5.4 to A.5.6 ---- */

static void list_defeats(debian *d)
{
	for (uint32_t a = 0; a < d->n; a++)
		for (uint32_t b = 0; b < d->n; b++)
			if (tb_count_stands(d->c, a) && tb_count_stands(d->c, b) &&
				tb_count_prefer(d->c, a, b) > tb_count_prefer(d->c, b, a))
				put(&d->defeats[a], b);
}

static void find_schwartz(debian *d)
{
	memcpy(d->transits, d->defeats, sizeof d->transits);
	for (uint32_t via = 0; via < d->n; via++)
		for (uint32_t a = 0; a < d->n; a++)
			if (has(&d->transits[a], via))
				for (uint32_t w = 0; w < WORDS; w++)
					d->transits[a].bits[w] |= d->transits[via].bits[w];
	d->num_schwartz = 0;
	for (uint32_t a = 0; a < d->n; a++) {
		bool is_in = tb_count_stands(d->c, a);

		for (uint32_t b = 0; b < d->n && is_in; b++)
			is_in = has(&d->transits[a], b) || !has(&d->transits[b], a);
		if (is_in)
			d->schwartz[d->num_schwartz++] = a;
	}
}

/* ---- A.5.7 ---- */

static bool is_weaker(const tb_count_pair *p, const tb_count_pair *q)
{
	return p->votes_for < q->votes_for ||
	       (p->votes_for == q->votes_for && p->votes_against > q->votes_against);
}

/* The k-th defeat between members of the Schwartz set, in rows; false when there is none there. */
static bool defeat_at(const debian *d, uint32_t i, uint32_t k, tb_count_pair *out)
{
	uint32_t a = d->schwartz[i], b = d->schwartz[k];

	*out = (tb_count_pair){a, b, tb_count_prefer(d->c, a, b), tb_count_prefer(d->c, b, a)};
	return has(&d->defeats[a], b);
}

static bool find_weakest(const debian *d, tb_count_pair *out)
{
	bool found = false;
	tb_count_pair p;

	for (uint32_t i = 0; i < d->num_schwartz; i++)
		for (uint32_t k = 0; k < d->num_schwartz; k++)
			if (defeat_at(d, i, k, &p) && (!found || is_weaker(&p, out))) {
				*out = p;
				found = true;
			}
	return found;
}

static tb_err drop_weakest(debian *d, tb_count_round *r, const tb_count_pair *weakest)
{
	tb_count_pair p;
	tb_err err = TB_OK;

	for (uint32_t i = 0; i < d->num_schwartz; i++)
		for (uint32_t k = 0; k < d->num_schwartz && err == TB_OK; k++)
			if (defeat_at(d, i, k, &p) && !is_weaker(weakest, &p)) {
				err = tb_count_round_pair(r, p);
				take(&d->defeats[p.winner], p.loser);
			}
	return err;
}

static tb_err note_schwartz(debian *d)
{
	tb_count_round *r = tb_count_account_round(d->c->account, "schwartz", false);
	tb_err err = r == NULL ? TB_ERR_MEMORY : TB_OK;

	for (uint32_t i = 0; i < d->num_schwartz && err == TB_OK; i++)
		err = tb_count_list_add(&r->of, d->schwartz[i]);
	return err;
}

static tb_err resolve(debian *d)
{
	tb_count_pair weakest = {0};
	tb_err err;

	list_defeats(d);
	do {
		find_schwartz(d);
		err = note_schwartz(d);
		if (err != TB_OK || !find_weakest(d, &weakest))
			return err;
		err = drop_weakest(d, tb_count_account_last(d->c->account), &weakest);
	} while (err == TB_OK);
	return err;
}

/* ---- A.5.8 ---- */

static tb_err elect(debian *d)
{
	uint32_t winner;
	tb_err err = tb_count_choose(d->c, &winner, d->schwartz, d->num_schwartz, "elect", 0);

	if (err == TB_OK)
		err = tb_count_elect(d->c, winner, TB_COUNT_UNBEATEN, 0);
	for (uint32_t i = 0; i < d->num_schwartz && err == TB_OK; i++)
		if (d->schwartz[i] != winner)
			tb_count_leave(d->c, d->schwartz[i], TB_COUNT_LOT_LOST, 0);
	for (uint32_t i = 0; i < d->n && err == TB_OK; i++)
		if (tb_count_stands(d->c, i))
			tb_count_leave(d->c, i, TB_COUNT_BEATEN, 0);
	return err;
}

static tb_err run(tb_count *c)
{
	bool has_default = c->options->default_option != TB_COUNT_NOBODY;
	debian *d;
	tb_err err = tb_count_pairwise(c);

	if (err != TB_OK || (!has_default && tb_count_nobody_voted(c)) || c->num_standing == 0)
		return err;
	d = calloc(1, sizeof *d);
	if (d == NULL)
		return TB_ERR_MEMORY;
	d->c = c;
	d->n = c->account->num_candidates;
	if (has_default)
		err = drop_options(d, "quorum", TB_COUNT_NO_QUORUM);
	if (err == TB_OK && has_default)
		err = drop_options(d, "majority", TB_COUNT_NO_RATIO);
	if (err == TB_OK)
		err = resolve(d);
	if (err == TB_OK)
		err = elect(d);
	free(d);
	return err;
}

static const char *const choices[] = {
	"A.5.2: the quorum is a whole number of votes; where it comes from a square root (R = 3Q, Q half the "
	"root of the "
	"developers), it is the next whole number, which gives the same comparison.",
	"A.5.3: at least N times as many, and more: the text since 2016. Before, strictly more than N times "
	"was needed.",
	"A.5.8: the elector with the casting vote is the lot.",
	"Without a default option A.5.2 and A.5.3 are left out, as for the chair of the technical committee; "
	"then a "
	"count without a single preference elects nobody.",
	NULL,
};

const tb_count_method tb_count_debian = {
	.id = "condorcet-debian-1.9",
	.name = "Condorcet with a default option (Debian)",
	.source = "Constitution for the Debian Project, version 1.9 of 26 March 2022, A.5",
	.rule = "COUNT.DEBIAN",
	.flags = TB_COUNT_ONE_SEAT | TB_COUNT_EQUAL_RANKS | TB_COUNT_HAS_DEFAULT,
	.choices = choices,
	.run = run,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/methods.h"
#include "core/count/method.h"

/* [COUNT.BORDA]: in tenths of a point, since the mean of a run of whole points ends in .0 or .5. */

/* What each candidate gets that shares the places first .. last, counted from 0, of n. */
static tb_amount mean(uint32_t n, uint32_t first, uint32_t last)
{
	return 10 * (tb_amount)(n - 1) - 5 * ((tb_amount)first + last);
}

/* *all is given to everyone; what a ranked candidate gets is corrected by that. */
static void add_ballot(const tb_count *c, const tb_count_group *g, tb_amount *points, tb_amount *all)
{
	const tb_count_pref *p = c->ballots->prefs + g->first;
	uint32_t n = c->num_standing, i = 0;
	tb_amount unranked = g->num < n ? mean(n, g->num, n - 1) : 0;

	*all += unranked * g->weight;
	while (i < g->num) {
		uint32_t next = i;

		while (next < g->num && p[next].rank == p[i].rank)
			next++;
		for (uint32_t k = i; k < next; k++)
			points[p[k].candidate] += (mean(n, i, next - 1) - unranked) * g->weight;
		i = next;
	}
}

static tb_err run(tb_count *c)
{
	tb_count_round *r = tb_count_account_round(c->account, "totals", true);
	tb_amount all = 0;

	if (r == NULL)
		return TB_ERR_MEMORY;
	for (size_t g = 0; g < c->ballots->num_groups; g++)
		if (c->ballots->groups[g].num > 0)
			add_ballot(c, &c->ballots->groups[g], r->votes, &all);
	for (uint32_t i = 0; i < c->account->num_candidates; i++)
		if (tb_count_stands(c, i))
			r->votes[i] += all;
	return tb_count_elect_most(c, r->votes);
}

static const char *const choices[] = {
	"With n candidates the first place is worth n-1 points, the last 0.",
	"Equal candidates share the mean of their places.",
	"Those not ranked share the mean of the places left; giving them nothing is another rule.",
	"An empty ballot gives no points.",
	"The lot decides where the last seats are between equals; nobody is elected without points.",
	NULL,
};

const tb_count_method tb_count_borda = {
	.id = "borda-1",
	.name = "Borda count",
	.source = "No law; the choices below are the rule",
	.rule = "COUNT.BORDA",
	.decimals = 1,
	.flags = TB_COUNT_EQUAL_RANKS,
	.choices = choices,
	.run = run,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/method.h"
#include "core/count/methods.h"

/* [COUNT.PLURALITY] */
static tb_err run(tb_count *c)
{
	tb_count_round *r = tb_count_account_round(c->account, "totals", true);

	if (r == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < c->ballots->num_groups; i++) {
		const tb_count_group *g = &c->ballots->groups[i];

		if (tb_count_group_strict(c->ballots, g) > 0)
			r->votes[c->ballots->prefs[g->first].candidate] += g->weight;
	}
	return tb_count_elect_most(c, r->votes);
}

static const char *const choices[] = {
	"A ballot counts for its first preference alone; one whose first preference is shared is not valid.",
	"With several seats those with the most votes are elected (a single non-transferable vote).",
	"The lot decides where the last seats are between equals; nobody is elected without a vote.",
	NULL,
};

const tb_count_method tb_count_plurality = {
	.id = "plurality-1",
	.name = "Plurality",
	.source = "No single law; the choices below are the rule",
	.rule = "COUNT.PLURALITY",
	.flags = TB_COUNT_HAS_MINIMUM,
	.choices = choices,
	.run = run,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/method.h"
#include "core/count/methods.h"

/* [COUNT.APPROVAL] */
static tb_err run(tb_count *c)
{
	tb_count_round *r = tb_count_account_round(c->account, "totals", true);

	if (r == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < c->ballots->num_groups; i++) {
		const tb_count_group *g = &c->ballots->groups[i];

		for (uint32_t k = 0; k < g->num; k++)
			r->votes[c->ballots->prefs[g->first + k].candidate] += g->weight;
	}
	return tb_count_elect_most(c, r->votes);
}

static const char *const choices[] = {
	"Whoever stands on a ballot is approved by it, at whatever rank or positive score.",
	"The lot decides where the last seats are between equals; nobody is elected without an approval.",
	NULL,
};

const tb_count_method tb_count_approval = {
	.id = "approval-1",
	.name = "Approval",
	.source = "No law; the choices below are the rule",
	.rule = "COUNT.APPROVAL",
	.flags = TB_COUNT_EQUAL_RANKS | TB_COUNT_HAS_MINIMUM,
	.choices = choices,
	.run = run,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/methods.h"
#include "core/count/stv.h"

/* [COUNT.IRV] */
static tb_err run(tb_count *c)
{
	static const tb_count_stv_rules rules = {.is_majority = true};

	return tb_count_stv_run(c, &rules);
}

static const char *const choices[] = {
	"A majority is more than half of the votes that are still with a candidate in that round, not of all "
	"ballots.",
	"One candidate is excluded at a time, also those without a vote: no batches.",
	"Ties at an exclusion: the latest earlier round in which they differ, then the lot, as in Scottish "
	"STV.",
	"Nobody is elected without a single vote.",
	"Equal preferences: the order of preference on a ballot ends there.",
	NULL,
};

const tb_count_method tb_count_irv = {
	.id = "irv-1",
	.name = "Instant-runoff voting",
	.source = "No single law; exclusions and ties as in SSI 2007/42 with one seat",
	.rule = "COUNT.IRV",
	.flags = TB_COUNT_HAS_MINIMUM | TB_COUNT_ONE_SEAT,
	.choices = choices,
	.run = run,
};

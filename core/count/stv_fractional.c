/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/methods.h"
#include "core/count/stv.h"

/* [COUNT.FTSTV] */
static tb_err run(tb_count *c)
{
	static const tb_count_stv_rules rules = {.exclude_zeros = true};

	return tb_count_stv_run(c, &rules);
}

static const char *const choices[] = {
	"The program is the rule; its defaults are taken: six decimals, a static whole Droop quota, no "
	"delayed "
	"transfers, and the first exclusion takes all candidates without a vote together.",
	"A seat stays empty rather than go to a candidate without a single vote, as the program has it.",
	"Ties: the latest earlier round in which they differ; then the lot, where the program would draw at "
	"random.",
	"Candidates elected in the same round are listed by votes, then by number.",
	"Equal preferences: the order of preference on a ballot ends there.",
	NULL,
};

const tb_count_method tb_count_fractional = {
	.id = "ftstv-openstv-1.7",
	.name = "Fractional transfer STV",
	.source = "OpenSTV 1.7, method \"Fractional Transfer STV\" with its defaults, as Maemo and GNOME "
		  "used it",
	.rule = "COUNT.FTSTV",
	.decimals = 6,
	.flags = TB_COUNT_HAS_MINIMUM,
	.choices = choices,
	.run = run,
};

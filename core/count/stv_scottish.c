/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/methods.h"
#include "core/count/stv.h"

/* [COUNT.SCOTTISH] */
static tb_err run(tb_count *c)
{
	static const tb_count_stv_rules rules = {.elect_zero = true};

	return tb_count_stv_run(c, &rules);
}

static const char *const choices[] = {
	"r. 50 and r. 52: the transfer of an exclusion that has begun is finished before it is asked whether "
	"the last "
	"vacancies can be filled.",
	"r. 49(2) and r. 51(2)(a): where only some of three or more candidates differ at an earlier stage, "
	"those that "
	"remain equal are compared at the stage before it.",
	"r. 47: candidates elected at the same stage have no legal order; they are listed by votes, then by "
	"number.",
	"r. 48: the next available preference passes over candidates elected at the same stage.",
	"Equal preferences: the order of preference on a paper ends there; a paper whose first preference is "
	"shared "
	"is not valid.",
	NULL,
};

const tb_count_method tb_count_scottish = {
	.id = "scottish-stv-2007",
	.name = "Scottish STV",
	.source = "The Scottish Local Government Elections Order 2007, SSI 2007/42, rules 45 to 52",
	.rule = "COUNT.SCOTTISH",
	.decimals = 5,
	.flags = TB_COUNT_HAS_MINIMUM,
	.choices = choices,
	.run = run,
};

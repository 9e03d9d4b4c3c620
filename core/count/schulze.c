/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/count/methods.h"
#include "core/count/pairwise.h"

/* [COUNT.SCHULZE] */

/* The strongest path from a to b: the weakest link of it as strong as can be, a link being as strong as the votes that win it. */
static tb_err find_paths(tb_count *c)
{
	size_t n = c->account->num_candidates;
	uint64_t *p = calloc(n * n, sizeof *p);

	if (p == NULL)
		return TB_ERR_MEMORY;
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++)
			if (tb_count_prefer(c, a, b) > tb_count_prefer(c, b, a))
				p[a * n + b] = tb_count_prefer(c, a, b);
	for (size_t via = 0; via < n; via++)
		for (size_t a = 0; a < n; a++)
			for (size_t b = 0; a != via && p[a * n + via] > 0 && b < n; b++) {
				uint64_t link =
					p[a * n + via] < p[via * n + b] ? p[a * n + via] : p[via * n + b];

				if (a != b && b != via && link > p[a * n + b])
					p[a * n + b] = link;
			}
	c->account->paths = p;
	return TB_OK;
}

static bool is_beaten(const tb_count *c, uint32_t candidate)
{
	size_t n = c->account->num_candidates;
	const uint64_t *p = c->account->paths;

	for (uint32_t i = 0; i < n; i++)
		if (tb_count_stands(c, i) && p[i * n + candidate] > p[candidate * n + i])
			return true;
	return false;
}

static uint32_t find_unbeaten(const tb_count *c, uint32_t *out)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < c->account->num_candidates; i++)
		if (tb_count_stands(c, i) && !is_beaten(c, i))
			out[num++] = i;
	return num;
}

/* The unbeaten of those that are left, as far as there are seats; who has lost the lot stays out. */
static tb_err elect_level(tb_count *c, uint32_t *who, uint32_t num, uint32_t seats)
{
	tb_count_round *r = tb_count_account_round(c->account, "unbeaten", false);
	tb_err err = r == NULL ? TB_ERR_MEMORY : TB_OK;

	for (uint32_t i = 0; i < num && err == TB_OK; i++)
		err = tb_count_list_add(&r->of, who[i]);
	while (err == TB_OK && num > 0 && seats > 0) {
		uint32_t chosen = who[0], kept = 0;

		if (num > seats)
			err = tb_count_choose(c, &chosen, who, num, "elect", 0);
		if (err == TB_OK)
			err = tb_count_elect(c, chosen, TB_COUNT_UNBEATEN, 0);
		for (uint32_t i = 0; i < num; i++)
			if (who[i] != chosen)
				who[kept++] = who[i];
		num = kept;
		seats--;
	}
	for (uint32_t i = 0; i < num && err == TB_OK; i++)
		tb_count_leave(c, who[i], TB_COUNT_LOT_LOST, 0);
	return err;
}

static tb_err run(tb_count *c)
{
	uint32_t who[TB_COUNT_MAX_CANDIDATES], num;
	tb_err err = tb_count_pairwise(c);

	if (err == TB_OK && tb_count_nobody_voted(c))
		return TB_OK;
	if (err == TB_OK)
		err = find_paths(c);
	while (err == TB_OK && c->account->order.num < c->options->seats) {
		num = find_unbeaten(c, who);
		if (num == 0)
			return TB_OK;
		err = elect_level(c, who, num, c->options->seats - c->account->order.num);
	}
	for (uint32_t i = 0; i < c->account->num_candidates && err == TB_OK; i++)
		if (tb_count_stands(c, i))
			tb_count_leave(c, i, TB_COUNT_BEATEN, 0);
	return err;
}

static const char *const choices[] = {
	"The strength of a defeat is the number of winning votes alone; equal strengths stay equal, whatever "
	"the losing "
	"votes.",
	"More seats than one go to the unbeaten, then to the unbeaten among the others, and so on.",
	"Candidates of the same level are listed by number; where not all of them get a seat the lot "
	"decides, not a "
	"random ballot.",
	"Candidates that a ballot does not rank come last on it, equal among themselves.",
	"Without a single preference nobody is elected.",
	NULL,
};

const tb_count_method tb_count_schulze = {
	.id = "schulze-wv-1",
	.name = "Schulze (winning votes)",
	.source = "M. Schulze, A new monotonic, clone-independent, reversal symmetric, and "
		  "Condorcet-consistent "
		  "single-winner election method, sections 2.1 and 2.2",
	.rule = "COUNT.SCHULZE",
	.flags = TB_COUNT_EQUAL_RANKS,
	.choices = choices,
	.run = run,
};

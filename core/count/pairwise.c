/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/pairwise.h"

#include <stdlib.h>

/*
 * A ballot of p preferences costs p*p steps, not p times all candidates: first how many ballots rank a and, in the matrix, on how many of
 * them b is ranked at least as high; the difference prefers a to b.
 */
static void add_ballot(
	uint64_t *not_above, uint64_t *ranked, const tb_count_ballots *b, const tb_count_group *g)
{
	const tb_count_pref *p = b->prefs + g->first;
	uint32_t end = 0; /* behind the last preference of p[i]'s rank */

	for (uint32_t i = 0; i < g->num; i++) {
		uint64_t *row = not_above + (size_t)p[i].candidate * b->num_candidates;

		while (end < g->num && p[end].rank <= p[i].rank)
			end++;
		ranked[p[i].candidate] += g->weight;
		for (uint32_t k = 0; k < end; k++)
			row[p[k].candidate] += g->weight;
	}
}

tb_err tb_count_pairwise(tb_count *c)
{
	const tb_count_ballots *b = c->ballots;
	uint32_t n = b->num_candidates;
	uint64_t ranked[TB_COUNT_MAX_CANDIDATES] = {0};
	uint64_t *matrix = calloc((size_t)n * n, sizeof *matrix);

	if (matrix == NULL)
		return TB_ERR_MEMORY;
	for (size_t g = 0; g < b->num_groups; g++)
		add_ballot(matrix, ranked, b, &b->groups[g]);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++)
			matrix[(size_t)i * n + k] =
				i == k || b->is_withdrawn[k] ? 0 : ranked[i] - matrix[(size_t)i * n + k];
	c->account->pairwise = matrix;
	return TB_OK;
}

bool tb_count_nobody_voted(tb_count *c)
{
	if (c->account->num_valid > 0)
		return false;
	for (uint32_t i = 0; i < c->account->num_candidates; i++)
		if (tb_count_stands(c, i))
			tb_count_leave(c, i, TB_COUNT_NO_VOTES, 0);
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_PAIRWISE_H
#define TB_CORE_COUNT_PAIRWISE_H

#include "core/count/method.h"

/* Fills account->pairwise: [a * n + b] ballots prefer a to b.  Whoever is ranked is preferred to whoever is not; two
 * of equal rank, or two that are not ranked, are not compared [COUNT.PAIRWISE].  MEMORY. */
TB_CHECKED tb_err tb_count_pairwise(tb_count *c);

static inline uint64_t tb_count_prefer(const tb_count *c, uint32_t a, uint32_t b)
{
	return c->account->pairwise[(size_t)a * c->account->num_candidates + b];
}

/* Without a ballot that prefers anybody, nobody is elected: writes that down and says true. */
bool tb_count_nobody_voted(tb_count *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_STV_H
#define TB_CORE_COUNT_STV_H

#include "core/count/method.h"

/*
 * Weighted inclusive Gregory transfers: the engine of scottish-stv-2007, ftstv-openstv-1.7 and irv-1.  A surplus moves all
 * papers of the elected, each at a fraction of the value at which it came; an exclusion moves papers at that value.
 */
typedef struct tb_count_stv_rules {
	bool is_majority; /* elected by more than half of the votes still in play, recomputed; otherwise by the quota */
	bool exclude_zeros; /* the first exclusion takes everybody without a vote together */
	bool elect_zero;    /* who is left at the end is elected even without a vote */
} tb_count_stv_rules;

TB_CHECKED tb_err tb_count_stv_run(tb_count *c, const tb_count_stv_rules *rules); /* STATE, MEMORY */

#endif

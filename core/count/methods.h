/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_METHODS_H
#define TB_CORE_COUNT_METHODS_H

#include "core/count/count.h"

/* Every method, each in the file of its name; the order of the table is that of --list-methods. */
extern const tb_count_method tb_count_scottish, tb_count_fractional, tb_count_meek, tb_count_irv;
extern const tb_count_method tb_count_debian, tb_count_schulze;
extern const tb_count_method tb_count_borda, tb_count_plurality, tb_count_approval, tb_count_score;

#endif

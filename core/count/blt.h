/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_BLT_H
#define TB_CORE_COUNT_BLT_H

#include "core/base/buf.h"
#include "core/base/why.h"
#include "core/count/ballots.h"

/*
 * BLT, the format of OpenSTV, OpaVote, Droop and others [COUNT.BLT]: numbers separated by white space, "#" comments, quoted names.
 * Reading: ENCODING with "line 7: ..." in *why, MEMORY; *out is then empty, and otherwise must be released.
 */
TB_CHECKED tb_err tb_count_blt_parse(tb_count_ballots *out, const void *bytes, size_t len, tb_why *why);
/* Appended.  RANGE: the ballots have scores, which BLT cannot say; LIMIT, MEMORY. */
TB_CHECKED tb_err tb_count_blt_write(tb_buf *out, const tb_count_ballots *b);

#endif

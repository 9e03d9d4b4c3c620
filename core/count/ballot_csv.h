/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_BALLOT_CSV_H
#define TB_CORE_COUNT_BALLOT_CSV_H

#include "core/base/buf.h"
#include "core/base/why.h"
#include "core/count/ballots.h"

/*
 * A table [COUNT.CSV], quoted as in RFC 4180: first `title,TEXT` and `seats,N` where wanted, then a row that begins with `ranks` or
 * `scores` and names the candidates, then perhaps `withdrawn` with an x for each of those, then for every group of equal ballots
 * their number and each candidate's rank (or score), empty where it has none.
 * Reading: ENCODING with "line 7: ..." in *why, MEMORY; *out is then empty, and otherwise must be released.
 */
TB_CHECKED tb_err tb_count_csv_parse(tb_count_ballots *out, const void *bytes, size_t len, tb_why *why);
TB_CHECKED tb_err tb_count_csv_write(tb_buf *out, const tb_count_ballots *b); /* appended; LIMIT, MEMORY */

#endif

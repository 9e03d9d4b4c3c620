/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_ABIF_H
#define TB_CORE_COUNT_ABIF_H

#include "core/base/buf.h"
#include "core/base/why.h"
#include "core/count/ballots.h"

/*
 * ABIF, the aggregated ballot information format [COUNT.ABIF]: lines such as `27:A>B=C` or `27:A/5,B/3`, candidates
 * declared as `=A:[Ada Lovelace]`, metadata such as `{"title": "Board"}`, "#" comments.
 * Reading: ENCODING with "line 7: ..." in *why, MEMORY; *out is then empty, and otherwise must be released.
 */
TB_CHECKED tb_err tb_count_abif_parse(tb_count_ballots *out, const void *bytes, size_t len, tb_why *why);
TB_CHECKED tb_err tb_count_abif_write(tb_buf *out, const tb_count_ballots *b); /* appended; LIMIT, MEMORY */

#endif

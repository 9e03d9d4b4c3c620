/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_FILES_H
#define TB_CORE_COUNT_FILES_H

#include "core/base/buf.h"
#include "core/base/why.h"
#include "core/count/ballots.h"

/* Ballot files, whatever their format. */
enum { TB_COUNT_MAX_FILE = 256 << 20 };

typedef enum tb_count_format {
	TB_COUNT_BLT,
	TB_COUNT_ABIF,
	TB_COUNT_CSV,
	TB_COUNT_NUM_FORMATS
} tb_count_format;

/* "blt", "abif", "csv"; NOT_FOUND. */
TB_CHECKED tb_err tb_count_format_find(tb_count_format *out, const char *name);
/* By the first line that is no comment: two numbers and no more are BLT, a row of a table is CSV, anything else ABIF. */
tb_count_format tb_count_format_of(const void *bytes, size_t len);

/* ENCODING with "line 7: ..." in *why, LIMIT, MEMORY; *out is then empty, and otherwise must be released. */
TB_CHECKED tb_err tb_count_file_parse(
	tb_count_ballots *out, tb_count_format format, const void *bytes, size_t len, tb_why *why);
/* Appended.  RANGE: the format cannot say it (BLT has no scores); LIMIT, MEMORY. */
TB_CHECKED tb_err tb_count_file_write(tb_buf *out, tb_count_format format, const tb_count_ballots *b);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_ELECTION_FILE_H
#define TB_CLI_COMMON_ELECTION_FILE_H

#include "core/base/buf.h"
#include "core/base/why.h"
#include "core/election/election_text.h"

/*
 * Appends an election file as tb_election_text_parse() reads it: pictures that are named by a file, which lies beside it, are put in as they are
 * [FILE.VALUE].  Lines keep their numbers.  IO, LIMIT, RULE (a file that is no picture); *why names file and line.  MEMORY.
 */
TB_CHECKED tb_err tb_election_file_read(tb_buf *out, const char *path, tb_why *why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_RESULT_WORDS_H
#define TB_CORE_ELECTION_RESULT_WORDS_H

#include "core/election/result.h"

/*
 * The result as people read it: turnout, and for each question the quorum and the approval rule in words, the totals, what is
 * approved, elected or adopted, and every tie that the lot decided.  Appended, several lines.  It says what the result says and
 * checks nothing.  MEMORY, LIMIT.
 */
TB_CHECKED tb_err tb_result_words(tb_buf *out, const tb_result *r, const tb_manifest *m);

#endif

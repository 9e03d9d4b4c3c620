/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_ELECTION_WORDS_H
#define TB_CORE_ELECTION_ELECTION_WORDS_H

#include "core/election/manifest.h"

/* The values of election files (core/election/election_text.h), word by word [FILE.VALUE]. */

/* What is left of a value.  Every function skips spaces and tabs, and takes nothing when it returns false. */
typedef struct tb_words {
	const char *at; /* NUL-terminated */
} tb_words;

bool tb_words_take(tb_words *w, const char *words);             /* these words, in any case */
bool tb_words_number(tb_words *w, uint64_t *out, uint64_t max); /* digits */
bool tb_words_done(const tb_words *w);

/* "referendum", "choose 1 to 3", "approval", "score 0 to 5", "ranked": method, min, max, score_max.  What depends on the number of options
 * (max of approval, score and plain ranked) is left to the caller. */
bool tb_words_method(tb_question *out, const char *value);
void tb_words_write_method(tb_buf *out, const tb_question *q);
/* "at least 1/5 of electorate", "20% of electorate", "more than ...", "at least 10 ballots", "none". */
bool tb_words_quorum(tb_bar *out, const char *value);
void tb_words_write_quorum(tb_buf *out, const tb_bar *bar);
/* "more than 1/2 of options_sum", "at least 2/3 of ballots", "... of electorate", "none". */
bool tb_words_approval(tb_bar *out, const char *value);
void tb_words_write_approval(tb_buf *out, const tb_bar *bar);
/* "refuse below 5 holders", "warn below 5 holders". */
bool tb_words_weights(uint64_t *min_holders, bool *warn, const char *value);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_TEXT_H
#define TB_CORE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/why.h"
#include "crypto/err.h"

/*
 * Which text written by people may stand on a board [TEXT].  What two people see must not differ while the bytes are
 * the same, and what looks the same should be the same bytes.  So: valid UTF-8 in normalisation form C, of the code points
 * of specs/characters.txt, among which there are no
 *   control characters (C0, DEL, C1), but U+000A where lines are allowed; U+2028 and U+2029
 *   bidirectional controls (U+061C, U+200E, U+200F, U+202A-202E, U+2066-2069)
 *   U+FEFF, surrogates, noncharacters, private use
 *   code points that Unicode 14.0 does not assign, three ranges of symbols and ideographs aside: a library that knows a
 *   newer character and one that does not would differ about what is normalised, and two verifiers about a board
 */
typedef enum tb_text_kind {
	TB_TEXT_LINE, /* one line, not empty */
	TB_TEXT_LINES /* U+000A allowed, and may be empty */
} tb_text_kind;

/* ENCODING or LIMIT (more than `max` bytes); *why then names the code point and the byte offset.  MEMORY. */
TB_CHECKED tb_err tb_text_check(const char *in, size_t in_len, size_t max, tb_text_kind kind, tb_why *why);

/* Is this valid UTF-8 (no surrogates, nothing overlong)?  A NUL is let through. */
bool tb_text_is_utf8(const void *in, size_t in_len);

/* Is there a character with the Unicode property White_Space?  `in` is valid UTF-8. */
bool tb_text_has_space(const void *in, size_t in_len);

/* Copies text that may come from a hostile file to where people see it: whatever a terminal, a line of a log or a page
 * could be cheated with becomes '?' (C0 and C1 controls, line separators, bidirectional controls, U+FEFF, and bytes that
 * are not UTF-8).  What does not fit ends in "..." after a whole character; out_len >= 4.  NULL counts as "". */
void tb_text_copy_printable(char *out, size_t out_len, const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_WHY_H
#define TB_CORE_BASE_WHY_H

#include "crypto/err.h"

/*
 * One sentence for a human that says why something was refused and where:
 * "questions[2].max: 9 is more than 5".  It accompanies a tb_err and never decides anything.
 * No secret is ever put into one.
 */
#define TB_WHY_BYTES 256

typedef struct tb_why {
	char text[TB_WHY_BYTES]; /* NUL-terminated, printable UTF-8, one line; "" when nothing was refused */
} tb_why;

void tb_why_clear(tb_why *why);
/* For a failure nobody has explained, such as MEMORY: if *why is clear and `err` is not TB_OK, says what `err` means. */
void tb_why_default(tb_why *why, tb_err err);
/* Formats the sentence.  Control bytes and bytes that are not UTF-8 become '?', so that a hostile file cannot
 * send escape sequences to a terminal or forge a second line of a log.  What is too long is cut. */
__attribute__((format(printf, 2, 3))) void tb_why_set(tb_why *why, const char *format, ...);

#endif

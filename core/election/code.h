/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_CODE_H
#define TB_CORE_ELECTION_CODE_H

#include <stddef.h>

#include "core/base/fault.h"

/*
 * A code: the 26 random and 2 check characters from which a person's keys come [CODE.FORMAT].  A voter's
 * voting code, a trustee's recovery phrase and the key file of every other role have this one form. A code is
 * a secret: no fault, log or message ever holds a part of one.  JS twin: client-js/core/code.js.
 */
#define TB_CODE_CHARS 28
#define TB_CODE_SECRET_BYTES 26 /* the characters that the keys are derived from [CODE.SECRET] */
#define TB_CODE_TEXT_BYTES 35   /* 7 groups of 4 joined by '-', and a NUL */

typedef struct tb_code {
	char character[TB_CODE_CHARS]; /* canonical, without separators and NUL; the first 26 are the secret
					*/
} tb_code;

/* A fresh code.  RANDOM, *out is then zero. */
TB_CHECKED tb_err tb_code_generate(tb_code *out);
/*
 * Reads what a person typed: spaces, hyphens, lower case and I, L, O for 1, 1, 0 are fine.  RULE CODE.FORMAT;
 * where is "group 3 of 7" when one character can be told to be wrong, else "code".  *out is then zero.
 */
TB_CHECKED tb_err tb_code_parse(tb_code *out, const char *in, size_t in_len, tb_fault *fault);
/* "ABCD-EFGH-...": as it is printed. */
void tb_code_write(char out[TB_CODE_TEXT_BYTES], const tb_code *code);
void tb_code_wipe(tb_code *code);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_CROCKFORD_H
#define TB_CORE_BASE_CROCKFORD_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Bytes that people compare and type: 5 bits a character, without the letters that are taken for others, in groups of four with
 * hyphens, the unused bits of the last character zero [BALLOT.TRACKER] [CONTEXT].  Table driven: not for secrets (voting codes have
 * functions of their own, core/election/code.h).
 */
extern const char tb_crockford_alphabet[33]; /* the value of a character is its place */

#define TB_CROCKFORD_CHARS(bytes) ((8 * (bytes) + 4) / 5)
#define TB_CROCKFORD_TEXT(bytes) (TB_CROCKFORD_CHARS(bytes) + (TB_CROCKFORD_CHARS(bytes) - 1) / 4 + 1)

/* Writes TB_CROCKFORD_TEXT(in_len) characters with hyphens and a NUL; in_len >= 1. */
void tb_crockford_write(char *out, const uint8_t *in, size_t in_len);
/* Reads what a person typed to exactly out_len bytes: case, hyphens and spaces are free, I and L are 1, O is 0 [CODE.FORMAT].
 * ENCODING; *out is then undefined. */
TB_CHECKED tb_err tb_crockford_parse(uint8_t *out, size_t out_len, const char *text, size_t text_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_BASE64_H
#define TB_CORE_BASE_BASE64_H

#include "core/base/buf.h"

/*
 * RFC 4648 base64 (section 4, with padding) and lower-case hex, each with exactly one spelling per byte string:
 * no white space, no missing or superfluous padding, the unused bits of the last character zero, no upper-case hex.
 * A second spelling of the same ballot would be a second ballot with the same content.
 * Table driven: not for secrets where somebody can watch this machine's caches.
 */
#define TB_BASE64_LEN(n) (((size_t)(n) + 2) / 3 * 4) /* characters for n bytes */
#define TB_HEX_LEN(n) (2 * (size_t)(n))

/* Writes TB_BASE64_LEN(in_len) characters and no NUL. */
void tb_base64_write(char *out, const void *in, size_t in_len);
/* Reads into `out`, which has room for `out_max` bytes.  ENCODING; LIMIT when they do not fit.
 * On failure *out_len is unchanged and what `out` holds is undefined. */
TB_CHECKED tb_err tb_base64_parse(void *out, size_t *out_len, size_t out_max, const char *in, size_t in_len);
/* The same where the length is known.  ENCODING; RANGE for base64 of another number of bytes. */
TB_CHECKED tb_err tb_base64_parse_fixed(void *out, size_t out_len, const char *in, size_t in_len);
/* Appends; failures stick to *out (ENCODING, LIMIT, MEMORY). */
void tb_buf_base64(tb_buf *out, const void *in, size_t in_len);
void tb_buf_unbase64(tb_buf *out, const char *in, size_t in_len);

void tb_hex_write(char *out, const void *in, size_t in_len); /* TB_HEX_LEN(in_len) characters, no NUL */
/* Errors as tb_base64_parse_fixed(). */
TB_CHECKED tb_err tb_hex_parse_fixed(void *out, size_t out_len, const char *in, size_t in_len);
void tb_buf_hex(tb_buf *out, const void *in, size_t in_len);

#endif

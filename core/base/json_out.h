/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_JSON_OUT_H
#define TB_CORE_BASE_JSON_OUT_H

#include "core/base/buf.h"

/*
 * Writing JSON in its one canonical spelling [JSON.CANONICAL]: no white space, members in the order written, integers
 * in plain decimal, and in strings only " \ and the characters below U+0020 escaped (\b \t \n \f \r, else \u00xx in
 * lower case).
 */
#define TB_JSON_DEPTH 16
#define TB_JSON_INT_MAX ((UINT64_C(1) << 53) - 1) /* what JavaScript holds exactly */

/* Instead of a member's name: the next item of an array; with tb_json_out_*: also the document itself. */
#define TB_JSON_ITEM ((const char *)0)

typedef struct tb_json_out {
	tb_buf *buf; /* borrowed; carries the sticky error */
	size_t depth;
	bool is_object[TB_JSON_DEPTH];
	bool has_items[TB_JSON_DEPTH];
	bool done; /* the document is complete */
} tb_json_out;

/* Caller bugs, which abort: a name inside an array or none inside an object, unbalanced ends, more than 16 levels.
 * What depends on data sticks to the buffer: ENCODING (a string that is not UTF-8 or holds a NUL), RANGE (an integer
 * above 2^53-1), LIMIT, MEMORY. */
void tb_json_out_init(tb_json_out *out, tb_buf *buf);
void tb_json_out_object(tb_json_out *out, const char *key); /* begins one */
void tb_json_out_array(tb_json_out *out, const char *key);
void tb_json_out_end(tb_json_out *out); /* ends the innermost object or array */
void tb_json_out_int(tb_json_out *out, const char *key, uint64_t v);
void tb_json_out_bool(tb_json_out *out, const char *key, bool v);
void tb_json_out_null(tb_json_out *out, const char *key);
void tb_json_out_string(tb_json_out *out, const char *key, const char *v, size_t len);
void tb_json_out_cstring(tb_json_out *out, const char *key, const char *v);
void tb_json_out_base64(tb_json_out *out, const char *key, const void *v, size_t len);
void tb_json_out_hex(tb_json_out *out, const char *key, const void *v, size_t len);
/* Bytes that are one canonical value already; taken as they are. */
void tb_json_out_raw(tb_json_out *out, const char *key, const void *v, size_t len);
/* The buffer's error; aborts when the document is not complete. */
TB_CHECKED tb_err tb_json_out_status(const tb_json_out *out);

/* The spelling of strings, shared with the reader: how this byte is escaped (its length), or 0 when it stands for itself. */
size_t tb_json_escape(char out[6], uint8_t c);
/* The length of the part of `in` that needs no escapes. */
size_t tb_json_plain_run(const uint8_t *in, size_t in_len);

#endif

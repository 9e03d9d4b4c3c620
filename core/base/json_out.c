/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json_out.h"

#include <string.h>

#include "core/base/base64.h"
#include "core/base/text.h"

size_t tb_json_escape(char out[6], uint8_t c)
{
	static const char digits[] = "0123456789abcdef";
	static const char short_form[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

	if (c >= 0x20 && c != '"' && c != '\\')
		return 0;
	out[0] = '\\';
	out[1] = c >= 0x20 ? (char)c : short_form[c];
	if (out[1] != '\0')
		return 2;
	memcpy(out + 1, "u00", 3);
	out[4] = digits[c >> 4];
	out[5] = digits[c & 15];
	return 6;
}

size_t tb_json_plain_run(const uint8_t *in, size_t len)
{
	size_t i = 0;

	while (i < len && in[i] >= 0x20 && in[i] != '"' && in[i] != '\\')
		i++;
	return i;
}

void tb_json_out_init(tb_json_out *out, tb_buf *buf)
{
	*out = (tb_json_out){.buf = buf};
}

static void write_string(tb_buf *buf, const char *text, size_t len)
{
	const uint8_t *in = (const uint8_t *)text;
	char escaped[6];

	if (len > 0 && (memchr(in, 0, len) != NULL || !tb_text_is_utf8(in, len))) {
		tb_buf_fail(buf, TB_ERR_ENCODING);
		return;
	}
	tb_buf_u8(buf, '"');
	while (len > 0) {
		size_t run = tb_json_plain_run(in, len);

		tb_buf_append(buf, in, run);
		in += run;
		len -= run;
		if (len > 0) {
			tb_buf_append(buf, escaped, tb_json_escape(escaped, *in));
			in++;
			len--;
		}
	}
	tb_buf_u8(buf, '"');
}

/* Everything that stands before a value: comma and name. */
static void before_value(tb_json_out *out, const char *key)
{
	TB_REQUIRE(!out->done);
	if (out->depth == 0) {
		TB_REQUIRE(key == TB_JSON_ITEM);
		return;
	}
	TB_REQUIRE((key != TB_JSON_ITEM) == out->is_object[out->depth - 1]);
	if (out->has_items[out->depth - 1])
		tb_buf_u8(out->buf, ',');
	out->has_items[out->depth - 1] = true;
	if (key != TB_JSON_ITEM) {
		write_string(out->buf, key, strlen(key));
		tb_buf_u8(out->buf, ':');
	}
}

static void begin(tb_json_out *out, const char *key, bool is_object)
{
	before_value(out, key);
	TB_REQUIRE(out->depth < TB_JSON_DEPTH);
	out->is_object[out->depth] = is_object;
	out->has_items[out->depth] = false;
	out->depth++;
	tb_buf_u8(out->buf, is_object ? '{' : '[');
}

void tb_json_out_object(tb_json_out *out, const char *key)
{
	begin(out, key, true);
}

void tb_json_out_array(tb_json_out *out, const char *key)
{
	begin(out, key, false);
}

void tb_json_out_end(tb_json_out *out)
{
	TB_REQUIRE(out->depth > 0);
	out->depth--;
	tb_buf_u8(out->buf, out->is_object[out->depth] ? '}' : ']');
	out->done = out->depth == 0;
}

/* A document is an object or an array, so a plain value stands inside one. */
static void before_plain(tb_json_out *out, const char *key)
{
	TB_REQUIRE(out->depth > 0);
	before_value(out, key);
}

void tb_json_out_int(tb_json_out *out, const char *key, uint64_t v)
{
	before_plain(out, key);
	if (v > TB_JSON_INT_MAX)
		tb_buf_fail(out->buf, TB_ERR_RANGE);
	tb_buf_decimal(out->buf, v);
}

void tb_json_out_bool(tb_json_out *out, const char *key, bool v)
{
	before_plain(out, key);
	tb_buf_text(out->buf, v ? "true" : "false");
}

void tb_json_out_null(tb_json_out *out, const char *key)
{
	before_plain(out, key);
	tb_buf_text(out->buf, "null");
}

void tb_json_out_string(tb_json_out *out, const char *key, const char *v, size_t len)
{
	before_plain(out, key);
	write_string(out->buf, v, len);
}

void tb_json_out_cstring(tb_json_out *out, const char *key, const char *v)
{
	tb_json_out_string(out, key, v, strlen(v));
}

void tb_json_out_base64(tb_json_out *out, const char *key, const void *v, size_t len)
{
	before_plain(out, key);
	tb_buf_u8(out->buf, '"');
	tb_buf_base64(out->buf, v, len);
	tb_buf_u8(out->buf, '"');
}

void tb_json_out_hex(tb_json_out *out, const char *key, const void *v, size_t len)
{
	before_plain(out, key);
	tb_buf_u8(out->buf, '"');
	tb_buf_hex(out->buf, v, len);
	tb_buf_u8(out->buf, '"');
}

void tb_json_out_raw(tb_json_out *out, const char *key, const void *v, size_t len)
{
	before_plain(out, key);
	tb_buf_append(out->buf, v, len);
}

tb_err tb_json_out_status(const tb_json_out *out)
{
	TB_REQUIRE(out->done);
	return tb_buf_status(out->buf);
}

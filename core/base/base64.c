/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/base64.h"

#include <string.h>

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of each character; 255 for those outside the alphabet ('=' among them). */
static const uint8_t VALUE[256] = {
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	62,
	255,
	255,
	255,
	63,
	52,
	53,
	54,
	55,
	56,
	57,
	58,
	59,
	60,
	61,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	0,
	1,
	2,
	3,
	4,
	5,
	6,
	7,
	8,
	9,
	10,
	11,
	12,
	13,
	14,
	15,
	16,
	17,
	18,
	19,
	20,
	21,
	22,
	23,
	24,
	25,
	255,
	255,
	255,
	255,
	255,
	255,
	26,
	27,
	28,
	29,
	30,
	31,
	32,
	33,
	34,
	35,
	36,
	37,
	38,
	39,
	40,
	41,
	42,
	43,
	44,
	45,
	46,
	47,
	48,
	49,
	50,
	51,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
	255,
};

void tb_base64_write(char *out, const void *in, size_t in_len)
{
	const uint8_t *at = in;

	for (; in_len >= 3; in_len -= 3, at += 3, out += 4) {
		out[0] = ALPHABET[at[0] >> 2];
		out[1] = ALPHABET[(at[0] & 3) << 4 | at[1] >> 4];
		out[2] = ALPHABET[(at[1] & 15) << 2 | at[2] >> 6];
		out[3] = ALPHABET[at[2] & 63];
	}
	if (in_len == 0)
		return;
	out[0] = ALPHABET[at[0] >> 2];
	out[1] = ALPHABET[(at[0] & 3) << 4 | (in_len == 2 ? at[1] >> 4 : 0)];
	out[2] = in_len == 2 ? ALPHABET[(at[1] & 15) << 2] : '=';
	out[3] = '=';
}

/* The last group of four, with one or two '='. */
static bool parse_padded(uint8_t *out, const uint8_t *in)
{
	unsigned a = VALUE[in[0]], b = VALUE[in[1]], c = VALUE[in[2]];

	if (in[2] == '=') {
		out[0] = (uint8_t)(a << 2 | b >> 4);
		return a < 64 && b < 64 && (b & 15) == 0;
	}
	out[0] = (uint8_t)(a << 2 | b >> 4);
	out[1] = (uint8_t)((b & 15) << 4 | c >> 2);
	return a < 64 && b < 64 && c < 64 && (c & 3) == 0;
}

tb_err tb_base64_parse(void *out, size_t *out_len, size_t out_max, const char *in, size_t in_len)
{
	const uint8_t *at = (const uint8_t *)in;
	uint8_t *to = out;
	unsigned seen = 0;
	size_t pad, groups, len;

	if (in_len % 4 != 0)
		return TB_ERR_ENCODING;
	if (in_len == 0) {
		*out_len = 0;
		return TB_OK;
	}
	pad = at[in_len - 1] != '=' ? 0 : at[in_len - 2] != '=' ? 1 : 2;
	len = in_len / 4 * 3 - pad;
	if (len > out_max)
		return TB_ERR_LIMIT;
	groups = in_len / 4 - (pad > 0 ? 1 : 0);
	/* No branch per character: whatever is outside the alphabet leaves a high bit in `seen`. */
	for (size_t i = 0; i < groups; i++, at += 4, to += 3) {
		unsigned a = VALUE[at[0]], b = VALUE[at[1]], c = VALUE[at[2]], d = VALUE[at[3]];

		seen |= a | b | c | d;
		to[0] = (uint8_t)(a << 2 | b >> 4);
		to[1] = (uint8_t)(b << 4 | c >> 2);
		to[2] = (uint8_t)(c << 6 | d);
	}
	if (seen >= 64 || (pad > 0 && !parse_padded(to, at)))
		return TB_ERR_ENCODING;
	*out_len = len;
	return TB_OK;
}

/* Is it base64 of any length?  For what cannot be kept. */
static bool is_base64(const char *in, size_t in_len)
{
	uint8_t some[3];
	size_t len;

	for (size_t i = 0; i + 4 <= in_len; i += 4) {
		if (tb_base64_parse(some, &len, sizeof some, in + i, 4) != TB_OK ||
			(len < 3 && i + 4 < in_len))
			return false;
	}
	return in_len % 4 == 0;
}

tb_err tb_base64_parse_fixed(void *out, size_t out_len, const char *in, size_t in_len)
{
	size_t len = 0;
	tb_err err = TB_ERR_LIMIT;

	if (in_len == TB_BASE64_LEN(out_len))
		err = tb_base64_parse(out, &len, out_len, in, in_len);
	if (err == TB_ERR_ENCODING || (err == TB_OK && len == out_len))
		return err;
	return is_base64(in, in_len) ? TB_ERR_RANGE : TB_ERR_ENCODING;
}

void tb_buf_base64(tb_buf *out, const void *in, size_t in_len)
{
	uint8_t *to = tb_buf_extend(out, TB_BASE64_LEN(in_len));

	if (to != NULL)
		tb_base64_write((char *)to, in, in_len);
}

void tb_buf_unbase64(tb_buf *out, const char *in, size_t in_len)
{
	size_t most = in_len / 4 * 3, len, pad = 0;
	uint8_t *to;
	tb_err err;

	while (pad < 2 && pad < in_len && in[in_len - 1 - pad] == '=')
		pad++;
	if (in_len % 4 != 0) {
		tb_buf_fail(out, TB_ERR_ENCODING);
		return;
	}
	to = tb_buf_extend(out, most - pad);
	if (to == NULL) /* failed before, or nothing to read */
		return;
	err = tb_base64_parse(to, &len, most - pad, in, in_len);
	if (err != TB_OK)
		tb_buf_fail(out, err);
}

void tb_hex_write(char *out, const void *in, size_t in_len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *at = in;

	for (size_t i = 0; i < in_len; i++) {
		out[2 * i] = digits[at[i] >> 4];
		out[2 * i + 1] = digits[at[i] & 15];
	}
}

static unsigned hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return 16;
}

tb_err tb_hex_parse_fixed(void *out, size_t out_len, const char *in, size_t in_len)
{
	uint8_t *to = out;

	if (in_len % 2 != 0)
		return TB_ERR_ENCODING;
	for (size_t i = 0; i < in_len / 2; i++) {
		unsigned high = hex_value(in[2 * i]), low = hex_value(in[2 * i + 1]);

		if (high > 15 || low > 15)
			return TB_ERR_ENCODING;
		if (i < out_len)
			to[i] = (uint8_t)(high << 4 | low);
	}
	return in_len == TB_HEX_LEN(out_len) ? TB_OK : TB_ERR_RANGE;
}

void tb_buf_hex(tb_buf *out, const void *in, size_t in_len)
{
	uint8_t *to = tb_buf_extend(out, TB_HEX_LEN(in_len));

	if (to != NULL)
		tb_hex_write((char *)to, in, in_len);
}

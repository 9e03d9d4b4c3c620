/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>

#include "core/base/text_characters.h"

static bool is_control(ucs4_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

static bool is_bidi_control(ucs4_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static bool is_character(ucs4_t c)
{
	size_t low = 0, high = sizeof text_characters / sizeof text_characters[0];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c > text_characters[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof text_characters / sizeof text_characters[0] && c >= text_characters[low].first;
}

static const char *what_is_wrong(ucs4_t c, tb_text_kind kind)
{
	if (is_character(c) || (c == '\n' && kind == TB_TEXT_LINES))
		return NULL;
	if (c == '\n')
		return "a line break, where one line is expected";
	if (is_control(c))
		return "a control character";
	if (is_bidi_control(c))
		return "a bidirectional control, which can make text look like other text";
	if (c == 0xfeff)
		return "a byte order mark";
	return "not a character of Unicode 14.0 that looks the same to everybody";
}

/* Plain ASCII needs no tables, and most text is that. */
static bool is_plain(const uint8_t *in, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (in[i] < 0x20 || in[i] > 0x7e)
			return false;
	return true;
}

/* Every character is in the table by now, so the answer is the same whatever version of Unicode the library has [TEXT]. */
static tb_err check_nfc(const uint8_t *in, size_t len, tb_why *why)
{
	size_t out_len = 0, same = 0;
	uint8_t *out = u8_normalize(UNINORM_NFC, in, len, NULL, &out_len);
	bool equal;

	if (out == NULL) {
		tb_why_set(why, "out of memory");
		return TB_ERR_MEMORY;
	}
	equal = out_len == len && memcmp(out, in, len) == 0;
	while (same < len && same < out_len && out[same] == in[same])
		same++;
	free(out);
	if (equal)
		return TB_OK;
	while (same > 0 && (in[same] & 0xc0) == 0x80)
		same--;
	tb_why_set(why, "the text is not in Unicode normalisation form C from byte %zu on", same);
	return TB_ERR_ENCODING;
}

tb_err tb_text_check(const char *text, size_t len, size_t max, tb_text_kind kind, tb_why *why)
{
	const uint8_t *in = (const uint8_t *)text;

	if (len > max) {
		tb_why_set(why, "the text has %zu bytes, more than %zu", len, max);
		return TB_ERR_LIMIT;
	}
	if (len == 0 && kind == TB_TEXT_LINE) {
		tb_why_set(why, "the text is empty");
		return TB_ERR_ENCODING;
	}
	if (is_plain(in, len))
		return TB_OK;
	for (size_t i = 0; i < len;) {
		ucs4_t c;
		int step = u8_mbtoucr(&c, in + i, len - i);
		const char *wrong;

		if (step <= 0) {
			tb_why_set(why, "byte %zu (0x%02x) is not valid UTF-8", i, in[i]);
			return TB_ERR_ENCODING;
		}
		wrong = what_is_wrong(c, kind);
		if (wrong != NULL) {
			tb_why_set(why, "U+%04X at byte %zu is %s", (unsigned)c, i, wrong);
			return TB_ERR_ENCODING;
		}
		i += (size_t)step;
	}
	return check_nfc(in, len, why);
}

bool tb_text_is_utf8(const void *in, size_t in_len)
{
	return in_len == 0 || u8_check(in, in_len) == NULL;
}

bool tb_text_has_space(const void *text, size_t len)
{
	const uint8_t *in = text;

	for (size_t i = 0; i < len;) {
		ucs4_t c;
		int step = u8_mbtoucr(&c, in + i, len - i);

		TB_REQUIRE(step > 0);
		if (c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
			(c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
			c == 0x205f || c == 0x3000)
			return true;
		i += (size_t)step;
	}
	return false;
}

void tb_text_copy_printable(char *out, size_t out_len, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t left = text != NULL ? strlen(text) : 0, n = 0, fits = 0;

	TB_REQUIRE(out_len >= 4);
	while (left > 0) {
		ucs4_t c;
		int len = u8_mbtoucr(&c, at, left);
		bool bad = len <= 0 || is_control(c) || is_bidi_control(c) || c == 0xfeff;
		size_t step = len <= 0 ? 1 : (size_t)len, width = bad ? 1 : step;

		if (n + width >= out_len) {
			memcpy(out + fits, "...", 4);
			return;
		}
		if (bad)
			out[n] = '?';
		else
			memcpy(out + n, at, step);
		n += width;
		if (n + 4 <= out_len)
			fits = n;
		at += step;
		left -= step;
	}
	out[n] = '\0';
}

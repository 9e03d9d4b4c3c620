/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/fault.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistr.h>

/* Could showing this character make a terminal or a log say something that is not there? */
static bool is_deceptive(ucs4_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* Copies text that may come from a hostile file: what is not UTF-8 or deceptive becomes '?', and a text that
 * does not fit ends in "..." after a whole character. */
static void put(char *out, size_t out_len, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t left = text != NULL ? strlen(text) : 0, n = 0, fits = 0;

	while (left > 0) {
		ucs4_t c;
		int len = u8_mbtoucr(&c, at, left);
		bool bad = len <= 0 || is_deceptive(c);
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

tb_err tb_fault_set(tb_fault *f, const char *rule, const char *where, const char *expected, const char *found)
{
	f->rule = rule;
	put(f->where, sizeof f->where, where);
	put(f->expected, sizeof f->expected, expected);
	put(f->found, sizeof f->found, found);
	return TB_ERR_RULE;
}

tb_err tb_fault_setf(
	tb_fault *f, const char *rule, const char *where, const char *expected, const char *found_format, ...)
{
	char found[2 * sizeof f->found]; /* more than is kept, so that put() sees that it was cut */
	va_list args;

	va_start(args, found_format);
	if (vsnprintf(found, sizeof found, found_format, args) < 0)
		found[0] = '\0';
	va_end(args);
	return tb_fault_set(f, rule, where, expected, found);
}

void tb_fault_prefix(tb_fault *f, const char *prefix)
{
	char where[2 * sizeof f->where];

	/* "payload" alone when there was no place; an index follows without a dot: "voters" + "[3]". */
	snprintf(where, sizeof where, "%s%s%s", prefix, f->where[0] != '\0' && f->where[0] != '[' ? "." : "",
		f->where);
	put(f->where, sizeof f->where, where);
}

void tb_fault_text(const tb_fault *f, char *out, size_t out_len)
{
	char text[sizeof(tb_fault) + 64];

	snprintf(text, sizeof text, "%s%s%s: expected %s, found %s", f->rule != NULL ? f->rule : "no fault",
		f->where[0] != '\0' ? " at " : "", f->where, f->expected, f->found);
	if (out_len >= 4)
		put(out, out_len, text);
	else if (out_len > 0)
		out[0] = '\0';
}

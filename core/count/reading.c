/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void tb_count_in_init(tb_count_in *in, const void *bytes, size_t len, tb_why *why)
{
	tb_why_clear(why);
	*in = (tb_count_in){.at = bytes, .end = (const char *)bytes + len, .line = 1, .why = why};
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		in->at += 3;
}

tb_err tb_count_in_fail(tb_count_in *in, const char *format, ...)
{
	char text[TB_WHY_BYTES];
	va_list ap;

	if (in->err != TB_OK)
		return in->err;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	tb_why_set(in->why, "line %u: %s", in->line, text);
	in->err = TB_ERR_ENCODING;
	return in->err;
}

bool tb_count_in_is(const tb_count_in *in, char c)
{
	return in->at < in->end && *in->at == c;
}

bool tb_count_in_take(tb_count_in *in, char c)
{
	if (!tb_count_in_is(in, c))
		return false;
	in->at++;
	return true;
}

void tb_count_in_blanks(tb_count_in *in)
{
	while (tb_count_in_is(in, ' ') || tb_count_in_is(in, '\t'))
		in->at++;
}

bool tb_count_in_at_eol(const tb_count_in *in)
{
	return in->at == in->end || *in->at == '\n' ||
	       (*in->at == '\r' && (in->at + 1 == in->end || in->at[1] == '\n'));
}

void tb_count_in_next_line(tb_count_in *in)
{
	(void)tb_count_in_take(in, '\r');
	if (tb_count_in_take(in, '\n'))
		in->line++;
}

uint64_t tb_count_in_number(tb_count_in *in, uint64_t max, const char *what)
{
	const char *begin = in->at;
	uint64_t v = 0;

	for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) {
		uint64_t digit = (uint64_t)(*in->at - '0');

		if (v > (max - digit) / 10 || digit > max) {
			(void)tb_count_in_fail(
				in, "expected %s of at most %llu, found more", what, (unsigned long long)max);
			return 0;
		}
		v = v * 10 + digit;
	}
	if (in->at == begin)
		(void)tb_count_in_fail(
			in, "expected %s%s", what, in->at == in->end ? ", found the end of the file" : "");
	return v;
}

tb_err tb_count_in_add(tb_count_in *in, tb_count_ballots *b, const tb_count_pref *prefs,
	const uint32_t *scores, uint32_t num, uint64_t weight)
{
	tb_err err = tb_count_ballots_add(b, prefs, scores, num, weight);

	if (err == TB_ERR_ENCODING)
		return tb_count_in_fail(in, "the ballot names a candidate twice");
	if (err == TB_ERR_RANGE)
		return tb_count_in_fail(
			in, "expected at least one ballot, and candidates and scores within their limits");
	if (err == TB_ERR_LIMIT)
		return tb_count_in_fail(in, "more than 2^53 ballots in all");
	in->err = in->err == TB_OK ? err : in->err;
	return in->err;
}

tb_err tb_count_in_named(tb_count_in *in, tb_err err)
{
	if (err == TB_ERR_ENCODING)
		return tb_count_in_fail(in,
			"expected a name of 1 to %d bytes of UTF-8 without control or direction characters",
			TB_COUNT_MAX_NAME);
	if (err == TB_ERR_LIMIT)
		return tb_count_in_fail(in, "more than %d candidates", TB_COUNT_MAX_CANDIDATES);
	in->err = in->err == TB_OK ? err : in->err;
	return in->err;
}

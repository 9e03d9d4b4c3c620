/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/election/election_text.h"
#include "core/election/election_words.h"

/* Times as people write them [FILE.TIME]. */

static tb_err bad(tb_fault *fault, const char *found)
{
	return tb_fault_set(fault, "FILE.TIME", "",
		"a time such as \"2027-03-01 12:00 UTC\" or \"2027-03-01 12:00 +02:00\", or \"2027-03-14 "
		"anywhere on earth\"",
		found);
}

/* Does `in` have this shape, where 0 stands for a digit? */
static bool has_shape(const char *in, size_t len, const char *shape)
{
	size_t n = strlen(shape);

	if (len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (shape[i] == '0' ? in[i] < '0' || in[i] > '9' : in[i] != shape[i])
			return false;
	return true;
}

/* The date and, if it is there, the time of day; *used is what they take.  `no_time` says that only a date was found. */
static tb_err read_clock(uint64_t *out, const char *in, size_t len, size_t *used, bool *no_time)
{
	char text[TB_RFC3339_LEN + 1] = "0000-00-00T00:00:00Z";

	if (!has_shape(in, len, "0000-00-00"))
		return TB_ERR_ENCODING;
	memcpy(text, in, 10);
	*used = 10;
	*no_time = !(has_shape(in + 10, len - 10, "T00:00") || has_shape(in + 10, len - 10, " 00:00"));
	if (!*no_time) {
		memcpy(text + 11, in + 11, 5);
		*used = 16;
		if (has_shape(in + 16, len - 16, ":00")) {
			memcpy(text + 16, in + 16, 3);
			*used = 19;
		}
	}
	return tb_rfc3339_parse(out, text, TB_RFC3339_LEN);
}

/* "UTC", "Z", "+02:00", "-0330", "anywhere on earth" (UTC-12): seconds to subtract. */
static bool read_zone(int64_t *offset, bool *anywhere, const char *in)
{
	tb_words w = {in};
	const char *at = in;
	size_t len;
	int64_t sign, hours, minutes;

	*anywhere = false;
	*offset = 0;
	if (tb_words_take(&w, "UTC") || tb_words_take(&w, "Z"))
		return tb_words_done(&w);
	*anywhere = tb_words_take(&w, "anywhere on earth") || tb_words_take(&w, "AoE");
	*offset = -12 * 3600;
	if (*anywhere)
		return tb_words_done(&w);
	while (*at == ' ')
		at++;
	if (strncmp(at, "UTC", 3) == 0)
		at += 3;
	sign = *at == '-' ? -1 : 1;
	if (*at != '+' && *at != '-')
		return false;
	len = strlen(++at);
	if (len == 5 && has_shape(at, len, "00:00"))
		minutes = (at[3] - '0') * 10 + (at[4] - '0');
	else if (len == 4 && has_shape(at, len, "0000"))
		minutes = (at[2] - '0') * 10 + (at[3] - '0');
	else
		return false;
	hours = (at[0] - '0') * 10 + (at[1] - '0');
	*offset = sign * (hours * 3600 + minutes * 60);
	return hours <= 14 && minutes < 60;
}

tb_err tb_time_parse(uint64_t *out, const char *in, size_t in_len, tb_fault *fault)
{
	char text[80];
	uint64_t t, seconds;
	int64_t offset;
	size_t used;
	bool no_time, anywhere;
	tb_words w;

	while (in_len > 0 && (in[0] == ' ' || in[0] == '\t'))
		in++, in_len--;
	while (in_len > 0 && (in[in_len - 1] == ' ' || in[in_len - 1] == '\t'))
		in_len--;
	if (in_len >= sizeof text || memchr(in, '\0', in_len) != NULL)
		return bad(fault, "something else");
	memcpy(text, in, in_len);
	text[in_len] = '\0';
	if (text[0] == '@') { /* Unix seconds, also for times beyond the calendar */
		w.at = text + 1;
		if (!tb_words_number(&w, &seconds, (UINT64_C(1) << 53) - 1) || !tb_words_done(&w))
			return bad(fault, text);
		*out = seconds;
		return TB_OK;
	}
	if (read_clock(&t, text, in_len, &used, &no_time) != TB_OK)
		return bad(fault, text);
	if (!read_zone(&offset, &anywhere, text + used))
		return tb_fault_setf(fault, "FILE.TIME", "",
			"a zone after the time: UTC, an offset such as +02:00, or anywhere on earth",
			"\"%s\"", text);
	if (no_time && !anywhere)
		return tb_fault_setf(fault, "FILE.TIME", "", "a time of day after the date", "\"%s\"", text);
	if (no_time)
		t += 86400; /* the end of that day where it ends last */
	if (offset > 0 && t < (uint64_t)offset)
		return bad(fault, text);
	*out = (uint64_t)((int64_t)t - offset);
	return TB_OK;
}

void tb_time_write(char out[32], uint64_t t)
{
	char text[TB_RFC3339_LEN + 1];

	if (tb_rfc3339_write(text, t) != TB_OK)
		snprintf(out, 32, "@%llu", (unsigned long long)t);
	else
		snprintf(out, 32, "%.10s %.*s UTC", text, t % 60 == 0 ? 5 : 8, text + 11);
}

void tb_slug_from_text(char *out, const char *text)
{
	size_t n = 0;
	bool gap = false;

	for (; *text != '\0'; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text;

		if ((unsigned char)c >= 0x80)
			continue; /* a letter with an accent leaves its neighbours together */
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
			gap = n > 0;
			continue;
		}
		if (n + gap >= TB_ID_MAX)
			break;
		if (gap)
			out[n++] = '-';
		out[n++] = c;
		gap = false;
	}
	out[n] = '\0';
}

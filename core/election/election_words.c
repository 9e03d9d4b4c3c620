/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/election_words.h"

#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_spaces(const char *at)
{
	while (is_space(*at))
		at++;
	return at;
}

bool tb_words_take(tb_words *w, const char *words)
{
	const char *at = skip_spaces(w->at);

	for (; *words != '\0'; words++) {
		if (*words == ' ') { /* one space stands for any number of them */
			if (!is_space(*at))
				return false;
			at = skip_spaces(at);
		} else if (strncasecmp(at, words, 1) == 0) {
			at++;
		} else {
			return false;
		}
	}
	if (*at != '\0' && !is_space(*at))
		return false;
	w->at = at;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at *at, without what follows them. */
static bool take_digits(const char **at, uint64_t *out, uint64_t max)
{
	const char *p = *at;
	uint64_t v = 0;

	while (is_digit(*p) && v <= max)
		v = v * 10 + (uint64_t)(*p++ - '0');
	if (p == *at || v > max)
		return false;
	*at = p;
	*out = v;
	return true;
}

bool tb_words_number(tb_words *w, uint64_t *out, uint64_t max)
{
	const char *at = skip_spaces(w->at);

	if (!take_digits(&at, out, max) || (*at != '\0' && !is_space(*at)))
		return false;
	w->at = at;
	return true;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* "33.3 %" behind its integer part. */
static bool take_percent(const char **at, uint64_t whole, uint32_t *a, uint32_t *b)
{
	uint64_t part = whole, scale = 100, divisor;
	const char *p = *at;

	if (*p == '.') {
		for (p++; is_digit(*p) && scale < 1000000; p++, scale *= 10)
			part = part * 10 + (uint64_t)(*p - '0');
		if (scale == 100)
			return false;
	}
	p = skip_spaces(p);
	if (*p != '%')
		return false;
	*at = p + 1;
	divisor = common_divisor(part, scale);
	*a = (uint32_t)(part / divisor);
	*b = (uint32_t)(scale / divisor);
	return true;
}

/* "2/3", "20%", "33.3 %"; percents are reduced. */
static bool take_fraction(tb_words *w, uint32_t *a, uint32_t *b)
{
	const char *at = skip_spaces(w->at);
	uint64_t first, second;

	if (!take_digits(&at, &first, 1000000))
		return false;
	if (*at == '/') {
		at++;
		if (!take_digits(&at, &second, UINT32_MAX))
			return false;
		*a = (uint32_t)first;
		*b = (uint32_t)second;
	} else if (!take_percent(&at, first, a, b)) {
		return false;
	}
	if (*at != '\0' && !is_space(*at))
		return false;
	w->at = at;
	return true;
}

bool tb_words_done(const tb_words *w)
{
	return *skip_spaces(w->at) == '\0';
}

/* ---- methods ---- */

/* "1 to 3", "up to 3", "2". */
static bool take_range(tb_words *w, uint32_t *min, uint32_t *max)
{
	uint64_t low = 0, high;

	if (tb_words_take(w, "up to")) {
		if (!tb_words_number(w, &high, UINT32_MAX))
			return false;
	} else {
		if (!tb_words_number(w, &low, UINT32_MAX))
			return false;
		high = low;
		if (tb_words_take(w, "to") && !tb_words_number(w, &high, UINT32_MAX))
			return false;
	}
	*min = (uint32_t)low;
	*max = (uint32_t)high;
	return true;
}

bool tb_words_method(tb_question *out, const char *value)
{
	tb_words w = {value};
	uint32_t zero;

	out->score_max = 1;
	if (tb_words_take(&w, "referendum")) {
		out->method = TB_METHOD_REFERENDUM;
		out->min = 0;
		out->max = 1;
		return tb_words_done(&w) || (take_range(&w, &out->min, &out->max) && tb_words_done(&w));
	}
	if (tb_words_take(&w, "choose")) {
		out->method = TB_METHOD_CHOOSE;
		return take_range(&w, &out->min, &out->max) && tb_words_done(&w);
	}
	if (tb_words_take(&w, "approval")) {
		out->method = TB_METHOD_APPROVAL;
		return tb_words_done(&w);
	}
	if (tb_words_take(&w, "score")) {
		out->method = TB_METHOD_SCORE;
		return take_range(&w, &zero, &out->score_max) && zero == 0 && out->score_max > 0 &&
		       tb_words_done(&w);
	}
	if (tb_words_take(&w, "ranked")) {
		out->method = TB_METHOD_RANKED;
		out->min = out->max = 0;
		return tb_words_done(&w) ||
		       (take_range(&w, &out->min, &out->max) && out->max > 0 && tb_words_done(&w));
	}
	return false;
}

void tb_words_write_method(tb_buf *out, const tb_question *q)
{
	tb_buf_text(out, tb_method_name(q->method));
	if (q->method == TB_METHOD_APPROVAL || (q->method == TB_METHOD_REFERENDUM && q->min == 0) ||
		(q->method == TB_METHOD_RANKED && q->min == 0 && q->max == q->num_options))
		return;
	tb_buf_text(out, " ");
	tb_buf_decimal(out, q->method == TB_METHOD_SCORE ? 0 : q->min);
	tb_buf_text(out, " to ");
	tb_buf_decimal(out, q->method == TB_METHOD_SCORE ? q->score_max : q->max);
}

/* ---- bars ---- */

/* "at least" (which may be left out) or "more than". */
static bool take_strictness(tb_words *w)
{
	if (tb_words_take(w, "more than"))
		return true;
	(void)tb_words_take(w, "at least");
	return false;
}

bool tb_words_quorum(tb_bar *out, const char *value)
{
	tb_words w = {value};
	uint64_t count;

	*out = (tb_bar){.base = TB_BASE_NONE};
	if (tb_words_take(&w, "none"))
		return tb_words_done(&w);
	out->strict = take_strictness(&w);
	if (take_fraction(&w, &out->a, &out->b)) {
		out->base = TB_BASE_ELECTORATE;
		return (tb_words_take(&w, "of electorate") || tb_words_take(&w, "of the electorate")) &&
		       tb_words_done(&w);
	}
	if (!tb_words_number(&w, &count, (UINT64_C(1) << 53) - 1 - out->strict))
		return false;
	/* "more than 10 ballots" are at least 11 */
	*out = (tb_bar){.base = TB_BASE_COUNT, .count = count + out->strict};
	return (tb_words_take(&w, "ballots") || tb_words_take(&w, "ballot")) && tb_words_done(&w);
}

bool tb_words_approval(tb_bar *out, const char *value)
{
	tb_words w = {value};

	*out = (tb_bar){.base = TB_BASE_NONE};
	if (tb_words_take(&w, "none"))
		return tb_words_done(&w);
	out->strict = take_strictness(&w);
	if (!take_fraction(&w, &out->a, &out->b) || !tb_words_take(&w, "of"))
		return false;
	(void)tb_words_take(&w, "the");
	if (tb_words_take(&w, "ballots"))
		out->base = TB_BASE_BALLOTS;
	else if (tb_words_take(&w, "electorate"))
		out->base = TB_BASE_ELECTORATE;
	else if (tb_words_take(&w, "options_sum"))
		out->base = TB_BASE_OPTIONS_SUM;
	else
		return false;
	return tb_words_done(&w);
}

static void write_fraction(tb_buf *out, const tb_bar *bar)
{
	tb_buf_text(out, bar->strict ? "more than " : "at least ");
	tb_buf_decimal(out, bar->a);
	tb_buf_text(out, "/");
	tb_buf_decimal(out, bar->b);
	tb_buf_text(out, " of ");
}

void tb_words_write_quorum(tb_buf *out, const tb_bar *bar)
{
	if (bar->base == TB_BASE_COUNT) {
		tb_buf_text(out, "at least ");
		tb_buf_decimal(out, bar->count);
		tb_buf_text(out, " ballots");
	} else {
		write_fraction(out, bar);
		tb_buf_text(out, "electorate");
	}
}

void tb_words_write_approval(tb_buf *out, const tb_bar *bar)
{
	write_fraction(out, bar);
	tb_buf_text(out, bar->base == TB_BASE_BALLOTS      ? "ballots"
			 : bar->base == TB_BASE_ELECTORATE ? "electorate"
							   : "options_sum");
}

bool tb_words_weights(uint64_t *min_holders, bool *warn, const char *value)
{
	tb_words w = {value};

	*warn = tb_words_take(&w, "warn");
	if (!*warn && !tb_words_take(&w, "refuse"))
		return false;
	return tb_words_take(&w, "below") && tb_words_number(&w, min_holders, (UINT64_C(1) << 53) - 1) &&
	       (tb_words_take(&w, "holders") || tb_words_take(&w, "holder")) && tb_words_done(&w);
}

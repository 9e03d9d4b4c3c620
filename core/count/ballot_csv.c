/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/ballot_csv.h"

#include <string.h>

#include "core/count/reading.h"

/* ---- cells ---- */

#define CELL_MAX (TB_COUNT_MAX_NAME + 1) /* a name and the apostrophe before it */

typedef struct cell {
	char text[CELL_MAX + 1]; /* unquoted, with a NUL */
	size_t len;
	bool is_last; /* of its row */
} cell;

static void append(tb_count_in *in, cell *c)
{
	if (c->len == CELL_MAX || *in->at == '\0')
		(void)tb_count_in_fail(in, c->len == CELL_MAX ? "the cell is too long" : "a NUL byte");
	else
		c->text[c->len++] = *in->at++;
}

/* A line break inside quotes is refused: no name has one, and a quote that was forgotten is named where it stands. */
static void take_quoted(tb_count_in *in, cell *c)
{
	in->at++;
	while (in->err == TB_OK) {
		if (tb_count_in_at_eol(in)) {
			(void)tb_count_in_fail(in, "the line ends inside quotes");
		} else if (*in->at == '"') {
			in->at++;
			if (!tb_count_in_is(in, '"'))
				return;
			append(in, c);
		} else {
			append(in, c);
		}
	}
}

static void take_cell(tb_count_in *in, cell *c)
{
	c->len = 0;
	if (tb_count_in_is(in, '"')) {
		take_quoted(in, c);
		if (in->err == TB_OK && !tb_count_in_at_eol(in) && !tb_count_in_is(in, ','))
			(void)tb_count_in_fail(in, "expected a comma behind the closing quote");
	} else {
		while (in->err == TB_OK && !tb_count_in_at_eol(in) && *in->at != ',')
			append(in, c);
	}
	c->text[c->len] = '\0';
	c->is_last = !tb_count_in_take(in, ',');
}

/* A spreadsheet would run what begins so, also out of quotes: an apostrophe before it says that it is text.  Written once more before those
 * of the name itself, so that every name can be read again [COUNT.CSV]. */
static bool is_formula(const char *text)
{
	text += strspn(text, "'");
	return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

/* The cell without that apostrophe. */
static void take_guard(cell *c)
{
	if (c->text[0] == '\'' && is_formula(c->text))
		memmove(c->text, c->text + 1, c->len--);
}

static bool parse_number(const cell *c, uint64_t max, uint64_t *out)
{
	return tb_decimal_parse(out, c->text, c->len, max) == TB_OK;
}

/* ---- rows before the ballots ---- */

static void take_title(tb_count_in *in, tb_count_ballots *b)
{
	cell c;

	take_cell(in, &c);
	take_guard(&c);
	if (in->err == TB_OK && !c.is_last)
		(void)tb_count_in_fail(in, "a title is one cell: quote one with commas");
	if (in->err == TB_OK && c.len > 0)
		(void)!tb_count_in_named(in, tb_count_ballots_set_title(b, c.text, c.len));
}

static void take_seats(tb_count_in *in, tb_count_ballots *b)
{
	uint64_t v = 0;
	cell c;

	take_cell(in, &c);
	if (in->err == TB_OK && (!c.is_last || !parse_number(&c, TB_COUNT_MAX_CANDIDATES, &v) || v == 0))
		(void)tb_count_in_fail(
			in, "expected a number of seats from 1 to %d", TB_COUNT_MAX_CANDIDATES);
	b->seats = (uint32_t)v;
}

static void take_candidates(tb_count_in *in, tb_count_ballots *b, cell *c)
{
	while (!c->is_last && in->err == TB_OK) {
		take_cell(in, c);
		take_guard(c);
		if (in->err == TB_OK)
			(void)!tb_count_in_named(in, tb_count_ballots_add_candidate(b, c->text, c->len));
	}
	if (in->err == TB_OK && b->num_candidates == 0)
		(void)tb_count_in_fail(in, "expected candidates");
}

static bool is_empty_line(const tb_count_in *in)
{
	return tb_count_in_at_eol(in) && in->at < in->end;
}

/* Up to and with the row of candidates. */
static void take_head(tb_count_in *in, tb_count_ballots *b)
{
	cell c;

	while (in->err == TB_OK && b->num_candidates == 0) {
		if (is_empty_line(in)) {
			tb_count_in_next_line(in);
			continue;
		}
		take_cell(in, &c);
		if (in->err != TB_OK)
			return;
		if (!c.is_last && strcmp(c.text, "title") == 0)
			take_title(in, b);
		else if (!c.is_last && strcmp(c.text, "seats") == 0)
			take_seats(in, b);
		else if (strcmp(c.text, "ranks") == 0 || strcmp(c.text, "scores") == 0) {
			b->has_scores = c.text[0] == 's';
			take_candidates(in, b, &c);
		} else
			(void)tb_count_in_fail(
				in, "expected a row that begins with title, seats, ranks or scores");
		tb_count_in_next_line(in);
	}
}

/* ---- ballots ---- */

typedef struct row {
	tb_count_pref prefs[TB_COUNT_MAX_CANDIDATES];
	uint32_t scores[TB_COUNT_MAX_CANDIDATES];
	uint32_t num;
} row;

static void take_value(tb_count_in *in, const tb_count_ballots *b, row *r, uint32_t candidate, const cell *c)
{
	uint64_t v, max = b->has_scores ? TB_COUNT_MAX_SCORE : UINT16_MAX;

	if (c->len == 0)
		return;
	if (!parse_number(c, max, &v) || (v == 0 && !b->has_scores)) {
		(void)tb_count_in_fail(in, "%s: expected a %s from %d to %llu, or nothing",
			b->names[candidate], b->has_scores ? "score" : "rank", b->has_scores ? 0 : 1,
			(unsigned long long)max);
		return;
	}
	r->prefs[r->num] = (tb_count_pref){(uint16_t)candidate, b->has_scores ? 1 : (uint16_t)v};
	r->scores[r->num++] = b->has_scores ? (uint32_t)v : 0;
}

/* The cells behind the first.  `mark`: the row of the withdrawn, whose cells are empty or x. */
static void take_values(tb_count_in *in, tb_count_ballots *b, row *r, cell *c, bool mark)
{
	uint32_t i = 0;

	r->num = 0;
	for (; !c->is_last && in->err == TB_OK && i < b->num_candidates; i++) {
		take_cell(in, c);
		if (in->err != TB_OK)
			return;
		if (!mark)
			take_value(in, b, r, i, c);
		else if (c->len > 0 && strcmp(c->text, "x") != 0)
			(void)tb_count_in_fail(
				in, "expected x or nothing for a candidate that did or did not withdraw");
		else
			b->is_withdrawn[i] = c->len > 0;
	}
	if (in->err == TB_OK && (!c->is_last || i < b->num_candidates))
		(void)tb_count_in_fail(in,
			"expected as many cells as there are candidates, %u, behind the first",
			b->num_candidates);
}

static void take_row(tb_count_in *in, tb_count_ballots *b, row *r, bool is_first)
{
	uint64_t weight = 0;
	cell c;

	take_cell(in, &c);
	if (in->err != TB_OK)
		return;
	if (is_first && strcmp(c.text, "withdrawn") == 0) {
		take_values(in, b, r, &c, true);
		return;
	}
	if (!parse_number(&c, TB_COUNT_MAX_BALLOTS, &weight) || weight == 0) {
		(void)tb_count_in_fail(in, "expected a number of ballots in the first cell");
		return;
	}
	take_values(in, b, r, &c, false);
	if (in->err != TB_OK)
		return;
	if (b->has_scores)
		tb_count_rank_by_scores(r->prefs, r->scores, r->num);
	(void)!tb_count_in_add(in, b, r->prefs, b->has_scores ? r->scores : NULL, r->num, weight);
}

tb_err tb_count_csv_parse(tb_count_ballots *out, const void *bytes, size_t len, tb_why *why)
{
	bool is_first = true;
	tb_count_in in;
	row r;

	tb_count_ballots_init(out);
	tb_count_in_init(&in, bytes, len, why);
	take_head(&in, out);
	while (in.err == TB_OK && in.at < in.end) {
		if (!is_empty_line(&in)) {
			take_row(&in, out, &r, is_first);
			is_first = false;
		}
		if (in.err == TB_OK)
			tb_count_in_next_line(&in);
	}
	if (in.err == TB_OK)
		in.err = tb_count_ballots_finish(out);
	if (in.err != TB_OK)
		tb_count_ballots_release(out);
	tb_why_default(why, in.err);
	return in.err;
}

/* ---- writing ---- */

static void write_cell(tb_buf *out, const char *text)
{
	tb_buf_text(out, is_formula(text) ? ",\"'" : ",\"");
	for (; *text != '\0'; text++) {
		if (*text == '"')
			tb_buf_u8(out, '"');
		tb_buf_u8(out, (uint8_t)*text);
	}
	tb_buf_u8(out, '"');
}

static void write_head(tb_buf *out, const tb_count_ballots *b)
{
	bool has_withdrawn = false;

	if (b->title != NULL) {
		tb_buf_text(out, "title");
		write_cell(out, b->title);
		tb_buf_u8(out, '\n');
	}
	if (b->seats > 0) {
		tb_buf_text(out, "seats,");
		tb_buf_decimal(out, b->seats);
		tb_buf_u8(out, '\n');
	}
	tb_buf_text(out, b->has_scores ? "scores" : "ranks");
	for (uint32_t i = 0; i < b->num_candidates; i++) {
		write_cell(out, b->names[i]);
		has_withdrawn = has_withdrawn || b->is_withdrawn[i];
	}
	tb_buf_u8(out, '\n');
	if (!has_withdrawn)
		return;
	tb_buf_text(out, "withdrawn");
	for (uint32_t i = 0; i < b->num_candidates; i++)
		tb_buf_text(out, b->is_withdrawn[i] ? ",x" : ",");
	tb_buf_u8(out, '\n');
}

tb_err tb_count_csv_write(tb_buf *out, const tb_count_ballots *b)
{
	write_head(out, b);
	for (size_t i = 0; i < b->num_groups; i++) {
		const tb_count_group *g = &b->groups[i];
		uint32_t values[TB_COUNT_MAX_CANDIDATES] = {0};

		for (uint32_t k = 0; k < g->num; k++)
			values[b->prefs[g->first + k].candidate] =
				b->has_scores ? b->scores[g->first + k] : b->prefs[g->first + k].rank;
		tb_buf_decimal(out, g->weight);
		for (uint32_t k = 0; k < b->num_candidates; k++) {
			tb_buf_u8(out, ',');
			if (values[k] > 0)
				tb_buf_decimal(out, values[k]);
		}
		tb_buf_u8(out, '\n');
	}
	return tb_buf_status(out);
}

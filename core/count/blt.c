/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/blt.h"

#include <string.h>

#include "core/count/reading.h"

/* ---- words ---- */

static void skip(tb_count_in *in)
{
	while (in->at < in->end) {
		if (*in->at == '#')
			while (in->at < in->end && *in->at != '\n')
				in->at++;
		else if (*in->at == '\n')
			tb_count_in_next_line(in);
		else if (*in->at == ' ' || *in->at == '\t' || *in->at == '\r')
			in->at++;
		else
			return;
	}
}

static bool is_word_end(const tb_count_in *in)
{
	return in->at == in->end || strchr(" \t\r\n#", *in->at) != NULL;
}

static void end_word(tb_count_in *in, const char *what)
{
	if (in->err == TB_OK && (!is_word_end(in) || (in->at < in->end && *in->at == '\0')))
		(void)tb_count_in_fail(in, "expected %s, found something else in it", what);
}

/* A name in quotes; a quote in it is doubled.  False at the end of the bytes. */
static bool take_quoted(tb_count_in *in, char *out, size_t *len)
{
	*len = 0;
	skip(in);
	if (in->at == in->end)
		return false;
	if (!tb_count_in_take(in, '"')) {
		(void)tb_count_in_fail(in, "expected a name in quotes");
		return false;
	}
	while (in->at < in->end && *in->at != '\n' && *len <= TB_COUNT_MAX_NAME) {
		if (*in->at == '"' && (in->at + 1 == in->end || in->at[1] != '"')) {
			in->at++;
			return true;
		}
		in->at += *in->at == '"';
		out[(*len)++] = *in->at++;
	}
	(void)tb_count_in_fail(
		in, *len > TB_COUNT_MAX_NAME ? "the name is too long" : "the name has no closing quote");
	return false;
}

/* ---- parts ---- */

static void take_head(tb_count_in *in, tb_count_ballots *b)
{
	uint64_t num;

	skip(in);
	num = tb_count_in_number(in, TB_COUNT_MAX_CANDIDATES, "a number of candidates");
	end_word(in, "a number of candidates");
	if (in->err == TB_OK && num == 0)
		(void)tb_count_in_fail(in, "expected at least one candidate");
	for (uint64_t i = 0; i < num && in->err == TB_OK; i++) /* their names come at the end */
		(void)!tb_count_in_named(in, tb_count_ballots_add_candidate(b, "?", 1));
	skip(in);
	b->seats = (uint32_t)tb_count_in_number(in, TB_COUNT_MAX_CANDIDATES, "a number of seats");
	end_word(in, "a number of seats");
	if (in->err == TB_OK && b->seats == 0)
		(void)tb_count_in_fail(in, "expected at least one seat");
}

static uint32_t take_candidate(tb_count_in *in, const tb_count_ballots *b)
{
	uint64_t v = tb_count_in_number(in, TB_COUNT_MAX_CANDIDATES, "a candidate's number");

	if (in->err == TB_OK && (v == 0 || v > b->num_candidates))
		(void)tb_count_in_fail(in, "there is no candidate %llu, only 1 to %u", (unsigned long long)v,
			b->num_candidates);
	return in->err == TB_OK ? (uint32_t)v - 1 : 0;
}

static void take_withdrawn(tb_count_in *in, tb_count_ballots *b)
{
	for (skip(in); in->err == TB_OK && tb_count_in_take(in, '-'); skip(in)) {
		uint32_t candidate = take_candidate(in, b);

		end_word(in, "a withdrawn candidate's number");
		b->is_withdrawn[candidate] = true;
	}
}

/* The candidates that share one rank: 3 or 3=5=1. */
static uint32_t take_rank(
	tb_count_in *in, const tb_count_ballots *b, tb_count_pref *prefs, uint32_t num, uint16_t rank)
{
	do {
		if (num == TB_COUNT_MAX_CANDIDATES) {
			(void)tb_count_in_fail(
				in, "the ballot has more preferences than there can be candidates");
			return num;
		}
		prefs[num].candidate = (uint16_t)take_candidate(in, b);
		prefs[num++].rank = rank;
	} while (in->err == TB_OK && tb_count_in_take(in, '='));
	end_word(in, "a preference such as 3 or 3=5");
	return num;
}

/* Behind its weight. */
static void take_ballot(tb_count_in *in, tb_count_ballots *b, uint64_t weight)
{
	tb_count_pref prefs[TB_COUNT_MAX_CANDIDATES];
	uint32_t num = 0, line = in->line;
	uint16_t rank = 1;

	for (skip(in); in->err == TB_OK; skip(in)) {
		if (in->at == in->end) {
			(void)tb_count_in_fail(
				in, "the ballot that begins in line %u has no 0 at its end", line);
		} else if (tb_count_in_is(in, '0')) {
			in->at++;
			end_word(in, "the 0 that ends a ballot");
			break;
		} else if (tb_count_in_take(in, '-')) {
			end_word(in, "a - for a rank that is left out");
		} else {
			num = take_rank(in, b, prefs, num, rank++);
		}
	}
	if (in->err == TB_OK)
		(void)!tb_count_in_add(in, b, prefs, NULL, num, weight);
}

static void take_ballots(tb_count_in *in, tb_count_ballots *b)
{
	while (in->err == TB_OK) {
		uint64_t weight;

		skip(in);
		weight = tb_count_in_number(in, TB_COUNT_MAX_BALLOTS, "a number of ballots");
		end_word(in, "a number of ballots");
		if (in->err != TB_OK || weight == 0)
			return;
		take_ballot(in, b, weight);
	}
}

static void take_names(tb_count_in *in, tb_count_ballots *b)
{
	char name[TB_COUNT_MAX_NAME + 1];
	size_t len;

	for (uint32_t i = 0; i < b->num_candidates && in->err == TB_OK; i++) {
		if (take_quoted(in, name, &len))
			(void)!tb_count_in_named(in, tb_count_ballots_rename(b, i, name, len));
		else
			(void)tb_count_in_fail(
				in, "expected the names of %u candidates, found %u", b->num_candidates, i);
	}
	if (in->err == TB_OK && take_quoted(in, name, &len) && len > 0)
		(void)!tb_count_in_named(in, tb_count_ballots_set_title(b, name, len));
	for (int i = 0; i < 2 && in->err == TB_OK; i++) /* a source and a comment, as some programs write */
		(void)take_quoted(in, name, &len);
	skip(in);
	if (in->err == TB_OK && in->at < in->end)
		(void)tb_count_in_fail(in, "expected the end of the file behind names and title");
}

tb_err tb_count_blt_parse(tb_count_ballots *out, const void *bytes, size_t len, tb_why *why)
{
	tb_count_in in;

	tb_count_ballots_init(out);
	tb_count_in_init(&in, bytes, len, why);
	take_head(&in, out);
	if (in.err == TB_OK)
		take_withdrawn(&in, out);
	take_ballots(&in, out);
	if (in.err == TB_OK)
		take_names(&in, out);
	if (in.err == TB_OK)
		in.err = tb_count_ballots_finish(out);
	if (in.err != TB_OK)
		tb_count_ballots_release(out);
	tb_why_default(why, in.err);
	return in.err;
}

/* ---- writing ---- */

static void write_quoted(tb_buf *out, const char *text)
{
	tb_buf_u8(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			tb_buf_u8(out, '"');
		tb_buf_u8(out, (uint8_t)*text);
	}
	tb_buf_text(out, "\"\n");
}

tb_err tb_count_blt_write(tb_buf *out, const tb_count_ballots *b)
{
	if (b->has_scores)
		return TB_ERR_RANGE;
	tb_buf_decimal(out, b->num_candidates);
	tb_buf_u8(out, ' ');
	tb_buf_decimal(out, b->seats == 0 ? 1 : b->seats);
	tb_buf_u8(out, '\n');
	for (uint32_t i = 0; i < b->num_candidates; i++)
		if (b->is_withdrawn[i]) {
			tb_buf_u8(out, '-');
			tb_buf_decimal(out, i + 1);
			tb_buf_u8(out, '\n');
		}
	for (size_t i = 0; i < b->num_groups; i++) {
		const tb_count_pref *p = b->prefs + b->groups[i].first;

		tb_buf_decimal(out, b->groups[i].weight);
		for (uint32_t k = 0; k < b->groups[i].num; k++) {
			tb_buf_u8(out, k > 0 && p[k].rank == p[k - 1].rank ? '=' : ' ');
			tb_buf_decimal(out, p[k].candidate + 1u);
		}
		tb_buf_text(out, " 0\n");
	}
	tb_buf_text(out, "0\n");
	for (uint32_t i = 0; i < b->num_candidates; i++)
		write_quoted(out, b->names[i]);
	if (b->title != NULL)
		write_quoted(out, b->title);
	return tb_buf_status(out);
}

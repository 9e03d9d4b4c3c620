/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/abif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/count/reading.h"

enum { SLOTS = 4096, MAX_KEYS = 2 * TB_COUNT_MAX_CANDIDATES };

/* A candidate goes by its token and by its name. */
typedef struct key {
	char *text; /* owned */
	uint32_t candidate;
	bool is_name;
} key;

typedef struct abif {
	tb_count_in in;
	tb_count_ballots *b;
	key keys[MAX_KEYS];
	uint32_t num_keys;
	uint16_t slots[SLOTS]; /* of the hash of a key: its number from 1 */
	bool has_prefs;        /* a preference was read: whether it had a score holds for all */
} abif;

typedef struct token {
	char text[TB_COUNT_MAX_NAME + 1];
	size_t len;
} token;

/* ---- keys ---- */

/* Tokens and names are kept apart: a candidate may have for its name what is another's token. */
static uint16_t *slot_of(abif *a, const char *text, bool is_name)
{
	uint32_t h = is_name ? 1 : 2166136261u;

	for (const char *c = text; *c != '\0'; c++)
		h = (h ^ (uint8_t)*c) * 16777619u;
	for (h %= SLOTS; a->slots[h] != 0; h = (h + 1) % SLOTS) {
		const key *k = &a->keys[a->slots[h] - 1];

		if (k->is_name == is_name && strcmp(k->text, text) == 0)
			break;
	}
	return &a->slots[h];
}

static void add_key(abif *a, const char *text, uint32_t candidate, bool is_name)
{
	uint16_t *slot = slot_of(a, text, is_name);

	if (*slot != 0 || a->in.err != TB_OK)
		return; /* two of one name: the first one has it */
	if (a->num_keys == MAX_KEYS) {
		(void)tb_count_in_fail(&a->in, "candidates have too many names");
		return;
	}
	a->keys[a->num_keys] = (key){strdup(text), candidate, is_name};
	if (a->keys[a->num_keys].text == NULL)
		a->in.err = TB_ERR_MEMORY;
	else
		*slot = (uint16_t)++a->num_keys;
}

/* The candidate of this token, or in a ballot of this name: a new one when nobody has it. */
static uint32_t candidate_of(abif *a, const token *t, bool is_declared)
{
	uint16_t by_token = *slot_of(a, t->text, false), by_name = *slot_of(a, t->text, true);
	uint32_t candidate = a->b->num_candidates;

	if (by_token != 0)
		return a->keys[by_token - 1].candidate;
	if (by_name != 0 && !is_declared)
		return a->keys[by_name - 1].candidate;
	if (tb_count_in_named(&a->in, tb_count_ballots_add_candidate(a->b, t->text, t->len)) != TB_OK)
		return 0;
	add_key(a, t->text, candidate, false);
	return a->in.err == TB_OK ? candidate : 0;
}

/* ---- tokens ---- */

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '-' || (uint8_t)c >= 0x80;
}

static void append(abif *a, token *t)
{
	if (t->len == TB_COUNT_MAX_NAME || *a->in.at == '\0')
		(void)tb_count_in_fail(
			&a->in, t->len == TB_COUNT_MAX_NAME ? "the name is too long" : "a NUL byte");
	else
		t->text[t->len++] = *a->in.at++;
}

/* Behind the opening mark, up to `close`.  In quotes a backslash takes the next byte as it is. */
static void take_until(abif *a, token *t, char close)
{
	while (a->in.err == TB_OK && !tb_count_in_is(&a->in, close)) {
		if (close == '"')
			(void)tb_count_in_take(&a->in, '\\');
		if (tb_count_in_at_eol(&a->in))
			(void)tb_count_in_fail(&a->in, "the line ends before the closing %c", close);
		else
			append(a, t);
	}
	(void)tb_count_in_take(&a->in, close);
}

static void take_token(abif *a, token *t)
{
	t->len = 0;
	tb_count_in_blanks(&a->in);
	if (tb_count_in_take(&a->in, '['))
		take_until(a, t, ']');
	else if (tb_count_in_take(&a->in, '"'))
		take_until(a, t, '"');
	else
		while (a->in.err == TB_OK && a->in.at < a->in.end && is_bare(*a->in.at))
			append(a, t);
	t->text[t->len] = '\0';
	if (a->in.err == TB_OK && t->len == 0)
		(void)tb_count_in_fail(
			&a->in, "expected a candidate: letters and digits, [a name] or \"a name\"");
	tb_count_in_blanks(&a->in);
}

/* The rest of a line may be a comment. */
static void end_line(abif *a, const char *what)
{
	tb_count_in_blanks(&a->in);
	if (tb_count_in_is(&a->in, '#'))
		while (!tb_count_in_at_eol(&a->in))
			a->in.at++;
	if (a->in.err == TB_OK && !tb_count_in_at_eol(&a->in))
		(void)tb_count_in_fail(&a->in, "expected the end of the line behind %s", what);
	if (a->in.err == TB_OK)
		tb_count_in_next_line(&a->in);
}

/* ---- candidates and metadata ---- */

static void take_declaration(abif *a)
{
	token t, name;
	uint32_t candidate;

	take_token(a, &t);
	if (a->in.err == TB_OK && !tb_count_in_take(&a->in, ':'))
		(void)tb_count_in_fail(&a->in, "expected a colon between a candidate's token and its name");
	if (a->in.err == TB_OK)
		take_token(a, &name);
	if (a->in.err != TB_OK)
		return;
	candidate = candidate_of(a, &t, true);
	if (a->in.err == TB_OK)
		(void)!tb_count_in_named(
			&a->in, tb_count_ballots_rename(a->b, candidate, name.text, name.len));
	if (a->in.err == TB_OK)
		add_key(a, name.text, candidate, true);
	end_line(a, "a candidate");
}

/* "3 5": the numbers of withdrawn candidates. */
static void take_withdrawn(abif *a, const token *value)
{
	tb_count_in list = {
		.at = value->text, .end = value->text + value->len, .why = a->in.why, .line = a->in.line};

	while (list.at < list.end && a->in.err == TB_OK) {
		uint64_t v;

		v = tb_count_in_number(&list, TB_COUNT_MAX_CANDIDATES, "numbers of withdrawn candidates");
		tb_count_in_blanks(&list);
		if (list.err != TB_OK || v == 0 || v > a->b->num_candidates)
			(void)tb_count_in_fail(&a->in,
				"withdrawn: expected numbers of candidates, which must be declared before");
		else
			a->b->is_withdrawn[v - 1] = true;
	}
}

static void use_metadata(abif *a, const token *name, const token *value)
{
	uint64_t seats = 0;

	if (strcmp(name->text, "title") == 0 && value->len > 0)
		(void)!tb_count_in_named(&a->in, tb_count_ballots_set_title(a->b, value->text, value->len));
	else if (strcmp(name->text, "withdrawn") == 0)
		take_withdrawn(a, value);
	else if (strcmp(name->text, "seats") == 0) {
		if (tb_decimal_parse(&seats, value->text, value->len, TB_COUNT_MAX_CANDIDATES) != TB_OK ||
			seats == 0)
			(void)tb_count_in_fail(
				&a->in, "expected a number of seats from 1 to %d", TB_COUNT_MAX_CANDIDATES);
		a->b->seats = (uint32_t)seats;
	}
}

/* {"key": "value"}, {"key": 3}: what says nothing to a count is passed over. */
static void take_metadata(abif *a)
{
	token name, value = {.len = 0};

	take_token(a, &name);
	if (a->in.err == TB_OK && !tb_count_in_take(&a->in, ':'))
		(void)tb_count_in_fail(&a->in, "expected a colon in metadata");
	tb_count_in_blanks(&a->in);
	if (tb_count_in_take(&a->in, '"'))
		take_until(a, &value, '"');
	else
		while (a->in.err == TB_OK && !tb_count_in_at_eol(&a->in) && *a->in.at != '}' &&
			*a->in.at != ' ')
			append(a, &value);
	value.text[value.len] = '\0';
	tb_count_in_blanks(&a->in);
	if (a->in.err == TB_OK && !tb_count_in_take(&a->in, '}'))
		(void)tb_count_in_fail(&a->in, "expected } at the end of metadata");
	if (a->in.err == TB_OK)
		use_metadata(a, &name, &value);
	end_line(a, "metadata");
}

/* ---- ballots ---- */

typedef struct ballot {
	tb_count_pref prefs[TB_COUNT_MAX_CANDIDATES];
	uint32_t scores[TB_COUNT_MAX_CANDIDATES];
	uint32_t num;
	bool has_order; /* some > or = stands between them */
} ballot;

static void take_pref(abif *a, ballot *v, uint16_t rank)
{
	bool has_score;
	token t;

	take_token(a, &t);
	if (a->in.err == TB_OK && v->num == TB_COUNT_MAX_CANDIDATES)
		(void)tb_count_in_fail(
			&a->in, "the ballot has more preferences than there can be candidates");
	if (a->in.err != TB_OK)
		return;
	v->prefs[v->num] = (tb_count_pref){(uint16_t)candidate_of(a, &t, false), rank};
	v->scores[v->num] = 0;
	has_score = tb_count_in_take(&a->in, '/');
	if (has_score) {
		tb_count_in_blanks(&a->in);
		v->scores[v->num] = (uint32_t)tb_count_in_number(&a->in, TB_COUNT_MAX_SCORE, "a score");
		tb_count_in_blanks(&a->in);
	}
	v->num++;
	if (a->has_prefs && has_score != a->b->has_scores)
		(void)tb_count_in_fail(&a->in, "either every preference of a file has a score or none has");
	a->b->has_scores = has_score;
	a->has_prefs = true;
}

/* Where there are scores the ranks follow from them; an order that says something else is a mistake of somebody's. */
static void rank_by_scores(abif *a, ballot *v)
{
	for (uint32_t i = 1; i < v->num && v->has_order && a->in.err == TB_OK; i++) {
		bool is_lower = v->prefs[i].rank > v->prefs[i - 1].rank;

		if (is_lower ? v->scores[i] >= v->scores[i - 1] : v->scores[i] != v->scores[i - 1])
			(void)tb_count_in_fail(
				&a->in, "the order of the preferences is not that of their scores");
	}
	tb_count_rank_by_scores(v->prefs, v->scores, v->num);
}

static void take_ballot(abif *a)
{
	uint64_t weight = tb_count_in_number(&a->in, TB_COUNT_MAX_BALLOTS, "a number of ballots");
	uint16_t rank = 1;
	ballot v = {.num = 0};

	tb_count_in_blanks(&a->in);
	if (a->in.err == TB_OK && !tb_count_in_take(&a->in, ':') && !tb_count_in_take(&a->in, '*'))
		(void)tb_count_in_fail(&a->in, "expected a colon behind the number of ballots");
	tb_count_in_blanks(&a->in);
	while (a->in.err == TB_OK && !tb_count_in_at_eol(&a->in) && *a->in.at != '#') {
		take_pref(a, &v, rank);
		if (tb_count_in_take(&a->in, '>')) {
			v.has_order = true;
			rank++;
		} else if (tb_count_in_take(&a->in, '=')) {
			v.has_order = true;
		} else if (!tb_count_in_take(&a->in, ',')) {
			break;
		}
		tb_count_in_blanks(&a->in);
		if (a->in.err == TB_OK && (tb_count_in_at_eol(&a->in) || *a->in.at == '#'))
			(void)tb_count_in_fail(&a->in, "expected a candidate behind the last separator");
	}
	if (a->in.err == TB_OK && a->b->num_candidates == 0)
		(void)tb_count_in_fail(&a->in, "an empty ballot before any candidate is named");
	if (a->in.err == TB_OK && a->b->has_scores)
		rank_by_scores(a, &v);
	if (a->in.err == TB_OK)
		(void)!tb_count_in_add(
			&a->in, a->b, v.prefs, a->b->has_scores ? v.scores : NULL, v.num, weight);
	end_line(a, "a ballot");
}

static void take_line(abif *a)
{
	tb_count_in_blanks(&a->in);
	if (tb_count_in_take(&a->in, '{')) {
		take_metadata(a);
	} else if (a->in.at < a->in.end && *a->in.at >= '0' && *a->in.at <= '9') {
		take_ballot(a);
	} else if (tb_count_in_at_eol(&a->in) || *a->in.at == '#') {
		end_line(a, "a comment");
	} else {
		(void)tb_count_in_take(&a->in, '='); /* some leave it out */
		take_declaration(a);
	}
}

tb_err tb_count_abif_parse(tb_count_ballots *out, const void *bytes, size_t len, tb_why *why)
{
	abif *a = calloc(1, sizeof *a);
	tb_err err = TB_ERR_MEMORY;

	tb_count_ballots_init(out);
	tb_why_clear(why);
	if (a != NULL) {
		a->b = out;
		tb_count_in_init(&a->in, bytes, len, why);
		while (a->in.err == TB_OK && a->in.at < a->in.end)
			take_line(a);
		if (a->in.err == TB_OK && out->num_candidates == 0)
			(void)tb_count_in_fail(&a->in, "no candidate is named anywhere");
		err = a->in.err == TB_OK ? tb_count_ballots_finish(out) : a->in.err;
		for (uint32_t i = 0; i < a->num_keys; i++)
			free(a->keys[i].text);
		free(a);
	}
	if (err != TB_OK)
		tb_count_ballots_release(out);
	tb_why_default(why, err);
	return err;
}

/* ---- writing ---- */

static void write_quoted(tb_buf *out, const char *text)
{
	tb_buf_u8(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			tb_buf_u8(out, '\\');
		tb_buf_u8(out, (uint8_t)*text);
	}
	tb_buf_u8(out, '"');
}

static void write_token(tb_buf *out, uint32_t candidate)
{
	tb_buf_u8(out, 'c');
	tb_buf_decimal(out, candidate + 1);
}

static void write_name(tb_buf *out, const char *name)
{
	if (strchr(name, ']') != NULL) {
		write_quoted(out, name);
		return;
	}
	tb_buf_u8(out, '[');
	tb_buf_text(out, name);
	tb_buf_u8(out, ']');
}

static void write_head(tb_buf *out, const tb_count_ballots *b)
{
	bool has_withdrawn = false;

	if (b->title != NULL) {
		tb_buf_text(out, "{\"title\": ");
		write_quoted(out, b->title);
		tb_buf_text(out, "}\n");
	}
	if (b->seats > 0) {
		tb_buf_text(out, "{\"seats\": ");
		tb_buf_decimal(out, b->seats);
		tb_buf_text(out, "}\n");
	}
	for (uint32_t i = 0; i < b->num_candidates; i++) {
		tb_buf_u8(out, '=');
		write_token(out, i);
		tb_buf_u8(out, ':');
		write_name(out, b->names[i]);
		tb_buf_u8(out, '\n');
	}
	for (uint32_t i = 0; i < b->num_candidates; i++)
		if (b->is_withdrawn[i]) {
			tb_buf_text(out, has_withdrawn ? " " : "{\"withdrawn\": \"");
			tb_buf_decimal(out, i + 1);
			has_withdrawn = true;
		}
	tb_buf_text(out, has_withdrawn ? "\"}\n" : "");
}

tb_err tb_count_abif_write(tb_buf *out, const tb_count_ballots *b)
{
	write_head(out, b);
	for (size_t i = 0; i < b->num_groups; i++) {
		const tb_count_group *g = &b->groups[i];
		const tb_count_pref *p = b->prefs + g->first;

		tb_buf_decimal(out, g->weight);
		tb_buf_u8(out, ':');
		for (uint32_t k = 0; k < g->num; k++) {
			if (k > 0)
				tb_buf_u8(out, p[k].rank == p[k - 1].rank ? '=' : '>');
			write_token(out, p[k].candidate);
			if (b->has_scores) {
				tb_buf_u8(out, '/');
				tb_buf_decimal(out, b->scores[g->first + k]);
			}
		}
		tb_buf_u8(out, '\n');
	}
	return tb_buf_status(out);
}

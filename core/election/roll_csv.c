/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/roll_csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

/*
 * One pass over the bytes: fields are unquoted in place, in a copy of the file that the voters then point into.  A line that is
 * bad is remembered and passed over; a quote that never ends is the one error that hides what follows.
 */

enum { MAX_FIELDS = 3, ROW_ID = 0, ROW_LABEL = 1, ROW_WEIGHT = 2 };

typedef struct scanner {
	tb_csv_roll *roll;
	char *at, *end;
	uint32_t line; /* of `at` */
	size_t cap_voters;
} scanner;

typedef struct row {
	char *field[MAX_FIELDS];
	size_t len[MAX_FIELDS];
	size_t num; /* fields that were there, also beyond MAX_FIELDS */
	uint32_t line;
	const char *expected, *found; /* NULL unless the quoting is wrong */
} row;

/* ---- reports ---- */

static tb_err report(scanner *s, uint32_t line, const char *rule, const char *expected, const char *found)
{
	tb_csv_roll *r = s->roll;
	char where[32];

	r->num_bad++;
	if (r->num_faults == TB_CSV_MAX_FAULTS)
		return TB_OK;
	if (r->faults == NULL)
		r->faults = calloc(TB_CSV_MAX_FAULTS, sizeof *r->faults);
	if (r->faults == NULL)
		return TB_ERR_MEMORY;
	(void)snprintf(where, sizeof where, "line %u", line);
	(void)!tb_fault_set(&r->faults[r->num_faults++], rule, where, expected, found);
	return TB_OK;
}

/* ---- fields ---- */

static bool at_row_end(const scanner *s)
{
	return s->at == s->end || *s->at == '\n' ||
	       (*s->at == '\r' && s->at + 1 < s->end && s->at[1] == '\n');
}

/* Behind the opening quote.  Doubled quotes become one; returns the end of the text. */
static char *unquote(scanner *s, row *r)
{
	char *out = s->at;

	for (; s->at < s->end; s->at++) {
		if (*s->at == '"') {
			s->at++;
			if (s->at == s->end || *s->at != '"')
				return out;
		}
		if (*s->at == '\n')
			s->line++;
		*out++ = *s->at;
	}
	r->expected = "a closing quote";
	r->found = "the end of the file";
	return out;
}

static void take_field(scanner *s, row *r)
{
	char *begin, *end;

	if (s->at < s->end && *s->at == '"') {
		begin = ++s->at;
		end = unquote(s, r);
		if (!at_row_end(s) && *s->at != ',' && r->expected == NULL) {
			r->expected = "a comma or the end of the line after a closing quote";
			r->found = "something else";
		}
	} else {
		begin = s->at;
		while (!at_row_end(s) && *s->at != ',') {
			if (*s->at == '"' && r->expected == NULL) {
				r->expected = "a field with a quote in it to be quoted itself, with the "
					      "quote doubled";
				r->found = "a lone quote";
			}
			s->at++;
		}
		end = s->at;
	}
	while (!at_row_end(s) && *s->at != ',') /* what follows a closing quote by mistake */
		s->at++;
	if (r->num < MAX_FIELDS) {
		r->field[r->num] = begin;
		r->len[r->num] = (size_t)(end - begin);
	}
	r->num++;
}

static void take_row(scanner *s, row *r)
{
	memset(r, 0, sizeof *r);
	r->line = s->line;
	take_field(s, r);
	while (s->at < s->end && *s->at == ',') {
		s->at++;
		take_field(s, r);
	}
	if (s->at < s->end && *s->at == '\r')
		s->at++;
	if (s->at < s->end) {
		s->at++;
		s->line++;
	}
}

/* ---- rows ---- */

static bool field_is(const row *r, size_t i, const char *word)
{
	return i < r->num && i < MAX_FIELDS && r->len[i] == strlen(word) &&
	       memcmp(r->field[i], word, r->len[i]) == 0;
}

static bool is_header(const row *r)
{
	return field_is(r, ROW_ID, "id") && (r->num == 1 || field_is(r, ROW_LABEL, "label")) &&
	       (r->num < 3 || field_is(r, ROW_WEIGHT, "weight"));
}

static bool parse_weight(const row *r, uint32_t *out)
{
	uint64_t v = 0;

	*out = 1;
	if (r->num <= ROW_WEIGHT || r->len[ROW_WEIGHT] == 0)
		return true;
	if (r->len[ROW_WEIGHT] > 7)
		return false;
	for (size_t i = 0; i < r->len[ROW_WEIGHT]; i++) {
		char c = r->field[ROW_WEIGHT][i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (uint64_t)(c - '0');
	}
	*out = (uint32_t)v;
	return v >= 1 && v <= TB_MAX_WEIGHT && r->field[ROW_WEIGHT][0] != '0';
}

static tb_err add_voter(scanner *s, const row *r, uint32_t weight)
{
	tb_csv_roll *roll = s->roll;
	tb_csv_voter *v;

	if (roll->num == s->cap_voters) {
		size_t cap = s->cap_voters == 0 ? 256 : 2 * s->cap_voters;
		tb_csv_voter *more = realloc(roll->voters, cap * sizeof *more);

		if (more == NULL)
			return TB_ERR_MEMORY;
		roll->voters = more;
		s->cap_voters = cap;
	}
	v = &roll->voters[roll->num++];
	v->id = r->field[ROW_ID];
	v->label = r->num > ROW_LABEL && r->len[ROW_LABEL] > 0 ? r->field[ROW_LABEL] : v->id;
	v->weight = weight;
	v->line = r->line;
	return TB_OK;
}

/* Judges one row.  The NUL behind each field is written only now, when the scanner is past it. */
static tb_err judge(scanner *s, row *r)
{
	uint32_t weight;
	tb_why why = {""};
	tb_err err = TB_OK;

	if (r->expected != NULL)
		return report(s, r->line, "CSV", r->expected, r->found);
	if (r->num > MAX_FIELDS)
		return report(s, r->line, "CSV", "at most id, label and weight", "more fields");
	for (size_t i = 0; i < r->num; i++) {
		if (memchr(r->field[i], '\0', r->len[i]) != NULL)
			return report(s, r->line, "CSV", "text", "a NUL byte");
		r->field[i][r->len[i]] = '\0';
	}
	if (!tb_id_is_valid(r->field[ROW_ID], r->len[ROW_ID]))
		return report(s, r->line, "ID", "an id of a-z 0-9 . _ -, 1 to 64 of them", r->field[ROW_ID]);
	if (r->num > ROW_LABEL && r->len[ROW_LABEL] > 0)
		err = tb_text_check(r->field[ROW_LABEL], r->len[ROW_LABEL], TB_NAME_MAX, TB_TEXT_LINE, &why);
	if (err == TB_ERR_MEMORY)
		return err;
	if (err != TB_OK)
		return report(s, r->line, "TEXT", "a label that people can read [TEXT]", why.text);
	if (!parse_weight(r, &weight))
		return report(s, r->line, "ROLL", "a weight from 1 to 1000000", r->field[ROW_WEIGHT]);
	return add_voter(s, r, weight);
}

static tb_err scan(scanner *s)
{
	bool is_first = true;
	tb_err err = TB_OK;
	row r;

	while (s->at < s->end && err == TB_OK) {
		take_row(s, &r);
		if (r.num == 1 && r.len[0] == 0 && r.expected == NULL)
			continue; /* an empty line */
		if (!is_first || !is_header(&r))
			err = judge(s, &r);
		is_first = false;
	}
	return err;
}

/* ---- order and doubles ---- */

static int by_id(const void *a, const void *b)
{
	const tb_csv_voter *x = a, *y = b;
	int c = strcmp(x->id, y->id);

	return c != 0 ? c : (x->line > y->line) - (x->line < y->line);
}

static int by_place(const void *a, const void *b)
{
	unsigned long x = strtoul(((const tb_fault *)a)->where + 5, NULL, 10);
	unsigned long y = strtoul(((const tb_fault *)b)->where + 5, NULL, 10);

	return (x > y) - (x < y);
}

static tb_err refuse_doubles(scanner *s)
{
	tb_csv_roll *r = s->roll;
	size_t kept = 0;
	tb_err err = TB_OK;

	if (r->num > 1)
		qsort(r->voters, r->num, sizeof *r->voters, by_id);
	for (size_t i = 0; i < r->num && err == TB_OK; i++) {
		if (kept > 0 && strcmp(r->voters[kept - 1].id, r->voters[i].id) == 0) {
			char found[TB_ID_MAX + 48];

			(void)snprintf(found, sizeof found, "%s, as in line %u", r->voters[i].id,
				r->voters[kept - 1].line);
			err = report(s, r->voters[i].line, "ROLL", "an id that no earlier line has", found);
		} else {
			r->voters[kept++] = r->voters[i];
		}
	}
	r->num = kept;
	if (r->num_faults > 1)
		qsort(r->faults, r->num_faults, sizeof *r->faults, by_place);
	return err;
}

tb_err tb_csv_roll_parse(tb_csv_roll *out, const void *bytes, size_t len)
{
	scanner s = {.roll = out, .line = 1};
	tb_err err;

	memset(out, 0, sizeof *out);
	if (len > TB_CSV_MAX_BYTES)
		return TB_ERR_LIMIT;
	out->room = malloc(len + 1);
	if (out->room == NULL)
		return TB_ERR_MEMORY;
	if (len > 0)
		memcpy(out->room, bytes, len);
	out->room[len] = '\0';
	s.at = out->room;
	s.end = out->room + len;
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		s.at += 3;
	err = scan(&s);
	if (err == TB_OK)
		err = refuse_doubles(&s);
	return err == TB_OK && out->num_bad > 0 ? TB_ERR_RULE : err;
}

void tb_csv_roll_release(tb_csv_roll *r)
{
	free(r->voters);
	free(r->faults);
	free(r->room);
	memset(r, 0, sizeof *r);
}

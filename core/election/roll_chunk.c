/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/scan.h"
#include "core/election/roll.h"

/* One `roll` payload [ROLL]: reading, what can be checked in it alone, writing. */

/* Where in a voter's array a field stands. */
enum { FIELD_ID, FIELD_LABEL, FIELD_WEIGHT, FIELD_KEY };

static tb_err bad(
	tb_fault *fault, const char *rule, size_t voter, int field, const char *expected, const char *found)
{
	char where[48];

	snprintf(where, sizeof where, "voters[%zu][%d]", voter, field);
	return tb_fault_set(fault, rule, where, expected, found);
}

/* ---- reading: a strict scanner for the one right spelling ---- */

/* Ends the string of `len` bytes at *room, and moves on behind it. */
static const char *keep(char **room, size_t len)
{
	const char *text = *room;

	(*room)[len] = '\0';
	*room += len + 1;
	return text;
}

static bool scan_voter(tb_roll_voter *v, tb_scan *s, char **room)
{
	const char *id, *key;
	size_t id_len, label_len, key_len;
	uint64_t weight;

	if (!tb_scan_literal(s, "[\"") || !tb_scan_plain(s, &id, &id_len) || !tb_scan_literal(s, ",\""))
		return false;
	memcpy(*room, id, id_len);
	v->id = keep(room, id_len);
	if (!tb_scan_text(s, *room, &label_len))
		return false;
	v->label = keep(room, label_len);
	if (!tb_scan_literal(s, ",") || !tb_scan_int(s, &weight) || weight > UINT32_MAX ||
		!tb_scan_literal(s, ",\"") || !tb_scan_plain(s, &key, &key_len) || !tb_scan_literal(s, "]"))
		return false;
	v->weight = (uint32_t)weight;
	return tb_base64_parse_fixed(v->key, 32, key, key_len) == TB_OK;
}

/* *c has room for TB_ROLL_CHUNK_MAX voters, and c->room for all the strings. */
static bool scan(tb_roll_chunk *c, const void *bytes, size_t len)
{
	tb_scan s = tb_scan_begin(bytes, len);
	char *room = c->room;

	c->num = 0;
	if (!tb_scan_literal(&s, "{\"first\":") || !tb_scan_int(&s, &c->first) ||
		!tb_scan_literal(&s, ",\"voters\":["))
		return false;
	if (!tb_scan_literal(&s, "]")) {
		do {
			if (c->num == TB_ROLL_CHUNK_MAX || !scan_voter(&c->voters[c->num], &s, &room))
				return false;
			c->num++;
		} while (tb_scan_literal(&s, ","));
		if (!tb_scan_literal(&s, "]"))
			return false;
	}
	c->is_final = tb_scan_literal(&s, ",\"final\":true}");
	return (c->is_final || tb_scan_literal(&s, ",\"final\":false}")) && tb_scan_is_done(&s);
}

/* ---- reading: the general way, which explains what is wrong ---- */

static const char *take_string(tb_json_in *in, char **room)
{
	tb_json_string s;

	tb_json_take_string(in, TB_JSON_ITEM, &s, SIZE_MAX);
	memcpy(*room, s.data, s.len);
	return keep(room, s.len);
}

static tb_err read_json(tb_roll_chunk *c, const void *bytes, size_t len, tb_fault *fault)
{
	char *room = c->room;
	size_t num;
	tb_json_in in;
	tb_err err;

	tb_json_in_init(&in, bytes, len, TB_BLOB_COMMON_BYTES, TB_JSON_CANONICAL, "ROLL");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	c->first = tb_json_take_int(&in, "first", 0, TB_JSON_INT_MAX);
	num = tb_json_enter_array(&in, "voters", 0, TB_ROLL_CHUNK_MAX);
	for (c->num = 0; c->num < num && in.err == TB_OK; c->num++) {
		tb_roll_voter *v = &c->voters[c->num];

		(void)tb_json_enter_array(&in, TB_JSON_ITEM, 4, 4);
		v->id = take_string(&in, &room);
		v->label = take_string(&in, &room);
		v->weight = (uint32_t)tb_json_take_int(&in, TB_JSON_ITEM, 1, TB_MAX_WEIGHT);
		tb_json_take_base64(&in, TB_JSON_ITEM, v->key, 32);
		tb_json_leave(&in);
	}
	tb_json_leave(&in);
	c->is_final = tb_json_take_bool(&in, "final");
	tb_json_leave(&in);
	err = tb_json_in_status(&in, fault);
	tb_json_in_release(&in);
	return err;
}

/* ---- what concerns this chunk alone ---- */

static tb_err check_voter(const tb_roll_voter *v, size_t index, tb_fault *fault)
{
	tb_point point;
	tb_why why;
	tb_err err;

	if (!tb_id_is_valid(v->id, strlen(v->id)))
		return bad(fault, "ID", index, FIELD_ID, "1 to 64 of a-z 0-9 . _ -", v->id);
	err = tb_text_check(v->label, strlen(v->label), TB_NAME_MAX, TB_TEXT_LINE, &why);
	if (err == TB_ERR_MEMORY)
		return err;
	if (err != TB_OK)
		return bad(fault, "TEXT", index, FIELD_LABEL, "one line of plain text of at most 200 bytes",
			why.text);
	if (v->weight < 1 || v->weight > TB_MAX_WEIGHT)
		return bad(fault, "ROLL", index, FIELD_WEIGHT, "a weight of 1 to 1000000", "another number");
	if (tb_schnorr_public_parse(&point, v->key) != TB_OK)
		return bad(fault, "ROLL.KEYS", index, FIELD_KEY,
			"a canonical ristretto255 key, not the identity", "other bytes");
	return TB_OK;
}

static int compare_keys(const void *a, const void *b)
{
	const tb_roll_voter *const *left = a, *const *right = b;

	return memcmp((*left)->key, (*right)->key, 32);
}

static tb_err check_distinct(const tb_roll_chunk *c, tb_fault *fault)
{
	const tb_roll_voter **sorted = malloc((c->num + 1) * sizeof *sorted);
	tb_err err = TB_OK;

	if (sorted == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < c->num; i++)
		sorted[i] = &c->voters[i];
	qsort(sorted, c->num, sizeof *sorted, compare_keys);
	for (size_t i = 1; err == TB_OK && i < c->num; i++) {
		if (memcmp(sorted[i - 1]->key, sorted[i]->key, 32) == 0) {
			const tb_roll_voter *a = sorted[i - 1], *b = sorted[i], *last = a < b ? b : a;
			char found[96];

			snprintf(found, sizeof found, "the key of \"%.64s\"", last == a ? b->id : a->id);
			err = bad(fault, "ROLL.KEYS", (size_t)(last - c->voters), FIELD_KEY,
				"a key of its own", found);
		}
	}
	free(sorted);
	return err;
}

static tb_err check(const tb_roll_chunk *c, tb_fault *fault)
{
	tb_err err = TB_OK;

	if (c->num == 0 && !c->is_final)
		return tb_fault_set(
			fault, "ROLL", "voters", "1 to 1000 voters (none only in the final chunk)", "none");
	for (size_t i = 0; err == TB_OK && i < c->num; i++) {
		err = check_voter(&c->voters[i], i, fault);
		if (err == TB_OK && i > 0 && strcmp(c->voters[i - 1].id, c->voters[i].id) >= 0)
			err = bad(fault, "ROLL", i, FIELD_ID,
				"an id after the one before it, in the order of bytes", c->voters[i].id);
	}
	return err == TB_OK ? check_distinct(c, fault) : err;
}

tb_err tb_roll_chunk_parse(tb_roll_chunk *out, const void *bytes, size_t len, tb_fault *fault)
{
	tb_err err = TB_OK;

	memset(out, 0, sizeof *out);
	if (len > TB_BLOB_COMMON_BYTES)
		return tb_fault_setf(fault, "ROLL", "", "at most 8388608 bytes", "%zu bytes", len);
	out->voters = calloc(TB_ROLL_CHUNK_MAX, sizeof *out->voters);
	/* Each string stands between two quotes in the input, and before one NUL here: the input's length is enough. */
	out->room = malloc(len + 1);
	if (out->voters == NULL || out->room == NULL)
		err = TB_ERR_MEMORY;
	if (err == TB_OK && !scan(out, bytes, len))
		err = read_json(out, bytes, len, fault);
	if (err == TB_OK)
		err = check(out, fault);
	if (err != TB_OK)
		tb_roll_chunk_release(out);
	return err;
}

void tb_roll_chunk_release(tb_roll_chunk *c)
{
	free(c->voters);
	free(c->room);
	memset(c, 0, sizeof *c);
}

tb_err tb_roll_chunk_write(tb_buf *out, const tb_roll_chunk *c)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_int(&json, "first", c->first);
	tb_json_out_array(&json, "voters");
	for (size_t i = 0; i < c->num; i++) {
		tb_json_out_array(&json, TB_JSON_ITEM);
		tb_json_out_cstring(&json, TB_JSON_ITEM, c->voters[i].id);
		tb_json_out_cstring(&json, TB_JSON_ITEM, c->voters[i].label);
		tb_json_out_int(&json, TB_JSON_ITEM, c->voters[i].weight);
		tb_json_out_base64(&json, TB_JSON_ITEM, c->voters[i].key, 32);
		tb_json_out_end(&json);
	}
	tb_json_out_end(&json);
	tb_json_out_bool(&json, "final", c->is_final);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

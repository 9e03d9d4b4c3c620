/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/election/result.h"
#include "core/election/result_lists.h"

/* The payload of `result` [RESULT]. */

enum { MAX_RESULT_BYTES = 256u << 20 };

static const char *const outcome_names[] = {"decided", "void", "withheld"};

/* ---- writing ---- */

static void write_ids(
	tb_json_out *out, const char *key, const tb_question *q, const uint32_t *options, uint32_t num)
{
	tb_json_out_array(out, key);
	for (uint32_t i = 0; i < num; i++)
		tb_json_out_cstring(out, NULL, q->options[options[i]].id);
	tb_json_out_end(out);
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A tie: its options in the order of the manifest, then in the order of the lot. */
static void write_tie(tb_json_out *out, const tb_question *q, const tb_decision *d, const tb_tie *tie)
{
	uint32_t options[TB_MAX_OPTIONS];

	TB_REQUIRE(tie->num <= TB_MAX_OPTIONS);
	memcpy(options, d->order + tie->first, tie->num * sizeof *options);
	qsort(options, tie->num, sizeof *options, by_number);
	tb_json_out_object(out, NULL);
	write_ids(out, "options", q, options, tie->num);
	write_ids(out, "order", q, d->order + tie->first, tie->num);
	tb_json_out_bool(out, "cut", tie->cut);
	tb_json_out_end(out);
}

/* [RANK.RESULT] */
static void write_count(tb_json_out *out, const tb_decision *d)
{
	bool is_decided = d->outcome == TB_OUTCOME_DECIDED;

	tb_json_out_object(out, "count");
	tb_json_out_int(out, "valid", d->ranked.valid);
	tb_json_out_array(out, "invalid");
	for (size_t i = 0; i < d->ranked.num_invalid; i++)
		tb_json_out_int(out, NULL, d->ranked.invalid[i]);
	tb_json_out_end(out);
	tb_json_out_hex(out, "ballots", d->ranked.ballots, is_decided ? 32 : 0);
	tb_json_out_hex(out, "account", d->ranked.account, is_decided ? 32 : 0);
	tb_json_out_end(out);
}

static void write_decision(tb_json_out *out, const tb_question *q, const tb_decision *d)
{
	tb_json_out_object(out, NULL);
	tb_json_out_cstring(out, "id", q->id);
	tb_json_out_cstring(out, "outcome", outcome_names[d->outcome]);
	tb_json_out_bool(out, "quorum_met", d->quorum_met);
	tb_json_out_array(out, "totals");
	for (uint32_t i = 0; d->totals != NULL && i < q->num_options; i++)
		tb_json_out_int(out, NULL, d->totals[i]);
	tb_json_out_end(out);
	write_ids(out, "approved", q, d->order, d->num_approved);
	write_ids(out, "elected", q, d->order, d->num_elected);
	tb_json_out_array(out, "ties");
	for (uint32_t i = 0; i < d->num_ties; i++)
		write_tie(out, q, d, &d->ties[i]);
	tb_json_out_end(out);
	if (q->method == TB_METHOD_RANKED)
		write_count(out, d);
	tb_json_out_end(out);
}

tb_err tb_result_write(tb_buf *out, const tb_result *r, const tb_manifest *m)
{
	tb_json_out json;

	TB_REQUIRE(r->num_questions == m->num_questions);
	tb_json_out_init(&json, out);
	tb_json_out_object(&json, NULL);
	tb_json_out_hex(&json, "close", r->close, sizeof r->close);
	tb_json_out_int(&json, "counted", r->turnout.counted);
	tb_json_out_int(&json, "weight_counted", r->turnout.weight_counted);
	tb_json_out_int(&json, "electorate", r->turnout.electorate);
	tb_json_out_int(&json, "weight_electorate", r->turnout.weight_electorate);
	tb_json_out_array(&json, "endorsers");
	for (uint32_t i = 0; i < r->num_endorsers; i++)
		tb_json_out_cstring(&json, NULL, r->endorsers[i]);
	tb_json_out_end(&json);
	tb_json_out_array(&json, "shares");
	for (uint32_t i = 0; i < r->num_shares; i++)
		tb_json_out_int(&json, NULL, r->shares[i]);
	tb_json_out_end(&json);
	tb_json_out_array(&json, "questions");
	for (uint32_t i = 0; i < r->num_questions; i++)
		write_decision(&json, &m->questions[i], &r->questions[i]);
	tb_json_out_end(&json);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

/* ---- reading ---- */

static uint32_t take_option(tb_json_in *in, const tb_question *q)
{
	tb_json_string id;

	tb_json_take_string(in, TB_JSON_ITEM, &id, TB_ID_MAX);
	for (uint32_t i = 0; i < q->num_options; i++)
		if (strcmp(q->options[i].id, id.data) == 0)
			return i;
	if (in->err == TB_OK)
		tb_json_in_fail(
			in, TB_JSON_ITEM, "RESULT", "the id of an option of this question", "%s", id.data);
	return 0;
}

/* A list of ids that must be the beginning of `order` from `first` on; fills `order` where `fill` is true. */
static uint32_t take_ids(
	tb_json_in *in, const char *key, const tb_question *q, uint32_t *order, uint32_t max, bool fill)
{
	uint32_t num = (uint32_t)tb_json_enter_array(in, key, 0, max);

	for (uint32_t i = 0; i < num; i++) {
		uint32_t option = take_option(in, q);

		if (fill)
			order[i] = option;
		else if (in->err == TB_OK && order[i] != option)
			tb_json_in_fail(in, TB_JSON_ITEM, "RESULT", "the order of `approved`", "%s",
				q->options[option].id);
	}
	tb_json_leave(in);
	return num;
}

/* Where this option stands in `approved`; num_approved when it does not. */
static uint32_t place_of(const tb_decision *d, uint32_t option)
{
	uint32_t k = 0;

	while (k < d->num_approved && d->order[k] != option)
		k++;
	return k;
}

static void take_tie(tb_json_in *in, const tb_question *q, tb_decision *d)
{
	tb_tie *tie = &d->ties[d->num_ties++];
	uint32_t options[TB_MAX_OPTIONS], sorted[TB_MAX_OPTIONS], num, option;

	tb_json_enter_object(in, TB_JSON_ITEM);
	num = take_ids(in, "options", q, options, q->num_options, true);
	tie->num = (uint32_t)tb_json_enter_array(in, "order", num, num);
	for (uint32_t i = 0; i < tie->num; i++) {
		sorted[i] = option = take_option(in, q);
		if (i == 0)
			tie->first = place_of(d, option);
		if (in->err == TB_OK && place_of(d, option) != tie->first + i)
			tb_json_in_fail(in, TB_JSON_ITEM, "RESULT", "the order of `approved`", "%s",
				q->options[option].id);
	}
	qsort(sorted, tie->num, sizeof *sorted, by_number);
	tb_json_leave(in);
	if (in->err == TB_OK && memcmp(sorted, options, tie->num * sizeof *sorted) != 0)
		tb_json_in_fail(
			in, "options", "RESULT", "the options of `order` in the manifest's order", "others");
	tie->cut = tb_json_take_bool(in, "cut");
	tb_json_leave(in);
}

/* totals, approved, elected, ties of a question that was decided. */
static tb_err take_decided(tb_json_in *in, const tb_question *q, tb_decision *d)
{
	size_t num;

	if (tb_decision_reserve(d, q->num_options) != TB_OK)
		return TB_ERR_MEMORY;
	num = tb_json_enter_array(in, "totals", q->num_options, q->num_options);
	for (size_t i = 0; i < num; i++)
		d->totals[i] = tb_json_take_int(in, TB_JSON_ITEM, 0, TB_MAX_TOTAL);
	tb_json_leave(in);
	d->num_approved = take_ids(in, "approved", q, d->order, q->num_options, true);
	for (uint32_t i = 0; i < d->num_approved && in->err == TB_OK; i++) {
		if (d->is_approved[d->order[i]])
			tb_json_in_fail(in, "approved", "RESULT", "each option once", "%s twice",
				q->options[d->order[i]].id);
		d->is_approved[d->order[i]] = true;
	}
	d->num_elected = take_ids(in, "elected", q, d->order, d->num_approved, false);
	num = tb_json_enter_array(in, "ties", 0, q->num_options);
	for (size_t i = 0; i < num && in->err == TB_OK; i++)
		take_tie(in, q, d);
	tb_json_leave(in);
	return TB_OK;
}

static void take_empty(tb_json_in *in, const char *key)
{
	(void)tb_json_enter_array(in, key, 0, 0);
	tb_json_leave(in);
}

/* Each once and in order. */
static tb_err take_invalid(tb_json_in *in, tb_ranked_result *r, tb_result_lists *lists)
{
	tb_result_list *known = tb_result_lists_next(lists);
	bool is_known = known != NULL && known->at != NULL; /* then there is nothing in its place */
	size_t num = tb_json_enter_array(in, "invalid", 0, is_known ? 0 : SIZE_MAX);
	uint64_t least = 0;

	r->invalid = is_known ? known->at : calloc(num + 1, sizeof *r->invalid);
	if (r->invalid == NULL)
		return TB_ERR_MEMORY;
	r->num_invalid = is_known ? known->num : num;
	if (is_known)
		known->at = NULL;
	for (size_t i = 0; i < num && in->err == TB_OK; i++) {
		r->invalid[i] = tb_json_take_int(in, TB_JSON_ITEM, least, TB_JSON_INT_MAX);
		least = r->invalid[i] + 1;
	}
	tb_json_leave(in);
	return TB_OK;
}

static tb_err take_ranked(tb_json_in *in, const tb_question *q, tb_decision *d, tb_result_lists *lists)
{
	bool is_decided = d->outcome == TB_OUTCOME_DECIDED;
	tb_json_string none;
	tb_err err;

	d->order = calloc(q->num_options, sizeof *d->order);
	if (d->order == NULL)
		return TB_ERR_MEMORY;
	take_empty(in, "totals");
	take_empty(in, "approved");
	d->num_elected = take_ids(in, "elected", q, d->order, is_decided ? q->num_options : 0, true);
	take_empty(in, "ties");
	tb_json_enter_object(in, "count");
	d->ranked.valid = tb_json_take_int(in, "valid", 0, is_decided ? TB_JSON_INT_MAX : 0);
	err = take_invalid(in, &d->ranked, lists);
	if (is_decided) {
		tb_json_take_hex(in, "ballots", d->ranked.ballots, 32);
		tb_json_take_hex(in, "account", d->ranked.account, 32);
	} else {
		tb_json_take_string(in, "ballots", &none, 0);
		tb_json_take_string(in, "account", &none, 0);
	}
	tb_json_leave(in);
	return err;
}

static tb_err take_decision(tb_json_in *in, const tb_question *q, tb_decision *d, tb_result_lists *lists)
{
	static const char *const empty[] = {"totals", "approved", "elected", "ties"};
	tb_json_string id;
	tb_err err = TB_OK;

	tb_json_enter_object(in, TB_JSON_ITEM);
	tb_json_take_string(in, "id", &id, TB_ID_MAX);
	if (in->err == TB_OK && strcmp(id.data, q->id) != 0)
		tb_json_in_fail(
			in, "id", "RESULT", "the question of the manifest at this place", "%s", id.data);
	d->outcome = (tb_outcome)tb_json_take_choice(in, "outcome", outcome_names, 3);
	d->quorum_met = tb_json_take_bool(in, "quorum_met");
	if (in->err == TB_OK && q->method == TB_METHOD_RANKED) {
		err = take_ranked(in, q, d, lists);
		tb_json_leave(in);
		return err;
	}
	if (in->err == TB_OK && d->outcome == TB_OUTCOME_DECIDED)
		err = take_decided(in, q, d);
	for (size_t i = 0; d->outcome != TB_OUTCOME_DECIDED && i < sizeof empty / sizeof empty[0]; i++)
		take_empty(in, empty[i]); /* nothing was decrypted */
	tb_json_leave(in);
	return err;
}

static tb_err take_lists(tb_json_in *in, tb_result *r)
{
	size_t num = tb_json_enter_array(in, "endorsers", 0, TB_MAX_TRUSTEES + TB_MAX_ENDORSERS);
	tb_json_string s;

	r->endorsers = calloc(num + 1, sizeof *r->endorsers);
	r->shares = calloc(TB_MAX_TRUSTEES, sizeof *r->shares);
	if (r->endorsers == NULL || r->shares == NULL)
		return TB_ERR_MEMORY;
	for (; r->num_endorsers < num; r->num_endorsers++) {
		tb_json_take_string(in, TB_JSON_ITEM, &s, TB_SIGNER_MAX - 1);
		memcpy(r->endorsers[r->num_endorsers], s.data, s.len);
	}
	tb_json_leave(in);
	r->num_shares = (uint32_t)tb_json_enter_array(in, "shares", 0, TB_MAX_TRUSTEES);
	for (uint32_t i = 0; i < r->num_shares; i++)
		r->shares[i] = (uint32_t)tb_json_take_int(in, TB_JSON_ITEM, 1, TB_MAX_TRUSTEES);
	tb_json_leave(in);
	return TB_OK;
}

static tb_err take_result(tb_json_in *in, tb_result *r, const tb_manifest *m, tb_result_lists *lists)
{
	const uint64_t most = UINT64_C(1) << 52;
	tb_err err;

	tb_json_enter_object(in, TB_JSON_ITEM);
	tb_json_take_hex(in, "close", r->close, sizeof r->close);
	r->turnout.counted = tb_json_take_int(in, "counted", 0, most);
	r->turnout.weight_counted = tb_json_take_int(in, "weight_counted", 0, most);
	r->turnout.electorate = tb_json_take_int(in, "electorate", 0, most);
	r->turnout.weight_electorate = tb_json_take_int(in, "weight_electorate", 0, most);
	err = take_lists(in, r);
	r->questions = calloc(m->num_questions, sizeof *r->questions);
	if (err != TB_OK || r->questions == NULL)
		return TB_ERR_MEMORY;
	r->num_questions = m->num_questions;
	tb_json_enter_array(in, "questions", m->num_questions, m->num_questions);
	for (uint32_t i = 0; i < m->num_questions && in->err == TB_OK && err == TB_OK; i++)
		err = take_decision(in, &m->questions[i], &r->questions[i], lists);
	tb_json_leave(in);
	tb_json_leave(in);
	return err;
}

tb_err tb_result_parse(tb_result *out, const tb_manifest *m, const void *bytes, size_t len, tb_fault *fault)
{
	tb_result_lists lists = {0};
	tb_json_in in;
	tb_err err = TB_OK;

	tb_result_init(out);
	if (len <= MAX_RESULT_BYTES) /* longer ones are refused below */
		err = tb_result_lists_read(&lists, bytes, len);
	if (err == TB_OK) {
		bool taken = lists.rest.len > 0;

		tb_json_in_init(&in, taken ? lists.rest.data : bytes, taken ? lists.rest.len : len,
			MAX_RESULT_BYTES, TB_JSON_CANONICAL, "RESULT");
		err = take_result(&in, out, m, &lists);
		if (err == TB_OK)
			err = tb_json_in_status(&in, fault);
		tb_json_in_release(&in);
	}
	tb_result_lists_release(&lists);
	if (err != TB_OK)
		tb_result_release(out);
	return err;
}

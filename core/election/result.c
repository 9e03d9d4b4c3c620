/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/result.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"

/* The rules [RESULT.*]; reading and writing the payload is in result_json.c. */

typedef unsigned __int128 u128; /* totals below 2^50 times denominators up to 10^6 */

/* ---- before anything is decrypted ---- */

/* Is `value` at least (or, if strict, more than) a/b of `base`? */
static bool reaches(uint64_t value, const tb_bar *bar, u128 base)
{
	u128 left = (u128)value * bar->b, right = base * bar->a;

	return bar->strict ? left > right : left >= right;
}

static bool quorum_met(const tb_question *q, const tb_turnout *t)
{
	switch (q->quorum.base) {
	case TB_BASE_NONE:
		return true;
	case TB_BASE_COUNT:
		return t->counted >= q->quorum.count;
	case TB_BASE_ELECTORATE:
		return reaches(t->weight_counted, &q->quorum, t->weight_electorate);
	case TB_BASE_BALLOTS:
	case TB_BASE_OPTIONS_SUM:
		break; /* no quorum has them [MANIFEST] */
	}
	tb_bug("a quorum of an impossible kind");
}

tb_outcome tb_question_outcome(const tb_manifest *m, const tb_question *q, const tb_turnout *turnout)
{
	if (!quorum_met(q, turnout))
		return TB_OUTCOME_VOID;
	return turnout->counted < m->privacy_floor ? TB_OUTCOME_WITHHELD : TB_OUTCOME_DECIDED;
}

/* ---- approval [RESULT.APPROVAL] ---- */

static u128 approval_base(const tb_question *q, const tb_turnout *t, const uint64_t *totals)
{
	u128 sum = 0;

	switch (q->approval.base) {
	case TB_BASE_BALLOTS:
		return (u128)t->weight_counted * q->score_max;
	case TB_BASE_ELECTORATE:
		return (u128)t->weight_electorate * q->score_max;
	case TB_BASE_OPTIONS_SUM:
		for (uint32_t i = 0; i < q->num_options; i++)
			sum += totals[i];
		return sum;
	case TB_BASE_NONE:
	case TB_BASE_COUNT:
		break;
	}
	tb_bug("an approval rule of an impossible kind");
}

/* Without a single vote nothing is approved: half of no ballots is none, and the lot would elect somebody. */
static void approve(tb_decision *d, const tb_question *q, const tb_turnout *t)
{
	bool has_rule = q->approval.base != TB_BASE_NONE;
	u128 base = has_rule ? approval_base(q, t, d->totals) : 0;

	for (uint32_t i = 0; i < q->num_options; i++) {
		d->is_approved[i] =
			d->totals[i] > 0 && (!has_rule || reaches(d->totals[i], &q->approval, base));
		if (d->is_approved[i])
			d->order[d->num_approved++] = i;
	}
}

/* ---- order and lot [RESULT.ELECTED] ---- */

typedef struct ranked {
	uint64_t total;
	uint8_t lot[32];
	uint32_t option;
} ranked;

static int by_total(const void *a, const void *b)
{
	const ranked *x = a, *y = b;
	int lot;

	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	lot = memcmp(x->lot, y->lot, sizeof x->lot);
	return lot != 0 ? lot : (x->option > y->option) - (x->option < y->option);
}

/* SHA-256(lot seed || u64 question || u64 option) [LOT]. */
static void draw(uint8_t out[32], const uint8_t lot_seed[64], uint64_t question, uint64_t option)
{
	uint8_t in[64 + 8 + 8];

	memcpy(in, lot_seed, 64);
	tb_store_u64(in + 64, question);
	tb_store_u64(in + 72, option);
	tb_sha256(out, in, sizeof in);
}

static tb_err put_in_order(tb_decision *d, uint32_t index, const uint8_t *lot_seed)
{
	ranked *r = calloc((size_t)d->num_approved + 1, sizeof *r);

	if (r == NULL)
		return TB_ERR_MEMORY;
	for (uint32_t i = 0; i < d->num_approved; i++) {
		r[i].option = d->order[i];
		r[i].total = d->totals[d->order[i]];
		if (lot_seed != NULL)
			draw(r[i].lot, lot_seed, index, r[i].option);
	}
	qsort(r, d->num_approved, sizeof *r, by_total);
	for (uint32_t i = 0; i < d->num_approved; i++)
		d->order[i] = r[i].option;
	free(r);
	return TB_OK;
}

/* Every group of equal totals that reaches into the elected; without a lot none of them can be settled. */
static tb_err find_ties(tb_decision *d, const uint8_t *lot_seed)
{
	for (uint32_t first = 0, num; first < d->num_elected; first += num) {
		uint64_t total = d->totals[d->order[first]];

		for (num = 1; first + num < d->num_approved && d->totals[d->order[first + num]] == total;)
			num++;
		if (num == 1)
			continue;
		if (lot_seed == NULL)
			return TB_ERR_STATE;
		d->ties[d->num_ties].first = first;
		d->ties[d->num_ties].num = num;
		d->ties[d->num_ties++].cut = first + num > d->num_elected;
	}
	return TB_OK;
}

/* ---- the decision ---- */

tb_err tb_decision_reserve(tb_decision *d, uint32_t num_options)
{
	d->totals = calloc(num_options, sizeof *d->totals);
	d->is_approved = calloc(num_options, sizeof *d->is_approved);
	d->order = calloc(num_options, sizeof *d->order);
	d->ties = calloc(num_options, sizeof *d->ties);
	if (d->totals == NULL || d->is_approved == NULL || d->order == NULL || d->ties == NULL)
		return TB_ERR_MEMORY;
	return TB_OK;
}

tb_err tb_decide(tb_decision *out, const tb_manifest *m, uint32_t index, const tb_turnout *turnout,
	const uint64_t *totals, const uint8_t lot_seed[64])
{
	const tb_question *q = &m->questions[index];
	tb_err err;

	TB_REQUIRE(index < m->num_questions);
	memset(out, 0, sizeof *out);
	out->outcome = tb_question_outcome(m, q, turnout);
	out->quorum_met = out->outcome != TB_OUTCOME_VOID;
	if (out->outcome != TB_OUTCOME_DECIDED)
		return TB_OK;
	for (uint32_t i = 0; i < q->num_options; i++)
		if (totals[i] > (u128)turnout->weight_counted * q->score_max)
			return TB_ERR_RANGE;
	err = tb_decision_reserve(out, q->num_options);
	if (err == TB_OK) {
		memcpy(out->totals, totals, q->num_options * sizeof *totals);
		approve(out, q, turnout);
		out->num_elected = out->num_approved < q->winners ? out->num_approved : q->winners;
		err = put_in_order(out, index, lot_seed);
	}
	if (err == TB_OK)
		err = find_ties(out, lot_seed);
	if (err != TB_OK)
		tb_decision_release(out);
	return err;
}

static tb_err copy_count(tb_decision *d, const tb_question *q, const tb_ranked_count *count)
{
	tb_ranked_result *r = &d->ranked;
	const uint64_t *invalid = tb_ranked_count_invalid(count, &r->num_invalid);
	const uint32_t *elected = tb_ranked_count_elected(count, &d->num_elected);

	d->order = calloc(q->num_options, sizeof *d->order);
	r->invalid = calloc(r->num_invalid + 1, sizeof *r->invalid);
	if (d->order == NULL || r->invalid == NULL)
		return TB_ERR_MEMORY;
	TB_REQUIRE(d->num_elected <= q->num_options);
	if (d->num_elected > 0)
		memcpy(d->order, elected, d->num_elected * sizeof *d->order);
	if (r->num_invalid > 0)
		memcpy(r->invalid, invalid, r->num_invalid * sizeof *r->invalid);
	r->valid = tb_ranked_count_num_valid(count);
	memcpy(r->ballots, tb_ranked_count_ballots_hash(count), sizeof r->ballots);
	memcpy(r->account, tb_ranked_count_account_hash(count), sizeof r->account);
	return TB_OK;
}

tb_err tb_decide_ranked(tb_decision *out, const tb_manifest *m, uint32_t index, const tb_turnout *turnout,
	const tb_ranked_count *count)
{
	const tb_question *q = &m->questions[index];
	tb_err err;

	TB_REQUIRE(index < m->num_questions && q->method == TB_METHOD_RANKED);
	memset(out, 0, sizeof *out);
	out->outcome = tb_question_outcome(m, q, turnout);
	out->quorum_met = out->outcome != TB_OUTCOME_VOID;
	TB_REQUIRE((count != NULL) == (out->outcome == TB_OUTCOME_DECIDED));
	if (count == NULL)
		return TB_OK;
	err = copy_count(out, q, count);
	if (err != TB_OK)
		tb_decision_release(out);
	return err;
}

void tb_decision_release(tb_decision *d)
{
	free(d->ranked.invalid);
	free(d->totals);
	free(d->is_approved);
	free(d->order);
	free(d->ties);
	memset(d, 0, sizeof *d);
}

/* ---- results ---- */

void tb_result_init(tb_result *r)
{
	memset(r, 0, sizeof *r);
}

void tb_result_release(tb_result *r)
{
	for (uint32_t i = 0; r->questions != NULL && i < r->num_questions; i++)
		tb_decision_release(&r->questions[i]);
	free(r->questions);
	free(r->endorsers);
	free(r->shares);
	tb_result_init(r);
}

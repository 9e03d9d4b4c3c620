/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/tally_internal.h"
#include "crypto/dlog.h"
#include "crypto/elgamal.h"
#include "crypto/sharing.h"
#include "crypto/transcript.h"

/* From shares to totals, lot and result. */

/* ---- combining [DECRYPT.COMBINE] [LOT] ---- */
/* sum over T of lambda_j Z_j for one item. */
static tb_err combine(const tb_tally *t, size_t item, tb_point *out)
{
	const tb_point *shares[TB_MAX_TRUSTEES];

	for (uint32_t k = 0; k < t->num_sharers; k++)
		shares[k] = tb_points_at(&t->shares[k], item);
	return tb_sharing_combine(
		tb_election_params_group(t->params), out, t->sharer, shares, t->num_sharers);
}

static tb_err no_total(tb_fault *fault, const tb_tally_item *item, uint64_t bound)
{
	char where[64], expected[64];

	tb_tally_item_where(item, where, sizeof where);
	(void)snprintf(expected, sizeof expected, "a total from 0 to %llu", (unsigned long long)bound);
	return tb_fault_set(fault, "DECRYPT.COMBINE", where, expected, "none: the tally is wrong");
}

static tb_err solve(tb_tally *t, const tb_dlog *table, size_t index, tb_fault *fault)
{
	const tb_group *g = tb_election_params_group(t->params);
	const tb_tally_item *item = &t->items[index];
	/* What the counted ballots can give, not what the whole electorate could have given. */
	uint64_t bound = t->weight_listed * tb_election_params_score_max(t->params, item->question), v;
	const tb_point *a, *b;
	tb_point shared, message;
	tb_err err = combine(t, index, &shared);

	if (err != TB_OK)
		return err;
	tb_tally_aggregate(t, item->question, item->option, &a, &b);
	tb_elgamal_open(g, &message, b, &shared);
	err = tb_dlog_solve(table, &v, &message, NULL, NULL);
	if (err == TB_ERR_RANGE || (err == TB_OK && v > bound))
		return no_total(fault, item, bound);
	if (err == TB_OK)
		t->total[tb_election_params_first_option(t->params, item->question) + item->option] = v;
	return err;
}

/* The lot is none, and neither is a list of ballots. */
static bool is_number(const tb_tally_item *item)
{
	return !item->is_lot && !item->is_list;
}

static tb_err solve_all(tb_tally *t, tb_parallel_progress progress, void *arg, tb_fault *fault)
{
	const tb_manifest *m = tb_election_params_manifest(t->params);
	size_t num = 0, done = 0;
	uint64_t bound;
	tb_dlog *table;
	tb_err err;

	for (size_t i = 0; i < t->num_items; i++)
		num += is_number(&t->items[i]) ? 1 : 0;
	if (num == 0)
		return TB_OK;
	if (__builtin_mul_overflow(t->weight_listed, tb_manifest_max_score(m), &bound))
		return TB_ERR_LIMIT;
	err = tb_dlog_new(tb_election_params_group(t->params), &table, bound, num, NULL, NULL);
	if (err != TB_OK)
		return err;
	for (size_t i = 0; i < t->num_items && err == TB_OK; i++) {
		if (!is_number(&t->items[i]))
			continue;
		err = solve(t, table, i, fault);
		if (err == TB_OK && progress != NULL)
			progress(arg, ++done, num);
	}
	tb_dlog_free(table);
	return err;
}

/* Unique and beyond anybody's influence once the close is fixed [PROOF.LOT]. */
static tb_err draw_lot(tb_tally *t)
{
	static const char protocol[] = "tabella/v1/lot";
	const tb_group *g = tb_election_params_group(t->params);
	uint8_t wire[TB_POINT_MAX_BYTES];
	tb_sha512_state s;
	tb_point lot;
	tb_err err = combine(t, t->num_items - 1, &lot);

	if (err != TB_OK)
		return err;
	tb_point_write(g, wire, &lot);
	tb_sha512_init(&s);
	tb_item_absorb(&s, "protocol", protocol, sizeof protocol - 1);
	tb_item_absorb(&s, "point", wire, tb_group_point_bytes(g));
	tb_sha512_final(&s, t->lot_seed);
	return TB_OK;
}

tb_err tb_tally_decrypt(
	tb_tally *t, const tb_ceremony *c, tb_parallel_progress progress, void *arg, tb_fault *fault)
{
	tb_err err = TB_OK;

	TB_REQUIRE(tb_tally_is_finished(t));
	if (t->state == TB_TALLY_DECRYPTED)
		return TB_OK;
	if (t->num_items > 0) {
		if (t->num_sharers < tb_ceremony_threshold(c))
			return TB_ERR_STATE;
		err = solve_all(t, progress, arg, fault);
		if (err == TB_OK)
			err = draw_lot(t);
		if (err == TB_OK)
			err = tb_tally_count_lists(t, progress, arg);
	}
	if (err == TB_OK)
		t->state = TB_TALLY_DECRYPTED;
	return err;
}

bool tb_tally_is_decrypted(const tb_tally *t)
{
	return t->state == TB_TALLY_DECRYPTED;
}

const uint64_t *tb_tally_totals(const tb_tally *t, uint32_t question)
{
	TB_REQUIRE(t->state == TB_TALLY_DECRYPTED && tb_tally_may_decrypt(t, question) &&
		   !tb_tally_is_ranked(t, question));
	return t->total + tb_election_params_first_option(t->params, question);
}

const uint8_t *tb_tally_lot_seed(const tb_tally *t)
{
	TB_REQUIRE(t->state == TB_TALLY_DECRYPTED);
	return t->num_items > 0 ? t->lot_seed : NULL;
}

/* ---- the result [RESULT.ENTRY] ---- */
static tb_err decide(const tb_tally *t, tb_result *r, uint32_t q)
{
	const tb_manifest *m = tb_election_params_manifest(t->params);
	const uint64_t *totals;

	if (tb_tally_is_ranked(t, q))
		return tb_decide_ranked(&r->questions[q], m, q, &r->turnout, tb_tally_count(t, q));
	totals = tb_tally_may_decrypt(t, q) ? tb_tally_totals(t, q) : NULL;
	return tb_decide(&r->questions[q], m, q, &r->turnout, totals, tb_tally_lot_seed(t));
}

static tb_err decide_all(const tb_tally *t, tb_result *r)
{
	const tb_manifest *m = tb_election_params_manifest(t->params);
	tb_err err = TB_OK;

	r->questions = calloc(m->num_questions, sizeof *r->questions);
	if (r->questions == NULL)
		return TB_ERR_MEMORY;
	r->num_questions = m->num_questions;
	for (uint32_t q = 0; q < m->num_questions && err == TB_OK; q++) {
		err = decide(t, r, q);
	}
	return err;
}

static tb_err fill_result(
	const tb_tally *t, tb_result *r, const char *const *endorsers, uint32_t num_endorsers)
{
	memcpy(r->close, t->close.leaf, sizeof r->close);
	tb_tally_turnout(t, &r->turnout);
	r->endorsers = calloc(num_endorsers + 1u, sizeof *r->endorsers);
	r->shares = calloc(t->num_sharers + 1u, sizeof *r->shares);
	if (r->endorsers == NULL || r->shares == NULL)
		return TB_ERR_MEMORY;
	for (uint32_t i = 0; i < num_endorsers; i++) {
		TB_REQUIRE(strlen(endorsers[i]) < sizeof r->endorsers[i]);
		memcpy(r->endorsers[i], endorsers[i], strlen(endorsers[i]) + 1);
	}
	r->num_endorsers = num_endorsers;
	memcpy(r->shares, t->sharer, t->num_sharers * sizeof *r->shares);
	r->num_shares = t->num_sharers;
	return decide_all(t, r);
}

tb_err tb_tally_make_result(
	const tb_tally *t, tb_buf *payload, const char *const *endorsers, uint32_t num_endorsers)
{
	size_t start = payload->len;
	tb_result r;
	tb_err err;

	if (t->state != TB_TALLY_DECRYPTED)
		return TB_ERR_STATE;
	tb_result_init(&r);
	err = fill_result(t, &r, endorsers, num_endorsers);
	if (err == TB_OK)
		err = tb_result_write(payload, &r, tb_election_params_manifest(t->params));
	tb_result_release(&r);
	if (err != TB_OK)
		payload->len = start;
	return err;
}

/* Some bytes around the first difference, to show it. */
static tb_err differs(tb_fault *fault, const tb_buf *own, const uint8_t *payload, size_t payload_len)
{
	size_t at = 0, from;
	char where[32], expected[65];
	int len;

	while (at < own->len && at < payload_len && own->data[at] == payload[at])
		at++;
	from = at > 24 ? at - 24 : 0;
	len = (int)(own->len - from > 64 ? 64 : own->len - from);
	(void)snprintf(where, sizeof where, "byte %zu", at);
	(void)snprintf(expected, sizeof expected, "%.*s", len, (const char *)own->data + from);
	len = (int)(payload_len - from > 64 ? 64 : payload_len - from);
	return tb_fault_setf(
		fault, "RESULT.ENTRY", where, expected, "%.*s", len, (const char *)payload + from);
}

tb_err tb_tally_check_result(const tb_tally *t, const uint8_t *payload, size_t payload_len,
	const char *const *endorsers, uint32_t num_endorsers, tb_fault *fault)
{
	tb_buf own;
	tb_err err;

	tb_buf_init(&own, TB_BLOB_MAX_BYTES);
	err = tb_tally_make_result(t, &own, endorsers, num_endorsers);
	if (err == TB_OK && (own.len != payload_len || memcmp(own.data, payload, payload_len) != 0))
		err = differs(fault, &own, payload, payload_len);
	tb_buf_release(&own);
	return err;
}

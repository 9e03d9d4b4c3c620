/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/ballot.h"
#include "core/election/tally_internal.h"
#include "crypto/dleq.h"
#include "crypto/elgamal.h"

/* Collecting and finishing; shares are in tally_shares.c, totals and the result in tally_totals.c. */

static void free_level(const tb_election_params *p, tb_points **level)
{
	if (*level == NULL)
		return;
	for (uint32_t q = 0; q < tb_election_params_num_questions(p); q++)
		tb_points_free(&(*level)[q]);
	free(*level);
	*level = NULL;
}

/* All identity; of a ranked question, which is not summed up, nothing. */
static tb_err new_level(const tb_election_params *p, tb_points **level)
{
	uint32_t num = tb_election_params_num_questions(p);
	tb_err err = TB_OK;

	*level = calloc(num, sizeof **level);
	if (*level == NULL)
		return TB_ERR_MEMORY;
	for (uint32_t q = 0; q < num && err == TB_OK; q++) {
		if (tb_election_params_ranking(p, q) == NULL)
			err = tb_points_new(tb_election_params_group(p), &(*level)[q],
				2 * (size_t)tb_election_params_num_options(p, q));
	}
	if (err != TB_OK)
		free_level(p, level);
	return err;
}

tb_err tb_tally_new(tb_tally **out, const tb_election_params *p)
{
	static const char label[] = "tabella/v1/counted";
	tb_tally *t = aligned_alloc(_Alignof(tb_tally), sizeof *t);
	tb_err err;

	*out = NULL;
	if (t == NULL)
		return TB_ERR_MEMORY;
	memset(t, 0, sizeof *t);
	t->params = p;
	t->kept.record = tb_tally_record_bytes(p);
	err = new_level(p, &t->level[0]);
	if (err != TB_OK) {
		free(t);
		return err;
	}
	tb_sha256_init(&t->list);
	tb_sha256_update(&t->list, label, sizeof label - 1);
	*out = t;
	return TB_OK;
}

void tb_tally_free(tb_tally *t)
{
	if (t == NULL)
		return;
	for (int k = 0; k < TB_TALLY_LEVELS; k++)
		free_level(t->params, &t->level[k]);
	free_level(t->params, &t->decoded);
	for (int k = 0; k < TB_MAX_TRUSTEES; k++) {
		tb_points_free(&t->shares[k]);
		free(t->list_shares[k]);
	}
	for (int q = 0; q < TB_MAX_QUESTIONS; q++)
		tb_ranked_count_free(t->count[q]);
	tb_tally_kept_free(t);
	tb_mix_stage_free(t->stage);
	free(t->items);
	free(t->total);
	free(t);
}

void tb_tally_set_work(tb_tally *t, const tb_parallel *work)
{
	t->work = *work;
}

const tb_parallel *tb_tally_work(const tb_tally *t)
{
	return &t->work;
}

/* ---- collecting ---- */
tb_err tb_tally_list(tb_tally *t, uint64_t index, const uint8_t leaf[32], uint64_t weight)
{
	uint8_t wire[8];
	tb_err err;

	/* Log order is part of what is endorsed, and no ballot is listed twice [BALLOT.COUNTED]. */
	if (t->state != TB_TALLY_COLLECTING || (t->num_listed > 0 && index <= t->last_index))
		return TB_ERR_STATE;
	err = tb_tally_kept_list(t, index);
	if (err != TB_OK)
		return err;
	tb_store_u64(wire, index);
	tb_sha256_update(&t->list, wire, sizeof wire);
	tb_sha256_update(&t->list, leaf, 32);
	t->last_index = index;
	t->num_listed++;
	t->weight_listed += weight;
	return TB_OK;
}

static void add_level(const tb_election_params *p, tb_points *sum, const tb_points *parts)
{
	for (uint32_t q = 0; q < tb_election_params_num_questions(p); q++) {
		if (tb_election_params_ranking(p, q) == NULL)
			tb_elgamal_add(tb_election_params_group(p), &sum[q], &parts[q], 1);
	}
}

tb_err tb_tally_add(tb_tally *t, const tb_points *parts, uint64_t weight)
{
	TB_REQUIRE(weight >= 1 && weight <= TB_MAX_WEIGHT);
	if (t->state != TB_TALLY_COLLECTING)
		return TB_ERR_STATE;
	/* Memory first: a ballot is added whole or not at all. */
	for (unsigned k = 0; weight >> k != 0; k++) {
		if ((weight >> k & 1) != 0 && t->level[k] == NULL) {
			tb_err err = new_level(t->params, &t->level[k]);

			if (err != TB_OK)
				return err;
		}
	}
	for (unsigned k = 0; weight >> k != 0; k++) {
		if ((weight >> k & 1) != 0)
			add_level(t->params, t->level[k], parts);
	}
	t->num_added++;
	t->weight_added += weight;
	return TB_OK;
}

/* Ciphertexts that are kept as they are must be points all the same: what is no point cannot be mixed. */
static tb_err decode_part(const tb_tally *t, uint32_t question, const uint8_t *wire, tb_fault *fault)
{
	const tb_ranking_definition *ranking = tb_election_params_ranking(t->params, question);
	const tb_group *g = tb_election_params_group(t->params);
	tb_points *out = &t->decoded[question];
	size_t num = ranking != NULL ? 2 * (size_t)ranking->w : out->num;
	tb_point unused;

	for (size_t i = 0; i < num; i++) {
		tb_point *to = ranking != NULL ? &unused : tb_points_at(out, i);
		char where[64];

		if (tb_point_parse(g, to, wire + i * tb_group_point_bytes(g)) == TB_OK)
			continue;
		(void)snprintf(where, sizeof where, "questions[%u].options[%zu]", question, i / 2);
		return tb_fault_set(
			fault, "BALLOT.POINTS", where, "canonical group elements", "bytes that are none");
	}
	return TB_OK;
}

tb_err tb_tally_add_payload(tb_tally *t, uint64_t index, const uint8_t *payload, size_t payload_len,
	uint64_t weight, tb_fault *fault)
{
	tb_ballot ballot;
	tb_err err = tb_ballot_parse(t->params, &ballot, payload, payload_len, fault);

	if (err == TB_OK && t->decoded == NULL)
		err = new_level(t->params, &t->decoded);
	for (uint32_t q = 0; q < tb_election_params_num_questions(t->params) && err == TB_OK; q++)
		err = decode_part(t, q, ballot.part[q], fault);
	if (err == TB_OK)
		err = tb_tally_keep(t, index, ballot.part);
	return err == TB_OK ? tb_tally_add(t, t->decoded, weight) : err;
}

tb_err tb_tally_merge(tb_tally *t, tb_tally *partial)
{
	tb_err err;

	TB_REQUIRE(t != partial && t->params == partial->params);
	if (t->state != TB_TALLY_COLLECTING || partial->state != TB_TALLY_COLLECTING ||
		partial->num_listed != 0)
		return TB_ERR_STATE;
	err = tb_tally_kept_merge(t, partial);
	if (err != TB_OK)
		return err;
	for (int k = 0; k < TB_TALLY_LEVELS; k++) {
		if (partial->level[k] != NULL && t->level[k] != NULL)
			continue;
		/* Moved as it is where this tally has nothing yet; the partial one makes it anew when it needs it. */
		t->level[k] = t->level[k] == NULL ? partial->level[k] : t->level[k];
		partial->level[k] = NULL;
	}
	for (int k = 0; k < TB_TALLY_LEVELS; k++) {
		if (partial->level[k] != NULL)
			add_level(t->params, t->level[k], partial->level[k]);
		free_level(t->params, &partial->level[k]);
	}
	t->num_added += partial->num_added;
	t->weight_added += partial->weight_added;
	partial->num_added = 0;
	partial->weight_added = 0;
	return TB_OK;
}

/* ---- finishing ---- */
/* sum_k 2^k level[k], highest first, into level[0]. */
static void join_levels(tb_tally *t)
{
	const tb_group *g = tb_election_params_group(t->params);

	for (int k = TB_TALLY_LEVELS - 1; k >= 1; k--) {
		if (t->level[k] == NULL)
			continue;
		for (uint32_t q = 0; q < tb_election_params_num_questions(t->params); q++) {
			for (size_t i = 0; i < t->level[k][q].num; i++) {
				tb_point *a = tb_points_at(&t->level[k][q], i);

				tb_point_add(g, a, a, a);
			}
		}
		if (t->level[k - 1] == NULL) {
			t->level[k - 1] = t->level[k];
			t->level[k] = NULL;
		} else {
			add_level(t->params, t->level[k - 1], t->level[k]);
			free_level(t->params, &t->level[k]);
		}
	}
}

/* [TALLY.AGGREGATE]; the ciphertexts of ranked questions are covered by the hash of the counted list. */
static void hash_aggregates(tb_tally *t)
{
	static const char label[] = "tabella/v1/aggregates";
	const tb_group *g = tb_election_params_group(t->params);
	uint8_t wire[TB_POINT_MAX_BYTES];
	tb_sha256_state s;

	tb_sha256_init(&s);
	tb_sha256_update(&s, label, sizeof label - 1);
	for (uint32_t q = 0; q < tb_election_params_num_questions(t->params); q++) {
		const uint8_t index = (uint8_t)q;

		if (tb_tally_is_ranked(t, q))
			continue;
		tb_sha256_update(&s, &index, 1);
		for (size_t i = 0; i < t->level[0][q].num; i++) {
			tb_point_write(g, wire, tb_points_at(&t->level[0][q], i));
			tb_sha256_update(&s, wire, tb_group_point_bytes(g));
		}
	}
	tb_sha256_final(&s, t->aggregates);
}

static void add_item(tb_tally *t, tb_tally_item item)
{
	const tb_group *g = tb_election_params_group(t->params);

	item.offset = t->decrypt_bytes;
	item.len =
		item.is_list ? tb_tally_list_bytes(t, item.list) : tb_group_point_bytes(g) + tb_dleq_bytes(g);
	t->decrypt_bytes += item.len;
	t->items[t->num_items++] = item;
}

/* Options or lists of all questions that may be decrypted, then the lot [DECRYPT.SHARE] [DECRYPT.LIST]. */
static void list_items(tb_tally *t)
{
	uint32_t list = 0;

	t->num_items = 0;
	t->decrypt_bytes = 2; /* version, trustee */
	if (!tb_tally_may_decrypt_any(t))
		return;
	for (uint32_t q = 0; q < tb_election_params_num_questions(t->params); q++) {
		if (!tb_tally_may_decrypt(t, q) || t->num_listed == 0) /* no ballots: 0, without a share */
			continue;
		if (tb_tally_is_ranked(t, q)) {
			add_item(t, (tb_tally_item){.question = q, .is_list = true, .list = list++});
			continue;
		}
		for (uint32_t i = 0; i < tb_election_params_num_options(t->params, q); i++)
			add_item(t, (tb_tally_item){.question = q, .option = i});
	}
	add_item(t, (tb_tally_item){.is_lot = true});
}

static void make_lot_base(tb_tally *t)
{
	uint8_t data[64];

	memcpy(data, tb_election_params_context(t->params), 32);
	memcpy(data + 32, t->close.leaf, 32);
	tb_point_hash(tb_election_params_group(t->params), &t->lot_base, "lot", data, sizeof data);
}

tb_err tb_tally_finish(tb_tally *t, const tb_tally_close *close)
{
	uint32_t total = tb_election_params_total_options(t->params);
	tb_err err = TB_OK;

	/* What is endorsed by its hash must be what was summed: a list and a sum of different ballots are never joined. */
	if (t->state != TB_TALLY_COLLECTING || t->num_added != t->num_listed ||
		t->weight_added != t->weight_listed)
		return TB_ERR_STATE;
	if (t->level[0] == NULL) /* given away by a merge */
		err = new_level(t->params, &t->level[0]);
	if (err != TB_OK)
		return err;
	if (t->items == NULL)
		t->items = calloc((size_t)total + 1, sizeof *t->items);
	if (t->total == NULL)
		t->total = calloc(total, sizeof *t->total);
	if (t->items == NULL || t->total == NULL)
		return TB_ERR_MEMORY;
	t->close = *close;
	t->state = TB_TALLY_FINISHED;
	err = tb_tally_begin_mixing(t);
	if (err != TB_OK) {
		t->state = TB_TALLY_COLLECTING; /* nothing else has changed */
		return err;
	}
	join_levels(t);
	tb_sha256_final(&t->list, t->counted);
	hash_aggregates(t);
	make_lot_base(t);
	list_items(t);
	return TB_OK;
}

/* ---- finished ---- */
bool tb_tally_is_finished(const tb_tally *t)
{
	return t->state != TB_TALLY_COLLECTING;
}

void tb_tally_turnout(const tb_tally *t, tb_turnout *out)
{
	TB_REQUIRE(tb_tally_is_finished(t));
	*out = (tb_turnout){.counted = t->num_listed,
		.weight_counted = t->weight_listed,
		.electorate = t->close.electorate,
		.weight_electorate = t->close.weight_electorate};
}

void tb_tally_statement(const tb_tally *t, tb_endorsement *out)
{
	TB_REQUIRE(tb_tally_is_finished(t));
	memset(out, 0, sizeof *out);
	memcpy(out->close, t->close.leaf, sizeof out->close);
	memcpy(out->root, t->close.root, sizeof out->root);
	memcpy(out->counted, t->counted, sizeof out->counted);
	memcpy(out->aggregates, t->aggregates, sizeof out->aggregates);
	out->size = t->close.size;
	out->ballots = t->num_listed;
}

void tb_tally_aggregate(
	const tb_tally *t, uint32_t question, uint32_t option, const tb_point **a, const tb_point **b)
{
	TB_REQUIRE(tb_tally_is_finished(t) && question < tb_election_params_num_questions(t->params) &&
		   !tb_tally_is_ranked(t, question));
	*a = tb_points_at(&t->level[0][question], 2 * (size_t)option);
	*b = tb_points_at(&t->level[0][question], 2 * (size_t)option + 1);
}

tb_outcome tb_tally_outcome(const tb_tally *t, uint32_t question)
{
	const tb_manifest *m = tb_election_params_manifest(t->params);
	tb_turnout turnout;

	TB_REQUIRE(question < m->num_questions);
	tb_tally_turnout(t, &turnout);
	return tb_question_outcome(m, &m->questions[question], &turnout);
}

bool tb_tally_may_decrypt(const tb_tally *t, uint32_t question)
{
	return tb_tally_outcome(t, question) == TB_OUTCOME_DECIDED;
}

bool tb_tally_may_decrypt_any(const tb_tally *t)
{
	for (uint32_t q = 0; q < tb_election_params_num_questions(t->params); q++) {
		if (tb_tally_may_decrypt(t, q))
			return true;
	}
	return false;
}

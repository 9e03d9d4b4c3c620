/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/tally_internal.h"
#include "crypto/dleq_list.h"
#include "crypto/msm.h"
#include "crypto/sharing.h"

/* The shares of the mixed lists [DECRYPT.LIST], and what they decrypt to [RANK.DECODE]. */

#define BINDING_MAX 256
#define PIECE 64 /* ballots at a time in one thread */

static const tb_group *group_of(const tb_tally *t)
{
	return tb_election_params_group(t->params);
}

static size_t elements(const tb_mix_list *list)
{
	return list->num * list->width;
}

size_t tb_tally_list_bytes(const tb_tally *t, uint32_t list)
{
	return elements(tb_mix_stage_list(t->stage, list)) * tb_group_point_bytes(group_of(t)) +
	       tb_dleq_bytes(group_of(t));
}

/* ---- one list of one trustee ---- */

static tb_err state_list(const tb_tally *t, const tb_tally_item *item, tb_dleq_list *out, tb_buf *binding,
	const uint8_t *Z, uint32_t trustee, const tb_point *y)
{
	const tb_mix_list *list = tb_mix_stage_list(t->stage, item->list);
	tb_err err = tb_tally_write_binding(binding, t, item, trustee);

	*out = (tb_dleq_list){.Y = y,
		.num = elements(list),
		.H = list->wire,
		.H_step = 2 * tb_group_point_bytes(group_of(t)),
		.Z = Z,
		.binding = binding->data,
		.binding_len = binding->len};
	return err;
}

static uint8_t *proof_in(const tb_tally *t, const tb_tally_item *item, uint8_t *share)
{
	return share + item->len - tb_dleq_bytes(group_of(t));
}

tb_err tb_tally_make_list(const tb_tally *t, const tb_tally_item *item, uint8_t *out, uint32_t trustee,
	const tb_point *y, const tb_secret *x)
{
	tb_dleq_list st;
	tb_dleq_proof proof;
	tb_buf binding;
	tb_err err;

	tb_buf_init(&binding, BINDING_MAX);
	err = state_list(t, item, &st, &binding, out, trustee, y);
	if (err == TB_OK)
		err = tb_dleq_list_multiply(group_of(t), out, st.H, st.H_step, st.num, x, &t->work);
	if (err == TB_OK)
		err = tb_dleq_list_prove(group_of(t), &proof, &st, x, &t->work);
	if (err == TB_OK)
		tb_dleq_write(group_of(t), proof_in(t, item, out), &proof);
	tb_buf_release(&binding);
	return err;
}

static tb_err not_canonical(tb_fault *fault, const tb_tally_item *item, const char *what, size_t index)
{
	char where[80];

	(void)snprintf(where, sizeof where, "questions[%u].%s[%zu]", item->question, what, index);
	return tb_fault_set(
		fault, "DECRYPT.SHARE", where, "canonical points and a reduced scalar", "other bytes");
}

tb_err tb_tally_check_list(const tb_tally *t, const tb_tally_item *item, const uint8_t *in, uint32_t trustee,
	const tb_point *y, tb_fault *fault)
{
	tb_dleq_list st;
	tb_dleq_proof proof;
	tb_buf binding;
	char where[64];
	size_t bad = 0;
	tb_err err;

	if (tb_dleq_parse(group_of(t), &proof, in + item->len - tb_dleq_bytes(group_of(t))) != TB_OK)
		return not_canonical(fault, item, "proof", 0);
	tb_buf_init(&binding, BINDING_MAX);
	err = state_list(t, item, &st, &binding, in, trustee, y);
	if (err == TB_OK)
		err = tb_dleq_list_verify(group_of(t), &proof, &st, &t->work, &bad);
	tb_buf_release(&binding);
	if (err == TB_ERR_ENCODING || err == TB_ERR_GROUP)
		return not_canonical(fault, item, "shares", bad);
	tb_tally_item_where(item, where, sizeof where);
	if (err == TB_ERR_PROOF)
		return tb_fault_setf(fault, "DLEQ.LIST", where,
			"a valid proof that the shares are x_j times the mixed ciphertexts",
			"one that does not verify for trustee %u", trustee);
	return err;
}

/* ---- keeping the shares of T ---- */

/* Bytes of the Z of all lists, and of those before list k. */
static size_t shares_before(const tb_tally *t, uint32_t k)
{
	size_t all = 0;

	for (uint32_t i = 0; i < k; i++)
		all += elements(tb_mix_stage_list(t->stage, i)) * tb_group_point_bytes(group_of(t));
	return all;
}

bool tb_tally_is_readable(const tb_tally *t, const uint8_t *payload, size_t payload_len)
{
	bool ok = tb_tally_mixes_due(t) == 0 && payload_len == t->decrypt_bytes;

	for (size_t i = 0; i < t->num_items && ok; i++) {
		const tb_tally_item *item = &t->items[i];

		if (item->is_list)
			ok = tb_mix_points_are_readable(group_of(t), payload + item->offset,
				elements(tb_mix_stage_list(t->stage, item->list)), &t->work);
	}
	return ok;
}

tb_err tb_tally_keep_lists(const tb_tally *t, uint8_t **out, const uint8_t *payload)
{
	uint32_t num = t->stage == NULL ? 0 : tb_mix_stage_num_lists(t->stage);

	*out = num == 0 ? NULL : malloc(shares_before(t, num));
	if (num > 0 && *out == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < t->num_items; i++) {
		const tb_tally_item *item = &t->items[i];

		if (item->is_list)
			memcpy(*out + shares_before(t, item->list), payload + item->offset,
				item->len - tb_dleq_bytes(group_of(t)));
	}
	return TB_OK;
}

/* ---- decrypting and counting ---- */

typedef struct decrypting {
	tb_tally *tally;
	const tb_mix_list *list;
	const tb_ranking_definition *definition;
	size_t share_offset; /* of this list among the shares that were kept */
	tb_scalar lambda[TB_MAX_TRUSTEES];
	pthread_mutex_t lock; /* of `count` */
	tb_ranked_count *count;
} decrypting;

/* What one piece needs. */
typedef struct scratch {
	tb_msm_scratch *msm;
	tb_point share[TB_MAX_TRUSTEES];
	const tb_point *at[TB_MAX_TRUSTEES];
	tb_point message[TB_RANKING_MAX_WIDTH];
	uint32_t ranks[TB_RANKING_MAX_OPTIONS];
} scratch;

/* M = B - sum lambda_j Z_j of element `i` of the list [DECRYPT.LIST]. */
static tb_err open_element(const decrypting *d, scratch *s, size_t i, tb_point *out)
{
	const tb_tally *t = d->tally;
	const tb_group *g = group_of(t);
	size_t bytes = tb_group_point_bytes(g);
	tb_point shared, b;
	tb_err err = tb_point_parse(g, &b, d->list->wire + (2 * i + 1) * bytes);

	for (uint32_t k = 0; k < t->num_sharers && err == TB_OK; k++)
		err = tb_point_parse(g, &s->share[k], t->list_shares[k] + d->share_offset + i * bytes);
	if (err == TB_OK)
		err = tb_msm(g, s->msm, &shared, d->lambda, s->at, t->num_sharers);
	if (err == TB_OK)
		tb_point_sub(g, out, &b, &shared);
	return err;
}

/* Anything that is no ballot is invalid and listed, and nothing else follows from it [RANK.DECODE]. */
static tb_err take_ballot(decrypting *d, scratch *s, size_t position)
{
	tb_err err = tb_ranking_decode(d->definition, s->ranks, s->message);

	TB_REQUIRE(err == TB_OK || err == TB_ERR_ENCODING);
	(void)pthread_mutex_lock(&d->lock);
	err = err == TB_OK ? tb_ranked_count_add(d->count, s->ranks)
			   : tb_ranked_count_add_invalid(d->count, position);
	(void)pthread_mutex_unlock(&d->lock);
	return err;
}

static tb_err decrypt_piece(void *arg, size_t first, size_t num)
{
	decrypting *d = arg;
	scratch *s = aligned_alloc(_Alignof(scratch), sizeof *s);
	tb_err err = s == NULL ? TB_ERR_MEMORY : tb_msm_scratch_new(&s->msm);

	if (err != TB_OK) {
		free(s);
		return err;
	}
	for (size_t k = 0; k < TB_MAX_TRUSTEES; k++)
		s->at[k] = &s->share[k];
	for (size_t i = first; i < first + num && err == TB_OK; i++) {
		for (uint32_t k = 0; k < d->list->width && err == TB_OK; k++)
			err = open_element(d, s, i * d->list->width + k, &s->message[k]);
		if (err == TB_OK)
			err = take_ballot(d, s, i);
	}
	tb_msm_scratch_free(s->msm);
	free(s);
	return err;
}

static tb_err decrypt_list(tb_tally *t, uint32_t list, tb_ranked_count *count, const tb_parallel *work)
{
	decrypting d = {.tally = t, .list = tb_mix_stage_list(t->stage, list), .count = count};
	tb_err err = tb_sharing_lagrange(group_of(t), d.lambda, t->sharer, t->num_sharers);

	if (err != TB_OK)
		return err;
	d.definition = tb_election_params_ranking(t->params, d.list->question);
	d.share_offset = shares_before(t, list);
	(void)pthread_mutex_init(&d.lock, NULL);
	err = tb_parallel_run(work, d.list->num, PIECE, decrypt_piece, &d);
	(void)pthread_mutex_destroy(&d.lock);
	return err;
}

/* A question that was decided without a ballot has no list, and is counted all the same. */
static tb_err count_question(tb_tally *t, uint32_t question, uint32_t list, const tb_parallel *work)
{
	const tb_manifest *m = tb_election_params_manifest(t->params);
	tb_ranked_count *count;
	tb_err err = tb_ranked_count_new(&count, &m->questions[question], question);

	if (err == TB_OK && t->stage != NULL)
		err = decrypt_list(t, list, count, work);
	if (err == TB_OK)
		err = tb_ranked_count_finish(count, t->lot_seed);
	if (err != TB_OK) {
		tb_ranked_count_free(count);
		return err;
	}
	tb_ranked_count_free(t->count[question]);
	t->count[question] = count;
	return TB_OK;
}

tb_err tb_tally_count_lists(tb_tally *t, tb_parallel_progress progress, void *arg)
{
	const tb_parallel work = {.threads = t->work.threads, .progress = progress, .progress_arg = arg};
	uint32_t list = 0;
	tb_err err = TB_OK;

	for (uint32_t q = 0; q < tb_election_params_num_questions(t->params) && err == TB_OK; q++)
		if (tb_tally_is_ranked(t, q) && tb_tally_may_decrypt(t, q))
			err = count_question(t, q, list++, &work);
	return err;
}

const tb_ranked_count *tb_tally_count(const tb_tally *t, uint32_t question)
{
	TB_REQUIRE(t->state == TB_TALLY_DECRYPTED && question < tb_election_params_num_questions(t->params));
	return t->count[question];
}

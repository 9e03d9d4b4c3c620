/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/election/tally_internal.h"

/* Keeping the ciphertexts of ranked questions, in the order of the counted list whoever brought them; and their mixes. */

#define INDEX_BYTES 8

static size_t ciphertext_bytes(const tb_election_params *p, const tb_ranking_definition *def)
{
	return 2 * (size_t)def->w * tb_group_point_bytes(tb_election_params_group(p));
}

size_t tb_tally_record_bytes(const tb_election_params *p)
{
	size_t bytes = 0;

	for (uint32_t q = 0; q < tb_election_params_num_questions(p); q++) {
		const tb_ranking_definition *def = tb_election_params_ranking(p, q);

		bytes += def == NULL ? 0 : ciphertext_bytes(p, def);
	}
	return bytes == 0 ? 0 : INDEX_BYTES + bytes;
}

/* ---- keeping ---- */

/* Room for `more` records. */
static tb_err reserve(tb_tally_kept *k, size_t more)
{
	size_t cap = k->cap == 0 ? 64 : 2 * k->cap;
	uint8_t *data;

	if (k->num + more <= k->cap)
		return TB_OK;
	cap = cap < k->num + more ? k->num + more : cap;
	data = reallocarray(k->data, cap, k->record);
	if (data == NULL)
		return TB_ERR_MEMORY;
	k->data = data;
	k->cap = cap;
	return TB_OK;
}

tb_err tb_tally_keep(tb_tally *t, uint64_t index, const uint8_t *const *parts)
{
	tb_tally_kept *k = &t->kept;
	uint8_t *at;
	tb_err err;

	if (t->state != TB_TALLY_COLLECTING)
		return TB_ERR_STATE;
	if (k->record == 0)
		return TB_OK;
	err = reserve(k, 1);
	if (err != TB_OK)
		return err;
	at = k->data + k->num++ * k->record;
	memcpy(at, &index, INDEX_BYTES);
	at += INDEX_BYTES;
	for (uint32_t q = 0; q < tb_election_params_num_questions(t->params); q++) {
		const tb_ranking_definition *def = tb_election_params_ranking(t->params, q);

		if (def == NULL)
			continue;
		memcpy(at, parts[q], ciphertext_bytes(t->params, def)); /* they come first [RANK.QUESTION] */
		at += ciphertext_bytes(t->params, def);
	}
	return TB_OK;
}

tb_err tb_tally_kept_list(tb_tally *t, uint64_t index)
{
	size_t cap = t->cap_listed == 0 ? 64 : 2 * t->cap_listed;
	uint64_t *list;

	if (t->kept.record == 0)
		return TB_OK;
	if (t->num_listed == t->cap_listed) {
		list = reallocarray(t->listed, cap, sizeof *list);
		if (list == NULL)
			return TB_ERR_MEMORY;
		t->listed = list;
		t->cap_listed = cap;
	}
	t->listed[t->num_listed] = index;
	return TB_OK;
}

tb_err tb_tally_kept_merge(tb_tally *t, tb_tally *partial)
{
	tb_tally_kept *to = &t->kept, *from = &partial->kept;
	tb_err err;

	if (from->num == 0)
		return TB_OK;
	err = reserve(to, from->num);
	if (err != TB_OK)
		return err;
	memcpy(to->data + to->num * to->record, from->data, from->num * from->record);
	to->num += from->num;
	free(from->data);
	from->data = NULL;
	from->num = from->cap = 0;
	return TB_OK;
}

void tb_tally_kept_free(tb_tally *t)
{
	free(t->kept.data);
	free(t->listed);
	t->kept.data = NULL;
	t->kept.num = t->kept.cap = 0;
	t->listed = NULL;
	t->cap_listed = 0;
}

/* ---- the first stage ---- */

/* Where the record of a ballot is. */
typedef struct place {
	uint64_t index;
	const uint8_t *record;
} place;

static int by_index(const void *a, const void *b)
{
	const place *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* The records in the order of the list.  NULL: MEMORY.  *same: exactly those that were listed. */
static place *sort(const tb_tally *t, bool *same)
{
	const tb_tally_kept *k = &t->kept;
	place *list = calloc(k->num + 1, sizeof *list);

	*same = k->num == t->num_listed;
	if (list == NULL || !*same)
		return list;
	for (size_t i = 0; i < k->num; i++) {
		list[i].record = k->data + i * k->record;
		memcpy(&list[i].index, list[i].record, INDEX_BYTES);
	}
	qsort(list, k->num, sizeof *list, by_index);
	for (size_t i = 0; i < k->num && *same; i++)
		*same = list[i].index == t->listed[i];
	return list;
}

/* The lists of the questions that may be decrypted, one after the other. */
static uint8_t *write_lists(
	const tb_tally *t, const place *list, uint32_t *questions, uint32_t *num_questions)
{
	uint8_t *wire = malloc(t->num_listed * t->kept.record), *at = wire;
	size_t before = INDEX_BYTES;

	*num_questions = 0;
	for (uint32_t q = 0; q < tb_election_params_num_questions(t->params) && wire != NULL; q++) {
		const tb_ranking_definition *def = tb_election_params_ranking(t->params, q);
		size_t len = def == NULL ? 0 : ciphertext_bytes(t->params, def);

		if (def != NULL && tb_tally_may_decrypt(t, q)) {
			questions[(*num_questions)++] = q;
			for (size_t i = 0; i < t->num_listed; i++, at += len)
				memcpy(at, list[i].record + before, len);
		}
		before += len;
	}
	return wire;
}

static tb_err begin(tb_tally *t, const place *list)
{
	uint32_t questions[TB_MAX_QUESTIONS], num;
	uint8_t *wire = write_lists(t, list, questions, &num);

	if (wire == NULL)
		return TB_ERR_MEMORY;
	if (num == 0) { /* none may be decrypted */
		free(wire);
		return TB_OK;
	}
	return tb_mix_stage_new(
		&t->stage, t->params, t->close.leaf, questions, num, (size_t)t->num_listed, wire);
}

tb_err tb_tally_begin_mixing(tb_tally *t)
{
	place *list;
	bool same;
	tb_err err = TB_OK;

	if (t->kept.record == 0)
		return TB_OK;
	list = sort(t, &same);
	if (list == NULL)
		return TB_ERR_MEMORY;
	/* What is mixed must be what is endorsed: the ballots of the counted list, each once [MIX]. */
	if (!same)
		err = TB_ERR_STATE;
	else if (t->num_listed > 0)
		err = begin(t, list);
	free(list);
	if (err == TB_OK)
		tb_tally_kept_free(t);
	return err;
}

/* ---- mixes ---- */

tb_mix_stage *tb_tally_stage(const tb_tally *t)
{
	return t->stage;
}

uint32_t tb_tally_mixes_due(const tb_tally *t)
{
	uint32_t mixes = tb_election_params_manifest(t->params)->mixes;

	TB_REQUIRE(tb_tally_is_finished(t));
	return t->stage == NULL ? 0 : mixes - tb_mix_stage_number(t->stage);
}

bool tb_tally_has_mix(const tb_tally *t, uint32_t trustee)
{
	TB_REQUIRE(trustee >= 1 && trustee <= TB_MAX_TRUSTEES);
	return t->has_mix[trustee - 1];
}

tb_err tb_tally_apply_mix(tb_tally *t, uint32_t trustee, const uint8_t *payload, size_t payload_len)
{
	tb_mix_stage *next;
	tb_err err;

	if (tb_tally_mixes_due(t) == 0 || tb_tally_has_mix(t, trustee) || t->num_decrypts > 0 ||
		payload_len != tb_mix_bytes(t->stage))
		return TB_ERR_STATE;
	err = tb_mix_next(&next, t->stage, payload, payload_len);
	if (err != TB_OK)
		return err;
	tb_mix_stage_free(t->stage);
	t->stage = next;
	t->has_mix[trustee - 1] = true;
	return TB_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/mix.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/shuffle.h"

#define VERSION 1
#define HEAD_BYTES 3 /* version, trustee, number */
#define BINDING_MAX 256
#define PIECE 1024

struct tb_mix_stage {
	const tb_election_params *params;
	atomic_uint num_refs;
	uint8_t close[32], hash[32];
	uint32_t number, num_lists;
	tb_mix_list list[TB_MAX_QUESTIONS];
	uint8_t *wire; /* of all lists; owned */
};

static const tb_group *group_of(const tb_mix_stage *s)
{
	return tb_election_params_group(s->params);
}

/* ---- stages ---- */

static size_t lists_bytes(const tb_mix_stage *s)
{
	size_t all = 0;

	for (uint32_t k = 0; k < s->num_lists; k++)
		all += s->list[k].wire_len;
	return all;
}

static void hash_stage(tb_mix_stage *s)
{
	uint8_t number[8];
	tb_sha256_state h;

	tb_store_u64(number, s->number);
	tb_sha256_init(&h);
	tb_sha256_update(&h, number, sizeof number);
	tb_sha256_update(&h, s->wire, lists_bytes(s));
	tb_sha256_final(&h, s->hash);
}

/* Takes `wire` over. */
static tb_err stage_new(
	tb_mix_stage **out, const tb_mix_stage *like, const uint32_t *questions, size_t num, uint8_t *wire)
{
	tb_mix_stage *s = calloc(1, sizeof *s);
	size_t at = 0;

	*out = NULL;
	if (s == NULL) {
		free(wire);
		return TB_ERR_MEMORY;
	}
	s->params = like->params;
	s->number = like->number;
	s->num_lists = like->num_lists;
	memcpy(s->close, like->close, sizeof s->close);
	atomic_init(&s->num_refs, 1);
	s->wire = wire;
	for (uint32_t k = 0; k < s->num_lists; k++) {
		const tb_ranking_definition *def = tb_election_params_ranking(s->params, questions[k]);
		size_t len;

		TB_REQUIRE(def != NULL);
		len = tb_shuffle_list_bytes(group_of(s), num, def->w);
		s->list[k] = (tb_mix_list){.question = questions[k],
			.width = def->w,
			.num = num,
			.wire = wire + at,
			.wire_len = len};
		at += len;
	}
	hash_stage(s);
	*out = s;
	return TB_OK;
}

tb_err tb_mix_stage_new(tb_mix_stage **out, const tb_election_params *p, const uint8_t close[32],
	const uint32_t *questions, uint32_t num_questions, size_t num, uint8_t *wire)
{
	tb_mix_stage like = {.params = p, .num_lists = num_questions};

	TB_REQUIRE(num >= 1 && num_questions >= 1 && num_questions <= TB_MAX_QUESTIONS);
	memcpy(like.close, close, sizeof like.close);
	return stage_new(out, &like, questions, num, wire);
}

tb_mix_stage *tb_mix_stage_share(tb_mix_stage *s)
{
	(void)atomic_fetch_add(&s->num_refs, 1);
	return s;
}

void tb_mix_stage_free(tb_mix_stage *s)
{
	if (s == NULL || atomic_fetch_sub(&s->num_refs, 1) > 1)
		return;
	free(s->wire);
	free(s);
}

uint32_t tb_mix_stage_number(const tb_mix_stage *s)
{
	return s->number;
}

uint32_t tb_mix_stage_num_lists(const tb_mix_stage *s)
{
	return s->num_lists;
}

const tb_mix_list *tb_mix_stage_list(const tb_mix_stage *s, uint32_t k)
{
	TB_REQUIRE(k < s->num_lists);
	return &s->list[k];
}

const uint8_t *tb_mix_stage_hash(const tb_mix_stage *s)
{
	return s->hash;
}

/* ---- the layout of a payload ---- */

static size_t proof_bytes(const tb_mix_stage *s, const tb_mix_list *list)
{
	return tb_shuffle_proof_bytes(group_of(s), list->num, list->width);
}

size_t tb_mix_bytes(const tb_mix_stage *s)
{
	size_t all = HEAD_BYTES;

	for (uint32_t k = 0; k < s->num_lists; k++)
		all += s->list[k].wire_len + proof_bytes(s, &s->list[k]);
	return all;
}

/* Where the outputs of list k begin in a payload of the right length; its proof follows them. */
static size_t outputs_at(const tb_mix_stage *s, uint32_t k)
{
	size_t at = HEAD_BYTES;

	for (uint32_t i = 0; i < k; i++)
		at += s->list[i].wire_len + proof_bytes(s, &s->list[i]);
	return at;
}

static void put_number(tb_buf *b, const char *label, uint64_t v)
{
	uint8_t wire[8];

	tb_store_u64(wire, v);
	tb_buf_item(b, label, wire, sizeof wire);
}

/* A proof of another election, board, question, place in the chain or mixer has another binding, and so another challenge. */
tb_err tb_mix_binding(tb_buf *out, const tb_mix_stage *s, uint32_t question, uint32_t trustee)
{
	tb_buf_item(out, "context", tb_election_params_context(s->params), 32);
	tb_buf_item(out, "close", s->close, sizeof s->close);
	put_number(out, "question", question);
	put_number(out, "mix", (uint64_t)s->number + 1);
	put_number(out, "trustee", trustee);
	return tb_buf_status(out);
}

/* What making and checking share: the statement of one list, with generators that serve all of them. */
typedef struct shuffling {
	tb_shuffle_generators *generators;
	tb_buf binding;
	const tb_parallel *work;
} shuffling;

static tb_err shuffling_new(shuffling *h, const tb_mix_stage *s, const tb_parallel *work)
{
	const tb_parallel silent = {.threads = work->threads};

	memset(h, 0, sizeof *h);
	tb_buf_init(&h->binding, BINDING_MAX);
	h->work = work;
	/* Derived here, never read from anywhere: who knows a relation among them can prove a false shuffle [SHUFFLE.GENERATORS]. */
	return tb_shuffle_generators_new(group_of(s), &h->generators, s->list[0].num, &silent);
}

static void shuffling_end(shuffling *h)
{
	tb_shuffle_generators_free(h->generators);
	tb_buf_release(&h->binding);
}

static tb_err state_list(
	shuffling *h, tb_shuffle_statement *st, const tb_mix_stage *s, uint32_t k, uint32_t trustee)
{
	const tb_mix_list *list = &s->list[k];
	tb_err err;

	tb_buf_clear(&h->binding);
	err = tb_mix_binding(&h->binding, s, list->question, trustee);
	*st = (tb_shuffle_statement){.generators = h->generators,
		.h = tb_election_params_h(s->params),
		.binding = h->binding.data,
		.binding_len = h->binding.len,
		.num = list->num,
		.width = list->width,
		.inputs = list->wire,
		.inputs_len = list->wire_len};
	return err;
}

static tb_err no_shuffle(
	tb_fault *fault, const tb_mix_list *list, const tb_shuffle_place *place, const char *found)
{
	char where[80];

	if (place->part == TB_SHUFFLE_NOWHERE)
		(void)snprintf(where, sizeof where, "questions[%u]", list->question);
	else
		(void)snprintf(where, sizeof where, "questions[%u].%s[%zu]", list->question,
			tb_shuffle_part_text(place->part), place->index);
	return tb_fault_set(fault, "SHUFFLE.VERIFY", where, "a shuffle of the ciphertexts before it", found);
}

/* ---- making ---- */

static tb_err make_list(
	shuffling *h, const tb_mix_stage *s, uint32_t k, uint8_t *out, uint32_t trustee, tb_fault *fault)
{
	tb_shuffle_statement st;
	tb_shuffle_place place = {.part = TB_SHUFFLE_NOWHERE};
	tb_err err = state_list(h, &st, s, k, trustee);

	if (err == TB_OK)
		err = tb_shuffle_make(&st, out, out + st.inputs_len, h->work, &place);
	return err == TB_ERR_ENCODING || err == TB_ERR_GROUP
		       ? no_shuffle(fault, &s->list[k], &place, "one that is no point")
		       : err;
}

tb_err tb_mix_make(
	const tb_mix_stage *s, tb_buf *payload, uint32_t trustee, const tb_parallel *work, tb_fault *fault)
{
	size_t start = payload->len;
	uint8_t *out = tb_buf_extend(payload, tb_mix_bytes(s));
	shuffling h;
	tb_err err;

	if (out == NULL)
		return tb_buf_status(payload);
	out[0] = VERSION;
	out[1] = (uint8_t)trustee;
	out[2] = (uint8_t)(s->number + 1);
	err = shuffling_new(&h, s, work);
	for (uint32_t k = 0; k < s->num_lists && err == TB_OK; k++)
		err = make_list(&h, s, k, out + outputs_at(s, k), trustee, fault);
	shuffling_end(&h);
	if (err != TB_OK)
		payload->len = start;
	return err;
}

/* ---- checking ---- */

tb_err tb_mix_check_form(
	const tb_mix_stage *s, uint32_t trustee, const uint8_t *payload, size_t payload_len, tb_fault *fault)
{
	char expected[64];

	if (payload_len != tb_mix_bytes(s)) {
		(void)snprintf(expected, sizeof expected, "%zu bytes", tb_mix_bytes(s));
		return tb_fault_setf(fault, "MIX", "length", expected, "%zu bytes", payload_len);
	}
	if (payload[0] != VERSION)
		return tb_fault_setf(fault, "MIX", "version", "1", "%u", payload[0]);
	if (payload[1] != trustee) {
		(void)snprintf(expected, sizeof expected, "%u, the signer", trustee);
		return tb_fault_setf(fault, "MIX", "trustee", expected, "%u", payload[1]);
	}
	return TB_OK;
}

static tb_err check_number(const tb_mix_stage *s, const uint8_t *payload, tb_fault *fault)
{
	char expected[64];

	if (payload[2] == s->number + 1)
		return TB_OK;
	(void)snprintf(expected, sizeof expected, "%u, the next one", s->number + 1);
	return tb_fault_setf(fault, "MIX.WHEN", "number", expected, "%u", payload[2]);
}

/* The a of inputs (tag 0) and outputs (tag 1), to be sorted: equal ones come to stand beside each other. */
#define TAGGED (32 + 1)

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, TAGGED);
}

static tb_err not_fresh(tb_fault *fault, uint32_t question, const char *found)
{
	char where[40];

	(void)snprintf(where, sizeof where, "questions[%u]", question);
	return tb_fault_set(fault, "MIX.FRESH", where,
		"outputs whose a is neither the identity nor equal to another or to one before the mix",
		found);
}

/* Who re-encrypts with fresh randomness never meets any of these; who does not hides nothing [MIX.FRESH]. */
static tb_err check_fresh(const tb_mix_list *list, const uint8_t *outputs, tb_fault *fault)
{
	static const uint8_t identity[32] = {0};
	size_t num = list->num * list->width;
	uint8_t *all = malloc(2 * num * TAGGED), *at = all;
	tb_err err = TB_OK;

	if (all == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < num; i++) {
		memcpy(at, list->wire + 64 * i, 32);
		at[32] = 0;
		memcpy(at + TAGGED, outputs + 64 * i, 32);
		at[TAGGED + 32] = 1;
		at += 2 * TAGGED;
	}
	qsort(all, 2 * num, TAGGED, by_bytes);
	for (at = all; err == TB_OK && at < all + 2 * num * TAGGED; at += TAGGED) {
		if (at[32] == 1 && memcmp(at, identity, 32) == 0)
			err = not_fresh(fault, list->question, "the identity");
		/* Two inputs may be equal (two voters who share their randomness); an output equals nothing. */
		else if (at > all && at[32] == 1 && memcmp(at, at - TAGGED, 32) == 0)
			err = not_fresh(fault, list->question,
				at[-1] == 1 ? "two outputs with one a" : "an output with the a of an input");
	}
	free(all);
	return err;
}

static tb_err check_list(shuffling *h, const tb_mix_stage *s, uint32_t k, const uint8_t *outputs,
	uint32_t trustee, tb_fault *fault)
{
	const tb_mix_list *list = &s->list[k];
	tb_shuffle_place place = {.part = TB_SHUFFLE_NOWHERE};
	tb_shuffle_statement st;
	tb_err err = state_list(h, &st, s, k, trustee);

	if (err == TB_OK)
		err = tb_shuffle_verify(&st, outputs, list->wire_len, outputs + list->wire_len,
			proof_bytes(s, list), h->work, &place);
	if (err == TB_ERR_PROOF)
		return no_shuffle(fault, list, &place, "a proof that does not verify");
	if (err == TB_ERR_ENCODING || err == TB_ERR_GROUP)
		return no_shuffle(fault, list, &place, "bytes that are no canonical point or scalar");
	return err;
}

tb_err tb_mix_check(const tb_mix_stage *s, uint32_t trustee, const uint8_t *payload, size_t payload_len,
	const tb_parallel *work, tb_fault *fault)
{
	shuffling h;
	tb_err err = tb_mix_check_form(s, trustee, payload, payload_len, fault);

	TB_REQUIRE(tb_group_point_bytes(group_of(s)) == 32); /* [RANK.MANIFEST] */
	if (err == TB_OK)
		err = check_number(s, payload, fault);
	for (uint32_t k = 0; k < s->num_lists && err == TB_OK; k++)
		err = check_fresh(&s->list[k], payload + outputs_at(s, k), fault);
	if (err != TB_OK)
		return err;
	err = shuffling_new(&h, s, work);
	for (uint32_t k = 0; k < s->num_lists && err == TB_OK; k++)
		err = check_list(&h, s, k, payload + outputs_at(s, k), trustee, fault);
	shuffling_end(&h);
	return err;
}

/* ---- the next stage ---- */

typedef struct reading {
	const tb_group *g;
	const uint8_t *wire;
} reading;

static tb_err read_points(void *arg, size_t first, size_t num)
{
	const reading *r = arg;
	tb_point ignored;
	tb_err err = TB_OK;

	for (size_t i = first; i < first + num && err == TB_OK; i++)
		err = tb_point_parse(r->g, &ignored, r->wire + i * tb_group_point_bytes(r->g));
	return err;
}

bool tb_mix_points_are_readable(const tb_group *g, const uint8_t *wire, size_t num, const tb_parallel *work)
{
	reading r = {.g = g, .wire = wire};

	return tb_parallel_run(work, num, PIECE, read_points, &r) == TB_OK;
}

bool tb_mix_is_readable(
	const tb_mix_stage *s, const uint8_t *payload, size_t payload_len, const tb_parallel *work)
{
	bool ok = payload_len == tb_mix_bytes(s);

	for (uint32_t k = 0; k < s->num_lists && ok; k++)
		ok = tb_mix_points_are_readable(
			group_of(s), payload + outputs_at(s, k), 2 * s->list[k].num * s->list[k].width, work);
	return ok;
}

tb_err tb_mix_next(tb_mix_stage **out, const tb_mix_stage *s, const uint8_t *payload, size_t payload_len)
{
	tb_mix_stage like = {.params = s->params, .number = s->number + 1, .num_lists = s->num_lists};
	uint32_t questions[TB_MAX_QUESTIONS];
	uint8_t *wire = malloc(lists_bytes(s)), *at = wire;

	*out = NULL;
	TB_REQUIRE(payload_len == tb_mix_bytes(s));
	if (wire == NULL)
		return TB_ERR_MEMORY;
	memcpy(like.close, s->close, sizeof like.close);
	for (uint32_t k = 0; k < s->num_lists; k++) {
		questions[k] = s->list[k].question;
		memcpy(at, payload + outputs_at(s, k), s->list[k].wire_len);
		at += s->list[k].wire_len;
	}
	return stage_new(out, &like, questions, s->list[0].num, wire);
}

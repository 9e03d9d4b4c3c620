/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ballot_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/opening.h"

/* Room for [SIGN.MESSAGE]: seven labels and lengths, the longest signer, four hashes. */
#define MESSAGE_MAX 512

/* One ballot of the batch. */
typedef struct slot {
	uint64_t index, weight;
	const char *rule; /* NULL while nothing is wrong with it */
	const char *what;
	uint32_t question;
	tb_ballot ballot; /* points into the slot's payload */
	uint8_t key[32];
	tb_schnorr_equation equation;
} slot;

/* Of one question: one of the two. */
typedef struct proof {
	tb_bitproof *bits;
	tb_opening *opening; /* of a ranked question */
} proof;

struct tb_ballot_batch {
	const tb_election_params *params;
	size_t capacity, num, payload_room;
	slot *slots;
	uint8_t *payloads; /* payload_room bytes per slot */
	tb_points keys;    /* nonce and credential of each slot, in ristretto255 */
	proof *proofs;     /* num_questions per slot */
	size_t *todo;      /* slots that are still good, in order; what the searches run over */
	bool *bad;         /* by place in `todo` */
	size_t num_todo;
	tb_batch *signatures, *points;
	tb_ballot_verdict *verdicts;
	size_t num_verdicts;
	tb_buf message;
	tb_ballot_batch_times spent;
};

static uint64_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- memory ---- */
static size_t terms_per_ballot(const tb_election_params *p)
{
	size_t num = 0;

	for (uint32_t q = 0; q < tb_election_params_num_questions(p); q++)
		num += 2 * (size_t)tb_election_params_num_ciphertexts(p, q) + 6;
	return num;
}

size_t tb_ballot_batch_bytes(const tb_election_params *p, size_t capacity)
{
	const size_t per_term = sizeof(tb_scalar) + sizeof(tb_point *);
	size_t stride = tb_group_point_stride(tb_election_params_group(p));
	size_t small = tb_group_point_stride(tb_group_ristretto255());
	size_t bits = 0, one;

	for (uint32_t q = 0; q < tb_election_params_num_questions(p); q++)
		bits += tb_election_params_ranking(p, q) != NULL
				? 0
				: tb_election_params_definition(p, q)->num_bits;
	/* Four times per_term: the multi-scalar multiplication keeps digits and order of every term beside (measured). */
	one = sizeof(slot) + sizeof(tb_ballot_verdict) + sizeof(size_t) + sizeof(bool) + 2 * small +
	      tb_election_params_payload_len(p, TB_ID_MAX) + terms_per_ballot(p) * (stride + 4 * per_term) +
	      bits * sizeof(tb_scalar) + (1024 + TB_POINT_MAX_BYTES) * tb_election_params_num_questions(p) +
	      2 * 2 * per_term;
	return capacity * one + sizeof(tb_ballot_batch);
}

size_t tb_ballot_batch_capacity_for(const tb_election_params *p, size_t bytes, size_t most)
{
	size_t one = tb_ballot_batch_bytes(p, 1), num = bytes / one;

	if (num > most)
		num = most;
	return num < 1 ? 1 : num;
}

static tb_err new_proof(const tb_election_params *p, proof *out, uint32_t question)
{
	const tb_group *g = tb_election_params_group(p);
	const tb_ranking_definition *ranking = tb_election_params_ranking(p, question);

	return ranking != NULL ? tb_opening_new(g, &out->opening, ranking->w)
			       : tb_bitproof_new(g, &out->bits, tb_election_params_definition(p, question));
}

static tb_err new_proofs(tb_ballot_batch *b)
{
	uint32_t questions = tb_election_params_num_questions(b->params);
	tb_err err = TB_OK;

	b->proofs = calloc(b->capacity * questions, sizeof *b->proofs);
	if (b->proofs == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < b->capacity * questions && err == TB_OK; i++)
		err = new_proof(b->params, &b->proofs[i], (uint32_t)(i % questions));
	return err;
}

static tb_err new_batches(tb_ballot_batch *b)
{
	const tb_group *r255 = tb_group_ristretto255();
	tb_err err = tb_points_new(r255, &b->keys, 2 * b->capacity);

	if (err == TB_OK)
		err = tb_batch_new(r255, &b->signatures, NULL, 0);
	if (err == TB_OK)
		err = tb_batch_reserve(b->signatures, 2 * b->capacity);
	if (err == TB_OK)
		err = tb_bitproof_batch_new(tb_election_params_key(b->params), &b->points);
	if (err == TB_OK)
		err = tb_batch_reserve(b->points, b->capacity * terms_per_ballot(b->params));
	return err;
}

tb_err tb_ballot_batch_new(tb_ballot_batch **out, const tb_election_params *p, size_t capacity)
{
	tb_ballot_batch *b = calloc(1, sizeof *b);
	tb_err err;

	*out = NULL;
	TB_REQUIRE(capacity >= 1);
	if (b == NULL)
		return TB_ERR_MEMORY;
	b->params = p;
	b->capacity = capacity;
	b->payload_room = tb_election_params_payload_len(p, TB_ID_MAX);
	tb_buf_init(&b->message, MESSAGE_MAX);
	b->slots = calloc(capacity, sizeof *b->slots);
	b->payloads = calloc(capacity, b->payload_room);
	b->todo = calloc(capacity, sizeof *b->todo);
	b->bad = calloc(capacity, sizeof *b->bad);
	b->verdicts = calloc(capacity, sizeof *b->verdicts);
	err = b->slots == NULL || b->payloads == NULL || b->todo == NULL || b->bad == NULL ||
			      b->verdicts == NULL
		      ? TB_ERR_MEMORY
		      : new_proofs(b);
	if (err == TB_OK)
		err = new_batches(b);
	if (err != TB_OK) {
		tb_ballot_batch_free(b);
		return err;
	}
	*out = b;
	return TB_OK;
}

void tb_ballot_batch_free(tb_ballot_batch *b)
{
	if (b == NULL)
		return;
	if (b->proofs != NULL) {
		for (size_t i = 0; i < b->capacity * tb_election_params_num_questions(b->params); i++) {
			tb_bitproof_free(b->proofs[i].bits);
			tb_opening_free(b->proofs[i].opening);
		}
	}
	free(b->proofs);
	tb_batch_free(b->signatures);
	tb_batch_free(b->points);
	tb_points_free(&b->keys);
	tb_buf_release(&b->message);
	free(b->slots);
	free(b->payloads);
	free(b->todo);
	free(b->bad);
	free(b->verdicts);
	free(b);
}

/* ---- adding ---- */
static void refuse(slot *s, const char *rule, const char *what, uint32_t question)
{
	s->rule = rule;
	s->what = what;
	s->question = question;
}

/* The frame, from the batch's own copy of the payload. */
static void read_frame(tb_ballot_batch *b, slot *s, const tb_entry *e)
{
	uint8_t *room = b->payloads + (size_t)(s - b->slots) * b->payload_room;
	tb_fault fault;

	if (e->payload_len > b->payload_room) {
		refuse(s, "BALLOT.PAYLOAD", "a payload of another length", 0);
		return;
	}
	memcpy(room, e->payload, e->payload_len);
	if (tb_ballot_parse(b->params, &s->ballot, room, e->payload_len, &fault) != TB_OK)
		refuse(s, fault.rule,
			strcmp(fault.rule, "BALLOT.POINTS") == 0 ? "A_i that is the identity or occurs twice"
								 : "a malformed payload",
			0);
	/* The proof speaks of the voter in the payload, the signature of the signer: they are one. */
	else if (strcmp(s->ballot.head.voter, e->signer_id) != 0)
		refuse(s, "BALLOT.PAYLOAD", "a payload that names another voter than the signer", 0);
}

static tb_err read_signature(tb_ballot_batch *b, slot *s, const tb_entry *e, const tb_binding *binding)
{
	size_t i = (size_t)(s - b->slots);
	tb_point *nonce = tb_points_at(&b->keys, 2 * i), *key = tb_points_at(&b->keys, 2 * i + 1);
	tb_err err;

	tb_buf_clear(&b->message);
	err = tb_entry_message(&b->message, e, binding);
	if (err != TB_OK)
		return err;
	if (tb_schnorr_public_parse(key, s->key) != TB_OK ||
		tb_schnorr_prepare(&s->equation, nonce, key, s->key, b->message.data, b->message.len,
			e->signature) != TB_OK)
		refuse(s, "ENTRY.SIGNATURE", "a malformed signature", 0);
	return TB_OK;
}

tb_err tb_ballot_batch_add(tb_ballot_batch *b, uint64_t index, const tb_entry *e, const tb_binding *binding,
	const uint8_t key[32], uint64_t weight)
{
	uint64_t start = now();
	slot *s;
	tb_err err = TB_OK;

	TB_REQUIRE(e->type == TB_ENTRY_BALLOT && e->payload != NULL && weight <= TB_MAX_WEIGHT);
	TB_REQUIRE(binding->has_election && binding->has_context &&
		   memcmp(binding->context, tb_election_params_context(b->params), 32) == 0);
	if (b->num == b->capacity)
		return TB_ERR_LIMIT;
	s = &b->slots[b->num];
	*s = (slot){.index = index, .weight = weight};
	memcpy(s->key, key, sizeof s->key);
	read_frame(b, s, e);
	if (s->rule == NULL)
		err = read_signature(b, s, e, binding);
	if (err == TB_OK)
		b->num++;
	b->spent.add += now() - start;
	return err;
}

size_t tb_ballot_batch_num(const tb_ballot_batch *b)
{
	return b->num;
}

bool tb_ballot_batch_is_full(const tb_ballot_batch *b)
{
	return b->num == b->capacity;
}

/* ---- verifying ---- */
static proof *proof_of(const tb_ballot_batch *b, const slot *s, uint32_t question)
{
	return &b->proofs[(size_t)(s - b->slots) * tb_election_params_num_questions(b->params) + question];
}

static void list_todo(tb_ballot_batch *b)
{
	b->num_todo = 0;
	for (size_t i = 0; i < b->num; i++) {
		if (b->slots[i].rule == NULL)
			b->todo[b->num_todo++] = i;
	}
}

static tb_err append_signature(void *items, size_t place, tb_batch *batch)
{
	tb_ballot_batch *b = items;
	tb_scalar e;
	tb_err err = tb_scalar_random128(tb_group_ristretto255(), &e);

	return err != TB_OK ? err : tb_schnorr_append(batch, &b->slots[b->todo[place]].equation, &e);
}

static tb_err check_signatures(tb_ballot_batch *b)
{
	tb_err err;

	list_todo(b);
	err = tb_batch_find_bad(b->signatures, append_signature, b, b->num_todo, b->bad);
	if (err != TB_ERR_PROOF)
		return err;
	for (size_t i = 0; i < b->num_todo; i++) {
		if (b->bad[i])
			refuse(&b->slots[b->todo[i]], "ENTRY.SIGNATURE", "a signature that does not verify",
				0);
	}
	return TB_OK;
}

static tb_err parse_part(const proof *p, const uint8_t *part, size_t len)
{
	return p->opening != NULL ? tb_opening_parse(p->opening, part, len)
				  : tb_bitproof_parse(p->bits, part, len);
}

/* Points and scalars of every question, in the slot's own proofs. */
static void decode(tb_ballot_batch *b, slot *s)
{
	for (uint32_t q = 0; q < tb_election_params_num_questions(b->params) && s->rule == NULL; q++) {
		if (parse_part(proof_of(b, s, q), s->ballot.part[q],
			    tb_election_params_part_len(b->params, q)) != TB_OK)
			refuse(s, "BALLOT.POINTS", "a point or scalar that is not canonical", q);
	}
}

/* The proof of one question has failed.  If a number outside the group is the reason, wherever in this ballot, that is what is
 * reported [BALLOT.POINTS].  (Rankings are of a group where decoding tells all.) */
static tb_err refuse_proof(tb_ballot_batch *b, slot *s, const char *what, uint32_t question)
{
	for (uint32_t q = 0; q < tb_election_params_num_questions(b->params); q++) {
		const proof *p = proof_of(b, s, q);
		tb_err err = p->opening != NULL ? TB_OK : tb_bitproof_check_order(p->bits);

		if (err == TB_ERR_GROUP)
			refuse(s, "BALLOT.POINTS", "a number outside the group", q);
		if (err != TB_OK)
			return err == TB_ERR_GROUP ? TB_OK : err;
	}
	refuse(s, proof_of(b, s, question)->opening != NULL ? "RANK.VERIFY" : "BALLOT.VERIFY", what,
		question);
	return TB_OK;
}

static tb_err prepare_opening(tb_ballot_batch *b, tb_opening *o, const tb_bitproof_binding *binding)
{
	uint8_t definition[TB_RANKING_DEFINITION_BYTES];
	tb_opening_statement st = {.h = tb_election_params_h(b->params),
		.binding = binding,
		.definition = definition,
		.definition_len = sizeof definition};

	tb_ranking_definition_write(
		definition, tb_election_params_ranking(b->params, (uint32_t)binding->question));
	return tb_opening_prepare(o, &st);
}

/* Challenges, and the scalar equation (3) of [BALLOT.VERIFY]. */
static tb_err prepare(tb_ballot_batch *b, slot *s)
{
	tb_bitproof_binding binding = {.context = tb_election_params_context(b->params),
		.voter = s->ballot.head.voter,
		.voter_len = strlen(s->ballot.head.voter),
		.voter_key = s->key};

	for (uint32_t q = 0; q < tb_election_params_num_questions(b->params) && s->rule == NULL; q++) {
		const proof *p = proof_of(b, s, q);
		tb_err err;

		binding.question = q;
		err = p->opening != NULL
			      ? prepare_opening(b, p->opening, &binding)
			      : tb_bitproof_prepare(p->bits, tb_election_params_key(b->params), &binding);
		if (err == TB_ERR_PROOF || err == TB_ERR_GROUP)
			err = refuse_proof(b, s, "a proof that does not verify: the sum rule", q);
		if (err != TB_OK)
			return err;
	}
	return TB_OK;
}

static tb_err prepare_all(tb_ballot_batch *b)
{
	uint64_t start = now(), middle;
	tb_err err = TB_OK;

	list_todo(b);
	for (size_t i = 0; i < b->num_todo; i++)
		decode(b, &b->slots[b->todo[i]]);
	middle = now();
	for (size_t i = 0; i < b->num_todo && err == TB_OK; i++)
		err = prepare(b, &b->slots[b->todo[i]]);
	b->spent.decode += middle - start;
	b->spent.prepare += now() - middle;
	return err;
}

static tb_err append_part(const proof *p, tb_batch *batch)
{
	return p->opening != NULL ? tb_opening_append(p->opening, batch) : tb_bitproof_append(p->bits, batch);
}

static tb_err append_ballot(void *items, size_t place, tb_batch *batch)
{
	tb_ballot_batch *b = items;
	const slot *s = &b->slots[b->todo[place]];
	tb_err err = TB_OK;

	for (uint32_t q = 0; q < tb_election_params_num_questions(b->params) && err == TB_OK; q++)
		err = append_part(proof_of(b, s, q), batch);
	return err;
}

/* Which question of a bad ballot is bad, and in what way. */
static tb_err blame_question(tb_ballot_batch *b, slot *s)
{
	for (uint32_t q = 0; q < tb_election_params_num_questions(b->params); q++) {
		tb_err err;

		tb_batch_clear(b->points);
		err = append_part(proof_of(b, s, q), b->points);
		if (err == TB_OK)
			err = tb_batch_check(b->points);
		tb_batch_clear(b->points);
		if (err == TB_ERR_GROUP || err == TB_ERR_PROOF)
			return refuse_proof(b, s, "a proof that does not verify", q);
		if (err != TB_OK)
			return err;
	}
	/* Left over with probability 2^-128 for each question: still bad. */
	return refuse_proof(b, s, "a proof that does not verify", 0);
}

static tb_err check_proofs(tb_ballot_batch *b)
{
	tb_err err;

	list_todo(b);
	err = tb_batch_find_bad(b->points, append_ballot, b, b->num_todo, b->bad);
	if (err != TB_ERR_PROOF)
		return err;
	err = TB_OK;
	for (size_t i = 0; i < b->num_todo && err == TB_OK; i++) {
		if (b->bad[i])
			err = blame_question(b, &b->slots[b->todo[i]]);
	}
	return err;
}

static tb_err count(tb_ballot_batch *b, tb_tally *tally)
{
	tb_points parts[TB_MAX_QUESTIONS];
	tb_err err = TB_OK;

	for (size_t i = 0; i < b->num && err == TB_OK; i++) {
		const slot *s = &b->slots[i];

		if (s->rule != NULL || s->weight == 0)
			continue;
		for (uint32_t q = 0; q < tb_election_params_num_questions(b->params); q++)
			parts[q] = proof_of(b, s, q)->opening != NULL
					   ? tb_opening_ciphertexts(proof_of(b, s, q)->opening)
					   : tb_bitproof_ciphertexts(proof_of(b, s, q)->bits);
		err = tb_tally_keep(tally, s->index, s->ballot.part);
		if (err == TB_OK)
			err = tb_tally_add(tally, parts, s->weight);
	}
	return err;
}

static void list_verdicts(tb_ballot_batch *b)
{
	b->num_verdicts = 0;
	for (size_t i = 0; i < b->num; i++) {
		const slot *s = &b->slots[i];

		if (s->rule != NULL)
			b->verdicts[b->num_verdicts++] = (tb_ballot_verdict){
				.index = s->index, .rule = s->rule, .question = s->question, .what = s->what};
	}
}

tb_err tb_ballot_batch_verify(tb_ballot_batch *b, tb_tally *tally, size_t *num_bad)
{
	uint64_t start = now();
	tb_err err =
		check_signatures(b); /* first: only an enrolled voter can cause a search through proofs */

	b->num_verdicts = 0;
	b->spent.signature += now() - start;
	if (err == TB_OK)
		err = prepare_all(b);
	start = now();
	if (err == TB_OK)
		err = check_proofs(b);
	b->spent.proof += now() - start;
	if (err == TB_OK && tally != NULL)
		err = count(b, tally);
	if (err != TB_OK)
		return err;
	list_verdicts(b);
	*num_bad = b->num_verdicts;
	return TB_OK;
}

const tb_ballot_verdict *tb_ballot_batch_bad(const tb_ballot_batch *b)
{
	return b->verdicts;
}

void tb_ballot_verdict_fault(const tb_ballot_verdict *v, tb_fault *fault)
{
	bool by_question = strcmp(v->rule, "BALLOT.POINTS") == 0 || strcmp(v->rule, "BALLOT.VERIFY") == 0 ||
			   strcmp(v->rule, "RANK.VERIFY") == 0;
	bool by_signer = strncmp(v->rule, "ENTRY.", 6) == 0;
	char where[48];

	if (by_question)
		(void)snprintf(where, sizeof where, "payload.questions[%u]", v->question);
	else
		(void)snprintf(where, sizeof where, "%s", by_signer ? "signature" : "payload");
	(void)tb_fault_set(fault, v->rule, where,
		by_signer ? "this voter's signature over this ballot"
			  : "a ballot of this election with a valid proof",
		v->what);
}

void tb_ballot_batch_reset(tb_ballot_batch *b)
{
	b->num = 0;
	b->num_verdicts = 0;
}

tb_err tb_ballot_batch_verify_one(tb_ballot_batch *b, const tb_entry *e, const tb_binding *binding,
	const uint8_t key[32], tb_fault *fault)
{
	size_t num_bad;
	tb_err err;

	TB_REQUIRE(b->num == 0);
	err = tb_ballot_batch_add(b, 0, e, binding, key, 0);
	if (err == TB_OK)
		err = tb_ballot_batch_verify(b, NULL, &num_bad);
	if (err == TB_OK && num_bad > 0) {
		tb_ballot_verdict_fault(&b->verdicts[0], fault);
		err = TB_ERR_RULE;
	}
	tb_ballot_batch_reset(b);
	return err;
}

const tb_ballot_batch_times *tb_ballot_batch_spent(const tb_ballot_batch *b)
{
	return &b->spent;
}

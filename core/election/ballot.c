/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ballot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/opening.h"
#include "crypto/wipe.h"

#define VERSION 1
#define MAX_TOTAL_OPTIONS (TB_MAX_QUESTIONS * TB_MAX_OPTIONS)
#define FEW_OPTIONS 64 /* up to here comparing all pairs is faster than sorting */

/* ---- the frame ---- */
static void write_head(tb_buf *out, const tb_ballot_head *head, uint32_t num_questions)
{
	size_t voter_len = strlen(head->voter);

	tb_buf_u8(out, VERSION);
	tb_buf_u8(out, (uint8_t)voter_len);
	tb_buf_append(out, head->voter, voter_len);
	tb_buf_append(out, head->prev, sizeof head->prev);
	tb_buf_u64(out, head->date);
	tb_buf_u64(out, head->checkpoint_size);
	tb_buf_append(out, head->checkpoint_root, sizeof head->checkpoint_root);
	tb_buf_u8(out, (uint8_t)num_questions);
}

static tb_err read_voter(tb_reader *r, char voter[TB_ID_MAX + 1], tb_fault *fault)
{
	size_t len = tb_reader_u8(r);
	const uint8_t *id = tb_reader_skip(r, len);

	memset(voter, 0, TB_ID_MAX + 1);
	if (id == NULL || !tb_id_is_valid((const char *)id, len))
		return tb_fault_set(fault, "BALLOT.PAYLOAD", "voter", "a voter id [ID]", "something else");
	memcpy(voter, id, len);
	return TB_OK;
}

static tb_err read_head(
	const tb_election_params *p, tb_ballot_head *head, tb_reader *r, size_t payload_len, tb_fault *fault)
{
	uint32_t num = tb_election_params_num_questions(p);
	uint8_t version = tb_reader_u8(r), found;
	size_t expected_len;
	char text[32];
	tb_err err;

	if (version != VERSION)
		return tb_fault_setf(fault, "BALLOT.PAYLOAD", "version", "1", "%u", version);
	err = read_voter(r, head->voter, fault);
	if (err != TB_OK)
		return err;
	tb_reader_bytes(r, head->prev, sizeof head->prev);
	head->date = tb_reader_u64(r);
	head->checkpoint_size = tb_reader_u64(r);
	tb_reader_bytes(r, head->checkpoint_root, sizeof head->checkpoint_root);
	found = tb_reader_u8(r);
	expected_len = tb_election_params_payload_len(p, strlen(head->voter));
	if (r->err == TB_OK && found != num) {
		(void)snprintf(text, sizeof text, "%u", num);
		return tb_fault_setf(fault, "BALLOT.PAYLOAD", "number of questions", text, "%u", found);
	}
	if (r->err != TB_OK || payload_len != expected_len) {
		(void)snprintf(text, sizeof text, "%zu bytes", expected_len);
		return tb_fault_setf(fault, "BALLOT.PAYLOAD", "length", text, "%zu bytes", payload_len);
	}
	return TB_OK;
}

/* ---- [BALLOT.POINTS] from the wire bytes: the encoding is canonical, so equal points are equal bytes ---- */
static tb_err repeated(tb_fault *fault)
{
	return tb_fault_set(fault, "BALLOT.POINTS", "questions", "every A_i different from all others",
		"two equal ones: parts of one ballot copied into another place");
}

static int compare_wire(const void *a, const void *b, void *len)
{
	return memcmp(*(const uint8_t *const *)a, *(const uint8_t *const *)b, *(const size_t *)len);
}

static tb_err check_distinct(const uint8_t **a, uint32_t num, size_t len, tb_fault *fault)
{
	if (num <= FEW_OPTIONS) {
		for (uint32_t i = 1; i < num; i++) {
			for (uint32_t j = 0; j < i; j++) {
				if (memcmp(a[i], a[j], len) == 0)
					return repeated(fault);
			}
		}
		return TB_OK;
	}
	qsort_r(a, num, sizeof *a, compare_wire, &len);
	for (uint32_t i = 1; i < num; i++) {
		if (memcmp(a[i - 1], a[i], len) == 0)
			return repeated(fault);
	}
	return TB_OK;
}

/* A_i = 1 would show the vote, a repeated A_i would betray that two options hold related randomness. */
static tb_err check_wire_points(const tb_election_params *p, const tb_ballot *b, tb_fault *fault)
{
	const tb_group *g = tb_election_params_group(p);
	const uint8_t *a[MAX_TOTAL_OPTIONS];
	uint8_t identity[TB_POINT_MAX_BYTES];
	size_t len = tb_group_point_bytes(g);
	uint32_t num = 0;
	char where[48];
	tb_point one;

	tb_point_identity(g, &one);
	tb_point_write(g, identity, &one);
	for (uint32_t q = 0; q < tb_election_params_num_questions(p); q++) {
		for (uint32_t i = 0; i < tb_election_params_num_ciphertexts(p, q); i++) {
			a[num] = b->part[q] + 2 * len * i;
			if (memcmp(a[num], identity, len) == 0) {
				(void)snprintf(where, sizeof where, "questions[%u].options[%u]", q, i);
				return tb_fault_set(fault, "BALLOT.POINTS", where,
					"A_i other than the identity",
					"the identity: this vote can be read by everyone");
			}
			num++;
		}
	}
	return check_distinct(a, num, len, fault);
}

tb_err tb_ballot_parse(const tb_election_params *p, tb_ballot *out, const uint8_t *payload,
	size_t payload_len, tb_fault *fault)
{
	tb_reader r;
	tb_err err;

	tb_reader_init(&r, payload, payload_len);
	err = read_head(p, &out->head, &r, payload_len, fault);
	if (err != TB_OK)
		return err;
	for (uint32_t q = 0; q < tb_election_params_num_questions(p); q++)
		out->part[q] = tb_reader_skip(&r, tb_election_params_part_len(p, q));
	TB_REQUIRE(tb_reader_done(&r) == TB_OK); /* the length was compared above */
	return check_wire_points(p, out, fault);
}

/* ---- making ---- */

/* What [BALLOT.SEED] binds of a ranking. */
static size_t write_ranks(uint8_t out[1 + 4 * TB_RANKING_MAX_OPTIONS], const uint32_t *ranks, uint32_t num)
{
	size_t len = 0;

	out[len++] = 0;
	for (uint32_t i = 0; i < num; i++)
		for (int shift = 24; shift >= 0; shift -= 8)
			out[len++] = (uint8_t)(ranks[i] >> shift);
	return len;
}

static tb_err prove_ranking(const tb_election_params *p, uint8_t *part, const tb_bitproof_binding *binding,
	const uint32_t *ranks, const uint8_t seed[TB_BALLOT_SEED_BYTES])
{
	const tb_ranking_definition *def = tb_election_params_ranking(p, (uint32_t)binding->question);
	uint8_t definition[TB_RANKING_DEFINITION_BYTES], choices[1 + 4 * TB_RANKING_MAX_OPTIONS];
	tb_opening_statement st = {.h = tb_election_params_h(p),
		.binding = binding,
		.definition = definition,
		.definition_len = sizeof definition};
	tb_point elements[TB_RANKING_MAX_WIDTH];
	size_t len = write_ranks(choices, ranks, def->m);
	tb_err err = tb_ranking_encode(def, elements, ranks);

	tb_ranking_definition_write(definition, def);
	if (err == TB_OK)
		err = tb_opening_prove(
			tb_election_params_group(p), part, &st, elements, def->w, choices, len, seed);
	tb_wipe(elements, sizeof elements);
	tb_wipe(choices, sizeof choices);
	return err;
}

static tb_err prove_questions(const tb_election_params *p, uint8_t *parts, const tb_ballot_head *head,
	const uint8_t voter_key[32], const tb_choices *choices, const uint8_t seed[TB_BALLOT_SEED_BYTES])
{
	tb_bitproof_binding binding = {.context = tb_election_params_context(p),
		.voter = head->voter,
		.voter_len = strlen(head->voter),
		.voter_key = voter_key};

	for (uint32_t q = 0; q < tb_election_params_num_questions(p); q++) {
		tb_err err;

		binding.question = q;
		if (tb_election_params_ranking(p, q) != NULL)
			err = prove_ranking(p, parts, &binding, choices->value[q], seed);
		else
			err = tb_bitproof_prove(tb_election_params_prover(p), parts,
				tb_election_params_definition(p, q), &binding, choices->value[q],
				choices->blank[q], seed);
		if (err != TB_OK)
			return err;
		parts += tb_election_params_part_len(p, q);
	}
	return TB_OK;
}

/* The payload, appended; the caller takes care of the length on failure. */
static tb_err build(const tb_election_params *p, tb_buf *payload, const tb_ballot_head *head,
	const uint8_t voter_key[32], const tb_choices *choices, const uint8_t seed[TB_BALLOT_SEED_BYTES],
	tb_fault *fault)
{
	size_t head_end, voter_len = strnlen(head->voter, sizeof head->voter);
	uint8_t *parts;
	tb_err err = tb_choices_check(choices, tb_election_params_manifest(p), fault);

	if (err != TB_OK)
		return err;
	if (!tb_id_is_valid(head->voter, voter_len))
		return tb_fault_set(fault, "ID", "voter", "[a-z0-9._-]{1,64}", "something else");
	head_end = payload->len;
	write_head(payload, head, tb_election_params_num_questions(p));
	head_end = payload->len - head_end;
	parts = tb_buf_extend(payload, tb_election_params_payload_len(p, voter_len) - head_end);
	if (parts == NULL)
		return tb_buf_status(payload);
	return prove_questions(p, parts, head, voter_key, choices, seed);
}

static tb_err sign(uint8_t signature[TB_SCHNORR_BYTES], const uint8_t *payload, size_t payload_len,
	const tb_ballot_head *head, const tb_secret *key, const tb_binding *binding,
	const uint8_t seed[TB_BALLOT_SEED_BYTES], tb_fault *fault)
{
	char signer[TB_SIGNER_MAX];
	tb_entry e;
	tb_err err;

	(void)snprintf(signer, sizeof signer, "voter/%s", head->voter);
	err = tb_entry_init(&e, TB_ENTRY_BALLOT, signer, payload, payload_len, fault);
	if (err == TB_OK)
		err = tb_entry_sign(&e, binding, key, seed);
	if (err == TB_OK)
		memcpy(signature, e.signature, TB_SCHNORR_BYTES);
	return err;
}

tb_err tb_ballot_make(const tb_election_params *p, tb_buf *payload, uint8_t signature[TB_SCHNORR_BYTES],
	const tb_ballot_head *head, const tb_secret *key, const tb_choices *choices,
	const uint8_t seed[TB_BALLOT_SEED_BYTES], const tb_binding *binding, tb_fault *fault)
{
	size_t start = payload->len;
	uint8_t voter_key[TB_SCHNORR_PUBLIC_BYTES];
	tb_err err;

	/* A signature for another context would be for another election than the proof. */
	TB_REQUIRE(binding->has_election && binding->has_context &&
		   memcmp(binding->context, tb_election_params_context(p), 32) == 0);
	memset(signature, 0, TB_SCHNORR_BYTES);
	tb_schnorr_public(voter_key, key);
	err = build(p, payload, head, voter_key, choices, seed, fault);
	if (err == TB_OK)
		err = sign(signature, payload->data + start, payload->len - start, head, key, binding, seed,
			fault);
	if (err != TB_OK) {
		payload->len = start;
		memset(signature, 0, TB_SCHNORR_BYTES);
	}
	return err;
}

tb_err tb_ballot_open(const tb_election_params *p, const uint8_t *payload, size_t payload_len,
	const uint8_t voter_key[32], const tb_choices *choices, const uint8_t seed[TB_BALLOT_SEED_BYTES],
	tb_fault *fault)
{
	tb_ballot found;
	tb_buf again;
	tb_err err = tb_ballot_parse(p, &found, payload, payload_len, fault);

	if (err != TB_OK)
		return err;
	tb_buf_init(&again, payload_len);
	err = build(p, &again, &found.head, voter_key, choices, seed, fault);
	if (err == TB_OK && (again.len != payload_len || memcmp(again.data, payload, payload_len) != 0))
		err = tb_fault_set(fault, "BALLOT.SEED", "payload",
			"the ballot that this seed and these choices give",
			"another one: the device that made it did not encrypt these choices");
	tb_buf_release(&again);
	return err;
}

/* ---- tracker [BALLOT.TRACKER] ---- */
void tb_ballot_tracker(uint8_t out[32], const uint8_t *payload, size_t payload_len)
{
	tb_sha256(out, payload, payload_len);
}

void tb_ballot_tracker_text(char out[TB_TRACKER_TEXT], const uint8_t tracker[32])
{
	tb_crockford_write(out, tracker, 16);
}

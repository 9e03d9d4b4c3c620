/* SPDX-License-Identifier: Apache-2.0 */
/* Whole ballots [BALLOT.PAYLOAD] [BALLOT.TRACKER] and board entries [ENTRY.ENVELOPE] [SIGN.MESSAGE] [ENTRY.SIGNATURE], byte for
 * byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/ballot_batch.h"
#include "crypto/merkle.h"
#include "tests/support/vectors.h"

static void secret_of(tb_secret *out, const struct json_t *in)
{
	uint8_t wire[32];

	tb_vector_exactly(wire, sizeof wire, in, "secret");
	assert_int_equal(tb_secret_parse(tb_group_ristretto255(), out, wire), TB_OK);
}

/* The secret of the one voter of the file, which the cases of ballots do not repeat. */
static void voter_secret(tb_secret *out, const uint8_t public_key[32])
{
	uint8_t own[32];

	secret_of(out, tb_vector_other("entry.sign", "the entry of the ballot", "in"));
	tb_schnorr_public(own, out);
	assert_memory_equal(own, public_key, 32);
}

/* Hex, or one byte repeated. */
static void payload_of(tb_buf *out, const struct json_t *in)
{
	uint8_t byte, *at;
	size_t len;

	if (tb_vector_has(in, "payload")) {
		tb_vector_bytes(out, in, "payload");
		return;
	}
	tb_vector_exactly(&byte, 1, in, "payload_byte");
	len = tb_vector_int(in, "payload_length");
	tb_buf_init(out, TB_BLOB_MAX_BYTES);
	at = tb_buf_extend(out, len);
	assert_non_null(at);
	memset(at, byte, len);
}

/* ---- the setting of a ballot ---- */
typedef struct setting {
	tb_manifest manifest;
	tb_question question[TB_MAX_QUESTIONS];
	tb_election_params *params;
	tb_binding binding;
	uint8_t voter_key[32];
} setting;

static void begin(setting *s, const struct json_t *in)
{
	const struct json_t *definitions = tb_vector_member(in, "definitions");
	uint8_t wire[TB_POINT_MAX_BYTES], context[32];
	tb_point h;

	memset(s, 0, sizeof *s);
	s->manifest.group = tb_group_by_name(tb_vector_text(in, "group"));
	assert_non_null(s->manifest.group);
	s->manifest.questions = s->question;
	s->manifest.num_questions = (uint32_t)tb_vector_num(definitions);
	for (uint32_t i = 0; i < s->manifest.num_questions; i++) {
		const struct json_t *d = tb_vector_item(definitions, i);

		s->question[i].num_options = (uint32_t)tb_vector_int(d, "options");
		s->question[i].score_max = (uint32_t)tb_vector_int(d, "score_max");
		s->question[i].min = (uint32_t)tb_vector_int(d, "min");
		s->question[i].max = (uint32_t)tb_vector_int(d, "max");
		s->question[i].blank = tb_vector_bool(d, "blank");
	}
	tb_vector_exactly(wire, tb_group_point_bytes(s->manifest.group), in, "h");
	assert_int_equal(tb_point_parse(s->manifest.group, &h, wire), TB_OK);
	tb_vector_exactly(context, 32, in, "context");
	assert_int_equal(tb_election_params_new(&s->params, &s->manifest, &h, context), TB_OK);
	s->binding = (tb_binding){.has_election = true, .has_context = true};
	memcpy(s->binding.context, context, 32);
	tb_vector_exactly(s->voter_key, 32, in, "voter_key");
}

/* ---- ballots ---- */
static void read_choices(tb_choices *c, const tb_manifest *m, const struct json_t *in)
{
	const struct json_t *choices = tb_vector_member(in, "choices");

	assert_int_equal(tb_choices_new(c, m), TB_OK);
	tb_vector_expect_num(choices, m->num_questions);
	for (uint32_t q = 0; q < m->num_questions; q++) {
		const struct json_t *choice = tb_vector_item(choices, q);
		const struct json_t *values = tb_vector_member(choice, "values");

		c->blank[q] = tb_vector_bool(choice, "blank");
		tb_vector_expect_num(values, m->questions[q].num_options);
		for (uint32_t i = 0; i < m->questions[q].num_options; i++)
			c->value[q][i] = (uint32_t)tb_vector_item_int(values, i);
	}
}

static void read_head(tb_ballot_head *head, const struct json_t *in)
{
	memset(head, 0, sizeof *head);
	(void)snprintf(head->voter, sizeof head->voter, "%s", tb_vector_text(in, "voter"));
	tb_vector_exactly(head->prev, 32, in, "prev");
	head->date = tb_vector_int(in, "date");
	head->checkpoint_size = tb_vector_int(in, "size");
	tb_vector_exactly(head->checkpoint_root, 32, in, "root");
}

static const char *make(const tb_vector *v)
{
	uint8_t seed[32], signature[64], tracker[32];
	char printed[TB_TRACKER_TEXT];
	tb_ballot_head head;
	tb_secret secret;
	tb_choices c;
	tb_buf payload;
	tb_fault fault;
	setting s;

	begin(&s, v->in);
	assert_int_equal(tb_election_params_add_prover(s.params), TB_OK);
	read_choices(&c, &s.manifest, v->in);
	read_head(&head, v->in);
	voter_secret(&secret, s.voter_key);
	tb_vector_exactly(seed, sizeof seed, v->in, "seed");
	tb_buf_init(&payload, TB_BALLOT_MAX_BYTES);
	assert_int_equal(
		tb_ballot_make(s.params, &payload, signature, &head, &secret, &c, seed, &s.binding, &fault),
		TB_OK);
	tb_vector_expect_bytes(v->out, "payload", payload.data, payload.len);
	tb_ballot_tracker(tracker, payload.data, payload.len);
	tb_vector_expect_bytes(v->out, "tracker", tracker, sizeof tracker);
	tb_ballot_tracker_text(printed, tracker);
	tb_vector_expect_text(v->out, "printed", printed);
	assert_int_equal(
		tb_ballot_open(s.params, payload.data, payload.len, s.voter_key, &c, seed, &fault), TB_OK);
	tb_buf_release(&payload);
	tb_choices_release(&c);
	tb_election_params_free(s.params);
	return NULL;
}

static void expect_head(const setting *s, const struct json_t *out, const tb_buf *payload)
{
	tb_fault fault;
	tb_ballot b;

	assert_int_equal(tb_ballot_parse(s->params, &b, payload->data, payload->len, &fault), TB_OK);
	tb_vector_expect_bytes(out, "prev", b.head.prev, 32);
	tb_vector_expect_int(out, "date", b.head.date);
	tb_vector_expect_int(out, "size", b.head.checkpoint_size);
	tb_vector_expect_bytes(out, "root", b.head.checkpoint_root, 32);
}

static const char *verify(const tb_vector *v)
{
	char signer[TB_SIGNER_MAX];
	uint8_t random[32] = {0};
	tb_ballot_batch *batch;
	const char *rule;
	tb_secret secret;
	tb_buf payload;
	tb_fault fault;
	tb_entry e;
	setting s;
	tb_err err;

	begin(&s, v->in);
	payload_of(&payload, v->in);
	voter_secret(&secret, s.voter_key);
	(void)snprintf(signer, sizeof signer, "voter/%s", tb_vector_text(v->in, "voter"));
	assert_int_equal(
		tb_entry_init(&e, TB_ENTRY_BALLOT, signer, payload.data, payload.len, &fault), TB_OK);
	assert_int_equal(tb_entry_sign(&e, &s.binding, &secret, random), TB_OK);
	assert_int_equal(tb_ballot_batch_new(&batch, s.params, 1), TB_OK);
	err = tb_ballot_batch_verify_one(batch, &e, &s.binding, s.voter_key, &fault);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	rule = err == TB_OK ? NULL : fault.rule;
	if (rule == NULL && v->out != NULL)
		expect_head(&s, v->out, &payload);
	tb_ballot_batch_free(batch);
	tb_buf_release(&payload);
	tb_election_params_free(s.params);
	return rule;
}

/* ---- entries ---- */
static void binding_of(tb_binding *out, const struct json_t *in)
{
	tb_buf election, context;

	memset(out, 0, sizeof *out);
	tb_vector_bytes(&election, in, "election");
	tb_vector_bytes(&context, in, "context");
	out->has_election = election.len > 0;
	out->has_context = context.len > 0;
	if (out->has_election)
		tb_vector_exactly(out->election, 32, in, "election");
	if (out->has_context)
		tb_vector_exactly(out->context, 32, in, "context");
	tb_buf_release(&election);
	tb_buf_release(&context);
}

static const char *entry_sign(const tb_vector *v)
{
	const char *type_name = tb_vector_text(v->in, "type");
	uint8_t random[32], leaf[32];
	tb_buf payload, written;
	tb_entry_type type;
	tb_binding binding;
	tb_fault fault;
	tb_secret key;
	tb_entry e;

	payload_of(&payload, v->in);
	binding_of(&binding, v->in);
	secret_of(&key, v->in);
	tb_vector_exactly(random, sizeof random, v->in, "random");
	assert_int_equal(tb_entry_type_parse(&type, type_name, strlen(type_name)), TB_OK);
	assert_int_equal(
		tb_entry_init(&e, type, tb_vector_text(v->in, "signer"), payload.data, payload.len, &fault),
		TB_OK);
	e.time = tb_vector_int(v->in, "time");
	tb_buf_init(&written, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_message(&written, &e, &binding), TB_OK);
	tb_vector_expect_bytes(v->out, "message", written.data, written.len);
	assert_int_equal(tb_entry_sign(&e, &binding, &key, random), TB_OK);
	tb_vector_expect_bytes(v->out, "signature", e.signature, sizeof e.signature);
	tb_buf_clear(&written);
	assert_int_equal(tb_entry_write(&written, &e), TB_OK);
	tb_vector_expect_bytes(v->out, "entry", written.data, written.len);
	tb_merkle_leaf(leaf, written.data, written.len);
	tb_vector_expect_bytes(v->out, "leaf", leaf, sizeof leaf);
	tb_buf_release(&written);
	tb_buf_release(&payload);
	return NULL;
}

static const char *entry_verify(const tb_vector *v)
{
	tb_buf wire, room, again;
	tb_binding binding;
	uint8_t key[32];
	tb_fault fault;
	tb_entry e;
	tb_err err;

	tb_vector_bytes(&wire, v->in, "entry");
	binding_of(&binding, v->in);
	tb_vector_exactly(key, sizeof key, v->in, "public");
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&again, TB_ENTRY_MAX_BYTES);
	err = tb_entry_parse(&e, &room, wire.data, wire.len, &fault);
	if (err == TB_OK) {
		assert_int_equal(tb_entry_write(&again, &e), TB_OK);
		assert_int_equal(again.len, wire.len);
		assert_memory_equal(again.data, wire.data, wire.len);
		err = tb_entry_verify(&e, &binding, key, &fault);
	}
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	tb_buf_release(&wire);
	tb_buf_release(&room);
	tb_buf_release(&again);
	return err == TB_OK ? NULL : fault.rule;
}

int main(void)
{
	static const char *const topics[] = {"ballot"};
	static const tb_vector_op ops[] = {
		{"ballot.make", make},
		{"ballot.verify", verify},
		{"entry.sign", entry_sign},
		{"entry.verify", entry_verify},
	};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

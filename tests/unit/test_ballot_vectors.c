/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "core/election/ballot_batch.h"
#include "crypto/merkle.h"
#include "tests/support/fixture.h"

/* specs/vectors/ballot.json: whole ballots and their entries, made by an implementation that never saw this one. */
#define VECTORS "specs/vectors/ballot.json"

static json_t *vectors;
static tb_secret secret; /* of the one voter whose secret the vectors give */

/* ---- members of a case ---- */
static const json_t *member(const json_t *object, const char *key)
{
	const json_t *m = json_object_get(object, key);

	assert_non_null(m);
	return m;
}

static const char *text(const json_t *object, const char *key)
{
	const char *t = json_string_value(member(object, key));

	assert_non_null(t);
	return t;
}

static uint64_t number(const json_t *object, const char *key)
{
	assert_true(json_is_integer(member(object, key)));
	return (uint64_t)json_integer_value(member(object, key));
}

static void hash_of(uint8_t out[32], const json_t *object, const char *key)
{
	tb_fixture_hex(out, 32, text(object, key));
}

/* Hex of any length, or one byte repeated. */
static void bytes(tb_buf *out, const json_t *object, const char *key)
{
	const json_t *repeated = json_object_get(object, "payload_length");
	size_t len = repeated != NULL ? (size_t)json_integer_value(repeated) : strlen(text(object, key)) / 2;
	uint8_t *at, byte;

	tb_buf_init(out, TB_BLOB_MAX_BYTES);
	at = tb_buf_extend(out, len);
	if (repeated != NULL) {
		tb_fixture_hex(&byte, 1, text(object, "payload_byte"));
		memset(at, byte, len);
	} else if (len > 0) {
		tb_fixture_hex(at, len, text(object, key));
	}
}

/* ---- the setting of a ballot ---- */
typedef struct setting {
	tb_manifest manifest;
	tb_question question[TB_MAX_QUESTIONS];
	tb_election_params *params;
	tb_binding binding;
	uint8_t voter_key[32];
} setting;

static void begin(setting *s, const json_t *in)
{
	const json_t *definitions = member(in, "definitions"), *blank;
	uint8_t wire[TB_POINT_MAX_BYTES], context[32], own[32];
	size_t i;
	const json_t *d;
	tb_point h;

	memset(s, 0, sizeof *s);
	s->manifest.group = tb_group_by_name(text(in, "group"));
	assert_non_null(s->manifest.group);
	s->manifest.questions = s->question;
	s->manifest.num_questions = (uint32_t)json_array_size(definitions);
	json_array_foreach(definitions, i, d)
	{
		blank = member(d, "blank");
		s->question[i].num_options = (uint32_t)number(d, "options");
		s->question[i].score_max = (uint32_t)number(d, "score_max");
		s->question[i].min = (uint32_t)number(d, "min");
		s->question[i].max = (uint32_t)number(d, "max");
		s->question[i].blank = json_is_true(blank);
	}
	tb_fixture_hex(wire, tb_group_point_bytes(s->manifest.group), text(in, "h"));
	assert_int_equal(tb_point_parse(s->manifest.group, &h, wire), TB_OK);
	hash_of(context, in, "context");
	assert_int_equal(tb_election_params_new(&s->params, &s->manifest, &h, context), TB_OK);
	s->binding = (tb_binding){.has_election = true, .has_context = true};
	memcpy(s->binding.context, context, 32);
	hash_of(s->voter_key, in, "voter_key");
	tb_schnorr_public(own, &secret);
	assert_memory_equal(own, s->voter_key, 32);
}

static void check_make(const json_t *in, const json_t *out)
{
	char printed[TB_TRACKER_TEXT];
	uint8_t seed[32], signature[64], tracker[32], expected_tracker[32];
	const json_t *choice, *value;
	tb_ballot_head head = {.date = number(in, "date"), .checkpoint_size = number(in, "size")};
	tb_buf payload, expected;
	tb_choices c;
	tb_fault fault;
	setting s;
	size_t q, i;

	begin(&s, in);
	assert_int_equal(tb_election_params_add_prover(s.params), TB_OK);
	assert_int_equal(tb_choices_new(&c, &s.manifest), TB_OK);
	json_array_foreach(member(in, "choices"), q, choice)
	{
		c.blank[q] = json_is_true(member(choice, "blank"));
		json_array_foreach(member(choice, "values"), i, value) c.value[q][i] =
			(uint32_t)json_integer_value(value);
	}
	(void)snprintf(head.voter, sizeof head.voter, "%s", text(in, "voter"));
	hash_of(head.prev, in, "prev");
	hash_of(head.checkpoint_root, in, "root");
	hash_of(seed, in, "seed");
	tb_buf_init(&payload, TB_BALLOT_MAX_BYTES);
	assert_int_equal(
		tb_ballot_make(s.params, &payload, signature, &head, &secret, &c, seed, &s.binding, &fault),
		TB_OK);
	bytes(&expected, out, "payload");
	assert_int_equal(payload.len, expected.len);
	assert_memory_equal(payload.data, expected.data, expected.len);
	tb_ballot_tracker(tracker, payload.data, payload.len);
	hash_of(expected_tracker, out, "tracker");
	assert_memory_equal(tracker, expected_tracker, 32);
	tb_ballot_tracker_text(printed, tracker);
	assert_string_equal(printed, text(out, "printed"));
	assert_int_equal(
		tb_ballot_open(s.params, payload.data, payload.len, s.voter_key, &c, seed, &fault), TB_OK);
	tb_buf_release(&payload);
	tb_buf_release(&expected);
	tb_choices_release(&c);
	tb_election_params_free(s.params);
}

static void assert_head(const setting *s, const tb_buf *payload, const json_t *out)
{
	uint8_t hash[32];
	tb_fault fault;
	tb_ballot b;

	assert_int_equal(tb_ballot_parse(s->params, &b, payload->data, payload->len, &fault), TB_OK);
	hash_of(hash, out, "prev");
	assert_memory_equal(b.head.prev, hash, 32);
	hash_of(hash, out, "root");
	assert_memory_equal(b.head.checkpoint_root, hash, 32);
	assert_true(b.head.date == number(out, "date") && b.head.checkpoint_size == number(out, "size"));
}

static void check_verify(const json_t *in, const json_t *out, const char *rule)
{
	char signer[TB_SIGNER_MAX];
	uint8_t random[32] = {0};
	tb_ballot_batch *batch;
	tb_buf payload;
	tb_fault fault;
	tb_entry e;
	setting s;
	tb_err err;

	begin(&s, in);
	bytes(&payload, in, "payload");
	(void)snprintf(signer, sizeof signer, "voter/%s", text(in, "voter"));
	assert_int_equal(tb_entry_init(&e, TB_ENTRY_BALLOT, signer,
				 payload.data != NULL ? payload.data : random, payload.len, &fault),
		TB_OK);
	assert_int_equal(tb_entry_sign(&e, &s.binding, &secret, random), TB_OK);
	assert_int_equal(tb_ballot_batch_new(&batch, s.params, 1), TB_OK);
	err = tb_ballot_batch_verify_one(batch, &e, &s.binding, s.voter_key, &fault);
	if (rule == NULL) {
		assert_int_equal(err, TB_OK);
		assert_head(&s, &payload, out);
	} else {
		assert_int_equal(err, TB_ERR_RULE);
		assert_string_equal(fault.rule, rule);
	}
	tb_ballot_batch_free(batch);
	tb_buf_release(&payload);
	tb_election_params_free(s.params);
}

/* ---- entries ---- */
static void binding_of(tb_binding *out, const json_t *in)
{
	*out = (tb_binding){.has_election = true, .has_context = true};
	hash_of(out->election, in, "election");
	hash_of(out->context, in, "context");
}

static void assert_bytes(const tb_buf *found, const json_t *out, const char *key)
{
	tb_buf expected;

	bytes(&expected, out, key);
	assert_int_equal(found->len, expected.len);
	assert_memory_equal(found->data, expected.data, expected.len);
	tb_buf_release(&expected);
}

static void check_entry_sign(const json_t *in, const json_t *out)
{
	uint8_t wire[32], random[32], signature[64], leaf[32], expected[32];
	tb_buf payload, written;
	tb_entry_type type;
	tb_binding binding;
	tb_fault fault;
	tb_secret key;
	tb_entry e;

	bytes(&payload, in, "payload");
	binding_of(&binding, in);
	hash_of(wire, in, "secret");
	hash_of(random, in, "random");
	assert_int_equal(tb_secret_parse(tb_group_ristretto255(), &key, wire), TB_OK);
	assert_int_equal(tb_entry_type_parse(&type, text(in, "type"), strlen(text(in, "type"))), TB_OK);
	assert_int_equal(
		tb_entry_init(&e, type, text(in, "signer"), payload.data, payload.len, &fault), TB_OK);
	e.time = number(in, "time");
	tb_buf_init(&written, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_message(&written, &e, &binding), TB_OK);
	assert_bytes(&written, out, "message");
	assert_int_equal(tb_entry_sign(&e, &binding, &key, random), TB_OK);
	tb_fixture_hex(signature, sizeof signature, text(out, "signature"));
	assert_memory_equal(e.signature, signature, sizeof signature);
	tb_buf_clear(&written);
	assert_int_equal(tb_entry_write(&written, &e), TB_OK);
	assert_bytes(&written, out, "entry");
	tb_merkle_leaf(leaf, written.data, written.len);
	hash_of(expected, out, "leaf");
	assert_memory_equal(leaf, expected, 32);
	tb_buf_release(&written);
	tb_buf_release(&payload);
}

static void check_entry_verify(const json_t *in, const char *rule)
{
	uint8_t key[32];
	tb_buf wire, room;
	tb_binding binding;
	tb_fault fault;
	tb_entry e;
	tb_err err;

	bytes(&wire, in, "entry");
	binding_of(&binding, in);
	hash_of(key, in, "public");
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_entry_parse(&e, &room, wire.data, wire.len, &fault);
	if (err == TB_OK)
		err = tb_entry_verify(&e, &binding, key, &fault);
	assert_int_equal(err, rule == NULL ? TB_OK : TB_ERR_RULE);
	if (rule != NULL)
		assert_string_equal(fault.rule, rule);
	tb_buf_release(&wire);
	tb_buf_release(&room);
}

/* ---- all of them ---- */
static unsigned run(const char *op)
{
	const json_t *c;
	unsigned num = 0;
	size_t i;

	json_array_foreach(member(vectors, "cases"), i, c)
	{
		const json_t *in = member(c, "in");
		const char *rule = json_is_true(member(c, "valid")) ? NULL : text(c, "rule");

		if (strcmp(text(c, "op"), op) != 0)
			continue;
		print_message("           %s: %s\n", op, text(c, "name"));
		if (strcmp(op, "ballot.make") == 0)
			check_make(in, member(c, "out"));
		else if (strcmp(op, "ballot.verify") == 0)
			check_verify(in, json_object_get(c, "out"), rule);
		else if (strcmp(op, "entry.sign") == 0)
			check_entry_sign(in, member(c, "out"));
		else
			check_entry_verify(in, rule);
		num++;
	}
	return num;
}

static void test_all_vectors(void **state)
{
	unsigned num = 0;

	(void)state;
	num += run("ballot.make");
	num += run("ballot.verify");
	num += run("entry.sign");
	num += run("entry.verify");
	assert_int_equal(
		num, json_array_size(member(vectors, "cases"))); /* none of another kind is passed over */
	assert_true(num > 20);
}

static int set_up(void **state)
{
	const json_t *c;
	uint8_t wire[32];
	size_t i;

	(void)state;
	vectors = json_load_file(VECTORS, 0, NULL);
	if (vectors == NULL)
		return -1;
	json_array_foreach(member(vectors, "cases"), i, c)
	{
		if (strcmp(text(c, "op"), "entry.sign") != 0)
			continue;
		hash_of(wire, member(c, "in"), "secret");
		return tb_secret_parse(tb_group_ristretto255(), &secret, wire) == TB_OK ? 0 : -1;
	}
	return -1;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(vectors);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_vectors)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

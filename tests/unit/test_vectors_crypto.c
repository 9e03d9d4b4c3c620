/* SPDX-License-Identifier: Apache-2.0 */
/*
 * specs/vectors: what an implementation that never saw this one says about groups, transcripts, signatures and ballot
 * proofs; its README tells the operations.  Bit flips do not notice a challenge that forgets an item; these do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <decaf/point_255.h>
#include <jansson.h>

#include "crypto/bitproof.h"
#include "crypto/bitproof_internal.h"
#include "crypto/schnorr.h"
#include "crypto/transcript.h"
#include "tests/support/vectors.h"

static const tb_group *group_of(const json_t *in)
{
	const tb_group *g = tb_group_by_name(tb_vector_text(in, "group"));

	assert_non_null(g);
	return g;
}

/* A point or scalar that is right. */
static void point_of(const tb_group *g, tb_point *out, const json_t *in, const char *key)
{
	uint8_t wire[TB_POINT_MAX_BYTES];

	tb_vector_fixed(wire, tb_group_point_bytes(g), in, key);
	assert_int_equal(tb_point_parse(g, out, wire), TB_OK);
}

static void assert_point(const tb_group *g, const tb_point *P, const char *hex)
{
	uint8_t wire[TB_POINT_MAX_BYTES];

	tb_point_write(g, wire, P);
	tb_vector_assert(wire, tb_group_point_bytes(g), hex);
}

static void assert_scalar(const tb_group *g, const tb_scalar *s, const char *hex)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_scalar_write(g, wire, s);
	tb_vector_assert(wire, sizeof wire, hex);
}

/* ---- group.json, hash_to_group.json ---- */
static const char *run_generator(const json_t *in, const json_t *out)
{
	const tb_group *g = group_of(in);
	uint8_t order[TB_SCALAR_BYTES], big_endian[TB_SCALAR_BYTES];
	tb_point P;

	tb_point_generator(g, &P);
	assert_point(g, &P, tb_vector_text(out, "point"));
	tb_group_order(g, order);
	for (size_t i = 0; i < sizeof order; i++)
		big_endian[i] = order[sizeof order - 1 - i];
	tb_vector_assert(big_endian, sizeof big_endian, tb_vector_text(out, "order"));
	return NULL;
}

static const char *run_multiply(const json_t *in, const json_t *out)
{
	const tb_group *g = group_of(in);
	uint8_t wire[TB_SCALAR_BYTES];
	tb_point P, product;
	tb_scalar k;
	tb_secret s;

	point_of(g, &P, in, "point");
	tb_vector_fixed(wire, sizeof wire, in, "scalar");
	assert_int_equal(tb_scalar_parse(g, &k, wire), TB_OK);
	assert_int_equal(tb_secret_parse(g, &s, wire), TB_OK);
	tb_point_mul_public(g, &product, &k, &P);
	assert_point(g, &product, tb_vector_text(out, "point"));
	tb_point_mul_secret(g, &product, &s, &P);
	assert_point(g, &product, tb_vector_text(out, "point"));
	return NULL;
}

static const char *run_add(const json_t *in, const json_t *out)
{
	const tb_group *g = group_of(in);
	tb_point a, b, sum;

	point_of(g, &a, in, "a");
	point_of(g, &b, in, "b");
	tb_point_add(g, &sum, &a, &b);
	assert_point(g, &sum, tb_vector_text(out, "point"));
	tb_point_add_secret(g, &sum, &a, &b);
	assert_point(g, &sum, tb_vector_text(out, "point"));
	return NULL;
}

static const char *run_decode(const json_t *in, const json_t *out)
{
	const tb_group *g = group_of(in);
	const char *rule = strcmp(tb_group_name(g), "modp4096") == 0 ? "GROUP.MODP" : "GROUP.RISTRETTO";
	const tb_point *list[1];
	uint8_t *wire;
	tb_point P;
	size_t len;
	tb_err err;

	wire = tb_vector_bytes(&len, in, "point");
	/* Lengths are in the types here: the cases of another length do not apply [README of the vectors]. */
	err = len == tb_group_point_bytes(g) ? tb_point_parse(g, &P, wire) : TB_ERR_ENCODING;
	free(wire);
	if (err != TB_OK)
		return rule;
	list[0] = &P;
	err = tb_points_check_order(g, list, 1);
	if (err != TB_OK) {
		assert_int_equal(err, TB_ERR_GROUP);
		return "GROUP.MODP.ORDER";
	}
	if (out != NULL) {
		assert_point(g, &P, tb_vector_text(out, "point"));
		assert_int_equal(tb_point_is_identity(g, &P), tb_vector_truth(out, "identity"));
	}
	return NULL;
}

/* The map itself is libdecaf's and has no name in group.h; [GROUP.HASH] calls it on a hash. */
static const char *run_from_uniform(const json_t *in, const json_t *out)
{
	uint8_t uniform[64], wire[DECAF_255_SER_BYTES];
	decaf_255_point_t P;

	tb_vector_fixed(uniform, sizeof uniform, in, "uniform");
	decaf_255_point_from_hash_uniform(P, uniform);
	decaf_255_point_encode(wire, P);
	tb_vector_assert(wire, sizeof wire, tb_vector_text(out, "point"));
	return NULL;
}

static const char *run_scalar_parse(const json_t *in, const json_t *out)
{
	const tb_group *g = group_of(in);
	uint8_t wire[TB_SCALAR_BYTES], again[TB_SCALAR_BYTES];
	tb_scalar a;
	tb_secret s;
	tb_err err;

	tb_vector_fixed(wire, sizeof wire, in, "scalar");
	err = tb_scalar_parse(g, &a, wire);
	memset(&s, 0, sizeof s);
	assert_int_equal(tb_secret_parse(g, &s, wire), err);
	if (err != TB_OK)
		return "GROUP.SCALAR";
	if (out != NULL) {
		assert_scalar(g, &a, tb_vector_text(out, "scalar"));
		tb_secret_write(g, again, &s);
		tb_vector_assert(again, sizeof again, tb_vector_text(out, "scalar"));
	}
	return NULL;
}

static const char *run_scalar_reduce(const json_t *in, const json_t *out)
{
	const tb_group *g = group_of(in);
	uint8_t wide[64], wire[TB_SCALAR_BYTES];
	tb_scalar a;
	tb_secret s;

	tb_vector_fixed(wide, sizeof wide, in, "bytes");
	tb_scalar_reduce64(g, &a, wide);
	assert_scalar(g, &a, tb_vector_text(out, "scalar"));
	tb_secret_reduce64(g, &s, wide);
	tb_secret_write(g, wire, &s);
	tb_vector_assert(wire, sizeof wire, tb_vector_text(out, "scalar"));
	return NULL;
}

static const char *run_hash_to_group(const json_t *in, const json_t *out)
{
	const tb_group *g = group_of(in);
	uint8_t *data;
	size_t len;
	tb_point P;

	data = tb_vector_bytes(&len, in, "data");
	tb_point_hash(g, &P, tb_vector_text(in, "label"), data, len);
	assert_point(g, &P, tb_vector_text(out, "point"));
	free(data);
	return NULL;
}

static void test_groups(void **state)
{
	tb_vector_operation operations[] = {{"group.generator", run_generator, 0},
		{"group.multiply", run_multiply, 0}, {"group.add", run_add, 0},
		{"group.decode", run_decode, 0}, {"group.from_uniform", run_from_uniform, 0},
		{"scalar.parse", run_scalar_parse, 0}, {"scalar.reduce", run_scalar_reduce, 0}};
	tb_vector_operation hash[] = {{"hash_to_group", run_hash_to_group, 0}};

	(void)state;
	tb_vector_run("specs/vectors/group.json", operations, sizeof operations / sizeof operations[0]);
	tb_vector_run("specs/vectors/hash_to_group.json", hash, 1);
}

/* ---- transcript.json ---- */
static const char *run_item(const json_t *in, const json_t *out)
{
	uint8_t digest[TB_SHA512_BYTES], expected[TB_SHA512_BYTES], *data, *item;
	size_t data_len, item_len;
	tb_sha512_state s;

	data = tb_vector_bytes(&data_len, in, "data");
	item = tb_vector_bytes(&item_len, out, "item");
	tb_sha512_init(&s);
	tb_item_absorb(&s, tb_vector_text(in, "label"), data, data_len);
	tb_sha512_final(&s, digest);
	tb_sha512(expected, item, item_len);
	assert_memory_equal(digest, expected, sizeof digest);
	free(data);
	free(item);
	return NULL;
}

static const char *run_transcript(const json_t *in, const json_t *out)
{
	const json_t *step, *results = tb_vector_member(out, "results");
	size_t i, num_results = 0;
	tb_transcript t;

	assert_int_equal(tb_transcript_init(&t, tb_vector_text(in, "protocol")), TB_OK);
	json_array_foreach(tb_vector_member(in, "steps"), i, step)
	{
		const char *what = tb_vector_text(step, "do"),
			   *result = json_string_value(json_array_get(results, num_results));

		if (strcmp(what, "absorb") == 0) {
			size_t len;
			uint8_t *data = tb_vector_bytes(&len, step, "data");

			tb_transcript_bytes(&t, tb_vector_text(step, "label"), data, len);
			free(data);
			continue;
		}
		assert_non_null(result);
		num_results++;
		if (strcmp(what, "challenge") == 0) {
			tb_scalar c;

			tb_transcript_challenge(&t, group_of(step), &c);
			assert_scalar(group_of(step), &c, result);
		} else {
			uint8_t output[64];

			assert_string_equal(what, "output");
			tb_transcript_output(&t, output);
			tb_vector_assert(output, sizeof output, result);
		}
	}
	assert_int_equal(num_results, json_array_size(results));
	tb_transcript_release(&t);
	return NULL;
}

static void test_transcripts(void **state)
{
	tb_vector_operation operations[] = {
		{"transcript.item", run_item, 0}, {"transcript.run", run_transcript, 0}};

	(void)state;
	tb_vector_run("specs/vectors/transcript.json", operations, 2);
}

/* ---- schnorr.json ---- */
static const char *run_sign(const json_t *in, const json_t *out)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t wire[32], random[32], public_key[32], signature[64], *msg;
	tb_secret secret;
	size_t len;

	tb_vector_fixed(wire, sizeof wire, in, "secret");
	tb_vector_fixed(random, sizeof random, in, "random");
	msg = tb_vector_bytes(&len, in, "message");
	assert_int_equal(tb_secret_parse(g, &secret, wire), TB_OK);
	tb_schnorr_public(public_key, &secret);
	tb_vector_assert(public_key, sizeof public_key, tb_vector_text(out, "public"));
	assert_int_equal(tb_schnorr_sign(signature, &secret, public_key, msg, len, random), TB_OK);
	tb_vector_assert(signature, sizeof signature, tb_vector_text(out, "signature"));
	free(msg);
	return NULL;
}

static const char *run_verify(const json_t *in, const json_t *out)
{
	uint8_t *public_key, *signature, *msg;
	size_t public_len, signature_len, msg_len;
	tb_err err = TB_ERR_SIGNATURE;

	(void)out;
	public_key = tb_vector_bytes(&public_len, in, "public");
	signature = tb_vector_bytes(&signature_len, in, "signature");
	msg = tb_vector_bytes(&msg_len, in, "message");
	if (public_len == TB_SCHNORR_PUBLIC_BYTES && signature_len == TB_SCHNORR_BYTES)
		err = tb_schnorr_verify(public_key, msg, msg_len, signature);
	free(public_key);
	free(signature);
	free(msg);
	assert_true(err == TB_OK || err == TB_ERR_SIGNATURE);
	return err == TB_OK ? NULL : "SIGN.SCHNORR";
}

static void test_signatures(void **state)
{
	tb_vector_operation operations[] = {{"schnorr.sign", run_sign, 0}, {"schnorr.verify", run_verify, 0}};

	(void)state;
	tb_vector_run("specs/vectors/schnorr.json", operations, 2);
}

/* ---- bitproof.json ---- */
static void assert_numbers(const json_t *list, const uint32_t *numbers, size_t num)
{
	assert_int_equal(json_array_size(list), num);
	for (size_t i = 0; i < num; i++)
		assert_int_equal(json_integer_value(json_array_get(list, i)), numbers[i]);
}

static const char *run_weights(const json_t *in, const json_t *out)
{
	uint32_t weights[32];
	size_t num = tb_bitproof_weights(weights, tb_vector_number(in, "sum"));

	assert_numbers(tb_vector_member(out, "weights"), weights, num);
	return NULL;
}

static tb_err define(tb_bitproof_definition *def, const json_t *in)
{
	const json_t *d = tb_vector_member(in, "definition");

	return tb_bitproof_define(def, tb_vector_number(d, "options"), tb_vector_number(d, "score_max"),
		tb_vector_number(d, "min"), tb_vector_number(d, "max"), tb_vector_truth(d, "blank"));
}

static const char *run_define(const json_t *in, const json_t *out)
{
	static tb_bitproof_definition def;

	if (define(&def, in) != TB_OK)
		return "BALLOT.DEFINITION";
	if (out == NULL)
		return NULL;
	assert_numbers(tb_vector_member(out, "w"), def.weights, def.num_weights);
	assert_numbers(tb_vector_member(out, "u"), def.bit_weights, def.num_bits);
	assert_int_equal(tb_vector_number(out, "bits"), def.num_bits);
	assert_int_equal(strlen(tb_vector_text(out, "definition")), 2 * def.bytes_len);
	tb_vector_assert(def.bytes, def.bytes_len, tb_vector_text(out, "definition"));
	return NULL;
}

/* False when the number of values is not that of the options, which no array here can say. */
static bool choice_of(const tb_bitproof_definition *def, uint32_t votes[TB_BITPROOF_MAX_OPTIONS],
	uint32_t *blank, const json_t *in)
{
	const json_t *choice = tb_vector_member(in, "choice"), *values = tb_vector_member(choice, "values");

	*blank = tb_vector_truth(choice, "blank");
	if (json_array_size(values) != def->num_options)
		return false;
	for (size_t i = 0; i < def->num_options; i++)
		votes[i] = (uint32_t)json_integer_value(json_array_get(values, i));
	return true;
}

static void assert_bits(const json_t *list, const uint8_t *bits, size_t num)
{
	assert_int_equal(json_array_size(list), num);
	for (size_t j = 0; j < num; j++)
		assert_int_equal(json_integer_value(json_array_get(list, j)), bits[j]);
}

static const char *run_bits(const json_t *in, const json_t *out)
{
	static tb_bitproof_definition def;
	static uint8_t bits[TB_BITPROOF_MAX_BITS];
	uint32_t votes[TB_BITPROOF_MAX_OPTIONS], blank;

	assert_int_equal(define(&def, in), TB_OK);
	if (!choice_of(&def, votes, &blank, in) || tb_bitproof_bits(&def, bits, votes, blank) != TB_OK)
		return "BALLOT.BITS";
	if (out != NULL)
		assert_bits(tb_vector_member(out, "bits"), bits, def.num_bits);
	return NULL;
}

/* What a statement needs: all of it in one place. */
typedef struct question {
	const tb_group *g;
	tb_bitproof_definition def;
	tb_bitproof_generators *generators; /* shared, of 24 bits or more; never freed */
	tb_bitproof_key key;
	tb_bitproof_binding binding;
	uint8_t context[32], voter_key[32];
} question;

static void question_of(question *q, const json_t *in)
{
	static tb_bitproof_generators *shared[2];
	tb_point h;
	size_t k;

	memset(q, 0, sizeof *q);
	q->g = group_of(in);
	k = q->g == tb_group_modp4096();
	assert_int_equal(define(&q->def, in), TB_OK);
	assert_true(q->def.num_bits <= 40);
	if (shared[k] == NULL)
		assert_int_equal(tb_bitproof_generators_new(q->g, &shared[k], k == 0 ? 40 : 8), TB_OK);
	q->generators = shared[k];
	point_of(q->g, &h, in, "h");
	tb_bitproof_key_init(&q->key, q->generators, &h);
	tb_vector_fixed(q->context, 32, in, "context");
	tb_vector_fixed(q->voter_key, 32, in, "voter_key");
	q->binding = (tb_bitproof_binding){.context = q->context,
		.voter = tb_vector_text(in, "voter"),
		.voter_len = strlen(tb_vector_text(in, "voter")),
		.voter_key = q->voter_key,
		.question = tb_vector_number(in, "question")};
}

static void assert_challenges(const question *q, const uint8_t *part, const json_t *out)
{
	const tb_bitproof_layout at = tb_bitproof_layout_of(q->g, &q->def);
	tb_transcript t;
	tb_scalar y, x;

	assert_int_equal(tb_bitproof_challenge_y(&t, &y, &q->key, &q->def, &q->binding, part), TB_OK);
	tb_bitproof_challenge_x(&t, &x, &y, q->g, &at, part);
	tb_transcript_release(&t);
	assert_scalar(q->g, &y, tb_vector_text(out, "y"));
	assert_scalar(q->g, &x, tb_vector_text(out, "x"));
}

/* The part holds every coin in one way or another, so equal bytes mean equal r, a, beta, rho, tau1, tau0 and delta. */
static const char *run_prove(const json_t *in, const json_t *out)
{
	static question q;
	static uint8_t bits[TB_BITPROOF_MAX_BITS];
	uint32_t votes[TB_BITPROOF_MAX_OPTIONS], blank;
	tb_bitproof_prover *prover;
	uint8_t seed[32], *part;
	size_t len;

	question_of(&q, in);
	len = tb_bitproof_bytes(q.g, &q.def);
	part = malloc(len);
	assert_non_null(part);
	assert_true(choice_of(&q.def, votes, &blank, in));
	tb_vector_fixed(seed, sizeof seed, in, "seed");
	assert_int_equal(tb_bitproof_bits(&q.def, bits, votes, blank), TB_OK);
	assert_bits(tb_vector_member(out, "bits"), bits, q.def.num_bits);
	assert_int_equal(tb_bitproof_prover_new(&prover, &q.key, q.def.num_bits), TB_OK);
	assert_int_equal(tb_bitproof_prove(prover, part, &q.def, &q.binding, votes, blank, seed), TB_OK);
	assert_int_equal(strlen(tb_vector_text(out, "part")), 2 * len);
	tb_vector_assert(part, len, tb_vector_text(out, "part"));
	assert_challenges(&q, part, out);
	tb_bitproof_prover_free(prover);
	free(part);
	return NULL;
}

static const char *rule_of(tb_err err, bool right_length)
{
	switch (err) {
	case TB_OK:
		return NULL;
	case TB_ERR_ENCODING:
		return right_length ? "BALLOT.POINTS" : "BALLOT.QUESTION";
	case TB_ERR_RANGE:
	case TB_ERR_GROUP:
		return "BALLOT.POINTS";
	case TB_ERR_PROOF:
		return "BALLOT.VERIFY";
	default:
		return tb_err_text(err);
	}
}

static const char *run_bitproof_verify(const json_t *in, const json_t *out)
{
	static question q;
	tb_bitproof *p;
	tb_batch *batch;
	uint8_t *part;
	size_t len;
	tb_err err;

	question_of(&q, in);
	part = tb_vector_bytes(&len, in, "part");
	assert_int_equal(tb_bitproof_new(q.g, &p, &q.def), TB_OK);
	assert_int_equal(tb_bitproof_batch_new(&q.key, &batch), TB_OK);
	err = tb_bitproof_verify(p, batch, &q.key, &q.binding, part, len);
	if (out != NULL)
		assert_challenges(&q, part, out);
	tb_batch_free(batch);
	tb_bitproof_free(p);
	free(part);
	return rule_of(err, len == tb_bitproof_bytes(q.g, &q.def));
}

static void test_ballot_proofs(void **state)
{
	tb_vector_operation operations[] = {{"bitproof.weights", run_weights, 0},
		{"bitproof.define", run_define, 0}, {"bitproof.bits", run_bits, 0},
		{"bitproof.prove", run_prove, 0}, {"bitproof.verify", run_bitproof_verify, 0}};

	(void)state;
	tb_vector_run("specs/vectors/bitproof.json", operations, 5);
}

static void test_ballot_proofs_in_modp4096(void **state)
{
	tb_vector_operation operations[] = {
		{"bitproof.prove", run_prove, 0}, {"bitproof.verify", run_bitproof_verify, 0}};

	(void)state;
	tb_vector_run("specs/vectors/bitproof_modp4096.json", operations, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_transcripts),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_ballot_proofs),
		cmocka_unit_test(test_ballot_proofs_in_modp4096),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

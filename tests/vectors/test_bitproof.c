/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a ballot for one question in both groups: definitions [BALLOT.DEFINITION], bits [BALLOT.BITS], coins [BALLOT.SEED],
 * proofs byte for byte [BALLOT.PROVE] with their challenges [BALLOT.CHALLENGE], and parts to be refused [BALLOT.VERIFY]
 * [BALLOT.POINTS] [BALLOT.QUESTION], the three forgeries among them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/bitproof_internal.h"
#include "tests/support/vectors.h"

/* ---- definitions and choices ---- */
static tb_err define(tb_bitproof_definition *out, const struct json_t *in)
{
	const struct json_t *d = tb_vector_member(in, "definition");

	return tb_bitproof_define(out, (uint32_t)tb_vector_int(d, "options"),
		(uint32_t)tb_vector_int(d, "score_max"), (uint32_t)tb_vector_int(d, "min"),
		(uint32_t)tb_vector_int(d, "max"), tb_vector_bool(d, "blank"));
}

static void expect_ints(const struct json_t *array, const uint32_t *found, size_t num)
{
	tb_vector_expect_num(array, num);
	for (size_t i = 0; i < num; i++)
		assert_int_equal(tb_vector_item_int(array, i), found[i]);
}

static void expect_bits(const struct json_t *array, const uint8_t *found, size_t num)
{
	tb_vector_expect_num(array, num);
	for (size_t i = 0; i < num; i++)
		assert_int_equal(tb_vector_item_int(array, i), found[i]);
}

static const char *weights(const tb_vector *v)
{
	uint32_t found[32];
	size_t num = tb_bitproof_weights(found, (uint32_t)tb_vector_int(v->in, "sum"));

	expect_ints(tb_vector_member(v->out, "weights"), found, num);
	return NULL;
}

static const char *definition(const tb_vector *v)
{
	static tb_bitproof_definition d;
	tb_err err = define(&d, v->in);

	if (err != TB_OK) {
		assert_true(err == TB_ERR_RANGE || err == TB_ERR_LIMIT);
		return "BALLOT.DEFINITION";
	}
	if (v->out == NULL)
		return NULL;
	expect_ints(tb_vector_member(v->out, "w"), d.weights, d.num_weights);
	expect_ints(tb_vector_member(v->out, "u"), d.bit_weights, d.num_bits);
	tb_vector_expect_int(v->out, "bits", d.num_bits);
	tb_vector_expect_bytes(v->out, "definition", d.bytes, d.bytes_len);
	return NULL;
}

typedef struct choice {
	uint32_t votes[TB_BITPROOF_MAX_OPTIONS], blank;
	size_t num;
} choice;

static void read_choice(choice *out, const struct json_t *in)
{
	const struct json_t *c = tb_vector_member(in, "choice"), *values = tb_vector_member(c, "values");

	out->blank = tb_vector_bool(c, "blank");
	out->num = tb_vector_num(values);
	assert_true(out->num <= TB_BITPROOF_MAX_OPTIONS);
	for (size_t i = 0; i < out->num; i++)
		out->votes[i] = (uint32_t)tb_vector_item_int(values, i);
}

static const char *bits(const tb_vector *v)
{
	static tb_bitproof_definition d;
	uint8_t found[TB_BITPROOF_MAX_BITS];
	choice c;
	tb_err err;

	assert_int_equal(define(&d, v->in), TB_OK);
	read_choice(&c, v->in);
	if (c.num != d.num_options) /* the array has as many as the definition says */
		return TB_VECTOR_LENGTH;
	err = tb_bitproof_bits(&d, found, c.votes, c.blank);
	if (err != TB_OK) {
		assert_int_equal(err, TB_ERR_RANGE);
		return "BALLOT.BITS";
	}
	if (v->out != NULL)
		expect_bits(tb_vector_member(v->out, "bits"), found, d.num_bits);
	return NULL;
}

/* ---- statements ---- */
typedef struct statement {
	const tb_group *g;
	tb_bitproof_definition definition;
	tb_bitproof_key key;
	tb_bitproof_binding binding;
	uint8_t context[32], voter_key[32];
} statement;

/* Made once for each group: twenty milliseconds apiece in modp4096. */
static const tb_bitproof_generators *generators_of(const tb_group *g)
{
	static tb_bitproof_generators *made[2];
	bool is_modp = g == tb_group_modp4096();

	if (made[is_modp] == NULL)
		assert_int_equal(tb_bitproof_generators_new(g, &made[is_modp], is_modp ? 8 : 24), TB_OK);
	return made[is_modp];
}

static void begin(statement *s, const struct json_t *in)
{
	uint8_t wire[TB_POINT_MAX_BYTES];
	tb_point h;

	s->g = tb_group_by_name(tb_vector_text(in, "group"));
	assert_non_null(s->g);
	assert_int_equal(define(&s->definition, in), TB_OK);
	tb_vector_exactly(wire, tb_group_point_bytes(s->g), in, "h");
	assert_int_equal(tb_point_parse(s->g, &h, wire), TB_OK);
	tb_bitproof_key_init(&s->key, generators_of(s->g), &h);
	tb_vector_exactly(s->context, 32, in, "context");
	tb_vector_exactly(s->voter_key, 32, in, "voter_key");
	s->binding = (tb_bitproof_binding){.context = s->context,
		.voter = tb_vector_text(in, "voter"),
		.voter_key = s->voter_key,
		.question = tb_vector_int(in, "question")};
	s->binding.voter_len = strlen(s->binding.voter);
}

static void expect_challenges(const statement *s, const struct json_t *out, const uint8_t *part)
{
	const tb_bitproof_layout at = tb_bitproof_layout_of(s->g, &s->definition);
	uint8_t wire[TB_SCALAR_BYTES];
	tb_transcript t;
	tb_scalar y, x;

	assert_int_equal(tb_bitproof_challenge_y(&t, &y, &s->key, &s->definition, &s->binding, part), TB_OK);
	tb_bitproof_challenge_x(&t, &x, &y, s->g, &at, part);
	tb_transcript_release(&t);
	tb_scalar_write(s->g, wire, &y);
	tb_vector_expect_bytes(out, "y", wire, sizeof wire);
	tb_scalar_write(s->g, wire, &x);
	tb_vector_expect_bytes(out, "x", wire, sizeof wire);
}

/* ---- proving ---- */
static void scalar_member(const tb_group *g, tb_scalar *out, const struct json_t *object, const char *key)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_vector_exactly(wire, sizeof wire, object, key);
	assert_int_equal(tb_scalar_parse(g, out, wire), TB_OK);
}

static void secret_member(const tb_group *g, tb_secret *out, const struct json_t *object, const char *key)
{
	tb_scalar s;

	scalar_member(g, &s, object, key);
	tb_secret_set_scalar(g, out, &s);
}

static void secret_item(const tb_group *g, tb_secret *out, const struct json_t *array, size_t i)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_vector_item_exactly(wire, sizeof wire, array, i);
	assert_int_equal(tb_secret_parse(g, out, wire), TB_OK);
}

/* k*g stands at `wire`. */
static void assert_multiple(const tb_group *g, const uint8_t *wire, const tb_secret *k)
{
	uint8_t found[TB_POINT_MAX_BYTES];
	tb_point P;

	tb_point_mul_generator_secret(g, &P, k);
	tb_point_write(g, found, &P);
	assert_memory_equal(found, wire, tb_group_point_bytes(g));
}

/* x*secret + mask stands at `wire`. */
static void assert_response(const tb_group *g, const uint8_t *wire, const tb_scalar *x,
	const tb_secret *secret, const tb_secret *mask)
{
	uint8_t found[TB_SCALAR_BYTES];
	tb_scalar z;

	tb_secret_respond(g, &z, mask, x, secret);
	tb_scalar_write(g, found, &z);
	assert_memory_equal(found, wire, sizeof found);
}

/* za, z1 and zd, in which beta, rho, tau1, tau0, delta and every r_i stand. */
static void assert_responses(
	const statement *s, const struct json_t *out, const uint8_t *z, const tb_scalar *x)
{
	const struct json_t *r = tb_vector_member(out, "r");
	tb_secret secret, mask, one;
	tb_scalar y;

	secret_member(s->g, &secret, out, "beta");
	secret_member(s->g, &mask, out, "rho");
	assert_response(s->g, z, x, &secret, &mask);
	secret_member(s->g, &secret, out, "tau1");
	secret_member(s->g, &mask, out, "tau0");
	assert_response(s->g, z + TB_SCALAR_BYTES, x, &secret, &mask);
	scalar_member(s->g, &y, out, "y");
	tb_secret_set_u64(s->g, &secret, 0);
	for (size_t i = s->definition.num_options; i-- > 0;) {
		secret_item(s->g, &one, r, i);
		tb_secret_mul_scalar(s->g, &secret, &secret, &y);
		tb_secret_add(s->g, &secret, &secret, &one);
	}
	secret_member(s->g, &mask, out, "delta");
	assert_response(s->g, z + 2 * TB_SCALAR_BYTES, x, &secret, &mask);
}

/* The coins that the file shows are those of the part: each opens an element or stands in a response. */
static void assert_coins(const statement *s, const struct json_t *out, const uint8_t *part, const uint8_t *b)
{
	const tb_bitproof_layout at = tb_bitproof_layout_of(s->g, &s->definition);
	const struct json_t *r = tb_vector_member(out, "r"), *a = tb_vector_member(out, "a");
	size_t point = tb_group_point_bytes(s->g);
	tb_secret secret, mask;
	tb_scalar x;

	tb_vector_expect_num(r, s->definition.num_options);
	for (size_t i = 0; i < s->definition.num_options; i++) {
		secret_item(s->g, &secret, r, i);
		assert_multiple(s->g, part + 2 * i * point, &secret);
	}
	scalar_member(s->g, &x, out, "x");
	tb_vector_expect_num(a, s->definition.num_bits);
	for (size_t j = 0; j < s->definition.num_bits; j++) {
		tb_secret_set_u64(s->g, &secret, b[j]);
		secret_item(s->g, &mask, a, j);
		assert_response(s->g, part + at.bits + j * TB_SCALAR_BYTES, &x, &secret, &mask);
	}
	assert_responses(s, out, part + at.responses, &x);
}

static const char *prove(const tb_vector *v)
{
	static statement s;
	uint8_t seed[32], b[TB_BITPROOF_MAX_BITS];
	tb_bitproof_prover *prover;
	uint8_t *part;
	size_t len;
	choice c;

	begin(&s, v->in);
	read_choice(&c, v->in);
	tb_vector_exactly(seed, sizeof seed, v->in, "seed");
	assert_int_equal(tb_bitproof_bits(&s.definition, b, c.votes, c.blank), TB_OK);
	expect_bits(tb_vector_member(v->out, "bits"), b, s.definition.num_bits);
	assert_int_equal(tb_bitproof_prover_new(&prover, &s.key, s.definition.num_bits), TB_OK);
	len = tb_bitproof_bytes(s.g, &s.definition);
	part = malloc(len);
	assert_non_null(part);
	assert_int_equal(
		tb_bitproof_prove(prover, part, &s.definition, &s.binding, c.votes, c.blank, seed), TB_OK);
	expect_challenges(&s, v->out, part);
	tb_vector_expect_bytes(v->out, "part", part, len);
	assert_coins(&s, v->out, part, b);
	tb_bitproof_prover_free(prover);
	free(part);
	return NULL;
}

/* ---- verifying ---- */
static const char *verify(const tb_vector *v)
{
	static statement s;
	tb_bitproof *proof;
	tb_batch *batch;
	bool wrong_length;
	tb_buf part;
	tb_err err;

	begin(&s, v->in);
	tb_vector_bytes(&part, v->in, "part");
	wrong_length = part.len != tb_bitproof_bytes(s.g, &s.definition);
	assert_int_equal(tb_bitproof_new(s.g, &proof, &s.definition), TB_OK);
	assert_int_equal(tb_bitproof_batch_new(&s.key, &batch), TB_OK);
	err = tb_bitproof_verify(proof, batch, &s.key, &s.binding, part.data, part.len);
	if (v->out != NULL && err == TB_OK)
		expect_challenges(&s, v->out, part.data);
	tb_batch_free(batch);
	tb_bitproof_free(proof);
	tb_buf_release(&part);
	if (err == TB_ERR_PROOF)
		return "BALLOT.VERIFY";
	/* Whoever reads a ballot compares the length first, with a rule of its own. */
	if (err == TB_ERR_ENCODING && wrong_length)
		return "BALLOT.QUESTION";
	if (err != TB_OK)
		assert_true(err == TB_ERR_ENCODING || err == TB_ERR_GROUP || err == TB_ERR_RANGE);
	return err == TB_OK ? NULL : "BALLOT.POINTS";
}

int main(void)
{
	static const char *const topics[] = {"bitproof", "bitproof_modp4096"};
	static const tb_vector_op ops[] = {
		{"bitproof.weights", weights},
		{"bitproof.define", definition},
		{"bitproof.bits", bits},
		{"bitproof.prove", prove},
		{"bitproof.verify", verify},
	};

	return tb_vectors_run(topics, 2, ops, sizeof ops / sizeof ops[0]);
}

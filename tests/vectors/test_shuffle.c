/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shuffles of another implementation: generators [SHUFFLE.GENERATORS], outputs and proofs made from the same coins byte for byte
 * [SHUFFLE.PROVE] [SHUFFLE.CHALLENGE], proofs that hold and proofs to be refused [SHUFFLE.VERIFY] [SHUFFLE.WIRE].  The coins are given
 * to the real prover: its sources of randomness are replaced at link time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/rand.h"
#include "crypto/shuffle_internal.h"
#include "tests/support/vectors.h"

/* ---- coins ---- */
#define MOST_COINS 256
#define MOST_ROWS 16

static tb_secret coins[MOST_COINS];
static size_t num_coins, next_coin;
static uint64_t keys[MOST_ROWS]; /* row j of the inputs comes to row keys[j] */
static bool is_scripted;

tb_err __real_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out)
{
	if (!is_scripted)
		return __real_tb_secret_random(g, out);
	assert_true(next_coin < num_coins);
	*out = coins[next_coin++];
	return TB_OK;
}

/* The prover draws the keys of the permutation from here, the verifier its randomisers. */
tb_err __real_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len)
{
	if (!is_scripted)
		return __real_tb_random(out, len);
	for (size_t j = 0; j < len / 16; j++) {
		const unsigned __int128 key = keys[j];

		memcpy((uint8_t *)out + 16 * j, &key, sizeof key);
	}
	return TB_OK;
}

static void add_coin(const tb_group *g, const struct json_t *array, size_t index)
{
	uint8_t wire[TB_SCALAR_BYTES];

	assert_true(num_coins < MOST_COINS);
	tb_vector_item_exactly(wire, sizeof wire, array, index);
	assert_int_equal(tb_secret_parse(g, &coins[num_coins++], wire), TB_OK);
}

static void add_named_coin(const tb_group *g, const struct json_t *object, const char *name)
{
	uint8_t wire[TB_SCALAR_BYTES];

	assert_true(num_coins < MOST_COINS);
	tb_vector_exactly(wire, sizeof wire, object, name);
	assert_int_equal(tb_secret_parse(g, &coins[num_coins++], wire), TB_OK);
}

/* In the order in which tb_shuffle_make() draws on one thread; its r_i is that of the input that comes to i. */
static void read_coins(const tb_group *g, const struct json_t *in, size_t num, size_t width)
{
	const struct json_t *order = tb_vector_member(in, "permutation"), *s = tb_vector_member(in, "s");
	const struct json_t *given = tb_vector_member(in, "coins"), *r = tb_vector_member(given, "r");
	const struct json_t *x = tb_vector_member(given, "x"), *o = tb_vector_member(given, "o");
	const struct json_t *y = tb_vector_member(given, "y"), *m4 = tb_vector_member(given, "m4");

	assert_true(num <= MOST_ROWS);
	num_coins = next_coin = 0;
	for (size_t i = 0; i < num; i++) {
		const uint64_t j = tb_vector_item_int(order, i) - 1;

		assert_true(j < num);
		keys[j] = i;
		add_coin(g, r, j);
		for (size_t k = 0; k < width; k++)
			add_coin(g, s, i * width + k);
		add_coin(g, y, i);
		add_coin(g, x, i);
		add_coin(g, o, i);
	}
	add_named_coin(g, given, "m1");
	add_named_coin(g, given, "m2");
	add_named_coin(g, given, "m3");
	for (size_t k = 0; k < width; k++)
		add_coin(g, m4, k);
}

/* ---- statements ---- */
typedef struct scene {
	tb_shuffle_statement st;
	tb_shuffle_generators *generators;
	tb_point h;
	tb_buf binding, inputs;
} scene;

static const tb_parallel alone = {.threads = 1};

static void begin(scene *s, const struct json_t *in)
{
	const tb_group *g = tb_group_by_name(tb_vector_text(in, "group"));
	uint8_t wire[TB_POINT_MAX_BYTES];
	size_t width = tb_vector_int(in, "width");

	assert_non_null(g);
	tb_vector_bytes(&s->binding, in, "binding");
	tb_vector_bytes(&s->inputs, in, "inputs");
	tb_vector_exactly(wire, tb_group_point_bytes(g), in, "h");
	assert_int_equal(tb_point_parse(g, &s->h, wire), TB_OK);
	s->st = (tb_shuffle_statement){.h = &s->h,
		.binding = s->binding.data,
		.binding_len = s->binding.len,
		.num = s->inputs.len / (2 * width * tb_group_point_bytes(g)),
		.width = width,
		.inputs = s->inputs.data,
		.inputs_len = s->inputs.len};
	assert_int_equal(tb_shuffle_generators_new(g, &s->generators, s->st.num, &alone), TB_OK);
	s->st.generators = s->generators;
}

static void end(scene *s)
{
	tb_shuffle_generators_free(s->generators);
	tb_buf_release(&s->binding);
	tb_buf_release(&s->inputs);
}

static const char *generators(const tb_vector *v)
{
	const tb_group *g = tb_group_ristretto255();
	const struct json_t *points = tb_vector_member(v->out, "points");
	size_t num = tb_vector_int(v->in, "count");
	tb_shuffle_generators *gens;
	uint8_t wire[32];

	assert_int_equal(tb_shuffle_generators_new(g, &gens, num, &alone), TB_OK);
	tb_vector_expect_num(points, num + 1);
	for (size_t i = 0; i <= num; i++) {
		tb_point_write(g, wire, tb_points_at(&gens->H, i));
		tb_vector_expect_item(points, i, wire, sizeof wire);
	}
	tb_shuffle_generators_free(gens);
	return NULL;
}

static void expect_scalar(const tb_group *g, const struct json_t *out, const char *key, const tb_scalar *k)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_scalar_write(g, wire, k);
	tb_vector_expect_bytes(out, key, wire, sizeof wire);
}

static void expect_challenges(
	const scene *s, const struct json_t *out, const uint8_t *outputs, const uint8_t *proof)
{
	const tb_group *g = s->generators->g;
	const struct json_t *expected = tb_vector_member(out, "u");
	uint8_t seed[64], wire[TB_SCALAR_BYTES];
	tb_transcript t, exponents;
	tb_scalar u, challenge;

	assert_int_equal(tb_shuffle_seed(&t, seed, &s->st, outputs, proof), TB_OK);
	tb_vector_expect_bytes(out, "exponent_seed", seed, sizeof seed);
	assert_int_equal(tb_shuffle_exponents(&exponents, seed), TB_OK);
	tb_vector_expect_num(expected, s->st.num);
	for (size_t i = 0; i < s->st.num; i++) {
		tb_shuffle_exponent(g, &exponents, &u, i + 1);
		tb_scalar_write(g, wire, &u);
		tb_vector_expect_item(expected, i, wire, sizeof wire);
	}
	tb_shuffle_challenge(&t, &challenge, &s->st, proof);
	expect_scalar(g, out, "v", &challenge);
}

static const char *prove(const tb_vector *v)
{
	tb_shuffle_place place;
	uint8_t *outputs, *proof;
	size_t proof_len;
	scene s;

	begin(&s, v->in);
	proof_len = tb_shuffle_proof_bytes(s.generators->g, s.st.num, s.st.width);
	outputs = malloc(s.st.inputs_len);
	proof = malloc(proof_len);
	assert_true(outputs != NULL && proof != NULL);
	read_coins(s.generators->g, v->in, s.st.num, s.st.width);
	is_scripted = true;
	assert_int_equal(tb_shuffle_make(&s.st, outputs, proof, &alone, &place), TB_OK);
	is_scripted = false;
	assert_int_equal(next_coin, num_coins);
	tb_vector_expect_bytes(v->out, "outputs", outputs, s.st.inputs_len);
	tb_vector_expect_bytes(v->out, "proof", proof, proof_len);
	expect_challenges(&s, v->out, outputs, proof);
	free(outputs);
	free(proof);
	end(&s);
	return NULL;
}

static const char *verify(const tb_vector *v)
{
	tb_shuffle_place place;
	tb_buf outputs, proof;
	tb_err err;
	scene s;

	begin(&s, v->in);
	tb_vector_bytes(&outputs, v->in, "outputs");
	tb_vector_bytes(&proof, v->in, "proof");
	err = tb_shuffle_verify(&s.st, outputs.data, outputs.len, proof.data, proof.len, &alone, &place);
	assert_true(err == TB_OK || err == TB_ERR_ENCODING || err == TB_ERR_PROOF);
	tb_buf_release(&outputs);
	tb_buf_release(&proof);
	end(&s);
	return err == TB_OK ? NULL : "SHUFFLE.VERIFY";
}

int main(void)
{
	static const char *const topics[] = {"shuffle"};
	static const tb_vector_op ops[] = {
		{"shuffle.generators", generators},
		{"shuffle.prove", prove},
		{"shuffle.verify", verify},
	};

	return tb_vectors_run(topics, sizeof topics / sizeof topics[0], ops, sizeof ops / sizeof ops[0]);
}

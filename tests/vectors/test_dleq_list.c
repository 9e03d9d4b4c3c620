/* SPDX-License-Identifier: Apache-2.0 */
/* One proof for a list of decryption shares [DLEQ.LIST].  tb_secret_random() is replaced at link time: it hands out the nonce of the case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/dleq_list.h"
#include "crypto/transcript.h"
#include "tests/support/vectors.h"

enum { MAX_PAIRS = 64, POINT = 32 };

static const tb_parallel threads = {.threads = 2};
static uint8_t nonce[TB_SCALAR_BYTES];
static size_t num_drawn;

tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out)
{
	assert_int_equal(num_drawn++, 0);
	return tb_secret_parse(g, out, nonce);
}

/* How many points there are; in their wire form, one behind the other. */
static size_t points_of(uint8_t *out, const struct json_t *in, const char *key)
{
	const struct json_t *list = tb_vector_member(in, key);
	size_t num = tb_vector_num(list);

	assert_true(num <= MAX_PAIRS);
	for (size_t i = 0; i < num; i++)
		tb_vector_item_exactly(out + i * POINT, POINT, list, i);
	return num;
}

static void expect_points(const struct json_t *out, const char *key, const uint8_t *found, size_t num)
{
	const struct json_t *list = tb_vector_member(out, key);

	tb_vector_expect_num(list, num);
	for (size_t i = 0; i < num; i++)
		tb_vector_expect_item(list, i, found + i * POINT, POINT);
}

/* Seed and factors as the specification has them; the library does not show its own. */
static void expect_factors(const struct json_t *out, const tb_group *g, const tb_dleq_list *list)
{
	const struct json_t *factors = tb_vector_member(out, "factors");
	uint8_t seed[64], wide[64], wire[TB_SCALAR_BYTES];
	tb_transcript t;
	tb_scalar f;

	assert_int_equal(tb_transcript_init(&t, "tabella/v1/dleq-list"), TB_OK);
	tb_transcript_bytes(&t, "group", tb_group_name(g), strlen(tb_group_name(g)));
	tb_transcript_bytes(&t, "binding", list->binding, list->binding_len);
	tb_transcript_point(&t, g, "Y", list->Y);
	tb_transcript_bytes(&t, "H", list->H, list->num * POINT);
	tb_transcript_bytes(&t, "Z", list->Z, list->num * POINT);
	tb_transcript_output(&t, seed);
	tb_transcript_release(&t);
	tb_vector_expect_bytes(out, "list_seed", seed, sizeof seed);
	tb_vector_expect_num(factors, list->num);
	for (size_t i = 0; i < list->num; i++) {
		assert_int_equal(tb_transcript_init(&t, "tabella/v1/dleq-list-factor"), TB_OK);
		tb_transcript_bytes(&t, "seed", seed, sizeof seed);
		tb_transcript_u64(&t, "index", i + 1);
		tb_transcript_output(&t, wide);
		tb_transcript_release(&t);
		tb_scalar_reduce64(g, &f, wide);
		tb_scalar_write(g, wire, &f);
		tb_vector_expect_item(factors, i, wire, sizeof wire);
	}
}

static const char *prove(const tb_vector *v)
{
	const tb_group *g = tb_group_by_name("ristretto255");
	uint8_t H[MAX_PAIRS * POINT], Z[MAX_PAIRS * POINT], wire[TB_DLEQ_MAX_BYTES], secret[TB_SCALAR_BYTES],
		y[POINT];
	tb_dleq_list list = {.H = H, .H_step = POINT, .Z = Z};
	tb_dleq_proof proof;
	tb_point Y;
	tb_secret x;
	tb_buf binding;

	tb_vector_exactly(secret, sizeof secret, v->in, "secret");
	tb_vector_exactly(nonce, sizeof nonce, v->in, "nonce");
	tb_vector_bytes(&binding, v->in, "binding");
	list.num = points_of(H, v->in, "h");
	list.binding = binding.data;
	list.binding_len = binding.len;
	list.Y = &Y;
	assert_int_equal(tb_secret_parse(g, &x, secret), TB_OK);
	tb_point_mul_generator_secret(g, &Y, &x);
	assert_int_equal(tb_dleq_list_multiply(g, Z, H, POINT, list.num, &x, &threads), TB_OK);
	num_drawn = 0;
	assert_int_equal(tb_dleq_list_prove(g, &proof, &list, &x, &threads), TB_OK);
	assert_int_equal(num_drawn, 1);
	tb_point_write(g, y, &Y);
	tb_vector_expect_bytes(v->out, "y", y, sizeof y);
	expect_points(v->out, "z", Z, list.num);
	expect_factors(v->out, g, &list);
	tb_dleq_write(g, wire, &proof);
	tb_vector_expect_bytes(v->out, "proof", wire, tb_dleq_bytes(g));
	tb_buf_release(&binding);
	return NULL;
}

static const char *verify(const tb_vector *v)
{
	const tb_group *g = tb_group_by_name("ristretto255");
	uint8_t H[MAX_PAIRS * POINT], Z[MAX_PAIRS * POINT], y[POINT];
	tb_dleq_list list = {.H = H, .H_step = POINT, .Z = Z};
	tb_dleq_proof proof;
	tb_buf binding, wire;
	size_t bad;
	tb_point Y;
	tb_err err;

	tb_vector_exactly(y, sizeof y, v->in, "y");
	tb_vector_bytes(&binding, v->in, "binding");
	tb_vector_bytes(&wire, v->in, "proof");
	list.num = points_of(H, v->in, "h");
	assert_int_equal(points_of(Z, v->in, "z"), list.num);
	list.binding = binding.data;
	list.binding_len = binding.len;
	list.Y = &Y;
	assert_int_equal(tb_point_parse(g, &Y, y), TB_OK);
	assert_int_equal(wire.len, tb_dleq_bytes(g));
	err = tb_dleq_parse(g, &proof, wire.data);
	if (err == TB_OK)
		err = tb_dleq_list_verify(g, &proof, &list, &threads, &bad);
	assert_true(err == TB_OK || err == TB_ERR_PROOF || err == TB_ERR_ENCODING);
	tb_buf_release(&wire);
	tb_buf_release(&binding);
	return err == TB_OK ? NULL : "DLEQ.LIST";
}

int main(void)
{
	static const char *const topics[] = {"dleq_list"};
	static const tb_vector_op ops[] = {{"dleq_list.prove", prove}, {"dleq_list.verify", verify}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Elements and scalars of both groups [GROUP.RISTRETTO] [GROUP.MODP] [GROUP.MODP.ORDER] [GROUP.SCALAR]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <decaf.h>

#include "crypto/group.h"
#include "tests/support/vectors.h"

static const tb_group *group_of(const struct json_t *in)
{
	const tb_group *g = tb_group_by_name(tb_vector_text(in, "group"));

	assert_non_null(g);
	return g;
}

/* An element of which nothing is trusted, with the order test that follows every parse.  NULL, or the broken rule. */
static const char *read_point(const tb_group *g, tb_point *out, const struct json_t *in, const char *key)
{
	const tb_point *const one[] = {out};
	uint8_t wire[TB_POINT_MAX_BYTES];
	const char *parse_rule = g == tb_group_modp4096() ? "GROUP.MODP" : "GROUP.RISTRETTO";
	tb_err err;

	if (!tb_vector_fixed(wire, tb_group_point_bytes(g), in, key))
		return TB_VECTOR_LENGTH;
	err = tb_point_parse(g, out, wire);
	if (err != TB_OK) {
		assert_true(err == TB_ERR_ENCODING || err == TB_ERR_GROUP);
		return parse_rule;
	}
	err = tb_points_check_order(g, one, 1);
	if (err != TB_OK) {
		assert_int_equal(err, TB_ERR_GROUP);
		return "GROUP.MODP.ORDER";
	}
	return NULL;
}

static void expect_point(const tb_group *g, const struct json_t *out, const tb_point *found)
{
	uint8_t wire[TB_POINT_MAX_BYTES];

	tb_point_write(g, wire, found);
	tb_vector_expect_bytes(out, "point", wire, tb_group_point_bytes(g));
}

static const char *generator(const tb_vector *v)
{
	const tb_group *g = group_of(v->in);
	uint8_t little[TB_SCALAR_BYTES], big[TB_SCALAR_BYTES];
	const char *expected = tb_vector_text(v->out, "order");
	char order[2 * TB_SCALAR_BYTES + 1] = "";
	tb_point p;

	tb_point_generator(g, &p);
	expect_point(g, v->out, &p);
	tb_group_order(g, little);
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = little[sizeof little - 1 - i];
	for (size_t i = 0; i < sizeof big; i++) {
		order[2 * i] = "0123456789abcdef"[big[i] >> 4];
		order[2 * i + 1] = "0123456789abcdef"[big[i] & 15];
	}
	assert_string_equal(order + strspn(order, "0"), expected);
	return NULL;
}

static const char *decode(const tb_vector *v)
{
	const tb_group *g = group_of(v->in);
	tb_point p;
	const char *rule = read_point(g, &p, v->in, "point");

	if (rule != NULL || v->out == NULL)
		return rule;
	expect_point(g, v->out, &p);
	assert_int_equal(tb_point_is_identity(g, &p), tb_vector_bool(v->out, "identity"));
	return NULL;
}

static void scalar_of(
	const tb_group *g, tb_scalar *out, uint8_t wire[TB_SCALAR_BYTES], const struct json_t *in)
{
	tb_vector_exactly(wire, TB_SCALAR_BYTES, in, "scalar");
	assert_int_equal(tb_scalar_parse(g, out, wire), TB_OK);
}

/* In every way that there is: public, secret, and from the tables. */
static const char *multiply(const tb_vector *v)
{
	const tb_group *g = group_of(v->in);
	uint8_t wire[TB_SCALAR_BYTES];
	tb_point p, product, G;
	tb_fixed_base *base;
	tb_secret secret;
	tb_scalar k;

	assert_null(read_point(g, &p, v->in, "point"));
	scalar_of(g, &k, wire, v->in);
	tb_point_mul_public(g, &product, &k, &p);
	expect_point(g, v->out, &product);
	assert_int_equal(tb_secret_parse(g, &secret, wire), TB_OK);
	tb_point_mul_secret(g, &product, &secret, &p);
	expect_point(g, v->out, &product);
	assert_int_equal(tb_fixed_base_new(g, &base, &p), TB_OK);
	tb_fixed_base_mul_secret(base, &product, &secret);
	expect_point(g, v->out, &product);
	tb_fixed_base_free(base);
	tb_point_generator(g, &G);
	if (tb_point_equal(g, &G, &p)) {
		tb_point_mul_generator_secret(g, &product, &secret);
		expect_point(g, v->out, &product);
	}
	return NULL;
}

static const char *add(const tb_vector *v)
{
	const tb_group *g = group_of(v->in);
	tb_point a, b, sum;

	assert_null(read_point(g, &a, v->in, "a"));
	assert_null(read_point(g, &b, v->in, "b"));
	tb_point_add(g, &sum, &a, &b);
	expect_point(g, v->out, &sum);
	tb_point_add_secret(g, &sum, &b, &a);
	expect_point(g, v->out, &sum);
	tb_point_sub(g, &sum, &sum, &b);
	assert_true(tb_point_equal(g, &sum, &a));
	return NULL;
}

/* The map behind [GROUP.HASH] has no name of its own in group.h; it is libdecaf's. */
static const char *from_uniform(const tb_vector *v)
{
	uint8_t uniform[64], wire[32];
	decaf_255_point_t p;

	tb_vector_exactly(uniform, sizeof uniform, v->in, "uniform");
	decaf_255_point_from_hash_uniform(p, uniform);
	decaf_255_point_encode(wire, p);
	tb_vector_expect_bytes(v->out, "point", wire, sizeof wire);
	return NULL;
}

static const char *scalar_parse(const tb_vector *v)
{
	const tb_group *g = group_of(v->in);
	uint8_t wire[TB_SCALAR_BYTES];
	tb_secret secret;
	tb_scalar k;
	tb_err err;

	tb_vector_exactly(wire, sizeof wire, v->in, "scalar");
	err = tb_scalar_parse(g, &k, wire);
	assert_int_equal(tb_secret_parse(g, &secret, wire), err);
	if (err != TB_OK) {
		assert_int_equal(err, TB_ERR_ENCODING);
		return "GROUP.SCALAR";
	}
	if (v->out == NULL)
		return NULL;
	tb_scalar_write(g, wire, &k);
	tb_vector_expect_bytes(v->out, "scalar", wire, sizeof wire);
	tb_secret_write(g, wire, &secret);
	tb_vector_expect_bytes(v->out, "scalar", wire, sizeof wire);
	return NULL;
}

static const char *scalar_reduce(const tb_vector *v)
{
	const tb_group *g = group_of(v->in);
	uint8_t bytes[64], wire[TB_SCALAR_BYTES];
	tb_secret secret;
	tb_scalar k;

	tb_vector_exactly(bytes, sizeof bytes, v->in, "bytes");
	tb_scalar_reduce64(g, &k, bytes);
	tb_scalar_write(g, wire, &k);
	tb_vector_expect_bytes(v->out, "scalar", wire, sizeof wire);
	tb_secret_reduce64(g, &secret, bytes);
	tb_secret_write(g, wire, &secret);
	tb_vector_expect_bytes(v->out, "scalar", wire, sizeof wire);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"group"};
	static const tb_vector_op ops[] = {
		{"group.generator", generator},
		{"group.decode", decode},
		{"group.multiply", multiply},
		{"group.add", add},
		{"group.from_uniform", from_uniform},
		{"scalar.parse", scalar_parse},
		{"scalar.reduce", scalar_reduce},
	};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Rankings: definitions [RANK.DEFINITION], choices [RANK.CHOICE] as elements [RANK.ENCODE] and back [RANK.DECODE]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/ranking.h"
#include "tests/support/vectors.h"

static tb_err define(tb_ranking_definition *out, const struct json_t *in)
{
	const struct json_t *d = tb_vector_member(in, "definition");

	return tb_ranking_define(out, (uint32_t)tb_vector_int(d, "options"),
		(uint32_t)tb_vector_int(d, "min"), (uint32_t)tb_vector_int(d, "max"),
		tb_vector_bool(d, "equal"));
}

static const char *definition(const tb_vector *v)
{
	uint8_t bytes[TB_RANKING_DEFINITION_BYTES];
	tb_ranking_definition def;

	if (define(&def, v->in) != TB_OK)
		return "RANK.DEFINITION";
	if (v->out == NULL)
		return NULL;
	tb_vector_expect_int(v->out, "d", def.d);
	tb_vector_expect_int(v->out, "w", def.w);
	tb_ranking_definition_write(bytes, &def);
	tb_vector_expect_bytes(v->out, "definition", bytes, sizeof bytes);
	return NULL;
}

static const char *encode(const tb_vector *v)
{
	const tb_group *g = tb_group_ristretto255();
	const struct json_t *ranks = tb_vector_member(v->in, "ranks");
	tb_point elements[TB_RANKING_MAX_WIDTH];
	uint32_t list[TB_RANKING_MAX_OPTIONS];
	tb_ranking_definition def;

	assert_int_equal(define(&def, v->in), TB_OK);
	if (tb_vector_num(ranks) != def.m) /* the array has as many as the definition says */
		return TB_VECTOR_LENGTH;
	for (uint32_t i = 0; i < def.m; i++)
		list[i] = (uint32_t)tb_vector_item_int(ranks, i);
	if (tb_ranking_encode(&def, elements, list) != TB_OK)
		return "RANK.CHOICE";
	if (v->out == NULL)
		return NULL;
	tb_vector_expect_num(tb_vector_member(v->out, "carried"), def.w);
	tb_vector_expect_num(tb_vector_member(v->out, "elements"), def.w);
	for (uint32_t k = 0; k < def.w; k++) {
		uint8_t wire[32], data[TB_EMBED_BYTES];

		tb_point_write(g, wire, &elements[k]);
		tb_vector_expect_item(tb_vector_member(v->out, "elements"), k, wire, sizeof wire);
		assert_int_equal(tb_point_extract(g, data, &elements[k]), TB_OK);
		tb_vector_expect_item(tb_vector_member(v->out, "carried"), k, data, sizeof data);
	}
	return NULL;
}

static const char *decode(const tb_vector *v)
{
	const struct json_t *wires = tb_vector_member(v->in, "elements"), *ranks;
	tb_point elements[TB_RANKING_MAX_WIDTH];
	uint32_t list[TB_RANKING_MAX_OPTIONS];
	tb_ranking_definition def;

	assert_int_equal(define(&def, v->in), TB_OK);
	tb_vector_expect_num(wires, def.w);
	for (uint32_t k = 0; k < def.w; k++) {
		uint8_t wire[32];

		tb_vector_item_exactly(wire, sizeof wire, wires, k);
		assert_int_equal(tb_point_parse(tb_group_ristretto255(), &elements[k], wire), TB_OK);
	}
	if (tb_ranking_decode(&def, list, elements) != TB_OK)
		return "RANK.DECODE";
	if (v->out == NULL)
		return NULL;
	ranks = tb_vector_member(v->out, "ranks");
	tb_vector_expect_num(ranks, def.m);
	for (uint32_t i = 0; i < def.m; i++)
		assert_int_equal(tb_vector_item_int(ranks, i), list[i]);
	return NULL;
}

static const char *embed(const tb_vector *v)
{
	uint8_t data[TB_EMBED_BYTES], wire[32];
	tb_point M;

	tb_vector_exactly(data, sizeof data, v->in, "carried");
	assert_int_equal(tb_point_embed(tb_group_ristretto255(), &M, data), TB_OK);
	tb_point_write(tb_group_ristretto255(), wire, &M);
	tb_vector_expect_bytes(v->out, "point", wire, sizeof wire);
	return NULL;
}

static const char *extract(const tb_vector *v)
{
	uint8_t data[TB_EMBED_BYTES], wire[32];
	tb_point M;

	tb_vector_exactly(wire, sizeof wire, v->in, "point");
	assert_int_equal(tb_point_parse(tb_group_ristretto255(), &M, wire), TB_OK);
	if (tb_point_extract(tb_group_ristretto255(), data, &M) != TB_OK)
		return "RANK.ENCODE";
	if (v->out != NULL)
		tb_vector_expect_bytes(v->out, "carried", data, sizeof data);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"ranking"};
	static const tb_vector_op ops[] = {{"ranking.define", definition}, {"ranking.encode", encode},
		{"ranking.decode", decode}, {"embed.embed", embed}, {"embed.extract", extract}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

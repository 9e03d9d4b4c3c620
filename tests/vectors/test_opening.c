/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ranked question's part of a ballot: coins [BALLOT.SEED], ciphertexts [RANK.ENCRYPT] and proof [RANK.PROVE] byte for byte with the
 * challenge [RANK.CHALLENGE], and parts to be refused [RANK.VERIFY] [RANK.QUESTION] [BALLOT.POINTS].
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/ranking.h"
#include "crypto/ballot_seed.h"
#include "crypto/opening.h"
#include "tests/support/vectors.h"

typedef struct statement {
	tb_ranking_definition definition;
	tb_bitproof_binding binding;
	tb_opening_statement proof;
	tb_point h;
	uint8_t context[32], voter_key[32], bytes[TB_RANKING_DEFINITION_BYTES];
} statement;

static void read_statement(statement *out, const struct json_t *in)
{
	const struct json_t *d = tb_vector_member(in, "definition");
	uint8_t wire[32];

	assert_string_equal(tb_vector_text(in, "group"), "ristretto255");
	assert_int_equal(tb_ranking_define(&out->definition, (uint32_t)tb_vector_int(d, "options"),
				 (uint32_t)tb_vector_int(d, "min"), (uint32_t)tb_vector_int(d, "max"),
				 tb_vector_bool(d, "equal")),
		TB_OK);
	tb_ranking_definition_write(out->bytes, &out->definition);
	tb_vector_exactly(out->context, 32, in, "context");
	tb_vector_exactly(out->voter_key, 32, in, "voter_key");
	tb_vector_exactly(wire, sizeof wire, in, "h");
	assert_int_equal(tb_point_parse(tb_group_ristretto255(), &out->h, wire), TB_OK);
	out->binding = (tb_bitproof_binding){.context = out->context,
		.voter = tb_vector_text(in, "voter"),
		.voter_len = strlen(tb_vector_text(in, "voter")),
		.voter_key = out->voter_key,
		.question = tb_vector_int(in, "question")};
	out->proof = (tb_opening_statement){.h = &out->h,
		.binding = &out->binding,
		.definition = out->bytes,
		.definition_len = sizeof out->bytes};
}

static void expect_coins(const statement *s, const struct json_t *out, const uint8_t *choices,
	size_t choices_len, const uint8_t seed[32])
{
	static const char *const names[] = {"r", "t"};
	const tb_group *g = tb_group_ristretto255();
	tb_ballot_seed coins;

	assert_int_equal(tb_ballot_seed_init(&coins, g, &s->binding, choices, choices_len, seed), TB_OK);
	for (size_t n = 0; n < 2; n++) {
		const struct json_t *list = tb_vector_member(out, names[n]);

		tb_vector_expect_num(list, s->definition.w);
		for (uint32_t k = 0; k < s->definition.w; k++) {
			uint8_t wire[TB_SCALAR_BYTES];
			tb_secret found;

			tb_ballot_seed_scalar(&coins, &found, names[n], k + 1);
			tb_secret_write(g, wire, &found);
			tb_vector_expect_item(list, k, wire, sizeof wire);
		}
	}
	tb_ballot_seed_release(&coins);
}

/* TB_OK, or what is wrong with the part. */
static tb_err check(const statement *s, const uint8_t *part, size_t len, tb_scalar *challenge)
{
	const tb_group *g = tb_group_ristretto255();
	tb_opening *o;
	tb_batch *batch;
	tb_err err;

	assert_int_equal(tb_opening_new(g, &o, s->definition.w), TB_OK);
	assert_int_equal(tb_batch_new(g, &batch, NULL, 0), TB_OK);
	err = tb_opening_parse(o, part, len);
	if (err == TB_OK)
		err = tb_opening_prepare(o, &s->proof);
	if (err == TB_OK)
		err = tb_opening_append(o, batch);
	if (err == TB_OK)
		err = tb_batch_check(batch);
	*challenge = *tb_opening_challenge(o);
	tb_batch_free(batch);
	tb_opening_free(o);
	return err;
}

static void expect_challenge(const struct json_t *out, const tb_scalar *found)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_scalar_write(tb_group_ristretto255(), wire, found);
	tb_vector_expect_bytes(out, "challenge", wire, sizeof wire);
}

static const char *prove(const tb_vector *v)
{
	const tb_group *g = tb_group_ristretto255();
	const struct json_t *ranks = tb_vector_member(v->in, "ranks");
	uint8_t seed[32], choices[1 + 4 * TB_RANKING_MAX_OPTIONS] = {0}, part[128 * TB_RANKING_MAX_WIDTH];
	tb_point elements[TB_RANKING_MAX_WIDTH];
	uint32_t list[TB_RANKING_MAX_OPTIONS];
	size_t len = 1;
	tb_scalar challenge;
	statement s;

	read_statement(&s, v->in);
	tb_vector_exactly(seed, sizeof seed, v->in, "seed");
	tb_vector_expect_num(ranks, s.definition.m);
	for (uint32_t i = 0; i < s.definition.m; i++, len += 4) {
		list[i] = (uint32_t)tb_vector_item_int(ranks, i);
		choices[len + 2] = (uint8_t)(list[i] >> 8);
		choices[len + 3] = (uint8_t)list[i];
	}
	assert_int_equal(tb_ranking_encode(&s.definition, elements, list), TB_OK);
	assert_int_equal(
		tb_opening_prove(g, part, &s.proof, elements, s.definition.w, choices, len, seed), TB_OK);
	assert_int_equal(check(&s, part, tb_opening_bytes(g, s.definition.w), &challenge), TB_OK);
	tb_vector_expect_bytes(v->out, "part", part, tb_opening_bytes(g, s.definition.w));
	expect_challenge(v->out, &challenge);
	expect_coins(&s, v->out, choices, len, seed);
	return NULL;
}

static const char *verify(const tb_vector *v)
{
	tb_scalar challenge;
	statement s;
	tb_buf part;
	tb_err err;
	bool has_length;

	read_statement(&s, v->in);
	tb_vector_bytes(&part, v->in, "part");
	has_length = part.len == tb_opening_bytes(tb_group_ristretto255(), s.definition.w);
	err = check(&s, part.data, part.len, &challenge);
	tb_buf_release(&part);
	if (err == TB_OK && v->out != NULL)
		expect_challenge(v->out, &challenge);
	if (err == TB_ERR_PROOF)
		return "RANK.VERIFY";
	assert_true(err == TB_OK || err == TB_ERR_ENCODING || err == TB_ERR_RANGE);
	return err == TB_OK ? NULL : has_length ? "BALLOT.POINTS" : "RANK.QUESTION";
}

int main(void)
{
	static const char *const topics[] = {"opening"};
	static const tb_vector_op ops[] = {{"opening.prove", prove}, {"opening.verify", verify}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

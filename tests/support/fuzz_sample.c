/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fuzz_sample.h"

#include <stdlib.h>

static const tb_sample_question QUESTIONS[] = {{3, 1, 1, 2, true}, {2, 3, 0, 6, false}};

const tb_sample *tb_fuzz_beginning(void)
{
	static tb_sample s;

	if (s.manifest.group == NULL)
		tb_sample_new(&s, tb_group_ristretto255(), QUESTIONS, 2, 3, 2);
	return &s;
}

const tb_sample *tb_fuzz_sample(void)
{
	static tb_sample s;

	if (s.params == NULL) {
		tb_sample_new(&s, tb_group_ristretto255(), QUESTIONS, 2, 3, 2);
		tb_sample_fixed_ceremony(&s);
	}
	return &s;
}

tb_tally *tb_fuzz_tally(void)
{
	const tb_tally_close close = {
		.leaf = {1}, .size = 20, .root = {2}, .electorate = 5, .weight_electorate = 5};
	static tb_tally *t;
	uint8_t leaf[32] = {3};
	tb_sample_ballot b;
	tb_fault fault;

	if (t != NULL)
		return t;
	TB_REQUIRE(tb_tally_new(&t, tb_fuzz_sample()->params) == TB_OK);
	for (uint64_t i = 0; i < 2; i++) {
		tb_sample_cast(&b, tb_fuzz_sample(), i, NULL);
		TB_REQUIRE(tb_tally_list(t, i, leaf, 1) == TB_OK);
		TB_REQUIRE(tb_tally_add_payload(t, i, b.payload.data, b.payload.len, 1, &fault) == TB_OK);
		tb_sample_ballot_free(&b);
	}
	TB_REQUIRE(tb_tally_finish(t, &close) == TB_OK);
	return t;
}

const tb_mix_stage *tb_fuzz_stage(void)
{
	static const tb_sample_question ranked[] = {{3, 0, 0, 3, false}, {44, 0, 0, 2, false}};
	static const uint32_t questions[] = {0, 1};
	static const uint8_t close[32] = {1};
	static tb_sample sample;
	static tb_mix_stage *stage;
	uint8_t *wire;

	if (stage != NULL)
		return stage;
	tb_sample_new(&sample, tb_group_ristretto255(), ranked, 2, 3, 2);
	tb_sample_fixed_key(&sample);
	wire = malloc(12 * 32);
	TB_REQUIRE(wire != NULL);
	for (uint32_t i = 0; i < 12; i++) {
		tb_point p;

		tb_point_hash(tb_group_ristretto255(), &p, "test/mix", &i, sizeof i);
		tb_point_write(tb_group_ristretto255(), wire + 32 * (size_t)i, &p);
	}
	TB_REQUIRE(tb_mix_stage_new(&stage, sample.params, close, questions, 2, 2, wire) == TB_OK);
	return stage;
}

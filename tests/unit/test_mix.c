/* SPDX-License-Identifier: Apache-2.0 */
/* Stages of mixed lists and the payload of `mix` [MIX] [MIX.WHEN] [MIX.FRESH] [SHUFFLE.VERIFY]; keeping ballots in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/election/mix.h"
#include "core/election/tally.h"
#include "crypto/shuffle.h"
#include "tests/support/fixture.h"
#include "tests/support/make_board.h"

enum { NUM = 11, RANKED = 1 /* the question */ };

static const tb_parallel WORK = {.threads = 2};

/* An open election, for its parameters; its ciphertexts are points of nobody's ballots. */
static tb_maker *maker;

static int setup(void **state)
{
	static const tb_maker_config config = {.small = true, .ranked = true};

	(void)state;
	maker = tb_maker_new(&config);
	tb_maker_until_open(maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_maker_free(maker);
	return 0;
}

static const tb_election_params *params(void)
{
	return tb_board_params(maker->board);
}

/* A || B of ballot i. */
static void ciphertext(uint8_t out[64], uint64_t i)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point P;

	for (uint64_t k = 0; k < 2; k++) {
		const uint64_t data[2] = {i, k};

		tb_point_hash(g, &P, "test/mix", data, sizeof data);
		tb_point_write(g, out + 32 * k, &P);
	}
}

static tb_mix_stage *stage_of(size_t num)
{
	static const uint8_t close[32] = {7};
	static const uint32_t question = RANKED;
	uint8_t *wire = malloc(64 * num);
	tb_mix_stage *s;

	assert_non_null(wire);
	for (size_t i = 0; i < num; i++)
		ciphertext(wire + 64 * i, i);
	assert_int_equal(tb_mix_stage_new(&s, params(), close, &question, 1, num, wire), TB_OK);
	return s;
}

static void make(const tb_mix_stage *s, tb_buf *payload, uint32_t trustee)
{
	tb_fault fault;

	tb_buf_init(payload, TB_BLOB_MAX_BYTES);
	assert_int_equal(tb_mix_make(s, payload, trustee, &WORK, &fault), TB_OK);
	assert_int_equal(payload->len, tb_mix_bytes(s));
}

static void expect(const tb_mix_stage *s, uint32_t trustee, const tb_buf *p, const char *rule)
{
	tb_fault fault = {0};
	tb_err err = tb_mix_check(s, trustee, p->data, p->len, &WORK, &fault);

	if (rule == NULL && err != TB_OK)
		fail_msg("refused: %s at %s: %s", fault.rule, fault.where, fault.found);
	if (rule != NULL && (err != TB_ERR_RULE || strcmp(fault.rule, rule) != 0))
		fail_msg("expected %s, found %s", rule, err == TB_ERR_RULE ? fault.rule : tb_err_text(err));
}

static void test_chains_of_mixes(void **state)
{
	static const size_t sizes[] = {1, 2, NUM};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		tb_mix_stage *s = stage_of(sizes[k]), *next;
		size_t bytes = tb_mix_bytes(s);

		for (uint32_t n = 1; n <= 3; n++) {
			tb_buf p;

			assert_int_equal(tb_mix_stage_number(s), n - 1);
			assert_int_equal(tb_mix_bytes(s), bytes); /* the same for every mix */
			assert_int_equal(
				bytes, 3 + 64 * sizes[k] + 160 * sizes[k] + 96 + 192); /* [SHUFFLE.WIRE] */
			make(s, &p, n);
			expect(s, n, &p, NULL);
			assert_true(tb_mix_is_readable(s, p.data, p.len, &WORK));
			assert_int_equal(tb_mix_next(&next, s, p.data, p.len), TB_OK);
			assert_memory_equal(tb_mix_stage_list(next, 0)->wire, p.data + 3, 64 * sizes[k]);
			assert_memory_not_equal(tb_mix_stage_hash(next), tb_mix_stage_hash(s), 32);
			/* the next one is held against the outputs of this one, not against its inputs */
			expect(next, n, &p, "MIX.WHEN");
			p.data[2]++;
			expect(next, n, &p, "MIX.FRESH");
			tb_buf_release(&p);
			tb_mix_stage_free(s);
			s = next;
		}
		tb_mix_stage_free(s);
	}
}

static void test_the_form(void **state)
{
	tb_mix_stage *s = stage_of(NUM);
	tb_buf p;

	(void)state;
	make(s, &p, 2);
	p.len--;
	expect(s, 2, &p, "MIX");
	assert_false(tb_mix_is_readable(s, p.data, p.len, &WORK));
	p.len++;
	tb_buf_u8(&p, 0);
	expect(s, 2, &p, "MIX");
	p.len = 0;
	expect(s, 2, &p, "MIX");
	p.len = tb_mix_bytes(s);
	p.data[0] = 2;
	expect(s, 2, &p, "MIX");
	p.data[0] = 1;
	expect(s, 1, &p, "MIX"); /* of another trustee */
	p.data[1] = 1;
	expect(s, 1, &p, "SHUFFLE.VERIFY"); /* S-06: and who mixed is in the challenge */
	p.data[1] = 2;
	p.data[2] = 2;
	expect(s, 2, &p, "MIX.WHEN");
	p.data[2] = 0;
	expect(s, 2, &p, "MIX.WHEN");
	p.data[2] = 1;
	expect(s, 2, &p, NULL);
	tb_buf_release(&p);
	tb_mix_stage_free(s);
}

/* Every byte of the outputs, and some of every part of the proof. */
static void test_flipped_bits(void **state)
{
	tb_mix_stage *s = stage_of(3);
	tb_fault fault;
	tb_buf p;

	(void)state;
	make(s, &p, 1);
	for (size_t at = 3; at < p.len; at += at < 3 + 3 * 64 ? 1 : 5) {
		p.data[at] ^= (uint8_t)(1u << at % 8);
		assert_int_equal(tb_mix_check(s, 1, p.data, p.len, &WORK, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "SHUFFLE.VERIFY");
		assert_int_equal(strncmp(fault.where, "questions[1]", 12), 0);
		p.data[at] ^= (uint8_t)(1u << at % 8);
	}
	expect(s, 1, &p, NULL);
	tb_buf_release(&p);
	tb_mix_stage_free(s);
}

/* S-04, S-05, S-10, S-13: nobody hides anything by copying. */
static void test_outputs_that_are_not_fresh(void **state)
{
	tb_mix_stage *s = stage_of(NUM);
	const uint8_t *inputs = tb_mix_stage_list(s, 0)->wire;
	uint8_t *outputs, kept[64 * NUM];
	tb_buf p;

	(void)state;
	make(s, &p, 1);
	outputs = p.data + 3;
	memcpy(kept, outputs, sizeof kept);
	memcpy(outputs, inputs, sizeof kept); /* nothing was done */
	expect(s, 1, &p, "MIX.FRESH");
	memcpy(outputs, kept, sizeof kept);
	memcpy(outputs + 64 * 3, inputs + 64 * 9, 32); /* one a of some input */
	expect(s, 1, &p, "MIX.FRESH");
	memcpy(outputs, kept, sizeof kept);
	memcpy(outputs + 64 * 3, outputs + 64 * 5, 32); /* of another output */
	expect(s, 1, &p, "MIX.FRESH");
	memcpy(outputs, kept, sizeof kept);
	memset(outputs + 64 * 4, 0, 32); /* the identity */
	expect(s, 1, &p, "MIX.FRESH");
	memcpy(outputs, kept, sizeof kept);
	ciphertext(outputs + 64 * 4, 1000); /* another ballot in the place of one */
	expect(s, 1, &p, "SHUFFLE.VERIFY");
	memcpy(outputs, kept, sizeof kept);
	memset(outputs + 64 * 4 + 32, 0xff, 32); /* no point */
	expect(s, 1, &p, "SHUFFLE.VERIFY");
	assert_false(tb_mix_is_readable(s, p.data, p.len, &WORK));
	tb_buf_release(&p);
	tb_mix_stage_free(s);
}

/* Inputs with one a (two voters who share their randomness) are nobody's fault and no reason to refuse a mix. */
static void test_equal_inputs_are_mixed(void **state)
{
	static const uint8_t close[32] = {7};
	static const uint32_t question = RANKED;
	uint8_t *wire = malloc(64 * 4);
	tb_mix_stage *s;
	tb_buf p;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		ciphertext(wire + 64 * i, i / 2);
	assert_int_equal(tb_mix_stage_new(&s, params(), close, &question, 1, 4, wire), TB_OK);
	make(s, &p, 1);
	expect(s, 1, &p, NULL);
	tb_buf_release(&p);
	tb_mix_stage_free(s);
}

/* S-06, S-09: a proof of another board is none here. */
static void test_the_binding(void **state)
{
	static const uint8_t other_close[32] = {8};
	static const uint32_t question = RANKED;
	tb_mix_stage *s = stage_of(NUM), *other;
	uint8_t *wire = malloc(64 * NUM);
	tb_buf p, expected, found;

	(void)state;
	memcpy(wire, tb_mix_stage_list(s, 0)->wire, 64 * NUM);
	assert_int_equal(tb_mix_stage_new(&other, params(), other_close, &question, 1, NUM, wire), TB_OK);
	make(s, &p, 1);
	expect(other, 1, &p, "SHUFFLE.VERIFY");
	expect(s, 1, &p, NULL);
	tb_buf_init(&expected, 1000);
	tb_buf_init(&found, 1000);
	tb_buf_item(&expected, "context", tb_board_binding(maker->board)->context, 32);
	tb_buf_item(&expected, "close", other_close, 32);
	tb_buf_item(&expected, "question", "\0\0\0\0\0\0\0\1", 8);
	tb_buf_item(&expected, "mix", "\0\0\0\0\0\0\0\1", 8);
	tb_buf_item(&expected, "trustee", "\0\0\0\0\0\0\0\3", 8);
	assert_int_equal(tb_mix_binding(&found, other, RANKED, 3), TB_OK);
	assert_int_equal(found.len, expected.len);
	assert_memory_equal(found.data, expected.data, found.len);
	tb_buf_release(&found);
	tb_buf_release(&expected);
	tb_buf_release(&p);
	tb_mix_stage_free(other);
	tb_mix_stage_free(s);
}

static void test_shared_stages(void **state)
{
	tb_mix_stage *s = stage_of(2), *t = tb_mix_stage_share(s);

	(void)state;
	tb_mix_stage_free(s);
	assert_int_equal(tb_mix_stage_list(t, 0)->num, 2);
	tb_mix_stage_free(t);
	tb_mix_stage_free(NULL);
}

/* ---- the order of the list, whoever sums up what ---- */

static void add(tb_tally *t, uint64_t i)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t wire[64];
	const uint8_t *parts[2] = {NULL, wire};
	tb_points points[2] = {{0}};

	ciphertext(wire, i);
	assert_int_equal(tb_points_new(g, &points[0], 4), TB_OK);
	assert_int_equal(tb_tally_keep(t, 100 + i, parts), TB_OK);
	assert_int_equal(tb_tally_add(t, points, 1), TB_OK);
	tb_points_free(&points[0]);
}

static tb_err finish(tb_tally *t)
{
	const tb_tally_close close = {.leaf = {7}, .size = 9, .electorate = NUM, .weight_electorate = NUM};

	for (uint64_t i = 0; i < NUM; i++) {
		const uint8_t leaf[32] = {(uint8_t)i};

		assert_int_equal(tb_tally_list(t, 100 + i, leaf, 1), TB_OK);
	}
	return tb_tally_finish(t, &close);
}

static void test_the_list_has_the_order_of_the_log(void **state)
{
	tb_mix_stage *expected = stage_of(NUM);

	(void)state;
	for (unsigned way = 0; way < 4; way++) {
		tb_tally *t, *partial;

		assert_int_equal(tb_tally_new(&t, params()), TB_OK);
		assert_int_equal(tb_tally_new(&partial, params()), TB_OK);
		for (uint64_t k = 0; k < NUM; k++) {
			uint64_t i = way >= 2 ? NUM - 1 - k : k;

			add(way % 2 == 1 && k % 3 == 0 ? partial : t, i);
		}
		assert_int_equal(tb_tally_merge(t, partial), TB_OK);
		assert_int_equal(finish(t), TB_OK);
		assert_non_null(tb_tally_stage(t));
		assert_memory_equal(tb_mix_stage_hash(tb_tally_stage(t)), tb_mix_stage_hash(expected), 32);
		assert_int_equal(tb_tally_mixes_due(t), 2);
		tb_tally_free(partial);
		tb_tally_free(t);
	}
	tb_mix_stage_free(expected);
}

/* G-05, S-02: what is mixed is what is listed, each ballot once. */
static void test_other_ballots_than_listed(void **state)
{
	(void)state;
	for (unsigned way = 0; way < 3; way++) {
		tb_tally *t;

		assert_int_equal(tb_tally_new(&t, params()), TB_OK);
		for (uint64_t i = 0; i < NUM - 1; i++)
			add(t, i);
		add(t, way == 0 ? NUM - 1 : way == 1 ? NUM : 3);
		assert_int_equal(finish(t), way == 0 ? TB_OK : TB_ERR_STATE);
		tb_tally_free(t);
	}
}

/* [MIX.WHEN] as the tally keeps it: one of each trustee, as many as are asked for. */
static void test_taking_mixes_in(void **state)
{
	tb_tally *t;
	tb_buf p;

	(void)state;
	assert_int_equal(tb_tally_new(&t, params()), TB_OK);
	for (uint64_t i = 0; i < NUM; i++)
		add(t, i);
	assert_int_equal(finish(t), TB_OK);
	make(tb_tally_stage(t), &p, 3);
	assert_int_equal(tb_tally_apply_mix(t, 3, p.data, p.len - 1), TB_ERR_STATE);
	assert_int_equal(tb_tally_apply_mix(t, 3, p.data, p.len), TB_OK);
	assert_true(tb_tally_has_mix(t, 3));
	assert_false(tb_tally_has_mix(t, 1));
	assert_int_equal(tb_tally_mixes_due(t), 1);
	tb_buf_release(&p);
	make(tb_tally_stage(t), &p, 3);
	assert_int_equal(tb_tally_apply_mix(t, 3, p.data, p.len), TB_ERR_STATE);
	assert_int_equal(tb_tally_apply_mix(t, 1, p.data, p.len), TB_OK);
	assert_int_equal(tb_tally_mixes_due(t), 0);
	assert_int_equal(tb_tally_apply_mix(t, 2, p.data, p.len), TB_ERR_STATE);
	assert_int_equal(tb_tally_decrypt_bytes(t), 2 + 2 * 128 + NUM * 32 + 96 + 128);
	tb_buf_release(&p);
	tb_tally_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains_of_mixes),
		cmocka_unit_test(test_the_form),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_outputs_that_are_not_fresh),
		cmocka_unit_test(test_equal_inputs_are_mixed),
		cmocka_unit_test(test_the_binding),
		cmocka_unit_test(test_shared_stages),
		cmocka_unit_test(test_the_list_has_the_order_of_the_log),
		cmocka_unit_test(test_other_ballots_than_listed),
		cmocka_unit_test(test_taking_mixes_in),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

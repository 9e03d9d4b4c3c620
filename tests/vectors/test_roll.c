/* SPDX-License-Identifier: Apache-2.0 */
/* The roll: chunks [ROLL] [ROLL.KEYS] [ROLL.WEIGHTS] and changes [ROLL.CHANGE]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/roll.h"
#include "tests/support/vectors.h"

/* ---- building ---- */
static tb_err take_chunk(tb_roll *roll, const char *text, tb_fault *fault)
{
	tb_roll_chunk chunk;
	tb_buf again;
	tb_err err = tb_roll_chunk_parse(&chunk, text, strlen(text), fault);

	if (err != TB_OK)
		return err;
	tb_buf_init(&again, TB_BLOB_MAX_BYTES);
	assert_int_equal(tb_roll_chunk_write(&again, &chunk), TB_OK);
	assert_string_equal(tb_buf_cstr(&again), text);
	tb_buf_release(&again);
	err = tb_roll_check_chunk(roll, &chunk, fault);
	if (err == TB_OK)
		err = tb_roll_apply_chunk(roll, &chunk);
	tb_roll_chunk_release(&chunk);
	return err;
}

static tb_err take_change(tb_roll *roll, const char *text, tb_fault *fault)
{
	tb_roll_change change;
	tb_err err = tb_roll_change_parse(&change, text, strlen(text), fault);

	if (err != TB_OK)
		return err;
	err = tb_roll_check_change(roll, &change, fault);
	if (err == TB_OK)
		err = tb_roll_apply_change(roll, &change);
	tb_roll_change_release(&change);
	return err;
}

/* ---- what came of it ---- */
static void expect_voters(const struct json_t *expected, const tb_roll *roll)
{
	tb_vector_expect_num(expected, tb_roll_num_voters(roll));
	for (size_t i = 0; i < tb_vector_num(expected); i++) {
		const struct json_t *one = tb_vector_item(expected, i);
		const char *id = tb_vector_text(one, "id");
		tb_voter voter;

		assert_int_equal(tb_roll_find(roll, id, strlen(id), &voter), TB_OK);
		assert_false(tb_roll_is_removed(roll, voter));
		tb_vector_expect_int(one, "weight", tb_roll_weight(roll, voter));
		tb_vector_expect_bytes(one, "key", tb_roll_key(roll, voter), 32);
	}
}

typedef struct rare {
	const struct json_t *expected;
	uint64_t min_holders;
	size_t num, num_values;
} rare;

static void note_weight(void *arg, uint32_t weight, uint64_t holders, uint64_t cast)
{
	rare *r = arg;

	(void)cast;
	r->num_values++;
	if (holders < r->min_holders && r->num < tb_vector_num(r->expected) &&
		tb_vector_item_int(r->expected, r->num) == weight)
		r->num++;
}

static void expect_rare_weights(const struct json_t *expected, const tb_roll *roll, uint64_t min_holders)
{
	rare r = {.expected = expected, .min_holders = min_holders};

	assert_int_equal(tb_roll_num_rare_weights(roll), tb_vector_num(expected));
	assert_int_equal(tb_roll_each_weight(roll, note_weight, &r), TB_OK);
	assert_int_equal(r.num, tb_vector_num(expected)); /* those, smallest first */
}

static void expect_roll(const tb_vector *v, const tb_roll *roll)
{
	assert_int_equal(tb_roll_is_final(roll), tb_vector_bool(v->out, "final"));
	tb_vector_expect_int(v->out, "electorate", tb_roll_num_voters(roll));
	tb_vector_expect_int(v->out, "weight_electorate", tb_roll_total_weight(roll));
	expect_voters(tb_vector_member(v->out, "voters"), roll);
	expect_rare_weights(
		tb_vector_member(v->out, "rare_weights"), roll, tb_vector_int(v->in, "min_holders"));
}

static const char *build(const tb_vector *v)
{
	const struct json_t *chunks = tb_vector_member(v->in, "chunks");
	const struct json_t *changes = tb_vector_member(v->in, "changes");
	const char *below = tb_vector_text(v->in, "below");
	tb_question question = {.score_max = (uint32_t)tb_vector_int(v->in, "max_score")};
	tb_manifest m = {.questions = &question,
		.num_questions = 1,
		.min_holders = tb_vector_int(v->in, "min_holders"),
		.weights_warn = strcmp(below, "warn") == 0};
	tb_err err = TB_OK;
	tb_fault fault;
	tb_roll *roll;

	assert_true(m.weights_warn || strcmp(below, "refuse") == 0);
	assert_int_equal(tb_roll_new(&roll, &m), TB_OK);
	for (size_t i = 0; i < tb_vector_num(chunks) && err == TB_OK; i++)
		err = take_chunk(roll, tb_vector_item_text(chunks, i), &fault);
	for (size_t i = 0; i < tb_vector_num(changes) && err == TB_OK; i++)
		err = take_change(roll, tb_vector_item_text(changes, i), &fault);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	if (err == TB_OK && v->out != NULL)
		expect_roll(v, roll);
	tb_roll_free(roll);
	return err == TB_OK ? NULL : fault.rule;
}

int main(void)
{
	static const char *const topics[] = {"roll"};
	static const tb_vector_op ops[] = {{"roll.build", build}};

	return tb_vectors_run(topics, 1, ops, 1);
}

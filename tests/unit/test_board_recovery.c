/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine after an entry that should not be there [CHECK.RECOVERY]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "crypto/merkle.h"
#include "tests/support/ask_board.h"

/* ---- going on after something wrong ---- */

typedef struct spoiler {
	tb_entry_type type;
	uint32_t seen;
} spoiler;

static void spoil(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	spoiler *s = arg;

	(void)m;
	if (plan->type != s->type)
		return;
	s->seen++;
	plan->is_signed = false;
	tb_secret_set_u64(tb_group_ristretto255(), &plan->key, 1);
}

/* A wrong signature on every entry of one type: exactly these are refused, and nothing that follows. */
static void test_one_cause_gives_one_refusal(void **state)
{
	(void)state;
	for (int type = 0; type < TB_ENTRY_NUM_TYPES; type++) {
		tb_maker_config c = {.small = true,
			.num_endorsers = 1,
			.extras = true,
			.client = true,
			.revote = 2,
			.ranked = type == TB_ENTRY_MIX};
		tb_maker *m = tb_maker_new(&c);
		spoiler s = {.type = (tb_entry_type)type};

		if (type == TB_ENTRY_BALLOT || type == TB_ENTRY_CANCEL) {
			tb_maker_free(m);
			continue;
		}
		m->is_lenient = true;
		m->before = spoil;
		m->arg = &s;
		tb_maker_run(m);
		assert_true(s.seen >= 1);
		assert_int_equal(m->num_refused, s.seen);
		assert_string_equal(m->last_fault.rule, "ENTRY.SIGNATURE");
		assert_int_equal(tb_board_phase(m->board), TB_PHASE_FINISHED);
		tb_maker_free(m);
	}
}

/* Parses and keeps the exact bytes of a plan's entry. */
static void signed_entry(
	tb_maker *m, tb_maker_plan *plan, tb_entry *e, uint8_t leaf[32], tb_buf *bytes, tb_buf *room)
{
	const uint8_t random[32] = {1};
	tb_fault fault;

	tb_buf_init(bytes, TB_ENTRY_MAX_BYTES);
	tb_buf_init(room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(
		tb_entry_init(e, plan->type, plan->signer, plan->payload.data, plan->payload.len, &fault),
		TB_OK);
	e->time = plan->time > 0 ? plan->time : m->now;
	assert_int_equal(tb_entry_sign(e, &plan->binding, &plan->key, random), TB_OK);
	assert_int_equal(tb_entry_write(bytes, e), TB_OK);
	tb_buf_release(&plan->payload);
	assert_int_equal(tb_entry_parse(e, room, bytes->data, bytes->len, &fault), TB_OK);
	tb_merkle_leaf(leaf, bytes->data, bytes->len);
}

/* Other entries may be asked about between the check of one and its apply. */
static void test_apply_takes_in_the_entry_that_it_is_given(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 0);
	uint64_t closes = m->manifest.closes;
	char reason[] = "Late.";
	tb_extend extend = {.closes = closes + 600, .reason = reason};
	tb_maker_plan plan;
	tb_buf bytes, room;
	uint8_t leaf[32];
	tb_fault fault;
	tb_entry e;

	(void)state;
	tb_maker_plan_init(m, &plan, TB_ENTRY_EXTEND, "admin");
	assert_int_equal(tb_extend_write(&plan.payload, &extend), TB_OK);
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_check(m->board, &e, leaf, &fault), TB_OK);
	assert_string_equal(tb_ask_extend(m, m->now, closes + 1200), "OK");
	assert_int_equal(tb_board_apply(m->board, &e, leaf), TB_OK);
	assert_int_equal(tb_board_closes(m->board), closes + 600);
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

/* Taken in as though it were right: only where its type has a place. */
static void test_what_has_no_place_is_left_out(void **state)
{
	static const struct {
		tb_entry_type type;
		const char *signer, *payload;
	} entries[] = {{TB_ENTRY_CLOSE, "server",
			       "{\"size\":1,\"root\":"
			       "\"0000000000000000000000000000000000000000000000000000000000000000\","
			       "\"ballots\":0,\"voters\":0}"},
		{TB_ENTRY_RESULT, "server", "{}"},
		{TB_ENTRY_EXTEND, "admin", "{\"closes\":1900900800,\"reason\":\"x\"}"},
		{TB_ENTRY_TRUSTEE_CERTIFY, "trustee/1", "x"}, {TB_ENTRY_DECRYPT, "trustee/1", "x"}};
	tb_maker *m = tb_ask_maker_in(TB_PHASE_SETUP);

	(void)state;
	for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
		tb_maker_plan plan;
		tb_buf bytes, room;
		uint8_t leaf[32];
		bool taken;
		tb_entry e;

		tb_maker_plan_init(m, &plan, entries[i].type, entries[i].signer);
		tb_buf_text(&plan.payload, entries[i].payload);
		signed_entry(m, &plan, &e, leaf, &bytes, &room);
		assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
		assert_false(taken);
		assert_int_equal(tb_board_phase(m->board), TB_PHASE_SETUP);
		assert_int_equal(tb_board_closes(m->board), m->manifest.closes);
		assert_int_equal(tb_board_size(m->board), 2 + i);
		tb_buf_release(&bytes);
		tb_buf_release(&room);
	}
	tb_maker_free(m);
}

/* `close` counts entries of type ballot: also one that nobody can make sense of, and nothing else. */
static void test_a_ballot_that_is_left_out_is_an_entry_all_the_same(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	tb_maker_plan plan;
	tb_buf bytes, room;
	uint8_t leaf[32];
	bool taken;
	tb_entry e;

	(void)state;
	tb_maker_plan_init(m, &plan, TB_ENTRY_BALLOT, "voter/v0000002");
	tb_buf_text(&plan.payload, "garbage");
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_false(taken);
	assert_int_equal(tb_board_num_ballots(m->board), 2);
	assert_int_equal(tb_board_num_counted(m->board), 1);
	assert_true(tb_board_knows_counted(m->board));
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_plan_init(m, &plan, TB_ENTRY_EXTEND, "admin");
	tb_buf_text(&plan.payload, "garbage");
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_false(taken);
	assert_int_equal(tb_board_num_ballots(m->board), 2);
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

/* Entry 0 is the manifest or there is none: a later one does not take its place. */
static void test_a_later_manifest_does_not_replace_the_first(void **state)
{
	tb_maker *m = tb_maker_new(NULL);
	uint8_t leaf[32] = {1};
	tb_maker_plan plan;
	tb_buf bytes, room;
	bool taken;
	tb_entry e;

	(void)state;
	assert_int_equal(tb_board_skip(m->board, leaf), TB_OK);
	tb_maker_plan_init(m, &plan, TB_ENTRY_MANIFEST, "admin");
	assert_int_equal(tb_manifest_write(&plan.payload, &m->manifest), TB_OK);
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_false(taken);
	assert_null(tb_board_manifest(m->board));
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

static void test_an_entry_nobody_can_read_is_a_gap(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	uint8_t leaf[32] = {1};
	uint64_t size = tb_board_size(m->board);

	(void)state;
	assert_int_equal(tb_board_skip(m->board, leaf), TB_OK);
	assert_int_equal(tb_board_size(m->board), size + 1);
	assert_string_equal(tb_ask_ballot(m, 0, m->now, NULL, 0), "OK");
	/* It may have been an extension, or a ballot: neither time nor counts are held against `close`. */
	assert_string_equal(tb_ask_close(m, m->now, 5, 5, 0, 0), "OK");
	assert_string_equal(tb_ask_close(m, m->now, 0, 0, 1, 0), "CLOSE");
	tb_maker_free(m);
	m = tb_maker_new(NULL);
	assert_int_equal(tb_board_skip(m->board, leaf), TB_OK);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_NOTICE, "admin", "{\"text\":\"x\"}", m->now), "STATE");
	tb_maker_free(m);
}

/* What only comes after a `close` that cannot be read is not judged; it has a time all the same. */
static void test_a_missing_close_is_no_disorder(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	uint64_t later = m->now + 600;
	tb_maker_plan plan;
	tb_buf bytes, room;
	uint8_t leaf[32];
	bool taken;
	tb_entry e;

	(void)state;
	assert_string_equal(tb_ask_text(m, TB_ENTRY_ENDORSE, "trustee/1", "{}", later), "ENTRY.ORDER");
	tb_maker_plan_init(m, &plan, TB_ENTRY_CLOSE, "server");
	plan.time = later;
	tb_buf_text(&plan.payload, "garbage");
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_false(taken);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_ENDORSE, "trustee/1", "{}", later), "STATE");
	assert_string_equal(tb_ask_text(m, TB_ENTRY_RESULT, "server", "{}", later), "STATE");
	assert_string_equal(tb_ask_text(m, TB_ENTRY_ROLL, "registrar", "{}", later), "ENTRY.ORDER");
	assert_string_equal(
		tb_ask_text(m, TB_ENTRY_NOTICE, "admin", "{\"text\":\"x\"}", later - 60), "ENTRY.TIME");
	assert_string_equal(tb_ask_text(m, TB_ENTRY_NOTICE, "admin", "{\"text\":\"x\"}", later), "OK");
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

/* A mirror that has lost a file makes no false result: which trustees' shares it comes from is not known then [CHECK.RECOVERY]. */
static void test_missing_shares_leave_the_result_unjudged(void **state)
{
	static const tb_maker_config config = {.small = true, .ranked = true, .num_voters = 3};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_plan plan;
	tb_buf bytes, room;
	uint8_t leaf[32];
	bool taken;
	tb_entry e;

	(void)state;
	tb_maker_until_mixed(m);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "RESULT");
	tb_maker_plan_init(m, &plan, TB_ENTRY_DECRYPT, "trustee/1");
	tb_buf_text(&plan.payload, "gone");
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	e.payload = NULL;
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_false(taken);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "STATE");
	assert_string_equal(tb_ask_text(m, TB_ENTRY_DECRYPT, "trustee/2", "x", m->now), "DECRYPT.SHARE");
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

/* After the close too: it may have been the endorsement that is needed. */
static void test_an_unread_endorsement_may_have_been_enough(void **state)
{
	static const tb_maker_config config = {.small = true, .num_voters = 3};
	tb_maker *m = tb_maker_new(&config);
	uint8_t leaf[32] = {1};

	(void)state;
	tb_maker_until_closed(m);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_DECRYPT, "trustee/1", "x", m->now), "DECRYPT.WHEN");
	assert_int_equal(tb_board_skip(m->board, leaf), TB_OK);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_DECRYPT, "trustee/1", "x", m->now), "STATE");
	assert_string_equal(tb_ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "STATE");
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_cause_gives_one_refusal),
		cmocka_unit_test(test_apply_takes_in_the_entry_that_it_is_given),
		cmocka_unit_test(test_what_has_no_place_is_left_out),
		cmocka_unit_test(test_a_ballot_that_is_left_out_is_an_entry_all_the_same),
		cmocka_unit_test(test_a_later_manifest_does_not_replace_the_first),
		cmocka_unit_test(test_an_entry_nobody_can_read_is_a_gap),
		cmocka_unit_test(test_a_missing_close_is_no_disorder),
		cmocka_unit_test(test_missing_shares_leave_the_result_unjudged),
		cmocka_unit_test(test_an_unread_endorsement_may_have_been_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

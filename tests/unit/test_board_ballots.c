/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine on ballots, and on changes of the roll, which decide whose they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "crypto/merkle.h"
#include "tests/support/ask_board.h"

/* ---- ballots ---- */

static void test_ballots_within_the_window_only(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 0);
	uint64_t closes = m->manifest.closes;

	(void)state;
	assert_string_equal(tb_ask_ballot(m, 0, m->manifest.opens, NULL, 0), "OK");
	assert_string_equal(tb_ask_ballot(m, 0, closes - 60, NULL, 0), "OK");
	assert_string_equal(tb_ask_ballot(m, 0, closes, NULL, 0), "BALLOT.TIME");
	tb_maker_extend(m, closes + 120);
	assert_string_equal(tb_ask_ballot(m, 0, closes + 60, NULL, 0), "OK");
	assert_string_equal(tb_ask_ballot(m, 0, closes + 120, NULL, 0), "BALLOT.TIME");
	tb_maker_free(m);
}

static void set_prev(tb_maker *m, tb_ballot_head *head, uint64_t number)
{
	(void)m;
	memset(head->prev, (int)number, 32);
}

static void set_prev_of(tb_maker *m, tb_ballot_head *head, uint64_t index)
{
	tb_merkle_leaf(head->prev, m->entries[index].data, m->entries[index].len);
}

static void test_prev_is_the_latest_ballot(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 0);
	uint64_t first;

	(void)state;
	assert_string_equal(tb_ask_ballot(m, 0, m->now, set_prev, 1), "BALLOT.PREV"); /* there is none */
	assert_string_equal(tb_ask_ballot(m, 0, m->now, set_prev, 0), "OK");
	tb_maker_vote(m, 0);
	first = m->num_entries - 1;
	tb_maker_vote(m, 0);
	assert_string_equal(tb_ask_ballot(m, 0, m->now, NULL, 0), "OK");
	assert_string_equal(tb_ask_ballot(m, 0, m->now, set_prev, 0), "BALLOT.PREV");
	assert_string_equal(tb_ask_ballot(m, 0, m->now, set_prev_of, first), "BALLOT.PREV");
	assert_string_equal(
		tb_ask_ballot(m, 1, m->now, set_prev_of, first + 1), "BALLOT.PREV"); /* another voter's */
	assert_string_equal(tb_ask_ballot(m, 1, m->now, NULL, 0), "OK");
	tb_maker_free(m);
}

static void test_an_older_ballot_cannot_be_posted_again(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	tb_maker_plan first;
	tb_buf copy;

	(void)state;
	tb_maker_plan_vote(m, 1, &first);
	tb_buf_init(&copy, TB_BLOB_MAX_BYTES);
	tb_buf_append(&copy, first.payload.data, first.payload.len);
	tb_buf_release(&first.payload);
	tb_maker_vote(m, 1);
	first.payload = copy;
	assert_string_equal(tb_ask(m, &first), "BALLOT.PREV");
	tb_maker_free(m);
}

static void test_one_ballot_where_revoting_is_off(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_NEVER, TB_GRANULARITY_MINUTE, 1);

	(void)state;
	assert_string_equal(tb_ask_ballot(m, 0, m->now, NULL, 0), "BALLOT.COUNTED");
	assert_string_equal(tb_ask_ballot(m, 1, m->now, NULL, 0), "OK");
	tb_maker_free(m);
}

static void set_date(tb_maker *m, tb_ballot_head *head, uint64_t date)
{
	(void)m;
	head->date = date;
}

static void test_the_voters_date_bounds_the_servers_time(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_SECOND, 0);
	uint64_t t = m->now + 5000;

	(void)state;
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, t - 601), "OK");
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, t - 602), "BALLOT.DATE");
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, t + 601), "OK");
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, t + 602), "BALLOT.DATE");
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, UINT64_MAX), "BALLOT.DATE");
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, 0), "BALLOT.DATE");
	tb_maker_free(m);
	m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_HOUR, 0);
	t = m->now + 7200;
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, t - 3600), "OK");
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, t - 60), "BALLOT.DATE"); /* not floored */
	assert_string_equal(tb_ask_ballot(m, 0, t, set_date, t - 7200), "BALLOT.DATE");
	tb_maker_free(m);
}

static void set_checkpoint(tb_maker *m, tb_ballot_head *head, uint64_t size)
{
	tb_merkle_tree tree;
	uint8_t leaf[32];

	head->checkpoint_size = size;
	tb_merkle_tree_init(&tree);
	for (uint64_t i = 0; i < size && i < m->num_entries; i++) {
		tb_merkle_leaf(leaf, m->entries[i].data, m->entries[i].len);
		tb_merkle_tree_append(&tree, leaf);
	}
	tb_merkle_tree_root(&tree, head->checkpoint_root);
}

static void flip_checkpoint(tb_maker *m, tb_ballot_head *head, uint64_t byte)
{
	(void)m;
	head->checkpoint_root[byte] ^= 1;
}

static void test_the_checkpoint_is_one_of_this_log(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 6);
	uint64_t open = tb_board_open_index(m->board), size = tb_board_size(m->board);

	(void)state;
	for (uint64_t s = open + 1; s <= size; s++)
		assert_string_equal(tb_ask_ballot(m, 0, m->now, set_checkpoint, s), "OK");
	assert_string_equal(tb_ask_ballot(m, 0, m->now, set_checkpoint, open), "BALLOT.CHECKPOINT");
	assert_string_equal(tb_ask_ballot(m, 0, m->now, set_checkpoint, 0), "BALLOT.CHECKPOINT");
	assert_string_equal(tb_ask_ballot(m, 0, m->now, set_checkpoint, size + 1), "BALLOT.CHECKPOINT");
	assert_string_equal(tb_ask_ballot(m, 0, m->now, set_checkpoint, UINT64_MAX), "BALLOT.CHECKPOINT");
	for (uint64_t byte = 0; byte < 32; byte++)
		assert_string_equal(tb_ask_ballot(m, 0, m->now, flip_checkpoint, byte), "BALLOT.CHECKPOINT");
	tb_maker_free(m);
}

static void test_only_who_is_on_the_roll_votes(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	tb_board_ballot at;
	tb_maker_plan plan;
	uint64_t ballot = m->num_entries - 1, change;

	(void)state;
	tb_maker_plan_vote(m, 1, &plan); /* signed by one voter, posted as another's */
	(void)snprintf(plan.signer, sizeof plan.signer, "voter/%s", m->voters[2].id);
	assert_string_equal(tb_ask(m, &plan), "BALLOT.PAYLOAD");
	tb_maker_plan_vote(m, 1, &plan);
	(void)snprintf(plan.signer, sizeof plan.signer, "voter/stranger");
	assert_string_equal(tb_ask(m, &plan), "BALLOT.PAYLOAD");

	/* A new credential: older ballots keep the key that they were signed with. */
	assert_int_equal(tb_board_ballot_at(m->board, m->voters[0].id, ballot, &at), TB_OK);
	assert_true(at.is_counted);
	assert_memory_equal(at.key, m->voters[0].keys.sign_key, 32);
	{
		uint8_t old[32];

		memcpy(old, m->voters[0].keys.sign_key, 32);
		change = m->num_entries;
		tb_maker_renew(m, 0);
		assert_int_equal(tb_board_ballot_at(m->board, m->voters[0].id, ballot, &at), TB_OK);
		assert_memory_equal(at.key, old, 32);
		assert_int_equal(tb_board_ballot_at(m->board, m->voters[0].id, change + 1, &at), TB_OK);
		assert_memory_equal(at.key, m->voters[0].keys.sign_key, 32);
	}
	tb_maker_remove(m, 0);
	assert_int_equal(tb_board_num_counted(m->board), 0);
	assert_int_equal(tb_board_ballot_at(m->board, m->voters[0].id, ballot, &at), TB_OK);
	assert_false(at.is_counted);
	assert_string_equal(tb_ask_ballot(m, 0, m->now, NULL, 0), "BALLOT.ROLL");
	assert_int_equal(tb_board_ballot_at(m->board, "stranger", 0, &at), TB_ERR_NOT_FOUND);
	tb_maker_free(m);
}

static const char *ask_change(
	tb_maker *m, uint64_t time, tb_roll_action action, const char *id, uint32_t weight, uint64_t key)
{
	char voter[80], label[80] = "", reason[] = "Late.";
	tb_roll_change change = {
		.action = action, .voter = voter, .label = label, .weight = weight, .reason = reason};
	tb_maker_plan plan;
	tb_secret secret;

	(void)snprintf(voter, sizeof voter, "%s", id);
	if (action == TB_ROLL_ADD)
		(void)snprintf(label, sizeof label, "%s", id);
	tb_secret_set_u64(tb_group_ristretto255(), &secret, key);
	if (action != TB_ROLL_REMOVE)
		tb_schnorr_public(change.key, &secret);
	tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
	plan.time = time;
	assert_int_equal(tb_roll_change_write(&plan.payload, &change), TB_OK);
	return tb_ask(m, &plan);
}

static void test_changes_of_the_roll(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	uint64_t last = m->manifest.closes - 60, end = m->manifest.closes;
	const char *zero = m->voters[0].id;

	(void)state;
	assert_string_equal(ask_change(m, last, TB_ROLL_ADD, "new", 1, 7), "OK");
	assert_string_equal(ask_change(m, end, TB_ROLL_ADD, "new", 1, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, last, TB_ROLL_ADD, zero, 1, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, last, TB_ROLL_ADD, "new", 2, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, last, TB_ROLL_CREDENTIAL, zero, 0, 7), "OK");
	assert_string_equal(ask_change(m, end, TB_ROLL_CREDENTIAL, zero, 0, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, end, TB_ROLL_REMOVE, zero, 0, 7), "OK");
	assert_string_equal(ask_change(m, last, TB_ROLL_REMOVE, "nobody", 0, 7), "ROLL.CHANGE");
	tb_maker_remove(m, 0);
	assert_string_equal(ask_change(m, last, TB_ROLL_REMOVE, zero, 0, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, last, TB_ROLL_ADD, zero, 1, 7), "ROLL.CHANGE");
	tb_maker_free(m);
}

/* [ROLL.KEYS]: what the registrar signed once is not good a second time. */
static void test_a_credential_that_was_replaced_does_not_come_back(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	uint8_t stolen[32];
	char none[] = "", reason[] = "Again.", late[] = "late";
	tb_roll_change change = {.action = TB_ROLL_CREDENTIAL, .label = none, .reason = reason};
	tb_maker_plan plan;

	(void)state;
	memcpy(stolen, m->voters[0].keys.sign_key, 32);
	tb_maker_renew(m, 0);
	memcpy(change.key, stolen, 32);
	for (uint32_t voter = 0; voter < 2; voter++) {
		change.voter = m->voters[voter].id;
		tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
		assert_int_equal(tb_roll_change_write(&plan.payload, &change), TB_OK);
		assert_string_equal(tb_ask(m, &plan), "ROLL.KEYS");
	}
	change = (tb_roll_change){
		.action = TB_ROLL_ADD, .voter = late, .label = late, .weight = 1, .reason = reason};
	memcpy(change.key, stolen, 32);
	tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
	assert_int_equal(tb_roll_change_write(&plan.payload, &change), TB_OK);
	assert_string_equal(tb_ask(m, &plan), "ROLL.KEYS");
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ballots_within_the_window_only),
		cmocka_unit_test(test_prev_is_the_latest_ballot),
		cmocka_unit_test(test_an_older_ballot_cannot_be_posted_again),
		cmocka_unit_test(test_one_ballot_where_revoting_is_off),
		cmocka_unit_test(test_the_voters_date_bounds_the_servers_time),
		cmocka_unit_test(test_the_checkpoint_is_one_of_this_log),
		cmocka_unit_test(test_only_who_is_on_the_roll_votes),
		cmocka_unit_test(test_changes_of_the_roll),
		cmocka_unit_test(test_a_credential_that_was_replaced_does_not_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that forks the log after the endorsements gets two chains of mixes of the same ballots [PROOF.MIX.FORK].  What was made for
 * one is worth nothing on the other, both end with the same count, and nothing is mixed or decrypted too early or too often.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/election/mix.h"
#include "core/election/ranked_count.h"
#include "crypto/merkle.h"
#include "tests/support/ask_board.h"
#include "tests/support/check_board.h"

static const tb_maker_config CONFIG = {.num_voters = 7, .small = true, .ranked = true, .num_endorsers = 1};

/* Another board with the same entries: what the server shows to somebody else from here on. */
static tb_maker *fork_of(const tb_maker *m)
{
	tb_maker *other = tb_maker_new(&CONFIG);

	for (size_t i = 0; i < m->num_entries; i++) {
		if (i == tb_board_close_size(m->board))
			tb_maker_tally(other);
		tb_maker_append(other, m->entries[i].data, m->entries[i].len);
	}
	other->now = m->now;
	assert_int_equal(other->num_refused, 0);
	return other;
}

/* What a board says to an entry of the other chain, as it is: its signature holds on both. */
static const char *offer(tb_maker *m, const tb_buf *bytes)
{
	static char rule[64];
	uint8_t leaf[32];
	tb_fault fault;
	tb_buf room;
	tb_entry e;
	tb_err err;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault), TB_OK);
	tb_merkle_leaf(leaf, bytes->data, bytes->len);
	err = tb_board_check(m->board, &e, leaf, &fault);
	tb_buf_release(&room);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	(void)snprintf(rule, sizeof rule, "%s", err == TB_OK ? "OK" : fault.rule);
	return rule;
}

/* A fresh mix of the present stage, signed by this trustee, but not posted. */
static const char *ask_mix(tb_maker *m, uint32_t trustee)
{
	const tb_parallel work = {.threads = 0};
	char signer[TB_SIGNER_MAX];
	tb_maker_plan plan;
	tb_fault fault;

	(void)snprintf(signer, sizeof signer, "trustee/%u", trustee);
	tb_maker_plan_init(m, &plan, TB_ENTRY_MIX, signer);
	assert_int_equal(
		tb_mix_make(tb_tally_stage(tb_board_tally(m->board)), &plan.payload, trustee, &work, &fault),
		TB_OK);
	return tb_ask(m, &plan);
}

/* The payload of somebody's mix, under the name and number that it would need here (S-09). */
static const char *ask_copied_mix(tb_maker *m, const tb_buf *bytes, uint32_t trustee, uint8_t number)
{
	char signer[TB_SIGNER_MAX];
	tb_maker_plan plan;
	tb_fault fault;
	tb_buf room;
	tb_entry e;

	(void)snprintf(signer, sizeof signer, "trustee/%u", trustee);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault), TB_OK);
	tb_maker_plan_init(m, &plan, TB_ENTRY_MIX, signer);
	tb_buf_append(&plan.payload, e.payload, e.payload_len);
	plan.payload.data[1] = (uint8_t)trustee;
	plan.payload.data[2] = number;
	tb_buf_release(&room);
	return tb_ask(m, &plan);
}

static const tb_buf *last_entry(const tb_maker *m)
{
	return &m->entries[m->num_entries - 1];
}

static void test_nothing_moves_between_two_chains(void **state)
{
	tb_maker *x = tb_maker_new(&CONFIG), *y;
	const tb_buf *x1, *x2, *x_share;

	(void)state;
	tb_maker_until_endorsed(x);
	y = fork_of(x);
	tb_maker_mix(x, 1);
	x1 = last_entry(x);
	/* On a fork that has the same mixes so far it is the same mix. */
	assert_string_equal(offer(y, x1), "OK");
	/* Nobody can take it for their own, though its inputs are the same. */
	assert_string_equal(ask_copied_mix(y, x1, 2, 1), "SHUFFLE.VERIFY");
	tb_maker_mix(y, 3);
	assert_string_equal(offer(y, x1), "MIX.WHEN");
	assert_string_equal(ask_copied_mix(y, x1, 1, 2), "SHUFFLE.VERIFY");
	assert_string_equal(ask_copied_mix(y, x1, 2, 2), "SHUFFLE.VERIFY");
	assert_string_equal(ask_copied_mix(x, last_entry(y), 2, 2), "SHUFFLE.VERIFY");

	x1 = NULL; /* entries move when there are more of them */
	tb_maker_mix(x, 2);
	x2 = last_entry(x);
	assert_string_equal(offer(y, x2), "SHUFFLE.VERIFY");
	tb_maker_mix(y, 1);
	tb_maker_decrypt(x, 2);
	x_share = last_entry(x);
	assert_string_equal(offer(y, x_share), "DLEQ.LIST");
	tb_maker_free(x);
	tb_maker_free(y);
}

static void test_both_chains_end_with_one_count(void **state)
{
	tb_maker *x = tb_maker_new(&CONFIG), *y;
	const tb_ranked_count *of_x, *of_y;
	tb_maker *both[2];
	uint32_t question;

	(void)state;
	tb_maker_until_endorsed(x);
	y = fork_of(x);
	tb_maker_mix(x, 1);
	tb_maker_mix(x, 2);
	tb_maker_mix(y, 3);
	tb_maker_mix(y, 1);
	tb_maker_decrypt(x, 1);
	tb_maker_decrypt(x, 2);
	tb_maker_decrypt(y, 2);
	tb_maker_decrypt(y, 3);
	both[0] = x;
	both[1] = y;
	for (int i = 0; i < 2; i++) {
		tb_maker_files files;
		tb_checked c;

		tb_maker_result(both[i]);
		tb_maker_files_new(both[i], &files);
		tb_checked_run(&c, &files, NULL);
		assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
		/* A trustee goes on with this board when the verification is over, and its progress gone. */
		assert_null(tb_tally_work(tb_board_tally(c.report.board))->progress);
		tb_checked_release(&c);
		tb_maker_files_free(&files);
	}
	question = x->manifest.num_questions - 1;
	of_x = tb_tally_count(tb_board_tally(x->board), question);
	of_y = tb_tally_count(tb_board_tally(y->board), question);
	assert_int_equal(tb_ranked_count_num_valid(of_x), tb_ranked_count_num_valid(of_y));
	assert_memory_equal(tb_ranked_count_ballots_hash(of_x), tb_ranked_count_ballots_hash(of_y), 32);
	assert_memory_equal(tb_ranked_count_account_hash(of_x), tb_ranked_count_account_hash(of_y), 32);
	tb_maker_free(x);
	tb_maker_free(y);
}

/* [MIX.WHEN] [DECRYPT.LIST] */
static void test_nothing_comes_too_early_or_too_often(void **state)
{
	tb_maker *m = tb_maker_new(&CONFIG);
	tb_maker *x;

	(void)state;
	tb_maker_until_closed(m);
	assert_string_equal(ask_mix(m, 1), "MIX.WHEN");
	tb_maker_endorse(m, 0);
	tb_maker_endorse(m, 1);
	assert_string_equal(ask_mix(m, 1), "MIX.WHEN"); /* 3 of the 4 are needed */
	tb_maker_endorse(m, 3);
	assert_string_equal(ask_mix(m, 1), "OK");
	x = fork_of(m);
	tb_maker_mix(m, 2);
	tb_maker_mix(x, 1);
	tb_maker_mix(x, 2);
	tb_maker_decrypt(x, 1);
	assert_string_equal(offer(m, last_entry(x)), "DECRYPT.LIST"); /* one mix is still due */
	assert_string_equal(ask_mix(m, 2), "MIX.WHEN");
	assert_string_equal(ask_mix(m, 3), "OK");
	tb_maker_mix(m, 3);
	assert_string_equal(ask_mix(m, 1), "MIX.WHEN");
	tb_maker_free(x);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_moves_between_two_chains),
		cmocka_unit_test(test_both_chains_end_with_one_count),
		cmocka_unit_test(test_nothing_comes_too_early_or_too_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

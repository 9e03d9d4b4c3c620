/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/election/result.h"

/* The rules [RESULT.*] on one question with options a, b, c, d. */

static char question_id[] = "q";
static char *ids[] = {(char[]){"a"}, (char[]){"b"}, (char[]){"c"}, (char[]){"d"}};
static tb_option options[4];
static tb_question question;
static tb_manifest manifest;
static const uint8_t seed[64] = {7};

static void begin(uint32_t winners, tb_bar quorum, tb_bar approval)
{
	for (size_t i = 0; i < 4; i++)
		options[i].id = ids[i];
	question = (tb_question){.id = question_id,
		.method = TB_METHOD_APPROVAL,
		.options = options,
		.num_options = 4,
		.max = 4,
		.score_max = 1,
		.winners = winners,
		.quorum = quorum,
		.approval = approval};
	manifest = (tb_manifest){.questions = &question, .num_questions = 1, .privacy_floor = 3};
}

static const tb_bar none = {.base = TB_BASE_NONE};

static tb_bar fraction(tb_base base, uint32_t a, uint32_t b, bool strict)
{
	return (tb_bar){.base = base, .a = a, .b = b, .strict = strict};
}

static const tb_turnout turnout = {
	.counted = 10, .weight_counted = 10, .electorate = 30, .weight_electorate = 30};

static void decide(tb_decision *d, uint64_t a, uint64_t b, uint64_t c, uint64_t e)
{
	const uint64_t totals[4] = {a, b, c, e};

	assert_int_equal(tb_decide(d, &manifest, 0, &turnout, totals, seed), TB_OK);
}

static void test_quorum_counts_weight_or_ballots_and_comes_before_the_floor(void **state)
{
	(void)state;
	begin(1, fraction(TB_BASE_ELECTORATE, 1, 3, false), none);
	assert_int_equal(tb_question_outcome(&manifest, &question, &turnout), TB_OUTCOME_DECIDED);
	question.quorum.strict = true; /* exactly a third is not more than a third */
	assert_int_equal(tb_question_outcome(&manifest, &question, &turnout), TB_OUTCOME_VOID);
	question.quorum = (tb_bar){.base = TB_BASE_COUNT, .count = 10};
	assert_int_equal(tb_question_outcome(&manifest, &question, &turnout), TB_OUTCOME_DECIDED);
	manifest.privacy_floor = 11;
	assert_int_equal(tb_question_outcome(&manifest, &question, &turnout), TB_OUTCOME_WITHHELD);
	question.quorum.count = 11;
	assert_int_equal(tb_question_outcome(&manifest, &question, &turnout), TB_OUTCOME_VOID);
}

static void test_approval_is_measured_against_its_base(void **state)
{
	tb_decision d;

	(void)state;
	begin(4, none, fraction(TB_BASE_BALLOTS, 1, 2, true));
	decide(&d, 5, 6, 10, 0); /* half of 10 is not more than half */
	assert_int_equal(d.num_approved, 2);
	assert_int_equal(d.order[0], 2);
	assert_int_equal(d.order[1], 1);
	tb_decision_release(&d);
	question.approval = fraction(TB_BASE_OPTIONS_SUM, 1, 3, false);
	decide(&d, 3, 3, 3, 0); /* a third of 9 */
	assert_int_equal(d.num_approved, 3);
	tb_decision_release(&d);
	question.approval = fraction(TB_BASE_ELECTORATE, 1, 3, false);
	decide(&d, 9, 10, 0, 0);
	assert_int_equal(d.num_approved, 1);
	assert_int_equal(d.order[0], 1);
	tb_decision_release(&d);
}

static void test_scores_are_measured_against_what_could_be_given(void **state)
{
	const uint64_t totals[4] = {25, 24, 50, 0};
	tb_decision d;

	(void)state;
	begin(4, none, fraction(TB_BASE_BALLOTS, 1, 2, false));
	question.score_max = 5;
	question.method = TB_METHOD_SCORE;
	assert_int_equal(tb_decide(&d, &manifest, 0, &turnout, totals, seed), TB_OK);
	assert_int_equal(d.num_approved, 2); /* 50 and 25 of 10 * 5 */
	tb_decision_release(&d);
}

static void test_nobody_is_elected_without_a_vote(void **state)
{
	tb_decision d;

	(void)state;
	begin(4, none, none);
	decide(&d, 0, 0, 1, 0);
	assert_int_equal(d.num_approved, 1);
	assert_int_equal(d.num_elected, 1);
	assert_int_equal(d.num_ties, 0);
	tb_decision_release(&d);
}

static void test_ties_are_named_and_settled_by_the_lot(void **state)
{
	tb_decision d, again;
	uint8_t other[64];
	uint32_t firsts = 0;

	(void)state;
	begin(2, none, none);
	decide(&d, 4, 4, 4, 9);
	assert_int_equal(d.num_elected, 2);
	assert_int_equal(d.num_ties, 1);
	assert_int_equal(d.ties[0].first, 1);
	assert_int_equal(d.ties[0].num, 3);
	assert_true(d.ties[0].cut);
	decide(&again, 4, 4, 4, 9);
	assert_memory_equal(d.order, again.order, 4 * sizeof *d.order);
	tb_decision_release(&again);
	tb_decision_release(&d);
	for (unsigned i = 0; i < 32;
		i++) { /* another lot, another order: each of the three comes first sometimes */
		const uint64_t totals[4] = {4, 4, 4, 9};

		memset(other, (int)i, sizeof other);
		assert_int_equal(tb_decide(&d, &manifest, 0, &turnout, totals, other), TB_OK);
		firsts |= 1u << d.order[1];
		tb_decision_release(&d);
	}
	assert_int_equal(firsts, 7);
}

static void test_a_tie_without_a_lot_is_not_settled_by_chance(void **state)
{
	const uint64_t tied[4] = {4, 4, 0, 9}, clear[4] = {4, 3, 2, 9};
	tb_decision d;

	(void)state;
	begin(2, none, none);
	assert_int_equal(tb_decide(&d, &manifest, 0, &turnout, tied, NULL), TB_ERR_STATE);
	assert_null(d.totals);
	assert_int_equal(tb_decide(&d, &manifest, 0, &turnout, clear, NULL), TB_OK);
	tb_decision_release(&d);
	question.winners = 1; /* a tie below the elected needs no lot */
	assert_int_equal(tb_decide(&d, &manifest, 0, &turnout, tied, NULL), TB_OK);
	tb_decision_release(&d);
}

static void test_more_votes_than_voters_is_refused(void **state)
{
	const uint64_t totals[4] = {11, 0, 0, 0};
	tb_decision d;

	(void)state;
	begin(1, none, none);
	assert_int_equal(tb_decide(&d, &manifest, 0, &turnout, totals, seed), TB_ERR_RANGE);
}

static void test_large_numbers_do_not_overflow(void **state)
{
	const uint64_t most = TB_MAX_TOTAL, totals[4] = {most, most - 1, 0, 0};
	const tb_turnout big = {
		.counted = 5, .weight_counted = most, .electorate = 5, .weight_electorate = most};
	tb_decision d;

	(void)state;
	begin(4, fraction(TB_BASE_ELECTORATE, 1000000, 1000000, false),
		fraction(TB_BASE_BALLOTS, 999999, 1000000, false));
	assert_int_equal(tb_decide(&d, &manifest, 0, &big, totals, seed), TB_OK);
	assert_int_equal(d.num_approved, 2);
	tb_decision_release(&d);
	question.approval = fraction(TB_BASE_BALLOTS, 1000000, 1000000, false);
	assert_int_equal(tb_decide(&d, &manifest, 0, &big, totals, seed), TB_OK);
	assert_int_equal(d.num_approved, 1);
	tb_decision_release(&d);
}

static void make_result(tb_result *r)
{
	tb_result_init(r);
	r->turnout = turnout;
	r->endorsers = test_malloc(2 * sizeof *r->endorsers);
	(void)snprintf(r->endorsers[0], sizeof r->endorsers[0], "trustee/1");
	(void)snprintf(r->endorsers[1], sizeof r->endorsers[1], "endorser/auditor");
	r->num_endorsers = 2;
	r->shares = test_malloc(2 * sizeof *r->shares);
	r->shares[0] = 3;
	r->shares[1] = 1;
	r->num_shares = 2;
	r->questions = test_calloc(1, sizeof *r->questions);
	r->num_questions = 1;
	decide(&r->questions[0], 4, 4, 4, 9);
}

static void release_made(tb_result *r)
{
	tb_decision_release(&r->questions[0]);
	test_free(r->questions);
	test_free(r->shares);
	test_free(r->endorsers);
}

static void test_what_is_written_reads_back_as_the_same_bytes(void **state)
{
	tb_result made, read;
	tb_buf bytes, again;
	tb_fault fault;

	(void)state;
	begin(2, none, none);
	make_result(&made);
	tb_buf_init(&bytes, 10000);
	tb_buf_init(&again, 10000);
	assert_int_equal(tb_result_write(&bytes, &made, &manifest), TB_OK);
	assert_int_equal(tb_result_parse(&read, &manifest, bytes.data, bytes.len, &fault), TB_OK);
	assert_int_equal(tb_result_write(&again, &read, &manifest), TB_OK);
	assert_int_equal(again.len, bytes.len);
	assert_memory_equal(again.data, bytes.data, bytes.len);
	tb_result_release(&read);
	for (size_t i = 0; i < bytes.len; i++) { /* no byte can be spelled differently and mean the same */
		bytes.data[i] ^= 1;
		tb_buf_clear(&again);
		if (tb_result_parse(&read, &manifest, bytes.data, bytes.len, &fault) == TB_OK) {
			assert_int_equal(tb_result_write(&again, &read, &manifest), TB_OK);
			assert_memory_equal(again.data, bytes.data, bytes.len);
			tb_result_release(&read);
		}
		bytes.data[i] ^= 1;
	}
	tb_buf_release(&bytes);
	tb_buf_release(&again);
	release_made(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quorum_counts_weight_or_ballots_and_comes_before_the_floor),
		cmocka_unit_test(test_approval_is_measured_against_its_base),
		cmocka_unit_test(test_scores_are_measured_against_what_could_be_given),
		cmocka_unit_test(test_nobody_is_elected_without_a_vote),
		cmocka_unit_test(test_ties_are_named_and_settled_by_the_lot),
		cmocka_unit_test(test_a_tie_without_a_lot_is_not_settled_by_chance),
		cmocka_unit_test(test_more_votes_than_voters_is_refused),
		cmocka_unit_test(test_large_numbers_do_not_overflow),
		cmocka_unit_test(test_what_is_written_reads_back_as_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

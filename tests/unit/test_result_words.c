/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/result_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

/* One election put together by hand, decided by tb_decide(), and every word of it. */

static char fee[] = "Shall the fee rise?", place[] = "Where do we go?", who[] = "Who?";
static char a[] = "a", b[] = "b", c[] = "c", yes[] = "Yes", no[] = "No",
	    lake[] = "\xc3\x84"
		     "rmelkanal",
	    hill[] = "Hill", sea[] = "Sea", ada[] = "Ada", bert[] = "Bert", chen[] = "Chen";
static tb_option fee_options[] = {{.id = a, .label = yes}, {.id = b, .label = no}};
static tb_option place_options[] = {
	{.id = a, .label = lake}, {.id = b, .label = hill}, {.id = c, .label = sea}};
static tb_option who_options[] = {
	{.id = a, .label = ada}, {.id = b, .label = bert}, {.id = c, .label = chen}};

static tb_question questions[3];
static tb_manifest manifest;
static const tb_turnout turnout = {
	.counted = 10, .weight_counted = 14, .electorate = 20, .weight_electorate = 30};
static const uint8_t seed[64] = {9, 9};

static void reset(void)
{
	questions[0] = (tb_question){.title = fee,
		.method = TB_METHOD_REFERENDUM,
		.options = fee_options,
		.num_options = 2,
		.max = 1,
		.score_max = 1,
		.winners = 1,
		.quorum = {.base = TB_BASE_ELECTORATE, .a = 1, .b = 5},
		.approval = {.base = TB_BASE_BALLOTS, .a = 1, .b = 2, .strict = true}};
	questions[1] = (tb_question){.title = place,
		.method = TB_METHOD_SCORE,
		.options = place_options,
		.num_options = 3,
		.max = 15,
		.score_max = 5,
		.winners = 1,
		.quorum = {.base = TB_BASE_COUNT, .count = 10},
		.approval = {.base = TB_BASE_BALLOTS, .a = 1, .b = 3}};
	questions[2] = (tb_question){.title = who,
		.method = TB_METHOD_CHOOSE,
		.options = who_options,
		.num_options = 3,
		.max = 2,
		.score_max = 1,
		.winners = 1};
	manifest = (tb_manifest){.questions = questions, .num_questions = 3, .privacy_floor = 3};
}

static void assert_words(uint64_t totals[3][3], const tb_turnout *t, const char *expected)
{
	tb_result r;
	tb_buf words;

	tb_result_init(&r);
	r.turnout = *t;
	r.num_questions = 3;
	r.questions = test_calloc(3, sizeof *r.questions);
	for (uint32_t q = 0; q < 3; q++)
		assert_int_equal(tb_decide(&r.questions[q], &manifest, q, t, totals[q], seed), TB_OK);
	tb_buf_init(&words, 10000);
	assert_int_equal(tb_result_words(&words, &r, &manifest), TB_OK);
	assert_string_equal(tb_buf_cstr(&words), expected);
	tb_buf_release(&words);
	tb_buf_init(&words, strlen(expected) - 1); /* too little room is an error, not half a result */
	assert_int_equal(tb_result_words(&words, &r, &manifest), TB_ERR_LIMIT);
	for (uint32_t q = 0; q < 3; q++)
		tb_decision_release(&r.questions[q]);
	test_free(r.questions);
	tb_buf_release(&words);
}

static void test_every_rule_in_words(void **state)
{
	uint64_t totals[3][3] = {{8, 6}, {30, 23, 24}, {5, 5, 0}};

	(void)state;
	reset();
	assert_words(totals, &turnout,
		"10 of 20 voters, with 14 of 30 votes\n"
		"  Shall the fee rise?\n"
		"    quorum: at least 20 % of the electorate; 14 of 30 votes: met\n"
		"    needed: more than 50 % of the 14 votes cast\n"
		"             8  Yes  adopted\n"
		"             6  No\n"
		"  Where do we go?\n"
		"    quorum: at least 10 ballots; 10 count: met\n"
		"    needed: at least 1/3 of the 70 points that the ballots could give\n"
		"            30  \xc3\x84"
		"rmelkanal  elected\n"
		"            23  Hill\n"
		"            24  Sea         approved, not elected\n"
		"  Who?\n"
		"             5  Ada   elected\n"
		"             5  Bert  approved, not elected\n"
		"             0  Chen\n"
		"    equal totals, in the order that the lot gave: Ada, Bert; elected: the first 1\n");
}

static void test_what_is_not_decided(void **state)
{
	uint64_t totals[3][3] = {{7, 7}, {0, 0, 0}, {0, 0, 0}};

	(void)state;
	reset();
	questions[1].quorum.count = 11;
	questions[2].approval = (tb_bar){.base = TB_BASE_OPTIONS_SUM, .a = 1, .b = 2};
	questions[2].quorum = (tb_bar){.base = TB_BASE_ELECTORATE, .a = 14, .b = 30, .strict = true};
	assert_words(totals, &turnout,
		"10 of 20 voters, with 14 of 30 votes\n"
		"  Shall the fee rise?\n"
		"    quorum: at least 20 % of the electorate; 14 of 30 votes: met\n"
		"    needed: more than 50 % of the 14 votes cast\n"
		"             7  Yes\n"
		"             7  No\n"
		"    no option is approved\n"
		"  Where do we go?\n"
		"    quorum: at least 11 ballots; 10 count: NOT met\n"
		"    void: the quorum was not met, and nothing was decrypted\n"
		"  Who?\n"
		"    quorum: more than 14/30 of the electorate; 14 of 30 votes: NOT met\n"
		"    void: the quorum was not met, and nothing was decrypted\n");
}

static void test_few_ballots_and_equal_weights(void **state)
{
	const tb_turnout few = {.counted = 2, .weight_counted = 2, .electorate = 4, .weight_electorate = 4};
	uint64_t totals[3][3] = {{0, 0}, {0, 0, 0}, {0, 0, 0}};

	(void)state;
	reset();
	questions[0].quorum.base = TB_BASE_NONE;
	questions[1].quorum.base = TB_BASE_NONE;
	assert_words(totals, &few,
		"2 of 4 voters\n"
		"  Shall the fee rise?\n"
		"    withheld: fewer than 3 ballots count, and totals of so few would show votes\n"
		"  Where do we go?\n"
		"    withheld: fewer than 3 ballots count, and totals of so few would show votes\n"
		"  Who?\n"
		"    withheld: fewer than 3 ballots count, and totals of so few would show votes\n");
	manifest.privacy_floor = 0;
	questions[0].approval = (tb_bar){.base = TB_BASE_ELECTORATE, .a = 1, .b = 4};
	questions[0].winners = 2;
	questions[1].approval = (tb_bar){.base = TB_BASE_ELECTORATE, .a = 1, .b = 1};
	questions[2].approval = (tb_bar){.base = TB_BASE_OPTIONS_SUM, .a = 1, .b = 2};
	totals[0][0] = 2;
	totals[1][2] = 10;
	totals[2][1] = 1;
	assert_words(totals, &few,
		"2 of 4 voters\n"
		"  Shall the fee rise?\n"
		"    needed: at least 25 % of the 4 votes of the electorate\n"
		"             2  Yes  elected\n"
		"             0  No\n"
		"  Where do we go?\n"
		"    needed: at least 100 % of the 20 points that the electorate could give\n"
		"             0  \xc3\x84"
		"rmelkanal\n"
		"             0  Hill\n"
		"            10  Sea\n"
		"    no option is approved\n"
		"  Who?\n"
		"    needed: at least 50 % of the 1 votes given to all options\n"
		"             0  Ada\n"
		"             1  Bert  elected\n"
		"             0  Chen\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rule_in_words),
		cmocka_unit_test(test_what_is_not_decided),
		cmocka_unit_test(test_few_ballots_and_equal_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

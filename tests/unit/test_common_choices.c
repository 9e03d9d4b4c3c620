/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_choices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/captured.h"

static char fee[] = "fee", who[] = "who", trip[] = "trip", many[] = "many", empty[] = "",
	    title_fee[] = "The fee?", title_who[] = "Who?", title_trip[] = "Where?", yes[] = "yes",
	    no[] = "no", ann[] = "ann", bob[] = "bob", col[] = "col", sun[] = "sun", ice[] = "ice",
	    label_yes[] = "Yes!", label_no[] = "No", label_ann[] = "Ann", label_bob[] = "Bob",
	    label_col[] = "Col", label_sun[] = "The sun", label_ice[] = "The ice";
static tb_option fee_options[] = {{.id = yes, .label = label_yes}, {.id = no, .label = label_no}};
static tb_option who_options[] = {
	{.id = ann, .label = label_ann}, {.id = bob, .label = label_bob}, {.id = col, .label = label_col}};
static tb_option trip_options[] = {{.id = sun, .label = label_sun}, {.id = ice, .label = label_ice}};
static tb_option many_options[TB_MAX_OPTIONS];
static char many_ids[TB_MAX_OPTIONS][TB_ID_MAX + 1];

static tb_question questions[] = {
	{.id = fee,
		.title = title_fee,
		.method = TB_METHOD_REFERENDUM,
		.options = fee_options,
		.num_options = 2,
		.max = 1,
		.score_max = 1,
		.winners = 1},
	{.id = who,
		.title = title_who,
		.method = TB_METHOD_CHOOSE,
		.options = who_options,
		.num_options = 3,
		.min = 1,
		.max = 2,
		.score_max = 1,
		.blank = true,
		.winners = 1},
	{.id = trip,
		.title = title_trip,
		.method = TB_METHOD_SCORE,
		.options = trip_options,
		.num_options = 2,
		.max = 510,
		.score_max = 255,
		.winners = 1},
	{.id = many,
		.title = empty,
		.method = TB_METHOD_APPROVAL,
		.options = many_options,
		.num_options = TB_MAX_OPTIONS,
		.max = TB_MAX_OPTIONS,
		.score_max = 1,
		.winners = 1},
};
static const tb_manifest manifest = {.questions = questions, .num_questions = 4};

/* Two ranked questions: equal ranks are allowed in the second. */
static char chair[] = "chair", order[] = "order", title_chair[] = "Who shall chair?",
	    title_order[] = "In which order?";
static tb_question ranked_questions[] = {
	{.id = chair,
		.title = title_chair,
		.method = TB_METHOD_RANKED,
		.options = who_options,
		.num_options = 3,
		.min = 1,
		.max = 2,
		.score_max = 1,
		.winners = 1},
	{.id = order,
		.title = title_order,
		.method = TB_METHOD_RANKED,
		.options = who_options,
		.num_options = 3,
		.max = 3,
		.score_max = 1,
		.winners = 1,
		.count = {.equal = true}},
	{.id = fee,
		.title = title_fee,
		.method = TB_METHOD_REFERENDUM,
		.options = fee_options,
		.num_options = 2,
		.max = 1,
		.score_max = 1,
		.winners = 1},
};
static const tb_manifest ranked_manifest = {.questions = ranked_questions, .num_questions = 3};

/* ---- the program ---- */

static char values[64];
static bool blank[4];

static int run_vote(const tb_args *args)
{
	tb_choices c;
	int exit_code;

	assert_int_equal(tb_choices_new(&c, &manifest), TB_OK);
	exit_code = tb_choices_take(args, &manifest, &c);
	(void)snprintf(values, sizeof values, "%u%u %u%u%u %u,%u %u%u", c.value[0][0], c.value[0][1],
		c.value[1][0], c.value[1][1], c.value[1][2], c.value[2][0], c.value[2][1], c.value[3][0],
		c.value[3][499]);
	for (size_t q = 0; q < 4; q++)
		blank[q] = c.blank[q];
	if (exit_code == TB_EXIT_OK)
		tb_choices_print(&manifest, &c);
	tb_choices_release(&c);
	return exit_code;
}

static int run_rank(const tb_args *args)
{
	tb_choices c;
	int exit_code;

	assert_int_equal(tb_choices_new(&c, &ranked_manifest), TB_OK);
	exit_code = tb_choices_take(args, &ranked_manifest, &c);
	(void)snprintf(values, sizeof values, "%u%u%u %u%u%u %u%u", c.value[0][0], c.value[0][1],
		c.value[0][2], c.value[1][0], c.value[1][1], c.value[1][2], c.value[2][0], c.value[2][1]);
	if (exit_code == TB_EXIT_OK)
		tb_choices_print(&ranked_manifest, &c);
	tb_choices_release(&c);
	return exit_code;
}

static const tb_flag flags[] = {TB_CHOICES_FLAGS, {NULL, NULL, NULL, false, false}};
static const tb_command vote = {
	.name = "vote", .operands = "", .summary = "", .details = "", .flags = flags, .run = run_vote};
static const tb_command rank = {
	.name = "rank", .operands = "", .summary = "", .details = "", .flags = flags, .run = run_rank};
static const tb_command *const commands[] = {&vote, &rank, NULL};
static const tb_program program = {.name = "t", .summary = "", .commands = commands};

static void assert_choice(const char *line, const char *expected)
{
	if (captured_run(&program, line) != TB_EXIT_OK)
		fail_msg("%s: %s", line, captured_err);
	assert_string_equal(values, expected);
	assert_string_equal(captured_err, "");
}

static void assert_refused(const char *line, const char *complaint)
{
	if (captured_run(&program, line) != TB_EXIT_USAGE || strstr(captured_err, complaint) == NULL)
		fail_msg("%s: said '%s'", line, captured_err);
}

static void test_choices(void **state)
{
	(void)state;
	assert_choice(
		"t vote --choose fee=yes --choose who=col,ann --score trip=ice:255,sun:7", "10 101 7,255 00");
	assert_choice(
		"t vote --choose who=ann --choose who=bob --choose=many=opt-0,opt-499", "00 110 0,0 11");
	assert_choice("t vote --blank who --score trip=sun:0", "00 000 0,0 00");
	assert_true(blank[1]);
	assert_false(blank[0] || blank[2] || blank[3]);
}

/* What the voter confirms, in the words of the manifest. */
static void test_the_choices_are_shown_back(void **state)
{
	(void)state;
	assert_choice("t vote --choose fee=no --choose who=bob --score trip=sun:12", "01 010 12,0 00");
	assert_string_equal(
		captured_out, "The fee?\n  [x]  No\nWho?\n  [x]  Bob\nWhere?\n   12  The sun\n\n  nothing\n");
	assert_choice("t vote --blank who", "00 000 0,0 00");
	assert_string_equal(
		captured_out, "The fee?\n  nothing\nWho?\n  a blank vote\nWhere?\n  nothing\n\n  nothing\n");
}

static void test_slips(void **state)
{
	(void)state;
	assert_refused("t vote --choose who", "--choose: expected QUESTION=OPTION..., found 'who'");
	assert_refused("t vote --score trip", "--score: expected QUESTION=OPTION..., found 'trip'");
	assert_refused("t vote --choose whom=ann", "there is no question 'whom'; the first one is 'fee'");
	assert_refused("t vote --choose wh=ann", "there is no question 'wh'");
	assert_refused("t vote --choose =ann", "there is no question ''");
	assert_refused("t vote --blank whom", "there is no question 'whom'");
	assert_refused("t vote --choose who=dan",
		"the question 'who' has no option 'dan'; its options are ann, bob, col");
	assert_refused("t vote --choose who=an", "has no option 'an'");
	assert_refused("t vote --choose who=", "has no option ''");
	assert_refused("t vote --choose who=ann,", "has no option ''");
	assert_refused("t vote --choose who=ann,,bob", "has no option ''");
	assert_refused("t vote --choose who=Ann", "has no option 'Ann'");
	assert_refused("t vote --choose many=x", "opt-0, opt-1,");
	assert_refused("t vote --choose who=ann,ann", "'ann' is given twice for 'who'");
	assert_refused("t vote --choose who=ann --choose who=ann", "'ann' is given twice for 'who'");
	assert_refused("t vote --blank who --score trip=sun:0,sun:0", "'sun' is given twice for 'trip'");
	assert_refused("t vote --choose trip=sun", "--choose: the question 'trip' takes scores: use --score");
	assert_refused("t vote --score who=ann:1", "--score: the question 'who' takes choices: use --choose");
	assert_refused("t vote --score trip=sun", "expected OPTION:SCORE, found 'sun'");
	assert_refused("t vote --score trip=sun:", "a score is missing");
	assert_refused("t vote --score trip=sun:-1", "expected a score, found '-1'");
	assert_refused("t vote --score trip=sun:1.5", "expected a score, found '1.5'");
	assert_refused("t vote --score trip=sun:99999", "expected a score, found '99999'");
}

static void test_rules(void **state)
{
	(void)state;
	assert_refused("t vote --choose fee=yes,no --blank who",
		"question 'fee': expected at most 1 chosen, found 2 [BALLOT.BITS]");
	assert_refused("t vote --choose who=ann,bob,col",
		"question 'who': expected at most 2 chosen, found 3 [BALLOT.BITS]");
	assert_refused("t vote --choose fee=yes",
		"question 'who': expected at least 1 chosen, or blank, found 0 [BALLOT.BITS]");
	assert_refused("t vote --blank who --score trip=ice:256",
		"question 'trip', option 'ice': expected 0 to 255, found 256 [BALLOT.BITS]");
	assert_refused("t vote --blank who --choose who=ann",
		"question 'who': expected either a blank vote or choices, found both");
	assert_refused("t vote --blank who --blank fee",
		"question 'fee': expected choices: this question has no blank vote");
}

static void test_rankings(void **state)
{
	(void)state;
	assert_choice("t rank --rank chair=col,ann", "201 000 00");
	assert_string_equal(captured_out, "Who shall chair?\n    1. Col\n    2. Ann\n  not ranked: 1 of 3\n"
					  "In which order?\n  nothing\nThe fee?\n  nothing\n");
	assert_choice("t rank --rank=order=bob=col,ann --choose fee=yes --rank chair=bob", "010 211 10");
	assert_string_equal(captured_out,
		"Who shall chair?\n    1. Bob\n  not ranked: 2 of 3\n"
		"In which order?\n    1. Bob\n    1. Col\n    2. Ann\nThe fee?\n  [x]  Yes!\n");
	assert_choice("t rank --rank order=ann=bob=col --rank chair=ann", "100 111 00");
}

static void test_slips_in_rankings(void **state)
{
	(void)state;
	assert_refused("t rank --rank chair", "--rank: expected QUESTION=OPTION,..., found 'chair'");
	assert_refused("t rank --rank seat=ann", "there is no question 'seat'");
	assert_refused("t rank --rank chair=dan", "the question 'chair' has no option 'dan'");
	assert_refused("t rank --rank chair=", "has no option ''");
	assert_refused("t rank --rank chair=ann,", "has no option ''");
	assert_refused("t rank --rank order=ann==bob", "has no option ''");
	assert_refused("t rank --rank order==ann", "has no option ''");
	assert_refused("t rank --rank chair=ann,bob,ann", "'ann' is given twice for 'chair'");
	assert_refused(
		"t rank --rank chair=ann --rank chair=bob", "--rank: the whole order of 'chair' at once");
	assert_refused(
		"t rank --choose chair=ann", "--choose: the question 'chair' takes an order: use --rank");
	assert_refused(
		"t rank --score chair=ann:1", "--score: the question 'chair' takes an order: use --rank");
	assert_refused("t rank --rank fee=yes", "--rank: the question 'fee' takes choices: use --choose");
	assert_refused("t vote --rank trip=sun", "--rank: the question 'trip' takes scores: use --score");
	assert_refused("t rank --rank chair=ann=bob",
		"question 'chair': expected each rank once, found two options with rank 1 [RANK.CHOICE]");
	assert_refused("t rank --rank chair=ann,bob,col",
		"question 'chair': expected at most 2 ranked, found 3 [RANK.CHOICE]");
	assert_refused("t rank --rank order=ann", "question 'chair': expected at least 1 ranked, found 0");
	assert_refused("t rank --rank chair=ann --blank order",
		"question 'order': expected ranks: this question has no blank vote");
}

static int setup(void **state)
{
	(void)state;
	for (int i = 0; i < TB_MAX_OPTIONS; i++) {
		(void)snprintf(many_ids[i], sizeof many_ids[i], "opt-%d", i);
		many_options[i] = (tb_option){.id = many_ids[i], .label = many_ids[i]};
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_the_choices_are_shown_back),
		cmocka_unit_test(test_slips),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rankings),
		cmocka_unit_test(test_slips_in_rankings),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/count_text.h"

/* Small counts worked out by hand, one rule at a time. */

static counted c;

static int finish(void **state)
{
	(void)state;
	counted_release(&c);
	return 0;
}

#define count(abif, method, seats, lot)                                                                      \
	do {                                                                                                 \
		counted_release(&c);                                                                         \
		counted_once(&c, abif, method, seats, lot);                                                  \
	} while (0)
#define elects(expected) assert_string_equal(counted_elected(&c), expected)
#define votes(round, candidate, expected) assert_string_equal(counted_votes(&c, round, candidate), expected)
#define why(candidate, expected) assert_int_equal(c.account.fates[(candidate)-1].why, expected)

/* ---- what all have in common ---- */

static void test_methods_are_found_by_name_with_and_without_version(void **state)
{
	(void)state;
	assert_ptr_equal(tb_count_method_find("scottish-stv"), tb_count_method_find("scottish-stv-2007"));
	assert_ptr_equal(tb_count_method_find("schulze"), tb_count_method_find("schulze-wv-1"));
	assert_null(tb_count_method_find("scot"));
	assert_null(tb_count_method_find("scottish-stv-2011"));
	assert_null(tb_count_method_find(""));
	for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
		assert_ptr_equal(tb_count_method_find((*m)->id), *m);
		assert_true((*m)->choices[0] != NULL && (*m)->source[0] != '\0');
		assert_int_equal(strncmp((*m)->rule, "COUNT.", 6), 0);
	}
}

/* [COUNT.BALLOT]: withdrawn candidates leave every ballot; empty ballots count in the total, for nobody. */
static void test_withdrawn_candidates_and_empty_ballots(void **state)
{
	(void)state;
	count("=A:[A]\n=B:[B]\n=C:[C]\n{withdrawn: \"1\"}\n4:A>B\n3:C\n2:A\n1:", "plurality", 1, NULL);
	elects("2");
	votes(1, 2, "4");
	votes(1, 1, "0");
	why(1, TB_COUNT_WITHDRAWN);
	assert_int_equal(c.account.num_ballots, 10);
	assert_int_equal(c.account.num_empty, 3);
	assert_int_equal(c.account.num_valid, 7);
}

/* [COUNT.EQUAL]: the order ends at the first shared rank, also when the sharers are out of the count. */
static void test_equal_ranks_end_the_order_of_single_preferences(void **state)
{
	static const char *const strict[] = {"plurality", "scottish-stv", "ftstv", "meek-prf", "irv"};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		count("5:A\n3:B=C>A\n2:B>C=D>A\n1:C>D=B>A", strict[i], 1, "1,2,3,4");
		assert_int_equal(c.account.num_valid, 8);
		assert_int_equal(c.account.num_empty, 0);
		elects("1");
		votes(1, 1, i == 1 ? "5.00000" : i == 2 ? "5.000000" : i == 3 ? "5.000000000" : "5");
	}
	count("4:A\n3:B>C=D>A\n2:C", "irv", 1, "4,3,2,1");
	votes(3, 1, "4"); /* B's papers do not go on to A behind C=D, although C and D are excluded before */
	count("5:A\n3:B=C>A", "approval", 1, NULL);
	assert_int_equal(c.account.num_valid, 8);
}

/* [COUNT.ORDER]: by votes, then by number, and no lot for it. */
static void test_those_elected_together_stand_by_votes_then_by_number(void **state)
{
	(void)state;
	count("3:B\n5:C\n3:A", "plurality", 3, NULL);
	elects("2,1,3"); /* B is the first that is named */
	count("4:A\n5:B\n4:C", "scottish-stv", 3, NULL);
	elects("2,1,3");
}

/* [COUNT.MINIMUM]: it does not change the count, only who gets a seat. */
static void test_a_minimum_leaves_the_seat_empty(void **state)
{
	(void)state;
	count("9:A\n4:B\n3:C", "plurality", 2, NULL);
	elects("1,2");
	c.options.min_votes = 4;
	counted_run(&c);
	elects("1,2");
	c.options.min_votes = 5;
	counted_run(&c);
	elects("1");
	why(2, TB_COUNT_BELOW_MINIMUM);
	why(3, TB_COUNT_FEWER);
	counted_release(&c);
	counted_begin(&c, "9:A\n4:B\n3:C>B", "scottish-stv", 2);
	c.options.min_votes = 7;
	counted_run(&c);
	elects("1,2");
	c.options.min_votes = 8;
	counted_run(&c);
	elects("1");
	assert_int_equal(c.account.num_rounds, 3);
	for (size_t i = 0; i < 3; i++) {
		static const char *const without[] = {"schulze", "borda", "condorcet-debian"};

		counted_release(&c);
		counted_begin(&c, "9:A\n4:B", without[i], 1);
		c.options.min_votes = 1;
		counted_run(&c);
		elects("range");
	}
}

static void test_options_that_do_not_fit_are_refused(void **state)
{
	static const uint32_t twice[] = {0, 0}, beyond[] = {0, 2};
	static const tb_count_ratio none[] = {{0, 1}, {1, 1}}, of_default[] = {{2, 1}, {1, 1}};

	(void)state;
	count("2:A\n1:B", "irv", 2, NULL);
	elects("range");
	count("2:A\n1:B", "score", 1, NULL);
	elects("range");
	count("2:A\n1:B", "plurality", 0, NULL);
	elects("range");
	count("2:A\n1:B", "plurality", TB_COUNT_MAX_CANDIDATES + 1, NULL);
	elects("range");
	c.options.seats = 1;
	c.options.lot = twice;
	counted_run(&c);
	elects("range");
	c.options.lot = beyond;
	counted_run(&c);
	elects("range");
	c.options.lot = NULL;
	c.options.quorum = 1;
	counted_run(&c);
	elects("range");
	c.method = tb_count_method_find("condorcet-debian");
	counted_run(&c); /* a quorum without a default option */
	elects("range");
	c.options.default_option = 2;
	counted_run(&c);
	elects("range");
	c.options.default_option = 0;
	c.options.ratios = none;
	counted_run(&c);
	elects("range");
	c.options.ratios = of_default;
	counted_run(&c);
	elects("range");
	c.options.ratios = NULL;
	counted_run(&c);
	elects("1");
}

/* ---- ties [COUNT.TIE] [COUNT.LOT] ---- */

static void test_an_earlier_round_decides_before_the_lot(void **state)
{
	(void)state;
	/* D's vote lifts C to B's number: B had more in round 1, so C goes. */
	count("6:A\n3:B>A\n2:C>A\n1:D>C", "irv", 1, NULL);
	elects("1");
	assert_int_equal(c.account.num_rounds, 3);
	assert_int_equal(c.account.rounds[2].ties[0].round, 1);
	assert_int_equal(c.account.rounds[2].ties[0].chosen, 2);
	count("7:A\n5:B>A\n4:C>A\n1:D>C\n4:E", "irv", 1, "5,4,3,2,1");
	assert_int_equal(c.account.rounds[3].num_ties, 1);
	assert_int_equal(c.account.rounds[3].ties[0].round, 1);
	assert_int_equal(c.account.rounds[3].ties[0].left.num, 0);
	assert_int_equal(c.account.rounds[3].ties[0].chosen, 2);
}

/* B, C and D are equal now; before, C and D were behind B, and at first C was behind D. */
static void test_the_set_is_narrowed_round_by_round(void **state)
{
	(void)state;
	count("20:A\n6:B\n4:C\n5:D\n1:E>C\n1:F>C\n1:F>D\n8:G", "irv", 1, "1,2,3,4,5,6,7");
	assert_int_equal(c.account.rounds[3].num_ties, 1);
	assert_int_equal(c.account.rounds[3].ties[0].tied.num, 3);
	assert_int_equal(c.account.rounds[3].ties[0].round, 1);
	assert_int_equal(c.account.rounds[3].ties[0].chosen, 2);
	count("20:A\n6:B\n4:C\n4:D\n2:F>C\n2:F>D\n8:G", "irv", 1, "1,2,3,4,5,6");
	/* C and D never differ: the lot decides between them, not among all three */
	assert_int_equal(c.account.rounds[2].ties[0].round, 0);
	assert_int_equal(c.account.rounds[2].ties[0].left.num, 2);
	assert_int_equal(c.account.rounds[2].ties[0].chosen, 3);
}

static void test_the_lot_prefers_its_first(void **state)
{
	(void)state;
	count("3:A\n3:B\n3:C", "plurality", 1, NULL);
	elects("lot:1,2,3");
	assert_non_null(strstr(c.why.text, "1 (A), 2 (B), 3 (C)"));
	counted_lot(&c, "2,3,1");
	counted_run(&c);
	elects("2");
	why(1, TB_COUNT_LOT_LOST);
	count("3:A\n3:B\n3:C", "plurality", 2, "3,1,2");
	elects("3,1");
	count("2:A\n2:B\n1:C>A\n1:D>B", "irv", 1, "1,2,4,3");
	assert_int_equal(c.account.rounds[1].of.at[0], 2); /* C, the lot's last, is excluded */
	elects("1");
}

static void test_a_long_tie_is_named_as_far_as_it_fits(void **state)
{
	char text[4096] = "";
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 60; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "1:candidate-%d\n", i);
	count(text, "plurality", 1, NULL);
	assert_int_equal(c.err, TB_ERR_STATE);
	assert_int_equal(c.account.lot_missing->left.num, 60);
	assert_non_null(strstr(c.why.text, "between 1 (candidate-0), 2 (candidate-1), "));
	assert_non_null(strstr(c.why.text, " and 50 more"));
}

/* [COUNT.EXACT]: as many ballots as there may be, and nothing overflows. */
static void test_the_largest_numbers(void **state)
{
	static const char *const text = "9007199254740980:A>B>C\n4:B>C\n4:C>B\n3:A=B";

	(void)state;
	for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
		if ((*m)->flags & TB_COUNT_NEEDS_SCORES)
			continue;
		count(text, (*m)->id, (*m)->flags & TB_COUNT_ONE_SEAT ? 1 : 2, "1,2,3");
		assert_int_equal(c.err, TB_OK);
		assert_int_equal(c.account.order.at[0], strcmp((*m)->id, "approval-1") == 0 ? 1 : 0);
		assert_int_equal(c.account.num_ballots, TB_COUNT_MAX_BALLOTS);
		if (c.account.rounds[0].has_rest)
			for (uint32_t r = 0; r < c.account.num_rounds; r++) {
				tb_amount sum = c.account.rounds[r].rest, whole = c.account.num_valid;

				for (unsigned d = 0; d < (*m)->decimals; d++)
					whole *= 10;
				for (uint32_t i = 0; i < 3; i++)
					sum += c.account.rounds[r].votes[i];
				assert_true(sum == whole);
			}
	}
	count("9007199254740990:A/1000000,B/999999\n1:B/1", "score", 1, NULL);
	votes(1, 1, "9007199254740990000000");
	votes(1, 2, "9007190247541735259011");
}

/* ---- STV ---- */

/* [COUNT.SCOTTISH]: the quota, a transfer value cut off after five decimals, the rest non-transferable. */
static void test_scottish_by_hand(void **state)
{
	(void)state;
	count("7:A>B\n2:C\n2:D", "scottish-stv", 2, "1,2,3,4");
	assert_true(c.account.rounds[0].quota == 400000); /* floor(11/3) + 1 */
	votes(1, 1, "7.00000");
	votes(2, 1, "4.00000");
	votes(2, 2, "2.99999"); /* 7 papers of floor(3 * 100000 / 7) = 42857 */
	assert_true(c.account.rounds[1].rest == 1);
	assert_string_equal(c.account.rounds[1].action, "surplus");
	elects("1,2"); /* D then C are excluded, B is left: r. 52 */
	why(1, TB_COUNT_QUOTA);
	why(2, TB_COUNT_LAST);
	why(3, TB_COUNT_EXCLUDED);
}

/* A paper that came at a fraction goes on at a fraction of it: A's value when received, not 1. */
static void test_scottish_second_transfer_keeps_the_value(void **state)
{
	(void)state;
	count("6:A>B>C\n3:B>C\n1:C\n2:D", "scottish-stv", 3, "1,2,3,4");
	assert_true(c.account.rounds[0].quota == 400000);
	/* A: surplus 2 of 6, each 0.33333; B: 3 + 1.99998 = 4.99998; surplus 0.99998 */
	votes(2, 2, "4.99998");
	/* B's 6 papers: floor(99998 * 33333 / 499998) = 6666; its 3 papers: floor(99998 * 100000 / 499998) = 19999 */
	votes(3, 3, "1.99993"); /* 1 + 6 * 0.06666 + 3 * 0.19999 */
	elects("1,2,4");
}

/* r. 52: nobody is left out for having no votes; FTSTV leaves the seat empty [COUNT.FTSTV]. */
static void test_the_last_seat_without_votes(void **state)
{
	(void)state;
	count("=A:[A]\n=B:[B]\n9:A", "scottish-stv", 2, NULL);
	elects("1,2");
	count("=A:[A]\n=B:[B]\n9:A", "ftstv", 2, NULL);
	elects("1");
	why(2, TB_COUNT_NO_VOTES);
	count("=A:[A]\n=B:[B]\n5:", "irv", 1, "1,2");
	elects("");
	count("=A:[A]\n=B:[B]\n5:", "scottish-stv", 1, "1,2");
	elects("1");
}

/* [COUNT.FTSTV]: six decimals, and the first exclusion takes all without a vote. */
static void test_ftstv_excludes_zeros_together_once(void **state)
{
	(void)state;
	count("=Z:[Z]\n=Y:[Y]\n7:A>B\n2:C\n3:B", "ftstv", 2, NULL);
	assert_true(c.account.rounds[0].quota == 5000000);
	votes(2, 4, "4.999998"); /* 3 + 7 * 0.285714, cut off from 2/7 */
	assert_int_equal(c.account.rounds[2].of.num, 2);
	assert_int_equal(c.account.rounds[3].of.num, 1);
	count("=Z:[Z]\n=Y:[Y]\n7:A>B\n2:C\n3:B", "scottish-stv", 2, "2,1,3,4,5");
	assert_int_equal(c.account.rounds[2].of.num, 1);
}

/* [COUNT.IRV]: more than half of what is still in play, not of all ballots. */
static void test_irv_majority_of_the_votes_in_play(void **state)
{
	(void)state;
	count("4:A\n3:B\n2:C", "irv", 1, NULL);
	elects("1");
	assert_int_equal(c.account.num_rounds, 2);
	why(1, TB_COUNT_MAJORITY);
	assert_true(c.account.rounds[0].quota == 5 && c.account.rounds[1].quota == 4);
	count("4:A\n3:B\n2:C>B", "irv", 1, NULL);
	elects("2");
}

/* [COUNT.MEEK]: an even split of a surplus, and quotas that fall as votes run out. */
static void test_meek_by_hand(void **state)
{
	(void)state;
	count("6:A>B\n2:C\n1:B", "meek-prf", 2, NULL);
	assert_true(c.account.rounds[0].quota == 3000000001);
	votes(1, 1, "6.000000000");
	elects("1,2");
	/* nothing is lost, so the quota stays, and A keeps just it (rounded up to nine decimals a paper) */
	assert_true(c.account.rounds[1].quota == 3000000001);
	votes(2, 2, "3.999999994");
	assert_true(c.account.rounds[1].keep[0] == 500000001);
	count("6:A\n2:C\n1:B", "meek-prf", 2, NULL);
	elects("1,2");
	assert_true(c.account.rounds[1].quota < 3000000001);
}

/* B.3: within the total surplus of the lowest is a tie, and no earlier round is asked. */
static void test_meek_ties_go_to_the_lot_at_once(void **state)
{
	(void)state;
	count("7:A\n5:B>A\n4:C>A\n1:D>C\n4:E", "meek-prf", 1, NULL);
	elects("lot:2,3"); /* both have 5 now, and in round 1 B had more */
}

/* ---- pairwise [COUNT.PAIRWISE] ---- */

static void test_unranked_come_last_and_equals_are_not_compared(void **state)
{
	(void)state;
	count("5:A=B>C\n3:B\n2:C>A", "schulze", 1, NULL);
	assert_int_equal(c.account.pairwise[0 * 3 + 1], 2);
	assert_int_equal(c.account.pairwise[1 * 3 + 0], 3);
	assert_int_equal(c.account.pairwise[0 * 3 + 2], 5);
	assert_int_equal(c.account.pairwise[2 * 3 + 0], 2);
	assert_int_equal(c.account.pairwise[1 * 3 + 2], 8);
	assert_int_equal(c.account.pairwise[2 * 3 + 1], 2);
	elects("2");
}

/* [COUNT.DEBIAN] */
static void test_debian_quorum_and_ratio(void **state)
{
	static const tb_count_ratio two_thirds[] = {{2, 1}, {1, 1}, {1, 1}};
	static const char *const text = "=A:[A]\n=B:[B]\n=D:[D]\n6:A>B>D\n2:B>D>A\n1:D";

	(void)state;
	counted_release(&c);
	counted_begin(&c, text, "condorcet-debian", 1);
	c.options.default_option = 2;
	c.options.quorum = 6;
	counted_run(&c);
	elects("1");
	c.options.quorum = 7;
	counted_run(&c); /* A has 6 above D, B has 8 */
	elects("2");
	why(1, TB_COUNT_NO_QUORUM);
	c.options.quorum = 6;
	c.options.ratios = two_thirds;
	counted_run(&c); /* 6 to 3 is exactly 2:1: enough since 2016 */
	elects("1");
	counted_release(&c);
	counted_begin(&c, "=A:[A]\n=B:[B]\n=D:[D]\n5:A>B>D\n1:B>A>D\n2:D>B>A", "condorcet-debian", 1);
	c.options.default_option = 2;
	counted_run(&c);
	elects("1");
	c.options.quorum = 7;
	counted_run(&c); /* nothing is left but the default option */
	elects("3");
	counted_release(&c);
	counted_begin(&c, "=A:[A]\n=D:[D]\n3:A\n3:D\n1:A=D", "condorcet-debian", 1);
	c.options.default_option = 1;
	counted_run(&c); /* as many as is not more */
	elects("2");
	why(1, TB_COUNT_NO_RATIO);
}

static void test_debian_drops_the_weakest_defeat_of_a_cycle(void **state)
{
	(void)state;
	/* A beats B 6:3, B beats C 7:2, C beats A 5:4: the last is dropped. */
	count("4:A>B>C\n3:B>C>A\n2:C>A>B", "condorcet-debian", 1, NULL);
	elects("1");
	assert_int_equal(c.account.num_rounds, 2);
	assert_int_equal(c.account.rounds[0].num_pairs, 1);
	assert_int_equal(c.account.rounds[0].pairs[0].winner, 2);
	assert_int_equal(c.account.rounds[0].pairs[0].loser, 0);
	count("1:A>B>C\n1:B>C>A\n1:C>A>B", "condorcet-debian", 1, NULL);
	elects("lot:1,2,3");
	count("=A:[A]\n=B:[B]\n3:", "condorcet-debian", 1, NULL);
	elects("");
}

/* [COUNT.SCHULZE]: equal winning votes are equal strengths; Debian looks at the losing votes next. */
static void test_schulze_by_winning_votes_alone(void **state)
{
	(void)state;
	count("4:A>B>C\n3:B>C>A\n2:C>A>B", "schulze", 3, NULL);
	elects("1,2,3");
	assert_int_equal(c.account.paths[0 * 3 + 2], 6);
	assert_int_equal(c.account.paths[2 * 3 + 0], 5);
	/* A beats B 4:3, B beats C 5:3, C beats A 4:2 */
	count("1:A>B>C\n3:B>C>A\n1:C>A>B\n2:A=C>B\n1:A=B>C", "schulze", 1, NULL);
	assert_int_equal(c.account.pairwise[0 * 3 + 1], 4);
	elects("lot:1,2");
	count("1:A>B>C\n3:B>C>A\n1:C>A>B\n2:A=C>B\n1:A=B>C", "condorcet-debian", 1, NULL);
	elects("2");
	count("=A:[A]\n=B:[B]\n3:", "schulze", 2, NULL);
	elects("");
}

/* ---- totals ---- */

/* [COUNT.BORDA] */
static void test_borda_shares_places(void **state)
{
	(void)state;
	count("=A:[A]\n=B:[B]\n=C:[C]\n=D:[D]\n1:A=B>C", "borda", 2, NULL);
	votes(1, 1, "2.5");
	votes(1, 2, "2.5");
	votes(1, 3, "1.0");
	votes(1, 4, "0.0");
	elects("1,2");
	count("=A:[A]\n=B:[B]\n=C:[C]\n=D:[D]\n2:A\n1:", "borda", 1, NULL);
	votes(1, 1, "6.0");
	votes(1, 2, "2.0");
	votes(1, 4, "2.0");
}

/* [COUNT.PLURALITY] [COUNT.APPROVAL] */
static void test_plurality_and_approval(void **state)
{
	(void)state;
	count("3:A>C\n2:B>C\n1:C", "plurality", 1, NULL);
	elects("1");
	count("3:A>C\n2:B>C\n1:C", "approval", 1, NULL);
	elects("2");
	votes(1, 2, "6");
	why(1, TB_COUNT_FEWER);
}

/* [COUNT.SCORE] */
static void test_scores_are_added(void **state)
{
	(void)state;
	count("3:A/5,B/4,C/0\n2:B/5,C/1", "score", 1, NULL);
	votes(1, 1, "15");
	votes(1, 2, "22");
	votes(1, 3, "2");
	elects("2");
	count("3:A/5,B/4,C/0\n2:B/5,C/1", "approval", 1, NULL); /* a score of 0 is none */
	votes(1, 3, "2");
	count("3:A/5,B/4,C/0\n2:B/5,C/1", "plurality", 1, NULL); /* ranks follow from scores */
	elects("1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_methods_are_found_by_name_with_and_without_version),
		cmocka_unit_test(test_withdrawn_candidates_and_empty_ballots),
		cmocka_unit_test(test_equal_ranks_end_the_order_of_single_preferences),
		cmocka_unit_test(test_those_elected_together_stand_by_votes_then_by_number),
		cmocka_unit_test(test_a_minimum_leaves_the_seat_empty),
		cmocka_unit_test(test_options_that_do_not_fit_are_refused),
		cmocka_unit_test(test_an_earlier_round_decides_before_the_lot),
		cmocka_unit_test(test_the_set_is_narrowed_round_by_round),
		cmocka_unit_test(test_the_lot_prefers_its_first),
		cmocka_unit_test(test_a_long_tie_is_named_as_far_as_it_fits),
		cmocka_unit_test(test_the_largest_numbers),
		cmocka_unit_test(test_scottish_by_hand),
		cmocka_unit_test(test_scottish_second_transfer_keeps_the_value),
		cmocka_unit_test(test_the_last_seat_without_votes),
		cmocka_unit_test(test_ftstv_excludes_zeros_together_once),
		cmocka_unit_test(test_irv_majority_of_the_votes_in_play),
		cmocka_unit_test(test_meek_by_hand),
		cmocka_unit_test(test_meek_ties_go_to_the_lot_at_once),
		cmocka_unit_test(test_unranked_come_last_and_equals_are_not_compared),
		cmocka_unit_test(test_debian_quorum_and_ratio),
		cmocka_unit_test(test_debian_drops_the_weakest_defeat_of_a_cycle),
		cmocka_unit_test(test_schulze_by_winning_votes_alone),
		cmocka_unit_test(test_borda_shares_places),
		cmocka_unit_test(test_plurality_and_approval),
		cmocka_unit_test(test_scores_are_added),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}

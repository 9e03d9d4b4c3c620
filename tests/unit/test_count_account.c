/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/count/lot.h"
#include "crypto/hash.h"
#include "tests/support/count_text.h"

/* What a count says about itself: the bytes of its JSON [COUNT.JSON], that the figures add up [COUNT.ACCOUNT], the words. */

static counted c;
static tb_buf out;

static int begin(void **state)
{
	(void)state;
	tb_buf_init(&out, 1u << 24);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	counted_release(&c);
	tb_buf_release(&out);
	return 0;
}

static const char *json_of(void)
{
	tb_buf_clear(&out);
	assert_int_equal(tb_count_account_write(&out, &c.account, c.method, &c.ballots, &c.options), TB_OK);
	return tb_buf_cstr(&out);
}

static void count(const char *abif, const char *method, uint32_t seats, const char *lot)
{
	counted_release(&c);
	counted_once(&c, abif, method, seats, lot);
	assert_int_equal(c.err, TB_OK);
}

static void test_json_of_a_transferable_vote(void **state)
{
	(void)state;
	count("7:Ada>Bo\n2:Cy\n2:Di\n1:\n1:Cy=Di\n", "scottish-stv", 2, "1,2,3,4");
	assert_string_equal(json_of(),
		"{\"tabella_count\":1,\"method\":\"scottish-stv-2007\",\"seats\":2,\"minimum\":0,"
		"\"candidates\":[\"Ada\",\"Bo\",\"Cy\",\"Di\"],\"ballots\":{\"total\":13,\"empty\":1,"
		"\"valid\":11},\"rounds\":["
		"{\"action\":\"first-preferences\",\"of\":[],\"quota\":\"4.00000\",\"votes\":[\"7.00000\","
		"\"0.00000\",\"2.00000\","
		"\"2.00000\"],\"non_transferable\":\"0.00000\",\"transfers\":[],\"elected\":[1],\"excluded\":"
		"[],\"ties\":[]},"
		"{\"action\":\"surplus\",\"of\":[1],\"quota\":\"4.00000\",\"votes\":[\"4.00000\",\"2.99999\","
		"\"2.00000\",\"2.00000\"],"
		"\"non_transferable\":\"0.00001\",\"transfers\":[[1,2,\"2.99999\"],[1,0,\"0.00001\"]],"
		"\"elected\":[],\"excluded\":[],"
		"\"ties\":[]},"
		"{\"action\":\"exclusion\",\"of\":[4],\"quota\":\"4.00000\",\"votes\":[\"4.00000\",\"2."
		"99999\",\"2.00000\",\"0.00000\"],"
		"\"non_transferable\":\"2.00001\",\"transfers\":[[4,0,\"2.00000\"]],\"elected\":[],"
		"\"excluded\":[4],\"ties\":["
		"{\"for\":\"exclude\",\"tied\":[3,4],\"round\":0,\"lot\":[3,4],\"chosen\":4}]},"
		"{\"action\":\"exclusion\",\"of\":[3],\"quota\":\"4.00000\",\"votes\":[\"4.00000\",\"2."
		"99999\",\"0.00000\",\"0.00000\"],"
		"\"non_transferable\":\"4.00001\",\"transfers\":[[3,0,\"2.00000\"]],\"elected\":[2],"
		"\"excluded\":[3],\"ties\":[]}],"
		"\"elected\":[1,2],\"fates\":[{\"elected\":true,\"why\":\"quota\",\"round\":1,\"votes\":\"7."
		"00000\"},"
		"{\"elected\":true,\"why\":\"last\",\"round\":4,\"votes\":\"2.99999\"},"
		"{\"elected\":false,\"why\":\"excluded\",\"round\":4,\"votes\":\"2.00000\"},"
		"{\"elected\":false,\"why\":\"excluded\",\"round\":3,\"votes\":\"2.00000\"}]}");
}

static void test_json_of_meek(void **state)
{
	(void)state;
	count("6:A\n2:C\n1:B\n", "meek-prf", 2, NULL);
	assert_non_null(strstr(json_of(), "{\"action\":\"iteration\",\"of\":[1],\"quota\":\"1.666666669\","
					  "\"votes\":[\"2.000000004\",\"2.000000000\","
					  "\"1.000000000\"],\"non_transferable\":\"3.999999996\",\"keep\":["
					  "\"0.333333334\",\"1.000000000\",\"1.000000000\"],"
					  "\"iterations\":3,\"transfers\":[[1,0,\"3.999999996\"]],"
					  "\"elected\":[2],\"excluded\":[],\"ties\":[]}"));
}

static void test_json_of_pairwise_methods(void **state)
{
	(void)state;
	count("4:A>B>C\n3:B>C>A\n2:C>A>B\n", "schulze", 1, NULL);
	assert_string_equal(json_of(), "{\"tabella_count\":1,\"method\":\"schulze-wv-1\",\"seats\":1,"
				       "\"candidates\":[\"A\",\"B\",\"C\"],"
				       "\"ballots\":{\"total\":9,\"empty\":0,\"valid\":9},\"rounds\":[{"
				       "\"action\":\"unbeaten\",\"of\":[1],\"pairs\":[],"
				       "\"elected\":[1],\"excluded\":[],\"ties\":[]}],\"pairwise\":[[0,6,4],["
				       "3,0,7],[5,2,0]],\"paths\":[[0,6,6],[5,0,7],[5,5,0]],"
				       "\"elected\":[1],\"fates\":[{\"elected\":true,\"why\":\"unbeaten\","
				       "\"round\":1,\"votes\":\"0\"},"
				       "{\"elected\":false,\"why\":\"beaten\",\"round\":1,\"votes\":\"0\"},{"
				       "\"elected\":false,\"why\":\"beaten\",\"round\":1,"
				       "\"votes\":\"0\"}]}");
	c.method = tb_count_method_find("condorcet-debian");
	c.options.default_option = 2;
	counted_run(&c);
	assert_non_null(strstr(
		json_of(), "\"seats\":1,\"default_option\":3,\"quorum\":0,\"ratios\":[[1,1],[1,1],[1,1]],"));
	assert_non_null(strstr(json_of(),
		"{\"action\":\"majority\",\"of\":[],\"pairs\":[[3,1,5,4]],\"elected\":[],\"excluded\":[1],"));
}

/* A lot that nobody needed leaves no trace. */
static void test_an_unused_lot_changes_nothing(void **state)
{
	char without[4096];

	(void)state;
	count("4:A>B>C\n3:B>C>A\n1:C>A>B\n", "irv", 1, NULL);
	(void)snprintf(without, sizeof without, "%s", json_of());
	counted_lot(&c, "3,1,2");
	counted_run(&c);
	assert_string_equal(json_of(), without);
}

/* ---- figures ---- */

static tb_amount sum_of(const tb_count_round *r)
{
	tb_amount sum = r->rest;

	for (uint32_t i = 0; i < c.account.num_candidates; i++)
		sum += r->votes[i];
	return sum;
}

/* Votes are never made nor lost, and the transfers are what changed between two rounds. */
static void check_sums(void)
{
	for (uint32_t i = 0; i < c.account.num_rounds; i++) {
		const tb_count_round *r = &c.account.rounds[i];
		tb_amount now[TB_COUNT_MAX_CANDIDATES + 1];

		assert_true(sum_of(r) == sum_of(&c.account.rounds[0]));
		if (i == 0)
			continue;
		for (uint32_t k = 0; k < c.account.num_candidates; k++)
			now[k] = r[-1].votes[k];
		now[c.account.num_candidates] = r[-1].rest;
		for (size_t t = 0; t < r->num_transfers; t++) {
			uint32_t from = r->transfers[t].from, to = r->transfers[t].to;

			assert_true(r->transfers[t].amount > 0 && from != to);
			now[from == TB_COUNT_NOBODY ? c.account.num_candidates : from] -=
				r->transfers[t].amount;
			now[to == TB_COUNT_NOBODY ? c.account.num_candidates : to] += r->transfers[t].amount;
		}
		for (uint32_t k = 0; k < c.account.num_candidates; k++)
			assert_true(now[k] == r->votes[k]);
		assert_true(now[c.account.num_candidates] == r->rest);
	}
}

static void test_votes_are_neither_made_nor_lost(void **state)
{
	static const char *const methods[] = {"scottish-stv", "ftstv", "meek-prf", "irv"};
	static const char *const text =
		"31:A>B>C>D\n17:B>A>E\n9:C>D\n8:D>C>E>F\n7:E\n5:F>A>B\n3:A=B\n2:\n5:B>C>E\n2:G>F>E>D>C\n";

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (uint32_t seats = 1; seats <= (i == 3 ? 1 : 6); seats++) {
			count(text, methods[i], seats, "1,2,3,4,5,6,7");
			assert_int_equal(c.account.num_valid, 84);
			check_sums();
		}
}

/* ---- lot [COUNT.LOT] ---- */

/* From the bytes that the rule names, put together by hand. */
static void test_the_lot_is_drawn_as_specified(void **state)
{
	uint8_t seed[64], in[80], hash[5][32];
	uint32_t order[5];

	(void)state;
	tb_sha512(seed, "tabella/v1/count-lot\0numbers of Saturday", 40);
	memcpy(in, seed, 64);
	tb_count_lot_seed(seed, "numbers of Saturday", 19);
	assert_memory_equal(seed, in, 64);
	tb_count_lot_derive(order, 5, seed, 258);
	for (uint8_t i = 0; i < 5; i++) {
		memset(in + 64, 0, 16);
		in[70] = 1;
		in[71] = 2;
		in[79] = i;
		tb_sha256(hash[i], in, sizeof in);
	}
	for (int i = 1; i < 5; i++)
		assert_true(memcmp(hash[order[i - 1]], hash[order[i]], 32) < 0);
}

/* ---- words ---- */

static void says(const char *const *said)
{
	tb_buf_clear(&out);
	assert_int_equal(tb_count_account_words(&out, &c.account, c.method, &c.ballots, &c.options), TB_OK);
	for (; *said != NULL; said++)
		if (strstr(tb_buf_cstr(&out), *said) == NULL)
			fail_msg("not said: %s\n%s", *said, tb_buf_cstr(&out));
}

static void test_words_of_a_transferable_vote(void **state)
{
	static const char *const said[] = {"Elected:\n   1. Ada\n   2. Bo\n",
		"13 ballots: 11 valid, 1 empty, 1 without",
		"Ada: elected: reached the quota, with 7.00000 votes; the quota was 4.00000 (round 1)",
		"Bo: elected: no more candidates were left than seats, with 2.99999 votes (round 4)",
		"Di: not elected: excluded with the fewest votes, with 2.00000 votes, after a tie that the "
		"lot decided",
		"Tie (exclude): Cy and Di; the lot decides: Di", "2.99999 from Ada to Bo", "SSI 2007/42",
		"r. 52", NULL};
	static const char *const short_of_it[] = {
		"Bo: not elected, although the count came to it: below the minimum, with 2.99999 votes of 3",
		"1 seat stays empty", NULL};

	(void)state;
	count("7:Ada>Bo\n2:Cy\n2:Di\n1:\n1:Cy=Di\n", "scottish-stv", 2, "1,2,3,4");
	says(said);
	c.options.min_votes = 3;
	counted_run(&c);
	says(short_of_it);
}

static void test_words_of_pairwise_methods(void **state)
{
	static const tb_count_ratio ratios[] = {{3, 1}, {1, 1}, {1, 1}};
	static const char *const paths[] = {"B: not elected: beaten by A; 6 prefer A, 3 the other way round",
		"C: not elected: beaten by A along the strongest paths, 6 to 5",
		"Strength of the strongest path", NULL};
	static const char *const cycle[] = {"the weakest defeat, of A by C, 5 to 4, is dropped", NULL};
	static const char *const dropped[] = {
		"A: not elected: does not beat the default option as it must; 4 prefer it, 5 the "
		"default option; it needs 3 to 1",
		"A: 4 prefer it to C, 5 the other way round", NULL};
	static const char *const few[] = {"A: not elected: too few prefer it to the default option; 4 prefer "
					  "it, 5 the default option; it needs 7",
		NULL};

	(void)state;
	count("4:A>B>C\n3:B>C>A\n2:C>A>B\n", "schulze", 1, NULL);
	says(paths);
	c.method = tb_count_method_find("condorcet-debian");
	counted_run(&c);
	says(cycle);
	c.options.default_option = 2;
	c.options.ratios = ratios;
	counted_run(&c);
	says(dropped);
	c.options.quorum = 7;
	counted_run(&c);
	says(few);
}

static void test_amounts_as_text(void **state)
{
	static const struct {
		tb_amount v;
		unsigned decimals;
		const char *text;
	} cases[] = {{0, 0, "0"}, {0, 5, "0.00000"}, {1, 5, "0.00001"}, {123456, 5, "1.23456"}, {10, 0, "10"},
		{UINT64_MAX, 9, "18446744073.709551615"},
		{(tb_amount)UINT64_MAX + 1, 0, "18446744073709551616"}, {5, 1, "0.5"}};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tb_amount_text(text, cases[i].v, cases[i].decimals);
		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_of_a_transferable_vote),
		cmocka_unit_test(test_json_of_meek),
		cmocka_unit_test(test_json_of_pairwise_methods),
		cmocka_unit_test(test_an_unused_lot_changes_nothing),
		cmocka_unit_test(test_votes_are_neither_made_nor_lost),
		cmocka_unit_test(test_the_lot_is_drawn_as_specified),
		cmocka_unit_test(test_words_of_a_transferable_vote),
		cmocka_unit_test(test_words_of_pairwise_methods),
		cmocka_unit_test(test_amounts_as_text),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}

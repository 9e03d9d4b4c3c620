/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/count/files.h"

/* Files of ballots: what is understood, that the line of what is not is named, and that what is written reads the same. */

static tb_count_ballots ballots;
static tb_why why;
static tb_buf out;

static int begin(void **state)
{
	(void)state;
	tb_buf_init(&out, 1u << 20);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	tb_count_ballots_release(&ballots);
	tb_buf_release(&out);
	return 0;
}

static tb_err parse(tb_count_format format, const char *text)
{
	tb_count_ballots_release(&ballots);
	return tb_count_file_parse(&ballots, format, text, strlen(text), &why);
}

static void reads(tb_count_format format, const char *text)
{
	if (parse(format, text) != TB_OK)
		fail_msg("%s", why.text);
	assert_string_equal(why.text, "");
}

static void refuses(tb_count_format format, const char *text, const char *because)
{
	assert_int_equal(parse(format, text), TB_ERR_ENCODING);
	if (strncmp(why.text, because, strlen(because)) != 0)
		fail_msg("%s", why.text);
	assert_null(ballots.names);
}

static void writes(tb_count_format format, const char *text)
{
	tb_buf_clear(&out);
	assert_int_equal(tb_count_file_write(&out, format, &ballots), TB_OK);
	assert_string_equal(tb_buf_cstr(&out), text);
}

/* Written in every format that can say it, read and written again: nothing is lost. */
static void survives(void)
{
	for (int f = ballots.has_scores ? TB_COUNT_ABIF : TB_COUNT_BLT; f < TB_COUNT_NUM_FORMATS; f++) {
		tb_count_ballots again;
		tb_buf second;

		tb_buf_clear(&out);
		assert_int_equal(tb_count_file_write(&out, (tb_count_format)f, &ballots), TB_OK);
		assert_int_equal(tb_count_format_of(out.data, out.len), f);
		assert_int_equal(
			tb_count_file_parse(&again, (tb_count_format)f, out.data, out.len, &why), TB_OK);
		tb_buf_init(&second, 1u << 20);
		assert_int_equal(tb_count_file_write(&second, (tb_count_format)f, &again), TB_OK);
		assert_string_equal(tb_buf_cstr(&second), tb_buf_cstr(&out));
		assert_int_equal(again.total, ballots.total);
		assert_int_equal(again.num_groups, ballots.num_groups);
		for (uint32_t i = 0; i < ballots.num_candidates; i++) {
			assert_string_equal(again.names[i], ballots.names[i]);
			assert_int_equal(again.is_withdrawn[i], ballots.is_withdrawn[i]);
		}
		tb_buf_release(&second);
		tb_count_ballots_release(&again);
	}
}

/* ---- ballots [COUNT.BALLOT] ---- */

static void test_equal_ballots_are_joined_in_one_order(void **state)
{
	(void)state;
	reads(TB_COUNT_BLT, "3 2\n1 2=1 3 0\n4 0\n2 1=2 3 0\n1 3 0\n1 1 2 3 0\n0\n\"A\"\n\"B\"\n\"C\"\n");
	writes(TB_COUNT_BLT, "3 2\n4 0\n3 1=2 3 0\n1 1 2 3 0\n1 3 0\n0\n\"A\"\n\"B\"\n\"C\"\n");
	assert_int_equal(ballots.total, 9);
	survives();
}

static void test_gaps_between_ranks_say_nothing(void **state)
{
	(void)state;
	reads(TB_COUNT_CSV, "ranks,A,B,C\n1,5,,200\n1,2,,3\n");
	assert_int_equal(ballots.num_groups, 1);
	assert_int_equal(ballots.groups[0].weight, 2);
	assert_int_equal(ballots.prefs[1].rank, 2);
	reads(TB_COUNT_BLT, "2 1\n1 1 - - 2 0\n0\n\"A\"\n\"B\"\n");
	writes(TB_COUNT_BLT, "2 1\n1 1 2 0\n0\n\"A\"\n\"B\"\n");
}

/* [COUNT.NAME] */
static void test_names(void **state)
{
	char longest[TB_COUNT_MAX_NAME + 2], text[3 * TB_COUNT_MAX_NAME];

	(void)state;
	assert_true(tb_count_name_is_valid("C\xc3\xa5stor \xe5\x80\x99\xe8\xa3\x9c \xf0\x9f\x97\xb3", 19));
	assert_false(tb_count_name_is_valid("", 0));
	assert_false(tb_count_name_is_valid("a\x1b[31m", 6));
	assert_false(tb_count_name_is_valid("a\xe2\x80\xaexfdp", 8));
	assert_false(tb_count_name_is_valid("a\xff", 2));
	assert_false(tb_count_name_is_valid("a\0b", 3));
	memset(longest, 'x', sizeof longest);
	assert_true(tb_count_name_is_valid(longest, TB_COUNT_MAX_NAME));
	assert_false(tb_count_name_is_valid(longest, TB_COUNT_MAX_NAME + 1));
	for (int extra = 0; extra < 2; extra++) {
		(void)snprintf(text, sizeof text, "=A:[%.*s]\n1:A\n", TB_COUNT_MAX_NAME + extra, longest);
		assert_int_equal(parse(TB_COUNT_ABIF, text), extra ? TB_ERR_ENCODING : TB_OK);
		(void)snprintf(text, sizeof text, "1 1\n0\n\"%.*s\"\n", TB_COUNT_MAX_NAME + extra, longest);
		assert_int_equal(parse(TB_COUNT_BLT, text), extra ? TB_ERR_ENCODING : TB_OK);
		(void)snprintf(text, sizeof text, "ranks,%.*s\n", TB_COUNT_MAX_NAME + extra, longest);
		assert_int_equal(parse(TB_COUNT_CSV, text), extra ? TB_ERR_ENCODING : TB_OK);
	}
}

static void test_awkward_names_survive(void **state)
{
	(void)state;
	reads(TB_COUNT_ABIF,
		"{\"title\": \"a \\\"b\\\" \\\\ # }\"}\n=c2:[c1]\n=c1:[ x,\"y\" # ]\n=z:\"a]b\\\\\"\n"
		"=q:[=1+1]\n{seats: 2}\n{withdrawn: \"2 4\"}\n2:c2>c1=z\n1:[q]\n");
	assert_string_equal(ballots.title, "a \"b\" \\ # }");
	assert_string_equal(ballots.names[0], "c1"); /* the name of one, the token of another */
	assert_string_equal(ballots.names[1], " x,\"y\" # ");
	assert_string_equal(ballots.names[2], "a]b\\");
	assert_true(ballots.is_withdrawn[1] && ballots.is_withdrawn[3] && !ballots.is_withdrawn[0]);
	survives();
}

/* ---- BLT [COUNT.BLT] ---- */

static void test_blt_is_understood(void **state)
{
	(void)state;
	reads(TB_COUNT_BLT, "\xEF\xBB\xBF# a comment\r\n3 2 # more\r\n-2 -3\r\n5 1 2=3 0 2 0\r\n0\r\n\"A\" "
			    "\"B\"\r\n\"Say \"\"C\"\"\"\r\n"
			    "\"Title\"\r\n\"source\"\n\"comment\"\n");
	assert_int_equal(ballots.seats, 2);
	assert_int_equal(ballots.total, 7);
	assert_true(!ballots.is_withdrawn[0] && ballots.is_withdrawn[1] && ballots.is_withdrawn[2]);
	assert_string_equal(ballots.names[2], "Say \"C\"");
	assert_string_equal(ballots.title, "Title");
	survives();
}

static void test_blt_that_is_wrong_is_named_by_line(void **state)
{
	static const char *const cases[][2] = {
		{"", "line 1: expected a number of candidates"},
		{"0 1\n", "line 1: expected at least one candidate"},
		{"2 0\n", "line 1: expected at least one seat"},
		{"501 1\n", "line 1: expected a number of candidates of at most 500"},
		{"99999999999999999999999 1\n", "line 1: expected a number of candidates of at most"},
		{"2x 1\n", "line 1: expected a number of candidates, found something else"},
		{"2 1\n-3\n", "line 2: there is no candidate 3"},
		{"2 1\n1 1 2\n", "line 3: the ballot that begins in line 2 has no 0"},
		{"2 1\n\n# x\n1 1 3 0\n", "line 4: there is no candidate 3"},
		{"2 1\n1 1 1 0\n", "line 2: the ballot names a candidate twice"},
		{"2 1\n1 1= 2 0\n", "line 2: expected a candidate's number"},
		{"2 1\n1 =2 0\n", "line 2: expected a candidate's number"},
		{"2 1\n1 1 +2 0\n", "line 2: expected a candidate's number"},
		{"2 1\n1.5 1 0\n", "line 2: expected a number of ballots, found something else"},
		{"2 1\n9007199254740991 1 0\n1 2 0\n0\n", "line 3: more than 2^53 ballots"},
		{"2 1\n9007199254740992 1 0\n", "line 2: expected a number of ballots of at most"},
		{"2 1\n1 1 0\n", "line 3: expected a number of ballots"},
		{"2 1\n0\n\"A\"\n", "line 4: expected the names of 2 candidates, found 1"},
		{"2 1\n0\n\"A\"\nB\n", "line 4: expected a name in quotes"},
		{"2 1\n0\n\"A\"\n\"B\n\"\n", "line 4: the name has no closing quote"},
		{"2 1\n0\n\"A\"\n\"\"\n", "line 4: expected a name of 1 to 500 bytes"},
		{"2 1\n0\n\"A\"\n\"\x1b\"\n", "line 4: expected a name of 1 to 500 bytes"},
		{"1 1\n0\n\"A\"\n\"t\"\n\"s\"\n\"c\"\n\"d\"\n", "line 7: expected the end of the file"},
		{"1 1\n0\n\"A\" 5\n", "line 3: expected a name in quotes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		refuses(TB_COUNT_BLT, cases[i][0], cases[i][1]);
}

/* ---- ABIF [COUNT.ABIF] ---- */

static void test_abif_is_understood(void **state)
{
	(void)state;
	reads(TB_COUNT_ABIF, "# Tennessee\n{\"version\": \"0.2\"} # old\n=Memph:[Memphis, "
			     "TN]\n[Nash]:\"Nashville\"\n\n42:Memph>Nash=Chat,Knox # c\r\n"
			     " 26 * [Nash] > \"Chat\"\n3:\n1:[Memphis, TN]\n5:Z\xc3\xbcrich");
	assert_int_equal(ballots.num_candidates, 5);
	assert_string_equal(ballots.names[0], "Memphis, TN");
	assert_string_equal(ballots.names[1], "Nashville");
	assert_string_equal(ballots.names[4], "Z\xc3\xbcrich");
	assert_int_equal(ballots.total, 77);
	writes(TB_COUNT_BLT, "5 1\n3 0\n1 1 0\n42 1 2=3=4 0\n26 2 3 0\n5 5 0\n0\n\"Memphis, "
			     "TN\"\n\"Nashville\"\n\"Chat\"\n"
			     "\"Knox\"\n\"Z\xc3\xbcrich\"\n");
	survives();
}

static void test_abif_scores_give_the_ranks(void **state)
{
	(void)state;
	reads(TB_COUNT_ABIF, "2:A/1, B/5, C/5, D/0\n1:B/4>A/2\n1:A/3=C/3\n1:\n");
	assert_true(ballots.has_scores);
	writes(TB_COUNT_ABIF,
		"=c1:[A]\n=c2:[B]\n=c3:[C]\n=c4:[D]\n1:\n1:c1/3=c3/3\n2:c2/5=c3/5>c1/1\n1:c2/4>c1/2\n");
	survives();
	tb_buf_clear(&out);
	assert_int_equal(tb_count_file_write(&out, TB_COUNT_BLT, &ballots), TB_ERR_RANGE);
}

static void test_abif_that_is_wrong_is_named_by_line(void **state)
{
	static const char *const cases[][2] = {
		{"", "line 1: no candidate is named anywhere"},
		{"# nothing\n", "line 2: no candidate is named anywhere"},
		{"3:\n", "line 1: an empty ballot before any candidate"},
		{"1:A\n2:A>\n", "line 2: expected a candidate behind the last separator"},
		{"1:A\n2:A,\n", "line 2: expected a candidate behind the last separator"},
		{"1:A\n2:>A\n", "line 2: expected a candidate"},
		{"1:A\n2 A\n", "line 2: expected a colon"},
		{"1:A B\n", "line 1: expected the end of the line behind a ballot"},
		{"1:A>B>A\n", "line 1: the ballot names a candidate twice"},
		{"0:A\n", "line 1: expected at least one ballot"},
		{"1:A/5>B\n", "line 1: either every preference of a file has a score"},
		{"1:A>B\n1:A/5\n", "line 2: either every preference of a file has a score"},
		{"1:A/5>B/6\n", "line 1: the order of the preferences is not that of their scores"},
		{"1:A/5>B/5\n", "line 1: the order of the preferences is not that of their scores"},
		{"1:A/5=B/4\n", "line 1: the order of the preferences is not that of their scores"},
		{"1:A/1000001\n", "line 1: expected a score of at most 1000000"},
		{"1:A/-1\n", "line 1: expected a score"},
		{"1:[A\n", "line 1: the line ends before the closing ]"},
		{"1:\"A\\\n", "line 1: the line ends before the closing \""},
		{"1:[]\n", "line 1: expected a candidate"},
		{"=A [B]\n", "line 1: expected a colon"},
		{"{title \"x\"}\n", "line 1: expected a colon"},
		{"{title: \"x\"\n", "line 1: expected }"},
		{"{title: \"x\"} y\n", "line 1: expected the end of the line"},
		{"{seats: 0}\n", "line 1: expected a number of seats"},
		{"{seats: many}\n", "line 1: expected a number of seats"},
		{"=A:[A]\n{withdrawn: \"2\"}\n", "line 2: withdrawn"},
		{"=A:[A]\n{withdrawn: \"1,\"}\n", "line 2: withdrawn"},
		{"=A:[A]\n{withdrawn: \"x\"}\n", "line 2:"},
		{"!\n", "line 1: expected a candidate"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		refuses(TB_COUNT_ABIF, cases[i][0], cases[i][1]);
}

/* ---- CSV [COUNT.CSV] ---- */

static void test_csv_is_understood(void **state)
{
	(void)state;
	reads(TB_COUNT_CSV, "\xEF\xBB\xBFtitle,\"Board, 2027\"\r\nseats,2\r\n\r\nranks,\"A "
			    "\"\"x\"\"\",B,C\r\nwithdrawn,,x,\r\n4,1,2,\r\n2,1,,1\r\n3,,,");
	assert_string_equal(ballots.title, "Board, 2027");
	assert_string_equal(ballots.names[0], "A \"x\"");
	assert_int_equal(ballots.seats, 2);
	assert_true(ballots.is_withdrawn[1]);
	writes(TB_COUNT_CSV, "title,\"Board, 2027\"\nseats,2\nranks,\"A "
			     "\"\"x\"\"\",\"B\",\"C\"\nwithdrawn,,x,\n3,,,\n2,1,,1\n4,1,2,\n");
	survives();
	/* What a spreadsheet would run is written as text, and comes back as it was. */
	reads(TB_COUNT_CSV, "title,@x\nranks,=1+1,'-a,'b,''+c\n1,1,2,3,4\n");
	assert_string_equal(ballots.title, "@x");
	assert_string_equal(ballots.names[0], "=1+1");
	assert_string_equal(ballots.names[1], "-a");
	assert_string_equal(ballots.names[2], "'b");
	assert_string_equal(ballots.names[3], "'+c");
	writes(TB_COUNT_CSV, "title,\"'@x\"\nranks,\"'=1+1\",\"'-a\",\"'b\",\"''+c\"\n1,1,2,3,4\n");
	survives();
	reads(TB_COUNT_CSV, "scores,A,B\n2,5,0\n1,,3\n");
	assert_true(ballots.has_scores);
	writes(TB_COUNT_CSV, "scores,\"A\",\"B\"\n2,5,\n1,,3\n");
	survives();
}

static void test_csv_that_is_wrong_is_named_by_line(void **state)
{
	static const char *const cases[][2] = {
		{"", "line 1: expected a row that begins with"},
		{"names,A,B\n", "line 1: expected a row that begins with"},
		{"ranks\n", "line 1: expected candidates"},
		{"ranks,A,\n", "line 1: expected a name"},
		{"title,a,b\nranks,A\n", "line 1: a title is one cell"},
		{"seats,0\nranks,A\n", "line 1: expected a number of seats"},
		{"seats,1,2\nranks,A\n", "line 1: expected a number of seats"},
		{"ranks,A,B\nx,1,2\n", "line 2: expected a number of ballots"},
		{"ranks,A,B\n0,1,2\n", "line 2: expected a number of ballots"},
		{"ranks,A,B\n1,1\n", "line 2: expected as many cells as there are candidates, 2"},
		{"ranks,A,B\n1,1,2,3\n", "line 2: expected as many cells"},
		{"ranks,A,B\n1,1,0\n", "line 2: B: expected a rank from 1"},
		{"ranks,A,B\n1,1,65536\n", "line 2: B: expected a rank from 1"},
		{"ranks,A,B\n1,1,-1\n", "line 2: B: expected a rank from 1"},
		{"ranks,A,B\n1,1,1.0\n", "line 2: B: expected a rank from 1"},
		{"scores,A,B\n1,1,1000001\n", "line 2: B: expected a score from 0"},
		{"ranks,A,B\nwithdrawn,,y\n", "line 2: expected x or nothing"},
		{"ranks,A,B\n1,1,2\nwithdrawn,,x\n", "line 3: expected a number of ballots"},
		{"ranks,\"A,B\n", "line 1: the line ends inside quotes"},
		{"ranks,\"A\"B,C\n", "line 1: expected a comma behind the closing quote"},
		{"ranks,A,B\n9007199254740991,1,\n1,1,\n", "line 3: more than 2^53 ballots"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		refuses(TB_COUNT_CSV, cases[i][0], cases[i][1]);
}

/* ---- which format, and limits ---- */

static void test_the_format_shows(void **state)
{
	static const struct {
		const char *text;
		tb_count_format format;
	} cases[] = {{"# x\n 3 2\n", TB_COUNT_BLT}, {"3\n2\n", TB_COUNT_BLT}, {"3:A\n", TB_COUNT_ABIF},
		{"3 : A\n", TB_COUNT_ABIF}, {"\xEF\xBB\xBFranks,A\n", TB_COUNT_CSV},
		{"scores,A\n", TB_COUNT_CSV}, {"title:A\n", TB_COUNT_ABIF}, {"", TB_COUNT_ABIF},
		{"12", TB_COUNT_ABIF}, {"#", TB_COUNT_ABIF}};
	tb_count_format format;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(tb_count_format_of(cases[i].text, strlen(cases[i].text)), cases[i].format);
	assert_int_equal(tb_count_format_find(&format, "csv"), TB_OK);
	assert_int_equal(format, TB_COUNT_CSV);
	assert_int_equal(tb_count_format_find(&format, "CSV"), TB_ERR_NOT_FOUND);
}

static void test_as_many_candidates_as_there_may_be(void **state)
{
	(void)state;
	tb_buf_clear(&out);
	for (int i = 0; i < 501; i++) {
		char line[32];

		(void)snprintf(line, sizeof line, "1:n%d\n", i);
		tb_buf_text(&out, line);
		if (i == 499)
			assert_int_equal(parse(TB_COUNT_ABIF, tb_buf_cstr(&out)), TB_OK);
	}
	assert_int_equal(parse(TB_COUNT_ABIF, tb_buf_cstr(&out)), TB_ERR_ENCODING);
	assert_string_equal(why.text, "line 501: more than 500 candidates");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_ballots_are_joined_in_one_order),
		cmocka_unit_test(test_gaps_between_ranks_say_nothing),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_awkward_names_survive),
		cmocka_unit_test(test_blt_is_understood),
		cmocka_unit_test(test_blt_that_is_wrong_is_named_by_line),
		cmocka_unit_test(test_abif_is_understood),
		cmocka_unit_test(test_abif_scores_give_the_ranks),
		cmocka_unit_test(test_abif_that_is_wrong_is_named_by_line),
		cmocka_unit_test(test_csv_is_understood),
		cmocka_unit_test(test_csv_that_is_wrong_is_named_by_line),
		cmocka_unit_test(test_the_format_shows),
		cmocka_unit_test(test_as_many_candidates_as_there_may_be),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/election/roll_csv.h"

/* The registrar's list [CSV]: what is understood, and that every bad line is named. */

static void parse(tb_csv_roll *r, const char *text, tb_err expected)
{
	assert_int_equal(tb_csv_roll_parse(r, text, strlen(text)), expected);
}

static void assert_voter(const tb_csv_roll *r, size_t i, const char *id, const char *label, uint32_t weight)
{
	assert_true(i < r->num);
	assert_string_equal(r->voters[i].id, id);
	assert_string_equal(r->voters[i].label, label);
	assert_int_equal(r->voters[i].weight, weight);
}

static void assert_fault(const tb_csv_roll *r, size_t i, const char *rule, const char *where)
{
	assert_true(i < r->num_faults);
	assert_string_equal(r->faults[i].rule, rule);
	assert_string_equal(r->faults[i].where, where);
}

static void test_plain_lines_come_out_sorted(void **state)
{
	tb_csv_roll r;

	(void)state;
	parse(&r, "zoe,Zoe\nadam,Adam,3\neve\n", TB_OK);
	assert_int_equal(r.num, 3);
	assert_voter(&r, 0, "adam", "Adam", 3);
	assert_voter(&r, 1, "eve", "eve", 1);
	assert_voter(&r, 2, "zoe", "Zoe", 1);
	tb_csv_roll_release(&r);
}

static void test_header_bom_crlf_empty_lines_and_no_last_newline(void **state)
{
	tb_csv_roll r;

	(void)state;
	parse(&r, "\xEF\xBB\xBFid,label,weight\r\n\r\na,A,2\r\n\r\nb,,\r\nc", TB_OK);
	assert_int_equal(r.num, 3);
	assert_voter(&r, 0, "a", "A", 2);
	assert_voter(&r, 1, "b", "b", 1);
	assert_voter(&r, 2, "c", "c", 1);
	tb_csv_roll_release(&r);
}

static void test_quoted_fields(void **state)
{
	tb_csv_roll r;

	(void)state;
	parse(&r, "a,\"Doe, \"\"Jo\"\"\",\"4\"\n\"b\",\"\"\n", TB_OK);
	assert_voter(&r, 0, "a", "Doe, \"Jo\"", 4);
	assert_voter(&r, 1, "b", "b", 1);
	tb_csv_roll_release(&r);
}

static void test_every_bad_line_is_named_and_the_good_ones_are_kept(void **state)
{
	tb_csv_roll r;

	(void)state;
	parse(&r,
		"ok,Ok\nBad "
		"Id,x\na,b,0\nc,d,1,e\nf,\"g\"h\ni,j\"k\na2,\x01\nb,B,1000001\nok,Again\nw,W,01\nend,End\n",
		TB_ERR_RULE);
	assert_int_equal(r.num_bad, 9);
	assert_int_equal(r.num_faults, 9);
	assert_fault(&r, 0, "ID", "line 2");
	assert_fault(&r, 1, "ROLL", "line 3");
	assert_fault(&r, 2, "CSV", "line 4");
	assert_fault(&r, 3, "CSV", "line 5");
	assert_fault(&r, 4, "CSV", "line 6");
	assert_fault(&r, 5, "TEXT", "line 7");
	assert_fault(&r, 6, "ROLL", "line 8");
	assert_fault(&r, 7, "ROLL", "line 9");
	assert_fault(&r, 8, "ROLL", "line 10");
	assert_int_equal(r.num, 2);
	assert_voter(&r, 0, "end", "End", 1);
	assert_voter(&r, 1, "ok", "Ok", 1);
	tb_csv_roll_release(&r);
}

static void test_a_quote_without_end_and_a_nul_are_refused(void **state)
{
	static const char nul[] = "a,A\0B\n";
	tb_csv_roll r;

	(void)state;
	parse(&r, "a,\"never\nends\n", TB_ERR_RULE);
	assert_fault(&r, 0, "CSV", "line 1");
	tb_csv_roll_release(&r);
	assert_int_equal(tb_csv_roll_parse(&r, nul, sizeof nul - 1), TB_ERR_RULE);
	assert_fault(&r, 0, "CSV", "line 1");
	tb_csv_roll_release(&r);
}

static void test_lines_inside_quotes_are_counted(void **state)
{
	tb_csv_roll r;

	(void)state;
	parse(&r, "a,\"two\nlines\"\nB,x\n", TB_ERR_RULE);
	assert_fault(&r, 0, "TEXT", "line 1"); /* a label is one line */
	assert_fault(&r, 1, "ID", "line 3");
	tb_csv_roll_release(&r);
}

static void test_nothing_at_all(void **state)
{
	tb_csv_roll r;

	(void)state;
	parse(&r, "", TB_OK);
	assert_int_equal(r.num, 0);
	tb_csv_roll_release(&r);
	parse(&r, "id,label\n", TB_OK);
	assert_int_equal(r.num, 0);
	tb_csv_roll_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_lines_come_out_sorted),
		cmocka_unit_test(test_header_bom_crlf_empty_lines_and_no_last_newline),
		cmocka_unit_test(test_quoted_fields),
		cmocka_unit_test(test_every_bad_line_is_named_and_the_good_ones_are_kept),
		cmocka_unit_test(test_a_quote_without_end_and_a_nul_are_refused),
		cmocka_unit_test(test_lines_inside_quotes_are_counted),
		cmocka_unit_test(test_nothing_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

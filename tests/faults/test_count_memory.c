/* SPDX-License-Identifier: Apache-2.0 */
/* Reading ballots and counting them when memory runs out: at the first allocation, at the second, and so on until nothing fails.
 * Whatever fails says MEMORY and leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/count/count.h"
#include "core/count/files.h"
#include "tests/support/starve.h"

static const char RANKED[] =
	"{title: \"Board\"}\n=A:[Ada]\n=B:[Bo]\n=C:[Cy]\n=D:[Di]\n=E:[El]\n=F:[Fi]\n{withdrawn: \"6\"}\n"
	"9:A>B>C\n4:B>C\n3:C>D=E\n2:D>C>B\n2:E>F\n1:\n1:F>A\n1:A>C>E>D\n";
static const char SCORED[] = "5:A/5,B/3\n4:B/5,C/1\n2:C/4,A/4\n";

static tb_count_format format;
static const char *source;
static tb_count_ballots ballots;
static const tb_count_method *method;
static bool has_lot;

/* ---- files ---- */

static tb_err read_and_write(void)
{
	tb_count_ballots b;
	tb_buf out;
	tb_why why;
	tb_err err = tb_count_file_parse(&b, format, source, strlen(source), &why);

	assert_true((err == TB_OK) == (b.names != NULL) && (err == TB_OK) == (why.text[0] == '\0'));
	tb_buf_init(&out, 1u << 20);
	if (err == TB_OK)
		err = tb_count_file_write(&out, format, &b);
	tb_buf_release(&out);
	tb_count_ballots_release(&b);
	return err;
}

static void test_files(void **state)
{
	tb_count_ballots b;
	tb_why why;

	(void)state;
	format = TB_COUNT_ABIF;
	source = SCORED;
	tb_starve(read_and_write, 10);
	source = RANKED;
	tb_starve(read_and_write, 15);
	assert_int_equal(tb_count_file_parse(&b, TB_COUNT_ABIF, RANKED, strlen(RANKED), &why), TB_OK);
	for (int f = TB_COUNT_BLT; f < TB_COUNT_NUM_FORMATS; f++) {
		tb_buf text;

		tb_buf_init(&text, 1u << 20);
		assert_int_equal(tb_count_file_write(&text, (tb_count_format)f, &b), TB_OK);
		source = tb_buf_cstr(&text);
		format = (tb_count_format)f;
		tb_starve(read_and_write, 10);
		tb_buf_release(&text);
	}
	tb_count_ballots_release(&b);
}

/* ---- counts ---- */

static tb_err count_and_report(void)
{
	static const uint32_t lot[] = {0, 1, 2, 3, 4, 5};
	tb_count_options o = {.seats = method->flags & TB_COUNT_ONE_SEAT ? 1 : 2,
		.lot = has_lot ? lot : NULL,
		.default_option = method->flags & TB_COUNT_HAS_DEFAULT ? 1 : TB_COUNT_NOBODY};
	tb_count_account a;
	tb_buf json, words;
	tb_why why;
	tb_err err = tb_count_run(&a, method, &ballots, &o, &why);

	tb_buf_init(&json, 1u << 20);
	tb_buf_init(&words, 1u << 20);
	if (err == TB_OK)
		err = tb_count_account_write(&json, &a, method, &ballots, &o);
	if (err == TB_OK)
		err = tb_count_account_words(&words, &a, method, &ballots, &o);
	tb_buf_release(&json);
	tb_buf_release(&words);
	tb_count_account_release(&a);
	return err;
}

static void test_every_method(void **state)
{
	tb_why why;

	(void)state;
	has_lot = true;
	for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
		source = (*m)->flags & TB_COUNT_NEEDS_SCORES ? SCORED : RANKED;
		assert_int_equal(
			tb_count_file_parse(&ballots, TB_COUNT_ABIF, source, strlen(source), &why), TB_OK);
		method = *m;
		if ((*m)->flags & TB_COUNT_NEEDS_SCORES)
			has_lot = false; /* of other candidates */
		tb_starve(count_and_report, 15);
		has_lot = true;
		tb_count_ballots_release(&ballots);
	}
}

/* A missing lot is said as such, unless memory ran out before. */
static tb_err miss_a_lot(void)
{
	tb_err err = count_and_report();

	return err == TB_ERR_STATE ? TB_OK : err;
}

static void test_a_missing_lot(void **state)
{
	static const char text[] = "2:A\n2:B\n2:C\n";
	tb_why why;

	(void)state;
	has_lot = false;
	method = tb_count_method_find("irv");
	assert_int_equal(tb_count_file_parse(&ballots, TB_COUNT_ABIF, text, strlen(text), &why), TB_OK);
	tb_starve(miss_a_lot, 15);
	tb_count_ballots_release(&ballots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_every_method),
		cmocka_unit_test(test_a_missing_lot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

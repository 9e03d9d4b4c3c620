/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/result_lists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/json.h"
#include "core/election/result.h"

/* Any number of ballots may be invalid [RANK.RESULT], and the result can be read all the same. */
#define MANY (TB_JSON_MARKS + 50000)

static char one[] = "chair", two[] = "board", a[] = "a", b[] = "b";
static tb_option options[] = {{.id = a}, {.id = b}};
static tb_question questions[] = {
	{.id = one, .method = TB_METHOD_RANKED, .options = options, .num_options = 2, .winners = 1},
	{.id = two, .method = TB_METHOD_RANKED, .options = options, .num_options = 2, .winners = 1},
};
static const tb_manifest manifest = {.questions = questions, .num_questions = 2};

static void give_invalid(tb_ranked_result *r, size_t num, uint64_t first, uint64_t step)
{
	r->invalid = calloc(num + 1, sizeof *r->invalid);
	assert_non_null(r->invalid);
	r->num_invalid = num;
	for (size_t i = 0; i < num; i++)
		r->invalid[i] = first + i * step;
}

/* The payload of a result in which so many ballots are invalid. */
static void write_result(tb_buf *out, size_t num_one, size_t num_two)
{
	tb_result r;

	tb_result_init(&r);
	r.questions = calloc(2, sizeof *r.questions);
	assert_non_null(r.questions);
	r.num_questions = 2;
	for (uint32_t q = 0; q < 2; q++) {
		r.questions[q].quorum_met = true;
		r.questions[q].order = calloc(2, sizeof *r.questions[q].order);
		assert_non_null(r.questions[q].order);
		r.questions[q].num_elected = 1;
	}
	give_invalid(&r.questions[0].ranked, num_one, 0, 1);
	give_invalid(&r.questions[1].ranked, num_two, 7, UINT64_C(30000000000));
	tb_buf_init(out, 32u << 20);
	assert_int_equal(tb_result_write(out, &r, &manifest), TB_OK);
	tb_result_release(&r);
}

static void test_any_number_of_invalid_ballots(void **state)
{
	static const size_t num[][2] = {
		{0, 0}, {1, 0}, {0, 1}, {3, 2}, {MANY, 0}, {0, MANY}, {MANY, 5}, {2, MANY}, {MANY, MANY}};

	(void)state;
	for (size_t i = 0; i < sizeof num / sizeof num[0]; i++) {
		tb_buf bytes, again;
		tb_result r;
		tb_fault fault;

		write_result(&bytes, num[i][0], num[i][1]);
		assert_int_equal(tb_result_parse(&r, &manifest, bytes.data, bytes.len, &fault), TB_OK);
		assert_int_equal(r.questions[0].ranked.num_invalid, num[i][0]);
		assert_int_equal(r.questions[1].ranked.num_invalid, num[i][1]);
		tb_buf_init(&again, 32u << 20);
		assert_int_equal(tb_result_write(&again, &r, &manifest), TB_OK);
		assert_int_equal(again.len, bytes.len);
		assert_memory_equal(again.data, bytes.data, bytes.len);
		tb_result_release(&r);
		tb_buf_release(&again);
		tb_buf_release(&bytes);
	}
}

/* Puts `to` in the place of the first `from`. */
static void change(tb_buf *out, const tb_buf *bytes, const char *from, const char *to)
{
	const char *text = (const char *)bytes->data, *at = memmem(text, bytes->len, from, strlen(from));

	assert_non_null(at);
	tb_buf_init(out, 32u << 20);
	tb_buf_append(out, text, (size_t)(at - text));
	tb_buf_append(out, to, strlen(to));
	tb_buf_append(out, at + strlen(from), bytes->len - (size_t)(at - text) - strlen(from));
	assert_int_equal(tb_buf_status(out), TB_OK);
}

static void expect(const tb_buf *bytes, const char *to, const char *rule, const char *where)
{
	tb_fault fault = {0};
	tb_result r;

	if (tb_result_parse(&r, &manifest, bytes->data, bytes->len, &fault) != TB_ERR_RULE ||
		strcmp(fault.rule, rule) != 0 || (where != NULL && strcmp(fault.where, where) != 0))
		fail_msg("%s: %s at %s, not %s", to, fault.rule, fault.where, rule);
	assert_null(r.questions);
}

/* What is wrong with a list, or beside it, is said as it is said of everything else. */
static void test_other_lists_are_refused(void **state)
{
	static const struct {
		const char *from, *to, *rule, *where;
	} bad[] = {
		{"[0,1,2]", "[0,2,1]", "RESULT", "questions[0].count.invalid[2]"},
		{"[0,1,2]", "[0,1,1]", "RESULT", "questions[0].count.invalid[2]"},
		{"[0,1,2]", "[0,1,\"2\"]", "RESULT", "questions[0].count.invalid[2]"},
		{"[0,1,2]", "[0,1,[2]]", "RESULT", "questions[0].count.invalid[2]"},
		{"[0,1,2]", "[0,1,9007199254740992]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1,02]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1,2.0]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1,-2]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1, 2]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[ 0,1,2]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1,2 ]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1,2,]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1,2", "JSON.CANONICAL", NULL},
		{"\"invalid\":[0", "\"invalid\" :[0", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1,2],\"invalid\":[3]", "JSON.CANONICAL", NULL},
		{"[0,1,2]", "[0,1,2],\"others\":[3]", "JSON.CANONICAL", NULL},
		/* such a member elsewhere, whose list would be taken for that of a question */
		{"\"close\":", "\"invalid\":[5],\"close\":", "JSON.CANONICAL", NULL},
		{"\"endorsers\":[]", "\"endorsers\":[{\"invalid\":[5]}]", "RESULT", "endorsers[0]"},
		{"\"endorsers\":[]", "\"endorsers\":[\"invalid\":[5]]", "JSON.CANONICAL", NULL},
		{"\"totals\":[]", "\"totals\":[],\"invalid\":[1]", "JSON.CANONICAL", NULL},
		{"\"valid\":0,", "", "JSON.CANONICAL", NULL},
	};
	tb_buf good, bytes;

	(void)state;
	write_result(&good, 3, 2);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		change(&bytes, &good, bad[i].from, bad[i].to);
		expect(&bytes, bad[i].to, bad[i].rule, bad[i].where);
		tb_buf_release(&bytes);
	}
	tb_buf_release(&good);
}

/* A text that looks like such a member is a text. */
static void test_strings_are_strings(void **state)
{
	static const char *const texts[] = {"\\\"invalid\\\":[1,2]", "\\\\\\\"invalid\\\":[1]",
		"invalid\\\":[1,2]", "\\\\", "\\\"", "invalid"};
	char to[100];
	tb_buf good, bytes, again;
	tb_result r;
	tb_fault fault;

	(void)state;
	write_result(&good, 3, 2);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		(void)snprintf(to, sizeof to, "\"endorsers\":[\"%s\"]", texts[i]);
		change(&bytes, &good, "\"endorsers\":[]", to);
		assert_int_equal(tb_result_parse(&r, &manifest, bytes.data, bytes.len, &fault), TB_OK);
		assert_int_equal(r.questions[0].ranked.num_invalid, 3);
		assert_int_equal(r.questions[1].ranked.num_invalid, 2);
		tb_buf_init(&again, 10000);
		assert_int_equal(tb_result_write(&again, &r, &manifest), TB_OK);
		assert_int_equal(again.len, bytes.len);
		assert_memory_equal(again.data, bytes.data, bytes.len);
		tb_buf_release(&again);
		tb_result_release(&r);
		tb_buf_release(&bytes);
	}
	tb_buf_release(&good);
}

/* No byte can be spelled differently and mean the same, nor can the payload end earlier. */
static void test_every_byte_counts(void **state)
{
	tb_buf bytes, again;
	tb_result r;
	tb_fault fault;

	(void)state;
	write_result(&bytes, 12, 2);
	tb_buf_init(&again, 10000);
	for (size_t i = 0; i < bytes.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes.data[i] ^= (uint8_t)(1u << bit);
			if (tb_result_parse(&r, &manifest, bytes.data, bytes.len, &fault) == TB_OK) {
				tb_buf_clear(&again);
				assert_int_equal(tb_result_write(&again, &r, &manifest), TB_OK);
				assert_int_equal(again.len, bytes.len);
				assert_memory_equal(again.data, bytes.data, bytes.len);
				tb_result_release(&r);
			}
			bytes.data[i] ^= (uint8_t)(1u << bit);
		}
		assert_int_equal(tb_result_parse(&r, &manifest, bytes.data, i, &fault), TB_ERR_RULE);
	}
	tb_buf_release(&again);
	tb_buf_release(&bytes);
}

/* Everything else stays as narrow as it was: values that cost much more memory than bytes. */
static void test_other_values_stay_limited(void **state)
{
	tb_buf good, bytes;
	tb_buf shares;

	(void)state;
	write_result(&good, MANY, 0);
	tb_buf_init(&shares, 4u << 20);
	tb_buf_text(&shares, "\"shares\":[0");
	for (size_t i = 0; i < MANY; i++)
		tb_buf_text(&shares, ",0");
	tb_buf_text(&shares, "]");
	change(&bytes, &good, "\"shares\":[]", tb_buf_cstr(&shares));
	expect(&bytes, "shares", "JSON.CANONICAL", NULL);
	tb_buf_release(&bytes);
	/* nor is a list that does not increase read as one of that kind, however long */
	change(&bytes, &good, "\"invalid\":[0,1,2,3", "\"invalid\":[0,1,3,3");
	expect(&bytes, "not increasing", "JSON.CANONICAL", NULL);
	tb_buf_release(&bytes);
	tb_buf_release(&shares);
	tb_buf_release(&good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_number_of_invalid_ballots),
		cmocka_unit_test(test_other_lists_are_refused),
		cmocka_unit_test(test_strings_are_strings),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_other_values_stay_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

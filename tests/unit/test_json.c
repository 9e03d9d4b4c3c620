/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"

#define MAX_BYTES 10000u

/* ---- what is JSON here, and what is canonical ---- */

static void test_canonical(void **state)
{
	static const char *const good[] = {"{}", "[]", "{\"a\":1,\"b\":[true,false,\"x\"],\"c\":{\"d\":{}}}",
		"{\"b\":0,\"a\":9007199254740991}", "[\"\\\"\\\\\\b\\t\\n\\f\\rx\"]",
		"[\"\\u0001\\u001f/\x7f\"]", "[\"Zo\xc3\xab \xf0\x9f\x97\xb3\"]",
		"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(tb_json_is_canonical(good[i], strlen(good[i]), MAX_BYTES), true);
	assert_false(tb_json_is_canonical("{}", 2, 1));
}

/* Another spelling of something: still JSON for a file written by hand, but never for what is hashed. */
static void test_other_spellings_are_not_canonical(void **state)
{
	static const char *const loose[] = {" {}", "{}\n", "{ }", "{\"a\" :1}", "{\"a\": 1}", "[1, 2]",
		"[\"\\/\"]", "[\"\\u0041\"]", "[\"\\u001F\"]", "[\"\\u000a\"]", "[\"\\u00eb\"]",
		"[\"\\ud83d\\uddf3\"]", "[\"\\u0022\"]", "[\n]"};
	tb_json_in in;

	(void)state;
	for (size_t i = 0; i < sizeof loose / sizeof loose[0]; i++) {
		assert_false(tb_json_is_canonical(loose[i], strlen(loose[i]), MAX_BYTES));
		tb_json_in_init(&in, loose[i], strlen(loose[i]), MAX_BYTES, TB_JSON_ANY, "SAMPLE");
		assert_int_equal(in.err, TB_OK);
		tb_json_in_release(&in);
		tb_json_in_init(&in, loose[i], strlen(loose[i]), MAX_BYTES, TB_JSON_CANONICAL, "SAMPLE");
		assert_int_equal(in.err, TB_ERR_RULE);
		assert_string_equal(in.fault.rule, "JSON.CANONICAL");
		assert_string_equal(in.fault.expected, "the canonical spelling");
		tb_json_in_release(&in);
	}
}

static void test_what_is_refused_in_every_spelling(void **state)
{
	static const struct {
		const char *text, *where, *found;
	} bad[] = {
		{"", "line 1", ""},
		{"1", "line 1", ""},
		{"\"a\"", "line 1", ""},
		{"null", "line 1", ""},
		{"{\"a\":1,\"a\":2}", "line 1", "duplicate"},
		{"{\"a\":1,\"\\u0061\":2}", "line 1", "duplicate"},
		{"[1.0]", "byte 1", "another number"},
		{"[1e2]", "byte 1", "another number"},
		{"[1E2]", "byte 1", "another number"},
		{"[-0]", "byte 1", "another number"},
		{"[-1]", "byte 1", "another number"},
		{"[0,-1]", "byte 3", "another number"},
		{"[true,1.5]", "byte 6", "another number"},
		{"[\"\\\\\",1.5]", "byte 6", "another number"},
		{"[9007199254740992]", "byte 1", "another number"},
		{"[99999999999999999999999999]", "byte 1", "another number"},
		{"[+1]", "line 1", ""},
		{"[01]", "line 1", ""},
		{"[0x1]", "line 1", ""},
		{"[truenull]", "line 1", ""},
		{"[NaN]", "line 1", ""},
		{"[1],", "line 1", ""},
		{"[1][2]", "line 1", ""},
		{"[1,]", "line 1", ""},
		{"{\"a\"}", "line 1", ""},
		{"[\"a]", "line 1", ""},
		{"[\"\\\"]", "line 1", ""},
		{"['a']", "line 1", ""},
		{"[\"\\u0000\"]", "line 1", ""},
		{"{\"\\u0000\":1}", "line 1", ""},
		{"[\"\\ud800\"]", "line 1", ""},
		{"[\"\n\"]", "line", ""},
		{"[\"\xff\"]", "line", ""},
		{"[\"\xc0\xaf\"]", "line", ""},
		{"[\"\xed\xa0\x80\"]", "line", ""},
		{"\xef\xbb\xbf[]", "line 1", ""},
		{"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", "byte 16", "a deeper one"},
		{"[{\"a\":[[[[[[[[[[[[[[[[[", "byte 20", "a deeper one"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		tb_fault fault = {.rule = NULL};
		tb_json_in in;

		tb_json_in_init(&in, bad[i].text, strlen(bad[i].text), MAX_BYTES, TB_JSON_ANY, "SAMPLE");
		tb_json_enter_object(&in, TB_JSON_ITEM); /* does nothing */
		assert_int_equal(tb_json_in_status(&in, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "SAMPLE");
		if (strncmp(fault.where, bad[i].where, strlen(bad[i].where)) != 0 ||
			strstr(fault.found, bad[i].found) == NULL || fault.found[0] == '\0')
			fail_msg("%s: at %s, %s", bad[i].text, fault.where, fault.found);
		tb_json_in_release(&in);
		assert_false(tb_json_is_canonical(bad[i].text, strlen(bad[i].text), MAX_BYTES));
	}
	assert_false(tb_json_is_canonical("[\"a\0b\"]", 7, MAX_BYTES));
	assert_false(tb_json_is_canonical("[]\0", 3, MAX_BYTES));
}

/* ---- the cursor ---- */

typedef struct question {
	tb_json_string title;
	uint64_t max;
	bool blank;
	size_t kind;
	uint8_t id[4], tag[2];
	bool has_note;
	tb_json_string note;
} question;

static tb_err read_sample(const char *text, question q[3], size_t *num, tb_fault *fault)
{
	static const char *const kinds[] = {"choose", "score"};
	tb_json_in in;
	tb_err err;

	tb_json_in_init(&in, text, strlen(text), MAX_BYTES, TB_JSON_ANY, "SAMPLE");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_int(&in, "version", 1, 1);
	*num = tb_json_enter_array(&in, "questions", 1, 3);
	for (size_t i = 0; i < *num; i++) {
		tb_json_enter_object(&in, TB_JSON_ITEM);
		tb_json_take_text(&in, "title", &q[i].title, 20, TB_TEXT_LINE);
		q[i].max = tb_json_take_int(&in, "max", 1, 5);
		q[i].blank = tb_json_take_bool(&in, "blank");
		q[i].kind = tb_json_take_choice(&in, "kind", kinds, 2);
		tb_json_take_base64(&in, "id", q[i].id, sizeof q[i].id);
		tb_json_take_hex(&in, "tag", q[i].tag, sizeof q[i].tag);
		q[i].has_note = tb_json_has(&in, "note");
		if (q[i].has_note)
			tb_json_take_string(&in, "note", &q[i].note, 4);
		if (q[i].max == 5)
			tb_json_in_fail(&in, "max", "FIVE", "another number", "%s", "five");
		tb_json_leave(&in);
	}
	tb_json_leave(&in);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, fault);
	for (size_t i = 0; i < *num; i++)
		q[i].title.data = q[i].note.data = NULL; /* borrowed from what is released now */
	tb_json_in_release(&in);
	return err;
}

#define GOOD                                                                                                 \
	"\"title\":\"A\",\"max\":3,\"blank\":true,\"kind\":\"score\",\"id\":\"AAECAw==\",\"tag\":\"0aff\""

static void test_cursor_reads(void **state)
{
	question q[3];
	tb_fault fault;
	size_t num;

	(void)state;
	assert_int_equal(
		read_sample("{\"version\":1,\"questions\":[{" GOOD "},{" GOOD ",\"note\":\"abcd\"}]}", q,
			&num, &fault),
		TB_OK);
	assert_int_equal(num, 2);
	assert_int_equal(q[1].max, 3);
	assert_true(q[1].blank);
	assert_int_equal(q[1].kind, 1);
	assert_memory_equal(q[1].id, "\0\1\2\3", 4);
	assert_memory_equal(q[1].tag, "\x0a\xff", 2);
	assert_false(q[0].has_note);
	assert_true(q[1].has_note);
	assert_int_equal(q[1].note.len, 4);
}

#define TITLE "{\"version\":1,\"questions\":[{\"title\":\"A\","

static void test_cursor_says_what_and_where(void **state)
{
	static const struct {
		const char *text, *rule, *where, *expected, *found;
	} bad[] = {
		{"[]", "SAMPLE", "", "an object", "an array"},
		{"{}", "SAMPLE", "version", "the member \"version\"", "none of that name"},
		{"{\"version\":2,\"questions\":[]}", "SAMPLE", "version", "1 to 1", "2"},
		{"{\"version\":\"1\"}", "SAMPLE", "version", "a number", "a string"},
		{"{\"version\":true}", "SAMPLE", "version", "a number", "true or false"},
		{"{\"version\":null}", "SAMPLE", "version", "a number", "null"},
		{"{\"questions\":[],\"version\":1}", "SAMPLE", "questions", "the member \"version\"",
			"an unknown member, or not in its place"},
		{"{\"version\":1,\"questions\":[]}", "SAMPLE", "questions", "1 to 3 items", "0"},
		{"{\"version\":1,\"questions\":[1,2,3,4]}", "SAMPLE", "questions", "1 to 3 items", "4"},
		{"{\"version\":1,\"questions\":[1]}", "SAMPLE", "questions[0]", "an object", "a number"},
		{"{\"version\":1,\"questions\":[{" GOOD "},{\"title\":\"\"}]}", "TEXT", "questions[1].title",
			"one line of plain text of at most 20 bytes", "the text is empty"},
		{"{\"version\":1,\"questions\":[{\"title\":\"123456789012345678901\"}]}", "TEXT",
			"questions[0].title", "one line of plain text of at most 20 bytes",
			"the text has 21 bytes, more than 20"},
		{TITLE "\"max\":0}]}", "SAMPLE", "questions[0].max", "1 to 5", "0"},
		{TITLE "\"max\":9}]}", "SAMPLE", "questions[0].max", "1 to 5", "9"},
		{TITLE "\"max\":3,\"blank\":1}]}", "SAMPLE", "questions[0].blank", "true or false",
			"a number"},
		{TITLE "\"max\":3,\"blank\":true,\"kind\":\"x\\u001b\"}]}", "SAMPLE", "questions[0].kind",
			"one of choose, score", "\"x?\""},
		{TITLE "\"max\":3,\"blank\":true,\"kind\":\"score\",\"id\":\"AAECAx==\"}]}", "BASE64",
			"questions[0].id", "4 bytes in base64", "\"AAECAx==\""},
		{TITLE "\"max\":3,\"blank\":true,\"kind\":\"score\",\"id\":\"AAECAw==\",\"tag\":\"0AFF\"}]}",
			"BASE64", "questions[0].tag", "2 bytes in lower-case hexadecimal", "\"0AFF\""},
		{"{\"version\":1,\"questions\":[{" GOOD ",\"note\":\"abcde\"}]}", "SAMPLE",
			"questions[0].note", "at most 4 bytes", "5"},
		{"{\"version\":1,\"questions\":[{" GOOD ",\"extra\":1}]}", "SAMPLE", "questions[0].extra",
			"no more members", "an unknown member"},
		{"{\"version\":1,\"questions\":[{" GOOD "}],\"more\":{}}", "SAMPLE", "more",
			"no more members", "an unknown member"},
		{TITLE "\"max\":5,\"blank\":true,\"kind\":\"score\",\"id\":\"AAECAw==\",\"tag\":\"0aff\"}]}",
			"FIVE", "questions[0].max", "another number", "five"},
	};
	question q[3];
	size_t num;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		tb_fault fault;

		assert_int_equal(read_sample(bad[i].text, q, &num, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, bad[i].rule);
		assert_string_equal(fault.where, bad[i].where);
		assert_string_equal(fault.expected, bad[i].expected);
		assert_string_equal(fault.found, bad[i].found);
	}
}

static void test_null(void **state)
{
	static const char text[] = "{\"a\":null,\"b\":[null,1],\"c\":2}";
	tb_fault fault;
	tb_json_in in;

	(void)state;
	tb_json_in_init(&in, text, strlen(text), 100, TB_JSON_CANONICAL, "SAMPLE");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	assert_false(tb_json_take_null(&in, "b")); /* not the next member */
	assert_true(tb_json_take_null(&in, "a"));
	assert_int_equal(tb_json_enter_array(&in, "b", 2, 2), 2);
	assert_true(tb_json_take_null(&in, TB_JSON_ITEM));
	assert_false(tb_json_take_null(&in, TB_JSON_ITEM));
	assert_int_equal(tb_json_take_int(&in, TB_JSON_ITEM, 0, 9), 1);
	assert_false(tb_json_take_null(&in, TB_JSON_ITEM));
	tb_json_leave(&in);
	assert_false(tb_json_take_null(&in, "c"));
	assert_int_equal(tb_json_take_int(&in, "c", 0, 9), 2);
	tb_json_leave(&in);
	assert_int_equal(tb_json_in_status(&in, &fault), TB_OK);
	tb_json_in_release(&in);
}

static void test_items_left_over_are_refused(void **state)
{
	tb_fault fault;
	tb_json_in in;

	(void)state;
	tb_json_in_init(&in, "[[1,2]]", 7, 100, TB_JSON_ANY, "SAMPLE");
	assert_int_equal(tb_json_enter_array(&in, TB_JSON_ITEM, 1, 1), 1);
	assert_int_equal(tb_json_enter_array(&in, TB_JSON_ITEM, 0, 9), 2);
	assert_int_equal(tb_json_take_int(&in, TB_JSON_ITEM, 0, 9), 1);
	assert_true(tb_json_more(&in));
	tb_json_leave(&in);
	assert_int_equal(tb_json_in_status(&in, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "[0][0]");
	assert_string_equal(fault.found, "more");
	tb_json_in_release(&in);

	tb_json_in_init(&in, "[1]", 3, 100, TB_JSON_ANY, "SAMPLE");
	assert_int_equal(tb_json_enter_array(&in, TB_JSON_ITEM, 1, 1), 1);
	assert_int_equal(tb_json_take_int(&in, TB_JSON_ITEM, 0, 9), 1);
	assert_int_equal(tb_json_take_int(&in, TB_JSON_ITEM, 0, 9), 0);
	assert_int_equal(tb_json_in_status(&in, &fault), TB_ERR_RULE);
	tb_json_in_release(&in);
}

static void test_base64_into_a_buffer(void **state)
{
	static const char text[] = "[\"Zm9vYmFy\",\"Zm9=\"]";
	tb_fault fault;
	tb_json_in in;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 10);
	tb_json_in_init(&in, text, strlen(text), 100, TB_JSON_CANONICAL, "SAMPLE");
	tb_json_enter_array(&in, TB_JSON_ITEM, 0, 9);
	tb_json_take_base64_buf(&in, TB_JSON_ITEM, &out);
	assert_int_equal(out.len, 6);
	assert_memory_equal(out.data, "foobar", 6);
	tb_json_take_base64_buf(&in, TB_JSON_ITEM, &out);
	assert_int_equal(tb_json_in_status(&in, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "[1]");
	assert_string_equal(fault.rule, "BASE64");
	tb_json_in_release(&in);
	tb_buf_release(&out);

	tb_buf_init(&out, 5);
	tb_json_in_init(&in, text, strlen(text), 100, TB_JSON_CANONICAL, "SAMPLE");
	tb_json_enter_array(&in, TB_JSON_ITEM, 0, 9);
	tb_json_take_base64_buf(&in, TB_JSON_ITEM, &out);
	assert_int_equal(tb_json_in_status(&in, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "[0]");
	assert_string_equal(fault.rule, "SAMPLE");
	assert_string_equal(fault.expected, "at most 5 bytes in base64");
	tb_json_in_release(&in);
	tb_buf_release(&out);
}

/* ---- the writer ---- */

static void test_writer_is_canonical(void **state)
{
	static const char expected[] =
		"{\"n\":9007199254740991,\"s\":\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f/"
		"\x7f\xc3\xab\",\"e\":{},\"a\":[0,true,"
		"false,\"\",[]],\"b\":\"Zm9v\",\"h\":\"0aff\",\"r\":{\"x\":1},\"z\":null}";
	tb_json_out out;
	tb_buf buf;

	(void)state;
	tb_buf_init(&buf, 1000);
	tb_json_out_init(&out, &buf);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_int(&out, "n", TB_JSON_INT_MAX);
	tb_json_out_cstring(&out, "s", "\"\\\b\t\n\f\r\x01\x1f/\x7f\xc3\xab");
	tb_json_out_object(&out, "e");
	tb_json_out_end(&out);
	tb_json_out_array(&out, "a");
	tb_json_out_int(&out, TB_JSON_ITEM, 0);
	tb_json_out_bool(&out, TB_JSON_ITEM, true);
	tb_json_out_bool(&out, TB_JSON_ITEM, false);
	tb_json_out_string(&out, TB_JSON_ITEM, "", 0);
	tb_json_out_array(&out, TB_JSON_ITEM);
	tb_json_out_end(&out);
	tb_json_out_end(&out);
	tb_json_out_base64(&out, "b", "foo", 3);
	tb_json_out_hex(&out, "h", "\x0a\xff", 2);
	tb_json_out_raw(&out, "r", "{\"x\":1}", 7);
	tb_json_out_null(&out, "z");
	tb_json_out_end(&out);
	assert_int_equal(tb_json_out_status(&out), TB_OK);
	assert_string_equal(tb_buf_cstr(&buf), expected);
	assert_true(tb_json_is_canonical(buf.data, buf.len, 1000));
	tb_buf_release(&buf);
}

/* Every byte that can stand in a string comes back, and is written in the one way that counts as canonical. */
static void test_every_escape_round_trips(void **state)
{
	(void)state;
	for (unsigned c = 1; c < 128; c++) {
		char text[3] = {(char)c, 'x', '\0'};
		tb_json_string s;
		tb_json_out out;
		tb_fault fault;
		tb_json_in in;
		tb_buf buf;

		tb_buf_init(&buf, 100);
		tb_json_out_init(&out, &buf);
		tb_json_out_array(&out, TB_JSON_ITEM);
		tb_json_out_cstring(&out, TB_JSON_ITEM, text);
		tb_json_out_end(&out);
		assert_int_equal(tb_json_out_status(&out), TB_OK);
		tb_json_in_init(&in, buf.data, buf.len, 100, TB_JSON_CANONICAL, "SAMPLE");
		tb_json_enter_array(&in, TB_JSON_ITEM, 1, 1);
		tb_json_take_string(&in, TB_JSON_ITEM, &s, 2);
		tb_json_leave(&in);
		assert_int_equal(tb_json_in_status(&in, &fault), TB_OK);
		assert_string_equal(s.data, text);
		tb_json_in_release(&in);
		tb_buf_release(&buf);
	}
}

static tb_err write_one(const char *s, size_t len, uint64_t n)
{
	tb_json_out out;
	tb_buf buf;
	tb_err err;

	tb_buf_init(&buf, 40);
	tb_json_out_init(&out, &buf);
	tb_json_out_array(&out, TB_JSON_ITEM);
	tb_json_out_string(&out, TB_JSON_ITEM, s, len);
	tb_json_out_int(&out, TB_JSON_ITEM, n);
	tb_json_out_end(&out);
	err = tb_json_out_status(&out);
	tb_buf_release(&buf);
	return err;
}

static void test_writer_refuses_what_the_reader_would(void **state)
{
	(void)state;
	assert_int_equal(write_one("a", 1, 1), TB_OK);
	assert_int_equal(write_one("a\0b", 3, 1), TB_ERR_ENCODING);
	assert_int_equal(write_one("\xff", 1, 1), TB_ERR_ENCODING);
	assert_int_equal(write_one("a", 1, TB_JSON_INT_MAX + 1), TB_ERR_RANGE);
	assert_int_equal(write_one("0123456789012345678901234567890123456789", 40, 1), TB_ERR_LIMIT);
}

/* "[[],[],..." of `marks` commas and brackets, in `bytes`. */
static size_t write_marks(char *bytes, size_t marks)
{
	size_t len = 0;

	bytes[len++] = '[';
	for (size_t n = 1; n + 1 < marks; n += 2) {
		memcpy(bytes + len, "[],", 3);
		len += 3;
	}
	memcpy(bytes + len, marks % 2 == 0 ? "[]]" : "0]", marks % 2 == 0 ? 3 : 2);
	return len + (marks % 2 == 0 ? 3 : 2);
}

/* A body of 11 MB would otherwise cost a gigabyte before any signature is looked at. */
static void test_the_number_of_values_is_limited(void **state)
{
	static const struct {
		tb_json_spelling spelling;
		size_t marks;
		tb_err err;
	} cases[] = {
		{TB_JSON_ANY, TB_JSON_ANY_MARKS, TB_OK},
		{TB_JSON_ANY, TB_JSON_ANY_MARKS + 1, TB_ERR_RULE},
		{TB_JSON_CANONICAL, TB_JSON_MARKS, TB_OK},
		{TB_JSON_CANONICAL, TB_JSON_MARKS + 1, TB_ERR_RULE},
	};
	char *bytes = malloc(2 * TB_JSON_MARKS), *strings = malloc(2 * TB_JSON_MARKS);

	(void)state;
	assert_true(bytes != NULL && strings != NULL);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t len = write_marks(bytes, cases[i].marks);
		tb_json_in in;

		assert_true(len <= 2 * TB_JSON_MARKS);
		tb_json_in_init(&in, bytes, len, len, cases[i].spelling, "SAMPLE");
		assert_int_equal(in.err, cases[i].err);
		if (in.err == TB_ERR_RULE)
			assert_string_equal(in.fault.found, "too many for one document");
		tb_json_in_release(&in);
		assert_true(tb_json_is_canonical(bytes, len, len) == (cases[i].marks <= TB_JSON_MARKS));
	}
	memset(strings, ',', 2 * TB_JSON_MARKS); /* in a string they are none */
	memcpy(strings, "[\"", 2);
	memcpy(strings + 2 * TB_JSON_MARKS - 2, "\"]", 2);
	assert_true(tb_json_is_canonical(strings, 2 * TB_JSON_MARKS, 2 * TB_JSON_MARKS));
	free(bytes);
	free(strings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_other_spellings_are_not_canonical),
		cmocka_unit_test(test_what_is_refused_in_every_spelling),
		cmocka_unit_test(test_cursor_reads),
		cmocka_unit_test(test_cursor_says_what_and_where),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_items_left_over_are_refused),
		cmocka_unit_test(test_base64_into_a_buffer),
		cmocka_unit_test(test_writer_is_canonical),
		cmocka_unit_test(test_every_escape_round_trips),
		cmocka_unit_test(test_writer_refuses_what_the_reader_would),
		cmocka_unit_test(test_the_number_of_values_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

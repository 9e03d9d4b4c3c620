/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "core/base/base64.h"

#define BYTES_MAX (9u << 20)

const char TB_VECTOR_LENGTH[] = "length";

static json_t *file; /* the one that is being worked on */
static json_t
	*asked; /* set of "object/key": which members the running case was asked for; NULL between cases */

/* ---- what was asked for ---- */
static void mark_name(char out[160], const json_t *object, const char *key)
{
	(void)snprintf(out, 160, "%p/%s", (const void *)object, key);
}

static json_t *get(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);
	char name[160];

	if (value == NULL)
		fail_msg("there is no member \"%s\"", key);
	mark_name(name, object, key);
	if (asked != NULL)
		assert_int_equal(json_object_set_new(asked, name, json_true()), 0);
	return value;
}

/* An expectation that nobody looks at is no expectation. */
static void assert_all_asked(json_t *value, const char *path)
{
	char name[160], below[200];
	const char *key;
	json_t *item;
	size_t i;

	json_object_foreach(value, key, item)
	{
		mark_name(name, value, key);
		(void)snprintf(below, sizeof below, "%s.%s", path, key);
		if (json_object_get(asked, name) == NULL)
			fail_msg("nothing was done with %s", below);
		assert_all_asked(item, below);
	}
	json_array_foreach(value, i, item)
	{
		(void)snprintf(below, sizeof below, "%s[%zu]", path, i);
		assert_all_asked(item, below);
	}
}

/* ---- members ---- */
static const json_t *collection(const json_t *value, const char *what)
{
	if (!json_is_object(value) && !json_is_array(value))
		fail_msg("%s is no object and no array", what);
	return value;
}

static const json_t *item(const json_t *array, size_t index)
{
	const json_t *value = json_array_get(array, index);

	if (value == NULL)
		fail_msg("there is no item %zu", index);
	return value;
}

static const char *text(const json_t *value, const char *what)
{
	if (!json_is_string(value))
		fail_msg("%s is no string", what);
	return json_string_value(value);
}

static uint64_t integer(const json_t *value, const char *what)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		fail_msg("%s is no number from 0", what);
	return (uint64_t)json_integer_value(value);
}

static void unhex(uint8_t *out, size_t len, const char *hex, const char *what)
{
	if (tb_hex_parse_fixed(out, len, hex, strlen(hex)) != TB_OK)
		fail_msg("%s is not the lower-case hex of %zu bytes", what, len);
}

static void buffer(tb_buf *out, const char *hex, const char *what)
{
	size_t len = strlen(hex) / 2;
	uint8_t *at;

	tb_buf_init(out, BYTES_MAX);
	at = tb_buf_extend(out, len + 1); /* so that there is an address for nothing at all */
	assert_non_null(at);
	unhex(at, len, hex, what);
	out->len = len;
}

const json_t *tb_vector_member(const json_t *object, const char *key)
{
	return collection(get(object, key), key);
}

const json_t *tb_vector_of_file(const char *key)
{
	return tb_vector_member(file, key);
}

bool tb_vector_has(const json_t *object, const char *key)
{
	return json_object_get(object, key) != NULL;
}

bool tb_vector_is_text(const json_t *object, const char *key)
{
	return json_is_string(json_object_get(object, key));
}

size_t tb_vector_num(const json_t *array)
{
	assert_true(json_is_array(array));
	return json_array_size(array);
}

const json_t *tb_vector_item(const json_t *array, size_t index)
{
	return collection(item(array, index), "the item");
}

bool tb_vector_is_null(const json_t *object, const char *key)
{
	return json_is_null(get(object, key));
}

bool tb_vector_item_is_null(const json_t *array, size_t index)
{
	return json_is_null(item(array, index));
}

const char *tb_vector_text(const json_t *object, const char *key)
{
	return text(get(object, key), key);
}

const char *tb_vector_item_text(const json_t *array, size_t index)
{
	return text(item(array, index), "the item");
}

uint64_t tb_vector_int(const json_t *object, const char *key)
{
	return integer(get(object, key), key);
}

uint64_t tb_vector_item_int(const json_t *array, size_t index)
{
	return integer(item(array, index), "the item");
}

bool tb_vector_bool(const json_t *object, const char *key)
{
	const json_t *value = get(object, key);

	if (!json_is_boolean(value))
		fail_msg("%s is neither true nor false", key);
	return json_is_true(value);
}

void tb_vector_bytes(tb_buf *out, const json_t *object, const char *key)
{
	buffer(out, tb_vector_text(object, key), key);
}

void tb_vector_item_bytes(tb_buf *out, const json_t *array, size_t index)
{
	buffer(out, tb_vector_item_text(array, index), "the item");
}

bool tb_vector_fixed(uint8_t *out, size_t len, const json_t *object, const char *key)
{
	const char *hex = tb_vector_text(object, key);

	memset(out, 0, len);
	if (strlen(hex) != TB_HEX_LEN(len))
		return false;
	unhex(out, len, hex, key);
	return true;
}

void tb_vector_exactly(uint8_t *out, size_t len, const json_t *object, const char *key)
{
	unhex(out, len, tb_vector_text(object, key), key);
}

void tb_vector_item_exactly(uint8_t *out, size_t len, const json_t *array, size_t index)
{
	unhex(out, len, tb_vector_item_text(array, index), "the item");
}

const json_t *tb_vector_other(const char *op, const char *name, const char *member)
{
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(file, "cases"), i, c)
	{
		if (strcmp(text(json_object_get(c, "op"), "op"), op) == 0 &&
			strcmp(text(json_object_get(c, "name"), "name"), name) == 0)
			return collection(json_object_get(c, member), member);
	}
	fail_msg("there is no case %s: %s", op, name);
	return NULL;
}

/* ---- comparing ---- */
static void compare(const char *expected_hex, const char *what, const void *found, size_t found_len)
{
	tb_buf expected, found_hex;

	buffer(&expected, expected_hex, what);
	if (expected.len != found_len || memcmp(expected.data, found, found_len) != 0) {
		tb_buf_init(&found_hex, 2 * BYTES_MAX);
		tb_buf_hex(&found_hex, found, found_len);
		fail_msg("%s: expected %.1100s, found %.1100s", what, expected_hex, tb_buf_cstr(&found_hex));
	}
	tb_buf_release(&expected);
}

void tb_vector_expect_bytes(const json_t *out, const char *key, const void *found, size_t found_len)
{
	compare(tb_vector_text(out, key), key, found, found_len);
}

void tb_vector_expect_item(const json_t *array, size_t index, const void *found, size_t found_len)
{
	compare(tb_vector_item_text(array, index), "the item", found, found_len);
}

void tb_vector_expect_text(const json_t *out, const char *key, const char *found)
{
	const char *expected = tb_vector_text(out, key);

	if (strcmp(expected, found) != 0)
		fail_msg("%s: expected \"%s\", found \"%s\"", key, expected, found);
}

void tb_vector_expect_int(const json_t *out, const char *key, uint64_t found)
{
	uint64_t expected = tb_vector_int(out, key);

	if (expected != found)
		fail_msg("%s: expected %llu, found %llu", key, (unsigned long long)expected,
			(unsigned long long)found);
}

void tb_vector_expect_num(const json_t *array, size_t found)
{
	if (tb_vector_num(array) != found)
		fail_msg("expected %zu items, found %zu", tb_vector_num(array), found);
}

/* ---- running ---- */
typedef struct run {
	const tb_vector_op *handler; /* NULL: nobody's */
	tb_vector vector;
	json_t *in, *out;
	char title[300];
} run;

/* "31 bytes" and the like: what a reader of arrays cannot be given (specs/vectors/README.md). */
static bool is_about_length(const char *name)
{
	const char *at = strrchr(name, ' ');

	if (strcmp(name, "a value too many") == 0 || strcmp(name, "a value too few") == 0)
		return true;
	return at != NULL && at > name && at[-1] >= '0' && at[-1] <= '9' && strcmp(at, " bytes") == 0;
}

static void test_case(void **state)
{
	const run *r = *state;
	const char *rule;

	if (r->handler == NULL)
		fail_msg("no test does %s", r->vector.op);
	asked = json_object();
	assert_non_null(asked);
	rule = r->handler->run(&r->vector);
	if (rule == TB_VECTOR_LENGTH && r->vector.rule != NULL && is_about_length(r->vector.name)) {
		print_message("           (a length that the types here exclude)\n");
	} else if (r->vector.rule == NULL) {
		if (rule != NULL)
			fail_msg("refused with %s", rule);
		assert_all_asked(r->in, "in");
		assert_all_asked(r->out, "out");
	} else if (rule == NULL) {
		fail_msg("accepted instead of refused with %s", r->vector.rule);
	} else {
		assert_string_equal(rule, r->vector.rule);
		assert_all_asked(r->in, "in");
	}
}

static int after_case(void **state)
{
	(void)state;
	json_decref(asked);
	asked = NULL;
	return 0;
}

/* Loads the topic into `file`; a reason when it is not laid out as the README says. */
static const char *load(const char *topic)
{
	static const char *const words[] = {"topic", "about", "source"};
	char path[120];

	(void)snprintf(path, sizeof path, "specs/vectors/%s.json", topic);
	json_decref(file);
	file = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	if (file == NULL)
		return "it cannot be read";
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!json_is_string(json_object_get(file, words[i])))
			return words[i];
	}
	if (strcmp(json_string_value(json_object_get(file, "topic")), topic) != 0)
		return "its topic is another";
	if (json_array_size(json_object_get(file, "spec")) == 0)
		return "spec";
	return json_array_size(json_object_get(file, "cases")) == 0 ? "it has no cases" : NULL;
}

size_t tb_vectors_num_cases(const char *topic)
{
	const char *wrong = load(topic);
	size_t num;

	if (wrong != NULL)
		fail_msg("specs/vectors/%s.json: %s", topic, wrong);
	num = json_array_size(json_object_get(file, "cases"));
	json_decref(file);
	file = NULL;
	return num;
}

static const char *fill(run *r, const json_t *c, const tb_vector_op *ops, size_t num_ops, bool *reached)
{
	const json_t *valid = json_object_get(c, "valid"), *rule = json_object_get(c, "rule");

	r->in = json_object_get(c, "in");
	r->out = json_object_get(c, "out");
	r->vector = (tb_vector){.op = json_string_value(json_object_get(c, "op")),
		.name = json_string_value(json_object_get(c, "name")),
		.rule = json_string_value(rule),
		.in = r->in,
		.out = r->out};
	if (r->vector.op == NULL || r->vector.name == NULL || !json_is_object(r->in) ||
		!json_is_boolean(valid) || json_is_true(valid) != json_is_object(r->out) ||
		json_is_true(valid) == json_is_string(rule))
		return "a case is not laid out as the README says";
	(void)snprintf(r->title, sizeof r->title, "%s: %s", r->vector.op, r->vector.name);
	for (size_t i = 0; i < num_ops; i++) {
		if (strcmp(ops[i].op, r->vector.op) == 0) {
			r->handler = &ops[i];
			reached[i] = true;
		}
	}
	return NULL;
}

static int run_topic(const char *topic, const tb_vector_op *ops, size_t num_ops, bool *reached)
{
	const char *wrong = load(topic);
	struct CMUnitTest *tests;
	size_t num, i;
	const json_t *c;
	run *runs;
	int failed;

	if (wrong != NULL) {
		(void)fprintf(stderr, "specs/vectors/%s.json: %s\n", topic, wrong);
		return 1;
	}
	num = json_array_size(json_object_get(file, "cases"));
	tests = calloc(num, sizeof *tests);
	runs = calloc(num, sizeof *runs);
	TB_REQUIRE(tests != NULL && runs != NULL);
	json_array_foreach(json_object_get(file, "cases"), i, c)
	{
		const char *bad = fill(&runs[i], c, ops, num_ops, reached);

		wrong = bad != NULL ? bad : wrong;
		tests[i] = (struct CMUnitTest){.name = runs[i].title,
			.test_func = test_case,
			.teardown_func = after_case,
			.initial_state = &runs[i]};
	}
	if (wrong != NULL)
		(void)fprintf(stderr, "specs/vectors/%s.json: %s\n", topic, wrong);
	failed = wrong != NULL ? 1 : _cmocka_run_group_tests(topic, tests, num, NULL, NULL);
	free(tests);
	free(runs);
	return failed;
}

int tb_vectors_run(const char *const *topics, size_t num_topics, const tb_vector_op *ops, size_t num_ops)
{
	bool *reached = calloc(num_ops, sizeof *reached);
	int failed = 0;

	TB_REQUIRE(reached != NULL);
	for (size_t i = 0; i < num_topics; i++)
		failed += run_topic(topics[i], ops, num_ops, reached);
	for (size_t i = 0; i < num_ops; i++) {
		if (!reached[i]) {
			(void)fprintf(stderr, "%s: there is no such case any more\n", ops[i].op);
			failed++;
		}
	}
	free(reached);
	json_decref(file);
	file = NULL;
	return failed;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"

#include <jansson.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"

/* ---- faults ---- */

#define RULE_CANONICAL "JSON.CANONICAL"

static tb_err fault_at_byte(tb_fault *f, size_t byte, const char *expected, const char *found)
{
	char where[32];

	snprintf(where, sizeof where, "byte %zu", byte);
	return tb_fault_set(f, RULE_CANONICAL, where, expected, found);
}

/* ---- parsing ---- */

/* The byte after the string that starts at `at` (its opening quote), or `end` if it never closes. */
static const uint8_t *skip_string(const uint8_t *at, const uint8_t *end)
{
	for (at++; at < end; at++) {
		at = memchr(at, '"', (size_t)(end - at));
		if (at == NULL)
			return end;
		size_t slashes = 0;
		while (at[-1 - (ptrdiff_t)slashes] == '\\') /* stops at the opening quote at the latest */
			slashes++;
		if (slashes % 2 == 0)
			return at + 1;
	}
	return end;
}

/*
 * jansson reads 1.0, 1e2 and -0 and nests 2048 deep; each of these would be a second spelling of something or a way
 * to exhaust stack or memory.  So the text is looked through before jansson sees it.
 */
static tb_err prescan(const uint8_t *in, size_t len, size_t max_marks, tb_fault *f)
{
	const uint8_t *at = in, *end = in + len;
	unsigned depth = 0;
	size_t marks = 0;

	while (at < end) {
		size_t place = (size_t)(at - in);
		uint64_t v = 0;

		/* "{}," is three bytes to send and some 250 to hold. */
		if ((*at == ',' || *at == '[' || *at == '{') && ++marks > max_marks)
			return fault_at_byte(f, place, "fewer values", "too many for one document");
		switch (*at) {
		case '"':
			at = skip_string(at, end);
			continue;
		case '[':
		case '{':
			if (++depth > TB_JSON_DEPTH)
				return fault_at_byte(f, place, "at most 16 levels", "a deeper one");
			break;
		case ']':
		case '}':
			depth -= depth > 0 ? 1 : 0;
			break;
		default:
			break;
		}
		if (*at == '-' || (*at >= '0' && *at <= '9')) {
			while (at < end && *at >= '0' && *at <= '9' && v <= TB_JSON_INT_MAX)
				v = v * 10 + (uint64_t)(*at++ - '0');
			if (v > TB_JSON_INT_MAX || (at < end && memchr("-+.eE", *at, 5) != NULL))
				return fault_at_byte(f, place, "an integer from 0 to 2^53-1 in plain digits",
					"another number");
			continue;
		}
		if (*at >= 'a' && *at <= 'z') /* true, false, null: their letters are no exponent */
			while (at + 1 < end && at[1] >= 'a' && at[1] <= 'z')
				at++;
		at++;
	}
	return TB_OK;
}

/*
 * When memory runs out in its lexer, jansson calls that a syntax error.  A verifier must not call an entry wrong because
 * it lacked memory, so the allocator remembers.
 */
static _Thread_local bool out_of_memory;

static void *allocate(size_t len)
{
	void *p = malloc(len);

	if (p == NULL)
		out_of_memory = true;
	return p;
}

static void release(void *p)
{
	free(p);
}

static void set_allocator(void)
{
	json_set_alloc_funcs(allocate, release);
}

static tb_err parse(
	json_t **out, const void *bytes, size_t len, size_t max_len, size_t max_marks, tb_fault *f)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char where[48], text[64];
	json_error_t error;
	json_t *value;
	tb_err err;

	if (len > max_len) {
		snprintf(where, sizeof where, "at most %zu bytes", max_len);
		snprintf(text, sizeof text, "%zu", len);
		return tb_fault_set(f, RULE_CANONICAL, "", where, text);
	}
	err = prescan(bytes, len, max_marks, f);
	if (err != TB_OK)
		return err;
	(void)pthread_once(&once, set_allocator);
	out_of_memory = false;
	value = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
	if (value == NULL) {
		if (out_of_memory)
			return TB_ERR_MEMORY;
		snprintf(where, sizeof where, "line %d, column %d", error.line, error.column);
		return tb_fault_set(f, RULE_CANONICAL, where, "JSON, an object or an array", error.text);
	}
	*out = value;
	return TB_OK;
}

/* ---- the canonical spelling: compared while walking, without writing it out ---- */

typedef struct match {
	const uint8_t *at, *end;
} match;

static bool match_bytes(match *m, const void *bytes, size_t len)
{
	if ((size_t)(m->end - m->at) < len || memcmp(m->at, bytes, len) != 0)
		return false;
	m->at += len;
	return true;
}

static bool match_string(match *m, const char *text, size_t len)
{
	const uint8_t *in = (const uint8_t *)text;
	char escaped[6];

	if (!match_bytes(m, "\"", 1))
		return false;
	while (len > 0) {
		size_t run = tb_json_plain_run(in, len);

		if (!match_bytes(m, in, run))
			return false;
		in += run;
		len -= run;
		if (len > 0) {
			if (!match_bytes(m, escaped, tb_json_escape(escaped, *in)))
				return false;
			in++;
			len--;
		}
	}
	return match_bytes(m, "\"", 1);
}

static bool match_value(match *m, json_t *v);

static bool match_object(match *m, json_t *v)
{
	if (!match_bytes(m, "{", 1))
		return false;
	for (void *i = json_object_iter(v), *first = i; i != NULL; i = json_object_iter_next(v, i)) {
		const char *key = json_object_iter_key(i);

		if (i != first && !match_bytes(m, ",", 1))
			return false;
		if (!match_string(m, key, strlen(key)) || !match_bytes(m, ":", 1) ||
			!match_value(m, json_object_iter_value(i)))
			return false;
	}
	return match_bytes(m, "}", 1);
}

static bool match_value(match *m, json_t *v) /* at most TB_JSON_DEPTH calls deep */
{
	char digits[24];

	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return match_object(m, v);
	case JSON_ARRAY:
		if (!match_bytes(m, "[", 1))
			return false;
		for (size_t i = 0; i < json_array_size(v); i++) {
			if (i > 0 && !match_bytes(m, ",", 1))
				return false;
			if (!match_value(m, json_array_get(v, i)))
				return false;
		}
		return match_bytes(m, "]", 1);
	case JSON_STRING:
		return match_string(m, json_string_value(v), json_string_length(v));
	case JSON_INTEGER:
		return match_bytes(m, digits,
			(size_t)snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(v)));
	case JSON_TRUE:
		return match_bytes(m, "true", 4);
	case JSON_FALSE:
		return match_bytes(m, "false", 5);
	case JSON_NULL:
		return match_bytes(m, "null", 4);
	default:
		return false; /* prescan() lets no reals through */
	}
}

/* Where the bytes first differ from the canonical spelling; `len` when they do not. */
static size_t canonical_prefix(json_t *root, const void *bytes, size_t len)
{
	match m = {bytes, (const uint8_t *)bytes + len};

	return match_value(&m, root) ? len - (size_t)(m.end - m.at) : (size_t)(m.at - (const uint8_t *)bytes);
}

bool tb_json_is_canonical(const void *bytes, size_t len, size_t max_len)
{
	json_t *root = NULL;
	tb_fault fault;
	bool is;

	if (parse(&root, bytes, len, max_len, TB_JSON_MARKS, &fault) != TB_OK)
		return false;
	is = canonical_prefix(root, bytes, len) == len;
	json_decref(root);
	return is;
}

/* ---- reading ---- */

void tb_json_in_init(tb_json_in *in, const void *bytes, size_t len, size_t max_len, tb_json_spelling spelling,
	const char *rule)
{
	*in = (tb_json_in){.err = TB_OK, .rule = rule, .spelling = spelling};
	in->err = parse(&in->root, bytes, len, max_len,
		spelling == TB_JSON_ANY ? TB_JSON_ANY_MARKS : TB_JSON_MARKS, &in->fault);
	if (in->err == TB_OK && spelling == TB_JSON_CANONICAL) {
		size_t same = canonical_prefix(in->root, bytes, len);

		if (same != len)
			in->err = fault_at_byte(&in->fault, same, "the canonical spelling", "another one");
	}
	if (in->err == TB_ERR_RULE && spelling == TB_JSON_ANY)
		in->fault.rule = rule;
}

void tb_json_in_release(tb_json_in *in)
{
	json_decref(in->root);
	*in = (tb_json_in){.err = TB_ERR_STATE};
}

tb_err tb_json_in_status(const tb_json_in *in, tb_fault *fault)
{
	/* Not everything was looked at: then a member nobody knows would go unnoticed. */
	TB_REQUIRE(in->err != TB_OK || (in->started && in->depth == 0));
	if (in->err == TB_ERR_RULE)
		*fault = in->fault;
	return in->err;
}

static void path_add(char *path, size_t size, const char *name, size_t index)
{
	size_t len = strlen(path);

	if (name == NULL)
		snprintf(path + len, size - len, "[%zu]", index);
	else
		snprintf(path + len, size - len, "%s%.64s", len > 0 ? "." : "", name);
}

/* Where we are, and `key` in it. */
static void path_write(char *path, size_t size, const tb_json_in *in, const char *key)
{
	const tb_json_frame *top = in->depth > 0 ? &in->frame[in->depth - 1] : NULL;

	path[0] = '\0';
	for (size_t i = 1; i < in->depth; i++)
		path_add(path, size, in->frame[i].name, in->frame[i - 1].next - 1);
	if (key != TB_JSON_ITEM)
		path_add(path, size, key, 0);
	else if (top != NULL && json_is_array(top->value) && top->next > 0)
		path_add(path, size, NULL, top->next - 1);
}

void tb_json_in_fail(
	tb_json_in *in, const char *key, const char *rule, const char *expected, const char *found, ...)
{
	char path[sizeof in->fault.where], text[2 * sizeof in->fault.found];
	va_list args;

	if (in->err != TB_OK)
		return;
	va_start(args, found);
	if (vsnprintf(text, sizeof text, found, args) < 0)
		text[0] = '\0';
	va_end(args);
	path_write(path, sizeof path, in, key);
	in->err = tb_fault_set(&in->fault, rule, path, expected, text);
}

static const char *next_key(const tb_json_in *in)
{
	const tb_json_frame *top;

	if (in->err != TB_OK || in->depth == 0)
		return NULL;
	top = &in->frame[in->depth - 1];
	return json_is_object(top->value) && top->member != NULL ? json_object_iter_key(top->member) : NULL;
}

bool tb_json_has(const tb_json_in *in, const char *key)
{
	const char *next = next_key(in);

	return next != NULL && strcmp(next, key) == 0;
}

bool tb_json_more(const tb_json_in *in)
{
	const tb_json_frame *top;

	if (in->err != TB_OK || in->depth == 0)
		return false;
	top = &in->frame[in->depth - 1];
	return json_is_object(top->value) ? top->member != NULL : top->next < top->num;
}

/* Which members there are, and in which order, is part of the canonical spelling. */
static const char *members_rule(const tb_json_in *in)
{
	return in->spelling == TB_JSON_CANONICAL ? RULE_CANONICAL : in->rule;
}

/* The member is not where the schema has it: says which of the reasons it is. */
static void fail_missing(tb_json_in *in, const tb_json_frame *top, const char *key)
{
	const char *found = next_key(in);
	char expected[96];

	snprintf(expected, sizeof expected, "the member \"%.64s\"", key);
	if (json_object_get(top->value, key) == NULL)
		tb_json_in_fail(in, key, members_rule(in), expected, "none of that name");
	else
		tb_json_in_fail(in, found != NULL ? found : key, members_rule(in), expected,
			"an unknown member, or not in its place");
}

/* Moves past the next value and returns it; NULL after a failure.  Asking for a name in an array, or for an item
 * in an object, is a bug of the caller: what the container is was checked when it was entered. */
static json_t *take(tb_json_in *in, const char *key)
{
	tb_json_frame *top;
	json_t *v;

	if (in->err != TB_OK)
		return NULL;
	if (in->depth == 0) {
		TB_REQUIRE(!in->started && key == TB_JSON_ITEM);
		in->started = true;
		return in->root;
	}
	top = &in->frame[in->depth - 1];
	TB_REQUIRE((key == TB_JSON_ITEM) == json_is_array(top->value));
	if (key == TB_JSON_ITEM) {
		if (top->next >= top->num) {
			tb_json_in_fail(in, key, in->rule, "one more item after this", "none");
			return NULL;
		}
		return json_array_get(top->value, top->next++);
	}
	if (!tb_json_has(in, key)) {
		fail_missing(in, top, key);
		return NULL;
	}
	v = json_object_iter_value(top->member);
	top->member = json_object_iter_next(top->value, top->member);
	return v;
}

static const char *type_name(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "a number";
	case JSON_NULL:
		return "null";
	default:
		return "true or false";
	}
}

static json_t *take_typed(tb_json_in *in, const char *key, json_type type, const char *wanted)
{
	json_t *v = take(in, key);

	if (v == NULL || json_typeof(v) == type)
		return v;
	tb_json_in_fail(in, key, in->rule, wanted, "%s", type_name(v));
	return NULL;
}

static void enter(tb_json_in *in, const char *key, json_t *v)
{
	/* The text nests at most TB_JSON_DEPTH levels deep: prescan(). */
	TB_REQUIRE(in->depth < TB_JSON_DEPTH);
	in->frame[in->depth++] = (tb_json_frame){.value = v,
		.member = json_is_object(v) ? json_object_iter(v) : NULL,
		.num = json_array_size(v),
		.name = key};
}

void tb_json_enter_object(tb_json_in *in, const char *key)
{
	json_t *v = take_typed(in, key, JSON_OBJECT, "an object");

	if (v != NULL)
		enter(in, key, v);
}

size_t tb_json_enter_array(tb_json_in *in, const char *key, size_t min, size_t max)
{
	json_t *v = take_typed(in, key, JSON_ARRAY, "an array");
	char expected[64];
	size_t num;

	if (v == NULL)
		return 0;
	num = json_array_size(v);
	if (num < min || num > max) {
		snprintf(expected, sizeof expected, "%zu to %zu items", min, max);
		tb_json_in_fail(in, key, in->rule, expected, "%zu", num);
		return 0;
	}
	enter(in, key, v);
	return num;
}

void tb_json_leave(tb_json_in *in)
{
	const char *extra = next_key(in);

	if (in->err != TB_OK)
		return;
	TB_REQUIRE(in->depth > 0);
	if (extra != NULL)
		tb_json_in_fail(in, extra, members_rule(in), "no more members", "an unknown member");
	else if (tb_json_more(in))
		tb_json_in_fail(in, TB_JSON_ITEM, in->rule, "no more items after this", "more");
	else
		in->depth--;
}

uint64_t tb_json_take_int(tb_json_in *in, const char *key, uint64_t min, uint64_t max)
{
	json_t *v = take_typed(in, key, JSON_INTEGER, "a number");
	char expected[64];
	uint64_t n;

	if (v == NULL)
		return 0;
	n = (uint64_t)json_integer_value(v);
	if (n < min || n > max) {
		snprintf(expected, sizeof expected, "%llu to %llu", (unsigned long long)min,
			(unsigned long long)max);
		tb_json_in_fail(in, key, in->rule, expected, "%llu", (unsigned long long)n);
		return 0;
	}
	return n;
}

bool tb_json_take_bool(tb_json_in *in, const char *key)
{
	json_t *v = take(in, key);

	if (v == NULL || json_is_boolean(v))
		return v != NULL && json_is_true(v);
	tb_json_in_fail(in, key, in->rule, "true or false", "%s", type_name(v));
	return false;
}

bool tb_json_take_null(tb_json_in *in, const char *key)
{
	const tb_json_frame *top;
	json_t *v;

	if (in->err != TB_OK || in->depth == 0)
		return false;
	top = &in->frame[in->depth - 1];
	if (key == TB_JSON_ITEM)
		v = top->next < top->num ? json_array_get(top->value, top->next) : NULL;
	else
		v = tb_json_has(in, key) ? json_object_iter_value(top->member) : NULL;
	return v != NULL && json_is_null(v) && take(in, key) != NULL;
}

void tb_json_take_string(tb_json_in *in, const char *key, tb_json_string *out, size_t max)
{
	json_t *v = take_typed(in, key, JSON_STRING, "a string");
	char expected[64];

	*out = (tb_json_string){.data = ""};
	if (v == NULL)
		return;
	if (json_string_length(v) > max) {
		snprintf(expected, sizeof expected, "at most %zu bytes", max);
		tb_json_in_fail(in, key, in->rule, expected, "%zu", json_string_length(v));
		return;
	}
	*out = (tb_json_string){.data = json_string_value(v), .len = json_string_length(v)};
}

void tb_json_take_text(tb_json_in *in, const char *key, tb_json_string *out, size_t max, tb_text_kind kind)
{
	char expected[64];
	tb_why why;
	tb_err err;

	tb_json_take_string(in, key, out, SIZE_MAX);
	if (in->err != TB_OK)
		return;
	err = tb_text_check(out->data, out->len, max, kind, &why);
	if (err == TB_OK)
		return;
	snprintf(expected, sizeof expected, "%s of at most %zu bytes",
		kind == TB_TEXT_LINE ? "one line of plain text" : "plain text", max);
	tb_json_in_fail(in, key, "TEXT", expected, "%s", why.text);
	if (err == TB_ERR_MEMORY)
		in->err = err;
	*out = (tb_json_string){.data = ""};
}

size_t tb_json_take_choice(tb_json_in *in, const char *key, const char *const *names, size_t num)
{
	tb_json_string s;
	char all[200] = "one of ";

	tb_json_take_string(in, key, &s, SIZE_MAX);
	if (in->err != TB_OK)
		return 0;
	for (size_t i = 0; i < num; i++) {
		size_t len = strlen(all);

		if (strcmp(s.data, names[i]) == 0)
			return i;
		snprintf(all + len, sizeof all - len, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	tb_json_in_fail(in, key, in->rule, all, "\"%.64s\"", s.data);
	return 0;
}

/* Another spelling breaks [BASE64], another number of bytes the rule of the object. */
static void fail_encoded(tb_json_in *in, const char *key, tb_err err, size_t len, const char *encoding,
	const tb_json_string *s)
{
	char expected[64];

	if (err == TB_OK)
		return;
	snprintf(expected, sizeof expected, "%zu bytes in %s", len, encoding);
	tb_json_in_fail(in, key, err == TB_ERR_RANGE ? in->rule : "BASE64", expected, "\"%.64s\"", s->data);
}

void tb_json_take_base64(tb_json_in *in, const char *key, uint8_t *out, size_t len)
{
	tb_json_string s;

	tb_json_take_string(in, key, &s, SIZE_MAX);
	if (in->err == TB_OK)
		fail_encoded(in, key, tb_base64_parse_fixed(out, len, s.data, s.len), len, "base64", &s);
	if (in->err != TB_OK)
		memset(out, 0, len);
}

void tb_json_take_hex(tb_json_in *in, const char *key, uint8_t *out, size_t len)
{
	tb_json_string s;

	tb_json_take_string(in, key, &s, SIZE_MAX);
	if (in->err == TB_OK)
		fail_encoded(in, key, tb_hex_parse_fixed(out, len, s.data, s.len), len,
			"lower-case hexadecimal", &s);
	if (in->err != TB_OK)
		memset(out, 0, len);
}

void tb_json_take_base64_buf(tb_json_in *in, const char *key, tb_buf *out)
{
	char expected[64];
	tb_json_string s;
	tb_err err;

	tb_json_take_string(in, key, &s, SIZE_MAX);
	if (in->err != TB_OK)
		return;
	tb_buf_unbase64(out, s.data, s.len);
	err = tb_buf_status(out);
	if (err == TB_OK)
		return;
	snprintf(expected, sizeof expected, "at most %zu bytes in base64", out->max);
	if (err == TB_ERR_LIMIT)
		tb_json_in_fail(in, key, in->rule, expected, "%zu characters", s.len);
	else
		tb_json_in_fail(in, key, "BASE64", expected, "another spelling, or none");
	if (err == TB_ERR_MEMORY)
		in->err = err;
}

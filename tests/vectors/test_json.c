/* SPDX-License-Identifier: Apache-2.0 */
/* Spellings: JSON [JSON.CANONICAL], base64 and hex [BASE64], texts and ids [TEXT] [ID], envelopes [ENTRY.ENVELOPE] [ENTRY.SIGNER]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/log/entry.h"
#include "tests/support/example.h"
#include "tests/support/vectors.h"

#define JSON_MAX (8u << 20)

/* ---- JSON ---- */
/* Hex where it is no UTF-8. */
static void json_of(tb_buf *out, const struct json_t *in)
{
	if (tb_vector_has(in, "json")) {
		tb_vector_bytes(out, in, "json");
		return;
	}
	tb_buf_init(out, JSON_MAX);
	tb_buf_text(out, tb_vector_text(in, "json_text"));
	assert_int_equal(tb_buf_status(out), TB_OK);
	(void)tb_buf_cstr(out); /* there is an address for nothing at all */
}

static const char *json_parse(const tb_vector *v)
{
	tb_json_in in;
	tb_buf bytes;
	bool is_right;

	json_of(&bytes, v->in);
	is_right = tb_json_is_canonical(bytes.data, bytes.len, JSON_MAX);
	tb_json_in_init(&in, bytes.data, bytes.len, JSON_MAX, TB_JSON_CANONICAL, "MANIFEST");
	assert_int_equal(in.err == TB_OK, is_right);
	if (!is_right)
		assert_string_equal(in.fault.rule, "JSON.CANONICAL");
	if (is_right && v->out != NULL)
		tb_vector_expect_text(v->out, "json_text", tb_buf_cstr(&bytes)); /* it is its own spelling */
	tb_json_in_release(&in);
	tb_buf_release(&bytes);
	return is_right ? NULL : "JSON.CANONICAL";
}

/* ---- base64 and hex ---- */
static const char *base64_parse(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "text");
	tb_buf bytes;
	tb_err err;

	tb_buf_init(&bytes, JSON_MAX);
	tb_buf_unbase64(&bytes, text, strlen(text));
	err = tb_buf_status(&bytes);
	assert_true(err == TB_OK || err == TB_ERR_ENCODING);
	if (err == TB_OK && v->out != NULL)
		tb_vector_expect_bytes(v->out, "bytes", bytes.data, bytes.len);
	tb_buf_release(&bytes);
	return err == TB_OK ? NULL : "BASE64";
}

static const char *hex_parse(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "text");
	uint8_t bytes[64];
	size_t len = strlen(text) / 2;

	assert_true(len <= sizeof bytes);
	if (tb_hex_parse_fixed(bytes, len, text, strlen(text)) != TB_OK)
		return "BASE64";
	if (v->out != NULL)
		tb_vector_expect_bytes(v->out, "bytes", bytes, len);
	return NULL;
}

/* ---- texts ---- */
/* A link of an option, in a manifest that is right otherwise. */
static const char *link_rule(const char *text)
{
	const char *rule;
	tb_manifest m;
	tb_fault fault;
	tb_err err;

	assert_int_equal(example_manifest(&m), TB_OK);
	free(m.questions[0].options[0].link);
	m.questions[0].options[0].link = example_string(text);
	err = tb_manifest_check(&m, &fault);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	rule = err == TB_OK ? NULL : fault.rule;
	if (rule != NULL)
		assert_string_equal(fault.where, "questions[0].options[0].link");
	tb_manifest_release(&m);
	return rule;
}

static const char *text_rule(const char *kind, const char *text)
{
	size_t len = strlen(text);
	tb_err err;
	tb_why why;

	if (strcmp(kind, "link") == 0)
		return link_rule(text);
	if (strcmp(kind, "id") == 0)
		return tb_id_is_valid(text, len) ? NULL : "ID";
	if (strcmp(kind, "slug") == 0)
		return tb_slug_is_valid(text, len) ? NULL : "ID";
	if (strcmp(kind, "line") == 0) {
		err = tb_text_check(text, len, TB_NAME_MAX, TB_TEXT_LINE, &why);
	} else {
		assert_string_equal(kind, "lines");
		err = tb_text_check(text, len, TB_TEXT_MAX, TB_TEXT_LINES, &why);
	}
	assert_true(err == TB_OK || err == TB_ERR_ENCODING || err == TB_ERR_LIMIT);
	return err == TB_OK ? NULL : "TEXT";
}

static const char *text_check(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "text");
	const char *rule = text_rule(tb_vector_text(v->in, "kind"), text);

	if (rule == NULL && v->out != NULL)
		tb_vector_expect_text(v->out, "text", text); /* nothing is changed on reading */
	return rule;
}

/* ---- envelopes ---- */
static void expect_entry(const struct json_t *out, const tb_entry *e)
{
	tb_vector_expect_text(out, "type", tb_entry_type_name(e->type));
	tb_vector_expect_int(out, "time", e->time);
	tb_vector_expect_text(out, "signer", e->signer);
	tb_vector_expect_bytes(out, "signature", e->signature, sizeof e->signature);
	assert_int_equal(e->is_blob, tb_vector_has(out, "blob"));
	if (e->is_blob) {
		const struct json_t *blob = tb_vector_member(out, "blob");

		tb_vector_expect_bytes(blob, "sha256", e->payload_hash, sizeof e->payload_hash);
		tb_vector_expect_int(blob, "size", e->payload_len);
	} else {
		tb_vector_expect_bytes(out, "payload", e->payload, e->payload_len);
	}
}

static const char *entry_parse(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "entry_text");
	tb_buf room, again;
	tb_fault fault;
	tb_entry e;
	tb_err err;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&again, TB_ENTRY_MAX_BYTES);
	err = tb_entry_parse(&e, &room, (const uint8_t *)text, strlen(text), &fault);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	if (err == TB_OK && v->out != NULL) {
		expect_entry(v->out, &e);
		assert_int_equal(tb_entry_write(&again, &e), TB_OK);
		assert_string_equal(tb_buf_cstr(&again), text);
	}
	tb_buf_release(&room);
	tb_buf_release(&again);
	return err == TB_OK ? NULL : fault.rule;
}

int main(void)
{
	static const char *const topics[] = {"json"};
	static const tb_vector_op ops[] = {
		{"json.parse", json_parse},
		{"base64.parse", base64_parse},
		{"hex.parse", hex_parse},
		{"text.check", text_check},
		{"entry.parse", entry_parse},
	};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

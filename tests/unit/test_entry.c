/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/hash.h"
#include "tests/support/entry_by_json.h"

#define SIG64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="
#define END ",\"signature\":\"" SIG64 "\"}"
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PAYLOAD ",\"payload\":\"AQIDBA==\""

static tb_err parse(const char *text, tb_fault *fault)
{
	tb_buf room;
	tb_entry e;
	tb_err err;

	memset(fault, 0, sizeof *fault);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_entry_parse(&e, &room, (const uint8_t *)text, strlen(text), fault);
	assert_int_equal(err == TB_OK, entry_by_json((const uint8_t *)text, strlen(text)));
	tb_buf_release(&room);
	return err;
}

static const char *const GOOD[] = {
	"{\"type\":\"ballot\",\"time\":1790000000,\"signer\":\"voter/a.b_c-9\"" PAYLOAD END,
	"{\"type\":\"manifest\",\"time\":0,\"signer\":\"admin\",\"payload\":\"\"" END,
	"{\"type\":\"roll\",\"time\":9007199254740991,\"signer\":\"registrar\",\"blob\":{\"sha256\":\"" HASH
	"\",\"size\":40001}" END,
	"{\"type\":\"endorse\",\"time\":5,\"signer\":\"trustee/20\"" PAYLOAD END,
	"{\"type\":\"endorse\",\"time\":5,\"signer\":\"endorser/auditor\"" PAYLOAD END,
	"{\"type\":\"result\",\"time\":5,\"signer\":\"server\",\"blob\":{\"sha256\":\"" HASH
	"\",\"size\":8388608}" END,
	"{\"type\":\"mix\",\"time\":5,\"signer\":\"trustee/2\",\"blob\":{\"sha256\":\"" HASH
	"\",\"size\":268435456}" END,
};

static void test_write_gives_back_what_parse_read(void **state)
{
	tb_buf room, again;
	tb_fault fault;
	tb_entry e;

	(void)state;
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&again, TB_ENTRY_MAX_BYTES);
	for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
		assert_int_equal(
			tb_entry_parse(&e, &room, (const uint8_t *)GOOD[i], strlen(GOOD[i]), &fault), TB_OK);
		tb_buf_clear(&again);
		assert_int_equal(tb_entry_write(&again, &e), TB_OK);
		assert_string_equal(tb_buf_cstr(&again), GOOD[i]);
	}
	assert_int_equal(tb_entry_parse(&e, &room, (const uint8_t *)GOOD[0], strlen(GOOD[0]), &fault), TB_OK);
	assert_int_equal(e.type, TB_ENTRY_BALLOT);
	assert_int_equal(e.role, TB_ROLE_VOTER);
	assert_string_equal(e.signer_id, "a.b_c-9");
	assert_int_equal(e.time, 1790000000);
	assert_int_equal(e.payload_len, 4);
	assert_memory_equal(e.payload, "\1\2\3\4", 4);
	assert_memory_equal(e.signature + 60, "\x3c\x3d\x3e\x3f", 4);
	assert_int_equal(tb_entry_parse(&e, &room, (const uint8_t *)GOOD[3], strlen(GOOD[3]), &fault), TB_OK);
	assert_int_equal(e.role, TB_ROLE_TRUSTEE);
	assert_int_equal(e.trustee, 20);
	tb_buf_release(&room);
	tb_buf_release(&again);
}

static const struct {
	const char *text, *rule, *where;
} BAD[] = {
	{"", "JSON.CANONICAL", NULL},
	{"[]", "ENTRY.ENVELOPE", NULL},
	{"{}", "JSON.CANONICAL", "type"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD END " ", "JSON.CANONICAL", NULL},
	{"{\"type\": \"ballot\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD END, "JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":1.0,\"signer\":\"voter/a\"" PAYLOAD END, "JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":1e2,\"signer\":\"voter/a\"" PAYLOAD END, "JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":-0,\"signer\":\"voter/a\"" PAYLOAD END, "JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":01,\"signer\":\"voter/a\"" PAYLOAD END, "JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":9007199254740992,\"signer\":\"voter/a\"" PAYLOAD END,
		"JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":\"1\",\"signer\":\"voter/a\"" PAYLOAD END, "ENTRY.ENVELOPE", "time"},
	{"{\"time\":1,\"type\":\"ballot\",\"signer\":\"voter/a\"" PAYLOAD END, "JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD END,
		"JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\",\"note\":\"x\"" PAYLOAD END,
		"JSON.CANONICAL", "note"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD ",\"signature\":\"" SIG64
	 "\",\"x\":1}",
		"JSON.CANONICAL", "x"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD "}", "JSON.CANONICAL", "signature"},
	{"{\"type\":\"ball\\u006ft\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD END, "JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter\\/a\"" PAYLOAD END, "JSON.CANONICAL", NULL},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\\n\"" PAYLOAD END, "ENTRY.ENVELOPE", ""},
	{"{\"type\":\"vote\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD END, "ENTRY.ENVELOPE", "type"},
	{"{\"type\":\"mix\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"admin\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/A\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a@b\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"decrypt\",\"time\":1,\"signer\":\"trustee/0\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"decrypt\",\"time\":1,\"signer\":\"trustee/01\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"decrypt\",\"time\":1,\"signer\":\"trustee/21\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"decrypt\",\"time\":1,\"signer\":\"trustee/4294967297\"" PAYLOAD END, "ENTRY.SIGNER",
		"signer"},
	{"{\"type\":\"decrypt\",\"time\":1,\"signer\":\"endorser/a\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"close\",\"time\":1,\"signer\":\"server/x\"" PAYLOAD END, "ENTRY.SIGNER", "signer"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\",\"payload\":\"AQIDBB==\"" END, "BASE64",
		"payload"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\",\"payload\":\"AQIDBA\"" END, "BASE64",
		"payload"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\",\"payload\":\"AQ-D\"" END, "BASE64",
		"payload"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD ",\"signature\":\"AAAA\"}",
		"ENTRY.ENVELOPE", "signature"},
	{"{\"type\":\"ballot\",\"time\":1,\"signer\":\"voter/a\"" PAYLOAD ",\"signature\":\"AAA\"}", "BASE64",
		"signature"},
	{"{\"type\":\"roll\",\"time\":1,\"signer\":\"registrar\",\"blob\":{\"sha256\":\"" HASH
	 "\",\"size\":40000}" END,
		"ENTRY.ENVELOPE", "blob.size"},
	{"{\"type\":\"roll\",\"time\":1,\"signer\":\"registrar\",\"blob\":{\"sha256\":\"" HASH
	 "\",\"size\":8388609}" END,
		"ENTRY.ENVELOPE", "blob.size"},
	{"{\"type\":\"mix\",\"time\":1,\"signer\":\"trustee/1\",\"blob\":{\"sha256\":\"" HASH
	 "\",\"size\":268435457}" END,
		"ENTRY.ENVELOPE", "blob.size"},
	{"{\"type\":\"roll\",\"time\":1,\"signer\":\"registrar\",\"blob\":{\"sha256\":\"0A\",\"size\":"
	 "50000}" END,
		"BASE64", "blob.sha256"},
	{"{\"type\":\"roll\",\"time\":1,\"signer\":\"registrar\",\"blob\":{\"size\":50000,\"sha256\":\"" HASH
	 "\"}" END,
		"JSON.CANONICAL", NULL},
	{"{\"type\":\"roll\",\"time\":1,\"signer\":\"registrar\",\"blob\":{\"sha256\":\"" HASH
	 "\",\"size\":50000}" PAYLOAD END,
		"JSON.CANONICAL", NULL},
};

/* ATTACKS: no second spelling, nothing unknown, nothing twice. */
static void test_what_is_wrong_is_named(void **state)
{
	tb_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		assert_int_equal(parse(BAD[i].text, &fault), TB_ERR_RULE);
		if (strcmp(fault.rule, BAD[i].rule) != 0 ||
			(BAD[i].where != NULL && strcmp(fault.where, BAD[i].where) != 0))
			fail_msg("%s: %s at \"%s\"", BAD[i].text, fault.rule, fault.where);
	}
}

/* Every one-byte change, cut and doubling of every good entry: the scanner and the general reader agree. */
static void test_scanner_agrees_with_the_json_reader(void **state)
{
	static const char other[] = "\"\\{}[]:,0129aZ/+=-. \n\x7f\x80\xc3";
	size_t num = 0, accepted = 0;

	(void)state;
	for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
		size_t len = strlen(GOOD[i]);
		char text[1024];
		tb_fault fault;

		for (size_t at = 0; at < len; at++) {
			for (size_t c = 0; c < sizeof other; c++, num++) {
				memcpy(text, GOOD[i], len + 1);
				text[at] = other[c] != '\0' ? other[c] : (char)(text[at] ^ 1);
				accepted += parse(text, &fault) == TB_OK;
			}
			memcpy(text, GOOD[i], at);
			memcpy(text + at, GOOD[i] + at + 1, len - at);
			accepted += parse(text, &fault) == TB_OK;
			memcpy(text, GOOD[i], at + 1);
			memcpy(text + at + 1, GOOD[i] + at, len - at + 1);
			accepted += parse(text, &fault) == TB_OK;
		}
	}
	/* Other digits, other base64, other ids are entries as well: both kinds must occur. */
	assert_true(accepted > 1000 && accepted < num / 2);
}

static void test_sizes(void **state)
{
	uint8_t *payload = test_calloc(1, TB_BLOB_MAX_BYTES + 1);
	uint8_t *big = test_calloc(1, TB_ENTRY_MAX_BYTES + 1);
	tb_buf out, room;
	tb_fault fault;
	tb_entry e, f;

	(void)state;
	tb_buf_init(&out, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	for (size_t len = TB_ENTRY_MAX_INLINE; len <= TB_ENTRY_MAX_INLINE + 1; len++) {
		assert_int_equal(tb_entry_init(&e, TB_ENTRY_ROLL, "registrar", payload, len, &fault), TB_OK);
		assert_int_equal(e.is_blob, len > TB_ENTRY_MAX_INLINE);
		tb_buf_clear(&out);
		assert_int_equal(tb_entry_write(&out, &e), TB_OK);
		assert_int_equal(tb_entry_parse(&f, &room, out.data, out.len, &fault), TB_OK);
		assert_int_equal(f.payload_len, len);
		assert_memory_equal(f.payload_hash, e.payload_hash, 32);
	}
	/* the blob's bytes: the right ones, one flipped, one more */
	assert_null(f.payload);
	payload[7] ^= 1;
	assert_int_equal(tb_entry_attach_blob(&f, payload, f.payload_len, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "LOG.BLOB");
	payload[7] ^= 1;
	assert_int_equal(tb_entry_attach_blob(&f, payload, f.payload_len + 1, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "blob.size");
	assert_null(f.payload);
	assert_int_equal(tb_entry_attach_blob(&f, payload, f.payload_len, &fault), TB_OK);
	assert_ptr_equal(f.payload, payload);
	/* 40,001 bytes inline, in an entry put together by hand */
	e.is_blob = false;
	tb_buf_clear(&out);
	assert_int_equal(tb_entry_write(&out, &e), TB_OK);
	assert_int_equal(tb_entry_parse(&f, &room, out.data, out.len, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ENTRY.ENVELOPE");
	assert_string_equal(fault.where, "payload");
	assert_int_equal(
		tb_entry_init(&e, TB_ENTRY_ROLL, "registrar", payload, TB_BLOB_COMMON_BYTES + 1, &fault),
		TB_ERR_RULE);
	assert_string_equal(fault.rule, "ENTRY.ENVELOPE");
	assert_int_equal(tb_entry_parse(&f, &room, big, TB_ENTRY_MAX_BYTES + 1, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ENTRY.ENVELOPE");
	tb_buf_release(&out);
	tb_buf_release(&room);
	test_free(payload);
	test_free(big);
}

static void test_types(void **state)
{
	tb_entry_type type;

	(void)state;
	for (unsigned i = 0; i < TB_ENTRY_NUM_TYPES; i++) {
		const char *name = tb_entry_type_name((tb_entry_type)i);

		assert_int_equal(tb_entry_type_parse(&type, name, strlen(name)), TB_OK);
		assert_int_equal(type, i);
		assert_int_equal(tb_entry_type_parse(&type, name, strlen(name) - 1), TB_ERR_NOT_FOUND);
		assert_int_equal(tb_entry_max_payload(type),
			type == TB_ENTRY_MIX || type == TB_ENTRY_DECRYPT || type == TB_ENTRY_RESULT
				? 268435456
				: 8388608);
	}
}

/* [SIGN.MESSAGE], spelt out by hand. */
static void test_message(void **state)
{
	static const char head[] = "\0\x08protocol\0\0\0\0\0\0\0\x10tabella/v1/entry"
				   "\0\x08"
				   "election\0\0\0\0\0\0\0\x20";
	static const char middle[] = "\0\x07"
				     "context\0\0\0\0\0\0\0\0"
				     "\0\x04type\0\0\0\0\0\0\0\x06"
				     "ballot"
				     "\0\x06signer\0\0\0\0\0\0\0\x07voter/a"
				     "\0\x07payload\0\0\0\0\0\0\0\x20";
	tb_binding binding = {.has_election = true};
	uint8_t expected[512], hash[32];
	size_t n = 0;
	tb_fault fault;
	tb_entry e;
	tb_buf out;

	(void)state;
	memset(binding.election, 0xe1, 32);
	memset(binding.context, 0xc0, 32); /* not used: has_context is false */
	assert_int_equal(
		tb_entry_init(&e, TB_ENTRY_BALLOT, "voter/a", (const uint8_t *)"xyz", 3, &fault), TB_OK);
	tb_sha256(hash, "xyz", 3);
	memcpy(expected, head, sizeof head - 1);
	n += sizeof head - 1;
	memset(expected + n, 0xe1, 32);
	n += 32;
	memcpy(expected + n, middle, sizeof middle - 1);
	n += sizeof middle - 1;
	memcpy(expected + n, hash, 32);
	n += 32;
	tb_buf_init(&out, 1000);
	assert_int_equal(tb_entry_message(&out, &e, &binding), TB_OK);
	assert_int_equal(out.len, n);
	assert_memory_equal(out.data, expected, n);
	tb_buf_release(&out);
}

static void test_signature_covers_everything_but_the_time(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_binding binding = {.has_election = true, .has_context = true}, other;
	uint8_t random[32] = {1}, public_key[32], other_key[32];
	tb_secret key, key2;
	tb_fault fault;
	tb_entry e, f;

	(void)state;
	tb_secret_set_u64(g, &key, 12345);
	tb_secret_set_u64(g, &key2, 12346);
	tb_schnorr_public(public_key, &key);
	tb_schnorr_public(other_key, &key2);
	assert_int_equal(
		tb_entry_init(&e, TB_ENTRY_ENDORSE, "trustee/1", (const uint8_t *)"xyz", 3, &fault), TB_OK);
	assert_int_equal(tb_entry_sign(&e, &binding, &key, random), TB_OK);
	e.time = 99;
	assert_int_equal(tb_entry_verify(&e, &binding, public_key, &fault), TB_OK);
	assert_int_equal(tb_entry_verify(&e, &binding, other_key, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ENTRY.SIGNATURE");
	other = binding;
	other.election[31] ^= 1;
	assert_int_equal(tb_entry_verify(&e, &other, public_key, &fault), TB_ERR_RULE);
	other = binding;
	other.context[0] ^= 1;
	assert_int_equal(tb_entry_verify(&e, &other, public_key, &fault), TB_ERR_RULE);
	other = binding;
	other.has_context = false;
	assert_int_equal(tb_entry_verify(&e, &other, public_key, &fault), TB_ERR_RULE);
	/* another signer, another payload, another type: the same signature */
	assert_int_equal(
		tb_entry_init(&f, TB_ENTRY_ENDORSE, "trustee/2", (const uint8_t *)"xyz", 3, &fault), TB_OK);
	memcpy(f.signature, e.signature, sizeof f.signature);
	assert_int_equal(tb_entry_verify(&f, &binding, public_key, &fault), TB_ERR_RULE);
	assert_int_equal(
		tb_entry_init(&f, TB_ENTRY_ENDORSE, "trustee/1", (const uint8_t *)"xyZ", 3, &fault), TB_OK);
	memcpy(f.signature, e.signature, sizeof f.signature);
	assert_int_equal(tb_entry_verify(&f, &binding, public_key, &fault), TB_ERR_RULE);
	assert_int_equal(
		tb_entry_init(&f, TB_ENTRY_DECRYPT, "trustee/1", (const uint8_t *)"xyz", 3, &fault), TB_OK);
	memcpy(f.signature, e.signature, sizeof f.signature);
	assert_int_equal(tb_entry_verify(&f, &binding, public_key, &fault), TB_ERR_RULE);
	for (size_t bit = 0; bit < 8 * sizeof e.signature; bit += 7) {
		e.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(tb_entry_verify(&e, &binding, public_key, &fault), TB_ERR_RULE);
		e.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_gives_back_what_parse_read),
		cmocka_unit_test(test_what_is_wrong_is_named),
		cmocka_unit_test(test_scanner_agrees_with_the_json_reader),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_signature_covers_everything_but_the_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/log/checkpoint.h"

#define ORIGIN "example.org/e/sample"
#define DASH "\xe2\x80\x94"

static tb_sign_secret secret = {{1, 2, 3}}, other_secret = {{4, 5, 6}};
static tb_vkey log_key, other_key, cosigner_key;
static tb_checkpoint head = {.origin = ORIGIN, .size = 20852163, .root = {0x0a, 0xc5}};

static void make_key(tb_vkey *out, const char *name, uint8_t type, const tb_sign_secret *s)
{
	uint8_t public_key[32];

	assert_int_equal(tb_sign_public(public_key, s), TB_OK);
	assert_int_equal(tb_vkey_init(out, name, type, public_key), TB_OK);
}

static int setup(void **state)
{
	(void)state;
	make_key(&log_key, ORIGIN, TB_VKEY_ED25519, &secret);
	make_key(&other_key, "example.net/other", TB_VKEY_ED25519, &other_secret);
	make_key(&cosigner_key, ORIGIN "/trustee/1", TB_VKEY_COSIGNATURE, &other_secret);
	return 0;
}

/* ---- [LOG.CHECKPOINT]: vectors of C2SP signed-note and tlog-cosignature ---- */

#define SPEC_VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define SPEC_TEXT "This is an example message.\n"
#define SPEC_LINE                                                                                            \
	DASH " example.com/foo "                                                                             \
	     "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="  \
	     "\n"

static void test_the_note_of_the_specification(void **state)
{
	static const char text[] = SPEC_TEXT "\n" SPEC_LINE;
	tb_vkey key;
	tb_note note;
	tb_why why;
	tb_buf out;
	uint64_t time = 9;

	(void)state;
	assert_int_equal(tb_vkey_parse(&key, SPEC_VKEY, strlen(SPEC_VKEY)), TB_OK);
	assert_string_equal(key.name, "example.com/foo");
	assert_int_equal(key.id, 0x530d903a);
	tb_buf_init(&out, 200);
	tb_vkey_write(&out, &key);
	assert_string_equal(tb_buf_cstr(&out), SPEC_VKEY);
	tb_buf_release(&out);
	assert_int_equal(tb_note_parse(&note, text, strlen(text), &why), TB_OK);
	assert_int_equal(note.text_len, strlen(SPEC_TEXT));
	assert_int_equal(note.num_lines, 1);
	assert_int_equal(tb_note_verify(&note, &key, &time), TB_OK);
	assert_int_equal(time, 0);
}

/* Keys that other implementations published: the id must be what we compute. */
static void test_published_keys(void **state)
{
	static const char *const keys[] = {
		"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
		"remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"};

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		tb_vkey key;

		assert_int_equal(tb_vkey_parse(&key, keys[i], strlen(keys[i])), TB_OK);
		assert_int_equal(key.type, i == 2 ? TB_VKEY_COSIGNATURE : TB_VKEY_ED25519);
	}
}

static void test_the_cosignature_of_the_specification(void **state)
{
	static const char text[] =
		"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" DASH
		" example.com/behind-the-sofa "
		"Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
		"Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" DASH " witness.example.com/w1 "
		"jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/"
		"zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
	uint8_t raw[TB_COSIGNATURE_BYTES];
	tb_checkpoint c;
	tb_note note;
	tb_why why;

	(void)state;
	assert_int_equal(tb_checkpoint_parse(&c, &note, text, strlen(text), &why), TB_OK);
	assert_string_equal(c.origin, "example.com/behind-the-sofa");
	assert_int_equal(c.size, 20852163);
	assert_int_equal(c.root[0], 0x0a);
	assert_int_equal(note.num_lines, 2);
	assert_int_equal(note.line[1].id, 0x8d66cf3f);
	assert_int_equal(tb_note_line_signature(&note.line[1], raw, sizeof raw), TB_OK);
	assert_int_equal(tb_load_u64(raw), 1679315147); /* the time in the specification's text */
	assert_int_equal(tb_note_line_signature(&note.line[0], raw, sizeof raw), TB_ERR_ENCODING);
}

/* ---- keys ---- */

static void test_bad_keys_are_refused(void **state)
{
	static const char *const bad[] = {"",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
		"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo-530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a-AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/fo +530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", /* type 2 */
		"example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", /* type 4 has another id */
		SPEC_VKEY "\n"};
	static const char *const bad_names[] = {"", "a b", "a+b", "a\tb", "a\nb",
		"a\xc2\xa0"
		"b",
		"a\xe2\x80\x83"
		"b",
		"a\xe3\x80\x80"
		"b",
		"\xff", "\xc2\x85", "a\x1b[2J", "a\x7f",
		"a\xc2\x9b"
		"2J",
		"a\x01"};
	uint8_t good[32], zero[32] = {0};
	tb_vkey key;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(tb_vkey_parse(&key, bad[i], strlen(bad[i])), TB_ERR_ENCODING);
	assert_int_equal(tb_sign_public(good, &secret), TB_OK);
	for (size_t i = 0; i < sizeof bad_names / sizeof bad_names[0]; i++)
		assert_int_equal(tb_vkey_init(&key, bad_names[i], TB_VKEY_ED25519, good), TB_ERR_ENCODING);
	assert_int_equal(tb_vkey_init(&key, "a\xc2\xa1\xc3\x9b", TB_VKEY_ED25519, good), TB_OK);
	assert_int_equal(tb_vkey_init(&key, "a", TB_VKEY_ED25519, zero), TB_ERR_ENCODING);
	assert_int_equal(tb_vkey_init(&key, "a", 0x06, good), TB_ERR_ENCODING);
	assert_int_equal(tb_vkey_init(&key, "z\xc3\xab", TB_VKEY_COSIGNATURE, good), TB_OK);
}

/* ---- notes ---- */

static void test_bad_notes_are_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"", "signed note: there is no empty line between text and signatures"},
		{"a", "signed note: there is no empty line between text and signatures"},
		{SPEC_TEXT SPEC_LINE, "signed note: there is no empty line between text and signatures"},
		{SPEC_TEXT "\n", "signed note: there is no signature"},
		{SPEC_TEXT "\n" DASH " a Zm9vYmFy", "signed note: the last line does not end"},
		{SPEC_TEXT "\n- a Zm9vYmFy\n",
			"signed note: a signature line does not begin with an em dash and a space"},
		{SPEC_TEXT "\n" DASH "a Zm9vYmFy\n",
			"signed note: a signature line does not begin with an em dash and a space"},
		{SPEC_TEXT "\n" DASH " a\n", "signed note: a signature line has no valid key name"},
		{SPEC_TEXT "\n" DASH "  Zm9vYmFy\n", "signed note: a signature line has no valid key name"},
		{SPEC_TEXT "\n" DASH " a+b Zm9vYmFy\n",
			"signed note: a signature line has no valid key name"},
		{SPEC_TEXT "\n" DASH " a\xe2\x80\x83 Zm9vYmFy\n",
			"signed note: a signature line has no valid key name"},
		{SPEC_TEXT "\n" DASH " a Zm9vYg==\n",
			"signed note: a signature is not the base64 of a key id and 1 to 6144 bytes"},
		{SPEC_TEXT "\n" DASH " a Zm9vYmF\n",
			"signed note: a signature is not the base64 of a key id and 1 to 6144 bytes"},
		{SPEC_TEXT "\n" DASH " a Zm9vYmFy \n",
			"signed note: a signature is not the base64 of a key id and 1 to 6144 bytes"},
		{SPEC_TEXT "\n" DASH " a b Zm9vYmFy\n",
			"signed note: a signature is not the base64 of a key id and 1 to 6144 bytes"},
		{"a\r\n\n" DASH " a Zm9vYmFy\n", "signed note: it holds a control character"},
		{"a\xff\n\n" DASH " a Zm9vYmFy\n", "signed note: it is not valid UTF-8"},
	};
	tb_note note;
	tb_why why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(
			tb_note_parse(&note, bad[i].text, strlen(bad[i].text), &why), TB_ERR_ENCODING);
		assert_string_equal(why.text, bad[i].why);
	}
}

static void test_limits_of_a_note(void **state)
{
	tb_note note;
	tb_why why;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 2 * TB_NOTE_MAX_BYTES);
	tb_buf_text(&out, "a\n\nb\n\n");
	for (unsigned i = 0; i < TB_NOTE_MAX_LINES; i++)
		tb_note_write_line(&out, "a", i, (const uint8_t *)"x", 1);
	assert_int_equal(tb_note_parse(&note, (const char *)out.data, out.len, &why), TB_OK);
	assert_int_equal(note.num_lines, TB_NOTE_MAX_LINES);
	assert_int_equal(note.line[63].id, 63);
	assert_int_equal(note.text_len, 5); /* a text may hold empty lines */
	tb_note_write_line(&out, "a", 64, (const uint8_t *)"x", 1);
	assert_int_equal(tb_note_parse(&note, (const char *)out.data, out.len, &why), TB_ERR_LIMIT);
	tb_buf_clear(&out);
	for (size_t i = 0; i <= TB_NOTE_MAX_BYTES; i++)
		tb_buf_u8(&out, 'a');
	assert_int_equal(tb_note_parse(&note, (const char *)out.data, out.len, &why), TB_ERR_LIMIT);
	tb_buf_release(&out);
}

/* ---- checkpoints ---- */

static void test_sign_and_open(void **state)
{
	tb_checkpoint c;
	tb_note note;
	tb_why why;
	tb_buf out;
	uint64_t time;

	(void)state;
	tb_buf_init(&out, 1000);
	assert_int_equal(tb_checkpoint_sign(&out, &head, &log_key, &secret), TB_OK);
	assert_memory_equal(out.data, ORIGIN "\n20852163\nCsUAAAAA", strlen(ORIGIN) + 18);
	assert_int_equal(
		tb_checkpoint_open(&c, &note, (const char *)out.data, out.len, &log_key, &why), TB_OK);
	assert_string_equal(c.origin, ORIGIN);
	assert_int_equal(c.size, head.size);
	assert_memory_equal(c.root, head.root, 32);
	assert_int_equal(tb_note_verify(&note, &other_key, &time), TB_ERR_NOT_FOUND);
	tb_buf_release(&out);
}

static void test_every_flipped_bit_is_refused(void **state)
{
	tb_checkpoint c;
	tb_note note;
	tb_why why;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 1000);
	assert_int_equal(tb_checkpoint_sign(&out, &head, &log_key, &secret), TB_OK);
	for (size_t bit = 0; bit < 8 * out.len; bit++) {
		out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(
			tb_checkpoint_open(&c, &note, (const char *)out.data, out.len, &log_key, &why),
			TB_OK);
		out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < out.len; len++)
		assert_int_not_equal(
			tb_checkpoint_open(&c, &note, (const char *)out.data, len, &log_key, &why), TB_OK);
	tb_buf_release(&out);
}

static void test_bad_bodies_are_refused(void **state)
{
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define TAIL "\n" DASH " a Zm9vYmFy\n"
	static const struct {
		const char *text;
		tb_err err;
		const char *why;
	} bad[] = {
		{"\n1\n" ROOT TAIL, TB_ERR_ENCODING, "checkpoint: the first line is no origin"},
		{"a\n01\n" ROOT TAIL, TB_ERR_ENCODING, "checkpoint: the second line is no tree size"},
		{"a\n-1\n" ROOT TAIL, TB_ERR_ENCODING, "checkpoint: the second line is no tree size"},
		{"a\n 1\n" ROOT TAIL, TB_ERR_ENCODING, "checkpoint: the second line is no tree size"},
		{"a\n\n" ROOT TAIL, TB_ERR_ENCODING, "checkpoint: the second line is no tree size"},
		{"a\n281474976710657\n" ROOT TAIL, TB_ERR_RANGE,
			"checkpoint: the second line is no tree size"},
		{"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n" TAIL, TB_ERR_ENCODING,
			"checkpoint: the third line is no root hash"},
		{"a\n1\nZm9v\n" TAIL, TB_ERR_ENCODING, "checkpoint: the third line is no root hash"},
		{"a\n1\n" TAIL, TB_ERR_ENCODING, "checkpoint: the third line is no root hash"},
		{"a\n" TAIL, TB_ERR_ENCODING, "checkpoint: the second line is no tree size"},
		{"a\n1\n" ROOT "more\n" TAIL, TB_ERR_ENCODING, "checkpoint: there are extension lines"},
		{"a\n1\n" ROOT "\n" TAIL, TB_ERR_ENCODING, "checkpoint: there are extension lines"},
	};
	tb_checkpoint c;
	tb_note note;
	tb_why why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(
			tb_checkpoint_parse(&c, &note, bad[i].text, strlen(bad[i].text), &why), bad[i].err);
		assert_string_equal(why.text, bad[i].why);
	}
}

static void test_who_signed(void **state)
{
	tb_vkey same_name, elsewhere;
	tb_checkpoint c;
	tb_note note;
	tb_why why;
	tb_buf out;
	uint8_t signature[64] = {0};
	uint64_t time;

	(void)state;
	tb_buf_init(&out, 2000);
	assert_int_equal(tb_checkpoint_sign(&out, &head, &log_key, &secret), TB_OK);
	/* Unknown signers are ignored, even under the log's name or its id. */
	tb_note_write_line(&out, ORIGIN, log_key.id ^ 1, signature, sizeof signature);
	tb_note_write_line(&out, "example.net/other", log_key.id, signature, sizeof signature);
	tb_note_write_line(&out, "example.net/long", 7, (const uint8_t *)"xyz", 3);
	assert_int_equal(
		tb_checkpoint_open(&c, &note, (const char *)out.data, out.len, &log_key, &why), TB_OK);
	assert_int_equal(note.num_lines, 4);
	/* Another log, another key under the log's name. */
	make_key(&elsewhere, "example.org/e/another", TB_VKEY_ED25519, &secret);
	assert_int_equal(tb_checkpoint_open(&c, &note, (const char *)out.data, out.len, &elsewhere, &why),
		TB_ERR_SIGNATURE);
	assert_string_equal(
		why.text, "checkpoint: it is of the log " ORIGIN ", not of example.org/e/another");
	make_key(&same_name, ORIGIN, TB_VKEY_ED25519, &other_secret);
	assert_int_equal(tb_checkpoint_open(&c, &note, (const char *)out.data, out.len, &same_name, &why),
		TB_ERR_SIGNATURE);
	assert_string_equal(why.text, "checkpoint: the log's key has not signed it");
	/* Two lines by the log, one of them wrong: the whole note is refused. */
	tb_note_write_line(&out, ORIGIN, log_key.id, signature, sizeof signature);
	assert_int_equal(tb_checkpoint_open(&c, &note, (const char *)out.data, out.len, &log_key, &why),
		TB_ERR_SIGNATURE);
	assert_string_equal(why.text, "checkpoint: the log's signature is wrong");
	/* A wrong length is a wrong signature, not an unknown one. */
	tb_buf_clear(&out);
	tb_buf_text(&out, "a\n\n");
	tb_note_write_line(&out, ORIGIN, log_key.id, signature, 63);
	assert_int_equal(tb_note_parse(&note, (const char *)out.data, out.len, &why), TB_OK);
	assert_int_equal(tb_note_verify(&note, &log_key, &time), TB_ERR_SIGNATURE);
	tb_buf_release(&out);
}

/* ---- cosignatures ---- */

/* The message is put together here by hand and signed by libsodium. */
static void test_cosignature_against_libsodium(void **state)
{
	static const char message[] = "cosignature/v1\ntime 1679315147\n" ORIGIN "\n20852163\n"
				      "CsUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	uint8_t ours[TB_COSIGNATURE_BYTES], theirs[64], public_key[32], secret_key[64];
	uint64_t time = 0;

	(void)state;
	assert_int_equal(crypto_sign_seed_keypair(public_key, secret_key, other_secret.seed), 0);
	assert_int_equal(
		crypto_sign_detached(theirs, NULL, (const uint8_t *)message, strlen(message), secret_key), 0);
	assert_int_equal(tb_checkpoint_cosign(ours, &head, 1679315147, &other_secret), TB_OK);
	assert_memory_equal(ours, "\0\0\0\0\x64\x18\x50\xcb", 8);
	assert_memory_equal(ours + 8, theirs, 64);
	assert_int_equal(tb_checkpoint_verify_cosignature(ours, &head, public_key, &time), TB_OK);
	assert_int_equal(time, 1679315147);
}

static void test_cosignatures_are_bound(void **state)
{
	uint8_t raw[TB_COSIGNATURE_BYTES], plain[64];
	tb_checkpoint moved = head;
	uint64_t time = 5;
	tb_buf body;

	(void)state;
	assert_int_equal(tb_checkpoint_cosign(raw, &head, 1000, &other_secret), TB_OK);
	for (size_t bit = 0; bit < 8 * sizeof raw; bit++) {
		raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(tb_checkpoint_verify_cosignature(raw, &head, cosigner_key.key, &time),
			TB_ERR_SIGNATURE);
		raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	moved.size++;
	assert_int_equal(
		tb_checkpoint_verify_cosignature(raw, &moved, cosigner_key.key, &time), TB_ERR_SIGNATURE);
	moved = head;
	moved.root[31] ^= 1;
	assert_int_equal(
		tb_checkpoint_verify_cosignature(raw, &moved, cosigner_key.key, &time), TB_ERR_SIGNATURE);
	moved = head;
	moved.origin[0] = 'f';
	assert_int_equal(
		tb_checkpoint_verify_cosignature(raw, &moved, cosigner_key.key, &time), TB_ERR_SIGNATURE);
	assert_int_equal(tb_checkpoint_verify_cosignature(raw, &head, log_key.key, &time), TB_ERR_SIGNATURE);
	/* A log's signature over the body is no cosignature. */
	tb_buf_init(&body, 500);
	tb_checkpoint_write_body(&body, &head);
	assert_int_equal(tb_sign(plain, &other_secret, body.data, body.len), TB_OK);
	memcpy(raw + 8, plain, 64);
	assert_int_equal(
		tb_checkpoint_verify_cosignature(raw, &head, cosigner_key.key, &time), TB_ERR_SIGNATURE);
	assert_int_equal(time, 5);
	assert_int_equal(tb_checkpoint_cosign(raw, &head, UINT64_C(1) << 63, &other_secret), TB_ERR_RANGE);
	assert_int_equal(tb_checkpoint_cosign(raw, &head, (UINT64_C(1) << 63) - 1, &other_secret), TB_OK);
	tb_buf_release(&body);
}

static void test_cosignature_lines(void **state)
{
	uint8_t raw[TB_COSIGNATURE_BYTES];
	tb_checkpoint c;
	tb_note note;
	tb_why why;
	tb_buf out;
	uint64_t time = 0;

	(void)state;
	tb_buf_init(&out, 2000);
	assert_int_equal(tb_checkpoint_sign(&out, &head, &log_key, &secret), TB_OK);
	assert_int_equal(tb_checkpoint_cosign(raw, &head, 2000, &other_secret), TB_OK);
	tb_note_write_line(&out, cosigner_key.name, cosigner_key.id, raw, sizeof raw);
	assert_int_equal(tb_checkpoint_cosign(raw, &head, 1000, &other_secret), TB_OK);
	tb_note_write_line(&out, cosigner_key.name, cosigner_key.id, raw, sizeof raw);
	assert_int_equal(
		tb_checkpoint_open(&c, &note, (const char *)out.data, out.len, &log_key, &why), TB_OK);
	assert_int_equal(tb_note_verify(&note, &cosigner_key, &time), TB_OK);
	assert_int_equal(time, 2000);
	raw[20] ^= 1;
	tb_note_write_line(&out, cosigner_key.name, cosigner_key.id, raw, sizeof raw);
	assert_int_equal(tb_checkpoint_parse(&c, &note, (const char *)out.data, out.len, &why), TB_OK);
	assert_int_equal(tb_note_verify(&note, &cosigner_key, &time), TB_ERR_SIGNATURE);
	/* A good line after the wrong one makes nothing good. */
	raw[20] ^= 1;
	tb_note_write_line(&out, cosigner_key.name, cosigner_key.id, raw, sizeof raw);
	assert_int_equal(tb_checkpoint_parse(&c, &note, (const char *)out.data, out.len, &why), TB_OK);
	assert_int_equal(tb_note_verify(&note, &cosigner_key, &time), TB_ERR_SIGNATURE);
	assert_int_equal(time, 2000);
	tb_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_note_of_the_specification),
		cmocka_unit_test(test_published_keys),
		cmocka_unit_test(test_the_cosignature_of_the_specification),
		cmocka_unit_test(test_bad_keys_are_refused),
		cmocka_unit_test(test_bad_notes_are_refused),
		cmocka_unit_test(test_limits_of_a_note),
		cmocka_unit_test(test_sign_and_open),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_bad_bodies_are_refused),
		cmocka_unit_test(test_who_signed),
		cmocka_unit_test(test_cosignature_against_libsodium),
		cmocka_unit_test(test_cosignatures_are_bound),
		cmocka_unit_test(test_cosignature_lines),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 as checkpoints use it [SIGN.ED25519] [MANIFEST.KEYS], signed notes and checkpoints [LOG.CHECKPOINT], cosignatures
 * [ENDORSE]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/log/checkpoint.h"
#include "tests/support/vectors.h"

static const char *ed25519_verify(const tb_vector *v)
{
	uint8_t key[32], signature[64];
	tb_buf message;
	tb_err err;

	tb_vector_exactly(key, sizeof key, v->in, "public");
	tb_vector_exactly(signature, sizeof signature, v->in, "signature");
	tb_vector_bytes(&message, v->in, "message");
	err = tb_sign_verify(signature, key, message.data, message.len);
	assert_true(err == TB_OK || err == TB_ERR_SIGNATURE);
	tb_buf_release(&message);
	return err == TB_OK ? NULL : "SIGN.ED25519";
}

static const char *ed25519_key(const tb_vector *v)
{
	uint8_t key[32];
	tb_vkey vkey;
	tb_err err;

	if (!tb_vector_fixed(key, sizeof key, v->in, "public"))
		return TB_VECTOR_LENGTH;
	err = tb_sign_check_public(key);
	assert_true(err == TB_OK || err == TB_ERR_ENCODING);
	assert_int_equal(tb_vkey_init(&vkey, "example", TB_VKEY_ED25519, key), err);
	return err == TB_OK ? NULL : "MANIFEST.KEYS";
}

/* ---- keys of signers ---- */
static tb_err key_of(tb_vkey *out, const struct json_t *in, const char *name_key, uint8_t type)
{
	uint8_t public_key[32];

	tb_vector_exactly(public_key, sizeof public_key, in, "public");
	return tb_vkey_init(out, tb_vector_text(in, name_key), type, public_key);
}

static const char *note_verify(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "note_text");
	char found[1024] = "";
	uint64_t time;
	tb_vkey key;
	tb_note note;
	tb_why why;

	assert_int_equal(key_of(&key, v->in, "name", TB_VKEY_ED25519), TB_OK);
	if (tb_note_parse(&note, text, strlen(text), &why) != TB_OK ||
		tb_note_verify(&note, &key, &time) != TB_OK)
		return "LOG.CHECKPOINT";
	if (v->out == NULL)
		return NULL;
	assert_true(note.text_len < sizeof found);
	memcpy(found, note.text, note.text_len);
	tb_vector_expect_text(v->out, "text", found);
	return NULL;
}

static const char *key_id(const tb_vector *v)
{
	uint8_t wire[4];
	tb_vkey key;

	assert_int_equal(key_of(&key, v->in, "name", (uint8_t)tb_vector_int(v->in, "type")), TB_OK);
	tb_store_u32(wire, key.id);
	tb_vector_expect_bytes(v->out, "key_id", wire, sizeof wire);
	return NULL;
}

/* ---- checkpoints ---- */
static void checkpoint_of(tb_checkpoint *out, const struct json_t *in)
{
	memset(out, 0, sizeof *out);
	(void)snprintf(out->origin, sizeof out->origin, "%s", tb_vector_text(in, "origin"));
	out->size = tb_vector_int(in, "size");
	tb_vector_exactly(out->root, sizeof out->root, in, "root");
}

static void seed_of(tb_sign_secret *out, uint8_t public_key[32], const tb_vector *v)
{
	tb_vector_exactly(out->seed, sizeof out->seed, v->in, "seed");
	assert_int_equal(tb_sign_public(public_key, out), TB_OK);
	tb_vector_expect_bytes(v->out, "public", public_key, 32);
}

static const char *sign(const tb_vector *v)
{
	uint8_t public_key[32];
	tb_sign_secret secret;
	tb_checkpoint c;
	tb_vkey key;
	tb_buf note;

	checkpoint_of(&c, v->in);
	seed_of(&secret, public_key, v);
	assert_int_equal(tb_vkey_init(&key, c.origin, TB_VKEY_ED25519, public_key), TB_OK);
	tb_buf_init(&note, TB_NOTE_MAX_BYTES);
	assert_int_equal(tb_checkpoint_sign(&note, &c, &key, &secret), TB_OK);
	tb_vector_expect_text(v->out, "note_text", tb_buf_cstr(&note));
	tb_buf_release(&note);
	return NULL;
}

static const char *verify(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "note_text");
	tb_checkpoint c;
	tb_vkey key;
	tb_note note;
	tb_why why;
	tb_err err;

	assert_int_equal(key_of(&key, v->in, "origin", TB_VKEY_ED25519), TB_OK);
	err = tb_checkpoint_open(&c, &note, text, strlen(text), &key, &why);
	if (err != TB_OK) {
		assert_true(err == TB_ERR_ENCODING || err == TB_ERR_SIGNATURE);
		return "LOG.CHECKPOINT";
	}
	if (v->out == NULL)
		return NULL;
	tb_vector_expect_int(v->out, "size", c.size);
	tb_vector_expect_bytes(v->out, "root", c.root, sizeof c.root);
	return NULL;
}

/* ---- cosignatures ---- */
static const char *cosign(const tb_vector *v)
{
	uint8_t public_key[32], cosignature[TB_COSIGNATURE_BYTES];
	tb_sign_secret secret;
	tb_checkpoint c;

	checkpoint_of(&c, v->in);
	seed_of(&secret, public_key, v);
	assert_int_equal(tb_checkpoint_cosign(cosignature, &c, tb_vector_int(v->in, "time"), &secret), TB_OK);
	tb_vector_expect_bytes(v->out, "cosignature", cosignature, sizeof cosignature);
	return NULL;
}

/* As a line of a note, where a signature may have any length. */
static tb_err verify_line(const tb_checkpoint *c, const uint8_t public_key[32], const tb_buf *cosignature)
{
	uint64_t time;
	tb_vkey key;
	tb_note note;
	tb_buf text;
	tb_why why;
	tb_err err;

	assert_int_equal(tb_vkey_init(&key, "example/trustee/1", TB_VKEY_COSIGNATURE, public_key), TB_OK);
	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	tb_checkpoint_write_body(&text, c);
	tb_buf_u8(&text, '\n');
	tb_note_write_line(&text, key.name, key.id, cosignature->data, cosignature->len);
	assert_int_equal(tb_note_parse(&note, tb_buf_cstr(&text), text.len, &why), TB_OK);
	err = tb_note_verify(&note, &key, &time);
	tb_buf_release(&text);
	return err;
}

static const char *verify_cosignature(const tb_vector *v)
{
	uint8_t public_key[32];
	tb_buf cosignature;
	tb_checkpoint c;
	uint64_t time;
	tb_err err;

	checkpoint_of(&c, v->in);
	tb_vector_exactly(public_key, sizeof public_key, v->in, "public");
	tb_vector_bytes(&cosignature, v->in, "cosignature");
	err = verify_line(&c, public_key, &cosignature);
	assert_true(err == TB_OK || err == TB_ERR_SIGNATURE);
	if (cosignature.len == TB_COSIGNATURE_BYTES)
		assert_int_equal(
			tb_checkpoint_verify_cosignature(cosignature.data, &c, public_key, &time), err);
	tb_buf_release(&cosignature);
	return err == TB_OK ? NULL : "ENDORSE";
}

int main(void)
{
	static const char *const topics[] = {"checkpoint"};
	static const tb_vector_op ops[] = {
		{"ed25519.verify", ed25519_verify},
		{"ed25519.key", ed25519_key},
		{"note.verify", note_verify},
		{"note.key_id", key_id},
		{"checkpoint.sign", sign},
		{"checkpoint.verify", verify},
		{"checkpoint.cosign", cosign},
		{"checkpoint.verify_cosignature", verify_cosignature},
	};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

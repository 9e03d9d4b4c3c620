/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/checkpoint.h"

#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"

#define BODY_MAX (TB_KEY_NAME_MAX + 80u)
#define MAX_TIME ((UINT64_C(1) << 63) - 1)

/* ---- the body ---- */

/* Takes the next line of what is left, without its newline; NULL when there is none. */
static const char *next_line(const char **at, size_t *left, size_t *len)
{
	const char *line = *at, *newline = memchr(line, '\n', *left);

	if (newline == NULL)
		return NULL;
	*len = (size_t)(newline - line);
	*at = newline + 1;
	*left -= *len + 1;
	return line;
}

static tb_err refuse(tb_why *why, tb_err err, const char *what)
{
	tb_why_set(why, "checkpoint: %s", what);
	return err;
}

static tb_err parse_body(tb_checkpoint *out, const char *at, size_t left, tb_why *why)
{
	const char *line;
	size_t len = 0;
	tb_err err;

	line = next_line(&at, &left, &len);
	if (line == NULL || len == 0 || len > TB_KEY_NAME_MAX)
		return refuse(why, TB_ERR_ENCODING, "the first line is no origin");
	memcpy(out->origin, line, len); /* the rest is zero */
	line = next_line(&at, &left, &len);
	err = line == NULL ? TB_ERR_ENCODING : tb_decimal_parse(&out->size, line, len, TB_MERKLE_MAX_SIZE);
	if (err != TB_OK)
		return refuse(why, err, "the second line is no tree size");
	line = next_line(&at, &left, &len);
	if (line == NULL || tb_base64_parse_fixed(out->root, sizeof out->root, line, len) != TB_OK)
		return refuse(why, TB_ERR_ENCODING, "the third line is no root hash");
	if (left > 0)
		return refuse(why, TB_ERR_ENCODING, "there are extension lines");
	return TB_OK;
}

tb_err tb_checkpoint_parse(tb_checkpoint *out, tb_note *note, const char *in, size_t in_len, tb_why *why)
{
	tb_checkpoint c = {.size = 0};
	tb_err err = tb_note_parse(note, in, in_len, why);

	if (err != TB_OK)
		return err;
	err = parse_body(&c, note->text, note->text_len, why);
	if (err == TB_OK)
		*out = c;
	return err;
}

void tb_checkpoint_write_body(tb_buf *out, const tb_checkpoint *c)
{
	tb_buf_text(out, c->origin);
	tb_buf_u8(out, '\n');
	tb_buf_decimal(out, c->size);
	tb_buf_u8(out, '\n');
	tb_buf_base64(out, c->root, sizeof c->root);
	tb_buf_u8(out, '\n');
}

/* ---- signatures ---- */

tb_err tb_checkpoint_sign(
	tb_buf *out, const tb_checkpoint *c, const tb_vkey *key, const tb_sign_secret *secret)
{
	uint8_t signature[TB_SIGN_BYTES];
	tb_buf body;
	tb_err err;

	TB_REQUIRE(key->type == TB_VKEY_ED25519 && strcmp(key->name, c->origin) == 0);
	tb_buf_init(&body, BODY_MAX);
	tb_checkpoint_write_body(&body, c);
	err = tb_buf_status(&body);
	if (err == TB_OK)
		err = tb_sign(signature, secret, body.data, body.len);
	if (err == TB_OK) {
		tb_buf_append(out, body.data, body.len);
		tb_buf_u8(out, '\n');
		tb_note_write_line(out, key->name, key->id, signature, sizeof signature);
		err = tb_buf_status(out);
	}
	tb_buf_release(&body);
	return err;
}

/* What a cosigner signs: header, time, and the text of the note. */
static tb_err cosigned_message(tb_buf *out, const char *text, size_t text_len, uint64_t time)
{
	tb_buf_text(out, "cosignature/v1\ntime ");
	tb_buf_decimal(out, time);
	tb_buf_u8(out, '\n');
	tb_buf_append(out, text, text_len);
	return tb_buf_status(out);
}

static tb_err verify_cosignature(const uint8_t in[TB_COSIGNATURE_BYTES], const char *text, size_t text_len,
	const uint8_t public_key[TB_SIGN_PUBLIC_BYTES], uint64_t *time)
{
	uint64_t t = tb_load_u64(in);
	tb_buf message;
	tb_err err;

	if (t > MAX_TIME)
		return TB_ERR_SIGNATURE;
	tb_buf_init(&message, text_len + 64);
	err = cosigned_message(&message, text, text_len, t);
	if (err == TB_OK)
		err = tb_sign_verify(in + 8, public_key, message.data, message.len);
	tb_buf_release(&message);
	if (err == TB_OK)
		*time = t;
	return err;
}

static tb_err verify_line(const tb_note *note, const tb_note_line *line, const tb_vkey *key, uint64_t *time)
{
	uint8_t raw[TB_COSIGNATURE_BYTES];
	size_t len = key->type == TB_VKEY_COSIGNATURE ? TB_COSIGNATURE_BYTES : TB_SIGN_BYTES;

	if (tb_note_line_signature(line, raw, len) != TB_OK)
		return TB_ERR_SIGNATURE;
	if (key->type == TB_VKEY_COSIGNATURE)
		return verify_cosignature(raw, note->text, note->text_len, key->key, time);
	*time = 0;
	return tb_sign_verify(raw, key->key, note->text, note->text_len);
}

tb_err tb_note_verify(const tb_note *note, const tb_vkey *key, uint64_t *time)
{
	tb_err result = TB_ERR_NOT_FOUND;
	uint64_t latest = 0;

	for (size_t i = 0; i < note->num_lines; i++) {
		uint64_t t = 0;

		if (!tb_note_line_is_by(&note->line[i], key))
			continue;
		result = verify_line(note, &note->line[i], key, &t);
		if (result != TB_OK)
			return result;
		latest = t > latest ? t : latest;
	}
	if (result == TB_OK)
		*time = latest;
	return result;
}

tb_err tb_checkpoint_open(
	tb_checkpoint *out, tb_note *note, const char *in, size_t in_len, const tb_vkey *log_key, tb_why *why)
{
	tb_checkpoint c;
	uint64_t time;
	tb_err err;

	TB_REQUIRE(log_key->type == TB_VKEY_ED25519);
	err = tb_checkpoint_parse(&c, note, in, in_len, why);
	if (err != TB_OK)
		return err;
	/* The log signs under its origin, so the key's name is the origin that is trusted. */
	if (strcmp(c.origin, log_key->name) != 0) {
		tb_why_set(why, "checkpoint: it is of the log %s, not of %s", c.origin, log_key->name);
		return TB_ERR_SIGNATURE;
	}
	err = tb_note_verify(note, log_key, &time);
	if (err == TB_ERR_NOT_FOUND) {
		err = TB_ERR_SIGNATURE;
		tb_why_set(why, "checkpoint: the log's key has not signed it");
	} else if (err != TB_OK) {
		tb_why_set(why, "checkpoint: %s",
			err == TB_ERR_SIGNATURE ? "the log's signature is wrong" : tb_err_text(err));
	} else {
		*out = c;
	}
	return err;
}

/* ---- cosignatures ---- */

tb_err tb_checkpoint_cosign(uint8_t out[TB_COSIGNATURE_BYTES], const tb_checkpoint *c, uint64_t time,
	const tb_sign_secret *secret)
{
	tb_buf body, message;
	tb_err err;

	if (time > MAX_TIME)
		return TB_ERR_RANGE;
	tb_buf_init(&body, BODY_MAX);
	tb_buf_init(&message, BODY_MAX + 64);
	tb_checkpoint_write_body(&body, c);
	err = tb_buf_status(&body);
	if (err == TB_OK)
		err = cosigned_message(&message, (const char *)body.data, body.len, time);
	if (err == TB_OK)
		err = tb_sign(out + 8, secret, message.data, message.len);
	if (err == TB_OK)
		tb_store_u64(out, time);
	tb_buf_release(&body);
	tb_buf_release(&message);
	return err;
}

tb_err tb_checkpoint_verify_cosignature(const uint8_t in[TB_COSIGNATURE_BYTES], const tb_checkpoint *c,
	const uint8_t public_key[TB_SIGN_PUBLIC_BYTES], uint64_t *time)
{
	tb_buf body;
	tb_err err;

	tb_buf_init(&body, BODY_MAX);
	tb_checkpoint_write_body(&body, c);
	err = tb_buf_status(&body);
	if (err == TB_OK)
		err = verify_cosignature(in, (const char *)body.data, body.len, public_key, time);
	tb_buf_release(&body);
	return err;
}

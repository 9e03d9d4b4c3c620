/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/note.h"

#include <string.h>

#include "core/base/base64.h"
#include "core/base/text.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */
#define DASH_LEN 4
#define TYPE_AND_KEY 33 /* bytes */

/* ---- keys ---- */

/* C0, DEL or C1, in valid UTF-8: names are printed, and some of these tell a terminal what to do. */
static bool has_control(const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;

	for (size_t i = 0; i < len; i++)
		if (at[i] < 0x20 || at[i] == 0x7f || (at[i] == 0xc2 && i + 1 < len && at[i + 1] < 0xa0))
			return true;
	return false;
}

bool tb_key_name_is_valid(const char *name, size_t name_len)
{
	return name_len > 0 && name_len <= TB_KEY_NAME_MAX && tb_text_is_utf8(name, name_len) &&
	       memchr(name, '+', name_len) == NULL && !tb_text_has_space(name, name_len) &&
	       !has_control(name, name_len);
}

static uint32_t key_id(const char *name, uint8_t type, const uint8_t key[32])
{
	uint8_t digest[TB_SHA256_BYTES];
	tb_sha256_state s;

	tb_sha256_init(&s);
	tb_sha256_update(&s, name, strlen(name));
	tb_sha256_update(&s, "\n", 1);
	tb_sha256_update(&s, &type, 1);
	tb_sha256_update(&s, key, 32);
	tb_sha256_final(&s, digest);
	return tb_load_u32(digest);
}

tb_err tb_vkey_init(tb_vkey *out, const char *name, uint8_t type, const uint8_t public_key[32])
{
	size_t name_len = strlen(name);
	tb_vkey key = {.type = type};
	tb_err err;

	if (!tb_key_name_is_valid(name, name_len) || (type != TB_VKEY_ED25519 && type != TB_VKEY_COSIGNATURE))
		return TB_ERR_ENCODING;
	err = tb_sign_check_public(public_key);
	if (err != TB_OK)
		return err;
	memcpy(key.name, name, name_len);
	memcpy(key.key, public_key, sizeof key.key);
	key.id = key_id(key.name, type, public_key);
	*out = key;
	return TB_OK;
}

tb_err tb_vkey_parse(tb_vkey *out, const char *in, size_t in_len)
{
	const size_t tail = 1 + 8 + 1 + TB_BASE64_LEN(TYPE_AND_KEY); /* "+" id "+" base64 */
	uint8_t id[4], typed[TYPE_AND_KEY];
	char name[TB_KEY_NAME_MAX + 1] = "";
	size_t name_len;
	tb_vkey key;
	tb_err err;

	if (in_len <= tail || in_len - tail > TB_KEY_NAME_MAX)
		return TB_ERR_ENCODING;
	name_len = in_len - tail;
	memcpy(name, in, name_len);
	in += name_len;
	if (memchr(name, '\0', name_len) != NULL || in[0] != '+' || in[9] != '+' ||
		tb_hex_parse_fixed(id, sizeof id, in + 1, 8) != TB_OK ||
		tb_base64_parse_fixed(typed, sizeof typed, in + 10, TB_BASE64_LEN(TYPE_AND_KEY)) != TB_OK)
		return TB_ERR_ENCODING;
	err = tb_vkey_init(&key, name, typed[0], typed + 1);
	if (err != TB_OK)
		return err;
	if (key.id != tb_load_u32(id))
		return TB_ERR_ENCODING;
	*out = key;
	return TB_OK;
}

void tb_vkey_write(tb_buf *out, const tb_vkey *key)
{
	uint8_t id[4], typed[TYPE_AND_KEY];

	tb_store_u32(id, key->id);
	typed[0] = key->type;
	memcpy(typed + 1, key->key, sizeof key->key);
	tb_buf_text(out, key->name);
	tb_buf_u8(out, '+');
	tb_buf_hex(out, id, sizeof id);
	tb_buf_u8(out, '+');
	tb_buf_base64(out, typed, sizeof typed);
}

/* ---- notes ---- */

static tb_err refuse(tb_why *why, const char *what)
{
	tb_why_set(why, "signed note: %s", what);
	return TB_ERR_ENCODING;
}

/* Valid UTF-8 without ASCII control characters other than the newline. */
static tb_err check_characters(const char *in, size_t len, tb_why *why)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)in[i] < 0x20 && in[i] != '\n')
			return refuse(why, "it holds a control character");
	return tb_text_is_utf8(in, len) ? TB_OK : refuse(why, "it is not valid UTF-8");
}

/* The last "\n\n"; NULL when there is none. */
static const char *last_empty_line(const char *in, size_t len)
{
	for (size_t i = len; i >= 2; i--)
		if (in[i - 2] == '\n' && in[i - 1] == '\n')
			return in + i - 2;
	return NULL;
}

/* One line, without its newline. */
static tb_err parse_line(tb_note_line *out, const char *in, size_t len, tb_why *why)
{
	uint8_t raw[TB_NOTE_MAX_SIGNATURE + 4];
	const char *space;
	size_t raw_len;

	if (len < DASH_LEN || memcmp(in, DASH, DASH_LEN) != 0)
		return refuse(why, "a signature line does not begin with an em dash and a space");
	in += DASH_LEN;
	len -= DASH_LEN;
	space = memchr(in, ' ', len);
	if (space == NULL || !tb_key_name_is_valid(in, (size_t)(space - in)))
		return refuse(why, "a signature line has no valid key name");
	*out = (tb_note_line){.name = in, .name_len = (size_t)(space - in), .base64 = space + 1};
	out->base64_len = len - out->name_len - 1;
	if (tb_base64_parse(raw, &raw_len, sizeof raw, out->base64, out->base64_len) != TB_OK || raw_len < 5)
		return refuse(why, "a signature is not the base64 of a key id and 1 to 6144 bytes");
	out->id = tb_load_u32(raw);
	return TB_OK;
}

tb_err tb_note_parse(tb_note *out, const char *in, size_t in_len, tb_why *why)
{
	const char *at, *end = in + in_len;
	tb_err err;

	*out = (tb_note){.num_lines = 0};
	if (in_len > TB_NOTE_MAX_BYTES) {
		tb_why_set(why, "signed note: %zu bytes, more than %u", in_len, TB_NOTE_MAX_BYTES);
		return TB_ERR_LIMIT;
	}
	err = check_characters(in, in_len, why);
	if (err != TB_OK)
		return err;
	/* The text may hold empty lines: the last one is where the signatures begin. */
	at = last_empty_line(in, in_len);
	if (at == NULL)
		return refuse(why, "there is no empty line between text and signatures");
	if (end[-1] != '\n')
		return refuse(why, "the last line does not end");
	out->text = in;
	out->text_len = (size_t)(at - in) + 1;
	for (at += 2; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		TB_REQUIRE(newline != NULL);
		if (out->num_lines == TB_NOTE_MAX_LINES) {
			tb_why_set(why, "signed note: more than %d signatures", TB_NOTE_MAX_LINES);
			return TB_ERR_LIMIT;
		}
		err = parse_line(&out->line[out->num_lines], at, (size_t)(newline - at), why);
		if (err != TB_OK)
			return err;
		out->num_lines++;
		at = newline + 1;
	}
	return out->num_lines > 0 ? TB_OK : refuse(why, "there is no signature");
}

void tb_note_write_line(
	tb_buf *out, const char *name, uint32_t id, const uint8_t *signature, size_t signature_len)
{
	uint8_t raw[TB_NOTE_MAX_SIGNATURE + 4];

	TB_REQUIRE(signature_len <= TB_NOTE_MAX_SIGNATURE);
	tb_store_u32(raw, id);
	memcpy(raw + 4, signature, signature_len);
	tb_buf_text(out, DASH);
	tb_buf_text(out, name);
	tb_buf_u8(out, ' ');
	tb_buf_base64(out, raw, 4 + signature_len);
	tb_buf_u8(out, '\n');
}

tb_err tb_note_line_signature(const tb_note_line *line, uint8_t *out, size_t len)
{
	uint8_t raw[TB_NOTE_MAX_SIGNATURE + 4];

	TB_REQUIRE(len <= TB_NOTE_MAX_SIGNATURE);
	if (tb_base64_parse_fixed(raw, len + 4, line->base64, line->base64_len) != TB_OK)
		return TB_ERR_ENCODING;
	memcpy(out, raw + 4, len);
	return TB_OK;
}

bool tb_note_line_is_by(const tb_note_line *line, const tb_vkey *key)
{
	return line->id == key->id && line->name_len == strlen(key->name) &&
	       memcmp(line->name, key->name, line->name_len) == 0;
}

void tb_note_copy_line(tb_buf *out, const tb_note *note, const tb_vkey *key)
{
	for (size_t i = 0; i < note->num_lines; i++) {
		const tb_note_line *l = &note->line[i];

		if (!tb_note_line_is_by(l, key))
			continue;
		tb_buf_text(out, DASH);
		tb_buf_append(out, l->name, l->name_len);
		tb_buf_u8(out, ' ');
		tb_buf_append(out, l->base64, l->base64_len);
		tb_buf_u8(out, '\n');
		return;
	}
}

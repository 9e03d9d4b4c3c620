/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_NOTE_H
#define TB_CORE_LOG_NOTE_H

#include "core/base/buf.h"
#include "core/base/why.h"

/*
 * C2SP signed notes: a text and lines "— <key name> base64(key id || signature)", and the keys (vkeys) that go with
 * them.  What is signed and how is up to the key type; core/log/checkpoint.h knows both that Tabella uses.
 */
#define TB_NOTE_MAX_BYTES (128u << 10)
#define TB_NOTE_MAX_LINES 64       /* signatures; the format asks for at least 16 */
#define TB_NOTE_MAX_SIGNATURE 6144 /* bytes, without the key id; the longest in use has 2,428 */
#define TB_KEY_NAME_MAX 300        /* bytes: an origin of 200, "/endorser/" and an id of 64 */
#define TB_VKEY_ED25519 0x01       /* signs the text itself */
#define TB_VKEY_COSIGNATURE 0x04   /* c2sp.org/tlog-cosignature: signs the text with a time */

/* ---- keys ---- */
typedef struct tb_vkey {
	char name[TB_KEY_NAME_MAX + 1];
	uint32_t id; /* first 4 bytes of SHA-256(name || "\n" || type || key) */
	uint8_t type;
	uint8_t key[32]; /* Ed25519 */
} tb_vkey;

/* A name is not empty, valid UTF-8 without control characters, Unicode spaces and '+'. */
bool tb_key_name_is_valid(const char *name, size_t name_len);
/* Makes a key from its parts.  ENCODING (a bad name or type, or no usable public key), MEMORY. */
TB_CHECKED tb_err tb_vkey_init(tb_vkey *out, const char *name, uint8_t type, const uint8_t public_key[32]);
/* "example.com/log+530d903a+AekyeRrm..." to a key, and back.  ENCODING (also when the id does not belong to the key), MEMORY. */
TB_CHECKED tb_err tb_vkey_parse(tb_vkey *out, const char *in, size_t in_len);
void tb_vkey_write(tb_buf *out, const tb_vkey *key); /* appends; failures stick to *out */

/* ---- notes ---- */
typedef struct tb_note_line {
	const char *name; /* borrowed, not NUL-terminated */
	size_t name_len;
	const char *base64; /* borrowed; strict, of at least 5 bytes */
	size_t base64_len;
	uint32_t id;
} tb_note_line;

typedef struct tb_note {
	const char *text; /* borrowed; ends in a newline */
	size_t text_len;
	size_t num_lines; /* at least 1 */
	tb_note_line line[TB_NOTE_MAX_LINES];
} tb_note;

/* Reads a note strictly.  ENCODING, LIMIT (size, number of signatures); *why says what is wrong. */
TB_CHECKED tb_err tb_note_parse(tb_note *out, const char *in, size_t in_len, tb_why *why);
/* Appends one signature line: to a note that consists of its text and the empty line, or has lines already. */
void tb_note_write_line(
	tb_buf *out, const char *name, uint32_t id, const uint8_t *signature, size_t signature_len);
/* Appends the first line by this key as it stands in *note; nothing when there is none.  So a note is written again with the lines that
 * are known, without what anybody else put there. */
void tb_note_copy_line(tb_buf *out, const tb_note *note, const tb_vkey *key);
/* Decodes the signature of a line (without the key id) if it has exactly `len` bytes.  ENCODING. */
TB_CHECKED tb_err tb_note_line_signature(const tb_note_line *line, uint8_t *out, size_t len);
/* Is this line by that key?  Name and id must both match; anything else is an unknown signer, to be ignored. */
bool tb_note_line_is_by(const tb_note_line *line, const tb_vkey *key);

#endif

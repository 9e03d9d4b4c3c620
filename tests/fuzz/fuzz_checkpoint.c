/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/log/checkpoint.h"

/* Signed notes, the checkpoints in them, and keys: what reads is written back byte for byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void write_note(tb_buf *out, const tb_note *note)
{
	char name[TB_KEY_NAME_MAX + 1];
	uint8_t raw[TB_NOTE_MAX_SIGNATURE + 4];
	size_t raw_len;

	tb_buf_append(out, note->text, note->text_len);
	tb_buf_u8(out, '\n');
	for (size_t i = 0; i < note->num_lines; i++) {
		const tb_note_line *line = &note->line[i];

		TB_REQUIRE(line->name_len <= TB_KEY_NAME_MAX);
		memcpy(name, line->name, line->name_len);
		name[line->name_len] = '\0';
		TB_REQUIRE(
			tb_base64_parse(raw, &raw_len, sizeof raw, line->base64, line->base64_len) == TB_OK);
		TB_REQUIRE(tb_load_u32(raw) == line->id);
		tb_note_write_line(out, name, line->id, raw + 4, raw_len - 4);
	}
}

static void check_key(const char *text, size_t len)
{
	tb_vkey key;
	tb_buf out;

	if (tb_vkey_parse(&key, text, len) != TB_OK)
		return;
	tb_buf_init(&out, len);
	tb_vkey_write(&out, &key);
	TB_REQUIRE(tb_buf_status(&out) == TB_OK && out.len == len && memcmp(out.data, text, len) == 0);
	tb_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	tb_checkpoint c;
	tb_note note;
	tb_why why;
	tb_buf out;

	check_key(text, len);
	tb_buf_init(&out, len);
	if (tb_note_parse(&note, text, len, &why) == TB_OK) {
		write_note(&out, &note);
		TB_REQUIRE(
			tb_buf_status(&out) == TB_OK && out.len == len && memcmp(out.data, data, len) == 0);
		tb_buf_clear(&out);
		if (tb_checkpoint_parse(&c, &note, text, len, &why) == TB_OK) {
			tb_checkpoint_write_body(&out, &c);
			TB_REQUIRE(tb_buf_status(&out) == TB_OK && out.len == note.text_len);
			TB_REQUIRE(memcmp(out.data, note.text, out.len) == 0);
		}
	}
	tb_buf_release(&out);
	return 0;
}

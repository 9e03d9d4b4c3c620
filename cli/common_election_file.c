/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_election_file.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/election/picture.h"

#define PATH_MAX_BYTES 4096

/* The name in "  Picture: ada.png"; false for every other line, and where the picture itself stands there. */
static bool names_picture(const char *line, size_t len, const char **name, size_t *name_len)
{
	static const char keyword[] = "picture:";
	const char *at = line, *end = line + len;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if ((size_t)(end - at) < sizeof keyword || strncasecmp(at, keyword, sizeof keyword - 1) != 0)
		return false;
	at += sizeof keyword - 1;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (end > at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	if (end - at >= 2 && *at == '"' && end[-1] == '"') {
		at++;
		end--;
	}
	*name = at;
	*name_len = (size_t)(end - at);
	return at < end && (end - at < 5 || strncmp(at, "data:", 5) != 0);
}

/* The path of a file that is named in another one. */
static bool beside(char out[PATH_MAX_BYTES], const char *path, const char *name, size_t name_len)
{
	const char *slash = strrchr(path, '/');
	size_t folder = *name == '/' || slash == NULL ? 0 : (size_t)(slash - path) + 1;
	int len = snprintf(out, PATH_MAX_BYTES, "%.*s%.*s", (int)folder, path, (int)name_len, name);

	return len > 0 && len < PATH_MAX_BYTES;
}

static tb_err put_picture(tb_buf *out, const char *path, tb_why *why)
{
	const char *type;
	tb_buf bytes;
	tb_err err;

	tb_buf_init(&bytes, TB_PICTURE_MAX_BYTES);
	err = tb_file_read(&bytes, path, why);
	type = err == TB_OK ? tb_picture_type(bytes.data, bytes.len) : NULL;
	if (err == TB_ERR_LIMIT || (err == TB_OK && type == NULL)) {
		tb_why_set(why,
			"%s: expected a PNG, JPEG or WebP file of at most %d bytes [MANIFEST.PICTURE]", path,
			TB_PICTURE_MAX_BYTES);
		err = TB_ERR_RULE;
	}
	if (err == TB_OK) {
		tb_buf_text(out, "Picture: data:");
		tb_buf_text(out, type);
		tb_buf_text(out, ";base64,");
		tb_buf_base64(out, bytes.data, bytes.len);
		tb_buf_text(out, "\n");
	}
	tb_buf_release(&bytes);
	return err;
}

static tb_err put_pictures(tb_buf *out, const tb_buf *text, const char *path, tb_why *why)
{
	const char *at = (const char *)text->data, *end = at + text->len, *name;
	char file[PATH_MAX_BYTES];
	tb_why reason = {""};
	unsigned line = 0;
	size_t name_len;
	tb_err err = TB_OK;

	while (err == TB_OK && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at)),
			   *next = stop != NULL ? stop + 1 : end;

		line++;
		if (!names_picture(at, (size_t)((stop != NULL ? stop : end) - at), &name, &name_len)) {
			tb_buf_append(out, at, (size_t)(next - at));
		} else if (!beside(file, path, name, name_len)) {
			tb_why_set(why, "%s, line %u: the name of the picture is too long", path, line);
			err = TB_ERR_RULE;
		} else {
			err = put_picture(out, file, &reason);
			if (err != TB_OK)
				tb_why_set(why, "%s, line %u: %s", path, line, reason.text);
		}
		at = next;
	}
	return err == TB_OK ? tb_buf_status(out) : err;
}

tb_err tb_election_file_read(tb_buf *out, const char *path, tb_why *why)
{
	tb_buf text;
	tb_err err;

	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	err = tb_file_read(&text, path, why);
	if (err == TB_OK && text.len > 0)
		err = put_pictures(out, &text, path, why);
	if (err == TB_ERR_LIMIT && why->text[0] == '\0')
		tb_why_set(why, "%s: with its pictures longer than an election file may be", path);
	else if (err == TB_ERR_MEMORY)
		tb_why_set(why, "%s: %s", path, tb_err_text(err));
	tb_buf_release(&text);
	return err;
}

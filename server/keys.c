/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "crypto/wipe.h"

#define PATH_BYTES 4200

static void path_of(char out[PATH_BYTES], const char *data, const char *name)
{
	(void)snprintf(out, PATH_BYTES, "%s/%s", data, name);
}

static tb_err from_code(tb_server_keys *out, const tb_code *code)
{
	tb_err err = tb_role_keys_derive(&out->secret, TB_ROLE_SERVER, code);

	if (err == TB_OK)
		err = tb_role_keys_public(&out->public, &out->secret);
	if (err == TB_OK)
		tb_role_line_write(out->line, &out->public);
	else
		tb_server_keys_wipe(out);
	return err;
}

tb_err tb_server_keys_create(tb_server_keys *out, const char *data, tb_why *why)
{
	char path[PATH_BYTES], text[TB_CODE_TEXT_BYTES + 1], line[TB_ROLE_LINE_MAX + 1];
	tb_code code;
	tb_err err;

	memset(out, 0, sizeof *out);
	why->text[0] = '\0';
	err = tb_file_make_dirs(data, TB_FILE_PRIVATE, why);
	if (err == TB_OK)
		err = tb_code_generate(&code);
	if (err != TB_OK)
		return err;
	err = from_code(out, &code);
	if (err == TB_OK) {
		tb_code_write(text, &code);
		text[TB_CODE_TEXT_BYTES - 1] = '\n';
		path_of(path, data, "server.key");
		/* Never replaces a key: every election on this server would lose its server. */
		err = tb_file_create(path, text, TB_CODE_TEXT_BYTES, TB_FILE_PRIVATE, why);
	}
	if (err == TB_OK) {
		(void)snprintf(line, sizeof line, "%s\n", out->line);
		path_of(path, data, "server.pub");
		err = tb_file_write(path, line, strlen(line), TB_FILE_PUBLIC, why);
	}
	tb_wipe(text, sizeof text);
	tb_code_wipe(&code);
	if (err != TB_OK)
		tb_server_keys_wipe(out);
	if (err != TB_OK && why->text[0] == '\0')
		tb_why_set(why, "%s", tb_err_text(err));
	return err;
}

static tb_err check_mode(const char *path, tb_why *why)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0) {
		tb_why_set(why,
			"%s: others can read or write it (mode %03o); chmod 600 and consider it known", path,
			st.st_mode & 0777u);
		return TB_ERR_STATE;
	}
	return TB_OK;
}

tb_err tb_server_keys_load(tb_server_keys *out, const char *data, tb_why *why)
{
	char path[PATH_BYTES];
	tb_fault fault = {0};
	tb_code code;
	tb_buf text;
	tb_err err;

	memset(out, 0, sizeof *out);
	why->text[0] = '\0';
	path_of(path, data, "server.key");
	tb_buf_init_secret(&text, 4096);
	err = check_mode(path, why);
	if (err == TB_OK)
		err = tb_file_read(&text, path, why);
	while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'))
		text.len--;
	if (err == TB_OK) {
		err = tb_code_parse(&code, (const char *)text.data, text.len, &fault);
		if (err != TB_OK)
			tb_why_set(why, "%s: %s: no code (expected %s)", path, fault.where, fault.expected);
	}
	if (err == TB_OK)
		err = from_code(out, &code);
	tb_code_wipe(&code);
	tb_buf_release(&text);
	if (err != TB_OK && why->text[0] == '\0')
		tb_why_set(why, "%s: %s", path, tb_err_text(err));
	return err;
}

void tb_server_keys_wipe(tb_server_keys *keys)
{
	tb_role_keys_wipe(&keys->secret);
	memset(keys, 0, sizeof *keys);
}

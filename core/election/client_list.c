/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/client_list.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"

#define CLIENT "CLIENT"
/* 300 files with addresses of 120 bytes need less. */
#define PAYLOAD_MAX 65536

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '-';
}

/* So narrow that every program and proxy between means the same by it: no "..", no escape, no query. */
bool tb_client_path_is_valid(const char *path, size_t len)
{
	if (len < 1 || len > TB_CLIENT_PATH_MAX || path[0] != '/')
		return false;
	if (len == 1)
		return true;
	for (size_t i = 1; i < len; i++) {
		bool begins = path[i - 1] == '/';

		if (!is_name_byte(path[i]) && (begins || (path[i] != '.' && path[i] != '/')))
			return false;
	}
	return path[len - 1] != '/';
}

static void take_item(tb_json_in *in, tb_client_list *out)
{
	tb_client_item *item = &out->files[out->num];
	tb_json_string path;

	tb_json_enter_object(in, TB_JSON_ITEM);
	tb_json_take_string(in, "path", &path, TB_CLIENT_PATH_MAX);
	if (in->err == TB_OK && !tb_client_path_is_valid(path.data, path.len))
		tb_json_in_fail(
			in, "path", CLIENT, "an address such as /e/spring/vote", "\"%.80s\"", path.data);
	/* One order, so that one client has one list; and no address twice. */
	if (in->err == TB_OK && out->num > 0 && strcmp(path.data, item[-1].path) <= 0)
		tb_json_in_fail(
			in, "path", CLIENT, "the addresses in order, each once", "\"%.80s\"", path.data);
	tb_json_take_hex(in, "sha256", item->sha256, sizeof item->sha256);
	if (in->err == TB_OK) {
		memcpy(item->path, path.data, path.len + 1);
		out->num++;
	}
	tb_json_leave(in);
}

tb_err tb_client_list_parse(tb_client_list *out, const void *bytes, size_t len, tb_fault *fault)
{
	tb_json_in in;
	size_t num;
	tb_err err;

	memset(out, 0, sizeof *out);
	tb_json_in_init(&in, bytes, len, PAYLOAD_MAX, TB_JSON_CANONICAL, CLIENT);
	tb_json_enter_object(&in, TB_JSON_ITEM);
	num = tb_json_enter_array(&in, "files", 1, TB_CLIENT_FILES_MAX);
	if (num > 0) {
		out->files = calloc(num, sizeof *out->files);
		if (out->files == NULL)
			in.err = TB_ERR_MEMORY;
	}
	for (size_t i = 0; i < num && in.err == TB_OK; i++)
		take_item(&in, out);
	tb_json_leave(&in);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, fault);
	tb_json_in_release(&in);
	if (err != TB_OK)
		tb_client_list_release(out);
	return err;
}

tb_err tb_client_list_write(tb_buf *out, const tb_client_list *list)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_array(&json, "files");
	for (size_t i = 0; i < list->num; i++) {
		tb_json_out_object(&json, TB_JSON_ITEM);
		tb_json_out_cstring(&json, "path", list->files[i].path);
		tb_json_out_hex(&json, "sha256", list->files[i].sha256, sizeof list->files[i].sha256);
		tb_json_out_end(&json);
	}
	tb_json_out_end(&json);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

void tb_client_list_release(tb_client_list *list)
{
	free(list->files);
	memset(list, 0, sizeof *list);
}

const tb_client_item *tb_client_list_find(const tb_client_list *list, const char *path)
{
	for (size_t i = 0; i < list->num; i++)
		if (strcmp(list->files[i].path, path) == 0)
			return &list->files[i];
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_client.h"
#include "cli/common_code.h"
#include "cli/common_submit.h"
#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/base/progress.h"

/* The registrar's part of the board: the roll, and changes of it. */

static int submit(tb_client *c, tb_entry_type type, const tb_secret *key, const tb_buf *payload, bool *is_new)
{
	const tb_binding *binding = tb_board_binding(c->board);
	char url[TB_URL_MAX + 128];
	tb_submitted done;
	uint64_t index;
	int exit_code;

	tb_client_url(c, url, "entries");
	exit_code = tb_submit_signed(c->args, c->fetch, url, type, "registrar", binding, key, payload, &done);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_check_receipt(
			c, &done.receipt, type, "registrar", payload->data, payload->len, &index);
	*is_new = done.is_new;
	tb_submitted_release(&done);
	return exit_code;
}

static int check_key(const tb_client *c, const tb_role_keys *keys)
{
	uint8_t public_key[32];

	if (!c->is_url)
		return tb_args_error(c->args, "expected the URL of a board, found the file %s", c->where);
	tb_schnorr_public(public_key, &keys->sign);
	if (memcmp(public_key, tb_board_manifest(c->board)->registrar_key, sizeof public_key) != 0)
		return tb_args_error(c->args, "this key is not the registrar's of that election");
	return TB_EXIT_OK;
}

/* ---- import ---- */

/* One line of the file that `tabella codes` wrote is the payload of one entry. */
static int import_lines(tb_client *c, const tb_secret *key, const tb_file_map *file, uint64_t *voters)
{
	const uint8_t *at = file->data, *end = file->data + file->len;
	uint64_t listed = tb_roll_num_listed(tb_board_roll(c->board));
	unsigned line = 0;
	tb_progress progress;
	int exit_code = TB_EXIT_OK;

	tb_progress_begin(&progress, "posting the roll", file->len);
	while (at < end && exit_code == TB_EXIT_OK) {
		const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop == NULL ? end : stop) - at);
		tb_roll_chunk chunk;
		tb_fault fault;
		tb_buf payload;
		bool is_new;

		line++;
		if (tb_roll_chunk_parse(&chunk, at, len, &fault) != TB_OK) {
			exit_code = tb_args_error(c->args, "line %u, %s: expected %s, found %s [%s]", line,
				fault.where, fault.expected, fault.found, fault.rule);
			break;
		}
		*voters = chunk.first + chunk.num;
		if (*voters > listed ||
			tb_board_size(c->board) == 1) { /* not there yet from an interrupted import */
			tb_buf_init(&payload, TB_BLOB_MAX_BYTES);
			tb_buf_append(&payload, at, len);
			exit_code = tb_buf_status(&payload) == TB_OK
					    ? submit(c, TB_ENTRY_ROLL, key, &payload, &is_new)
					    : tb_args_error(c->args, "out of memory");
			tb_buf_release(&payload);
		}
		tb_roll_chunk_release(&chunk);
		tb_progress_add(&progress, len + 1);
		at += len + (stop != NULL);
	}
	tb_progress_end(&progress);
	return exit_code;
}

static int run_import(const tb_args *args)
{
	tb_role_keys keys = {0};
	tb_file_map file = {0};
	uint64_t voters = 0;
	tb_client client;
	tb_why why = {""};
	int exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);

	if (exit_code == TB_EXIT_OK)
		exit_code = tb_role_keys_obtain(args, "key", TB_ROLE_REGISTRAR, &keys);
	if (exit_code == TB_EXIT_OK)
		exit_code = check_key(&client, &keys);
	if (exit_code == TB_EXIT_OK && tb_file_map_new(&file, tb_args_operand(args, 1), &why) != TB_OK)
		exit_code = tb_args_error(args, "%s", why.text);
	if (exit_code == TB_EXIT_OK)
		exit_code = import_lines(&client, &keys.sign, &file, &voters);
	if (exit_code == TB_EXIT_OK && tb_args_json(args))
		printf("{\"voters\":%llu}\n", (unsigned long long)voters);
	else if (exit_code == TB_EXIT_OK)
		printf("%llu voters are on the roll\n", (unsigned long long)voters);
	tb_file_map_free(&file);
	tb_role_keys_wipe(&keys);
	tb_client_close(&client);
	return exit_code;
}

static const tb_flag import_flags[] = {
	{"key", "FILE", "the registrar's key file; otherwise the code is asked for", false, false},
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_roll_import = {
	.name = "roll import",
	.operands = "BOARD ROLL",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "post the roll that `tabella codes` made",
	.details = "An import that was interrupted is continued by running it again.",
	.flags = import_flags,
	.run = run_import,
};

/* ---- change ---- */

static int take_action(const tb_args *args, tb_roll_action *out)
{
	static const char *const names[] = {"add", "remove", "credential"};
	const char *given = tb_args_get(args, "action");

	for (unsigned i = 0; i < 3; i++)
		if (strcmp(given, names[i]) == 0) {
			*out = (tb_roll_action)i;
			return TB_EXIT_OK;
		}
	return tb_args_error(args, "--action: expected add, remove or credential, found '%s'", given);
}

static int make_change(const tb_args *args, tb_buf *payload)
{
	const char *label = tb_args_get(args, "label"), *key = tb_args_get(args, "credential");
	char voter[80], reason[2048], name[256];
	tb_roll_change change = {.voter = voter, .label = name, .reason = reason};
	uint64_t weight = 1;
	int exit_code = take_action(args, &change.action);

	if (exit_code != TB_EXIT_OK || !tb_args_number(args, "weight", 1, TB_MAX_WEIGHT, &weight))
		return TB_EXIT_USAGE;
	(void)snprintf(voter, sizeof voter, "%s", tb_args_get(args, "voter"));
	(void)snprintf(reason, sizeof reason, "%s", tb_args_get(args, "reason"));
	(void)snprintf(name, sizeof name, "%s", label == NULL ? voter : label);
	if (change.action != TB_ROLL_ADD)
		name[0] = '\0';
	change.weight = change.action == TB_ROLL_ADD ? (uint32_t)weight : 0;
	if (change.action != TB_ROLL_REMOVE) {
		if (key == NULL)
			return tb_args_error(args, "--credential is missing: the voter's public key, as "
						   "`tabella codes` made it");
		if (tb_base64_parse_fixed(change.key, sizeof change.key, key, strlen(key)) != TB_OK)
			return tb_args_error(
				args, "--credential: expected 44 characters of base64, found '%s'", key);
	}
	return tb_roll_change_write(payload, &change) == TB_OK ? TB_EXIT_OK
							       : tb_args_error(args, "out of memory");
}

static int run_change(const tb_args *args)
{
	tb_role_keys keys = {0};
	tb_client client;
	tb_buf payload;
	bool is_new = false;
	int exit_code;

	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	exit_code = make_change(args, &payload);
	if (exit_code != TB_EXIT_OK) {
		tb_buf_release(&payload);
		return exit_code;
	}
	exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_role_keys_obtain(args, "key", TB_ROLE_REGISTRAR, &keys);
	if (exit_code == TB_EXIT_OK)
		exit_code = check_key(&client, &keys);
	if (exit_code == TB_EXIT_OK)
		exit_code = submit(&client, TB_ENTRY_ROLL_CHANGE, &keys.sign, &payload, &is_new);
	if (exit_code == TB_EXIT_OK)
		printf(tb_args_json(args) ? "{\"recorded\":true}\n" : "recorded on the board\n");
	tb_role_keys_wipe(&keys);
	tb_client_close(&client);
	tb_buf_release(&payload);
	return exit_code;
}

static const tb_flag change_flags[] = {
	{"action", "ACTION", "add, remove or credential (a new one for a voter who lost the code)", true,
		false},
	{"voter", "ID", "the voter", true, false},
	{"reason", "TEXT", "why; it stands on the board for everyone to read", true, false},
	{"label", "TEXT", "for add: the name to show", false, false},
	{"weight", "NUMBER", "for add: the weight (default 1)", false, false},
	{"credential", "BASE64", "for add and credential: the voter's public key", false, false},
	{"key", "FILE", "the registrar's key file; otherwise the code is asked for", false, false},
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_roll_change = {
	.name = "roll change",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "add or remove a voter, or replace a credential, while the polls are open",
	.details = "Every change is public, with its reason.  A removed voter's ballots do not count.",
	.flags = change_flags,
	.run = run_change,
};

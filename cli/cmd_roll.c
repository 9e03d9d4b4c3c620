/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_code.h"
#include "cli/common_post.h"
#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/base/progress.h"

/* The registrar's part of the board: the roll, and changes of it. */

static int check_key(const tb_client *c, const tb_role_keys *keys)
{
	uint8_t public_key[32];

	if (tb_client_require_url(c) != TB_EXIT_OK)
		return TB_EXIT_USAGE;
	tb_schnorr_public(public_key, &keys->sign);
	if (memcmp(public_key, tb_board_manifest(c->board)->registrar_key, sizeof public_key) != 0)
		return tb_args_error(c->args, "this key is not the registrar's of that election");
	return TB_EXIT_OK;
}

/* ---- import ---- */

/* Is this chunk, which an earlier run has posted, the one on the board?  Another file would belong to other codes: voters would find that theirs
 * do not work. */
static int compare_chunk(const tb_client *c, const tb_roll_chunk *chunk, unsigned line)
{
	const tb_roll *roll = tb_board_roll(c->board);

	for (size_t i = 0; i < chunk->num; i++) {
		const tb_roll_voter *v = &chunk->voters[i];
		tb_voter listed;

		if (tb_roll_find(roll, v->id, strlen(v->id), &listed) != TB_OK ||
			memcmp(tb_roll_key(roll, listed), v->key, sizeof v->key) != 0 ||
			tb_roll_weight(roll, listed) != v->weight)
			return tb_args_error(c->args,
				"line %u: the board has a part of another roll already: '%s' is not on it, "
				"or with another "
				"key or weight",
				line, v->id);
	}
	return TB_EXIT_OK;
}

/* Posts a chunk, unless it is there from an import that was interrupted. */
static int import_chunk(
	tb_client *c, const tb_secret *key, const tb_roll_chunk *chunk, const tb_buf *payload, unsigned line)
{
	uint64_t listed = tb_roll_num_listed(tb_board_roll(c->board));
	uint64_t index;

	if (chunk->first + chunk->num <= listed)
		return compare_chunk(c, chunk, line);
	if (chunk->first < listed)
		return tb_args_error(c->args, "line %u: the board has a part of another roll already", line);
	return tb_post(c, TB_ENTRY_ROLL, "registrar", key, payload, &index);
}

static int import_line(tb_client *c, const tb_secret *key, const uint8_t *at, size_t len, unsigned line,
	uint64_t *voters, bool *is_final)
{
	tb_roll_chunk chunk;
	tb_fault fault;
	tb_buf payload;
	int exit_code;

	if (tb_roll_chunk_parse(&chunk, at, len, &fault) != TB_OK)
		return tb_args_error(c->args, "line %u, %s: expected %s, found %s [%s]", line, fault.where,
			fault.expected, fault.found, fault.rule);
	tb_buf_init(&payload, TB_BLOB_COMMON_BYTES);
	tb_buf_append(&payload, at, len);
	if (chunk.first != *voters || *is_final)
		exit_code = tb_args_error(c->args, "line %u, first: expected %llu, found %llu%s", line,
			(unsigned long long)*voters, (unsigned long long)chunk.first,
			*is_final ? " after the final part" : "");
	else if (tb_buf_status(&payload) != TB_OK)
		exit_code = tb_args_error(c->args, "line %u is too long", line);
	else
		exit_code = import_chunk(c, key, &chunk, &payload, line);
	*voters = chunk.first + chunk.num;
	*is_final = chunk.is_final;
	tb_buf_release(&payload);
	tb_roll_chunk_release(&chunk);
	return exit_code;
}

/* One line of the file that `tabella codes` wrote is the payload of one entry. */
static int import_lines(tb_client *c, const tb_secret *key, const tb_file_map *file, uint64_t *voters)
{
	const uint8_t *at = file->data, *end = file->data + file->len;
	bool is_final = false;
	unsigned line = 0;
	tb_progress progress;
	int exit_code = TB_EXIT_OK;

	tb_progress_begin(&progress, "posting the roll", file->len);
	while (at < end && exit_code == TB_EXIT_OK) {
		const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop == NULL ? end : stop) - at);

		exit_code = import_line(c, key, at, len, ++line, voters, &is_final);
		tb_progress_add(&progress, len + 1);
		at += len + (stop != NULL);
	}
	tb_progress_end(&progress);
	if (exit_code == TB_EXIT_OK && !is_final)
		exit_code = tb_args_error(
			c->args, "%s ends before the final part of the roll", tb_args_operand(c->args, 1));
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

/* Options that say nothing for this action are slips: who writes --weight for a removal means something else. */
static int check_options(const tb_args *args, tb_roll_action action)
{
	static const char *const only_add[] = {"label", "weight"};

	for (size_t i = 0; i < 2; i++)
		if (action != TB_ROLL_ADD && tb_args_has(args, only_add[i]))
			return tb_args_error(args, "--%s goes with --action add only", only_add[i]);
	if (action == TB_ROLL_REMOVE && tb_args_has(args, "credential"))
		return tb_args_error(args, "--credential does not go with --action remove");
	if (action != TB_ROLL_REMOVE && !tb_args_has(args, "credential"))
		return tb_args_error(
			args, "--credential is missing: the voter's public key, as `tabella codes` made it");
	return TB_EXIT_OK;
}

/* Prints what is wrong and returns false then. */
static bool take_change(const tb_args *args, tb_roll_change *out)
{
	const char *label = tb_args_get(args, "label"), *voter = tb_args_get(args, "voter"),
		   *key = tb_args_get(args, "credential");
	uint64_t weight = 1;

	if (take_action(args, &out->action) != TB_EXIT_OK || check_options(args, out->action) != TB_EXIT_OK ||
		!tb_args_number(args, "weight", 1, TB_MAX_WEIGHT, &weight))
		return false;
	if (!tb_id_is_valid(voter, strlen(voter))) {
		(void)tb_args_error(
			args, "--voter: expected 1 to 64 characters a-z 0-9 . _ -, found '%s'", voter);
		return false;
	}
	if (key != NULL && tb_base64_parse_fixed(out->key, sizeof out->key, key, strlen(key)) != TB_OK) {
		(void)tb_args_error(args, "--credential: expected 44 characters of base64, found '%s'", key);
		return false;
	}
	out->voter = strdup(voter);
	out->reason = strdup(tb_args_get(args, "reason"));
	out->label = strdup(out->action != TB_ROLL_ADD ? "" : label == NULL ? voter : label);
	out->weight = out->action == TB_ROLL_ADD ? (uint32_t)weight : 0;
	if (out->voter == NULL || out->reason == NULL || out->label == NULL) {
		(void)tb_args_error(args, "out of memory");
		return false;
	}
	return true;
}

/* What is wrong in itself is refused here, before anything is sent. */
static int make_change(const tb_args *args, tb_roll_change *change, tb_buf *payload)
{
	tb_roll_change again;
	tb_fault fault;
	tb_err err;

	if (!take_change(args, change))
		return TB_EXIT_USAGE;
	err = tb_roll_change_write(payload, change);
	if (err == TB_OK) {
		err = tb_roll_change_parse(&again, payload->data, payload->len, &fault);
		tb_roll_change_release(&again);
	}
	if (err == TB_ERR_RULE)
		return tb_args_error(args, "--%s: expected %s, found %s [%s]",
			strcmp(fault.where, "key") == 0 ? "credential" : fault.where, fault.expected,
			fault.found, fault.rule);
	return err == TB_OK ? TB_EXIT_OK
			    : tb_args_error(args, "the change cannot be written: %s", tb_err_text(err));
}

/* Did an earlier run of this command, whose answer was lost, do it? */
static bool is_done(const tb_board *b, const tb_roll_change *change)
{
	const tb_roll *roll = tb_board_roll(b);
	tb_voter v;

	if (tb_roll_find(roll, change->voter, strlen(change->voter), &v) != TB_OK)
		return false;
	if (change->action == TB_ROLL_REMOVE)
		return tb_roll_is_removed(roll, v);
	if (tb_roll_is_removed(roll, v) || memcmp(tb_roll_key(roll, v), change->key, sizeof change->key) != 0)
		return false;
	return change->action == TB_ROLL_ADD
		       ? tb_roll_is_added(roll, v) && tb_roll_weight(roll, v) == change->weight
		       : tb_roll_is_changed(roll, v);
}

static int post_change(tb_client *c, const tb_roll_change *change, const tb_buf *payload)
{
	bool is_there = is_done(c->board, change);
	uint64_t index;
	tb_role_keys keys = {0};
	int exit_code = tb_role_keys_obtain(c->args, "key", TB_ROLE_REGISTRAR, &keys);

	if (exit_code == TB_EXIT_OK)
		exit_code = check_key(c, &keys);
	if (exit_code == TB_EXIT_OK && !is_there)
		exit_code = tb_post(c, TB_ENTRY_ROLL_CHANGE, "registrar", &keys.sign, payload, &index);
	tb_role_keys_wipe(&keys);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	if (tb_args_json(c->args))
		printf("{\"recorded\":true,\"already\":%s}\n", is_there ? "true" : "false");
	else
		printf("%s\n", is_there ? "on the board already" : "recorded on the board");
	return TB_EXIT_OK;
}

static int run_change(const tb_args *args)
{
	tb_roll_change change = {.weight = 0};
	tb_client client;
	tb_buf payload;
	int exit_code;

	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	exit_code = make_change(args, &change, &payload);
	if (exit_code == TB_EXIT_OK) {
		exit_code = tb_client_open(&client, args, TB_CLIENT_ALL);
		if (exit_code == TB_EXIT_OK)
			exit_code = post_change(&client, &change, &payload);
		tb_client_close(&client);
	}
	tb_roll_change_release(&change);
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

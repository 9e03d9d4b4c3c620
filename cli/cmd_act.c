/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_code.h"
#include "cli/common_post.h"
#include "core/election/election_text.h"

/* What the admin may do once the election exists: extend, notify, cancel; all of it public. */

static int submit(const tb_args *args, tb_entry_type type, const tb_buf *payload)
{
	uint8_t public_key[32];
	tb_role_keys keys = {0};
	tb_client client;
	uint64_t index;
	int exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);

	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_require_url(&client);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_role_keys_obtain(args, "key", TB_ROLE_ADMIN, &keys);
	if (exit_code == TB_EXIT_OK) {
		tb_schnorr_public(public_key, &keys.sign);
		if (memcmp(public_key, tb_board_manifest(client.board)->admin_key, sizeof public_key) != 0)
			exit_code = tb_args_error(args, "this key is not the admin's of that election");
	}
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_post(&client, type, "admin", &keys.sign, payload, &index);
	if (exit_code == TB_EXIT_OK && tb_args_json(args))
		printf("{\"index\":%llu}\n", (unsigned long long)index);
	else if (exit_code == TB_EXIT_OK)
		printf("recorded on the board as entry %llu\n", (unsigned long long)index);
	tb_role_keys_wipe(&keys);
	tb_client_close(&client);
	return exit_code;
}

/* Submits a payload that could be written and read again; otherwise says what is wrong with it, before anything is sent. */
static int submit_text(
	const tb_args *args, tb_entry_type type, tb_err err, const tb_fault *fault, tb_buf *payload)
{
	int exit_code;

	if (err == TB_OK)
		exit_code = submit(args, type, payload);
	else if (err == TB_ERR_RULE)
		exit_code = tb_args_error(args, "--%s: expected %s, found %s [%s]", fault->where,
			fault->expected, fault->found, fault->rule);
	else if (err == TB_ERR_ENCODING)
		exit_code = tb_args_error(args, "the text is not UTF-8");
	else
		exit_code = tb_args_error(args, "the text cannot be written: %s", tb_err_text(err));
	tb_buf_release(payload);
	return exit_code;
}

static int run_extend(const tb_args *args)
{
	const char *text = tb_args_get(args, "closes");
	tb_extend extend = {.closes = 0}, again;
	tb_fault fault;
	tb_buf payload;
	tb_err err;

	if (tb_time_parse(&extend.closes, text, strlen(text), &fault) != TB_OK)
		return tb_args_error(args, "--closes: expected %s, found %s", fault.expected, fault.found);
	extend.reason = strdup(tb_args_get(args, "reason"));
	if (extend.reason == NULL)
		return tb_args_error(args, "out of memory");
	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	err = tb_extend_write(&payload, &extend);
	if (err == TB_OK) {
		err = tb_extend_parse(&again, payload.data, payload.len, &fault);
		tb_extend_release(&again);
	}
	tb_extend_release(&extend);
	return submit_text(args, TB_ENTRY_EXTEND, err, &fault, &payload);
}

static int run_notice(const tb_args *args)
{
	char *again = NULL;
	tb_fault fault;
	tb_buf payload;
	tb_err err;

	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	err = tb_notice_write(&payload, tb_args_get(args, "text"));
	if (err == TB_OK)
		err = tb_notice_parse(&again, payload.data, payload.len, &fault);
	free(again);
	return submit_text(args, TB_ENTRY_NOTICE, err, &fault, &payload);
}

static int run_cancel(const tb_args *args)
{
	char *again = NULL;
	tb_fault fault;
	tb_buf payload;
	tb_err err;

	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	err = tb_cancel_write(&payload, tb_args_get(args, "reason"));
	if (err == TB_OK)
		err = tb_cancel_parse(&again, payload.data, payload.len, &fault);
	free(again);
	return submit_text(args, TB_ENTRY_CANCEL, err, &fault, &payload);
}

#define ADMIN_KEY_FLAG                                                                                       \
	{                                                                                                    \
		"key", "FILE", "the admin's key file; otherwise the code is asked for", false, false         \
	}

static const tb_flag extend_flags[] = {
	{"closes", "TIME", "the new end, such as '2027-03-14 18:00 UTC'", true, false},
	{"reason", "TEXT", "why; it stands on the board for everyone to read", true, false},
	ADMIN_KEY_FLAG,
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_extend = {
	.name = "extend",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "let the polls close later",
	.details = "Only while they are open, and within the longest window that the election's rules allow.",
	.flags = extend_flags,
	.run = run_extend,
};

static const tb_flag notice_flags[] = {
	{"text", "TEXT", "what everyone shall read", true, false},
	ADMIN_KEY_FLAG,
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_notice = {
	.name = "notice",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "put a notice on the board",
	.details = "",
	.flags = notice_flags,
	.run = run_notice,
};

static const tb_flag cancel_flags[] = {
	{"reason", "TEXT", "why; it stands on the board for everyone to read", true, false},
	ADMIN_KEY_FLAG,
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_cancel = {
	.name = "cancel",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "cancel the election, for ever",
	.details = "Not after a trustee has begun to decrypt.",
	.flags = cancel_flags,
	.run = run_cancel,
};

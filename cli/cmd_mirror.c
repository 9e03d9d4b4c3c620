/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_client.h"
#include "cli/common_repeat.h"
#include "cli/common_vkey.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/progress.h"
#include "net/follow.h"

/* Keeps a copy of a board that cannot lose anything: what an auditor runs, and what carries readers when there are many. */

enum { DEFAULT_INTERVAL = 10, MAX_INTERVAL = 86400 };

/* ---- the key of the log ---- */
/* Once given, or taken from the board, it stands in the folder: from then on the copy is of that log and of no other. */

static int key_of_board(const tb_args *args, tb_vkey *key)
{
	tb_client client;
	int exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);

	if (exit_code == TB_EXIT_OK)
		*key = client.log_key;
	tb_client_close(&client);
	return exit_code;
}

static int read_key(const tb_args *args, tb_vkey *key, const char *path)
{
	tb_why why = {""};
	tb_buf text;
	int exit_code;

	tb_buf_init(&text, 4096);
	if (tb_file_read(&text, path, &why) != TB_OK) {
		exit_code = tb_args_error(args, "%s", why.text);
	} else {
		if (text.len > 0 && text.data[text.len - 1] == '\n')
			text.len--;
		exit_code = tb_args_vkey(args, key, path, tb_buf_cstr(&text));
	}
	tb_buf_release(&text);
	return exit_code;
}

static int write_key(const tb_args *args, const tb_vkey *key, const char *path)
{
	tb_why why = {""};
	tb_buf text;
	tb_err err;

	tb_buf_init(&text, 4096);
	tb_vkey_write(&text, key);
	tb_buf_text(&text, "\n");
	err = tb_buf_status(&text);
	if (err == TB_OK)
		err = tb_file_make_parents(path, TB_FILE_PUBLIC, &why);
	if (err == TB_OK)
		err = tb_file_write(path, text.data, text.len, TB_FILE_PUBLIC, &why);
	tb_buf_release(&text);
	return err == TB_OK ? TB_EXIT_OK : tb_args_error(args, "%s", why.text);
}

static int find_key(const tb_args *args, tb_vkey *key)
{
	const char *given = tb_args_get(args, "key");
	char path[TB_STATE_PATH_MAX];
	tb_vkey kept;
	int exit_code = TB_EXIT_OK;

	if (snprintf(path, sizeof path, "%s/log.vkey", tb_args_operand(args, 1)) >= (int)sizeof path)
		return tb_args_error(args, "expected a shorter path for the copy");
	if (given != NULL)
		exit_code = tb_args_vkey(args, key, "--key", given);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	if (tb_file_exists(path)) {
		exit_code = read_key(args, &kept, path);
		if (exit_code != TB_EXIT_OK)
			return exit_code;
		if (given != NULL && (kept.id != key->id || memcmp(kept.key, key->key, 32) != 0))
			return tb_args_error(args, "--key: %s holds a copy of another log (%s)",
				tb_args_operand(args, 1), path);
		*key = kept;
		return TB_EXIT_OK;
	}
	if (given == NULL)
		exit_code = key_of_board(args, key);
	return exit_code == TB_EXIT_OK ? write_key(args, key, path) : exit_code;
}

/* ---- following ---- */

typedef struct bar {
	tb_progress progress;
	uint64_t done;
	bool is_shown;
} bar;

static void on_entry(void *user, uint64_t done, uint64_t total)
{
	bar *b = user;

	if (!b->is_shown)
		tb_progress_begin(&b->progress, "copying the board", total);
	b->is_shown = true;
	tb_progress_add(&b->progress, done - b->done);
	b->done = done;
}

/* The path is the user's, who may put quotes into it. */
static void say_fork_json(const tb_follow *f)
{
	tb_json_out json;
	tb_buf text;

	tb_buf_init(&text, 65536);
	tb_json_out_init(&json, &text);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_int(&json, "size", tb_follow_size(f));
	tb_json_out_bool(&json, "forked", true);
	tb_json_out_cstring(&json, "evidence", tb_follow_evidence(f));
	tb_json_out_end(&json);
	if (tb_json_out_status(&json) == TB_OK)
		printf("%s\n", tb_buf_cstr(&text));
	tb_buf_release(&text);
}

static void say(const tb_args *args, const tb_follow *f, tb_followed what)
{
	uint64_t size = tb_follow_size(f);

	if (what == TB_FOLLOWED_FORK) {
		if (tb_args_json(args))
			say_fork_json(f);
		(void)tb_args_error(args,
			"LOG.CONSISTENT: the server shows another history than before; the copy stays as it "
			"was, and what proves it is in %s: tabella-verify --evidence checks it",
			tb_follow_evidence(f));
	} else if (what == TB_FOLLOWED_NEW) {
		printf(tb_args_json(args) ? "{\"size\":%" PRIu64 ",\"forked\":false}\n"
					  : "%" PRIu64 " entries\n",
			size);
	}
	(void)fflush(stdout);
}

static int step(const tb_args *args, tb_follow *f)
{
	bar b = {.is_shown = false, .done = tb_follow_size(f)};
	tb_followed what;
	tb_why why = {""};
	tb_err err;

	tb_follow_on_progress(f, on_entry, &b);
	err = tb_follow_step(f, &what, &why);
	if (b.is_shown)
		tb_progress_end(&b.progress);
	if (err != TB_OK)
		return tb_args_error(args, "%s", why.text[0] != '\0' ? why.text : tb_err_text(err));
	say(args, f, what);
	return what == TB_FOLLOWED_FORK ? TB_EXIT_NO : TB_EXIT_OK;
}

typedef struct following {
	const tb_args *args;
	tb_follow *follow;
	bool is_forked;
} following;

static void follow_once(void *ctx)
{
	following *f = ctx;

	if (step(f->args, f->follow) == TB_EXIT_NO)
		f->is_forked = true;
}

/* Goes on through failures of the network; a fork is said each time, and in the end by the exit code. */
static int follow(const tb_args *args, tb_follow *f, uint64_t interval)
{
	following all = {.args = args, .follow = f};

	if (tb_args_has(args, "once"))
		return step(args, f);
	tb_repeat(interval, follow_once, &all);
	return all.is_forked ? TB_EXIT_NO : TB_EXIT_OK;
}

static int run_mirror(const tb_args *args)
{
	char url[TB_URL_MAX];
	uint64_t interval = DEFAULT_INTERVAL;
	tb_fetch *fetch = NULL;
	tb_follow *f = NULL;
	tb_vkey key;
	tb_fault fault;
	tb_why why = {""};
	int exit_code;

	if (!tb_args_number(args, "interval", 1, MAX_INTERVAL, &interval))
		return TB_EXIT_USAGE;
	if (tb_url_board(url, tb_args_operand(args, 0), &fault) != TB_OK)
		return tb_args_error(args, "expected %s, found %s", fault.expected, fault.found);
	exit_code = find_key(args, &key);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	if (tb_fetch_new(&fetch, NULL) != TB_OK)
		return tb_args_error(args, "out of memory");
	if (tb_follow_new(&f, fetch, url, &key, tb_args_operand(args, 1), &why) == TB_OK)
		exit_code = follow(args, f, interval);
	else
		exit_code = tb_args_error(args, "%s", why.text);
	tb_follow_free(f);
	tb_fetch_free(fetch);
	return exit_code;
}

static const tb_flag mirror_flags[] = {
	{"key", "VKEY", "the key of the log (default: what the board says the first time)", false, false},
	{"once", NULL, "look once, copy what is new, and end", false, false},
	{"interval", "SECONDS", "look this often (10)", false, false},
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_mirror = {
	.name = "mirror",
	.operands = "URL DIR",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "follow a board: keep a copy that loses nothing, and notice a second history",
	.details = "DIR is at every moment a whole board, which tabella-verify checks and any web server can "
		   "serve.\n"
		   "Every head of the log is held against the ones before; two that disagree are kept as a "
		   "file in\n"
		   "DIR/evidence that convinces anybody.  Exit code 1 when that happened.",
	.flags = mirror_flags,
	.run = run_mirror,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_verified.h"

#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/progress.h"
#include "net/mirror.h"

/* ---- what is shown meanwhile ---- */

typedef struct show {
	tb_progress bar;
	bool is_running;
	uint64_t done;
} show;

static void begin(show *s, const char *label, uint64_t total)
{
	if (s->is_running)
		tb_progress_end(&s->bar);
	tb_progress_begin(&s->bar, label, total);
	s->is_running = true;
	s->done = 0;
}

static void on_stage(void *user, const char *label, uint64_t total)
{
	begin(user, label, total);
}

static void on_progress(void *user, uint64_t more)
{
	show *s = user;

	if (s->is_running)
		tb_progress_add(&s->bar, more);
}

static void on_file(void *user, uint64_t done, uint64_t total)
{
	show *s = user;

	if (!s->is_running)
		begin(s, "copying the board", total);
	tb_progress_add(&s->bar, done - s->done);
	s->done = done;
}

static void on_failure(void *user, const tb_check_failure *f)
{
	char text[1024];

	(void)user;
	tb_fault_text(&f->fault, text, sizeof text);
	if (f->has_entry)
		fprintf(stderr, "FALSE: entry %llu: %s\n", (unsigned long long)f->entry, text);
	else
		fprintf(stderr, "FALSE: %s\n", text);
}

/* ---- the work ---- */

static int copy(tb_verified *v, show *s, const char *folder)
{
	const tb_mirror_options options = {.progress = on_file, .user = s};
	tb_fault fault;
	tb_why why = {""};
	char text[1024];

	if (tb_file_make_dirs(folder, TB_FILE_PRIVATE, &why) != TB_OK)
		return tb_args_error(v->client.args, "%s", why.text);
	if (tb_mirror(v->client.where, folder, &options, &fault) == TB_OK)
		return TB_EXIT_OK;
	tb_fault_text(&fault, text, sizeof text);
	return tb_args_error(v->client.args, "cannot copy the board: %s", text);
}

static int check(tb_verified *v, show *s, const char *folder)
{
	const tb_manifest *m = tb_board_manifest(v->client.board);
	const tb_check_options options = {
		.trust = {.origin = m->origin,
			.log_key = m->server_log_key,
			.seen = (const char *)v->client.checkpoint_text.data,
			.seen_len = v->client.checkpoint_text.len},
		.sink = {.user = s, .failure = on_failure, .stage = on_stage, .progress = on_progress},
	};
	tb_source *source = NULL;
	tb_fault fault;
	tb_why why = {""};
	char text[1024];
	tb_err err;

	if (tb_source_open(&source, folder, &why) != TB_OK)
		return tb_args_error(v->client.args, "%s", why.text);
	err = tb_check_run(&v->report, source, &options, &fault);
	tb_source_free(source);
	v->has_report = err == TB_OK;
	if (err != TB_OK) {
		tb_fault_text(&fault, text, sizeof text);
		return tb_args_error(v->client.args, "the board could not be verified: %s", text);
	}
	if (v->report.verdict != TB_VERDICT_FALSE && v->report.board != NULL)
		return TB_EXIT_OK;
	(void)tb_args_error(v->client.args, "the board does not verify; nothing was signed");
	return TB_EXIT_NO;
}

int tb_verified_open(tb_verified *v, const tb_args *args)
{
	char folder[1200];
	show s = {.is_running = false};
	int exit_code;

	v->has_report = false;
	exit_code = tb_client_open(&v->client, args, TB_CLIENT_SETUP);
	if (exit_code == TB_EXIT_OK && !v->client.is_url)
		exit_code = tb_args_error(
			args, "expected the URL of a board, found the file %s", v->client.where);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	tb_client_state_path(&v->client, folder, sizeof folder, "board");
	exit_code = copy(v, &s, folder);
	if (exit_code == TB_EXIT_OK)
		exit_code = check(v, &s, folder);
	if (s.is_running)
		tb_progress_end(&s.bar);
	return exit_code;
}

void tb_verified_close(tb_verified *v)
{
	if (v->has_report)
		tb_check_report_release(&v->report);
	tb_client_close(&v->client);
}

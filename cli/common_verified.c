/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_verified.h"

#include <stdio.h>
#include <string.h>

#include "core/base/progress.h"

/* ---- what is shown meanwhile ---- */

typedef struct show {
	tb_progress bar;
	bool is_running;
} show;

static void begin(show *s, const char *label, uint64_t total)
{
	if (s->is_running)
		tb_progress_end(&s->bar);
	tb_progress_begin(&s->bar, label, total);
	s->is_running = true;
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
	(void)tb_args_error(v->client.args,
		v->client.is_url
			? "the board does NOT verify (its copy is %s; without it everything is copied anew)"
			: "the board does NOT verify (%s)",
		folder);
	return TB_EXIT_NO;
}

int tb_verified_open(tb_verified *v, const tb_args *args)
{
	char folder[TB_STATE_PATH_MAX];
	show s = {.is_running = false};
	int exit_code;

	v->has_report = false;
	exit_code = tb_client_open(&v->client, args, TB_CLIENT_SETUP);
	if (exit_code == TB_EXIT_OK && v->client.is_url)
		exit_code = tb_client_copy(&v->client, folder);
	if (exit_code == TB_EXIT_OK)
		exit_code = check(v, &s, v->client.is_url ? folder : tb_args_operand(args, 0));
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

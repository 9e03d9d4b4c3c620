/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tb_err get(tb_source *s, const char *path, tb_buf *out, tb_why *why)
{
	const tb_files_source *source = (const tb_files_source *)s;
	const tb_maker_file *file = tb_maker_files_find(source->files, path);

	why->text[0] = 0;
	if (file == NULL)
		return TB_ERR_NOT_FOUND;
	tb_buf_append(out, file->bytes.data, file->bytes.len);
	return tb_buf_status(out);
}

static tb_err list_counts(tb_source *s, tb_count_paths *out, tb_why *why)
{
	const tb_files_source *source = (const tb_files_source *)s;
	tb_err err = TB_OK;

	(void)why;
	for (size_t i = 0; i < source->files->num && err == TB_OK; i++)
		if (tb_count_path_is_valid(source->files->file[i].path))
			err = tb_count_paths_add(out, source->files->file[i].path);
	return err;
}

static void nothing_to_free(tb_source *s)
{
	(void)s;
}

void tb_files_source_init(tb_files_source *s, const tb_maker_files *files)
{
	static const tb_source_ops ops = {.get = get, .free = nothing_to_free, .list_counts = list_counts};

	s->head.ops = &ops;
	s->files = files;
}

static void on_failure(void *user, const tb_check_failure *f)
{
	tb_checked *c = user;

	if (c->num == c->cap) {
		c->cap = c->cap == 0 ? 16 : 2 * c->cap;
		c->failure = realloc(c->failure, c->cap * sizeof *c->failure);
		TB_REQUIRE(c->failure != NULL);
	}
	c->failure[c->num++] = *f;
}

void tb_checked_run(tb_checked *out, const tb_maker_files *files, const tb_check_options *options)
{
	tb_check_options o = {.threads = 2};
	tb_files_source source;
	tb_fault fault;
	char text[700];

	memset(out, 0, sizeof *out);
	if (options != NULL)
		o = *options;
	o.sink = (tb_check_sink){.user = out, .failure = on_failure};
	tb_files_source_init(&source, files);
	if (tb_check_run(&out->report, &source.head, &o, &fault) != TB_OK) {
		tb_fault_text(&fault, text, sizeof text);
		(void)fprintf(stderr, "check_board: %s\n", text);
		abort();
	}
}

void tb_checked_release(tb_checked *c)
{
	tb_check_report_release(&c->report);
	free(c->failure);
	memset(c, 0, sizeof *c);
}

bool tb_checked_has(const tb_checked *c, const char *rule)
{
	for (size_t i = 0; i < c->num; i++)
		if (strcmp(c->failure[i].fault.rule, rule) == 0)
			return true;
	return false;
}

bool tb_checked_says(const tb_checked *c, const char *code)
{
	for (size_t i = 0; i < c->report.num_statements; i++)
		if (strcmp(c->report.statements[i].code, code) == 0)
			return true;
	return false;
}

void tb_checked_print_failures(const tb_checked *c)
{
	char text[700];

	for (size_t i = 0; i < c->num; i++) {
		tb_fault_text(&c->failure[i].fault, text, sizeof text);
		(void)fprintf(stderr, "check %d, entry %lld: %s\n", (int)c->failure[i].check,
			c->failure[i].has_entry ? (long long)c->failure[i].entry : -1, text);
	}
	for (int n = 1; n < TB_CHECK_END; n++)
		if (c->report.line[n].state != TB_CHECK_OK)
			(void)fprintf(stderr, "check %d: state %d, covered %llu, skipped %llu %s\n", n,
				(int)c->report.line[n].state, (unsigned long long)c->report.line[n].covered,
				(unsigned long long)c->report.line[n].skipped, c->report.line[n].note);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/make_board.h"

/*
 * Writes the record of a small election to a folder, or to an archive if the name ends in .tar.  For large ones see
 * tests/bench/tool_big_board.c.
 */
static const char usage[] = "Usage: tool_make_board OUT [name=value ...]\n"
			    "  group, slug, seed, voters, chunk, trustees, threshold, endorsers, abstain, "
			    "revote, weights, extras=1, small=1, ranked=1,\n"
			    "  until=ready|open|voted|closed|endorsed|mixed|decrypted|result\n";

static bool take(tb_maker_config *c, const char **until, const char *name, const char *value)
{
	const struct {
		const char *name;
		uint32_t *at;
	} numbers[] = {{"voters", &c->num_voters}, {"chunk", &c->chunk}, {"trustees", &c->num_trustees},
		{"threshold", &c->threshold}, {"endorsers", &c->num_endorsers}, {"abstain", &c->abstain},
		{"revote", &c->revote}, {"weights", &c->weights}};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (strcmp(name, numbers[i].name) == 0) {
			*numbers[i].at = (uint32_t)strtoul(value, NULL, 10);
			return true;
		}
	if (strcmp(name, "group") == 0)
		c->group = value;
	else if (strcmp(name, "slug") == 0)
		c->slug = value;
	else if (strcmp(name, "seed") == 0)
		c->seed = strtoull(value, NULL, 10);
	else if (strcmp(name, "extras") == 0)
		c->extras = value[0] == '1';
	else if (strcmp(name, "small") == 0)
		c->small = value[0] == '1';
	else if (strcmp(name, "ranked") == 0)
		c->ranked = value[0] == '1';
	else if (strcmp(name, "until") == 0)
		*until = value;
	else
		return false;
	return true;
}

static bool run(tb_maker *m, const char *until)
{
	static const struct {
		const char *name;
		void (*run)(tb_maker *m);
	} stages[] = {{"ready", tb_maker_until_ready}, {"open", tb_maker_until_open},
		{"voted", tb_maker_until_voted}, {"closed", tb_maker_until_closed},
		{"endorsed", tb_maker_until_endorsed}, {"mixed", tb_maker_until_mixed},
		{"decrypted", tb_maker_until_decrypted}, {"result", tb_maker_run}};

	for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
		if (strcmp(until, stages[i].name) == 0) {
			stages[i].run(m);
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	tb_maker_config config = {.num_voters = 5};
	const char *until = "result";
	tb_maker_files files;
	tb_maker *m;
	size_t len;

	for (int i = 2; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (value == NULL || (*value = 0, !take(&config, &until, argv[i], value + 1))) {
			(void)fputs(usage, stderr);
			return 2;
		}
	}
	if (argc < 2) {
		(void)fputs(usage, stderr);
		return 2;
	}
	m = tb_maker_new(&config);
	if (!run(m, until)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	tb_maker_files_new(m, &files);
	if (tb_board_phase(m->board) == TB_PHASE_FINISHED)
		tb_maker_files_add_counts(m, &files);
	len = strlen(argv[1]);
	if (len > 4 && strcmp(argv[1] + len - 4, ".tar") == 0)
		tb_maker_files_write_tar(&files, argv[1]);
	else
		tb_maker_files_write_folder(&files, argv[1]);
	tb_maker_files_free(&files);
	tb_maker_free(m);
	return 0;
}

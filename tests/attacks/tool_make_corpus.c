/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/attack.h"

/*
 * Writes the corpus of attacks: one archive for each record, what the user of a verifier knows besides (an older checkpoint, a
 * fingerprint), and cases.tsv, which says what must be reported.  tests/attacks/README.md explains the columns.
 */
static const char usage[] = "Usage: tool_make_corpus FOLDER | --list\n";

static const char head[] =
	"# id\texit\tcheck\trule\tentry\twhere\tknows\tattacker\twhat was done\n"
	"# Made by tool_make_corpus --list; tests/attacks/README.md explains the columns.\n";

static void write_line(FILE *out, const tb_attack_run *r)
{
	const tb_attack *a = r->attack;
	const char *knows = r->seen.len > 0 ? "seen" : r->has_context ? "fingerprint" : "-";

	if (a->rule == NULL) {
		(void)fprintf(out, "%s\t0\t-\t-\t-\t-\t-\t%s\t%s\n", a->id, a->attacker, a->text);
		return;
	}
	(void)fprintf(out, "%s\t1\t%d\t%s\t", a->id, (int)a->check, a->rule);
	if (r->has_entry)
		(void)fprintf(out, "%" PRIu64, r->entry);
	else
		(void)fputs("-", out);
	(void)fprintf(
		out, "\t%s\t%s\t%s\t%s\n", r->where[0] != 0 ? r->where : "-", knows, a->attacker, a->text);
}

static FILE *create(const char *folder, const char *id, const char *suffix)
{
	char path[1200];
	FILE *f;

	(void)snprintf(path, sizeof path, "%.900s/%s%s", folder, id, suffix);
	f = fopen(path, "wb");
	if (f == NULL) {
		perror(path);
		exit(2);
	}
	return f;
}

static void finish(FILE *f)
{
	if (fclose(f) != 0) {
		perror("corpus");
		exit(2);
	}
}

static void write_case(const char *folder, const tb_attack_run *r)
{
	char path[1200], fingerprint[TB_FINGERPRINT_TEXT];
	FILE *f;

	(void)snprintf(
		path, sizeof path, "%.900s/%s%s", folder, r->attack->id, r->attack->as_folder ? "" : ".tar");
	if (r->attack->as_folder)
		tb_maker_files_write_folder(&r->files, path);
	else
		tb_maker_files_write_tar(&r->files, path);
	if (r->seen.len > 0) {
		f = create(folder, r->attack->id, ".seen");
		(void)fwrite(r->seen.data, 1, r->seen.len, f);
		finish(f);
	}
	if (r->has_context) {
		f = create(folder, r->attack->id, ".fingerprint");
		tb_check_fingerprint(fingerprint, r->context);
		(void)fprintf(f, "%s\n", fingerprint);
		finish(f);
	}
}

int main(int argc, char **argv)
{
	bool is_list = argc == 2 && strcmp(argv[1], "--list") == 0;
	const tb_attack *a;
	FILE *cases;

	if (argc != 2 || (argv[1][0] == '-' && !is_list)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	if (!is_list && mkdir(argv[1], 0755) != 0 && access(argv[1], W_OK) != 0) {
		perror(argv[1]);
		return 2;
	}
	cases = is_list ? stdout : create(argv[1], "cases", ".tsv");
	(void)fputs(head, cases);
	for (size_t n = 0; (a = tb_attack_nth(n)) != NULL; n++) {
		tb_attack_run r;

		tb_attack_run_new(&r, a);
		write_line(cases, &r);
		if (!is_list)
			write_case(argv[1], &r);
		tb_attack_run_free(&r);
	}
	finish(cases);
	return 0;
}

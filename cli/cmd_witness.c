/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"

/* The witness is a program of its own, since it is a server; `tabella witness` finds it beside this one. */

/* Its path; false when it is too long or unknown. */
static bool find_program(char out[PATH_MAX])
{
	static const char name[] = "tabella-witness";
	ssize_t len = readlink("/proc/self/exe", out, PATH_MAX);
	char *slash;

	if (len <= 0 || len >= PATH_MAX)
		return false;
	out[len] = '\0';
	slash = strrchr(out, '/');
	if (slash == NULL || (size_t)(slash + 1 - out) + sizeof name > PATH_MAX)
		return false;
	memcpy(slash + 1, name, sizeof name);
	return true;
}

#define MAX_WORDS 4096

typedef struct words {
	const char *at[MAX_WORDS];
	size_t num;
} words;

static void add(words *w, const char *word)
{
	if (w->num < MAX_WORDS - 1)
		w->at[w->num++] = word;
}

static void pass_on(words *w, const tb_args *args, const char *name, const char *option)
{
	const char *value;

	for (size_t i = 0; (value = tb_args_get_nth(args, name, i)) != NULL; i++) {
		add(w, option);
		add(w, value);
	}
}

static int run_witness(const tb_args *args)
{
	static words w;
	char path[PATH_MAX];

	add(&w, "tabella-witness");
	pass_on(&w, args, "data", "--data");
	pass_on(&w, args, "name", "--name");
	pass_on(&w, args, "log", "--log");
	pass_on(&w, args, "logs", "--logs");
	pass_on(&w, args, "listen", "--listen");
	pass_on(&w, args, "port-file", "--port-file");
	if (tb_args_has(args, "init"))
		add(&w, "--init");
	if (w.num == MAX_WORDS - 1)
		return tb_args_error(args, "--log: too many; use --logs FILE");
	if (find_program(path))
		(void)execv(path, (char *const *)(void *)w.at);
	return tb_args_error(
		args, "cannot start tabella-witness, which stands beside tabella: %s", strerror(errno));
}

static const tb_flag witness_flags[] = {
	{"data", "DIR", "the folder of the witness: its key and its memory", true, false},
	{"init", NULL, "make the folder and a key, and print the line for election files", false, false},
	{"name", "NAME", "what the key shall be called, such as witness.example.org", false, false},
	{"log", "VKEY", "a log that is cosigned: its verifier key", false, true},
	{"logs", "FILE", "the same, one key a line", false, false},
	{"listen", "HOST:PORT", "where to listen (127.0.0.1:8090); port 0 = any free one", false, false},
	{"port-file", "FILE", "write the port there once it listens", false, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_witness = {
	.name = "witness",
	.operands = "",
	.min_operands = 0,
	.max_operands = 0,
	.summary = "be a witness: cosign heads of logs that never show a second history",
	.details = "A small server for auditors (C2SP tlog-witness).  It never cosigns two heads that "
		   "contradict each\n"
		   "other, also when it is killed at any moment, and keeps evidence of those that do.",
	.flags = witness_flags,
	.run = run_witness,
};

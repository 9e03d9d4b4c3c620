/* SPDX-License-Identifier: Apache-2.0 */
#include "witness/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"

#ifndef TB_VERSION
#define TB_VERSION "unknown"
#endif

#define LIST_MAX_BYTES (1u << 20)

static const char usage[] =
	"usage: tabella-witness --data DIR --name NAME --init\n"
	"       tabella-witness --data DIR --log KEY ... [options]\n"
	"\n"
	"Cosigns heads of logs that continue those it cosigned before (C2SP tlog-witness).\n"
	"\n"
	"  --data DIR        the folder of the witness: its key and its memory (required)\n"
	"  --init            make the folder and a key, and print the line for election files\n"
	"  --name NAME       what the key shall be called, such as witness.example.org\n"
	"  --log KEY         a log that is cosigned: its verifier key NAME+ID+BASE64; may be given again\n"
	"  --logs FILE       the same, one key a line\n"
	"  --listen ADDRESS  host:port (127.0.0.1:8090); port 0 = any free one\n"
	"  --port-file FILE  write the port there once it listens\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 stopped as asked, 1 failed, 2 wrong usage.\n";

int tb_witness_error(int code, const char *format, ...)
{
	va_list args;

	(void)fputs("tabella-witness: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	return code;
}

static int add_log(tb_witness_options *o, const char *where, const char *text, size_t len)
{
	tb_vkey key, *list;

	if (tb_vkey_parse(&key, text, len) != TB_OK || key.type != TB_VKEY_ED25519)
		return tb_witness_error(TB_WITNESS_USAGE,
			"%s: expected the verifier key of a log, NAME+ID+BASE64, found \"%.*s\"", where,
			(int)(len < 80 ? len : 80), text);
	for (size_t i = 0; i < o->num_logs; i++)
		if (strcmp(o->logs[i].name, key.name) == 0)
			return tb_witness_error(
				TB_WITNESS_USAGE, "%s: the log %s is named twice", where, key.name);
	if (o->num_logs == TB_WITNESS_MAX_LOGS)
		return tb_witness_error(TB_WITNESS_USAGE, "%s: at most %d logs", where, TB_WITNESS_MAX_LOGS);
	list = realloc(o->logs, (o->num_logs + 1) * sizeof *list);
	if (list == NULL)
		return tb_witness_error(TB_WITNESS_FAILED, "out of memory");
	o->logs = list;
	list[o->num_logs++] = key;
	return -1;
}

static int add_logs(tb_witness_options *o, const char *path)
{
	char where[300];
	tb_why why;
	tb_buf text;
	unsigned number = 0;
	int code = -1;

	tb_buf_init(&text, LIST_MAX_BYTES);
	if (tb_file_read(&text, path, &why) != TB_OK)
		code = tb_witness_error(TB_WITNESS_USAGE, "--logs: %s", why.text);
	for (const char *at = tb_buf_cstr(&text), *end; code == -1 && *at != '\0'; at = end) {
		size_t len = strcspn(at, "\n");

		end = at + len + (at[len] == '\n' ? 1 : 0);
		number++;
		if (len == 0 || *at == '#')
			continue;
		(void)snprintf(where, sizeof where, "%.200s, line %u", path, number);
		code = add_log(o, where, at, len);
	}
	tb_buf_release(&text);
	return code;
}

static int take(tb_witness_options *o, int option, const char *value)
{
	switch (option) {
	case 'd':
		o->data = value;
		return -1;
	case 'n':
		o->name = value;
		return -1;
	case 'i':
		o->init = true;
		return -1;
	case 'a':
		o->listen = value;
		return -1;
	case 'p':
		o->port_file = value;
		return -1;
	case 'l':
		return add_log(o, "--log", value, strlen(value));
	case 'f':
		return add_logs(o, value);
	case 'h':
		(void)fputs(usage, stdout);
		return TB_WITNESS_OK;
	case 'v':
		(void)puts("tabella-witness " TB_VERSION);
		return TB_WITNESS_OK;
	default: /* getopt has said what is wrong */
		(void)fputs("Try 'tabella-witness --help'.\n", stderr);
		return TB_WITNESS_USAGE;
	}
}

static int check(const tb_witness_options *o)
{
	if (o->data == NULL)
		return tb_witness_error(
			TB_WITNESS_USAGE, "--data says where the witness lives: it is needed");
	if (o->init && (o->name == NULL || !tb_key_name_is_valid(o->name, strlen(o->name))))
		return tb_witness_error(TB_WITNESS_USAGE,
			"--name: expected a name such as witness.example.org, without space and +");
	if (o->init && o->num_logs > 0)
		return tb_witness_error(TB_WITNESS_USAGE, "--init knows no logs yet");
	if (!o->init && o->name != NULL)
		return tb_witness_error(TB_WITNESS_USAGE, "--name is chosen once, with --init");
	if (!o->init && o->num_logs == 0)
		return tb_witness_error(
			TB_WITNESS_USAGE, "--log or --logs says what is cosigned: one is needed");
	return -1;
}

int tb_witness_options_parse(tb_witness_options *out, int argc, char **argv)
{
	static const struct option options[] = {{"data", required_argument, NULL, 'd'},
		{"name", required_argument, NULL, 'n'}, {"init", no_argument, NULL, 'i'},
		{"listen", required_argument, NULL, 'a'}, {"port-file", required_argument, NULL, 'p'},
		{"log", required_argument, NULL, 'l'}, {"logs", required_argument, NULL, 'f'},
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'v'}, {NULL, 0, NULL, 0}};
	int option;

	*out = (tb_witness_options){.listen = "127.0.0.1:8090"};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		int code = take(out, option, optarg);

		if (code != -1)
			return code;
	}
	if (optind != argc)
		return tb_witness_error(
			TB_WITNESS_USAGE, "found \"%.80s\", which is no option", argv[optind]);
	return check(out);
}

void tb_witness_options_release(tb_witness_options *o)
{
	free(o->logs);
	o->logs = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/log/note.h"

#ifndef TB_VERSION
#define TB_VERSION "unknown"
#endif

static const char usage[] =
	"Usage: tabella-verify [options] BOARD\n"
	"       tabella-verify [options] --client URL\n"
	"       tabella-verify --evidence FILE\n"
	"\n"
	"Checks a whole election: every entry, signature, proof and number of a Tabella board.\n"
	"BOARD is http[s]://host/e/<slug>, a folder, or an archive (.tar).\n"
	"\n"
	"What you know from elsewhere (otherwise the board's own word is taken, and the report says so):\n"
	"  --manifest FILE      the manifest, as its entry holds it\n"
	"  --key KEY            the log key: base64, or a verifier key \"origin+id+key\"\n"
	"  --origin NAME        the name of the log, host/e/<slug>\n"
	"  --fingerprint CODE   the fingerprint of the opening, 26 characters\n"
	"  --seen FILE          an older checkpoint of this log, which must still fit\n"
	"  --client URL         compare what the server of this election gives to browsers with what the "
	"board\n"
	"                       names; BOARD is then the same URL if it is not given\n"
	"  --evidence FILE      instead of a board: check what proves that a log was forked\n"
	"\n"
	"How:\n"
	"  --threads N          1 to 64; one for each core if not given\n"
	"  --save PATH          keep a copy of the board: a folder, or an archive if PATH ends in .tar\n"
	"  --all                list every failure, not the first 20 of each check\n"
	"  --quiet              print the last line only\n"
	"  --json               print one JSON document\n"
	"  --help, --version\n"
	"\n"
	"Exit: 0 verified, 1 something is false, 2 wrong usage or input/output failed, 3 right so far but "
	"unfinished.\n";

int tb_verify_error(const char *format, ...)
{
	va_list args;

	(void)fputs("tabella-verify: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	return TB_VERIFY_USAGE;
}

static int take_threads(tb_verify_options *o, const char *text)
{
	uint64_t n;

	if (tb_decimal_parse(&n, text, strlen(text), 64) != TB_OK || n == 0)
		return tb_verify_error("--threads takes a number from 1 to 64, not \"%.40s\"", text);
	o->check.threads = (unsigned)n;
	return -1;
}

static int take_key(tb_verify_options *o, const char *text)
{
	tb_vkey key;

	if (tb_base64_parse_fixed(o->log_key, 32, text, strlen(text)) == TB_OK) {
		o->check.trust.log_key = o->log_key;
		return -1;
	}
	if (tb_vkey_parse(&key, text, strlen(text)) != TB_OK || key.type != TB_VKEY_ED25519)
		return tb_verify_error("--key takes 32 bytes in base64, or a verifier key \"origin+id+key\"");
	memcpy(o->log_key, key.key, 32);
	(void)snprintf(o->origin, sizeof o->origin, "%s", key.name);
	o->check.trust.log_key = o->log_key;
	o->check.trust.origin = o->origin;
	return -1;
}

static int take_origin(tb_verify_options *o, const char *text)
{
	if (!tb_key_name_is_valid(text, strlen(text)) || strlen(text) > TB_KEY_NAME_MAX)
		return tb_verify_error("--origin takes a name such as vote.example.org/e/spring");
	if (o->check.trust.origin != NULL && strcmp(o->check.trust.origin, text) != 0)
		return tb_verify_error("--origin and the name in --key differ");
	(void)snprintf(o->origin, sizeof o->origin, "%s", text);
	o->check.trust.origin = o->origin;
	return -1;
}

static int take_fingerprint(tb_verify_options *o, const char *text)
{
	if (tb_crockford_parse(o->context, sizeof o->context, text, strlen(text)) != TB_OK)
		return tb_verify_error(
			"--fingerprint takes the 26 characters that a client shows, in groups of 4");
	o->check.trust.context = o->context;
	return -1;
}

static int take_file(tb_buf *out, const char *option, const char *path)
{
	tb_why why;

	tb_buf_clear(out);
	if (tb_file_read(out, path, &why) != TB_OK)
		return tb_verify_error("%s: %s", option, why.text);
	return -1;
}

static int take_manifest(tb_verify_options *o, const char *path)
{
	int code = take_file(&o->manifest, "--manifest", path);

	if (code != -1)
		return code;
	/* An editor may have ended the line. */
	if (o->manifest.len > 0 && o->manifest.data[o->manifest.len - 1] == '\n')
		o->manifest.len--;
	o->check.trust.manifest = o->manifest.data;
	o->check.trust.manifest_len = o->manifest.len;
	return o->manifest.len == 0 ? tb_verify_error("--manifest: %s is empty", path) : -1;
}

static int take_seen(tb_verify_options *o, const char *path)
{
	int code = take_file(&o->seen, "--seen", path);

	if (code != -1)
		return code;
	o->check.trust.seen = tb_buf_cstr(&o->seen);
	o->check.trust.seen_len = o->seen.len;
	return -1;
}

enum {
	OPT_MANIFEST = 256,
	OPT_KEY,
	OPT_ORIGIN,
	OPT_FINGERPRINT,
	OPT_SEEN,
	OPT_EVIDENCE,
	OPT_CLIENT,
	OPT_THREADS,
	OPT_SAVE,
	OPT_ALL,
	OPT_QUIET,
	OPT_JSON,
	OPT_HELP,
	OPT_VERSION
};

static int take(tb_verify_options *o, int option, const char *value)
{
	switch (option) {
	case OPT_MANIFEST:
		return take_manifest(o, value);
	case OPT_KEY:
		return take_key(o, value);
	case OPT_ORIGIN:
		return take_origin(o, value);
	case OPT_FINGERPRINT:
		return take_fingerprint(o, value);
	case OPT_SEEN:
		return take_seen(o, value);
	case OPT_EVIDENCE:
		o->evidence = value;
		return -1;
	case OPT_CLIENT:
		o->client = value;
		return -1;
	case OPT_THREADS:
		return take_threads(o, value);
	case OPT_SAVE:
		o->save = value;
		return -1;
	case OPT_ALL:
		o->all = true;
		return -1;
	case OPT_QUIET:
		o->quiet = true;
		return -1;
	case OPT_JSON:
		o->json = true;
		return -1;
	case OPT_HELP:
		(void)fputs(usage, stdout);
		return TB_VERIFY_OK;
	case OPT_VERSION:
		(void)puts("tabella-verify " TB_VERSION);
		return TB_VERIFY_OK;
	default: /* getopt has said what is wrong */
		(void)fputs("Try 'tabella-verify --help'.\n", stderr);
		return TB_VERIFY_USAGE;
	}
}

int tb_verify_options_parse(tb_verify_options *out, int argc, char **argv)
{
	static const struct option options[] = {{"manifest", required_argument, NULL, OPT_MANIFEST},
		{"key", required_argument, NULL, OPT_KEY}, {"origin", required_argument, NULL, OPT_ORIGIN},
		{"fingerprint", required_argument, NULL, OPT_FINGERPRINT},
		{"seen", required_argument, NULL, OPT_SEEN},
		{"evidence", required_argument, NULL, OPT_EVIDENCE},
		{"client", required_argument, NULL, OPT_CLIENT},
		{"threads", required_argument, NULL, OPT_THREADS},
		{"save", required_argument, NULL, OPT_SAVE}, {"all", no_argument, NULL, OPT_ALL},
		{"quiet", no_argument, NULL, OPT_QUIET}, {"json", no_argument, NULL, OPT_JSON},
		{"help", no_argument, NULL, OPT_HELP}, {"version", no_argument, NULL, OPT_VERSION},
		{NULL, 0, NULL, 0}};
	int option;

	memset(out, 0, sizeof *out);
	tb_buf_init(&out->manifest, TB_MANIFEST_MAX_BYTES + 1);
	tb_buf_init(&out->seen, TB_NOTE_MAX_BYTES);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		int code = take(out, option, optarg);

		if (code != -1)
			return code;
	}
	if (out->evidence != NULL && optind == argc && out->client == NULL)
		return -1;
	if (out->client != NULL && optind == argc && out->evidence == NULL) {
		out->board = out->client;
		return -1;
	}
	if (optind + 1 != argc || out->evidence != NULL) {
		(void)tb_verify_error(out->evidence != NULL ? "a board or --evidence, not both"
				      : optind >= argc      ? "which board?"
							    : "one board at a time");
		(void)fputs("Try 'tabella-verify --help'.\n", stderr);
		return TB_VERIFY_USAGE;
	}
	out->board = argv[optind];
	return -1;
}

void tb_verify_options_release(tb_verify_options *o)
{
	tb_buf_release(&o->manifest);
	tb_buf_release(&o->seen);
}

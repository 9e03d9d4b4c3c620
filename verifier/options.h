/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_VERIFIER_OPTIONS_H
#define TB_VERIFIER_OPTIONS_H

#include "core/election/check.h"

/* What the command line asks for. */
typedef struct tb_verify_options {
	const char *board;    /* a URL, a folder or an archive; NULL with `evidence` */
	const char *evidence; /* a file to be checked instead of a board, or NULL */
	const char *client;   /* the election's URL on a server whose pages and files are compared, or NULL */
	const char *save;     /* where a copy is kept, or NULL */
	bool json, all, quiet;
	tb_check_options check; /* what the user trusts points into the rest of this struct */
	char origin[TB_KEY_NAME_MAX + 1];
	uint8_t log_key[32], context[TB_FINGERPRINT_BYTES];
	tb_buf manifest, seen;
} tb_verify_options;

/* Exit codes [CHECK]. */
enum { TB_VERIFY_OK = 0, TB_VERIFY_FALSE = 1, TB_VERIFY_USAGE = 2, TB_VERIFY_UNFINISHED = 3 };

/* Reads the command line.  -1: go on.  Otherwise the exit code: something was asked that is answered already (--help,
 * --version), or is wrong, which has been said on stderr. */
int tb_verify_options_parse(tb_verify_options *out, int argc, char **argv);
void tb_verify_options_release(tb_verify_options *o);

/* "tabella-verify: <text>" on stderr; returns TB_VERIFY_USAGE. */
__attribute__((format(printf, 1, 2))) int tb_verify_error(const char *format, ...);

#endif

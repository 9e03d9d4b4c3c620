/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_WITNESS_OPTIONS_H
#define TB_WITNESS_OPTIONS_H

#include "core/log/note.h"

#define TB_WITNESS_MAX_LOGS 1000

/* What the command line asks for. */
typedef struct tb_witness_options {
	const char *data;      /* the folder of the witness */
	const char *listen;    /* "127.0.0.1:8090" */
	const char *port_file; /* or NULL */
	const char *name;      /* of its key; needed with `init` */
	bool init;
	tb_vkey *logs; /* owned */
	size_t num_logs;
} tb_witness_options;

enum { TB_WITNESS_OK = 0, TB_WITNESS_FAILED = 1, TB_WITNESS_USAGE = 2 };

/* -1: go on.  Otherwise the exit code: --help and --version are answered, or what is wrong has been said on stderr. */
int tb_witness_options_parse(tb_witness_options *out, int argc, char **argv);
void tb_witness_options_release(tb_witness_options *o);

/* "tabella-witness: <text>" on stderr; returns `code`. */
__attribute__((format(printf, 2, 3))) int tb_witness_error(int code, const char *format, ...);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_HTTP_FILES_H
#define TB_TESTS_SUPPORT_HTTP_FILES_H

#include <pthread.h>
#include <stdatomic.h>

#include "tests/support/make_board.h"

/* A small HTTP server on a port of its own, in a thread, that serves the files of a board below /e/<slug>/. */
typedef struct tb_http_files {
	const tb_maker_files *files;
	char url[80]; /* "http://127.0.0.1:<port>/e/x" */
	int fd;
	_Atomic bool grown; /* as when the log has grown: partial files are gone, full ones longer */
	_Atomic unsigned break_every; /* every so many-th connection is closed without an answer; 0 = none */
	_Atomic unsigned requests;
	pthread_t thread;
} tb_http_files;

void tb_http_files_start(
	tb_http_files *s, const tb_maker_files *files); /* set grown and break_every afterwards */
void tb_http_files_stop(tb_http_files *s);

#endif

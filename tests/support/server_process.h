/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_SERVER_PROCESS_H
#define TB_TESTS_SUPPORT_SERVER_PROCESS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "net/fetch.h"
#include "tests/support/make_board.h"

/*
 * tabella-server as a process with a data folder of its own, and makers that post to it over HTTP with the clock of the
 * machine.  The program is that of the folder TB_BUILD.  Whatever fails aborts.
 */
typedef struct server_process {
	char folder[200], port_file[260], program[600];
	char admin_key[64]; /* of every maker with seed 0 */
	tb_role_public keys;
	pid_t pid; /* 0: not running */
	_Atomic unsigned port;
	tb_fetch *client;               /* of the makers */
	void (*change)(tb_manifest *m); /* of the makers' elections; NULL for none */
} server_process;

void server_process_new(server_process *p); /* a folder below TMPDIR, and the keys in it; starts nothing */
void server_process_free(server_process *p);
void server_process_give(
	server_process *p, const char *board);     /* a copy of this database, before it is started */
void server_process_start(server_process *p);      /* and waits until it listens */
int server_process_start_fails(server_process *p); /* the status with which it exits instead */
void server_process_kill(server_process *p);       /* SIGKILL */
int server_process_stop(server_process *p, int signal_number); /* returns the status of waitpid() */

/* What it holds now: KiB of memory, descriptors; seconds of processor that it has used so far. */
size_t server_process_memory(const server_process *p);
size_t server_process_num_files(const server_process *p);
double server_process_used(const server_process *p);

tb_fetch *server_process_client(void); /* tries once */
/* "http://127.0.0.1:<port><path>" */
void server_process_url(const server_process *p, char out[200], const char *path);
/* The status, or 0 when no answer came.  `body` is cleared first. */
long server_process_get(const server_process *p, tb_fetch *f, const char *path, tb_buf *body);
long server_process_post(const server_process *p, tb_fetch *f, const char *path, const tb_buf *json,
	tb_buf *body, uint64_t *index);

/* The polls are open from now, for an hour, to the second; what the maker posts goes to the server, and what it takes in is what
 * the server has made of it.  config->edit is not used. */
tb_maker *server_process_maker(server_process *p, const tb_maker_config *config);
/* The ballot that `voter` would cast now: the JSON of its submission (appended), and its payload (may be NULL). */
void server_process_plan_vote(tb_maker *m, uint32_t voter, tb_buf *json, tb_buf *payload);

#endif

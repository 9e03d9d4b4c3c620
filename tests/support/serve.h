/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_SERVE_H
#define TB_TESTS_SUPPORT_SERVE_H

#include <stdatomic.h>

#include "server/route.h"
#include "tests/support/client_sample.h"
#include "tests/support/make_board.h"

/*
 * A server without sockets, in this process, with a clock that the test sets: requests go straight to server/route.c.
 *
 * A maker that is attached posts every entry to the server and takes in what the server's log then has at that place:
 * the server must have changed nothing but times of its own and its own entries (open, close, result), for which it is
 * waited.  So after any number of steps both have the same log, made by two programs.  Whatever fails aborts.
 */
typedef struct serve {
	tb_config config;
	tb_server_keys keys;
	const tb_client *client; /* client_none at the start */
	tb_clock clock;
	tb_app app;
	_Atomic uint64_t now;
	char folder[64], path[96];
	unsigned num_posts;
} serve;

/* Its keys are those of every maker with this seed, and their admin may create elections. */
void serve_start(serve *s, uint64_t seed);
void serve_restart(serve *s); /* stops as a signal would, and starts again from the same file */
void serve_restart_with(serve *s, const tb_client *client); /* as a server that was built with this client */
void serve_stop(serve *s);                                  /* and removes the folder */

/* A maker with this configuration that is attached to the server. */
tb_maker *serve_maker(serve *s, const tb_maker_config *config);

/* One request; waits for the answer; a stream is read to its end into response->body.  Returns the status.  The caller
 * releases the response. */
unsigned serve_request(serve *s, tb_http_response *response, const char *method, const char *path,
	const void *body, size_t body_len);
/* The same with all the headers of a request. */
unsigned serve_ask(serve *s, tb_http_response *response, const tb_http_request *request);
/* GET: the body goes into *out (cleared first; may be NULL). */
unsigned serve_get(serve *s, const char *path, tb_buf *out);
/* The JSON of a submission; appended. */
void serve_write_submission(tb_buf *out, const tb_entry *e);
/* POSTs an entry of the maker's election, signed as planned.  Releases the plan's payload. */
unsigned serve_post(serve *s, tb_maker *m, tb_maker_plan *plan, tb_http_response *response);
/* POSTs once more what became this entry of the maker. */
unsigned serve_repost(serve *s, tb_maker *m, uint64_t index, tb_http_response *response);
/* The rule that a problem names ("BALLOT.PREV"), or "" for another response. */
const char *serve_rule(const tb_http_response *response);
/* Waits until the log of the maker's election has this many entries. */
void serve_wait_size(serve *s, const char *slug, uint64_t size);

#endif

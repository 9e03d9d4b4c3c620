/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_HTTP_H
#define TB_SERVER_HTTP_H

#include "server/config.h"
#include "server/message.h"

/*
 * Sockets: the only file that knows libmicrohttpd is http.c.  It collects the body of each request under a cap, hands the whole
 * request to the handler, and sends the response.
 *
 * The handler is called by several threads.  answer() fills in *response and returns true; or, for a POST, it returns false,
 * keeps wake and call, and later calls wake(call) exactly once, from any thread: then finish() is called with what it has left
 * in *pending and fills in the response.  finish() is called also when the client has gone meanwhile.
 */
typedef struct tb_http tb_http;

typedef struct tb_http_handler {
	bool (*answer)(void *ctx, const tb_http_request *request, tb_http_response *response,
		void (*wake)(void *call), void *call, void **pending);
	void (*finish)(void *ctx, void *pending, tb_http_response *response);
	/* The largest body that may be sent to this path, asked before anything of it is read. */
	size_t (*max_body)(const char *path);
	void *ctx;
} tb_http_handler;

/* Listens and starts the threads.  RULE "CONFIG" with *fault, IO, MEMORY. */
TB_CHECKED tb_err tb_http_start(
	tb_http **out, const tb_config *config, const tb_http_handler *handler, tb_fault *fault);
/* "127.0.0.1:8080", as bound. */
const char *tb_http_address(const tb_http *h);
unsigned tb_http_port(const tb_http *h);
/* Takes no new connections or requests, waits until every request that was begun is answered, and ends the threads. */
void tb_http_stop(tb_http *h);

#endif

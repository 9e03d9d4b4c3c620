/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_HTTP_H
#define TB_SERVER_HTTP_H

#include "server/config.h"
#include "server/message.h"
#include "server/metrics.h"

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
	/* NULL when answer() always answers at once. */
	void (*finish)(void *ctx, void *pending, tb_http_response *response);
	/* May the request go on?  Asked before anything of its body is read; else it fills in *response and returns false.  NULL: all may. */
	bool (*admit)(void *ctx, const tb_http_request *request, tb_http_response *response);
	/* The largest body that may be sent to this path, asked before that. */
	size_t (*max_body)(void *ctx, const char *path);
	tb_metrics *metrics; /* where connections and responses are counted */
	void *ctx;
} tb_http_handler;

/* Listens at all addresses of *config, which is borrowed; connections wait until the start.  RULE "CONFIG" with *fault, MEMORY. */
TB_CHECKED tb_err tb_http_bind(
	tb_http **out, const tb_config *config, const tb_http_handler *handler, tb_fault *fault);
/* Starts the threads.  IO with *fault, MEMORY, LIMIT; tb_http_stop() is still to be called. */
TB_CHECKED tb_err tb_http_start(tb_http *h, tb_fault *fault);
/* The addresses, those of plain HTTP first. */
size_t tb_http_num(const tb_http *h);
const char *tb_http_address(const tb_http *h, size_t i); /* "127.0.0.1:8080", as bound */
unsigned tb_http_port(const tb_http *h, size_t i);
bool tb_http_is_tls(const tb_http *h, size_t i);
/* Takes no new connections or requests, waits until every request that was begun is answered, and ends the threads. */
void tb_http_stop(tb_http *h);

#endif

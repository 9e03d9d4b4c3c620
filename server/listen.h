/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_LISTEN_H
#define TB_SERVER_LISTEN_H

#include "server/config.h"

/* A socket that waits for connections. */
typedef struct tb_listener {
	int fd;
	unsigned port;
	char address[300]; /* "127.0.0.1:8080", as bound */
} tb_listener;

/* Binds "host:port" (`where`) and listens; close() it afterwards.  RULE "CONFIG" with *fault. */
TB_CHECKED tb_err tb_listener_open(tb_listener *out, const char *where, tb_fault *fault);

#endif

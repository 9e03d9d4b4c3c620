/* SPDX-License-Identifier: Apache-2.0 */
#include "server/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 512

static int bind_one(const struct addrinfo *a)
{
	int on = 1, fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	on = errno;
	(void)close(fd);
	errno = on;
	return -1;
}

tb_err tb_listener_open(tb_listener *out, const char *where, tb_fault *fault)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
			*found = NULL;
	struct sockaddr_storage bound;
	socklen_t bound_len = sizeof bound;
	char host[256], port[8];
	int code, fd = -1;
	tb_err err = tb_config_split_listen(where, host, port, fault);

	if (err != TB_OK)
		return err;
	code = getaddrinfo(host, port, &hints, &found);
	if (code != 0)
		return tb_fault_set(
			fault, "CONFIG", "listen", "an address of this machine", gai_strerror(code));
	for (const struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next)
		fd = bind_one(a);
	code = errno;
	freeaddrinfo(found);
	if (fd < 0)
		return tb_fault_setf(fault, "CONFIG", "listen", "a free address of this machine", "%s: %s",
			where, strerror(code));
	TB_REQUIRE(getsockname(fd, (struct sockaddr *)&bound, &bound_len) == 0);
	TB_REQUIRE(getnameinfo((struct sockaddr *)&bound, bound_len, host, sizeof host, port, sizeof port,
			   NI_NUMERICHOST | NI_NUMERICSERV) == 0);
	out->port = (unsigned)strtoul(port, NULL, 10);
	(void)snprintf(out->address, sizeof out->address, "%s%s%s:%s", strchr(host, ':') != NULL ? "[" : "",
		host, strchr(host, ':') != NULL ? "]" : "", port);
	out->fd = fd;
	return TB_OK;
}

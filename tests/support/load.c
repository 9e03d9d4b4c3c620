/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 64
#define ANSWER_MAX (1u << 19)
#define SILENCE_MS 60000

typedef struct connection {
	int fd;
	load_call *call; /* NULL: it has nothing left to do */
	size_t sent, got;
	double started;
	char *answer;
} connection;

typedef struct load {
	load_call *calls;
	size_t num, next, num_done;
	char status_line[20];
	connection all[CONNECTIONS];
} load;

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "load: %.200s\n", what);
		tb_bug("a load failed");
	}
}

double load_now(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_MONOTONIC, &t) == 0, "clock");
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double load_sync_ms(const char *folder)
{
	char path[1200], bytes[4096] = "";
	load_call times[100];
	int fd;

	(void)snprintf(path, sizeof path, "%.1000s/sync", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0, path);
	for (size_t i = 0; i < 100; i++) {
		double started = load_now();

		must(write(fd, bytes, sizeof bytes) == sizeof bytes && fdatasync(fd) == 0, "fdatasync");
		times[i].seconds = load_now() - started;
	}
	(void)close(fd);
	(void)unlink(path);
	load_sort(times, 100);
	return 1000 * times[50].seconds;
}

/* ---- calls ---- */

void load_call_init(load_call *c, const char *path, const tb_buf *json)
{
	char head[400];
	int len;

	memset(c, 0, sizeof *c);
	if (json != NULL)
		len = snprintf(head, sizeof head,
			"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n\r\n", path,
			json->len);
	else
		len = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
	must(len > 0 && (size_t)len < sizeof head, "path");
	tb_buf_init(&c->request, 1u << 20);
	tb_buf_append(&c->request, head, (size_t)len);
	if (json != NULL)
		tb_buf_append(&c->request, json->data, json->len);
	must(tb_buf_status(&c->request) == TB_OK, "memory");
}

void load_call_release(load_call *c)
{
	tb_buf_release(&c->request);
	free(c->body);
	memset(c, 0, sizeof *c);
}

static int compare(const void *a, const void *b)
{
	double x = ((const load_call *)a)->seconds, y = ((const load_call *)b)->seconds;

	return x < y ? -1 : x > y;
}

void load_sort(load_call *calls, size_t num)
{
	qsort(calls, num, sizeof calls[0], compare);
}

/* ---- connections ---- */

static void dial(connection *c, unsigned port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int on = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(c->fd >= 0 && connect(c->fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
	must(fcntl(c->fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	c->answer = malloc(ANSWER_MAX);
	must(c->answer != NULL, "memory");
}

static void next(load *l, connection *c)
{
	c->call = l->next < l->num ? &l->calls[l->next++] : NULL;
	c->sent = c->got = 0;
	c->started = load_now();
}

static void give(connection *c)
{
	const tb_buf *request = &c->call->request;
	ssize_t n;

	while (c->sent < request->len) {
		n = send(c->fd, request->data + c->sent, request->len - c->sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		must(n > 0, "send");
		c->sent += (size_t)n;
	}
}

/* The answer is complete: keeps its body. */
static void take(load *l, connection *c, const char *body, size_t len)
{
	load_call *call = c->call;

	must(strncmp(c->answer, l->status_line, strlen(l->status_line)) == 0, c->answer);
	call->seconds = load_now() - c->started;
	call->body = malloc(len + 1);
	must(call->body != NULL, "memory");
	memcpy(call->body, body, len);
	call->body[len] = '\0';
	call->body_len = len;
	l->num_done++;
}

/* True when the answer is complete. */
static bool hear(load *l, connection *c)
{
	const char *end, *length;
	ssize_t n;

	while ((n = recv(c->fd, c->answer + c->got, ANSWER_MAX - 1 - c->got, 0)) > 0) {
		c->got += (size_t)n;
		c->answer[c->got] = '\0';
		end = strstr(c->answer, "\r\n\r\n");
		length = end != NULL ? strstr(c->answer, "Content-Length: ") : NULL;
		if (length == NULL || c->got < (size_t)(end + 4 - c->answer) + strtoul(length + 16, NULL, 10))
			continue;
		take(l, c, end + 4, c->got - (size_t)(end + 4 - c->answer));
		return true;
	}
	must(n < 0 && errno == EAGAIN, "recv");
	return false;
}

static void serve_event(load *l, connection *c, uint32_t events)
{
	if (c->call == NULL)
		return;
	if (c->sent < c->call->request.len)
		give(c);
	if ((events & EPOLLIN) != 0 && hear(l, c)) {
		next(l, c);
		if (c->call != NULL)
			give(c);
	}
}

double load_run(unsigned port, load_call *calls, size_t num, unsigned status)
{
	load *l = calloc(1, sizeof *l);
	struct epoll_event events[CONNECTIONS];
	int poll = epoll_create1(EPOLL_CLOEXEC);
	double started, seconds;

	must(l != NULL && poll >= 0, "epoll");
	l->calls = calls;
	l->num = num;
	(void)snprintf(l->status_line, sizeof l->status_line, "HTTP/1.1 %u ", status);
	for (size_t i = 0; i < CONNECTIONS; i++)
		dial(&l->all[i], port);
	started = load_now();
	for (size_t i = 0; i < CONNECTIONS; i++) {
		struct epoll_event e = {.events = EPOLLIN | EPOLLET | EPOLLOUT, .data.ptr = &l->all[i]};

		next(l, &l->all[i]);
		must(epoll_ctl(poll, EPOLL_CTL_ADD, l->all[i].fd, &e) == 0, "epoll");
	}
	while (l->num_done < num) {
		int n = epoll_wait(poll, events, CONNECTIONS, SILENCE_MS);

		must(n > 0, "the server is silent");
		for (int i = 0; i < n; i++)
			serve_event(l, events[i].data.ptr, events[i].events);
	}
	seconds = load_now() - started;
	for (size_t i = 0; i < CONNECTIONS; i++) {
		(void)close(l->all[i].fd);
		free(l->all[i].answer);
	}
	(void)close(poll);
	free(l);
	return seconds;
}

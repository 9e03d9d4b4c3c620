/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/http_files.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		at += n;
		len -= (size_t)n;
	}
}

static void answer(int fd, const char *status, const void *bytes, size_t len)
{
	char head[160];
	int n = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
		status, len);

	send_all(fd, head, (size_t)n);
	send_all(fd, bytes, len);
}

/* The file that a partial one became when the log grew: its bytes and more. */
static bool answer_grown(const tb_http_files *s, int fd, const char *path)
{
	const char *rest;
	char partial[220];
	size_t len = strlen(path);

	for (size_t i = 0; i < s->files->num; i++) {
		const tb_maker_file *f = &s->files->file[i];

		(void)snprintf(partial, sizeof partial, "%s", f->path);
		rest = strstr(partial, ".p/");
		if (rest != NULL && (size_t)(rest - partial) == len && memcmp(partial, path, len) == 0) {
			tb_buf grown;
			bool is_entries = strstr(path, "/entries/") != NULL;
			unsigned width = (unsigned)atoi(rest + 3);

			tb_buf_init(&grown, SIZE_MAX / 2);
			tb_buf_append(&grown, f->bytes.data, f->bytes.len);
			for (unsigned k = width; k < 256; k++)
				tb_buf_append(&grown, "\0\3new0123456789012345678901234567890",
					is_entries ? 5 : 32);
			answer(fd, "200 OK", grown.data, grown.len);
			tb_buf_release(&grown);
			return true;
		}
	}
	return false;
}

static void serve_one(tb_http_files *s, int fd)
{
	char request[2048] = "";
	const tb_maker_file *f;
	size_t n = 0;
	ssize_t got;
	char *end;
	unsigned number = ++s->requests;

	while (n < sizeof request - 1 && strstr(request, "\r\n\r\n") == NULL &&
		(got = read(fd, request + n, sizeof request - 1 - n)) > 0)
		n += (size_t)got;
	if (s->break_every != 0 && number % s->break_every == 0)
		return;
	end = strstr(request, " HTTP/1.1\r\n");
	if (end == NULL || strncmp(request, "GET /e/x/", 9) != 0) {
		answer(fd, "404 Not Found", "", 0);
		return;
	}
	*end = 0;
	f = tb_maker_files_find(s->files, request + 9);
	if (f != NULL && !(s->grown && strstr(f->path, ".p/") != NULL))
		answer(fd, "200 OK", f->bytes.data, f->bytes.len);
	else if (!s->grown || !answer_grown(s, fd, request + 9))
		answer(fd, "404 Not Found", "", 0);
}

static void *serve(void *arg)
{
	tb_http_files *s = arg;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
		serve_one(s, fd);
		(void)close(fd);
	}
	return NULL;
}

void tb_http_files_start(tb_http_files *s, const tb_maker_files *files)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;

	memset(s, 0, sizeof *s);
	s->files = files;
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	TB_REQUIRE(s->fd >= 0 && bind(s->fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(s->fd, 64) == 0);
	TB_REQUIRE(getsockname(s->fd, (struct sockaddr *)&a, &len) == 0);
	(void)snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u/e/x", ntohs(a.sin_port));
	(void)setenv("no_proxy", "127.0.0.1", 1);
	TB_REQUIRE(pthread_create(&s->thread, NULL, serve, s) == 0);
}

void tb_http_files_stop(tb_http_files *s)
{
	(void)shutdown(s->fd, SHUT_RDWR);
	TB_REQUIRE(pthread_join(s->thread, NULL) == 0);
	(void)close(s->fd);
}

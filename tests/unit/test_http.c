/* SPDX-License-Identifier: Apache-2.0 */
/* The server on real sockets, with clients that behave and clients that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http.h"
#include "server/slog.h"
#include "server/watch.h"
#include "tests/support/serve.h"

static serve s;
static tb_http *http;
static tb_config config;

#define BIG (32u << 20) /* more than sockets take in */

static bool answer(void *ctx, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *), void *call, void **pending)
{
	if (strcmp(request->path, "/big") == 0) {
		static const uint8_t some[1u << 16];

		for (size_t i = 0; i < BIG; i += sizeof some)
			tb_buf_append(&response->body, some, sizeof some);
		response->status = 200;
		return true;
	}
	return tb_route(ctx, request, response, wake, call, pending);
}

static void finish(void *ctx, void *pending, tb_http_response *response)
{
	tb_route_finish(ctx, pending, response);
}

static bool admit(void *ctx, const tb_http_request *request, tb_http_response *response)
{
	return tb_route_admit(ctx, request, response);
}

static const tb_http_handler handler = {.answer = answer,
	.finish = finish,
	.admit = admit,
	.max_body = tb_route_max_body,
	.metrics = &s.app.metrics,
	.ctx = &s.app};

static void listen_with(void)
{
	tb_fault fault;

	assert_int_equal(tb_http_bind(&http, &config, &handler, &fault), TB_OK);
	assert_int_equal(tb_http_start(http, &fault), TB_OK);
}

static int start(void **state)
{
	(void)state;
	serve_start(&s, 0);
	tb_slog_set_level((tb_slog_level)(TB_SLOG_ERROR + 1));
	config = s.config;
	config.listen.num = 1;
	memcpy(config.listen.at[0], "127.0.0.1:0", sizeof "127.0.0.1:0");
	listen_with();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	tb_http_stop(http);
	http = NULL;
	serve_stop(&s);
	return 0;
}

/* ---- a plain client ---- */

static int dial(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)tb_http_port(http, 0))};
	struct timeval patience = {.tv_sec = 120};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	return fd;
}

/* False when the other side has gone. */
static bool give(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static void say(int fd, const char *text)
{
	assert_true(give(fd, text, strlen(text)));
}

/* Reads until the connection ends, or, with a length in the head, to the end of the one response. */
static size_t hear(int fd, char *out, size_t out_len)
{
	size_t n = 0, wanted = out_len - 1;

	while (n < wanted) {
		ssize_t got = recv(fd, out + n, wanted - n, 0);
		const char *head_end, *length;

		if (got <= 0)
			break;
		n += (size_t)got;
		out[n] = '\0';
		head_end = strstr(out, "\r\n\r\n");
		length = head_end != NULL ? strstr(out, "Content-Length: ") : NULL;
		if (length != NULL && length < head_end)
			wanted = (size_t)(head_end + 4 - out) + strtoul(length + 16, NULL, 10);
	}
	out[n] = '\0';
	return n;
}

static unsigned status_of(const char *response)
{
	return strncmp(response, "HTTP/1.1 ", 9) == 0 ? (unsigned)strtoul(response + 9, NULL, 10) : 0;
}

static unsigned ask(const char *request, char *out, size_t out_len)
{
	int fd = dial();

	say(fd, request);
	(void)hear(fd, out, out_len);
	(void)close(fd);
	return status_of(out);
}

static char answer_text[1u << 20];

static void check(const char *request, unsigned status, const char *has)
{
	unsigned got = ask(request, answer_text, sizeof answer_text);

	if (got != status || strstr(answer_text, has) == NULL)
		print_error("%.100s\n%.2000s\n", request, answer_text);
	assert_int_equal(got, status);
	assert_non_null(strstr(answer_text, has));
}

/* ---- tests ---- */

static void test_simple_requests(void **state)
{
	(void)state;
	check("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "\"elections\":[]");
	check("GET /?any=query HTTP/1.1\r\nHost: x\r\n\r\n", 200, "\"elections\":[]");
	check("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "X-Content-Type-Options: nosniff");
	check("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404, "HTTP.NOT-FOUND"); /* [HTTP.PROBLEM] */
	check("GET /%2F HTTP/1.1\r\nHost: x\r\n\r\n", 404, "/%2F");
	check("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", 405, "Allow: GET, HEAD");
	check("POST /elections HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 400, "HTTP.JSON");
	check("POST /elections HTTP/1.1\r\nHost: x\r\n\r\n", 400, "HTTP.JSON");
	check("GET / HTTP/1.0\r\n\r\n", 200, "elections");
}

static void test_head_has_no_body_and_connections_are_kept(void **state)
{
	int fd = dial();
	char *end;
	size_t n = 0;

	(void)state;
	say(fd, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\n\r\n"); /* two at once */
	while (n < sizeof answer_text - 1 && strstr(answer_text, "HTTP.NOT-FOUND at path") == NULL) {
		ssize_t got = recv(fd, answer_text + n, sizeof answer_text - 1 - n, 0);

		assert_true(got > 0);
		n += (size_t)got;
		answer_text[n] = '\0';
	}
	end = strstr(answer_text, "\r\n\r\n");
	assert_non_null(end);
	assert_int_equal(status_of(answer_text), 200);
	assert_int_equal(status_of(end + 4), 404);
	(void)close(fd);
}

static void test_bodies_that_are_too_large(void **state)
{
	int fd;
	char chunk[70000];
	bool sent = true;

	(void)state;
	/* By its length: refused before anything of it is sent; who asks first is told at once. */
	check("POST /elections HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413, "HTTP.SIZE");
	check("POST /elections HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: "
	      "100-continue\r\n\r\n",
		413, "HTTP.SIZE");
	check("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", 413, "HTTP.SIZE");
	check("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n", 413, "HTTP.SIZE");
	/* Without a length: read to the limit and no further. */
	fd = dial();
	say(fd, "POST /elections HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	memset(chunk, ' ', sizeof chunk);
	for (int i = 0; i < 1000 && sent; i++)
		sent = give(fd, "11170\r\n", 7) && give(fd, chunk, 0x11170) && give(fd, "\r\n", 2);
	assert_false(sent); /* 70 MB are not taken */
	(void)close(fd);
	/* A little too much is answered. */
	fd = dial();
	say(fd, "POST /elections HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 21; i++)
		assert_true(give(fd, "11170\r\n", 7) && give(fd, chunk, 0x11170) && give(fd, "\r\n", 2));
	say(fd, "0\r\n\r\n");
	(void)hear(fd, answer_text, sizeof answer_text);
	assert_int_equal(status_of(answer_text), 413);
	(void)close(fd);
}

static void test_heads_that_are_no_http(void **state)
{
	static const char *const wrong[] = {"\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x01\x01",
		"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"POST /elections HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n1"};
	char *large = malloc(100000);

	(void)state;
	assert_non_null(large);
	tb_http_stop(http);
	config.idle_seconds = 5;
	listen_with();
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		int fd = dial();
		unsigned status;

		(void)give(fd, wrong[i], strlen(wrong[i]));
		(void)shutdown(fd, SHUT_WR);
		(void)hear(fd, answer_text, sizeof answer_text);
		status = status_of(answer_text);
		assert_true(status == 0 || status / 100 == 4);
		(void)close(fd);
	}
	memset(large, 'a', 99999);
	memcpy(large, "GET / HTTP/1.1\r\nHost: x\r\nA: ", 29);
	large[99999] = '\0';
	{
		int fd = dial();

		(void)give(fd, large, 99999);
		(void)hear(fd, answer_text, sizeof answer_text);
		assert_int_not_equal(status_of(answer_text), 200);
		(void)close(fd);
	}
	free(large);
	check("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "elections"); /* nobody else is harmed */
}

/* Whoever sends a byte now and then is never silent, and is cut all the same [HTTP.TIMEOUT]: in the head, in the body, and (with
 * an answer that fits in no socket) while the answer is sent. */
static void check_cut(const char *head, const char *drop)
{
	int fd = dial();
	bool sent = true;

	say(fd, head);
	for (int i = 0; i < 1000 && sent; i++) { /* much patience; it takes some seconds */
		(void)usleep(100000);
		sent = give(fd, drop, 1);
	}
	assert_false(sent);
	(void)close(fd);
}

static void test_slow_clients_are_let_go(void **state)
{
	int silent;

	(void)state;
	tb_http_stop(http);
	config.idle_seconds = 30;
	config.head_seconds = 1;
	config.request_seconds = 1;
	listen_with();
	check_cut("GET / HTTP/1.1\r\nHost: x\r\nA: ", "a");
	check_cut("POST /elections HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", " ");
	check_cut("", "\n"); /* empty lines before a request may be skipped */
	silent = dial();
	assert_int_equal(recv(silent, answer_text, 1, 0), 0); /* closed, and not our patience at its end */
	(void)close(silent);
}

/* The request that posts a notice by the admin. */
static size_t notice_request(tb_maker *m, const char *text, char *out, size_t out_len)
{
	uint8_t random[32] = {3};
	tb_maker_plan plan;
	tb_fault fault;
	tb_buf body;
	tb_entry e;
	int n;

	tb_maker_plan_init(m, &plan, TB_ENTRY_NOTICE, "admin");
	assert_int_equal(tb_notice_write(&plan.payload, text), TB_OK);
	assert_int_equal(
		tb_entry_init(&e, plan.type, plan.signer, plan.payload.data, plan.payload.len, &fault),
		TB_OK);
	assert_int_equal(tb_entry_sign(&e, &plan.binding, &plan.key, random), TB_OK);
	tb_buf_init(&body, 1u << 20);
	serve_write_submission(&body, &e);
	n = snprintf(out, out_len,
		"POST /e/spring/entries HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s", body.len,
		tb_buf_cstr(&body));
	assert_true(n > 0 && (size_t)n < out_len);
	tb_buf_release(&body);
	tb_buf_release(&plan.payload);
	return (size_t)n;
}

/*
 * What somebody said who has gone since may be here all at once, last words and end: then nothing more happens on that connection that
 * would wake its thread.  With the patience that we have here nobody would let go of it while the test runs.
 */
static void test_who_leaves_in_the_middle_is_let_go(void **state)
{
	static const char *const words[] = {"", "GET /e/spr", "GET / HTTP/1.1\r\nHost: x\r\n",
		"POST /elections HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\n{\"type\":",
		"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /", "\r\n"};
	const size_t num = sizeof words / sizeof words[0] * 6;
	tb_fault fault;

	(void)state;
	tb_http_stop(http);
	config.idle_seconds = config.head_seconds = config.request_seconds = 600;
	assert_int_equal(tb_http_bind(&http, &config, &handler, &fault), TB_OK);
	for (size_t i = 0; i < num; i++) {
		int fd = dial();

		say(fd, words[i % (sizeof words / sizeof words[0])]);
		(void)close(fd);
	}
	atomic_store(&s.app.metrics.connections_total, 0);
	assert_int_equal(tb_http_start(http, &fault), TB_OK);
	for (int i = 0; i < 10000 && (atomic_load(&s.app.metrics.connections_total) < num ||
					     atomic_load(&s.app.metrics.connections) > 0);
		i++)
		(void)usleep(10000);
	assert_int_equal(atomic_load(&s.app.metrics.connections_total), num);
	assert_int_equal(atomic_load(&s.app.metrics.connections), 0);
}

/* Whoever has said all there is to say and only listens has not gone. */
static void test_who_only_listens_is_answered(void **state)
{
	tb_maker_config c = {.small = true};
	tb_maker *m = serve_maker(&s, &c);
	char request[4000];
	int fd = dial();

	(void)state;
	tb_maker_manifest(m);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	for (size_t n = 0; strstr(answer_text, "HTTP.NOT-FOUND at path") == NULL;) {
		ssize_t got = recv(fd, answer_text + n, sizeof answer_text - 1 - n, 0);

		assert_true(got > 0);
		n += (size_t)got;
		answer_text[n] = '\0';
	}
	(void)close(fd);
	fd = dial();
	assert_true(give(fd, request, notice_request(m, "Here.", request, sizeof request)));
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	(void)hear(fd, answer_text, sizeof answer_text);
	assert_int_equal(status_of(answer_text), 201);
	(void)close(fd);
	/* Somebody who takes a long answer slowly. */
	fd = dial();
	say(fd, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	(void)sleep(1); /* the watch looks several times */
	for (size_t left = BIG; left > 0;) {
		ssize_t got = recv(fd, answer_text, sizeof answer_text, 0);

		assert_true(got > 0);
		left -= (size_t)got < left ? (size_t)got : left;
	}
	(void)close(fd);
	tb_maker_free(m);
}

/* The number of lines in this file. */
static size_t num_lines(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n = 0;
	int c;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	(void)fclose(f);
	return n;
}

/* Without descriptors libmicrohttpd complains as fast as it can: that must not fill the disk that ballots need.  So many lines
 * a second at most, however long this takes. */
static void test_complaints_are_bounded(void **state)
{
	char log[] = "/tmp/tabella-log.XXXXXX";
	int fd[20], error = dup(STDERR_FILENO), file = mkstemp(log);
	struct rlimit old, none;
	uint64_t started;
	size_t lines = 0;

	(void)state;
	assert_true(error >= 0 && file >= 0);
	for (size_t i = 0; i < 20; i++) /* sockets of ours that are not connected yet */
		fd[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = (struct rlimit){.rlim_max = old.rlim_max};
	assert_true(dup2(file, STDERR_FILENO) >= 0);
	tb_slog_set_level(TB_SLOG_WARNING);
	started = tb_monotonic_ms();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (size_t i = 0; i < 20; i++) {
		struct sockaddr_in to = {
			.sin_family = AF_INET, .sin_port = htons((uint16_t)tb_http_port(http, 0))};

		to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		assert_int_equal(connect(fd[i], (struct sockaddr *)&to, sizeof to), 0);
	}
	while (tb_monotonic_ms() - started < 3000)
		(void)usleep(10000);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	for (size_t i = 0; i < 20; i++) {
		say(fd[i], "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
		assert_true(hear(fd[i], answer_text, sizeof answer_text) > 0);
		assert_int_equal(status_of(answer_text), 200);
		(void)close(fd[i]);
	}
	lines = num_lines(log);
	tb_slog_set_level((tb_slog_level)(TB_SLOG_ERROR + 1));
	assert_true(dup2(error, STDERR_FILENO) >= 0);
	(void)unlink(log);
	(void)close(file);
	(void)close(error);
	print_message("%zu lines\n", lines);
	assert_true(lines > 0);
	assert_in_range(lines, 1, (tb_monotonic_ms() - started + 2000) / 1000 * 12);
}

static size_t num_open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/* Nobody holds a large answer for ever by not reading it. */
static void test_answers_that_nobody_takes_are_dropped(void **state)
{
	tb_maker_config c = {.small = true, .num_voters = 30000};
	tb_maker *m = serve_maker(&s, &c);
	int fd, small = 2048;
	size_t before;

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	tb_http_stop(http);
	config.response_seconds = 1;
	config.idle_seconds = config.head_seconds = 3600;
	listen_with();
	before = num_open_files();
	fd = dial();
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
	for (int i = 0; i < 100; i++)
		say(fd, "GET /e/spring/archive HTTP/1.1\r\nHost: x\r\n\r\n"); /* more than any buffer takes */
	assert_int_equal(recv(fd, answer_text, 1, 0), 1);
	for (int i = 0; num_open_files() > before + 1; i++) { /* until the server has closed its end */
		assert_true(i < 1000);
		(void)usleep(100000);
	}
	(void)close(fd);
	tb_maker_free(m);
}

/* Slow readers hold answers up to the bound, and what is voted meanwhile is answered [SERVER.BUSY]. */
static void test_answers_that_nobody_takes_are_bounded(void **state)
{
	static const char big[] = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
	int small = 4096, slow, fd;
	char first[16] = "";

	(void)state;
	tb_http_stop(http);
	config.memory_mib = 16; /* half of it: alone it is given all the same */
	listen_with();
	slow = dial();
	assert_int_equal(setsockopt(slow, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
	say(slow, big);
	assert_int_equal(recv(slow, first, 12, MSG_WAITALL), 12);
	assert_string_equal(first, "HTTP/1.1 200");
	for (int i = 0; i < 20; i++)
		check(big, 503, "SERVER.BUSY");
	check("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "elections");
	check("POST /elections HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 400, "JSON");
	(void)close(slow);
	for (int i = 0; strcmp(first, "HTTP/1.1 200") != 0 || i == 0; i++) { /* until it is noticed */
		assert_true(i < 1000);
		fd = dial();
		say(fd, big);
		assert_int_equal(recv(fd, first, 12, MSG_WAITALL), 12);
		(void)close(fd);
		(void)usleep(10000);
	}
}

/* Behind a proxy that is named, limits hold for each client by itself; without one, for whoever is connected [SERVER.RATE]. */
static void test_clients_are_limited_each_by_itself(void **state)
{
#define FROM(address) "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " address "\r\n\r\n"
	(void)state;
	s.config.request_rate = (tb_rate){.per_hour = 1, .burst = 3};
	for (int i = 0; i < 5; i++)
		check(FROM("192.0.2.1"), 200, "elections"); /* said by nobody who is trusted */
	tb_http_stop(http);
	assert_int_equal(tb_address_range_parse(&config.trusted_proxy[0], "127.0.0.0/8"), TB_OK);
	config.num_trusted_proxies = 1;
	listen_with();
	for (int i = 0; i < 3; i++)
		check(FROM("203.0.113.9, 192.0.2.1"), 200, "elections");
	check(FROM("203.0.113.10, 192.0.2.1"), 429, "SERVER.RATE");
	assert_non_null(strstr(answer_text, "Retry-After: 3600\r\n"));
	check("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: "
	      "192.0.2.1\r\n\r\n",
		429, "SERVER.RATE"); /* two lines are one list */
	check(FROM("192.0.2.2"), 200, "elections");
	for (int i = 0; i < 5; i++)
		check("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "elections");
	tb_http_stop(http);
	config.use_forwarded = true;
	listen_with();
	check("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.2\r\nForwarded: for=192.0.2.1\r\n\r\n",
		429, "SERVER.RATE");
#undef FROM
}

static void test_submissions_and_files(void **state)
{
	tb_maker_config c = {.small = true, .num_voters = 1200};
	tb_maker *m = serve_maker(&s, &c);
	char request[4000];
	tb_buf direct;
	char *body;
	int fd;
	size_t n, at = 0;

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	(void)notice_request(m, "One.", request, sizeof request);
	check(request, 201, "Tabella-Index: 3\r\n");
	assert_non_null(strstr(answer_text, "c2sp.org/tlog-proof@v1\n"));
	assert_non_null(strstr(answer_text, "Location: /e/spring/receipt/3\r\n"));
	check(request, 200, "Tabella-Index: 3\r\n");
	check("GET /e/spring/log/checkpoint HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"4\"\r\n\r\n", 304,
		"ETag: \"4\"");
	/* The archive is sent in chunks; put together they are what the route gives. */
	tb_buf_init(&direct, 1u << 22);
	assert_int_equal(serve_get(&s, "/e/spring/archive", &direct), 200);
	fd = dial();
	say(fd, "GET /e/spring/archive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	n = hear(fd, answer_text, sizeof answer_text);
	(void)close(fd);
	assert_non_null(strstr(answer_text, "Transfer-Encoding: chunked"));
	body = strstr(answer_text, "\r\n\r\n");
	assert_non_null(body);
	for (char *chunk = body + 4; at < direct.len;) {
		char *data;
		size_t len = strtoul(chunk, &data, 16);

		assert_true(len > 0 && len <= n);
		data = strstr(data, "\r\n") + 2;
		assert_memory_equal(data, direct.data + at, len);
		at += len;
		chunk = data + len + 2;
	}
	assert_int_equal(at, direct.len);
	tb_buf_release(&direct);
	tb_maker_free(m);
}

static void test_a_client_that_leaves_harms_nobody(void **state)
{
	tb_maker_config c = {.small = true};
	tb_maker *m = serve_maker(&s, &c);
	char request[4000], text[40];

	(void)state;
	tb_maker_manifest(m);
	for (int i = 0; i < 40; i++) {
		struct linger reset = {.l_onoff = 1};
		int fd = dial();
		size_t len;

		(void)snprintf(text, sizeof text, "Notice %d.", i);
		len = notice_request(m, text, request, sizeof request);
		assert_true(give(fd, request, i % 4 == 0 ? len / 2 : len));
		if (i % 2 == 0) /* with a bang */
			assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
		(void)close(fd);
	}
	/* A whole request is recorded whether or not anyone waits for the answer. */
	(void)notice_request(m, "The end.", request, sizeof request);
	check(request, 201, "Tabella-Index: ");
	tb_maker_free(m);
}

typedef struct poster {
	pthread_t thread;
	int fd; /* dialled before anything stops */
	char request[4000];
	unsigned status;
} poster;

static void *post_one(void *arg)
{
	poster *p = arg;
	char *text = malloc(60000);

	if (text != NULL && give(p->fd, p->request, strlen(p->request)) && hear(p->fd, text, 60000) > 0)
		p->status = status_of(text);
	(void)close(p->fd);
	free(text);
	return NULL;
}

static void test_stopping_answers_what_was_begun(void **state)
{
	static poster posters[30];
	tb_maker_config c = {.small = true};
	tb_maker *m = serve_maker(&s, &c);
	char text[40];
	uint64_t size;
	unsigned num_recorded = 0;

	(void)state;
	tb_maker_manifest(m);
	size = tb_election_size(tb_elections_at(&s.app.elections, 0));
	for (size_t i = 0; i < 30; i++) {
		(void)snprintf(text, sizeof text, "Notice %zu.", i);
		(void)notice_request(m, text, posters[i].request, sizeof posters[i].request);
		posters[i].status = 0;
	}
	for (size_t i = 0; i < 30; i++)
		posters[i].fd = dial();
	for (size_t i = 0; i < 30; i++)
		assert_int_equal(pthread_create(&posters[i].thread, NULL, post_one, &posters[i]), 0);
	(void)usleep(3000);
	tb_http_stop(http);
	for (size_t i = 0; i < 30; i++) {
		assert_int_equal(pthread_join(posters[i].thread, NULL), 0);
		assert_true(posters[i].status == 201 || posters[i].status == 503 || posters[i].status == 0);
		num_recorded += posters[i].status == 201;
	}
	/* Nobody's notice was recorded without an answer, and nobody was told more than is true. */
	assert_int_equal(tb_election_size(tb_elections_at(&s.app.elections, 0)), size + num_recorded);
	listen_with();
	tb_maker_free(m);
}

static void test_memory_for_bodies_is_bounded(void **state)
{
	enum { NUM = 12 };
	int fd[NUM];
	char *chunk = malloc(1u << 20);
	unsigned refused = 0, others = 0;
	tb_maker_config c = {.small = true};
	tb_maker *m = serve_maker(&s, &c);

	(void)state;
	assert_non_null(chunk);
	memset(chunk, ' ', 1u << 20);
	tb_maker_manifest(m);
	tb_http_stop(http);
	config.memory_mib = 16;
	listen_with();
	for (size_t i = 0; i < NUM; i++) {
		fd[i] = dial();
		say(fd[i], "POST /e/spring/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 4194304\r\n\r\n");
	}
	for (size_t part = 0; part < 4; part++)
		for (size_t i = 0; i < NUM; i++)
			assert_true(give(fd[i], chunk, 1u << 20));
	for (size_t i = 0; i < NUM; i++) {
		(void)hear(fd[i], answer_text, sizeof answer_text);
		if (status_of(answer_text) == 503) {
			assert_non_null(strstr(answer_text, "SERVER.BUSY"));
			assert_non_null(strstr(answer_text, "Retry-After: 1"));
			refused++;
		} else {
			assert_int_equal(status_of(answer_text), 400);
			others++;
		}
		(void)close(fd[i]);
	}
	assert_true(refused > 0);
	assert_int_equal(refused + others, NUM);
	/* What was counted is given back. */
	for (int i = 0; i < 8; i++) {
		int one = dial();

		say(one, "POST /e/spring/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 4194304\r\n\r\n");
		for (size_t part = 0; part < 4; part++)
			assert_true(give(one, chunk, 1u << 20));
		(void)hear(one, answer_text, sizeof answer_text);
		assert_int_equal(status_of(answer_text), 400);
		(void)close(one);
	}
	free(chunk);
	tb_maker_free(m);
}

static void test_addresses_that_cannot_be_had(void **state)
{
	static const char *const wrong[] = {"203.0.113.7:0", "no.such.host.invalid:80"};
	tb_http *second;
	tb_fault fault;

	(void)state;
	(void)snprintf(
		config.listen.at[0], sizeof config.listen.at[0], "%s", tb_http_address(http, 0)); /* in use */
	assert_int_equal(tb_http_bind(&second, &config, &handler, &fault), TB_ERR_RULE);
	assert_non_null(strstr(fault.found, "in use"));
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(config.listen.at[0], sizeof config.listen.at[0], "%s", wrong[i]);
		assert_int_equal(tb_http_bind(&second, &config, &handler, &fault), TB_ERR_RULE);
		assert_null(second);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_simple_requests, start, stop),
		cmocka_unit_test_setup_teardown(test_head_has_no_body_and_connections_are_kept, start, stop),
		cmocka_unit_test_setup_teardown(test_bodies_that_are_too_large, start, stop),
		cmocka_unit_test_setup_teardown(test_heads_that_are_no_http, start, stop),
		cmocka_unit_test_setup_teardown(test_slow_clients_are_let_go, start, stop),
		cmocka_unit_test_setup_teardown(test_who_leaves_in_the_middle_is_let_go, start, stop),
		cmocka_unit_test_setup_teardown(test_who_only_listens_is_answered, start, stop),
		cmocka_unit_test_setup_teardown(test_complaints_are_bounded, start, stop),
		cmocka_unit_test_setup_teardown(test_answers_that_nobody_takes_are_dropped, start, stop),
		cmocka_unit_test_setup_teardown(test_answers_that_nobody_takes_are_bounded, start, stop),
		cmocka_unit_test_setup_teardown(test_clients_are_limited_each_by_itself, start, stop),
		cmocka_unit_test_setup_teardown(test_submissions_and_files, start, stop),
		cmocka_unit_test_setup_teardown(test_a_client_that_leaves_harms_nobody, start, stop),
		cmocka_unit_test_setup_teardown(test_stopping_answers_what_was_begun, start, stop),
		cmocka_unit_test_setup_teardown(test_memory_for_bodies_is_bounded, start, stop),
		cmocka_unit_test_setup_teardown(test_addresses_that_cannot_be_had, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

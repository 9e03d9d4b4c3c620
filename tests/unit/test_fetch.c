/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/fetch.h"

/*
 * A server that gives one prepared answer to each connection, then closes it.  "" hangs up without an answer.
 */
typedef struct server {
	int fd;
	unsigned port;
	const char *const *answers;
	size_t num;
	char request[4096]; /* the last one */
	pthread_t thread;
} server;

static void read_request(server *s, int fd)
{
	size_t n = 0;
	ssize_t got;

	memset(s->request, 0, sizeof s->request);
	while (n < sizeof s->request - 1 && (got = read(fd, s->request + n, sizeof s->request - 1 - n)) > 0) {
		const char *end, *length;

		n += (size_t)got;
		end = strstr(s->request, "\r\n\r\n");
		length = strstr(s->request, "Content-Length: ");
		if (end != NULL && (length == NULL || strlen(end + 4) >= (size_t)atoi(length + 16)))
			break;
	}
}

static void *serve(void *arg)
{
	server *s = arg;

	for (size_t i = 0; i < s->num; i++) {
		int fd = accept(s->fd, NULL, NULL);

		if (fd < 0)
			break;
		read_request(s, fd);
		if (s->answers[i][0] != 0)
			(void)!write(fd, s->answers[i], strlen(s->answers[i]));
		(void)close(fd);
	}
	return NULL;
}

static void server_start(server *s, const char *const *answers, size_t num)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;

	memset(s, 0, sizeof *s);
	s->answers = answers;
	s->num = num;
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(s->fd >= 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->fd, 8), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&a, &len), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_stop(server *s)
{
	(void)shutdown(s->fd, SHUT_RDWR);
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	(void)close(s->fd);
}

static tb_err get(server *s, const char *const *answers, size_t num, size_t cap, unsigned tries, tb_buf *body,
	tb_response *response, tb_fault *fault)
{
	tb_fetch_options o = {.connect_seconds = 60, .stall_seconds = 60, .tries = tries};
	tb_fetch *f;
	char url[80];
	tb_err err;

	server_start(s, answers, num);
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/e/x/log/checkpoint", s->port);
	tb_buf_init(body, cap);
	assert_int_equal(tb_fetch_new(&f, &o), TB_OK);
	err = tb_fetch_get(f, body, response, url, fault);
	tb_fetch_free(f);
	server_stop(s);
	return err;
}

#define OK_HELLO                                                                                             \
	"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTabella-Index: 17\r\nContent-Length: 5\r\n\r\nhello"

static void test_an_answer_and_its_headers(void **state)
{
	static const char *const answers[] = {OK_HELLO};
	server s;
	tb_buf body;
	tb_response r;
	tb_fault fault = {0};

	(void)state;
	assert_int_equal(get(&s, answers, 1, 100, 1, &body, &r, &fault), TB_OK);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.content_type, "text/plain");
	assert_string_equal(r.index, "17");
	assert_int_equal(body.len, 5);
	assert_memory_equal(body.data, "hello", 5);
	assert_non_null(strstr(s.request, "GET /e/x/log/checkpoint HTTP/1.1\r\n"));
	tb_buf_release(&body);
}

static void test_a_broken_connection_is_tried_again(void **state)
{
	static const char *const answers[] = {"", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut", OK_HELLO};
	server s;
	tb_buf body;
	tb_response r;
	tb_fault fault = {0};

	(void)state;
	assert_int_equal(get(&s, answers, 4, 100, 4, &body, &r, &fault), TB_OK);
	assert_int_equal(r.status, 200);
	assert_int_equal(body.len, 5); /* nothing of the answer that was cut stayed */
	tb_buf_release(&body);
}

static void test_after_the_last_try_it_is_an_error(void **state)
{
	static const char *const answers[] = {"", ""};
	server s;
	tb_buf body;
	tb_response r;
	tb_fault fault = {0};

	(void)state;
	assert_int_equal(get(&s, answers, 2, 100, 2, &body, &r, &fault), TB_ERR_IO);
	assert_string_equal(fault.rule, "HTTP");
	assert_non_null(strstr(fault.where, "/e/x/log/checkpoint"));
	assert_int_equal(body.len, 0);
	assert_int_equal(r.status, 0);
	tb_buf_release(&body);
}

static void test_an_answer_above_the_cap_is_refused(void **state)
{
	static const char *const answers[] = {OK_HELLO};
	server s;
	tb_buf body;
	tb_response r;
	tb_fault fault = {0};

	(void)state;
	assert_int_equal(get(&s, answers, 1, 4, 1, &body, &r, &fault), TB_ERR_LIMIT);
	assert_string_equal(fault.found, "more than 4 bytes");
	assert_int_equal(body.len, 0);
	tb_buf_release(&body);
}

static void test_other_schemes_are_not_followed(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n"};
	server s;
	tb_buf body;
	tb_response r;
	tb_fault fault = {0};

	(void)state;
	assert_int_equal(get(&s, answers, 1, 1000, 1, &body, &r, &fault), TB_ERR_IO);
	assert_int_equal(body.len, 0);
	tb_buf_release(&body);
}

static void test_post_and_problem(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\n"
		"Connection: close\r\n\r\n"
		"{\"type\":\"urn:tabella:rule:BALLOT.PREV\",\"title\":\"t\",\"status\":409,"
		"\"detail\":\"prev is\\u001b "
		"old\",\"where\":\"payload.prev\",\"expected\":\"e\",\"found\":\"f\"}"};
	server s;
	tb_fetch *f;
	tb_buf body;
	tb_response r;
	tb_fault fault = {0};
	char url[80], text[200];

	(void)state;
	server_start(&s, answers, 1);
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/e/x/entries", s.port);
	tb_buf_init(&body, 1000);
	assert_int_equal(tb_fetch_new(&f, NULL), TB_OK);
	assert_int_equal(tb_fetch_post_json(f, &body, &r, url, "{\"a\":1}", 7, &fault), TB_OK);
	tb_fetch_free(f);
	server_stop(&s);
	assert_int_equal(r.status, 409);
	assert_non_null(strstr(s.request, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(s.request, "\r\n\r\n{\"a\":1}"));
	tb_fetch_problem(&r, &body, text, sizeof text);
	assert_string_equal(text, "prev is? old (urn:tabella:rule:BALLOT.PREV)");
	tb_buf_clear(&body);
	tb_buf_text(&body, "<html>");
	tb_fetch_problem(&r, &body, text, sizeof text);
	assert_string_equal(text, "the server answered with status 409");
	tb_buf_release(&body);
}

static void test_addresses_of_boards(void **state)
{
	static const char *const good[][2] = {
		{"http://localhost:8080/e/demo", "http://localhost:8080/e/demo"},
		{"https://vote.example.org/e/spring-2026/", "https://vote.example.org/e/spring-2026"},
		{"http://[::1]:1/a/b/e/x", "http://[::1]:1/a/b/e/x"},
	};
	static const char *const bad[] = {"", "demo.tar", "ftp://h/e/x", "http://h/e/", "http://h/e/X",
		"http://h/e/-x", "http:///e/x", "http://h/e/x?y", "http://h/e/x#y", "http://u@h/e/x",
		"http://h/x", "http://h/e/x//", "http://h/e/x\n", "http://h /e/x"};
	char out[TB_URL_MAX];
	tb_fault fault = {0};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(tb_url_board(out, good[i][0], &fault), TB_OK);
		assert_string_equal(out, good[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(tb_url_board(out, bad[i], &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "HTTP");
	assert_true(tb_url_is("HTTPS://x"));
	assert_false(tb_url_is("http.tar"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_and_its_headers),
		cmocka_unit_test(test_a_broken_connection_is_tried_again),
		cmocka_unit_test(test_after_the_last_try_it_is_an_error),
		cmocka_unit_test(test_an_answer_above_the_cap_is_refused),
		cmocka_unit_test(test_other_schemes_are_not_followed),
		cmocka_unit_test(test_post_and_problem),
		cmocka_unit_test(test_addresses_of_boards),
	};

	(void)setenv("no_proxy", "127.0.0.1", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

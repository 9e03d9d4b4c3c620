/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Casting: ballots that were made before are posted over 64 connections to a server on the same machine, which verifies
 * them, commits them and answers with receipts; every receipt is checked afterwards.  One question with 5 options.
 * BIG=1: as many ballots as 30 seconds need.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/log/proof.h"
#include "tests/support/server_process.h"

#define CONNECTIONS 64
#define ANSWER_MAX 16384

typedef struct connection {
	int fd;
	uint32_t vote;
	size_t sent, got;
	double started;
	char answer[ANSWER_MAX];
} connection;

typedef struct vote {
	tb_buf request;
	char *receipt; /* owned */
	size_t receipt_len;
	double seconds;
} vote;

static server_process process;
static vote *votes;
static uint32_t num_votes, next_vote, num_done;

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "bench_cast: %s\n", what);
		server_process_free(&process);
		exit(1);
	}
}

static double now(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_MONOTONIC, &t) == 0, "clock");
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- preparing ---- */

/* Five options, choose one to three. */
static void five_options(tb_manifest *m)
{
	static const char *const ids[] = {"a", "b", "c", "d", "e"};
	tb_question *q = &m->questions[0];

	q->options = realloc(q->options, 5 * sizeof *q->options);
	must(q->options != NULL, "memory");
	for (uint32_t i = q->num_options; i < 5; i++) {
		q->options[i] = (tb_option){.id = strdup(ids[i]),
			.label = strdup(ids[i]),
			.text = strdup(""),
			.link = strdup("")};
	}
	q->num_options = 5;
	q->method = TB_METHOD_CHOOSE;
	q->min = 1;
	q->max = 3;
}

static void prepare(tb_maker *m)
{
	tb_buf json;

	tb_buf_init(&json, 1u << 20);
	for (uint32_t i = 0; i < num_votes; i++) {
		char head[160];
		int len;

		tb_buf_clear(&json);
		server_process_plan_vote(m, i, &json, NULL);
		len = snprintf(head, sizeof head,
			"POST /e/spring/entries HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n\r\n",
			json.len);
		tb_buf_init(&votes[i].request, 1u << 20);
		tb_buf_append(&votes[i].request, head, (size_t)len);
		tb_buf_append(&votes[i].request, json.data, json.len);
		must(tb_buf_status(&votes[i].request) == TB_OK, "memory");
	}
	tb_buf_release(&json);
}

/* ---- the load ---- */

static void dial(connection *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)process.port)};
	int on = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(c->fd >= 0 && connect(c->fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
	must(fcntl(c->fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* False: no vote is left for this connection. */
static bool next(connection *c)
{
	if (next_vote == num_votes)
		return false;
	c->vote = next_vote++;
	c->sent = c->got = 0;
	c->started = now();
	return true;
}

static void give(connection *c)
{
	const tb_buf *request = &votes[c->vote].request;
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
static void take(connection *c, const char *body, size_t len)
{
	vote *v = &votes[c->vote];

	must(strncmp(c->answer, "HTTP/1.1 201 ", 13) == 0, c->answer);
	v->seconds = now() - c->started;
	v->receipt = malloc(len);
	must(v->receipt != NULL, "memory");
	memcpy(v->receipt, body, len);
	v->receipt_len = len;
	num_done++;
}

static bool hear(connection *c)
{
	const char *end, *length;
	ssize_t n;

	n = recv(c->fd, c->answer + c->got, sizeof c->answer - 1 - c->got, 0);
	if (n < 0 && errno == EAGAIN)
		return false;
	must(n > 0, "recv");
	c->got += (size_t)n;
	c->answer[c->got] = '\0';
	end = strstr(c->answer, "\r\n\r\n");
	length = end != NULL ? strstr(c->answer, "Content-Length: ") : NULL;
	if (length == NULL)
		return false;
	if (c->got < (size_t)(end + 4 - c->answer) + strtoul(length + 16, NULL, 10))
		return false;
	take(c, end + 4, c->got - (size_t)(end + 4 - c->answer));
	return true;
}

static double run(void)
{
	static connection all[CONNECTIONS];
	struct epoll_event events[CONNECTIONS];
	int poll = epoll_create1(EPOLL_CLOEXEC);
	double started;

	must(poll >= 0, "epoll");
	for (size_t i = 0; i < CONNECTIONS; i++)
		dial(&all[i]);
	started = now();
	for (size_t i = 0; i < CONNECTIONS; i++) {
		struct epoll_event e = {.events = EPOLLIN | EPOLLET | EPOLLOUT, .data.ptr = &all[i]};

		must(next(&all[i]), "too few ballots");
		must(epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &e) == 0, "epoll");
	}
	while (num_done < num_votes) {
		int n = epoll_wait(poll, events, CONNECTIONS, 10000);

		must(n > 0, "the server is silent");
		for (int i = 0; i < n; i++) {
			connection *c = events[i].data.ptr;

			if (c->sent < votes[c->vote].request.len)
				give(c);
			if ((events[i].events & EPOLLIN) != 0 && hear(c) && next(c))
				give(c);
		}
	}
	for (size_t i = 0; i < CONNECTIONS; i++)
		(void)close(all[i].fd);
	(void)close(poll);
	return now() - started;
}

/* ---- afterwards ---- */

static void check_receipts(const tb_maker *m)
{
	tb_proof proof;
	tb_buf room;
	tb_vkey key;
	tb_why why;
	uint8_t leaf[32];

	tb_buf_init(&room, 1u << 20);
	must(tb_vkey_init(&key, m->manifest.origin, TB_VKEY_ED25519, process.keys.key[TB_PURPOSE_LOG]) ==
			TB_OK,
		"key");
	for (uint32_t i = 0; i < num_votes; i++) {
		must(tb_proof_parse(&proof, &room, votes[i].receipt, votes[i].receipt_len, &why) == TB_OK,
			why.text);
		tb_merkle_leaf(leaf, proof.extra, proof.extra_len);
		must(tb_proof_verify(&proof, leaf, &key, &why) == TB_OK, why.text);
	}
	tb_buf_release(&room);
}

static int compare(const void *a, const void *b)
{
	double x = ((const vote *)a)->seconds, y = ((const vote *)b)->seconds;

	return x < y ? -1 : x > y;
}

/* Milliseconds that a small write takes to become durable in the server's folder: the median of 100. */
static double sync_ms(void)
{
	char path[300], bytes[4096] = "";
	vote times[100];
	int fd;

	(void)snprintf(path, sizeof path, "%s/sync", process.folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0, path);
	for (size_t i = 0; i < 100; i++) {
		double started = now();

		must(write(fd, bytes, sizeof bytes) == sizeof bytes && fdatasync(fd) == 0, "fdatasync");
		times[i].seconds = now() - started;
	}
	(void)close(fd);
	(void)unlink(path);
	qsort(times, 100, sizeof times[0], compare);
	return 1000 * times[50].seconds;
}

static double seconds_of(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec * 1e-6;
}

int main(void)
{
	tb_maker_config config = {.small = true};
	struct rusage usage;
	double seconds;
	tb_maker *m;

	num_votes = getenv("BIG") != NULL && getenv("BIG")[0] == '1' ? 90000 : 6000;
	config.num_voters = num_votes;
	votes = calloc(num_votes, sizeof *votes);
	server_process_new(&process);
	must(votes != NULL, "memory");
	server_process_start(&process);
	process.change = five_options;
	m = server_process_maker(&process, &config);
	tb_maker_until_open(m);
	prepare(m);
	seconds = run();
	check_receipts(m);
	qsort(votes, num_votes, sizeof votes[0], compare);
	printf("cast: %u ballots of 5 options, %d connections: %.0f a second, for %.1f s; latency median "
	       "%.1f ms, p99 %.1f ms "
	       "(targets 2000 a second, p99 100 ms); every receipt is right; a durable write takes %.2f ms "
	       "here\n",
		num_votes, CONNECTIONS, num_votes / seconds, seconds, 1000 * votes[num_votes / 2].seconds,
		1000 * votes[num_votes / 100 * 99].seconds, sync_ms());
	for (uint32_t i = 0; i < num_votes; i++) {
		tb_buf_release(&votes[i].request);
		free(votes[i].receipt);
	}
	free(votes);
	tb_maker_free(m);
	must(server_process_stop(&process, SIGTERM) == 0, "stop");
	must(getrusage(RUSAGE_CHILDREN, &usage) == 0, "getrusage");
	printf("cast: the server used %.0f us of CPU per ballot, %.0f of it in the kernel\n",
		1e6 * (seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime)) / num_votes,
		1e6 * seconds_of(&usage.ru_stime) / num_votes);
	server_process_free(&process);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Casting: ballots that were made before are posted over 64 connections to a server on the same machine, which verifies
 * them, commits them and answers with receipts; every receipt is checked afterwards.  One question with 5 options.
 * BIG=1: as many ballots as 30 seconds need.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/log/proof.h"
#include "tests/support/load.h"
#include "tests/support/server_process.h"

static server_process process;
static load_call *votes;
static uint32_t num_votes;

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "bench_cast: %s\n", what);
		server_process_free(&process);
		exit(1);
	}
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
		tb_buf_clear(&json);
		server_process_plan_vote(m, i, &json, NULL);
		load_call_init(&votes[i], "/e/spring/entries", &json);
	}
	tb_buf_release(&json);
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
		must(tb_proof_parse(&proof, &room, votes[i].body, votes[i].body_len, &why) == TB_OK,
			why.text);
		tb_merkle_leaf(leaf, proof.extra, proof.extra_len);
		must(tb_proof_verify(&proof, leaf, &key, &why) == TB_OK, why.text);
	}
	tb_buf_release(&room);
}

/* Milliseconds that a small write takes to become durable in the server's folder: the median of 100. */
static double sync_ms(void)
{
	char path[300], bytes[4096] = "";
	load_call times[100];
	int fd;

	(void)snprintf(path, sizeof path, "%s/sync", process.folder);
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
	seconds = load_run(process.port, votes, num_votes, 201);
	check_receipts(m);
	load_sort(votes, num_votes);
	printf("cast: %u ballots of 5 options, 64 connections: %.0f a second, for %.1f s; latency median "
	       "%.1f ms, p99 %.1f ms "
	       "(targets 2000 a second, p99 100 ms); every receipt is right; a durable write takes %.2f ms "
	       "here\n",
		num_votes, num_votes / seconds, seconds, 1000 * votes[num_votes / 2].seconds,
		1000 * votes[num_votes / 100 * 99].seconds, sync_ms());
	for (uint32_t i = 0; i < num_votes; i++)
		load_call_release(&votes[i]);
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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with much behind it: how long its start takes, what it weighs, what one request of each kind costs, and whether
 * a ballot costs the same however long the log is.  20,000 voters with 1,000 and 10,000 ballots; BIG=1: 1,000,000 voters
 * with 1,000, 10,000 and 100,000.  Seconds of processor beside those of the clock, since the load runs on the same cores.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/fill_store.h"
#include "tests/support/load.h"
#include "tests/support/serve.h"
#include "tests/support/server_process.h"

#define NUM_READS 2000
#define NUM_CASTS 1000

static server_process process;
static fill_store fill;
static char master[300];
static bool is_big;

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "bench_start: %s\n", what);
		server_process_kill(&process);
		exit(1);
	}
}

static double used(void)
{
	return server_process_used(&process);
}

static double resident_mib(void)
{
	return (double)server_process_memory(&process) / 1024;
}

/* ---- starting ---- */

static void start(void)
{
	struct stat s;
	double started, seconds, cpu;

	server_process_give(&process, master); /* what it adds is its own */
	must(stat(master, &s) == 0, master);
	started = load_now();
	server_process_start(&process);
	seconds = load_now() - started;
	cpu = used();
	printf("start: %u voters and %u ballots, a database of %.0f MiB: listens after %.2f s (%.2f s of "
	       "processor), then has %.0f MiB\n",
		fill.m->num_voters, fill.num_ballots, (double)s.st_size / 1048576, seconds, cpu,
		resident_mib());
}

/* ---- reading ---- */

/* One of `num` numbers from `first`, of at least so many digits, follows the path; num 0: nothing does. */
static void read_many(const char *what, const char *prefix, int digits, uint64_t first, uint64_t num)
{
	load_call *calls = calloc(NUM_READS, sizeof *calls);
	double seconds, before;
	size_t bytes = 0;

	must(calls != NULL, "memory");
	for (uint64_t i = 0; i < NUM_READS; i++) {
		char path[200], number[24] = "";

		if (num > 0)
			(void)snprintf(number, sizeof number, "%0*" PRIu64, digits, first + i * 7 % num);
		(void)snprintf(path, sizeof path, "%s%s", prefix, number);
		load_call_init(&calls[i], path, NULL);
	}
	before = used();
	seconds = load_run(process.port, calls, NUM_READS, 200);
	for (size_t i = 0; i < NUM_READS; i++)
		bytes += calls[i].body_len;
	load_sort(calls, NUM_READS);
	printf("  GET %-9s %7.0f a second, %4.0f us of processor each, p99 %5.1f ms, %zu bytes\n", what,
		NUM_READS / seconds, 1e6 * (used() - before) / NUM_READS,
		1000 * calls[NUM_READS / 100 * 99].seconds, bytes / NUM_READS);
	for (size_t i = 0; i < NUM_READS; i++)
		load_call_release(&calls[i]);
	free(calls);
}

static void read_archive(void)
{
	char url[200];
	tb_fetch *f = server_process_client();
	double started = load_now(), before = used(), weight = resident_mib();
	tb_response response;
	tb_fault fault;
	tb_buf body;

	tb_buf_init(&body, (size_t)4 << 30);
	server_process_url(&process, url, "/e/spring/archive");
	must(tb_fetch_get(f, &body, &response, url, &fault) == TB_OK && response.status == 200, "archive");
	printf("  GET archive   %.0f MiB in %.2f s, %.2f s of processor; memory grew by %.1f MiB\n",
		(double)body.len / 1048576, load_now() - started, used() - before, resident_mib() - weight);
	tb_buf_release(&body);
	tb_fetch_free(f);
}

static void read_all(void)
{
	read_many("state", "/e/spring", 0, 0, 0);
	read_many("voter", "/e/spring/voter/v0000", 3, 1, 999);
	read_many("receipt", "/e/spring/receipt/", 1, 0, fill.size);
	read_many("tile", "/e/spring/log/tile/0/", 3, 0, fill.size / 256);
	read_many("bundle", "/e/spring/log/tile/entries/", 3, 0, fill.size / 256);
	read_archive();
}

/* ---- casting ---- */

static void plan(void *arg, uint32_t voter, const tb_buf *entry)
{
	load_call *calls = arg;
	tb_buf json, room;
	tb_fault fault;
	tb_entry e;

	tb_buf_init(&json, 1u << 20);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	must(tb_entry_parse(&e, &room, entry->data, entry->len, &fault) == TB_OK, "ballot");
	serve_write_submission(&json, &e);
	load_call_init(&calls[fill.m->num_voters - 1 - voter], "/e/spring/entries", &json);
	tb_buf_release(&json);
	tb_buf_release(&room);
}

/* By the last voters of the roll. */
static void cast(void)
{
	load_call *calls = calloc(NUM_CASTS, sizeof *calls);
	double seconds, before;

	must(calls != NULL, "memory");
	fill.m->now = (uint64_t)time(NULL);
	many_ballots_make(fill.m, fill.open_size, fill.open_root, fill.m->num_voters - NUM_CASTS,
		fill.m->num_voters, plan, calls);
	before = used();
	seconds = load_run(process.port, calls, NUM_CASTS, 201);
	load_sort(calls, NUM_CASTS);
	printf("  POST ballot   %.0f a second, %.0f us of processor each, p99 %.1f ms; a durable write takes "
	       "%.2f "
	       "ms here\n",
		NUM_CASTS / seconds, 1e6 * (used() - before) / NUM_CASTS,
		1000 * calls[NUM_CASTS / 100 * 99].seconds, load_sync_ms(process.folder));
	for (size_t i = 0; i < NUM_CASTS; i++)
		load_call_release(&calls[i]);
	free(calls);
}

static void measure(uint32_t num_ballots)
{
	fill_store_until(&fill, num_ballots);
	start();
	read_all();
	cast();
	must(server_process_stop(&process, SIGTERM) == 0, "stop");
}

/* For other sizes: bench_start VOTERS BALLOTS... */
static void measure_these(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		measure((uint32_t)strtoul(argv[i], NULL, 10));
}

int main(int argc, char **argv)
{
	uint32_t num_voters;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	is_big = getenv("BIG") != NULL && getenv("BIG")[0] == '1';
	server_process_new(&process);
	(void)snprintf(master, sizeof master, "%s/master.db", process.folder);
	num_voters = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : is_big ? 1000000 : 20000;
	fill_store_new(&fill, process.folder, master, num_voters);
	if (argc > 1) {
		measure_these(argc, argv);
	} else {
		measure(1000);
		measure(10000);
		if (is_big)
			measure(100000);
	}
	fill_store_free(&fill);
	(void)unlink(master);
	server_process_free(&process);
	return 0;
}

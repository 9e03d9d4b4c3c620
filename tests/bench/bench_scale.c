/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole way of a large election: its board, in a server's database, the server's start (while the polls are open, and after the result), every file of the log read over
 * HTTP and compared, requests of each kind, and tabella-verify over HTTP.  1,000,000 voters and 100,000 ballots; BIG=1: 1,000,000
 * ballots.  For other sizes: bench_scale VOTERS BALLOTS.  tests/support/big_board.h says where the board is kept.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/log/tile.h"
#include "tests/support/big_board.h"
#include "tests/support/fill_store.h"
#include "tests/support/load.h"
#include "tests/support/server_process.h"

#define PART 512 /* files that are in memory at once */
#define NUM_READS 2000

static server_process process;
static char board[BIG_BOARD_PATH], whole[300];
static uint64_t size;

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "bench_scale: %s\n", what);
		server_process_kill(&process);
		exit(1);
	}
}

static double memory_mib(void)
{
	return (double)server_process_memory(&process) / 1024;
}

/* ---- the server ---- */

static void copy_key(void)
{
	char path[BIG_BOARD_PATH + 40];
	tb_buf key;
	tb_why why;

	tb_buf_init_secret(&key, 4096);
	(void)snprintf(path, sizeof path, "%s.server/server.key", board);
	must(tb_file_read(&key, path, &why) == TB_OK, why.text);
	(void)snprintf(path, sizeof path, "%s/server.key", process.folder);
	must(unlink(path) == 0, path);
	must(tb_file_create(path, key.data, key.len, TB_FILE_PRIVATE, &why) == TB_OK, why.text);
	tb_buf_release(&key);
}

/* The same database twice: while the polls are open, and at the end. */
static void fill(void)
{
	static fill_store store;
	double started = load_now();
	struct stat s;

	fill_store_from_board(&store, process.folder, whole, board);
	server_process_give(&process, whole);
	fill_store_end_of_board(&store);
	size = store.size;
	fill_store_free(&store);
	must(stat(whole, &s) == 0, whole);
	printf("scale: %" PRIu64 " entries, a database of %.0f MiB, filled in %.0f s\n", size,
		(double)s.st_size / 1048576, load_now() - started);
}

static void start(const char *when)
{
	double started = load_now(), cpu;

	server_process_start(&process);
	cpu = server_process_used(&process);
	printf("scale: %s, the server listens after %.1f s (%.1f s of processor), then has %.0f MiB\n", when,
		load_now() - started, cpu, memory_mib());
}

/* ---- reading ---- */

/* Fetches these files and compares each with the board's own; returns the bytes. */
static size_t page_some(const tb_tile *tiles, size_t num, double *seconds)
{
	load_call *calls = calloc(num, sizeof *calls);
	char path[TB_PATH_MAX], full[BIG_BOARD_PATH + TB_PATH_MAX];
	size_t bytes = 0;
	tb_buf file;
	tb_why why;

	must(calls != NULL, "memory");
	for (size_t i = 0; i < num; i++) {
		tb_tile_path(path, &tiles[i]);
		(void)snprintf(full, sizeof full, "/e/spring/%s", path);
		load_call_init(&calls[i], full, NULL);
	}
	*seconds += load_run(process.port, calls, num, 200);
	tb_buf_init(&file, TB_BUNDLE_MAX);
	for (size_t i = 0; i < num; i++) {
		tb_buf_clear(&file);
		tb_tile_path(path, &tiles[i]);
		(void)snprintf(full, sizeof full, "%s/%s", board, path);
		must(tb_file_read(&file, full, &why) == TB_OK, why.text);
		must(calls[i].body_len == file.len && memcmp(calls[i].body, file.data, file.len) == 0, path);
		bytes += file.len;
		load_call_release(&calls[i]);
	}
	tb_buf_release(&file);
	free(calls);
	return bytes;
}

static void page(void)
{
	tb_tile part[PART];
	size_t num = 0, files = 0, bytes = 0;
	double seconds = 0, before = server_process_used(&process);

	for (tb_tile t = tb_tile_first(size); t.width > 0; tb_tile_next(&t, size)) {
		part[num++] = t;
		files++;
		if (num == PART) {
			bytes += page_some(part, num, &seconds);
			num = 0;
		}
	}
	if (num > 0)
		bytes += page_some(part, num, &seconds);
	printf("scale: paged %zu files, %.0f MiB, each as on the board: %.1f s, %.0f files a second, %.0f us "
	       "of "
	       "processor each; the server has %.0f MiB\n",
		files, (double)bytes / 1048576, seconds, (double)files / seconds,
		1e6 * (server_process_used(&process) - before) / (double)files, memory_mib());
}

/* 0..num-1 follow the path, a large step apart. */
static void read_many(const char *what, const char *prefix, int digits, uint64_t first, uint64_t num)
{
	load_call *calls = calloc(NUM_READS, sizeof *calls);
	double seconds, before;

	must(calls != NULL, "memory");
	for (uint64_t i = 0; i < NUM_READS; i++) {
		char path[200];

		(void)snprintf(path, sizeof path, "%s%0*" PRIu64, prefix, digits, first + i * 7919 % num);
		load_call_init(&calls[i], path, NULL);
	}
	before = server_process_used(&process);
	seconds = load_run(process.port, calls, NUM_READS, 200);
	load_sort(calls, NUM_READS);
	printf("  GET %-8s %.0f a second, %.0f us of processor each, p99 %.1f ms\n", what,
		NUM_READS / seconds, 1e6 * (server_process_used(&process) - before) / NUM_READS,
		1000 * calls[NUM_READS / 100 * 99].seconds);
	for (size_t i = 0; i < NUM_READS; i++)
		load_call_release(&calls[i]);
	free(calls);
}

int main(int argc, char **argv)
{
	bool is_big = getenv("BIG") != NULL && getenv("BIG")[0] == '1';
	unsigned voters = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000000;
	unsigned ballots = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : is_big ? 1000000 : 100000;
	char url[200];
	bool ok;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (!big_board_get(board, voters, ballots))
		return 1;
	server_process_new(&process);
	(void)snprintf(whole, sizeof whole, "%s/whole.db", process.folder);
	copy_key();
	printf("scale: %u voters, %u ballots; a durable write takes %.2f ms here\n", voters, ballots,
		load_sync_ms(process.folder));
	fill();
	start("polls open");
	must(server_process_stop(&process, SIGTERM) == 0, "stop");
	server_process_give(&process, whole);
	must(unlink(whole) == 0, whole);
	start("result known");
	page();
	read_many("voter", "/e/spring/voter/v", 5, 1, voters);
	read_many("receipt", "/e/spring/receipt/", 1, 0, size);
	server_process_url(&process, url, "/e/spring");
	ok = big_board_verify("scale", url, ballots, false);
	printf("scale: the server has %.0f MiB in the end\n", memory_mib());
	must(server_process_stop(&process, SIGTERM) == 0, "stop");
	server_process_free(&process);
	return !ok;
}

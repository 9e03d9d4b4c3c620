/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients that vote, read, give up and break off, round after round: the server holds as much memory and as many
 * descriptors at the end as it did after the first rounds.  TB_LONG=1: two hundred thousand requests instead of twelve.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/fill_store.h"
#include "tests/support/load.h"
#include "tests/support/serve.h"
#include "tests/support/server_process.h"

#define WARM_UP 4 /* rounds: every thread and every reader of the store has been at work */
#define READS 1000
#define CASTS 40
#define RUDE 120
#define LENGTH 4000 /* of the log: the store's caches are full after the warm-up */
/* Generous: what allocators keep differs from run to run.  A leak of 1.5 KiB for a request is more, of 100 bytes in the long form. */
#define MORE_KIB 16384
#define MORE_FILES 24

static server_process process;
static fill_store fill;
static unsigned rounds;

/* ---- clients that do as they should ---- */

static void read_much(void)
{
	static const char *const paths[] = {"/e/spring", "/e/spring/log/checkpoint", "/e/spring/feed.atom",
		"/feed.atom", "/e/spring/voter/v0000001", "/e/spring/log/tile/0/000"};
	load_call *calls = calloc(READS, sizeof *calls);

	assert_non_null(calls);
	for (unsigned i = 0; i < READS; i++) {
		char path[60];

		if (i % 8 < 6)
			(void)snprintf(path, sizeof path, "%s", paths[i % 8]);
		else if (i % 16 != 15)
			(void)snprintf(path, sizeof path, "/e/spring/receipt/%u", i * 37 % LENGTH);
		else
			(void)snprintf(
				path, sizeof path, "/e/spring/log/tile/entries/%03u", i / 8 % (LENGTH / 256));
		load_call_init(&calls[i], path, NULL);
	}
	(void)load_run(atomic_load(&process.port), calls, READS, 200);
	for (unsigned i = 0; i < READS; i++)
		load_call_release(&calls[i]);
	free(calls);
}

typedef struct ballots {
	load_call calls[CASTS];
	unsigned num;
} ballots;

static void plan(void *arg, uint32_t voter, const tb_buf *entry)
{
	ballots *b = arg;
	tb_buf json, room;
	tb_fault fault;
	tb_entry e;

	(void)voter;
	tb_buf_init(&json, 1u << 20);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_parse(&e, &room, entry->data, entry->len, &fault), TB_OK);
	serve_write_submission(&json, &e);
	load_call_init(&b->calls[b->num++], "/e/spring/entries", &json);
	tb_buf_release(&json);
	tb_buf_release(&room);
}

static void cast(unsigned round)
{
	ballots *b = calloc(1, sizeof *b);

	assert_non_null(b);
	fill.m->now = (uint64_t)time(NULL);
	many_ballots_make(
		fill.m, fill.open_size, fill.open_root, round * CASTS, (round + 1) * CASTS, plan, b);
	(void)load_run(atomic_load(&process.port), b->calls, b->num, 201);
	for (unsigned i = 0; i < b->num; i++)
		load_call_release(&b->calls[i]);
	free(b);
}

/* ---- clients that do not ---- */

/* Says this much and goes: before the end of a request, or before its answer; every second time by a reset. */
static void break_off(unsigned number)
{
	static const char *const words[] = {"", "GET /e/spr", "GET /e/spring HTTP/1.1\r\nHost: x\r\n",
		"GET /e/spring/archive HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /e/spring/entries HTTP/1.1\r\nHost: x\r\nContent-Length: "
		"3000\r\n\r\n{\"type\":\"ballot\",",
		"POST /e/spring/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnull",
		"\r\n\r\n\x16\x03\x01", "GET /e/spring/log/tile/entries/001 HTTP/1.1\r\nHost: x\r\n\r\n"};
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)atomic_load(&process.port))};
	const char *said = words[number % (sizeof words / sizeof words[0])];
	struct linger reset = {.l_onoff = 1};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	(void)send(fd, said, strlen(said), MSG_NOSIGNAL);
	if (number / 8 % 2 == 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	(void)close(fd);
}

/* ---- the rounds ---- */

static void one_round(unsigned round)
{
	cast(round);
	read_much();
	for (unsigned i = 0; i < RUDE; i++)
		break_off(i);
}

/* The server may need a moment to see who has gone. */
static size_t files_below(size_t most)
{
	size_t num = server_process_num_files(&process);

	for (int i = 0; i < 12000 && num > most; i++) {
		(void)usleep(10000);
		num = server_process_num_files(&process);
	}
	return num;
}

static void test_memory_and_descriptors_stay(void **state)
{
	size_t memory, files, idle;

	(void)state;
	server_process_start(&process);
	idle = server_process_num_files(&process);
	for (unsigned i = 0; i < WARM_UP; i++)
		one_round(i);
	/* The readers of the store keep theirs. */
	files = files_below(idle + MORE_FILES);
	assert_in_range(files, 1, idle + MORE_FILES);
	memory = server_process_memory(&process);
	for (unsigned i = WARM_UP; i < rounds; i++)
		one_round(i);
	print_message("%zu KiB and %zu descriptors after %d rounds\n", memory, files, WARM_UP);
	files = files_below(idle + MORE_FILES);
	print_message("%zu KiB and %zu after %u\n", server_process_memory(&process), files, rounds);
	assert_in_range(files, 1, idle + MORE_FILES);
	assert_in_range(server_process_memory(&process), 1, memory + MORE_KIB);
	assert_int_equal(server_process_stop(&process, SIGTERM), 0);
}

static int setup(void **state)
{
	static char path[300];
	const char *is_long = getenv("TB_LONG");

	(void)state;
	rounds = WARM_UP + (is_long != NULL && is_long[0] == '1' ? 200 : 12);
	server_process_new(&process);
	(void)snprintf(path, sizeof path, "%s/board.db", process.folder);
	fill_store_new(&fill, process.folder, path, rounds * CASTS + 1);
	fill_store_repeat(&fill, LENGTH);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fill_store_free(&fill);
	server_process_free(&process);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_memory_and_descriptors_stay, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

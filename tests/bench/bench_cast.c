/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Casting: ballots that were made before are posted over 64 connections to a server on the same machine, which verifies
 * them, commits them and answers with receipts; every receipt is checked afterwards.  One question with 5 options.
 * BIG=1: for 30 seconds at least.  How many ballots that takes, and so how many have to be made, a first 6,000 tell.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/log/proof.h"
#include "tests/support/load.h"
#include "tests/support/many_ballots.h"
#include "tests/support/serve.h"
#include "tests/support/server_process.h"

#define FEW 6000
#define SECONDS 30
#define MAX_VOTERS 500000
#define SLICE 16384 /* made with one date */

static server_process process;
static load_call *votes;
static uint32_t num_votes; /* all of them */
static bool is_big;
static uint64_t open_size;
static uint8_t open_root[32];

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "bench_cast: %s\n", what);
		server_process_free(&process);
		exit(1);
	}
}

/* ---- preparing ---- */

static void five_options(tb_manifest *m)
{
	many_ballots_edit(NULL, m);
	m->questions[0].max = 3;
}

static void plan(void *arg, uint32_t voter, const tb_buf *entry)
{
	tb_buf json, room;
	tb_fault fault;
	tb_entry e;

	(void)arg;
	tb_buf_init(&json, 1u << 20);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	must(tb_entry_parse(&e, &room, entry->data, entry->len, &fault) == TB_OK, "ballot");
	serve_write_submission(&json, &e);
	load_call_init(&votes[voter], "/e/spring/entries", &json);
	tb_buf_release(&json);
	tb_buf_release(&room);
}

/* Of the voters `first` .. `end` - 1. */
static void prepare(tb_maker *m, uint32_t first, uint32_t end)
{
	for (uint32_t next; first < end; first = next) {
		next = end - first < SLICE ? end : first + SLICE;
		m->now = (uint64_t)time(NULL); /* not ten minutes before they are cast [BALLOT.DATE] */
		many_ballots_make(m, open_size, open_root, first, next, plan, NULL);
	}
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

/* Casts the ballots from `first` on; returns the seconds. */
static double cast(uint32_t first)
{
	uint32_t num = num_votes - first;
	load_call *sorted = malloc(num * sizeof *sorted);
	double before = server_process_used(&process);
	double seconds = load_run(process.port, votes + first, num, 201);
	double used = server_process_used(&process) - before;

	must(sorted != NULL, "memory");
	memcpy(sorted, votes + first, num * sizeof *sorted);
	load_sort(sorted, num);
	printf("cast: %u ballots of 5 options, 64 connections: %.0f a second, for %.1f s; latency median "
	       "%.1f ms, p99 %.1f ms (targets 2000 a second, p99 100 ms); %.0f us of the server's processor "
	       "each; a durable write takes %.2f ms here\n",
		num, num / seconds, seconds, 1000 * sorted[num / 2].seconds,
		1000 * sorted[num / 100 * 99].seconds, 1e6 * used / num, load_sync_ms(process.folder));
	free(sorted);
	return seconds;
}

/* Until one run takes long enough: a warm server is faster than the last run has promised. */
static void cast_long(tb_maker *m, double seconds)
{
	uint32_t num = FEW, first;

	while (seconds < SECONDS) {
		double needed = num / seconds * SECONDS * 1.25;

		first = num_votes;
		num = needed > MAX_VOTERS - first ? MAX_VOTERS - first : (uint32_t)needed;
		must(num > 0, "more voters are needed for 30 seconds");
		num_votes += num;
		prepare(m, first, num_votes);
		seconds = cast(first);
	}
}

int main(void)
{
	tb_maker_config config = {.small = true};
	double seconds;
	tb_maker *m;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	is_big = getenv("BIG") != NULL && getenv("BIG")[0] == '1';
	config.num_voters = is_big ? MAX_VOTERS : FEW;
	votes = calloc(config.num_voters, sizeof *votes);
	server_process_new(&process);
	must(votes != NULL, "memory");
	server_process_start(&process);
	process.change = five_options;
	m = server_process_maker(&process, &config);
	tb_maker_until_open(m);
	open_size = tb_board_size(m->board);
	tb_board_root(m->board, open_root);
	num_votes = FEW;
	prepare(m, 0, num_votes);
	seconds = cast(0);
	if (is_big)
		cast_long(m, seconds);
	check_receipts(m);
	printf("cast: every receipt is right\n");
	for (uint32_t i = 0; i < num_votes; i++)
		load_call_release(&votes[i]);
	free(votes);
	tb_maker_free(m);
	must(server_process_stop(&process, SIGTERM) == 0, "stop");
	server_process_free(&process);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/merkle.h"
#include "tests/support/disjunctive.h"
#include "tests/support/sample.h"

/*
 * How fast one thread verifies ballots, from the bytes of their entries in memory: envelope, leaf hash, signature, proof.
 * No disk, no roll.  Making the ballots is not measured; DISTINCT different ones are repeated.
 */
#define DISTINCT 512 /* made once; the batch holds them again and again, which its cost does not depend on */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

typedef struct board {
	tb_sample sample;
	size_t num, distinct;
	tb_buf *entries;
	uint8_t (*keys)[32];
} board;

static void make(board *b, const tb_group *g, const tb_sample_question *question, size_t num, size_t distinct)
{
	tb_sample_new(&b->sample, g, question, 1, 3, 2);
	tb_sample_fixed_key(&b->sample);
	b->num = num;
	b->distinct = distinct;
	b->entries = calloc(distinct, sizeof *b->entries);
	b->keys = calloc(distinct, sizeof *b->keys);
	TB_REQUIRE(b->entries != NULL && b->keys != NULL);
	for (size_t i = 0; i < distinct; i++) {
		tb_sample_ballot ballot;

		tb_sample_cast(&ballot, &b->sample, i, NULL);
		tb_buf_init(&b->entries[i], TB_ENTRY_MAX_BYTES);
		TB_REQUIRE(tb_entry_write(&b->entries[i], &ballot.entry) == TB_OK);
		memcpy(b->keys[i], ballot.public_key, 32);
		tb_sample_ballot_free(&ballot);
	}
}

static void release(board *b)
{
	for (size_t i = 0; i < b->distinct; i++)
		tb_buf_release(&b->entries[i]);
	free(b->entries);
	free(b->keys);
	tb_sample_free(&b->sample);
}

static void verify(board *b, tb_ballot_batch *batch, double *parse, double *leaf)
{
	uint8_t hash[32];
	tb_buf room;
	tb_entry e;
	tb_fault fault;
	size_t num_bad;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_ballot_batch_reset(batch);
	for (size_t i = 0; i < b->num; i++) {
		const tb_buf *bytes = &b->entries[i % b->distinct];
		double start = now(), middle;

		tb_merkle_leaf(hash, bytes->data, bytes->len);
		middle = now();
		TB_REQUIRE(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK);
		*leaf += middle - start;
		*parse += now() - middle;
		TB_REQUIRE(tb_ballot_batch_add(
				   batch, i, &e, &b->sample.binding, b->keys[i % b->distinct], 0) == TB_OK);
	}
	TB_REQUIRE(tb_ballot_batch_verify(batch, NULL, &num_bad) == TB_OK && num_bad == 0);
	tb_buf_release(&room);
}

/* Returns seconds per option. */
static double run(const char *what, const tb_group *g, const tb_sample_question *question, size_t num,
	size_t distinct, int rounds, double target)
{
	uint32_t options = question->num_options;
	double parse = 0, leaf = 0, best = 1e9, all, n;
	const tb_ballot_batch_times *spent;
	tb_ballot_batch *batch;
	board b;

	make(&b, g, question, num, distinct);
	TB_REQUIRE(tb_ballot_batch_new(&batch, b.sample.params, num) == TB_OK);
	for (int i = 0; i < rounds; i++) {
		double start = now();

		verify(&b, batch, &parse, &leaf);
		if (now() - start < best)
			best = now() - start;
	}
	spent = tb_ballot_batch_spent(batch);
	n = (double)num * rounds;
	all = best / (double)num * 1e6;
	printf("verify: %s, %u options, batches of %zu: %.0f options/s", what, options, num,
		(double)options * (double)num / best);
	if (target > 0)
		printf(" (target %.0f)", target);
	printf("\n  %.1f us per ballot of %zu bytes; stages on average: leaf hash %.1f, envelope %.1f, add "
	       "%.1f, "
	       "signatures %.1f, decode %.1f, challenges %.1f, proofs %.1f us\n",
		all, b.entries[0].len, leaf / n * 1e6, parse / n * 1e6, (double)spent->add / n / 1e3,
		(double)spent->signature / n / 1e3, (double)spent->decode / n / 1e3,
		(double)spent->prepare / n / 1e3, (double)spent->proof / n / 1e3);
	tb_ballot_batch_free(batch);
	release(&b);
	return best / (double)num / options;
}

/* One disjunctive proof per option with tables and membership tests, on the same group library.  Seconds per option. */
static double run_disjunctive(const char *what, const tb_group *g, int rounds)
{
	tb_disjunctive_key key;
	tb_disjunctive proof[2];
	double best = 1e9;
	tb_point h;

	tb_point_hash(g, &h, "bench", NULL, 0);
	TB_REQUIRE(tb_disjunctive_key_new(&key, g, &h) == TB_OK);
	for (unsigned v = 0; v < 2; v++)
		TB_REQUIRE(tb_disjunctive_make(&proof[v], &key, v) == TB_OK);
	for (int i = 0; i < rounds; i++) {
		double start = now();

		for (int k = 0; k < 10; k++)
			TB_REQUIRE(tb_disjunctive_verify(&proof[k % 2], &key) == TB_OK);
		if (now() - start < best)
			best = now() - start;
	}
	tb_scalar_add(g, &proof[0].response[0], &proof[0].response[0], &proof[1].response[0]);
	TB_REQUIRE(tb_disjunctive_verify(&proof[0], &key) == TB_ERR_PROOF);
	tb_disjunctive_key_free(&key);
	printf("verify: %s, one disjunctive proof per option: %.0f options/s\n", what, 10 / best);
	return best / 10;
}

int main(int argc, char **argv)
{
	static const tb_sample_question five = {5, 1, 1, 3, false}, twenty = {20, 1, 1, 3, false},
					ranking = {20, 0, 0, 20, false}, wide = {100, 0, 0, 100, false};
	double ours, theirs;

	(void)run("ristretto255", tb_group_ristretto255(), &five, 4096, DISTINCT, 5, 30000);
	if (argc > 1 && strcmp(argv[1], "5") == 0) /* for bench_belenios.sh */
		return 0;
	(void)run("ristretto255", tb_group_ristretto255(), &twenty, 2048, DISTINCT, 5, 45000);
	(void)run("a ranking", tb_group_ristretto255(), &ranking, 4096, DISTINCT, 5, 0);
	(void)run("a ranking in three elements", tb_group_ristretto255(), &wide, 2048, 128, 5, 0);
	ours = run("modp4096", tb_group_modp4096(), &twenty, 1024, 16, 1, 0);
	theirs = run_disjunctive("modp4096", tb_group_modp4096(), 3);
	printf("verify: modp4096, 20 options: %.1f times as fast as one disjunctive proof per option (target "
	       "13)\n",
		theirs / ours);
	return 0;
}

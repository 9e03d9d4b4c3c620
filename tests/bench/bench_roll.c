/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/election/roll.h"

/* Loading a roll: reading its chunks (JSON, texts, keys), taking them in, looking voters up; and the memory it takes.  BIG=1: a million. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(tb_err err)
{
	if (err != TB_OK) {
		fprintf(stderr, "%s\n", tb_err_text(err));
		exit(1);
	}
}

static void make_chunk(
	tb_buf *out, tb_roll_chunk *c, uint32_t first, uint32_t num, bool is_final, tb_point *key)
{
	static tb_roll_voter voters[TB_ROLL_CHUNK_MAX];
	static char ids[TB_ROLL_CHUNK_MAX][16], labels[TB_ROLL_CHUNK_MAX][40];
	const tb_group *g = tb_group_ristretto255();
	tb_point one;

	tb_point_generator(g, &one);
	*c = (tb_roll_chunk){.first = first, .is_final = is_final, .voters = voters, .num = num};
	for (uint32_t i = 0; i < num; i++) {
		snprintf(ids[i], sizeof ids[i], "member-%08u", first + i);
		snprintf(labels[i], sizeof labels[i], "Some Body the %u-th", first + i);
		tb_point_add(g, key, key, &one);
		tb_point_write(g, voters[i].key, key);
		voters[i].id = ids[i];
		voters[i].label = labels[i];
		voters[i].weight = 1;
	}
	tb_buf_clear(out);
	must(tb_roll_chunk_write(out, c));
}

int main(void)
{
	const uint32_t num = getenv("BIG") != NULL && strcmp(getenv("BIG"), "1") == 0 ? 1000000 : 100000;
	tb_question question = {.score_max = 1};
	tb_manifest m = {.min_holders = 1, .questions = &question, .num_questions = 1};
	double parse = 0, apply = 0, find, start;
	tb_roll_chunk made, c;
	size_t bytes = 0;
	tb_fault fault;
	tb_point key;
	tb_voter v;
	tb_roll *r;
	tb_buf out;

	tb_buf_init(&out, TB_BLOB_MAX_BYTES);
	must(tb_roll_new(&r, &m));
	tb_point_identity(tb_group_ristretto255(), &key);
	for (uint32_t first = 0; first < num; first += TB_ROLL_CHUNK_MAX) {
		make_chunk(&out, &made, first, TB_ROLL_CHUNK_MAX, first + TB_ROLL_CHUNK_MAX == num, &key);
		bytes += out.len;
		start = now();
		must(tb_roll_chunk_parse(&c, out.data, out.len, &fault));
		parse += now() - start;
		start = now();
		must(tb_roll_check_chunk(r, &c, &fault));
		must(tb_roll_apply_chunk(r, &c));
		apply += now() - start;
		tb_roll_chunk_release(&c);
	}
	start = now();
	for (uint32_t i = 0; i < num; i++) {
		char id[16];

		snprintf(id, sizeof id, "member-%08u", (uint32_t)((uint64_t)i * 7919 % num));
		must(tb_roll_find(r, id, strlen(id), &v));
	}
	find = now() - start;
	printf("roll: %u voters, %.0f bytes each on the board\n", num, (double)bytes / num);
	printf("roll: read chunks %.2f us, check and take in %.2f us, look up %.2f us per voter\n",
		parse / num * 1e6, apply / num * 1e6, find / num * 1e6);
	printf("roll: memory %.1f bytes per voter (target 64 and a constant)\n",
		(double)tb_roll_memory(r) / num);
	tb_roll_free(r);
	tb_buf_release(&out);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/many_ballots.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/fixture.h"

#define BLOCK 1024 /* ballots that are made side by side */
#define MAX_THREADS 64

typedef struct block {
	const tb_maker *m;
	uint64_t size;
	const uint8_t *root;
	uint32_t first, end;
	_Atomic uint32_t next;
	tb_buf ballot[BLOCK];
} block;

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "many_ballots: %s\n", what);
		tb_bug("ballots could not be made");
	}
}

void many_ballots_edit(void *arg, tb_manifest *m)
{
	static const char *const names[MANY_OPTIONS] = {"ada", "ben", "cleo", "dan", "eve"};
	tb_question *q = &m->questions[0];

	(void)arg;
	q->options = realloc(q->options, MANY_OPTIONS * sizeof *q->options);
	must(q->options != NULL, "memory");
	for (uint32_t i = 0; i < MANY_OPTIONS; i++) {
		tb_option *o = &q->options[i];

		if (i < q->num_options) {
			free(o->id);
			free(o->label);
		} else {
			*o = (tb_option){.text = strdup("")};
			o->link = strdup("");
		}
		o->id = strdup(names[i]);
		o->label = strdup(names[i]);
	}
	q->num_options = MANY_OPTIONS;
	q->method = TB_METHOD_CHOOSE;
	q->quorum = (tb_bar){.base = TB_BASE_NONE};
	q->min = 1;
}

/* Some options are liked more than others, and ballots are of every length: what a count has to group and to transfer. */
static void choose_ranks(const tb_question *q, uint32_t voter, uint32_t *ranks)
{
	uint64_t state = voter * UINT64_C(0x9e3779b97f4a7c15) + 1;
	uint32_t num;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	num = 1 + (uint32_t)((state >> 33) % q->max);
	for (uint32_t rank = 1; rank <= num; rank++) {
		uint64_t a, b;

		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		a = (state >> 33) % q->num_options;
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		b = (state >> 33) % q->num_options;
		for (a = a < b ? a : b; ranks[a] != 0;)
			a = (a + 1) % q->num_options;
		ranks[a] = rank;
	}
}

static void choose(const tb_question *q, uint32_t voter, uint32_t *value)
{
	if (q->method == TB_METHOD_RANKED)
		choose_ranks(q, voter, value);
	else
		value[voter % MANY_OPTIONS] = 1;
}

static void make_one(const block *b, uint32_t voter, tb_buf *out)
{
	const tb_maker *m = b->m;
	const tb_maker_voter *v = &m->voters[voter];
	tb_ballot_head head = {.date = m->now, .checkpoint_size = b->size};
	uint8_t seed[64], signature[TB_SCHNORR_BYTES];
	char signer[TB_SIGNER_MAX];
	tb_choices choices;
	tb_fault fault;
	tb_buf payload;
	tb_entry e;

	memcpy(head.checkpoint_root, b->root, 32);
	(void)snprintf(head.voter, sizeof head.voter, "%s", v->id);
	(void)snprintf(signer, sizeof signer, "voter/%s", v->id);
	must(tb_choices_new(&choices, &m->manifest) == TB_OK, "choices");
	choose(&m->manifest.questions[0], voter, choices.value[0]);
	tb_fixture_bytes(seed, "big ballot", voter);
	tb_buf_init(&payload, TB_BALLOT_MAX_BYTES);
	must(tb_ballot_make(m->params, &payload, signature, &head, &v->keys.sign, &choices, seed,
		     tb_board_binding(m->board), &fault) == TB_OK,
		"ballot");
	must(tb_entry_init(&e, TB_ENTRY_BALLOT, signer, payload.data, payload.len, &fault) == TB_OK, "entry");
	memcpy(e.signature, signature, sizeof signature);
	e.time = m->now;
	tb_buf_clear(out);
	must(tb_entry_write(out, &e) == TB_OK, "entry");
	tb_buf_release(&payload);
	tb_choices_release(&choices);
}

static void *make_some(void *arg)
{
	block *b = arg;
	uint32_t voter;

	while ((voter = b->next++) < b->end)
		make_one(b, voter, &b->ballot[voter - b->first]);
	return NULL;
}

static void make_block(block *b)
{
	pthread_t thread[MAX_THREADS];
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int num = cores < 1 ? 1 : cores > MAX_THREADS ? MAX_THREADS : (int)cores;

	b->next = b->first;
	for (int i = 0; i < num; i++)
		must(pthread_create(&thread[i], NULL, make_some, b) == 0, "thread");
	for (int i = 0; i < num; i++)
		must(pthread_join(thread[i], NULL) == 0, "thread");
}

void many_ballots_make(const tb_maker *m, uint64_t size, const uint8_t root[32], uint32_t first, uint32_t end,
	many_ballots_fn *each, void *arg)
{
	block *b = calloc(1, sizeof *b);

	must(b != NULL && end <= m->num_voters, "memory, voters");
	b->m = m;
	b->size = size;
	b->root = root;
	for (size_t i = 0; i < BLOCK; i++)
		tb_buf_init(&b->ballot[i], TB_ENTRY_MAX_BYTES);
	for (b->first = first; b->first < end; b->first = b->end) {
		b->end = end - b->first < BLOCK ? end : b->first + BLOCK;
		make_block(b);
		for (uint32_t i = b->first; i < b->end; i++)
			each(arg, i, &b->ballot[i - b->first]);
		if ((b->end - first) % (BLOCK * 64) == 0 && isatty(2))
			(void)fprintf(stderr, "\r%u of %u ballots", b->end - first, end - first);
	}
	for (size_t i = 0; i < BLOCK; i++)
		tb_buf_release(&b->ballot[i]);
	free(b);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/election/ballot_batch.h"
#include "core/election/check_internal.h"

/*
 * Signatures and proofs of all ballots, and the sum of those that count.  The calling thread reads bundles in order and puts them
 * into a ring; workers take them, each with a batch and a partial tally of its own; the calling thread takes the ring's
 * bundles back in order, so that the counted list is in log order whoever was faster.  Which ballots are bad, and the
 * aggregates, do not depend on who did what.
 */

#define BATCH_BYTES (6u << 20) /* memory of one worker's batch, unless the caller says how many ballots */
#define BATCH_MOST 4096
#define MAX_THREADS 64

typedef enum task_state { TASK_FREE, TASK_READY, TASK_TAKEN, TASK_DONE } task_state;

/* A ballot that counts. */
typedef struct counted {
	unsigned at; /* in the bundle */
	uint64_t weight;
} counted;

typedef struct task {
	task_state state;
	tb_check_bundle bundle;
	counted counted[TB_TILE_WIDTH];
	unsigned num_counted;
} task;

typedef struct pool {
	tb_check *check;
	const tb_election_params *params;
	tb_tally *tally; /* NULL unless closed */
	task *ring;
	size_t num_tasks;
	uint64_t next_read, next_take, next_back; /* bundles, counted from first */
	uint64_t first, end;                      /* bundles */
	pthread_mutex_t lock;                     /* everything in here */
	pthread_mutex_t source;                   /* reading blobs */
	pthread_cond_t work, done;
	bool is_over; /* no more tasks will come */
	tb_err err;   /* the first error of anybody */
	tb_ballot_verdict *bad;
	size_t num_bad, cap_bad;
	uint64_t covered;
} pool;

typedef struct worker {
	pool *pool;
	tb_ballot_batch *batch;
	tb_tally *partial;
	tb_buf room, blob;
	uint64_t covered;
	pthread_t thread;
	bool is_started;
} worker;

/* ---- what a worker does ---- */

static tb_err keep_bad(pool *p, const tb_ballot_verdict *v, size_t num)
{
	tb_err err = TB_OK;

	pthread_mutex_lock(&p->lock);
	if (p->num_bad + num > p->cap_bad) {
		size_t cap = 2 * (p->num_bad + num);
		tb_ballot_verdict *list = realloc(p->bad, cap * sizeof *list);

		if (list == NULL) {
			err = TB_ERR_MEMORY;
		} else {
			p->bad = list;
			p->cap_bad = cap;
		}
	}
	for (size_t i = 0; i < num && err == TB_OK; i++)
		p->bad[p->num_bad++] = v[i];
	pthread_mutex_unlock(&p->lock);
	return err;
}

static tb_err verify_batch(worker *w)
{
	size_t num_bad = 0;
	tb_err err = tb_ballot_batch_verify(w->batch, w->partial, &num_bad);

	w->covered += tb_ballot_batch_num(w->batch);
	if (err == TB_OK && num_bad > 0)
		err = keep_bad(w->pool, tb_ballot_batch_bad(w->batch), num_bad);
	tb_ballot_batch_reset(w->batch);
	return err;
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Was it left out of the state, with a failure of its own? */
static bool is_left_out(const tb_check *c, uint64_t index)
{
	return c->num_left_out > 0 &&
	       bsearch(&index, c->left_out, c->num_left_out, sizeof index, compare_u64) != NULL;
}

static tb_err attach(worker *w, tb_entry *e)
{
	char path[TB_PATH_MAX];
	tb_fault ignored;
	tb_err err;

	if (!e->is_blob)
		return TB_OK;
	tb_blob_path(path, e->payload_hash);
	pthread_mutex_lock(&w->pool->source);
	err = tb_check_read(w->pool->check, &w->blob, path);
	pthread_mutex_unlock(&w->pool->source);
	if (err == TB_OK)
		err = tb_entry_attach_blob(e, w->blob.data, w->blob.len, &ignored);
	return err == TB_ERR_RULE || err == TB_ERR_NOT_FOUND ? TB_ERR_IO
							     : err; /* it was there a moment ago */
}

static tb_err work_on_entry(worker *w, task *t, unsigned i)
{
	tb_check *c = w->pool->check;
	uint64_t index = t->bundle.index * TB_TILE_WIDTH + i, weight = 0;
	tb_board_ballot at;
	tb_fault ignored;
	tb_entry e;
	tb_err err;

	if (t->bundle.entry[i] == NULL || index <= tb_board_open_index(c->board) || index >= c->end ||
		is_left_out(c, index))
		return TB_OK;
	err = tb_entry_parse(&e, &w->room, t->bundle.entry[i], t->bundle.len[i], &ignored);
	if (err == TB_ERR_MEMORY)
		return err;
	if (err != TB_OK || e.type != TB_ENTRY_BALLOT ||
		tb_board_ballot_at(c->board, e.signer_id, index, &at) != TB_OK)
		return TB_OK; /* reported by the replay */
	err = attach(w, &e);
	if (err != TB_OK)
		return err;
	if (w->pool->tally != NULL && at.is_counted) {
		weight = at.weight;
		t->counted[t->num_counted].at = i;
		t->counted[t->num_counted++].weight = weight;
	}
	if (tb_ballot_batch_is_full(w->batch))
		err = verify_batch(w);
	return err == TB_OK
		       ? tb_ballot_batch_add(w->batch, index, &e, tb_board_binding(c->board), at.key, weight)
		       : err;
}

static tb_err work_on_task(worker *w, task *t)
{
	tb_err err = tb_check_bundle_hash(w->pool->check, &t->bundle);

	t->num_counted = 0;
	for (unsigned i = 0; i < t->bundle.num && err == TB_OK; i++)
		err = work_on_entry(w, t, i);
	return err;
}

/* Waits for a task; NULL when there will be none. */
static task *take_task(pool *p)
{
	task *t = NULL;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		if (p->err != TB_OK)
			break;
		if (p->next_take < p->next_read) {
			t = &p->ring[p->next_take++ % p->num_tasks];
			t->state = TASK_TAKEN;
			break;
		}
		if (p->is_over)
			break;
		pthread_cond_wait(&p->work, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return t;
}

static void give_back(pool *p, task *t, tb_err err)
{
	pthread_mutex_lock(&p->lock);
	if (t != NULL)
		t->state = TASK_DONE;
	if (err != TB_OK && p->err == TB_OK)
		p->err = err;
	pthread_cond_broadcast(&p->done);
	if (err != TB_OK)
		pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
}

static tb_err pool_error(pool *p)
{
	tb_err err;

	pthread_mutex_lock(&p->lock);
	err = p->err;
	pthread_mutex_unlock(&p->lock);
	return err;
}

static void *work(void *arg)
{
	worker *w = arg;
	task *t;

	while ((t = take_task(w->pool)) != NULL)
		give_back(w->pool, t, work_on_task(w, t));
	if (pool_error(w->pool) == TB_OK && tb_ballot_batch_num(w->batch) > 0)
		give_back(w->pool, NULL, verify_batch(w));
	return NULL;
}

/* ---- what the calling thread does ---- */

/* The counted list, in log order [BALLOT.COUNTED]. */
static tb_err list_counted(pool *p, const task *t)
{
	for (unsigned i = 0; i < t->num_counted; i++) {
		unsigned at = t->counted[i].at;
		tb_err err = tb_tally_list(p->tally, t->bundle.index * TB_TILE_WIDTH + at, t->bundle.leaf[at],
			t->counted[i].weight);

		if (err != TB_OK)
			return err;
	}
	return TB_OK;
}

/* Takes the oldest bundle back, waiting for it. */
static tb_err take_back(pool *p)
{
	task *t = &p->ring[p->next_back % p->num_tasks];
	tb_err err;

	pthread_mutex_lock(&p->lock);
	while (p->err == TB_OK && t->state != TASK_DONE)
		pthread_cond_wait(&p->done, &p->lock);
	err = p->err;
	pthread_mutex_unlock(&p->lock);
	if (err != TB_OK)
		return err;
	err = list_counted(p, t);
	t->state = TASK_FREE;
	p->next_back++;
	tb_check_progress(p->check, t->bundle.num);
	return err;
}

static tb_err feed(pool *p)
{
	for (uint64_t k = p->first; k < p->end; k++) {
		task *t = &p->ring[p->next_read % p->num_tasks];
		tb_err err = TB_OK;

		if (p->next_read - p->next_back == p->num_tasks)
			err = take_back(p);
		if (err == TB_OK) {
			pthread_mutex_lock(&p->source);
			err = tb_check_bundle_read(p->check, &t->bundle, k);
			pthread_mutex_unlock(&p->source);
		}
		if (err != TB_OK)
			return err;
		pthread_mutex_lock(&p->lock);
		t->state = TASK_READY;
		p->next_read++;
		pthread_cond_signal(&p->work);
		pthread_mutex_unlock(&p->lock);
	}
	while (p->next_back < p->next_read) {
		tb_err err = take_back(p);

		if (err != TB_OK)
			return err;
	}
	return TB_OK;
}

/* ---- putting it together ---- */

static tb_err worker_new(worker *w, pool *p, size_t capacity)
{
	tb_err err = tb_ballot_batch_new(&w->batch, p->params, capacity);

	w->pool = p;
	tb_buf_init(&w->room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&w->blob, TB_BLOB_MAX_BYTES);
	if (err == TB_OK && p->tally != NULL)
		err = tb_tally_new(&w->partial, p->params);
	if (err == TB_OK && pthread_create(&w->thread, NULL, work, w) != 0)
		err = TB_ERR_MEMORY;
	w->is_started = err == TB_OK;
	return err;
}

/* After all of them have been joined: what they share is then nobody's but the caller's. */
static tb_err worker_end(worker *w, tb_err err)
{
	if (err == TB_OK)
		err = w->pool->err;
	if (err == TB_OK && w->pool->tally != NULL)
		err = tb_tally_merge(w->pool->tally, w->partial);
	w->pool->covered += w->covered;
	tb_tally_free(w->partial);
	tb_ballot_batch_free(w->batch);
	tb_buf_release(&w->room);
	tb_buf_release(&w->blob);
	return err;
}

static size_t num_threads(const tb_check *c)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t num = c->options->threads != 0 ? c->options->threads : cores > 0 ? (size_t)cores : 1;

	return num < MAX_THREADS ? num : MAX_THREADS;
}

static tb_err run_workers(pool *p)
{
	size_t num = num_threads(p->check), capacity = p->check->options->batch;
	worker *w = calloc(num, sizeof *w);
	tb_err err = TB_OK, each;

	if (w == NULL)
		return TB_ERR_MEMORY;
	if (capacity == 0)
		capacity = tb_ballot_batch_capacity_for(p->params, BATCH_BYTES, BATCH_MOST);
	for (size_t i = 0; i < num && err == TB_OK; i++)
		err = worker_new(&w[i], p, capacity);
	if (err == TB_OK)
		err = feed(p);
	pthread_mutex_lock(&p->lock);
	p->is_over = true;
	if (err != TB_OK && p->err == TB_OK)
		p->err = err;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < num; i++)
		if (w[i].is_started)
			(void)pthread_join(w[i].thread, NULL);
	for (size_t i = 0; i < num; i++) {
		each = w[i].pool == NULL ? TB_OK : worker_end(&w[i], err);
		if (err == TB_OK)
			err = each;
	}
	free(w);
	return err;
}

static tb_err pool_run(pool *p)
{
	tb_err err;

	p->num_tasks = num_threads(p->check) + 1;
	p->ring = calloc(p->num_tasks, sizeof *p->ring);
	if (p->ring == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < p->num_tasks; i++)
		tb_check_bundle_init(&p->ring[i].bundle);
	err = run_workers(p);
	for (size_t i = 0; i < p->num_tasks; i++)
		tb_check_bundle_release(&p->ring[i].bundle);
	free(p->ring);
	return err;
}

/* ---- bad ballots ---- */

static int compare_bad(const void *a, const void *b)
{
	return compare_u64(&((const tb_ballot_verdict *)a)->index, &((const tb_ballot_verdict *)b)->index);
}

static tb_check_number check_of_verdict(const tb_ballot_verdict *v)
{
	if (strcmp(v->rule, "ENTRY.SIGNATURE") == 0)
		return TB_CHECK_BALLOT_SIGNATURES;
	return strcmp(v->rule, "BALLOT.VERIFY") == 0 || strcmp(v->rule, "RANK.VERIFY") == 0
		       ? TB_CHECK_BALLOT_PROOFS
		       : TB_CHECK_BALLOTS;
}

/* What is needed to look at bad ballots once more; they come in log order, so each bundle is read once. */
typedef struct second_look {
	worker w; /* for its buffers */
	tb_check_bundle bundle;
	bool has_bundle;
} second_look;

static tb_err look_at(second_look *l, uint64_t index, tb_entry *e)
{
	unsigned at = (unsigned)(index % TB_TILE_WIDTH);
	tb_fault ignored;
	tb_err err = TB_OK;

	if (!l->has_bundle || l->bundle.index != index / TB_TILE_WIDTH)
		err = tb_check_bundle_read(l->w.pool->check, &l->bundle, index / TB_TILE_WIDTH);
	if (err == TB_OK)
		err = tb_check_bundle_hash(l->w.pool->check, &l->bundle);
	l->has_bundle = err == TB_OK;
	if (err == TB_OK)
		err = tb_entry_parse(e, &l->w.room, l->bundle.entry[at], l->bundle.len[at], &ignored);
	return err == TB_OK ? attach(&l->w, e) : err;
}

/* A bad ballot that counts is summed up all the same: what is said about endorsements and result then does not
 * repeat it [CHECK.RECOVERY].  *ok is false when its ciphertexts cannot even be read. */
static tb_err add_bad(second_look *l, uint64_t index, bool *ok)
{
	pool *p = l->w.pool;
	tb_board_ballot at = {0};
	tb_fault ignored;
	tb_entry e;
	tb_err err = look_at(l, index, &e);

	if (err == TB_OK)
		err = tb_board_ballot_at(p->check->board, e.signer_id, index, &at);
	if (err == TB_OK && at.is_counted)
		err = tb_tally_add_payload(p->tally, index, e.payload, e.payload_len, at.weight, &ignored);
	*ok = err == TB_OK;
	return err == TB_ERR_MEMORY || err == TB_ERR_IO ? err : TB_OK;
}

static tb_err report_each(pool *p, second_look *l, bool *is_complete)
{
	for (size_t i = 0; i < p->num_bad; i++) {
		const tb_ballot_verdict *v = &p->bad[i];
		tb_fault fault = {0};
		bool ok = true;
		tb_err err = TB_OK;

		tb_ballot_verdict_fault(v, &fault);
		tb_check_fail_at(p->check, check_of_verdict(v), v->index, &fault);
		if (p->tally != NULL)
			err = add_bad(l, v->index, &ok);
		if (err != TB_OK)
			return err;
		*is_complete = *is_complete && ok;
	}
	return TB_OK;
}

static tb_err report_bad(pool *p, bool *is_complete)
{
	second_look *l;
	tb_err err;

	if (p->num_bad == 0)
		return TB_OK;
	l = calloc(1, sizeof *l);
	if (l == NULL)
		return TB_ERR_MEMORY;
	l->w.pool = p;
	tb_buf_init(&l->w.room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&l->w.blob, TB_BLOB_MAX_BYTES);
	tb_check_bundle_init(&l->bundle);
	qsort(p->bad, p->num_bad, sizeof *p->bad, compare_bad);
	err = report_each(p, l, is_complete);
	tb_check_bundle_release(&l->bundle);
	tb_buf_release(&l->w.blob);
	tb_buf_release(&l->w.room);
	free(l);
	return err;
}

/* ---- the tally ---- */

/* Neither the counted list nor anything after it can be computed. */
static void give_up_tally(tb_check *c, const char *why)
{
	for (int n = TB_CHECK_COUNTED; n < TB_CHECK_END; n++)
		tb_check_note(c, (tb_check_number)n, why);
}

static tb_err finish_tally(pool *p, bool is_complete)
{
	tb_check *c = p->check;
	const tb_parallel work = {
		.threads = (unsigned)num_threads(c), .progress = tb_check_work, .progress_arg = c};
	tb_tally_close closing;
	tb_err err;

	if (p->tally == NULL)
		return TB_OK;
	if (!is_complete) {
		give_up_tally(c, "a counted ballot cannot be read, so the aggregates are unknown");
		tb_tally_free(p->tally);
		return TB_OK;
	}
	err = tb_board_closing(c->board, &closing);
	if (err == TB_OK)
		err = tb_tally_finish(p->tally, &closing);
	tb_tally_set_work(p->tally, &work);
	if (err == TB_OK)
		err = tb_board_set_tally(c->board, p->tally);
	if (err != TB_OK)
		tb_tally_free(p->tally);
	else
		tb_check_cover(c, TB_CHECK_COUNTED, tb_board_num_counted(c->board));
	return err;
}

static tb_err verify_ballots(pool *p)
{
	tb_check *c = p->check;
	bool is_complete = true;
	tb_err err;

	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_mutex_init(&p->source, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	(void)pthread_cond_init(&p->done, NULL);
	err = pool_run(p);
	if (err == TB_OK)
		err = report_bad(p, &is_complete);
	(void)pthread_cond_destroy(&p->done);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_mutex_destroy(&p->source);
	(void)pthread_mutex_destroy(&p->lock);
	tb_check_cover(c, TB_CHECK_BALLOT_SIGNATURES, p->covered);
	tb_check_cover(c, TB_CHECK_BALLOT_PROOFS, p->covered);
	if (err == TB_OK)
		return finish_tally(p, is_complete);
	tb_tally_free(p->tally);
	return err;
}

tb_err tb_check_ballots(tb_check *c)
{
	static const char unknown[] =
		"which ballots count is unknown, because something is missing before close";
	pool p = {.check = c, .params = tb_board_params(c->board)};
	bool is_closed = tb_board_close_leaf(c->board) != NULL, is_known = tb_board_knows_counted(c->board);
	tb_err err = TB_OK;

	if (is_closed && !is_known)
		give_up_tally(c, unknown);
	/* Ballots whose voters are not known, or for which there is no key, cannot be verified. */
	for (int n = TB_CHECK_BALLOT_SIGNATURES; n <= TB_CHECK_BALLOT_PROOFS; n++)
		tb_check_skip(c, (tb_check_number)n, c->report->line[TB_CHECK_BALLOTS].skipped);
	if (p.params == NULL)
		return TB_OK;
	p.first = (tb_board_open_index(c->board) + 1) / TB_TILE_WIDTH;
	p.end = (c->end + TB_TILE_WIDTH - 1) / TB_TILE_WIDTH;
	tb_check_stage(c, "checking ballots", (p.end - p.first) * TB_TILE_WIDTH);
	if (is_closed && is_known)
		err = tb_tally_new(&p.tally, p.params);
	if (err == TB_OK)
		err = verify_ballots(&p);
	free(p.bad);
	return err;
}

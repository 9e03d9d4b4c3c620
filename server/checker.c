/* SPDX-License-Identifier: Apache-2.0 */
#include "server/checker.h"

#include <stdlib.h>
#include <string.h>

#include "core/election/ballot_batch.h"
#include "server/slog.h"

#define MAX_WAITING 10000
#define BATCH_MAX 256
#define BATCH_MEMORY (64u << 20) /* of one thread */

typedef struct worker {
	tb_checker *checker;
	pthread_t thread;
	/* The batch of the election that this thread checked last; it borrows from the board. */
	tb_election *election;
	tb_board_ref *ref;
	tb_ballot_batch *batch;
	size_t capacity;
	tb_submission *item[BATCH_MAX]; /* what is in the batch, by number */
	size_t num_items;
} worker;

struct tb_checker {
	tb_app *app;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more;
	tb_submission *first, **last;
	size_t num_waiting;
	bool stopping;
	size_t num_workers;
	worker *workers;
};

static void refuse(tb_submission *s, tb_err err)
{
	s->err = err;
	s->done(s);
}

/* ---- one batch ---- */

static void drop_batch(worker *w)
{
	tb_ballot_batch_free(w->batch);
	w->batch = NULL;
	if (w->ref != NULL)
		tb_election_board_drop(w->election, w->ref);
	w->ref = NULL;
	w->election = NULL;
}

/* Has this thread's batch for this election ready.  STATE: the polls were never open. */
static tb_err choose_batch(worker *w, tb_election *e)
{
	const tb_election_params *params;
	tb_board_ref *ref = tb_election_board(e);
	tb_err err = TB_OK;

	if (w->batch != NULL && w->ref == ref) {
		tb_election_board_drop(e, ref);
		return TB_OK;
	}
	drop_batch(w);
	w->election = e;
	w->ref = ref;
	(void)pthread_mutex_lock(&e->lock);
	params = tb_board_params(ref->board);
	(void)pthread_mutex_unlock(&e->lock);
	if (params == NULL)
		return TB_ERR_STATE;
	w->capacity = tb_ballot_batch_capacity_for(params, BATCH_MEMORY, BATCH_MAX);
	err = tb_ballot_batch_new(&w->batch, params, w->capacity);
	return err;
}

/*
 * Would the board take it as it stands?  Most of what is wrong ends here, before anything costly: nobody who is not on the
 * roll can make the server check a proof.  Keeps the voter's key.  Under the election's lock.
 */
static tb_err look(worker *w, tb_submission *s, tb_binding *binding)
{
	tb_board *board = w->election->ref->board;
	uint8_t leaf[TB_MERKLE_BYTES];
	tb_voter voter;
	tb_buf bytes;
	tb_err err;

	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	s->entry.time =
		tb_manifest_floor_time(tb_board_manifest(board), tb_clock_now(&w->checker->app->clock));
	if (s->entry.time < tb_board_time(board))
		s->entry.time = tb_board_time(board);
	err = tb_entry_write(&bytes, &s->entry);
	if (err == TB_OK) {
		tb_merkle_leaf(leaf, bytes.data, bytes.len);
		err = tb_board_check(board, &s->entry, leaf, &s->fault);
	}
	tb_buf_release(&bytes);
	if (err == TB_OK)
		err = tb_roll_find(
			tb_board_roll(board), s->entry.signer_id, strlen(s->entry.signer_id), &voter);
	if (err == TB_OK) {
		memcpy(s->checked_key, tb_roll_key(tb_board_roll(board), voter), sizeof s->checked_key);
		*binding = *tb_board_binding(board);
	}
	return err;
}

/*
 * The sequencer has the last word on what is refused here: a repetition may be refused for no other reason than that the ballot
 * itself has come onto the board since (it then gets its receipt), or by entries of a transaction that fails in the end.
 */
static void hand_back(worker *w, tb_submission *s)
{
	s->is_checked = false;
	memset(&s->fault, 0, sizeof s->fault);
	tb_sequencer_submit(w->checker->app->sequencer, s);
}

static void add(worker *w, tb_submission *s)
{
	tb_election *e = s->election;
	tb_binding binding;
	bool is_stale;
	tb_err err;

	(void)pthread_mutex_lock(&e->lock);
	is_stale = e->is_stale;
	err = is_stale ? TB_OK : look(w, s, &binding);
	(void)pthread_mutex_unlock(&e->lock);
	/* A stale board is brought back first; then the ballot is sent here again. */
	if (is_stale || err == TB_ERR_RULE) {
		hand_back(w, s);
		return;
	}
	if (err == TB_OK)
		err = tb_ballot_batch_add(w->batch, w->num_items, &s->entry, &binding, s->checked_key, 0);
	if (err != TB_OK)
		refuse(s, err);
	else
		w->item[w->num_items++] = s;
}

static void verify(worker *w)
{
	const tb_ballot_verdict *bad;
	size_t num_bad = 0;
	tb_err err = tb_ballot_batch_verify(w->batch, NULL, &num_bad);

	bad = tb_ballot_batch_bad(w->batch);
	for (size_t i = 0; err == TB_OK && i < num_bad; i++) {
		tb_submission *s = w->item[bad[i].index];

		tb_ballot_verdict_fault(&bad[i], &s->fault);
		w->item[bad[i].index] = NULL;
		refuse(s, TB_ERR_RULE);
	}
	for (size_t i = 0; i < w->num_items; i++) {
		if (w->item[i] == NULL)
			continue;
		if (err != TB_OK) {
			refuse(w->item[i], err);
		} else {
			w->item[i]->is_checked = true;
			tb_sequencer_submit(w->checker->app->sequencer, w->item[i]);
		}
	}
	w->num_items = 0;
	tb_ballot_batch_reset(w->batch);
}

/* All of `list` are for one election. */
static void check_all(worker *w, tb_submission *list)
{
	tb_err err = choose_batch(w, list->election);
	tb_submission *next;

	for (tb_submission *s = list; s != NULL; s = next) {
		next = s->next;
		s->next = NULL;
		memset(&s->fault, 0, sizeof s->fault);
		if (err == TB_ERR_STATE) {
			(void)tb_fault_set(&s->fault, "ENTRY.ORDER", "type",
				"an entry that this phase admits", "a ballot before the polls opened");
			refuse(s, TB_ERR_RULE);
		} else if (err != TB_OK) {
			refuse(s, err);
		} else {
			add(w, s);
			if (w->num_items == w->capacity)
				verify(w);
		}
	}
	if (w->num_items > 0)
		verify(w);
}

/* ---- threads ---- */

/* Takes the first that waits and all others for the same election, in their order.  NULL: none is left, and stop. */
static tb_submission *take(tb_checker *c)
{
	tb_submission *list = NULL, **end = &list, **at;
	size_t num = 0;

	(void)pthread_mutex_lock(&c->lock);
	while (c->first == NULL && !c->stopping)
		(void)pthread_cond_wait(&c->more, &c->lock);
	for (at = &c->first; *at != NULL && num < BATCH_MAX;) {
		tb_submission *s = *at;

		if (list != NULL && s->election != list->election) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		s->next = NULL;
		*end = s;
		end = &s->next;
		num++;
	}
	c->last = &c->first;
	while (*c->last != NULL)
		c->last = &(*c->last)->next;
	c->num_waiting -= num;
	(void)pthread_mutex_unlock(&c->lock);
	return list;
}

static void *run(void *arg)
{
	worker *w = arg;
	tb_submission *list;

	while ((list = take(w->checker)) != NULL)
		check_all(w, list);
	drop_batch(w);
	return NULL;
}

void tb_checker_submit(tb_checker *c, tb_submission *s)
{
	bool taken;

	(void)pthread_mutex_lock(&c->lock);
	taken = c->num_waiting < MAX_WAITING;
	if (taken) {
		s->next = NULL;
		*c->last = s;
		c->last = &s->next;
		c->num_waiting++;
		(void)pthread_cond_signal(&c->more);
	}
	(void)pthread_mutex_unlock(&c->lock);
	if (!taken)
		refuse(s, TB_ERR_LIMIT);
}

tb_err tb_checker_start(tb_checker **out, tb_app *app)
{
	tb_checker *c = calloc(1, sizeof *c);
	size_t wanted = app->config->verify_threads;

	*out = NULL;
	if (c != NULL)
		c->workers = calloc(wanted, sizeof c->workers[0]);
	if (c == NULL || c->workers == NULL) {
		free(c);
		return TB_ERR_MEMORY;
	}
	c->app = app;
	c->last = &c->first;
	TB_REQUIRE(pthread_mutex_init(&c->lock, NULL) == 0 && pthread_cond_init(&c->more, NULL) == 0);
	while (c->num_workers < wanted) {
		c->workers[c->num_workers].checker = c;
		if (pthread_create(
			    &c->workers[c->num_workers].thread, NULL, run, &c->workers[c->num_workers]) != 0)
			break;
		c->num_workers++;
	}
	if (c->num_workers < wanted) {
		tb_checker_stop(c);
		return TB_ERR_LIMIT;
	}
	*out = c;
	return TB_OK;
}

void tb_checker_stop(tb_checker *c)
{
	if (c == NULL)
		return;
	(void)pthread_mutex_lock(&c->lock);
	c->stopping = true;
	(void)pthread_cond_broadcast(&c->more);
	(void)pthread_mutex_unlock(&c->lock);
	for (size_t i = 0; i < c->num_workers; i++)
		(void)pthread_join(c->workers[i].thread, NULL);
	(void)pthread_cond_destroy(&c->more);
	(void)pthread_mutex_destroy(&c->lock);
	free(c->workers);
	free(c);
}

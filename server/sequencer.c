/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sequencer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"
#include "server/checker.h"
#include "server/message.h"
#include "server/served.h"
#include "server/slog.h"

#define MAX_WAITING 20000
#define BATCH_SUBMISSIONS 256
#define BATCH_BYTES (64u << 20)

/* An election that a transaction changes. */
typedef struct change {
	tb_election *election;
	bool is_fresh; /* made by it */
	tb_view next;  /* what will be served */
} change;

/* One transaction. */
typedef struct batch {
	tb_app *app;
	tb_submission *first; /* all that were taken, in order */
	change change[BATCH_SUBMISSIONS];
	size_t num_changes;
	bool has_failed; /* the last one did; nothing has been written since */
} batch;

/* An entry at the position that it would get. */
typedef struct draft {
	tb_buf bytes;
	uint8_t leaf[TB_MERKLE_BYTES];
} draft;

struct tb_sequencer {
	pthread_t thread;
	batch batch;          /* of that thread */
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more;
	tb_submission *first, **last;
	size_t num_waiting;
	bool stopping;
};

/* ---- submissions ---- */

tb_err tb_submission_new(tb_submission **out)
{
	*out = calloc(1, sizeof **out);
	if (*out == NULL)
		return TB_ERR_MEMORY;
	tb_buf_init(&(*out)->payload, TB_SUBMISSION_PAYLOAD_MAX);
	return TB_OK;
}

void tb_submission_free(tb_submission *s)
{
	if (s == NULL)
		return;
	tb_buf_release(&s->payload);
	free(s);
}

void tb_submission_identify(tb_submission *s)
{
	const char *type = tb_entry_type_name(s->entry.type);
	tb_sha256_state hash, statement;

	tb_sha256_init(&hash);
	tb_sha256_update(&hash, type, strlen(type) + 1);
	tb_sha256_update(&hash, s->entry.signer, strlen(s->entry.signer) + 1);
	tb_sha256_update(&hash, s->entry.payload_hash, sizeof s->entry.payload_hash);
	statement = hash;
	tb_sha256_update(&hash, s->entry.signature, sizeof s->entry.signature);
	tb_sha256_final(&hash, s->id);
	tb_sha256_final(&statement, s->statement);
}

/* From here to the end of the transaction the board is ahead of what is served.  Under the election's lock. */
static void touch(batch *b, tb_election *e, bool is_fresh)
{
	for (size_t i = 0; i < b->num_changes; i++)
		if (b->change[i].election == e)
			return;
	b->change[b->num_changes++] = (change){.election = e, .is_fresh = is_fresh};
	e->is_ahead = true;
}

/* A board whose last transaction failed is brought back to what is stored.  Under the election's lock. */
static tb_err heal(tb_app *app, tb_election *e)
{
	tb_fault fault = {0};
	char text[700];
	tb_err err = tb_election_replay(e, app->store, app->keys, &fault);

	if (err == TB_ERR_RULE) {
		tb_fault_text(&fault, text, sizeof text);
		tb_slog(TB_SLOG_ERROR, "replay", "election=%s %s", e->slug, text);
	} else {
		tb_slog(err == TB_OK ? TB_SLOG_INFO : TB_SLOG_ERROR, "replay", "election=%s %s", e->slug,
			tb_err_text(err));
	}
	return err;
}

/* Can anything be written?  The checkpoint, once more; asked before a board is touched, else every submission would cost a replay
 * while, say, the disk is full. */
static tb_err try_to_write(tb_app *app, const tb_election *e)
{
	uint64_t size = 0;
	tb_buf note;
	tb_err err;

	tb_buf_init(&note, 65536);
	err = tb_store_checkpoint(app->store, e->number, &size, &note);
	if (err == TB_OK)
		err = tb_store_begin(app->store);
	if (err == TB_OK) {
		err = tb_store_set_checkpoint(app->store, e->number, size, note.data, note.len);
		if (err == TB_OK)
			err = tb_store_commit(app->store);
		else
			tb_store_rollback(app->store);
	}
	tb_buf_release(&note);
	return err;
}

/* ---- one submission ---- */

/* The server's clock, floored; never before the latest entry, also when the clock was set back [ENTRY.TIME]. */
static uint64_t time_for(const batch *b, const tb_board *board, uint64_t granule)
{
	uint64_t now = tb_time_floor(tb_clock_now(&b->app->clock), granule), latest = tb_board_time(board);

	return now > latest ? now : latest;
}

/* Completes an entry of the server's own. */
static tb_err make_own(const batch *b, tb_submission *s, const tb_board *board)
{
	uint8_t random[32];
	tb_err err;

	tb_buf_clear(&s->payload);
	err = s->make(board, s->make_arg, &s->payload);
	if (err == TB_OK)
		err = tb_entry_init(
			&s->entry, s->entry.type, "server", s->payload.data, s->payload.len, &s->fault);
	if (err == TB_OK)
		err = tb_random(random, sizeof random);
	if (err == TB_OK)
		err = tb_entry_sign(&s->entry, tb_board_binding(board), &b->app->keys->secret.sign, random);
	tb_wipe(random, sizeof random);
	tb_submission_identify(s);
	return err;
}

/* Was the ballot checked for the credential that is on the roll now? */
static bool is_checked_for(const tb_submission *s, const tb_board *board)
{
	const tb_roll *roll = tb_board_roll(board);
	tb_voter voter;

	return s->is_checked &&
	       tb_roll_find(roll, s->entry.signer_id, strlen(s->entry.signer_id), &voter) == TB_OK &&
	       memcmp(tb_roll_key(roll, voter), s->checked_key, sizeof s->checked_key) == 0;
}

/* Adds the leaf and every subtree that it completes. */
static tb_err store_nodes(tb_store *store, const tb_election *e, uint64_t index, const uint8_t leaf[32])
{
	uint8_t node[TB_MERKLE_BYTES];
	tb_err err = tb_store_add_hash(store, e->number, 0, index, leaf);

	memcpy(node, leaf, sizeof node);
	for (unsigned level = 0; err == TB_OK && (index >> level & 1) != 0; level++) {
		tb_merkle_node(node, e->tree.node[level], node);
		err = tb_store_add_hash(store, e->number, level + 1, index >> (level + 1), node);
	}
	return err;
}

/*
 * May the same words, signed again, be taken for a repetition?  Not a ballot, which is sent again as it was [BALLOT.PREV], and
 * not a change of the roll: the second time it would be another act, and none that is allowed [ROLL.KEYS].
 */
static bool counts_once(const tb_submission *s)
{
	return s->make == NULL && s->entry.type != TB_ENTRY_BALLOT && s->entry.type != TB_ENTRY_ROLL_CHANGE;
}

static tb_err store_entry(tb_store *store, const tb_election *e, const tb_submission *s, const draft *d)
{
	uint64_t index = e->tree.size;
	tb_err err = tb_store_add_entry(store, e->number, index, d->bytes.data, d->bytes.len);

	if (err == TB_OK)
		err = store_nodes(store, e, index, d->leaf);
	if (err == TB_OK && s->payload.len > TB_ENTRY_MAX_INLINE)
		err = tb_store_add_blob(
			store, e->number, index, s->entry.payload_hash, s->payload.data, s->payload.len);
	if (err == TB_OK)
		err = tb_store_add_submission(store, e->number, s->id, index);
	if (err == TB_OK && counts_once(s))
		err = tb_store_add_submission(store, e->number, s->statement, index);
	return err;
}

/* Gives the entry its time and asks the state machine.  The outcome is in s->err. */
static void judge(batch *b, tb_election *e, tb_submission *s, draft *d)
{
	tb_board *board = e->ref->board;
	uint64_t granule = s->election != NULL ? tb_manifest_granule(tb_board_manifest(board)) : s->granule;

	s->err = s->make != NULL ? make_own(b, s, board) : TB_OK;
	if (s->err == TB_OK) {
		s->entry.time = time_for(b, board, granule);
		s->err = tb_entry_write(&d->bytes, &s->entry);
	}
	if (s->err == TB_OK) {
		tb_merkle_leaf(d->leaf, d->bytes.data, d->bytes.len);
		s->err = tb_board_check(board, &s->entry, d->leaf, &s->fault);
	}
	if (s->err == TB_OK && s->entry.type == TB_ENTRY_BALLOT && !is_checked_for(s, board))
		s->check_again = true;
}

/* Appends what judge() found right.  Any error means that the transaction has to be given up. */
static tb_err append(batch *b, tb_election *e, tb_submission *s, const draft *d, bool is_fresh)
{
	tb_err err;

	touch(b, e, is_fresh);
	s->index = e->tree.size;
	s->is_new = true;
	err = store_entry(b->app->store, e, s, d);
	if (err == TB_OK)
		err = tb_board_apply(e->ref->board, &s->entry, d->leaf);
	if (err == TB_OK)
		tb_merkle_tree_append(&e->tree, d->leaf);
	return err;
}

/* Is it there already?  Then it has its answer. */
static tb_err look_up(batch *b, const tb_election *e, tb_submission *s, bool *found)
{
	tb_err err = tb_store_submission_now(b->app->store, e->number, s->id, &s->index);

	*found = err == TB_OK;
	if (*found)
		s->err = TB_OK;
	return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/*
 * What is refused now may be refused because it was said before: a client that never got its answer may have signed the same
 * words again.  Then the entry that exists is the answer - for those only who can sign for it.
 */
static tb_err look_up_statement(batch *b, const tb_election *e, tb_submission *s)
{
	static const tb_binding nothing = {.has_election = false};
	const tb_board *board = e->ref->board;
	const tb_binding *binding = s->entry.type == TB_ENTRY_MANIFEST ? &nothing : tb_board_binding(board);
	tb_fault ignored;
	const uint8_t *key;
	uint64_t index;
	tb_err err;

	if (s->err != TB_ERR_RULE || !counts_once(s) ||
		tb_manifest_signer_key(tb_board_manifest(board), s->entry.role, s->entry.trustee,
			s->entry.signer_id, &key) != TB_OK ||
		tb_entry_verify(&s->entry, binding, key, &ignored) != TB_OK)
		return TB_OK;
	err = tb_store_submission_now(b->app->store, e->number, s->statement, &index);
	if (err == TB_OK) {
		s->err = TB_OK;
		s->index = index;
	}
	return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* The election of this name, also one that this transaction makes. */
static tb_election *named(batch *b, const char *slug)
{
	for (size_t i = 0; i < b->num_changes; i++)
		if (strcmp(b->change[i].election->slug, slug) == 0)
			return b->change[i].election;
	return tb_elections_find(&b->app->elections, slug, strlen(slug));
}

/* A manifest under a name that is free: makes the election and its entry 0. */
static tb_err create(batch *b, tb_submission *s, draft *d)
{
	tb_election *e;
	tb_err err = tb_elections_reserve(&b->app->elections, BATCH_SUBMISSIONS);

	if (err == TB_OK)
		err = tb_election_new(&e, s->slug);
	if (err != TB_OK)
		return err;
	judge(b, e, s, d);
	if (s->err == TB_OK) {
		tb_sha256(e->id, d->bytes.data, d->bytes.len);
		err = tb_store_add_election(b->app->store, s->slug, e->id, &e->number);
	}
	if (s->err != TB_OK || err != TB_OK) {
		tb_election_free(e);
		return err;
	}
	return append(b, e, s, d, true);
}

static tb_err admit_to(batch *b, tb_election *e, tb_submission *s, draft *d)
{
	tb_err err = TB_OK;

	(void)pthread_mutex_lock(&e->lock);
	judge(b, e, s, d);
	if (s->err == TB_OK && !s->check_again)
		err = append(b, e, s, d, false);
	(void)pthread_mutex_unlock(&e->lock);
	return err;
}

/* One submission: its outcome is in *s unless an error is returned, which ends the transaction. */
static tb_err admit(batch *b, tb_submission *s)
{
	tb_election *e = s->election != NULL ? s->election : named(b, s->slug);
	bool found = false;
	draft d;
	tb_err err = TB_OK;

	if (e != NULL && s->make == NULL)
		err = look_up(b, e, s, &found);
	if (err != TB_OK || found)
		return err;
	tb_buf_init(&d.bytes, TB_ENTRY_MAX_BYTES);
	if (s->election != NULL)
		err = admit_to(b, e, s, &d);
	else if (e != NULL)
		s->err = tb_fault_set(&s->fault, TB_RULE_SLUG, "payload.slug",
			"a name that is free on this server", s->slug);
	else
		err = create(b, s, &d);
	if (err == TB_OK && e != NULL)
		err = look_up_statement(b, e, s);
	tb_buf_release(&d.bytes);
	return err;
}

/* ---- transactions ---- */

/* Signs what will be served, into the same transaction: what was once signed is never contradicted. */
static tb_err sign(batch *b, change *c)
{
	tb_election *e = c->election;
	tb_err err;

	(void)pthread_mutex_lock(&e->lock);
	err = tb_election_prepare(e, b->app->keys, &c->next);
	(void)pthread_mutex_unlock(&e->lock);
	if (err == TB_OK)
		err = tb_store_set_checkpoint(b->app->store, e->number, c->next.size, c->next.checkpoint.data,
			c->next.checkpoint.len);
	return err;
}

static tb_err transact(batch *b)
{
	tb_err err = tb_store_begin(b->app->store);

	if (err != TB_OK)
		return err;
	for (tb_submission *s = b->first; s != NULL && err == TB_OK; s = s->next)
		if (s->err == TB_OK)
			err = admit(b, s);
	for (size_t i = 0; i < b->num_changes && err == TB_OK; i++)
		err = sign(b, &b->change[i]);
	if (err != TB_OK || b->num_changes == 0) {
		tb_store_rollback(b->app->store);
		return err;
	}
	return tb_store_commit(b->app->store);
}

/* What will be shown is remembered outside the database first [SERVER.AHEAD].  Where that fails the ballots are recorded all the same:
 * it guards against an old backup, and refusing to answer would guard nobody. */
static void remember(batch *b)
{
	tb_err err = TB_OK;

	for (size_t i = 0; i < b->num_changes && err == TB_OK; i++)
		err = tb_served_note(b->app->served, b->change[i].election);
	if (err == TB_OK && b->num_changes > 0)
		err = tb_served_sync(b->app->served);
	if (err != TB_OK)
		tb_slog(TB_SLOG_ERROR, "served", "what was shown could not be noted: %s", tb_err_text(err));
}

static void settle(batch *b, change *c, bool committed)
{
	tb_election *e = c->election;

	if (c->is_fresh && !committed) {
		tb_view_release(&c->next);
		tb_election_free(e); /* nobody else has seen it */
		return;
	}
	(void)pthread_mutex_lock(&e->lock);
	if (committed) {
		tb_election_publish(e, &c->next);
	} else { /* at once: whoever is refused now looks up next what is recorded */
		e->is_stale = true;
		if (heal(b->app, e) != TB_OK)
			tb_slog(TB_SLOG_ERROR, "replay", "election=%s waits to be read again", e->slug);
	}
	e->is_ahead = false;
	(void)pthread_cond_broadcast(&e->settled);
	(void)pthread_mutex_unlock(&e->lock);
	if (c->is_fresh)
		tb_elections_add(&b->app->elections, e);
	tb_view_release(&c->next);
}

/* After a transaction that failed: is this one worth trying, and is the board as it was?  What still fails is the outcome of the
 * submission. */
static tb_err make_ready(batch *b, tb_election *e)
{
	tb_err err = b->has_failed ? try_to_write(b->app, e) : TB_OK;

	if (err != TB_OK)
		return err;
	b->has_failed = false;
	if (!e->is_stale) /* only this thread changes that */
		return TB_OK;
	(void)pthread_mutex_lock(&e->lock);
	err = heal(b->app, e);
	(void)pthread_mutex_unlock(&e->lock);
	return err;
}

static void begin(batch *b)
{
	tb_err cannot_write = TB_OK;

	for (tb_submission *s = b->first; s != NULL; s = s->next) {
		s->err = cannot_write;
		s->check_again = s->is_new = false;
		memset(&s->fault, 0, sizeof s->fault);
		if (s->election == NULL || cannot_write != TB_OK)
			continue;
		s->err = make_ready(b, s->election);
		if (b->has_failed) /* asked once for all of them */
			cannot_write = s->err;
	}
}

static void answer(batch *b, tb_err err)
{
	tb_submission *s = b->first, *next;

	for (; s != NULL; s = next) {
		next = s->next;
		s->next = NULL;
		if (err != TB_OK) {
			/* Also what was refused: it may have been judged by entries that are not there now. */
			s->err = err;
			s->is_new = false;
		} else if (s->check_again) {
			tb_checker_submit(b->app->checker, s);
			continue;
		} else if (s->err == TB_OK && s->is_new) {
			tb_slog(TB_SLOG_INFO, "append", "election=%s index=%" PRIu64 " type=%s",
				s->election != NULL ? s->election->slug : s->slug, s->index,
				tb_entry_type_name(s->entry.type));
		}
		s->done(s);
	}
}

static void run_batch(batch *b)
{
	tb_metrics *m = &b->app->metrics;
	uint64_t started = tb_monotonic_us();
	tb_err err;

	b->num_changes = 0;
	begin(b);
	err = transact(b);
	b->has_failed = b->has_failed || err != TB_OK;
	/* A transaction that changed nothing shows nothing of the disk. */
	if (err != TB_OK || b->num_changes > 0)
		atomic_store(&m->cannot_write, err != TB_OK);
	if (err != TB_OK)
		(void)atomic_fetch_add(&m->commit_failures, 1);
	else if (b->num_changes > 0)
		tb_histogram_add(&m->commit, tb_monotonic_us() - started);
	if (err != TB_OK)
		tb_slog(TB_SLOG_ERROR, "commit", "failed, nothing was changed: %s", tb_err_text(err));
	if (err == TB_OK)
		remember(b);
	for (size_t i = 0; i < b->num_changes; i++)
		settle(b, &b->change[i], err == TB_OK);
	answer(b, err);
}

/* ---- the thread ---- */

/* Waits for work; NULL when there is none left and the sequencer is to stop. */
static tb_submission *take(tb_sequencer *q)
{
	tb_submission *first, *last;
	size_t num = 1, bytes;

	(void)pthread_mutex_lock(&q->lock);
	while (q->first == NULL && !q->stopping)
		(void)pthread_cond_wait(&q->more, &q->lock);
	first = last = q->first;
	if (first != NULL) {
		bytes = first->payload.len;
		while (last->next != NULL && num < BATCH_SUBMISSIONS &&
			bytes + last->next->payload.len <= BATCH_BYTES) {
			last = last->next;
			bytes += last->payload.len;
			num++;
		}
		q->first = last->next;
		if (q->first == NULL)
			q->last = &q->first;
		last->next = NULL;
		q->num_waiting -= num;
		atomic_store(&q->batch.app->metrics.waiting, q->num_waiting);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return first;
}

static void *run(void *arg)
{
	tb_sequencer *q = arg;

	while ((q->batch.first = take(q)) != NULL)
		run_batch(&q->batch);
	return NULL;
}

void tb_sequencer_submit(tb_sequencer *q, tb_submission *s)
{
	bool taken;

	(void)pthread_mutex_lock(&q->lock);
	taken = q->num_waiting < MAX_WAITING;
	if (taken) {
		s->next = NULL;
		*q->last = s;
		q->last = &s->next;
		q->num_waiting++;
		atomic_store(&q->batch.app->metrics.waiting, q->num_waiting);
		(void)pthread_cond_signal(&q->more);
	}
	(void)pthread_mutex_unlock(&q->lock);
	if (!taken) {
		s->err = TB_ERR_LIMIT;
		s->done(s);
	}
}

tb_err tb_sequencer_start(tb_sequencer **out, tb_app *app)
{
	tb_sequencer *q = calloc(1, sizeof *q);

	*out = NULL;
	if (q == NULL)
		return TB_ERR_MEMORY;
	q->batch.app = app;
	q->last = &q->first;
	TB_REQUIRE(pthread_mutex_init(&q->lock, NULL) == 0 && pthread_cond_init(&q->more, NULL) == 0);
	if (pthread_create(&q->thread, NULL, run, q) != 0) {
		(void)pthread_cond_destroy(&q->more);
		(void)pthread_mutex_destroy(&q->lock);
		free(q);
		return TB_ERR_LIMIT;
	}
	*out = q;
	return TB_OK;
}

void tb_sequencer_stop(tb_sequencer *q)
{
	if (q == NULL)
		return;
	(void)pthread_mutex_lock(&q->lock);
	q->stopping = true;
	(void)pthread_cond_signal(&q->more);
	(void)pthread_mutex_unlock(&q->lock);
	(void)pthread_join(q->thread, NULL);
	(void)pthread_cond_destroy(&q->more);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

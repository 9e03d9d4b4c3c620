/* SPDX-License-Identifier: Apache-2.0 */
#include "server/polls.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/hash.h"
#include "server/sequencer.h"
#include "server/slog.h"

#define LOOK_MS 250
/* After a failure an election is left alone for so many looks. */
#define PAUSE_LOOKS 8

struct tb_polls {
	tb_app *app;
	pthread_t thread;
	pthread_mutex_t lock; /* of the conditions and `finished` */
	pthread_cond_t wake;
	atomic_bool stopping;
	bool finished; /* the submission that is under way */
	uint64_t look;
	struct {
		const tb_election *election;
		uint64_t until;
	} pause[16]; /* the latest failures */
	size_t next_pause;
};

/* ---- what the server itself says on the board ---- */

static tb_err make_open(const tb_board *board, const void *arg, tb_buf *payload)
{
	const tb_ceremony *c = tb_board_ceremony(board);
	const tb_group *g = tb_ceremony_group(c);
	tb_open open = {.size = tb_board_size(board), .public_key_len = tb_group_point_bytes(g)};

	(void)arg;
	if (!tb_ceremony_is_certified(c))
		return TB_ERR_STATE;
	tb_board_root(board, open.root);
	tb_point_write(g, open.public_key, tb_ceremony_h(c));
	return tb_open_write(payload, &open);
}

static tb_err make_close(const tb_board *board, const void *arg, tb_buf *payload)
{
	tb_close close = {.size = tb_board_size(board),
		.ballots = tb_board_num_ballots(board),
		.voters = tb_board_num_counted(board)};

	(void)arg;
	tb_board_root(board, close.root);
	return tb_close_write(payload, &close);
}

static tb_err make_result(const tb_board *board, const void *arg, tb_buf *payload)
{
	char names[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX];
	const char *endorsers[TB_ENDORSEMENTS_MAX];
	uint32_t num = tb_board_result_endorsers(board, names);

	(void)arg;
	if (tb_board_tally(board) == NULL || !tb_tally_is_decrypted(tb_board_tally(board)))
		return TB_ERR_STATE;
	for (uint32_t i = 0; i < num; i++)
		endorsers[i] = names[i];
	return tb_tally_make_result(tb_board_tally(board), payload, endorsers, num);
}

static tb_err make_client(const tb_board *board, const void *arg, tb_buf *payload)
{
	const tb_client *client = arg;

	return tb_client_write_list(client, tb_board_manifest(board)->slug, payload);
}

static void on_done(tb_submission *s)
{
	tb_polls *p = s->arg;

	(void)pthread_mutex_lock(&p->lock);
	p->finished = true;
	(void)pthread_cond_broadcast(&p->wake);
	(void)pthread_mutex_unlock(&p->lock);
}

/* Appends an entry of the server's own, and waits until it is there. */
static tb_err post(tb_polls *p, tb_election *e, tb_entry_type type,
	tb_err (*make)(const tb_board *, const void *, tb_buf *))
{
	char text[700];
	tb_submission *s;
	tb_err err = tb_submission_new(&s);

	if (err != TB_OK)
		return err;
	s->election = e;
	s->entry.type = type;
	s->make = make;
	s->make_arg = p->app->client;
	s->done = on_done;
	s->arg = p;
	p->finished = false;
	tb_sequencer_submit(p->app->sequencer, s);
	(void)pthread_mutex_lock(&p->lock);
	while (!p->finished)
		(void)pthread_cond_wait(&p->wake, &p->lock);
	(void)pthread_mutex_unlock(&p->lock);
	err = s->err;
	if (err == TB_ERR_RULE)
		tb_fault_text(&s->fault, text, sizeof text);
	if (err != TB_OK)
		tb_slog(TB_SLOG_WARNING, "polls", "election=%s type=%s %s", e->slug, tb_entry_type_name(type),
			err == TB_ERR_RULE ? text : tb_err_text(err));
	tb_submission_free(s);
	return err;
}

/* ---- after the close ---- */

/* Adds up the ballots, while others go on using the server. */
static tb_err tally(tb_polls *p, tb_election *e)
{
	tb_board_ref *ref = tb_election_board(e);
	tb_fault fault = {0};
	tb_tally *sum = NULL;
	tb_view view;
	char text[700] = "";
	tb_err err =
		tb_election_tally(&sum, e->number, ref->board, p->app->store, &e->lock, &p->stopping, &fault);

	(void)pthread_mutex_lock(&e->lock);
	if (err == TB_OK) {
		tb_election_settle(e);
		/* A replay or a cancellation may have come in between. */
		err = e->is_stale || ref != e->ref ? TB_ERR_STATE : tb_board_set_tally(ref->board, sum);
		if (err == TB_OK)
			sum = NULL;
		if (err == TB_OK)
			err = tb_election_prepare(e, p->app->keys, &view);
		if (err == TB_OK)
			tb_election_publish(e, &view);
	}
	(void)pthread_mutex_unlock(&e->lock);
	tb_tally_free(sum);
	tb_election_board_drop(e, ref);
	if (err == TB_ERR_RULE)
		tb_fault_text(&fault, text, sizeof text);
	if (!atomic_load(&p->stopping))
		tb_slog(err == TB_OK ? TB_SLOG_INFO : TB_SLOG_ERROR, "tally", "election=%s %s %s", e->slug,
			tb_err_text(err), text);
	return err;
}

typedef enum closed_step { STEP_NONE, STEP_TALLY, STEP_RESULT, STEP_FAILED } closed_step;

/* What a closed board needs from the server now.  Combining shares into totals is done here, at the first chance. */
static closed_step next_step(tb_election *e)
{
	const tb_board *b;
	tb_tally *t;
	tb_endorsement statement;
	tb_fault fault = {0};
	char text[700];
	closed_step step = STEP_NONE;
	tb_err err;

	(void)pthread_mutex_lock(&e->lock);
	tb_election_settle(e);
	b = e->ref->board;
	t = tb_board_tally(b);
	if (e->is_stale || tb_board_phase(b) != TB_PHASE_CLOSED) {
		step = STEP_NONE;
	} else if (t == NULL) {
		step = STEP_TALLY;
	} else {
		tb_tally_statement(t, &statement);
		if (tb_endorsements_suffice(tb_board_endorsements(b), &statement) &&
			(!tb_tally_may_decrypt_any(t) ||
				tb_tally_num_decrypts(t) >= tb_ceremony_threshold(tb_board_ceremony(b)))) {
			err = tb_tally_decrypt(t, tb_board_ceremony(b), NULL, NULL, &fault);
			step = err == TB_OK ? STEP_RESULT : STEP_FAILED;
			if (err == TB_ERR_RULE) {
				tb_fault_text(&fault, text, sizeof text);
				tb_slog(TB_SLOG_ERROR, "decrypt", "election=%s %s", e->slug, text);
			}
		}
	}
	(void)pthread_mutex_unlock(&e->lock);
	return step;
}

/* ---- what voters' browsers get ---- */

/*
 * Does the board say of the pages and files of this server what they are [CLIENT.SERVED]?  The list is made once for each
 * election: it does not change while the server runs.
 */
static tb_err look_at_client(tb_polls *p, tb_election *e)
{
	uint8_t said[32];
	bool is_said;
	tb_buf list;
	tb_err err = TB_OK;

	if (p->app->client->num_pages == 0 || e->is_client_refused)
		return TB_OK;
	if (!e->has_client) {
		tb_buf_init(&list, TB_SUBMISSION_PAYLOAD_MAX);
		err = tb_client_write_list(p->app->client, e->slug, &list);
		if (err == TB_OK)
			tb_sha256(e->client, list.data, list.len);
		e->has_client = err == TB_OK;
		tb_buf_release(&list);
	}
	if (err != TB_OK)
		return err;
	(void)pthread_mutex_lock(&e->view_lock);
	is_said = e->view.has_client;
	memcpy(said, e->view.client, sizeof said);
	(void)pthread_mutex_unlock(&e->view_lock);
	if (is_said && memcmp(said, e->client, sizeof said) == 0)
		return TB_OK;
	err = post(p, e, TB_ENTRY_CLIENT, make_client);
	e->is_client_refused = err == TB_ERR_RULE; /* it would be refused again; the election must go on */
	return err == TB_ERR_RULE ? TB_OK : err;
}

/* ---- the thread ---- */

static tb_err look_at(tb_polls *p, tb_election *e, uint64_t now)
{
	tb_phase phase;
	uint64_t opens, closes;
	tb_err err;

	(void)pthread_mutex_lock(&e->view_lock);
	phase = e->view.phase;
	opens = e->view.opens;
	closes = e->view.closes;
	(void)pthread_mutex_unlock(&e->view_lock);
	if ((phase == TB_PHASE_READY || phase == TB_PHASE_OPEN) && now < closes) {
		err = look_at_client(p, e);
		if (err != TB_OK)
			return err; /* before `open`: what voters get is on the board before they can vote */
	}
	if (phase == TB_PHASE_READY && now >= opens && now < closes)
		return post(p, e, TB_ENTRY_OPEN, make_open);
	if (phase == TB_PHASE_OPEN && now >= closes)
		return post(p, e, TB_ENTRY_CLOSE, make_close);
	if (phase == TB_PHASE_CLOSED) {
		switch (next_step(e)) {
		case STEP_TALLY:
			return tally(p, e);
		case STEP_RESULT:
			return post(p, e, TB_ENTRY_RESULT, make_result);
		case STEP_FAILED:
			return TB_ERR_STATE;
		case STEP_NONE:
			break;
		}
	}
	return TB_OK;
}

static bool is_paused(const tb_polls *p, const tb_election *e)
{
	for (size_t i = 0; i < sizeof p->pause / sizeof p->pause[0]; i++)
		if (p->pause[i].election == e && p->look < p->pause[i].until)
			return true;
	return false;
}

static void pause_for(tb_polls *p, const tb_election *e)
{
	p->pause[p->next_pause].election = e;
	p->pause[p->next_pause].until = p->look + PAUSE_LOOKS;
	p->next_pause = (p->next_pause + 1) % (sizeof p->pause / sizeof p->pause[0]);
}

static void *run(void *arg)
{
	tb_polls *p = arg;
	struct timespec until;
	tb_election *e;

	while (!atomic_load(&p->stopping)) {
		for (size_t i = 0; (e = tb_elections_at(&p->app->elections, i)) != NULL; i++)
			if (!is_paused(p, e) && look_at(p, e, tb_clock_now(&p->app->clock)) != TB_OK)
				pause_for(p, e);
		p->look++;
		TB_REQUIRE(clock_gettime(CLOCK_MONOTONIC, &until) == 0); /* the time of day may jump */
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		(void)pthread_mutex_lock(&p->lock);
		if (!atomic_load(&p->stopping))
			(void)pthread_cond_timedwait(&p->wake, &p->lock, &until);
		(void)pthread_mutex_unlock(&p->lock);
	}
	return NULL;
}

tb_err tb_polls_start(tb_polls **out, tb_app *app)
{
	tb_polls *p = calloc(1, sizeof *p);
	pthread_condattr_t attr;

	*out = NULL;
	if (p == NULL)
		return TB_ERR_MEMORY;
	p->app = app;
	TB_REQUIRE(pthread_mutex_init(&p->lock, NULL) == 0 && pthread_condattr_init(&attr) == 0 &&
		   pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
		   pthread_cond_init(&p->wake, &attr) == 0);
	(void)pthread_condattr_destroy(&attr);
	if (pthread_create(&p->thread, NULL, run, p) != 0) {
		(void)pthread_cond_destroy(&p->wake);
		(void)pthread_mutex_destroy(&p->lock);
		free(p);
		return TB_ERR_LIMIT;
	}
	*out = p;
	return TB_OK;
}

void tb_polls_stop(tb_polls *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->lock);
	atomic_store(&p->stopping, true);
	(void)pthread_cond_broadcast(&p->wake);
	(void)pthread_mutex_unlock(&p->lock);
	(void)pthread_join(p->thread, NULL);
	(void)pthread_cond_destroy(&p->wake);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

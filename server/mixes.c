/* SPDX-License-Identifier: Apache-2.0 */
#include "server/mixes.h"

#include <stdlib.h>
#include <string.h>

#include "server/slog.h"

#define MAX_WAITING                                                                                          \
	16 /* each may have 256 MiB; there is one of each trustee, and the memory for bodies is bounded too */

struct tb_mixes {
	tb_app *app;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more;
	tb_submission *first, **last;
	size_t num_waiting;
	bool stopping;
};

/* What a mix is held against, kept while the board goes on.  *out is NULL where the board refuses it without any arithmetic, or cannot be
 * asked: that is left to the sequencer. */
static tb_board_ref *take_stage(tb_mix_stage **out, tb_election *e, uint32_t trustee)
{
	tb_board_ref *ref = NULL;
	tb_endorsement statement;
	const tb_board *b;
	tb_tally *t;

	*out = NULL;
	(void)pthread_mutex_lock(&e->lock);
	tb_election_settle(e);
	b = e->ref->board;
	t = e->is_stale || tb_board_phase(b) != TB_PHASE_CLOSED ? NULL : tb_board_tally(b);
	if (t != NULL && tb_tally_stage(t) != NULL && tb_tally_mixes_due(t) > 0 &&
		!tb_tally_has_mix(t, trustee)) {
		tb_tally_statement(t, &statement);
		if (tb_endorsements_suffice(tb_board_endorsements(b), &statement)) {
			*out = tb_mix_stage_share(tb_tally_stage(t));
			ref = e->ref; /* the stage borrows from it */
			ref->num_refs++;
		}
	}
	(void)pthread_mutex_unlock(&e->lock);
	return ref;
}

static void mark(tb_election *e, const tb_board_ref *ref, const tb_submission *s, const tb_mix_stage *stage)
{
	tb_board_heavy checked = {.type = TB_ENTRY_MIX, .trustee = s->entry.trustee};

	memcpy(checked.payload, s->entry.payload_hash, sizeof checked.payload);
	memcpy(checked.stage, tb_mix_stage_hash(stage), sizeof checked.stage);
	(void)pthread_mutex_lock(&e->lock);
	if (e->ref == ref) /* else it was replayed meanwhile, and the sequencer checks for itself */
		tb_board_mark_checked(ref->board, &checked);
	(void)pthread_mutex_unlock(&e->lock);
}

static void check(tb_mixes *m, tb_submission *s)
{
	const tb_parallel work = {.threads = m->app->config->verify_threads};
	uint64_t started = tb_monotonic_us();
	tb_mix_stage *stage;
	tb_board_ref *ref = take_stage(&stage, s->election, s->entry.trustee);
	tb_err err = TB_OK;

	if (stage != NULL) {
		err = tb_mix_check(
			stage, s->entry.trustee, s->payload.data, s->payload.len, &work, &s->fault);
		if (err == TB_OK)
			mark(s->election, ref, s, stage);
		else if (err == TB_ERR_RULE)
			tb_fault_prefix(&s->fault, "payload");
		tb_histogram_add(&m->app->metrics.mix, tb_monotonic_us() - started);
		tb_slog(TB_SLOG_INFO, "mix", "election=%s signer=%s %s", s->election->slug, s->entry.signer,
			err == TB_OK ? "right" : tb_err_text(err));
		tb_mix_stage_free(stage);
		tb_election_board_drop(s->election, ref);
	}
	s->err = err;
	if (err == TB_OK)
		tb_sequencer_submit(m->app->sequencer, s);
	else
		s->done(s);
}

static tb_submission *take(tb_mixes *m, bool *stopping)
{
	tb_submission *s;

	(void)pthread_mutex_lock(&m->lock);
	while (m->first == NULL && !m->stopping)
		(void)pthread_cond_wait(&m->more, &m->lock);
	s = m->first;
	if (s != NULL) {
		m->first = s->next;
		if (m->first == NULL)
			m->last = &m->first;
		s->next = NULL;
		m->num_waiting--;
	}
	*stopping = m->stopping;
	(void)pthread_mutex_unlock(&m->lock);
	return s;
}

static void refuse(tb_submission *s)
{
	s->err = TB_ERR_LIMIT;
	s->done(s);
}

static void *run(void *arg)
{
	tb_mixes *m = arg;
	tb_submission *s;
	bool stopping;

	while ((s = take(m, &stopping)) != NULL) {
		if (stopping)
			refuse(s);
		else
			check(m, s);
	}
	return NULL;
}

void tb_mixes_submit(tb_mixes *m, tb_submission *s)
{
	bool taken;

	(void)pthread_mutex_lock(&m->lock);
	taken = m->num_waiting < MAX_WAITING && !m->stopping;
	if (taken) {
		s->next = NULL;
		*m->last = s;
		m->last = &s->next;
		m->num_waiting++;
		(void)pthread_cond_signal(&m->more);
	}
	(void)pthread_mutex_unlock(&m->lock);
	if (!taken)
		refuse(s);
}

tb_err tb_mixes_start(tb_mixes **out, tb_app *app)
{
	tb_mixes *m = calloc(1, sizeof *m);

	*out = NULL;
	if (m == NULL)
		return TB_ERR_MEMORY;
	m->app = app;
	m->last = &m->first;
	TB_REQUIRE(pthread_mutex_init(&m->lock, NULL) == 0 && pthread_cond_init(&m->more, NULL) == 0);
	if (pthread_create(&m->thread, NULL, run, m) != 0) {
		(void)pthread_cond_destroy(&m->more);
		(void)pthread_mutex_destroy(&m->lock);
		free(m);
		return TB_ERR_LIMIT;
	}
	*out = m;
	return TB_OK;
}

void tb_mixes_stop(tb_mixes *m)
{
	if (m == NULL)
		return;
	(void)pthread_mutex_lock(&m->lock);
	m->stopping = true;
	(void)pthread_cond_signal(&m->more);
	(void)pthread_mutex_unlock(&m->lock);
	(void)pthread_join(m->thread, NULL);
	(void)pthread_cond_destroy(&m->more);
	(void)pthread_mutex_destroy(&m->lock);
	free(m);
}

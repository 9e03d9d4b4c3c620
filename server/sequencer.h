/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_SEQUENCER_H
#define TB_SERVER_SEQUENCER_H

#include "core/log/entry.h"
#include "server/app.h"

/*
 * The one thread that writes [HTTP.SUBMIT].  It takes what is waiting, asks the state machine about each submission at the position that it
 * would get, appends what is right to the store in one durable transaction with the new checkpoints, and only then tells
 * anyone.  An answered entry survives a crash and the loss of power; what was not answered may be sent again: the same bytes
 * get the same place.
 */
typedef struct tb_submission tb_submission;

struct tb_submission {
	tb_election *election; /* NULL for a manifest: then a new one, named `slug` */
	char slug[TB_STORE_SLUG_MAX + 1];
	tb_entry entry;        /* its payload is `payload`; time and position are given when it is appended */
	tb_buf payload;        /* owned */
	uint8_t id[32];        /* of type, signer, payload and signature: what a repetition is known by */
	uint8_t statement[32]; /* of type, signer and payload */
	uint64_t granule;      /* for a manifest: of its times */
	/* For ballots, by the checker: signature and proof were right for this credential. */
	bool is_checked, check_again;
	uint8_t checked_key[32];
	/* For the server's own entries: appends the payload at the last moment, when the log before it is known. */
	tb_err (*make)(const tb_board *board, const void *make_arg, tb_buf *payload);
	const void *make_arg;

	/* The outcome.  OK: `index` is its place, and is_new says whether it came there now.  RULE: *fault.  Anything else: the
	 * server's own failure, and nothing was changed. */
	tb_err err;
	tb_fault fault;
	uint64_t index;
	bool is_new;

	/* Called once, in any thread; the submission is the caller's again. */
	void (*done)(tb_submission *s);
	void *arg;
	tb_submission *next;
};

#define TB_SUBMISSION_PAYLOAD_MAX TB_BLOB_MAX_BYTES

/* MEMORY.  `entry` is to be filled by tb_entry_init() with payload.data, and then tb_submission_identify() called. */
TB_CHECKED tb_err tb_submission_new(tb_submission **out);
void tb_submission_free(tb_submission *s);
void tb_submission_identify(tb_submission *s);

TB_CHECKED tb_err tb_sequencer_start(tb_sequencer **out, tb_app *app); /* MEMORY, LIMIT (no more threads) */
/* Finishes everything that was submitted, then ends the thread. */
void tb_sequencer_stop(tb_sequencer *q);
/* Takes the submission until its `done` is called.  BUSY is the outcome (TB_ERR_LIMIT) when too many wait. */
void tb_sequencer_submit(tb_sequencer *q, tb_submission *s);

#endif

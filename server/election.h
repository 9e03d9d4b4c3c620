/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_ELECTION_H
#define TB_SERVER_ELECTION_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/election/board.h"
#include "crypto/merkle.h"
#include "server/keys.h"
#include "server/store.h"

/*
 * One election as the server holds it: the board's state, replayed from the store at the start by the same check and apply
 * that admit new entries, and a view of what is committed for those who only read.
 *
 * The board is changed by the sequencer (and, to give it the tally, by polls).  While a transaction is being committed
 * it is ahead of the view; who tells somebody outside what the board says waits for tb_election_settle().
 */

/* A board that several threads use; freed with the last reference.  `num_refs` is guarded by the election's lock. */
typedef struct tb_board_ref {
	tb_board *board;
	unsigned num_refs;
} tb_board_ref;

/* What is committed, as it is served. */
typedef struct tb_view {
	uint64_t size;
	tb_phase phase;
	uint64_t opens, closes;
	char title[TB_NAME_MAX + 1];
	bool rehearsal;
	bool has_client;
	uint8_t client[32]; /* what the board says of the web client, if anything */
	size_t max_payload; /* of an entry that may come next [HTTP.SIZE] */
	tb_buf checkpoint;  /* the signed note */
	tb_buf state;       /* the JSON of GET /e/<slug> */
} tb_view;

/* The head that witnesses have cosigned (server/witnessed.h); size 0: none. */
typedef struct tb_witnessed {
	uint64_t size;
	uint32_t num;   /* witnesses */
	bool is_enough; /* as many as the manifest asks for */
	tb_buf text;
} tb_witnessed;

typedef struct tb_election {
	uint64_t number; /* in the store */
	char slug[TB_STORE_SLUG_MAX + 1];
	uint8_t id[32];

	pthread_mutex_t lock;
	pthread_cond_t settled;
	tb_board_ref *ref;
	tb_merkle_tree tree; /* of the same entries as the board */
	bool is_ahead;       /* a transaction is under way */
	bool is_stale;       /* a transaction failed: board and tree must be replayed before they are used */

	/* Of polls: the hash of the list of what this server serves for this election [CLIENT]. */
	bool has_client, is_client_refused;
	uint8_t client[32];

	pthread_mutex_t view_lock;
	tb_view view;
	tb_witnessed witnessed; /* under the same lock; changed under both */
	pthread_mutex_t witnessed_lock;
} tb_election;

/* All of them; they are only ever added. */
typedef struct tb_elections {
	pthread_mutex_t lock;
	tb_election **list;
	size_t num, cap;
} tb_elections;

void tb_elections_init(tb_elections *all);
void tb_elections_release(tb_elections *all);                           /* frees the elections too */
TB_CHECKED tb_err tb_elections_reserve(tb_elections *all, size_t more); /* room for so many; MEMORY */
void tb_elections_add(tb_elections *all, tb_election *e); /* takes ownership; room must be reserved */
tb_election *tb_elections_find(
	tb_elections *all, const char *slug, size_t slug_len); /* NULL if there is none */
tb_election *tb_elections_at(tb_elections *all, size_t i);     /* NULL at the end */

/* An election with an empty board.  MEMORY. */
TB_CHECKED tb_err tb_election_new(tb_election **out, const char *slug);
void tb_election_free(tb_election *e);

/*
 * Replays the log from the store into a fresh board, which then takes the place of the old one, and makes the view.  The
 * store's checkpoint must be the very one that this log and this key give: a server that contradicts what it once
 * signed must not serve.  Call it under `lock`.  IO, MEMORY, RANDOM, RULE or STATE with *fault; what was there stays then.
 */
TB_CHECKED tb_err tb_election_replay(
	tb_election *e, tb_store *store, const tb_server_keys *keys, tb_fault *fault);

/*
 * Makes what will be served once the board as it stands is committed, with a freshly signed checkpoint; and, after the commit,
 * serves it: that cannot fail any more.  Both under `lock`.  MEMORY, LIMIT; *next is then empty.
 */
TB_CHECKED tb_err tb_election_prepare(const tb_election *e, const tb_server_keys *keys, tb_view *next);
void tb_election_publish(tb_election *e, tb_view *next); /* takes over what *next holds */
void tb_view_release(tb_view *v);
/* Waits, under `lock`, until board and view agree. */
void tb_election_settle(tb_election *e);

/* Appends bytes of the view as they are at this moment; the checkpoint with the cosignatures that witnesses have given to this very head,
 * of which there are *num_cosigned.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_election_read_checkpoint(
	tb_election *e, uint64_t *size, uint32_t *num_cosigned, tb_buf *out);
TB_CHECKED tb_err tb_election_read_state(tb_election *e, tb_buf *out);
uint64_t tb_election_size(tb_election *e);
size_t tb_election_max_payload(tb_election *e);
tb_phase tb_election_phase(tb_election *e);

/* The present board for use outside `lock`: only what never changes may be asked then (parameters, manifest).  Both take
 * the lock. */
tb_board_ref *tb_election_board(tb_election *e);
void tb_election_board_drop(tb_election *e, tb_board_ref *ref);

/* The nodes of the committed tree for crypto/merkle.h; *nodes must live as long as the reader. */
typedef struct tb_election_nodes {
	tb_store *store;
	uint64_t election;
} tb_election_nodes;
tb_merkle_reader tb_election_node_reader(tb_election_nodes *nodes);

/*
 * The second pass over a closed log [TALLY.AGGREGATE]: lists the counted ballots, sums them up and finishes the tally.
 * `lock` is taken whenever the board is asked something; NULL: nobody else has it.  STATE when *stop becomes true; IO, MEMORY,
 * RULE with *fault.
 */
TB_CHECKED tb_err tb_election_tally(tb_tally **out, uint64_t election, const tb_board *board, tb_store *store,
	pthread_mutex_t *lock, const atomic_bool *stop, tb_fault *fault);

#endif

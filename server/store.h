/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_STORE_H
#define TB_SERVER_STORE_H

#include "core/base/buf.h"
#include "core/base/why.h"

/*
 * Where the logs lie.  The store knows bytes, positions and hashes; it knows nothing about elections.  Everything but the
 * checkpoint and the witnessed head is only ever added: no entry, hash or blob is changed or removed, and adding one twice is an error.
 *
 * Reading may be done by any thread at any time and sees what is committed.  Writing is done by one thread, between
 * tb_store_begin() and tb_store_commit(); when commit has returned TB_OK, what was added survives a crash of the
 * process and the loss of power.  server/store_sqlite.c is the only file with SQL.
 *
 * Errors of every function: IO (the log of the server says more), MEMORY.
 */
typedef struct tb_store tb_store;

#define TB_STORE_LEVELS 41 /* nodes of the Merkle tree, as crypto/merkle.h addresses them */
#define TB_STORE_MAX_ENTRIES (UINT64_C(1) << 40)
#define TB_STORE_SLUG_MAX 64

/* Opens the board in `path`, making it if it is not there.  IO, STATE (a newer format, or no board), with *why. */
TB_CHECKED tb_err tb_store_open(tb_store **out, const char *path, tb_why *why);
void tb_store_close(tb_store *s);
const char *tb_store_path(const tb_store *s);

/* ---- copies (server/store_backup.c) ---- */
/* Copies the board, which may be in use by another process, as it is at one moment into a new file, durably.  STATE when the
 * new file is there already, or the old one is damaged or no board; IO; with *why. */
TB_CHECKED tb_err tb_store_copy(const char *from_path, const char *to_path, tb_why *why);
/* Is this a board, of a format that is known, and whole?  STATE, IO with *why. */
TB_CHECKED tb_err tb_store_check(const char *path, tb_why *why);

/* ---- what the operator did (server/store_calls.c): seldom, from any thread ---- */
typedef struct tb_store_call {
	uint64_t time;
	char token[65];      /* its name */
	char action[65];     /* "backup" */
	char key[65];        /* the Idempotency-Key; of one token, each is used once */
	uint8_t request[32]; /* SHA-256 of the body */
	unsigned status;     /* of the response */
	char answer[1000];   /* its body */
} tb_store_call;

/* Writes a call down, durably.  STATE when this token has used this key. */
TB_CHECKED tb_err tb_store_add_call(tb_store *s, const tb_store_call *call);
/* The call of this token with this key.  NOT_FOUND. */
TB_CHECKED tb_err tb_store_find_call(tb_store *s, const char *token, const char *key, tb_store_call *out);
/* The call with the largest number below `before` (0: the last).  NOT_FOUND. */
TB_CHECKED tb_err tb_store_previous_call(tb_store *s, uint64_t before, uint64_t *number, tb_store_call *out);

/* ---- the head that witnesses have cosigned, likewise ---- */
/* Takes the place of the one before, durably. */
TB_CHECKED tb_err tb_store_set_witnessed(tb_store *s, uint64_t election, const void *note, size_t note_len);
TB_CHECKED tb_err tb_store_witnessed(tb_store *s, uint64_t election, tb_buf *out); /* appended; NOT_FOUND */

/* ---- reading ---- */
typedef struct tb_store_election {
	uint64_t number; /* the store's own name of it */
	char slug[TB_STORE_SLUG_MAX + 1];
	uint8_t id[32];
} tb_store_election;

/* The election with the smallest number above `after` (0: the first).  NOT_FOUND. */
TB_CHECKED tb_err tb_store_next_election(tb_store *s, uint64_t after, tb_store_election *out);
/* Appends the entry's bytes.  NOT_FOUND. */
TB_CHECKED tb_err tb_store_entry(tb_store *s, uint64_t election, uint64_t index, tb_buf *out);
/* Appends entries first .. first+num-1, each after its length as u16: an entry bundle.  NOT_FOUND unless all are there. */
TB_CHECKED tb_err tb_store_bundle(tb_store *s, uint64_t election, uint64_t first, uint64_t num, tb_buf *out);
/* Appends nodes first .. first+num-1 of a level.  NOT_FOUND unless all are there. */
TB_CHECKED tb_err tb_store_hashes(
	tb_store *s, uint64_t election, unsigned level, uint64_t first, uint64_t num, tb_buf *out);
TB_CHECKED tb_err tb_store_blob(
	tb_store *s, uint64_t election, const uint8_t sha256[32], tb_buf *out); /* NOT_FOUND */
/* The blob that is first used at the smallest index >= from.  NOT_FOUND. */
TB_CHECKED tb_err tb_store_next_blob(
	tb_store *s, uint64_t election, uint64_t from, uint64_t *index, uint8_t sha256[32], uint64_t *size);
/* The latest signed checkpoint; appended.  NOT_FOUND. */
TB_CHECKED tb_err tb_store_checkpoint(tb_store *s, uint64_t election, uint64_t *size, tb_buf *out);
/* Where this very submission is on the board.  NOT_FOUND. */
TB_CHECKED tb_err tb_store_submission(
	tb_store *s, uint64_t election, const uint8_t submission[32], uint64_t *index);

/* ---- writing ---- */
TB_CHECKED tb_err tb_store_begin(tb_store *s);
/* On failure nothing of the transaction remains, as after rollback. */
TB_CHECKED tb_err tb_store_commit(tb_store *s);
void tb_store_rollback(tb_store *s);

TB_CHECKED tb_err tb_store_add_election(tb_store *s, const char *slug, const uint8_t id[32],
	uint64_t *election); /* STATE: slug or id exists */
TB_CHECKED tb_err tb_store_add_entry(
	tb_store *s, uint64_t election, uint64_t index, const uint8_t *bytes, size_t len);
TB_CHECKED tb_err tb_store_add_hash(
	tb_store *s, uint64_t election, unsigned level, uint64_t index, const uint8_t hash[32]);
/* Does nothing when the election has that blob already. */
TB_CHECKED tb_err tb_store_add_blob(tb_store *s, uint64_t election, uint64_t index, const uint8_t sha256[32],
	const uint8_t *bytes, size_t len);
/* Names the entry by a hash; a name that is given stays with the first. */
TB_CHECKED tb_err tb_store_add_submission(
	tb_store *s, uint64_t election, const uint8_t submission[32], uint64_t index);
TB_CHECKED tb_err tb_store_set_checkpoint(
	tb_store *s, uint64_t election, uint64_t size, const void *note, size_t note_len);
/* As tb_store_submission(), but sees what this transaction has added. */
TB_CHECKED tb_err tb_store_submission_now(
	tb_store *s, uint64_t election, const uint8_t submission[32], uint64_t *index);

#endif

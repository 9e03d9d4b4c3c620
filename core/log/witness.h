/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_WITNESS_H
#define TB_CORE_LOG_WITNESS_H

#include "core/log/checkpoint.h"
#include "crypto/merkle.h"

/*
 * Witnesses (C2SP tlog-witness) [WITNESS]: a witness cosigns a head of a log only if it continues the head that it cosigned before, so
 * a log that has enough of them cannot show two histories without being refused.
 */

/* ---- the request "add-checkpoint" ---- */
#define TB_WITNESS_REQUEST_MAX (TB_NOTE_MAX_BYTES + 4096)

typedef struct tb_add_checkpoint {
	uint64_t old_size;
	tb_merkle_proof proof;
	const char *text; /* the signed note, borrowed */
	size_t text_len;
	tb_checkpoint checkpoint; /* what it says; nobody's signature is checked yet */
	tb_note note;
} tb_add_checkpoint;

/* ENCODING, LIMIT, RANGE; *why says what is wrong. */
TB_CHECKED tb_err tb_add_checkpoint_parse(tb_add_checkpoint *out, const char *in, size_t in_len, tb_why *why);
/* Appends a request.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_add_checkpoint_write(
	tb_buf *out, uint64_t old_size, const tb_merkle_proof *proof, const char *text, size_t text_len);

/* ---- a witness ---- */
/*
 * Its whole state is a folder: <hex SHA-256 of the origin>/checkpoint is the head that it cosigned last, with the log's signature and its
 * own, and is written durably before anybody gets a cosignature; beside it lies evidence of forks [LOG.FORK].  So it may be killed at any
 * moment and never cosigns two heads that contradict each other.  Two processes must not share a folder: a lock in it sees to that.
 * May be called by several threads.
 */
typedef struct tb_witness tb_witness;

typedef struct tb_witness_config {
	const char *folder;    /* made if it does not exist */
	tb_vkey key;           /* of type TB_VKEY_COSIGNATURE */
	tb_sign_secret secret; /* belongs to it; wiped by the caller */
	const tb_vkey *logs;   /* the logs that are known, each of another name */
	size_t num_logs;
} tb_witness_config;

/* Copies *config.  IO, STATE (another process uses the folder), PROOF (a head in the folder is not what this witness wrote), MEMORY. */
TB_CHECKED tb_err tb_witness_open(tb_witness **out, const tb_witness_config *config, tb_why *why);
void tb_witness_close(tb_witness *w); /* NULL is fine; wipes */

/*
 * Answers "add-checkpoint" at the time `now`: returns the HTTP status and appends the body to *answer - the signature line for 200, the size of
 * the latest cosigned head for 409 when the request's is another, else a sentence (also for 409, of a second head of that size).  200, 400, 403, 404, 409, 422 as C2SP tlog-witness has them; 500 when the state
 * cannot be written, and nothing is signed.
 */
unsigned tb_witness_add(tb_witness *w, const void *body, size_t body_len, uint64_t now, tb_buf *answer);
/* The head that was cosigned last for the log whose origin has this hash (64 hex digits): 200, 404, 500. */
unsigned tb_witness_latest(tb_witness *w, const char *origin_hash, tb_buf *answer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_CHECK_H
#define TB_CORE_ELECTION_CHECK_H

#include "core/election/board.h"
#include "core/election/client_list.h"
#include "core/log/source.h"

/*
 * The verification of a whole board [CHECK]: what tabella-verify prints, and what a trustee does before endorsing or
 * decrypting.  Nothing on the board is believed: every number is computed again from the entries' bytes.
 *
 * It streams the log three times and keeps a constant amount of memory besides the roll:
 *   the tree      are these bytes what the checkpoint commits to?  (checks 1, 2)
 *   the replay    does every entry follow from those before it?  (3-9, 12)
 *   the ballots   signatures and proofs, in batches on all cores; the aggregates (10, 11, 13)
 * and then what comes after the close (14-17).  How it goes on after a failure is [CHECK.RECOVERY].
 */

typedef enum tb_check_number {
	TB_CHECK_CHECKPOINT = 1,
	TB_CHECK_TREE,
	TB_CHECK_BLOBS,
	TB_CHECK_ENTRIES,
	TB_CHECK_SIGNATURES,
	TB_CHECK_MANIFEST,
	TB_CHECK_ROLL,
	TB_CHECK_CEREMONY,
	TB_CHECK_BALLOTS,
	TB_CHECK_BALLOT_SIGNATURES,
	TB_CHECK_BALLOT_PROOFS,
	TB_CHECK_CLOSE,
	TB_CHECK_COUNTED,
	TB_CHECK_ENDORSEMENTS,
	TB_CHECK_MIXES,
	TB_CHECK_SHARES,
	TB_CHECK_RESULT,
	TB_CHECK_END
} tb_check_number;

const char *tb_check_name(tb_check_number number);    /* "tree: tiles, bundles, root" */
const char *tb_check_objects(tb_check_number number); /* what it counts: "entries" */

typedef enum tb_check_state {
	TB_CHECK_OK,
	TB_CHECK_FAILED,
	TB_CHECK_PENDING,     /* nothing to check yet: the election has not come that far */
	TB_CHECK_NOT_EXAMINED /* something that it rests on has failed; see `note` */
} tb_check_state;

typedef struct tb_check_line {
	tb_check_state state;
	uint64_t covered;  /* objects that were examined */
	uint64_t failures; /* all of them, also those beyond the limit of what is listed */
	uint64_t skipped;  /* objects that could not be judged, because something they rest on was left out */
	char note[160];    /* "" or why something was not examined */
} tb_check_line;

typedef struct tb_check_failure {
	tb_check_number check;
	bool has_entry;
	uint64_t entry; /* index in the log */
	tb_fault fault; /* rule, where (a field of the entry, or a path of the board), expected, found */
} tb_check_failure;

/* Who is told what; every function may be NULL.  All are called from the thread that called tb_check_run(). */
typedef struct tb_check_sink {
	void *user;
	void (*failure)(void *user, const tb_check_failure *f);
	void (*stage)(void *user, const char *label, uint64_t total); /* work of a new kind begins */
	void (*progress)(void *user, uint64_t more);
} tb_check_sink;

#define TB_CHECK_LISTED 1000 /* failures of one rule that are given to the sink; the rest is counted */

/* What the user knows from elsewhere.  Without any of it the keys are those that the board itself names, and a statement
 * says so. */
typedef struct tb_check_trust {
	const char *origin;      /* NULL = not pinned */
	const uint8_t *log_key;  /* 32 bytes, or NULL */
	const uint8_t *manifest; /* the exact payload of the manifest entry, or NULL */
	size_t manifest_len;
	const uint8_t
		*context; /* the first 16 bytes of the context: the fingerprint that was compared; or NULL */
	const char *seen; /* an older checkpoint (a signed note) of this log, or NULL */
	size_t seen_len;
} tb_check_trust;

typedef struct tb_check_options {
	unsigned threads; /* 0 = one for each core */
	size_t batch;     /* ballots in a batch; 0 = as many as are fast within a few megabytes */
	tb_check_trust trust;
	tb_check_sink sink;
} tb_check_options;

typedef enum tb_verdict {
	TB_VERDICT_VERIFIED,
	TB_VERDICT_FALSE,
	TB_VERDICT_UNFINISHED /* right so far, but there is no result yet */
} tb_verdict;

/* Something a person must know to judge the result, in plain words. */
typedef struct tb_check_statement {
	const char *code; /* "threshold-1" */
	char *text;
} tb_check_statement;

typedef struct tb_check_report {
	tb_verdict verdict;
	tb_check_line line[TB_CHECK_END]; /* from 1 */
	uint64_t size;                    /* entries that the checkpoint names */
	uint8_t root[32];
	tb_check_statement *statements;
	size_t num_statements;
	tb_client_list
		client; /* of the latest `client` entry, which has this index; empty when there is none */
	uint64_t client_entry;
	tb_board *
		board; /* the state at the end, with the tally once closed; NULL when there was no manifest */
} tb_check_report;

/*
 * TB_OK: *out says what is true.  Otherwise nothing could be said: IO (reading failed; a file that is simply missing is a failure
 * of check 2 or 3 instead), MEMORY, RANDOM, with *fault, and *out is empty.
 */
TB_CHECKED tb_err tb_check_run(
	tb_check_report *out, tb_source *source, const tb_check_options *options, tb_fault *fault);
void tb_check_report_release(tb_check_report *r);

/* The first 16 bytes of the context in groups of four [CONTEXT]; tb_crockford_parse() reads it. */
#define TB_FINGERPRINT_BYTES 16
#define TB_FINGERPRINT_TEXT TB_CROCKFORD_TEXT(TB_FINGERPRINT_BYTES)
void tb_check_fingerprint(char out[TB_FINGERPRINT_TEXT], const uint8_t context[TB_FINGERPRINT_BYTES]);

#endif

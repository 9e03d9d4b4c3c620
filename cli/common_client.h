/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_CLIENT_H
#define TB_CLI_COMMON_CLIENT_H

#include "cli/common_args.h"
#include "core/election/board.h"
#include "core/log/source.h"
#include "net/fetch.h"

/*
 * A board as a client sees it: where it is, the signed checkpoint, and the state after as many of its entries as the
 * command needs, each checked by the state machine and all of them tied to the checkpoint.
 *
 * What a client has once seen of a log it remembers in its state folder: a later checkpoint that does not contain the earlier one is
 * refused, and both are kept as evidence (the server shows two histories).
 */
#define TB_STATE_PATH_MAX 4096

typedef struct tb_client {
	const tb_args *args;
	char where[TB_URL_MAX]; /* the board's URL, folder or archive */
	bool is_url;
	tb_fetch *fetch; /* NULL unless a URL */
	tb_source *source;
	tb_board *board;
	tb_buf checkpoint_text; /* the signed note */
	tb_checkpoint checkpoint;
	tb_vkey log_key;
	uint64_t remembered;                 /* entries of the largest head in the state folder */
	char folder[TB_STATE_PATH_MAX - 96]; /* this election's state folder */
} tb_client;

/* Options that go with it, for the tables of commands. */
#define TB_CLIENT_FLAGS                                                                                      \
	{                                                                                                    \
		"state", "DIR", "where this program remembers things (default: $XDG_STATE_HOME/tabella)",    \
			false, false                                                                         \
	}

typedef enum tb_client_depth {
	TB_CLIENT_SETUP, /* up to `open`, or to the end if that has not come */
	TB_CLIENT_ALL /* every entry; signatures and proofs of ballots are not checked (tb_check_run() does that) */
} tb_client_depth;

/* Opens the board named by the first operand and replays it.  Prints what is wrong and returns an exit code; the client must be
 * closed in every case. */
int tb_client_open(tb_client *c, const tb_args *args, tb_client_depth depth);
void tb_client_close(tb_client *c);

/* For commands that post: TB_EXIT_USAGE, said, when the board is a file. */
int tb_client_require_url(const tb_client *c);

/* Copies the board of a server into the state folder, whose path goes to `folder`; what was copied before is not fetched again.  Nothing in
 * it is checked. */
int tb_client_copy(const tb_client *c, char folder[TB_STATE_PATH_MAX]);

/* The URL of something below the board ("entries", "voter/ada"). */
void tb_client_url(const tb_client *c, char out[TB_URL_MAX + 128], const char *below);

/* A file of this election in the state folder. */
void tb_client_state_path(const tb_client *c, char *out, size_t out_len, const char *name);

/* Checks that the entry with this leaf hash is at `index` in the log of the checkpoint, by an inclusion proof from its tiles. */
int tb_client_check_inclusion(tb_client *c, uint64_t index, const uint8_t leaf[32]);

/*
 * Gives each entry from `from` (not after the end) to the end of the log to `each`, proved to be the log's; whether it is right
 * there is not asked, and what is no entry at all is passed over.  A blob is not fetched.  Ends early when `each` returns another
 * exit code than TB_EXIT_OK, with that.
 */
typedef int (*tb_client_visit)(void *ctx, uint64_t index, const tb_entry *e);
int tb_client_each(tb_client *c, uint64_t from, tb_client_visit each, void *ctx);

/*
 * Checks an unverified receipt [RECEIPT] against this election's log key and the checkpoint at hand (which may be older or newer: their
 * consistency is proved), and that it holds an entry with this type, signer and payload.  *entry_index is where it stands.  Its
 * checkpoint is remembered: a server that later shows a log without this entry is found out.
 */
int tb_client_check_receipt(tb_client *c, const tb_buf *receipt, tb_entry_type type, const char *signer,
	const uint8_t *payload, size_t payload_len, uint64_t *entry_index);

#endif

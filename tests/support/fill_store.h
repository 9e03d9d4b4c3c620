/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_FILL_STORE_H
#define TB_TESTS_SUPPORT_FILL_STORE_H

#include "core/log/note.h"
#include "server/keys.h"
#include "server/store.h"
#include "tests/support/many_ballots.h"

/*
 * The database of a server that has run for long, made in seconds: an election of many voters, its polls open, with as many
 * ballots as asked for, written with the server's own store and keys but without the server.  The file is what the server
 * would have made of the same entries.
 */
typedef struct fill_store {
	const char *path, *board; /* a folder, or NULL */
	char origin[TB_KEY_NAME_MAX + 1];
	uint64_t board_size;
	tb_server_keys keys;
	tb_maker *m;
	tb_store *store;
	uint64_t election, size;
	tb_merkle_tree tree;
	uint32_t num_ballots, pending;
	uint64_t open_size; /* of the log that ends with `open` */
	uint8_t open_root[32];
} fill_store;

/* The election "spring", open from now for a day, of the server with the keys in `folder`.  `path` is borrowed. */
void fill_store_new(fill_store *f, const char *folder, const char *path, uint32_t num_voters);
/* Ballots of the first voters, until there are so many; the file is then complete. */
void fill_store_until(fill_store *f, uint32_t num_ballots);
/*
 * So many entries in no time, where only their number matters: the last voter on the roll "votes" again and again.  Position, time and
 * predecessor are right, proof and signature are not: the server checked those before it appended a ballot, and does not
 * do so again.
 */
void fill_store_repeat(fill_store *f, uint32_t num);
/* The election "spring" of a whole board in a folder, with its blobs: to the end of the polls; and the rest.  `data` has the keys of its
 * server; there is no maker.  `path` and `board` are borrowed. */
void fill_store_from_board(fill_store *f, const char *data, const char *path, const char *board);
void fill_store_end_of_board(fill_store *f);
void fill_store_free(fill_store *f);

#endif

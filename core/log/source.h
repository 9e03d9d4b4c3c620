/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_SOURCE_H
#define TB_CORE_LOG_SOURCE_H

#include "core/base/buf.h"
#include "core/base/why.h"
#include "core/log/archive.h"
#include "core/log/checkpoint.h"
#include "core/log/count_path.h"
#include "core/log/tile.h"

/*
 * Where the bytes of a board come from: a folder, an archive, or (net/) a server.  All three hold the same files under the
 * same paths [ARCHIVE], and nothing that comes out of a source is trusted before it is checked against a signed checkpoint.
 *
 * Folders and archives may be asked by several threads at once.
 */
typedef struct tb_source tb_source;

typedef struct tb_source_ops {
	/* Appends the file to *out, whose limit holds.  NOT_FOUND, LIMIT, IO, MEMORY, ENCODING; *why says what happened. */
	tb_err (*get)(tb_source *s, const char *path, tb_buf *out, tb_why *why);
	void (*free)(tb_source *s);
	/* The files of counts that are there; NULL: this kind of source does not know.  LIMIT, IO, MEMORY, with *why. */
	tb_err (*list_counts)(tb_source *s, tb_count_paths *out, tb_why *why);
} tb_source_ops;

struct tb_source { /* the head of each kind's own struct */
	const tb_source_ops *ops;
};

/* A folder or an archive file, whichever is there.  NOT_FOUND, IO, MEMORY; ENCODING for an archive that is not one board in the
 * one order of [ARCHIVE]. */
TB_CHECKED tb_err tb_source_open(tb_source **out, const char *path, tb_why *why);
void tb_source_free(tb_source *s); /* NULL is fine */

/* `path` is one of core/log/tile.h; *out is cleared first. */
TB_CHECKED tb_err tb_source_get(tb_source *s, const char *path, tb_buf *out, tb_why *why);
/*
 * A tile or bundle, cleared first and checked for its form: exactly `width` hashes or entries (ENCODING).  Where a partial one is
 * gone because the log grew, the full one is taken and cut, as C2SP tlog-tiles has it.
 */
TB_CHECKED tb_err tb_source_get_tile(tb_source *s, const tb_tile *t, tb_buf *out, tb_why *why);

/* The files of counts [RANK.FILES] that a folder or an archive holds, in the order of their paths; none of any other source. */
TB_CHECKED tb_err tb_source_list_counts(tb_source *s, tb_count_paths *out, tb_why *why);

/* Writes checkpoint, tiles and bundles of the log as the first part of an archive; the blobs, in the order of their first use, are
 * the caller's.  The bytes are copied as they are.  The errors of get and of the writer. */
TB_CHECKED tb_err tb_source_copy_log(tb_source *s, tb_archive_writer *w, tb_why *why);

/* ---- the entries, one after the other ---- */
/* Constant memory: one bundle.  Whether they belong to the checkpoint is for the caller to find out, from their leaf hashes. */
typedef struct tb_entries {
	tb_source *source;
	uint64_t size, next;
	tb_buf bytes;
	tb_bundle bundle;
} tb_entries;

void tb_entries_init(tb_entries *e, tb_source *s, uint64_t size);
void tb_entries_release(tb_entries *e);
void tb_entries_seek(tb_entries *e, uint64_t index); /* index <= size is what comes next */
bool tb_entries_is_done(const tb_entries *e);
/* The entry *index, borrowed until the next call; not when done (a bug of the caller).  The errors of tb_source_get_tile(). */
TB_CHECKED tb_err tb_entries_next(
	tb_entries *e, const uint8_t **entry, size_t *entry_len, uint64_t *index, tb_why *why);

/* ---- the Merkle tree, from its tiles ---- */
/* Keeps the tiles that were used last (128 KiB).  One thread at a time.  Its nodes are what the source says: only a proof that
 * verifies makes them true. */
typedef struct tb_tile_reader tb_tile_reader;
TB_CHECKED tb_err tb_tile_reader_new(tb_tile_reader **out, tb_source *s, uint64_t size); /* MEMORY */
void tb_tile_reader_free(tb_tile_reader *r);
tb_merkle_reader tb_tile_reader_nodes(tb_tile_reader *r);

#endif

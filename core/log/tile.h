/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_TILE_H
#define TB_CORE_LOG_TILE_H

#include "core/base/buf.h"
#include "crypto/merkle.h"

/*
 * C2SP tlog-tiles [LOG.TILES]: the files that a log consists of.  Paths are relative to the board, "log/tile/0/x001/234";
 * `index` counts tiles within their level, `width` is 256 or, for a partial tile, 1..255.
 */
#define TB_TILE_WIDTH 256u
#define TB_TILE_BYTES (TB_TILE_WIDTH * TB_MERKLE_BYTES)
#define TB_TILE_LEVELS 7          /* levels that a tree of TB_MERKLE_MAX_SIZE has */
#define TB_TILE_ENTRIES 255       /* stands for a level: the bundles of entries */
#define TB_ENTRY_MAX_BYTES 65535u /* of one entry in a bundle [ENTRY.ENVELOPE] */
#define TB_BUNDLE_MAX (TB_TILE_WIDTH * (2u + TB_ENTRY_MAX_BYTES))
#define TB_PATH_MAX 96 /* bytes of any path of a board, its NUL included */

typedef struct tb_tile {
	unsigned level; /* 0..TB_TILE_LEVELS-1, or TB_TILE_ENTRIES */
	uint64_t index;
	unsigned width; /* 1..256 */
} tb_tile;

/* Writes the path and a NUL. */
void tb_tile_path(char out[TB_PATH_MAX], const tb_tile *t);
/* Reads a path.  ENCODING for anything that tb_tile_path() does not write; *out is then unchanged. */
TB_CHECKED tb_err tb_tile_path_parse(tb_tile *out, const char *in, size_t in_len);
/* "blob/<64 hex digits>" [LOG.BLOB]; the same errors. */
void tb_blob_path(char out[TB_PATH_MAX], const uint8_t hash[32]);
TB_CHECKED tb_err tb_blob_path_parse(uint8_t hash[32], const char *in, size_t in_len);
#define TB_CHECKPOINT_PATH "log/checkpoint"

/* Is this tile one of those that a tree of `size` leaves consists of?  (A partial one only at the right edge.) */
bool tb_tile_is_of(const tb_tile *t, uint64_t size);
/* The tile that holds node (level, index) of a tree of `size` leaves, as wide as that tree makes it.  The node is complete
 * in that tree (else a bug of the caller). */
void tb_tile_of_node(tb_tile *out, unsigned level, uint64_t index, uint64_t size);
/* The bundle that holds entry `index` < size. */
void tb_tile_of_entry(tb_tile *out, uint64_t index, uint64_t size);

/*
 * Walks over all tiles of a tree in the order of an archive: level 0 from left to right, level 1, ..., then the bundles.
 *	for (tb_tile t = tb_tile_first(size); t.width > 0; tb_tile_next(&t, size)) ...
 */
tb_tile tb_tile_first(uint64_t size); /* width 0 when size is 0 */
void tb_tile_next(tb_tile *t, uint64_t size);

/* The node (level, index) from the bytes of the tile that tb_tile_of_node() gave. */
void tb_tile_node(uint8_t out[TB_MERKLE_BYTES], const uint8_t *tile, unsigned level, uint64_t index);

/* ---- making tiles, and checking them by making them again ---- */
/*
 * Takes the leaf hashes of a log in order and gives each tile as soon as it is full; tb_tile_builder_finish() gives the partial
 * ones.  `emit` may fail, and its error is passed on.  Memory: one tile per level.
 */
typedef struct tb_tile_builder {
	tb_err (*emit)(void *ctx, const tb_tile *t, const uint8_t *bytes);
	void *ctx;
	uint64_t size;
	unsigned num[TB_TILE_LEVELS]; /* hashes in the open tile of each level */
	uint8_t tile[TB_TILE_LEVELS][TB_TILE_BYTES];
} tb_tile_builder;

void tb_tile_builder_init(
	tb_tile_builder *b, tb_err (*emit)(void *ctx, const tb_tile *t, const uint8_t *bytes), void *ctx);
TB_CHECKED tb_err tb_tile_builder_append(tb_tile_builder *b, const uint8_t leaf[TB_MERKLE_BYTES]);
TB_CHECKED tb_err tb_tile_builder_finish(const tb_tile_builder *b);
/* The root of everything appended so far. */
void tb_tile_builder_root(const tb_tile_builder *b, uint8_t out[TB_MERKLE_BYTES]);

/* ---- bundles of entries ---- */
/* Appends one entry, u16be length and bytes.  LIMIT sticks to *out above TB_ENTRY_MAX_BYTES. */
void tb_bundle_write(tb_buf *out, const void *entry, size_t entry_len);

typedef struct tb_bundle {
	tb_reader reader;
	unsigned left; /* entries that are still to come */
} tb_bundle;
/* `width` entries are expected in exactly these bytes. */
void tb_bundle_init(tb_bundle *b, const void *bytes, size_t len, unsigned width);
/* The next entry, borrowed.  NOT_FOUND after the last; ENCODING when an entry is cut, or bytes are left after the last. */
TB_CHECKED tb_err tb_bundle_next(tb_bundle *b, const uint8_t **entry, size_t *entry_len);

#endif

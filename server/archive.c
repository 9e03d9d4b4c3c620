/* SPDX-License-Identifier: Apache-2.0 */
#include "server/archive.h"

#include <stdlib.h>
#include <string.h>

#include "core/log/archive.h"
#include "core/log/tile.h"
#include "server/counted.h"
#include "server/slog.h"

typedef enum stage { STAGE_CHECKPOINT, STAGE_TILES, STAGE_BLOBS, STAGE_COUNTS, STAGE_END } stage;

typedef struct archive {
	tb_store *store;
	uint64_t election, size;
	stage stage;
	tb_archive_writer writer;
	tb_tile tile;      /* the next one */
	uint64_t next;     /* blobs: the first index that was not looked at */
	tb_buf checkpoint; /* of this size */
	tb_buf file;       /* a file of the board */
	tb_buf data;       /* the same with header and padding, being sent */
	size_t sent;
	tb_counted counted; /* as it was before the checkpoint was read */
	tb_count_paths counts;
	size_t next_count;
} archive;

/* ---- one file after the other ---- */

static tb_err put(void *ctx, const void *bytes, size_t len)
{
	archive *a = ctx;

	tb_buf_append(&a->data, bytes, len);
	return tb_buf_status(&a->data);
}

static tb_err put_tile(archive *a)
{
	char path[TB_PATH_MAX];
	uint64_t first = a->tile.index * TB_TILE_WIDTH;
	tb_err err;

	if (a->tile.level == TB_TILE_ENTRIES)
		err = tb_store_bundle(a->store, a->election, first, a->tile.width, &a->file);
	else
		err = tb_store_hashes(
			a->store, a->election, 8 * a->tile.level, first, a->tile.width, &a->file);
	if (err == TB_ERR_NOT_FOUND)
		err = TB_ERR_IO; /* it is part of this log */
	if (err != TB_OK)
		return err;
	tb_tile_path(path, &a->tile);
	tb_tile_next(&a->tile, a->size);
	return tb_archive_add(&a->writer, path, a->file.data, a->file.len);
}

/* The next blob that an entry below `size` uses first.  NOT_FOUND after the last. */
static tb_err put_blob(archive *a)
{
	char path[TB_PATH_MAX];
	uint8_t hash[32];
	uint64_t index, size;
	tb_err err = tb_store_next_blob(a->store, a->election, a->next, &index, hash, &size);

	if (err == TB_OK && index >= a->size)
		err = TB_ERR_NOT_FOUND;
	if (err == TB_OK)
		err = tb_store_blob(a->store, a->election, hash, &a->file);
	if (err != TB_OK)
		return err;
	a->next = index + 1;
	tb_blob_path(path, hash);
	return tb_archive_add(&a->writer, path, a->file.data, a->file.len);
}

/* The next file of a count [RANK.FILES].  NOT_FOUND after the last. */
static tb_err put_count(archive *a)
{
	const char *path;
	const tb_ranked_count *count;
	uint32_t kind;
	tb_err err;

	if (a->next_count == a->counts.num)
		return TB_ERR_NOT_FOUND;
	path = a->counts.at[a->next_count++];
	count = tb_counted_find(&a->counted, path, &kind);
	TB_REQUIRE(count != NULL);
	err = tb_ranked_count_write(count, kind, &a->file);
	return err == TB_OK ? tb_archive_add(&a->writer, path, a->file.data, a->file.len) : err;
}

/* Fills a->data with what comes next; NOT_FOUND at the end. */
static tb_err advance(archive *a)
{
	tb_err err;

	tb_buf_clear(&a->file);
	tb_buf_clear(&a->data);
	a->sent = 0;
	switch (a->stage) {
	case STAGE_CHECKPOINT:
		a->stage = STAGE_TILES;
		a->tile = tb_tile_first(a->size);
		return tb_archive_add(&a->writer, TB_CHECKPOINT_PATH, a->checkpoint.data, a->checkpoint.len);
	case STAGE_TILES:
		if (a->tile.width > 0)
			return put_tile(a);
		a->stage = STAGE_BLOBS;
		return advance(a);
	case STAGE_BLOBS:
		err = put_blob(a);
		if (err != TB_ERR_NOT_FOUND)
			return err;
		a->stage = STAGE_COUNTS;
		return advance(a);
	case STAGE_COUNTS:
		err = put_count(a);
		if (err != TB_ERR_NOT_FOUND)
			return err;
		a->stage = STAGE_END;
		return tb_archive_end(&a->writer);
	case STAGE_END:
		break;
	}
	return TB_ERR_NOT_FOUND;
}

static ssize_t stream_read(void *state, uint8_t *out, size_t max)
{
	archive *a = state;
	size_t len;

	while (a->sent == a->data.len) {
		tb_err err = advance(a);

		if (err == TB_ERR_NOT_FOUND)
			return 0;
		if (err != TB_OK) {
			tb_slog(TB_SLOG_ERROR, "archive", "broken off: %s", tb_err_text(err));
			return -1;
		}
	}
	len = a->data.len - a->sent < max ? a->data.len - a->sent : max;
	memcpy(out, a->data.data + a->sent, len);
	a->sent += len;
	return (ssize_t)len;
}

static void stream_free(void *state)
{
	archive *a = state;

	tb_counted_release(&a->counted);
	tb_buf_release(&a->checkpoint);
	tb_buf_release(&a->file);
	tb_buf_release(&a->data);
	free(a);
}

tb_err tb_archive_stream(tb_http_stream *out, tb_store *store, tb_election *e)
{
	archive *a = calloc(1, sizeof *a);
	uint32_t num_cosigned;
	tb_err err;

	if (a == NULL)
		return TB_ERR_MEMORY;
	a->store = store;
	a->election = e->number;
	tb_buf_init(&a->checkpoint, TB_HTTP_BODY_MAX);
	tb_buf_init(&a->file, TB_HTTP_BODY_MAX);
	tb_buf_init(&a->data, TB_HTTP_BODY_MAX + 4096);
	tb_archive_writer_init(&a->writer, put, a);
	/* First: then a log with these counts has their result. */
	tb_counted_init(&a->counted, e);
	tb_counted_list(&a->counted, &a->counts);
	err = tb_election_read_checkpoint(e, &a->size, &num_cosigned, &a->checkpoint);
	if (err != TB_OK) {
		stream_free(a);
		return err;
	}
	*out = (tb_http_stream){.read = stream_read, .free = stream_free, .state = a};
	return TB_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log/entry.h"

/* The hashes of the blobs that are in the archive already: open addressing, all zero = free. */
typedef struct seen {
	uint8_t (*hashes)[32];
	size_t num, cap; /* cap is a power of two, at most half full */
} seen;

static const uint8_t none[32];

static uint8_t *slot_of(const seen *s, const uint8_t hash[32])
{
	size_t at = (size_t)tb_load_u64(hash) & (s->cap - 1);

	while (memcmp(s->hashes[at], none, 32) != 0 && memcmp(s->hashes[at], hash, 32) != 0)
		at = (at + 1) & (s->cap - 1);
	return s->hashes[at];
}

static tb_err grow(seen *s)
{
	seen larger = {.cap = s->cap == 0 ? 64 : 2 * s->cap, .num = s->num};

	larger.hashes = calloc(larger.cap, sizeof *larger.hashes);
	if (larger.hashes == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < s->cap; i++)
		if (memcmp(s->hashes[i], none, 32) != 0)
			memcpy(slot_of(&larger, s->hashes[i]), s->hashes[i], 32);
	free(s->hashes);
	*s = larger;
	return TB_OK;
}

/* *is_new is false for a hash that came before. */
static tb_err remember(seen *s, const uint8_t hash[32], bool *is_new)
{
	uint8_t *slot;

	if (2 * s->num >= s->cap && grow(s) != TB_OK)
		return TB_ERR_MEMORY;
	slot = slot_of(s, hash);
	*is_new = memcmp(slot, hash, 32) != 0;
	if (*is_new) {
		memcpy(slot, hash, 32);
		s->num++;
	}
	return TB_OK;
}

/* ---- writing ---- */

typedef struct job {
	tb_source *source;
	tb_archive_writer writer;
	FILE *file;
	int cause; /* errno of the write that failed, or 0 */
	seen seen;
	tb_buf blob;
} job;

static tb_err put(void *ctx, const void *bytes, size_t len)
{
	job *j = ctx;

	if (fwrite(bytes, 1, len, j->file) == len)
		return TB_OK;
	j->cause = errno;
	return TB_ERR_IO;
}

static tb_err write_blob(job *j, const uint8_t hash[32], tb_why *why)
{
	char path[TB_PATH_MAX];
	bool is_new = false;
	tb_err err = remember(&j->seen, hash, &is_new);

	if (err != TB_OK || !is_new)
		return err;
	tb_blob_path(path, hash);
	err = tb_source_get(j->source, path, &j->blob, why);
	if (err == TB_ERR_NOT_FOUND) {
		tb_why_clear(why);
		return TB_OK;
	}
	return err == TB_OK ? tb_archive_add(&j->writer, path, j->blob.data, j->blob.len) : err;
}

static tb_err write_blobs(job *j, uint64_t size, tb_why *why)
{
	tb_entries entries;
	tb_buf room;
	tb_err err = TB_OK;

	tb_entries_init(&entries, j->source, size);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	while (err == TB_OK && !tb_entries_is_done(&entries)) {
		const uint8_t *bytes;
		tb_fault ignored;
		uint64_t index;
		tb_entry e;
		size_t len;

		err = tb_entries_next(&entries, &bytes, &len, &index, why);
		if (err == TB_OK && tb_entry_parse(&e, &room, bytes, len, &ignored) == TB_OK && e.is_blob)
			err = write_blob(j, e.payload_hash, why);
	}
	tb_buf_release(&room);
	tb_entries_release(&entries);
	return err;
}

/* Who made them is not asked: the verification compares them [RANK.FILES]. */
static tb_err write_counts(job *j, tb_why *why)
{
	tb_count_paths *paths = calloc(1, sizeof *paths);
	tb_err err;

	if (paths == NULL)
		return TB_ERR_MEMORY;
	err = tb_source_list_counts(j->source, paths, why);
	for (size_t i = 0; i < paths->num && err == TB_OK; i++) {
		err = tb_source_get(j->source, paths->at[i], &j->blob, why);
		if (err == TB_OK)
			err = tb_archive_add(&j->writer, paths->at[i], j->blob.data, j->blob.len);
	}
	free(paths);
	return err;
}

static tb_err write_all(job *j, tb_why *why)
{
	tb_checkpoint checkpoint;
	tb_note note;
	tb_buf bytes;
	tb_err err;

	tb_archive_writer_init(&j->writer, put, j);
	tb_buf_init(&bytes, TB_NOTE_MAX_BYTES);
	err = tb_source_get(j->source, TB_CHECKPOINT_PATH, &bytes, why);
	if (err == TB_OK)
		err = tb_checkpoint_parse(&checkpoint, &note, (const char *)bytes.data, bytes.len, why);
	tb_buf_release(&bytes);
	if (err == TB_OK)
		err = tb_source_copy_log(j->source, &j->writer, why);
	if (err == TB_OK)
		err = write_blobs(j, checkpoint.size, why);
	if (err == TB_OK)
		err = write_counts(j, why);
	return err == TB_OK ? tb_archive_end(&j->writer) : err;
}

/* Writes to a file of another name in the same folder, which then takes the place of the old one. */
static tb_err write_file(job *j, const char *path, const char *part, tb_why *why)
{
	tb_err err;

	tb_why_clear(why);
	j->file = fopen(part, "wb");
	if (j->file == NULL) {
		tb_why_set(why, "%s: %s", part, strerror(errno));
		return TB_ERR_IO;
	}
	err = write_all(j, why);
	if (err == TB_OK && (fflush(j->file) != 0 || fsync(fileno(j->file)) != 0))
		j->cause = errno;
	if (fclose(j->file) != 0 && j->cause == 0)
		j->cause = errno;
	if (err == TB_OK && j->cause == 0 && rename(part, path) != 0)
		j->cause = errno;
	if (j->cause != 0) {
		tb_why_set(why, "%s: %s", path, strerror(j->cause));
		err = TB_ERR_IO;
	}
	if (err != TB_OK)
		(void)remove(part);
	tb_why_default(why, err);
	return err;
}

tb_err tb_export_archive(tb_source *source, const char *path, tb_why *why)
{
	job j = {.source = source};
	char *part;
	tb_err err;

	if (asprintf(&part, "%s.part", path) < 0) {
		tb_why_set(why, "%s", tb_err_text(TB_ERR_MEMORY));
		return TB_ERR_MEMORY;
	}
	tb_buf_init(&j.blob, TB_BLOB_MAX_BYTES);
	err = write_file(&j, path, part, why);
	tb_buf_release(&j.blob);
	free(j.seen.hashes);
	free(part);
	return err;
}

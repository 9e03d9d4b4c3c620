/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/log/source_archive.h"

/* ---- folders ---- */

typedef struct folder {
	tb_source base;
	char *path; /* owned */
} folder;

static tb_err folder_get(tb_source *s, const char *path, tb_buf *out, tb_why *why)
{
	const folder *f = (const folder *)s;
	char *full;
	tb_err err;

	if (asprintf(&full, "%s/%s", f->path, path) < 0)
		return TB_ERR_MEMORY;
	err = tb_file_read(out, full, why);
	free(full);
	return err;
}

static void folder_free(tb_source *s)
{
	folder *f = (folder *)s;

	free(f->path);
	free(f);
}

/* Other files in the folder are nobody's business, as elsewhere in a folder. */
static tb_err folder_list_counts(tb_source *s, tb_count_paths *out, tb_why *why)
{
	const folder *f = (const folder *)s;
	const struct dirent *entry;
	char *full, path[sizeof entry->d_name + 8];
	tb_err err = TB_OK;
	DIR *dir;

	if (asprintf(&full, "%s/count", f->path) < 0)
		return TB_ERR_MEMORY;
	dir = opendir(full);
	if (dir == NULL && errno != ENOENT && errno != ENOTDIR) {
		tb_why_set(why, "%s: %s", full, strerror(errno));
		err = TB_ERR_IO;
	}
	free(full);
	while (err == TB_OK && dir != NULL && (entry = readdir(dir)) != NULL) {
		(void)snprintf(path, sizeof path, "count/%s", entry->d_name);
		if (tb_count_path_is_valid(path))
			err = tb_count_paths_add(out, path);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return err;
}

static const tb_source_ops FOLDER = {folder_get, folder_free, folder_list_counts};

static tb_err folder_new(tb_source **out, const char *path)
{
	folder *f = calloc(1, sizeof *f);

	if (f == NULL)
		return TB_ERR_MEMORY;
	f->base.ops = &FOLDER;
	f->path = strdup(path);
	if (f->path == NULL) {
		free(f);
		return TB_ERR_MEMORY;
	}
	*out = &f->base;
	return TB_OK;
}

/* ---- any source ---- */

tb_err tb_source_open(tb_source **out, const char *path, tb_why *why)
{
	tb_err err;

	*out = NULL;
	tb_why_clear(why);
	err = tb_file_is_dir(path) ? folder_new(out, path) : tb_source_archive_new(out, path, why);
	tb_why_default(why, err);
	return err;
}

void tb_source_free(tb_source *s)
{
	if (s != NULL)
		s->ops->free(s);
}

tb_err tb_source_get(tb_source *s, const char *path, tb_buf *out, tb_why *why)
{
	tb_err err;

	TB_REQUIRE(tb_archive_name_is_valid(path, strlen(path)));
	tb_buf_clear(out);
	tb_why_clear(why);
	err = s->ops->get(s, path, out, why);
	tb_why_default(why, err);
	return err;
}

tb_err tb_source_list_counts(tb_source *s, tb_count_paths *out, tb_why *why)
{
	tb_err err = TB_OK;

	out->num = 0;
	tb_why_clear(why);
	if (s->ops->list_counts != NULL)
		err = s->ops->list_counts(s, out, why);
	tb_count_paths_sort(out);
	tb_why_default(why, err);
	return err;
}

/* The number of bytes that the first `width` hashes or entries take; false when there are fewer. */
static bool measure(const tb_tile *t, const tb_buf *bytes, size_t *len)
{
	tb_bundle b;

	if (t->level != TB_TILE_ENTRIES) {
		*len = t->width * (size_t)TB_MERKLE_BYTES;
		return bytes->len >= *len;
	}
	tb_bundle_init(&b, bytes->data, bytes->len, t->width);
	while (b.left > 0) {
		const uint8_t *entry;
		size_t entry_len;

		if (tb_bundle_next(&b, &entry, &entry_len) != TB_OK)
			return false;
	}
	*len = bytes->len - b.reader.left;
	return true;
}

tb_err tb_source_get_tile(tb_source *s, const tb_tile *t, tb_buf *out, tb_why *why)
{
	tb_tile full = *t;
	char path[TB_PATH_MAX];
	bool may_be_longer = false;
	size_t len = 0;
	tb_err err;

	tb_tile_path(path, t);
	err = tb_source_get(s, path, out, why);
	if (err == TB_ERR_NOT_FOUND && t->width < TB_TILE_WIDTH) {
		full.width = TB_TILE_WIDTH;
		tb_tile_path(path, &full);
		err = tb_source_get(s, path, out, why);
		may_be_longer = true;
	}
	if (err != TB_OK)
		return err;
	if (!measure(t, out, &len) || (out->len != len && !may_be_longer)) {
		tb_why_set(why, "%s: not exactly %u %s", path, t->width,
			t->level == TB_TILE_ENTRIES ? "entries" : "hashes");
		return TB_ERR_ENCODING;
	}
	out->len = len;
	return TB_OK;
}

tb_err tb_source_copy_log(tb_source *s, tb_archive_writer *w, tb_why *why)
{
	char path[TB_PATH_MAX];
	tb_checkpoint c;
	tb_note note;
	tb_buf bytes;
	tb_err err;

	tb_buf_init(&bytes, TB_BUNDLE_MAX);
	err = tb_source_get(s, TB_CHECKPOINT_PATH, &bytes, why); /* clears *why */
	if (err == TB_OK)
		err = tb_checkpoint_parse(&c, &note, (const char *)bytes.data, bytes.len, why);
	if (err != TB_OK) {
		tb_buf_release(&bytes);
		return err;
	}
	err = tb_archive_add(w, TB_CHECKPOINT_PATH, bytes.data, bytes.len);
	for (tb_tile t = tb_tile_first(c.size); err == TB_OK && t.width > 0; tb_tile_next(&t, c.size)) {
		err = tb_source_get_tile(s, &t, &bytes, why);
		tb_tile_path(path, &t);
		if (err == TB_OK)
			err = tb_archive_add(w, path, bytes.data, bytes.len);
	}
	tb_buf_release(&bytes);
	tb_why_default(why, err);
	return err;
}

/* ---- entries ---- */

void tb_entries_init(tb_entries *e, tb_source *s, uint64_t size)
{
	*e = (tb_entries){.source = s, .size = size};
	tb_buf_init(&e->bytes, TB_BUNDLE_MAX);
}

void tb_entries_release(tb_entries *e)
{
	tb_buf_release(&e->bytes);
}

void tb_entries_seek(tb_entries *e, uint64_t index)
{
	TB_REQUIRE(index <= e->size);
	e->next = index;
	e->bundle.left = 0; /* fetched again, if need be */
}

bool tb_entries_is_done(const tb_entries *e)
{
	return e->next == e->size;
}

/* Fetches the bundle that the next entry is in, and skips what comes before it. */
static tb_err fetch(tb_entries *e, tb_why *why)
{
	const uint8_t *entry;
	size_t len;
	tb_tile t;
	tb_err err;

	tb_tile_of_entry(&t, e->next, e->size);
	err = tb_source_get_tile(e->source, &t, &e->bytes, why);
	if (err != TB_OK)
		return err;
	tb_bundle_init(&e->bundle, e->bytes.data, e->bytes.len, t.width);
	for (uint64_t skip = e->next % TB_TILE_WIDTH; skip > 0 && err == TB_OK; skip--)
		err = tb_bundle_next(&e->bundle, &entry, &len);
	return err;
}

tb_err tb_entries_next(tb_entries *e, const uint8_t **entry, size_t *entry_len, uint64_t *index, tb_why *why)
{
	tb_err err = TB_OK;

	TB_REQUIRE(!tb_entries_is_done(e));
	if (e->bundle.left == 0)
		err = fetch(e, why);
	if (err == TB_OK)
		err = tb_bundle_next(&e->bundle, entry, entry_len);
	if (err != TB_OK) {
		e->bundle.left = 0;
		return err;
	}
	*index = e->next++;
	return TB_OK;
}

/* ---- nodes ---- */

#define CACHED 16u

struct tb_tile_reader {
	tb_source *source;
	uint64_t size;
	uint64_t clock; /* counts uses */
	struct {
		tb_tile tile;
		uint64_t used; /* 0: empty */
		uint8_t bytes[TB_TILE_BYTES];
	} slot[CACHED];
	tb_buf buf;
};

tb_err tb_tile_reader_new(tb_tile_reader **out, tb_source *s, uint64_t size)
{
	tb_tile_reader *r = calloc(1, sizeof *r);

	*out = r;
	if (r == NULL)
		return TB_ERR_MEMORY;
	r->source = s;
	r->size = size;
	tb_buf_init(&r->buf, TB_TILE_BYTES);
	return TB_OK;
}

void tb_tile_reader_free(tb_tile_reader *r)
{
	if (r == NULL)
		return;
	tb_buf_release(&r->buf);
	free(r);
}

/* The bytes of a tile: cached, or fetched into the slot that was not used for longest. */
static tb_err find_tile(tb_tile_reader *r, const tb_tile *t, const uint8_t **bytes)
{
	size_t oldest = 0;
	tb_why why;
	tb_err err;

	for (size_t i = 0; i < CACHED; i++) {
		if (r->slot[i].used > 0 && r->slot[i].tile.level == t->level &&
			r->slot[i].tile.index == t->index) {
			r->slot[i].used = ++r->clock;
			*bytes = r->slot[i].bytes;
			return TB_OK;
		}
		if (r->slot[i].used < r->slot[oldest].used)
			oldest = i;
	}
	err = tb_source_get_tile(r->source, t, &r->buf, &why);
	if (err != TB_OK)
		return err;
	memcpy(r->slot[oldest].bytes, r->buf.data, r->buf.len);
	r->slot[oldest].tile = *t;
	r->slot[oldest].used = ++r->clock;
	*bytes = r->slot[oldest].bytes;
	return TB_OK;
}

static tb_err read_node(void *ctx, uint8_t out[TB_MERKLE_BYTES], unsigned level, uint64_t index)
{
	tb_tile_reader *r = ctx;
	const uint8_t *bytes;
	tb_tile t;
	tb_err err;

	if (level > TB_MERKLE_LEVELS || index >= r->size >> level)
		return TB_ERR_RANGE;
	tb_tile_of_node(&t, level, index, r->size);
	err = find_tile(r, &t, &bytes);
	if (err == TB_OK)
		tb_tile_node(out, bytes, level, index);
	return err;
}

tb_merkle_reader tb_tile_reader_nodes(tb_tile_reader *r)
{
	return (tb_merkle_reader){read_node, r};
}

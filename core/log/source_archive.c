/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/source_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "crypto/hash.h"

/* ---- the order of the files ---- */

static tb_err refuse(tb_why *why, const char *name, const char *what)
{
	tb_why_set(why, "archive: %s: %s", name, what);
	return TB_ERR_ENCODING;
}

/* The checkpoint comes first, so that a reader knows the size before anything else. */
static tb_err read_size(tb_archive_reader *r, const tb_archive_file *first, uint64_t *size, tb_why *why)
{
	tb_checkpoint c;
	tb_note note;
	tb_buf bytes;
	uint8_t *to;
	tb_err err = TB_OK;

	if (strcmp(first->name, TB_CHECKPOINT_PATH) != 0)
		return refuse(why, first->name, "the first file of an archive is " TB_CHECKPOINT_PATH);
	if (first->size == 0 || first->size > TB_NOTE_MAX_BYTES)
		return refuse(why, first->name, "empty, or too long for a checkpoint");
	tb_buf_init(&bytes, TB_NOTE_MAX_BYTES);
	to = tb_buf_extend(&bytes, (size_t)first->size);
	if (to == NULL)
		err = TB_ERR_MEMORY;
	if (err == TB_OK)
		err = r->read(r->ctx, to, (size_t)first->size, first->offset);
	if (err == TB_OK)
		err = tb_checkpoint_parse(&c, &note, (const char *)bytes.data, bytes.len, why);
	if (err == TB_OK)
		*size = c.size;
	tb_buf_release(&bytes);
	return err;
}

/* Is this the file that comes now?  *t is the next tile; when all are through, blobs follow, then the files of counts, of which
 * `latest` is the one before or "". */
static tb_err check_place(
	const tb_archive_file *file, tb_tile *t, char latest[TB_PATH_MAX], uint64_t size, tb_why *why)
{
	char expected[TB_PATH_MAX];
	uint8_t hash[32];

	if (t->width > 0) {
		tb_tile_path(expected, t);
		if (strcmp(file->name, expected) != 0) {
			tb_why_set(why, "archive: %s stands where %s is expected", file->name, expected);
			return TB_ERR_ENCODING;
		}
		tb_tile_next(t, size);
		return TB_OK;
	}
	if (tb_count_path_is_valid(file->name) && strcmp(latest, file->name) < 0) {
		memcpy(latest, file->name, strlen(file->name) + 1);
		return TB_OK;
	}
	if (latest[0] != '\0' || tb_blob_path_parse(hash, file->name, strlen(file->name)) != TB_OK)
		return refuse(why, file->name, "no file of this board, or in another place of it");
	return TB_OK;
}

tb_err tb_archive_check(
	tb_archive_reader *r, tb_err (*each)(void *ctx, const tb_archive_file *file), void *ctx, tb_why *why)
{
	char missing[TB_PATH_MAX], latest[TB_PATH_MAX] = "";
	tb_archive_file file;
	uint64_t size = 0;
	tb_tile t;
	tb_err err;

	err = tb_archive_next(r, &file, why);
	if (err == TB_ERR_NOT_FOUND)
		return refuse(why, TB_CHECKPOINT_PATH, "missing");
	if (err == TB_OK)
		err = read_size(r, &file, &size, why);
	if (err == TB_OK)
		err = each(ctx, &file);
	if (err != TB_OK)
		return err;
	for (t = tb_tile_first(size);;) {
		err = tb_archive_next(r, &file, why);
		if (err != TB_OK)
			break;
		err = check_place(&file, &t, latest, size, why);
		if (err == TB_OK)
			err = each(ctx, &file);
		if (err != TB_OK)
			return err;
	}
	if (err == TB_ERR_NOT_FOUND && t.width > 0) {
		tb_tile_path(missing, &t);
		return refuse(why, missing, "missing");
	}
	return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- the source ---- */

/* Where a file is: found by the beginning of its name's hash, and then by its name, which stands in the archive. */
typedef struct place {
	uint64_t key;
	uint64_t header;
} place;

typedef struct archive {
	tb_source base;
	int fd;
	uint64_t total;
	place *places; /* sorted by key */
	size_t num, cap;
	tb_count_paths counts;
} archive;

static uint64_t key_of(const char *name)
{
	uint8_t digest[TB_SHA256_BYTES];

	tb_sha256(digest, name, strlen(name));
	return tb_load_u64(digest);
}

static tb_err archive_read(void *ctx, void *out, size_t len, uint64_t offset)
{
	const archive *a = ctx;

	return tb_file_pread(a->fd, out, len, offset);
}

static tb_err read_file_header(const archive *a, uint64_t header, tb_archive_file *out, tb_why *why)
{
	tb_archive_reader r;

	/* The reader only reads through its context. */
	tb_archive_reader_init(&r, archive_read, (void *)(uintptr_t)a, a->total);
	r.next = header;
	return tb_archive_next(&r, out, why);
}

/* The first place with that key or a larger one. */
static size_t lower_bound(const archive *a, uint64_t key)
{
	size_t low = 0, high = a->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->places[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static tb_err archive_get(tb_source *s, const char *path, tb_buf *out, tb_why *why)
{
	const archive *a = (const archive *)s;
	uint64_t key = key_of(path);
	tb_archive_file file;
	uint8_t *to;
	tb_err err;

	for (size_t i = lower_bound(a, key); i < a->num && a->places[i].key == key; i++) {
		err = read_file_header(a, a->places[i].header, &file, why);
		if (err != TB_OK)
			return err;
		if (strcmp(file.name, path) != 0)
			continue;
		if (file.size > out->max - out->len) {
			tb_why_set(why, "%s: %llu bytes, more than %zu", path, (unsigned long long)file.size,
				out->max - out->len);
			return TB_ERR_LIMIT;
		}
		to = tb_buf_extend(out, (size_t)file.size);
		if (to == NULL)
			return tb_buf_status(out);
		err = tb_file_pread(a->fd, to, (size_t)file.size, file.offset);
		if (err != TB_OK)
			tb_why_set(why, "%s: cannot be read from the archive", path);
		return err;
	}
	tb_why_set(why, "%s: not in the archive", path);
	return TB_ERR_NOT_FOUND;
}

static void archive_free(tb_source *s)
{
	archive *a = (archive *)s;

	if (a->fd >= 0)
		close(a->fd);
	free(a->places);
	free(a);
}

static tb_err archive_list_counts(tb_source *s, tb_count_paths *out, tb_why *why)
{
	(void)why;
	*out = ((const archive *)s)->counts;
	return TB_OK;
}

static const tb_source_ops ARCHIVE = {archive_get, archive_free, archive_list_counts};

static tb_err add_place(void *ctx, const tb_archive_file *file)
{
	archive *a = ctx;

	if (a->num == a->cap) {
		size_t cap = a->cap == 0 ? 1024 : a->cap * 2;
		place *more = realloc(a->places, cap * sizeof *more);

		if (more == NULL)
			return TB_ERR_MEMORY;
		a->places = more;
		a->cap = cap;
	}
	a->places[a->num++] = (place){key_of(file->name), file->offset - TB_ARCHIVE_BLOCK};
	/* More of them than any election has questions for are no board. */
	return tb_count_path_is_valid(file->name) ? tb_count_paths_add(&a->counts, file->name) : TB_OK;
}

static int compare_places(const void *a, const void *b)
{
	const place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->header < y->header ? -1 : x->header > y->header;
}

/* Of two files of one name a reader would see one, and another reader perhaps the other. */
static tb_err refuse_duplicates(const archive *a, tb_why *why)
{
	tb_archive_file x, y;

	for (size_t i = 0; i + 1 < a->num; i++)
		for (size_t j = i + 1; j < a->num && a->places[j].key == a->places[i].key; j++) {
			tb_err err = read_file_header(a, a->places[i].header, &x, why);

			if (err == TB_OK)
				err = read_file_header(a, a->places[j].header, &y, why);
			if (err != TB_OK)
				return err;
			if (strcmp(x.name, y.name) == 0)
				return refuse(why, x.name, "twice in the archive");
		}
	return TB_OK;
}

static tb_err open_archive(archive *a, const char *path, tb_why *why)
{
	struct stat st;

	a->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (a->fd < 0) {
		tb_why_set(why, "%s: %s", path, strerror(errno));
		return errno == ENOENT || errno == ENOTDIR ? TB_ERR_NOT_FOUND : TB_ERR_IO;
	}
	if (fstat(a->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		tb_why_set(why, "%s: neither a folder nor a file", path);
		return TB_ERR_IO;
	}
	a->total = (uint64_t)st.st_size;
	return TB_OK;
}

tb_err tb_source_archive_new(tb_source **out, const char *path, tb_why *why)
{
	archive *a = calloc(1, sizeof *a);
	tb_archive_reader r;
	tb_err err;

	*out = NULL;
	if (a == NULL)
		return TB_ERR_MEMORY;
	a->base.ops = &ARCHIVE;
	err = open_archive(a, path, why);
	if (err == TB_OK) {
		tb_archive_reader_init(&r, archive_read, a, a->total);
		err = tb_archive_check(&r, add_place, a, why);
	}
	if (err == TB_OK) {
		qsort(a->places, a->num, sizeof *a->places, compare_places);
		err = refuse_duplicates(a, why);
	}
	if (err != TB_OK)
		archive_free(&a->base);
	else
		*out = &a->base;
	return err;
}

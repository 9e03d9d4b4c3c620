/* SPDX-License-Identifier: Apache-2.0 */
#include "net/mirror.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/election/manifest.h"
#include "core/log/checkpoint.h"
#include "core/log/entry.h"
#include "core/log/source.h"
#include "core/log/tile.h"
#include "net/fetch.h"

#define DEFAULT_CONNECTIONS 6
#define MAX_CONNECTIONS 32
#define DEFAULT_MAX_BYTES (UINT64_C(64) << 30)
#define PATH_BYTES 4096
#define MAX_MISSING 1000 /* files of the log that the server may lack before it is given up */

typedef struct mirror {
	const char *url, *folder;
	const tb_mirror_options *options;
	uint64_t size; /* of the checkpoint */
	pthread_mutex_t lock;
	/* all of this under the lock */
	tb_tile next;
	uint64_t done, total, bytes, max_bytes, missing;
	bool has_result;
	tb_err err;
	tb_fault *fault;
} mirror;

typedef struct connection {
	mirror *m;
	tb_fetch *fetch;
	tb_buf body, blob, room;
	pthread_t thread;
	bool is_started;
} connection;

static bool make_path(char out[PATH_BYTES], const mirror *m, const char *path)
{
	int n = snprintf(out, PATH_BYTES, "%s/%s", m->folder, path);

	return n > 0 && n < PATH_BYTES;
}

static void fail(mirror *m, tb_err err, const tb_fault *fault)
{
	pthread_mutex_lock(&m->lock);
	if (m->err == TB_OK) {
		m->err = err;
		*m->fault = *fault;
	}
	pthread_mutex_unlock(&m->lock);
}

/* Counts what was fetched against the cap of the whole. */
static tb_err count(mirror *m, uint64_t bytes, tb_fault *fault)
{
	tb_err err = TB_OK;

	pthread_mutex_lock(&m->lock);
	m->bytes += bytes;
	if (m->bytes > m->max_bytes)
		err = TB_ERR_LIMIT;
	pthread_mutex_unlock(&m->lock);
	if (err != TB_OK)
		(void)tb_fault_setf(fault, "HTTP", m->url, "a smaller board", "more than %" PRIu64 " bytes",
			m->max_bytes);
	return err;
}

static tb_err store(connection *c, const char *path, const tb_buf *bytes, tb_fault *fault)
{
	char full[PATH_BYTES];
	tb_why why;
	tb_err err = TB_ERR_LIMIT;

	(void)snprintf(why.text, sizeof why.text, "the path is too long");
	if (make_path(full, c->m, path))
		err = tb_file_make_parents(full, TB_FILE_PUBLIC, &why);
	if (err == TB_OK)
		err = tb_file_write(full, bytes->data, bytes->len, TB_FILE_PUBLIC, &why);
	if (err != TB_OK)
		(void)tb_fault_set(fault, "HTTP", path, "a copy in the folder", why.text);
	return err;
}

/* The body of <url>/<path>.  NOT_FOUND when the server says 404. */
static tb_err get(connection *c, tb_buf *body, const char *path, tb_fault *fault)
{
	char url[TB_URL_MAX + TB_PATH_MAX + 2], text[200];
	tb_response response;
	tb_err err;

	(void)snprintf(url, sizeof url, "%s/%s", c->m->url, path);
	err = tb_fetch_get(c->fetch, body, &response, url, fault);
	if (err != TB_OK)
		return err;
	if (response.status == 404 || response.status == 410)
		return TB_ERR_NOT_FOUND;
	if (response.status != 200) {
		tb_fetch_problem(&response, body, text, sizeof text);
		(void)tb_fault_set(fault, "HTTP", url, "the file", text);
		return TB_ERR_IO;
	}
	return count(c->m, body->len, fault);
}

static bool has_file(const mirror *m, const char *path)
{
	char full[PATH_BYTES];

	return make_path(full, m, path) && tb_file_exists(full);
}

/* ---- blobs ---- */

static tb_err fetch_blob(connection *c, const uint8_t hash[32], tb_fault *fault)
{
	char path[TB_PATH_MAX];
	tb_err err;

	tb_blob_path(path, hash);
	if (has_file(c->m, path))
		return TB_OK;
	err = get(c, &c->blob, path, fault);
	if (err == TB_ERR_NOT_FOUND)
		return TB_OK;
	return err == TB_OK ? store(c, path, &c->blob, fault) : err;
}

static void note_result(mirror *m)
{
	pthread_mutex_lock(&m->lock);
	m->has_result = true;
	pthread_mutex_unlock(&m->lock);
}

static tb_err fetch_blobs(connection *c, const tb_tile *t, tb_fault *fault)
{
	static const char mark[] = "\"blob\":{"; /* most entries have none: those are not parsed */
	static const char result[] = "{\"type\":\"result\"";
	const uint8_t *bytes;
	tb_bundle bundle;
	tb_fault ignored;
	tb_entry e;
	size_t len;
	tb_err err = TB_OK;

	tb_bundle_init(&bundle, c->body.data, c->body.len, t->width);
	while (err == TB_OK && tb_bundle_next(&bundle, &bytes, &len) == TB_OK) {
		if (len >= sizeof result - 1 && memcmp(bytes, result, sizeof result - 1) == 0)
			note_result(c->m);
		if (memmem(bytes, len, mark, sizeof mark - 1) != NULL &&
			tb_entry_parse(&e, &c->room, bytes, len, &ignored) == TB_OK && e.is_blob)
			err = fetch_blob(c, e.payload_hash, fault);
	}
	return err;
}

/* ---- tiles and bundles ---- */

/* A partial file may be gone because the log grew meanwhile: its beginning is that of the full one (C2SP tlog-tiles). */
static tb_err cut_from_full(connection *c, const tb_tile *t, tb_fault *fault)
{
	tb_tile full = *t;
	char path[TB_PATH_MAX];
	const uint8_t *entry;
	tb_bundle bundle;
	size_t len, end = 0;
	tb_err err;

	full.width = TB_TILE_WIDTH;
	tb_tile_path(path, &full);
	err = get(c, &c->body, path, fault);
	if (err != TB_OK)
		return err;
	if (t->level != TB_TILE_ENTRIES) {
		end = (size_t)t->width * TB_MERKLE_BYTES;
	} else {
		tb_bundle_init(&bundle, c->body.data, c->body.len, TB_TILE_WIDTH);
		for (unsigned i = 0; i < t->width; i++) {
			if (tb_bundle_next(&bundle, &entry, &len) != TB_OK)
				return TB_OK; /* as it is: the verification will say what is wrong */
			end += 2 + len;
		}
	}
	if (end < c->body.len)
		c->body.len = end;
	return TB_OK;
}

/* A checkpoint may name any size: who has nothing to show for it is not asked a billion times. */
static tb_err count_missing(mirror *m, const char *path, tb_fault *fault)
{
	bool is_too_much;

	pthread_mutex_lock(&m->lock);
	is_too_much = ++m->missing > MAX_MISSING;
	pthread_mutex_unlock(&m->lock);
	if (!is_too_much)
		return TB_OK;
	(void)tb_fault_setf(fault, "LOG.TILES", path, "the files of the log that the checkpoint names",
		"a server without %d of them and more", MAX_MISSING);
	return TB_ERR_ENCODING;
}

static tb_err fetch_tile(connection *c, const tb_tile *t, tb_fault *fault)
{
	char path[TB_PATH_MAX], full[PATH_BYTES];
	tb_why why;
	tb_err err;

	tb_tile_path(path, t);
	if (t->width == TB_TILE_WIDTH && has_file(c->m, path)) {
		if (t->level != TB_TILE_ENTRIES)
			return TB_OK;
		tb_buf_clear(&c->body);
		err = make_path(full, c->m, path) ? tb_file_read(&c->body, full, &why) : TB_ERR_LIMIT;
		if (err == TB_OK)
			return fetch_blobs(c, t, fault);
	}
	err = get(c, &c->body, path, fault);
	if (err == TB_ERR_NOT_FOUND && t->width < TB_TILE_WIDTH)
		err = cut_from_full(c, t, fault);
	if (err == TB_ERR_NOT_FOUND)
		return count_missing(c->m, path, fault);
	if (err == TB_OK && t->level == TB_TILE_ENTRIES)
		err = fetch_blobs(c, t, fault);
	/* After its blobs: a bundle that is there has them. */
	return err == TB_OK ? store(c, path, &c->body, fault) : err;
}

static bool take(mirror *m, tb_tile *out)
{
	bool yes;

	pthread_mutex_lock(&m->lock);
	*out = m->next;
	yes = m->err == TB_OK && m->next.width > 0;
	if (yes) {
		tb_tile_next(&m->next, m->size);
		m->done++;
		if (m->options != NULL && m->options->progress != NULL)
			m->options->progress(m->options->user, m->done, m->total);
	}
	pthread_mutex_unlock(&m->lock);
	return yes;
}

static void *work(void *arg)
{
	connection *c = arg;
	tb_fault fault = {0};
	tb_tile t;

	while (take(c->m, &t)) {
		tb_err err = fetch_tile(c, &t, &fault);

		if (err != TB_OK)
			fail(c->m, err, &fault);
	}
	return NULL;
}

/* ---- the files of counts ---- */

/* The manifest as the copy has it; whether it is right is for the verification.  *ok is false where it cannot be read. */
static tb_err read_manifest(connection *c, tb_manifest *m, bool *ok)
{
	tb_source *source = NULL;
	char path[TB_PATH_MAX];
	const uint8_t *bytes;
	tb_entries entries;
	uint64_t index;
	tb_fault ignored;
	tb_entry e;
	size_t len;
	tb_why why;
	tb_err err = tb_source_open(&source, c->m->folder, &why);

	*ok = false;
	if (err != TB_OK)
		return err;
	tb_entries_init(&entries, source, c->m->size);
	err = tb_entries_next(&entries, &bytes, &len, &index, &why);
	if (err == TB_OK)
		err = tb_entry_parse(&e, &c->room, bytes, len, &ignored);
	if (err == TB_OK && e.is_blob) {
		tb_blob_path(path, e.payload_hash);
		err = tb_source_get(source, path, &c->blob, &why);
		if (err == TB_OK)
			err = tb_entry_attach_blob(&e, c->blob.data, c->blob.len, &ignored);
	}
	if (err == TB_OK && e.type == TB_ENTRY_MANIFEST)
		err = tb_manifest_parse(m, e.payload, e.payload_len, &ignored);
	*ok = err == TB_OK && e.type == TB_ENTRY_MANIFEST;
	tb_entries_release(&entries);
	tb_source_free(source);
	return err == TB_ERR_MEMORY ? err : TB_OK;
}

/* [RANK.FILES] They follow from a board with a result.  A server that has none is asked for nothing else, and not believed: who
 * verifies the copy compares them. */
static tb_err fetch_counts(connection *c, tb_fault *fault)
{
	char path[TB_PATH_MAX];
	tb_manifest m;
	bool ok;
	tb_err err;

	tb_manifest_init(&m);
	err = read_manifest(c, &m, &ok);
	for (uint32_t i = 0; err == TB_OK && ok && i < m.num_questions * TB_COUNT_KINDS; i++) {
		const tb_question *q = &m.questions[i / TB_COUNT_KINDS];

		tb_count_path(path, q->id, i % TB_COUNT_KINDS);
		if (q->method != TB_METHOD_RANKED || has_file(c->m, path))
			continue;
		err = get(c, &c->blob, path, fault);
		if (err == TB_OK)
			err = store(c, path, &c->blob, fault);
		else if (err == TB_ERR_NOT_FOUND)
			err = TB_OK;
	}
	tb_manifest_release(&m);
	return err;
}

/* ---- the whole ---- */

static tb_err connection_new(connection *c, mirror *m)
{
	c->m = m;
	tb_buf_init(&c->body, TB_BUNDLE_MAX);
	tb_buf_init(&c->blob, TB_BLOB_MAX_BYTES);
	tb_buf_init(&c->room, TB_ENTRY_MAX_BYTES);
	return tb_fetch_new(&c->fetch, NULL);
}

static void connection_join(connection *c)
{
	if (c->is_started)
		(void)pthread_join(c->thread, NULL);
	c->is_started = false;
}

static void connection_end(connection *c)
{
	connection_join(c);
	tb_fetch_free(c->fetch);
	tb_buf_release(&c->body);
	tb_buf_release(&c->blob);
	tb_buf_release(&c->room);
}

static tb_err fetch_checkpoint(connection *c, tb_fault *fault)
{
	tb_checkpoint checkpoint;
	tb_note note;
	tb_why why;
	tb_err err = get(c, &c->body, TB_CHECKPOINT_PATH, fault);

	if (err == TB_ERR_NOT_FOUND) {
		(void)tb_fault_set(fault, "HTTP", c->m->url, "a board", "a server that has none here");
		return TB_ERR_ENCODING;
	}
	if (err != TB_OK)
		return err;
	if (tb_checkpoint_parse(&checkpoint, &note, (const char *)c->body.data, c->body.len, &why) != TB_OK) {
		(void)tb_fault_set(fault, "LOG.CHECKPOINT", TB_CHECKPOINT_PATH, "a checkpoint", why.text);
		return TB_ERR_ENCODING;
	}
	c->m->size = checkpoint.size;
	return store(c, TB_CHECKPOINT_PATH, &c->body, fault);
}

static uint64_t num_tiles(uint64_t size)
{
	uint64_t num = 0;

	for (uint64_t n = size; n > 0; n >>= 8)
		num += (n + 255) / 256;
	return num + (size + 255) / 256;
}

static tb_err mirror_run(mirror *m, connection *c, unsigned num)
{
	tb_err err = TB_OK;

	for (unsigned i = 0; i < num && err == TB_OK; i++)
		err = connection_new(&c[i], m);
	if (err == TB_OK)
		err = fetch_checkpoint(&c[0], m->fault);
	if (err != TB_OK)
		return err;
	m->next = tb_tile_first(m->size);
	m->total = num_tiles(m->size);
	for (unsigned i = 0; i < num; i++)
		c[i].is_started = pthread_create(&c[i].thread, NULL, work, &c[i]) == 0;
	if (!c[0].is_started)
		(void)work(&c[0]); /* one after the other is slow, and right */
	for (unsigned i = 0; i < num; i++)
		connection_join(&c[i]);
	return m->err == TB_OK && m->has_result ? fetch_counts(&c[0], m->fault) : m->err;
}

tb_err tb_mirror(const char *url, const char *folder, const tb_mirror_options *options, tb_fault *fault)
{
	unsigned num =
		options == NULL || options->connections == 0 ? DEFAULT_CONNECTIONS : options->connections;
	mirror m = {.url = url,
		.folder = folder,
		.options = options,
		.max_bytes = DEFAULT_MAX_BYTES,
		.fault = fault};
	connection *c;
	tb_err err;

	if (num > MAX_CONNECTIONS)
		num = MAX_CONNECTIONS;
	if (options != NULL && options->max_bytes != 0)
		m.max_bytes = options->max_bytes;
	c = calloc(num, sizeof *c);
	if (c == NULL)
		return TB_ERR_MEMORY;
	(void)pthread_mutex_init(&m.lock, NULL);
	err = mirror_run(&m, c, num);
	for (unsigned i = 0; i < num; i++)
		connection_end(&c[i]);
	(void)pthread_mutex_destroy(&m.lock);
	free(c);
	return err;
}

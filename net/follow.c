/* SPDX-License-Identifier: Apache-2.0 */
#include "net/follow.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/log/entry.h"
#include "core/log/fork.h"
#include "crypto/hash.h"
#include "net/source_http.h"

#define PATH_BYTES 4096
#define MARGIN 192 /* for the names below the folder */
/* One is enough.  Who has the log's key can sign another history as often as somebody looks, and must not fill the disk with them. */
#define MAX_EVIDENCE 32

struct tb_follow {
	tb_source *server, *copy;
	int lock_fd;
	tb_vkey key;
	char folder[PATH_BYTES - MARGIN], evidence[PATH_BYTES];
	tb_tile_builder tree; /* of what is in the folder */
	tb_checkpoint head;   /* of the folder; size 0 when there is none yet */
	tb_buf head_text;
	void (*progress)(void *user, uint64_t done, uint64_t total);
	void *user;
};

/* ---- files ---- */

static tb_err store(const tb_follow *f, const char *path, const void *bytes, size_t len, tb_why *why)
{
	char full[PATH_BYTES];
	tb_err err;

	(void)snprintf(full, sizeof full, "%s/%s", f->folder, path);
	err = tb_file_make_parents(full, TB_FILE_PUBLIC, why);
	return err == TB_OK ? tb_file_write(full, bytes, len, TB_FILE_PUBLIC, why) : err;
}

static bool has(const tb_follow *f, const char *path)
{
	char full[PATH_BYTES];

	(void)snprintf(full, sizeof full, "%s/%s", f->folder, path);
	return tb_file_exists(full);
}

typedef struct emitter {
	const tb_follow *follow;
	tb_why *why;
} emitter;

static tb_err emit_tile(void *ctx, const tb_tile *t, const uint8_t *bytes)
{
	emitter *e = ctx;
	char path[TB_PATH_MAX];

	tb_tile_path(path, t);
	return store(e->follow, path, bytes, (size_t)t->width * TB_MERKLE_BYTES, e->why);
}

/* While the folder is replayed its tiles are there already. */
static tb_err emit_nothing(void *ctx, const tb_tile *t, const uint8_t *bytes)
{
	(void)ctx;
	(void)t;
	(void)bytes;
	return TB_OK;
}

/* ---- the copy that is there ---- */

/* Of two that keep one folder the slower would put an older head in the place of a newer one, and what was seen would be forgotten. */
static tb_err take_lock(tb_follow *f, tb_why *why)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof path, "%s/lock", f->folder);
	f->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (f->lock_fd < 0) {
		tb_why_set(why, "%s: it cannot be opened", path);
		return TB_ERR_IO;
	}
	if (flock(f->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return TB_OK;
	tb_why_set(why, "%s: another tabella mirror keeps this copy", f->folder);
	return TB_ERR_STATE;
}

static tb_err replay(tb_follow *f, tb_why *why)
{
	uint8_t leaf[TB_MERKLE_BYTES], root[TB_MERKLE_BYTES];
	const uint8_t *bytes;
	tb_entries entries;
	uint64_t index;
	size_t len;
	tb_err err = TB_OK;

	tb_entries_init(&entries, f->copy, f->head.size);
	while (err == TB_OK && !tb_entries_is_done(&entries)) {
		err = tb_entries_next(&entries, &bytes, &len, &index, why);
		if (err != TB_OK)
			break;
		tb_merkle_leaf(leaf, bytes, len);
		err = tb_tile_builder_append(&f->tree, leaf);
	}
	tb_entries_release(&entries);
	if (err != TB_OK)
		return err == TB_ERR_MEMORY ? err : TB_ERR_PROOF;
	tb_tile_builder_root(&f->tree, root);
	if (memcmp(root, f->head.root, sizeof root) == 0)
		return TB_OK;
	tb_why_set(
		why, "%s: its entries do not lead to its checkpoint; move it away and start anew", f->folder);
	return TB_ERR_PROOF;
}

static tb_err open_copy(tb_follow *f, tb_why *why)
{
	tb_note note;
	tb_err err = tb_file_make_dirs(f->folder, TB_FILE_PUBLIC, why);

	if (err == TB_OK)
		err = take_lock(f, why);
	if (err == TB_OK)
		err = tb_source_open(&f->copy, f->folder, why);
	if (err != TB_OK || !has(f, TB_CHECKPOINT_PATH))
		return err;
	err = tb_source_get(f->copy, TB_CHECKPOINT_PATH, &f->head_text, why);
	if (err == TB_OK && tb_checkpoint_open(&f->head, &note, (const char *)f->head_text.data,
				    f->head_text.len, &f->key, why) != TB_OK)
		err = TB_ERR_PROOF;
	return err == TB_OK ? replay(f, why) : err;
}

tb_err tb_follow_new(tb_follow **out, tb_fetch *fetch, const char *url, const tb_vkey *key,
	const char *folder, tb_why *why)
{
	tb_follow *f = calloc(1, sizeof *f);
	tb_err err;

	*out = NULL;
	if (f == NULL)
		return TB_ERR_MEMORY;
	tb_buf_init(&f->head_text, TB_NOTE_MAX_BYTES);
	tb_tile_builder_init(&f->tree, emit_nothing, NULL);
	f->key = *key;
	f->lock_fd = -1;
	if ((size_t)snprintf(f->folder, sizeof f->folder, "%s", folder) >= sizeof f->folder) {
		tb_why_set(why, "the path of the folder is too long");
		err = TB_ERR_IO;
	} else {
		err = tb_source_http_new(&f->server, fetch, url);
	}
	if (err == TB_OK)
		err = open_copy(f, why);
	if (err != TB_OK) {
		tb_follow_free(f);
		return err;
	}
	*out = f;
	return TB_OK;
}

void tb_follow_free(tb_follow *f)
{
	if (f == NULL)
		return;
	tb_source_free(f->server);
	tb_source_free(f->copy);
	tb_buf_release(&f->head_text);
	if (f->lock_fd >= 0)
		(void)close(f->lock_fd);
	free(f);
}

uint64_t tb_follow_size(const tb_follow *f)
{
	return f->head.size;
}

const char *tb_follow_evidence(const tb_follow *f)
{
	return f->evidence;
}

void tb_follow_on_progress(
	tb_follow *f, void (*progress)(void *user, uint64_t done, uint64_t total), void *user)
{
	f->progress = progress;
	f->user = user;
}

/* ---- forks ---- */

/* How many files of evidence there are; *path is one of them, if there is one and the path is empty. */
static size_t count_evidence(const tb_follow *f, char path[MARGIN])
{
	char folder[PATH_BYTES];
	size_t num = 0, len;
	DIR *d;

	(void)snprintf(folder, sizeof folder, "%s/evidence", f->folder);
	d = opendir(folder);
	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		len = strlen(e->d_name);
		if (len < 5 || strcmp(e->d_name + len - 5, ".fork") != 0 || len + 10 > MARGIN)
			continue;
		if (num++ == 0 && path[0] == '\0')
			(void)snprintf(path, MARGIN, "evidence/%.180s", e->d_name);
	}
	if (d != NULL)
		(void)closedir(d);
	return num;
}

/* Keeps the evidence under a name that says what it is about, so that a second fork does not replace the first. */
static tb_err keep_evidence(tb_follow *f, const tb_buf *text, const tb_fork *fork, tb_why *why)
{
	char path[MARGIN], other[MARGIN] = "", name[33];
	uint8_t hash[32];
	tb_buf file;
	tb_err err;

	tb_sha256(hash, text->data, text->len);
	tb_hex_write(name, hash, 16);
	name[32] = '\0';
	(void)snprintf(path, sizeof path, "evidence/%" PRIu64 "-%" PRIu64 "-%s.fork",
		fork->checkpoint[0].size, fork->checkpoint[1].size, name);
	if (!has(f, path) && count_evidence(f, other) >= MAX_EVIDENCE) {
		(void)snprintf(f->evidence, sizeof f->evidence, "%s/%s", f->folder, other);
		return TB_OK;
	}
	tb_buf_init(&file, TB_FORK_MAX_BYTES);
	err = tb_fork_write(&file, fork);
	if (err == TB_OK)
		err = store(f, path, file.data, file.len, why);
	tb_buf_release(&file);
	(void)snprintf(f->evidence, sizeof f->evidence, "%s/%s", f->folder, path);
	return err;
}

/*
 * Do the folder's head and another one contradict each other?  The larger tree is read from whoever has it.  TB_OK: yes, and the evidence
 * is kept.  PROOF: no.
 */
static tb_err look_for_fork(tb_follow *f, const tb_checkpoint *head, const tb_buf *text, tb_why *why)
{
	bool is_ours = head->size < f->head.size;
	tb_tile_reader *tiles = NULL;
	tb_merkle_reader nodes;
	tb_fork fork;
	tb_err err = tb_tile_reader_new(
		&tiles, is_ours ? f->copy : f->server, is_ours ? f->head.size : head->size);

	if (err != TB_OK)
		return err;
	nodes = tb_tile_reader_nodes(tiles);
	tb_fork_init(&fork);
	err = tb_fork_make(&fork, &f->key, &f->head_text, text, &nodes, why);
	if (err == TB_OK)
		err = keep_evidence(f, text, &fork, why);
	tb_fork_release(&fork);
	tb_tile_reader_free(tiles);
	return err;
}

/* ---- following ---- */

static tb_err copy_blob(tb_follow *f, const tb_entry *e, tb_buf *room, tb_why *why)
{
	char path[TB_PATH_MAX];
	uint8_t hash[32];
	tb_err err;

	tb_blob_path(path, e->payload_hash);
	if (has(f, path))
		return TB_OK;
	err = tb_source_get(f->server, path, room, why);
	if (err != TB_OK)
		return err;
	tb_sha256(hash, room->data, room->len);
	if (memcmp(hash, e->payload_hash, sizeof hash) != 0) {
		tb_why_set(why, "%s: its bytes have another hash [LOG.BLOB]", path);
		return TB_ERR_PROOF;
	}
	return store(f, path, room->data, room->len, why);
}

/* The blob that an entry names, if it names one.  What else is wrong with an entry is for a verifier to say. */
static tb_err copy_blob_of(
	tb_follow *f, const uint8_t *entry, size_t len, tb_buf *room, tb_buf *blob, tb_why *why)
{
	static const char mark[] = "\"blob\":{";
	tb_fault fault;
	tb_entry e;

	if (memmem(entry, len, mark, sizeof mark - 1) == NULL ||
		tb_entry_parse(&e, room, entry, len, &fault) != TB_OK || !e.is_blob)
		return TB_OK;
	return copy_blob(f, &e, blob, why);
}

typedef struct pass {
	tb_follow *follow;
	tb_tile_builder tree;
	tb_buf bundle, room, blob;
	tb_why *why;
} pass;

/* One bundle: its blobs, the bundle itself, then the tiles that it completes. */
static tb_err take_bundle(pass *p, const tb_tile *t, uint64_t total)
{
	tb_follow *f = p->follow;
	uint8_t leaf[TB_MERKLE_BYTES];
	char path[TB_PATH_MAX];
	uint64_t index = t->index * TB_TILE_WIDTH;
	const uint8_t *entry;
	tb_bundle bundle;
	size_t len;
	tb_err err = tb_source_get_tile(f->server, t, &p->bundle, p->why);

	tb_tile_path(path, t);
	tb_bundle_init(&bundle, p->bundle.data, p->bundle.len, t->width);
	for (; err == TB_OK && tb_bundle_next(&bundle, &entry, &len) == TB_OK; index++) {
		tb_merkle_leaf(leaf, entry, len);
		if (index < p->tree.size) { /* one that is here already, at the edge */
			if (memcmp(p->tree.tile[0] + index % TB_TILE_WIDTH * TB_MERKLE_BYTES, leaf,
				    sizeof leaf) != 0) {
				tb_why_set(p->why, "%s: entry %" PRIu64 " is not what it was", path, index);
				err = TB_ERR_PROOF;
			}
			continue;
		}
		err = copy_blob_of(f, entry, len, &p->room, &p->blob, p->why);
		if (err == TB_OK)
			err = tb_tile_builder_append(&p->tree, leaf);
		if (f->progress != NULL)
			f->progress(f->user, p->tree.size, total);
	}
	return err == TB_OK ? store(f, path, p->bundle.data, p->bundle.len, p->why) : err;
}

static tb_err take_all(pass *p, const tb_checkpoint *head)
{
	uint8_t root[TB_MERKLE_BYTES];
	tb_err err = TB_OK;

	while (err == TB_OK && p->tree.size < head->size) {
		tb_tile t;

		tb_tile_of_entry(&t, p->tree.size, head->size);
		err = take_bundle(p, &t, head->size);
	}
	if (err == TB_OK)
		err = tb_tile_builder_finish(&p->tree);
	if (err != TB_OK)
		return err;
	tb_tile_builder_root(&p->tree, root);
	if (memcmp(root, head->root, sizeof root) == 0)
		return TB_OK;
	tb_why_set(p->why,
		"the entries that the server shows do not lead to the head that it signed [LOG.TREE]");
	return TB_ERR_PROOF;
}

static tb_err become(tb_follow *f, const tb_checkpoint *head, const tb_buf *text, tb_why *why)
{
	tb_err err = store(f, TB_CHECKPOINT_PATH, text->data, text->len, why);

	if (err != TB_OK)
		return err;
	f->head = *head;
	tb_buf_clear(&f->head_text);
	tb_buf_append(&f->head_text, text->data, text->len);
	return tb_buf_status(&f->head_text);
}

static tb_err grow(tb_follow *f, const tb_checkpoint *head, const tb_buf *text, tb_why *why)
{
	emitter e = {.follow = f, .why = why};
	pass *p = calloc(1, sizeof *p);
	tb_err err;

	if (p == NULL)
		return TB_ERR_MEMORY;
	p->follow = f;
	p->why = why;
	p->tree = f->tree;
	p->tree.emit = emit_tile;
	p->tree.ctx = &e;
	tb_buf_init(&p->bundle, TB_BUNDLE_MAX);
	tb_buf_init(&p->room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&p->blob, TB_BLOB_MAX_BYTES);
	err = take_all(p, head);
	if (err == TB_OK)
		err = become(f, head, text, why);
	if (err == TB_OK) {
		f->tree = p->tree;
		f->tree.emit = emit_nothing;
		f->tree.ctx = NULL;
	}
	tb_buf_release(&p->bundle);
	tb_buf_release(&p->room);
	tb_buf_release(&p->blob);
	free(p);
	return err;
}

static tb_err follow(
	tb_follow *f, tb_followed *out, const tb_checkpoint *head, const tb_buf *text, tb_why *why)
{
	bool is_same = head->size == f->head.size && memcmp(head->root, f->head.root, 32) == 0;
	tb_err err;

	if (f->head.size > 0 && !is_same) {
		err = look_for_fork(f, head, text, why);
		if (err == TB_OK)
			*out = TB_FOLLOWED_FORK;
		if (err != TB_ERR_PROOF)
			return err;
	}
	if (head->size > f->head.size) {
		err = grow(f, head, text, why);
		if (err == TB_OK)
			*out = TB_FOLLOWED_NEW;
		return err;
	}
	/* The same head may have more cosignatures than before. */
	if (is_same && text->len > f->head_text.len)
		return become(f, head, text, why);
	return TB_OK;
}

tb_err tb_follow_step(tb_follow *f, tb_followed *out, tb_why *why)
{
	tb_checkpoint head;
	tb_note note;
	tb_buf text;
	tb_err err;

	*out = TB_FOLLOWED_NOTHING;
	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	err = tb_source_get(f->server, TB_CHECKPOINT_PATH, &text, why);
	if (err == TB_OK)
		err = tb_checkpoint_open(&head, &note, (const char *)text.data, text.len, &f->key, why);
	if (err == TB_OK)
		err = follow(f, out, &head, &text, why);
	tb_buf_release(&text);
	return err;
}

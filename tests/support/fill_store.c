/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fill_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/file.h"
#include "core/log/checkpoint.h"
#include "core/log/tile.h"
#include "crypto/hash.h"
#include "server/sequencer.h"

#define TRANSACTION 4096 /* entries */
#define DAY 86400

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "fill_store: %s\n", what);
		tb_bug("a store could not be filled");
	}
}

static void sign(const fill_store *f)
{
	tb_checkpoint c = {.size = f->size};
	tb_sign_secret secret;
	tb_vkey key;
	tb_buf note;

	tb_merkle_tree_root(&f->tree, c.root);
	(void)snprintf(c.origin, sizeof c.origin, "%s", f->origin);
	memcpy(secret.seed, f->keys.secret.log_seed, sizeof secret.seed);
	tb_buf_init(&note, 4096);
	must(tb_vkey_init(&key, c.origin, TB_VKEY_ED25519, f->keys.public.key[TB_PURPOSE_LOG]) == TB_OK &&
			tb_checkpoint_sign(&note, &c, &key, &secret) == TB_OK &&
			tb_store_set_checkpoint(f->store, f->election, c.size, note.data, note.len) == TB_OK,
		"checkpoint");
	tb_buf_release(&note);
}

static void open_file(fill_store *f)
{
	tb_why why;

	must(tb_store_open(&f->store, f->path, &why) == TB_OK, why.text);
}

/* Also what stood in the write-ahead log is in the file then. */
static void close_file(fill_store *f)
{
	tb_store_close(f->store);
	f->store = NULL;
}

static void commit(fill_store *f)
{
	if (f->pending == 0)
		return;
	sign(f);
	must(tb_store_commit(f->store) == TB_OK, "commit");
	f->pending = 0;
}

static void begin(fill_store *f)
{
	if (f->pending == 0)
		must(tb_store_begin(f->store) == TB_OK, "begin");
	f->pending++;
}

static void add_nodes(const fill_store *f, const uint8_t leaf[32])
{
	uint8_t node[TB_MERKLE_BYTES];

	must(tb_store_add_hash(f->store, f->election, 0, f->size, leaf) == TB_OK, "hash");
	memcpy(node, leaf, sizeof node);
	for (unsigned level = 0; (f->size >> level & 1) != 0; level++) {
		tb_merkle_node(node, f->tree.node[level], node);
		must(tb_store_add_hash(f->store, f->election, level + 1, f->size >> (level + 1), node) ==
				TB_OK,
			"hash");
	}
}

static void add_submission(const fill_store *f, const tb_entry *e)
{
	tb_submission *s;

	must(tb_submission_new(&s) == TB_OK, "memory");
	s->entry.type = e->type;
	memcpy(s->entry.signer, e->signer, sizeof s->entry.signer);
	memcpy(s->entry.payload_hash, e->payload_hash, sizeof s->entry.payload_hash);
	memcpy(s->entry.signature, e->signature, sizeof s->entry.signature);
	tb_submission_identify(s);
	must(tb_store_add_submission(f->store, f->election, s->id, f->size) == TB_OK, "submission");
	if (e->type != TB_ENTRY_BALLOT)
		must(tb_store_add_submission(f->store, f->election, s->statement, f->size) == TB_OK,
			"statement");
	tb_submission_free(s);
}

/* That the entry names: the maker's latest, or from the board's folder. */
static void get_blob(const fill_store *f, const tb_entry *e, tb_buf *out)
{
	char path[TB_PATH_MAX], full[1200];
	tb_why why;

	if (f->board == NULL) {
		const tb_buf *latest = &f->m->blobs[f->m->num_blobs - 1];

		tb_buf_append(out, latest->data, latest->len);
		must(tb_buf_status(out) == TB_OK, "memory");
		return;
	}
	tb_blob_path(path, e->payload_hash);
	(void)snprintf(full, sizeof full, "%.1000s/%s", f->board, path);
	must(tb_file_read(out, full, &why) == TB_OK, why.text);
}

/* As the sequencer's store_entry(). */
static void take_entry(void *arg, const void *bytes, size_t len)
{
	fill_store *f = arg;
	uint8_t leaf[32], id[32];
	tb_fault fault;
	tb_buf room, blob;
	tb_entry e;

	tb_buf_init(&blob, 16u << 20);
	begin(f);
	if (f->size == 0) {
		tb_sha256(id, bytes, len);
		must(tb_store_add_election(f->store, "spring", id, &f->election) == TB_OK, "election");
	}
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	must(tb_entry_parse(&e, &room, bytes, len, &fault) == TB_OK, "entry");
	tb_merkle_leaf(leaf, bytes, len);
	must(tb_store_add_entry(f->store, f->election, f->size, bytes, len) == TB_OK, "entry");
	add_nodes(f, leaf);
	if (e.is_blob) {
		get_blob(f, &e, &blob);
		must(tb_entry_attach_blob(&e, blob.data, blob.len, &fault) == TB_OK &&
				tb_store_add_blob(f->store, f->election, f->size, e.payload_hash, blob.data,
					blob.len) == TB_OK,
			"blob");
	}
	add_submission(f, &e);
	tb_merkle_tree_append(&f->tree, leaf);
	f->size++;
	tb_buf_release(&room);
	tb_buf_release(&blob);
	if (f->pending == TRANSACTION)
		commit(f);
}

static void edit(void *arg, tb_manifest *m)
{
	const fill_store *f = arg;

	many_ballots_edit(NULL, m);
	m->granularity = TB_GRANULARITY_SECOND;
	m->opens = (uint64_t)time(NULL);
	m->closes = m->opens + DAY;
	memcpy(m->server_sign_key, f->keys.public.key[TB_PURPOSE_SIGN], 32);
	memcpy(m->server_log_key, f->keys.public.key[TB_PURPOSE_LOG], 32);
}

void fill_store_new(fill_store *f, const char *folder, const char *path, uint32_t num_voters)
{
	tb_maker_config config = {.small = true, .num_voters = num_voters, .edit = edit, .arg = f};
	tb_why why;

	memset(f, 0, sizeof *f);
	f->path = path;
	must(tb_server_keys_load(&f->keys, folder, &why) == TB_OK, why.text);
	open_file(f);
	tb_merkle_tree_init(&f->tree);
	f->m = tb_maker_new(&config);
	(void)snprintf(f->origin, sizeof f->origin, "%s", f->m->manifest.origin);
	f->m->server.sign = f->keys.secret.sign;
	memcpy(f->m->server.sign_key, f->keys.public.key[TB_PURPOSE_SIGN], 32);
	memcpy(f->m->server.ed.seed, f->keys.secret.log_seed, 32);
	memcpy(f->m->server.ed_key, f->keys.public.key[TB_PURPOSE_LOG], 32);
	f->m->stream = take_entry;
	f->m->stream_arg = f;
	tb_maker_until_open(f->m);
	commit(f);
	close_file(f);
	f->open_size = f->size;
	tb_merkle_tree_root(&f->tree, f->open_root);
}

static void take_ballot(void *arg, uint32_t voter, const tb_buf *entry)
{
	(void)voter;
	take_entry(arg, entry->data, entry->len);
}

void fill_store_until(fill_store *f, uint32_t num_ballots)
{
	must(num_ballots >= f->num_ballots, "fewer ballots");
	open_file(f);
	many_ballots_make(f->m, f->open_size, f->open_root, f->num_ballots, num_ballots, take_ballot, f);
	f->num_ballots = num_ballots;
	commit(f);
	close_file(f);
}

typedef struct repetition {
	fill_store *f;
	uint32_t num;
} repetition;

static void repeat(void *arg, uint32_t voter, const tb_buf *entry)
{
	fill_store *f = ((repetition *)arg)->f;
	size_t prev = 2 + strlen(f->m->voters[voter].id); /* where it stands [BALLOT.PAYLOAD] */
	tb_buf bytes, room;
	tb_fault fault;
	tb_entry e;

	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	must(tb_entry_parse(&e, &room, entry->data, entry->len, &fault) == TB_OK, "ballot");
	tb_buf_append(&bytes, entry->data, entry->len);
	for (uint32_t i = 0; i < ((repetition *)arg)->num; i++) {
		take_entry(f, bytes.data, bytes.len);
		tb_merkle_leaf(room.data + prev, bytes.data, bytes.len);
		tb_buf_clear(&bytes);
		must(tb_entry_write(&bytes, &e) == TB_OK, "again");
	}
	tb_buf_release(&bytes);
	tb_buf_release(&room);
}

void fill_store_repeat(fill_store *f, uint32_t num)
{
	uint32_t last = f->m->num_voters - 1;

	open_file(f);
	many_ballots_make(
		f->m, f->open_size, f->open_root, last, last + 1, repeat, &(repetition){.f = f, .num = num});
	commit(f);
	close_file(f);
}

static bool is_close(const uint8_t *bytes, size_t len)
{
	static const char start[] = "{\"type\":\"close\"";

	return len > sizeof start && memcmp(bytes, start, sizeof start - 1) == 0;
}

/* The rest of the bundle that the next entry is in; false when the polls were closed in it, and that was not to be taken. */
static bool take_bundle(fill_store *f, bool and_close)
{
	char path[TB_PATH_MAX], full[1200];
	const uint8_t *entry;
	uint64_t index = f->size / TB_TILE_WIDTH * TB_TILE_WIDTH;
	bool ended = false;
	tb_bundle entries;
	tb_buf bytes;
	size_t len;
	tb_tile t;
	tb_why why;

	tb_tile_of_entry(&t, f->size, f->board_size);
	tb_tile_path(path, &t);
	(void)snprintf(full, sizeof full, "%.1000s/%s", f->board, path);
	tb_buf_init(&bytes, TB_BUNDLE_MAX);
	must(tb_file_read(&bytes, full, &why) == TB_OK, why.text);
	tb_bundle_init(&entries, bytes.data, bytes.len, t.width);
	for (; !ended && tb_bundle_next(&entries, &entry, &len) == TB_OK; index++) {
		ended = !and_close && is_close(entry, len);
		if (!ended && index >= f->size)
			take_entry(f, entry, len);
	}
	tb_buf_release(&bytes);
	return !ended;
}

static void take_board(fill_store *f, bool and_close)
{
	open_file(f);
	while (f->size < f->board_size && take_bundle(f, and_close))
		continue;
	commit(f);
	close_file(f);
}

void fill_store_from_board(fill_store *f, const char *data, const char *path, const char *board)
{
	char checkpoint[1200];
	tb_checkpoint head;
	tb_note parsed;
	tb_buf note;
	tb_why why;

	memset(f, 0, sizeof *f);
	f->path = path;
	f->board = board;
	must(tb_server_keys_load(&f->keys, data, &why) == TB_OK, why.text);
	(void)snprintf(checkpoint, sizeof checkpoint, "%.1000s/" TB_CHECKPOINT_PATH, board);
	tb_buf_init(&note, TB_NOTE_MAX_BYTES);
	must(tb_file_read(&note, checkpoint, &why) == TB_OK, why.text);
	must(tb_checkpoint_parse(&head, &parsed, (const char *)note.data, note.len, &why) == TB_OK, why.text);
	tb_buf_release(&note);
	(void)snprintf(f->origin, sizeof f->origin, "%s", head.origin);
	f->board_size = head.size;
	tb_merkle_tree_init(&f->tree);
	take_board(f, false);
}

void fill_store_end_of_board(fill_store *f)
{
	take_board(f, true);
}

void fill_store_free(fill_store *f)
{
	tb_server_keys_wipe(&f->keys);
	tb_maker_free(f->m);
	memset(f, 0, sizeof *f);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/log/checkpoint.h"
#include "core/log/tile.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "server/keys.h"
#include "tests/support/fixture.h"
#include "tests/support/many_ballots.h"

/*
 * Writes the whole record of a large election into a folder: as many voters as asked for, one question with five options, every
 * ballot proved and signed for its voter (they cannot be copies of one another), all cores, in constant memory but for the
 * voters.  Every ballot names the checkpoint right after the opening, so that they can be made side by side.
 *
 * A million ballots take many minutes.  All that comes before them is the same in every run, randomness too, so a run that was
 * stopped is continued by the next one: ballots that are in the folder are taken from there.  FOLDER.server/ is the data
 * folder of the server whose board this is, with its keys.
 */

typedef struct big {
	tb_maker *m;
	const char *folder;
	tb_tile_builder tiles;
	tb_buf bundle;
	unsigned in_bundle;
	uint64_t num_entries, bytes;
	uint64_t num_kept; /* bundles that an earlier run has left, whole */
	tb_tally *tally;
	uint32_t num_ballots;
	tb_buf first; /* ballot */
	tb_server_keys keys;
} big;

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "tool_big_board: %s\n", what);
		exit(1);
	}
}

/* ---- files ---- */

/* Not durable: a benchmark's board is made again when it is gone. */
static void write_file(const big *b, const char *path, const void *bytes, size_t len)
{
	char full[1200];
	tb_why why;
	FILE *f;

	(void)snprintf(full, sizeof full, "%.900s/%s", b->folder, path);
	must(tb_file_make_parents(full, TB_FILE_PUBLIC, &why) == TB_OK, "a folder");
	f = fopen(full, "wb");
	must(f != NULL && fwrite(bytes, 1, len, f) == len && fclose(f) == 0, full);
}

static tb_err emit_tile(void *ctx, const tb_tile *t, const uint8_t *bytes)
{
	char path[TB_PATH_MAX];

	tb_tile_path(path, t);
	write_file(ctx, path, bytes, (size_t)t->width * TB_MERKLE_BYTES);
	return TB_OK;
}

static void flush_bundle(big *b)
{
	tb_tile t = {.level = TB_TILE_ENTRIES,
		.index = (b->num_entries - 1) / TB_TILE_WIDTH,
		.width = b->in_bundle};
	char path[TB_PATH_MAX];

	if (b->in_bundle == 0)
		return;
	tb_tile_path(path, &t);
	if (t.index >= b->num_kept)
		write_file(b, path, b->bundle.data, b->bundle.len);
	tb_buf_clear(&b->bundle);
	b->in_bundle = 0;
}

static void take_entry(void *arg, const void *bytes, size_t len)
{
	big *b = arg;
	uint8_t leaf[32];

	tb_merkle_leaf(leaf, bytes, len);
	must(tb_tile_builder_append(&b->tiles, leaf) == TB_OK, "tiles");
	tb_bundle_write(&b->bundle, bytes, len);
	must(tb_buf_status(&b->bundle) == TB_OK, "bundle");
	b->num_entries++;
	b->bytes += len;
	if (++b->in_bundle == TB_TILE_WIDTH)
		flush_bundle(b);
}

static void write_blobs(const big *b)
{
	for (size_t i = 0; i < b->m->num_blobs; i++) {
		char path[TB_PATH_MAX];
		uint8_t hash[32];

		tb_sha256(hash, b->m->blobs[i].data, b->m->blobs[i].len);
		tb_blob_path(path, hash);
		write_file(b, path, b->m->blobs[i].data, b->m->blobs[i].len);
	}
}

static void finish_files(big *b)
{
	tb_checkpoint c = {.size = b->num_entries};
	tb_vkey key;
	tb_buf note;

	flush_bundle(b);
	write_blobs(b);
	must(tb_tile_builder_finish(&b->tiles) == TB_OK, "tiles");
	tb_tile_builder_root(&b->tiles, c.root);
	(void)snprintf(c.origin, sizeof c.origin, "%s", b->m->manifest.origin);
	tb_buf_init(&note, 4096);
	must(tb_vkey_init(&key, c.origin, TB_VKEY_ED25519, b->m->server.ed_key) == TB_OK &&
			tb_checkpoint_sign(&note, &c, &key, &b->m->server.ed) == TB_OK,
		"checkpoint");
	write_file(b, TB_CHECKPOINT_PATH, note.data, note.len);
	tb_buf_release(&note);
}

/* ---- ballots ---- */

/* Into the log and the sum; the parse is that of the maker, once more. */
static void count_ballot(void *arg, uint32_t voter, const tb_buf *bytes)
{
	big *b = arg;
	uint64_t index = b->num_entries;
	uint8_t leaf[32];
	tb_fault fault;
	tb_buf room;
	tb_entry e;

	(void)voter;
	tb_maker_append(b->m, bytes->data, bytes->len);
	tb_merkle_leaf(leaf, bytes->data, bytes->len);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	must(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK &&
			tb_tally_list(b->tally, index, leaf, 1) == TB_OK &&
			tb_tally_add_payload(b->tally, index, e.payload, e.payload_len, 1, &fault) == TB_OK,
		"count");
	tb_buf_release(&room);
}

/* ---- what an earlier run has left ---- */

/* Bundle `index`, if it is there and whole. */
static bool read_bundle(const big *b, uint64_t index, tb_buf *out)
{
	tb_tile t = {.level = TB_TILE_ENTRIES, .index = index, .width = TB_TILE_WIDTH};
	char path[TB_PATH_MAX], full[1200];
	const uint8_t *entry;
	tb_bundle entries;
	tb_why why;
	size_t len;
	tb_err err;

	tb_tile_path(path, &t);
	(void)snprintf(full, sizeof full, "%.900s/%s", b->folder, path);
	tb_buf_clear(out);
	if (access(full, R_OK) != 0 || tb_file_read(out, full, &why) != TB_OK)
		return false;
	tb_bundle_init(&entries, out->data, out->len, TB_TILE_WIDTH);
	do
		err = tb_bundle_next(&entries, &entry, &len);
	while (err == TB_OK);
	return err == TB_ERR_NOT_FOUND;
}

/* Gives the ballots of the bundles of an earlier run to `each`, at most so many; returns how many there were. */
static uint32_t each_kept(big *b, uint64_t size, uint32_t most, many_ballots_fn *each)
{
	uint32_t num = 0;
	tb_buf bundle;

	tb_buf_init(&bundle, TB_BUNDLE_MAX);
	for (uint64_t i = size / TB_TILE_WIDTH; num < most && read_bundle(b, i, &bundle); i++) {
		const uint8_t *entry;
		tb_bundle entries;
		size_t len;

		tb_bundle_init(&entries, bundle.data, bundle.len, TB_TILE_WIDTH);
		for (uint64_t at = i * TB_TILE_WIDTH; tb_bundle_next(&entries, &entry, &len) == TB_OK; at++) {
			tb_buf copy = {.data = (uint8_t *)(uintptr_t)entry, .len = len};

			if (at >= size && num < most)
				each(b, num++, &copy);
		}
	}
	tb_buf_release(&bundle);
	return num;
}

static void remember(void *arg, uint32_t voter, const tb_buf *entry)
{
	big *b = arg;

	(void)voter;
	tb_buf_append(&b->first, entry->data, entry->len);
	must(tb_buf_status(&b->first) == TB_OK, "memory");
}

static void count_kept(void *arg, uint32_t voter, const tb_buf *entry)
{
	const big *b = arg;

	must(voter > 0 || (entry->len == b->first.len && memcmp(entry->data, b->first.data, entry->len) == 0),
		"the folder holds a part of another board; remove it");
	count_ballot(arg, voter, entry);
}

static void vote(big *b)
{
	uint64_t size = tb_board_size(b->m->board);
	uint8_t root[32];
	tb_buf bundle;
	uint32_t num;

	tb_board_root(b->m->board, root);
	must(tb_tally_new(&b->tally, tb_board_params(b->m->board)) == TB_OK, "tally");
	tb_buf_init(&bundle, TB_BUNDLE_MAX);
	for (b->num_kept = size / TB_TILE_WIDTH; read_bundle(b, b->num_kept, &bundle);)
		b->num_kept++;
	tb_buf_release(&bundle);
	many_ballots_make(b->m, size, root, 0, 1, remember, b);
	num = each_kept(b, size, b->num_ballots, count_kept);
	if (num > 0)
		(void)printf("%u ballots were there\n", num);
	many_ballots_make(b->m, size, root, num, b->num_ballots, count_ballot, b);
}

/* ---- the election ---- */

static void run(big *b)
{
	tb_maker *m = b->m;
	tb_tally_close closing;

	tb_maker_until_open(m);
	vote(b);
	tb_maker_close(m);
	must(tb_board_closing(m->board, &closing) == TB_OK && tb_tally_finish(b->tally, &closing) == TB_OK &&
			tb_board_set_tally(m->board, b->tally) == TB_OK,
		"tally");
	for (uint32_t i = 0; i < tb_manifest_total_endorsers(&m->manifest); i++)
		tb_maker_endorse(m, i);
	tb_maker_decrypt(m, 1);
	tb_maker_decrypt(m, 2);
	tb_maker_result(m);
	finish_files(b);
}

/* ---- the server ---- */

static _Atomic uint64_t next_random; /* see __wrap_tb_random() */

static void load_keys(big *b)
{
	char data[1000];
	tb_why why;

	(void)snprintf(data, sizeof data, "%.900s.server", b->folder);
	if (tb_server_keys_load(&b->keys, data, &why) != TB_OK)
		must(tb_server_keys_create(&b->keys, data, &why) == TB_OK, why.text);
	next_random = 1000; /* whether they were there or not */
}

static void edit(void *arg, tb_manifest *m)
{
	const big *b = arg;

	many_ballots_edit(NULL, m);
	memcpy(m->server_sign_key, b->keys.public.key[TB_PURPOSE_SIGN], 32);
	memcpy(m->server_log_key, b->keys.public.key[TB_PURPOSE_LOG], 32);
}

static void take_keys(const big *b)
{
	tb_maker_person *server = &b->m->server;

	server->sign = b->keys.secret.sign;
	memcpy(server->sign_key, b->keys.public.key[TB_PURPOSE_SIGN], 32);
	memcpy(server->ed.seed, b->keys.secret.log_seed, 32);
	memcpy(server->ed_key, b->keys.public.key[TB_PURPOSE_LOG], 32);
}

/*
 * tb_random() of this program (tool_big_board.ldflags): the same bytes in every run, so that a run can go on where another one
 * stopped.  Nobody's secret is made of them.
 */
tb_err __wrap_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len)
{
	uint8_t bytes[64], *p = out;

	for (size_t done = 0, part; done < len; done += part) {
		part = len - done < sizeof bytes ? len - done : sizeof bytes;
		tb_fixture_bytes(bytes, "big board", next_random++);
		memcpy(p + done, bytes, part);
	}
	return TB_OK;
}

int main(int argc, char **argv)
{
	tb_maker_config config = {.small = true, .num_endorsers = 1, .edit = edit};
	big *b = calloc(1, sizeof *b);

	if (argc < 3 || argc > 4 || b == NULL ||
		(config.num_voters = (uint32_t)strtoul(argv[2], NULL, 10)) == 0) {
		(void)fputs("Usage: tool_big_board FOLDER VOTERS [ballots]\n", stderr);
		return 2;
	}
	b->num_ballots = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : config.num_voters;
	must(b->num_ballots <= config.num_voters, "one ballot for each voter at most");
	b->folder = argv[1];
	must(mkdir(b->folder, 0755) == 0 || access(b->folder, W_OK) == 0, b->folder);
	tb_tile_builder_init(&b->tiles, emit_tile, b);
	tb_buf_init(&b->bundle, TB_BUNDLE_MAX);
	tb_buf_init(&b->first, TB_ENTRY_MAX_BYTES);
	load_keys(b);
	config.arg = b;
	b->m = tb_maker_new(&config);
	take_keys(b);
	b->m->stream = take_entry;
	b->m->stream_arg = b;
	run(b);
	(void)printf("%llu entries, %llu bytes\n", (unsigned long long)b->num_entries,
		(unsigned long long)b->bytes);
	tb_maker_free(b->m);
	tb_buf_release(&b->bundle);
	tb_buf_release(&b->first);
	tb_server_keys_wipe(&b->keys);
	free(b);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/log/source.h"
#include "crypto/hash.h"
#include "tests/support/folder.h"

#define ORIGIN "example.org/e/sample"
#define SIZE 700u /* two full tiles and a partial one */

static char dir[TB_TEST_PATH_MAX], board[TB_TEST_PATH_MAX + 16], archive_path[TB_TEST_PATH_MAX + 16];
static uint8_t root[TB_MERKLE_BYTES], blob_hash[32];
static tb_sign_secret secret = {{1, 2, 3}};
static tb_vkey log_key;
static const char BLOB[] = "a payload that is too long for an entry";

static size_t entry_of(char out[64], uint32_t i)
{
	return (size_t)snprintf(out, 64, "{\"entry\":%u,\"x\":\"%.*s\"}", i, (int)(i % 13), "aaaaaaaaaaaaa");
}

static void write_file(const char *path, const void *bytes, size_t len)
{
	char full[TB_TEST_PATH_MAX + 120];
	tb_why why;

	snprintf(full, sizeof full, "%s/%s", board, path);
	assert_int_equal(tb_file_make_parents(full, TB_FILE_PUBLIC, &why), TB_OK);
	assert_int_equal(tb_file_write(full, bytes, len, TB_FILE_PUBLIC, &why), TB_OK);
}

static tb_err write_tile(void *ctx, const tb_tile *t, const uint8_t *bytes)
{
	char path[TB_PATH_MAX];

	(void)ctx;
	tb_tile_path(path, t);
	write_file(path, bytes, t->width * (size_t)TB_MERKLE_BYTES);
	return TB_OK;
}

static void write_bundle(const tb_buf *bundle, uint64_t index, unsigned width)
{
	tb_tile t = {TB_TILE_ENTRIES, index, width};
	char path[TB_PATH_MAX];

	tb_tile_path(path, &t);
	write_file(path, bundle->data, bundle->len);
}

/* Writes the whole board into a folder, as a server serves it. */
static void write_board(void)
{
	static tb_tile_builder builder;
	tb_checkpoint head = {.origin = ORIGIN, .size = SIZE};
	char text[64], path[TB_PATH_MAX];
	tb_buf bundle, note;

	tb_tile_builder_init(&builder, write_tile, NULL);
	tb_buf_init(&bundle, TB_BUNDLE_MAX);
	for (uint32_t i = 0; i < SIZE; i++) {
		uint8_t leaf[TB_MERKLE_BYTES];
		size_t len = entry_of(text, i);

		tb_merkle_leaf(leaf, text, len);
		assert_int_equal(tb_tile_builder_append(&builder, leaf), TB_OK);
		tb_bundle_write(&bundle, text, len);
		if (i % 256 == 255 || i + 1 == SIZE) {
			write_bundle(&bundle, i / 256, i % 256 + 1);
			tb_buf_clear(&bundle);
		}
	}
	assert_int_equal(tb_tile_builder_finish(&builder), TB_OK);
	tb_tile_builder_root(&builder, root);
	memcpy(head.root, root, sizeof root);
	tb_buf_init(&note, 1000);
	assert_int_equal(tb_checkpoint_sign(&note, &head, &log_key, &secret), TB_OK);
	write_file(TB_CHECKPOINT_PATH, note.data, note.len);
	tb_sha256(blob_hash, BLOB, strlen(BLOB));
	tb_blob_path(path, blob_hash);
	write_file(path, BLOB, strlen(BLOB));
	tb_buf_release(&bundle);
	tb_buf_release(&note);
}

static tb_err to_file(void *ctx, const void *bytes, size_t len)
{
	return fwrite(bytes, 1, len, ctx) == len ? TB_OK : TB_ERR_IO;
}

static void write_archive(void)
{
	FILE *file = fopen(archive_path, "wb");
	char path[TB_PATH_MAX];
	tb_archive_writer w;
	tb_source *s;
	tb_why why;

	assert_non_null(file);
	assert_int_equal(tb_source_open(&s, board, &why), TB_OK);
	tb_archive_writer_init(&w, to_file, file);
	assert_int_equal(tb_source_copy_log(s, &w, &why), TB_OK);
	tb_blob_path(path, blob_hash);
	assert_int_equal(tb_archive_add(&w, path, BLOB, strlen(BLOB)), TB_OK);
	assert_int_equal(tb_archive_end(&w), TB_OK);
	assert_int_equal(fclose(file), 0);
	tb_source_free(s);
}

static int setup(void **state)
{
	uint8_t public_key[32];

	(void)state;
	tb_test_folder_new(dir);
	snprintf(board, sizeof board, "%s/board", dir);
	snprintf(archive_path, sizeof archive_path, "%s/board.tar", dir);
	assert_int_equal(tb_sign_public(public_key, &secret), TB_OK);
	assert_int_equal(tb_vkey_init(&log_key, ORIGIN, TB_VKEY_ED25519, public_key), TB_OK);
	write_board();
	write_archive();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_test_folder_remove(dir);
	return 0;
}

/* ---- what every source can do ---- */

static void check_source(const char *where)
{
	const uint8_t *entry;
	tb_checkpoint head;
	tb_source *s;
	tb_note note;
	tb_buf bytes;
	tb_why why;
	char path[TB_PATH_MAX];

	assert_int_equal(tb_source_open(&s, where, &why), TB_OK);
	tb_buf_init(&bytes, TB_BUNDLE_MAX);
	assert_int_equal(tb_source_get(s, TB_CHECKPOINT_PATH, &bytes, &why), TB_OK);
	assert_int_equal(
		tb_checkpoint_open(&head, &note, (const char *)bytes.data, bytes.len, &log_key, &why), TB_OK);
	assert_int_equal(head.size, SIZE);
	tb_blob_path(path, blob_hash);
	assert_int_equal(tb_source_get(s, path, &bytes, &why), TB_OK);
	assert_int_equal(bytes.len, strlen(BLOB));
	assert_memory_equal(bytes.data, BLOB, bytes.len);
	bytes.max = 5;
	assert_int_equal(tb_source_get(s, path, &bytes, &why), TB_ERR_LIMIT);
	assert_true(why.text[0] != '\0');
	bytes.max = TB_BUNDLE_MAX;
	path[5] = path[5] == '0' ? '1' : '0';
	assert_int_equal(tb_source_get(s, path, &bytes, &why), TB_ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, path));

	for (size_t start = 0; start <= SIZE; start += start < 3 ? 1 : 139) {
		tb_entries e;
		uint64_t index = 0, expected = start;

		tb_entries_init(&e, s, SIZE);
		tb_entries_seek(&e, start);
		while (!tb_entries_is_done(&e)) {
			char text[64];
			size_t len, expected_len = entry_of(text, (uint32_t)expected);

			assert_int_equal(tb_entries_next(&e, &entry, &len, &index, &why), TB_OK);
			assert_true(index == expected);
			assert_int_equal(len, expected_len);
			assert_memory_equal(entry, text, len);
			expected++;
		}
		assert_true(expected == SIZE);
		tb_entries_release(&e);
	}
	tb_buf_release(&bytes);
	tb_source_free(s);
}

static void test_a_folder(void **state)
{
	(void)state;
	check_source(board);
}

static void test_an_archive(void **state)
{
	(void)state;
	check_source(archive_path);
}

static void test_nothing_there(void **state)
{
	char path[TB_TEST_PATH_MAX + 16];
	tb_source *s;
	tb_why why;

	(void)state;
	snprintf(path, sizeof path, "%s/none", dir);
	assert_int_equal(tb_source_open(&s, path, &why), TB_ERR_NOT_FOUND);
	assert_null(s);
	assert_non_null(strstr(why.text, "No such file"));
	assert_int_equal(tb_source_open(&s, "/dev/null", &why), TB_ERR_IO);
	tb_source_free(NULL);
}

/* ---- tiles ---- */

static void test_proofs_from_tiles(void **state)
{
	tb_tile_reader *tiles;
	tb_merkle_reader nodes;
	tb_merkle_proof proof;
	tb_source *s;
	tb_why why;
	uint8_t got[TB_MERKLE_BYTES], leaf[TB_MERKLE_BYTES];
	char text[64];

	(void)state;
	assert_int_equal(tb_source_open(&s, archive_path, &why), TB_OK);
	assert_int_equal(tb_tile_reader_new(&tiles, s, SIZE), TB_OK);
	nodes = tb_tile_reader_nodes(tiles);
	assert_int_equal(tb_merkle_root(got, &nodes, SIZE), TB_OK);
	assert_memory_equal(got, root, sizeof root);
	for (uint32_t i = 0; i < SIZE; i += 23) {
		tb_merkle_leaf(leaf, text, entry_of(text, i));
		assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, i, SIZE), TB_OK);
		assert_int_equal(tb_merkle_verify_inclusion(&proof, leaf, i, SIZE, root), TB_OK);
		assert_int_equal(tb_merkle_root(got, &nodes, i + 1), TB_OK);
		assert_int_equal(tb_merkle_prove_consistency(&proof, &nodes, i + 1, SIZE), TB_OK);
		assert_int_equal(tb_merkle_verify_consistency(&proof, i + 1, got, SIZE, root), TB_OK);
	}
	assert_int_equal(tb_merkle_root(got, &nodes, SIZE + 1), TB_ERR_RANGE);
	tb_tile_reader_free(tiles);
	tb_tile_reader_free(NULL);
	tb_source_free(s);
}

/* The log grew since the checkpoint: the partial tile is gone, the full one is there. */
static void test_a_partial_tile_from_a_full_one(void **state)
{
	tb_tile t = {0, 0, 100}, bundle = {TB_TILE_ENTRIES, 1, 7}, beyond = {0, 2, 200};
	const uint8_t *entry;
	tb_source *s;
	tb_bundle b;
	tb_buf bytes;
	tb_why why;
	size_t len;

	(void)state;
	assert_int_equal(tb_source_open(&s, board, &why), TB_OK);
	tb_buf_init(&bytes, TB_BUNDLE_MAX);
	assert_int_equal(tb_source_get_tile(s, &t, &bytes, &why), TB_OK);
	assert_int_equal(bytes.len, 100 * TB_MERKLE_BYTES);
	assert_int_equal(tb_source_get_tile(s, &bundle, &bytes, &why), TB_OK);
	tb_bundle_init(&b, bytes.data, bytes.len, 7);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_OK);
	assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_source_get_tile(s, &beyond, &bytes, &why), TB_ERR_NOT_FOUND);
	tb_buf_release(&bytes);
	tb_source_free(s);
}

static void test_tiles_of_another_length_are_refused(void **state)
{
	static const uint8_t hashes[257 * TB_MERKLE_BYTES];
	tb_tile t = {5, 3, 256}, partial = {5, 4, 9}, bundle = {TB_TILE_ENTRIES, 77, 2};
	tb_source *s;
	tb_buf bytes;
	tb_why why;

	(void)state;
	assert_int_equal(tb_source_open(&s, board, &why), TB_OK);
	tb_buf_init(&bytes, TB_BUNDLE_MAX);
	for (size_t len = 255 * TB_MERKLE_BYTES; len <= sizeof hashes; len += 16) {
		write_file("log/tile/5/003", hashes, len);
		assert_int_equal(tb_source_get_tile(s, &t, &bytes, &why),
			len == TB_TILE_BYTES ? TB_OK : TB_ERR_ENCODING);
	}
	assert_string_equal(why.text, "log/tile/5/003: not exactly 256 hashes");
	write_file("log/tile/5/004.p/9", hashes,
		TB_TILE_BYTES); /* a full tile under the name of a partial one */
	assert_int_equal(tb_source_get_tile(s, &partial, &bytes, &why), TB_ERR_ENCODING);
	write_file("log/tile/entries/077.p/2", "\0\1a\0\2bc", 7);
	assert_int_equal(tb_source_get_tile(s, &bundle, &bytes, &why), TB_OK);
	write_file("log/tile/entries/077.p/2", "\0\1a\0\2b", 6);
	assert_int_equal(tb_source_get_tile(s, &bundle, &bytes, &why), TB_ERR_ENCODING);
	assert_string_equal(why.text, "log/tile/entries/077.p/2: not exactly 2 entries");
	write_file("log/tile/entries/077.p/2", "\0\1a\0\2bc\0\0", 9);
	assert_int_equal(tb_source_get_tile(s, &bundle, &bytes, &why), TB_ERR_ENCODING);
	tb_buf_release(&bytes);
	tb_source_free(s);
}

static void test_a_missing_bundle(void **state)
{
	char path[TB_TEST_PATH_MAX + 64];
	const uint8_t *entry;
	tb_entries e;
	tb_source *s;
	tb_buf kept;
	tb_why why;
	uint64_t index = 0;
	size_t len;

	(void)state;
	snprintf(path, sizeof path, "%s/log/tile/entries/001", board);
	tb_buf_init(&kept, TB_BUNDLE_MAX);
	assert_int_equal(tb_file_read(&kept, path, &why), TB_OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(tb_source_open(&s, board, &why), TB_OK);
	tb_entries_init(&e, s, SIZE);
	for (unsigned i = 0; i < 256; i++)
		assert_int_equal(tb_entries_next(&e, &entry, &len, &index, &why), TB_OK);
	assert_int_equal(tb_entries_next(&e, &entry, &len, &index, &why), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_entries_next(&e, &entry, &len, &index, &why), TB_ERR_NOT_FOUND);
	assert_true(index == 255);
	write_file("log/tile/entries/001", kept.data, kept.len);
	assert_int_equal(
		tb_entries_next(&e, &entry, &len, &index, &why), TB_OK); /* it goes on where it was */
	assert_true(index == 256);
	tb_entries_release(&e);
	tb_source_free(s);
	tb_buf_release(&kept);
}

/* ---- [ARCHIVE]: archives that are not one board in its one order ---- */

typedef struct piece {
	const char *name;
	const char *bytes;
} piece;

#define NOTE "a\n2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\xe2\x80\x94 a Zm9vYmFy\n"
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEAD                                                                                                 \
	{                                                                                                    \
		"log/checkpoint", NOTE                                                                       \
	}
#define TILE                                                                                                 \
	{                                                                                                    \
		"log/tile/0/000.p/2", "x"                                                                    \
	}
#define BUNDLE                                                                                               \
	{                                                                                                    \
		"log/tile/entries/000.p/2", "y"                                                              \
	}

static tb_err open_pieces(const piece *pieces, size_t num, tb_why *why)
{
	char path[TB_TEST_PATH_MAX + 16];
	tb_archive_writer w;
	tb_source *s = NULL;
	FILE *file;
	tb_err err;

	snprintf(path, sizeof path, "%s/pieces.tar", dir);
	file = fopen(path, "wb");
	assert_non_null(file);
	tb_archive_writer_init(&w, to_file, file);
	for (size_t i = 0; i < num && pieces[i].name != NULL; i++)
		assert_int_equal(
			tb_archive_add(&w, pieces[i].name, pieces[i].bytes, strlen(pieces[i].bytes)), TB_OK);
	assert_int_equal(tb_archive_end(&w), TB_OK);
	assert_int_equal(fclose(file), 0);
	err = tb_source_open(&s, path, why);
	assert_true((err == TB_OK) == (s != NULL));
	tb_source_free(s);
	return err;
}

static void test_the_order_of_an_archive(void **state)
{
	static const struct {
		piece pieces[6];
		tb_err err;
		const char *why;
	} cases[] = {
		{{HEAD, TILE, BUNDLE}, TB_OK, ""},
		{{HEAD, TILE, BUNDLE, {"blob/" B64, ""}, {"blob/" A64, ""}}, TB_OK, ""},
		{{{NULL, NULL}}, TB_ERR_ENCODING, "archive: log/checkpoint: missing"},
		{{TILE, HEAD, BUNDLE}, TB_ERR_ENCODING,
			"archive: log/tile/0/000.p/2: the first file of an archive is log/checkpoint"},
		{{{"log/checkpoint", ""}}, TB_ERR_ENCODING,
			"archive: log/checkpoint: empty, or too long for a checkpoint"},
		{{{"log/checkpoint", "x"}}, TB_ERR_ENCODING,
			"signed note: there is no empty line between text and signatures"},
		{{HEAD}, TB_ERR_ENCODING, "archive: log/tile/0/000.p/2: missing"},
		{{HEAD, TILE}, TB_ERR_ENCODING, "archive: log/tile/entries/000.p/2: missing"},
		{{HEAD, BUNDLE, TILE}, TB_ERR_ENCODING,
			"archive: log/tile/entries/000.p/2 stands where log/tile/0/000.p/2 is expected"},
		{{HEAD, {"log/tile/0/000", "x"}, BUNDLE}, TB_ERR_ENCODING,
			"archive: log/tile/0/000 stands where log/tile/0/000.p/2 is expected"},
		{{HEAD, TILE, TILE, BUNDLE}, TB_ERR_ENCODING,
			"archive: log/tile/0/000.p/2 stands where log/tile/entries/000.p/2 is expected"},
		{{HEAD, TILE, BUNDLE, BUNDLE}, TB_ERR_ENCODING,
			"archive: log/tile/entries/000.p/2: no file of this board, or in another place of "
			"it"},
		{{HEAD, TILE, BUNDLE, {"log/tile/0/001", "x"}}, TB_ERR_ENCODING,
			"archive: log/tile/0/001: no file of this board, or in another place of it"},
		{{HEAD, TILE, BUNDLE, {"README", "x"}}, TB_ERR_ENCODING,
			"archive: README: no file of this board, or in another place of it"},
		{{HEAD, TILE, BUNDLE, {"blob/" A64, ""}, {"blob/" A64, ""}}, TB_ERR_ENCODING,
			"archive: blob/" A64 ": twice in the archive"},
		{{HEAD, TILE, BUNDLE, {"blob/" A64, ""}, {"blob/" B64, ""}, {"blob/" A64, "x"}},
			TB_ERR_ENCODING, "archive: blob/" A64 ": twice in the archive"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tb_why why = {""};

		assert_int_equal(open_pieces(cases[i].pieces, 6, &why), cases[i].err);
		if (cases[i].err != TB_OK)
			assert_string_equal(why.text, cases[i].why);
	}
}

/* Copying an archive gives the same bytes: there is one archive of a log. */
static void test_copying_changes_nothing(void **state)
{
	char copy[TB_TEST_PATH_MAX + 16], path[TB_PATH_MAX];
	tb_archive_writer w;
	tb_buf ours, theirs;
	tb_source *s;
	tb_why why;
	FILE *file;

	(void)state;
	snprintf(copy, sizeof copy, "%s/copy.tar", dir);
	file = fopen(copy, "wb");
	assert_non_null(file);
	assert_int_equal(tb_source_open(&s, archive_path, &why), TB_OK);
	tb_archive_writer_init(&w, to_file, file);
	assert_int_equal(tb_source_copy_log(s, &w, &why), TB_OK);
	tb_blob_path(path, blob_hash);
	assert_int_equal(tb_archive_add(&w, path, BLOB, strlen(BLOB)), TB_OK);
	assert_int_equal(tb_archive_end(&w), TB_OK);
	assert_int_equal(fclose(file), 0);
	tb_source_free(s);
	tb_buf_init(&ours, 1u << 20);
	tb_buf_init(&theirs, 1u << 20);
	assert_int_equal(tb_file_read(&ours, copy, &why), TB_OK);
	assert_int_equal(tb_file_read(&theirs, archive_path, &why), TB_OK);
	assert_int_equal(ours.len, theirs.len);
	assert_memory_equal(ours.data, theirs.data, ours.len);
	tb_buf_release(&ours);
	tb_buf_release(&theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_folder),
		cmocka_unit_test(test_an_archive),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_proofs_from_tiles),
		cmocka_unit_test(test_a_partial_tile_from_a_full_one),
		cmocka_unit_test(test_tiles_of_another_length_are_refused),
		cmocka_unit_test(test_a_missing_bundle),
		cmocka_unit_test(test_the_order_of_an_archive),
		cmocka_unit_test(test_copying_changes_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* core/base and core/log when memory runs out: at the first allocation, at the second, and so on until nothing fails.
 * Whatever fails says MEMORY, and what existed before is as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/log/history.h"
#include "core/log/proof.h"
#include "core/log/source.h"
#include "tests/support/folder.h"
#include "tests/support/starve.h"

static tb_err grow_buffer(void)
{
	tb_buf b;
	tb_err err;

	tb_buf_init_secret(&b, 100000);
	for (unsigned i = 0; i < 5000; i++)
		tb_buf_u64(&b, i);
	err = tb_buf_status(&b);
	assert_true(err == TB_OK || b.len < 40000);
	tb_buf_release(&b);
	return err;
}

static void test_buffers(void **state)
{
	(void)state;
	tb_starve(grow_buffer, 5);
}

static tb_err read_json(void)
{
	static const char text[] = "{\"a\":[1,2,{\"b\":\"Zo\xc3\xab\"}],\"c\":true,\"d\":\"Zm9v\"}";
	tb_json_string s;
	tb_fault fault;
	tb_json_in in;
	tb_buf bytes;
	tb_err err;

	tb_buf_init(&bytes, 10);
	tb_json_in_init(&in, text, strlen(text), 100, TB_JSON_CANONICAL, "SAMPLE");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_enter_array(&in, "a", 3, 3);
	tb_json_take_int(&in, TB_JSON_ITEM, 1, 1);
	tb_json_take_int(&in, TB_JSON_ITEM, 2, 2);
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_text(&in, "b", &s, 10, TB_TEXT_LINE);
	tb_json_leave(&in);
	tb_json_leave(&in);
	tb_json_take_bool(&in, "c");
	tb_json_take_base64_buf(&in, "d", &bytes);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, &fault);
	tb_json_in_release(&in);
	tb_buf_release(&bytes);
	return err;
}

static void test_json(void **state)
{
	(void)state;
	tb_starve(read_json, 15);
}

/* ---- the history: an append that fails changes nothing, and the same append succeeds later ---- */

static void test_history(void **state)
{
	tb_merkle_tree tree;
	tb_history *h;
	unsigned failed = 0;

	(void)state;
	(void)tb_starve_after(0);
	assert_int_equal(tb_history_new(&h), TB_ERR_MEMORY);
	assert_null(h);
	(void)tb_starve_after(-1);
	assert_int_equal(tb_history_new(&h), TB_OK);
	tb_merkle_tree_init(&tree);
	for (uint32_t i = 0; i < 70000; i++) {
		uint8_t leaf[TB_MERKLE_BYTES], root[TB_MERKLE_BYTES], got[TB_MERKLE_BYTES];

		tb_merkle_leaf(leaf, &i, sizeof i);
		for (long n = 0;; n++) {
			tb_err err;

			(void)tb_starve_after(n);
			err = tb_history_append(h, leaf);
			(void)tb_starve_after(-1);
			if (err == TB_OK)
				break;
			assert_int_equal(err, TB_ERR_MEMORY);
			assert_true(tb_history_size(h) == i);
			failed++;
		}
		tb_merkle_tree_append(&tree, leaf);
		if (i % 256 != 0)
			continue;
		tb_merkle_tree_root(&tree, root);
		assert_int_equal(tb_history_root(h, got, i + 1), TB_OK);
		assert_memory_equal(got, root, sizeof root);
	}
	assert_true(failed > 256);
	tb_history_free(h);
}

/* ---- a board ---- */

static char dir[TB_TEST_PATH_MAX], archive_path[TB_TEST_PATH_MAX + 16];

static tb_err to_buf(void *ctx, const void *bytes, size_t len)
{
	tb_buf_append(ctx, bytes, len);
	return tb_buf_status(ctx);
}

static void write_archive(void)
{
	static const char note[] =
		"a\n2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\xe2\x80\x94 a Zm9vYmFy\n";
	uint8_t tile[2 * TB_MERKLE_BYTES] = {0};
	tb_archive_writer w;
	tb_buf b;
	tb_why why;

	tb_buf_init(&b, 100000);
	tb_archive_writer_init(&w, to_buf, &b);
	assert_int_equal(tb_archive_add(&w, TB_CHECKPOINT_PATH, note, strlen(note)), TB_OK);
	assert_int_equal(tb_archive_add(&w, "log/tile/0/000.p/2", tile, sizeof tile), TB_OK);
	assert_int_equal(tb_archive_add(&w, "log/tile/entries/000.p/2", "\0\1a\0\1b", 6), TB_OK);
	assert_int_equal(tb_archive_end(&w), TB_OK);
	assert_int_equal(tb_file_write(archive_path, b.data, b.len, TB_FILE_PUBLIC, &why), TB_OK);
	tb_buf_release(&b);
}

static tb_err read_board(void)
{
	const uint8_t *entry;
	tb_tile_reader *tiles = NULL;
	tb_merkle_reader nodes;
	tb_source *s = NULL;
	tb_entries e;
	tb_why why = {""};
	uint8_t root[TB_MERKLE_BYTES];
	uint64_t index;
	size_t len;
	tb_err err = tb_source_open(&s, archive_path, &why);

	assert_true((err == TB_OK) == (s != NULL));
	tb_entries_init(&e, s, 2);
	while (err == TB_OK && !tb_entries_is_done(&e))
		err = tb_entries_next(&e, &entry, &len, &index, &why);
	if (err == TB_OK)
		err = tb_tile_reader_new(&tiles, s, 2);
	if (err == TB_OK) {
		nodes = tb_tile_reader_nodes(tiles);
		err = tb_merkle_root(root, &nodes, 2);
	}
	assert_true(err == TB_OK || tiles != NULL || why.text[0] != '\0' || s != NULL);
	tb_tile_reader_free(tiles);
	tb_entries_release(&e);
	tb_source_free(s);
	return err;
}

static tb_err read_folder(void)
{
	tb_source *s = NULL;
	tb_buf b;
	tb_why why;
	tb_err err = tb_source_open(&s, dir, &why);

	tb_buf_init(&b, 10000);
	if (err == TB_OK)
		err = tb_source_get(s, "board.tar", &b, &why);
	tb_buf_release(&b);
	tb_source_free(s);
	return err;
}

static void test_sources(void **state)
{
	(void)state;
	tb_test_folder_new(dir);
	snprintf(archive_path, sizeof archive_path, "%s/board.tar", dir);
	write_archive();
	tb_starve(read_board, 5);
	tb_starve(read_folder, 3);
	tb_test_folder_remove(dir);
}

static tb_err write_and_make_folders(void)
{
	char path[TB_TEST_PATH_MAX + 32];
	tb_why why;
	tb_err err;

	snprintf(path, sizeof path, "%s/x/y/file", dir);
	err = tb_file_make_parents(path, TB_FILE_PRIVATE, &why);
	return err == TB_OK ? tb_file_write(path, "text", 4, TB_FILE_PRIVATE, &why) : err;
}

static void test_files(void **state)
{
	(void)state;
	tb_test_folder_new(dir);
	tb_starve(write_and_make_folders, 3);
	tb_test_folder_remove(dir);
}

static tb_err sign_and_write(void)
{
	tb_checkpoint head = {.origin = "example.org/e/x", .size = 1};
	tb_sign_secret secret = {{5}};
	uint8_t public_key[32], cosignature[TB_COSIGNATURE_BYTES];
	uint64_t time;
	tb_vkey key;
	tb_buf b;
	tb_err err = tb_sign_public(public_key, &secret);

	if (err == TB_OK)
		err = tb_vkey_init(&key, head.origin, TB_VKEY_ED25519, public_key);
	tb_buf_init(&b, 1000);
	if (err == TB_OK)
		err = tb_checkpoint_sign(&b, &head, &key, &secret);
	if (err == TB_OK)
		err = tb_checkpoint_cosign(cosignature, &head, 1, &secret);
	if (err == TB_OK)
		err = tb_checkpoint_verify_cosignature(cosignature, &head, public_key, &time);
	tb_buf_release(&b);
	return err;
}

static void test_checkpoints(void **state)
{
	(void)state;
	tb_starve(sign_and_write, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buffers),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_checkpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

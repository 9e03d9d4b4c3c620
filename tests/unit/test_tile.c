/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/tile.h"

#define HASH TB_MERKLE_BYTES

/* ---- [LOG.TILES]: paths ---- */

static void test_paths(void **state)
{
	static const struct {
		tb_tile tile;
		const char *path;
	} cases[] = {
		{{0, 0, 256}, "log/tile/0/000"},
		{{0, 7, 112}, "log/tile/0/007.p/112"},
		{{1, 999, 1}, "log/tile/1/999.p/1"},
		{{2, 1000, 255}, "log/tile/2/x001/000.p/255"},
		{{0, 1234067, 256}, "log/tile/0/x001/x234/067"}, /* the example of the specification */
		{{TB_TILE_ENTRIES, 273, 112}, "log/tile/entries/273.p/112"},
		{{TB_TILE_ENTRIES, 1234067, 256}, "log/tile/entries/x001/x234/067"},
		{{6, TB_MERKLE_MAX_SIZE, 256}, "log/tile/6/x281/x474/x976/x710/656"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char path[TB_PATH_MAX];
		tb_tile t;

		tb_tile_path(path, &cases[i].tile);
		assert_string_equal(path, cases[i].path);
		assert_int_equal(tb_tile_path_parse(&t, path, strlen(path)), TB_OK);
		assert_int_equal(t.level, cases[i].tile.level);
		assert_true(t.index == cases[i].tile.index);
		assert_int_equal(t.width, cases[i].tile.width);
	}
}

static void test_bad_paths_are_refused(void **state)
{
	static const char *const bad[] = {"", "log/tile/", "log/tile/0", "log/tile/0/", "log/tile/0/00",
		"log/tile/0/0000", "log/tile/0/x000/001", "log/tile/0/001/001", "log/tile/0/x001/x001",
		"log/tile/0/x01/001", "log/tile/0/x001/01", "log/tile/7/000", "log/tile/00/000",
		"log/tile/-1/000", "log/tile/a/000", "log/tile/255/000", "log/tile/Entries/000",
		"log/tile/0/000.p", "log/tile/0/000.p/", "log/tile/0/000.p/0", "log/tile/0/000.p/256",
		"log/tile/0/000.p/01", "log/tile/0/000.p/1/", "log/tile/0/000 ", "/log/tile/0/000",
		"log/tile//000", "log/tile/entries/../000", "log/tile/0/x281/x474/x976/x710/657",
		"log/tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/000"};
	tb_tile t = {.level = 77};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(tb_tile_path_parse(&t, bad[i], strlen(bad[i])), TB_ERR_ENCODING);
	assert_int_equal(tb_tile_path_parse(&t, "log/tile/0/000\0", 15), TB_ERR_ENCODING);
	assert_int_equal(t.level, 77);
}

static void test_blob_paths(void **state)
{
	static const char good[] = "blob/00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	static const char upper[] = "blob/00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff";
	char path[TB_PATH_MAX];
	uint8_t hash[32];

	(void)state;
	assert_int_equal(tb_blob_path_parse(hash, good, strlen(good)), TB_OK);
	tb_blob_path(path, hash);
	assert_string_equal(path, good);
	assert_int_equal(tb_blob_path_parse(hash, upper, strlen(upper)), TB_ERR_ENCODING);
	assert_int_equal(tb_blob_path_parse(hash, good, strlen(good) - 1), TB_ERR_ENCODING);
	assert_int_equal(tb_blob_path_parse(hash, good + 1, strlen(good) - 1), TB_ERR_ENCODING);
}

/* ---- which tiles a tree consists of ---- */

/* The tree of 70,000 leaves, as the specification describes it. */
static void test_the_example_of_the_specification(void **state)
{
	unsigned full[3] = {0}, partial[3] = {0}, bundles = 0, last_bundle = 0;

	(void)state;
	for (tb_tile t = tb_tile_first(70000); t.width > 0; tb_tile_next(&t, 70000)) {
		assert_true(tb_tile_is_of(&t, 70000));
		if (t.level == TB_TILE_ENTRIES) {
			assert_true(t.index == bundles);
			bundles++;
			last_bundle = t.width;
			continue;
		}
		assert_true(t.level < 3 && partial[t.level] == 0);
		if (t.width == TB_TILE_WIDTH)
			full[t.level]++;
		else
			partial[t.level] = t.width;
	}
	assert_int_equal(full[0], 273);
	assert_int_equal(partial[0], 112);
	assert_int_equal(full[1], 1);
	assert_int_equal(partial[1], 17);
	assert_int_equal(full[2], 0);
	assert_int_equal(partial[2], 1);
	assert_int_equal(bundles, 274);
	assert_int_equal(last_bundle, 112);
}

static void test_edges_of_a_tree(void **state)
{
	static const uint64_t sizes[] = {1, 255, 256, 257, 65535, 65536, 65537, 16777216};
	tb_tile t;

	(void)state;
	t = tb_tile_first(0);
	assert_int_equal(t.width, 0);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint64_t n = sizes[i], expected = 0, num = 0;

		for (uint64_t at_level = n; at_level > 0; at_level /= 256)
			expected += (at_level + 255) / 256;
		expected += (n + 255) / 256;
		for (t = tb_tile_first(n); t.width > 0; tb_tile_next(&t, n))
			num++;
		assert_true(num == expected);
	}
	t = (tb_tile){0, 1, 1};
	assert_false(tb_tile_is_of(&t, 256));
	assert_true(tb_tile_is_of(&t, 257));
	t.width = 2;
	assert_false(tb_tile_is_of(&t, 257));
	t = (tb_tile){1, 0, 1};
	assert_false(tb_tile_is_of(&t, 255));
	assert_true(tb_tile_is_of(&t, 256));
	tb_tile_of_entry(&t, 300, 301);
	assert_true(t.level == TB_TILE_ENTRIES && t.index == 1 && t.width == 45);
}

/* ---- a whole log in memory, made by the builder and read back ---- */

#define SIZE 66000u

typedef struct store {
	uint8_t *level[3];
	uint64_t num[3];
	unsigned full, partial;
} store;

static tb_err keep(void *ctx, const tb_tile *t, const uint8_t *bytes)
{
	store *s = ctx;

	assert_true(t->level < 3);
	assert_true(t->index * TB_TILE_WIDTH == s->num[t->level]); /* in order */
	memcpy(s->level[t->level] + s->num[t->level] * HASH, bytes, t->width * (size_t)HASH);
	s->num[t->level] += t->width;
	if (t->width == TB_TILE_WIDTH)
		s->full++;
	else
		s->partial++;
	return TB_OK;
}

typedef struct reading {
	const store *s;
	uint64_t size;
} reading;

static tb_err read_tile(void *ctx, uint8_t out[HASH], unsigned level, uint64_t index)
{
	const reading *r = ctx;
	tb_tile t;

	tb_tile_of_node(&t, level, index, r->size);
	assert_true(tb_tile_is_of(&t, r->size));
	tb_tile_node(out, r->s->level[t.level] + t.index * TB_TILE_BYTES, level, index);
	return TB_OK;
}

static void test_builder_and_reader(void **state)
{
	static tb_tile_builder builder;
	store s = {.full = 0};
	reading r = {&s, SIZE};
	tb_merkle_reader nodes = {read_tile, &r};
	static const uint64_t places[] = {0, 1, 255, 256, 65535, 65536, 65999, 43210};
	uint8_t leaf[HASH], root[HASH], got[HASH];
	tb_merkle_proof proof;
	tb_merkle_tree tree;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		s.level[i] = calloc(SIZE, HASH);
	tb_tile_builder_init(&builder, keep, &s);
	tb_merkle_tree_init(&tree);
	for (uint32_t i = 0; i < SIZE; i++) {
		tb_merkle_leaf(leaf, &i, sizeof i);
		tb_merkle_tree_append(&tree, leaf);
		assert_int_equal(tb_tile_builder_append(&builder, leaf), TB_OK);
		if (i < 1000 || i > SIZE - 1000) {
			tb_merkle_tree_root(&tree, root);
			tb_tile_builder_root(&builder, got);
			assert_memory_equal(got, root, HASH);
		}
	}
	assert_int_equal(s.partial, 0);
	assert_int_equal(tb_tile_builder_finish(&builder), TB_OK);
	assert_int_equal(s.full, 257 + 1);
	assert_int_equal(s.partial, 3);
	assert_int_equal(tb_merkle_root(got, &nodes, SIZE), TB_OK);
	assert_memory_equal(got, root, HASH);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		uint32_t place = (uint32_t)places[i];

		tb_merkle_leaf(leaf, &place, sizeof place);
		assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, place, SIZE), TB_OK);
		assert_int_equal(tb_merkle_verify_inclusion(&proof, leaf, place, SIZE, root), TB_OK);
		assert_int_equal(tb_merkle_root(got, &nodes, place + 1), TB_OK);
		assert_int_equal(tb_merkle_prove_consistency(&proof, &nodes, place + 1, SIZE), TB_OK);
		assert_int_equal(tb_merkle_verify_consistency(&proof, place + 1, got, SIZE, root), TB_OK);
	}
	for (size_t i = 0; i < 3; i++)
		free(s.level[i]);
}

static tb_err refuse(void *ctx, const tb_tile *t, const uint8_t *bytes)
{
	(void)ctx;
	(void)t;
	(void)bytes;
	return TB_ERR_IO;
}

static void test_errors_of_emit_are_passed_on(void **state)
{
	static tb_tile_builder builder;
	uint8_t leaf[HASH] = {0};

	(void)state;
	tb_tile_builder_init(&builder, refuse, NULL);
	assert_int_equal(tb_tile_builder_finish(&builder), TB_OK); /* nothing to give */
	for (unsigned i = 0; i < 255; i++)
		assert_int_equal(tb_tile_builder_append(&builder, leaf), TB_OK);
	assert_int_equal(tb_tile_builder_finish(&builder), TB_ERR_IO);
	assert_int_equal(tb_tile_builder_append(&builder, leaf), TB_ERR_IO);
}

/* ---- bundles ---- */

static void test_bundles(void **state)
{
	static uint8_t large[TB_ENTRY_MAX_BYTES + 1];
	const uint8_t *entry;
	size_t len;
	tb_bundle b;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, TB_BUNDLE_MAX);
	tb_bundle_write(&out, "abc", 3);
	tb_bundle_write(&out, "", 0);
	tb_bundle_write(&out, large, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_buf_status(&out), TB_OK);
	assert_int_equal(out.len, 2 + 3 + 2 + 2 + TB_ENTRY_MAX_BYTES);
	assert_memory_equal(out.data, "\0\3abc\0\0\xff\xff", 9);
	tb_bundle_init(&b, out.data, out.len, 3);
	assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_OK);
	assert_int_equal(len, 3);
	assert_memory_equal(entry, "abc", 3);
	assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_OK);
	assert_int_equal(len, 0);
	assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_OK);
	assert_int_equal(len, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_ERR_NOT_FOUND);

	tb_bundle_init(&b, out.data, out.len, 2); /* one entry too many */
	assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_OK);
	assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_OK);
	assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_ERR_ENCODING);
	for (size_t cut = 0; cut < 5; cut++) { /* cut within the first entry */
		tb_bundle_init(&b, out.data, cut, 3);
		assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_ERR_ENCODING);
		assert_int_equal(tb_bundle_next(&b, &entry, &len), TB_ERR_ENCODING);
	}
	tb_bundle_write(&out, large, TB_ENTRY_MAX_BYTES + 1);
	assert_int_equal(tb_buf_status(&out), TB_ERR_LIMIT);
	tb_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_bad_paths_are_refused),
		cmocka_unit_test(test_blob_paths),
		cmocka_unit_test(test_the_example_of_the_specification),
		cmocka_unit_test(test_edges_of_a_tree),
		cmocka_unit_test(test_builder_and_reader),
		cmocka_unit_test(test_errors_of_emit_are_passed_on),
		cmocka_unit_test(test_bundles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Trees and their proofs [LOG.TREE] [LOG.CONSISTENT], tiles and bundles of entries [LOG.TILES]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/log/tile.h"
#include "tests/support/vectors.h"

#define MAX_ENTRIES 64

/* The leaf hashes of a case, and nodes made from them. */
typedef struct leaves {
	uint8_t leaf[MAX_ENTRIES][TB_MERKLE_BYTES];
	size_t num;
} leaves;

static void leaves_of(leaves *out, const struct json_t *in)
{
	const struct json_t *entries = tb_vector_member(in, "entries");

	out->num = tb_vector_num(entries);
	assert_true(out->num <= MAX_ENTRIES);
	for (size_t i = 0; i < out->num; i++) {
		tb_buf entry;

		tb_vector_item_bytes(&entry, entries, i);
		tb_merkle_leaf(out->leaf[i], entry.data, entry.len);
		tb_buf_release(&entry);
	}
}

static tb_err node(void *ctx, uint8_t out[TB_MERKLE_BYTES], unsigned level, uint64_t index)
{
	const leaves *l = ctx;
	uint8_t left[TB_MERKLE_BYTES], right[TB_MERKLE_BYTES];
	tb_err err = TB_OK;

	if (level == 0) {
		assert_true(index < l->num);
		memcpy(out, l->leaf[index], TB_MERKLE_BYTES);
		return TB_OK;
	}
	err = node(ctx, left, level - 1, 2 * index);
	if (err == TB_OK)
		err = node(ctx, right, level - 1, 2 * index + 1);
	if (err == TB_OK)
		tb_merkle_node(out, left, right);
	return err;
}

static const char *leaf(const tb_vector *v)
{
	uint8_t found[TB_MERKLE_BYTES];
	tb_buf entry;

	tb_vector_bytes(&entry, v->in, "entry");
	tb_merkle_leaf(found, entry.data, entry.len);
	tb_vector_expect_bytes(v->out, "leaf", found, sizeof found);
	tb_buf_release(&entry);
	return NULL;
}

static const char *root(const tb_vector *v)
{
	static leaves l;
	const tb_merkle_reader nodes = {node, &l};
	uint8_t found[TB_MERKLE_BYTES];
	tb_merkle_tree tree;

	leaves_of(&l, v->in);
	assert_int_equal(tb_merkle_root(found, &nodes, l.num), TB_OK);
	tb_vector_expect_bytes(v->out, "root", found, sizeof found);
	tb_merkle_tree_init(&tree);
	for (size_t i = 0; i < l.num; i++)
		tb_merkle_tree_append(&tree, l.leaf[i]);
	tb_merkle_tree_root(&tree, found);
	tb_vector_expect_bytes(v->out, "root", found, sizeof found);
	return NULL;
}

/* ---- proofs ---- */
static void expect_proof(const struct json_t *out, const tb_merkle_proof *found)
{
	const struct json_t *expected = tb_vector_member(out, "proof");

	tb_vector_expect_num(expected, found->num);
	for (size_t i = 0; i < found->num; i++)
		tb_vector_expect_item(expected, i, found->node[i], TB_MERKLE_BYTES);
}

static void proof_of(tb_merkle_proof *out, const struct json_t *in)
{
	const struct json_t *hashes = tb_vector_member(in, "proof");

	out->num = tb_vector_num(hashes);
	assert_true(out->num <= TB_MERKLE_MAX_PROOF);
	for (size_t i = 0; i < out->num; i++)
		tb_vector_item_exactly(out->node[i], TB_MERKLE_BYTES, hashes, i);
}

static const char *inclusion(const tb_vector *v)
{
	static leaves l;
	const tb_merkle_reader nodes = {node, &l};
	tb_merkle_proof proof;

	leaves_of(&l, v->in);
	assert_int_equal(
		tb_merkle_prove_inclusion(&proof, &nodes, tb_vector_int(v->in, "index"), l.num), TB_OK);
	expect_proof(v->out, &proof);
	return NULL;
}

static const char *consistency(const tb_vector *v)
{
	static leaves l;
	const tb_merkle_reader nodes = {node, &l};
	tb_merkle_proof proof;

	leaves_of(&l, v->in);
	assert_int_equal(
		tb_merkle_prove_consistency(&proof, &nodes, tb_vector_int(v->in, "size"), l.num), TB_OK);
	expect_proof(v->out, &proof);
	return NULL;
}

static const char *verify_inclusion(const tb_vector *v)
{
	uint8_t leaf_hash[TB_MERKLE_BYTES], root_hash[TB_MERKLE_BYTES];
	tb_merkle_proof proof;
	tb_err err;

	proof_of(&proof, v->in);
	tb_vector_exactly(leaf_hash, sizeof leaf_hash, v->in, "leaf");
	tb_vector_exactly(root_hash, sizeof root_hash, v->in, "root");
	err = tb_merkle_verify_inclusion(
		&proof, leaf_hash, tb_vector_int(v->in, "index"), tb_vector_int(v->in, "size"), root_hash);
	assert_true(err == TB_OK || err == TB_ERR_PROOF);
	return err == TB_OK ? NULL : "LOG.TREE";
}

static const char *verify_consistency(const tb_vector *v)
{
	uint8_t old_root[TB_MERKLE_BYTES], new_root[TB_MERKLE_BYTES];
	tb_merkle_proof proof;
	tb_err err;

	proof_of(&proof, v->in);
	tb_vector_exactly(old_root, sizeof old_root, v->in, "old_root");
	tb_vector_exactly(new_root, sizeof new_root, v->in, "root");
	err = tb_merkle_verify_consistency(
		&proof, tb_vector_int(v->in, "old_size"), old_root, tb_vector_int(v->in, "size"), new_root);
	assert_true(err == TB_OK || err == TB_ERR_PROOF);
	return err == TB_OK ? NULL : "LOG.CONSISTENT";
}

/* ---- tiles: paths are those below log/ ---- */
static void expect_path(const char *expected, const tb_tile *t)
{
	char found[TB_PATH_MAX];
	tb_tile again;

	tb_tile_path(found, t);
	assert_memory_equal(found, "log/", 4);
	assert_string_equal(found + 4, expected);
	assert_int_equal(tb_tile_path_parse(&again, found, strlen(found)), TB_OK);
	assert_true(again.level == t->level && again.index == t->index && again.width == t->width);
}

static const char *tile_path(const tb_vector *v)
{
	tb_tile t = {
		.index = tb_vector_int(v->in, "index"), .width = (unsigned)tb_vector_int(v->in, "width")};

	if (tb_vector_is_text(v->in, "level")) {
		assert_string_equal(tb_vector_text(v->in, "level"), "entries");
		t.level = TB_TILE_ENTRIES;
	} else {
		t.level = (unsigned)tb_vector_int(v->in, "level");
	}
	expect_path(tb_vector_text(v->out, "path"), &t);
	return NULL;
}

static const char *tile_list(const tb_vector *v)
{
	const struct json_t *paths = tb_vector_member(v->out, "paths");
	uint64_t size = tb_vector_int(v->in, "size");
	size_t num = 0;

	for (tb_tile t = tb_tile_first(size); t.width > 0; tb_tile_next(&t, size)) {
		assert_true(num < tb_vector_num(paths));
		expect_path(tb_vector_item_text(paths, num++), &t);
	}
	tb_vector_expect_num(paths, num);
	return NULL;
}

/* The one tile that a case asks for. */
typedef struct asked_tile {
	tb_tile tile;
	uint8_t bytes[TB_TILE_BYTES];
	unsigned num_found;
} asked_tile;

static tb_err emit(void *ctx, const tb_tile *t, const uint8_t *bytes)
{
	asked_tile *a = ctx;

	if (t->level == a->tile.level && t->index == a->tile.index && t->width == a->tile.width) {
		memcpy(a->bytes, bytes, t->width * TB_MERKLE_BYTES);
		a->num_found++;
	}
	return TB_OK;
}

static const char *tile_hashes(const tb_vector *v)
{
	static tb_tile_builder builder;
	static asked_tile a;
	static leaves l;

	leaves_of(&l, v->in);
	a = (asked_tile){.tile = {.level = (unsigned)tb_vector_int(v->in, "level"),
				 .index = tb_vector_int(v->in, "index"),
				 .width = (unsigned)tb_vector_int(v->in, "width")}};
	tb_tile_builder_init(&builder, emit, &a);
	for (size_t i = 0; i < l.num; i++)
		assert_int_equal(tb_tile_builder_append(&builder, l.leaf[i]), TB_OK);
	assert_int_equal(tb_tile_builder_finish(&builder), TB_OK);
	assert_int_equal(a.num_found, 1);
	tb_vector_expect_bytes(v->out, "hashes", a.bytes, a.tile.width * TB_MERKLE_BYTES);
	return NULL;
}

static const char *bundle(const tb_vector *v)
{
	const struct json_t *entries = tb_vector_member(v->in, "entries");
	tb_buf written;

	tb_buf_init(&written, TB_BUNDLE_MAX);
	for (size_t i = 0; i < tb_vector_num(entries); i++) {
		tb_buf entry;

		tb_vector_item_bytes(&entry, entries, i);
		tb_bundle_write(&written, entry.data, entry.len);
		tb_buf_release(&entry);
	}
	assert_int_equal(tb_buf_status(&written), TB_OK);
	tb_vector_expect_bytes(v->out, "bundle", written.data, written.len);
	tb_buf_release(&written);
	return NULL;
}

static const char *split(const tb_vector *v)
{
	const struct json_t *expected = v->out == NULL ? NULL : tb_vector_member(v->out, "entries");
	const uint8_t *entry;
	size_t len, num = 0;
	tb_bundle b;
	tb_buf bytes;
	tb_err err;

	tb_vector_bytes(&bytes, v->in, "bundle");
	tb_bundle_init(&b, bytes.data, bytes.len, (unsigned)tb_vector_int(v->in, "width"));
	while ((err = tb_bundle_next(&b, &entry, &len)) == TB_OK) {
		if (expected != NULL)
			tb_vector_expect_item(expected, num, entry, len);
		num++;
	}
	assert_true(err == TB_ERR_NOT_FOUND || err == TB_ERR_ENCODING);
	if (expected != NULL)
		tb_vector_expect_num(expected, num);
	tb_buf_release(&bytes);
	return err == TB_ERR_NOT_FOUND ? NULL : "LOG.TILES";
}

int main(void)
{
	static const char *const topics[] = {"merkle"};
	static const tb_vector_op ops[] = {
		{"merkle.leaf", leaf},
		{"merkle.root", root},
		{"merkle.inclusion", inclusion},
		{"merkle.consistency", consistency},
		{"merkle.verify_inclusion", verify_inclusion},
		{"merkle.verify_consistency", verify_consistency},
		{"tile.list", tile_list},
		{"tile.path", tile_path},
		{"tile.hashes", tile_hashes},
		{"tile.bundle", bundle},
		{"tile.split", split},
	};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/check_internal.h"

/*
 * The entries' bytes do not lead to the root in the checkpoint.  If the tiles do, they say which entries are wrong: they are
 * authenticated from the root downwards, each by the tile above it.  Every fault is named once, and what cannot be told
 * apart is not guessed.
 */

typedef struct diagnosis {
	tb_check *check;
	tb_buf tile; /* the tile of `at` */
	tb_tile at;
	bool has_tile;
} diagnosis;

/* The bytes of a tile, kept until another one is asked for.  NOT_FOUND also for a wrong length. */
static tb_err load(diagnosis *d, const tb_tile *t)
{
	char path[TB_PATH_MAX];
	tb_err err;

	if (d->has_tile && d->at.level == t->level && d->at.index == t->index && d->at.width == t->width)
		return TB_OK;
	d->has_tile = false;
	err = tb_check_read_tile(d->check, &d->tile, t, path);
	if (err != TB_OK)
		return err;
	if (d->tile.len != (size_t)t->width * 32)
		return TB_ERR_NOT_FOUND;
	d->at = *t;
	d->has_tile = true;
	return TB_OK;
}

static tb_err node_of_tiles(void *ctx, uint8_t out[32], unsigned level, uint64_t index)
{
	diagnosis *d = ctx;
	tb_tile t;
	tb_err err;

	tb_tile_of_node(&t, level, index, d->check->size);
	err = load(d, &t);
	if (err == TB_OK)
		tb_tile_node(out, d->tile.data, level, index);
	return err;
}

/* The root of the subtree under a full tile, from its bytes. */
static void tile_root(uint8_t out[32], const uint8_t *bytes)
{
	tb_merkle_tree tree;

	tb_merkle_tree_init(&tree);
	for (unsigned i = 0; i < TB_TILE_WIDTH; i++)
		tb_merkle_tree_append(&tree, bytes + i * 32);
	tb_merkle_tree_root(&tree, out);
}

/* Is this tile what the one above it says?  Those at the right edge together make the root, which is right. */
static tb_err is_authentic(diagnosis *d, const tb_tile *t, bool *yes, uint8_t expected[32])
{
	uint8_t found[32];
	tb_err err;

	*yes = true;
	if (t->width < TB_TILE_WIDTH || d->check->size >> (8 * (t->level + 1)) == 0)
		return TB_OK;
	err = node_of_tiles(d, expected, 8 * (t->level + 1), t->index);
	if (err == TB_OK)
		err = load(d, t);
	if (err == TB_ERR_NOT_FOUND) { /* reported with its own name, as missing */
		*yes = false;
		return TB_OK;
	}
	if (err != TB_OK)
		return err;
	tile_root(found, d->tile.data);
	*yes = memcmp(found, expected, 32) == 0;
	return TB_OK;
}

/* Entries first .. end-1 of a bundle are not those that the tile commits to. */
static tb_err report_entries(tb_check *c, const char *path, uint64_t first, uint64_t end,
	const uint8_t expected[32], const uint8_t found[32])
{
	tb_fault fault = {0};
	char text[120], hex[64];

	tb_hex_write(hex, expected, 32);
	(void)snprintf(text, sizeof text, "an entry with leaf hash %.64s", hex);
	tb_hex_write(hex, found, 32);
	if (end - first == 1)
		(void)tb_fault_setf(&fault, "LOG.TREE", path, text, "%.64s", hex);
	else
		(void)tb_fault_setf(&fault, "LOG.TREE", path, text,
			"%.64s; entries %" PRIu64 " to %" PRIu64 " are all others", hex, first, end - 1);
	tb_check_fail_at(c, TB_CHECK_TREE, first, &fault);
	return tb_check_add_foreign(c, first, end);
}

/* Compares entries with an authentic level-0 tile; a run of wrong ones is one failure. */
static tb_err compare_entries(tb_check *c, const char *path, const tb_check_bundle *b, const uint8_t *tile)
{
	uint64_t first = b->index * TB_TILE_WIDTH;
	unsigned i = 0;

	while (i < b->num) {
		unsigned from = i;
		tb_err err;

		while (i < b->num && b->entry[i] != NULL && memcmp(b->leaf[i], tile + i * 32, 32) != 0)
			i++;
		if (i == from) {
			i++;
			continue;
		}
		err = report_entries(c, path, first + from, first + i, tile + from * 32, b->leaf[from]);
		if (err != TB_OK)
			return err;
	}
	return TB_OK;
}

static void report_tile(tb_check *c, const char *path, const uint8_t expected[32])
{
	char text[120], hex[64];
	tb_fault fault = {0};

	tb_hex_write(hex, expected, 32);
	(void)snprintf(text, sizeof text, "a tile that hashes to %.64s, as the one above it says", hex);
	(void)tb_fault_set(&fault, "LOG.TILES", path, text, "another one");
	tb_check_fail(c, TB_CHECK_TREE, &fault);
}

static tb_err diagnose_bundle(diagnosis *d, tb_check_bundle *b, uint64_t index)
{
	tb_check *c = d->check;
	tb_tile t = {.level = 0, .index = index, .width = tb_check_bundle_width(c, index)}, e = t;
	char path[TB_PATH_MAX], tile_path[TB_PATH_MAX];
	uint8_t expected[32];
	bool yes;
	tb_err err;

	e.level = TB_TILE_ENTRIES;
	tb_tile_path(path, &e);
	tb_tile_path(tile_path, &t);
	err = tb_check_bundle_read(c, b, index);
	if (err == TB_OK)
		err = tb_check_bundle_hash(c, b);
	if (err == TB_OK)
		err = is_authentic(d, &t, &yes, expected);
	if (err != TB_OK)
		return err;
	if (yes) {
		err = load(d, &t);
		return err == TB_ERR_NOT_FOUND ? TB_OK
		       : err == TB_OK          ? compare_entries(c, path, b, d->tile.data)
					       : err;
	}
	/* The tile is wrong; the hash above it still judges the entries. */
	report_tile(c, tile_path, expected);
	if (memcmp(c->bundle_root[index], expected, 32) == 0)
		return TB_OK;
	return report_entries(c, path, index * TB_TILE_WIDTH, index * TB_TILE_WIDTH + b->num, expected,
		c->bundle_root[index]);
}

/* Tiles above level 0 that are not what the one above them says. */
static tb_err diagnose_levels(diagnosis *d)
{
	uint8_t expected[32];
	char path[TB_PATH_MAX];
	bool yes;

	for (tb_tile t = tb_tile_first(d->check->size); t.width > 0 && t.level != TB_TILE_ENTRIES;
		tb_tile_next(&t, d->check->size)) {
		tb_err err;

		if (t.level == 0)
			continue;
		err = is_authentic(d, &t, &yes, expected);
		if (err != TB_OK)
			return err;
		if (!yes) {
			tb_tile_path(path, &t);
			report_tile(d->check, path, expected);
		}
	}
	return TB_OK;
}

static tb_err diagnose_bundles(diagnosis *d)
{
	tb_check_bundle *b = malloc(sizeof *b);
	tb_err err = TB_OK;

	if (b == NULL)
		return TB_ERR_MEMORY;
	tb_check_bundle_init(b);
	for (uint64_t k = 0; k < d->check->num_bundles && err == TB_OK; k++)
		err = diagnose_bundle(d, b, k);
	tb_check_bundle_release(b);
	free(b);
	return err;
}

tb_err tb_check_diagnose(tb_check *c, const uint8_t root[32], bool *by_tiles)
{
	diagnosis d = {.check = c};
	tb_merkle_reader reader = {.node = node_of_tiles, .ctx = &d};
	uint8_t of_tiles[32];
	tb_fault fault = {0};
	tb_err err;

	tb_buf_init(&d.tile, TB_TILE_BYTES);
	err = tb_merkle_root(of_tiles, &reader, c->size);
	*by_tiles = err == TB_OK && memcmp(of_tiles, c->checkpoint.root, 32) == 0;
	if (*by_tiles) {
		err = diagnose_levels(&d);
		if (err == TB_OK)
			err = diagnose_bundles(&d);
	} else if (err == TB_OK || err == TB_ERR_NOT_FOUND) {
		/* Neither entries nor tiles are what was signed: the entries are taken as they are. */
		tb_check_hashes(&fault, "LOG.TREE", TB_CHECKPOINT_PATH, root, c->checkpoint.root);
		tb_check_fail(c, TB_CHECK_TREE, &fault);
		err = TB_OK;
	}
	tb_buf_release(&d.tile);
	return err;
}

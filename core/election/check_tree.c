/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/check_internal.h"

/*
 * Are the files of this board what its checkpoint commits to [LOG.TREE] [LOG.TILES]?  The whole tree is made again from the
 * entries' bytes.  If that leads to the checkpoint's root, every entry is right and each tile that differs from
 * the one made here is itself wrong.  If not, check_diagnose.c finds out which entries are wrong.
 */

/* A tile that is not there, or not what the entries make it. */
typedef struct difference {
	tb_tile tile;
	bool is_missing;
	size_t len;
	unsigned slot;
	uint8_t expected[32], found[32];
} difference;

#define MAX_DIFFERENCES 1000
#define MAX_MISSING 100 /* bundles: then the rest is not looked for, since the size may be anything */

typedef struct tree_pass {
	tb_check *check;
	tb_tile_builder builder;
	tb_buf tile; /* as it is on the board */
	difference *list;
	size_t num;
	unsigned num_missing; /* bundles */
	bool has_seen;
	tb_checkpoint seen; /* what the user remembers */
} tree_pass;

/* Compares a tile that was made from the entries with the one of the board. */
static tb_err compare_tile(void *ctx, const tb_tile *t, const uint8_t *bytes)
{
	tree_pass *p = ctx;
	char path[TB_PATH_MAX];
	difference d = {.tile = *t};
	size_t len = (size_t)t->width * TB_MERKLE_BYTES;
	tb_err err = tb_check_read_tile(p->check, &p->tile, t, path);

	if (err != TB_OK && err != TB_ERR_NOT_FOUND)
		return err;
	tb_check_cover(p->check, TB_CHECK_TREE, 1);
	d.is_missing = err == TB_ERR_NOT_FOUND;
	d.len = p->tile.len;
	if (!d.is_missing && d.len == len && memcmp(p->tile.data, bytes, len) == 0)
		return TB_OK;
	if (!d.is_missing && d.len == len) {
		while (memcmp(p->tile.data + d.slot * 32, bytes + d.slot * 32, 32) == 0)
			d.slot++;
		memcpy(d.expected, bytes + d.slot * 32, 32);
		memcpy(d.found, p->tile.data + d.slot * 32, 32);
	}
	if (p->num < MAX_DIFFERENCES) /* who changed more files than that has to mend these first */
		p->list[p->num++] = d;
	return TB_OK;
}

static void report_difference(tb_check *c, const difference *d)
{
	char path[TB_PATH_MAX], expected[100], hex[64];
	tb_fault fault = {0};

	tb_tile_path(path, &d->tile);
	if (d->is_missing) {
		(void)tb_fault_setf(&fault, "LOG.TILES", path, "a tile", "no such file");
	} else if (d->len != (size_t)d->tile.width * 32) {
		(void)snprintf(expected, sizeof expected, "%u hashes of 32 bytes", d->tile.width);
		(void)tb_fault_setf(&fault, "LOG.TILES", path, expected,
			d->len == 0 ? "an empty file, or one that is far too large" : "%zu bytes", d->len);
	} else {
		tb_hex_write(hex, d->expected, 32);
		(void)snprintf(expected, sizeof expected, "hash %u to be %.64s", d->slot, hex);
		tb_hex_write(hex, d->found, 32);
		(void)tb_fault_setf(&fault, "LOG.TILES", path, expected, "%.64s", hex);
	}
	tb_check_fail(c, TB_CHECK_TREE, &fault);
}

/* The leaf hashes of entries that cannot be read, from the level-0 tile: so that the rest of the tree still means something. */
tb_err tb_check_leaves_of_tile(tb_check *c, uint64_t bundle, unsigned width, uint8_t leaf[TB_TILE_WIDTH][32])
{
	tb_tile t = {.level = 0, .index = bundle, .width = width};
	char path[TB_PATH_MAX];
	tb_buf tile;
	tb_err err;

	tb_buf_init(&tile, TB_TILE_BYTES);
	err = tb_check_read_tile(c, &tile, &t, path);
	memset(leaf, 0, TB_TILE_WIDTH * 32);
	if (err == TB_OK && tile.len == (size_t)width * 32)
		memcpy(leaf, tile.data, tile.len);
	tb_buf_release(&tile);
	return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* Nothing may hide behind the entries, where no hash covers it. */
static void report_more(tb_check *c, const char *path, unsigned width)
{
	char expected[80];
	tb_fault fault = {0};

	(void)snprintf(expected, sizeof expected, "a bundle of %u entries", width);
	(void)tb_fault_set(&fault, "LOG.TILES", path, expected, "more bytes after the last");
	tb_check_fail(c, TB_CHECK_TREE, &fault);
}

static void report_cut(
	tb_check *c, const char *path, bool is_missing, uint64_t first, unsigned width, unsigned good)
{
	char expected[80];
	tb_fault fault = {0};

	(void)snprintf(expected, sizeof expected, "a bundle of %u entries", width);
	if (is_missing)
		(void)tb_fault_set(&fault, "LOG.TILES", path, expected, "no such file");
	else
		(void)tb_fault_setf(
			&fault, "LOG.TILES", path, expected, "one that is cut or misframed after %u", good);
	tb_check_fail_at(c, TB_CHECK_TREE, first + good, &fault);
}

unsigned tb_check_split(
	const tb_buf *bytes, unsigned width, const uint8_t **entry, size_t *len, bool *has_more)
{
	const uint8_t *after;
	tb_bundle reader;
	size_t after_len;
	unsigned n = 0;

	tb_bundle_init(&reader, bytes->data, bytes->len, width);
	*has_more = false;
	while (n < width && tb_bundle_next(&reader, &entry[n], &len[n]) == TB_OK)
		n++;
	if (n == width)
		*has_more = tb_bundle_next(&reader, &after, &after_len) != TB_ERR_NOT_FOUND;
	return n;
}

static tb_err read_bundle(tree_pass *p, tb_check_bundle *b, uint64_t index, unsigned width, unsigned *good)
{
	tb_check *c = p->check;
	tb_tile t = {.level = TB_TILE_ENTRIES, .index = index, .width = width};
	uint64_t first = index * TB_TILE_WIDTH;
	char path[TB_PATH_MAX];
	tb_err err = tb_check_read_tile(c, &b->bytes, &t, path);
	bool is_missing = err == TB_ERR_NOT_FOUND, has_more = false;

	if (err != TB_OK && !is_missing)
		return err;
	*good = is_missing ? 0 : tb_check_split(&b->bytes, width, b->entry, b->len, &has_more);
	if (*good == width) {
		if (has_more)
			report_more(c, path, width);
		return TB_OK;
	}
	if (is_missing)
		p->num_missing++;
	report_cut(c, path, is_missing, first, width, *good);
	err = tb_check_leaves_of_tile(c, index, width, b->leaf);
	return err == TB_OK ? tb_check_add_foreign(c, first + *good, first + width) : err;
}

/* ---- [LOG.CONSISTENT]: a checkpoint that somebody remembers is of this very log ---- */

static bool open_seen(tree_pass *p)
{
	tb_check *c = p->check;
	const tb_check_trust *trust = &c->options->trust;
	tb_fault fault = {0};
	tb_note note;
	tb_why why;

	if (trust->seen == NULL)
		return false;
	if (tb_checkpoint_parse(&p->seen, &note, trust->seen, trust->seen_len, &why) != TB_OK)
		(void)tb_fault_set(&fault, "LOG.CONSISTENT", "seen checkpoint", "a checkpoint", why.text);
	else if (strcmp(p->seen.origin, c->checkpoint.origin) != 0)
		(void)tb_fault_set(
			&fault, "LOG.CONSISTENT", "seen checkpoint", c->checkpoint.origin, p->seen.origin);
	else if (p->seen.size > c->size)
		(void)tb_fault_setf(&fault, "LOG.CONSISTENT", TB_CHECKPOINT_PATH,
			"no fewer entries than were seen before", "%" PRIu64 " instead of %" PRIu64, c->size,
			p->seen.size);
	else
		return true;
	tb_check_fail(c, TB_CHECK_TREE, &fault);
	return false;
}

static void compare_seen(tree_pass *p)
{
	tb_fault fault = {0};
	uint8_t root[32];

	if (!p->has_seen || p->builder.size != p->seen.size)
		return;
	tb_tile_builder_root(&p->builder, root);
	if (memcmp(p->seen.root, root, 32) == 0)
		return;
	tb_check_hashes(&fault, "LOG.CONSISTENT", "seen checkpoint", p->seen.root, root);
	tb_check_fail(p->check, TB_CHECK_TREE, &fault);
}

/* ---- the pass ---- */

static tb_err hash_bundle(tree_pass *p, tb_check_bundle *b, uint64_t index)
{
	tb_check *c = p->check;
	unsigned width = tb_check_bundle_width(c, index), good;
	tb_merkle_tree root;
	tb_err err = read_bundle(p, b, index, width, &good);

	if (err != TB_OK)
		return err;
	tb_merkle_tree_init(&root);
	for (unsigned i = 0; i < width; i++) {
		if (i < good)
			tb_merkle_leaf(b->leaf[i], b->entry[i], b->len[i]);
		tb_merkle_tree_append(&root, b->leaf[i]);
		err = tb_tile_builder_append(&p->builder, b->leaf[i]);
		if (err != TB_OK)
			return err;
		compare_seen(p);
	}
	tb_merkle_tree_root(&root, c->bundle_root[index]);
	tb_check_cover(c, TB_CHECK_TREE, 1);
	tb_check_progress(c, width);
	return TB_OK;
}

/* Room for the root of bundle k; as it is needed, since the size is only what somebody says. */
static tb_err reserve_root(tb_check *c, uint64_t k)
{
	size_t cap = c->cap_roots == 0 ? 64 : 2 * c->cap_roots;
	uint8_t(*list)[32];

	if (k < c->cap_roots)
		return TB_OK;
	list = realloc(c->bundle_root, cap * sizeof *list);
	if (list == NULL)
		return TB_ERR_MEMORY;
	c->bundle_root = list;
	c->cap_roots = cap;
	return TB_OK;
}

static tb_err hash_bundles(tree_pass *p)
{
	tb_check_bundle *b = malloc(sizeof *b);
	tb_err err = TB_OK;

	if (b == NULL)
		return TB_ERR_MEMORY;
	tb_check_bundle_init(b);
	compare_seen(p); /* somebody may remember the empty log */
	for (uint64_t k = 0; k < p->check->num_bundles && err == TB_OK && p->num_missing < MAX_MISSING; k++) {
		err = reserve_root(p->check, k);
		if (err == TB_OK)
			err = hash_bundle(p, b, k);
	}
	tb_check_bundle_release(b);
	free(b);
	return err == TB_OK ? tb_tile_builder_finish(&p->builder) : err;
}

static tb_err tree_pass_run(tree_pass *p)
{
	tb_check *c = p->check;
	bool by_tiles = false;
	uint8_t root[32];
	tb_err err;

	p->has_seen = open_seen(p);
	err = hash_bundles(p);
	if (err != TB_OK)
		return err;
	c->is_hopeless = p->num_missing >= MAX_MISSING;
	if (c->is_hopeless)
		return TB_OK;
	tb_tile_builder_root(&p->builder, root);
	if (memcmp(root, c->checkpoint.root, 32) != 0)
		err = tb_check_diagnose(c, root, &by_tiles);
	/* Where the entries are right, every tile that differs from what they make is wrong. */
	for (size_t i = 0; i < p->num && err == TB_OK && !by_tiles; i++)
		report_difference(c, &p->list[i]);
	return err;
}

tb_err tb_check_tree(tb_check *c)
{
	tree_pass *p = calloc(1, sizeof *p);
	tb_err err = TB_ERR_MEMORY;

	if (p == NULL)
		return TB_ERR_MEMORY;
	tb_check_stage(c, "hashing the log", c->size);
	p->check = c;
	tb_tile_builder_init(&p->builder, compare_tile, p);
	tb_buf_init(&p->tile, TB_TILE_BYTES);
	p->list = malloc(MAX_DIFFERENCES * sizeof *p->list);
	c->num_bundles = (c->size + TB_TILE_WIDTH - 1) / TB_TILE_WIDTH;
	if (p->list != NULL)
		err = tree_pass_run(p);
	tb_buf_release(&p->tile);
	free(p->list);
	free(p);
	return err;
}

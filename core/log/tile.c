/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/tile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"

/* ---- paths ---- */

/* "x001/x234/067" */
static size_t write_index(char *out, size_t size, uint64_t index)
{
	uint64_t groups[8];
	size_t num = 0, len = 0;

	do {
		groups[num++] = index % 1000;
		index /= 1000;
	} while (index > 0);
	while (num-- > 0)
		len += (size_t)snprintf(out + len, size - len, "%s%03u%s", num > 0 ? "x" : "",
			(unsigned)(groups[num] % 1000), num > 0 ? "/" : "");
	return len;
}

void tb_tile_path(char out[TB_PATH_MAX], const tb_tile *t)
{
	size_t len;

	TB_REQUIRE((t->level < TB_TILE_LEVELS || t->level == TB_TILE_ENTRIES) && t->width >= 1 &&
		   t->width <= TB_TILE_WIDTH && t->index <= TB_MERKLE_MAX_SIZE);
	if (t->level == TB_TILE_ENTRIES)
		len = (size_t)snprintf(out, TB_PATH_MAX, "log/tile/entries/");
	else
		len = (size_t)snprintf(out, TB_PATH_MAX, "log/tile/%u/", t->level);
	len += write_index(out + len, TB_PATH_MAX - len, t->index);
	if (t->width < TB_TILE_WIDTH)
		snprintf(out + len, TB_PATH_MAX - len, ".p/%u", t->width);
}

static bool take(const char **at, const char *end, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(end - *at) < len || memcmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

/* A run of at most `most` digits; the spelling is checked by writing the path again. */
static bool take_digits(const char **at, const char *end, uint64_t *v, int most)
{
	const char *start = *at;

	for (*v = 0; *at < end && *at - start < most && **at >= '0' && **at <= '9'; (*at)++)
		*v = *v * 10 + (uint64_t)(**at - '0');
	return *at > start;
}

tb_err tb_tile_path_parse(tb_tile *out, const char *in, size_t in_len)
{
	const char *at = in, *end = in + in_len;
	char again[TB_PATH_MAX];
	uint64_t v = 0, level = TB_TILE_ENTRIES;
	tb_tile t = {.width = TB_TILE_WIDTH};

	if (in_len >= TB_PATH_MAX || !take(&at, end, "log/tile/"))
		return TB_ERR_ENCODING;
	if (!take(&at, end, "entries/") &&
		(!take_digits(&at, end, &level, 2) || level >= TB_TILE_LEVELS || !take(&at, end, "/")))
		return TB_ERR_ENCODING;
	t.level = (unsigned)level;
	while (take(&at, end, "x")) {
		if (!take_digits(&at, end, &v, 3) || !take(&at, end, "/"))
			return TB_ERR_ENCODING;
		t.index = t.index * 1000 + v;
		if (t.index > TB_MERKLE_MAX_SIZE)
			return TB_ERR_ENCODING;
	}
	if (!take_digits(&at, end, &v, 3))
		return TB_ERR_ENCODING;
	t.index = t.index * 1000 + v;
	if (take(&at, end, ".p/")) {
		if (!take_digits(&at, end, &v, 3) || v < 1 || v >= TB_TILE_WIDTH)
			return TB_ERR_ENCODING;
		t.width = (unsigned)v;
	}
	if (t.index > TB_MERKLE_MAX_SIZE)
		return TB_ERR_ENCODING;
	/* One spelling: leading zeroes, "x000/001" and the like are other files with the same meaning. */
	tb_tile_path(again, &t);
	if (strlen(again) != in_len || memcmp(again, in, in_len) != 0)
		return TB_ERR_ENCODING;
	*out = t;
	return TB_OK;
}

#define BLOB_PREFIX "blob/"
#define BLOB_PREFIX_LEN 5

void tb_blob_path(char out[TB_PATH_MAX], const uint8_t hash[32])
{
	memcpy(out, BLOB_PREFIX, BLOB_PREFIX_LEN);
	tb_hex_write(out + BLOB_PREFIX_LEN, hash, 32);
	out[BLOB_PREFIX_LEN + TB_HEX_LEN(32)] = '\0';
}

tb_err tb_blob_path_parse(uint8_t hash[32], const char *in, size_t in_len)
{
	uint8_t read[32];

	if (in_len != BLOB_PREFIX_LEN + TB_HEX_LEN(32) || memcmp(in, BLOB_PREFIX, BLOB_PREFIX_LEN) != 0 ||
		tb_hex_parse_fixed(read, sizeof read, in + BLOB_PREFIX_LEN, TB_HEX_LEN(32)) != TB_OK)
		return TB_ERR_ENCODING;
	memcpy(hash, read, sizeof read);
	return TB_OK;
}

/* ---- which tiles ---- */

/* The hashes at a level of tiles in a tree of `size` leaves; bundles are as many as leaves. */
static uint64_t hashes_at(unsigned level, uint64_t size)
{
	return level == TB_TILE_ENTRIES ? size : size >> (8 * level);
}

/* The width of the tile at that place; 0 when there is none. */
static unsigned width_of(unsigned level, uint64_t index, uint64_t size)
{
	uint64_t num = hashes_at(level, size);

	if (index > num / TB_TILE_WIDTH)
		return 0;
	return index < num / TB_TILE_WIDTH ? TB_TILE_WIDTH : (unsigned)(num % TB_TILE_WIDTH);
}

bool tb_tile_is_of(const tb_tile *t, uint64_t size)
{
	return t->width > 0 && (t->level < TB_TILE_LEVELS || t->level == TB_TILE_ENTRIES) &&
	       t->width == width_of(t->level, t->index, size);
}

void tb_tile_of_node(tb_tile *out, unsigned level, uint64_t index, uint64_t size)
{
	unsigned within = level % 8;

	TB_REQUIRE(level <= TB_MERKLE_LEVELS && index <= TB_MERKLE_MAX_SIZE >> level &&
		   (index + 1) << level <= size && size <= TB_MERKLE_MAX_SIZE);
	out->level = level / 8;
	out->index = (index << within) / TB_TILE_WIDTH;
	out->width = width_of(out->level, out->index, size);
}

void tb_tile_of_entry(tb_tile *out, uint64_t index, uint64_t size)
{
	TB_REQUIRE(index < size && size <= TB_MERKLE_MAX_SIZE);
	*out = (tb_tile){.level = TB_TILE_ENTRIES, .index = index / TB_TILE_WIDTH};
	out->width = width_of(TB_TILE_ENTRIES, out->index, size);
}

tb_tile tb_tile_first(uint64_t size)
{
	TB_REQUIRE(size <= TB_MERKLE_MAX_SIZE);
	return (tb_tile){.width = width_of(0, 0, size)};
}

void tb_tile_next(tb_tile *t, uint64_t size)
{
	t->index++;
	t->width = width_of(t->level, t->index, size);
	if (t->width > 0 || t->level == TB_TILE_ENTRIES)
		return;
	t->index = 0;
	t->level++;
	if (t->level == TB_TILE_LEVELS || hashes_at(t->level, size) == 0)
		t->level = TB_TILE_ENTRIES;
	t->width = width_of(t->level, 0, size);
}

/* The root of the complete subtree over 2^height consecutive hashes.  Variable depth, at most 8 calls deep. */
static void subtree(uint8_t out[TB_MERKLE_BYTES], const uint8_t *hashes, unsigned height)
{
	uint8_t left[TB_MERKLE_BYTES], right[TB_MERKLE_BYTES];

	if (height == 0) {
		memcpy(out, hashes, TB_MERKLE_BYTES);
		return;
	}
	subtree(left, hashes, height - 1);
	subtree(right, hashes + (((size_t)1 << (height - 1)) * TB_MERKLE_BYTES), height - 1);
	tb_merkle_node(out, left, right);
}

void tb_tile_node(uint8_t out[TB_MERKLE_BYTES], const uint8_t *tile, unsigned level, uint64_t index)
{
	unsigned height = level % 8;
	size_t first = (size_t)((index << height) % TB_TILE_WIDTH);

	subtree(out, tile + first * TB_MERKLE_BYTES, height);
}

/* ---- the builder ---- */

void tb_tile_builder_init(
	tb_tile_builder *b, tb_err (*emit)(void *ctx, const tb_tile *t, const uint8_t *bytes), void *ctx)
{
	b->emit = emit;
	b->ctx = ctx;
	b->size = 0;
	memset(b->num, 0, sizeof b->num);
}

tb_err tb_tile_builder_append(tb_tile_builder *b, const uint8_t leaf[TB_MERKLE_BYTES])
{
	uint8_t hash[TB_MERKLE_BYTES];

	TB_REQUIRE(b->size < TB_MERKLE_MAX_SIZE);
	memcpy(hash, leaf, sizeof hash);
	b->size++;
	for (unsigned level = 0; level < TB_TILE_LEVELS; level++) {
		tb_tile t = {.level = level,
			.index = (b->size >> (8 * level)) / TB_TILE_WIDTH - 1,
			.width = TB_TILE_WIDTH};
		tb_err err;

		memcpy(b->tile[level] + b->num[level] * (size_t)TB_MERKLE_BYTES, hash, sizeof hash);
		b->num[level]++;
		if (b->num[level] < TB_TILE_WIDTH)
			return TB_OK;
		err = b->emit(b->ctx, &t, b->tile[level]);
		if (err != TB_OK)
			return err;
		/* A full tile is one hash of the level above. */
		subtree(hash, b->tile[level], 8);
		b->num[level] = 0;
	}
	return TB_OK;
}

tb_err tb_tile_builder_finish(const tb_tile_builder *b)
{
	for (unsigned level = 0; level < TB_TILE_LEVELS; level++) {
		tb_tile t = {.level = level,
			.index = (b->size >> (8 * level)) / TB_TILE_WIDTH,
			.width = b->num[level]};
		tb_err err = t.width == 0 ? TB_OK : b->emit(b->ctx, &t, b->tile[level]);

		if (err != TB_OK)
			return err;
	}
	return TB_OK;
}

/* Every complete subtree at the right edge lies in the open tile of its level. */
static tb_err read_open_tile(void *ctx, uint8_t out[TB_MERKLE_BYTES], unsigned level, uint64_t index)
{
	const tb_tile_builder *b = ctx;

	tb_tile_node(out, b->tile[level / 8], level, index);
	return TB_OK;
}

void tb_tile_builder_root(const tb_tile_builder *b, uint8_t out[TB_MERKLE_BYTES])
{
	/* The reader only reads; the interface has no const. */
	tb_merkle_reader nodes = {read_open_tile, (void *)(uintptr_t)b};

	TB_REQUIRE(tb_merkle_root(out, &nodes, b->size) == TB_OK);
}

/* ---- bundles ---- */

void tb_bundle_write(tb_buf *out, const void *entry, size_t entry_len)
{
	if (entry_len > TB_ENTRY_MAX_BYTES) {
		tb_buf_fail(out, TB_ERR_LIMIT);
		return;
	}
	tb_buf_u16(out, (uint16_t)entry_len);
	tb_buf_append(out, entry, entry_len);
}

void tb_bundle_init(tb_bundle *b, const void *bytes, size_t len, unsigned width)
{
	tb_reader_init(&b->reader, bytes, len);
	b->left = width;
}

tb_err tb_bundle_next(tb_bundle *b, const uint8_t **entry, size_t *entry_len)
{
	size_t len;

	if (b->left == 0)
		return tb_reader_done(&b->reader) == TB_OK ? TB_ERR_NOT_FOUND : TB_ERR_ENCODING;
	len = tb_reader_u16(&b->reader);
	*entry = tb_reader_skip(&b->reader, len);
	*entry_len = len;
	b->left--;
	return b->reader.err;
}

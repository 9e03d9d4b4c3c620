/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"

#define CHUNK_BITS 8u
#define CHUNK 256u /* leaves */
#define RING 256u  /* chunks in memory */
#define UPPER_LEVELS (TB_MERKLE_LEVELS - CHUNK_BITS + 1)

/* All nodes over one run of 256 leaves, below its root: level l starts at 512 - (512 >> l). */
typedef struct chunk {
	uint8_t node[2 * CHUNK - 2][TB_MERKLE_BYTES];
} chunk;

/* The complete nodes of one level from CHUNK_BITS up. */
typedef struct upper {
	uint8_t (*node)[TB_MERKLE_BYTES];
	size_t num, cap;
} upper;

struct tb_history {
	uint64_t size;
	chunk *ring[RING]; /* chunk c is in slot c % RING; allocated as needed */
	upper upper[UPPER_LEVELS];
	int spool;          /* -1 until it is needed; chunk c at c * CHUNK * 32 */
	chunk *old;         /* the spooled chunk that was asked for last */
	uint64_t old_index; /* which one that is; UINT64_MAX: none */
};

tb_err tb_history_new(tb_history **out)
{
	tb_history *h = calloc(1, sizeof *h);

	*out = h;
	if (h == NULL)
		return TB_ERR_MEMORY;
	h->spool = -1;
	h->old_index = UINT64_MAX;
	return TB_OK;
}

void tb_history_free(tb_history *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < RING; i++)
		free(h->ring[i]);
	for (size_t i = 0; i < UPPER_LEVELS; i++)
		free(h->upper[i].node);
	free(h->old);
	if (h->spool >= 0)
		close(h->spool);
	free(h);
}

uint64_t tb_history_size(const tb_history *h)
{
	return h->size;
}

/* ---- chunks ---- */

static uint8_t *chunk_node(chunk *c, unsigned level, size_t index)
{
	return c->node[2 * CHUNK - (2 * CHUNK >> level) + index];
}

/* Fills in the nodes that leaf number `i` of the chunk completes; the last leaf also completes the chunk's root. */
static void chunk_complete(chunk *c, size_t i, uint8_t root[TB_MERKLE_BYTES])
{
	for (unsigned level = 0; level < CHUNK_BITS && (i >> level & 1) == 1; level++) {
		size_t index = i >> level;
		uint8_t *parent = level + 1 < CHUNK_BITS ? chunk_node(c, level + 1, index >> 1) : root;

		tb_merkle_node(parent, chunk_node(c, level, index - 1), chunk_node(c, level, index));
	}
}

/* ---- the spool ---- */

static int open_spool(void)
{
	const char *dir = getenv("TMPDIR");
	char *path;
	int fd;

	if (dir == NULL || dir[0] == '\0')
		dir = "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	/* A file system without O_TMPFILE. */
	if (asprintf(&path, "%s/tabella-XXXXXX", dir) < 0)
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static tb_err spool_write(tb_history *h, uint64_t index)
{
	if (h->spool < 0)
		h->spool = open_spool();
	if (h->spool < 0)
		return TB_ERR_IO;
	return tb_file_pwrite(h->spool, h->ring[index % RING]->node, CHUNK * TB_MERKLE_BYTES,
		index * CHUNK * TB_MERKLE_BYTES);
}

/* Brings a spooled chunk back, with its inner nodes. */
static tb_err spool_read(tb_history *h, uint64_t index)
{
	uint8_t root[TB_MERKLE_BYTES];
	tb_err err;

	if (h->old == NULL)
		h->old = malloc(sizeof *h->old);
	if (h->old == NULL)
		return TB_ERR_MEMORY;
	h->old_index = UINT64_MAX;
	err = tb_file_pread(h->spool, h->old->node, CHUNK * TB_MERKLE_BYTES, index * CHUNK * TB_MERKLE_BYTES);
	if (err != TB_OK)
		return err;
	for (size_t i = 0; i < CHUNK; i++)
		chunk_complete(h->old, i, root);
	h->old_index = index;
	return TB_OK;
}

/* The chunk `index`, from the ring or the spool. */
static tb_err find_chunk(tb_history *h, uint64_t index, chunk **out)
{
	uint64_t newest = (h->size - 1) / CHUNK;

	if (index + RING > newest) {
		*out = h->ring[index % RING];
		return TB_OK;
	}
	if (h->old_index != index) {
		tb_err err = spool_read(h, index);

		if (err != TB_OK)
			return err;
	}
	*out = h->old;
	return TB_OK;
}

/* ---- growing ---- */

static tb_err reserve_upper(upper *u)
{
	size_t cap = u->cap == 0 ? 16 : u->cap * 2;
	void *more;

	if (u->num < u->cap)
		return TB_OK;
	more = realloc(u->node, cap * sizeof *u->node);
	if (more == NULL)
		return TB_ERR_MEMORY;
	u->node = more;
	u->cap = cap;
	return TB_OK;
}

/* Everything that may fail for the chunk that begins now, so that filling it cannot: a slot of the ring, with its old content
 * spooled, and room for the roots that its end will add. */
static tb_err begin_chunk(tb_history *h, uint64_t index)
{
	chunk **slot = &h->ring[index % RING];
	tb_err err = TB_OK;

	if (index >= RING)
		err = spool_write(h, index - RING);
	else if (*slot == NULL)
		*slot = malloc(sizeof **slot);
	if (err == TB_OK && *slot == NULL)
		err = TB_ERR_MEMORY;
	for (size_t i = 0; i < UPPER_LEVELS && err == TB_OK; i++)
		if (i == 0 || h->upper[i - 1].num % 2 == 1)
			err = reserve_upper(&h->upper[i]);
		else
			break;
	return err;
}

static void push_upper(tb_history *h, const uint8_t root[TB_MERKLE_BYTES])
{
	uint8_t carry[TB_MERKLE_BYTES];

	memcpy(carry, root, sizeof carry);
	for (size_t i = 0; i < UPPER_LEVELS; i++) {
		upper *u = &h->upper[i];

		memcpy(u->node[u->num++], carry, sizeof carry);
		if (u->num % 2 == 1)
			return;
		tb_merkle_node(carry, u->node[u->num - 2], u->node[u->num - 1]);
	}
}

tb_err tb_history_append(tb_history *h, const uint8_t leaf[TB_MERKLE_BYTES])
{
	uint64_t index = h->size / CHUNK;
	size_t within = (size_t)(h->size % CHUNK);
	uint8_t root[TB_MERKLE_BYTES];
	chunk *c;

	TB_REQUIRE(h->size < TB_MERKLE_MAX_SIZE);
	if (within == 0) {
		tb_err err = begin_chunk(h, index);

		if (err != TB_OK)
			return err;
	}
	c = h->ring[index % RING];
	memcpy(c->node[within], leaf, TB_MERKLE_BYTES);
	chunk_complete(c, within, root);
	if (within == CHUNK - 1)
		push_upper(h, root);
	h->size++;
	return TB_OK;
}

/* ---- asking ---- */

static tb_err read_node(void *ctx, uint8_t out[TB_MERKLE_BYTES], unsigned level, uint64_t index)
{
	tb_history *h = ctx;
	unsigned below = CHUNK_BITS - level;
	chunk *c;
	tb_err err;

	if (level > TB_MERKLE_LEVELS || index >= h->size >> level)
		return TB_ERR_RANGE;
	if (level >= CHUNK_BITS) {
		memcpy(out, h->upper[level - CHUNK_BITS].node[index], TB_MERKLE_BYTES);
		return TB_OK;
	}
	err = find_chunk(h, index >> below, &c);
	if (err == TB_OK)
		memcpy(out, chunk_node(c, level, (size_t)(index & ((UINT64_C(1) << below) - 1))),
			TB_MERKLE_BYTES);
	return err;
}

tb_merkle_reader tb_history_reader(tb_history *h)
{
	return (tb_merkle_reader){read_node, h};
}

tb_err tb_history_root(tb_history *h, uint8_t out[TB_MERKLE_BYTES], uint64_t size)
{
	tb_merkle_reader nodes = {read_node, h};

	return size > h->size ? TB_ERR_RANGE : tb_merkle_root(out, &nodes, size);
}

tb_err tb_history_leaf(tb_history *h, uint8_t out[TB_MERKLE_BYTES], uint64_t index)
{
	return read_node(h, out, 0, index);
}

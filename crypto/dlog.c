/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/dlog.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * The table is open addressing over slots of 8 bytes: 32 bits of the hash of the encoding, and the exponent plus 1
 * (0 = empty).  32 bits may agree by chance, so every hit is checked with a multiplication.
 */
#define MAX_ENTRIES (UINT64_C(1) << 22)
#define MIN_ENTRIES 64
#define PROGRESS_EVERY 4096

typedef struct tb_slot {
	uint32_t tag, exponent_plus_1;
} tb_slot;

struct tb_dlog {
	const tb_group *g;
	uint64_t bound;
	uint64_t num_entries; /* T */
	uint64_t mask;        /* number of slots - 1, a power of two minus 1 */
	tb_slot *slots;
	tb_point minus_giant; /* -T*g */
};

/* Mixes the last 32 bytes of the encoding (all of it, where it is shorter).  Encodings are as good as random, save in
 * the tiny test groups; nobody gains by collisions here, they only cost time. */
static uint64_t hash_point(const tb_group *g, const tb_point *p)
{
	uint8_t wire[TB_POINT_MAX_BYTES] = {0};
	size_t len = tb_group_point_bytes(g);
	uint64_t h = 0;

	tb_point_write(g, wire, p);
	for (size_t i = len > 32 ? len - 32 : 0; i < len; i += 8) {
		uint64_t word;

		memcpy(&word, wire + i, sizeof word);
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return h;
}

static void insert(tb_dlog *t, uint64_t h, uint64_t exponent)
{
	uint64_t i = h & t->mask;

	while (t->slots[i].exponent_plus_1 != 0)
		i = (i + 1) & t->mask;
	t->slots[i].tag = (uint32_t)(h >> 32);
	t->slots[i].exponent_plus_1 = (uint32_t)exponent + 1;
}

/* Smallest T with T*T >= bound * targets, within the limits. */
static uint64_t choose_entries(uint64_t bound, uint64_t targets)
{
	uint64_t want, entries = MIN_ENTRIES;

	if (__builtin_mul_overflow(bound, targets, &want))
		return MAX_ENTRIES;
	while (entries < MAX_ENTRIES && entries * entries < want)
		entries *= 2;
	/* A table beyond the bound is never looked at. */
	return entries > bound + 1 ? bound + 1 : entries;
}

static tb_err fill(tb_dlog *t, tb_dlog_progress_fn *progress, void *progress_ctx)
{
	tb_point p, generator;

	tb_point_generator(t->g, &generator);
	tb_point_identity(t->g, &p);
	for (uint64_t j = 0; j < t->num_entries; j++) {
		if (progress != NULL && j % PROGRESS_EVERY == 0 &&
			progress(progress_ctx, j, t->num_entries) != 0)
			return TB_ERR_STATE;
		insert(t, hash_point(t->g, &p), j);
		tb_point_add(t->g, &p, &p, &generator);
	}
	tb_point_neg(t->g, &t->minus_giant, &p);
	return TB_OK;
}

tb_err tb_dlog_new(const tb_group *g, tb_dlog **out, uint64_t bound, uint64_t num_targets,
	tb_dlog_progress_fn *progress, void *progress_ctx)
{
	uint64_t num_slots = 2;
	tb_dlog *t;
	tb_err err;

	TB_REQUIRE(num_targets >= 1);
	if (bound > TB_DLOG_MAX_BOUND)
		return TB_ERR_LIMIT;
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return TB_ERR_MEMORY;
	t->g = g;
	t->bound = bound;
	t->num_entries = choose_entries(bound, num_targets);
	while (num_slots < 2 * t->num_entries)
		num_slots *= 2;
	t->mask = num_slots - 1;
	t->slots = calloc(num_slots, sizeof *t->slots);
	err = t->slots == NULL ? TB_ERR_MEMORY : fill(t, progress, progress_ctx);
	if (err != TB_OK) {
		tb_dlog_free(t);
		return err;
	}
	*out = t;
	return TB_OK;
}

void tb_dlog_free(tb_dlog *t)
{
	if (t == NULL)
		return;
	free(t->slots);
	free(t);
}

static bool is_multiple(const tb_group *g, uint64_t v, const tb_point *M)
{
	tb_point p;
	tb_scalar k;

	tb_point_generator(g, &p);
	tb_scalar_set_u64(g, &k, v);
	tb_point_mul_public(g, &p, &k, &p);
	return tb_point_equal(g, &p, M);
}

/* Is M = (giant + j)*g for a j of the table?  `h` is the hash of M - giant*g. */
static bool look_up(const tb_dlog *t, uint64_t *out, uint64_t h, uint64_t giant, const tb_point *M)
{
	for (uint64_t i = h & t->mask; t->slots[i].exponent_plus_1 != 0; i = (i + 1) & t->mask) {
		uint64_t v = giant + t->slots[i].exponent_plus_1 - 1;

		if (t->slots[i].tag == (uint32_t)(h >> 32) && v <= t->bound && is_multiple(t->g, v, M)) {
			*out = v;
			return true;
		}
	}
	return false;
}

tb_err tb_dlog_solve(
	const tb_dlog *t, uint64_t *out, const tb_point *M, tb_dlog_progress_fn *progress, void *progress_ctx)
{
	uint64_t num_steps = t->bound / t->num_entries + 1;
	tb_point p;

	tb_point_copy(t->g, &p, M);
	for (uint64_t i = 0; i < num_steps; i++) {
		if (progress != NULL && i % PROGRESS_EVERY == 0 && progress(progress_ctx, i, num_steps) != 0)
			return TB_ERR_STATE;
		if (look_up(t, out, hash_point(t->g, &p), i * t->num_entries, M))
			return TB_OK;
		tb_point_add(t->g, &p, &p, &t->minus_giant);
	}
	return TB_ERR_RANGE;
}

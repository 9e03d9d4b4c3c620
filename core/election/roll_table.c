/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/roll_table.h"

#include <stdlib.h>
#include <string.h>

/* ---- records ---- */

tb_err tb_records_reserve(tb_roll_records *r, uint32_t more)
{
	uint64_t num = (uint64_t)r->num + more;
	uint64_t blocks = (num + TB_ROLL_BLOCK - 1) / TB_ROLL_BLOCK;

	if (num > UINT32_MAX - 1)
		return TB_ERR_LIMIT;
	if (blocks > r->cap_blocks) {
		uint32_t cap = (uint32_t)blocks + r->cap_blocks;
		tb_roll_record **list = realloc(r->block, cap * sizeof *list);

		if (list == NULL)
			return TB_ERR_MEMORY;
		r->block = list;
		r->cap_blocks = cap;
	}
	while (r->num_blocks < blocks) {
		tb_roll_record *block = malloc(TB_ROLL_BLOCK * sizeof *block);

		if (block == NULL)
			return TB_ERR_MEMORY;
		r->block[r->num_blocks++] = block;
	}
	return TB_OK;
}

tb_roll_record *tb_records_at(const tb_roll_records *r, uint32_t i)
{
	TB_REQUIRE(i / TB_ROLL_BLOCK < r->num_blocks);
	return &r->block[i / TB_ROLL_BLOCK][i % TB_ROLL_BLOCK];
}

void tb_records_release(tb_roll_records *r)
{
	for (uint32_t i = 0; i < r->num_blocks; i++)
		free(r->block[i]);
	free(r->block);
	memset(r, 0, sizeof *r);
}

size_t tb_records_memory(const tb_roll_records *r)
{
	return (size_t)r->num_blocks * TB_ROLL_BLOCK * sizeof(tb_roll_record) +
	       r->cap_blocks * sizeof *r->block;
}

/* ---- index ---- */

#define INDEX_LEAST 1024

static uint32_t home(const tb_roll_index *x, uint64_t hash)
{
	return (uint32_t)((unsigned __int128)hash * x->cap >> 64);
}

/* What is stored of the hash: its low bits, which hardly depend on the high ones that chose the slot. */
static uint32_t hash_bits(const tb_roll_index *x, uint64_t hash)
{
	return (uint32_t)hash << x->number_bits;
}

static unsigned bits_for(uint32_t cap)
{
	unsigned bits = 1;

	while (bits < 32 && (UINT64_C(1) << bits) <= cap)
		bits++;
	return bits;
}

/* Is the load at most 0.95? */
static bool has_room(uint32_t cap, uint64_t num)
{
	return num * 20 <= (uint64_t)cap * 19;
}

void tb_index_add(tb_roll_index *x, uint64_t hash, uint32_t number)
{
	uint32_t at = home(x, hash);

	TB_REQUIRE(has_room(x->cap, (uint64_t)x->num + 1));
	while (x->slot[at] != 0)
		at = at + 1 < x->cap ? at + 1 : 0;
	x->slot[at] = hash_bits(x, hash) | (number + 1); /* 0 is an empty slot */
	x->num++;
}

tb_err tb_index_reserve(tb_roll_index *x, uint32_t num, uint32_t more, tb_roll_hash_fn hash, const void *arg)
{
	uint64_t cap = ((uint64_t)num + more) * 10 / 9 + INDEX_LEAST / 4; /* a load of 0.9 */
	uint32_t *slot;

	if (x->cap > 0 && has_room(x->cap, (uint64_t)x->num + more))
		return TB_OK;
	if (cap < INDEX_LEAST)
		cap = INDEX_LEAST;
	if (cap < x->cap)
		cap = x->cap; /* forgetting is enough */
	if (cap >= UINT32_MAX)
		return TB_ERR_LIMIT;
	/* In place: no second table beside the first, not even for a moment. */
	slot = realloc(x->slot, cap * sizeof *slot);
	if (slot == NULL)
		return TB_ERR_MEMORY;
	memset(slot, 0, cap * sizeof *slot);
	x->slot = slot;
	x->cap = (uint32_t)cap;
	x->num = 0;
	x->number_bits = bits_for(x->cap);
	for (uint32_t i = 0; i < num; i++)
		tb_index_add(x, hash(arg, i), i);
	return TB_OK;
}

bool tb_index_next(const tb_roll_index *x, uint64_t hash, uint32_t *probe, uint32_t *number)
{
	const uint32_t mask = (uint32_t)((UINT64_C(1) << x->number_bits) - 1);
	uint32_t at, bits;

	if (x->cap == 0)
		return false;
	bits = hash_bits(x, hash);
	at = home(x, hash);
	at = (uint32_t)(((uint64_t)at + *probe) % x->cap);
	for (; x->slot[at] != 0; at = at + 1 < x->cap ? at + 1 : 0) {
		(*probe)++;
		if ((x->slot[at] & ~mask) == bits) {
			*number = (x->slot[at] & mask) - 1;
			return true;
		}
	}
	return false;
}

void tb_index_release(tb_roll_index *x)
{
	free(x->slot);
	memset(x, 0, sizeof *x);
}

/* ---- weights ---- */

/* The slot of a value, or the empty one where it belongs.  Multiply-shift hashing: a registrar who chooses all values, but does not know
 * the multiplier, cannot crowd them into one place and so make every look-up a walk through a list. */
static tb_roll_holding *holding(const tb_roll_weights *w, uint32_t weight)
{
	uint32_t at = (uint32_t)((unsigned __int128)(weight * w->multiplier) * w->cap >> 64);

	while (w->slot[at].weight != 0 && w->slot[at].weight != weight)
		at = at + 1 < w->cap ? at + 1 : 0;
	return &w->slot[at];
}

tb_err tb_weights_reserve(tb_roll_weights *w, uint32_t more)
{
	tb_roll_weights bigger = {.cap = w->cap == 0 ? 16 : w->cap, .multiplier = w->multiplier};

	while ((uint64_t)(w->num + more) * 4 > (uint64_t)bigger.cap * 3)
		bigger.cap *= 2;
	if (bigger.cap == w->cap)
		return TB_OK;
	bigger.slot = calloc(bigger.cap, sizeof *bigger.slot);
	if (bigger.slot == NULL)
		return TB_ERR_MEMORY;
	for (uint32_t i = 0; i < w->cap; i++)
		if (w->slot[i].weight != 0)
			*holding(&bigger, w->slot[i].weight) = w->slot[i];
	bigger.num = w->num;
	free(w->slot);
	*w = bigger;
	return TB_OK;
}

uint32_t tb_weights_holders(const tb_roll_weights *w, uint32_t weight)
{
	return w->cap == 0 ? 0 : holding(w, weight)->holders;
}

void tb_weights_add(tb_roll_weights *w, uint32_t weight)
{
	tb_roll_holding *h = holding(w, weight);

	if (h->weight == 0) {
		h->weight = weight;
		w->num++;
		TB_REQUIRE(w->num < w->cap);
	}
	h->holders++;
}

void tb_weights_remove(tb_roll_weights *w, uint32_t weight)
{
	tb_roll_holding *h = holding(w, weight);

	TB_REQUIRE(h->holders > 0);
	h->holders--; /* the slot stays: taking it out would break the chains of others */
}

void tb_weights_release(tb_roll_weights *w)
{
	free(w->slot);
	memset(w, 0, sizeof *w);
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_ROLL_TABLE_H
#define TB_CORE_ELECTION_ROLL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * The data structures behind core/election/roll.c, of which each voter pays 64 bytes at most: a record of 55, and in
 * each of two indexes at most 4.45 (4 by 0.9, its load after growing).
 */

/* ---- records: in blocks, so that they never move and growing copies nothing ---- */
#define TB_ROLL_BLOCK 16384

enum { TB_VOTER_REMOVED = 1, TB_VOTER_ADDED = 2, TB_VOTER_CHANGED = 4 };

typedef struct tb_roll_record {
	uint8_t key[32];
	uint8_t id_tag[10];
	uint8_t leaf_tag[6];
	uint8_t latest[4];           /* index of the latest ballot + 1, or 0; big-endian */
	uint8_t weight_and_flags[3]; /* 20 bits and 4 */
} tb_roll_record;

_Static_assert(sizeof(tb_roll_record) == 55, "a voter costs 55 bytes and two index slots");

typedef struct tb_roll_records {
	tb_roll_record **block;
	uint32_t num, num_blocks, cap_blocks;
} tb_roll_records;

/* Room for `more` records after the present ones.  MEMORY. */
TB_CHECKED tb_err tb_records_reserve(tb_roll_records *r, uint32_t more);
tb_roll_record *tb_records_at(const tb_roll_records *r, uint32_t i); /* i < room */
void tb_records_release(tb_roll_records *r);
size_t tb_records_memory(const tb_roll_records *r);

/* ---- index: from a 64-bit hash to the numbers of the records that may have it ---- */
/* Linear probing in slots of 32 bits: as many as the number needs, the rest (at least 7 for up to 2^25 voters) are bits of the
 * hash, so that hardly any foreign record is looked at. */
typedef struct tb_roll_index {
	uint32_t *slot;
	uint32_t cap, num;
	unsigned number_bits;
} tb_roll_index;

/* Room for `more` further entries, kept below a load of 0.95.  Growing enters the numbers 0..num-1 anew by their present hashes and
 * forgets what else was entered, so the caller says how to hash a record again.  MEMORY, LIMIT; *x is then unchanged. */
typedef uint64_t (*tb_roll_hash_fn)(const void *arg, uint32_t number);
TB_CHECKED tb_err tb_index_reserve(
	tb_roll_index *x, uint32_t num, uint32_t more, tb_roll_hash_fn hash, const void *arg);
/* Enters number `number`; there is room. */
void tb_index_add(tb_roll_index *x, uint64_t hash, uint32_t number);
/* Candidates for a hash, one after the other: *probe is 0 at first; false when there are no more. */
bool tb_index_next(const tb_roll_index *x, uint64_t hash, uint32_t *probe, uint32_t *number);
void tb_index_release(tb_roll_index *x);

/* ---- weights: how many voters have each value ---- */
typedef struct tb_roll_holding {
	uint32_t weight, holders; /* weight 0: an empty slot */
} tb_roll_holding;

typedef struct tb_roll_weights {
	tb_roll_holding *slot;
	uint32_t cap, num;   /* slots, and those that are taken */
	uint64_t multiplier; /* random and odd: who chooses the values cannot choose where they go */
} tb_roll_weights;

/* Room for `more` further values.  MEMORY. */
TB_CHECKED tb_err tb_weights_reserve(tb_roll_weights *w, uint32_t more);
uint32_t tb_weights_holders(const tb_roll_weights *w, uint32_t weight);
/* One holder more or less; there is room. */
void tb_weights_add(tb_roll_weights *w, uint32_t weight);
void tb_weights_remove(tb_roll_weights *w, uint32_t weight);
void tb_weights_release(tb_roll_weights *w);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_ROLL_H
#define TB_CORE_ELECTION_ROLL_H

#include "core/election/payloads.h"

/*
 * Who may vote: the state that the `roll` and `roll.change` entries build [ROLL], [ROLL.KEYS],
 * [ROLL.WEIGHTS], [RANK.ROLL], [ROLL.CHANGE], in at most 64 bytes per voter, hash tables included, and about 54 per replaced credential.  Ids, labels and leaf
 * hashes are not kept: an id is known by a tag of 80 bits, the leaf of the latest ballot by one of 48, both
 * keyed with a fresh secret of this process, so that nobody can look for collisions.
 *
 * A chunk is parsed by a pure function, which has the costly part (a key is a point: 5 us each) and may run
 * in other threads; checking and applying are light and sequential.
 */
#define TB_ROLL_CHUNK_MAX 1000
#define TB_RANKED_MAX_BYTES                                                                                  \
	((1u << 28) - (1u << 20)) /* what a mix, or a file of ballots, may take for all voters [RANK.ROLL] */

typedef struct tb_roll_voter {
	const char *id, *label; /* NUL-terminated */
	uint32_t weight;
	uint8_t key[32];
} tb_roll_voter;

typedef struct tb_roll_chunk {
	uint64_t first;
	bool is_final;
	tb_roll_voter *voters; /* owned when it was parsed */
	size_t num;
	char *room; /* owned: the strings of a parsed chunk */
} tb_roll_chunk;

/* Everything that concerns this chunk alone: shape, order, ids, labels, weights, keys canonical, not the
 * identity, distinct within it. RULE ROLL, ROLL.KEYS, TEXT, ID, JSON.CANONICAL with a path such as
 * "voters[17]"; MEMORY.  *out is then zeroed.  Thread safe. */
TB_CHECKED tb_err tb_roll_chunk_parse(tb_roll_chunk *out, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_roll_chunk_write(tb_buf *out, const tb_roll_chunk *c); /* MEMORY, LIMIT; appended */
void tb_roll_chunk_release(tb_roll_chunk *c);

typedef struct tb_roll tb_roll;

/* What the manifest says about weights; copied. */
TB_CHECKED tb_err tb_roll_new(tb_roll **out, const tb_manifest *m); /* MEMORY, RANDOM */
void tb_roll_free(tb_roll *r);

/* May this chunk, which was parsed, come next?  Changes nothing.  RULE ROLL, ROLL.KEYS, ROLL.WEIGHTS, RANK.ROLL. */
TB_CHECKED tb_err tb_roll_check_chunk(const tb_roll *r, const tb_roll_chunk *c, tb_fault *fault);
/* Takes in a chunk that tb_roll_check_chunk() let through: all of it, or nothing and MEMORY. */
TB_CHECKED tb_err tb_roll_apply_chunk(tb_roll *r, const tb_roll_chunk *c);
TB_CHECKED tb_err tb_roll_check_change(const tb_roll *r, const tb_roll_change *c,
	tb_fault *fault); /* RULE ROLL.CHANGE, ROLL.KEYS, ROLL.WEIGHTS, RANK.ROLL */
TB_CHECKED tb_err tb_roll_apply_change(tb_roll *r, const tb_roll_change *c);

/* ---- voters, by a handle that stays the same for the life of the roll ---- */
typedef uint32_t tb_voter;
/* NOT_FOUND.  A removed voter is found. */
TB_CHECKED tb_err tb_roll_find(const tb_roll *r, const char *id, size_t id_len, tb_voter *out);
uint32_t tb_roll_weight(const tb_roll *r, tb_voter v);
const uint8_t *tb_roll_key(
	const tb_roll *r, tb_voter v); /* 32 bytes, borrowed; known to be a canonical point */
bool tb_roll_is_removed(const tb_roll *r, tb_voter v);
bool tb_roll_is_added(const tb_roll *r, tb_voter v);   /* by a roll.change */
bool tb_roll_is_changed(const tb_roll *r, tb_voter v); /* a new credential */
/* The latest ballot: false when there is none. */
bool tb_roll_latest(const tb_roll *r, tb_voter v, uint64_t *index);
/* Is this prev [BALLOT.PREV]: the leaf hash of the voter's latest ballot, or zeroes when there is none? */
bool tb_roll_is_prev(const tb_roll *r, tb_voter v, const uint8_t prev[32]);
/* Records a ballot of a voter who is not removed.  LIMIT for an index of 2^32-1 or more. */
TB_CHECKED tb_err tb_roll_set_latest(tb_roll *r, tb_voter v, uint64_t index, const uint8_t leaf[32]);

/* ---- numbers ---- */
bool tb_roll_is_final(const tb_roll *r);
uint64_t tb_roll_num_listed(const tb_roll *r);   /* ever on the roll, removed ones too */
uint64_t tb_roll_num_voters(const tb_roll *r);   /* on the roll now */
uint64_t tb_roll_total_weight(const tb_roll *r); /* of those */
uint64_t tb_roll_num_cast(const tb_roll *r);     /* on the roll now, with a ballot */
uint64_t tb_roll_weight_cast(const tb_roll *r);  /* of those */
/* The distinct weight values of voters on the roll now, smallest first: calls `each` for every one; `cast` of the holders
 * have a ballot.  MEMORY. */
typedef void (*tb_roll_weight_fn)(void *arg, uint32_t weight, uint64_t holders, uint64_t cast);
TB_CHECKED tb_err tb_roll_each_weight(const tb_roll *r, tb_roll_weight_fn each, void *arg);
/* Weight values with fewer holders than the manifest asks for (0 when all weights are equal). */
size_t tb_roll_num_rare_weights(const tb_roll *r);
size_t tb_roll_memory(const tb_roll *r); /* bytes allocated */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_BITPROOF_H
#define TB_CRYPTO_BITPROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/batch.h"
#include "crypto/group.h"

/*
 * The aggregated ballot proof: one proof that all ciphertexts of a question hold a valid choice.
 * specs/protocol.md section 4; the security argument is in specs/proofs.md.  JS twin:
 * client-js/crypto/bitproof.js.
 *
 * To verify:  definition -> key (generators, h) -> parse -> prepare -> append to a batch -> tb_batch_check().
 * To prove:   definition -> key -> prover (tables) -> prove from votes and one seed.
 * Definitions, generators, keys and provers are read-only once made: threads share them.  A tb_bitproof and a
 * tb_batch belong to one thread at a time.
 */
#define TB_BITPROOF_MAX_OPTIONS 500
#define TB_BITPROOF_MAX_SCORE 255
#define TB_BITPROOF_MAX_BITS 2000
#define TB_BITPROOF_MAX_WEIGHTS 8 /* of a score */
#define TB_BITPROOF_MAX_DEFINITION_BYTES (25 + 4 * TB_BITPROOF_MAX_WEIGHTS + 4 * TB_BITPROOF_MAX_BITS)

/* ---- what a valid choice is [BALLOT.DEFINITION] ---- */
typedef struct tb_bitproof_definition {
	uint32_t num_options, max_score, min, max;
	bool has_blank;
	uint32_t num_weights, num_slack, num_bits;  /* k, number of slack bits, L */
	uint32_t weights[TB_BITPROOF_MAX_WEIGHTS];  /* w */
	uint32_t bit_weights[TB_BITPROOF_MAX_BITS]; /* u */
	uint8_t bytes[TB_BITPROOF_MAX_DEFINITION_BYTES];
	size_t bytes_len;
} tb_bitproof_definition;

/*
 * The weights 1, 2, 4, ..., rest that reach exactly 0..max; returns how many (<= 32).
 */
size_t tb_bitproof_weights(uint32_t out[32], uint32_t max);

/*
 * Derives everything from the five parameters.  RANGE: num_options not in 1..500, max_score not in 1..255,
 * max = 0, min > max, max > num_options * max_score, or has_blank with min = 0.  LIMIT: more than 2000 bits.
 * *out is then unchanged.
 */
TB_CHECKED tb_err tb_bitproof_define(tb_bitproof_definition *out, uint32_t num_options, uint32_t max_score,
	uint32_t min, uint32_t max, bool has_blank);

/*
 * The bits of a choice [BALLOT.BITS] into bits[0..L-1]; votes has num_options entries, blank is 0 or 1.
 * Constant time in the choice; only whether it is valid becomes public.  RANGE: not a valid choice, bits are
 * then all 0.
 */
TB_CHECKED tb_err tb_bitproof_bits(
	const tb_bitproof_definition *def, uint8_t *bits, const uint32_t *votes, uint32_t blank);

/* Wire size of a question's part of a ballot [BALLOT.QUESTION]. */
size_t tb_bitproof_bytes(const tb_group *g, const tb_bitproof_definition *def);

/* ---- generators [BALLOT.GENERATORS] ---- */
typedef struct tb_bitproof_generators tb_bitproof_generators;

/* K and G_1..G_num_bits of a group, hashed from public labels, never read from a board.  Slow in modp4096 (20
 * ms each): made once per process and group, for the largest question.  MEMORY. */
TB_CHECKED tb_err tb_bitproof_generators_new(
	const tb_group *g, tb_bitproof_generators **out, size_t num_bits);
void tb_bitproof_generators_free(tb_bitproof_generators *gens);

/* ---- an election's key ---- */
typedef struct tb_bitproof_key {
	const tb_bitproof_generators *generators; /* borrowed */
	tb_point h;
	uint8_t h_wire[TB_POINT_MAX_BYTES];
} tb_bitproof_key;

/* h is the election key, in the group and not the identity (checked before; the identity is a bug of the
 * caller). */
void tb_bitproof_key_init(tb_bitproof_key *out, const tb_bitproof_generators *gens, const tb_point *h);
const tb_group *tb_bitproof_key_group(const tb_bitproof_key *key);

/* A batch with the bases g, h, K, G_1, ...; also fit for signatures when the group is ristretto255, and for
 * decryption proofs. MEMORY. */
TB_CHECKED tb_err tb_bitproof_batch_new(const tb_bitproof_key *key, tb_batch **out);

/* ---- what a proof is bound to [BALLOT.CHALLENGE] ---- */
typedef struct tb_bitproof_binding {
	const uint8_t *context; /* 32 bytes [CONTEXT] */
	const char *voter;      /* voter id */
	size_t voter_len;
	const uint8_t *voter_key; /* 32 bytes */
	uint64_t question;        /* index from 0 */
} tb_bitproof_binding;

/* ---- proving ---- */
typedef struct tb_bitproof_prover tb_bitproof_prover;

/* Tables for h, K and G_1..G_num_bits (num_bits <= that of the generators); `key` is borrowed.  MEMORY. */
TB_CHECKED tb_err tb_bitproof_prover_new(
	tb_bitproof_prover **out, const tb_bitproof_key *key, size_t num_bits);
void tb_bitproof_prover_free(tb_bitproof_prover *p);

/*
 * Writes the tb_bitproof_bytes() of the question's part: ciphertexts and proof.  All randomness comes from
 * `seed` [BALLOT.SEED]: the same inputs give the same bytes.  Constant time in votes, blank and seed.
 * Allocates and wipes. RANGE: not a valid choice.  RANDOM: this seed is refused, draw another.  MEMORY. `out`
 * is all zero on failure.
 */
TB_CHECKED tb_err tb_bitproof_prove(const tb_bitproof_prover *p, uint8_t *out,
	const tb_bitproof_definition *def, const tb_bitproof_binding *binding, const uint32_t *votes,
	uint32_t blank, const uint8_t seed[32]);

/* ---- verifying ---- */
typedef struct tb_bitproof tb_bitproof;

/* Room for one part of this shape, reused from ballot to ballot.  `def` is borrowed.  MEMORY. */
TB_CHECKED tb_err tb_bitproof_new(const tb_group *g, tb_bitproof **out, const tb_bitproof_definition *def);
void tb_bitproof_free(tb_bitproof *p);

/*
 * Reads a question's part; `wire` is borrowed until tb_bitproof_prepare() has returned (and for
 * tb_bitproof_distinct()). ENCODING: wrong length, a point or scalar that is not canonical.  GROUP.  RANGE:
 * some A_i is the identity [BALLOT.POINTS]. After an error the proof must be parsed anew before other use.
 */
TB_CHECKED tb_err tb_bitproof_parse(tb_bitproof *p, const uint8_t *wire, size_t wire_len);

/* That no two A_i of these parts of one ballot are equal [BALLOT.POINTS].  RANGE otherwise. */
TB_CHECKED tb_err tb_bitproof_distinct(const tb_bitproof *const *parts, size_t num);

/* That all points of a parsed part are in the group, the order test included [GROUP.MODP.ORDER].  A batch asks this of all its points
 * at once; by itself it is for a part that has failed, so that a number outside the group is called that [BALLOT.POINTS].  GROUP,
 * RANDOM, MEMORY. */
TB_CHECKED tb_err tb_bitproof_check_order(const tb_bitproof *p);

/*
 * Computes the challenges and checks the scalar equation (3) of [BALLOT.VERIFY].  PROOF when it fails; GROUP when it fails
 * and some point is outside the group besides (of a proof that passes here the batch tells).  RANDOM, MEMORY.
 */
TB_CHECKED tb_err tb_bitproof_prepare(
	tb_bitproof *p, const tb_bitproof_key *key, const tb_bitproof_binding *binding);

/*
 * Adds the point equations (1), (2), (4), (5) of a prepared proof, weighted with four independent random 128-bit values
 * [BATCH.RANDOM], to a batch of this election (tb_bitproof_batch_new()).  The proof must stay as it is until the batch is cleared.
 * RANDOM, MEMORY, and the batch is unchanged.
 */
TB_CHECKED tb_err tb_bitproof_append(const tb_bitproof *p, tb_batch *batch);

/* All of it for one part: parse, prepare, check.  Errors as above. */
TB_CHECKED tb_err tb_bitproof_verify(tb_bitproof *p, tb_batch *batch, const tb_bitproof_key *key,
	const tb_bitproof_binding *binding, const uint8_t *wire, size_t wire_len);

/* The point equations of `num` prepared proofs; bad[i] as in tb_batch_find_bad(). */
TB_CHECKED tb_err tb_bitproof_check_many(
	tb_batch *batch, const tb_bitproof *const *proofs, size_t num, bool *bad);

/* The ciphertexts A_1, B_1, ..., A_m, B_m of a parsed part; valid until the next parse.  In modp4096 they are
 * in the group only once a batch with this proof was checked. */
tb_points tb_bitproof_ciphertexts(const tb_bitproof *p);

#endif

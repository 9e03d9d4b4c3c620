/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_SHUFFLE_H
#define TB_CRYPTO_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/group.h"
#include "crypto/parallel.h"

/*
 * The proof of a shuffle [SHUFFLE.STATEMENT]: that a list of ciphertexts is another one re-encrypted and in another order, without
 * telling which order.  Terelius and Wikstrom, "Proofs of Restricted Shuffles" (2010), with all commitments sent, so that
 * verification is one multi-scalar multiplication.  specs/ranked.md section 4.  JS twin: client-js/crypto/shuffle.js.
 *
 * Lists and proofs stay in wire form; what is decoded at a time is one chunk per thread.
 */
#define TB_SHUFFLE_MAX_NUM ((size_t)1 << 24)
#define TB_SHUFFLE_MAX_WIDTH 64

/* ---- generators [SHUFFLE.GENERATORS] ---- */
typedef struct tb_shuffle_generators tb_shuffle_generators;

/* H_0..H_num of a group, hashed from public labels (8 us each in ristretto255) on several threads: made once for the largest
 * shuffle and then read by all.  RANGE: num > TB_SHUFFLE_MAX_NUM.  MEMORY. */
TB_CHECKED tb_err tb_shuffle_generators_new(
	const tb_group *g, tb_shuffle_generators **out, size_t num, const tb_parallel *work);
void tb_shuffle_generators_free(tb_shuffle_generators *gens);
size_t tb_shuffle_generators_num(const tb_shuffle_generators *gens);

/* ---- sizes [SHUFFLE.WIRE]; num and width within the limits, else a bug of the caller ---- */
size_t tb_shuffle_list_bytes(const tb_group *g, size_t num, size_t width);
size_t tb_shuffle_proof_bytes(const tb_group *g, size_t num, size_t width);

/* ---- what both sides know ---- */
typedef struct tb_shuffle_statement {
	const tb_shuffle_generators
		*generators; /* for at least `num` (else a bug of the caller); they name the group */
	const tb_point *h;   /* the key: in the group, not the identity */
	const void *binding; /* election, place among the mixes, mixer */
	size_t binding_len;
	size_t num, width;
	const uint8_t *inputs; /* tb_shuffle_list_bytes() */
	size_t inputs_len;
} tb_shuffle_statement;

/* Where something is not in order: the first such place in the order of this list, then of `index`. */
typedef enum tb_shuffle_part {
	TB_SHUFFLE_NOWHERE,
	TB_SHUFFLE_INPUTS,      /* index: of the ciphertext, from 0; num: the length is wrong */
	TB_SHUFFLE_OUTPUTS,     /* likewise */
	TB_SHUFFLE_PROOF,       /* the length is wrong */
	TB_SHUFFLE_COMMITMENTS, /* c */
	TB_SHUFFLE_CHAIN,       /* C */
	TB_SHUFFLE_MASKS,       /* D */
	TB_SHUFFLE_T,           /* t1, t2, t3, t4_1', t4_1'', ... */
	TB_SHUFFLE_S,           /* s1, s2, s3, s4_1, ... */
	TB_SHUFFLE_P,
	TB_SHUFFLE_Q
} tb_shuffle_part;

typedef struct tb_shuffle_place {
	tb_shuffle_part part; /* NOWHERE but where something could not be read */
	size_t index;
} tb_shuffle_place;

/* "inputs", "commitments c" ...; never NULL. */
const char *tb_shuffle_part_text(tb_shuffle_part part);

/*
 * `work`: threads, and progress in ciphertexts (twice `num` when making).
 *
 * Shuffles: draws a uniformly random permutation and fresh randomness, writes the outputs (tb_shuffle_list_bytes()) and the proof
 * (tb_shuffle_proof_bytes()) [SHUFFLE.PROVE].  In ristretto255 neither a branch nor an address depends on the permutation or
 * on anything else that is secret (the order is made and applied by a sorting network); secrets are wiped.
 * RANGE: num is 0 or too large, width is 0 or too large.  ENCODING: an input is no point, *place says which.  RANDOM, MEMORY.
 * On failure outputs and proof are all zero (after RANGE, untouched).  That the inputs are in the group beyond tb_point_parse() is the caller's to
 * know.
 */
TB_CHECKED tb_err tb_shuffle_make(const tb_shuffle_statement *st, uint8_t *outputs, uint8_t *proof,
	const tb_parallel *work, tb_shuffle_place *place);

/*
 * TB_OK exactly when the proof holds for these outputs [SHUFFLE.VERIFY].  Variable time: everything is public.
 * RANGE as above.  ENCODING: a length is wrong, a point or scalar is not canonical.  GROUP: a point is outside the group (where
 * tb_point_parse() alone does not tell).  PROOF: the equations do not hold.  RANDOM, MEMORY.
 */
TB_CHECKED tb_err tb_shuffle_verify(const tb_shuffle_statement *st, const uint8_t *outputs,
	size_t outputs_len, const uint8_t *proof, size_t proof_len, const tb_parallel *work,
	tb_shuffle_place *place);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_DLEQ_LIST_H
#define TB_CRYPTO_DLEQ_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/dleq.h"
#include "crypto/parallel.h"

/*
 * One proof for many decryption shares: Y = x*g and Z_i = x*H_i, i = 1..n [DLEQ.LIST].  A hash of all of them gives every pair
 * a factor, and the proof is that of [DLEQ] for the two sums.  The points stay in their wire form and are decoded a few
 * hundred at a time, so that a list of 100,000 needs no memory besides its bytes.  JS twin: client-js/crypto/dleq_list.js.
 */
typedef struct tb_dleq_list {
	const tb_point *Y;
	size_t num;             /* n, at least 1 */
	const uint8_t *H;       /* H_1; the next one is H_step bytes further */
	size_t H_step;          /* at least the size of a point: other bytes may lie between */
	const uint8_t *Z;       /* Z_1 || ... || Z_n */
	const uint8_t *binding; /* what the shares are for, as in [DLEQ] */
	size_t binding_len;
} tb_dleq_list;

/*
 * Writes Z_i = x*H_i to out (num points).  Constant time in x.  ENCODING when an H_i is none; nothing is known of *out then.
 * The same for lists that tb_dleq_list_prove() and _verify() take.
 */
TB_CHECKED tb_err tb_dleq_list_multiply(const tb_group *g, uint8_t *out, const uint8_t *H, size_t H_step,
	size_t num, const tb_secret *x, const tb_parallel *threads);

/* Proves that the Z_i are x*H_i and Y is x*g.  Constant time in x.  ENCODING (a point that is none), RANDOM, MEMORY; *out is then
 * all zero. */
TB_CHECKED tb_err tb_dleq_list_prove(const tb_group *g, tb_dleq_proof *out, const tb_dleq_list *list,
	const tb_secret *x, const tb_parallel *threads);

/*
 * TB_OK exactly when the proof is valid for the list.  Public data, variable time.  ENCODING: a Z_i (or H_i) is no canonical point,
 * *bad says which i (from 0); GROUP: outside the group; PROOF: some share is false; RANDOM, MEMORY.
 */
TB_CHECKED tb_err tb_dleq_list_verify(const tb_group *g, const tb_dleq_proof *proof, const tb_dleq_list *list,
	const tb_parallel *threads, size_t *bad);

#endif

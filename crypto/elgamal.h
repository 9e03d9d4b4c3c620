/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_ELGAMAL_H
#define TB_CRYPTO_ELGAMAL_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/group.h"

/*
 * Exponential ElGamal: E = (A, B) = (r*g, v*g + r*h), additive in v.  [BALLOT.ENCRYPT], [TALLY.AGGREGATE].
 * Several ciphertexts are one tb_points array A_1, B_1, A_2, B_2, ...  JS twin: client-js/crypto/elgamal.js.
 */

/* Encrypts v with randomness r under the base table of h.  Constant time in v and r.  Neither is wiped. */
void tb_elgamal_encrypt(const tb_group *g, const tb_fixed_base *h, tb_point *out_a, tb_point *out_b,
	const tb_secret *v, const tb_secret *r);

/* sum += weight * c, element by element: sum->num and c->num are equal (a bug of the caller otherwise).
 * Public. */
void tb_elgamal_add(const tb_group *g, tb_points *sum, const tb_points *c, uint64_t weight);

/* *out = M = B - shared, with shared = x*A combined from decryption shares (tb_sharing_combine()).  M = v*g.
 */
void tb_elgamal_open(const tb_group *g, tb_point *out, const tb_point *b, const tb_point *shared);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_MODULUS_H
#define TB_CRYPTO_MODULUS_H

#include <stdint.h>

/*
 * Arithmetic modulo an odd number of at most 256 bits: the scalars of every group, public and secret.
 * Numbers are four limbs, least significant first, and always < q.  Constant time in the numbers; the
 * modulus is public.  `out` may be one of the operands.
 */
typedef struct tb_modulus {
	uint64_t q[4];    /* odd, >= 3 */
	uint64_t r[4];    /* 2^256 mod q */
	uint64_t r2[4];   /* 2^512 mod q */
	uint64_t neg_inv; /* -1/q mod 2^64 */
} tb_modulus;

/* Fills *out from an odd q >= 3; else a bug of the caller. */
void tb_modulus_init(tb_modulus *out, const uint64_t q[4]);

void tb_mod_add(const tb_modulus *m, uint64_t out[4], const uint64_t a[4], const uint64_t b[4]);
void tb_mod_sub(const tb_modulus *m, uint64_t out[4], const uint64_t a[4], const uint64_t b[4]);
void tb_mod_mul(const tb_modulus *m, uint64_t out[4], const uint64_t a[4], const uint64_t b[4]);
void tb_mod_reduce512(const tb_modulus *m, uint64_t out[4], const uint64_t wide[8]);
/* 1/a for a prime q; 0 for a = 0. */
void tb_mod_invert(const tb_modulus *m, uint64_t out[4], const uint64_t a[4]);
/* All ones if the number a is below q, else 0. */
uint64_t tb_mod_mask_reduced(const tb_modulus *m, const uint64_t a[4]);

#endif

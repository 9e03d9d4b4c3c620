/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_GROUP_BACKEND_H
#define TB_CRYPTO_GROUP_BACKEND_H

#include "crypto/group.h"
#include "crypto/modulus.h"

/*
 * What a group has to bring.  Scalars are common to all groups (crypto/modulus.h); a back end brings points.
 * Only group.c, msm.c, the back ends and the test groups include this.
 *
 * Contracts are those of the functions of the same name in group.h.  `out` may be an operand.  A decoded
 * point is `stride` bytes without pointers, so it may be copied with memcpy; stride is a multiple of 32.
 */
struct tb_group {
	const char *name;
	size_t point_bytes; /* on the wire, <= TB_POINT_MAX_BYTES */
	size_t stride;      /* in memory, <= sizeof(tb_point) */
	bool cheap_sub;     /* sub costs what add costs: the MSM then uses signed digits and q - k for k */
	tb_modulus order;
	const void *parameters; /* the back end's own */

	void (*identity)(const tb_group *g, tb_point *out);
	void (*generator)(const tb_group *g, tb_point *out);
	tb_err (*parse)(const tb_group *g, tb_point *out, const uint8_t *in);
	void (*write)(const tb_group *g, uint8_t *out, const tb_point *a);
	bool (*equal)(const tb_group *g, const tb_point *a, const tb_point *b);
	bool (*is_identity)(const tb_group *g, const tb_point *a);
	void (*add)(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b);
	/* NULL where add is constant time. */
	void (*add_secret)(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b);
	void (*sub)(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b);
	void (*dbl)(const tb_group *g, tb_point *out, const tb_point *a);
	void (*neg)(const tb_group *g, tb_point *out, const tb_point *a);
	void (*mul_public)(const tb_group *g, tb_point *out, const tb_scalar *k, const tb_point *a);
	void (*mul_secret)(const tb_group *g, tb_point *out, const tb_secret *k, const tb_point *a);
	void (*mul_generator_secret)(const tb_group *g, tb_point *out, const tb_secret *k);
	void (*hash)(const tb_group *g, tb_point *out, const char *label, const void *data, size_t data_len);
	/* NULL where elements cannot carry data. */
	tb_err (*embed)(const tb_group *g, tb_point *out, const uint8_t data[TB_EMBED_BYTES]);
	tb_err (*extract)(const tb_group *g, uint8_t data[TB_EMBED_BYTES], const tb_point *a);
	/* NULL where parse is complete. */
	tb_err (*check_order)(const tb_group *g, const tb_point *const *points, size_t num);

	/* Tables of one point: `fixed_bytes` bytes, aligned to 64, without pointers. */
	size_t (*fixed_bytes)(const tb_group *g);
	void (*fixed_fill)(const tb_group *g, void *table, const tb_point *base);
	void (*fixed_mul)(const tb_group *g, const void *table, tb_point *out, const tb_secret *k);
};

/* U_counter of [GROUP.HASH]. */
void tb_group_uniform(const tb_group *g, uint8_t out[64], const char *label, const void *data,
	size_t data_len, uint64_t counter);

#endif

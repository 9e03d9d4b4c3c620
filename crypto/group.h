/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_GROUP_H
#define TB_CRYPTO_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * A group of prime order q in which discrete logarithms are hard, written additively.
 * specs/groups.md [GROUP.RISTRETTO] [GROUP.MODP] [GROUP.SCALAR].  JS twin: client-js/crypto/group.js.
 *
 * Back ends: ristretto255 (RFC 9496, on libdecaf) and modp4096 (the 4096-bit parameters of
 * ElectionGuard 2.1, on GMP).  Tests bring two more (tests/support: tiny and formal) through
 * crypto/group_backend.h.  Every function takes the group first: points do not carry it.
 *
 * Three types keep secrets apart:
 *   tb_scalar  a public integer mod q, always reduced
 *   tb_secret  a secret integer mod q; constant time everywhere, wiped by its maker
 *   tb_point   a group element, decoded; public
 * Only the functions of the section "secret -> public" turn a tb_secret into public data.
 */
typedef struct tb_group tb_group;

#define TB_SCALAR_BYTES 32     /* wire size of a scalar, little-endian, every group */
#define TB_POINT_MAX_BYTES 512 /* wire size of the largest point (modp4096) */

typedef struct tb_scalar {
	uint64_t limb[4]; /* little-endian, < q */
} tb_scalar;

typedef struct tb_secret {
	uint64_t limb[4];
} tb_secret;

/* Room for one decoded element of any group.  Arrays of points are tb_points (below), which pay
 * only for the group they are in; so never copy a tb_point by assignment: tb_point_copy(). */
typedef struct tb_point {
	_Alignas(32) uint64_t word[64];
} tb_point;

/* An array of points of one group; `stride` bytes each.  Zeroed = empty. */
typedef struct tb_points {
	unsigned char *data;
	size_t num, stride;
} tb_points;

/* ---- groups ---- */
const tb_group *tb_group_ristretto255(void);
const tb_group *tb_group_modp4096(void);
const tb_group *tb_group_by_name(const char *name); /* NULL if there is none of that name */
const char *tb_group_name(const tb_group *g);
size_t tb_group_point_bytes(const tb_group *g);                       /* wire size: 32 or 512 */
size_t tb_group_point_stride(const tb_group *g);                      /* memory size of a decoded point */
void tb_group_order(const tb_group *g, uint8_t out[TB_SCALAR_BYTES]); /* q, little-endian */

/* ---- arrays of points ---- */
TB_CHECKED tb_err tb_points_new(const tb_group *g, tb_points *out, size_t num); /* all identity; MEMORY */
void tb_points_free(tb_points *v);
tb_point *tb_points_at(const tb_points *v, size_t i); /* aborts when i >= num */

/* ---- scalars: public, variable time allowed ---- */
/* Refuses anything not reduced.  ENCODING, *out then unchanged. */
TB_CHECKED tb_err tb_scalar_parse(const tb_group *g, tb_scalar *out, const uint8_t in[TB_SCALAR_BYTES]);
void tb_scalar_write(const tb_group *g, uint8_t out[TB_SCALAR_BYTES], const tb_scalar *a);
void tb_scalar_set_u64(const tb_group *g, tb_scalar *out, uint64_t v); /* v mod q */
void tb_scalar_reduce64(
	const tb_group *g, tb_scalar *out, const uint8_t in[64]); /* 512-bit LE integer mod q */
void tb_scalar_add(const tb_group *g, tb_scalar *out, const tb_scalar *a, const tb_scalar *b);
void tb_scalar_sub(const tb_group *g, tb_scalar *out, const tb_scalar *a, const tb_scalar *b);
void tb_scalar_neg(const tb_group *g, tb_scalar *out, const tb_scalar *a);
void tb_scalar_mul(const tb_group *g, tb_scalar *out, const tb_scalar *a, const tb_scalar *b);
TB_CHECKED tb_err tb_scalar_invert(const tb_group *g, tb_scalar *out, const tb_scalar *a); /* RANGE for 0 */
bool tb_scalar_is_zero(const tb_scalar *a);
bool tb_scalar_equal(const tb_scalar *a, const tb_scalar *b);
/* A public random 128-bit value (batch randomisers).  RANDOM. */
TB_CHECKED tb_err tb_scalar_random128(const tb_group *g, tb_scalar *out);

/* ---- secrets: constant time ---- */
TB_CHECKED tb_err tb_secret_random(
	const tb_group *g, tb_secret *out); /* uniform mod q; RANDOM, *out then 0 */
void tb_secret_reduce64(const tb_group *g, tb_secret *out, const uint8_t in[64]); /* seed-derived, mod q */
TB_CHECKED tb_err tb_secret_parse(
	const tb_group *g, tb_secret *out, const uint8_t in[TB_SCALAR_BYTES]); /* ENCODING */
void tb_secret_write(const tb_group *g, uint8_t out[TB_SCALAR_BYTES],
	const tb_secret *a); /* to be encrypted; caller wipes */
void tb_secret_set_u64(const tb_group *g, tb_secret *out, uint64_t v);
void tb_secret_set_scalar(const tb_group *g, tb_secret *out, const tb_scalar *a);
void tb_secret_add(const tb_group *g, tb_secret *out, const tb_secret *a, const tb_secret *b);
void tb_secret_sub(const tb_group *g, tb_secret *out, const tb_secret *a, const tb_secret *b);
void tb_secret_mul(const tb_group *g, tb_secret *out, const tb_secret *a, const tb_secret *b);
void tb_secret_mul_scalar(const tb_group *g, tb_secret *out, const tb_secret *a, const tb_scalar *b);
bool tb_secret_is_zero(const tb_secret *a); /* constant time; the answer becomes public */
void tb_secret_wipe(tb_secret *a);

/* ---- secret -> public: the only such functions besides point multiplication [SECRET.REVEAL] ---- */
/* *out = w + c*x: the response of a proof. */
void tb_secret_respond(
	const tb_group *g, tb_scalar *out, const tb_secret *w, const tb_scalar *c, const tb_secret *x);
/* *out = a, where the protocol publishes a itself (alpha of the ballot proof). */
void tb_secret_reveal(const tb_group *g, tb_scalar *out, const tb_secret *a);

/* ---- points ---- */
void tb_point_copy(const tb_group *g, tb_point *out, const tb_point *a);
void tb_point_identity(const tb_group *g, tb_point *out);
void tb_point_generator(const tb_group *g, tb_point *out);
/*
 * Reads the one canonical encoding of a group element; the identity is read too, refuse it where the spec says so.
 * ristretto255: complete.  modp4096: range and Jacobi symbol only; the batch test tb_points_check_order() must follow
 * for everything that came from outside, before it is used.  ENCODING or GROUP, *out then unchanged.
 */
TB_CHECKED tb_err tb_point_parse(const tb_group *g, tb_point *out, const uint8_t *in /* point_bytes */);
void tb_point_write(const tb_group *g, uint8_t *out /* point_bytes */, const tb_point *a);
bool tb_point_equal(const tb_group *g, const tb_point *a, const tb_point *b);
bool tb_point_is_identity(const tb_group *g, const tb_point *a);
void tb_point_add(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b);
/* The same in constant time, for points that tell a secret (v*g before r*h hides it, parts of a commitment that
 * is not finished).  tb_point_write() is constant time too. */
void tb_point_add_secret(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b);
/* Slow in modp4096 (an inversion): better a negated scalar in an MSM. */
void tb_point_sub(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b);
void tb_point_neg(const tb_group *g, tb_point *out, const tb_point *a);
void tb_point_mul_public(const tb_group *g, tb_point *out, const tb_scalar *k, const tb_point *a);
void tb_point_mul_secret(const tb_group *g, tb_point *out, const tb_secret *k, const tb_point *a);
/* k*generator from a fixed table, constant time. */
void tb_point_mul_generator_secret(const tb_group *g, tb_point *out, const tb_secret *k);
/*
 * Finishes the membership test of points that were read with tb_point_parse().  ristretto255: nothing to do, TB_OK.
 * modp4096: one random 128-bit combination of all of them raised to q (specs/groups.md [GROUP.MODP.ORDER]).
 * GROUP when some point is outside the group (find it by halving), RANDOM, MEMORY.
 */
TB_CHECKED tb_err tb_points_check_order(const tb_group *g, const tb_point *const *points, size_t num);

/* A point nobody knows a logarithm of: hash-to-group of (label, data) [GROUP.HASH]. */
void tb_point_hash(const tb_group *g, tb_point *out, const char *label, const void *data, size_t data_len);

/* ---- points that carry data [RANK.ENCODE]: ristretto255 only ---- */
#define TB_EMBED_BYTES 30
/* The element that stands for these bytes; all zero gives the identity.  Constant time in `data` but for one in 10^16 of them.
 * RANGE: elements of this group carry nothing. */
TB_CHECKED tb_err tb_point_embed(const tb_group *g, tb_point *out, const uint8_t data[TB_EMBED_BYTES]);
/* The bytes that tb_point_embed() makes this very element of.  `a` is public.  ENCODING: there are none; RANGE as above.  `data` is
 * then unchanged. */
TB_CHECKED tb_err tb_point_extract(const tb_group *g, uint8_t data[TB_EMBED_BYTES], const tb_point *a);

/* ---- fixed bases: repeated constant-time multiplication of one point ---- */
typedef struct tb_fixed_base tb_fixed_base;
TB_CHECKED tb_err tb_fixed_base_new(
	const tb_group *g, tb_fixed_base **out, const tb_point *base); /* MEMORY */
void tb_fixed_base_free(tb_fixed_base *t);
void tb_fixed_base_mul_secret(const tb_fixed_base *t, tb_point *out, const tb_secret *k);

#endif

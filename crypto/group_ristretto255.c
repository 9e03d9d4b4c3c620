/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ristretto255 (RFC 9496) on libdecaf, whose "decaf_255" encoding and map are those of the RFC
 * (tests/unit/test_group.c runs its vectors).  [GROUP.RISTRETTO]
 */
#include <string.h>

#include <decaf/point_255.h>

#include "crypto/ct.h"
#include "crypto/group_backend.h"
#include "crypto/wipe.h"

_Static_assert(sizeof(struct decaf_255_point_s) <= sizeof(tb_point), "a tb_point holds libdecaf's point");
_Static_assert(sizeof(tb_scalar) == sizeof(decaf_255_scalar_t), "same four limbs as libdecaf's scalar");
_Static_assert(sizeof(decaf_word_t) == sizeof(uint64_t), "64-bit limbs");

static struct decaf_255_point_s *decaf(tb_point *a)
{
	return (struct decaf_255_point_s *)(void *)a;
}

static const struct decaf_255_point_s *decaf_const(const tb_point *a)
{
	return (const struct decaf_255_point_s *)(const void *)a;
}

static void to_decaf(decaf_255_scalar_t out, const uint64_t limb[4])
{
	memcpy(out->limb, limb, sizeof out->limb);
}

static void identity(const tb_group *g, tb_point *out)
{
	(void)g;
	decaf_255_point_copy(decaf(out), decaf_255_point_identity);
}

static void generator(const tb_group *g, tb_point *out)
{
	(void)g;
	decaf_255_point_copy(decaf(out), decaf_255_point_base);
}

static tb_err parse(const tb_group *g, tb_point *out, const uint8_t *in)
{
	decaf_255_point_t p;

	(void)g;
	if (decaf_255_point_decode(p, in, DECAF_TRUE) != DECAF_SUCCESS)
		return TB_ERR_ENCODING;
	decaf_255_point_copy(decaf(out), p);
	return TB_OK;
}

static void write(const tb_group *g, uint8_t *out, const tb_point *a)
{
	(void)g;
	decaf_255_point_encode(out, decaf_const(a));
}

static bool equal(const tb_group *g, const tb_point *a, const tb_point *b)
{
	(void)g;
	return decaf_255_point_eq(decaf_const(a), decaf_const(b)) == DECAF_TRUE;
}

static bool is_identity(const tb_group *g, const tb_point *a)
{
	(void)g;
	return decaf_255_point_eq(decaf_const(a), decaf_255_point_identity) == DECAF_TRUE;
}

static void add(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	(void)g;
	decaf_255_point_add(decaf(out), decaf_const(a), decaf_const(b));
}

static void sub(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	(void)g;
	decaf_255_point_sub(decaf(out), decaf_const(a), decaf_const(b));
}

static void dbl(const tb_group *g, tb_point *out, const tb_point *a)
{
	(void)g;
	decaf_255_point_double(decaf(out), decaf_const(a));
}

static void neg(const tb_group *g, tb_point *out, const tb_point *a)
{
	(void)g;
	decaf_255_point_negate(decaf(out), decaf_const(a));
}

/* libdecaf's only variable-time multiplication; it adds 0 times the generator. */
static void mul_public(const tb_group *g, tb_point *out, const tb_scalar *k, const tb_point *a)
{
	decaf_255_scalar_t s;

	(void)g;
	to_decaf(s, k->limb);
	decaf_255_base_double_scalarmul_non_secret(decaf(out), decaf_255_scalar_zero, decaf_const(a), s);
}

static void mul_secret(const tb_group *g, tb_point *out, const tb_secret *k, const tb_point *a)
{
	decaf_255_scalar_t s;

	(void)g;
	to_decaf(s, k->limb);
	decaf_255_point_scalarmul(decaf(out), decaf_const(a), s);
	decaf_255_scalar_destroy(s);
}

static size_t fixed_bytes(const tb_group *g)
{
	(void)g;
	return decaf_255_sizeof_precomputed_s;
}

static void fixed_fill(const tb_group *g, void *table, const tb_point *base)
{
	(void)g;
	decaf_255_precompute(table, decaf_const(base));
}

static void fixed_mul(const tb_group *g, const void *table, tb_point *out, const tb_secret *k)
{
	decaf_255_scalar_t s;

	(void)g;
	to_decaf(s, k->limb);
	decaf_255_precomputed_scalarmul(decaf(out), table, s);
	decaf_255_scalar_destroy(s);
}

static void mul_generator_secret(const tb_group *g, tb_point *out, const tb_secret *k)
{
	fixed_mul(g, decaf_255_precomputed_base, out, k);
}

static void hash(const tb_group *g, tb_point *out, const char *label, const void *data, size_t data_len)
{
	uint8_t uniform[64];

	tb_group_uniform(g, uniform, label, data, data_len, 0);
	decaf_255_point_from_hash_uniform(decaf(out), uniform);
}

/* ---- carrying data [RANK.ENCODE] ---- */
#define COUNTERS (127 * 128) /* how many strings there are for the same bytes */
/* How many are tried whatever comes out: where the first element is found says something about what is embedded.  One string in four
 * is an element, so more are needed once in 10^16 times. */
#define ALWAYS 128

static void candidate(uint8_t out[DECAF_255_SER_BYTES], const uint8_t data[TB_EMBED_BYTES], unsigned counter)
{
	out[0] = (uint8_t)(2 * (counter % 128));
	memcpy(out + 1, data, TB_EMBED_BYTES);
	out[31] = (uint8_t)(counter / 128);
}

/* All ones when this string is an element.  In constant time, as decoding is in libdecaf. */
static uint64_t decode(decaf_255_point_t out, const uint8_t s[DECAF_255_SER_BYTES])
{
	decaf_error_t answer = decaf_255_point_decode(out, s, DECAF_TRUE);

	return tb_ct_mask_equal((uint64_t)(int64_t)answer, (uint64_t)(int64_t)DECAF_SUCCESS);
}

static tb_err embed(const tb_group *g, tb_point *out, const uint8_t data[TB_EMBED_BYTES])
{
	uint8_t s[DECAF_255_SER_BYTES];
	uint64_t found = 0;
	decaf_255_point_t p;

	identity(g, out);
	for (unsigned c = 0; c < COUNTERS; c++) {
		uint64_t is_element;

		if (c >= ALWAYS && !tb_ct_is_zero(&found, sizeof found))
			break;
		candidate(s, data, c);
		is_element = decode(p, s);
		tb_ct_assign(is_element & ~found, out->word, (const uint64_t *)(const void *)p,
			sizeof *p / sizeof out->word[0]);
		found |= is_element;
	}
	decaf_255_point_destroy(p);
	tb_wipe(s, sizeof s);
	TB_REQUIRE(!tb_ct_is_zero(&found, sizeof found)); /* (3/4)^16256 */
	return TB_OK;
}

/* Of the many elements that have the same bytes in their midst only the first: no free bit is left that could mark a vote. */
static tb_err extract(const tb_group *g, uint8_t data[TB_EMBED_BYTES], const tb_point *a)
{
	uint8_t s[DECAF_255_SER_BYTES], earlier[DECAF_255_SER_BYTES];
	decaf_255_point_t p;
	unsigned counter;

	write(g, s, a);
	counter = 128u * s[31] + s[0] / 2u;
	if (counter >= COUNTERS)
		return TB_ERR_ENCODING;
	for (unsigned c = 0; c < counter; c++) {
		candidate(earlier, s + 1, c);
		if (decaf_255_point_decode(p, earlier, DECAF_TRUE) == DECAF_SUCCESS)
			return TB_ERR_ENCODING;
	}
	memcpy(data, s + 1, TB_EMBED_BYTES);
	return TB_OK;
}

static const tb_group ristretto255 = {
	.name = "ristretto255",
	.point_bytes = DECAF_255_SER_BYTES,
	.stride = sizeof(struct decaf_255_point_s),
	.cheap_sub = true,
	.order = {.q = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000},
		.r = {0xd6ec31748d98951d, 0xc6ef5bf4737dcf70, 0xfffffffffffffffe, 0x0fffffffffffffff},
		.r2 = {0xa40611e3449c0f01, 0xd00e1ba768859347, 0xceec73d217f5be65, 0x0399411b7c309a3d},
		.neg_inv = 0xd2b51da312547e1b},
	.identity = identity,
	.generator = generator,
	.parse = parse,
	.write = write,
	.equal = equal,
	.is_identity = is_identity,
	.add = add,
	.sub = sub,
	.dbl = dbl,
	.neg = neg,
	.mul_public = mul_public,
	.mul_secret = mul_secret,
	.mul_generator_secret = mul_generator_secret,
	.hash = hash,
	.embed = embed,
	.extract = extract,
	.fixed_bytes = fixed_bytes,
	.fixed_fill = fixed_fill,
	.fixed_mul = fixed_mul,
};

const tb_group *tb_group_ristretto255(void)
{
	return &ristretto255;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The multi-scalar multiplication against plain sums, in every group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/hash.h"
#include "crypto/msm.h"
#include "tests/support/group_formal.h"
#include "tests/support/group_tiny.h"

/* Points with known logarithms and scalars of every kind, the same in every run. */
typedef struct sample {
	const tb_group *g;
	size_t num;
	tb_points points;
	const tb_point **list;
	tb_scalar *logs, *scalars;
} sample;

static void scalar_from(const tb_group *g, tb_scalar *out, const char *what, uint64_t i)
{
	tb_sha512_state s;
	uint8_t wide[64];

	tb_sha512_init(&s);
	tb_sha512_update(&s, what, strlen(what));
	tb_sha512_update(&s, &i, sizeof i);
	tb_sha512_final(&s, wide);
	tb_scalar_reduce64(g, out, wide);
}

/* 0, 1, q-1, around 2^128, 128-bit values, their negatives, small ones, powers of two, full ones. */
static void scalar_of_kind(const tb_group *g, tb_scalar *out, uint64_t i)
{
	static const uint8_t two128[64] = {[16] = 1};
	tb_scalar t;

	scalar_from(g, out, "scalar", i);
	switch (i % 12) {
	case 0:
		tb_scalar_set_u64(g, out, i % 24 == 0 ? 0 : 1);
		break;
	case 1:
		tb_scalar_set_u64(g, &t, 1 + i % 7);
		tb_scalar_neg(g, out, &t);
		break;
	case 2:
		tb_scalar_reduce64(g, out, two128);
		tb_scalar_set_u64(g, &t, i % 5);
		tb_scalar_sub(g, out, out, &t);
		break;
	case 3:
		tb_scalar_set_u64(g, out, out->limb[0] & 0xffff);
		break;
	case 4:
		tb_scalar_set_u64(g, out, 1);
		for (uint64_t n = 0; n < i % 256; n++)
			tb_scalar_add(g, out, out, out);
		break;
	case 5:
	case 6:
	case 7: {
		uint8_t wide[64] = {0};

		memcpy(wide, out->limb, 16);
		tb_scalar_reduce64(g, out, wide);
		if (i % 12 == 5)
			tb_scalar_neg(g, out, out);
		break;
	}
	default:
		break;
	}
}

static void sample_new(sample *v, const tb_group *g, size_t num)
{
	tb_point generator, step;
	tb_scalar one, stride;

	v->g = g;
	v->num = num;
	assert_int_equal(tb_points_new(g, &v->points, num), TB_OK);
	v->list = calloc(num, sizeof *v->list);
	v->logs = calloc(num, sizeof *v->logs);
	v->scalars = calloc(num, sizeof *v->scalars);
	assert_true(v->list != NULL && v->logs != NULL && v->scalars != NULL);
	tb_point_generator(g, &generator);
	tb_scalar_set_u64(g, &one, 1);
	scalar_from(g, &stride, "stride", 0);
	tb_point_mul_public(g, &step, &stride, &generator);
	for (size_t i = 0; i < num; i++) {
		tb_point *p = tb_points_at(&v->points, i);

		v->list[i] = p;
		scalar_of_kind(g, &v->scalars[i], i);
		if (i % 11 == 0)
			continue; /* the identity */
		if (i % 7 == 6) { /* a point twice */
			v->logs[i] = v->logs[i - 1];
			tb_point_copy(g, p, v->list[i - 1]);
		} else {
			tb_scalar_add(g, &v->logs[i], i > 1 ? &v->logs[i - 2] : &one, &stride);
			tb_point_add(g, p, i > 1 ? v->list[i - 2] : &generator, &step);
		}
	}
}

static void sample_free(sample *v)
{
	tb_points_free(&v->points);
	free(v->list);
	free(v->logs);
	free(v->scalars);
}

static void check_every_size(const tb_group *g, size_t most)
{
	tb_point sum, term, out;
	tb_msm_scratch *scratch;
	sample v;

	sample_new(&v, g, most + 1);
	assert_int_equal(tb_msm_scratch_new(&scratch), TB_OK);
	tb_point_identity(g, &sum);
	for (size_t n = 0; n <= most; n++) {
		assert_int_equal(tb_msm(g, scratch, &out, v.scalars, v.list, n), TB_OK);
		assert_true(tb_point_equal(g, &out, &sum));
		tb_point_mul_public(g, &term, &v.scalars[n], v.list[n]);
		tb_point_add(g, &sum, &sum, &term);
	}
	tb_msm_scratch_free(scratch);
	sample_free(&v);
}

static void test_every_size_in_ristretto255(void **state)
{
	(void)state;
	check_every_size(tb_group_ristretto255(), 300);
}

static void test_every_size_in_modp4096(void **state)
{
	(void)state;
	check_every_size(tb_group_modp4096(), 20);
}

static void test_every_size_in_small_groups(void **state)
{
	static const uint64_t orders[] = {3, 5, 7, 11, 13, 17, 31, 101, 127, 257, 1009, 32749};

	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
		check_every_size(tb_tiny_group(orders[i]), 300);
	check_every_size(tb_formal_group(7), 300);
	check_every_size(tb_formal_group(1009), 300);
}

static void check_by_logarithm(tb_msm_scratch *scratch, const sample *v, size_t num)
{
	tb_scalar sum, term;
	tb_point out, expected, generator;

	tb_scalar_set_u64(v->g, &sum, 0);
	for (size_t i = 0; i < num; i++) {
		tb_scalar_mul(v->g, &term, &v->scalars[i], &v->logs[i]);
		tb_scalar_add(v->g, &sum, &sum, &term);
	}
	tb_point_generator(v->g, &generator);
	tb_point_mul_public(v->g, &expected, &sum, &generator);
	assert_int_equal(tb_msm(v->g, scratch, &out, v->scalars, v->list, num), TB_OK);
	assert_true(tb_point_equal(v->g, &out, &expected));
}

static void set_all(sample *v, const tb_scalar *k, size_t num_kinds)
{
	for (size_t i = 0; i < v->num; i++)
		v->scalars[i] = k[i % num_kinds];
}

static void test_large_sums(void **state)
{
	static const size_t sizes[] = {1000, 3000, 10000, 30000, 100000};
	/* q/2 and q/2 + 1, where the sign turns: the largest digits there are */
	static const tb_scalar middle[2] = {
		{{0x2c09318d2e7ae9f6, 0x0a6f7cef517bce6b, 0, 0x0800000000000000}},
		{{0x2c09318d2e7ae9f7, 0x0a6f7cef517bce6b, 0, 0x0800000000000000}},
	};
	static const tb_scalar short_edges[3] = {
		{{UINT64_MAX, UINT64_MAX, 0, 0}}, {{0, 0, 1, 0}},
		{{0x5812631a5cf5d3ee, 0x14def9dea2f79cd6, UINT64_MAX, 0x0fffffffffffffff}}, /* 1 - 2^128 */
	};
	tb_msm_scratch *scratch;
	tb_scalar minus_one;
	sample v;

	(void)state;
	sample_new(&v, tb_group_ristretto255(), 100000);
	assert_int_equal(tb_msm_scratch_new(&scratch), TB_OK);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		check_by_logarithm(scratch, &v, sizes[i]);
	set_all(&v, middle, 2);
	for (size_t n = 1; n <= v.num; n *= 10)
		check_by_logarithm(scratch, &v, n);
	set_all(&v, short_edges, 3);
	for (size_t n = 1; n <= v.num; n *= 10)
		check_by_logarithm(scratch, &v, n);
	tb_scalar_set_u64(v.g, &minus_one, 1);
	tb_scalar_neg(v.g, &minus_one, &minus_one);
	set_all(&v, &minus_one, 1);
	check_by_logarithm(scratch, &v, 1000);
	for (size_t i = 0; i < v.num; i++) { /* only short ones */
		scalar_from(v.g, &v.scalars[i], "short", i);
		memset(&v.scalars[i].limb[2], 0, 16);
	}
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		check_by_logarithm(scratch, &v, sizes[i]);
	tb_msm_scratch_free(scratch);
	sample_free(&v);
}

/* Pippenger without signed digits: unsigned windows up to the top bit. */
static void test_large_sums_in_modp4096(void **state)
{
	tb_msm_scratch *scratch;
	sample v;

	(void)state;
	sample_new(&v, tb_group_modp4096(), 1500);
	assert_int_equal(tb_msm_scratch_new(&scratch), TB_OK);
	check_by_logarithm(scratch, &v, 200);
	check_by_logarithm(scratch, &v, 1500);
	for (size_t i = 0; i < v.num; i++)
		memset(&v.scalars[i].limb[2], 0, 16);
	check_by_logarithm(scratch, &v, 1500);
	for (size_t i = 0; i < v.num; i++)
		v.scalars[i] = (tb_scalar){{0xffffffffffffff42, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
	check_by_logarithm(scratch, &v, 500);
	tb_msm_scratch_free(scratch);
	sample_free(&v);
}

static void test_out_may_be_an_operand_and_nothing_sums_to_the_identity(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_msm_scratch *scratch;
	tb_point a, expected;
	const tb_point *list[1] = {&a};
	tb_scalar three;

	(void)state;
	assert_int_equal(tb_msm_scratch_new(&scratch), TB_OK);
	tb_scalar_set_u64(g, &three, 3);
	tb_point_generator(g, &a);
	tb_point_mul_public(g, &expected, &three, &a);
	assert_int_equal(tb_msm(g, scratch, &a, &three, list, 1), TB_OK);
	assert_true(tb_point_equal(g, &a, &expected));
	assert_int_equal(tb_msm(g, scratch, &a, &three, list, 0), TB_OK);
	assert_true(tb_point_is_identity(g, &a));
	tb_msm_scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size_in_ristretto255),
		cmocka_unit_test(test_every_size_in_modp4096),
		cmocka_unit_test(test_every_size_in_small_groups),
		cmocka_unit_test(test_large_sums),
		cmocka_unit_test(test_large_sums_in_modp4096),
		cmocka_unit_test(test_out_may_be_an_operand_and_nothing_sums_to_the_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

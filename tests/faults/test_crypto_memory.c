/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ when memory runs out: at the first allocation, at the second, and so on until nothing fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/msm.h"
#include "tests/support/starve.h"

#define MOST 2000

static const tb_group *g;
static tb_points points;
static const tb_point *list[MOST];
static tb_scalar scalars[MOST];
static tb_msm_scratch *scratch;
static size_t num;

static tb_err make_points(tb_point *out)
{
	tb_points v;
	tb_err err = tb_points_new(g, &v, 3);

	if (err == TB_OK) {
		tb_point_copy(g, out, tb_points_at(&v, 2));
		tb_points_free(&v);
	}
	return err;
}

static tb_err make_table(tb_point *out)
{
	tb_fixed_base *table;
	tb_err err = tb_fixed_base_new(g, &table, list[0]);
	tb_secret zero = {{0}};

	if (err == TB_OK) {
		tb_fixed_base_mul_secret(table, out, &zero);
		tb_fixed_base_free(table);
	}
	return err;
}

static tb_err make_sum(tb_point *out)
{
	tb_msm_scratch *s;
	tb_err err = tb_msm_scratch_new(&s);

	if (err != TB_OK)
		return err;
	err = tb_msm(g, s, out, scalars, list, num);
	tb_msm_scratch_free(s);
	return err;
}

static tb_err check_order(tb_point *out)
{
	tb_err err = tb_points_check_order(g, list, num);

	if (err == TB_OK)
		tb_point_identity(g, out);
	return err;
}

/* Runs `step` with room for 0, 1, 2, ... allocations; it takes `expected` of them to get through. */
static void try_all(tb_err (*step)(tb_point *out), long expected)
{
	tb_point out, before, result;

	tb_point_generator(g, &before);
	assert_int_equal(step(&result), TB_OK);
	for (long n = 0;; n++) {
		tb_err err;

		tb_point_copy(g, &out, &before);
		(void)tb_starve_after(n);
		err = step(&out);
		(void)tb_starve_after(-1);
		if (err == TB_OK) {
			assert_true(tb_point_equal(g, &out, &result));
			assert_int_equal(n, expected);
			return;
		}
		assert_int_equal(err, TB_ERR_MEMORY);
		assert_true(tb_point_equal(g, &out, &before));
	}
}

static void test_every_allocation_may_fail(void **state)
{
	const tb_group *groups[] = {tb_group_ristretto255(), tb_group_modp4096()};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		g = groups[i];
		assert_int_equal(tb_points_new(g, &points, MOST), TB_OK);
		for (size_t j = 0; j < MOST; j++) {
			list[j] = tb_points_at(&points, j);
			tb_scalar_set_u64(g, &scalars[j], j + 1);
		}
		tb_point_generator(g, tb_points_at(&points, 1));
		try_all(make_points, 1);
		try_all(make_table, 2);
		for (num = 3; num <= MOST; num += MOST - 3) /* Straus, Pippenger */
			try_all(make_sum, 4);
		num = 3;
		try_all(check_order, g == tb_group_modp4096() ? 5 : 0);
		tb_points_free(&points);
	}
}

/* A scratch that failed to grow is as good as new. */
static void test_a_scratch_survives(void **state)
{
	tb_point expected, out;

	(void)state;
	g = tb_group_ristretto255();
	assert_int_equal(tb_points_new(g, &points, MOST), TB_OK);
	for (size_t j = 0; j < MOST; j++) {
		list[j] = tb_points_at(&points, j);
		tb_point_generator(g, tb_points_at(&points, j));
	}
	assert_int_equal(tb_msm_scratch_new(&scratch), TB_OK);
	assert_int_equal(tb_msm(g, scratch, &expected, scalars, list, 5), TB_OK);
	(void)tb_starve_after(0);
	assert_int_equal(tb_msm(g, scratch, &out, scalars, list, MOST), TB_ERR_MEMORY);
	assert_int_equal(tb_msm(g, scratch, &out, scalars, list, 5), TB_ERR_MEMORY);
	(void)tb_starve_after(-1);
	assert_int_equal(tb_msm(g, scratch, &out, scalars, list, MOST), TB_OK);
	assert_int_equal(tb_msm(g, scratch, &out, scalars, list, 5), TB_OK);
	assert_true(tb_point_equal(g, &out, &expected));
	(void)tb_starve_after(0); /* and needs no more once it has grown */
	assert_int_equal(tb_msm(g, scratch, &out, scalars, list, 5), TB_OK);
	(void)tb_starve_after(-1);
	tb_msm_scratch_free(scratch);
	tb_points_free(&points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation_may_fail),
		cmocka_unit_test(test_a_scratch_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

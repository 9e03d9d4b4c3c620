/* SPDX-License-Identifier: Apache-2.0 */
/* Small logarithms [DECRYPT.COMBINE]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/dlog.h"
#include "tests/support/fixture.h"
#include "tests/support/group_formal.h"

static void multiple(const tb_group *g, tb_point *out, uint64_t v)
{
	tb_scalar k;

	tb_scalar_set_u64(g, &k, v);
	tb_point_generator(g, out);
	tb_point_mul_public(g, out, &k, out);
}

static void assert_solves(const tb_group *g, const tb_dlog *t, uint64_t v)
{
	uint64_t found = UINT64_MAX;
	tb_point M;

	multiple(g, &M, v);
	assert_int_equal(tb_dlog_solve(t, &found, &M, NULL, NULL), TB_OK);
	assert_int_equal(found, v);
}

/* Every value for every small bound, and what lies just outside. */
static void test_every_value_of_small_bounds(void **state)
{
	static const uint64_t bounds[] = {0, 1, 2, 5, 63, 64, 65, 100};
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
		uint64_t found = 12345;
		tb_scalar minus;
		tb_point M;
		tb_dlog *t;

		assert_int_equal(tb_dlog_new(g, &t, bounds[i], 1 + i % 3, NULL, NULL), TB_OK);
		for (uint64_t v = 0; v <= bounds[i]; v++)
			assert_solves(g, t, v);
		for (uint64_t v = bounds[i] + 1; v < bounds[i] + 70; v++) {
			multiple(g, &M, v);
			assert_int_equal(tb_dlog_solve(t, &found, &M, NULL, NULL), TB_ERR_RANGE);
		}
		tb_scalar_set_u64(g, &minus, 1);
		tb_scalar_neg(g, &minus, &minus);
		tb_point_generator(g, &M);
		tb_point_mul_public(g, &M, &minus, &M); /* -1 */
		assert_int_equal(tb_dlog_solve(t, &found, &M, NULL, NULL), TB_ERR_RANGE);
		assert_int_equal(found, 12345);
		tb_dlog_free(t);
	}
}

static void test_edges_of_a_million(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		const uint64_t bound = 1000003;
		uint64_t found;
		tb_point M;
		tb_dlog *t;

		assert_int_equal(tb_dlog_new(groups[k], &t, bound, 20, NULL, NULL), TB_OK);
		for (uint64_t v = 1; v <= bound; v = v * 3 + 1)
			assert_solves(groups[k], t, v);
		for (uint64_t v = 4090; v < 4100; v++)
			assert_solves(groups[k], t, v);
		assert_solves(groups[k], t, bound - 1);
		assert_solves(groups[k], t, bound);
		multiple(groups[k], &M, bound + 1);
		assert_int_equal(tb_dlog_solve(t, &found, &M, NULL, NULL), TB_ERR_RANGE);
		tb_point_hash(groups[k], &M, "test/unknown", "", 0);
		assert_int_equal(tb_dlog_solve(t, &found, &M, NULL, NULL), TB_ERR_RANGE);
		tb_dlog_free(t);
	}
}

/* A hit in the table is only a hint: here all encodings look alike to it, since the formal group's differ at the front. */
static void test_a_hit_is_checked(void **state)
{
	const tb_group *g = tb_formal_group(101);
	uint64_t found = 7;
	tb_point M;
	tb_dlog *t;

	(void)state;
	tb_point_hash(g, &M, "test/unknown", "", 0);
	assert_int_equal(tb_dlog_new(g, &t, 50, 1, NULL, NULL), TB_OK);
	assert_int_equal(tb_dlog_solve(t, &found, &M, NULL, NULL), TB_ERR_RANGE);
	assert_int_equal(found, 7);
	for (uint64_t v = 0; v <= 50; v++)
		assert_solves(g, t, v);
	tb_dlog_free(t);
}

typedef struct watch {
	uint64_t calls, last, total, stop_at;
} watch;

static int progress(void *ctx, uint64_t done, uint64_t total)
{
	watch *w = ctx;

	assert_true(done <= total && done >= w->last);
	w->calls++;
	w->last = done;
	w->total = total;
	return w->stop_at != 0 && w->calls == w->stop_at;
}

static void test_progress_is_told_and_can_stop(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	const uint64_t bound = UINT64_C(100000000);
	watch w = {0};
	uint64_t found = 1;
	tb_point M;
	tb_dlog *t;

	(void)state;
	assert_int_equal(tb_dlog_new(g, &t, bound, 1, progress, &w), TB_OK);
	assert_true(w.calls >= 2);
	multiple(g, &M, bound);
	w = (watch){0};
	assert_int_equal(tb_dlog_solve(t, &found, &M, progress, &w), TB_OK);
	assert_int_equal(found, bound);
	assert_true(w.calls >= 2);
	w = (watch){.stop_at = 2};
	assert_int_equal(tb_dlog_solve(t, &found, &M, progress, &w), TB_ERR_STATE);
	assert_int_equal(w.calls, 2);
	tb_dlog_free(t);
	w = (watch){.stop_at = 1};
	assert_int_equal(tb_dlog_new(g, &t, bound, 1, progress, &w), TB_ERR_STATE);
	assert_int_equal(tb_dlog_new(g, &t, TB_DLOG_MAX_BOUND + 1, 1, NULL, NULL), TB_ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_value_of_small_bounds),
		cmocka_unit_test(test_edges_of_a_million),
		cmocka_unit_test(test_a_hit_is_checked),
		cmocka_unit_test(test_progress_is_told_and_can_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

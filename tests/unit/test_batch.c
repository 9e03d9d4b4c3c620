/* SPDX-License-Identifier: Apache-2.0 */
/* Batches: sums, refusals, naming exactly the bad items, and why randomisers are what they are [BATCH.RANDOM]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/batch.h"
#include "tests/support/fixture.h"

/* Items "k*P - error*P - Q = 0" with Q = k*P: right when the error is 0. */
typedef struct item {
	tb_scalar k, error;
	tb_point P, Q;
} item;

typedef struct items {
	item *list;
	size_t num_calls;
	size_t fail_at; /* the call of append that reports RANDOM; 0: none */
} items;

static void make_item(const tb_group *g, item *it, uint64_t i)
{
	tb_scalar log;

	tb_fixture_scalar(g, &log, "item point", i);
	tb_fixture_scalar(g, &it->k, "item factor", i);
	tb_scalar_set_u64(g, &it->error, 0);
	tb_point_generator(g, &it->P);
	tb_point_mul_public(g, &it->P, &log, &it->P);
	tb_point_mul_public(g, &it->Q, &it->k, &it->P);
}

static void add_item(tb_batch *b, const item *it, const tb_scalar *e)
{
	const tb_group *g = tb_batch_group(b);
	tb_scalar k, minus;

	assert_int_equal(tb_batch_reserve(b, 2), TB_OK);
	tb_scalar_sub(g, &k, &it->k, &it->error);
	tb_scalar_mul(g, &k, &k, e);
	tb_batch_add(b, &k, &it->P);
	tb_scalar_neg(g, &minus, e);
	tb_batch_add(b, &minus, &it->Q);
}

static tb_err append(void *ctx, size_t index, tb_batch *b)
{
	items *all = ctx;
	tb_scalar e;
	tb_err err = tb_scalar_random128(tb_batch_group(b), &e);

	if (++all->num_calls == all->fail_at)
		return TB_ERR_RANDOM;
	if (err == TB_OK)
		add_item(b, &all->list[index], &e);
	return err;
}

static void test_sum_over_bases_and_terms(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	const tb_point *bases[2];
	tb_point base[2], sum;
	tb_scalar k, one;
	tb_batch *b;

	(void)state;
	tb_scalar_set_u64(g, &one, 1);
	for (size_t i = 0; i < 2; i++) {
		tb_point_hash(g, &base[i], "test/base", &i, sizeof i);
		bases[i] = &base[i];
	}
	assert_int_equal(tb_batch_new(g, &b, bases, 2), TB_OK);
	memset(base, 0, sizeof base); /* it keeps copies */
	assert_int_equal(tb_batch_num_bases(b), 3);
	assert_int_equal(tb_batch_check(b), TB_OK);

	/* 5g + 7P - (5g + 7P), the 5 in two steps. */
	for (size_t i = 0; i < 2; i++)
		tb_point_hash(g, &base[i], "test/base", &i, sizeof i);
	tb_scalar_set_u64(g, &k, 5);
	tb_point_generator(g, &sum);
	tb_point_mul_public(g, &sum, &k, &sum);
	tb_scalar_set_u64(g, &k, 7);
	tb_point_mul_public(g, &base[0], &k, &base[0]);
	tb_point_add(g, &sum, &sum, &base[0]);
	tb_scalar_set_u64(g, &k, 2);
	tb_batch_add_base(b, TB_BATCH_G, &k);
	tb_scalar_set_u64(g, &k, 3);
	tb_batch_add_base(b, TB_BATCH_G, &k);
	tb_scalar_set_u64(g, &k, 7);
	tb_batch_add_base(b, 1, &k);
	assert_int_equal(tb_batch_check(b), TB_ERR_PROOF);
	assert_int_equal(tb_batch_reserve(b, 1), TB_OK);
	tb_scalar_neg(g, &k, &one);
	tb_batch_add(b, &k, &sum);
	assert_int_equal(tb_batch_num_terms(b), 1);
	assert_int_equal(tb_batch_check(b), TB_OK);
	tb_batch_add_base(b, 2, &one);
	assert_int_equal(tb_batch_check(b), TB_ERR_PROOF);
	tb_batch_clear(b);
	assert_int_equal(tb_batch_num_terms(b), 0);
	assert_int_equal(tb_batch_check(b), TB_OK);
	assert_int_equal(tb_batch_reserve(b, SIZE_MAX), TB_ERR_MEMORY);
	assert_int_equal(tb_batch_reserve(b, SIZE_MAX / 32), TB_ERR_MEMORY);
	assert_int_equal(tb_batch_check(b), TB_OK);
	tb_batch_free(b);
}

/* Every number of items up to 40, every way that an index-dependent pattern makes some of them bad. */
static void test_exactly_the_bad_items_are_named(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	items all = {calloc(40, sizeof(item)), 0, 0};
	bool bad[40];
	tb_batch *b;

	(void)state;
	assert_non_null(all.list);
	assert_int_equal(tb_batch_new(g, &b, NULL, 0), TB_OK);
	for (size_t i = 0; i < 40; i++)
		make_item(g, &all.list[i], i);
	for (size_t num = 0; num <= 40; num++) {
		for (size_t pattern = 0; pattern < 6; pattern++) {
			bool any = false;

			for (size_t i = 0; i < num; i++) {
				const bool wrong[] = {
					false, true, i == 0, i + 1 == num, i % 7 == 3, i / 8 % 2 == 1};

				tb_scalar_set_u64(g, &all.list[i].error, wrong[pattern] ? i + 1 : 0);
				any |= wrong[pattern];
				bad[i] = !wrong[pattern];
			}
			assert_int_equal(
				tb_batch_find_bad(b, append, &all, num, bad), any ? TB_ERR_PROOF : TB_OK);
			for (size_t i = 0; i < num; i++)
				assert_int_equal(bad[i], !tb_scalar_is_zero(&all.list[i].error));
			assert_int_equal(tb_batch_num_terms(b), 0);
		}
	}
	tb_batch_free(b);
	free(all.list);
}

/* The halves that must fail, because their other half does not, are not checked: a bad item costs two batches, not more. */
static void test_a_search_is_no_longer_than_needed(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	static const struct {
		size_t bad, appended;
	} cases[] = {{0, 127 + 63}, {63, 127 + 1}}; /* 64 + 32 + ... + 1, and the other halves */
	items all = {calloc(64, sizeof(item)), 0, 0};
	bool bad[64];
	tb_batch *b;

	(void)state;
	assert_non_null(all.list);
	assert_int_equal(tb_batch_new(g, &b, NULL, 0), TB_OK);
	for (size_t i = 0; i < 64; i++)
		make_item(g, &all.list[i], i);
	for (size_t k = 0; k < 2; k++) {
		tb_scalar_set_u64(g, &all.list[cases[k].bad].error, 1);
		all.num_calls = 0;
		assert_int_equal(tb_batch_find_bad(b, append, &all, 64, bad), TB_ERR_PROOF);
		assert_int_equal(all.num_calls, cases[k].appended);
		tb_scalar_set_u64(g, &all.list[cases[k].bad].error, 0);
	}
	tb_batch_free(b);
	free(all.list);
}

static void test_an_error_of_append_ends_the_search(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	items all = {calloc(8, sizeof(item)), 0, 0};
	bool bad[8];
	tb_batch *b;

	(void)state;
	assert_non_null(all.list);
	assert_int_equal(tb_batch_new(g, &b, NULL, 0), TB_OK);
	for (size_t i = 0; i < 8; i++)
		make_item(g, &all.list[i], i);
	tb_scalar_set_u64(g, &all.list[5].error, 1);
	assert_int_equal(tb_batch_find_bad(b, append, &all, 8, bad), TB_ERR_PROOF);
	for (size_t calls = all.num_calls, at = 1; at <= calls; at++) {
		all.num_calls = 0;
		all.fail_at = at;
		assert_int_equal(tb_batch_find_bad(b, append, &all, 8, bad), TB_ERR_RANDOM);
		assert_int_equal(all.num_calls, at);
	}
	tb_batch_free(b);
	free(all.list);
}

/*
 * U-07 [PROOF.BATCH]: two wrong items whose errors cancel under randomisers that their maker can foresee.  Each weak way of choosing them
 * accepts, fresh independent ones refuse and name both.
 */
static void test_foreseeable_randomisers_let_errors_cancel(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	item list[2];
	items all = {list, 0, 0};
	bool bad[2];
	tb_batch *b;

	(void)state;
	assert_int_equal(tb_batch_new(g, &b, NULL, 0), TB_OK);
	for (uint64_t way = 0; way < 3; way++) {
		tb_scalar e[2], ratio;

		/* 0: one value for all.  1: powers of one value known in advance.  2: a hash of each item alone. */
		tb_fixture_scalar(g, &e[0], "weak randomiser", way == 2 ? 2 : 1);
		if (way == 0)
			e[1] = e[0];
		else if (way == 1)
			tb_scalar_mul(g, &e[1], &e[0], &e[0]);
		else
			tb_fixture_scalar(g, &e[1], "weak randomiser", 3);
		/* The same P in both, errors d and -d*e0/e1. */
		make_item(g, &list[0], 7);
		make_item(g, &list[1], 7);
		tb_scalar_set_u64(g, &list[0].error, 1000);
		assert_int_equal(tb_scalar_invert(g, &ratio, &e[1]), TB_OK);
		tb_scalar_mul(g, &ratio, &ratio, &e[0]);
		tb_scalar_mul(g, &list[1].error, &ratio, &list[0].error);
		tb_scalar_neg(g, &list[1].error, &list[1].error);

		tb_batch_clear(b);
		add_item(b, &list[0], &e[0]);
		add_item(b, &list[1], &e[1]);
		assert_int_equal(tb_batch_check(b), TB_OK); /* the weak verifier is deceived */
		assert_int_equal(tb_batch_find_bad(b, append, &all, 2, bad), TB_ERR_PROOF);
		assert_true(bad[0] && bad[1]);
	}
	tb_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum_over_bases_and_terms),
		cmocka_unit_test(test_exactly_the_bad_items_are_named),
		cmocka_unit_test(test_a_search_is_no_longer_than_needed),
		cmocka_unit_test(test_an_error_of_append_ends_the_search),
		cmocka_unit_test(test_foreseeable_randomisers_let_errors_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/history.h"

#define HASH TB_MERKLE_BYTES
#define SIZE 200000u /* three times what stays in memory */

static uint8_t (*roots)[HASH]; /* of every size, by tb_merkle_tree */

static void leaf_of(uint8_t out[HASH], uint32_t i)
{
	tb_merkle_leaf(out, &i, sizeof i);
}

static int setup(void **state)
{
	tb_merkle_tree tree;

	(void)state;
	roots = calloc(SIZE + 1, HASH);
	tb_merkle_tree_init(&tree);
	for (uint32_t i = 0; i <= SIZE; i++) {
		uint8_t leaf[HASH];

		tb_merkle_tree_root(&tree, roots[i]);
		leaf_of(leaf, i);
		tb_merkle_tree_append(&tree, leaf);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(roots);
	return 0;
}

static void expect_root(tb_history *h, uint64_t size)
{
	uint8_t got[HASH];

	assert_int_equal(tb_history_root(h, got, size), TB_OK);
	assert_memory_equal(got, roots[size], HASH);
}

/* While it grows: the newest sizes, some within memory, some spooled, at every step where something changes place. */
static void test_every_size_while_growing(void **state)
{
	tb_history *h;
	uint64_t seed = 1;

	(void)state;
	assert_int_equal(tb_history_new(&h), TB_OK);
	for (uint32_t i = 0; i < SIZE; i++) {
		uint8_t leaf[HASH];

		leaf_of(leaf, i);
		assert_int_equal(tb_history_append(h, leaf), TB_OK);
		assert_true(tb_history_size(h) == i + 1);
		expect_root(h, i + 1);
		if (i < 2000 || i % 256 < 2 || i % 256 == 255) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			expect_root(h, (seed >> 33) % (i + 2));
			expect_root(h, i / 2);
			expect_root(h, i > 65536 ? i - 65536 : 0);
		}
	}
	tb_history_free(h);
}

static tb_history *grown(uint32_t size)
{
	tb_history *h;

	assert_int_equal(tb_history_new(&h), TB_OK);
	for (uint32_t i = 0; i < size; i++) {
		uint8_t leaf[HASH];

		leaf_of(leaf, i);
		assert_int_equal(tb_history_append(h, leaf), TB_OK);
	}
	return h;
}

static void test_every_size_afterwards(void **state)
{
	tb_history *h = grown(SIZE);
	uint8_t got[HASH], leaf[HASH];

	(void)state;
	for (uint64_t size = 0; size <= SIZE; size += size < 66000 || size > SIZE - 66000 ? 1 : 7)
		expect_root(h, size);
	for (uint32_t i = 0; i < SIZE; i += 97) {
		assert_int_equal(tb_history_leaf(h, got, i), TB_OK);
		leaf_of(leaf, i);
		assert_memory_equal(got, leaf, HASH);
	}
	assert_int_equal(tb_history_root(h, got, SIZE + 1), TB_ERR_RANGE);
	assert_int_equal(tb_history_root(h, got, UINT64_MAX), TB_ERR_RANGE);
	assert_int_equal(tb_history_leaf(h, got, SIZE), TB_ERR_RANGE);
	tb_history_free(h);
}

static void test_proofs_between_any_sizes(void **state)
{
	static const uint64_t sizes[] = {
		1, 2, 255, 256, 257, 1000, 65535, 65536, 65537, 100000, 134463, 134464, 199999, SIZE};
	tb_history *h = grown(SIZE);
	tb_merkle_reader nodes = tb_history_reader(h);
	tb_merkle_proof proof;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		for (size_t j = i; j < sizeof sizes / sizeof sizes[0]; j++) {
			uint64_t m = sizes[i], n = sizes[j];
			uint8_t leaf[HASH];

			assert_int_equal(tb_merkle_prove_consistency(&proof, &nodes, m, n), TB_OK);
			assert_int_equal(
				tb_merkle_verify_consistency(&proof, m, roots[m], n, roots[n]), TB_OK);
			assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, m - 1, n), TB_OK);
			leaf_of(leaf, (uint32_t)(m - 1));
			assert_int_equal(tb_merkle_verify_inclusion(&proof, leaf, m - 1, n, roots[n]), TB_OK);
		}
	tb_history_free(h);
}

static void test_empty(void **state)
{
	tb_history *h;
	uint8_t got[HASH];

	(void)state;
	assert_int_equal(tb_history_new(&h), TB_OK);
	assert_true(tb_history_size(h) == 0);
	expect_root(h, 0);
	assert_int_equal(tb_history_root(h, got, 1), TB_ERR_RANGE);
	assert_int_equal(tb_history_leaf(h, got, 0), TB_ERR_RANGE);
	tb_history_free(h);
	tb_history_free(NULL);
}

/* No place for the spool: the append that needs it fails, changes nothing, and what is in memory stays right. */
static void test_a_spool_that_cannot_be_made(void **state)
{
	tb_history *h = grown(65536);
	const char *before = getenv("TMPDIR");
	char *kept = before == NULL ? NULL : strdup(before);
	uint8_t leaf[HASH];

	(void)state;
	leaf_of(leaf, 65536);
	assert_int_equal(setenv("TMPDIR", "/nonexistent/folder", 1), 0);
	assert_int_equal(tb_history_append(h, leaf), TB_ERR_IO);
	assert_int_equal(tb_history_append(h, leaf), TB_ERR_IO);
	assert_true(tb_history_size(h) == 65536);
	expect_root(h, 65536);
	expect_root(h, 1);
	if (kept == NULL)
		unsetenv("TMPDIR");
	else
		setenv("TMPDIR", kept, 1);
	assert_int_equal(tb_history_append(h, leaf), TB_OK);
	expect_root(h, 65537);
	expect_root(h, 100);
	free(kept);
	tb_history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size_while_growing),
		cmocka_unit_test(test_every_size_afterwards),
		cmocka_unit_test(test_proofs_between_any_sizes),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_a_spool_that_cannot_be_made),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/merkle.h"

#define HASH TB_MERKLE_BYTES
#define MOST 130u /* every tree up to this size */

static uint8_t leaves[MOST][HASH], roots[MOST + 1][HASH];

/* ---- the definitions of RFC 9162, 2.1, word for word: slow, and written without looking at crypto/merkle.c ---- */

static void naive_root(uint8_t out[HASH], const uint8_t (*d)[HASH], size_t n)
{
	uint8_t in[1 + 2 * HASH] = {1};
	size_t k = 1;

	if (n == 0) {
		tb_sha256(out, "", 0);
		return;
	}
	if (n == 1) {
		memcpy(out, d[0], HASH);
		return;
	}
	while (2 * k < n)
		k *= 2;
	naive_root(in + 1, d, k);
	naive_root(in + 1 + HASH, d + k, n - k);
	tb_sha256(out, in, sizeof in);
}

/* PATH(m, D[n]) */
static size_t naive_path(uint8_t (*out)[HASH], size_t m, const uint8_t (*d)[HASH], size_t n)
{
	size_t k = 1, num;

	if (n == 1)
		return 0;
	while (2 * k < n)
		k *= 2;
	num = m < k ? naive_path(out, m, d, k) : naive_path(out, m - k, d + k, n - k);
	if (m < k)
		naive_root(out[num], d + k, n - k);
	else
		naive_root(out[num], d, k);
	return num + 1;
}

/* SUBPROOF(m, D[n], b) */
static size_t naive_subproof(uint8_t (*out)[HASH], size_t m, const uint8_t (*d)[HASH], size_t n, bool b)
{
	size_t k = 1, num;

	if (m == n) {
		if (!b)
			naive_root(out[0], d, n);
		return b ? 0 : 1;
	}
	while (2 * k < n)
		k *= 2;
	num = m <= k ? naive_subproof(out, m, d, k, b) : naive_subproof(out, m - k, d + k, n - k, false);
	if (m <= k)
		naive_root(out[num], d + k, n - k);
	else
		naive_root(out[num], d, k);
	return num + 1;
}

static tb_err read_node(void *ctx, uint8_t out[HASH], unsigned level, uint64_t index)
{
	const uint64_t *size = ctx;
	size_t width = (size_t)1 << level;

	assert_true((index + 1) * width <= *size); /* only complete subtrees of this tree are asked for */
	naive_root(out, (const uint8_t(*)[HASH])leaves + index * width, width);
	return TB_OK;
}

static int setup(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < MOST; i++)
		tb_merkle_leaf(leaves[i], &i, sizeof i);
	for (size_t n = 0; n <= MOST; n++)
		naive_root(roots[n], (const uint8_t(*)[HASH])leaves, n);
	return 0;
}

/* ---- [LOG.TREE]: vectors of the certificate-transparency reference implementation ---- */

static void unhex(uint8_t *out, const char *hex)
{
	for (; hex[0] != '\0'; hex += 2, out++) {
		unsigned v;

		assert_int_equal(sscanf(hex, "%2x", &v), 1);
		*out = (uint8_t)v;
	}
}

static const char *const CT_LEAVES[8] = {
	"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const CT_LEAF_HASHES[8] = {
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
	"0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
	"07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
	"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
	"4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
	"b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
	"46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"};
static const char *const CT_ROOTS[9] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

typedef struct ct_proof {
	uint64_t a, b; /* index and size, or old and new size */
	size_t num;
	const char *node[3];
} ct_proof;

static const ct_proof CT_INCLUSION[] = {{0, 1, 0, {NULL}},
	{0, 8, 3,
		{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
	{5, 8, 3,
		{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
	{2, 3, 1, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
	{1, 5, 3,
		{"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}}};
static const ct_proof CT_CONSISTENCY[] = {{1, 1, 0, {NULL}},
	{1, 8, 3,
		{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
	{6, 8, 3,
		{"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
	{2, 5, 2,
		{"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
	{6, 7, 3,
		{"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
			"b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}}};

static void ct_load(tb_merkle_proof *out, const ct_proof *in)
{
	out->num = in->num;
	for (size_t i = 0; i < in->num; i++)
		unhex(out->node[i], in->node[i]);
}

static void test_reference_vectors(void **state)
{
	uint8_t root[9][HASH], leaf[8][HASH], entry[16], got[HASH];
	tb_merkle_proof proof;
	tb_merkle_tree tree;

	(void)state;
	tb_merkle_tree_init(&tree);
	tb_merkle_empty(got);
	unhex(root[0], CT_ROOTS[0]);
	assert_memory_equal(got, root[0], HASH);
	for (size_t i = 0; i < 8; i++) {
		unhex(entry, CT_LEAVES[i]);
		tb_merkle_leaf(got, entry, strlen(CT_LEAVES[i]) / 2);
		unhex(leaf[i], CT_LEAF_HASHES[i]);
		assert_memory_equal(got, leaf[i], HASH);
		tb_merkle_tree_append(&tree, got);
		tb_merkle_tree_root(&tree, got);
		unhex(root[i + 1], CT_ROOTS[i + 1]);
		assert_memory_equal(got, root[i + 1], HASH);
	}
	for (size_t i = 0; i < sizeof CT_INCLUSION / sizeof CT_INCLUSION[0]; i++) {
		const ct_proof *v = &CT_INCLUSION[i];

		ct_load(&proof, v);
		assert_int_equal(
			tb_merkle_verify_inclusion(&proof, leaf[v->a], v->a, v->b, root[v->b]), TB_OK);
	}
	for (size_t i = 0; i < sizeof CT_CONSISTENCY / sizeof CT_CONSISTENCY[0]; i++) {
		const ct_proof *v = &CT_CONSISTENCY[i];

		ct_load(&proof, v);
		assert_int_equal(
			tb_merkle_verify_consistency(&proof, v->a, root[v->a], v->b, root[v->b]), TB_OK);
	}
}

/* ---- every tree, every leaf, every pair of sizes ---- */

static void test_every_root(void **state)
{
	tb_merkle_tree tree;
	uint8_t got[HASH];

	(void)state;
	tb_merkle_tree_init(&tree);
	for (uint64_t n = 0; n <= MOST; n++) {
		tb_merkle_reader nodes = {read_node, &n};

		tb_merkle_tree_root(&tree, got);
		assert_memory_equal(got, roots[n], HASH);
		assert_int_equal(tb_merkle_root(got, &nodes, n), TB_OK);
		assert_memory_equal(got, roots[n], HASH);
		if (n < MOST)
			tb_merkle_tree_append(&tree, leaves[n]);
	}
}

/* Any proof with one byte changed, one node less or one more, is refused. */
#define REFUSE_CHANGES(proof, verify)                                                                        \
	do {                                                                                                 \
		for (size_t at = 0; at < (proof).num; at++)                                                  \
			for (size_t byte = at % 3; byte < HASH; byte += 11) {                                \
				(proof).node[at][byte] ^= 0x20;                                              \
				assert_int_equal(verify, TB_ERR_PROOF);                                      \
				(proof).node[at][byte] ^= 0x20;                                              \
			}                                                                                    \
		(proof).num++;                                                                               \
		memcpy((proof).node[(proof).num - 1], roots[5], HASH);                                       \
		assert_int_equal(verify, TB_ERR_PROOF);                                                      \
		(proof).num--;                                                                               \
		if ((proof).num > 0) {                                                                       \
			(proof).num--;                                                                       \
			assert_int_equal(verify, TB_ERR_PROOF);                                              \
			(proof).num++;                                                                       \
		}                                                                                            \
	} while (0)

static void test_every_inclusion_proof(void **state)
{
	tb_merkle_proof proof;
	uint8_t expected[TB_MERKLE_MAX_PROOF][HASH], bad[HASH];

	(void)state;
	for (uint64_t n = 1; n <= MOST; n++) {
		tb_merkle_reader nodes = {read_node, &n};

		for (uint64_t i = 0; i < n; i++) {
			size_t num = naive_path(expected, i, (const uint8_t(*)[HASH])leaves, n);

			assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, i, n), TB_OK);
			assert_int_equal(proof.num, num);
			assert_memory_equal(proof.node, expected, num * HASH);
			assert_int_equal(
				tb_merkle_verify_inclusion(&proof, leaves[i], i, n, roots[n]), TB_OK);
			if (n % 7 != 0 && n > 20)
				continue;
			REFUSE_CHANGES(proof, tb_merkle_verify_inclusion(&proof, leaves[i], i, n, roots[n]));
			for (uint64_t j = 0; j < n + 2; j++)
				if (j != i)
					assert_int_equal(
						tb_merkle_verify_inclusion(&proof, leaves[i], j, n, roots[n]),
						TB_ERR_PROOF);
			memcpy(bad, leaves[i], HASH);
			bad[i % HASH] ^= 1;
			assert_int_equal(
				tb_merkle_verify_inclusion(&proof, bad, i, n, roots[n]), TB_ERR_PROOF);
			memcpy(bad, roots[n], HASH);
			bad[i % HASH] ^= 1;
			assert_int_equal(
				tb_merkle_verify_inclusion(&proof, leaves[i], i, n, bad), TB_ERR_PROOF);
		}
	}
}

static void test_every_consistency_proof(void **state)
{
	tb_merkle_proof proof;
	uint8_t expected[TB_MERKLE_MAX_PROOF][HASH], bad[HASH];

	(void)state;
	for (uint64_t n = 1; n <= MOST; n++) {
		tb_merkle_reader nodes = {read_node, &n};

		for (uint64_t m = 1; m <= n; m++) {
			size_t num = naive_subproof(expected, m, (const uint8_t(*)[HASH])leaves, n, true);

			assert_int_equal(tb_merkle_prove_consistency(&proof, &nodes, m, n), TB_OK);
			assert_int_equal(proof.num, num);
			assert_memory_equal(proof.node, expected, num * HASH);
			assert_int_equal(
				tb_merkle_verify_consistency(&proof, m, roots[m], n, roots[n]), TB_OK);
			if (n % 7 != 0 && n > 20)
				continue;
			REFUSE_CHANGES(proof, tb_merkle_verify_consistency(&proof, m, roots[m], n, roots[n]));
			for (uint64_t j = 0; j <= n; j++)
				if (j != m)
					assert_int_equal(tb_merkle_verify_consistency(
								 &proof, j, roots[m], n, roots[n]),
						TB_ERR_PROOF);
			memcpy(bad, roots[m], HASH);
			bad[m % HASH] ^= 1;
			assert_int_equal(
				tb_merkle_verify_consistency(&proof, m, bad, n, roots[n]), TB_ERR_PROOF);
			memcpy(bad, roots[n], HASH);
			bad[m % HASH] ^= 1;
			assert_int_equal(
				tb_merkle_verify_consistency(&proof, m, roots[m], n, bad), TB_ERR_PROOF);
		}
	}
}

/* ---- the edges ---- */

static void test_empty_and_equal_trees(void **state)
{
	tb_merkle_proof proof = {.num = 0};

	(void)state;
	assert_int_equal(tb_merkle_verify_consistency(&proof, 0, roots[0], 0, roots[0]), TB_OK);
	assert_int_equal(tb_merkle_verify_consistency(&proof, 0, roots[0], 9, roots[9]), TB_OK);
	assert_int_equal(tb_merkle_verify_consistency(&proof, 0, roots[1], 9, roots[9]), TB_ERR_PROOF);
	assert_int_equal(tb_merkle_verify_consistency(&proof, 0, roots[0], 0, roots[1]), TB_ERR_PROOF);
	assert_int_equal(tb_merkle_verify_consistency(&proof, 9, roots[9], 9, roots[8]), TB_ERR_PROOF);
	assert_int_equal(tb_merkle_verify_consistency(&proof, 9, roots[9], 8, roots[8]), TB_ERR_PROOF);
	assert_int_equal(tb_merkle_verify_consistency(&proof, 8, roots[8], 9, roots[9]), TB_ERR_PROOF);
	assert_int_equal(tb_merkle_verify_inclusion(&proof, leaves[0], 0, 1, roots[1]), TB_OK);
	assert_int_equal(tb_merkle_verify_inclusion(&proof, leaves[0], 0, 0, roots[0]), TB_ERR_PROOF);
	assert_int_equal(tb_merkle_verify_inclusion(&proof, roots[9], 0, 9, roots[9]), TB_ERR_PROOF);
	proof.num = 1;
	assert_int_equal(tb_merkle_verify_consistency(&proof, 0, roots[0], 9, roots[9]), TB_ERR_PROOF);
	assert_int_equal(tb_merkle_verify_consistency(&proof, 9, roots[9], 9, roots[9]), TB_ERR_PROOF);
}

static void test_out_of_range(void **state)
{
	uint64_t n = 9;
	tb_merkle_reader nodes = {read_node, &n};
	tb_merkle_proof proof;
	uint8_t out[HASH];

	(void)state;
	assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, 9, 9), TB_ERR_RANGE);
	assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, 0, 0), TB_ERR_RANGE);
	assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, 0, TB_MERKLE_MAX_SIZE + 1), TB_ERR_RANGE);
	assert_int_equal(tb_merkle_prove_consistency(&proof, &nodes, 9, 8), TB_ERR_RANGE);
	assert_int_equal(tb_merkle_prove_consistency(&proof, &nodes, 1, UINT64_MAX), TB_ERR_RANGE);
	assert_int_equal(tb_merkle_root(out, &nodes, UINT64_MAX), TB_ERR_RANGE);
	proof.num = TB_MERKLE_MAX_PROOF + 1;
	assert_int_equal(
		tb_merkle_verify_inclusion(&proof, leaves[0], 0, UINT64_MAX, roots[1]), TB_ERR_PROOF);
	assert_int_equal(
		tb_merkle_verify_inclusion(&proof, leaves[0], 0, TB_MERKLE_MAX_SIZE, roots[1]), TB_ERR_PROOF);
	assert_int_equal(tb_merkle_verify_consistency(&proof, 1, roots[1], TB_MERKLE_MAX_SIZE, roots[1]),
		TB_ERR_PROOF);
}

/* A tree so large that all arithmetic meets its limit: every node of it is the same made-up hash per level. */
static tb_err read_level(void *ctx, uint8_t out[HASH], unsigned level, uint64_t index)
{
	(void)ctx;
	(void)index;
	memcpy(out, leaves[0], HASH);
	for (unsigned i = 0; i < level; i++)
		tb_merkle_node(out, out, out);
	return TB_OK;
}

static void test_the_largest_tree(void **state)
{
	static const uint64_t sizes[] = {
		TB_MERKLE_MAX_SIZE, TB_MERKLE_MAX_SIZE - 1, (TB_MERKLE_MAX_SIZE >> 1) + 1};
	tb_merkle_reader nodes = {read_level, NULL};
	uint8_t root[HASH], old_root[HASH];
	tb_merkle_proof proof;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint64_t n = sizes[i], places[] = {0, 1, n / 2, n / 3, n - 2, n - 1};

		assert_int_equal(tb_merkle_root(root, &nodes, n), TB_OK);
		for (size_t j = 0; j < 6; j++) {
			assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, places[j], n), TB_OK);
			assert_int_equal(
				tb_merkle_verify_inclusion(&proof, leaves[0], places[j], n, root), TB_OK);
			assert_int_equal(tb_merkle_root(old_root, &nodes, places[j] + 1), TB_OK);
			assert_int_equal(
				tb_merkle_prove_consistency(&proof, &nodes, places[j] + 1, n), TB_OK);
			assert_int_equal(
				tb_merkle_verify_consistency(&proof, places[j] + 1, old_root, n, root),
				TB_OK);
		}
	}
}

/* The classic confusion: an inner node offered as an entry, its two children as the entry's bytes. */
static void test_a_node_is_no_leaf(void **state)
{
	uint8_t both[2 * HASH], as_leaf[HASH], node[HASH];
	tb_merkle_proof proof;
	uint64_t n = 4;
	tb_merkle_reader nodes = {read_node, &n};

	(void)state;
	memcpy(both, leaves[0], HASH);
	memcpy(both + HASH, leaves[1], HASH);
	tb_merkle_node(node, leaves[0], leaves[1]);
	tb_merkle_leaf(as_leaf, both, sizeof both);
	assert_memory_not_equal(node, as_leaf, HASH);
	/* The tree of 2 "leaves" that are really nodes has the same root as that of 4 ... */
	assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, 0, 4), TB_OK);
	memcpy(proof.node[0], proof.node[1], HASH);
	proof.num = 1;
	assert_int_equal(tb_merkle_verify_inclusion(&proof, node, 0, 2, roots[4]), TB_OK);
	/* ... but no entry has such a leaf hash. */
	assert_int_equal(tb_merkle_verify_inclusion(&proof, as_leaf, 0, 2, roots[4]), TB_ERR_PROOF);
}

static tb_err read_fails(void *ctx, uint8_t out[HASH], unsigned level, uint64_t index)
{
	unsigned *left = ctx;

	(void)index;
	memset(out, (int)level, HASH);
	return (*left)-- == 0 ? TB_ERR_IO : TB_OK;
}

static void test_errors_of_the_reader_are_passed_on(void **state)
{
	tb_merkle_proof proof;
	uint8_t out[HASH];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		unsigned left = i;
		tb_merkle_reader nodes = {read_fails, &left};

		assert_int_equal(tb_merkle_root(out, &nodes, 7), TB_ERR_IO);
		left = i;
		assert_int_equal(tb_merkle_prove_inclusion(&proof, &nodes, 3, 7), TB_ERR_IO);
		left = i;
		assert_int_equal(tb_merkle_prove_consistency(&proof, &nodes, 3, 7), TB_ERR_IO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference_vectors),
		cmocka_unit_test(test_every_root),
		cmocka_unit_test(test_every_inclusion_proof),
		cmocka_unit_test(test_every_consistency_proof),
		cmocka_unit_test(test_empty_and_equal_trees),
		cmocka_unit_test(test_out_of_range),
		cmocka_unit_test(test_the_largest_tree),
		cmocka_unit_test(test_a_node_is_no_leaf),
		cmocka_unit_test(test_errors_of_the_reader_are_passed_on),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

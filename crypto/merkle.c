/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/merkle.h"

#include <stdbool.h>
#include <string.h>

#include "crypto/hash.h"

void tb_merkle_leaf(uint8_t out[TB_MERKLE_BYTES], const void *entry, size_t entry_len)
{
	static const uint8_t prefix = 0x00;
	tb_sha256_state s;

	tb_sha256_init(&s);
	tb_sha256_update(&s, &prefix, 1);
	tb_sha256_update(&s, entry, entry_len);
	tb_sha256_final(&s, out);
}

void tb_merkle_node(uint8_t out[TB_MERKLE_BYTES], const uint8_t left[TB_MERKLE_BYTES],
	const uint8_t right[TB_MERKLE_BYTES])
{
	uint8_t in[1 + 2 * TB_MERKLE_BYTES];

	in[0] = 0x01;
	memcpy(in + 1, left, TB_MERKLE_BYTES);
	memcpy(in + 1 + TB_MERKLE_BYTES, right, TB_MERKLE_BYTES);
	tb_sha256(out, in, sizeof in);
}

void tb_merkle_empty(uint8_t out[TB_MERKLE_BYTES])
{
	tb_sha256(out, NULL, 0);
}

static bool same(const uint8_t a[TB_MERKLE_BYTES], const uint8_t b[TB_MERKLE_BYTES])
{
	return memcmp(a, b, TB_MERKLE_BYTES) == 0; /* public data */
}

/* ---- a tree that grows ---- */

void tb_merkle_tree_init(tb_merkle_tree *t)
{
	memset(t, 0, sizeof *t);
}

void tb_merkle_tree_append(tb_merkle_tree *t, const uint8_t leaf[TB_MERKLE_BYTES])
{
	uint8_t carry[TB_MERKLE_BYTES];
	unsigned level = 0;

	TB_REQUIRE(t->size < TB_MERKLE_MAX_SIZE);
	memcpy(carry, leaf, sizeof carry);
	/* Like adding 1 to a binary number: two subtrees of a level make one of the next. */
	for (; t->size >> level & 1; level++)
		tb_merkle_node(carry, t->node[level], carry);
	memcpy(t->node[level], carry, sizeof carry);
	t->size++;
}

void tb_merkle_tree_root(const tb_merkle_tree *t, uint8_t out[TB_MERKLE_BYTES])
{
	bool started = false;

	if (t->size == 0) {
		tb_merkle_empty(out);
		return;
	}
	for (unsigned level = 0; level <= TB_MERKLE_LEVELS; level++) {
		if ((t->size >> level & 1) == 0)
			continue;
		if (started)
			tb_merkle_node(out, t->node[level], out);
		else
			memcpy(out, t->node[level], TB_MERKLE_BYTES);
		started = true;
	}
}

/* ---- roots and proofs from nodes ---- */

/* The largest power of two smaller than n, for n >= 2: where RFC 9162 splits a tree. */
static uint64_t split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/*
 * The hash of the leaves begin .. end-1, begin < end, where begin is a multiple of the largest power of two in
 * (end - begin), as it is for every subtree that occurs in the definitions: then each complete part is one node.
 */
static tb_err range_root(
	uint8_t out[TB_MERKLE_BYTES], const tb_merkle_reader *nodes, uint64_t begin, uint64_t end)
{
	uint64_t left = end - begin;
	uint8_t part[TB_MERKLE_BYTES];
	bool started = false;

	/* The parts from right to left, small to large. */
	while (left > 0) {
		unsigned level = (unsigned)__builtin_ctzll(left);
		tb_err err;

		left -= UINT64_C(1) << level;
		err = nodes->node(nodes->ctx, started ? part : out, level, (begin + left) >> level);
		if (err != TB_OK)
			return err;
		if (started)
			tb_merkle_node(out, part, out);
		started = true;
	}
	return TB_OK;
}

tb_err tb_merkle_root(uint8_t out[TB_MERKLE_BYTES], const tb_merkle_reader *nodes, uint64_t size)
{
	if (size > TB_MERKLE_MAX_SIZE)
		return TB_ERR_RANGE;
	if (size == 0) {
		tb_merkle_empty(out);
		return TB_OK;
	}
	return range_root(out, nodes, 0, size);
}

static tb_err push(tb_merkle_proof *p, const tb_merkle_reader *nodes, uint64_t begin, uint64_t end)
{
	TB_REQUIRE(p->num < TB_MERKLE_MAX_PROOF);
	return range_root(p->node[p->num++], nodes, begin, end);
}

/* The definitions walk from the root down, the proof lists nodes from the bottom up. */
static void reverse(tb_merkle_proof *p)
{
	for (size_t i = 0, j = p->num; i + 1 < j; i++) {
		uint8_t kept[TB_MERKLE_BYTES];

		j--;
		memcpy(kept, p->node[i], sizeof kept);
		memcpy(p->node[i], p->node[j], sizeof kept);
		memcpy(p->node[j], kept, sizeof kept);
	}
}

tb_err tb_merkle_prove_inclusion(
	tb_merkle_proof *out, const tb_merkle_reader *nodes, uint64_t index, uint64_t size)
{
	uint64_t begin = 0, end = size;

	out->num = 0;
	if (index >= size || size > TB_MERKLE_MAX_SIZE)
		return TB_ERR_RANGE;
	while (end - begin > 1) {
		uint64_t middle = begin + split(end - begin);
		tb_err err = index < middle ? push(out, nodes, middle, end) : push(out, nodes, begin, middle);

		if (err != TB_OK)
			return err;
		if (index < middle)
			end = middle;
		else
			begin = middle;
	}
	reverse(out);
	return TB_OK;
}

/* The subtrees of PROOF(old_size, D[new_size]) from the bottom.  The first is the old tree itself where that is one complete
 * subtree at the left edge: `with_old` says whether it is wanted. */
static tb_err push_subtrees(tb_merkle_proof *out, const tb_merkle_reader *nodes, uint64_t old_size,
	uint64_t new_size, bool with_old)
{
	uint64_t begin = 0, end = new_size;
	tb_err err = TB_OK;

	while (err == TB_OK && end != old_size) {
		uint64_t middle = begin + split(end - begin);

		err = old_size <= middle ? push(out, nodes, middle, end) : push(out, nodes, begin, middle);
		if (old_size <= middle)
			end = middle;
		else
			begin = middle;
	}
	if (err == TB_OK && (begin > 0 || with_old))
		err = push(out, nodes, begin, end);
	if (err == TB_OK)
		reverse(out);
	return err;
}

tb_err tb_merkle_prove_consistency(
	tb_merkle_proof *out, const tb_merkle_reader *nodes, uint64_t old_size, uint64_t new_size)
{
	out->num = 0;
	if (old_size > new_size || new_size > TB_MERKLE_MAX_SIZE)
		return TB_ERR_RANGE;
	/* A verifier has the node of a complete old tree: the old root. */
	return old_size == 0 ? TB_OK : push_subtrees(out, nodes, old_size, new_size, false);
}

tb_err tb_merkle_prove_fork(
	tb_merkle_proof *out, const tb_merkle_reader *nodes, uint64_t old_size, uint64_t new_size)
{
	out->num = 0;
	if (old_size == 0 || old_size >= new_size || new_size > TB_MERKLE_MAX_SIZE)
		return TB_ERR_RANGE;
	return push_subtrees(out, nodes, old_size, new_size, true);
}

/* ---- verification: the numbered steps are those of the RFC ---- */

tb_err tb_merkle_verify_inclusion(const tb_merkle_proof *proof, const uint8_t leaf[TB_MERKLE_BYTES],
	uint64_t index, uint64_t size, const uint8_t root[TB_MERKLE_BYTES])
{
	uint64_t fn = index, sn;
	uint8_t r[TB_MERKLE_BYTES];

	if (index >= size || size > TB_MERKLE_MAX_SIZE || proof->num > TB_MERKLE_MAX_PROOF) /* 1 */
		return TB_ERR_PROOF;
	sn = size - 1;                            /* 2 */
	memcpy(r, leaf, sizeof r);                /* 3 */
	for (size_t i = 0; i < proof->num; i++) { /* 4 */
		if (sn == 0)
			return TB_ERR_PROOF;
		if ((fn & 1) == 1 || fn == sn) {
			tb_merkle_node(r, proof->node[i], r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			tb_merkle_node(r, r, proof->node[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same(r, root) ? TB_OK : TB_ERR_PROOF; /* 5 */
}

/*
 * Steps 3 to 6 of RFC 9162, 2.1.4.2, for 0 < old_size < new_size: the roots of the old and the new tree as they follow from nodes
 * of which the first, that of the last complete subtree of the old tree, is given.  PROOF when there are too many or too few.
 */
static tb_err roots_from_nodes(uint8_t old_root[TB_MERKLE_BYTES], uint8_t new_root[TB_MERKLE_BYTES],
	const uint8_t first[TB_MERKLE_BYTES], const uint8_t (*node)[TB_MERKLE_BYTES], size_t num,
	uint64_t old_size, uint64_t new_size)
{
	uint64_t fn = old_size - 1, sn = new_size - 1; /* 3 */

	while ((fn & 1) == 1) { /* 4 */
		fn >>= 1;
		sn >>= 1;
	}
	memcpy(old_root, first, TB_MERKLE_BYTES); /* 5 */
	memcpy(new_root, first, TB_MERKLE_BYTES);
	for (size_t i = 0; i < num; i++) { /* 6 */
		if (sn == 0)
			return TB_ERR_PROOF;
		if ((fn & 1) == 1 || fn == sn) {
			tb_merkle_node(old_root, node[i], old_root);
			tb_merkle_node(new_root, node[i], new_root);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			tb_merkle_node(new_root, new_root, node[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 ? TB_OK : TB_ERR_PROOF;
}

tb_err tb_merkle_verify_consistency(const tb_merkle_proof *proof, uint64_t old_size,
	const uint8_t old_root[TB_MERKLE_BYTES], uint64_t new_size, const uint8_t new_root[TB_MERKLE_BYTES])
{
	uint8_t fr[TB_MERKLE_BYTES], sr[TB_MERKLE_BYTES];
	size_t given;

	if (old_size > new_size || new_size > TB_MERKLE_MAX_SIZE || proof->num > TB_MERKLE_MAX_PROOF)
		return TB_ERR_PROOF;
	if (old_size == 0) {
		tb_merkle_empty(fr);
		return proof->num == 0 && same(fr, old_root) && (new_size > 0 || same(fr, new_root))
			       ? TB_OK
			       : TB_ERR_PROOF;
	}
	if (old_size == new_size)
		return proof->num == 0 && same(old_root, new_root) ? TB_OK : TB_ERR_PROOF;
	if (proof->num == 0) /* 1 */
		return TB_ERR_PROOF;
	given = (old_size & (old_size - 1)) == 0 ? 0 : 1; /* 2: a power of two has its root prepended */
	if (roots_from_nodes(fr, sr, given == 0 ? old_root : proof->node[0], proof->node + given,
		    proof->num - given, old_size, new_size) != TB_OK)
		return TB_ERR_PROOF;
	return same(fr, old_root) && same(sr, new_root) ? TB_OK : TB_ERR_PROOF; /* 7 */
}

tb_err tb_merkle_verify_fork(const tb_merkle_proof *proof, uint64_t old_size,
	const uint8_t old_root[TB_MERKLE_BYTES], uint64_t new_size, const uint8_t new_root[TB_MERKLE_BYTES])
{
	uint8_t fr[TB_MERKLE_BYTES], sr[TB_MERKLE_BYTES];

	if (old_size == 0 || old_size > new_size || new_size > TB_MERKLE_MAX_SIZE ||
		proof->num > TB_MERKLE_MAX_PROOF)
		return TB_ERR_PROOF;
	if (old_size == new_size)
		return proof->num == 0 && !same(old_root, new_root) ? TB_OK : TB_ERR_PROOF;
	if (proof->num == 0 || roots_from_nodes(fr, sr, proof->node[0], proof->node + 1, proof->num - 1,
				       old_size, new_size) != TB_OK)
		return TB_ERR_PROOF;
	return same(sr, new_root) && !same(fr, old_root) ? TB_OK : TB_ERR_PROOF;
}

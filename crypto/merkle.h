/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_MERKLE_H
#define TB_CRYPTO_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * The Merkle tree of RFC 6962 and RFC 9162, section 2.1, with SHA-256 [LOG.TREE].
 *
 * A node is addressed by (level, index): the root of the complete subtree over the leaves
 * index * 2^level .. (index + 1) * 2^level - 1.  Level 0 are the leaf hashes.
 */
#define TB_MERKLE_BYTES 32
#define TB_MERKLE_LEVELS 48
#define TB_MERKLE_MAX_SIZE (UINT64_C(1) << TB_MERKLE_LEVELS) /* leaves of the largest tree */
#define TB_MERKLE_MAX_PROOF (TB_MERKLE_LEVELS + 1)

/* SHA-256(0x00 || entry) and SHA-256(0x01 || left || right): a leaf never hashes like a node, else a proof for an inner
 * node would pass as one for an entry of 64 bytes. */
void tb_merkle_leaf(uint8_t out[TB_MERKLE_BYTES], const void *entry, size_t entry_len);
void tb_merkle_node(uint8_t out[TB_MERKLE_BYTES], const uint8_t left[TB_MERKLE_BYTES],
	const uint8_t right[TB_MERKLE_BYTES]);
void tb_merkle_empty(uint8_t out[TB_MERKLE_BYTES]); /* the root of the tree without leaves: SHA-256("") */

/* ---- a tree that grows: only the roots of its complete subtrees ---- */
typedef struct tb_merkle_tree {
	uint64_t size;
	uint8_t node[TB_MERKLE_LEVELS + 1][TB_MERKLE_BYTES]; /* node[l] stands where bit l of size is set */
} tb_merkle_tree;

void tb_merkle_tree_init(tb_merkle_tree *t);
void tb_merkle_tree_append(
	tb_merkle_tree *t, const uint8_t leaf[TB_MERKLE_BYTES]); /* aborts above TB_MERKLE_MAX_SIZE */
void tb_merkle_tree_root(const tb_merkle_tree *t, uint8_t out[TB_MERKLE_BYTES]);

/* ---- where nodes come from ---- */
typedef struct tb_merkle_reader {
	/* Gives the node (level, index), which is complete in the tree at hand.  Its error is passed on. */
	tb_err (*node)(void *ctx, uint8_t out[TB_MERKLE_BYTES], unsigned level, uint64_t index);
	void *ctx;
} tb_merkle_reader;

/* The root of the first `size` leaves.  RANGE for a size above TB_MERKLE_MAX_SIZE, or the reader's error. */
TB_CHECKED tb_err tb_merkle_root(uint8_t out[TB_MERKLE_BYTES], const tb_merkle_reader *nodes, uint64_t size);

/* ---- proofs ---- */
typedef struct tb_merkle_proof {
	size_t num;
	uint8_t node[TB_MERKLE_MAX_PROOF][TB_MERKLE_BYTES];
} tb_merkle_proof;

/* PATH(index, D[size]) of RFC 9162, 2.1.3.1.  RANGE unless index < size, or the reader's error. */
TB_CHECKED tb_err tb_merkle_prove_inclusion(
	tb_merkle_proof *out, const tb_merkle_reader *nodes, uint64_t index, uint64_t size);
/* PROOF(old_size, D[new_size]) of RFC 9162, 2.1.4.1; empty where the sizes are equal or old_size is 0.
 * RANGE unless old_size <= new_size, or the reader's error. */
TB_CHECKED tb_err tb_merkle_prove_consistency(
	tb_merkle_proof *out, const tb_merkle_reader *nodes, uint64_t old_size, uint64_t new_size);

/* RFC 9162, 2.1.3.2: `leaf` is the leaf hash at `index` of the tree with `size` leaves and this root.  PROOF. */
TB_CHECKED tb_err tb_merkle_verify_inclusion(const tb_merkle_proof *proof,
	const uint8_t leaf[TB_MERKLE_BYTES], uint64_t index, uint64_t size,
	const uint8_t root[TB_MERKLE_BYTES]);
/* RFC 9162, 2.1.4.2: the tree with old_size leaves and old_root is the beginning of the one with new_size and
 * new_root.  Equal sizes: the proof is empty and the roots are the same.  old_size 0: the proof is empty and
 * old_root is that of the empty tree.  PROOF. */
TB_CHECKED tb_err tb_merkle_verify_consistency(const tb_merkle_proof *proof, uint64_t old_size,
	const uint8_t old_root[TB_MERKLE_BYTES], uint64_t new_size, const uint8_t new_root[TB_MERKLE_BYTES]);

/* ---- forks ---- */
/*
 * What shows that a tree does NOT begin with another one: the nodes of PROOF(old_size, D[new_size]), the old tree's own node always among
 * them.  They lead to new_root, so they are that tree's; and what they say about its first old_size leaves is not old_root.
 * 0 < old_size < new_size, RANGE otherwise, or the reader's error.
 */
TB_CHECKED tb_err tb_merkle_prove_fork(
	tb_merkle_proof *out, const tb_merkle_reader *nodes, uint64_t old_size, uint64_t new_size);
/* TB_OK when the roots are of two trees neither of which is the beginning of the other.  Equal sizes: without nodes,
 * and the roots differ.  PROOF. */
TB_CHECKED tb_err tb_merkle_verify_fork(const tb_merkle_proof *proof, uint64_t old_size,
	const uint8_t old_root[TB_MERKLE_BYTES], uint64_t new_size, const uint8_t new_root[TB_MERKLE_BYTES]);

#endif

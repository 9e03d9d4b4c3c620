// SPDX-License-Identifier: Apache-2.0
// [LOG.TREE] The Merkle tree of RFC 6962, plainly by its recursive definition; proofs checked as RFC 9162 says.
import { equal } from './bytes.js';
import { sha256 } from './hash.js';
import { require } from './err.js';

export const HASH_LENGTH = 32;

/** @param {Uint8Array} entry @returns {Uint8Array} */
export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);

/** @param {Uint8Array} left @param {Uint8Array} right @returns {Uint8Array} */
export const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

/** The largest power of two below n. @param {number} n at least 2 */
function split(n) {
	let k = 1;
	while (2 * k < n) k *= 2;
	return k;
}

/** The root over leaf hashes. @param {Uint8Array[]} leaves @returns {Uint8Array} */
export function root(leaves) {
	if (leaves.length === 0) return sha256();
	if (leaves.length === 1) return leaves[0];
	const k = split(leaves.length);
	return nodeHash(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

/** Hashes in one growing piece of memory: a log may have a million of them. */
class HashList {
	constructor() {
		this.length = 0;
		this.bytes = new Uint8Array(64 * HASH_LENGTH);
	}

	/** @param {Uint8Array} hash */
	push(hash) {
		const at = this.length++ * HASH_LENGTH;
		if (at === this.bytes.length) {
			const more = new Uint8Array(2 * at);
			more.set(this.bytes);
			this.bytes = more;
		}
		this.bytes.set(hash, at);
	}

	/** @param {number} i @returns {Uint8Array} */
	get(i) {
		return this.bytes.slice(i * HASH_LENGTH, (i + 1) * HASH_LENGTH);
	}
}

/** The tree of a growing log, which knows its root at every size it ever had.  64 bytes for each leaf. */
export class Tree {
	constructor() {
		/** @type {HashList[]} level k holds the roots of the complete subtrees of 2^k leaves */
		this.levels = [new HashList()];
	}

	/** @returns {number} */
	get size() {
		return this.levels[0].length;
	}

	/** @param {Uint8Array} leaf hash */
	append(leaf) {
		let hash = leaf;
		for (let k = 0; ; k++) {
			this.levels[k] ??= new HashList();
			const list = this.levels[k];
			list.push(hash);
			if (list.length % 2 === 1) return;
			hash = nodeHash(list.get(list.length - 2), hash);
		}
	}

	/** The root of the complete subtree. @param {number} level @param {number} index @returns {Uint8Array} */
	node(level, index) {
		return this.levels[level].get(index);
	}

	/** The root over the first leaves. @param {number} [size] 0..this.size @returns {Uint8Array} */
	root(size = this.size) {
		if (!Number.isInteger(size) || size < 0 || size > this.size) throw new RangeError(`no root at ${size} of ${this.size}`);
		if (size === 0) return root([]);
		/** @type {any} */
		let hash;
		for (let k = 0; 2 ** k <= size; k++) {
			const count = Math.floor(size / 2 ** k);
			if (count % 2 === 0) continue;
			hash = hash === undefined ? this.node(k, count - 1) : nodeHash(this.node(k, count - 1), hash);
		}
		return hash;
	}
}

/** RFC 6962 2.1.1. @param {number} index @param {Uint8Array[]} leaves @returns {Uint8Array[]} from the leaf upwards */
export function inclusionProof(index, leaves) {
	if (leaves.length <= 1) return [];
	const k = split(leaves.length);
	return index < k
		? [...inclusionProof(index, leaves.slice(0, k)), root(leaves.slice(k))]
		: [...inclusionProof(index - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

/** RFC 6962 2.1.2. @param {number} size the older size, 1..leaves @param {Uint8Array[]} leaves @returns {Uint8Array[]} */
export function consistencyProof(size, leaves) {
	const sub = (m, list, whole) => {
		if (m === list.length) return whole ? [] : [root(list)];
		const k = split(list.length);
		return m <= k
			? [...sub(m, list.slice(0, k), whole), root(list.slice(k))]
			: [...sub(m - k, list.slice(k), false), root(list.slice(0, k))];
	};
	return sub(size, leaves, true);
}

/**
 * RFC 9162 2.1.3.2: the leaf is at that index of the tree with that size and root.  Throws a Refusal of `rule` otherwise.
 * @param {Uint8Array} leaf @param {number} index @param {number} size @param {Uint8Array[]} proof @param {Uint8Array} expectedRoot
 * @param {string} [rule]
 */
export function verifyInclusion(leaf, index, size, proof, expectedRoot, rule = 'LOG.TREE') {
	require(index < size, rule, `there is no entry ${index} in a log of ${size}`);
	let fn = BigInt(index);
	let sn = BigInt(size - 1);
	let hash = leaf;
	for (const step of proof) {
		require(sn !== 0n, rule, 'the inclusion proof is too long');
		if ((fn & 1n) === 1n || fn === sn) {
			hash = nodeHash(step, hash);
			while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
		} else {
			hash = nodeHash(hash, step);
		}
		[fn, sn] = [fn >> 1n, sn >> 1n];
	}
	require(sn === 0n, rule, 'the inclusion proof is too short');
	require(equal(hash, expectedRoot), rule, 'the inclusion proof leads to another root');
}

/**
 * Steps 3 to 6 of RFC 9162 2.1.4.2, for 0 < oldSize < size: the roots of both trees as they follow from nodes of which the first is that of the
 * older tree's last complete subtree.
 * @param {number} oldSize @param {number} size @param {Uint8Array[]} nodes @param {string} rule @returns {{old: Uint8Array, young: Uint8Array}}
 */
function rootsOf(oldSize, size, nodes, rule) {
	require(nodes.length > 0, rule, 'the consistency proof is empty');
	let fn = BigInt(oldSize - 1);
	let sn = BigInt(size - 1);
	while ((fn & 1n) === 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
	let [fr, sr] = [nodes[0], nodes[0]];
	for (const step of nodes.slice(1)) {
		require(sn !== 0n, rule, 'the consistency proof is too long');
		if ((fn & 1n) === 1n || fn === sn) {
			fr = nodeHash(step, fr);
			sr = nodeHash(step, sr);
			while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
		} else {
			sr = nodeHash(sr, step);
		}
		[fn, sn] = [fn >> 1n, sn >> 1n];
	}
	require(sn === 0n, rule, 'the consistency proof is too short');
	return { old: fr, young: sr };
}

/**
 * RFC 9162 2.1.4.2: the older tree is a beginning of the newer one.
 * @param {number} oldSize at least 1 @param {Uint8Array} oldRoot @param {number} size @param {Uint8Array} newRoot @param {Uint8Array[]} proof
 * @param {string} [rule]
 */
export function verifyConsistency(oldSize, oldRoot, size, newRoot, proof, rule = 'LOG.CONSISTENT') {
	require(oldSize >= 1 && oldSize <= size, rule, `a log of ${size} has no beginning of ${oldSize}`);
	if (oldSize === size) {
		require(proof.length === 0 && equal(oldRoot, newRoot), rule, 'two roots for one size');
		return;
	}
	const isPower = (BigInt(oldSize) & BigInt(oldSize - 1)) === 0n;
	const { old, young } = rootsOf(oldSize, size, isPower ? [oldRoot, ...proof] : proof, rule);
	require(equal(old, oldRoot) && equal(young, newRoot), rule, 'the consistency proof does not lead to both roots');
}

/**
 * The nodes that contradict an older head [LOG.FORK], as the entries that each is over: begin and end.  From the bottom; the first is the whole
 * older tree where its size is a power of two.
 * @param {number} oldSize @param {number} size @returns {[number, number][]} none for equal sizes
 */
export function forkRanges(oldSize, size) {
	/** @type {[number, number][]} */
	const ranges = [];
	let [begin, end] = [0, size];
	if (oldSize === size) return ranges;
	while (end !== oldSize) {
		const middle = begin + split(end - begin);
		ranges.push(oldSize <= middle ? [middle, end] : [begin, middle]);
		if (oldSize <= middle) end = middle;
		else begin = middle;
	}
	return [...ranges, /** @type {[number, number]} */ ([begin, end])].reverse();
}

/**
 * [LOG.FORK] No log has both heads: the nodes lead to the newer root and to another older one.
 * @param {number} oldSize @param {Uint8Array} oldRoot @param {number} size @param {Uint8Array} newRoot @param {Uint8Array[]} nodes
 */
export function verifyFork(oldSize, oldRoot, size, newRoot, nodes) {
	const rule = 'LOG.FORK';
	require(oldSize >= 1 && oldSize <= size, rule, 'the first head is empty or the longer one');
	if (oldSize === size) return require(nodes.length === 0 && !equal(oldRoot, newRoot), rule, 'the heads do not contradict each other');
	const { old, young } = rootsOf(oldSize, size, nodes, rule);
	require(equal(young, newRoot), rule, 'the nodes do not lead to the root of the longer log');
	require(!equal(old, oldRoot), rule, 'the longer log goes on from the shorter one');
}

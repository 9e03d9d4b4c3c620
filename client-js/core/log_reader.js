// SPDX-License-Identifier: Apache-2.0
// [LOG.TILES] Reads single entries of a large log and holds each against the checkpoint, from the root downwards: nothing is believed
// because a server sent it.  The files come from a function, so the same code reads from a server, a mirror, a folder or an archive.
import { equal, fromUtf8 } from '../crypto/bytes.js';
import { Refusal, require, under } from '../crypto/err.js';
import { HASH_LENGTH, inclusionProof, leafHash, nodeHash, root } from '../crypto/merkle.js';
import { sha256 } from '../crypto/hash.js';
import { parse as parseBase64 } from './base64.js';
import { parse as parseProof } from './proof.js';
import * as tiles from './tile.js';

const WIDTH = 256;
const KEPT_BUNDLES = 32;
/* A bundle that is wider than this is worth asking for one entry alone. */
const NARROW = 8;

/**
 * @typedef {(path: string) => Promise<Uint8Array>} Get the file at a path below the election's address; throws when there is none
 * @typedef {{size: number, root: Uint8Array}} Head
 * @typedef {{own: Uint8Array[], all: Uint8Array[]}} Edge the hashes of a level's last, incomplete tile; with the one of what is incomplete below
 */

/** @param {string} rule @param {string} detail @param {string} path @param {number} [index] of the entry @returns {Refusal} */
const refusal = (rule, detail, path, index) => Object.assign(new Refusal(rule, detail), { path, index });

/** @param {Uint8Array} bytes @returns {Uint8Array[]} */
const split = (bytes) => Array.from({ length: bytes.length / HASH_LENGTH }, (_, i) => bytes.slice(i * HASH_LENGTH, (i + 1) * HASH_LENGTH));

/** How many hashes a level has. @param {number} size @param {number} level */
const countAt = (size, level) => Math.floor(size / WIDTH ** level);

export class LogReader {
	/** @type {Map<string, Promise<Uint8Array[]>>} */
	#tiles = new Map();
	/** @type {Map<number, Promise<Uint8Array[]>>} the latest few, by index */
	#bundles = new Map();
	/** @type {Promise<Edge[]>|undefined} */
	#edge;

	/** @param {Get} get @param {Head} head of a checkpoint whose signature is for the caller */
	constructor(get, head) {
		this.get = get;
		this.head = head;
	}

	/** @param {number|'entries'} level @param {number} index @param {number} width */
	async #hashes(level, index, width) {
		const path = `log/${tiles.path(level, index, width)}`;
		const bytes = await this.get(path);
		if (bytes.length !== width * HASH_LENGTH) throw refusal('LOG.TILES', `${path} has ${bytes.length} bytes, not ${width * HASH_LENGTH}`, path);
		return split(bytes);
	}

	/** The incomplete tiles of all levels, which together must lead to the root of the checkpoint. @returns {Promise<Edge[]>} */
	#edges() {
		this.#edge ??= (async () => {
			const { size } = this.head;
			const levels = [];
			for (let level = 0; countAt(size, level) > 0; level++) levels.push(countAt(size, level));
			const own = await Promise.all(levels.map((count, level) => (count % WIDTH === 0 ? [] : this.#hashes(level, Math.floor(count / WIDTH), count % WIDTH))));
			const edges = combine(own);
			const found = edges.length === 0 ? root([]) : root(/** @type {Edge} */ (edges.at(-1)).all);
			if (!equal(found, this.head.root)) throw refusal('LOG.TREE', 'the tiles do not lead to the root of the checkpoint', 'log/checkpoint');
			return edges;
		})();
		return this.#edge;
	}

	/** Hashes of a tile, complete or not, that the checkpoint vouches for. @param {number} level @param {number} index @returns {Promise<Uint8Array[]>} */
	tile(level, index) {
		const key = `${level}/${index}`;
		let tile = this.#tiles.get(key);
		if (!tile) {
			tile = this.#loadTile(level, index);
			this.#tiles.set(key, tile);
			tile.catch(() => this.#tiles.delete(key)); // asked for again later
		}
		return tile;
	}

	/** @param {number} level @param {number} index */
	async #loadTile(level, index) {
		const edges = await this.#edges();
		if (index === Math.floor(countAt(this.head.size, level) / WIDTH)) return edges[level].own;
		const [hashes, parent] = await Promise.all([this.#hashes(level, index, WIDTH), this.tile(level + 1, Math.floor(index / WIDTH))]);
		const path = `log/${tiles.path(level, index, WIDTH)}`;
		if (!equal(root(hashes), parent[index % WIDTH])) throw refusal('LOG.TREE', `${path} does not lead to the root of the checkpoint`, path);
		return hashes;
	}

	/** @param {number} index @returns {Promise<Uint8Array>} the leaf hash of an entry */
	async leaf(index) {
		require(index < this.head.size, 'LOG.TREE', `there is no entry ${index} in a log of ${this.head.size}`);
		return (await this.tile(0, Math.floor(index / WIDTH)))[index % WIDTH];
	}

	/** The entries of a bundle, each with the leaf hash that the checkpoint vouches for. @param {number} number @returns {Promise<Uint8Array[]>} */
	bundle(number) {
		const kept = this.#bundles.get(number);
		this.#bundles.delete(number);
		const bundle = kept ?? this.#loadBundle(number);
		this.#bundles.set(number, bundle);
		if (!kept) bundle.catch(() => this.#bundles.delete(number));
		if (this.#bundles.size > KEPT_BUNDLES) this.#bundles.delete(/** @type {number} */ (this.#bundles.keys().next().value));
		return bundle;
	}

	/** @param {number} number */
	async #loadBundle(number) {
		const width = Math.min(WIDTH, this.head.size - number * WIDTH);
		const path = `log/${tiles.path('entries', number, width)}`;
		const [bytes, leaves] = await Promise.all([this.get(path), this.tile(0, number)]);
		let entries;
		try {
			entries = tiles.parseBundle(bytes, width);
		} catch (error) {
			throw error instanceof Refusal ? refusal(error.rule, `${path}: ${error.detail}`, path) : error;
		}
		entries.forEach((entry, k) => {
			if (!equal(leafHash(entry), leaves[k])) throw refusal('LOG.TREE', `entry ${number * WIDTH + k} has other bytes than the checkpoint says`, path, number * WIDTH + k);
		});
		return entries;
	}

	/** The bytes of one entry: from its bundle where that is at hand or small, else by its receipt, which is as good. @param {number} index @returns {Promise<Uint8Array>} */
	async entry(index) {
		const number = Math.floor(index / WIDTH);
		const width = Math.min(WIDTH, this.head.size - number * WIDTH);
		if (this.#bundles.has(number) || width <= NARROW) return (await this.bundle(number))[index % WIDTH];
		const [leaf, found] = await Promise.all([this.leaf(index), this.#byReceipt(index)]);
		if (!found) return (await this.bundle(number))[index % WIDTH];
		if (!equal(leafHash(found), leaf)) throw refusal('LOG.TREE', `entry ${index} has other bytes than the checkpoint says`, `receipt/${index}`, index);
		return found;
	}

	/** A mirror of files has no receipts. @param {number} index @returns {Promise<Uint8Array|undefined>} */
	async #byReceipt(index) {
		try {
			return parseProof(await this.get(`receipt/${index}`)).entry;
		} catch {
			return undefined;
		}
	}

	/** [LOG.BLOB] @param {{sha256: Uint8Array, size: number}} blob @param {string} name its hash in hex @returns {Promise<Uint8Array>} */
	async blob(blob, name) {
		const bytes = await this.get(`blob/${name}`);
		if (bytes.length !== blob.size || !equal(sha256(bytes), blob.sha256)) throw refusal('LOG.BLOB', `blob ${name} has other bytes`, `blob/${name}`);
		return bytes;
	}

	/** The audit path of an entry in the tree of the checkpoint. @param {number} index @returns {Promise<Uint8Array[]>} */
	async inclusionProof(index) {
		const edges = await this.#edges();
		/** @type {Uint8Array[]} */
		const proof = [];
		for (let level = 0, at = index; level < edges.length; level++, at = Math.floor(at / WIDTH)) {
			const isEdge = Math.floor(at / WIDTH) === Math.floor(countAt(this.head.size, level) / WIDTH);
			proof.push(...inclusionProof(at % WIDTH, isEdge ? edges[level].all : await this.tile(level, Math.floor(at / WIDTH))));
		}
		return proof;
	}

	/** [LOG.CONSISTENT] The root of the first `size` entries: what an older checkpoint must have said. @param {number} size @returns {Promise<Uint8Array>} */
	async rootAt(size) {
		require(size <= this.head.size, 'LOG.CONSISTENT', `a log of ${this.head.size} has no beginning of ${size}`);
		const own = [];
		for (let level = 0; countAt(size, level) > 0; level++) {
			const count = countAt(size, level);
			own.push(count % WIDTH === 0 ? [] : (await this.tile(level, Math.floor(count / WIDTH))).slice(0, count % WIDTH));
		}
		return own.length === 0 ? root([]) : root(/** @type {Edge} */ (combine(own).at(-1)).all);
	}

	/**
	 * The node over entries begin..end-1, as the tree has one there: `begin` is a multiple of the largest power of two below their number.
	 * @param {number} begin @param {number} end @returns {Promise<Uint8Array>}
	 */
	async node(begin, end) {
		let span = 1;
		while (2 * span <= end - begin) span *= 2;
		if (span < end - begin) return nodeHash(await this.node(begin, begin + span), await this.node(begin + span, end));
		let level = 0;
		while (span >= WIDTH) [level, span] = [level + 1, span / WIDTH];
		const first = begin / WIDTH ** level;
		const tile = await this.tile(level, Math.floor(first / WIDTH));
		return root(tile.slice(first % WIDTH, (first % WIDTH) + span));
	}
}

/** What is incomplete below counts as one more hash of a level. @param {Uint8Array[][]} own @returns {Edge[]} */
function combine(own) {
	/** @type {Uint8Array|undefined} */
	let below;
	return own.map((hashes) => {
		const all = below ? [...hashes, below] : hashes;
		below = all.length > 0 ? root(all) : undefined;
		return { own: hashes, all };
	});
}

/**
 * What an inclusion proof says, step by step, for people [LOG.TREE]; whether it holds is for verifyInclusion().
 * @param {Uint8Array} leaf @param {number} index @param {number} size @param {Uint8Array[]} proof
 * @returns {{sibling: Uint8Array, isLeft: boolean, hash: Uint8Array}[]} isLeft: the sibling stands left of what was found so far
 */
export function proofSteps(leaf, index, size, proof) {
	let at = index;
	let last = size - 1;
	let hash = leaf;
	return proof.map((sibling) => {
		const isLeft = at % 2 === 1 || at === last;
		if (isLeft) while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
		[at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
		hash = isLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
		return { sibling, isLeft, hash };
	});
}

/** @typedef {{type: string, time: number, signer: string}} EntryHead */

/** Type, time and signer of an entry, for lists: reading it all is for entry.parse(). @param {Uint8Array} bytes @returns {EntryHead|null} */
export function headOf(bytes) {
	const found = /^\{"type":"([a-z.]{1,20})","time":(\d{1,16}),"signer":"([a-z0-9._/-]{1,80})",/.exec(fromLatin(bytes.subarray(0, 160)));
	return found && { type: found[1], time: Number(found[2]), signer: found[3] };
}

/** @param {Uint8Array} bytes */
const fromLatin = (bytes) => String.fromCharCode(...bytes);

/** Size and root that a checkpoint claims, before its signature can be checked: its key is in the log. @param {Uint8Array} note @returns {Head} */
export function claimedHead(note) {
	let lines;
	try {
		lines = fromUtf8(note.subarray(0, 4096)).split('\n');
	} catch {
		throw refusal('LOG.CHECKPOINT', 'the checkpoint is not UTF-8', 'log/checkpoint');
	}
	const size = Number(lines[1]);
	const hash = /^[A-Za-z0-9+/]{43}=$/.test(lines[2] ?? '') ? under('LOG.CHECKPOINT', () => parseBase64(lines[2])) : new Uint8Array();
	if (!/^[1-9]\d{0,15}$/.test(lines[1] ?? '') || !Number.isSafeInteger(size) || hash.length !== HASH_LENGTH)
		throw refusal('LOG.CHECKPOINT', 'the checkpoint has no size or no root', 'log/checkpoint');
	return { size, root: hash };
}

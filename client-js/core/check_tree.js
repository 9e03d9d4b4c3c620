// SPDX-License-Identifier: Apache-2.0
// Checks 1 and 2: are these bytes what the signed checkpoint commits to?  What is not is named as [CHECK.RECOVERY] says.
import { equal, hex } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { leafHash, nodeHash, root, Tree } from '../crypto/merkle.js';
import * as checkpoints from './checkpoint.js';
import { ahead, bundleAt, bundlesOf, readTile } from './check_files.js';
import { endorsersOf, witnessesOf } from './manifest.js';
import * as notes from './note.js';
import * as tiles from './tile.js';

const FULL = 256;
const HASH = 32;
const PATH = 'log/checkpoint';
/** More missing bundles end the verification [CHECK.RECOVERY]. */
const MAX_MISSING = 100;

/**
 * @typedef {import('./check.js').Check} Check
 * @typedef {import('./tile.js').Tile} Tile
 */

/** Reads the checkpoint; whether it is signed waits for the manifest. @param {Check} c @returns {Promise<boolean>} */
async function readCheckpoint(c) {
	const bytes = await c.source.get(PATH, 65536);
	return c.attempt(1, undefined, () => {
		if (bytes === undefined) throw new Refusal('LOG.CHECKPOINT', 'expected a signed checkpoint, found no such file', PATH);
		try {
			const checkpoint = checkpoints.parseBody(notes.parse(bytes).text);
			require(checkpoint.size > 0, 'LOG.CHECKPOINT', 'a log without entries');
			c.noteBytes = bytes;
			c.checkpoint = checkpoint;
		} catch (error) {
			throw error instanceof Refusal ? new Refusal('LOG.CHECKPOINT', error.detail, PATH) : error;
		}
	});
}

/** Hashes of a tile, or undefined where it is not there or not of its length. @param {Check} c @param {Tile} tile @returns {Promise<Uint8Array[]|undefined>} */
async function readHashes(c, tile) {
	const bytes = await readTile(c, tile);
	if (bytes?.length !== HASH * tile.width) return undefined;
	return Array.from({ length: tile.width }, (_, i) => bytes.slice(HASH * i, HASH * (i + 1)));
}

/** What stands for entries that cannot be split from their bundle. @param {Check} c @param {Tile} bundle @returns {Promise<Uint8Array[]>} */
async function leavesOfTile(c, { index, width }) {
	return (await readHashes(c, { level: 0, index, width, path: tiles.path(0, index, width) })) ?? Array.from({ length: width }, () => new Uint8Array(HASH));
}

/** Makes the tree again from the entries' bytes. @param {Check} c @returns {Promise<boolean>} false when most of the log is not there */
async function readBundles(c) {
	const { size } = c.checkpoint;
	let missing = 0;
	c.tree = new Tree();
	for await (const { item: tile, value: bytes } of ahead(bundlesOf(size), (one) => readTile(c, one))) {
		const { entries, hasMore } = bytes === undefined ? { entries: [], hasMore: false } : tiles.splitBundle(bytes, tile.width);
		const first = FULL * tile.index;
		const place = `log/${tile.path}`;
		c.cover(2);
		if (bytes === undefined && ++missing > MAX_MISSING) {
			c.fail(2, new Refusal('LOG.TILES', `expected ${size} entries, found more than ${MAX_MISSING} bundles missing`, place));
			return false;
		}
		if (bytes === undefined) c.fail(2, new Refusal('LOG.TILES', `expected a bundle of ${tile.width} entries, found no such file`, place), first);
		else if (entries.length < tile.width) c.fail(2, new Refusal('LOG.TILES', `expected a bundle of ${tile.width} entries, found one that is cut or misframed after ${entries.length}`, place), first + entries.length);
		else if (hasMore) c.fail(2, new Refusal('LOG.TILES', `expected a bundle of ${tile.width} entries, found more bytes after the last`, place));
		for (const entry of entries) c.tree.append(leafHash(entry));
		if (entries.length < tile.width) {
			for (const leaf of (await leavesOfTile(c, tile)).slice(entries.length)) {
				c.foreign.add(c.tree.size);
				c.tree.append(leaf);
			}
		}
		c.onProgress({ phase: 'tree', done: tile.index + 1, total: Math.ceil(size / FULL) });
		await c.pause();
	}
	return true;
}

/** @param {Check} c @returns {Generator<Tile>} */
function* hashTiles(c) {
	for (const tile of tiles.each(c.checkpoint.size)) if (tile.level !== 'entries') yield tile;
}

/** The entries are those of the log: every tile that differs from the one made of them is wrong. @param {Check} c */
async function compareTiles(c) {
	for await (const { item: tile, value: bytes } of ahead(hashTiles(c), (one) => readTile(c, one))) {
		const due = tiles.ofTree(c.tree, /** @type {number} */ (tile.level), tile.index, tile.width);
		c.cover(2);
		c.attempt(2, undefined, () => {
			if (bytes === undefined) throw new Refusal('LOG.TILES', `expected a tile of ${tile.width} hashes, found no such file`, `log/${tile.path}`);
			require(equal(bytes, due), 'LOG.TILES', 'not the hashes of the entries', `log/${tile.path}`);
		});
		await c.pause();
	}
}

/** The root that the tiles at the right edge lead to. @param {Map<string, Uint8Array[]|undefined>} found @param {number} size */
function rootOfTiles(found, size) {
	let hash;
	for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / FULL)) {
		const width = count % FULL;
		const hashes = width === 0 ? [] : found.get(`${level}/${Math.floor(count / FULL)}`);
		if (hashes === undefined) return undefined;
		for (let span = 1, end = width; span < FULL; span *= 2) {
			if ((width & span) === 0) continue;
			const subtree = root(hashes.slice(end - span, end));
			hash = hash === undefined ? subtree : nodeHash(subtree, hash);
			end -= span;
		}
	}
	return hash;
}

/**
 * The hashes of a tile that are certain, given those above it: the tile's own, or those of the entries, if they lead there.
 * @param {Check} c @param {Tile} tile @param {Uint8Array[]|undefined} own @param {Map<string, Uint8Array[]|undefined>} certain
 */
function certainHashes(c, tile, own, certain) {
	if (tile.width < FULL) return own; // at the edge, which leads to the root
	const above = certain.get(`${/** @type {number} */ (tile.level) + 1}/${Math.floor(tile.index / FULL)}`)?.[tile.index % FULL];
	const made = Array.from({ length: FULL }, (_, i) => c.tree.node(8 * /** @type {number} */ (tile.level), FULL * tile.index + i));
	return above === undefined ? undefined : [own, made].find((hashes) => hashes !== undefined && equal(root(hashes), above));
}

/** Names the entries of a bundle that are not those of its tile; a run of them is one report. @param {Check} c @param {number} bundle
 * @param {Uint8Array[]|undefined} certain leaf hashes @param {Uint8Array[]|undefined} own of the tile */
function compareLeaves(c, bundle, certain, own) {
	const { path, width } = bundleAt(c.checkpoint.size, bundle);
	const leaves = certain ?? own;
	let isRun = false;
	for (let i = 0; i < width; i++) {
		const index = FULL * bundle + i;
		const isOther = certain === undefined || !equal(certain[i], c.tree.node(0, index));
		if (isOther && !isRun && !c.foreign.has(index))
			c.fail(2, new Refusal('LOG.TREE', `expected an entry with leaf hash ${leaves === undefined ? 'of the log' : hex(leaves[i])}, found ${hex(c.tree.node(0, index))}`, `log/${path}`), index);
		if (isOther) c.foreign.add(index);
		isRun = isOther;
	}
}

/** The entries do not lead to the root: which files are to blame? @param {Check} c */
async function diagnose(c) {
	const { size } = c.checkpoint;
	/** @type {Map<string, Uint8Array[]|undefined>} */
	const found = new Map();
	for (const tile of hashTiles(c)) {
		found.set(`${tile.level}/${tile.index}`, await readHashes(c, tile));
		c.cover(2);
		await c.pause();
	}
	const ofTiles = rootOfTiles(found, size);
	if (ofTiles === undefined || !equal(ofTiles, c.checkpoint.root)) {
		c.fail(2, new Refusal('LOG.TREE', `expected entries that lead to ${hex(c.checkpoint.root)}, found ${hex(c.tree.root())}, and tiles that lead elsewhere, too`, PATH));
		return;
	}
	/** @type {Map<string, Uint8Array[]|undefined>} */
	const certain = new Map();
	for (const tile of [...hashTiles(c)].reverse()) {
		const key = `${tile.level}/${tile.index}`;
		const hashes = certainHashes(c, tile, found.get(key), certain);
		certain.set(key, hashes);
		if (hashes !== found.get(key) || hashes === undefined) c.fail(2, new Refusal('LOG.TILES', 'not the hashes that lead to the root', `log/${tile.path}`));
	}
	for (let bundle = 0; FULL * bundle < size; bundle++) compareLeaves(c, bundle, certain.get(`0/${bundle}`), found.get(`0/${bundle}`));
	replaceLeaves(c, (index) => (certain.get(`0/${Math.floor(index / FULL)}`) ?? found.get(`0/${Math.floor(index / FULL)}`))?.[index % FULL]);
}

/** What is not the log's is replaced by what its tile says. @param {Check} c @param {(index: number) => Uint8Array|undefined} leafOf */
function replaceLeaves(c, leafOf) {
	const tree = new Tree();
	while (tree.size < c.tree.size) {
		const own = c.tree.node(0, tree.size);
		tree.append(c.foreign.has(tree.size) ? (leafOf(tree.size) ?? own) : own);
	}
	c.tree = tree;
}

/** [LOG.CONSISTENT] @param {Check} c */
function checkSeen(c) {
	const rule = 'LOG.CONSISTENT';
	if (c.trust.seen === undefined) return;
	c.attempt(2, undefined, () => {
		let seen;
		try {
			seen = checkpoints.parseBody(notes.parse(/** @type {Uint8Array} */ (c.trust.seen)).text);
		} catch (error) {
			throw error instanceof Refusal ? new Refusal(rule, error.detail, 'seen checkpoint') : error;
		}
		require(seen.size <= c.tree.size, rule, `expected no fewer entries than were seen before, found ${c.tree.size} instead of ${seen.size}`, PATH);
		require(equal(c.tree.root(seen.size), seen.root), rule, `expected ${hex(seen.root)}, found ${hex(c.tree.root(seen.size))}`, 'seen checkpoint');
	});
}

/** Check 2. @param {Check} c @returns {Promise<boolean>} whether there are entries to go on with */
export async function checkTree(c) {
	if (!(await readCheckpoint(c)) || !(await readBundles(c))) return false;
	if (equal(c.tree.root(), c.checkpoint.root)) await compareTiles(c);
	else await diagnose(c);
	checkSeen(c);
	return true;
}

/** Check 1, once the manifest is known. @param {Check} c */
export function checkCheckpoint(c) {
	const manifest = c.board?.manifest;
	const origin = c.trust.origin ?? manifest?.origin;
	const key = c.trust.logKey ?? manifest?.server.log_key;
	const same = (rule, expected) => {
		c.cover(1);
		c.attempt(1, undefined, () => require(c.checkpoint.origin === expected, rule, `expected ${expected}, found ${c.checkpoint.origin}`, PATH));
	};
	if (c.trust.origin !== undefined) same('LOG.CHECKPOINT', c.trust.origin);
	if (manifest !== undefined) same('MANIFEST.ORIGIN', manifest.origin);
	if (origin === undefined || key === undefined) {
		c.note(1, 'the log key is in a manifest that cannot be read');
		return;
	}
	c.cover(1);
	c.attempt(1, undefined, () => {
		try {
			notes.verify(c.noteBytes, origin, key);
		} catch (error) {
			throw error instanceof Refusal ? new Refusal('LOG.CHECKPOINT', error.detail, PATH) : error;
		}
	});
	if (manifest !== undefined) checkCosignatures(c, manifest);
}

/** [WITNESS.POLICY] Cosignatures by keys that the manifest names must be right; those of others are not known to anybody. @param {Check} c @param {any} manifest */
function checkCosignatures(c, manifest) {
	const { signatures } = notes.parse(c.noteBytes);
	const isRight = ({ name, key }) => {
		const id = notes.keyId(name, notes.COSIGNATURE, key);
		const own = signatures.filter((one) => one.name === name && equal(one.keyId, id));
		if (own.length === 0) return false;
		c.cover(1);
		return c.attempt(1, undefined, () =>
			require(own.every(({ signature }) => checkpoints.isCosigned(c.checkpoint, signature, key)), 'LOG.CHECKPOINT', `the cosignature of ${name} is wrong`, PATH));
	};
	endorsersOf(manifest).forEach(({ signer, cosign }) => isRight({ name: `${manifest.origin}/${signer}`, key: cosign }));
	c.witnessed = witnessesOf(manifest).keys.filter(isRight).length;
}

// SPDX-License-Identifier: Apache-2.0
// Reading the files of a board for its verification.
import { hex } from '../crypto/bytes.js';
import { leafHash } from '../crypto/merkle.js';
import * as tiles from './tile.js';

const FULL = 256;
const MAX_TILE = 32 * FULL;
const MAX_BUNDLE = FULL * (2 + 65535);
const AHEAD = 6;

/**
 * @typedef {import('./check.js').Check} Check
 * @typedef {import('./tile.js').Tile} Tile
 */

/** A tile or bundle.  Where a partial one is gone because the log grew, the full one is cut. @param {Check} c @param {Tile} tile
 * @returns {Promise<Uint8Array|undefined>} */
export async function readTile(c, { level, index, width, path }) {
	const limit = level === 'entries' ? MAX_BUNDLE : MAX_TILE;
	const bytes = await c.source.get(`log/${path}`, limit);
	if (bytes !== undefined || width === FULL) return bytes;
	const full = await c.source.get(`log/${tiles.path(level, index, FULL)}`, limit);
	if (full === undefined) return undefined;
	return level === 'entries' ? tiles.writeBundle(tiles.splitBundle(full, width).entries) : full.slice(0, 32 * width);
}

/** Does something for each, some ahead of their turn. @template T, R @param {Iterable<T>} items @param {(item: T) => Promise<R>} start
 * @returns {AsyncGenerator<{item: T, value: R}>} */
export async function* ahead(items, start) {
	/** @type {{item: T, value: Promise<R>}[]} */
	const queue = [];
	const shift = async () => {
		const { item, value } = /** @type {{item: T, value: Promise<R>}} */ (queue.shift());
		return { item, value: await value };
	};
	try {
		for (const item of items) {
			const value = start(item);
			value.catch(() => {}); // told when its turn comes
			queue.push({ item, value });
			if (queue.length >= AHEAD) yield await shift();
		}
		while (queue.length > 0) yield await shift();
	} finally {
		await Promise.allSettled(queue.map(({ value }) => value));
	}
}

/** @param {number} size @returns {Generator<Tile>} */
export const bundlesOf = (size) => tiles.bundles(size);

/** @param {number} size @param {number} bundle @returns {Tile} */
export function bundleAt(size, bundle) {
	const width = Math.min(FULL, size - FULL * bundle);
	return { level: 'entries', index: bundle, width, path: tiles.path('entries', bundle, width) };
}

/**
 * The entries of a bundle after the tree was checked; those that are not the log's are undefined.
 * @param {Check} c @param {Tile} tile @returns {Promise<(Uint8Array|undefined)[]>}
 */
export async function readEntries(c, tile) {
	const bytes = await readTile(c, tile);
	const { entries } = bytes === undefined ? { entries: [] } : tiles.splitBundle(bytes, tile.width);
	return Array.from({ length: tile.width }, (_, i) => {
		const index = FULL * tile.index + i;
		if (c.foreign.has(index)) return undefined;
		const leaf = entries[i] === undefined ? undefined : leafHash(entries[i]);
		const due = c.tree.node(0, index);
		if (leaf === undefined || !leaf.every((byte, k) => byte === due[k])) throw new Error(`log/${tile.path} was changed while the board was being verified`);
		return entries[i];
	});
}

/** @param {Check} c @param {any} entry with a blob @returns {Promise<Uint8Array|undefined>} */
export const readBlob = (c, { blob }) => c.source.get(`blob/${hex(blob.sha256)}`, blob.size);

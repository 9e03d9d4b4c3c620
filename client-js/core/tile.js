// SPDX-License-Identifier: Apache-2.0
// [LOG.TILES] Tiles and entry bundles (c2sp.org/tlog-tiles).
import { concat, Reader, u16 } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import { root } from '../crypto/merkle.js';

const WIDTH = 256;
const RULE = 'LOG.TILES';

/** 1234067 -> x001/x234/067. @param {number} n @returns {string} */
function pathNumber(n) {
	const groups = String(n).padStart(Math.ceil(String(n).length / 3) * 3, '0').match(/.../g) ?? [];
	return groups.map((three, i) => (i < groups.length - 1 ? `x${three}` : three)).join('/');
}

/** @param {number|'entries'} level @param {number} index @param {number} width 1..256 @returns {string} */
export const path = (level, index, width) => `tile/${level}/${pathNumber(index)}${width < WIDTH ? `.p/${width}` : ''}`;

/** @typedef {{level: number|'entries', index: number, width: number, path: string}} Tile */

/** Every tile and bundle of a log of this size, one after the other. @param {number} size @returns {Generator<Tile>} */
export function* each(size) {
	for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / WIDTH)) yield* ofLevel(level, count);
	yield* bundles(size);
}

/** Its bundles alone: whoever wants these must not go through all tiles of a size that anybody can claim. @param {number} size */
export const bundles = (size) => ofLevel('entries', size);

/** @param {number|'entries'} level @param {number} count hashes or entries of that level @returns {Generator<Tile>} */
function* ofLevel(level, count) {
	for (let index = 0; index * WIDTH < count; index++) {
		const width = Math.min(WIDTH, count - index * WIDTH);
		yield { level, index, width, path: path(level, index, width) };
	}
}

/** The same at once. @param {number} size @returns {Tile[]} */
export const list = (size) => [...each(size)];

/** The bytes of a tile. @param {Uint8Array[]} leaves leaf hashes of the log @param {number} level @param {number} index @param {number} width */
export const hashes = (leaves, level, index, width) =>
	concat(
		...Array.from({ length: width }, (_, i) => {
			const span = WIDTH ** level;
			const start = (index * WIDTH + i) * span;
			return root(leaves.slice(start, start + span));
		}),
	);

/** The same from a tree. @param {import('../crypto/merkle.js').Tree} tree @param {number} level @param {number} index @param {number} width */
export const ofTree = (tree, level, index, width) =>
	concat(...Array.from({ length: width }, (_, i) => tree.node(8 * level, WIDTH * index + i)));

/** @param {Uint8Array[]} entries @returns {Uint8Array} */
export const writeBundle = (entries) => concat(...entries.flatMap((entry) => [u16(entry.length), entry]));

/** @param {Uint8Array} bytes @param {number} width entries in it @returns {Uint8Array[]} */
export function parseBundle(bytes, width) {
	const reader = new Reader(bytes, (detail) => new Refusal(RULE, detail));
	const entries = Array.from({ length: width }, () => {
		const [high, low] = reader.take(2);
		return reader.take(256 * high + low);
	});
	reader.end();
	return entries;
}

/** Whole entries from the front of a bundle, as many as there are, and whether bytes follow the last that is due.
 * @param {Uint8Array} bytes @param {number} width @returns {{entries: Uint8Array[], hasMore: boolean}} */
export function splitBundle(bytes, width) {
	const entries = [];
	let at = 0;
	while (entries.length < width && at + 2 <= bytes.length) {
		const end = at + 2 + 256 * bytes[at] + bytes[at + 1];
		if (end > bytes.length) break;
		entries.push(bytes.subarray(at + 2, end));
		at = end;
	}
	return { entries, hasMore: entries.length === width && at < bytes.length };
}

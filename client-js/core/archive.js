// SPDX-License-Identifier: Apache-2.0
// [ARCHIVE] A whole board as one ustar file of which every byte is fixed, and its verification.
import { concat, equal, fromUtf8, hex, utf8 } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { sha256 } from '../crypto/hash.js';
import { leafHash, root } from '../crypto/merkle.js';
import { Board } from './board.js';
import * as checkpoints from './checkpoint.js';
import * as entries from './entry.js';
import * as manifests from './manifest.js';
import * as tiles from './tile.js';

const BLOCK = 512;
const RULE = 'ARCHIVE';

/** @typedef {{name: string, bytes: Uint8Array}} File */

/** @param {File} file @returns {Uint8Array} */
function header({ name, bytes }) {
	const block = new Uint8Array(BLOCK);
	const put = (at, text) => block.set(utf8(text), at);
	put(0, name);
	put(100, '0000644\0');
	put(108, '0000000\0');
	put(116, '0000000\0');
	put(124, `${bytes.length.toString(8).padStart(11, '0')}\0`);
	put(136, '00000000000\0');
	put(148, ' '.repeat(8));
	put(156, '0');
	put(257, 'ustar\0' + '00');
	put(329, '0000000\0');
	put(337, '0000000\0');
	const sum = block.reduce((total, byte) => total + byte, 0);
	put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
	return block;
}

const padding = (length) => new Uint8Array((BLOCK - (length % BLOCK)) % BLOCK);

/** @param {File[]} files @returns {Uint8Array} */
export const writeFiles = (files) =>
	concat(...files.flatMap((file) => [header(file), file.bytes, padding(file.bytes.length)]), new Uint8Array(2 * BLOCK));

/** Refuses everything that `writeFiles` would not have written. @param {Uint8Array} bytes @returns {File[]} */
function parseFiles(bytes) {
	const files = [];
	let at = 0;
	while (at + BLOCK <= bytes.length && bytes[at] !== 0) {
		const block = bytes.slice(at, at + BLOCK);
		const name = String.fromCharCode(...block.slice(0, 100)).replace(/\0+$/, '');
		const size = Number.parseInt(String.fromCharCode(...block.slice(124, 135)), 8);
		require(/^[!-~]+$/.test(name) && Number.isSafeInteger(size), RULE, `no header of a file at ${at}`);
		files.push({ name, bytes: bytes.slice(at + BLOCK, at + BLOCK + size) });
		at += BLOCK + size + padding(size).length;
	}
	require(equal(writeFiles(files), bytes), RULE, 'a byte that does not belong there');
	return files;
}

/**
 * @param {Uint8Array} note the checkpoint @param {Uint8Array[]} log its entries @param {Uint8Array[]} blobs of any order
 * @returns {Uint8Array}
 */
export function write(note, log, blobs) {
	const leaves = log.map(leafHash);
	const contents = ({ level, index, width }) =>
		level === 'entries' ? tiles.writeBundle(log.slice(256 * index, 256 * index + width)) : tiles.hashes(leaves, level, index, width);
	const byHash = new Map(blobs.map((blob) => [hex(sha256(blob)), blob]));
	const used = log.flatMap((bytes) => entries.parse(bytes).blob ?? []).map(({ sha256: hash }) => hex(hash));
	return writeFiles([
		{ name: 'log/checkpoint', bytes: note },
		...tiles.list(log.length).map((tile) => ({ name: `log/${tile.path}`, bytes: contents(tile) })),
		...[...new Set(used)].map((hash) => ({ name: `blob/${hash}`, bytes: byHash.get(hash) })),
	]);
}

/**
 * Takes an archive apart and holds its log against its checkpoint.
 * @param {Uint8Array} bytes @param {{origin: string, key: Uint8Array}} [trusted] otherwise what its own manifest says
 * @returns {{entries: Uint8Array[], blobs: Map<string, Uint8Array>, checkpoint: checkpoints.Checkpoint}}
 */
export function open(bytes, trusted) {
	const files = parseFiles(bytes);
	const named = new Map(files.map((file) => [file.name, file.bytes]));
	const note = named.get('log/checkpoint');
	require(note !== undefined && named.size === files.length, RULE, 'there is no checkpoint, or a file twice');
	const size = Number(fromUtf8(note).split('\n')[1]);
	require(Number.isSafeInteger(size) && size > 0, 'LOG.CHECKPOINT', 'the checkpoint has no size');
	const log = tiles.list(size).filter(({ level }) => level === 'entries').flatMap(({ path, width }) => {
		const bundle = named.get(`log/${path}`);
		if (bundle === undefined) throw new Refusal('LOG.TILES', `${path} is missing`);
		return tiles.parseBundle(bundle, width);
	});
	const blobs = new Map(files.filter(({ name }) => name.startsWith('blob/')).map((file) => [file.name.slice(5), file.bytes]));
	const { origin, key } = trusted ?? ofManifest(log[0], blobs);
	const checkpoint = checkpoints.verify(note, origin, key);
	require(equal(root(log.map(leafHash)), checkpoint.root), 'LOG.TREE', 'the entries do not give the root of the checkpoint');
	for (const tile of tiles.list(size).filter(({ level }) => level !== 'entries')) {
		const found = named.get(`log/${tile.path}`);
		const expected = tiles.hashes(log.map(leafHash), tile.level, tile.index, tile.width);
		require(found !== undefined && equal(found, expected), 'LOG.TILES', `${tile.path} is not made of the entries`);
	}
	for (const [hash, blob] of blobs) require(hex(sha256(blob)) === hash, 'LOG.BLOB', `blob ${hash} has other bytes`);
	require(equal(write(note, log, [...blobs.values()]), bytes), RULE, 'a file too many or too few, in another order, or a tile that differs');
	return { entries: log, blobs, checkpoint };
}

/** @param {Uint8Array} first entry @param {Map<string, Uint8Array>} blobs */
function ofManifest(first, blobs) {
	const { payload, blob } = entries.parse(first);
	const bytes = payload ?? blobs.get(hex(blob.sha256));
	require(bytes !== undefined, 'LOG.BLOB', 'the manifest is missing');
	const manifest = manifests.parse(bytes);
	return { origin: manifest.origin, key: manifest.server.log_key };
}

/** Every entry of an archive on a board; throws the first Refusal, with the entry's index. @param {ReturnType<typeof open>} archive @returns {Board} */
export function replay({ entries: log, blobs }) {
	const board = new Board((hash) => blobs.get(hex(hash)));
	log.forEach((bytes, index) => {
		try {
			board.append(bytes);
		} catch (error) {
			if (error instanceof Refusal) throw Object.assign(new Refusal(error.rule, `entry ${index}: ${error.detail}`), { index });
			throw error;
		}
	});
	return board;
}

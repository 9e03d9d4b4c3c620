// SPDX-License-Identifier: Apache-2.0
// [ARCHIVE] A whole board as one ustar file of which every byte is fixed.
import { concat, equal, utf8 } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import * as checkpoints from './checkpoint.js';
import * as notes from './note.js';
import * as tiles from './tile.js';

const BLOCK = 512;
const RULE = 'ARCHIVE';

/** @typedef {{name: string, bytes: Uint8Array}} File */

/** @param {string} name @param {number} size @returns {Uint8Array} */
function header(name, size) {
	const block = new Uint8Array(BLOCK);
	const put = (at, text) => block.set(utf8(text), at);
	put(0, name);
	put(100, '0000644\0');
	put(108, '0000000\0');
	put(116, '0000000\0');
	put(124, `${size.toString(8).padStart(11, '0')}\0`);
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
	concat(...files.flatMap((file) => [header(file.name, file.bytes.length), file.bytes, padding(file.bytes.length)]), new Uint8Array(2 * BLOCK));

/**
 * Where an archive's bytes are: a file, or a piece of memory.
 * @typedef {object} Reader
 * @property {number} size
 * @property {(at: number, length: number) => Promise<Uint8Array>} read exactly these bytes
 */

/** @param {Uint8Array} bytes @returns {Reader} */
export const inMemory = (bytes) => ({ size: bytes.length, read: async (at, length) => bytes.slice(at, at + length) });

/** Finds the files, and refuses every other byte than `writeFiles` would have written. @param {Reader} reader
 * @returns {Promise<Map<string, {at: number, size: number}>>} */
async function indexOf(reader) {
	const files = new Map();
	let at = 0;
	const next = async (length) => {
		require(at + length <= reader.size, RULE, `the archive ends at ${reader.size}, ${length} more bytes are due at ${at}`);
		at += length;
		return reader.read(at - length, length);
	};
	for (;;) {
		const block = await next(BLOCK);
		if (block[0] === 0) break;
		const name = String.fromCharCode(...block.slice(0, 100)).replace(/\0+$/, '');
		const digits = String.fromCharCode(...block.slice(124, 135));
		const size = Number.parseInt(digits, 8);
		require(/^[A-Za-z0-9._/-]+$/.test(name) && /^[0-7]{11}$/.test(digits), RULE, `no header of a file at ${at - BLOCK}`);
		require(equal(block, header(name, size)), RULE, `the header of ${name} has a byte that does not belong there`);
		require(!files.has(name), RULE, `${name} twice`);
		files.set(name, { at, size });
		require(at + size <= reader.size, RULE, `the archive ends within ${name}`);
		at += size;
		require((await next(padding(size).length)).every((byte) => byte === 0), RULE, `${name} is not padded with zeroes`);
	}
	at -= BLOCK;
	require((await next(2 * BLOCK)).every((byte) => byte === 0) && at === reader.size, RULE, 'two blocks of zeroes do not end the archive');
	return files;
}

/** The size that the checkpoint names; whether it is signed is for others. @param {Uint8Array} note @returns {number} */
function sizeOf(note) {
	try {
		return checkpoints.parseBody(notes.parse(note).text).size;
	} catch (error) {
		if (error instanceof Refusal) throw new Refusal(RULE, `its checkpoint cannot be read: ${error.detail}`);
		throw error;
	}
}

/** [RANK.FILES] Is it the path of a file of a count?  @param {string} name */
export const isCount = (name) => /^count\/(?!\.{1,2}\.[a-z]+$)[a-z0-9._-]{1,64}\.(csv|blt|abif|json)$/.test(name);

/** A board in an archive.  `open` throws a Refusal [ARCHIVE] unless it holds the files of its checkpoint in their order; the order of
 * the blobs is for whoever reads the entries. */
export class ArchiveSource {
	/** @param {Reader} reader @param {string} name for reports */
	constructor(reader, name) {
		this.reader = reader;
		this.name = name;
		/** @type {Map<string, {at: number, size: number}>} */
		this.files = new Map();
	}

	async open() {
		this.files = await indexOf(this.reader);
		const names = [...this.files.keys()];
		require(names[0] === 'log/checkpoint', RULE, 'log/checkpoint does not come first');
		const size = sizeOf(/** @type {Uint8Array} */ (await this.get('log/checkpoint', 65536)));
		let at = 1;
		for (const { path } of tiles.each(size)) {
			require(names[at] === `log/${path}`, RULE, `expected log/${path}, found ${names[at] ?? 'nothing'}`);
			at++;
		}
		const rest = names.slice(at);
		const end = rest.findIndex((name) => isCount(name));
		/** @type {string[]} in their order */
		this.blobs = end < 0 ? rest : rest.slice(0, end);
		/** @type {string[]} in their order */
		this.counts = end < 0 ? [] : rest.slice(end);
		for (const name of this.blobs) require(/^blob\/[0-9a-f]{64}$/.test(name), RULE, `${name} does not belong there`);
		let latest = '';
		for (const name of this.counts) {
			require(isCount(name) && latest < name, RULE, `${name} does not belong there`);
			latest = name;
		}
		require(this.counts.length <= 80, RULE, 'more files of counts than any election has questions for');
	}

	/** @param {string} path @param {number} limit @returns {Promise<Uint8Array|undefined>} at most one byte more than the limit */
	async get(path, limit) {
		const file = this.files.get(path);
		return file === undefined ? undefined : this.reader.read(file.at, Math.min(file.size, limit + 1));
	}
}

// SPDX-License-Identifier: Apache-2.0
// Boards in folders and archive files, for Node.
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ArchiveSource, isCount } from '../core/archive.js';

/** What is not there, against what cannot be read. @param {any} error */
const isMissing = (error) => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code);

/** @param {import('node:fs/promises').FileHandle} file @param {number} at @param {number} length @returns {Promise<Uint8Array>} fewer at the end of the file */
async function readAt(file, at, length) {
	const bytes = new Uint8Array(length);
	let have = 0;
	while (have < length) {
		const { bytesRead } = await file.read(bytes, have, length - have, at + have);
		if (bytesRead === 0) break;
		have += bytesRead;
	}
	return bytes.subarray(0, have);
}

/** A folder with the paths of [ARCHIVE]. */
export class FolderSource {
	/** @param {string} folder */
	constructor(folder) {
		this.folder = folder;
		this.name = folder;
	}

	async open() {
		const names = await readdir(join(this.folder, 'count')).catch((error) => {
			if (isMissing(error)) return [];
			throw error;
		});
		/** @type {string[]} in the order of an archive */
		this.counts = names.map((name) => `count/${name}`).filter(isCount).sort();
	}

	/** @param {string} path @param {number} limit @returns {Promise<Uint8Array|undefined>} */
	async get(path, limit) {
		let file;
		try {
			file = await open(join(this.folder, path));
			const { size } = await file.stat();
			return await readAt(file, 0, Math.min(size, limit + 1));
		} catch (error) {
			if (isMissing(error)) return undefined;
			throw error;
		} finally {
			await file?.close();
		}
	}
}

/** @param {string} path of an archive @returns {Promise<import('../core/archive.js').Reader & {close: () => Promise<void>}>} */
async function readerOf(path) {
	const file = await open(path);
	const { size } = await file.stat();
	const read = async (at, length) => {
		const bytes = await readAt(file, at, length);
		if (bytes.length !== length) throw new Error(`${path} became shorter while it was read`);
		return bytes;
	};
	return { size, read, close: () => file.close() };
}

/**
 * A folder or an archive, whichever is there; throws where there is no board.
 * @param {string} path @returns {Promise<{source: import('../core/check.js').Source, close: () => Promise<void>}>}
 */
export async function openBoard(path) {
	if ((await stat(path)).isDirectory()) {
		if (!(await stat(join(path, 'log')).then((log) => log.isDirectory(), () => false))) throw new Error(`${path}: a folder without log/ is no board`);
		return { source: new FolderSource(path), close: async () => {} };
	}
	const reader = await readerOf(path);
	return { source: new ArchiveSource(reader, basename(path)), close: reader.close };
}

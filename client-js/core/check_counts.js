// SPDX-License-Identifier: Apache-2.0
// [RANK.FILES] The files of counts beside a board in a folder or an archive: each is, byte by byte, what follows from the board.
import { equal, hex } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import { sha256 } from '../crypto/hash.js';
import { fileOf } from './ranked_count.js';

const RULE = 'RANK.FILES';
const CHECK = 17;
const MAX_FILE = 2 ** 28;

/** What the file has to be; undefined: no decided ranked question has one of this name. @param {any} board @param {string} path */
function expectedAt(board, path) {
	const [, id, kind] = /** @type {string[]} */ (/^count\/(.*)\.([a-z]+)$/.exec(path));
	const count = board.phase === 'finished' ? board.counts.get(board.manifest.questions.findIndex((q) => q.id === id)) : undefined;
	return count === undefined ? undefined : fileOf(count, kind);
}

/** @param {import('./check.js').Check} c @param {string} path */
async function checkFile(c, path) {
	c.cover(CHECK);
	const expected = expectedAt(c.board, path);
	if (expected === undefined) {
		c.fail(CHECK, new Refusal(RULE, 'expected files of decided ranked questions, once there is a result, found another file', path));
		return;
	}
	const found = await c.source.get(path, MAX_FILE);
	if (found === undefined) throw new Error(`${path} was removed while the board was being verified`);
	if (!equal(expected, found)) c.fail(CHECK, new Refusal(RULE, `expected ${hex(sha256(expected))}, found ${hex(sha256(found))}`, path));
}

/** @param {import('./check.js').Check} c */
export async function checkCounts(c) {
	const { board, source } = c;
	for (const path of source.counts ?? []) {
		if (board?.manifest === undefined || (board.phase === 'finished' && board.counts === undefined)) c.skip(CHECK);
		else await checkFile(c, path);
		await c.pause();
	}
}

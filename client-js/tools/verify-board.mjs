// SPDX-License-Identifier: Apache-2.0
// node client-js/tools/verify-board.mjs ARCHIVE: replays a board by the second implementation.  It stops at the first
// rule that is broken and prints its id.  Exit: 0 verified, 1 something is false, 3 correct so far, but not finished.
import { readFileSync } from 'node:fs';
import { hex } from '../crypto/bytes.js';
import { open, replay } from '../core/archive.js';

try {
	const archive = open(readFileSync(process.argv[2]));
	const board = replay(archive);
	console.log(`election ${hex(board.election)}: ${board.size} entries, phase ${board.phase}, ${board.numBallots} ballots, ${board.shares.length} shares`);
	process.exitCode = ['finished', 'cancelled'].includes(board.phase) ? 0 : 3;
} catch (error) {
	if (error.rule === undefined) throw error;
	console.log(`${error.rule}${error.index === undefined ? '' : ` entry ${error.index}`}: ${error.detail}`);
	process.exitCode = 1;
}

// SPDX-License-Identifier: Apache-2.0
// [BOOTH.HEAD] The board's signed head, held against every head that was seen before.
import { equal, hex } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import * as checkpoints from '../core/checkpoint.js';
import { LogReader } from '../core/log_reader.js';

/** @typedef {{size: number, root: Uint8Array, note: Uint8Array}} Head */

/** Two heads that no log can both have: kept, because together they convict whoever signed them. */
export class TwoHistories extends Refusal {
	name = 'TwoHistories';
	/** @param {string} detail @param {Uint8Array[]} notes */
	constructor(detail, notes) {
		super('LOG.CONSISTENT', detail);
		this.notes = notes;
	}
}

/** @param {Uint8Array} note @param {any} manifest @returns {Head} */
export function readHead(note, manifest) {
	const { size, root } = checkpoints.verify(note, manifest.origin, manifest.server.log_key);
	return { size, root, note };
}

/**
 * Throws unless both are heads of one log: the tiles that lead to the younger root give the older one, too.
 * @param {import('../core/log_reader.js').Get} get @param {Head} a @param {Head} b
 */
export async function checkOneLog(get, a, b) {
	const [old, young] = a.size <= b.size ? [a, b] : [b, a];
	if (equal(await new LogReader(get, young).rootAt(old.size), old.root)) return;
	throw new TwoHistories(`heads of no one log: ${old.size} entries with root ${hex(old.root)}, ${young.size} entries with root ${hex(young.root)}`, [a.note, b.note]);
}

// SPDX-License-Identifier: Apache-2.0
// [BOOTH.HEAD] The board's signed head, held against every head that was seen before.
import { equal, hex } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import * as checkpoints from '../core/checkpoint.js';
import { LogReader } from '../core/log_reader.js';
import { Problem } from '../net/api.js';

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

/** Whether a log has no files that lead to a head: not that it could not be reached. @param {unknown} error */
const isGone = (error) => (error instanceof Problem && error.status === 404) || (error instanceof Refusal && ['LOG.TREE', 'LOG.TILES'].includes(error.rule));

/**
 * Throws unless both are heads of one log: the tiles that lead to the younger root give the older one, too.
 * @param {import('../core/log_reader.js').Get} get @param {Head} a seen before @param {Head} b seen now
 */
export async function checkOneLog(get, a, b) {
	const [old, young] = a.size <= b.size ? [a, b] : [b, a];
	const root = await new LogReader(get, young).rootAt(old.size).catch((error) => {
		/* A log that was set back has nothing to show for what it once was. */
		if (young === a && isGone(error)) return new Uint8Array();
		throw error;
	});
	if (equal(root, old.root)) return;
	throw new TwoHistories(`heads of no one log: ${old.size} entries with root ${hex(old.root)}, ${young.size} entries with root ${hex(young.root)}`, [a.note, b.note]);
}

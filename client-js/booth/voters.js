// SPDX-License-Identifier: Apache-2.0
// [BOOTH.ROLL] One voter's line of the roll.  Ids increase over the whole roll, so a few of its chunks are enough, each held against
// the hash that stands in the log; who came later or got a new code is looked for further down.
import { equal } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';
import * as entries from '../core/entry.js';
import { headOf } from '../core/log_reader.js';
import { parseChange, parseChunk } from '../core/roll.js';

/**
 * @typedef {{id: string, label: string, weight: number, key: Uint8Array}} Voter
 * @typedef {import('./setup.js').Setup} Setup
 */

const NOTHING = new Uint8Array();

/**
 * @param {Setup} setup @param {import('./setup.js').PayloadOf} payloadOf @param {string} id
 * @returns {Promise<Voter|null>} as at the opening
 */
export async function findInRoll(setup, payloadOf, id) {
	let [low, high] = [0, setup.roll.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		const entry = setup.roll[middle];
		const { voters } = parseChunk(await payloadOf(entry));
		const [first, last] = [voters[0]?.[0], voters.at(-1)?.[0]];
		/* Only a final chunk may be empty, and nobody comes after it. */
		if (first === undefined || id < first) high = middle;
		else if (last !== undefined && id > last) low = middle + 1;
		else {
			entries.verifySignature(entry, setup.election, NOTHING, setup.manifest.registrar.key);
			const found = voters.find(([name]) => name === id);
			return found === undefined ? null : { id, label: found[1], weight: found[2], key: found[3] };
		}
	}
	return null;
}

/**
 * The voter after all changes since the opening.  It reads the whole log behind the opening, and is for the few who are not found otherwise.
 * @param {Setup} setup @param {import('../core/log_reader.js').LogReader} log @param {import('./setup.js').PayloadOf} payloadOf
 * @param {string} id @param {Voter|null} voter as at the opening @param {(done: number, whole: number) => void} progress
 * @returns {Promise<{voter: Voter|null, isRemoved: boolean}>}
 */
export async function findInChanges(setup, log, payloadOf, id, voter, progress) {
	const open = /** @type {NonNullable<Setup['open']>} */ (setup.open);
	const from = open.index + 1;
	let isRemoved = false;
	for (let bundle = Math.floor(from / 256); bundle * 256 < log.head.size; bundle++) {
		for (const bytes of (await log.bundle(bundle)).slice(Math.max(0, from - bundle * 256))) {
			if (headOf(bytes)?.type !== 'roll.change') continue;
			const entry = entries.parse(bytes);
			const change = parseChange(await payloadOf(entry));
			if (change.voter !== id) continue;
			entries.verifySignature(entry, setup.election, open.context, setup.manifest.registrar.key);
			require(change.action !== 'add' || voter === null, 'ROLL.CHANGE', `${id} is or was on the roll`);
			if (change.action === 'remove') isRemoved = true;
			else voter = change.action === 'add' ? { id, label: change.label, weight: change.weight, key: change.key } : voter && { ...voter, key: change.key };
		}
		progress(Math.min(log.head.size, (bundle + 1) * 256) - from, log.head.size - from);
	}
	return { voter, isRemoved };
}

/** @param {Voter|null} voter @param {Uint8Array} publicKey @returns {voter is Voter} */
export const hasKey = (voter, publicKey) => voter !== null && equal(voter.key, publicKey);

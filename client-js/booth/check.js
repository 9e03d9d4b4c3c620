// SPDX-License-Identifier: Apache-2.0
// [BOOTH.CHECK] What became of a ballot: by voter id and tracker, or by the receipt.
import { equal } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import * as ballots from '../core/ballot.js';
import { checkOneLog, Contradiction } from '../net/head.js';
import { readReceipt } from './receipt.js';

const WIDTH = 256;
const NO_BALLOT = new Uint8Array(32);

/**
 * @typedef {import('./session.js').Session} Session
 * @typedef {import('./receipt.js').Receipt} Receipt
 *
 * `receipt` is the ballot asked about, `latest` the one that counts.
 * @typedef {{state: 'recorded'|'superseded', receipt: Receipt, latest: Receipt, isOnRoll: boolean}
 *   |{state: 'not-found'|'no-ballot'|'no-voter', latest: Receipt|null}
 *   |{state: 'false', rule: string, detail: string}
 *   |{state: 'two-histories', contradiction: Contradiction}} Finding
 */

/** @param {unknown} error @returns {Finding} */
function finding(error) {
	if (error instanceof Contradiction) return { state: 'two-histories', contradiction: error };
	if (error instanceof Refusal) return { state: 'false', rule: error.rule, detail: error.detail };
	throw error;
}

/** The voter's latest ballot, proved. @param {Session} session @param {string} voter @returns {Promise<{latest: Receipt|null, isOnRoll: boolean, isKnown: boolean}>} */
async function latestOf(session, voter) {
	const { ballot, on_roll: isOnRoll, weight } = await session.net.voter(voter);
	const latest = ballot === null ? null : await session.receiptOf(ballot.index);
	if (latest !== null) await session.checkInTime(latest);
	if (latest !== null && latest.voter !== voter) throw new Refusal('BOOTH.PREV', `entry ${latest.index} is not a ballot of ${voter}`);
	return { latest, isOnRoll: isOnRoll === true, isKnown: isOnRoll === true || weight > 0 || latest !== null };
}

/** Where a leaf hash stands, looked for from the end; -1: nowhere. @param {import('../core/log_reader.js').LogReader} log @param {Uint8Array} leaf @param {number} below index */
async function indexOf(log, leaf, below) {
	for (let tile = Math.ceil(below / WIDTH) - 1; tile >= 0; tile--) {
		const hashes = await log.tile(0, tile);
		for (let i = Math.min(WIDTH, below - tile * WIDTH) - 1; i >= 0; i--) if (equal(hashes[i], leaf)) return tile * WIDTH + i;
	}
	return -1;
}

/** The voter's ballot before this one; each names the one before it, and the voter has signed that. @param {Session} session @param {Receipt} receipt */
async function before(session, receipt) {
	const { group, definitions } = session.setup;
	const { prev } = ballots.parse(group, definitions, await session.payloadOf(receipt.entry));
	if (equal(prev, NO_BALLOT)) return null;
	const index = await indexOf(session.log, prev, receipt.index);
	if (index < 0) throw new Refusal('BALLOT.PREV', `entry ${receipt.index} names a ballot before it that is not in the log`);
	return session.receiptOf(index);
}

/**
 * @param {Session} session @param {string} voter @param {string|null} tracker in its one spelling; null: only by name @returns {Promise<Finding>}
 */
export async function byTracker(session, voter, tracker) {
	try {
		const { latest, isOnRoll, isKnown } = await latestOf(session, voter);
		if (!isKnown) return { state: 'no-voter', latest };
		if (latest === null) return { state: 'no-ballot', latest };
		for (let receipt = /** @type {Receipt|null} */ (latest); receipt !== null; receipt = await before(session, receipt))
			if (tracker === null || receipt.tracker === tracker) return { state: receipt === latest ? 'recorded' : 'superseded', receipt, latest, isOnRoll };
		return { state: 'not-found', latest };
	} catch (error) {
		return finding(error);
	}
}

/** @param {Session} session @param {Uint8Array} bytes of a receipt @returns {Promise<Finding>} */
export async function byReceipt(session, bytes) {
	try {
		const receipt = readReceipt(bytes, session.setup.manifest);
		await checkOneLog(session.net.file, session.setup.manifest, receipt.head, session.head);
		const { latest, isOnRoll } = await latestOf(session, receipt.voter);
		if (latest === null || latest.index < receipt.index)
			throw new Refusal('BOOTH.CHECK', `the server names entry ${latest?.index ?? 'none'} as the latest ballot of ${receipt.voter}, and entry ${receipt.index} is later`);
		return { state: latest.index === receipt.index ? 'recorded' : 'superseded', receipt, latest, isOnRoll };
	} catch (error) {
		return finding(error);
	}
}

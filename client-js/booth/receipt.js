// SPDX-License-Identifier: Apache-2.0
// What a receipt shows [RECEIPT] [BOOTH.RECORDED].
import { equal } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';
import { sha256 } from '../crypto/hash.js';
import * as entries from '../core/entry.js';
import { GRANULES } from '../core/manifest.js';
import * as proofs from '../core/proof.js';
import { readHead } from '../net/head.js';

const CLOCKS = 600;

/**
 * @typedef {{type: string, signer: string, payload: Uint8Array, signature: Uint8Array}} Submission
 * @typedef {ReturnType<typeof readReceipt>} Receipt
 */

/** A receipt of a ballot of this election. @param {Uint8Array} bytes @param {any} manifest */
export function readReceipt(bytes, manifest) {
	const shown = proofs.verify(bytes, manifest.origin, manifest.server.log_key);
	const { entry: entryBytes, checkpoint: note } = proofs.parse(bytes);
	return { ...shown, bytes, head: readHead(note, manifest), entry: entries.parse(entryBytes) };
}

/**
 * Whether a receipt shows that this very ballot is recorded where and when it counts.
 * @param {Uint8Array} bytes @param {any} manifest @param {Submission} sent @param {{date: number, size: number}} ballot as in the payload
 * @returns {Receipt}
 */
export function checkRecorded(bytes, manifest, sent, ballot) {
	const receipt = readReceipt(bytes, manifest);
	const { entry } = receipt;
	const holds = (/** @type {boolean} */ condition, /** @type {string} */ detail) => require(condition, 'BOOTH.RECORDED', detail);
	holds(entry.signer === sent.signer && equal(receipt.trackerHash, sha256(sent.payload)), 'the receipt is of another ballot');
	holds(equal(entry.signature, sent.signature), 'the ballot on the board has another signature');
	/* A server could date a ballot so that no verifier counts it: this, and within the polls. */
	holds(Math.abs(entry.time - ballot.date) <= CLOCKS + GRANULES[/** @type {keyof typeof GRANULES} */ (manifest.granularity)], `dated ${ballot.date}, recorded at ${entry.time}`);
	holds(receipt.index >= ballot.size, `entry ${receipt.index} is older than the checkpoint that the ballot names`);
	return receipt;
}

// SPDX-License-Identifier: Apache-2.0
// Signing an entry, and checking the receipt that the server gave for it.
import { equal } from '../crypto/bytes.js';
import { require, under } from '../crypto/err.js';
import { sha256 } from '../crypto/hash.js';
import { leafHash, verifyInclusion } from '../crypto/merkle.js';
import * as checkpoint from '../core/checkpoint.js';
import * as entries from '../core/entry.js';
import * as json from '../core/json.js';
import * as proofs from '../core/proof.js';

/** @typedef {{type: string, signer: string, payload: Uint8Array, signature: Uint8Array}} Submission */
/** @typedef {{election: Uint8Array, context: Uint8Array}} Binding both empty for a manifest, the context until the polls are open [SIGN.MESSAGE] */

export const UNBOUND = { election: new Uint8Array(), context: new Uint8Array() };

/**
 * @param {{type: string, payload: Uint8Array}} act @param {Binding} binding @param {import('./keys.js').Signer} signer
 * @param {(length: number) => Uint8Array} random @returns {Submission} bytes that can be sent again and again
 */
export function sign({ type, payload }, binding, signer, random) {
	const { signature } = entries.sign({ ...binding, type, time: 0, signer: signer.role, payload }, signer.key, random(32));
	return { type, signer: signer.role, payload, signature };
}

/**
 * Reads a receipt: an entry, its place, and the checkpoint that holds it, signed by the log key.
 * @param {Uint8Array} receipt @param {string} origin @param {Uint8Array} key
 * @returns {{entry: entries.Entry, bytes: Uint8Array, index: number, size: number, root: Uint8Array, leaf: Uint8Array}}
 */
export function readReceipt(receipt, origin, key) {
	const { entry: bytes, index, proof, checkpoint: note } = proofs.parse(receipt);
	const { size, root } = checkpoint.verify(note, origin, key);
	const leaf = leafHash(bytes);
	verifyInclusion(leaf, index, size, proof, root, 'RECEIPT');
	return { entry: under('RECEIPT', () => entries.parse(bytes)), bytes, index, size, root, leaf };
}

/**
 * The same, and it must be for exactly what was sent, by the same signer.  (The signature may be an earlier one: whoever got no answer may
 * have signed the same again.)
 * @param {Uint8Array} receipt @param {Submission} sent @param {string} origin @param {Uint8Array} key
 */
export function checkReceipt(receipt, sent, origin, key) {
	const read = readReceipt(receipt, origin, key);
	const { type, signer } = read.entry;
	require(type === sent.type && signer === sent.signer && equal(entries.payloadHash(read.entry), sha256(sent.payload)), 'RECEIPT', 'the receipt is for another entry');
	return read;
}

/* ---- payloads, held against their rules before anything is signed ---- */

/** @param {{[member: string]: any}} value */
export const payloadOf = (value) => json.write(value);

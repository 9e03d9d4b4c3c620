// SPDX-License-Identifier: Apache-2.0
// [ENTRY.ENVELOPE], [ENTRY.SIGNER], [SIGN.MESSAGE]: one entry of the log.
import { concat, equal, hex } from '../crypto/bytes.js';
import { Refusal, require, under } from '../crypto/err.js';
import { sha256 } from '../crypto/hash.js';
import { read as schnorrRead, sign as schnorrSign, verify as schnorrVerify } from '../crypto/schnorr.js';
import { item } from '../crypto/transcript.js';
import { write as writeBase64 } from './base64.js';
import * as json from './json.js';
import { ID } from './text.js';

export const MAX_ENTRY = 65535;
export const MAX_INLINE = 40000;
const MAX_BLOB = 8 * 1024 * 1024;
/** Of what grows with the number of ballots. */
const MAX_LARGE = 256 * 1024 * 1024;
const LARGE = ['mix', 'decrypt', 'result'];
const TRUSTEE = 'trustee/([1-9]|1[0-9]|20)';

/** Which signers a type may name. */
const SIGNERS = {
	manifest: /^admin$/,
	roll: /^registrar$/,
	'roll.change': /^registrar$/,
	'trustee.commit': new RegExp(`^${TRUSTEE}$`),
	'trustee.certify': new RegExp(`^${TRUSTEE}$`),
	mix: new RegExp(`^${TRUSTEE}$`),
	decrypt: new RegExp(`^${TRUSTEE}$`),
	open: /^server$/,
	close: /^server$/,
	result: /^server$/,
	ballot: new RegExp(`^voter/${ID}$`),
	extend: /^admin$/,
	notice: /^admin$/,
	cancel: /^admin$/,
	client: /^server$/,
	endorse: new RegExp(`^(${TRUSTEE}|endorser/${ID})$`),
};

/**
 * @typedef {object} Entry
 * @property {string} type
 * @property {number} time
 * @property {string} signer
 * @property {Uint8Array} [payload] inline, or
 * @property {{sha256: Uint8Array, size: number}} [blob] elsewhere
 * @property {Uint8Array} signature
 * @property {Uint8Array} [bytes] of the entry itself
 */

/**
 * [SIGN.MESSAGE]
 * @param {{election: Uint8Array, context: Uint8Array, type: string, signer: string, payloadHash: Uint8Array}} parts
 * @returns {Uint8Array}
 */
export const signedMessage = ({ election, context, type, signer, payloadHash }) =>
	concat(
		item('protocol', 'tabella/v1/entry'),
		item('election', election),
		item('context', context),
		item('type', type),
		item('signer', signer),
		item('payload', payloadHash),
	);

/** @param {Entry} entry @returns {Uint8Array} */
export const payloadHash = (entry) => entry.blob?.sha256 ?? sha256(/** @type {Uint8Array} */ (entry.payload));

/**
 * @param {{election: Uint8Array, context: Uint8Array, type: string, time: number, signer: string, payload: Uint8Array}} parts
 * @param {bigint} key @param {Uint8Array} random 32 bytes
 * @returns {Entry & {bytes: Uint8Array, message: Uint8Array}}
 */
export function sign({ election, context, type, time, signer, payload }, key, random) {
	const hash = sha256(payload);
	const message = signedMessage({ election, context, type, signer, payloadHash: hash });
	const place = payload.length <= MAX_INLINE ? { payload } : { blob: { sha256: hash, size: payload.length } };
	const entry = { type, time, signer, ...place, signature: schnorrSign(key, message, random) };
	return { ...entry, bytes: write(entry), message };
}

/** [ENTRY.SIGNATURE] @param {Entry} entry @param {Uint8Array} election @param {Uint8Array} context @param {Uint8Array} publicKey */
export function verifySignature(entry, election, context, publicKey) {
	const message = signedMessage({ election, context, type: entry.type, signer: entry.signer, payloadHash: payloadHash(entry) });
	under('ENTRY.SIGNATURE', () => schnorrVerify(publicKey, message, entry.signature));
}

/** The same, to be checked with many others. @param {Entry} entry @param {Uint8Array} election @param {Uint8Array} context @param {Uint8Array} publicKey
 * @returns {import('../crypto/schnorr.js').Claim} */
export function readSignature(entry, election, context, publicKey) {
	const message = signedMessage({ election, context, type: entry.type, signer: entry.signer, payloadHash: payloadHash(entry) });
	return under('ENTRY.SIGNATURE', () => schnorrRead(publicKey, message, entry.signature));
}

/** @param {Entry} entry @returns {Uint8Array} */
export const write = ({ type, time, signer, payload, blob, signature }) =>
	json.write({
		type,
		time,
		signer,
		...(blob ? { blob: { sha256: hex(blob.sha256), size: blob.size } } : { payload: writeBase64(/** @type {Uint8Array} */ (payload)) }),
		signature: writeBase64(signature),
	});

const inline = json.object({ type: json.string, time: json.integer(), signer: json.string, payload: json.base64(), signature: json.base64(64) });
const elsewhere = json.object({
	type: json.string,
	time: json.integer(),
	signer: json.string,
	blob: json.object({ sha256: json.hexBytes(32), size: json.integer(MAX_INLINE + 1, MAX_LARGE) }),
	signature: json.base64(64),
});

/** @param {string} type @returns {number} bytes of a blob */
const largest = (type) => (LARGE.includes(type) ? MAX_LARGE : MAX_BLOB);

/** @param {Uint8Array} bytes @returns {Entry} */
export function parse(bytes) {
	require(bytes.length <= MAX_ENTRY, 'ENTRY.ENVELOPE', `an entry has at most ${MAX_ENTRY} bytes`);
	const value = json.parse(bytes);
	const shape = value instanceof Map && value.has('blob') ? elsewhere : inline;
	const entry = shape(value, 'ENTRY.ENVELOPE', '');
	require(entry.payload === undefined || entry.payload.length <= MAX_INLINE, 'ENTRY.ENVELOPE', `a payload of more than ${MAX_INLINE} bytes is a blob`, 'payload');
	require(entry.blob === undefined || entry.blob.size <= largest(entry.type), 'ENTRY.ENVELOPE', `expected at most ${largest(entry.type)} bytes, found ${entry.blob?.size}`, 'blob.size');
	return { ...entry, bytes };
}

/** [ENTRY.SIGNER] the form only; whether the key exists is for the board. @param {Entry} entry */
export function checkSigner({ type, signer }) {
	require(Object.hasOwn(SIGNERS, type), 'ENTRY.ORDER', `no entry is of type ${type}`, 'type');
	require(SIGNERS[type].test(signer), 'ENTRY.SIGNER', `${signer} does not sign ${type}`, 'signer');
}

/** [LOG.BLOB] @param {any} entry with a blob @param {Uint8Array|undefined} bytes what was found at its hash @returns {Uint8Array} */
export function checkBlob({ blob }, bytes) {
	const where = `blob/${hex(blob.sha256)}`;
	if (bytes === undefined) throw new Refusal('LOG.BLOB', 'the payload of this entry is missing', where);
	require(bytes.length === blob.size, 'LOG.BLOB', `expected ${blob.size} bytes, found ${bytes.length}`, where);
	require(equal(sha256(bytes), blob.sha256), 'LOG.BLOB', 'other bytes than the hash says', where);
	return bytes;
}

// SPDX-License-Identifier: Apache-2.0
// [RECEIPT] Receipts: tlog-proof files (c2sp.org/tlog-proof) that verify offline.
import { fromUtf8, utf8 } from '../crypto/bytes.js';
import { Refusal, require, under } from '../crypto/err.js';
import { leafHash, verifyInclusion } from '../crypto/merkle.js';
import { parse as parseBase64, write as writeBase64 } from './base64.js';
import * as checkpoint from './checkpoint.js';
import { crockford } from './code.js';
import * as entry from './entry.js';

const RULE = 'RECEIPT';
const FIRST = 'c2sp.org/tlog-proof@v1';
const MAX_LENGTH = 256 * 1024;

/** @param {{entry: Uint8Array, index: number, proof: Uint8Array[], checkpoint: Uint8Array}} receipt @returns {Uint8Array} */
export const write = ({ entry: bytes, index, proof, checkpoint: note }) =>
	utf8(`${FIRST}\nextra ${writeBase64(bytes)}\nindex ${index}\n${proof.map((hash) => `${writeBase64(hash)}\n`).join('')}\n${fromUtf8(note)}`);

/** @param {Uint8Array} bytes @returns {{entry: Uint8Array, index: number, proof: Uint8Array[], checkpoint: Uint8Array}} */
export function parse(bytes) {
	require(bytes.length <= MAX_LENGTH, RULE, 'the file is too long');
	let text;
	try {
		text = fromUtf8(bytes);
	} catch {
		throw new Refusal(RULE, 'the file is not UTF-8');
	}
	const at = text.indexOf('\n\n');
	require(at >= 0, RULE, 'there is no checkpoint');
	const [first, extra, index, ...proof] = text.slice(0, at).split('\n');
	require(first === FIRST, RULE, `the first line is not ${FIRST}`);
	require(extra?.startsWith('extra '), RULE, 'the receipt does not carry its entry');
	require(/^index (0|[1-9][0-9]{0,15})$/.test(index ?? '') && Number.isSafeInteger(Number(index.slice(6))), RULE, 'the third line is not an index');
	require(proof.length <= 63, RULE, 'more hashes than a tree has levels');
	const hashes = proof.map((line) => under(RULE, () => parseBase64(line)));
	require(hashes.every((hash) => hash.length === 32), RULE, 'a hash has 32 bytes');
	return {
		entry: under(RULE, () => parseBase64(extra.slice(6))),
		index: Number(index.slice(6)),
		proof: hashes,
		checkpoint: utf8(text.slice(at + 2)),
	};
}

/**
 * Checks a voter's receipt with nothing but the origin and log key of an election that the reader trusts.
 * @param {Uint8Array} bytes @param {string} origin @param {Uint8Array} key
 * @returns {{index: number, voter: string, time: number, tracker: string, trackerHash: Uint8Array, leaf: Uint8Array, size: number, root: Uint8Array}}
 */
export function verify(bytes, origin, key) {
	const receipt = parse(bytes);
	const { size, root } = checkpoint.verify(receipt.checkpoint, origin, key);
	const parsed = under(RULE, () => entry.parse(receipt.entry));
	require(parsed.type === 'ballot', RULE, 'this is not the receipt of a ballot');
	under(RULE, () => entry.checkSigner(parsed));
	const leaf = leafHash(receipt.entry);
	verifyInclusion(leaf, receipt.index, size, receipt.proof, root, RULE);
	const trackerHash = entry.payloadHash(parsed);
	return {
		index: receipt.index, voter: parsed.signer.slice('voter/'.length), time: parsed.time,
		tracker: crockford(trackerHash.slice(0, 16)), trackerHash, leaf, size, root,
	};
}

// SPDX-License-Identifier: Apache-2.0
// [LOG.CHECKPOINT] Checkpoints (c2sp.org/tlog-checkpoint) and their cosignatures (c2sp.org/tlog-cosignature).
import { beToInt, concat, u64, utf8 } from '../crypto/bytes.js';
import { require, under } from '../crypto/err.js';
import { sign as ed25519Sign, verify as ed25519Verify } from '../crypto/sign.js';
import { parse as parseBase64, write as writeBase64 } from './base64.js';
import * as note from './note.js';

const RULE = 'LOG.CHECKPOINT';
export const COSIGNATURE_LENGTH = 72;

/** @typedef {{origin: string, size: number, root: Uint8Array}} Checkpoint */

/** @param {Checkpoint} checkpoint @returns {string} */
export const writeBody = ({ origin, size, root }) => `${origin}\n${size}\n${writeBase64(root)}\n`;

/** @param {string} body @returns {Checkpoint} */
export function parseBody(body) {
	const lines = body.split('\n');
	require(lines.length === 4 && lines[3] === '', RULE, 'a checkpoint has three lines');
	require(lines[0] !== '', RULE, 'the origin is empty');
	require(/^(0|[1-9][0-9]{0,15})$/.test(lines[1]) && Number.isSafeInteger(Number(lines[1])), RULE, 'the size is not a plain decimal number');
	const root = under(RULE, () => parseBase64(lines[2]));
	require(root.length === 32, RULE, 'the root has 32 bytes');
	return { origin: lines[0], size: Number(lines[1]), root };
}

/** @param {Checkpoint} checkpoint @param {Uint8Array} seed @param {Uint8Array} key of the log @returns {Uint8Array} the note */
export const sign = (checkpoint, seed, key) => utf8(note.sign(writeBody(checkpoint), checkpoint.origin, seed, key));

/** @param {Uint8Array} bytes @param {string} origin @param {Uint8Array} key the log key that the reader trusts @returns {Checkpoint} */
export function verify(bytes, origin, key) {
	const checkpoint = parseBody(under(RULE, () => note.verify(bytes, origin, key)));
	require(checkpoint.origin === origin, RULE, `this is a checkpoint of ${checkpoint.origin}`);
	return checkpoint;
}

/** @param {Checkpoint} checkpoint @param {bigint} time @returns {Uint8Array} */
const cosignedMessage = (checkpoint, time) => utf8(`cosignature/v1\ntime ${time}\n${writeBody(checkpoint)}`);

/** @param {Checkpoint} checkpoint @param {number} time @param {Uint8Array} seed @returns {Uint8Array} 72 bytes */
export const cosign = (checkpoint, time, seed) => concat(u64(time), ed25519Sign(seed, cosignedMessage(checkpoint, BigInt(time))));

/** @param {Checkpoint} checkpoint @param {Uint8Array} cosignature @param {Uint8Array} key @returns {boolean} */
export function isCosigned(checkpoint, cosignature, key) {
	if (cosignature.length !== COSIGNATURE_LENGTH) return false;
	const time = beToInt(cosignature.slice(0, 8));
	return time < 2n ** 63n && ed25519Verify(key, cosignedMessage(checkpoint, time), cosignature.slice(8));
}

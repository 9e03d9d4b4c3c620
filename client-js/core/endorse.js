// SPDX-License-Identifier: Apache-2.0
// [ENDORSE] What endorsers sign, once ever, before anything is decrypted.
import { beToInt, hex } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';
import { write as writeBase64 } from './base64.js';
import { COSIGNATURE_LENGTH, cosign, isCosigned } from './checkpoint.js';
import * as json from './json.js';

/**
 * @typedef {object} Statement
 * @property {Uint8Array} close leaf hash of the close entry
 * @property {number} size @property {Uint8Array} root of the log that ends with it
 * @property {Uint8Array} counted hash of the counted ballots @property {number} ballots how many
 * @property {Uint8Array} aggregates hash
 */

/** Endorsements that decryption needs, of N endorsers and threshold t. @param {number} N @param {number} t */
export const quota = (N, t) => Math.ceil((N + t) / 2);

/** @param {Statement & {cosignature: Uint8Array}} s @returns {Uint8Array} */
export const write = (s) =>
	json.write({
		close: hex(s.close), size: s.size, root: hex(s.root), counted: hex(s.counted), ballots: s.ballots,
		aggregates: hex(s.aggregates), cosignature: writeBase64(s.cosignature),
	});

const shape = json.object({
	close: json.hexBytes(32), size: json.integer(), root: json.hexBytes(32), counted: json.hexBytes(32), ballots: json.integer(),
	aggregates: json.hexBytes(32), cosignature: json.base64(COSIGNATURE_LENGTH),
});

/** @param {Statement} s @param {string} origin @param {number} time @param {Uint8Array} seed of the cosigning key @returns {Uint8Array} payload */
export const make = (s, origin, time, seed) => write({ ...s, cosignature: cosign({ origin, size: s.size, root: s.root }, time, seed) });

/** Its form alone. @param {Uint8Array} payload @returns {Statement & {cosignature: Uint8Array}} */
export const parse = (payload) => json.read(payload, shape, 'ENDORSE');

/**
 * Holds an endorsement against what this board gives.
 * @param {Statement & {cosignature: Uint8Array}} found @param {Statement} expected @param {string} origin
 * @param {Uint8Array} key the endorser's cosigning key @param {number} [earliest] time of a cosignature
 * @returns {bigint} when it was cosigned
 */
export function check(found, expected, origin, key, earliest = 1) {
	for (const name of ['close', 'size', 'root', 'counted', 'ballots', 'aggregates']) {
		const [a, b] = [expected[name], found[name]].map((one) => (typeof one === 'number' ? String(one) : hex(one)));
		require(a === b, 'ENDORSE', `expected ${a}, found ${b}`, name);
	}
	const time = beToInt(found.cosignature.slice(0, 8));
	require(time >= BigInt(Math.max(earliest, 1)), 'ENDORSE', `cosigned at ${time}, ${earliest} is the earliest`, 'cosignature');
	const { size, root } = found;
	require(isCosigned({ origin, size, root }, found.cosignature, key), 'ENDORSE', 'the cosignature does not verify', 'cosignature');
	return time;
}

/** Both. @param {Uint8Array} payload @param {Statement} expected @param {string} origin @param {Uint8Array} key @returns {bigint} */
export const verify = (payload, expected, origin, key) => check(parse(payload), expected, origin, key);

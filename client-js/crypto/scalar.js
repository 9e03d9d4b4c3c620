// SPDX-License-Identifier: Apache-2.0
// Scalars: BigInts in 0..q-1.
import { intToLe, leToInt } from './bytes.js';
import { Refusal } from './err.js';

export const SCALAR_LENGTH = 32;

/** @param {bigint} a @param {bigint} q @returns {bigint} */
export const mod = (a, q) => ((a % q) + q) % q;

/** @param {bigint} base @param {bigint} exponent @param {bigint} p @returns {bigint} base^exponent mod p */
export function power(base, exponent, p) {
	let result = 1n;
	let square = mod(base, p);
	for (let e = exponent; e > 0n; e >>= 1n) {
		if (e & 1n) result = (result * square) % p;
		square = (square * square) % p;
	}
	return result;
}

/** @param {bigint} a not 0 mod q @param {bigint} q a prime @returns {bigint} */
export const inverse = (a, q) => power(a, q - 2n, q);

/** 1, y, y^2, ... @param {bigint} y @param {number} count @param {bigint} q @returns {bigint[]} */
export function powers(y, count, q) {
	const list = [];
	for (let p = 1n; list.length < count; p = (p * y) % q) list.push(p);
	return list;
}

/** @param {bigint[]} a @param {bigint[]} b @param {bigint} q @returns {bigint} sum of a_i b_i mod q */
export const dot = (a, b, q) => a.reduce((sum, value, i) => mod(sum + value * b[i], q), 0n);

/** [GROUP.SCALAR] 64 bytes to a scalar. @param {Uint8Array} bytes @param {bigint} q @returns {bigint} */
export function reduce(bytes, q) {
	if (bytes.length !== 64) throw new TypeError('64 bytes are reduced, nothing else');
	return leToInt(bytes) % q;
}

/** @param {bigint} s @returns {Uint8Array} */
export const writeScalar = (s) => intToLe(s, SCALAR_LENGTH);

/** [GROUP.SCALAR] Reads and never reduces: s and s + q would be two spellings of one proof.
 * @param {Uint8Array} bytes @param {bigint} q @returns {bigint} */
export function parseScalar(bytes, q) {
	if (bytes.length !== SCALAR_LENGTH) throw new Refusal('GROUP.SCALAR', `a scalar has 32 bytes, not ${bytes.length}`);
	const s = leToInt(bytes);
	if (s >= q) throw new Refusal('GROUP.SCALAR', 'scalar is not below the group order');
	return s;
}

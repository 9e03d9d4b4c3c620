// SPDX-License-Identifier: Apache-2.0
// One multi-scalar multiplication: the sum of k_i P_i for many terms at once, by buckets (Pippenger).  Everything is public: its time
// depends on the scalars.  Short scalars, such as randomisers of 128 bits, cost half.
import { intToLe } from './bytes.js';
import { mod } from './scalar.js';

/**
 * @typedef {import('./group.js').Group} Group
 * @typedef {import('./group.js').Point} Point
 */

/** Bits of a digit: n points and 2^(w-1) or 2^w buckets for each of 256/w digits. @param {number} n @param {boolean} isSigned */
function windowFor(n, isSigned) {
	const cost = (w) => Math.ceil(257 / w) * (n + 2 * 2 ** (isSigned ? w - 1 : w));
	let best = 1;
	for (let w = 2; w <= 15; w++) if (cost(w) < cost(best)) best = w;
	return best;
}

/**
 * Digits of k, the lowest first: k = sum d_i 2^(w i).  Signed ones are -2^(w-1)..2^(w-1).
 * @param {bigint} k 0..2^256-1 @param {number} w up to 15 @param {boolean} isSigned @returns {Int32Array}
 */
export function digitsOf(k, w, isSigned) {
	const bytes = intToLe(k, 36);
	const digits = new Int32Array(Math.ceil(257 / w));
	let carry = 0;
	for (let i = 0; i < digits.length; i++) {
		const bit = i * w;
		const three = bytes[bit >> 3] | (bytes[(bit >> 3) + 1] << 8) | (bytes[(bit >> 3) + 2] << 16);
		let digit = ((three >> (bit & 7)) & ((1 << w) - 1)) + carry;
		carry = 0;
		if (isSigned && digit > 1 << (w - 1)) {
			digit -= 1 << w;
			carry = 1;
		}
		digits[i] = digit;
	}
	return digits;
}

/** sum of d times the bucket d, by running sums. @param {Group} group @param {(Point|undefined)[]} buckets */
function sumOfBuckets(group, buckets) {
	let running;
	let sum;
	for (let d = buckets.length - 1; d > 0; d--) {
		if (buckets[d] !== undefined) running = running === undefined ? buckets[d] : group.add(running, buckets[d]);
		if (running !== undefined) sum = sum === undefined ? running : group.add(sum, running);
	}
	return sum;
}

/**
 * @param {Group} group @param {bigint[]} scalars taken mod q @param {Point[]} points @returns {Point}
 */
export function multiplyMany(group, scalars, points) {
	if (scalars.length !== points.length) throw new TypeError('a scalar for each point');
	const { negate } = group;
	const isSigned = negate !== undefined;
	const w = windowFor(points.length, isSigned);
	const digits = scalars.map((k) => digitsOf(mod(k, group.q), w, isSigned));
	const numBuckets = (1 << (isSigned ? w - 1 : w)) + 1;
	let sum = group.identity;
	for (let i = Math.ceil(257 / w) - 1; i >= 0; i--) {
		const buckets = new Array(numBuckets).fill(undefined);
		for (let j = 0; j < points.length; j++) {
			const digit = digits[j][i];
			if (digit === 0) continue;
			const P = digit < 0 && negate !== undefined ? negate(points[j]) : points[j];
			const d = Math.abs(digit);
			buckets[d] = buckets[d] === undefined ? P : group.add(buckets[d], P);
		}
		for (let k = 0; k < w; k++) sum = group.add(sum, sum);
		const part = sumOfBuckets(group, buckets);
		if (part !== undefined) sum = group.add(sum, part);
	}
	return sum;
}

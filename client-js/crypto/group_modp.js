// SPDX-License-Identifier: Apache-2.0
// [GROUP.MODP] The 4096-bit subgroup of ElectionGuard 2.1, by BigInt.  Elements are BigInts in 1..p-1.
import { beToInt, concat, intToBe } from './bytes.js';
import { Refusal } from './err.js';
import * as fixedBase from './fixed_base.js';
import { random } from './hash.js';
import { hashToGroupBlock } from './hash_to_group.js';
import { mod, power } from './scalar.js';

const LENGTH = 512;
const q = 2n ** 256n - 189n;
const p = beToInt(
	concat(
		new Uint8Array(32).fill(0xff),
		intToBe(floorLn2(3584), 448),
		new Uint8Array(32).fill(0xff),
	),
);
const r = (p - 1n) / q;
const g = power(2n, r, p);

/**
 * floor(2^bits ln 2) + delta: the digits of p between its two runs of ones.  ln 2 = sum 1/(k 2^k), with 64 bits more
 * than asked for against rounding.
 * @param {number} bits @returns {bigint}
 */
function floorLn2(bits) {
	const delta = 287975203778583638958138611533602521491887169409704874643524560756486080635197037903n;
	const guard = 64;
	let sum = 0n;
	for (let k = 1; k < bits + guard; k++) sum += (1n << BigInt(bits + guard - k)) / BigInt(k);
	return (sum >> BigInt(guard)) + delta;
}

/** The Jacobi symbol (a/n) for odd n. @param {bigint} a @param {bigint} n @returns {number} */
export function jacobi(a, n) {
	let top = mod(a, n);
	let bottom = n;
	let sign = 1;
	while (top !== 0n) {
		while ((top & 1n) === 0n) {
			top >>= 1n;
			const low = bottom & 7n;
			if (low === 3n || low === 5n) sign = -sign;
		}
		[top, bottom] = [bottom, top];
		if ((top & 3n) === 3n && (bottom & 3n) === 3n) sign = -sign;
		top %= bottom;
	}
	return bottom === 1n ? sign : 0;
}

/** [GROUP.MODP] alone. @param {Uint8Array} bytes @returns {bigint} */
function decodeOwing(bytes) {
	if (bytes.length !== LENGTH) throw new Refusal('GROUP.MODP', `an element has 512 bytes, not ${bytes.length}`);
	const x = beToInt(bytes);
	if (x === 0n || x >= p) throw new Refusal('GROUP.MODP', 'element is not in 1..p-1');
	if (jacobi(x, p) !== 1) throw new Refusal('GROUP.MODP', 'Jacobi symbol is not 1');
	return x;
}

/** [GROUP.MODP] and [GROUP.MODP.ORDER], one element at a time. @param {Uint8Array} bytes @returns {bigint} */
function decode(bytes) {
	const x = decodeOwing(bytes);
	if (power(x, q, p) !== 1n) throw new Refusal('GROUP.MODP.ORDER', 'element is not in the subgroup of order q');
	return x;
}

const RANDOM_BITS = 128;
const WINDOW = 4;

/**
 * [GROUP.MODP.ORDER] of elements whose Jacobi symbol is 1: (prod x_i^e_i)^q = 1 for fresh 128-bit integers e_i, never taken mod q.
 * @param {bigint[]} elements @returns {boolean}
 */
function areMembers(elements) {
	const exponents = elements.map(() => random(RANDOM_BITS / 8));
	let product = 1n;
	for (let at = 0; at < RANDOM_BITS; at += WINDOW) {
		/** @type {bigint[]} */
		const buckets = new Array(1 << WINDOW).fill(1n);
		elements.forEach((x, i) => {
			const digit = (exponents[i][at >> 3] >> (4 - (at & 4))) & 15;
			buckets[digit] = (buckets[digit] * x) % p;
		});
		for (let i = 0; i < WINDOW; i++) product = (product * product) % p;
		let running = 1n;
		for (let digit = buckets.length - 1; digit > 0; digit--) {
			running = (running * buckets[digit]) % p;
			product = (product * running) % p;
		}
	}
	return power(product, q, p) === 1n;
}

/** @param {string} label @param {Uint8Array} data @returns {bigint} */
function hashToGroup(label, data) {
	for (let first = 0; ; first += 9) {
		const blocks = Array.from({ length: 9 }, (_, i) => hashToGroupBlock('modp4096', label, data, first + i));
		const x = mod(beToInt(concat(...blocks)), p);
		const element = power(x, r, p);
		if (x !== 0n && element !== 1n) return element;
	}
}

/** @type {import('./group.js').Group} */
export const modp4096 = Object.freeze({
	name: 'modp4096',
	q,
	pointLength: LENGTH,
	generator: g,
	identity: 1n,
	add: (/** @type {bigint} */ P, /** @type {bigint} */ Q) => (P * Q) % p,
	multiply: (k, P) => fixedBase.power(P, mod(k, q), p) ?? power(P, mod(k, q), p),
	multiplyPublic: (k, P) => power(P, mod(k, q), p),
	equals: (P, Q) => P === Q,
	isIdentity: (P) => P === 1n,
	encode: (P) => intToBe(P, LENGTH),
	decode,
	decodeOwing,
	areMembers,
	negate: undefined,
	hashToGroup,
	embed: undefined,
	extract: undefined,
	prepare: (P, window) => fixedBase.prepare(P, window, p),
});

/** The parameters, for tests and vectors. */
export const modpParameters = Object.freeze({ p, q, r, g });

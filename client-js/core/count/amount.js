// SPDX-License-Identifier: Apache-2.0
// [COUNT.EXACT] Amounts are whole numbers of a method's smallest unit: BigInt, or Numbers that stay below 2^53.

/** Below this, weight * share with a share below 2^30 leaves room for as much again below 2^53. */
const SMALL_WEIGHT = 2 ** 22;
const FULL = 2 ** 52;

/** Decimal text with all decimals: "12.00000". @param {bigint} value @param {number} decimals @returns {string} */
export function amountText(value, decimals) {
	const digits = value.toString().padStart(decimals + 1, '0');
	return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Exact sums of products, many at once: in Numbers as long as they hold them, in BigInt beyond. */
export class Sums {
	/** @param {number} num */
	constructor(num) {
		this.low = new Float64Array(num);
		/** @type {Map<number, bigint>} */
		this.high = new Map();
	}

	/** @param {number} i @param {number} weight below 2^53 @param {number} share below 2^30 */
	add(i, weight, share) {
		if (weight > SMALL_WEIGHT) {
			this.high.set(i, (this.high.get(i) ?? 0n) + BigInt(weight) * BigInt(share));
			return;
		}
		this.low[i] += weight * share;
		if (this.low[i] < FULL) return;
		this.high.set(i, (this.high.get(i) ?? 0n) + BigInt(this.low[i]));
		this.low[i] = 0;
	}

	/** @param {number} i @returns {bigint} */
	at(i) {
		return (this.high.get(i) ?? 0n) + BigInt(this.low[i]);
	}

	/** @returns {bigint[]} */
	all() {
		return Array.from(this.low, (_, i) => this.at(i));
	}

	/** @param {number} i @returns {boolean} */
	isZero(i) {
		return this.low[i] === 0 && !this.high.has(i);
	}
}

/** @param {bigint} a @param {bigint} b @returns {-1|0|1} */
export const compareAmounts = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

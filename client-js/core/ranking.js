// SPDX-License-Identifier: Apache-2.0
// Rankings as elements: what may be asked, and how an order of options becomes numbers.  specs/ranked.md sections 1 and 2.
import { concat, intToLe, leToInt, u32, u8 } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';

/** Bytes of a number that an element carries. */
const CARRIED = 30;
const LIMIT = 1n << 240n;

/**
 * @typedef {{m: number, min: number, max: number, equal: boolean, d: number, w: number}} RankedDefinition
 */

/** [RANK.DEFINITION] @param {{m: number, min: number, max: number, equal: boolean}} question @returns {RankedDefinition} */
export function define({ m, min, max, equal }) {
	const within = (/** @type {number} */ n, /** @type {number} */ low, /** @type {number} */ high) => Number.isInteger(n) && n >= low && n <= high;
	require(within(m, 1, 500), 'RANK.DEFINITION', 'options 1..500');
	require(within(max, 1, m) && within(min, 0, max), 'RANK.DEFINITION', 'min and max do not fit the options');
	const radix = BigInt(m + 1);
	let d = 0;
	for (let power = radix; power <= LIMIT; power *= radix) d++;
	return { m, min, max, equal, d, w: Math.ceil(m / d) };
}

/** @param {RankedDefinition} def @returns {Uint8Array} */
export const writeDefinition = ({ m, min, max, equal, d, w }) => concat(u32(m), u32(min), u32(max), u8(equal ? 1 : 0), u32(d), u32(w));

/** [RANK.CHOICE] What is wrong with these ranks, or nothing. @param {RankedDefinition} def @param {number[]} ranks @returns {string|undefined} */
function faultOf({ m, min, max, equal }, ranks) {
	if (ranks.length !== m) return `a rank for each of ${m} options`;
	if (!ranks.every((r) => Number.isInteger(r) && r >= 0 && r <= m)) return `ranks are 0..${m}`;
	const ranked = ranks.filter((r) => r > 0);
	if (ranked.length < min || ranked.length > max) return `${ranked.length} options are ranked, not ${min}..${max}`;
	const used = new Set(ranked);
	if (!equal && used.size < ranked.length) return 'two options share a rank';
	if (Math.max(0, ...ranked) !== used.size) return 'a rank is left out';
	return undefined;
}

/** Throws a Refusal unless the ranks are a choice. @param {RankedDefinition} def @param {number[]} ranks */
export function check(def, ranks) {
	const fault = faultOf(def, ranks);
	require(fault === undefined, 'RANK.CHOICE', fault ?? '');
}

/** [BALLOT.SEED] What stands for `choices`. @param {number[]} ranks @returns {Uint8Array} */
export const writeChoices = (ranks) => concat(u8(0), ...ranks.map(u32));

/** How many options the element k has. @param {RankedDefinition} def @param {number} k */
const optionsOf = ({ m, d }, k) => Math.min(d, m - k * d);

/** [RANK.ENCODE] What each element carries. @param {RankedDefinition} def @param {number[]} ranks of a choice @returns {Uint8Array[]} */
export function encodeBytes(def, ranks) {
	check(def, ranks);
	const radix = BigInt(def.m + 1);
	return Array.from({ length: def.w }, (_, k) => {
		const digits = ranks.slice(k * def.d, (k + 1) * def.d);
		return intToLe(digits.reduceRight((sum, r) => sum * radix + BigInt(r), 0n), CARRIED);
	});
}

/** [RANK.ENCODE] @param {import('../crypto/group.js').Group} group that can carry data @param {RankedDefinition} def @param {number[]} ranks
 * @returns {import('../crypto/group.js').Point[]} */
export const encode = (group, def, ranks) => encodeBytes(def, ranks).map((bytes) => /** @type {any} */ (group.embed)(bytes));

/** [RANK.DECODE] What is no ballot is nothing, and no error: who cast it is not known, and nothing follows from it.
 * @param {import('../crypto/group.js').Group} group @param {RankedDefinition} def @param {import('../crypto/group.js').Point[]} elements
 * @returns {number[]|undefined} */
export function decode(group, def, elements) {
	const radix = BigInt(def.m + 1);
	const ranks = [];
	for (const [k, M] of elements.entries()) {
		const bytes = /** @type {any} */ (group.extract)(M);
		if (bytes === undefined) return undefined;
		let rest = leToInt(bytes);
		for (let i = optionsOf(def, k); i > 0; i--) {
			ranks.push(Number(rest % radix));
			rest /= radix;
		}
		if (rest !== 0n) return undefined;
	}
	return faultOf(def, ranks) === undefined ? ranks : undefined;
}

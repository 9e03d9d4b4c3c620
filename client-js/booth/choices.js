// SPDX-License-Identifier: Apache-2.0
// What a voter has chosen so far, against what the questions allow [BALLOT.BITS].
import { isRanked } from '../core/parts.js';
import { random } from '../crypto/hash.js';

/**
 * @typedef {import('../crypto/bitproof.js').Choice} Choice
 * @typedef {import('../crypto/bitproof.js').Definition} Definition
 * @typedef {import('../core/parts.js').Definition} Asked what one question asks for; the values of a choice are ranks where it is a ranking
 */

/** @param {Asked} d @returns {Choice} */
export const nothing = (d) => ({ blank: false, values: Array.from({ length: d.m }, () => 0) });

/** @param {Choice} choice @returns {number} */
export const sum = ({ values }) => values.reduce((total, value) => total + value, 0);

/**
 * Sets the value of one option.  Where only one may be chosen the other gives way; where the limit is reached nothing changes.
 * @param {Definition} d @param {Choice} choice @param {number} option @param {number} value @returns {{choice: Choice, isFull: boolean}}
 */
export function set(d, choice, option, value) {
	const isSingle = d.max === 1 && d.S === 1;
	const values = choice.values.map((old, i) => (i === option ? value : isSingle && value > 0 ? 0 : old));
	const next = { blank: value === 0 && choice.blank, values };
	return sum(next) > d.max ? { choice, isFull: true } : { choice: next, isFull: false };
}

/** @param {Definition} d @param {boolean} blank @returns {Choice} */
export const setBlank = (d, blank) => ({ ...nothing(d), blank });

/**
 * What there is to say about a choice: `few` is not allowed, `empty` and `partial` are worth a word.
 * @param {Asked} d @param {Choice} choice @returns {'few'|'empty'|'blank'|'partial'|'full'}
 */
export function judge(d, choice) {
	const total = isRanked(d) ? choice.values.filter((rank) => rank > 0).length : sum(choice);
	if (choice.blank) return 'blank';
	if (total < d.min) return 'few';
	if (total === 0) return 'empty';
	if (isRanked(d)) return 'full';
	return d.S === 1 && d.max < d.m && total < d.max ? 'partial' : 'full';
}

/** A number below n, each as likely as the other. @param {number} n at most 65536 @returns {number} */
function below(n) {
	const limit = 65536 - (65536 % n);
	for (;;) {
		const [high, low] = random(2);
		const value = high * 256 + low;
		if (value < limit) return value % n;
	}
}

/** [BOOTH.ORDER] The order in which options are shown; drawn once, so that it stays while the voter goes back and forth. @param {'fixed'|'random'} order @param {number} m @returns {number[]} */
export function orderOf(order, m) {
	const list = Array.from({ length: m }, (_, i) => i);
	if (order === 'random') {
		for (let i = m - 1; i > 0; i--) {
			const j = below(i + 1);
			[list[i], list[j]] = [list[j], list[i]];
		}
	}
	return list;
}

// SPDX-License-Identifier: Apache-2.0
// [FILE.VALUE] What people write behind the keywords of an election file: methods, quorums, approval rules, weights.
import { require } from '../crypto/err.js';

const U32 = 2 ** 32 - 1;
const EXACT = Number.MAX_SAFE_INTEGER;
const MILLION = 1_000_000;

/** @typedef {{of: 'electorate', fraction: [number, number], strict: boolean}|{count: number}|null} Quorum */
/** @typedef {{base: 'ballots'|'electorate'|'options_sum', fraction: [number, number], strict: boolean}|null} Approval */
/** @typedef {{method: string, min: number, max: number, score_max: number}} Method */

/** Takes a value apart, word by word; spaces and tabs between words, any case (of ASCII letters only: without the flag u). */
class Words {
	/** @param {string} value */
	constructor(value) {
		this.rest = value;
	}

	/** @param {string} words @returns {boolean} */
	take(words) {
		const found = new RegExp(`^[ \\t]*${words.replace(/ /g, '[ \\t]+')}(?=[ \\t]|$)`, 'i').exec(this.rest);
		if (found) this.rest = this.rest.slice(found[0].length);
		return found !== null;
	}

	/** @param {number} max @returns {number|undefined} */
	number(max) {
		const found = /^[ \t]*([0-9]+)(?=[ \t]|$)/.exec(this.rest);
		if (!found || Number(found[1]) > max) return undefined;
		this.rest = this.rest.slice(found[0].length);
		return Number(found[1]);
	}

	/** "2/3", "20%", "33.3 %"; percentages in lowest terms. @returns {[number, number]|undefined} */
	fraction() {
		const found = /^[ \t]*([0-9]+)(?:\/([0-9]+)|(?:\.([0-9]{1,4}))?[ \t]*%)(?=[ \t]|$)/.exec(this.rest);
		if (!found || Number(found[1]) > MILLION || Number(found[2] ?? 0) > U32) return undefined;
		this.rest = this.rest.slice(found[0].length);
		if (found[2] !== undefined) return [Number(found[1]), Number(found[2])];
		const decimals = found[3] ?? '';
		return lowest(Number(found[1] + decimals), 100 * 10 ** decimals.length);
	}

	/** @returns {boolean} "more than"; "at least" may be left out */
	strict() {
		if (this.take('more than')) return true;
		this.take('at least');
		return false;
	}

	/** @returns {boolean} nothing is left */
	done() {
		return /^[ \t]*$/.test(this.rest);
	}
}

/** @param {number} a @param {number} b @returns {[number, number]} */
function lowest(a, b) {
	let [x, y] = [a, b];
	while (y !== 0) [x, y] = [y, x % y];
	return [a / x, b / x];
}

/** @param {boolean} holds @param {string} expected @param {string} found */
const expect = (holds, expected, found) => require(holds, 'FILE.VALUE', `expected ${expected}, found "${found.slice(0, 120)}"`);

/** "1 to 3", "up to 3", "2". @param {Words} w @returns {[number, number]|undefined} */
function range(w) {
	if (w.take('up to')) {
		const high = w.number(U32);
		return high === undefined ? undefined : [0, high];
	}
	const low = w.number(U32);
	if (low === undefined) return undefined;
	const high = w.take('to') ? w.number(U32) : low;
	return high === undefined ? undefined : [low, high];
}

/** Of approval, score and "ranked" alone, `max` follows from the number of options. @param {string} value @returns {Method} */
export function parseMethod(value) {
	const w = new Words(value);
	const wanted = 'referendum, choose 1 to 3, approval, score 0 to 5, or ranked';
	/** @type {Method|undefined} */
	let method;
	if (w.take('referendum')) {
		const found = w.done() ? [0, 1] : range(w);
		if (found) method = { method: 'referendum', min: found[0], max: found[1], score_max: 1 };
	} else if (w.take('choose')) {
		const found = range(w);
		if (found) method = { method: 'choose', min: found[0], max: found[1], score_max: 1 };
	} else if (w.take('approval')) {
		method = { method: 'approval', min: 0, max: 0, score_max: 1 };
	} else if (w.take('score')) {
		const found = range(w);
		if (found && found[0] === 0 && found[1] > 0) method = { method: 'score', min: 0, max: 0, score_max: found[1] };
	} else if (w.take('ranked')) {
		const isAll = w.done();
		const found = isAll ? [0, 0] : range(w);
		if (found && (isAll || found[1] > 0)) method = { method: 'ranked', min: found[0], max: found[1], score_max: 1 };
	}
	expect(method !== undefined && w.done(), wanted, value);
	return /** @type {Method} */ (method);
}

/** @param {Method & {options: any[]}} q @returns {string} */
export function writeMethod({ method, min, max, score_max: scoreMax, options }) {
	if (method === 'approval' || (method === 'referendum' && min === 0) || (method === 'ranked' && min === 0 && max === options.length)) return method;
	return method === 'score' ? `score 0 to ${scoreMax}` : `${method} ${min} to ${max}`;
}

/** @param {string} value @returns {Quorum} */
export function parseQuorum(value) {
	const w = new Words(value);
	const wanted = '"20% of electorate", "at least 10 ballots", or none';
	if (w.take('none')) {
		expect(w.done(), wanted, value);
		return null;
	}
	const strict = w.strict();
	const fraction = w.fraction();
	if (fraction) {
		expect((w.take('of electorate') || w.take('of the electorate')) && w.done(), wanted, value);
		return { of: 'electorate', fraction, strict };
	}
	const count = w.number(EXACT - Number(strict));
	expect(count !== undefined && (w.take('ballots') || w.take('ballot')) && w.done(), wanted, value);
	return { count: /** @type {number} */ (count) + Number(strict) };
}

/** @param {boolean} strict @param {[number, number]} fraction */
const writeFraction = (strict, [a, b]) => `${strict ? 'more than' : 'at least'} ${a}/${b} of`;

/** @param {Quorum} quorum @returns {string} */
export function writeQuorum(quorum) {
	if (quorum === null) return 'none';
	return 'count' in quorum ? `at least ${quorum.count} ballots` : `${writeFraction(quorum.strict, quorum.fraction)} electorate`;
}

/** @param {string} value @returns {Approval} */
export function parseApproval(value) {
	const w = new Words(value);
	const wanted = '"more than 1/2 of options_sum", "at least 2/3 of ballots" (or of electorate), or none';
	if (w.take('none')) {
		expect(w.done(), wanted, value);
		return null;
	}
	const strict = w.strict();
	const fraction = w.fraction();
	expect(fraction !== undefined && w.take('of'), wanted, value);
	w.take('the');
	const base = /** @type {const} */ (['ballots', 'electorate', 'options_sum']).find((name) => w.take(name));
	expect(base !== undefined && w.done(), wanted, value);
	return { base: /** @type {'ballots'} */ (base), fraction: /** @type {[number, number]} */ (fraction), strict };
}

/** @param {Approval} approval @returns {string} */
export const writeApproval = (approval) => (approval === null ? 'none' : `${writeFraction(approval.strict, approval.fraction)} ${approval.base}`);

/** @param {string} value @returns {{min_holders: number, below: 'refuse'|'warn'}} */
export function parseWeights(value) {
	const w = new Words(value);
	const below = w.take('warn') ? 'warn' : w.take('refuse') ? 'refuse' : undefined;
	const holders = below && w.take('below') ? w.number(EXACT) : undefined;
	expect(holders !== undefined && (w.take('holders') || w.take('holder')) && w.done(), '"refuse below 5 holders" or "warn below 5 holders"', value);
	return { min_holders: /** @type {number} */ (holders), below: /** @type {'warn'} */ (below) };
}

/** "3:1": three voters prefer the option to the default option for each one who does not. @param {string} value @returns {[number, number]} */
export function parseMajority(value) {
	const found = /^([0-9]{1,9}):([0-9]{1,9})$/.exec(value);
	expect(found !== null, 'two numbers: 3:1', value);
	return [Number(found?.[1]), Number(found?.[2])];
}

/** @param {string} value @returns {{threshold: number, of: number}} */
export function parseThreshold(value) {
	const w = new Words(value);
	const threshold = w.number(U32);
	const of = threshold !== undefined && w.take('of') ? w.number(U32) : undefined;
	expect(of !== undefined && w.done() && of >= 1 && /** @type {number} */ (threshold) <= of, 'how many of how many trustees decrypt: "2 of 3"', value);
	return { threshold: /** @type {number} */ (threshold), of: /** @type {number} */ (of) };
}

/** @param {string} value @param {number} max @returns {number} */
export function parseNumber(value, max) {
	const w = new Words(value);
	const number = w.number(max);
	expect(number !== undefined && w.done(), 'a whole number', value);
	return /** @type {number} */ (number);
}

/** One of some words, in any case. @param {string} value @param {readonly string[]} words @returns {string} */
export function parseChoice(value, words) {
	const found = words.find((word) => new RegExp(`^${word}$`, 'i').test(value));
	expect(found !== undefined, words.join(' or '), value);
	return /** @type {string} */ (found);
}

// SPDX-License-Identifier: Apache-2.0
// What people type: voting codes, ids, trackers.  Forgiving in form, and as exact as possible about what is wrong.
import { ALPHABET, findError, format, normalize } from '../core/code.js';
import { isId } from '../core/text.js';

const LENGTH = 28;
const TRACKER = 26;

/**
 * @typedef {{state: 'empty'|'short'|'long'|'right', length: number}|{state: 'character', character: string}|{state: 'group', group: number}|{state: 'wrong'}} Judgement
 */

/** A voting code so far [CODE.FORMAT]. @param {string} text @returns {Judgement} */
export function judgeCode(text) {
	const code = normalize(text);
	const bad = [...code].find((c) => !ALPHABET.includes(c));
	if (bad !== undefined) return { state: 'character', character: bad };
	if (code.length !== LENGTH) return { state: code.length === 0 ? 'empty' : code.length < LENGTH ? 'short' : 'long', length: code.length };
	const at = findError(code);
	if (at === null) return { state: 'right', length: LENGTH };
	return at < 0 ? { state: 'wrong' } : { state: 'group', group: Math.floor(at / 4) + 1 };
}

/** In groups of 4, where it can be. @param {string} text @returns {string} */
export const tidyCode = (text) => {
	const code = normalize(text);
	return code.length === LENGTH && [...code].every((c) => ALPHABET.includes(c)) ? format(code) : text;
};

/** @param {string} text @returns {string|null} a voter id as the roll writes it */
export function readId(text) {
	const id = text.trim().toLowerCase();
	return isId(id) ? id : null;
}

/** [BALLOT.TRACKER] @param {string} text @returns {string|null} in its one spelling */
export function readTracker(text) {
	const tracker = normalize(text);
	if (tracker.length !== TRACKER || ![...tracker].every((c) => ALPHABET.includes(c))) return null;
	return /** @type {RegExpMatchArray} */ (tracker.match(/.{1,4}/g)).join('-');
}

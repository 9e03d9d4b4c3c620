// SPDX-License-Identifier: Apache-2.0
// The part of a ballot for one question, whatever its method: what bitproof.js and opening.js have in common.
import * as bitproof from '../crypto/bitproof.js';
import { under } from '../crypto/err.js';
import * as opening from '../crypto/opening.js';
import * as ranking from './ranking.js';

/**
 * @typedef {import('../crypto/group.js').Group} Group
 * @typedef {import('../crypto/bitproof.js').Definition|import('./ranking.js').RankedDefinition} Definition
 * @typedef {import('../crypto/bitproof.js').Choice} Choice of a ranked question: its values are ranks, and it is never blank
 * @typedef {Omit<import('../crypto/bitproof.js').Statement, 'definition'> & {definition: Definition}} Statement
 * @typedef {import('../crypto/bitproof.js').Part|import('../crypto/opening.js').Part} Part
 */

/** @param {Definition} d @returns {d is import('./ranking.js').RankedDefinition} */
export const isRanked = (d) => 'd' in d;

/** What `plain` gives, or what a question says. @param {any} question @returns {Definition} */
export const define = (question) => ('equal' in question ? ranking.define(question) : bitproof.define(question));

/** As few members as make it again, for another thread. @param {Definition} d */
export const plain = (d) => (isRanked(d) ? { m: d.m, min: d.min, max: d.max, equal: d.equal } : { m: d.m, S: d.S, min: d.min, max: d.max, blank: d.blank });

/** Ciphertexts of a part. @param {Definition} d */
export const numCiphertexts = (d) => (isRanked(d) ? d.w : d.m);

/** @param {Group} group @param {Definition} d @returns {number} bytes of a part */
export const length = (group, d) => (isRanked(d) ? opening.partLength(group, d.w) : bitproof.partLength(group, d));

/** What a proof of the question's kind is about. @param {Statement} st @returns {any} */
const statementOf = (st) => (isRanked(st.definition) ? { ...st, definition: ranking.writeDefinition(st.definition) } : st);

/** The same arguments always give the same bytes. @param {Statement} st @param {any} choice @param {Uint8Array} seed @returns {Uint8Array} */
export function make(st, choice, seed) {
	const { group, definition: d } = st;
	if (!isRanked(d)) {
		const own = statementOf(st);
		return bitproof.write(group, bitproof.prove(own, choice, bitproof.coinsFromSeed(own, seed, choice)));
	}
	const elements = ranking.encode(group, d, choice.values);
	const own = statementOf(st);
	return opening.write(group, opening.prove(own, elements, opening.coinsFromSeed(own, seed, ranking.writeChoices(choice.values), d.w)));
}

/** What a proof that fails is reported with. @param {Definition} d */
export const ruleOf = (d) => (isRanked(d) ? 'RANK.VERIFY' : 'BALLOT.VERIFY');

/** Reads a part as `bitproof.parseOwing` does. @param {Group} group @param {Definition} d @param {Uint8Array} bytes @returns {any} */
export const parseOwing = (group, d, bytes) => (isRanked(d) ? opening.parse(group, d.w, bytes) : bitproof.parseOwing(group, d, bytes));

/** @param {Group} group @param {Definition} d @param {Uint8Array} bytes @returns {any} */
export const parse = (group, d, bytes) => (isRanked(d) ? opening.parse(group, d.w, bytes) : bitproof.parse(group, d, bytes));

/** The ciphertexts, as they stand in a part. @param {Group} group @param {Definition} d @param {Uint8Array} bytes */
export const ciphertextBytes = (group, d, bytes) => bytes.slice(0, 2 * numCiphertexts(d) * group.pointLength);

/** Only the ciphertexts of a part of the right length: they count even where the proof cannot be read [CHECK.RECOVERY].
 * @param {Group} group @param {Definition} d @param {Uint8Array} bytes @returns {import('../crypto/elgamal.js').Ciphertext[]} */
export function parseCiphertexts(group, d, bytes) {
	const point = (/** @type {number} */ i) => under('BALLOT.POINTS', () => group.decodeOwing(bytes.slice(i * group.pointLength, (i + 1) * group.pointLength)));
	return Array.from({ length: numCiphertexts(d) }, (_, i) => ({ A: point(2 * i), B: point(2 * i + 1) }));
}

/** @param {Definition} d @param {any} part @returns {any[]} every element that came from outside */
export const pointsOf = (d, part) => (isRanked(d) ? [...part.E.flatMap(({ A, B }) => [A, B]), ...part.T] : bitproof.pointsOf(part));

/** @param {Statement} st @param {any} part @returns {any} for `addToBatch` */
export const challenges = (st, part) => (isRanked(st.definition) ? opening.challenge(statementOf(st), part) : bitproof.challenges(statementOf(st), part));

/** @param {import('../crypto/batch.js').Batch} batch @param {Statement} st @param {any} part @param {any} challenged @returns {boolean} false: wrong without a sum */
export function addToBatch(batch, st, part, challenged) {
	if (!isRanked(st.definition)) return bitproof.addToBatch(batch, statementOf(st), part, challenged);
	opening.addToBatch(batch, statementOf(st), part, challenged);
	return true;
}

/** Throws a Refusal unless the proof is right. @param {Statement} st @param {any} part */
export const verify = (st, part) => (isRanked(st.definition) ? opening.verify(statementOf(st), part) : bitproof.verify(statementOf(st), part));

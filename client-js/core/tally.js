// SPDX-License-Identifier: Apache-2.0
// From counted ballots to totals and the lot.  specs/protocol.md section 5.
import { Batch } from '../crypto/batch.js';
import { concat, hex, Reader, u64, u8, utf8 } from '../crypto/bytes.js';
import * as dleq from '../crypto/dleq.js';
import * as elgamal from '../crypto/elgamal.js';
import { inside, Refusal, require, under } from '../crypto/err.js';
import { combinePublic, negate } from '../crypto/group.js';
import { sha256, sha512 } from '../crypto/hash.js';
import { lagrange } from '../crypto/sharing.js';
import { item } from '../crypto/transcript.js';

/**
 * @typedef {import('../crypto/group.js').Group} Group
 * @typedef {import('../crypto/group.js').Point} Point
 * @typedef {import('../crypto/elgamal.js').Ciphertext} Ciphertext
 *
 * What is decrypted, and where.
 * @typedef {object} Tally
 * @property {Group} group
 * @property {Uint8Array} context
 * @property {Uint8Array} close leaf hash of the close entry
 * @property {Ciphertext[][]} aggregates for each question its options
 * @property {number[]} questions indices of the questions that are decrypted
 * @property {number} counted number of counted ballots
 *
 * @typedef {{purpose: 'decrypt'|'lot', question: number, option: number, H: Point}} Item one share to give
 * @typedef {{trustee: number, shares: Point[]}} Shares of one trustee, in the order of the items
 */

/** [BALLOT.COUNTED] @param {{index: number, leaf: Uint8Array}[]} counted in log order */
export const countedHash = (counted) => sha256(utf8('tabella/v1/counted'), ...counted.flatMap(({ index, leaf }) => [u64(index), leaf]));

/**
 * [TALLY.AGGREGATE]
 * @param {Group} group @param {number[]} numOptions for each question
 * @param {{weight: number, questions: Ciphertext[][]}[]} counted @returns {Ciphertext[][]}
 */
export const aggregate = (group, numOptions, counted) =>
	numOptions.map((m, k) =>
		Array.from({ length: m }, (_, i) =>
			counted.reduce(
				(sum, { weight, questions }) => elgamal.add(group, sum, elgamal.multiply(group, BigInt(weight), questions[k][i])),
				elgamal.zero(group),
			),
		),
	);

/** @param {Group} group @param {Ciphertext[][]} aggregates */
export const aggregatesHash = (group, aggregates) =>
	sha256(
		utf8('tabella/v1/aggregates'),
		...aggregates.flatMap((options, k) => [u8(k), ...options.flatMap(({ A, B }) => [group.encode(A), group.encode(B)])]),
	);

/** [DECRYPT.SHARE] What every trustee gives a share of.  Where nothing was counted only the lot is left. @param {Tally} t @returns {Item[]} */
export function items(t) {
	const options = t.counted === 0 ? [] : t.questions.flatMap((question) =>
		t.aggregates[question].map(({ A }, option) => ({ purpose: /** @type {const} */ ('decrypt'), question, option, H: A })),
	);
	const H = t.group.hashToGroup('lot', concat(t.context, t.close));
	return [...options, { purpose: 'lot', question: 0, option: 0, H }];
}

/** @param {Tally} t @param {number} trustee @param {Point} Y @param {Item} one @param {Point} Z @returns {dleq.Statement} */
const statement = (t, trustee, Y, one, Z) => ({
	group: t.group, Y, H: one.H, Z,
	binding: dleq.writeBinding({ context: t.context, close: t.close, purpose: one.purpose, question: one.question, option: one.option, trustee }),
});

/**
 * The payload of a decrypt entry.
 * @param {Tally} t @param {number} trustee @param {bigint} x the trustee's share of the key
 * @param {bigint[]} nonces one for each item, fresh
 * @returns {Uint8Array}
 */
export function makeShares(t, trustee, x, nonces) {
	const { group } = t;
	const Y = group.multiply(x, group.generator);
	const due = items(t);
	if (nonces.length !== due.length) throw new TypeError('a nonce for each share');
	const parts = due.map((one, k) => {
		const Z = group.multiply(x, one.H);
		return concat(group.encode(Z), dleq.write(group, dleq.prove(statement(t, trustee, Y, one, Z), x, nonces[k])));
	});
	return concat(u8(1), u8(trustee), ...parts);
}

/** @param {Item} one @returns {string} where it stands in the payload */
const placeOf = ({ purpose, question, option }) => (purpose === 'lot' ? 'lot' : `questions[${question}].options[${option}]`);

/** Reads and verifies. @param {Tally} t @param {number} trustee of the signer @param {Point} Y its verification key
 * @param {Uint8Array} payload @returns {Shares} */
export function verifyShares(t, trustee, Y, payload) {
	const { group } = t;
	const rule = 'DECRYPT.SHARE';
	const reader = new Reader(payload, (detail) => new Refusal(rule, detail, 'length'));
	require(reader.u8() === 1, rule, 'version is not 1', 'version');
	require(reader.u8() === trustee, rule, 'the payload names another trustee than its signer', 'trustee');
	const due = items(t);
	const read = due.map(() => [reader.take(group.pointLength), reader.take(dleq.proofLength(group))]);
	reader.end();
	const parsed = read.map(([Z, proof], k) => inside(placeOf(due[k]), () => under(rule, () => [group.decode(Z), dleq.parse(group, proof)])));
	const statements = due.map((one, k) => statement(t, trustee, Y, one, parsed[k][0]));
	const batch = new Batch(group);
	statements.forEach((st, k) => dleq.addToBatch(batch, st, parsed[k][1]));
	if (!batch.isZero()) statements.forEach((st, k) => inside(placeOf(due[k]), () => dleq.verify(st, parsed[k][1])));
	return { trustee, shares: parsed.map(([Z]) => Z) };
}

/** Sum of lambda_j Z_j for one item. @param {Group} group @param {Shares[]} T @param {number} k @returns {Point} */
function interpolate(group, T, k) {
	const indices = T.map(({ trustee }) => trustee);
	return combinePublic(group, ...T.map(({ trustee, shares }) => /** @type {[bigint, Point]} */ ([lagrange(indices, trustee, group.q), shares[k]])));
}

/** Baby steps 0..step-1 and the giant step back, for all totals of one bound. @param {Group} group @param {number} bound */
function stepsFor(group, bound) {
	const step = Math.min(Math.ceil(Math.sqrt(bound + 1)), 65536);
	const baby = new Map();
	let P = group.identity;
	for (let i = 0; i < step; i++) {
		baby.set(hex(group.encode(P)), i);
		P = group.add(P, group.generator);
	}
	return { step, baby, giant: negate(group, P) };
}

/** The v in 0..bound with v*g = M, by baby steps and giant steps. @param {Group} group @param {Point} M @param {number} bound
 * @returns {number|undefined} */
export function discreteLog(group, M, bound, { step, baby, giant } = stepsFor(group, bound)) {
	let rest = M;
	for (let start = 0; start <= bound; start += step) {
		const i = baby.get(hex(group.encode(rest)));
		if (i !== undefined) return start + i <= bound ? start + i : undefined;
		rest = group.add(rest, giant);
	}
	return undefined;
}

/**
 * [DECRYPT.COMBINE] The totals of the decrypted questions, and the lot [LOT].
 * @param {Tally} t @param {Shares[]} T of the first `threshold` trustees in log order @param {number[]} bounds for each question of the election
 * @returns {{totals: Map<number, number[]>, lotPoint: Point, lotSeed: Uint8Array}}
 */
export function combine(t, T, bounds) {
	const { group } = t;
	const due = items(t);
	const totals = new Map(t.questions.map((question) => [question, t.aggregates[question].map(() => 0)]));
	const steps = new Map();
	due.forEach(({ purpose, question, option }, k) => {
		if (purpose === 'lot') return;
		const bound = bounds[question];
		if (!steps.has(bound)) steps.set(bound, stepsFor(group, bound));
		const M = group.add(t.aggregates[question][option].B, negate(group, interpolate(group, T, k)));
		const total = discreteLog(group, M, bound, steps.get(bound));
		require(total !== undefined, 'DECRYPT.COMBINE', `question ${question}, option ${option}: no total up to ${bounds[question]}`);
		/** @type {any} */ (totals.get(question))[option] = total;
	});
	const lotPoint = interpolate(group, T, due.length - 1);
	return { totals, lotPoint, lotSeed: lotSeed(group, lotPoint) };
}

/** [LOT] @param {Group} group @param {Point} L @returns {Uint8Array} 64 bytes */
export const lotSeed = (group, L) => sha512(item('protocol', 'tabella/v1/lot'), item('point', group.encode(L)));

/** [LOT] What tied options are put in order of. @param {Uint8Array} seed @param {number} question @param {number} option @returns {string} */
export const lotOf = (seed, question, option) => hex(sha256(seed, u64(question), u64(option)));

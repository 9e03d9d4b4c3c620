// SPDX-License-Identifier: Apache-2.0
// From counted ballots to totals and the lot.  specs/protocol.md section 5.
import { Batch } from '../crypto/batch.js';
import { concat, hex, join, Reader, u64, u8, utf8 } from '../crypto/bytes.js';
import * as dleq from '../crypto/dleq.js';
import * as dleqList from '../crypto/dleq_list.js';
import * as elgamal from '../crypto/elgamal.js';
import { inside, Refusal, require, under } from '../crypto/err.js';
import { negate } from '../crypto/group.js';
import { sha256, sha512 } from '../crypto/hash.js';
import { lagrange } from '../crypto/sharing.js';
import { finish } from '../crypto/steps.js';
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
 * @property {Ciphertext[][]} aggregates for each question its options, none for a ranked one
 * @property {Map<number, Ciphertext[]>} [lists] of the ranked questions that are decrypted: every element that came out of the last mix
 * @property {number[]} questions indices of the questions that are decrypted
 * @property {number} counted number of counted ballots
 *
 * One share to give, or those of a list.
 * @typedef {{purpose: 'decrypt'|'decrypt-list'|'lot', question: number, option: number, H: Point[]}} Item
 * @typedef {{trustee: number, shares: Point[][]}} Shares of one trustee, in the order of the items
 */

/** Elements between two pauses. */
const STEP = 256;

/** [BALLOT.COUNTED] @param {{index: number, leaf: Uint8Array}[]} counted in log order */
export const countedHash = (counted) => sha256(join([utf8('tabella/v1/counted'), ...counted.flatMap(({ index, leaf }) => [u64(index), leaf])]));

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
		...aggregates.flatMap((options, k) => (options.length === 0 ? [] : [u8(k), ...options.flatMap(({ A, B }) => [group.encode(A), group.encode(B)])])),
	);

/** @param {Tally} t @param {number} question @returns {Item[]} */
function itemsOf({ aggregates, lists }, question) {
	const list = lists?.get(question);
	if (list !== undefined) return [{ purpose: 'decrypt-list', question, option: 0, H: list.map(({ A }) => A) }];
	return aggregates[question].map(({ A }, option) => ({ purpose: 'decrypt', question, option, H: [A] }));
}

/** [DECRYPT.SHARE] What every trustee gives a share of.  Where nothing was counted only the lot is left. @param {Tally} t @returns {Item[]} */
export function items(t) {
	/** @type {Item[]} */
	const due = t.counted === 0 ? [] : t.questions.flatMap((question) => itemsOf(t, question));
	const H = t.group.hashToGroup('lot', concat(t.context, t.close));
	return [...due, { purpose: 'lot', question: 0, option: 0, H: [H] }];
}

/** [DECRYPT.LIST] A list has one proof, about all of it. @param {Tally} t @param {number} trustee @param {Point} Y @param {Item} one @param {Point[]} Z @returns {dleq.Statement} */
function statement(t, trustee, Y, { purpose, question, option, H }, Z) {
	const binding = dleq.writeBinding({ context: t.context, close: t.close, purpose, question, option, trustee });
	const { group } = t;
	return purpose === 'decrypt-list' ? dleqList.combined({ group, binding, Y, H, Z }) : { group, binding, Y, H: H[0], Z: Z[0] };
}

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
		const Z = one.H.map((H) => group.multiply(x, H));
		return concat(join(Z.map(group.encode)), dleq.write(group, dleq.prove(statement(t, trustee, Y, one, Z), x, nonces[k])));
	});
	return concat(u8(1), u8(trustee), ...parts);
}

/** @param {Item} one @returns {string} where it stands in the payload */
const placeOf = ({ purpose, question, option }) => (purpose === 'lot' ? 'lot' : `questions[${question}]${purpose === 'decrypt' ? `.options[${option}]` : ''}`);

/** Which rule a false proof breaks. @param {Item} one */
const ruleOf = ({ purpose }) => (purpose === 'decrypt-list' ? 'DLEQ.LIST' : 'DLEQ');

const rule = 'DECRYPT.SHARE';

/** @typedef {Shares & {version: number, named: number, proofs: Uint8Array[]}} ReadShares whose head and proofs nobody has looked at yet */

/** Reads them, in steps: whatever has the right length and shares that are points. @param {Tally} t @param {number} trustee of the signer @param {Uint8Array} payload @returns {Generator<void, ReadShares>} */
export function* readingShares(t, trustee, payload) {
	const { group } = t;
	const reader = new Reader(payload, (detail) => new Refusal(rule, detail, 'length'));
	const version = reader.u8();
	const named = reader.u8();
	const due = items(t);
	const read = due.map(({ H }) => ({ points: H.map(() => reader.take(group.pointLength)), proof: reader.take(dleq.proofLength(group)) }));
	reader.end();
	/** @type {Point[][]} */
	const shares = [];
	for (const [k, { points }] of read.entries()) {
		/** @type {Point[]} */
		const Z = [];
		for (let from = 0; from < points.length; from += STEP) {
			Z.push(...inside(placeOf(due[k]), () => under(rule, () => points.slice(from, from + STEP).map(group.decode))));
			if (points.length > 1) yield;
		}
		shares.push(Z);
	}
	return { trustee, shares, version, named, proofs: read.map(({ proof }) => proof) };
}

/** Verifies them, in steps. @param {Tally} t @param {Point} Y the trustee's verification key @param {ReadShares} read @returns {Generator<void, Shares>} */
export function* provingShares(t, Y, { trustee, shares, version, named, proofs: bytes }) {
	const { group } = t;
	const due = items(t);
	require(version === 1, rule, 'version is not 1', 'version');
	require(named === trustee, rule, 'the payload names another trustee than its signer', 'trustee');
	const proofs = bytes.map((proof, k) => inside(placeOf(due[k]), () => under(rule, () => dleq.parse(group, proof))));
	const statements = [];
	for (const [k, one] of due.entries()) {
		statements.push(statement(t, trustee, Y, one, shares[k]));
		if (one.H.length > 1) yield;
	}
	const batch = new Batch(group);
	statements.forEach((st, k) => dleq.addToBatch(batch, st, proofs[k]));
	if (!batch.isZero()) statements.forEach((st, k) => inside(placeOf(due[k]), () => under(ruleOf(due[k]), () => dleq.verify(st, proofs[k]))));
	return { trustee, shares };
}

/** Both at once. @param {Tally} t @param {number} trustee @param {Point} Y @param {Uint8Array} payload @returns {Shares} */
export const verifyShares = (t, trustee, Y, payload) => finish(provingShares(t, Y, finish(readingShares(t, trustee, payload))));

/** Sum of lambda_j Z_j for each element of one item. @param {Group} group @param {Shares[]} T @param {number} k @returns {Generator<Point>} */
function* interpolated(group, T, k) {
	const indices = T.map(({ trustee }) => trustee);
	const lambdas = indices.map((j) => lagrange(indices, j, group.q));
	for (let i = 0; i < T[0].shares[k].length; i++) yield interpolate(group, lambdas, T.map(({ shares }) => shares[k][i]));
}

/** @param {Group} group @param {bigint[]} lambdas @param {Point[]} Z @returns {Point} */
function interpolate(group, lambdas, Z) {
	// Most are small numbers or the negatives of such: those cost next to nothing.
	return Z.reduce((sum, P, j) => {
		const isNegative = lambdas[j] > group.q / 2n;
		const part = group.multiplyPublic(isNegative ? group.q - lambdas[j] : lambdas[j], P);
		return group.add(sum, isNegative ? negate(group, part) : part);
	}, group.identity);
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
 * @returns {Generator<void, {totals: Map<number, number[]>, elements: Map<number, Point[]>, lotPoint: Point, lotSeed: Uint8Array}>} elements: what was in the lists
 */
export function* combining(t, T, bounds) {
	const { group } = t;
	const due = items(t);
	const totals = new Map(t.questions.map((question) => [question, t.aggregates[question].map(() => 0)]));
	/** @type {Map<number, Point[]>} */
	const elements = new Map(t.questions.map((question) => [question, []]));
	const steps = new Map();
	for (const [k, { purpose, question, option }] of due.entries()) {
		if (purpose === 'lot') continue;
		if (purpose === 'decrypt-list') {
			elements.set(question, yield* decrypting(t, T, k, question));
			continue;
		}
		const bound = bounds[question];
		if (!steps.has(bound)) steps.set(bound, stepsFor(group, bound));
		const M = group.add(t.aggregates[question][option].B, negate(group, first(interpolated(group, T, k))));
		const total = discreteLog(group, M, bound, steps.get(bound));
		require(total !== undefined, 'DECRYPT.COMBINE', `question ${question}, option ${option}: no total up to ${bounds[question]}`);
		/** @type {any} */ (totals.get(question))[option] = total;
	}
	const lotPoint = first(interpolated(group, T, due.length - 1));
	return { totals, elements, lotPoint, lotSeed: lotSeed(group, lotPoint) };
}

/** The same at once. @param {Tally} t @param {Shares[]} T @param {number[]} bounds */
export const combine = (t, T, bounds) => finish(combining(t, T, bounds));

/** [DECRYPT.LIST] M = B - sum lambda_j Z_j of every element of a list. @param {Tally} t @param {Shares[]} T @param {number} k @param {number} question
 * @returns {Generator<void, Point[]>} */
function* decrypting({ group, lists }, T, k, question) {
	const list = /** @type {Ciphertext[]} */ (lists?.get(question));
	/** @type {Point[]} */
	const out = [];
	for (const D of interpolated(group, T, k)) {
		out.push(group.add(list[out.length].B, negate(group, D)));
		if (out.length % STEP === 0) yield;
	}
	return out;
}

/** @template T @param {Generator<T>} one @returns {T} */
const first = (one) => one.next().value;

/** [LOT] @param {Group} group @param {Point} L @returns {Uint8Array} 64 bytes */
export const lotSeed = (group, L) => sha512(item('protocol', 'tabella/v1/lot'), item('point', group.encode(L)));

/** [LOT] What tied options are put in order of. @param {Uint8Array} seed @param {number} question @param {number} option @returns {string} */
export const lotOf = (seed, question, option) => hex(sha256(seed, u64(question), u64(option)));

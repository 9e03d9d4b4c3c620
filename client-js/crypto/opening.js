// SPDX-License-Identifier: Apache-2.0
// The part of a ballot for one ranked question: ciphertexts of elements, and the proof that who made them knows their randomness.
// specs/ranked.md section 3.
import { scalarsFromSeed } from './ballot_seed.js';
import { concat, Reader, u64 } from './bytes.js';
import { Refusal, require, under } from './err.js';
import { combinePublic } from './group.js';
import { mod, parseScalar, SCALAR_LENGTH, writeScalar } from './scalar.js';
import { Transcript } from './transcript.js';

/**
 * @typedef {import('./group.js').Group} Group
 * @typedef {import('./group.js').Point} Point
 *
 * What a proof is about; all of it is under the challenge.
 * @typedef {object} Statement
 * @property {Group} group
 * @property {Uint8Array} context 32 bytes [CONTEXT]
 * @property {string} voter id
 * @property {Uint8Array} voterKey 32 bytes
 * @property {number} question index from 0
 * @property {Uint8Array} definition bytes [RANK.DEFINITION]
 * @property {Point} h public key of the election
 *
 * @typedef {{r: bigint[], t: bigint[]}} Coins the secrets of one question of one ballot
 * @typedef {{E: import('./elgamal.js').Ciphertext[], T: Point[], z: bigint[]}} Part
 */

/** [RANK.ENCRYPT] [RANK.PROVE] @param {Statement} st @param {Uint8Array} seed @param {Uint8Array} choices bytes for [BALLOT.SEED] @param {number} width @returns {Coins} */
export function coinsFromSeed(st, seed, choices, width) {
	const scalar = scalarsFromSeed(st, seed, choices);
	const list = (/** @type {string} */ name) => Array.from({ length: width }, (_, k) => scalar(name, k + 1));
	const r = list('r');
	require(r.every((value) => value !== 0n), 'BALLOT.SEED', 'this seed leaves a vote unencrypted: draw another');
	return { r, t: list('t') };
}

/** [RANK.CHALLENGE] @param {Statement} st @param {Pick<Part, 'E'|'T'>} part @returns {bigint} */
export const challenge = (st, { E, T }) =>
	new Transcript('tabella/v1/ranked')
		.absorb('group', st.group.name)
		.absorb('context', st.context)
		.absorb('voter', st.voter)
		.absorb('voter-key', st.voterKey)
		.absorb('question', u64(st.question))
		.absorb('definition', st.definition)
		.absorb('h', st.group.encode(st.h))
		.absorb('ciphertexts', concat(...E.flatMap(({ A, B }) => [st.group.encode(A), st.group.encode(B)])))
		.absorb('T', concat(...T.map(st.group.encode)))
		.challenge(st.group.q);

/** @param {Statement} st @param {Point[]} elements what is encrypted @param {Coins} coins @returns {Part & {c: bigint}} */
export function prove(st, elements, { r, t }) {
	const { group, h } = st;
	const { generator: g, q } = group;
	const E = elements.map((M, k) => ({ A: group.multiply(r[k], g), B: group.add(M, group.multiply(r[k], h)) }));
	const T = t.map((tk) => group.multiply(tk, g));
	const c = challenge(st, { E, T });
	return { E, T, z: r.map((rk, k) => mod(t[k] + c * rk, q)), c };
}

/** Throws a Refusal [RANK.VERIFY] unless the proof is right. @param {Statement} st @param {Part} part */
export function verify(st, part) {
	const { group } = st;
	const c = challenge(st, part);
	part.E.forEach(({ A }, k) => {
		const right = combinePublic(group, [1n, part.T[k]], [c, A]);
		require(group.equals(group.multiplyPublic(part.z[k], group.generator), right), 'RANK.VERIFY', `z_${k + 1}*g is not T_${k + 1} + c*A_${k + 1}`);
	});
}

/** [RANK.VERIFY] [BATCH.RANDOM] @param {import('./batch.js').Batch} batch @param {Statement} st @param {Part} part @param {bigint} c its challenge */
export function addToBatch(batch, { group }, { E, T, z }, c) {
	E.forEach(({ A }, k) => {
		const e = batch.draw();
		batch.add(e * c, A);
		batch.add(e, T[k]);
		batch.addCommon(-e * z[k], group.generator);
	});
}

/** [RANK.QUESTION] @param {Group} group @param {number} width @returns {number} bytes of a part */
export const partLength = (group, width) => width * (3 * group.pointLength + SCALAR_LENGTH);

/** @param {Group} group @param {Part} part @returns {Uint8Array} */
export const write = (group, { E, T, z }) =>
	concat(...E.flatMap(({ A, B }) => [group.encode(A), group.encode(B)]), ...T.map(group.encode), ...z.map(writeScalar));

/**
 * Reads a part: length [RANK.QUESTION], then canonical points and scalars, no A_k the identity [BALLOT.POINTS].
 * @param {Group} group @param {number} width @param {Uint8Array} bytes @returns {Part}
 */
export function parse(group, width, bytes) {
	require(bytes.length === partLength(group, width), 'RANK.QUESTION', `a part has ${partLength(group, width)} bytes, not ${bytes.length}`);
	const reader = new Reader(bytes, (detail) => new Refusal('RANK.QUESTION', detail));
	const point = () => under('BALLOT.POINTS', () => group.decode(reader.take(group.pointLength)));
	const E = Array.from({ length: width }, () => ({ A: point(), B: point() }));
	require(E.every(({ A }) => !group.isIdentity(A)), 'BALLOT.POINTS', 'A_k is the identity: that vote is not encrypted');
	const T = Array.from({ length: width }, point);
	const z = Array.from({ length: width }, () => under('BALLOT.POINTS', () => parseScalar(reader.take(SCALAR_LENGTH), group.q)));
	return { E, T, z };
}

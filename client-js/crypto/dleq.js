// SPDX-License-Identifier: Apache-2.0
// [DLEQ] Y = x*g and Z = x*H for one x: an honest decryption share.
import { concat, Reader, u64 } from './bytes.js';
import { Refusal, require } from './err.js';
import { combinePublic } from './group.js';
import { mod, parseScalar, SCALAR_LENGTH, writeScalar } from './scalar.js';
import { item, Transcript } from './transcript.js';

/**
 * @typedef {import('./group.js').Group} Group
 * @typedef {import('./group.js').Point} Point
 * @typedef {{group: Group, binding: Uint8Array, Y: Point, H: Point, Z: Point}} Statement
 * @typedef {{a: Point, b: Point, z: bigint}} Proof
 */

/**
 * What a share is for, so that it serves nowhere else.
 * @param {{context: Uint8Array, close: Uint8Array, purpose: 'decrypt'|'decrypt-list'|'lot', question: number, option: number, trustee: number}} place
 */
export const writeBinding = ({ context, close, purpose, question, option, trustee }) =>
	concat(
		item('context', context),
		item('close', close),
		item('purpose', purpose),
		item('question', u64(question)),
		item('option', u64(option)),
		item('trustee', u64(trustee)),
	);

/** Statement and commitments are hashed: otherwise Z could be chosen after c.
 * @param {Statement} st @param {Point} a @param {Point} b @returns {bigint} */
export const challenge = ({ group, binding, Y, H, Z }, a, b) =>
	new Transcript('tabella/v1/dleq')
		.absorb('group', group.name)
		.absorb('binding', binding)
		.absorb('Y', group.encode(Y))
		.absorb('H', group.encode(H))
		.absorb('Z', group.encode(Z))
		.absorb('a', group.encode(a))
		.absorb('b', group.encode(b))
		.challenge(group.q);

/** @param {Statement} st @param {bigint} x @param {bigint} w fresh, for this proof alone @returns {Proof} */
export function prove(st, x, w) {
	const { group, H } = st;
	const a = group.multiply(w, group.generator);
	const b = group.multiply(w, H);
	return { a, b, z: mod(w + challenge(st, a, b) * x, group.q) };
}

/** Throws a Refusal [DLEQ] unless the proof is right. @param {Statement} st @param {Proof} proof */
export function verify(st, { a, b, z }) {
	const { group, Y, H, Z } = st;
	const c = challenge(st, a, b);
	const holds = (base, commitment, image) =>
		group.equals(group.multiplyPublic(z, base), combinePublic(group, [1n, commitment], [c, image]));
	require(holds(group.generator, a, Y), 'DLEQ', 'z*g is not a + c*Y');
	require(holds(H, b, Z), 'DLEQ', 'z*H is not b + c*Z');
}

/** [BATCH.RANDOM] Both equations. @param {import('./batch.js').Batch} batch @param {Statement} st @param {Proof} proof */
export function addToBatch(batch, st, { a, b, z }) {
	const { group, Y, H, Z } = st;
	const c = challenge(st, a, b);
	const [e1, e2] = [batch.draw(), batch.draw()];
	batch.add(e1, a);
	batch.addCommon(e1 * c, Y);
	batch.addCommon(-e1 * z, group.generator);
	batch.add(e2, b);
	batch.add(e2 * c, Z);
	batch.add(-e2 * z, H);
}

/** @param {Group} group @returns {number} */
export const proofLength = (group) => 2 * group.pointLength + SCALAR_LENGTH;

/** @param {Group} group @param {Proof} proof @returns {Uint8Array} */
export const write = (group, { a, b, z }) => concat(group.encode(a), group.encode(b), writeScalar(z));

/** @param {Group} group @param {Uint8Array} bytes @returns {Proof} */
export function parse(group, bytes) {
	const reader = new Reader(bytes, (detail) => new Refusal('DLEQ', detail));
	const proof = {
		a: group.decode(reader.take(group.pointLength)),
		b: group.decode(reader.take(group.pointLength)),
		z: parseScalar(reader.take(SCALAR_LENGTH), group.q),
	};
	reader.end();
	return proof;
}

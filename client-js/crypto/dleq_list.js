// SPDX-License-Identifier: Apache-2.0
// [DLEQ.LIST] Y = x*g and Z_i = x*H_i for one x and many i, by one proof about a random combination of them.
import { concat, join, u64 } from './bytes.js';
import * as dleq from './dleq.js';
import { under } from './err.js';
import { multiplyMany } from './msm.js';
import { reduce } from './scalar.js';
import { item, Transcript } from './transcript.js';

/**
 * @typedef {import('./group.js').Group} Group
 * @typedef {import('./group.js').Point} Point
 * @typedef {{group: Group, binding: Uint8Array, Y: Point, H: Point[], Z: Point[]}} Statement
 */

/** The factors come from a hash of all of it: who could choose a Z_i after them could make two errors cancel.
 * @param {Statement} st @returns {Uint8Array} */
export const seedOf = ({ group, binding, Y, H, Z }) =>
	new Transcript('tabella/v1/dleq-list')
		.absorb('group', group.name)
		.absorb('binding', binding)
		.absorb('Y', group.encode(Y))
		.absorb('H', join(H.map(group.encode)))
		.absorb('Z', join(Z.map(group.encode)))
		.output();

/** @param {Group} group @param {Uint8Array} seed @param {number} count @returns {bigint[]} */
export const factorsOf = (group, seed, count) =>
	Array.from({ length: count }, (_, i) =>
		reduce(new Transcript('tabella/v1/dleq-list-factor').absorb('seed', seed).absorb('index', u64(i + 1)).output(), group.q));

/** The one pair that stands for all. @param {Statement} st @returns {dleq.Statement} */
export function combined(st) {
	const { group, binding, Y, H, Z } = st;
	if (H.length !== Z.length) throw new TypeError('a Z for each H');
	const seed = seedOf(st);
	const f = factorsOf(group, seed, H.length);
	return { group, binding: concat(binding, item('list', seed)), Y, H: multiplyMany(group, f, H), Z: multiplyMany(group, f, Z) };
}

/** @param {Statement} st @param {bigint} x @param {bigint} w fresh, for this proof alone @returns {dleq.Proof} */
export const prove = (st, x, w) => dleq.prove(combined(st), x, w);

/** Throws a Refusal [DLEQ.LIST] unless the proof is right. @param {Statement} st @param {dleq.Proof} proof */
export const verify = (st, proof) => under('DLEQ.LIST', () => dleq.verify(combined(st), proof));

// SPDX-License-Identifier: Apache-2.0
// One interface for both groups, written additively.
import { Refusal } from './err.js';
import { modp4096 } from './group_modp.js';
import { ristretto255 } from './group_ristretto255.js';

/**
 * An element; what it is inside is the group's business.
 * @typedef {any} Point
 *
 * @typedef {object} Group
 * @property {string} name as in the manifest
 * @property {bigint} q the prime order
 * @property {number} pointLength bytes of an element
 * @property {Point} generator
 * @property {Point} identity
 * @property {(P: Point, Q: Point) => Point} add
 * @property {(k: bigint, P: Point) => Point} multiply k is taken mod q
 * @property {(k: bigint, P: Point) => Point} multiplyPublic the same for public k and P, faster: its time depends on k
 * @property {(P: Point, Q: Point) => boolean} equals
 * @property {(P: Point) => boolean} isIdentity
 * @property {(P: Point) => Uint8Array} encode
 * @property {(bytes: Uint8Array) => Point} decode with every check that elements from outside need
 * @property {(bytes: Uint8Array) => Point} decodeOwing the same but for what `areMembers` then has to say before the element is believed
 * @property {(points: Point[]) => boolean} areMembers [GROUP.MODP.ORDER] for many at once
 * @property {((P: Point) => Point)|undefined} negate where that costs less than a multiple
 * @property {(label: string, data: Uint8Array) => Point} hashToGroup [GROUP.HASH]
 * @property {((data: Uint8Array) => Point)|undefined} embed 30 bytes as an element [RANK.ENCODE], where elements can carry data
 * @property {((P: Point) => Uint8Array|undefined)|undefined} extract the 30 bytes that `embed` makes this very element of, if there are such
 * @property {(P: Point, window: number) => void} prepare makes multiples of this very P cheaper from now on, by a table for windows of so many bits
 */

/** Signatures and the transport of shares are in this group whatever the election's group is. */
export const R255 = ristretto255;

/** @param {string} name @returns {Group} */
export function getGroup(name) {
	if (name === 'ristretto255') return ristretto255;
	if (name === 'modp4096') return modp4096;
	throw new Refusal('MANIFEST', `no group is called ${name}`);
}

/** Sum of k_i P_i. @param {Group} group @param {...[bigint, Point]} terms @returns {Point} */
export const combine = (group, ...terms) =>
	terms.reduce((sum, [k, P]) => group.add(sum, group.multiply(k, P)), group.identity);

/** The same where everything is public, as in verification. @param {Group} group @param {...[bigint, Point]} terms @returns {Point} */
export const combinePublic = (group, ...terms) =>
	terms.reduce((sum, [k, P]) => group.add(sum, group.multiplyPublic(k, P)), group.identity);

/** @param {Group} group @param {Point} P @returns {Point} */
export const negate = (group, P) => group.negate?.(P) ?? group.multiplyPublic(group.q - 1n, P);

/** Reads an element and refuses the identity. @param {Group} group @param {Uint8Array} bytes @returns {Point} */
export function decodeNotIdentity(group, bytes) {
	const P = group.decode(bytes);
	if (group.isIdentity(P)) throw new Refusal(group.name === 'modp4096' ? 'GROUP.MODP' : 'GROUP.RISTRETTO', 'the identity is not allowed here');
	return P;
}

// SPDX-License-Identifier: Apache-2.0
// [GROUP.RISTRETTO] RFC 9496 by noble-curves.
import { ristretto255 as noble, RistrettoPoint } from '@noble/curves/ed25519';
import { Refusal } from './err.js';
import { hashToGroupBlock } from './hash_to_group.js';
import { mod } from './scalar.js';

const Point = noble.Point;
const q = 2n ** 252n + 27742317777372353535851937790883648493n;

/** How elements that were read are written: an element has one encoding, and making it costs a square root.
 * @type {WeakMap<any, Uint8Array>} */
const known = new WeakMap();

/** Decode of RFC 9496, which takes one string for each element. @param {Uint8Array} bytes */
function decode(bytes) {
	const refuse = (why) => new Refusal('GROUP.RISTRETTO', why);
	if (bytes.length !== 32) throw refuse(`an element has 32 bytes, not ${bytes.length}`);
	let P;
	try {
		P = Point.fromBytes(bytes);
	} catch {
		throw refuse('not the encoding of an element');
	}
	known.set(P, bytes.slice());
	return P;
}

function multiply(k, P) {
	const scalar = mod(k, q);
	return scalar === 0n ? Point.ZERO : P.multiply(scalar);
}

function multiplyPublic(k, P) {
	const scalar = mod(k, q);
	return scalar === 0n ? Point.ZERO : P.multiplyUnsafe(scalar);
}

/** @param {any} P @returns {Uint8Array} the caller's own */
function encode(P) {
	/** @type {Uint8Array} */
	const bytes = known.get(P) ?? P.toBytes();
	known.set(P, bytes);
	return bytes.slice();
}

/** RFC 9496 4.3.4: 64 uniform bytes to an element. @param {Uint8Array} bytes */
export const fromUniform = (bytes) => RistrettoPoint.hashToCurve(bytes);

/** @type {import('./group.js').Group} */
export const ristretto255 = Object.freeze({
	name: 'ristretto255',
	q,
	pointLength: 32,
	generator: Point.BASE,
	identity: Point.ZERO,
	add: (P, Q) => P.add(Q),
	negate: (P) => P.negate(),
	multiply,
	multiplyPublic,
	equals: (P, Q) => P.equals(Q),
	isIdentity: (P) => P.equals(Point.ZERO),
	encode,
	decode,
	decodeOwing: decode,
	areMembers: () => true,
	hashToGroup: (label, data) => fromUniform(hashToGroupBlock('ristretto255', label, data, 0)),
	prepare: (P, window) => void P.precompute(window, false),
});

// SPDX-License-Identifier: Apache-2.0
// [GROUP.RISTRETTO] RFC 9496 by noble-curves.
import { ristretto255 as noble, RistrettoPoint } from '@noble/curves/ed25519';
import { equal } from './bytes.js';
import { Refusal } from './err.js';
import { hashToGroupBlock } from './hash_to_group.js';
import { mod } from './scalar.js';

const Point = noble.Point;
const q = 2n ** 252n + 27742317777372353535851937790883648493n;

/** @param {Uint8Array} bytes */
function decode(bytes) {
	const refuse = (why) => new Refusal('GROUP.RISTRETTO', why);
	if (bytes.length !== 32) throw refuse(`an element has 32 bytes, not ${bytes.length}`);
	let P;
	try {
		P = Point.fromBytes(bytes);
	} catch {
		throw refuse('not the encoding of an element');
	}
	// One string for each element: what would be written otherwise is refused.
	if (!equal(P.toBytes(), bytes)) throw refuse('not the canonical encoding of the element');
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
	multiply,
	multiplyPublic,
	equals: (P, Q) => P.equals(Q),
	isIdentity: (P) => P.equals(Point.ZERO),
	encode: (P) => P.toBytes(),
	decode,
	hashToGroup: (label, data) => fromUniform(hashToGroupBlock('ristretto255', label, data, 0)),
});

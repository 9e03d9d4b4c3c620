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

/** Bytes that an element can carry, and how many strings are tried for them. */
export const EMBEDDED = 30;
const COUNTERS = 127 * 128;
/** Tried whatever comes out: how many it takes says something about a secret.  More are needed once in 10^16 times. */
const ALWAYS = 128;

/** @param {number} c @param {Uint8Array} data @returns {Uint8Array} */
function candidate(c, data) {
	const bytes = new Uint8Array(32);
	bytes[0] = 2 * (c % 128);
	bytes.set(data, 1);
	bytes[31] = Math.floor(c / 128);
	return bytes;
}

/** @param {Uint8Array} bytes @returns {any} undefined where no element is written so */
function decodeOrNone(bytes) {
	try {
		return decode(bytes);
	} catch (error) {
		if (error instanceof Refusal) return undefined;
		throw error;
	}
}

/** [RANK.ENCODE] @param {Uint8Array} data 30 bytes, secret */
function embed(data) {
	if (data.length !== EMBEDDED) throw new TypeError('30 bytes are embedded, nothing else');
	let found;
	for (let c = 0; c < COUNTERS && (c < ALWAYS || found === undefined); c++) {
		const P = decodeOrNone(candidate(c, data));
		found = found ?? P;
	}
	if (found === undefined) throw new Error('no counter makes an element of these bytes'); // with probability (3/4)^16256
	return found;
}

/** [RANK.ENCODE] Of the many elements that have these bytes in their midst only the first: no free bit is left that could mark a vote.
 * @param {any} P public @returns {Uint8Array|undefined} */
function extract(P) {
	const bytes = encode(P);
	const data = bytes.slice(1, 31);
	const counter = 128 * bytes[31] + bytes[0] / 2;
	if (counter >= COUNTERS) return undefined;
	for (let c = 0; c < counter; c++) if (decodeOrNone(candidate(c, data)) !== undefined) return undefined;
	return data;
}

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
	embed,
	extract,
	prepare: (P, window) => void P.precompute(window, false),
});

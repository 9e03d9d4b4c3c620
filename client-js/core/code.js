// SPDX-License-Identifier: Apache-2.0
// [CODE.FORMAT] Voting codes and recovery phrases: 26 Crockford characters and 2 check characters.
import { utf8 } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';

export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const SECRET_LENGTH = 26;
const LENGTH = 28;

/** Product in GF(32) = GF(2)[z]/(z^5 + z^2 + 1). @param {number} a @param {number} b @returns {number} */
function times(a, b) {
	let product = 0;
	for (let i = 0; i < 5; i++) if ((b >> i) & 1) product ^= a << i;
	for (let i = 8; i >= 5; i--) if ((product >> i) & 1) product ^= 0b100101 << (i - 5);
	return product;
}

/** a/b: the power b^30 is the inverse, for b^31 = 1. @param {number} a @param {number} b */
function over(a, b) {
	let quotient = a;
	for (let i = 0; i < 30; i++) quotient = times(quotient, b);
	return quotient;
}

const Z = 2;
const Z2 = 4;

/** sum c_i a^(27-i), by Horner's rule. @param {number[]} values @param {number} a */
const evaluate = (values, a) => values.reduce((sum, c) => times(sum, a) ^ c, 0);

/**
 * The check characters of 26 others: c_26 a + c_27 must cancel the rest for a = z and a = z^2.
 * @param {string} secret 26 characters of the alphabet @returns {string} all 28
 */
export function withChecks(secret) {
	if (secret.length !== SECRET_LENGTH) throw new TypeError('26 characters are due');
	const values = [...secret].map((c) => ALPHABET.indexOf(c));
	const rest1 = evaluate([...values, 0, 0], Z);
	const rest2 = evaluate([...values, 0, 0], Z2);
	const c26 = over(rest1 ^ rest2, Z ^ Z2);
	const c27 = rest1 ^ times(c26, Z);
	return secret + ALPHABET[c26] + ALPHABET[c27];
}

/** A new code from 26 random bytes, of each of which 5 bits are used. @param {Uint8Array} random @returns {string} */
export function make(random) {
	if (random.length !== SECRET_LENGTH) throw new TypeError('26 random bytes are due');
	return withChecks(Array.from(random, (byte) => ALPHABET[byte & 31]).join(''));
}

/**
 * What a person typed, to 28 characters.  Only ASCII letters change case: toUpperCase() would make an I of a
 * Turkish dotless one.
 * @param {string} text @returns {string}
 */
export function parse(text) {
	const code = text
		.replace(/[ -]/g, '')
		.replace(/[a-z]/g, (c) => c.toUpperCase())
		.replace(/I|L/g, '1')
		.replace(/O/g, '0');
	require([...code].every((c) => ALPHABET.includes(c)), 'CODE.FORMAT', 'a character that no code has');
	require(code.length === LENGTH, 'CODE.FORMAT', `a code has 28 characters, not ${code.length}`);
	const values = [...code].map((c) => ALPHABET.indexOf(c));
	require(evaluate(values, Z) === 0 && evaluate(values, Z2) === 0, 'CODE.FORMAT', 'the check characters do not fit: mistyped?');
	return code;
}

/** Letter case and look-alikes set right, spaces and hyphens dropped; nothing checked. @param {string} text @returns {string} */
export const normalize = (text) => text
	.replace(/[\s\u2010-\u2015-]/g, '')
	.replace(/[a-z]/g, (c) => c.toUpperCase())
	.replace(/I|L/g, '1')
	.replace(/O/g, '0');

/**
 * Where a code is wrong if one character is: both sums are then e times a power of z, and their quotient is that power.
 * @param {string} code 28 characters of the alphabet @returns {number|null} its place from 0; null if the code is right, -1 if more than one is wrong
 */
export function findError(code) {
	const values = [...code].map((c) => ALPHABET.indexOf(c));
	const [first, second] = [evaluate(values, Z), evaluate(values, Z2)];
	if (first === 0 && second === 0) return null;
	if (first === 0 || second === 0) return -1;
	const quotient = over(second, first);
	for (let power = 0, value = 1; power < LENGTH; power++, value = times(value, Z)) if (value === quotient) return LENGTH - 1 - power;
	return -1;
}

/** @param {string} code 28 characters @returns {string} 7 groups of 4 */
export const format = (code) => (code.match(/.{4}/g) ?? []).join('-');

/** [CODE.SECRET] @param {string} code 28 characters @returns {Uint8Array} 26 bytes */
export const secret = (code) => utf8(code.slice(0, SECRET_LENGTH));

/** The first `bits` bits of bytes in Crockford characters, most significant first, zero bits appended, in groups of 4.
 * Used by [CONTEXT] and [BALLOT.TRACKER].  @param {Uint8Array} bytes @returns {string} */
export function crockford(bytes) {
	const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
	const padded = bits.padEnd(Math.ceil(bits.length / 5) * 5, '0');
	const characters = (padded.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]);
	return (characters.join('').match(/.{1,4}/g) ?? []).join('-');
}

/** Reads what `crockford` writes, and what people make of it: spaces, hyphens and case do not matter, I, L and O are digits.
 * @param {string} text @param {number} length of the bytes @returns {Uint8Array|undefined} */
export function parseCrockford(text, length) {
	const characters = [...text.replace(/[\s-]/g, '').toUpperCase().replace(/I|L/g, '1').replace(/O/g, '0')];
	const values = characters.map((c) => ALPHABET.indexOf(c));
	if (values.includes(-1) || characters.length !== Math.ceil((8 * length) / 5)) return undefined;
	const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
	if (/1/.test(bits.slice(8 * length))) return undefined;
	return Uint8Array.from({ length }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2));
}

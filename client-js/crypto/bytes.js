// SPDX-License-Identifier: Apache-2.0
// Bytes and integers as specs/protocol.md writes them: big-endian on the wire, scalars little-endian.
import { bytesToHex, hexToBytes } from '@noble/hashes/utils';

/** @param {...Uint8Array} parts @returns {Uint8Array} */
export const concat = (...parts) => join(parts);

/** The same for lists that may be too long for arguments. @param {Uint8Array[]} parts @returns {Uint8Array} */
export function join(parts) {
	const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

/** @param {string} text @returns {Uint8Array} */
export const utf8 = (text) => new TextEncoder().encode(text);

/** Throws a TypeError for what is not UTF-8; a byte order mark is a character like any other.
 * @param {Uint8Array} bytes @returns {string} */
export const fromUtf8 = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

/** @param {Uint8Array} bytes @returns {string} lower-case hex */
export const hex = (bytes) => bytesToHex(bytes);

/** @param {string} text @returns {Uint8Array} */
export function fromHex(text) {
	if (!/^([0-9a-f]{2})*$/.test(text)) throw new TypeError('not lower-case hex');
	return hexToBytes(text);
}

/** Public data only: stops at the first difference.
 * @param {Uint8Array} a @param {Uint8Array} b @returns {boolean} */
export function equal(a, b) {
	let i = 0;
	if (a.length !== b.length) return false;
	while (i < a.length && a[i] === b[i]) i++;
	return i === a.length;
}

/** @param {Uint8Array} bytes @returns {bigint} */
export const beToInt = (bytes) => (bytes.length === 0 ? 0n : BigInt(`0x${hex(bytes)}`));

/** @param {Uint8Array} bytes @returns {bigint} */
export const leToInt = (bytes) => beToInt(bytes.slice().reverse());

/** @param {bigint} value @param {number} length @returns {Uint8Array} */
export function intToBe(value, length) {
	if (value < 0n || value >> BigInt(8 * length) !== 0n) throw new RangeError(`does not fit ${length} bytes`);
	return fromHex(length === 0 ? '' : value.toString(16).padStart(2 * length, '0'));
}

/** @param {bigint} value @param {number} length @returns {Uint8Array} */
export const intToLe = (value, length) => intToBe(value, length).reverse();

/** @param {number} n @param {number} length up to 6 */
function unsigned(n, length) {
	if (!Number.isInteger(n) || n < 0 || n >= 2 ** (8 * length)) throw new RangeError(`does not fit ${length} bytes`);
	const out = new Uint8Array(length);
	for (let i = length - 1, rest = n; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
	return out;
}

/** @param {number} n */
export const u8 = (n) => unsigned(n, 1);
/** @param {number} n */
export const u16 = (n) => unsigned(n, 2);
/** @param {number} n */
export const u32 = (n) => unsigned(n, 4);
/** @param {number|bigint} n */
export const u64 = (n) => intToBe(BigInt(n), 8);

/** Takes a byte string apart from the front; what is missing or left over is a Refusal of the given rule. */
export class Reader {
	/** @param {Uint8Array} bytes @param {(detail: string) => Error} refuse */
	constructor(bytes, refuse) {
		this.bytes = bytes;
		this.at = 0;
		this.refuse = refuse;
	}

	/** @param {number} length @returns {Uint8Array} */
	take(length) {
		if (length > this.bytes.length - this.at) throw this.refuse(`ends after ${this.bytes.length} bytes, ${length} more are due at ${this.at}`);
		this.at += length;
		return this.bytes.slice(this.at - length, this.at);
	}

	/** @returns {number} */
	u8() {
		return this.take(1)[0];
	}

	/** @returns {bigint} */
	u64() {
		return beToInt(this.take(8));
	}

	end() {
		if (this.at !== this.bytes.length) throw this.refuse(`${this.bytes.length - this.at} bytes too many`);
	}
}

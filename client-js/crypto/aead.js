// SPDX-License-Identifier: Apache-2.0
// ChaCha20-Poly1305 as RFC 8439 writes it down, for the few shares of a ceremony: plain, not fast, and not constant
// in time.  Its test holds it against the RFC's vector and against OpenSSL.
import { concat, equal, intToLe, leToInt } from './bytes.js';

const TAG_LENGTH = 16;

/** @param {Uint32Array} s @param {number} a @param {number} b @param {number} c @param {number} d */
function quarterRound(s, a, b, c, d) {
	const add = (i, j) => { s[i] = (s[i] + s[j]) | 0; };
	const mix = (i, j, n) => {
		const x = s[i] ^ s[j];
		s[i] = (x << n) | (x >>> (32 - n));
	};
	add(a, b); mix(d, a, 16);
	add(c, d); mix(b, c, 12);
	add(a, b); mix(d, a, 8);
	add(c, d); mix(b, c, 7);
}

/** Four bytes each, little-endian. @param {Uint8Array} bytes @returns {number[]} */
const words = (bytes) =>
	Array.from({ length: bytes.length / 4 }, (_, i) => bytes[4 * i] | (bytes[4 * i + 1] << 8) | (bytes[4 * i + 2] << 16) | (bytes[4 * i + 3] << 24));

/** RFC 8439 2.3. @param {Uint8Array} key @param {number} counter @param {Uint8Array} nonce @returns {Uint8Array} 64 bytes */
function block(key, counter, nonce) {
	const start = Uint32Array.from([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...words(key), counter, ...words(nonce)]);
	const s = start.slice();
	for (let round = 0; round < 10; round++) {
		for (let i = 0; i < 4; i++) quarterRound(s, i, i + 4, i + 8, i + 12);
		for (let i = 0; i < 4; i++) quarterRound(s, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
	}
	return concat(...Array.from(s, (word, i) => intToLe(BigInt((word + start[i]) >>> 0), 4)));
}

/** RFC 8439 2.4, from block 1. @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} data */
function chacha20(key, nonce, data) {
	const out = data.slice();
	for (let at = 0; at < data.length; at += 64) {
		const stream = block(key, 1 + at / 64, nonce);
		for (let i = 0; i < 64 && at + i < data.length; i++) out[at + i] ^= stream[i];
	}
	return out;
}

/** RFC 8439 2.5. @param {Uint8Array} key 32 bytes @param {Uint8Array} message @returns {Uint8Array} */
function poly1305(key, message) {
	const p = 2n ** 130n - 5n;
	const r = leToInt(key.slice(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
	let sum = 0n;
	for (let at = 0; at < message.length; at += 16) sum = ((sum + leToInt(concat(message.slice(at, at + 16), Uint8Array.of(1)))) * r) % p;
	return intToLe((sum + leToInt(key.slice(16))) % 2n ** 128n, 16);
}

/** @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} associated @param {Uint8Array} ciphertext */
function tag(key, nonce, associated, ciphertext) {
	const padded = (bytes) => concat(bytes, new Uint8Array((16 - (bytes.length % 16)) % 16));
	const lengths = concat(intToLe(BigInt(associated.length), 8), intToLe(BigInt(ciphertext.length), 8));
	return poly1305(block(key, 0, nonce).slice(0, 32), concat(padded(associated), padded(ciphertext), lengths));
}

/** @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} associated @param {Uint8Array} plaintext */
export function encrypt(key, nonce, associated, plaintext) {
	const ciphertext = chacha20(key, nonce, plaintext);
	return concat(ciphertext, tag(key, nonce, associated, ciphertext));
}

/** @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} associated @param {Uint8Array} sealed
 * @returns {Uint8Array|undefined} undefined if it was not made with this key, nonce and associated data */
export function decrypt(key, nonce, associated, sealed) {
	if (sealed.length < TAG_LENGTH) return undefined;
	const ciphertext = sealed.slice(0, -TAG_LENGTH);
	if (!equal(tag(key, nonce, associated, ciphertext), sealed.slice(-TAG_LENGTH))) return undefined;
	return chacha20(key, nonce, ciphertext);
}

// SPDX-License-Identifier: Apache-2.0
// [BASE64] Standard base64 with padding, one spelling; hex in lower case.
import { fromHex, hex } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Uint8Array(128);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** @param {Uint8Array} bytes @returns {string} */
export function write(bytes) {
	let text = '';
	for (let i = 0; i < bytes.length; i += 3) {
		const three = [bytes[i], bytes[i + 1] ?? 0, bytes[i + 2] ?? 0];
		const bits = (three[0] << 16) | (three[1] << 8) | three[2];
		const have = Math.min(3, bytes.length - i);
		for (let k = 0; k < 4; k++) text += k <= have ? ALPHABET[(bits >> (18 - 6 * k)) & 63] : '=';
	}
	return text;
}

/** Refuses what `write` would not have written: bits behind the last byte must be zero.
 * @param {string} text @returns {Uint8Array} */
export function parse(text) {
	require(text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), 'BASE64', 'not standard base64 with padding');
	const digits = text.indexOf('=') < 0 ? text.length : text.indexOf('=');
	const out = new Uint8Array(Math.floor((digits * 6) / 8));
	let bits = 0;
	let have = 0;
	let at = 0;
	for (let i = 0; i < digits; i++) {
		bits = ((bits << 6) | VALUES[text.charCodeAt(i)]) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[at++] = (bits >> have) & 255;
		}
	}
	require((bits & ((1 << have) - 1)) === 0, 'BASE64', 'bits behind the last byte are not zero');
	return out;
}

/** @param {string} text @returns {Uint8Array} */
export function parseHex(text) {
	require(/^([0-9a-f]{2})*$/.test(text), 'BASE64', 'not lower-case hex');
	return fromHex(text);
}

export const writeHex = hex;

// SPDX-License-Identifier: Apache-2.0
// [FILE.VALUE] A witness's key for cosignatures as one word, NAME+ID+BASE64 (c2sp.org/signed-note).
import { concat, hex } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { parse as parseBase64, write as writeBase64 } from '../core/base64.js';
import { COSIGNATURE, keyId } from '../core/note.js';

const RULE = 'FILE.VALUE';

/** @param {{name: string, key: string}} witness the key in base64 @returns {string} */
export function write({ name, key }) {
	const bytes = parseBase64(key);
	return `${name}+${hex(keyId(name, COSIGNATURE, bytes))}+${writeBase64(concat(Uint8Array.of(COSIGNATURE), bytes))}`;
}

/** @param {string} text @returns {{name: string, key: string}} */
export function parse(text) {
	const found = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text);
	try {
		const bytes = parseBase64(/** @type {RegExpExecArray} */ (found)[3]);
		const witness = { name: /** @type {RegExpExecArray} */ (found)[1], key: writeBase64(bytes.slice(1)) };
		require(bytes.length === 33 && bytes[0] === COSIGNATURE && write(witness) === text, RULE, '');
		return witness;
	} catch {
		throw new Refusal(RULE, `expected the witness's key for cosignatures, NAME+ID+BASE64, found "${text.slice(0, 120)}"`);
	}
}

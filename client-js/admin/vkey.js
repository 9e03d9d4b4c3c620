// SPDX-License-Identifier: Apache-2.0
// [FILE.VALUE] A witness's key for cosignatures as one word, NAME+ID+BASE64 (c2sp.org/signed-note).
import { Refusal, require } from '../crypto/err.js';
import { parse as parseBase64, write as writeBase64 } from '../core/base64.js';
import { COSIGNATURE, parseKey, writeKey } from '../core/note.js';

const RULE = 'FILE.VALUE';

/** @param {{name: string, key: string}} witness the key in base64 @returns {string} */
export const write = ({ name, key }) => writeKey(name, COSIGNATURE, parseBase64(key));

/** @param {string} text @returns {{name: string, key: string}} */
export function parse(text) {
	try {
		const { name, type, key } = parseKey(text, RULE);
		require(type === COSIGNATURE, RULE, '');
		return { name, key: writeBase64(key) };
	} catch {
		throw new Refusal(RULE, `expected the witness's key for cosignatures, NAME+ID+BASE64, found "${text.slice(0, 120)}"`);
	}
}

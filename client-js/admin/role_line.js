// SPDX-License-Identifier: Apache-2.0
// [ROLE.LINE] The public line of a role.
import { require } from '../crypto/err.js';
import { decodeNotIdentity, R255 } from '../crypto/group.js';
import { isKey } from '../crypto/sign.js';
import { parse as parseBase64, write as writeBase64 } from '../core/base64.js';
import { cosignKey, signKey } from '../core/credential.js';

const RULE = 'ROLE.LINE';
/** @type {{[role: string]: ('sign'|'transport'|'cosign'|'log')[]}} */
export const PURPOSES = { admin: ['sign'], registrar: ['sign'], server: ['sign', 'log'], trustee: ['sign', 'transport', 'cosign'], endorser: ['sign', 'cosign'] };
const ED25519 = new Set(['cosign', 'log']);

/** @typedef {{role: string, keys: {[purpose: string]: string}}} Public keys in base64 */

/** @param {string} word @param {string} purpose @returns {string} the key in base64 */
function parseKey(word, purpose) {
	const told = `${purpose}=<44 characters of base64>`;
	require(word.startsWith(`${purpose}=`), RULE, `expected ${told}, found ${word === '' ? 'the end of the line' : 'another word'}`);
	const text = word.slice(purpose.length + 1);
	let bytes;
	try {
		bytes = parseBase64(text);
		require(bytes.length === 32, RULE, '');
	} catch {
		require(false, RULE, `expected ${told}, found something else: the line was cut or changed`);
	}
	require(ED25519.has(purpose) ? isKey(/** @type {Uint8Array} */ (bytes)) : isElement(/** @type {Uint8Array} */ (bytes)), RULE, `expected a public key, found bytes that are none: the line was changed`);
	return text;
}

/** @param {Uint8Array} bytes */
function isElement(bytes) {
	try {
		decodeNotIdentity(R255, bytes);
		return true;
	} catch {
		return false;
	}
}

/** @param {string} line @returns {Public} */
export function parse(line) {
	const [head, ...words] = line.split(' ').filter((word) => word !== '');
	const role = /^tabella-([a-z]+)-1$/.exec(head ?? '')?.[1] ?? '';
	require(Object.hasOwn(PURPOSES, role), RULE, 'expected a line that begins with tabella-<role>-1');
	const purposes = PURPOSES[role];
	const keys = Object.fromEntries(purposes.map((purpose, i) => [purpose, parseKey(words[i] ?? '', purpose)]));
	require(words.length === purposes.length, RULE, 'expected nothing after the keys, found more words');
	return { role, keys };
}

/** @param {Public} keys @returns {string} */
export const write = ({ role, keys }) => [`tabella-${role}-1`, ...PURPOSES[role].map((purpose) => `${purpose}=${keys[purpose]}`)].join(' ');

/** The public line of a code's holder. @param {string} code 28 characters @param {'admin'|'registrar'|'endorser'} role @returns {string} */
export function ofCode(code, role) {
	const keys = { sign: writeBase64(signKey(code, role).public), cosign: role === 'endorser' ? writeBase64(cosignKey(code, role).public) : '' };
	return write({ role, keys });
}


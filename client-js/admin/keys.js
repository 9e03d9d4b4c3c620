// SPDX-License-Identifier: Apache-2.0
// The secret key of an administrator or a registrar: the file that `tabella key new` writes.
import { require } from '../crypto/err.js';
import { parse as parseCode, format, make, SECRET_LENGTH } from '../core/code.js';
import { signKey } from '../core/credential.js';
import { write as writeBase64 } from '../core/base64.js';
import * as roleLine from './role_line.js';

/** @typedef {{role: 'admin'|'registrar', key: bigint, public: string, line: string}} Signer */

/** The first line that says something. @param {string} text of a key file, or what was typed @returns {string} 28 characters */
export function parseKeyFile(text) {
	const line = text.split('\n').map((one) => one.replace(/\r$/, '')).find((one) => one !== '' && !one.startsWith('#') && !/^[ \t]*$/.test(one));
	require(line !== undefined, 'CODE.FORMAT', 'no code');
	return parseCode(/** @type {string} */ (line).replace(/\t/g, ' '));
}

/** @param {string} text @param {'admin'|'registrar'} role @returns {Signer} */
export function signerOf(text, role) {
	const code = parseKeyFile(text);
	const { key, public: publicKey } = signKey(code, role);
	return { role, key, public: writeBase64(publicKey), line: roleLine.ofCode(code, role) };
}

/** Is there something in this text that is a code?  It must then go nowhere. @param {string} text @returns {boolean} */
export const holdsCode = (text) => text.split(/[\n,;"']/).some((part) => [part, ...part.split(/[ \t]/)].some((one) => {
	try {
		parseCode(one.trim());
		return true;
	} catch {
		return false;
	}
}));

/**
 * What `tabella key new` makes.
 * @param {'admin'|'registrar'|'endorser'} role @param {(length: number) => Uint8Array} random
 * @returns {{file: string, line: string}} the secret file and the public line
 */
export function makeKey(role, random) {
	const code = make(random(SECRET_LENGTH));
	return {
		file: `# Tabella: the secret code of the ${role}.  Whoever reads it can act as the ${role}.\n${format(code)}\n`,
		line: roleLine.ofCode(code, role),
	};
}

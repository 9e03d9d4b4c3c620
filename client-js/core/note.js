// SPDX-License-Identifier: Apache-2.0
// Signed notes (c2sp.org/signed-note).
import { concat, equal, fromUtf8, hex, utf8 } from '../crypto/bytes.js';
import { Refusal, require, under } from '../crypto/err.js';
import { sha256 } from '../crypto/hash.js';
import { sign as ed25519Sign, isKey, verify as ed25519Verify } from '../crypto/sign.js';
import { parse as parseBase64, write as writeBase64 } from './base64.js';

export const ED25519 = 1;
export const COSIGNATURE = 4;
const MAX_LENGTH = 128 * 1024;
const MAX_NAME = 300;
const RULE = 'LOG.CHECKPOINT';

/** @typedef {{name: string, keyId: Uint8Array, signature: Uint8Array}} Signature */

/** @param {string} name @param {number} type @param {Uint8Array} key @returns {Uint8Array} 4 bytes */
export const keyId = (name, type, key) => sha256(utf8(`${name}\n`), Uint8Array.of(type), key).slice(0, 4);

/** A key as one word, NAME+ID+BASE64. @param {string} name @param {number} type @param {Uint8Array} key @returns {string} */
export const writeKey = (name, type, key) => `${name}+${hex(keyId(name, type, key))}+${writeBase64(concat(Uint8Array.of(type), key))}`;

/** @param {string} text @param {string} rule @returns {{name: string, type: number, key: Uint8Array}} */
export function parseKey(text, rule) {
	const found = /^([^+\s\p{Cc}]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})$/u.exec(text);
	const bytes = found === null ? new Uint8Array() : under(rule, () => parseBase64(found[2]));
	const [name, type, key] = [found?.[1] ?? '', bytes[0], bytes.slice(1)];
	require(utf8(name).length <= MAX_NAME && [ED25519, COSIGNATURE].includes(type) && isKey(key) && writeKey(name, type, key) === text, rule, `expected a key, NAME+ID+BASE64, found "${text.slice(0, 120)}"`);
	return { name, type, key };
}

/** @param {string} name @param {number} type @param {Uint8Array} key @param {Uint8Array} signature @returns {string} */
const line = (name, type, key, signature) => `\u2014 ${name} ${writeBase64(concat(keyId(name, type, key), signature))}\n`;

/** @param {string} text ends with a line feed @param {string} name @param {Uint8Array} seed @param {Uint8Array} key @returns {string} */
export const sign = (text, name, seed, key) => `${text}\n${line(name, ED25519, key, ed25519Sign(seed, utf8(text)))}`;

/** @param {string} note @param {string} name @param {Uint8Array} key @param {Uint8Array} cosignature time and signature @returns {string} */
export const addCosignature = (note, name, key, cosignature) => note + line(name, COSIGNATURE, key, cosignature);

/** @param {Uint8Array} bytes @returns {{text: string, signatures: Signature[]}} */
export function parse(bytes) {
	const refuse = (holds, why) => require(holds, RULE, `the note ${why}`);
	refuse(bytes.length <= MAX_LENGTH, 'is too long');
	let note = '';
	try {
		note = fromUtf8(bytes);
	} catch {
		refuse(false, 'is not UTF-8');
	}
	refuse(!/[\u0000-\u0009\u000b-\u001f]/.test(note), 'has a control character');
	const at = note.lastIndexOf('\n\n');
	refuse(at > 0, 'has no text or no signatures');
	const rest = note.slice(at + 2);
	refuse(rest.endsWith('\n'), 'does not end with a line feed');
	const signatures = rest.slice(0, -1).split('\n').map((one) => {
		const match = /^\u2014 ([^+\s\p{Cc}]+) (\S+)$/u.exec(one);
		if (match === null) throw new Refusal(RULE, 'the note has a line that is no signature');
		const raw = parseBase64(match[2]);
		refuse(raw.length > 4, 'has a signature without bytes');
		return { name: match[1], keyId: raw.slice(0, 4), signature: raw.slice(4) };
	});
	return { text: note.slice(0, at + 1), signatures };
}

/** The note with no line but this key's: what others have added is not needed to convict it. @param {Uint8Array} bytes that are right @param {string} name @param {Uint8Array} key @returns {Uint8Array} */
export function onlyOf(bytes, name, key) {
	const { text, signatures } = parse(bytes);
	const id = keyId(name, ED25519, key);
	const mine = signatures.filter((one) => one.name === name && equal(one.keyId, id)).slice(0, 1);
	return utf8(`${text}\n${mine.map(({ signature }) => line(name, ED25519, key, signature)).join('')}`);
}

/**
 * Requires a right signature by this key, and none by it that is wrong; those of others are passed over.
 * @param {Uint8Array} bytes @param {string} name @param {Uint8Array} key @returns {string} the text
 */
export function verify(bytes, name, key) {
	const { text, signatures } = parse(bytes);
	const id = keyId(name, ED25519, key);
	const mine = signatures.filter((one) => one.name === name && equal(one.keyId, id));
	require(mine.length > 0, RULE, `no signature of ${name}`);
	require(mine.every(({ signature }) => ed25519Verify(key, utf8(text), signature)), RULE, `the signature of ${name} is wrong`);
	return text;
}

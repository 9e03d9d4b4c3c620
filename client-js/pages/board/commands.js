// SPDX-License-Identifier: Apache-2.0
// Commands that check this board elsewhere, to be pasted into a shell.
import { write as writeBase64 } from '../../core/base64.js';
import { ED25519, keyId } from '../../core/note.js';
import { concat, hex } from '../../crypto/bytes.js';

/** One word for a shell, whatever it holds: an origin may hold any printable character. @param {string} text @returns {string} */
export const quote = (text) => (/^[A-Za-z0-9_.:/=@%-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`);

/** The log's key as C2SP writes it. @param {any} manifest @returns {string} */
export const verifierKey = ({ origin, server: { log_key: key } }) =>
	`${origin}+${hex(keyId(origin, ED25519, key))}+${writeBase64(concat(Uint8Array.of(ED25519), key))}`;

/** @param {string} url of the election @param {any} manifest @returns {{program: string, browserless: string, archive: string}} */
export function commands(url, manifest) {
	const tar = quote(`${manifest.slug}.tar`);
	return {
		program: `tabella-verify --key ${quote(verifierKey(manifest))} ${quote(url)}`,
		browserless: `node client-js/verify.mjs ${quote(url)}`,
		archive: `curl -o ${tar} ${quote(`${url}/archive`)} && tabella-verify --key ${quote(verifierKey(manifest))} ${tar}`,
	};
}

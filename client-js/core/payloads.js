// SPDX-License-Identifier: Apache-2.0
// Payloads of the entries that are small JSON objects: open, close, extend, notice, cancel, client.
import { hex } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';
import { write as writeBase64 } from './base64.js';
import * as json from './json.js';
import * as text from './text.js';

/** @typedef {{size: number, root: Uint8Array, publicKey: Uint8Array}} Open */
/** @typedef {{size: number, root: Uint8Array, ballots: number, voters: number}} Close */

const openShape = (keyLength) => json.object({ size: json.integer(), root: json.hexBytes(32), public_key: json.base64(keyLength) });
const closeShape = json.object({ size: json.integer(), root: json.hexBytes(32), ballots: json.integer(), voters: json.integer() });
const extendShape = json.object({ closes: json.integer(), reason: text.lines });
const noticeShape = json.object({ text: text.lines });
const cancelShape = json.object({ reason: text.lines });

const CLIENT_PATH = /^(?:\/|(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)$/;
/** @type {json.Shape<string>} */
const clientPath = (value, rule, where) => {
	const path = json.string(value, rule, where);
	require(path.length <= 120 && CLIENT_PATH.test(path), rule, `${where}: no address: ${path.slice(0, 60)}`);
	return path;
};
const clientShape = json.object({ files: json.list(json.object({ path: clientPath, sha256: json.hexBytes(32) }), 1, 300) });

/** [OPEN] @param {Open} open */
export const writeOpen = ({ size, root, publicKey }) => json.write({ size, root: hex(root), public_key: writeBase64(publicKey) });

/** @param {Uint8Array} payload @param {number} keyLength bytes of an element @returns {Open} */
export function parseOpen(payload, keyLength) {
	const { size, root, public_key: publicKey } = json.read(payload, openShape(keyLength), 'OPEN');
	return { size, root, publicKey };
}

/** [CLOSE] @param {Close} close */
export const writeClose = ({ size, root, ballots, voters }) => json.write({ size, root: hex(root), ballots, voters });

/** @param {Uint8Array} payload @returns {Close} */
export const parseClose = (payload) => json.read(payload, closeShape, 'CLOSE');

/** [EXTEND] @param {Uint8Array} payload @returns {{closes: number, reason: string}} */
export const parseExtend = (payload) => json.read(payload, extendShape, 'EXTEND');

/** [NOTICE] @param {Uint8Array} payload @returns {{text: string}} */
export const parseNotice = (payload) => json.read(payload, noticeShape, 'NOTICE');

/** [CANCEL] @param {Uint8Array} payload @returns {{reason: string}} */
export const parseCancel = (payload) => json.read(payload, cancelShape, 'CANCEL');

/** @typedef {{path: string, sha256: Uint8Array}} ClientFile what a server gives to browsers at an address */

/** [CLIENT] @param {ClientFile[]} files in order of their paths */
export const writeClient = (files) => json.write({ files: files.map(({ path, sha256 }) => ({ path, sha256: hex(sha256) })) });

/** [CLIENT] @param {Uint8Array} payload @returns {{files: ClientFile[]}} */
export function parseClient(payload) {
	const { files } = json.read(payload, clientShape, 'CLIENT');
	for (const [i, { path }] of files.entries())
		require(i === 0 || files[i - 1].path < path, 'CLIENT', `files[${i}].path: not in order, or twice`);
	return { files };
}

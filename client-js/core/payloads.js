// SPDX-License-Identifier: Apache-2.0
// Payloads of the entries that are small JSON objects: open, close, extend, notice, cancel.
import { hex } from '../crypto/bytes.js';
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

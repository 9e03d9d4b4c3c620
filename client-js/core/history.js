// SPDX-License-Identifier: Apache-2.0
// What has happened to an election, read from its entries but those of the roll and the ballots ("acts" [HTTP.STATE]).  It says what the
// entries say; whether each was admissible where it stands is for the verifier.
import { under } from '../crypto/err.js';
import { getGroup } from '../crypto/group.js';
import { quota } from './endorse.js';
import * as entries from './entry.js';
import * as manifests from './manifest.js';
import * as payloads from './payloads.js';
import * as resultEntry from './result_entry.js';

/**
 * @typedef {{index: number, leaf: Uint8Array, entry: entries.Entry, payload: Uint8Array}} Act
 * @typedef {{index: number, time: number, signer: string}} Happened
 * @typedef {object} History
 * @property {'setup'|'certifying'|'ready'|'open'|'closed'|'finished'|'cancelled'} phase
 * @property {number} closes as extended
 * @property {Happened[]} commits @property {Happened[]} certificates @property {Happened[]} endorsements @property {Happened[]} mixes @property {Happened[]} decrypts
 * @property {(Happened & {leaf: Uint8Array})|null} open
 * @property {(Happened & {closes: number, before: number, reason: string})[]} extensions
 * @property {(Happened & {text: string})[]} notices
 * @property {(Happened & {ballots: number, voters: number})|null} close
 * @property {(Happened & {value: resultEntry.Result, payload: Uint8Array})|null} result
 * @property {(Happened & {reason: string})|null} cancel
 */

/** @param {any} manifest @returns {History} */
const begin = (manifest) => ({
	phase: 'setup', closes: manifest.closes, commits: [], certificates: [], endorsements: [], mixes: [], decrypts: [], open: null, extensions: [], notices: [], close: null,
	result: null, cancel: null,
});

/** @param {History} h @param {any} manifest @param {Act} act */
function take(h, manifest, { index, leaf, entry, payload }) {
	const happened = { index, time: entry.time, signer: entry.signer };
	switch (entry.type) {
		case 'trustee.commit': return void h.commits.push(happened);
		case 'trustee.certify': return void h.certificates.push(happened);
		case 'endorse': return void h.endorsements.push(happened);
		case 'mix': return void h.mixes.push(happened);
		case 'decrypt': return void h.decrypts.push(happened);
		case 'notice': return void h.notices.push({ ...happened, ...payloads.parseNotice(payload) });
		case 'cancel': return void (h.cancel = { ...happened, ...payloads.parseCancel(payload) });
		case 'open':
			payloads.parseOpen(payload, getGroup(manifest.group).pointLength);
			h.open = { ...happened, leaf };
			return undefined;
		case 'extend':
			h.extensions.push({ ...happened, ...payloads.parseExtend(payload), before: h.closes });
			h.closes = /** @type {{closes: number}} */ (h.extensions.at(-1)).closes;
			return undefined;
		case 'close': return void (h.close = { ...happened, ...payloads.parseClose(payload) });
		case 'result': return void (h.result = { ...happened, value: resultEntry.parse(payload, manifest), payload });
		default: return undefined;
	}
}

/** @param {any} manifest @param {Act[]} acts in log order @returns {History} */
export function summarize(manifest, acts) {
	const h = begin(manifest);
	for (const act of acts) take(h, manifest, act);
	if (h.cancel) h.phase = 'cancelled';
	else if (h.result) h.phase = 'finished';
	else if (h.close) h.phase = 'closed';
	else if (h.open) h.phase = 'open';
	else if (h.certificates.length > 0) h.phase = h.certificates.length >= manifest.trustees.length ? 'ready' : 'certifying';
	return h;
}

/** [ENDORSE] How many endorsements are needed. @param {any} manifest @returns {number} */
export const endorsementsNeeded = (manifest) => quota(manifests.endorsersOf(manifest).length, manifest.threshold);

const KEYS = /** @type {{[signer: string]: (m: any) => Uint8Array}} */ ({ admin: (m) => m.admin.key, registrar: (m) => m.registrar.key, server: (m) => m.server.sign_key });

/**
 * [ENTRY.SIGNATURE] [ENTRY.SIGNER] Of every entry but a ballot, whose key is on the roll.
 * @param {any} manifest @param {Act} act @param {Uint8Array} election @param {number} openIndex Infinity before the opening @param {Uint8Array} context
 */
export function checkSignature(manifest, { index, entry }, election, openIndex, context) {
	const nothing = new Uint8Array();
	entries.checkSigner(entry);
	const key = KEYS[entry.signer]?.(manifest) ?? manifests.endorsersOf(manifest).find(({ signer }) => signer === entry.signer)?.sign ?? nothing;
	under('ENTRY.SIGNATURE', () => entries.verifySignature(entry, entry.type === 'manifest' ? nothing : election, index > openIndex ? context : nothing, key));
}

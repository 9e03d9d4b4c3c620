// SPDX-License-Identifier: Apache-2.0
// What the payload of an entry says, as terms and values; what they look like is for the page.
import { parse as parseBase64, write as writeBase64 } from '../../core/base64.js';
import { tracker } from '../../core/ballot.js';
import { crockford } from '../../core/code.js';
import * as payloads from '../../core/payloads.js';
import { beToInt, fromUtf8, hex, Reader } from '../../crypto/bytes.js';
import { Refusal } from '../../crypto/err.js';
import { getGroup } from '../../crypto/group.js';

/**
 * @typedef {'text'|'lines'|'time'|'number'|'hash'|'word'} Kind word: a key of the catalogue
 * @typedef {{term: string, kind: Kind, value: any}} Fact
 */

/** @param {string} term @param {Kind} kind @param {any} value @returns {Fact} */
const fact = (term, kind, value) => ({ term, kind, value });

/** The head of a ballot, which needs no mathematics [BALLOT.PAYLOAD]. @param {Uint8Array} payload */
export function ballotHead(payload) {
	const reader = new Reader(payload, (detail) => new Refusal('BALLOT.PAYLOAD', detail));
	if (reader.u8() !== 1) throw new Refusal('BALLOT.PAYLOAD', 'version is not 1');
	const voter = fromUtf8(reader.take(reader.u8()));
	return { voter, prev: reader.take(32), date: Number(reader.u64()), size: Number(reader.u64()), root: reader.take(32), questions: reader.u8() };
}

/** @param {Uint8Array} payload @returns {Fact[]} */
function ballot(payload) {
	const { prev, date, size, root, questions } = ballotHead(payload);
	return [
		fact('tracker', 'hash', tracker(payload).text),
		prev.every((byte) => byte === 0) ? fact('prev', 'word', 'first-ballot') : fact('prev', 'hash', hex(prev)),
		fact('date', 'time', date), fact('saw-size', 'number', size), fact('saw-root', 'hash', hex(root)),
		fact('questions', 'number', questions), fact('choices', 'word', 'encrypted'),
	];
}

/** @param {any} m the manifest */
const manifest = (m) => [
	fact('title', 'text', m.title), fact('origin', 'text', m.origin), fact('group', 'text', m.group), fact('opens', 'time', m.opens), fact('closes', 'time', m.closes),
	fact('threshold', 'text', `${m.threshold} / ${m.trustees.length}`), fact('questions', 'number', m.questions.length),
];

/** @param {Uint8Array} payload */
const read = (payload) => JSON.parse(fromUtf8(payload));

/** @param {Uint8Array} payload */
function roll(payload) {
	const { first, voters, final } = read(payload);
	return [fact('first', 'number', first), fact('voters', 'number', voters.length), fact('final', 'word', final ? 'yes' : 'no')];
}

/** @param {Uint8Array} payload */
function rollChange(payload) {
	const { action, voter, label, weight, reason } = read(payload);
	return [
		fact('action', 'word', `action-${action}`), fact('voter', 'text', voter),
		...(label === '' ? [] : [fact('label', 'text', label)]), ...(weight === 0 ? [] : [fact('weight', 'number', weight)]), fact('reason', 'lines', reason),
	];
}

/** @param {Uint8Array} payload */
function endorse(payload) {
	const said = read(payload);
	return [
		fact('saw-size', 'number', said.size), fact('saw-root', 'hash', said.root), fact('close-leaf', 'hash', said.close), fact('ballots', 'number', said.ballots),
		fact('counted-hash', 'hash', said.counted), fact('aggregates-hash', 'hash', said.aggregates), fact('cosigned', 'time', Number(beToInt(parseBase64(said.cosignature).slice(0, 8)))),
	];
}

/** @param {Uint8Array} payload */
const certify = (payload) => [fact('saw-size', 'number', Number(beToInt(payload.slice(2, 10)))), fact('saw-root', 'hash', hex(payload.slice(10, 42))), fact('public-key', 'hash', writeBase64(payload.slice(42)))];

/**
 * @param {import('../../core/history.js').Act} act @param {any} m the manifest
 * @returns {Fact[]} @throws where the payload is none of its type
 */
export function payloadWords({ entry: { type }, payload, leaf }, m) {
	switch (type) {
		case 'manifest': return manifest(m);
		case 'roll': return roll(payload);
		case 'roll.change': return rollChange(payload);
		case 'trustee.certify': return certify(payload);
		case 'ballot': return ballot(payload);
		case 'endorse': return endorse(payload);
		case 'notice': return [fact('text', 'lines', payloads.parseNotice(payload).text)];
		case 'cancel': return [fact('reason', 'lines', payloads.parseCancel(payload).reason)];
		case 'extend': {
			const { closes, reason } = payloads.parseExtend(payload);
			return [fact('closes', 'time', closes), fact('reason', 'lines', reason)];
		}
		case 'open': {
			const { size, root, publicKey } = payloads.parseOpen(payload, getGroup(m.group).pointLength);
			return [fact('saw-size', 'number', size), fact('saw-root', 'hash', hex(root)), fact('public-key', 'hash', writeBase64(publicKey)), fact('fingerprint', 'hash', crockford(leaf.slice(0, 16)))];
		}
		case 'close': {
			const { size, root, ballots, voters } = payloads.parseClose(payload);
			return [fact('saw-size', 'number', size), fact('saw-root', 'hash', hex(root)), fact('ballots', 'number', ballots), fact('counted', 'number', voters)];
		}
		case 'trustee.commit': case 'mix': case 'decrypt': case 'result': case 'client': return [fact('payload', 'word', `payload-${type.replace('.', '-')}`)]; // long, or a page of its own
		default: return [];
	}
}

/** Voters of a roll entry, for the table. @param {Uint8Array} payload @returns {[string, string, number][]} id, label, weight */
export const votersOf = (payload) => read(payload).voters.map((/** @type {any[]} */ [id, label, weight]) => [String(id), String(label), Number(weight)]);

/** Bytes as people look at them: 16 a line, with an offset. @param {Uint8Array} bytes @returns {string} */
export function hexDump(bytes) {
	const lines = [];
	for (let at = 0; at < bytes.length; at += 16) {
		const part = bytes.subarray(at, at + 16);
		const text = Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
		lines.push(`${at.toString(16).padStart(8, '0')}  ${Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ').padEnd(47)}  ${text}`);
	}
	return lines.join('\n');
}

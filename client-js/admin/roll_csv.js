// SPDX-License-Identifier: Apache-2.0
// [CSV] The registrar's list of voters: every bad line is reported.  Its twin in C is core/election/roll_csv.c.
import { fromUtf8 } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import * as text from '../core/text.js';

export const MAX_BYTES = 64 << 20;
const MAX_WEIGHT = 1_000_000;
const HEADING = ['id', 'label', 'weight'];

/**
 * @typedef {{line: number, rule: string, problem: 'quote-end'|'quote-after'|'quote-lone'|'fields'|'utf8'|'id'|'label'|'weight'|'twice', found: string}} Fault
 * @typedef {{id: string, label: string, weight: number, line: number}} Voter
 * @typedef {{fields: string[], line: number, wrong: 'quote-end'|'quote-after'|'quote-lone'|null}} Row
 */

/** One row from `at` on. @param {string} csv @param {number} at @param {number} line @returns {Row & {next: number, lines: number}} */
function takeRow(csv, at, line) {
	const row = { fields: /** @type {string[]} */ ([]), line, wrong: /** @type {Row['wrong']} */ (null), next: at, lines: 0 };
	const isEnd = (/** @type {number} */ i) => i >= csv.length || csv[i] === '\n' || (csv[i] === '\r' && csv[i + 1] === '\n');
	for (;;) {
		let field = '';
		if (csv[row.next] === '"') {
			const { end, closed } = endOfQuotes(csv, row.next);
			const inner = csv.slice(row.next + 1, closed ? end - 1 : end);
			field = inner.replaceAll('""', '"');
			row.lines += inner.split('\n').length - 1;
			row.next = end;
			if (!closed) row.wrong ??= 'quote-end';
			else if (!isEnd(row.next) && csv[row.next] !== ',') row.wrong ??= 'quote-after';
		}
		while (!isEnd(row.next) && csv[row.next] !== ',') {
			if (csv[row.next] === '"') row.wrong ??= 'quote-lone';
			field += csv[row.next++];
		}
		row.fields.push(field);
		if (csv[row.next] !== ',') break;
		row.next++;
	}
	if (csv[row.next] === '\r') row.next++;
	if (row.next < csv.length) {
		row.next++;
		row.lines++;
	}
	return row;
}

/** Behind the closing quote, or the end. @param {string} csv @param {number} at of the opening quote */
function endOfQuotes(csv, at) {
	let i = csv.indexOf('"', at + 1);
	while (i >= 0 && csv[i + 1] === '"') i = csv.indexOf('"', i + 2);
	return i < 0 ? { end: csv.length, closed: false } : { end: i + 1, closed: true };
}

/** @param {(value: any, rule: string, where: string) => any} shape @param {string} value */
function fits(shape, value) {
	try {
		shape(value, '', '');
		return true;
	} catch (error) {
		if (error instanceof Refusal) return false;
		throw error;
	}
}

/** @param {string} value @returns {number|undefined} */
function parseWeight(value) {
	if (value === '') return 1;
	return /^[1-9][0-9]{0,6}$/.test(value) && Number(value) <= MAX_WEIGHT ? Number(value) : undefined;
}

/** @param {Row} row @returns {Voter|Fault} */
function judge({ fields, line, wrong }) {
	const fault = (/** @type {string} */ rule, /** @type {Fault['problem']} */ problem, found = '') => ({ line, rule, problem, found: found.slice(0, 80) });
	const [id, label = '', weight = ''] = fields;
	if (wrong) return fault('CSV', wrong);
	if (fields.length > 3) return fault('CSV', 'fields', String(fields.length));
	if (!fits(text.id, id)) return fault('ID', 'id', id);
	if (label !== '' && !fits(text.line, label)) return fault('TEXT', 'label', label);
	const number = parseWeight(weight);
	if (number === undefined) return fault('ROLL', 'weight', weight);
	return { id, label: label === '' ? id : label, weight: number, line };
}

/** Bytes to text, line by line: where they are not UTF-8 is reported as well. @param {Uint8Array} bytes @returns {{csv: string, faults: Fault[]}} */
function decode(bytes) {
	try {
		return { csv: fromUtf8(bytes).replace(/^\ufeff/, ''), faults: [] };
	} catch {
		/* U+FFFD where bytes are none; as it may also stand there rightly, lines are judged one by one. */
		const faults = /** @type {Fault[]} */ ([]);
		let line = 1;
		for (let at = 0; at <= bytes.length; line++) {
			const stop = bytes.indexOf(10, at) < 0 ? bytes.length : bytes.indexOf(10, at);
			try {
				fromUtf8(bytes.subarray(at, stop));
			} catch {
				faults.push({ line, rule: 'CSV', problem: 'utf8', found: '' });
			}
			at = stop + 1;
		}
		return { csv: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replace(/^\ufeff/, ''), faults };
	}
}

/** @param {string[]} fields */
const isHeading = (fields) => fields[0] === 'id' && fields.length <= 3 && fields.every((field, i) => field === HEADING[i]);

/** Bytes compare as code units here: ids are ASCII. @param {Voter} a @param {Voter} b */
const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.line - b.line);

/** [ROLL] Each id once: later lines are refused. @param {Voter[]} sorted @param {Fault[]} faults @returns {Voter[]} */
function refuseDoubles(sorted, faults) {
	const kept = /** @type {Voter[]} */ ([]);
	for (const voter of sorted) {
		if (kept.at(-1)?.id === voter.id) faults.push({ line: voter.line, rule: 'ROLL', problem: 'twice', found: voter.id });
		else kept.push(voter);
	}
	return kept;
}

/** @param {Uint8Array} bytes @returns {{voters: Voter[], faults: Fault[]}} voters in the order of their ids; every bad line */
export function parse(bytes) {
	const { csv, faults } = decode(bytes);
	const bad = new Set(faults.map(({ line }) => line));
	const voters = /** @type {Voter[]} */ ([]);
	let isFirst = true;
	for (let at = 0, line = 1; at < csv.length;) {
		const row = takeRow(csv, at, line);
		at = row.next;
		line += row.lines;
		if (row.fields.length === 1 && row.fields[0] === '' && row.wrong === null) continue; // an empty line
		const judged = bad.has(row.line) || (isFirst && isHeading(row.fields)) ? null : judge(row);
		isFirst = false;
		if (judged === null) continue;
		if ('rule' in judged) faults.push(judged);
		else voters.push(judged);
	}
	const kept = refuseDoubles(voters.sort(byId), faults);
	return { voters: kept, faults: faults.sort((a, b) => a.line - b.line) };
}

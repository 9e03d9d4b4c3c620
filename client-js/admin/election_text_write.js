// SPDX-License-Identifier: Apache-2.0
// A manifest as an election file, such that reading it gives the same manifest [FILE.LINE].  What is missing in a draft is left out.
import { parse as parseBase64 } from '../core/base64.js';
import { pictureType } from '../core/manifest.js';
import { findKeyword } from './election_text.js';
import * as ranked from './election_text_ranked.js';
import * as roleLine from './role_line.js';
import { slugOf, writeTime } from './time.js';
import * as vkey from './vkey.js';
import { writeApproval, writeMethod, writeQuorum } from './words.js';

/** Quotes where a reader would not see where this begins and ends. @param {string} value */
const quote = (value) => (value === '' || /^[ \t]|[ \t]$/.test(value) || (value.length >= 2 && value.startsWith('"') && value.endsWith('"')) ? `"${value}"` : value);

/** Would this line be read as itself? @param {string} line */
const isPlainLine = (line) => line === '' || (!/^[ \t[#|]|[ \t]$/.test(line) && findKeyword(line) === null);

/** [FILE.TEXT] @param {string} text @param {string} indent @returns {string[]} lines */
function writeText(text, indent) {
	if (text === '') return [];
	const lines = text.split('\n');
	const isPlain = lines[0] !== '' && lines.at(-1) !== '' && lines.every(isPlainLine);
	if (isPlain) return lines.map((line) => (line === '' ? '' : indent + line));
	return lines.map((line) => indent + (line === '' ? '|' : `| ${line}`));
}

/** @param {string} role @param {{[purpose: string]: string}} keys */
const publicLine = (role, keys) => roleLine.write({ role, keys });

/** @param {any} m @returns {string[]} */
function writeRoles(m) {
	const { server, admin, registrar } = m;
	return [
		server && `Server: ${quote(server.name)} ${publicLine('server', { sign: server.sign_key, log: server.log_key })}`,
		admin && `Admin: ${quote(admin.name)} ${publicLine('admin', { sign: admin.key })}`,
		registrar && `Registrar: ${quote(registrar.name)} ${publicLine('registrar', { sign: registrar.key })}`,
		m.threshold !== null && `Threshold: ${m.threshold} of ${Math.max(m.trustees.length, m.threshold)}`,
		m.mixes > 0 && `Mixes: ${m.mixes}`,
		...m.trustees.map((/** @type {any} */ one) => `Trustee: ${quote(one.name)} ${publicLine('trustee', { sign: one.sign_key, transport: one.transport_key, cosign: one.cosign_key })}`),
		...m.endorsers.map((/** @type {any} */ one) => `Endorser: ${one.id} ${quote(one.name)} ${publicLine('endorser', { sign: one.sign_key, cosign: one.cosign_key })}`),
		...(m.witnesses?.keys.length > 0 ? [`Witnesses: ${m.witnesses.need}`, ...m.witnesses.keys.map((/** @type {any} */ one) => `Witness: ${vkey.write(one)}`)] : []),
	].filter(Boolean);
}

/** @param {string} base64 of a picture as manifests hold them @returns {string} */
export const pictureUrl = (base64) => `data:${pictureType(parseBase64(base64))};base64,${base64}`;

/** @param {any} q @param {any} o @param {number} i */
const writeOption = (q, o, i) => [
	`[] ${quote(o.label)}`,
	...(o.id !== slugOf(o.label) ? [`    Id: ${quote(o.id)}`] : []),
	...(o.link !== '' ? [`    Link: ${quote(o.link)}`] : []),
	...(o.picture ? [`    Picture: ${pictureUrl(o.picture)}`] : []),
	...ranked.writeMajority(q, i),
	...writeText(o.text, '    '),
];

/** @param {any} q */
const writeQuestion = (q) => [
	'',
	`Question: ${quote(q.title)}`,
	...writeText(q.text, ''),
	...(q.id !== slugOf(q.title) ? [`Id: ${quote(q.id)}`] : []),
	`Method: ${writeMethod(q)}`,
	`Winners: ${q.winners}`,
	...ranked.write(q),
	...(q.quorum !== null ? [`Quorum: ${writeQuorum(q.quorum)}`] : []),
	...(q.approval !== null ? [`Approval: ${writeApproval(q.approval)}`] : []),
	...(q.order === 'random' ? ['Order: random'] : []),
	...(q.blank ? ['Blank: yes'] : []),
	...q.options.flatMap((/** @type {any} */ o, /** @type {number} */ i) => writeOption(q, o, i)),
];

/** @param {any} m as manifest_json.js has it @returns {string} */
export function write(m) {
	return `${[
		`Title: ${quote(m.title)}`,
		...writeText(m.text, ''),
		'',
		`Slug: ${quote(m.slug)}`,
		`Origin: ${quote(m.origin)}`,
		`Group: ${m.group}`,
		...(m.opens !== null ? [`Polls open: ${writeTime(m.opens)}`] : []),
		...(m.closes !== null ? [`Polls close: ${writeTime(m.closes)}`] : []),
		`Granularity: ${m.granularity}`,
		`Rules: ${m.rules}`,
		`Revote: ${m.revote}`,
		`Rehearsal: ${m.rehearsal ? 'yes' : 'no'}`,
		`Privacy floor: ${m.privacy_floor}`,
		`Weights: ${m.weights.below} below ${m.weights.min_holders} holders`,
		`Eligibility: ${m.eligibility}`,
		'',
		...writeRoles(m),
		...m.questions.flatMap(writeQuestion),
	].join('\n')}\n`;
}

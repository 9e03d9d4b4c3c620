// SPDX-License-Identifier: Apache-2.0
// [MANIFEST] A manifest as plain values, keys in base64, its members in the order in which they are written.
import * as json from '../core/json.js';
import { write as writeBase64 } from '../core/base64.js';

const MEMBERS = ['tabella', 'slug', 'origin', 'title', 'text', 'group', 'opens', 'closes', 'granularity', 'rules', 'revote', 'rehearsal', 'privacy_floor', 'weights', 'eligibility',
	'server', 'admin', 'registrar', 'threshold', 'mixes', 'trustees', 'endorsers', 'witnesses', 'questions'];
const QUESTION = ['id', 'title', 'text', 'method', 'options', 'min', 'max', 'score_max', 'blank', 'order', 'winners', 'quorum', 'approval'];

/** @param {any} m */
const pick = (m, /** @type {string[]} */ names) => Object.fromEntries(names.map((name) => [name, m[name] ?? null]));

/** @param {any} o */
const option = (o) => ({ id: o.id ?? '', label: o.label, text: o.text ?? '', link: o.link ?? '', ...(o.picture ? { picture: o.picture } : {}) });

/** [RANK.MANIFEST] What only ranked questions have. */
const COUNT = ['method', 'equal', 'minimum', 'default', 'quorum', 'ratios'];

/** @param {any} q */
const question = (q) => ({ ...pick({ ...q, text: q.text ?? '', options: q.options.map(option) }, QUESTION), ...(q.count ? { count: pick(q.count, COUNT) } : {}) });

/** What is missing is null, but for what may be left out. @param {any} m members in any order @returns {any} */
export const order = (m) => pick({ ...m, tabella: 1, questions: m.questions.map(question) }, MEMBERS.filter((name) => !['mixes', 'witnesses'].includes(name) || m[name] !== undefined));

/** @param {any} m as order() gives it @returns {Uint8Array} the payload */
export const write = (m) => json.write(m);

/** Keys from bytes to base64. @param {any} value @returns {any} */
function plain(value) {
	if (value instanceof Uint8Array) return writeBase64(value);
	if (Array.isArray(value)) return value.map(plain);
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).map(([name, member]) => [name, plain(member)]));
}

/** @param {any} parsed what core/manifest.js read @returns {any} */
export const fromParsed = (parsed) => plain(parsed);

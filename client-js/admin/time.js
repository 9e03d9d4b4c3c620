// SPDX-License-Identifier: Apache-2.0
// [FILE.TIME] Times as people write them, and the slug of a text [FILE.MISSING].
import { Refusal, require } from '../crypto/err.js';

const RULE = 'FILE.TIME';
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;

/** @param {string} text @returns {Refusal} */
const bad = (text) => new Refusal(RULE, `expected a time such as "2027-03-01 12:00 UTC" or "2027-03-01 12:00 +02:00", or "2027-03-14 anywhere on earth", found "${text.slice(0, 80)}"`);

/** Seconds east of UTC. @param {string} text @returns {{offset: number, anywhere: boolean}} */
function parseZone(text) {
	if (/^[ \t]*(utc|z)[ \t]*$/i.test(text)) return { offset: 0, anywhere: false };
	if (/^[ \t]*(anywhere[ \t]+on[ \t]+earth|aoe)[ \t]*$/i.test(text)) return { offset: -12 * 3600, anywhere: true };
	const found = /^ *(?:UTC)?([+-])([0-9]{2}):?([0-9]{2})$/.exec(text);
	require(found !== null && Number(found[2]) <= 14 && Number(found[3]) < 60, RULE, `expected a zone after the time: UTC, an offset such as +02:00, or anywhere on earth, found "${text.slice(0, 80)}"`);
	const [, sign, hours, minutes] = /** @type {RegExpExecArray} */ (found);
	return { offset: (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60), anywhere: false };
}

/** A moment that exists: 31 April and 24:00 come out as another one. @param {string} date @param {string} time hh:mm:ss @returns {number|undefined} */
function moment(date, time) {
	const at = Date.parse(`${date}T${time}Z`);
	if (Number.isNaN(at) || at < 0 || new Date(at).toISOString() !== `${date}T${time}.000Z`) return undefined;
	return at / 1000;
}

/** @param {string} value @param {boolean} [mayBeAnywhere] polls end anywhere on earth, but do not open so @returns {number} Unix seconds */
export function parseTime(value, mayBeAnywhere = true) {
	const text = value.replace(/^[ \t]+|[ \t]+$/g, '');
	if (text.length >= 80) throw bad(text);
	const seconds = /^@[ \t]*([0-9]+)$/.exec(text);
	if (seconds) {
		if (!Number.isSafeInteger(Number(seconds[1]))) throw bad(text);
		return Number(seconds[1]);
	}
	const found = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?)?(.*)$/.exec(text);
	const at = found ? moment(found[1], `${found[2] ?? '00:00'}${found[3] ?? ':00'}`) : undefined;
	if (!found || at === undefined) throw bad(text);
	const { offset, anywhere } = parseZone(found[4]);
	require(mayBeAnywhere || !anywhere, RULE, 'expected a time with a zone: polls end anywhere on earth, but do not open so');
	require(found[2] !== undefined || anywhere, RULE, `expected a time of day after the date, found "${text}"`);
	const time = (found[2] === undefined ? at + 86400 : at) - offset;
	if (time < 0) throw bad(text);
	return time;
}

/** @param {number} time @returns {string} as the election file has it */
export function writeTime(time) {
	if (time > LAST) return `@${time}`;
	const text = new Date(time * 1000).toISOString();
	return `${text.slice(0, 10)} ${text.slice(11, time % 60 === 0 ? 16 : 19)} UTC`;
}

/** @param {string} text @returns {string} at most 64 of a-z 0-9 and single hyphens; perhaps nothing */
export const slugOf = (text) =>
	text.replace(/[\u0080-\u{10ffff}]/gu, '').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join('-').slice(0, 64).replace(/-$/, '');

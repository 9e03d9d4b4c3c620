// SPDX-License-Identifier: Apache-2.0
// [BOOTH.AUDIT] A ballot that was opened instead of cast: the file of `tabella vote --audit`, and the same in few enough bytes for a QR code,
// which leaves out the payload: whoever checks makes it again and compares trackers.
import { concat, equal, fromUtf8, Reader, u16, u64, u8, utf8 } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { parse as parseBase64, write as writeBase64 } from '../core/base64.js';
import * as ballots from '../core/ballot.js';
import * as json from '../core/json.js';
import { isRanked } from '../core/parts.js';

const RULE = 'BALLOT.SEED';
const VERSION = 1;

/**
 * @typedef {import('../core/parts.js').Choice} Choice
 * @typedef {import('../core/parts.js').Definition} Definition
 *
 * @typedef {object} Opened
 * @property {string} voter
 * @property {Uint8Array} voterKey
 * @property {Uint8Array} seed
 * @property {any[]} choices each of its question's kind
 * @property {import('../core/ballot.js').Position} at
 * @property {Uint8Array} trackerHash of the ballot that was committed to
 */

/** The file that `tabella audit` reads. @param {{voterKey: Uint8Array, seed: Uint8Array, choices: Choice[], payload: Uint8Array}} opened @returns {Uint8Array} */
export const writeFile = ({ voterKey, seed, choices, payload }) => json.write({
	tabella_audit: 1, voter_key: writeBase64(voterKey), seed: writeBase64(seed),
	choices: choices.map(({ blank, values }) => ({ blank, values })), payload: writeBase64(payload),
});

/** @param {unknown} value @param {Definition[]} definitions @returns {Choice[]} */
function readChoices(value, definitions) {
	const isChoice = (/** @type {any} */ one, /** @type {number} */ k) =>
		typeof one?.blank === 'boolean' && Array.isArray(one.values) && one.values.length === definitions[k].m && one.values.every((/** @type {any} */ v) => Number.isInteger(v) && v >= 0 && v <= (isRanked(definitions[k]) ? definitions[k].m : 255));
	require(Array.isArray(value) && value.length === definitions.length && value.every(isChoice), RULE, 'the choices are not those of this election');
	return /** @type {any[]} */ (value).map(({ blank, values }) => ({ blank, values }));
}

/** @param {Uint8Array} bytes @param {import('../crypto/group.js').Group} group @param {Definition[]} definitions @returns {Opened} */
export function readFile(bytes, group, definitions) {
	let told;
	try {
		told = JSON.parse(fromUtf8(bytes));
	} catch {
		throw new Refusal(RULE, 'this is no file of an audit');
	}
	require(told?.tabella_audit === 1, RULE, 'this is no file of an audit');
	const take = (/** @type {string} */ name) => parseBase64(String(told[name]));
	const payload = take('payload');
	const { voter, prev, date, size, root } = ballots.parse(group, definitions, payload);
	return { voter, voterKey: take('voter_key'), seed: take('seed'), choices: readChoices(told.choices, definitions), at: { prev, date, size, root }, trackerHash: ballots.tracker(payload).hash };
}

/** @param {Definition} d @param {Choice} choice @returns {Uint8Array} a bit or a byte for each option, two for ranks */
function writeChoice(d, choice) {
	const { blank, values } = choice;
	if (isRanked(d)) return concat(...values.map(u16));
	if (d.S > 1) return concat(u8(blank ? 1 : 0), Uint8Array.from(values));
	const bits = new Uint8Array(Math.ceil(d.m / 8));
	values.forEach((value, i) => { bits[i >> 3] |= value << (i & 7); });
	return concat(u8(blank ? 1 : 0), bits);
}

/** @param {Definition} d @param {Reader} reader @returns {Choice} */
function takeChoice(d, reader) {
	if (isRanked(d)) {
		return { blank: false, values: Array.from({ length: d.m }, () => {
			const [high, low] = reader.take(2);
			return 256 * high + low;
		}) };
	}
	const blank = reader.u8() === 1;
	if (d.S > 1) return { blank, values: [...reader.take(d.m)] };
	const bits = reader.take(Math.ceil(d.m / 8));
	return { blank, values: Array.from({ length: d.m }, (_, i) => (bits[i >> 3] >> (i & 7)) & 1) };
}

const toUrl = (/** @type {Uint8Array} */ bytes) => writeBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const fromUrl = (/** @type {string} */ text) => parseBase64(text.replace(/-/g, '+').replace(/_/g, '/').padEnd(Math.ceil(text.length / 4) * 4, '='));

/** For a QR code. @param {Opened} opened @param {Definition[]} definitions @returns {string} */
export const writeShort = ({ voter, voterKey, seed, choices, at, trackerHash }, definitions) => toUrl(concat(
	u8(VERSION), u8(voter.length), utf8(voter), voterKey, seed, at.prev, u64(at.date), u64(at.size), at.root, trackerHash,
	...choices.map((choice, k) => writeChoice(definitions[k], choice)),
));

/** @param {string} text @param {Definition[]} definitions @returns {Opened} */
export function readShort(text, definitions) {
	require(/^[A-Za-z0-9_-]+$/.test(text), RULE, 'this is no opened ballot');
	const reader = new Reader(fromUrl(text), (detail) => new Refusal(RULE, detail));
	require(reader.u8() === VERSION, RULE, 'another version');
	const voter = fromUtf8(reader.take(reader.u8()));
	const voterKey = reader.take(32);
	const seed = reader.take(32);
	const at = { prev: reader.take(32), date: Number(reader.u64()), size: Number(reader.u64()), root: reader.take(32) };
	const trackerHash = reader.take(32);
	const choices = definitions.map((d) => takeChoice(d, reader));
	reader.end();
	return { voter, voterKey, seed, choices, at, trackerHash };
}

/**
 * Makes the ballot again, on this device, and says whether it is the one that was committed to.
 * @param {Opened} opened @param {{group: import('../crypto/group.js').Group, definitions: Definition[], open: {h: any, context: Uint8Array}|null}} setup
 * @returns {{isRight: boolean, tracker: string}} the tracker as it comes out here
 */
export function check({ voter, voterKey, seed, choices, at, trackerHash }, { group, definitions, open }) {
	if (open === null) throw new Refusal(RULE, 'the polls have not been opened');
	require(seed.length === 32, RULE, 'a seed has 32 bytes');
	const payload = ballots.make({ group, context: open.context, voter, voterKey, h: open.h, definitions }, at, choices, seed);
	const { hash, text } = ballots.tracker(payload);
	return { isRight: equal(hash, trackerHash), tracker: text };
}

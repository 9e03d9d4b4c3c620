// SPDX-License-Identifier: Apache-2.0
// A ballot: all questions of one voter in one payload.  specs/protocol.md section 4.
import { concat, equal, fromUtf8, hex, Reader, u64, u8, utf8 } from '../crypto/bytes.js';
import { inside, Refusal, require } from '../crypto/err.js';
import { sha256 } from '../crypto/hash.js';
import { crockford } from './code.js';
import * as parts from './parts.js';
import { isId } from './text.js';

/**
 * @typedef {import('../crypto/group.js').Group} Group
 * @typedef {import('./parts.js').Definition} Definition
 * @typedef {import('./parts.js').Choice} Choice
 *
 * Where and for whom a ballot is.
 * @typedef {object} Setting
 * @property {Group} group
 * @property {Uint8Array} context 32 bytes
 * @property {string} voter
 * @property {Uint8Array} voterKey
 * @property {any} h
 * @property {Definition[]} definitions one per question
 *
 * @typedef {{prev: Uint8Array, date: number, size: number, root: Uint8Array}} Position
 */

/** @param {Setting} s @param {number} question @returns {import('./parts.js').Statement} */
export const statement = (s, question) => ({
	group: s.group, context: s.context, voter: s.voter, voterKey: s.voterKey, question, definition: s.definitions[question], h: s.h,
});

/**
 * The payload of a ballot; the same arguments always give the same bytes, so that an audit can make it again.
 * @param {Setting} s @param {Position} at @param {Choice[]} choices @param {Uint8Array} seed 32 bytes
 * @returns {Uint8Array}
 */
export function make(s, at, choices, seed) {
	if (choices.length !== s.definitions.length) throw new TypeError('a choice for each question');
	return write(s.voter, at, choices.map((choice, k) => makePart(s, k, choice, seed)));
}

/**
 * The part for one question.
 * @param {Setting} s @param {number} question @param {Choice} choice @param {Uint8Array} seed @returns {Uint8Array}
 */
export const makePart = (s, question, choice, seed) => parts.make(statement(s, question), choice, seed);

/** [BALLOT.PAYLOAD] @param {string} voter @param {Position} at @param {Uint8Array[]} bytes of the parts @returns {Uint8Array} */
export const write = (voter, at, bytes) =>
	concat(u8(1), u8(utf8(voter).length), utf8(voter), at.prev, u64(at.date), u64(at.size), at.root, u8(bytes.length), ...bytes);

/** @typedef {Position & {voter: string, bytes: Uint8Array[]}} Form what a payload says before any of its points is decoded */

/**
 * Reads a payload: its form, and what of [BALLOT.POINTS] the bytes show.  What is refused here is no ballot at all [CHECK.RECOVERY].
 * @param {Group} group @param {Definition[]} definitions @param {Uint8Array} payload @returns {Form}
 */
export function read(group, definitions, payload) {
	const refuse = (detail, where) => new Refusal('BALLOT.PAYLOAD', detail, where);
	const reader = new Reader(payload, (detail) => refuse(detail, 'length'));
	if (reader.u8() !== 1) throw refuse('version is not 1', 'version');
	const name = reader.take(reader.u8());
	if (!isId(latin(name))) throw refuse('not a voter id', 'voter');
	const prev = reader.take(32);
	const date = reader.u64();
	const size = reader.u64();
	const root = reader.take(32);
	if (reader.u8() !== definitions.length) throw refuse(`${definitions.length} questions are due`, 'number of questions');
	const bytes = definitions.map((d) => reader.take(parts.length(group, d)));
	reader.end();
	checkFirstPoints(group, definitions, bytes);
	return { voter: fromUtf8(name), prev, date: Number(date), size: Number(size), root, bytes };
}

/** [BALLOT.POINTS] An element has one encoding, so bytes show which A_i are equal. @param {Group} group @param {Definition[]} definitions @param {Uint8Array[]} bytes of the parts */
function checkFirstPoints(group, definitions, bytes) {
	const identity = hex(group.encode(group.identity));
	const seen = new Set();
	definitions.forEach((d, k) => {
		for (let i = 0; i < parts.numCiphertexts(d); i++) {
			const A = hex(bytes[k].subarray(2 * i * group.pointLength, (2 * i + 1) * group.pointLength));
			require(A !== identity, 'BALLOT.POINTS', 'A_i is the identity: that vote is not encrypted', `questions[${k}].options[${i}]`);
			require(!seen.has(A), 'BALLOT.POINTS', 'an A_i occurs twice: the votes differ by what their B_i differ', 'questions');
			seen.add(A);
		}
	});
}

/**
 * Reads a payload and checks everything that needs no other entry and no mathematics: form and points.
 * @param {Group} group @param {Definition[]} definitions @param {Uint8Array} payload
 * @returns {Form & {parts: import('./parts.js').Part[]}}
 */
export function parse(group, definitions, payload) {
	const form = read(group, definitions, payload);
	return { ...form, parts: definitions.map((d, k) => inside(`questions[${k}]`, () => parts.parse(group, d, form.bytes[k]))) };
}

/** @param {Uint8Array} bytes @returns {string} one character a byte */
const latin = (bytes) => String.fromCharCode(...bytes);

/** [BALLOT.PAYLOAD] Nobody posts another voter's payload as one's own. @param {Form} form @param {string} voter who signed the entry */
export const checkVoter = (form, voter) =>
	require(form.voter === voter, 'BALLOT.PAYLOAD', `the payload is of ${form.voter}, the entry of ${voter}`, 'voter');

/**
 * Form, points and proofs of one payload.  prev, date and checkpoint depend on the log and are for the board.
 * @param {Setting} s @param {Uint8Array} payload @returns {ReturnType<typeof parse>}
 */
export function verify(s, payload) {
	const ballot = parse(s.group, s.definitions, payload);
	checkVoter(ballot, s.voter);
	ballot.parts.forEach((part, k) => parts.verify(statement(s, k), part));
	return ballot;
}

/**
 * [BALLOT.SEED] The audit of a committed ballot on another device: whether seed and choices give this very payload.
 * @param {Setting} s @param {Choice[]} choices @param {Uint8Array} seed @param {Uint8Array} payload @returns {boolean}
 */
export function verifyOpened(s, choices, seed, payload) {
	const { prev, date, size, root } = parse(s.group, s.definitions, payload);
	return equal(make(s, { prev, date, size, root }, choices, seed), payload);
}

/** [BALLOT.TRACKER] @param {Uint8Array} payload @returns {{hash: Uint8Array, text: string}} */
export function tracker(payload) {
	const hash = sha256(payload);
	return { hash, text: crockford(hash.slice(0, 16)) };
}

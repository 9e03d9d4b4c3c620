// SPDX-License-Identifier: Apache-2.0
// [COUNT.BALLOT] Plaintext ballots that are to be counted.  Candidates are numbered from 0 here and from 1 wherever people read.
import { fromUtf8, utf8 } from '../../crypto/bytes.js';
import { require } from '../../crypto/err.js';

export const MAX_CANDIDATES = 500;
export const MAX_SCORE = 1_000_000;
export const MAX_RANK = 65535;
const MAX_NAME = 500;

/**
 * Ballots that say the same.
 * @typedef {object} Group
 * @property {number} weight how many
 * @property {number[][]} ranks the candidates on each rank, by number
 * @property {number[]|null} scores of each rank; equal scores are equal ranks
 */

/* Control characters, line separators, bidirectional controls, the byte order mark: a report must look as it was written. */
const UNSHOWN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** [COUNT.NAME] of a candidate, or a title. @param {string} text @returns {string} */
export function checkName(text) {
	const bytes = utf8(text);
	require(bytes.length >= 1 && bytes.length <= MAX_NAME, 'COUNT.NAME', `expected 1 to ${MAX_NAME} bytes, found ${bytes.length}`);
	require(!UNSHOWN.test(text) && fromUtf8(bytes) === text, 'COUNT.NAME', 'a character that would not be shown as it is');
	return text;
}

/**
 * The candidates with something on each rank, from marks: a rank (the first is the lowest number) or, the other way round, a score.
 * @param {ArrayLike<number>} marks per candidate, 0: none @param {boolean} isScores @returns {{ranks: number[][], scores: number[]|null}}
 */
function ranked(marks, isScores) {
	const levels = new Map();
	for (let i = 0; i < marks.length; i++) {
		if (marks[i] === 0) continue;
		const level = levels.get(marks[i]);
		if (level === undefined) levels.set(marks[i], [i]);
		else level.push(i);
	}
	const order = [...levels.keys()].sort(isScores ? (a, b) => b - a : (a, b) => a - b);
	return { ranks: order.map((mark) => levels.get(mark)), scores: isScores ? order : null };
}

/** The preferences of a group, one after the other, as they are compared. @param {Group} group */
const preferences = ({ ranks, scores }) => ranks.flatMap((level, i) => level.map((candidate) => [i, candidate, scores === null ? 0 : -scores[i]]));

/** The one order of groups in files: section 6 of specs/counting.md. @param {number[][]} a @param {number[][]} b @returns {number} */
function compare(a, b) {
	for (let i = 0; i < a.length && i < b.length; i++)
		for (let k = 0; k < 3; k++)
			if (a[i][k] !== b[i][k]) return a[i][k] - b[i][k];
	return a.length - b.length;
}

/** Equal ballots joined, in the one order of groups. @param {Group[]} groups @returns {Group[]} */
function joined(groups) {
	const known = new Map();
	for (const { weight, ranks, scores } of groups) {
		const key = JSON.stringify([ranks, scores]);
		const same = known.get(key);
		if (same === undefined) known.set(key, { weight, ranks, scores });
		else same.weight += weight;
	}
	return [...known.values()].map((group) => ({ group, key: preferences(group) })).sort((a, b) => compare(a.key, b.key)).map(({ group }) => group);
}

export class Ballots {
	/** @param {{names: string[], title?: string|null, seats?: number, withdrawn?: number[], hasScores?: boolean}} election seats: 0 when not known */
	constructor({ names, title = null, seats = 0, withdrawn = [], hasScores = false }) {
		require(names.length <= MAX_CANDIDATES, 'COUNT.BALLOT', `at most ${MAX_CANDIDATES} candidates, found ${names.length}`);
		this.names = names.map(checkName);
		this.title = title === null ? null : checkName(title);
		this.seats = seats;
		this.withdrawn = new Set(withdrawn);
		this.hasScores = hasScores;
		this.total = 0;
		/** @type {Group[]} */
		this.added = [];
		this.isJoined = true;
	}

	/**
	 * Adds ballots that say this.
	 * @param {ArrayLike<number>} marks per candidate the rank from 1 (gaps mean nothing) or the score; 0: none
	 * @param {number} [weight] how many
	 */
	add(marks, weight = 1) {
		const max = this.hasScores ? MAX_SCORE : MAX_RANK;
		require(marks.length === this.names.length, 'COUNT.BALLOT', `expected ${this.names.length} candidates, found ${marks.length}`);
		for (let i = 0; i < marks.length; i++)
			require(Number.isInteger(marks[i]) && marks[i] >= 0 && marks[i] <= max, 'COUNT.BALLOT', `expected a ${this.hasScores ? 'score' : 'rank'} up to ${max}, found ${marks[i]}`);
		require(Number.isSafeInteger(weight) && weight > 0, 'COUNT.BALLOT', `expected a number of ballots, found ${weight}`);
		require(weight <= Number.MAX_SAFE_INTEGER - this.total, 'COUNT.BALLOT', 'too many ballots');
		this.total += weight;
		this.added.push({ weight, ...ranked(marks, this.hasScores) });
		this.isJoined = false;
	}

	/** @returns {Group[]} in their one order */
	get groups() {
		if (!this.isJoined) this.added = joined(this.added);
		this.isJoined = true;
		return this.added;
	}

	/** The groups with withdrawn candidates taken off; lower ranks move up. @returns {Group[]} */
	standing() {
		if (this.withdrawn.size === 0) return this.groups;
		return joined(this.groups.map(({ weight, ranks, scores }) => {
			const left = ranks.map((level) => level.filter((candidate) => !this.withdrawn.has(candidate)));
			return { weight, ranks: left.filter((level) => level.length > 0), scores: scores === null ? null : scores.filter((_, i) => left[i].length > 0) };
		}));
	}
}

/** [COUNT.EQUAL] The order of a ballot where one candidate at a time is preferred: it ends at the first rank that is shared. @param {Group} group @returns {number[]} */
export function strictOrder({ ranks }) {
	const end = ranks.findIndex((level) => level.length > 1);
	return (end < 0 ? ranks : ranks.slice(0, end)).map(([candidate]) => candidate);
}

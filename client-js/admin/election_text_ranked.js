// SPDX-License-Identifier: Apache-2.0
// What only ranked questions have in an election file: how their ballots are counted [RANK.MANIFEST].  Its twin in C is core/election/election_text_ranked.c.
import { Refusal, require } from '../crypto/err.js';
import { findMethod } from '../core/count/methods.js';
import { parseChoice, parseMajority, parseNumber } from './words.js';

/** Of a question, and of an option. */
export const KEYWORDS = ['count', 'equal ranks', 'minimum votes', 'default option', 'default quorum', 'majority'];
/** The member of `count` that a keyword says. @type {{[keyword: string]: string}} */
export const MEMBER = { count: 'method', 'equal ranks': 'equal', 'minimum votes': 'minimum', 'default option': 'default', 'default quorum': 'quorum' };

const EXACT = Number.MAX_SAFE_INTEGER;
const MAX_OPTIONS = 500;

/** Words in any case [FILE.VALUE], which is that of ASCII. @param {string} value @returns {string} the id with its version */
function parseMethod(value) {
	const method = value.length < 64 ? findMethod(value.replace(/[^\x80-\uffff]/g, (letter) => letter.toLowerCase())) : undefined;
	require(method !== undefined && !method.needsScores, 'FILE.VALUE', `expected a method for rankings, such as scottish-stv (tabella count --list-methods), found "${value.slice(0, 120)}"`);
	return /** @type {import('../core/count/count.js').Method} */ (method).id;
}

/** Options up to this one have the ratio 1:1 until something else is said. @param {[number, number][]} ratios @param {number} length */
function grow(ratios, length) {
	while (ratios.length < length) ratios.push([1, 1]);
}

/** @param {number} line @param {() => void} check reports what it refuses in this line */
function at(line, check) {
	try {
		check();
	} catch (error) {
		throw error instanceof Refusal ? Object.assign(error, { line }) : error;
	}
}

/** How the ballots of one question are counted, as its lines say it. */
export class Rule {
	constructor() {
		/** The first line that only a ranked question has, that of the method, that of the default option. */
		this.lines = { first: 0, method: 0, default: 0 };
		this.count = { method: '', equal: false, minimum: 0, default: '', quorum: 0, ratios: /** @type {[number, number][]} */ ([]) };
	}

	/** @param {string} keyword @param {string} value without quotes @param {number} line @param {number} options so far */
	set(keyword, value, line, options) {
		const { count } = this;
		this.lines.first ||= line;
		switch (keyword) {
			case 'count': count.method = parseMethod(value); break;
			case 'equal ranks': count.equal = parseChoice(value, ['no', 'yes']) === 'yes'; break;
			case 'minimum votes': count.minimum = parseNumber(value, EXACT); break;
			case 'default quorum': count.quorum = parseNumber(value, EXACT); break;
			case 'default option':
				count.default = value;
				this.lines.default = line;
				break;
			default: {
				const ratio = parseMajority(value);
				grow(count.ratios, options);
				count.ratios[options - 1] = ratio;
			}
		}
	}

	/** The question has no more lines: rather than be passed over, a majority that is asked for must be one that counts. @param {any} q */
	end(q) {
		at(this.lines.first, () => require(this.lines.first === 0 || q.method === undefined || q.method === 'ranked', 'FILE.KEYWORD',
			'expected such a line only in a question with "Method: ranked", found it in another question'));
		at(this.lines.method, () => require(q.method !== 'ranked' || this.count.method !== '', 'FILE.MISSING', 'expected a line "Count: scottish-stv" (or another method) in a ranked question, found none'));
		if (this.count.ratios.length > 0) grow(this.count.ratios, q.options.length);
	}

	/** What its lines left open, once all options have ids. @param {any} q */
	finish(q) {
		if (q.method !== 'ranked') return;
		q.count = this.count;
		if (q.options.length > MAX_OPTIONS) return;
		if (q.max === 0) q.max = q.options.length;
		at(this.lines.default, () => require(this.lines.default === 0 || q.options.some((/** @type {any} */ o) => o.id === this.count.default), 'FILE.VALUE',
			`expected the id of an option of this question, found "${this.count.default.slice(0, 120)}"`));
	}
}

/** The lines of a question. @param {any} q */
export const write = ({ count }) => (count === undefined ? [] : [
	`Count: ${count.method}`,
	...(count.equal ? ['Equal ranks: yes'] : []),
	...(count.minimum !== 0 ? [`Minimum votes: ${count.minimum}`] : []),
	...(count.default !== '' ? [`Default option: ${count.default}`] : []),
	...(count.quorum !== 0 ? [`Default quorum: ${count.quorum}`] : []),
]);

/** The line of an option. @param {any} q @param {number} i */
export const writeMajority = ({ count }, i) => (count !== undefined && count.ratios.length > 0 ? [`    Majority: ${count.ratios[i].join(':')}`] : []);

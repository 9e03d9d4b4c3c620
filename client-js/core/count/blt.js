// SPDX-License-Identifier: Apache-2.0
// [COUNT.BLT] Ballots in the format of OpenSTV and many others.
import { fromUtf8, utf8 } from '../../crypto/bytes.js';
import { Refusal, require } from '../../crypto/err.js';
import { Ballots, MAX_CANDIDATES } from './ballots.js';

const RULE = 'COUNT.BLT';
const MAX_BALLOTS = Number.MAX_SAFE_INTEGER;
const BLANKS = /(?:[ \t\r\n]+|#[^\n]*)*/y;
const WORD = /"(?:[^"\n]|"")*"|[^ \t\r\n"#]+/y;

/** @param {string} text */
const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

/** @param {Ballots} ballots without scores: BLT has none @returns {Uint8Array} */
export function write(ballots) {
	const { names, title, seats, withdrawn } = ballots;
	require(!ballots.hasScores, RULE, 'these ballots have scores, and BLT has none');
	const lines = [
		`${names.length} ${seats === 0 ? 1 : seats}`,
		...[...withdrawn].sort((a, b) => a - b).map((i) => `-${i + 1}`),
		...ballots.groups.map(({ weight, ranks }) => [weight, ...ranks.map((level) => level.map((i) => i + 1).join('=')), 0].join(' ')),
		'0',
		...names.map(quoted),
		...(title === null ? [] : [quoted(title)]),
	];
	return utf8(lines.map((line) => `${line}\n`).join(''));
}

/** The words of a file, one after the other, and the line of the last. */
class Words {
	/** @param {string} text */
	constructor(text) {
		this.text = text;
		this.at = 0;
		this.line = 1;
	}

	/** @returns {string} '' at the end */
	next() {
		this.line += this.take(BLANKS).split('\n').length - 1;
		const word = this.take(WORD);
		if (word === '' && this.at < this.text.length) throw this.refuse('a text without its end');
		return word;
	}

	/** @param {RegExp} pattern @returns {string} what matches from here on, perhaps nothing */
	take(pattern) {
		pattern.lastIndex = this.at;
		const found = pattern.exec(this.text)?.[0] ?? '';
		this.at += found.length;
		return found;
	}

	/** @returns {string} the next word, which stays */
	peek() {
		const { at, line } = this;
		const word = this.next();
		Object.assign(this, { at, line });
		return word;
	}

	/** @param {string} detail */
	refuse(detail) {
		return new Refusal(RULE, `line ${this.line}: ${detail}`);
	}

	/** @param {string} word @param {number} max @param {string} what @returns {number} */
	number(word, max, what) {
		if (!/^[0-9]{1,16}$/.test(word) || Number(word) > max) throw this.refuse(`expected ${what}, found '${word}'`);
		return Number(word);
	}

	/** A candidate, from 0. @param {string} word @param {number} num @returns {number} */
	candidate(word, num) {
		const number = this.number(word, MAX_BALLOTS, 'a candidate');
		if (number < 1 || number > num) throw this.refuse(`there is no candidate ${number}`);
		return number - 1;
	}

	/** @returns {string} without its quotes */
	quoted() {
		const word = this.next();
		if (!word.startsWith('"')) throw this.refuse(`expected a name in double quotes, found '${word}'`);
		return word.slice(1, -1).replaceAll('""', '"');
	}
}

/** The preferences of a ballot up to its 0. @param {Words} words @param {number} num @returns {number[]} a rank per candidate */
function preferences(words, num) {
	const marks = new Array(num).fill(0);
	for (let rank = 1; ; rank++) {
		const word = words.next();
		if (word === '0') return marks;
		if (word === '-') continue;
		for (const part of word.split('=')) {
			const i = words.candidate(part, num);
			if (marks[i] !== 0) throw words.refuse(`candidate ${i + 1} twice`);
			marks[i] = rank;
		}
	}
}

/** @param {Uint8Array} bytes @returns {Ballots} */
export function parse(bytes) {
	const words = new Words(textOf(bytes).replace(/^\ufeff/, ''));
	const num = words.number(words.next(), MAX_CANDIDATES, 'a number of candidates');
	const seats = words.number(words.next(), MAX_CANDIDATES, 'a number of seats');
	const withdrawn = [];
	while (/^-[0-9]/.test(words.peek())) withdrawn.push(words.candidate(words.next().slice(1), num));
	/** @type {[number[], number][]} */
	const groups = [];
	for (let weight = words.next(); weight !== '0'; weight = words.next()) {
		const number = words.number(weight, MAX_BALLOTS, 'a number of ballots');
		groups.push([preferences(words, num), number]);
	}
	const names = Array.from({ length: num }, () => words.quoted());
	const texts = [];
	while (texts.length < 3 && words.peek() !== '') texts.push(words.quoted());
	if (words.next() !== '') throw words.refuse('something follows');
	const ballots = new Ballots({ names, title: texts[0] ? texts[0] : null, seats, withdrawn });
	for (const [marks, weight] of groups) ballots.add(marks, weight);
	return ballots;
}

/** @param {Uint8Array} bytes */
function textOf(bytes) {
	try {
		return fromUtf8(bytes);
	} catch {
		throw new Refusal(RULE, 'not UTF-8');
	}
}

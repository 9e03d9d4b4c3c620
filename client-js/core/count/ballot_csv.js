// SPDX-License-Identifier: Apache-2.0
// [COUNT.CSV] Ballots as a table.
import { fromUtf8, utf8 } from '../../crypto/bytes.js';
import { Refusal, require } from '../../crypto/err.js';
import { Ballots, MAX_RANK, MAX_SCORE } from './ballots.js';

const RULE = 'COUNT.CSV';

/* A spreadsheet would run what begins so; the apostrophe before it is not part of the name. */
const FORMULA = /^'*[=+\-@\t\r]/;

/** @param {string} text */
const quoted = (text) => `"${FORMULA.test(text) ? "'" : ''}${text.replaceAll('"', '""')}"`;

/** @param {string} text of a cell @returns {string} */
const unguarded = (text) => (text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text);

/** What each candidate has on the ballots of a group. @param {import('./ballots.js').Group} group @param {number} num @returns {string[]} */
function marks({ ranks, scores }, num) {
	const out = new Array(num).fill('');
	ranks.forEach((level, k) => level.forEach((i) => { out[i] = String(scores === null ? k + 1 : scores[k]); }));
	return out;
}

/** @param {Ballots} ballots @returns {Uint8Array} */
export function write(ballots) {
	const { names, title, seats, withdrawn, hasScores } = ballots;
	const rows = [
		...(title === null ? [] : [['title', quoted(title)]]),
		...(seats === 0 ? [] : [['seats', String(seats)]]),
		[hasScores ? 'scores' : 'ranks', ...names.map(quoted)],
		...(withdrawn.size === 0 ? [] : [['withdrawn', ...names.map((_, i) => (withdrawn.has(i) ? 'x' : ''))]]),
		...ballots.groups.map((group) => [String(group.weight), ...marks(group, names.length)]),
	];
	return utf8(rows.map((row) => `${row.join(',')}\n`).join(''));
}

/** @param {number} line @param {string} detail */
const refuse = (line, detail) => new Refusal(RULE, `line ${line}: ${detail}`);

/** @param {string} text one line @param {number} line @returns {string[]} */
function cells(text, line) {
	const out = [];
	const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
	for (let more = ','; more === ',';) {
		const found = cell.exec(text);
		if (found === null) throw refuse(line, 'a quote in a cell that is not quoted, or without its end');
		out.push(found[1]?.replaceAll('""', '"') ?? found[2]);
		more = found[3];
	}
	return out;
}

/** @param {string} text @param {number} line @param {number} max @param {string} what @returns {number} */
function number(text, line, max, what) {
	if (!/^[0-9]{1,16}$/.test(text) || Number(text) > max) throw refuse(line, `expected ${what} up to ${max}, found '${text}'`);
	return Number(text);
}

/** @param {Uint8Array} bytes @returns {Ballots} */
export function parse(bytes) {
	let at = 0;
	const lines = textOf(bytes).replace(/^\ufeff/, '').replace(/\n$/, '').split('\n').map((text) => cells(text.replace(/\r$/, ''), ++at));
	at = 0;
	const head = (name) => (lines[at]?.[0] === name && lines[at].length === 2 ? lines[at++][1] : null);
	const titleText = head('title');
	const title = titleText === null ? null : unguarded(titleText);
	const seatsText = head('seats');
	const seats = seatsText === null ? 0 : number(seatsText, at, 500, 'a number of seats');
	const [kind, ...written] = lines[at++] ?? [];
	const names = written.map(unguarded);
	if (kind !== 'ranks' && kind !== 'scores') throw refuse(at, `expected 'ranks' or 'scores' and the candidates, found '${kind ?? ''}'`);
	const whole = (line, rest) => {
		if (rest.length !== names.length) throw refuse(line, `expected ${names.length} cells behind the first, found ${rest.length}`);
		return rest;
	};
	const marked = lines[at]?.[0] === 'withdrawn' ? whole(at + 1, lines[at++].slice(1)) : [];
	const withdrawn = marked.flatMap((mark, i) => (mark === 'x' ? [i] : []));
	require(marked.every((mark) => mark === 'x' || mark === ''), RULE, `line ${at}: expected x or nothing`);
	const hasScores = kind === 'scores';
	const ballots = new Ballots({ names, title, seats, withdrawn, hasScores });
	for (; at < lines.length; at++) {
		const [weight, ...rest] = lines[at];
		ballots.add(whole(at + 1, rest).map((text) => (text === '' ? 0 : mark(text, at + 1, hasScores))), number(weight, at + 1, Number.MAX_SAFE_INTEGER, 'a number of ballots'));
	}
	return ballots;
}

/** @param {string} text @param {number} line @param {boolean} isScore @returns {number} */
function mark(text, line, isScore) {
	const value = number(text, line, isScore ? MAX_SCORE : MAX_RANK, isScore ? 'a score' : 'a rank');
	if (value === 0 && !isScore) throw refuse(line, 'expected a rank from 1 on, found 0');
	return value;
}

/** @param {Uint8Array} bytes */
function textOf(bytes) {
	try {
		return fromUtf8(bytes);
	} catch {
		throw new Refusal(RULE, 'not UTF-8');
	}
}

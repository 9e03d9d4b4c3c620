// SPDX-License-Identifier: Apache-2.0
// node tests/attacks/agree.mjs FOLDER VERIFIER: asks the verifier in JavaScript and the program VERIFIER about every board of FOLDER:
//   FOLDER/corpus     what tool_make_corpus wrote: both must say first what cases.tsv says
//   FOLDER/boards     others, right or unfinished: both must print the same seventeen lines
//   FOLDER/changed    made here from FOLDER/boards/*.tar, with one bit of a file flipped or a file missing
// One process for all of them.  Prints TAP; exits 0 if all is as it should be.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { verifyBoard } from '../../client-js/core/check.js';
import { parseCrockford } from '../../client-js/core/code.js';
import { openBoard } from '../../client-js/tools/files.mjs';

const [folder, verifier] = process.argv.slice(2);
const CODES = { verified: 0, false: 1, unfinished: 3 };
let number = 0;
let failed = 0;

/** @param {string} name @param {string} why '' when it is as it should be */
function tell(name, why) {
	console.log(`${why === '' ? 'ok' : 'not ok'} ${++number} - ${name}${why === '' ? '' : `\n# ${why.replace(/\n/g, ' ')}`}`);
	if (why !== '') failed++;
}

/** @param {string} path @param {string[]} options @returns {Promise<{status: number, report: any}>} */
const askProgram = (path, options) =>
	new Promise((resolve, reject) => {
		execFile(verifier, ['--json', ...options, path], { maxBuffer: 1 << 28 }, (error, out) => {
			const status = error === null ? 0 : error.code;
			if (typeof status !== 'number' || status === 2) reject(new Error(`${verifier} ${path}: ${error.message}`));
			else resolve({ status, report: JSON.parse(out) });
		});
	});

/** @param {string} path @param {import('../../client-js/core/check.js').Trust} trust */
async function askHere(path, trust) {
	const { source, close } = await openBoard(path);
	return verifyBoard(source, { trust }).finally(close);
}

const lineOf = ({ number: n, name, state, covered, objects, failures, not_judged, notJudged }) => `${n} ${name} ${state} ${covered} ${objects} ${failures} ${not_judged ?? notJudged}`;
const linesOf = ({ checks }) => checks.map(lineOf).join('\n');
/** The first failure; its place where `withPlace`. */
const firstOf = ({ failures: [first] }, withPlace) =>
	first === undefined ? 'nothing' : `check ${first.check}, ${first.rule}, entry ${first.entry}${withPlace ? `, ${first.where}` : ''}`;

/** Why two reports do not agree, '' if they do. @param {any} theirs @param {any} ours @param {boolean} withPlace */
function difference(theirs, ours, withPlace) {
	if (theirs.report.verdict !== ours.verdict || theirs.status !== CODES[ours.verdict]) return `${theirs.report.verdict} (${theirs.status}) there, ${ours.verdict} here`;
	const [a, b] = [theirs.report, ours].map((report) => firstOf(report, withPlace));
	return a === b ? '' : `first there: ${a}; here: ${b}`;
}

/** @param {string} line of cases.tsv */
async function checkCase(line) {
	const [id, status, check, rule, entry, where, knows, , text] = line.split('\t');
	const file = (end) => join(folder, 'corpus', id + end);
	const path = existsSync(file('.tar')) ? file('.tar') : file('');
	const trust = {};
	const options = [];
	if (knows === 'seen') {
		trust.seen = new Uint8Array(readFileSync(file('.seen')));
		options.push('--seen', file('.seen'));
	}
	if (knows === 'fingerprint') {
		const code = readFileSync(file('.fingerprint'), 'utf8').trim();
		trust.fingerprint = parseCrockford(code, 16);
		options.push('--fingerprint', code);
	}
	const [theirs, ours] = await Promise.all([askProgram(path, options), askHere(path, trust)]);
	const due = status === '0' ? 'nothing' : `check ${check}, ${rule}, entry ${entry === '-' ? null : entry}${where === '-' ? '' : `, ${where}`}`;
	const found = firstOf(ours, where !== '-');
	let why = difference(theirs, ours, where !== '-');
	if (why === '' && (String(CODES[ours.verdict]) !== status || found !== due)) why = `exit ${CODES[ours.verdict]} and ${found} instead of ${status} and ${due}`;
	if (why === '' && status === '0' && linesOf(theirs.report) !== linesOf(ours)) why = 'other counts';
	tell(`${id}: ${text}`, why);
}

/** @param {string} path of a board that is right */
async function checkRight(path) {
	const [theirs, ours] = await Promise.all([askProgram(path, []), askHere(path, {})]);
	let why = difference(theirs, ours, true);
	if (why === '' && ours.verdict === 'false') why = `false: ${firstOf(ours, true)}`;
	for (const name of ['root', 'phase', 'election', 'result'])
		if (why === '' && JSON.stringify(theirs.report[name]) !== JSON.stringify(ours[name])) why = `another ${name}`;
	if (why === '' && linesOf(theirs.report) !== linesOf(ours)) why = `other counts: ${linesOf(ours)}`;
	if (why === '' && theirs.report.statements.map(({ code }) => code).join() !== ours.statements.map(({ code }) => code).join()) why = 'other statements';
	tell(basename(path), why);
}

/** A generator with a fixed seed: a failure can be repeated. */
let state = 20300401;
function draw(below) {
	state = (Math.imul(state, 1103515245) + 12345) >>> 1;
	return Math.floor((state / 2 ** 31) * below);
}

/** @param {string} path @param {string} name */
async function checkChanged(path, name) {
	const [theirs, ours] = await Promise.all([askProgram(path, []), askHere(path, {})]);
	const why = difference(theirs, ours, false);
	tell(name, why === '' && ours.verdict !== 'false' ? `${ours.verdict}` : why);
	rmSync(path, { recursive: true });
}

const filesOf = (path) => readdirSync(path, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? filesOf(join(path, one.name)) : [join(path, one.name)]));

/** @param {string} board a folder or archive @param {number} count of flips */
async function checkFlips(board, count) {
	const copy = join(folder, 'changed', basename(board));
	for (let i = 0; i < count; i++) {
		cpSync(board, copy, { recursive: true });
		const files = board.endsWith('.tar') ? [copy] : filesOf(copy).sort();
		const file = files[draw(files.length)];
		const bytes = readFileSync(file);
		const at = draw(bytes.length);
		bytes[at] ^= 1 << draw(8);
		writeFileSync(file, bytes);
		await checkChanged(copy, `${basename(board)}: a bit of byte ${at} of ${basename(file)}`);
	}
}

/** @param {string} board a folder */
async function checkMissing(board) {
	for (const file of filesOf(board)) {
		const copy = join(folder, 'changed', basename(board));
		cpSync(board, copy, { recursive: true });
		rmSync(join(copy, file.slice(board.length)));
		await checkChanged(copy, `${basename(board)}: without ${file.slice(board.length)}`);
	}
}

const boards = readdirSync(join(folder, 'boards')).sort().map((name) => join(folder, 'boards', name));
mkdirSync(join(folder, 'changed'));
for (const line of readFileSync(join(folder, 'corpus/cases.tsv'), 'utf8').split('\n')) if (line !== '' && !line.startsWith('#')) await checkCase(line);
for (const path of boards) await checkRight(path);
for (const path of boards.filter((one) => basename(one).startsWith('flip'))) await checkFlips(path, process.env.TB_LONG === '1' ? 2000 : 60);
for (const path of boards.filter((one) => basename(one).startsWith('flip') && !one.endsWith('.tar'))) await checkMissing(path);
console.log(`1..${number}`);
process.exitCode = failed === 0 ? 0 : 1;

#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// node client-js/verify.mjs BOARD: the verifier in JavaScript; see USAGE.
import { readFile } from 'node:fs/promises';
import { parse as parseBase64 } from './core/base64.js';
import { verifyBoard } from './core/check.js';
import { parseCrockford } from './core/code.js';
import { Refusal } from './crypto/err.js';
import { HttpSource } from './net/http_source.js';
import { openBoard } from './tools/files.mjs';

const USAGE = `Usage: node client-js/verify.mjs [OPTION...] BOARD

Checks a whole election: BOARD is its address (https://host/e/slug), a folder or an archive.
It shares no code with tabella-verify; both print the same checks.

  --manifest FILE     the manifest of the election, exactly as its entry holds it
  --key KEY           the key that signs the log, 32 bytes in base64
  --origin NAME       the name of the log, such as vote.example.org/e/spring
  --fingerprint CODE  the fingerprint of the opening that voting clients show
  --seen FILE         an older checkpoint of the same log
  --json              one JSON document instead
  --quiet             the last line only
  --help              this text

Exit status: 0 verified, 1 something is false, 2 wrong usage or reading failed, 3 right so far but not finished.
`;
const CODES = { verified: 0, false: 1, unfinished: 3 };
const WORDS = { verified: 'VERIFIED', false: 'NOT VERIFIED', unfinished: 'UNFINISHED' };
const STATES = { ok: 'OK', failed: 'FAIL', pending: 'not yet', 'not examined': 'not examined' };
const SHOWN = 20;

class UsageError extends Error {}

/** What stands on the board goes to a terminal: no control characters. @param {string} text */
const printable = (text) => text.replace(/[^\P{C}\n]/gu, '?').replace(/\n/g, ' ');

/** @param {string} text @param {number} length @returns {Uint8Array} */
function keyOf(text, length) {
	try {
		const bytes = parseBase64(text);
		if (bytes.length === length) return bytes;
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
	}
	throw new UsageError(`${text} is not ${length} bytes in base64`);
}

/** @param {string[]} args */
async function optionsOf(args) {
	const flags = new Set();
	const trust = {};
	const boards = [];
	for (let i = 0; i < args.length; i++) {
		const value = () => {
			if (++i === args.length) throw new UsageError(`${args[i - 1]} needs a value`);
			return args[i];
		};
		if (['--json', '--quiet', '--help'].includes(args[i])) flags.add(args[i]);
		else if (args[i] === '--manifest') trust.manifest = new Uint8Array(await readFile(value()));
		else if (args[i] === '--seen') trust.seen = new Uint8Array(await readFile(value()));
		else if (args[i] === '--key') trust.logKey = keyOf(value(), 32);
		else if (args[i] === '--origin') trust.origin = value();
		else if (args[i] === '--fingerprint') trust.fingerprint = fingerprintOf(value());
		else if (args[i].startsWith('-')) throw new UsageError(`there is no option ${args[i]}`);
		else boards.push(args[i]);
	}
	if (!flags.has('--help') && boards.length !== 1) throw new UsageError('name one board');
	return { board: boards[0], flags, trust };
}

/** @param {string} text @returns {Uint8Array} */
function fingerprintOf(text) {
	const bytes = parseCrockford(text, 16);
	if (bytes === undefined) throw new UsageError(`${text} is not a fingerprint`);
	return bytes;
}

/** @param {string} board */
async function sourceOf(board) {
	if (/^https?:\/\//.test(board)) return { source: new HttpSource(board), close: async () => {} };
	return openBoard(board);
}

/** @param {{phase: string, done: number, total: number}} progress */
function showProgress({ phase, done, total }) {
	const width = 30;
	const full = Math.round((width * done) / total);
	process.stderr.write(`\r${phase === 'tree' ? 'tree   ' : 'entries'} [${'#'.repeat(full)}${' '.repeat(width - full)}] ${Math.floor((100 * done) / total)} %`);
}

/** @param {import('./core/check.js').Report} report */
function printElection({ election, size }) {
	if (election === null) return;
	console.log(`Election     ${printable(election.title)}\nLog          ${printable(election.origin)}, ${size} entries\nElection id  ${election.id}`);
	console.log(`Fingerprint  ${election.fingerprint ?? 'not opened yet'}\n`);
}

/** @param {import('./core/check.js').Line} line @param {import('./core/check.js').Failure[]} failures of this check */
function printCheck({ number, name, covered, objects, state, failures: count, note, notJudged }, failures) {
	const more = notJudged > 0 ? `, ${notJudged} not judged` : '';
	console.log(`${String(number).padStart(2)}  ${name.padEnd(58)} ${`${covered} ${objects}${more}`.padEnd(24)} ${STATES[state]}`);
	if (note !== '') console.log(`      ${note}`);
	for (const { rule, entry, where, expected, found } of failures.slice(0, SHOWN)) {
		const place = [entry === null ? '' : `entry ${entry}`, where].filter((part) => part !== '').join(', ');
		console.log(`      ${rule}${place === '' ? '' : ` at ${printable(place)}`}: ${expected === '' ? '' : `expected ${printable(expected)}, found `}${printable(found)}`);
	}
	if (count > SHOWN) console.log(`      ... ${count - SHOWN} more`);
}

/** @param {import('./core/check.js').Report} report */
function printResult({ result }) {
	if (result === null) return;
	console.log(`\nResult: ${result.counted} of ${result.electorate} voters, with ${result.weight_counted} of ${result.weight_electorate} votes`);
	for (const { id, outcome, totals, elected, count } of result.questions) {
		const figures = count ? `${count.valid} valid ballots, ${count.invalid.length} invalid` : `totals ${totals.join(' ')}`;
		console.log(`  ${id}: ${outcome}${outcome === 'decided' ? `, ${figures}; elected: ${elected.join(' ') || 'nobody'}` : ''}`);
	}
}

/** @param {import('./core/check.js').Report} report */
function print(report) {
	printElection(report);
	for (const line of report.checks) printCheck(line, report.failures.filter(({ check }) => check === line.number));
	printResult(report);
	if (report.statements.length > 0) console.log('\nWhat this rests on');
	for (const { text } of report.statements) console.log(`  - ${printable(text)}`);
	console.log('');
}

/** The members in the order of `tabella-verify --json`. @param {import('./core/check.js').Report} report */
const jsonOf = ({ checks, ...rest }) =>
	({ verdict: rest.verdict, size: rest.size, root: rest.root, phase: rest.phase, election: rest.election,
		checks: checks.map(({ number, name, state, covered, objects, failures, notJudged, note }) => ({ number, name, state, covered, objects, failures, not_judged: notJudged, note })),
		failures: rest.failures, statements: rest.statements, result: rest.result });

/** @param {string[]} args @returns {Promise<number>} exit status */
async function main(args) {
	const { board, flags, trust } = await optionsOf(args);
	if (flags.has('--help')) {
		process.stdout.write(USAGE);
		return 0;
	}
	const isShown = process.stderr.isTTY && !flags.has('--quiet');
	const { source, close } = await sourceOf(board);
	const report = await verifyBoard(source, { trust, onProgress: isShown ? showProgress : undefined }).finally(close);
	if (isShown) process.stderr.write('\r\x1b[K');
	if (flags.has('--json')) console.log(JSON.stringify(jsonOf(report)));
	else {
		if (!flags.has('--quiet')) print(report);
		console.log(WORDS[report.verdict]);
	}
	return CODES[report.verdict];
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error(`verify: ${error.message}`);
	if (error instanceof UsageError) console.error(USAGE);
	process.exitCode = 2;
}

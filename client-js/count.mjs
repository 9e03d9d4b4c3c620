#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// node client-js/count.mjs FILE: the counting methods in JavaScript; see USAGE.
import { readFile } from 'node:fs/promises';
import { concat, fromUtf8, utf8 } from './crypto/bytes.js';
import { Refusal } from './crypto/err.js';
import * as abif from './core/count/abif.js';
import * as csv from './core/count/ballot_csv.js';
import * as blt from './core/count/blt.js';
import { count, writeAccount } from './core/count/count.js';
import { deriveLot, LotMissing, lotSeed } from './core/count/lot.js';
import { findMethod, methods } from './core/count/methods.js';

const USAGE = `Usage: node client-js/count.mjs [OPTION...] FILE

Counts a file of ballots (BLT or CSV) and prints the account as JSON; candidates are given by number.
It shares no code with "tabella count"; both print the same bytes.

  --method METHOD            ${methods.map(({ id }) => id).join('\n                             ')}
  --seats NUMBER             how many are elected; otherwise what the file says
  --withdraw CANDIDATE       may be repeated
  --minimum VOTES            who is elected with fewer votes leaves the seat empty
  --default-option CANDIDATE what quorum and ratios are measured against
  --quorum VOTES             how many must prefer an option to the default option
  --ratio LIST               majorities that options need over it, as 2=3 or 2=3/2,4=2
  --lot LIST                 the drawn order that settles ties, the favoured first, as 3,1,2
  --lot-seed TEXT            draw that order from this text
  --convert FORMAT           print the ballots as blt, abif or csv instead
  --help                     this text

Exit status: 0 counted, 2 wrong usage or a wrong file, 3 a tie needs a lot.
`;
const FORMATS = { abif, blt, csv };

class UsageError extends Error {}

/** @param {string[]} args @returns {{file: string|undefined, options: Map<string, string[]>}} */
function optionsOf(args) {
	const known = [...USAGE.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
	const options = new Map();
	const files = [];
	for (let i = 0; i < args.length; i++) {
		if (!args[i].startsWith('--')) files.push(args[i]);
		else if (!known.includes(args[i])) throw new UsageError(`there is no option ${args[i]}`);
		else {
			const value = args[i] === '--help' ? '' : args[i + 1];
			if (value === undefined) throw new UsageError(`${args[i]} needs a value`);
			options.set(args[i], [...(options.get(args[i]) ?? []), value]);
			i += args[i] === '--help' ? 0 : 1;
		}
	}
	if (files.length !== 1 && !options.has('--help')) throw new UsageError('name one file of ballots');
	return { file: files[0], options };
}

/** @param {string} text @param {string} name @returns {number} */
function number(text, name) {
	if (!/^[0-9]{1,16}$/.test(text)) throw new UsageError(`${name}: expected a number, found '${text}'`);
	return Number(text);
}

/** "2=3/2,4=2" @param {string|undefined} text @param {number} num @returns {[number, number][]|null} */
function ratiosOf(text, num) {
	if (text === undefined) return null;
	const out = Array.from({ length: num }, () => /** @type {[number, number]} */ ([1, 1]));
	for (const part of text.split(',')) {
		const found = /^([0-9]{1,4})=([0-9]{1,9})(?:\/([0-9]{1,9}))?$/.exec(part);
		if (found === null || out[Number(found[1]) - 1] === undefined) throw new UsageError(`--ratio: expected such as 2=3/2, found '${part}'`);
		out[Number(found[1]) - 1] = [Number(found[2]), Number(found[3] ?? 1)];
	}
	return out;
}

/** @param {Map<string, string[]>} options @param {number} num */
function lotOf(options, num) {
	const list = options.get('--lot')?.[0];
	const seed = options.get('--lot-seed')?.[0];
	if (list !== undefined) return list.split(',').map((part) => number(part, '--lot') - 1);
	return seed === undefined ? null : deriveLot(num, lotSeed(seed), 0);
}

/** @param {string[]} args @returns {Promise<Uint8Array>} what to print */
async function main(args) {
	const { file, options } = optionsOf(args);
	const one = (name) => options.get(name)?.[0];
	const numeric = (name) => (one(name) === undefined ? undefined : number(/** @type {string} */ (one(name)), name));
	if (options.has('--help')) return utf8(USAGE);
	const bytes = new Uint8Array(await readFile(/** @type {string} */ (file)));
	const isCsv = /^\ufeff?(title|seats|ranks|scores),/.test(fromUtf8(bytes.subarray(0, 10)));
	const ballots = isCsv ? csv.parse(bytes) : blt.parse(bytes);
	for (const text of options.get('--withdraw') ?? []) ballots.withdrawn.add(number(text, '--withdraw') - 1);
	const format = one('--convert');
	if (format !== undefined) {
		if (!Object.hasOwn(FORMATS, format)) throw new UsageError('--convert: expected blt, abif or csv');
		return FORMATS[format].write(ballots);
	}
	const method = findMethod(one('--method') ?? '');
	if (method === undefined) throw new UsageError(`there is no method '${one('--method') ?? ''}'`);
	const defaultOption = numeric('--default-option');
	const account = count(method, ballots, {
		seats: numeric('--seats') ?? ballots.seats,
		minimum: numeric('--minimum') ?? 0,
		defaultOption: defaultOption === undefined ? null : defaultOption - 1,
		quorum: numeric('--quorum') ?? 0,
		ratios: ratiosOf(one('--ratio'), ballots.names.length),
		lot: lotOf(options, ballots.names.length),
	});
	return concat(writeAccount(account), utf8('\n'));
}

try {
	process.stdout.write(await main(process.argv.slice(2)));
} catch (error) {
	console.error(`count: ${error instanceof Refusal ? error.detail : error.message}`);
	if (error instanceof UsageError) console.error(USAGE);
	process.exitCode = error instanceof LotMissing ? 3 : 2;
}

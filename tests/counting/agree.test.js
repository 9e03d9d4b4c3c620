// SPDX-License-Identifier: Apache-2.0
// Two implementations of specs/counting.md, held against each other: `tabella count` and client-js/core/count.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import * as abif from '../../client-js/core/count/abif.js';
import * as csv from '../../client-js/core/count/ballot_csv.js';
import * as blt from '../../client-js/core/count/blt.js';
import { count, writeAccount } from '../../client-js/core/count/count.js';
import { LotMissing } from '../../client-js/core/count/lot.js';
import { methods } from '../../client-js/core/count/methods.js';
import { someElection, someOptions } from '../../client-js/core/count/testing.mjs';
import { fromUtf8 } from '../../client-js/crypto/bytes.js';
import { Refusal } from '../../client-js/crypto/err.js';

const ELECTIONS = process.env.TB_LONG ? 1500 : 150;
const PROGRAM = fileURLToPath(new URL('../../client-js/count.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'count-'));
const file = join(folder, 'ballots');
test.after(() => rmSync(folder, { recursive: true }));

/** @param {string[]} args @returns {{status: number|null, out: string, err: string}} */
function tabella(...args) {
	const { status, stdout, stderr } = spawnSync(join(String(process.env.TB_BUILD), 'tabella'), ['count', file, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
	return { status, out: stdout, err: stderr };
}

/** @param {import('../../client-js/core/count/count.js').Options} options @returns {string[]} */
function argsOf({ seats, lot, minimum, defaultOption, quorum, ratios }) {
	const out = ['--seats', String(seats)];
	if (lot) out.push('--lot', lot.map((i) => i + 1).join());
	if (minimum) out.push('--minimum', String(minimum));
	if (defaultOption !== null) out.push('--default-option', String(Number(defaultOption) + 1));
	if (quorum) out.push('--quorum', String(quorum));
	const unequal = (ratios ?? []).flatMap(([a, b], i) => (i === defaultOption ? [] : [`${i + 1}=${a}/${b}`]));
	if (unequal.length > 0) out.push('--ratio', unequal.join());
	return out;
}

/** What this implementation says: the account, or what it refuses and with which exit status C does. */
function own(method, ballots, options) {
	try {
		return { status: 0, out: `${fromUtf8(writeAccount(count(method, ballots, options)))}\n` };
	} catch (error) {
		if (error instanceof LotMissing) return { status: 3, out: `{"error":"${error.detail.split(", ").slice(0, 5).join(", ")}` };
		if (error instanceof Refusal) return { status: 2, out: error.detail };
		throw error;
	}
}

test('both give the same account, byte for byte [COUNT.JSON]', () => {
	const counted = Object.fromEntries(methods.map(({ id }) => [id, 0]));
	const seen = { 0: 0, 2: 0, 3: 0 };
	for (let e = 0; e < ELECTIONS; e++) {
		const { ballots, chance } = someElection(`agree ${e}`, { hasScores: e % 5 === 1 });
		writeFileSync(file, csv.write(ballots));
		for (const method of methods.filter(({ needsScores }, m) => (m + e) % 5 === 0 && (!needsScores || ballots.hasScores))) {
			const options = someOptions(chance, method, ballots);
			const mine = own(method, ballots, options);
			const args = ['--method', method.id, ...argsOf(options), '--json'];
			const theirs = tabella(...args);
			const where = `election ${e}: ${args.join(' ')}\n${fromUtf8(csv.write(ballots))}`;
			assert.equal(theirs.status, mine.status, `${where}${theirs.err}${mine.out}`);
			if (mine.status === 0) assert.equal(theirs.out, mine.out, where);
			if (mine.status === 3) assert(theirs.out.startsWith(mine.out), `${where}${theirs.out}${mine.out}`);
			counted[method.id]++;
			seen[mine.status]++;
		}
	}
	console.log(`# ${seen[0]} counts, ${seen[3]} without the lot they need, ${seen[2]} refused`);
	assert(Object.values(counted).every((n) => n >= ELECTIONS / 6) && seen[3] > 0 && seen[0] > 10 * seen[2]);
});

test('as programs they print the same, and draw the same lot from a text [COUNT.LOT]', () => {
	const { ballots } = someElection('program');
	writeFileSync(file, csv.write(ballots));
	for (const id of ['scottish-stv', 'schulze', 'borda']) {
		const args = ['--method', id, '--seats', '2', '--lot-seed', 'numbers of Saturday', '--withdraw', '1'];
		const own = spawnSync(process.execPath, [PROGRAM, file, ...args], { encoding: 'utf8' });
		assert.equal(own.stdout, tabella(...args, '--json').out);
		assert.equal(own.status, 0);
	}
	writeFileSync(file, '3 1\n1 1 0\n1 2 0\n1 3 0\n0\n"A"\n"B"\n"C"\n');
	assert.equal(tabella('--method', 'irv').status, 3);
	assert.equal(spawnSync(process.execPath, [PROGRAM, file, '--method', 'irv']).status, 3);
	assert.equal(spawnSync(process.execPath, [PROGRAM, file, '--method', 'stv']).status, 2);
	for (const lot of ['numbers of Saturday', 'y', 'x'])
		assert.equal(spawnSync(process.execPath, [PROGRAM, file, '--method', 'irv', '--lot-seed', lot], { encoding: 'utf8' }).stdout, tabella('--method', 'irv', '--lot-seed', lot, '--json').out);
});

test('both write the same files [COUNT.BLT] [COUNT.ABIF] [COUNT.CSV]', () => {
	for (let e = 0; e < ELECTIONS / 10; e++) {
		const { ballots } = someElection(`files ${e}`, { hasScores: e % 3 === 2 });
		ballots.names = ballots.names.map((name, i) => ['a"b', 'c,d', '[e]', 'f\\g', 'ünï', ' h '][(e + i) % 7] ?? name);
		ballots.title = [null, 'A "title", [and] more\\'][e % 2];
		ballots.seats = e % 4;
		for (const [name, { write }] of Object.entries({ csv, abif, ...(ballots.hasScores ? {} : { blt }) })) {
			writeFileSync(file, csv.write(ballots));
			assert.equal(tabella('--convert', name).out, fromUtf8(write(ballots)), `${name} of ${e}`);
			if (name === 'abif' && ballots.total === 0) continue; // without a ballot nothing says in ABIF that they have scores
			writeFileSync(file, write(ballots));
			assert.equal(tabella('--convert', 'csv').out, fromUtf8(csv.write(name === 'blt' ? blt.parse(blt.write(ballots)) : ballots)), `${name} of ${e}, read`);
		}
	}
});

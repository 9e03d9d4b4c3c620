// SPDX-License-Identifier: Apache-2.0
// Real and published elections, section 7 of specs/counting.md: tests/counting/cases.tsv says how each is counted, who is elected, and where
// the round figures of a returning officer, a secretary or another program stand.  Those whose licence does not let them be here are
// read from the folder that TABELLA_COUNTING_CASES names, and are counted as left out when it is not set.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from './blt.js';
import { count } from './count.js';
import { LotMissing } from './lot.js';
import { findMethod } from './methods.js';

const HERE = fileURLToPath(new URL('../../../tests/counting', import.meta.url));
const ELSEWHERE = process.env.TABELLA_COUNTING_CASES;
const FIELDS = ['file', 'method', 'seats', 'options', 'expected', 'reference', 'licence'];
const cases = readFileSync(join(HERE, 'cases.tsv'), 'utf8').trimEnd().split('\n').slice(1)
	.map((line) => Object.fromEntries(line.split('\t').slice(0, FIELDS.length).map((text, i) => [FIELDS[i], text])));
const mayBeHere = ({ licence }) => /^(own|MIT|Apache|Debian|public record)/.test(licence);

/** "lot=3,1,2 default=3 ratios=2=3" @param {string} text @param {number} num */
function optionsOf(text, num) {
	const named = Object.fromEntries(text.split(' ').filter((part) => part !== '-').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
	const ratios = Array.from({ length: num }, () => /** @type {[number, number]} */ ([1, 1]));
	for (const part of (named.ratios ?? '').split(',').filter(Boolean)) ratios[Number(part.split('=')[0]) - 1][0] = Number(part.split('=')[1]);
	return {
		lot: named.lot === undefined ? null : named.lot.split(',').map((number) => Number(number) - 1),
		defaultOption: named.default === undefined ? null : Number(named.default) - 1,
		quorum: Number(named.quorum ?? 0),
		ratios: named.ratios === undefined ? null : ratios,
	};
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const numbersOf = (text) => (text === '' ? [] : text.split(/[,=]/).map(Number));

/** @param {string} expected @param {() => any} run @returns {any} the account, if there is one */
function checkElected(expected, run, { seats, lot }) {
	const [how, who] = expected.split(':');
	const isOpen = (how === 'tie' && lot === null) || (how === 'levels' && seats === 1 && !who.includes('>') && who.includes('='));
	if (isOpen) {
		assert.throws(run, (error) => error instanceof LotMissing && assert.deepEqual(sorted(error.between), sorted(numbersOf(who)).map((number) => number - 1)) === undefined);
		return null;
	}
	const account = run();
	if (how === 'levels') assert.deepEqual(account.rounds.map(({ of }) => of), who.split('>').map((level) => sorted(numbersOf(level))));
	else if (how === 'tie') assert(account.elected.length === 1 && numbersOf(who).slice(0, 2).includes(account.elected[0]));
	else if (how === 'order') assert.deepEqual(account.elected, numbersOf(who));
	else if (how === 'differs') assert.notEqual(account.elected.length, numbersOf(who).length);
	else {
		assert.equal(how, 'set');
		assert.deepEqual(sorted(account.elected), sorted(numbersOf(who)));
	}
	return how === 'differs' ? null : account;
}

/** The votes of a round, where the reference has them. @param {any} round @param {Record<string, string|null>} votes */
function checkVotes(round, votes) {
	assert(Object.keys(votes).length > 0);
	for (const [number, votesOf] of Object.entries(votes)) if (votesOf !== null) assert.equal(round.votes[Number(number) - 1], votesOf, `votes of ${number}`);
}

const kinds = {
	official(account, { stages }) {
		assert.equal(account.rounds.length, stages.length);
		stages.forEach(({ exact, nontransferable }, i) => {
			checkVotes(account.rounds[i], exact);
			assert.equal(account.rounds[i].non_transferable, nontransferable);
		});
	},
	openstv(account, { rounds }) {
		assert(rounds.length > 0);
		rounds.forEach(({ votes, exhausted, quota }, i) => {
			checkVotes(account.rounds[i], votes);
			assert.equal(account.rounds[i].non_transferable, exhausted);
			if (account.method !== 'irv-1') assert.equal(account.rounds[i].quota, quota);
		});
	},
	/** Scottish STV: the state after each transfer; Meek: the first decision of each round.  Droop makes a stage of a surplus of 0. */
	droop(account, { actions }) {
		const isMeek = account.method === 'meek-prf-1';
		let last = 0;
		let states = actions.filter(({ tag, round, msg }) => {
			const isState = isMeek ? ['elect', 'defeat', 'tie'].includes(tag) && round !== last : ['begin', 'transfer'].includes(tag);
			if (!isState || (String(msg).includes('Surplus transferred') && String(msg).includes('(0.00000)'))) return false;
			last = round;
			return true;
		});
		if (isMeek && states.length === 0) states = [{ votes: actions[0].votes }];
		assert.equal(account.rounds.length, states.length);
		states.forEach(({ votes, quota }, i) => {
			checkVotes(account.rounds[i], votes);
			if (quota !== undefined) assert.equal(account.rounds[i].quota, quota);
		});
	},
	counts: (account, { counts }) => checkVotes(account.rounds[0], counts),
	burlington: (account, { openstv }) => kinds.openstv(account, openstv),
	debian(account, { official }) {
		assert.deepEqual(account.pairwise, official.matrix);
		assert.deepEqual(account.rounds[0].excluded, official.dropped_quorum);
		assert.deepEqual(account.rounds[1].excluded, official.dropped_majority);
	},
};

/** @param {any} account @param {string} folder @param {string} reference "kind:file#part" */
function checkFigures(account, folder, reference) {
	const found = /^([a-z-]+):([^#]+)(?:#(.+))?$/.exec(reference);
	if (found === null) return 0;
	const [, kind, name, part] = found;
	const json = JSON.parse(readFileSync(join(folder, name), 'utf8'));
	if (part === undefined) kinds[kind](account, json);
	else {
		const { rounds } = json.results[part];
		kinds[kind.replace('edge-', '')](account, { rounds, actions: rounds });
	}
	return 1;
}

function run(folder, { file, method: id, seats: seatsText, options, expected, reference }) {
	const ballots = parse(new Uint8Array(readFileSync(join(folder, file))));
	const seats = Number(seatsText);
	const method = findMethod(id);
	assert(method !== undefined);
	const whole = { seats, ...optionsOf(options, ballots.names.length) };
	const account = checkElected(expected, () => count(method, ballots, whole), whole);
	return account === null ? 0 : checkFigures(account, folder, reference);
}

/** @param {string} folder @param {any[]} rows */
function runAll(folder, rows) {
	let figures = 0;
	for (const one of rows) {
		try {
			figures += run(folder, one);
		} catch (error) {
			error.message = `${one.file}, ${one.method}: ${error.message}`;
			throw error;
		}
	}
	return figures;
}

test('cases of the repository [COUNT.SCOTTISH] [COUNT.FTSTV] [COUNT.MEEK] [COUNT.IRV] [COUNT.DEBIAN] [COUNT.SCHULZE] [COUNT.BORDA] [COUNT.APPROVAL]', () => {
	const rows = cases.filter(mayBeHere);
	assert.equal(rows.length, 91);
	assert.equal(runAll(HERE, rows), rows.filter(({ reference, expected, options }) => reference.includes(':') && !expected.startsWith('differs') && !(expected.startsWith('tie') && !options.includes('lot'))).length);
});

test('cases from elsewhere', () => {
	const rows = cases.filter((one) => !mayBeHere(one));
	assert.equal(rows.length, 39);
	if (ELSEWHERE === undefined) console.log(`# ${rows.length} cases from elsewhere left out`);
	else runAll(ELSEWHERE, rows);
});

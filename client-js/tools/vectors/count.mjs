// SPDX-License-Identifier: Apache-2.0
import * as abif from '../../core/count/abif.js';
import * as csv from '../../core/count/ballot_csv.js';
import * as blt from '../../core/count/blt.js';
import { count, writeAccount } from '../../core/count/count.js';
import { deriveLot, lotSeed } from '../../core/count/lot.js';
import { findMethod, methods } from '../../core/count/methods.js';
import { someElection, someOptions } from '../../core/count/testing.mjs';
import { fromHex, fromUtf8, utf8 } from '../../crypto/bytes.js';
import { collect, seeded } from './kit.mjs';

/** Candidates from 1, 0 or an empty list: none. */
const optionsOf = ({ seats, lot, minimum, default_option, quorum, ratios }) => ({
	seats, minimum, quorum, lot: lot.length === 0 ? null : lot.map((number) => number - 1), defaultOption: default_option === 0 ? null : default_option - 1, ratios: ratios.length === 0 ? null : ratios,
});

export const ops = {
	'count.run': ({ method, csv_text, ...options }) =>
		({ account_text: fromUtf8(writeAccount(count(/** @type {any} */ (findMethod(method)), csv.parse(utf8(csv_text)), optionsOf(options)))) }),
	'count.files'({ csv_text }) {
		const ballots = csv.parse(utf8(csv_text));
		return { csv_text: fromUtf8(csv.write(ballots)), abif_text: fromUtf8(abif.write(ballots)), blt_text: ballots.hasScores ? null : fromUtf8(blt.write(ballots)) };
	},
	'count.lot_seed': ({ text }) => ({ lot_seed: lotSeed(text) }),
	'count.lot': ({ lot_seed, question, candidates }) => ({ order: deriveLot(candidates, fromHex(lot_seed), question).map((candidate) => candidate + 1) }),
};

const NONE = { seats: 1, lot: [], minimum: 0, default_option: 0, quorum: 0, ratios: [] };
const LOT = [3, 1, 5, 2, 4];
const CYCLE = 'ranks,A,B,C,D,E\n3,1,2,3,,\n3,3,1,2,,\n3,2,3,1,,\n2,,,,1,\n2,,,,2,1\n1,1,1,1,1,1\n';
const TIES = 'ranks,A,B,C,D,E\n2,1,,2,,\n1,,2,,1,\n2,,2,,,1\n2,,,2,,1\n';
const RARE = 'ranks,A,"B, ""b""",C,D\nwithdrawn,,x,,\n3,1,2,,4\n2,1,1,,\n5,,,,\n1,3,,1,1\n4,1,2,,7\n9007199254740000,,,2,1\n';

/** What is rare, by every method. @param {(name: string, input: any) => any} good @param {(name: string, rule: string, input: any) => any} bad */
function specialCases(good, bad) {
	for (const { id, oneSeat, needsScores, hasMinimum, rule } of methods) {
		if (needsScores) continue;
		const method = { ...NONE, method: id, seats: oneSeat ? 1 : 2 };
		good(`${id}: a cycle and equals`, { ...method, csv_text: CYCLE, lot: LOT });
		good(`${id}: ties`, { ...method, csv_text: TIES, lot: LOT });
		good(`${id}: withdrawn, empty, shared, huge`, { ...method, csv_text: RARE });
		good(`${id}: only empty ballots`, { ...method, csv_text: 'ranks,A,B\n7,,\n', lot: [2, 1] });
		good(`${id}: nobody stands`, { ...method, csv_text: 'ranks,A\nwithdrawn,x\n7,1\n' });
		good(`${id}: one candidate`, { ...method, csv_text: 'ranks,A,B\nwithdrawn,,x\n7,1,2\n1,,1\n' });
		bad(`${id}: a tie without a lot`, 'COUNT.LOT', { ...method, seats: 1, csv_text: 'ranks,A,B\n2,1,2\n2,2,1\n' });
		bad(`${id}: no seat`, rule, { ...method, csv_text: CYCLE, lot: LOT, seats: 0 });
		if (hasMinimum) good(`${id}: a minimum`, { ...method, csv_text: CYCLE, lot: LOT, minimum: 4 });
		else bad(`${id}: a minimum`, rule, { ...method, csv_text: CYCLE, lot: LOT, minimum: 4 });
		if (oneSeat) bad(`${id}: two seats`, rule, { ...method, csv_text: CYCLE, lot: LOT, seats: 2 });
	}
	good('equal surpluses: who had more before', { ...NONE, method: 'scottish-stv-2007', seats: 3, csv_text: 'ranks,A,B,C,D,E\n8,1,,,,\n10,,1,,,\n4,2,,1,,\n2,,2,1,,\n7,,,,1,\n9,,,,,1\n' });
	const meek = { ...NONE, method: 'meek-prf-1', seats: 2 };
	good('the surplus below 0.000001 ends a round', { ...meek, lot: [1, 2, 3], csv_text: 'ranks,A,B,C\n3,,,\n1,1,,\n1,1,2,\n1,,1,1\n1,2,1,3\n2,2,2,1\n2,,2,1\n' });
	good('a surplus that no longer falls ends a round', { ...meek, lot: [1, 2, 3, 4], csv_text: 'ranks,A,B,C,D\n1,2,1,3,3\n10000000020,,2,1,2\n1,,,,1\n' });
	good('score-1: scores', { ...NONE, method: 'score-1', seats: 2, csv_text: 'scores,A,B,C\n3,5,0,1000000\n2,2,7,7\n4,,,\n' });
	bad('score-1: ranks', 'COUNT.SCORE', { ...NONE, method: 'score-1', csv_text: CYCLE });
}

/** @param {(name: string, input: any) => any} good @param {(name: string, rule: string, input: any) => any} bad */
function debianCases(good, bad) {
	const debian = { ...NONE, method: 'condorcet-debian-1.9', csv_text: CYCLE, lot: LOT };
	good('a default option', { ...debian, default_option: 4 });
	good('a quorum and ratios', { ...debian, default_option: 4, quorum: 3, ratios: [[2, 1], [9, 4], [9, 5], [1, 1], [1, 1]] });
	good('a quorum that nobody has', { ...debian, default_option: 4, quorum: 10 });
	bad('a quorum without a default option', 'COUNT.DEBIAN', { ...debian, quorum: 3 });
	bad('ratios without a default option', 'COUNT.DEBIAN', { ...debian, ratios: [[2, 1], [1, 1], [1, 1], [1, 1], [1, 1]] });
	bad('a ratio of 0', 'COUNT.DEBIAN', { ...debian, default_option: 4, ratios: [[1, 0], [1, 1], [1, 1], [1, 1], [1, 1]] });
	bad('a ratio for the default option', 'COUNT.DEBIAN', { ...debian, default_option: 4, ratios: [[1, 1], [1, 1], [1, 1], [2, 1], [1, 1]] });
	bad('a default option that is withdrawn', 'COUNT.DEBIAN', { ...debian, lot: [], csv_text: RARE, default_option: 2 });
	bad('a default option elsewhere', 'COUNT.SCHULZE', { ...debian, method: 'schulze-wv-1', default_option: 4 });
	good('equal defeats, of which the one with more against it is weaker', { ...debian, lot: [], csv_text: 'ranks,A,B,C\n3,1,2,3\n3,3,1,2\n3,2,3,1\n1,1,,\n' });
}

/** Elections by chance, three methods each. @param {(name: string, input: any) => any} good */
function someCases(good) {
	for (let e = 0; e < 20; e++) {
		const { ballots, chance } = someElection(`vectors ${e}`, { hasScores: e % 7 === 3 });
		for (const method of methods.filter(({ needsScores }, m) => (m + e) % 3 === 0 && (!needsScores || ballots.hasScores))) {
			const { seats, minimum, quorum, ratios, defaultOption } = someOptions(chance, method, ballots);
			good(`election ${e}: ${method.id}`, {
				method: method.id, csv_text: fromUtf8(csv.write(ballots)), seats, minimum, quorum, ratios: ratios ?? [],
				lot: chance.order(ballots.names.length).map((i) => i + 1), default_option: defaultOption === null ? 0 : Number(defaultOption) + 1,
			});
		}
	}
}

export function make() {
	const c = collect(ops, {
		topic: 'count',
		about: 'Ballots as CSV, options and the account of their count, by every method; files in every format; lots. Candidates are numbered from 1; an empty lot or list of ratios and a default option of 0: there is none.',
		source: 'client-js',
		spec: ['COUNT.BALLOT', 'COUNT.EQUAL', 'COUNT.ORDER', 'COUNT.TIE', 'COUNT.LOT', 'COUNT.MINIMUM', 'COUNT.SCOTTISH', 'COUNT.FTSTV', 'COUNT.IRV', 'COUNT.MEEK', 'COUNT.PAIRWISE', 'COUNT.DEBIAN', 'COUNT.SCHULZE',
			'COUNT.BORDA', 'COUNT.PLURALITY', 'COUNT.APPROVAL', 'COUNT.SCORE', 'COUNT.ACCOUNT', 'COUNT.JSON', 'COUNT.BLT', 'COUNT.ABIF', 'COUNT.CSV'],
	});
	const good = (name, input) => c.good('count.run', name, input);
	const bad = (name, rule, input) => c.bad('count.run', name, rule, input);
	specialCases(good, bad);
	debianCases(good, bad);
	someCases(good);
	c.good('count.files', 'ranks', { csv_text: `title,"A ""title"", [and] \\"\nseats,3\n${RARE}` });
	c.good('count.files', 'scores', { csv_text: 'scores,[A],f\\g\n2,7,6\n1,7,7\n1,,5\n3,7,\n1,,\n1,7,7\n' });
	c.good('count.files', 'no ballots', { csv_text: 'ranks,A,ü\n' });
	c.good('count.lot_seed', 'a text', { text: 'numbers of Saturday' });
	for (const [question, candidates] of [[0, 1], [0, 20], [1, 20], [2 ** 32, 500]]) c.good('count.lot', `question ${question}, ${candidates} candidates`, { lot_seed: seeded(`count lot ${question}`, 64), question, candidates });
	return c.file();
}

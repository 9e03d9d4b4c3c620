// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { fromUtf8, hex, utf8 } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { amountText, Sums } from './amount.js';
import * as csv from './ballot_csv.js';
import { Ballots, checkName } from './ballots.js';
import * as blt from './blt.js';
import { schwartzSet } from './condorcet_debian.js';
import { count, writeAccount } from './count.js';
import { deriveLot, LotMissing, lotSeed } from './lot.js';
import { findMethod, methods } from './methods.js';
import { multiplyUp } from './stv_meek.js';
import { Chance, someElection, someOptions } from './testing.mjs';

/** @param {string} text rows of CSV behind the heading "ranks" or "scores" */
const parse = (text) => csv.parse(utf8(text));
/** @param {string} id @param {string} text @param {Partial<import('./count.js').Options>} [options] */
const run = (id, text, options) => count(/** @type {import('./count.js').Method} */ (findMethod(id)), parse(text), { seats: 1, ...options });
/** @param {() => any} act @param {string} rule @param {RegExp} [detail] */
const refused = (act, rule, detail = /./) => assert.throws(act, (error) => error.rule === rule && detail.test(error.detail), `${rule} ${detail}`);

test('products and sums are exact [COUNT.EXACT]', () => {
	const chance = new Chance('products');
	const ONE = 1_000_000_000;
	const some = () => [0, 1, 2, ONE - 1, ONE, 32768, 32767, 999_999_488][chance.below(16)] ?? chance.below(ONE + 1);
	for (let i = 0; i < 20000; i++) {
		const [w, k] = [some(), some()];
		assert.equal(BigInt(multiplyUp(w, k)), (BigInt(w) * BigInt(k) + 999_999_999n) / 1_000_000_000n, `${w} * ${k}`);
	}
	const sums = new Sums(3);
	const due = [0n, 0n, 0n];
	for (let i = 0; i < 5000; i++) {
		const [at, weight, share] = [chance.below(2), chance.happens(20) ? chance.below(2 ** 32) * 2 ** 20 + chance.below(1000) : chance.below(2 ** 22 + 2), chance.below(2 ** 30)];
		sums.add(at, weight, share);
		due[at] += BigInt(weight) * BigInt(share);
	}
	assert.deepEqual(sums.all(), due);
	assert.deepEqual([0, 1, 2].map((i) => sums.isZero(i)), [false, false, true]);
	assert.deepEqual([amountText(0n, 0), amountText(12n, 0), amountText(12n, 5), amountText(1234567n, 5)], ['0', '12', '0.00012', '12.34567']);
});

test('neither order nor grouping nor gaps in ranks have any influence [COUNT.BALLOT]', () => {
	for (let e = 0; e < 40; e++) {
		const { ballots, chance } = someElection(`order ${e}`);
		const other = new Ballots({ names: ballots.names, withdrawn: [...ballots.withdrawn] });
		for (const i of chance.order(ballots.groups.length)) {
			const { weight, ranks } = ballots.groups[i];
			const marks = ballots.names.map((_, candidate) => ranks.findIndex((level) => level.includes(candidate)) * 3 + 3);
			const first = weight > 1 ? 1 + chance.below(Math.min(weight - 1, 2 ** 31)) : weight;
			other.add(marks, first);
			if (weight > first) other.add(marks, weight - first);
		}
		assert.deepEqual(csv.write(other), csv.write(ballots));
		for (const method of methods.filter(({ needsScores }) => !needsScores)) {
			const options = { ...someOptions(chance, method, ballots), lot: chance.order(ballots.names.length) };
			assert.deepEqual(writeAccount(count(method, other, options)), writeAccount(count(method, ballots, options)));
		}
	}
});

test('in every round all votes are somewhere, and transfers explain the figures [COUNT.ACCOUNT]', () => {
	const units = (text) => BigInt(text.replace('.', ''));
	let transfers = 0;
	for (let e = 0; e < 60; e++) {
		const { ballots, chance } = someElection(`votes ${e}`);
		for (const id of ['scottish-stv', 'ftstv', 'meek', 'irv']) {
			const method = /** @type {import('./count.js').Method} */ (findMethod(id));
			const account = count(method, ballots, { ...someOptions(chance, method, ballots), lot: chance.order(ballots.names.length) });
			let before;
			for (const round of account.rounds) {
				const now = [round.non_transferable ?? '', ...(round.votes ?? [])].map(units);
				assert.equal(now.reduce((sum, votes) => sum + votes), BigInt(account.ballots.valid) * 10n ** BigInt(method.decimals));
				if (before !== undefined) {
					for (const [from, to, amount] of round.transfers ?? []) {
						before[from] -= units(amount);
						before[to] += units(amount);
						transfers++;
					}
					assert.deepEqual(before, now);
				}
				before = now;
			}
			assert.equal(account.fates.filter(({ elected }) => elected).length, account.elected.length);
			assert.deepEqual([...account.elected].sort(), account.rounds.flatMap(({ elected }) => elected).sort());
		}
	}
	assert(transfers > 500);
});

test('a ballot is read up to the first rank that is shared [COUNT.EQUAL]', () => {
	const text = 'ranks,A,B,C\n4,1,2,2\n3,,1,\n2,1,1,\n1,,,\n';
	const account = run('irv', text);
	assert.deepEqual(account.ballots, { total: 10, empty: 1, valid: 7 });
	assert.deepEqual(account.rounds[0].votes, ['4', '3', '0']);
	assert.deepEqual(run('approval', text).ballots, { total: 10, empty: 1, valid: 9 });
	/* A withdrawn candidate shares no rank. */
	assert.deepEqual(run('plurality', text.replace('\n', '\nwithdrawn,,x,\n')).rounds[0].votes, ['6', '0', '0']);
});

test('ties: the latest round that differs, narrowing, then the lot [COUNT.TIE] [COUNT.LOT]', () => {
	/* D and E have one vote each and go by lot; then B and C are equal, and were not in the first round. */
	const text = 'ranks,A,B,C,D,E\n9,1,,,,\n4,,1,,,\n5,,,1,,\n1,,2,,1,\n1,,,,,1\n';
	const account = run('scottish', text, { lot: [4, 3, 2, 1, 0], seats: 1 });
	assert.deepEqual(account.rounds[1].ties, [{ for: 'exclude', tied: [4, 5], round: 0, lot: [4, 5], chosen: 4 }]);
	assert.deepEqual(account.rounds[3].ties, [{ for: 'exclude', tied: [2, 3], round: 1, lot: [], chosen: 2 }]);
	assert.throws(() => run('scottish', text), (error) => error instanceof LotMissing && error.rule === 'COUNT.LOT' && error.between.join() === '3,4');
	/* Elected is the lot's first, excluded its last. */
	const equal = 'ranks,A,B,C\n1,1,,\n1,,1,\n1,,,1\n';
	assert.deepEqual(run('plurality', equal, { lot: [2, 0, 1], seats: 2 }).elected, [3, 1]);
	assert.deepEqual(run('plurality', equal, { lot: [2, 0, 1], seats: 2 }).rounds[0].ties.map(({ tied }) => tied), [[1, 2, 3], [1, 2]]);
	assert.deepEqual(run('irv', equal, { lot: [2, 0, 1] }).rounds[1].excluded, [2]);
	/* Of equal surpluses that of the one who had more before goes first. */
	assert.deepEqual(run('scottish', 'ranks,A,B,C,D,E\n8,1,,,,\n10,,1,,,\n4,2,,1,,\n2,,2,1,,\n7,,,,1,\n9,,,,,1\n', { seats: 3 }).rounds[2].ties,
		[{ for: 'surplus', tied: [1, 2], round: 1, lot: [], chosen: 2 }]);
	refused(() => run('irv', equal, { lot: [0, 1] }), 'COUNT.LOT');
	refused(() => run('irv', equal, { lot: [0, 1, 1] }), 'COUNT.LOT');
});

test('the lot from a seed [COUNT.LOT]', () => {
	const seed = lotSeed('numbers of Saturday');
	assert.equal(seed.length, 64);
	const order = deriveLot(20, seed, 3);
	const key = (i) => hex(sha256(seed, new Uint8Array([0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, i])));
	assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
	order.slice(1).forEach((i, k) => assert(key(order[k]) < key(i)));
	assert.notDeepEqual(deriveLot(20, seed, 4), order);
});

test('equals stand by votes and then by number [COUNT.ORDER]', () => {
	assert.deepEqual(run('plurality', 'ranks,A,B,C,D\n3,1,,,\n5,,1,,\n3,,,1,\n3,,,,1\n', { seats: 4 }).elected, [2, 1, 3, 4]);
});

test('too few votes leave the seat empty [COUNT.MINIMUM]', () => {
	const text = 'ranks,A,B\n5,1,\n3,,1\n';
	for (const id of ['plurality', 'approval', 'scottish', 'meek']) {
		const account = run(id, text, { seats: 2, minimum: 4 });
		assert.deepEqual([account.elected, account.fates[1].why, account.fates[1].elected, account.minimum], [[1], 'below-minimum', false, 4], id);
	}
	for (const id of ['borda', 'schulze', 'condorcet']) refused(() => run(id, text, { minimum: 1 }), /** @type {import('./count.js').Method} */ (findMethod(id)).rule);
});

test('the account has its members in their order [COUNT.JSON]', () => {
	const text = 'ranks,A,B\n2,1,2\n1,,1\n';
	const members = (id) => Object.keys(run(id, text)).join();
	assert.equal(members('meek'), 'tabella_count,method,seats,minimum,candidates,ballots,rounds,elected,fates');
	assert.equal(members('borda'), 'tabella_count,method,seats,candidates,ballots,rounds,elected,fates');
	assert.equal(members('condorcet'), 'tabella_count,method,seats,default_option,quorum,ratios,candidates,ballots,rounds,pairwise,elected,fates');
	assert.equal(members('schulze'), 'tabella_count,method,seats,candidates,ballots,rounds,pairwise,paths,elected,fates');
	assert.equal(Object.keys(run('meek', text).rounds[0]).join(), 'action,of,quota,votes,non_transferable,keep,iterations,transfers,elected,excluded,ties');
	assert.equal(Object.keys(run('irv', text).rounds[0]).join(), 'action,of,quota,votes,non_transferable,transfers,elected,excluded,ties');
	assert.equal(Object.keys(run('schulze', text).rounds[0]).join(), 'action,of,pairs,elected,excluded,ties');
	assert.equal(Object.keys(run('borda', text).rounds[0]).join(), 'action,of,votes,elected,excluded,ties');
});

test('pairwise: above, or ranked at all [COUNT.PAIRWISE]', () => {
	assert.deepEqual(run('schulze', 'ranks,A,B,C,D\n3,1,1,2,\n2,,,1,\n', { lot: [0, 1, 2, 3] }).pairwise, [[0, 0, 3, 3], [0, 0, 3, 3], [2, 2, 0, 5], [0, 0, 0, 0]]);
});

test('quorum, ratios and the weakest defeats [COUNT.DEBIAN]', () => {
	const cycle = 'ranks,A,B,C,D\n6,1,2,3,4\n5,3,1,2,4\n4,2,3,1,4\n';
	const account = run('condorcet', cycle);
	assert.deepEqual(account.rounds.map(({ of, pairs }) => [of, pairs]), [[[1, 2, 3], [[3, 1, 9, 6]]], [[1], []]]);
	assert.deepEqual(account.elected, [1]);
	/* Of equally strong defeats the one with more votes against it is the weaker. */
	assert.deepEqual(run('condorcet', 'ranks,A,B,C\n3,1,2,3\n3,3,1,2\n3,2,3,1\n1,1,,\n').rounds[0].pairs, [[3, 1, 6, 4]]);
	const strict = 'ranks,A,D\n4,1,\n2,,1\n';
	assert.equal(run('condorcet', strict, { defaultOption: 1, quorum: 5 }).fates[0].why, 'no-quorum');
	assert.equal(run('condorcet', strict, { defaultOption: 1, quorum: 4, ratios: [[3, 1], [1, 1]] }).fates[0].why, 'no-ratio');
	assert.equal(run('condorcet', strict, { defaultOption: 1, quorum: 4, ratios: [[2, 1], [1, 1]] }).fates[0].why, 'unbeaten');
	assert.equal(run('condorcet', 'ranks,A,D\n2,1,\n2,,1\n', { defaultOption: 1 }).fates[0].why, 'no-ratio');
	for (const options of [{ quorum: 1 }, { ratios: [[2, 1], [1, 1]] }, { defaultOption: 2 }, { defaultOption: 1, ratios: [[1, 1], [2, 1]] }, { defaultOption: 1, ratios: [[0, 1], [1, 1]] }, { seats: 2 }])
		refused(() => run('condorcet', strict, /** @type {any} */ (options)), 'COUNT.DEBIAN');
});

test('the Schwartz set is that of its definition [COUNT.DEBIAN]', () => {
	const chance = new Chance('schwartz');
	for (let e = 0; e < 400; e++) {
		const n = 1 + chance.below(8);
		const all = Array.from({ length: n }, (_, i) => i);
		const defeats = new Uint8Array(n * n);
		for (const a of all) for (const b of all) if (a < b && chance.happens(e % 100)) defeats[chance.happens(50) ? a * n + b : b * n + a] = 1;
		const reaches = (a, b) => {
			const seen = new Set();
			for (let next = [a]; next.length > 0;) next = next.flatMap((i) => all.filter((k) => defeats[i * n + k] === 1 && !seen.has(k) && seen.add(k)));
			return seen.has(b);
		};
		assert.deepEqual(schwartzSet(all, defeats, n), all.filter((a) => all.every((b) => reaches(a, b) || !reaches(b, a))));
	}
});

test('totals [COUNT.BORDA] [COUNT.PLURALITY] [COUNT.APPROVAL] [COUNT.SCORE] [COUNT.SCHULZE]', () => {
	const text = 'ranks,A,B,C,D\n1,1,,2,\n1,,,,\n1,1,1,2,3\n';
	assert.deepEqual(run('borda', text).rounds[0].votes, ['5.5', '3.0', '3.0', '0.5']);
	assert.deepEqual(run('approval', text, { seats: 4 }).rounds[0].votes, ['2', '1', '2', '1']);
	assert.deepEqual(run('plurality', text).rounds[0].votes, ['1', '0', '0', '0']);
	assert.deepEqual(run('score', 'scores,A,B\n2,5,1\n1,,1000000\n').rounds[0].votes, ['10', '1000002']);
	refused(() => run('score', text), 'COUNT.SCORE');
	assert.deepEqual(run('schulze', 'ranks,A\n1,\n').fates[0], { elected: false, why: 'no-votes', round: 0, votes: '0' });
	assert.deepEqual(run('schulze', 'ranks,A\n1,1\n').elected, [1]);
});

test('what cannot be counted is refused [COUNT.BALLOT] [COUNT.NAME]', () => {
	refused(() => run('irv', 'ranks,A\n1,1\n', { seats: 0 }), 'COUNT.IRV');
	refused(() => run('irv', 'ranks,A\n1,1\n', { seats: 2 }), 'COUNT.IRV');
	refused(() => run('scottish', 'ranks,A\n1,1\n', { seats: 501 }), 'COUNT.SCOTTISH');
	refused(() => run('scottish', 'ranks,A\n1,1\n', { defaultOption: 0 }), 'COUNT.SCOTTISH');
	const ballots = new Ballots({ names: ['A', 'B'] });
	for (const [marks, weight] of [[[1], 1], [[1, -1], 1], [[1, 65536], 1], [[1, 1.5], 1], [[1, 2], 0], [[1, 2], 2 ** 53]]) refused(() => ballots.add(marks, weight), 'COUNT.BALLOT');
	ballots.add([1, 2], 2 ** 53 - 1);
	refused(() => ballots.add([1, 2]), 'COUNT.BALLOT', /too many/);
	for (const name of ['', 'x'.repeat(501), 'a\nb', '\u202e', '\u200f', '\ufeff', '\u2028', '\u0085', '\ud800']) refused(() => checkName(name), 'COUNT.NAME');
	assert.equal(checkName('ä'.repeat(250)).length, 250);
	refused(() => new Ballots({ names: new Array(501).fill('x') }), 'COUNT.BALLOT');
	assert.equal(findMethod('s'), undefined);
	assert.equal(findMethod('schulze')?.id, 'schulze-wv-1');
});

test('files: what is written is read, what is wrong is named with its line [COUNT.BLT] [COUNT.CSV]', () => {
	for (let e = 0; e < 40; e++) {
		const { ballots } = someElection(`files ${e}`, { hasScores: e % 2 === 1 });
		assert.deepEqual(csv.write(csv.parse(csv.write(ballots))), csv.write(ballots));
		if (ballots.hasScores) refused(() => blt.write(ballots), 'COUNT.BLT');
		else assert.deepEqual(blt.write(blt.parse(blt.write(ballots))), blt.write(ballots));
	}
	const guarded = parse("title,@x\nranks,=1+1,'-a,'b,''+c\n1,1,2,3,4\n");
	assert.deepEqual([guarded.title, guarded.names], ['@x', ['=1+1', '-a', "'b", "'+c"]]);
	assert.equal(fromUtf8(csv.write(guarded)), 'title,"\'@x"\nranks,"\'=1+1","\'-a","\'b","\'\'+c"\n1,1,2,3,4\n');
	assert.deepEqual(csv.write(csv.parse(csv.write(guarded))), csv.write(guarded));
	const wrongTables = { 'x,A\n': 1, 'ranks,A\n1,1,2\n': 2, 'ranks,A\n1,1\n1,x\n': 3, 'ranks,A\n0x1,1\n': 2, 'ranks,A\n1,0\n': 2, 'ranks,A\n1,65536\n': 2, 'ranks,"A\n': 1, 'ranks,a"b\n': 1, 'ranks,A\nwithdrawn,y\n': 2, 'seats,x\nranks,A\n': 1 };
	for (const [text, line] of Object.entries(wrongTables)) refused(() => parse(text), 'COUNT.CSV', new RegExp(`^line ${line}:`));
	const wrongLists = { 'x 1': 1, '2 1\n3 1 2 0\n1 3 0\n0\n"A"\n"B"\n': 3, '2 1\n1 1 1 0\n': 2, '1 1\n0\n"A': 3, '1 1\n0\nA\n': 3, '1 1\n# 2\n1 x 0': 3, '1 1\n1 1': 2, '1 1\n0\n"A"\n"t"\n"u"\n"v"\n"w"\n': 7 };
	for (const [text, line] of Object.entries(wrongLists)) refused(() => blt.parse(utf8(text)), 'COUNT.BLT', new RegExp(`^line ${line}:`));
	refused(() => blt.parse(new Uint8Array([0xff])), 'COUNT.BLT');
	refused(() => csv.parse(new Uint8Array([0xff])), 'COUNT.CSV');
	const read = blt.parse(utf8('\ufeff3 2 # head\n-2\n2 1 - 2=3 0 1 0\n0 "a ""b""" "#" "c" "title" "x" ""'));
	assert.deepEqual([read.names, read.title, read.seats, [...read.withdrawn], read.groups.map(({ weight, ranks }) => [weight, ranks])],
		[['a "b"', '#', 'c'], 'title', 2, [1], [[1, []], [2, [[0], [1, 2]]]]]);
});

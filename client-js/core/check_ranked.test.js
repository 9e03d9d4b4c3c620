// SPDX-License-Identifier: Apache-2.0
// The verifier over a board with ranked questions, in memory.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { testCode } from '../tools/vectors/code.mjs';
import { fromUtf8, utf8 } from '../crypto/bytes.js';
import { leafHash, Tree } from '../crypto/merkle.js';
import { parse as parseBase64 } from './base64.js';
import { Board } from './board.js';
import { verifyBoard } from './check.js';
import * as checkpoints from './checkpoint.js';
import { logKey, signKey } from './credential.js';
import * as entries from './entry.js';
import * as results from './result_entry.js';
import * as tiles from './tile.js';

const { elections } = JSON.parse(readFileSync(new URL('../../specs/vectors/ranked_election.json', import.meta.url), 'utf8'));
const LOG = logKey(testCode('server'));
const ranked = elections.ranked.map(utf8);
const typeOf = (bytes) => JSON.parse(fromUtf8(bytes)).type;
const first = (type) => ranked.findIndex((bytes) => typeOf(bytes) === type);

/** A source of a board of these entries, signed by its server. @param {Uint8Array[]} list */
function sourceOf(list) {
	const tree = new Tree();
	for (const entry of list) tree.append(leafHash(entry));
	const { origin } = JSON.parse(fromUtf8(parseBase64(JSON.parse(fromUtf8(list[0])).payload)));
	const files = new Map([['log/checkpoint', checkpoints.sign({ origin, size: list.length, root: tree.root() }, LOG.seed, LOG.public)]]);
	for (const { level, index, width, path } of tiles.each(list.length))
		files.set(`log/${path}`, level === 'entries' ? tiles.writeBundle(list.slice(256 * index, 256 * index + width)) : tiles.ofTree(tree, level, index, width));
	return { get: async (path) => files.get(path) };
}

const board = new Board();
for (const bytes of ranked) board.append(bytes);

/** The board with the payload of one entry changed by its signer. @param {number} index @param {(payload: Uint8Array) => Uint8Array} alter */
function altered(index, alter) {
	const { type, time, signer, payload } = entries.parse(ranked[index]);
	const code = signer === 'server' ? 'server' : signer.replace('trustee/', 't');
	const role = signer === 'server' ? 'server' : 'trustee';
	const { election, context } = board;
	const other = entries.sign({ election, context, type, time, signer, payload: alter(payload) }, signKey(testCode(code), role).key, new Uint8Array(32)).bytes;
	return ranked.map((bytes, i) => (i === index ? other : bytes));
}
/** @param {number} at from the end if negative */
const flip = (at) => (payload) => payload.map((byte, i) => (i === (at < 0 ? payload.length + at : at) ? byte ^ 1 : byte));
const failuresOf = async (list) => (await verifyBoard(sourceOf(list))).failures.map(({ check, rule, entry }) => `${check} ${rule} ${entry}`);

test('a board with mixes is verified, and what is public about ballots is said [CHECK] [MIX] [RANK.RESULT] [RANK.COUNT]', async () => {
	const report = await verifyBoard(sourceOf(ranked));
	assert.deepEqual(report.failures, []);
	assert.equal(report.verdict, 'verified');
	assert.deepEqual(report.checks.slice(14).map(({ name, covered, state }) => [name, covered, state]), [['mixes', 2, 'ok'], ['decryption shares', 2, 'ok'], ['result', 1, 'ok']]);
	assert.equal(report.statements.filter(({ code }) => code === 'ballots-public').length, 2);
	const [seats] = results.parse(board.result, board.manifest).questions;
	assert.deepEqual(seats.elected, ['b', 'a']);
	assert.equal(seats.count.valid + seats.count.invalid.length, 5);
});

test('of a board whose mixes are missing nothing is verified [MIX.WHEN] [DECRYPT.LIST]', async () => {
	const without = ranked.filter((bytes) => typeOf(bytes) !== 'mix');
	const report = await verifyBoard(sourceOf(without));
	assert.equal(report.verdict, 'false');
	assert.equal(report.failures[0].rule, 'DECRYPT.LIST');
	const unfinished = await verifyBoard(sourceOf(ranked.slice(0, first('decrypt'))));
	assert.equal(unfinished.verdict, 'unfinished');
	assert.equal(unfinished.checks[14].state, 'ok');
});

test('one false mix, list or result is one failure [CHECK.RECOVERY] [SHUFFLE.VERIFY] [DLEQ.LIST]', async () => {
	const [mix, decrypt, result] = [first('mix'), first('decrypt'), first('result')];
	assert.deepEqual(await failuresOf(altered(mix, flip(-32))), [`15 SHUFFLE.VERIFY ${mix}`]);
	const lotLength = 128; // the lot comes last: Z, then a, b and z
	assert.deepEqual(await failuresOf(altered(decrypt, flip(-lotLength - 32))), [`16 DLEQ.LIST ${decrypt}`]);
	assert.deepEqual(await failuresOf(altered(result, (payload) => utf8(fromUtf8(payload).replace('"valid":4', '"valid":5')))), [`17 RESULT.ENTRY ${result}`]);
});

test('after a mix that cannot be read nothing is judged that rests on it [CHECK.RECOVERY] [MIX]', async () => {
	const mix = first('mix');
	const report = await verifyBoard(sourceOf(altered(mix, (payload) => payload.slice(0, -1))));
	assert.deepEqual(report.failures.map(({ rule, entry }) => `${rule} ${entry}`), [`MIX ${mix}`]);
	assert.deepEqual(report.checks.slice(14).map(({ notJudged }) => notJudged), [1, 2, 1]);
});

test('shares that cannot be read do not fix who had endorsed before the decryption [CHECK.RECOVERY] [RESULT.ENTRY]', async () => {
	const endorsements = ranked.filter((bytes) => typeOf(bytes) === 'endorse');
	const late = endorsements[endorsements.length - 1];
	const decrypt = first('decrypt');
	const broken = altered(decrypt, (payload) => payload.slice(0, -1))[decrypt];
	const list = ranked.flatMap((bytes, i) => (bytes === late ? [] : i === decrypt ? [broken, late, bytes] : [bytes]));
	const failures = await failuresOf(list);
	assert.deepEqual(failures.filter((one) => !one.includes('ENTRY.TIME')), [`16 DECRYPT.SHARE ${decrypt - 1}`]);
});

test('shares under a false head or proof are one failure, and the result stays right [CHECK.RECOVERY]', async () => {
	for (const at of [0, 1, -1, -129]) {
		const found = await failuresOf(altered(first('decrypt'), flip(at)));
		assert.equal(found.length, 1, `byte ${at}: ${found.join(', ')}`);
		assert.match(found[0], /^16 /);
	}
});

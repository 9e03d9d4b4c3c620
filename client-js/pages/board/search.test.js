// SPDX-License-Identifier: Apache-2.0
// Searching: names as people type them, and a server that says what the board does not.
import assert from 'node:assert/strict';
import test from 'node:test';
import { utf8 } from '../../crypto/bytes.js';
import { allBallots, fold, inTurn, latestBallot, readQuery, Roll } from './search.js';

const roll = new Roll();
for (const [id, label] of [['v1', 'Åse Müller'], ['v2', 'Jose Muller'], ['muller', 'Somebody'], ['v10', 'علي حسن']]) roll.add({ id, label, weight: 1 });

test('names are found without accents and case, ids too, the exact one first', () => {
	const ids = (query) => roll.find(query).map(({ id }) => id);
	assert.deepEqual(ids('mul'), ['v1', 'v2', 'muller']);
	assert.deepEqual(ids('MULLER'), ['muller', 'v1', 'v2']);
	assert.deepEqual(ids('muller ase'), ['v1']);
	assert.deepEqual(ids('v1'), ['v1', 'v10']);
	assert.deepEqual(ids('حسن'), ['v10']);
	assert.deepEqual(ids('  '), []);
	assert.deepEqual(ids('nobody'), []);
	assert.equal(roll.labelOf('v2'), 'Jose Muller');
	assert.equal(fold('ÄÇ'), 'ac');
});

test('a number is an entry where there is one', () => {
	assert.deepEqual(readQuery(' #17 ', 20), { entry: 17, words: '#17' });
	assert.deepEqual(readQuery('17', 17), { entry: null, words: '17' });
	assert.deepEqual(readQuery('voter/a.b', 17), { entry: null, words: 'a.b' });
});

/** A log of these signers. */
function makeView(signers) {
	const entries = signers.map((signer, i) => utf8(`{"type":"${signer.startsWith('voter/') ? 'ballot' : 'notice'}","time":${i},"signer":"${signer}","payload":""}`));
	return { history: { open: { index: 0 } }, log: { head: { size: entries.length }, entry: async (index) => entries[index], bundle: async (n) => entries.slice(256 * n, 256 * n + 256) } };
}

test('a ballot that the server names must be one of that voter', async () => {
	const view = makeView(['server', 'voter/a', 'voter/b', 'admin']);
	assert.deepEqual(await latestBallot(view, { ballot: { index: 1 } }, 'a'), { index: 1, time: 1 });
	assert.equal(await latestBallot(view, { ballot: null }, 'a'), null);
	assert.deepEqual(await latestBallot(view, { ballot: { index: 9 } }, 'a'), { index: 9, time: 0 });
	for (const index of [2, 3, -1, 1.5, '1e99']) await assert.rejects(latestBallot(view, { ballot: { index } }, 'a'), { name: 'Refusal', rule: 'HTTP.VOTER' });
});

test('all ballots of a voter are found by reading everything, and reading can be stopped', async () => {
	const view = makeView(Array.from({ length: 700 }, (_, i) => (i % 100 === 7 ? 'voter/a' : i % 2 ? 'voter/b' : 'admin')));
	const parts = [];
	assert.deepEqual(await allBallots(view, 'a', (part) => parts.push(part), new AbortController().signal), [7, 107, 207, 307, 407, 507, 607]);
	assert.deepEqual(parts.map((part) => part.toFixed(2)), ['0.33', '0.67', '1.00']);
	const stop = new AbortController();
	await assert.rejects(allBallots(view, 'a', () => stop.abort(), stop.signal), { name: 'AbortError' });
});

test('a few tasks at a time, in their order', async () => {
	let running = 0;
	let most = 0;
	const out = await inTurn(Array.from({ length: 40 }, (_, i) => i), async (i) => {
		most = Math.max(most, ++running);
		await new Promise((done) => setTimeout(done, 1));
		running--;
		return i * i;
	});
	assert.deepEqual(out, Array.from({ length: 40 }, (_, i) => i * i));
	assert.ok(most > 1 && most <= 6);
});

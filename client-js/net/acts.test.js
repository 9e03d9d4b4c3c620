// SPDX-License-Identifier: Apache-2.0
// [HTTP.ACTS] What a server leaves out is found where a few entries show it, and nothing is called complete that is not.
import assert from 'node:assert/strict';
import test from 'node:test';
import { utf8 } from '../crypto/bytes.js';
import { checkActs, namedIn } from './acts.js';

const SETUP = ['manifest', 'roll', 'roll', 'trustee.commit', 'trustee.certify', 'notice', 'open'];
const POLLS = ['ballot', 'ballot', 'notice', 'extend', 'ballot'];
const END = ['close', 'endorse', 'decrypt', 'result', 'notice'];

/** A log of entries of these types, and a server that does not name those at `hidden`. @param {string[]} types @param {number[]} [hidden] */
async function check(types, hidden = []) {
	const asked = /** @type {number[]} */ ([]);
	const log = { head: { size: types.length }, entry: async (/** @type {number} */ index) => (asked.push(index), utf8(`{"type":"${types[index]}","time":1,"signer":"x","payload":""}`)) };
	const isAct = (/** @type {string} */ type) => !['roll', 'roll.change', 'ballot'].includes(type);
	const state = { size: types.length, acts: types.flatMap((type, index) => (isAct(type) && !hidden.includes(index) ? [index] : [])) };
	const named = namedIn(state, types.length);
	const all = (/** @type {string} */ type) => named.filter((index) => types[index] === type).map((index) => ({ index, ballots: types.filter((one) => one === 'ballot').length }));
	const find = (/** @type {string} */ type) => all(type)[0] ?? null;
	const isComplete = await checkActs(/** @type {any} */ (log), /** @type {any} */ ({ open: find('open'), close: find('close'), cancel: find('cancel'), result: find('result'), endorsements: all('endorse'), decrypts: all('decrypt') }), named);
	return { isComplete, asked };
}

const refused = (/** @type {string[]} */ types, /** @type {number[]} */ hidden) => assert.rejects(check(types, hidden), { rule: 'HTTP.ACTS' }, `${types} without ${hidden}`);

test('an honest server is believed, and the page knows when that is proved', async () => {
	const whole = [...SETUP, ...POLLS, ...END];
	for (let size = 1; size <= whole.length; size++) {
		const { isComplete } = await check(whole.slice(0, size));
		assert.equal(isComplete, size < SETUP.length || size > SETUP.length + POLLS.length, `${size} entries`);
	}
	assert.equal((await check([...SETUP, 'roll.change', ...POLLS, ...END])).isComplete, false, 'a change of the roll is no ballot');
	assert.equal((await check([...SETUP.slice(0, 3), 'cancel', 'notice'])).isComplete, true);
	assert.equal((await check([...SETUP, 'ballot', 'cancel'])).isComplete, false);
	const { isComplete, asked } = await check(['manifest', ...Array.from({ length: 17 }, () => 'roll'), 'notice']);
	assert.deepEqual([isComplete, asked], [false, []], 'a large roll is not read');
});

test('what is hidden before the opening, at the end, or after it, is found', async () => {
	const whole = [...SETUP, ...POLLS, ...END];
	for (const [index, type] of whole.entries()) {
		if (['manifest', 'roll', 'ballot', 'notice', 'extend'].includes(type) && index !== 5 && index !== whole.length - 1) continue;
		await refused(whole, [index]);
	}
	for (let size = 2; size <= whole.length; size++) if (!['roll', 'ballot'].includes(whole[size - 1])) await refused(whole.slice(0, size), [size - 1]);
	await refused(whole, [12, 13, 14, 15, 16]);
	await refused([...SETUP, ...POLLS, 'cancel', 'notice'], [12, 13]);
	await refused([...SETUP, ...POLLS, 'cancel', 'notice'], [13]);
});

test('what is hidden among the ballots is not called complete', async () => {
	for (const hidden of [[9], [10], [9, 10]]) assert.equal((await check([...SETUP, ...POLLS, ...END], hidden)).isComplete, false);
});

test('a state of less than the checkpoint is refused; a size that nobody can have is no work', async () => {
	assert.throws(() => namedIn({ size: 3, acts: [0] }, 4), { rule: 'HTTP.ACTS' });
	assert.throws(() => namedIn({ acts: [0] }, 1), { rule: 'HTTP.ACTS' });
	assert.deepEqual(namedIn({ size: 9, acts: [3, 0, 3, 'x', -1, 4.5, 8] }, 5), [0, 3]);
	const nothing = { open: null, close: null, cancel: null, result: null, endorsements: [], decrypts: [] };
	const log = { head: { size: 2 ** 53 - 1 }, entry: async (/** @type {number} */ index) => utf8(`{"type":"${index > 4 ? 'ballot' : 'roll'}","time":1,"signer":"voter/x","payload":""}`) };
	assert.equal(await checkActs(/** @type {any} */ (log), /** @type {any} */ ({ ...nothing, open: { index: 4 } }), [0, 2, 3, 4]), false);
	log.entry = async () => utf8('{"type":"roll","time":1,"signer":"registrar","payload":""}');
	assert.equal(await checkActs(/** @type {any} */ (log), /** @type {any} */ (nothing), [0]), false);
});

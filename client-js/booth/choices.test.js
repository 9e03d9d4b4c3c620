// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { choiceBits, define } from '../crypto/bitproof.js';
import { judge, nothing, orderOf, set, setBlank, sum } from './choices.js';

const choose = define({ m: 4, S: 1, min: 1, max: 2, blank: true });
const one = define({ m: 3, S: 1, min: 0, max: 1, blank: false });
const score = define({ m: 2, S: 5, min: 0, max: 10, blank: false });

test('[BALLOT.BITS] what the booth lets pass can be encrypted, and nothing else', () => {
	for (const d of [choose, one, score]) {
		for (let n = 0; n < (d.S + 1) ** d.m; n++) {
			const values = Array.from({ length: d.m }, (_, i) => Math.floor(n / (d.S + 1) ** i) % (d.S + 1));
			const choice = { blank: false, values };
			if (sum(choice) > d.max) continue; // set() does not lead there
			const encrypt = () => choiceBits(d, choice);
			if (judge(d, choice) === 'few') assert.throws(encrypt, /BALLOT.BITS/);
			else encrypt();
		}
	}
	choiceBits(choose, setBlank(choose, true));
	assert.equal(judge(choose, setBlank(choose, true)), 'blank');
	assert.equal(judge(choose, setBlank(choose, false)), 'few');
});

test('the limit holds, and one of one gives way', () => {
	let choice = set(choose, nothing(choose), 0, 1).choice;
	assert.equal(judge(choose, choice), 'partial');
	choice = set(choose, choice, 1, 1).choice;
	assert.equal(judge(choose, choice), 'full');
	assert.deepEqual(set(choose, choice, 2, 1), { choice, isFull: true });
	assert.deepEqual(set(choose, choice, 0, 0).choice.values, [0, 1, 0, 0]);
	assert.deepEqual(set(one, set(one, nothing(one), 0, 1).choice, 2, 1).choice.values, [0, 0, 1]);
	assert.equal(judge(one, nothing(one)), 'empty');
	assert.deepEqual(set(score, nothing(score), 1, 5).choice.values, [0, 5]);
});

test('blank and options take each other back', () => {
	const chosen = set(choose, setBlank(choose, true), 3, 1).choice;
	assert.deepEqual(chosen, { blank: false, values: [0, 0, 0, 1] });
	assert.deepEqual(setBlank(choose, true), { blank: true, values: [0, 0, 0, 0] });
});

test('[BOOTH.ORDER] every order comes about as often as any other', () => {
	assert.deepEqual(orderOf('fixed', 5), [0, 1, 2, 3, 4]);
	const seen = new Map();
	for (let i = 0; i < 6000; i++) {
		const order = orderOf('random', 3).join('');
		seen.set(order, (seen.get(order) ?? 0) + 1);
	}
	assert.equal(seen.size, 6);
	for (const [order, count] of seen) assert.ok(count > 800 && count < 1200, `${order}: ${count} of 6000`); // 7 standard deviations
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../tools/vectors/kit.mjs';
import { getGroup } from '../crypto/group.js';
import { quota } from './endorse.js';
import { elect, outcome } from './result.js';
import { discreteLog } from './tally.js';

test('logarithms up to the bound, and not beyond [DECRYPT.COMBINE]', () => {
	const group = getGroup('ristretto255');
	for (const bound of [0, 1, 2, 3, 10, 99, 100, 101])
		for (let v = 0; v <= bound + 3; v++)
			assert.equal(discreteLog(group, group.multiply(BigInt(v), group.generator), bound), v <= bound ? v : undefined, `${v} of ${bound}`);
	assert.equal(discreteLog(group, group.multiply(group.q - 1n, group.generator), 1000), undefined);
	assert.equal(discreteLog(group, group.multiply(1234567n, group.generator), 2000000), 1234567);
});

test('two quotas share at least as many endorsers as decrypt [ENDORSE] [PROOF.ENDORSE]', () => {
	for (let N = 1; N <= 40; N++)
		for (let t = 1; t <= Math.min(N, 20); t++) {
			const k = quota(N, t);
			assert(k <= N && 2 * k - N >= t && 2 * (k - 1) - N < t, `${t} of ${N}`);
		}
});

test('the lot orders equal totals and nothing else [RESULT.ELECTED] [LOT]', () => {
	const question = { id: 'q', options: ['a', 'b', 'c', 'd'].map((id) => ({ id })), score_max: 1, winners: 2, quorum: null, approval: null };
	const poll = { counted: 9, weightCounted: 9, electorate: 9, weightElectorate: 9 };
	const firsts = new Set();
	for (let i = 0; i < 40; i++) {
		const { approved, elected, ties } = elect(question, 0, poll, [2, 5, 2, 2], seeded(`lot ${i}`, 64));
		assert.equal(approved[0], 'b');
		assert.deepEqual([...approved].sort(), ['a', 'b', 'c', 'd']);
		assert.deepEqual(elected, approved.slice(0, 2));
		assert.deepEqual(ties, [{ options: ['a', 'c', 'd'], order: approved.slice(1), cut: true }]);
		firsts.add(approved[1]);
	}
	assert.equal(firsts.size, 3);
	assert.equal(outcome({ ...question, quorum: { count: 10 } }, poll, 0), 'void');
	assert.equal(outcome(question, poll, 10), 'withheld');
	assert.equal(outcome(question, poll, 9), 'decided');
});

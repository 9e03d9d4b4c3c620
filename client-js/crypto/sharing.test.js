// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../tools/vectors/kit.mjs';
import { getGroup } from './group.js';
import { mod, reduce } from './scalar.js';
import { evaluate, evaluateCommitments, lagrange } from './sharing.js';

test('any t shares give the secret, in any order, and t - 1 do not [DECRYPT.COMBINE]', () => {
	const { q } = getGroup('ristretto255');
	for (const [n, t] of [[1, 1], [3, 2], [5, 3], [6, 6]]) {
		const polynomial = Array.from({ length: t }, (_, k) => reduce(seeded(`sharing ${n} ${t} ${k}`, 64), q));
		const combined = (indices) => indices.reduce((sum, j) => mod(sum + lagrange(indices, j, q) * evaluate(polynomial, j, q), q), 0n);
		for (let set = 0; set < 1 << n; set++) {
			const indices = Array.from({ length: n }, (_, k) => k + 1).filter((j) => (set >> (j - 1)) & 1);
			if (indices.length === 0) continue;
			assert.equal(combined(indices) === polynomial[0], indices.length >= t, `${indices} of ${n}, threshold ${t}`);
			assert.equal(combined([...indices].reverse()), combined(indices));
		}
	}
});

test('commitments evaluate to what the polynomial does [CEREMONY.RECEIVE]', () => {
	const group = getGroup('ristretto255');
	const polynomial = [3n, group.q - 5n, 7n];
	const commitments = polynomial.map((f) => group.multiply(f, group.generator));
	for (let j = 0; j <= 20; j++)
		assert(group.equals(evaluateCommitments(group, commitments, j), group.multiply(evaluate(polynomial, j, group.q), group.generator)));
});

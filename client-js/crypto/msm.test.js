// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../tools/vectors/kit.mjs';
import { Batch, findBad } from './batch.js';
import { combine, getGroup } from './group.js';
import { digitsOf, multiplyMany } from './msm.js';
import { reduce } from './scalar.js';

const scalar = (label, q) => reduce(seeded(label, 64), q);

test('digits add up to the scalar, signed or not', () => {
	for (const k of [0n, 1n, 2n ** 252n, 2n ** 256n - 1n, scalar('digits', 2n ** 255n)])
		for (const w of [1, 2, 7, 8, 15])
			for (const isSigned of w === 1 ? [false] : [false, true]) {
				const digits = [...digitsOf(k, w, isSigned)];
				assert.equal(digits.reduceRight((sum, d) => (sum << BigInt(w)) + BigInt(d), 0n), k, `${k} by ${w}`);
				assert(digits.every((d) => (isSigned ? Math.abs(d) <= 2 ** (w - 1) : d >= 0 && d < 2 ** w)));
			}
});

test('many multiples at once are the sum of each', () => {
	for (const [name, counts] of [['ristretto255', [0, 1, 2, 5, 40]], ['modp4096', [3]]]) {
		const group = getGroup(name);
		for (const n of counts) {
			const points = Array.from({ length: n }, (_, i) => group.multiply(scalar(`point ${i}`, group.q), group.generator));
			const scalars = points.map((_, i) => [0n, 1n, group.q - 1n, -5n, 2n ** 127n][i] ?? scalar(`scalar ${i}`, group.q));
			const expected = combine(group, ...points.map((P, i) => [scalars[i], P]));
			assert(group.equals(multiplyMany(group, scalars, points), expected), `${name}, ${n} points`);
		}
	}
});

test('a batch is zero only if every equation holds, and the bad ones are named [BATCH.RANDOM]', () => {
	const group = getGroup('ristretto255');
	const g = group.generator;
	const items = Array.from({ length: 9 }, (_, i) => ({ k: scalar(`k ${i}`, group.q), P: group.multiply(scalar(`k ${i}`, group.q) + (i === 3 || i === 8 ? 1n : 0n), g) }));
	const areGood = (some) => {
		const batch = new Batch(group);
		for (const { k, P } of some) {
			const e = batch.draw();
			batch.add(e, P);
			batch.addCommon(-e * k, g);
		}
		return batch.isZero();
	};
	assert.deepEqual(findBad(items, areGood), [items[3], items[8]]);
	// Two errors that cancel under equal randomisers, but not under independent ones.
	const opposite = [1n, -1n].map((error) => ({ k: 7n, P: group.multiply(7n + error, g) }));
	assert.deepEqual(findBad(opposite, areGood), opposite);
	assert.deepEqual(findBad([], areGood), []);
});

test('elements outside of the group are found among many [GROUP.MODP.ORDER]', () => {
	const { areMembers, generator, multiply, encode, decodeOwing } = getGroup('modp4096');
	const members = [1n, 2n, 3n].map((k) => multiply(k, generator));
	assert(areMembers(members));
	// A small square passes the Jacobi symbol and is not in the subgroup.
	const four = decodeOwing(encode(4n));
	assert(!areMembers([...members, four]));
	assert(!areMembers([four]));
});

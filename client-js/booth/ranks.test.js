// SPDX-License-Identifier: Apache-2.0
// Whatever a voter does to a ranking, it stays one that may be cast [RANK.CHOICE].
import assert from 'node:assert/strict';
import test from 'node:test';
import { check, define } from '../core/ranking.js';
import * as ranks from './ranks.js';

test('ranks and places are the same thing', () => {
	assert.deepEqual(ranks.placesOf([2, 0, 1, 2]), [[2], [0, 3]]);
	assert.deepEqual(ranks.ranksOf([[2], [0, 3]], 4), [2, 0, 1, 2]);
	assert.deepEqual(ranks.placesOf([0, 0]), []);
	assert.equal(ranks.numRanked([[2], [0, 3]]), 3);
	assert.equal(ranks.placeOf([[2], [0, 3]], 3), 1);
	assert.equal(ranks.placeOf([[2], [0, 3]], 1), -1);
});

test('options are added behind, taken out, and moved past their neighbours', () => {
	assert.deepEqual(ranks.append([[1]], 0), [[1], [0]]);
	assert.deepEqual(ranks.append([[1], [0]], 1), [[0], [1]], 'again: to the end');
	assert.deepEqual(ranks.without([[1], [0]], 1), [[0]]);
	assert.deepEqual(ranks.step([[0], [1], [2]], 2, -1), [[0], [2], [1]]);
	assert.deepEqual(ranks.step([[0], [1], [2]], 0, 1), [[1], [0], [2]]);
	assert.deepEqual(ranks.step([[0], [1]], 0, -1), [[0], [1]], 'the first stays');
	assert.deepEqual(ranks.step([[0], [1]], 1, 1), [[0], [1]], 'the last too');
	assert.deepEqual(ranks.moveTo([[0], [1], [2]], 0, 2), [[1], [2], [0]]);
	assert.deepEqual(ranks.moveTo([[0], [1], [2]], 2, 0), [[2], [0], [1]]);
});

test('a shared place is left to the side that one steps to', () => {
	assert.deepEqual(ranks.toggleShared([[0], [1], [2]], 1), [[0, 1], [2]]);
	assert.deepEqual(ranks.toggleShared([[0, 1], [2]], 1), [[0], [1], [2]]);
	assert.deepEqual(ranks.toggleShared([[0], [1]], 0), [[0], [1]], 'nobody is above the first');
	assert.deepEqual(ranks.step([[0, 1], [2]], 1, -1), [[1], [0], [2]]);
	assert.deepEqual(ranks.step([[0, 1], [2]], 0, 1), [[1], [0], [2]]);
});

test('everything that can be done to five options in four steps is a ranking', () => {
	const def = define({ m: 5, min: 0, max: 5, equal: true });
	const seen = new Set();
	const walk = (places, depth) => {
		check(def, ranks.ranksOf(places, 5));
		assert.deepEqual(ranks.ranksOf(ranks.placesOf(ranks.ranksOf(places, 5)), 5), ranks.ranksOf(places, 5));
		const key = JSON.stringify([places, depth]);
		if (depth === 0 || seen.has(key)) return;
		seen.add(key);
		for (let option = 0; option < 5; option++) {
			walk(ranks.append(places, option), depth - 1);
			if (ranks.placeOf(places, option) < 0) continue;
			for (const next of [ranks.without(places, option), ranks.step(places, option, 1), ranks.step(places, option, -1), ranks.toggleShared(places, option), ranks.moveTo(places, option, 0)])
				walk(next, depth - 1);
		}
	};
	walk([[0], [1]], 4);
	assert.ok(seen.size > 100);
});

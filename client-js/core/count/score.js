// SPDX-License-Identifier: Apache-2.0
// [COUNT.SCORE] Scores are added up.
import { Sums } from './amount.js';

/** @type {import('./count.js').Method} */
export const score = {
	id: 'score-1',
	name: 'Score',
	rule: 'COUNT.SCORE',
	decimals: 0,
	equalRanks: true,
	needsScores: true,
	run(c) {
		const sums = new Sums(c.num);
		for (const { ranks, scores, weight } of c.groups) ranks.forEach((level, k) => level.forEach((i) => sums.add(i, weight, /** @type {number[]} */ (scores)[k])));
		c.addRound('totals', { votes: sums.all() });
		c.electMost(sums.all());
	},
};

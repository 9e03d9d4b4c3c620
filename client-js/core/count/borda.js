// SPDX-License-Identifier: Apache-2.0
// [COUNT.BORDA] n-1 points for the first place, 0 for the last; equals share their places.
import { Sums } from './amount.js';

/** @type {import('./count.js').Method} */
export const borda = {
	id: 'borda-1',
	name: 'Borda count',
	rule: 'COUNT.BORDA',
	decimals: 1,
	equalRanks: true,
	run(c) {
		const sums = new Sums(c.num);
		const { standing } = c;
		for (const { ranks, weight } of c.groups) {
			if (ranks.length === 0) continue;
			const named = new Set(ranks.flat());
			let best = standing.length - 1; // what the next place is worth
			for (const level of [...ranks, standing.filter((i) => !named.has(i))]) {
				// The mean of best and the last of these places: tenths, so five times their sum.
				const tenths = 5 * (best + best - level.length + 1);
				for (const i of level) sums.add(i, weight, tenths);
				best -= level.length;
			}
		}
		c.addRound('totals', { votes: sums.all() });
		c.electMost(sums.all());
	},
};

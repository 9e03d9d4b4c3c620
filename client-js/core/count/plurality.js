// SPDX-License-Identifier: Apache-2.0
// [COUNT.PLURALITY] One vote for the first preference.
import { Sums } from './amount.js';
import { strictOrder } from './ballots.js';

/** @type {import('./count.js').Method} */
export const plurality = {
	id: 'plurality-1',
	name: 'Plurality',
	rule: 'COUNT.PLURALITY',
	decimals: 0,
	hasMinimum: true,
	run(c) {
		const sums = new Sums(c.num);
		for (const group of c.groups) {
			const [first] = strictOrder(group);
			if (first !== undefined) sums.add(first, group.weight, 1);
		}
		c.addRound('totals', { votes: sums.all() });
		c.electMost(sums.all());
	},
};

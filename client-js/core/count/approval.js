// SPDX-License-Identifier: Apache-2.0
// [COUNT.APPROVAL] One approval for everybody on the ballot.
import { Sums } from './amount.js';

/** @type {import('./count.js').Method} */
export const approval = {
	id: 'approval-1',
	name: 'Approval',
	rule: 'COUNT.APPROVAL',
	decimals: 0,
	equalRanks: true,
	hasMinimum: true,
	run(c) {
		const sums = new Sums(c.num);
		for (const { ranks, weight } of c.groups) for (const level of ranks) for (const i of level) sums.add(i, weight, 1);
		c.addRound('totals', { votes: sums.all() });
		c.electMost(sums.all());
	},
};

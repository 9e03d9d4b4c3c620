// SPDX-License-Identifier: Apache-2.0
// [COUNT.IRV] Exclusions until somebody has more than half of the votes in play.
import { runStv } from './stv.js';

/** @type {import('./count.js').Method} */
export const irv = {
	id: 'irv-1',
	name: 'Instant-runoff voting',
	rule: 'COUNT.IRV',
	decimals: 0,
	oneSeat: true,
	hasMinimum: true,
	run: (c) => runStv(c, { majority: true, zeroBatch: false, needsVotes: true }),
};

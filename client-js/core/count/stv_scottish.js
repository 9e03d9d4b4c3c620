// SPDX-License-Identifier: Apache-2.0
// [COUNT.SCOTTISH] SSI 2007/42, rules 45 to 52.
import { runStv } from './stv.js';

/** @type {import('./count.js').Method} */
export const scottish = {
	id: 'scottish-stv-2007',
	name: 'Scottish STV',
	rule: 'COUNT.SCOTTISH',
	decimals: 5,
	hasMinimum: true,
	run: (c) => runStv(c, { majority: false, zeroBatch: false, needsVotes: false }),
};

// SPDX-License-Identifier: Apache-2.0
// [COUNT.FTSTV] OpenSTV's fractional transfers, as Maemo and GNOME used them.
import { runStv } from './stv.js';

/** @type {import('./count.js').Method} */
export const fractional = {
	id: 'ftstv-openstv-1.7',
	name: 'Fractional transfer STV',
	rule: 'COUNT.FTSTV',
	decimals: 6,
	hasMinimum: true,
	run: (c) => runStv(c, { majority: false, zeroBatch: true, needsVotes: true }),
};

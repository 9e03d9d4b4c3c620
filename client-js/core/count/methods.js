// SPDX-License-Identifier: Apache-2.0
// Every method, each in the file of its name.
import { approval } from './approval.js';
import { borda } from './borda.js';
import { condorcetDebian } from './condorcet_debian.js';
import { irv } from './irv.js';
import { plurality } from './plurality.js';
import { schulze } from './schulze.js';
import { score } from './score.js';
import { fractional } from './stv_fractional.js';
import { meek } from './stv_meek.js';
import { scottish } from './stv_scottish.js';

/** @type {import('./count.js').Method[]} */
export const methods = [scottish, fractional, meek, irv, condorcetDebian, schulze, borda, plurality, approval, score];

/** By id, or by an id without its version when only one fits ("scottish-stv"). @param {string} id @returns {import('./count.js').Method|undefined} */
export function findMethod(id) {
	const found = methods.filter((method) => method.id === id || method.id.startsWith(`${id}-`));
	return found.find((method) => method.id === id) ?? (found.length === 1 ? found[0] : undefined);
}

// SPDX-License-Identifier: Apache-2.0
// [COUNT.SCHULZE] The strongest paths, by winning votes; level by level where there are more seats.
import { pairwise } from './pairwise.js';

/** Strength of the strongest path from a to b. @param {Float64Array} V @param {number} n @returns {Float64Array} [a * n + b] */
export function strongestPaths(V, n) {
	const P = V.map((votes, at) => (votes > V[(at % n) * n + Math.floor(at / n)] ? votes : 0));
	for (let via = 0; via < n; via++)
		for (let a = 0; a < n; a++) {
			const first = P[a * n + via];
			if (first === 0 || a === via) continue;
			for (let b = 0; b < n; b++) {
				const strength = Math.min(first, P[via * n + b]);
				if (b !== a && strength > P[a * n + b]) P[a * n + b] = strength;
			}
		}
	return P;
}

/** @type {import('./count.js').Method} */
export const schulze = {
	id: 'schulze-wv-1',
	name: 'Schulze (winning votes)',
	rule: 'COUNT.SCHULZE',
	decimals: 0,
	equalRanks: true,
	run(c) {
		const n = c.num;
		const V = pairwise(c);
		c.matrices = { pairwise: V };
		if (c.valid === 0) {
			for (const i of c.standing) c.leave(i, 'no-votes', 0n); // choice (d)
			return;
		}
		const P = strongestPaths(V, n);
		const none = c.names.map(() => 0n);
		c.matrices.paths = P;
		while (c.seatsLeft > 0 && c.standing.length > 0) {
			const { standing } = c;
			const level = standing.filter((b) => standing.every((a) => P[a * n + b] <= P[b * n + a]));
			c.addRound('unbeaten', { of: level, pairs: [] });
			if (level.length > c.seatsLeft) c.electByLot(level, 'unbeaten', none);
			else for (const i of level) c.elect(i, 'unbeaten', 0n);
		}
		for (const i of c.standing) c.leave(i, 'beaten', 0n);
	},
};

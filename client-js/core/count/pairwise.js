// SPDX-License-Identifier: Apache-2.0
// [COUNT.PAIRWISE] How many ballots prefer each candidate to each other one.

/** @param {import('./count.js').Count} c @returns {Float64Array} [a * num + b]: ballots that prefer a to b */
export function pairwise(c) {
	const n = c.num;
	const out = new Float64Array(n * n);
	const { standing } = c;
	for (const { ranks, weight } of c.groups) {
		/* Whom nobody above has beaten yet: the lower ranks and those without one. */
		const below = new Set(standing);
		for (const level of ranks) {
			for (const i of level) below.delete(i);
			for (const a of level) for (const b of below) out[a * n + b] += weight;
		}
	}
	return out;
}

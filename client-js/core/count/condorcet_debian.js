// SPDX-License-Identifier: Apache-2.0
// [COUNT.DEBIAN] The Debian constitution, A.5: quorum, majority, then the Schwartz set without its weakest defeats.
import { pairwise } from './pairwise.js';

/** A defeat: winner, loser, votes for, votes against. @typedef {[number, number, number, number]} Pair */

/** A.5.2 and A.5.3: drops in one round those who fail, and says how they stand to D. @param {import('./count.js').Count} c @param {string} action @param {string} why @param {number} D @param {(i: number) => boolean} holds */
function drop(c, action, why, D, holds) {
	const n = c.num;
	const { pairwise: V } = /** @type {{pairwise: Float64Array}} */ (c.matrices);
	const dropped = c.standing.filter((i) => i !== D && !holds(i));
	c.addRound(action, { pairs: dropped.map((i) => [D, i, V[D * n + i], V[i * n + D]]) });
	for (const i of dropped) c.exclude(i, why, 0n);
}

/** @param {import('./count.js').Count} c @param {number} D */
function againstDefault(c, D) {
	const n = c.num;
	const { pairwise: V } = /** @type {{pairwise: Float64Array}} */ (c.matrices);
	const { quorum, ratios } = c.options;
	drop(c, 'quorum', 'no-quorum', D, (i) => V[i * n + D] >= quorum);
	drop(c, 'majority', 'no-ratio', D, (i) => {
		const [a, b] = ratios?.[i] ?? [1, 1];
		const [won, lost] = [V[i * n + D], V[D * n + i]];
		return BigInt(won) * BigInt(b) >= BigInt(lost) * BigInt(a) && won > lost;
	});
}

/**
 * A.5.6, the Schwartz set: the members of those cycles (or single options) that nobody outside of them defeats.  Cycles are found by
 * Tarjan's algorithm: options that transitively defeat each other are one component.
 * @param {number[]} members @param {Uint8Array} defeats [a * n + b]: does a defeat b? @param {number} n @returns {number[]} by number
 */
export function schwartzSet(members, defeats, n) {
	const component = componentsOf(members, defeats, n);
	const isDefeated = new Uint8Array(n); // by component
	for (const a of members) for (const b of members) if (defeats[a * n + b] === 1 && component[a] !== component[b]) isDefeated[component[b]] = 1;
	return members.filter((i) => isDefeated[component[i]] === 0);
}

/** @param {number[]} members @param {Uint8Array} defeats @param {number} n @returns {Int32Array} a number for each component */
function componentsOf(members, defeats, n) {
	const index = new Int32Array(n).fill(-1);
	const low = new Int32Array(n);
	const component = new Int32Array(n).fill(-1);
	/** @type {number[]} */
	const stack = [];
	let time = 0;
	/** @param {number} a */
	const visit = (a) => { // at most 500 deep [COUNT.BALLOT]
		index[a] = low[a] = time++;
		stack.push(a);
		for (const b of members) {
			if (defeats[a * n + b] === 0 || component[b] >= 0) continue;
			if (index[b] < 0) visit(b);
			low[a] = Math.min(low[a], low[b]);
		}
		if (low[a] !== index[a]) return;
		for (let b = -1; b !== a;) {
			b = /** @type {number} */ (stack.pop());
			component[b] = a;
		}
	};
	for (const a of members) if (index[a] < 0) visit(a);
	return component;
}

/** A.5.7: below 0 when a is weaker than b. @param {Pair} a @param {Pair} b @returns {number} */
const compareDefeats = (a, b) => a[2] - b[2] || b[3] - a[3];

/** All defeats, the weakest first; equally strong ones by winner and loser. @param {number[]} members @param {Float64Array} V @param {number} n @returns {Pair[]} */
const defeatsOf = (members, V, n) =>
	members.flatMap((a) => members.filter((b) => V[a * n + b] > V[b * n + a]).map((b) => /** @type {Pair} */ ([a, b, V[a * n + b], V[b * n + a]])))
		.sort((x, y) => compareDefeats(x, y) || x[0] - y[0] || x[1] - y[1]);

/** @param {import('./count.js').Count} c @param {Float64Array} V */
function decide(c, V) {
	const n = c.num;
	const order = defeatsOf(c.standing, V, n);
	const defeats = new Uint8Array(n * n);
	for (const [winner, loser] of order) defeats[winner * n + loser] = 1;
	/* Who is outside the set stays outside: what defeats them from the set is never dropped.  So it is enough to look at the set. */
	let schwartz = c.standing;
	for (let at = 0; ;) {
		schwartz = schwartzSet(schwartz, defeats, n);
		const isIn = new Set(schwartz);
		const isInside = (/** @type {Pair} */ [winner, loser]) => isIn.has(winner) && isIn.has(loser);
		while (at < order.length && !isInside(order[at])) at++;
		const weakest = order[at];
		const dropped = [];
		for (; at < order.length && compareDefeats(order[at], weakest) === 0; at++) if (isInside(order[at])) dropped.push(order[at]);
		c.addRound('schwartz', { of: schwartz, pairs: dropped });
		if (dropped.length === 0) {
			c.electByLot(schwartz, 'unbeaten', c.names.map(() => 0n));
			return;
		}
		for (const [winner, loser] of dropped) defeats[winner * n + loser] = 0;
	}
}

/** @type {import('./count.js').Method} */
export const condorcetDebian = {
	id: 'condorcet-debian-1.9',
	name: 'Condorcet with a default option (Debian)',
	rule: 'COUNT.DEBIAN',
	decimals: 0,
	oneSeat: true,
	equalRanks: true,
	hasDefault: true,
	run(c) {
		const { defaultOption: D } = c.options;
		const V = pairwise(c);
		c.matrices = { pairwise: V };
		if (D !== null) againstDefault(c, D);
		const isDecided = D !== null || c.valid > 0; // choice (c)
		if (isDecided) decide(c, V);
		for (const i of c.standing) c.leave(i, isDecided ? 'beaten' : 'no-votes', 0n);
	},
};

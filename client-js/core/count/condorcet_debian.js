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

/** Who transitively defeats whom, by the defeats that are left. @param {number[]} members @param {Pair[]} defeats @param {number} n @returns {Uint8Array} [a * n + b] */
function chains(members, defeats, n) {
	const out = new Uint8Array(n * n);
	for (const [winner, loser] of defeats) out[winner * n + loser] = 1;
	for (const via of members)
		for (const a of members) if (out[a * n + via] === 1) for (const b of members) out[a * n + b] |= out[via * n + b];
	return out;
}

/** A.5.7: below 0 when a is weaker than b. @param {Pair} a @param {Pair} b @returns {number} */
const compareDefeats = (a, b) => a[2] - b[2] || b[3] - a[3];

/** @param {import('./count.js').Count} c @param {Float64Array} V */
function decide(c, V) {
	const n = c.num;
	const members = c.standing;
	/** @type {Pair[]} */
	let defeats = members.flatMap((a) => members.filter((b) => V[a * n + b] > V[b * n + a]).map((b) => /** @type {Pair} */ ([a, b, V[a * n + b], V[b * n + a]])));
	for (;;) {
		const reaches = chains(members, defeats, n);
		const schwartz = members.filter((a) => members.every((b) => reaches[a * n + b] === 1 || reaches[b * n + a] === 0));
		const isIn = new Set(schwartz);
		const inside = defeats.filter(([winner, loser]) => isIn.has(winner) && isIn.has(loser));
		const weakest = inside.reduce((weak, one) => (compareDefeats(one, weak) < 0 ? one : weak), inside[0]);
		const dropped = inside.filter((one) => compareDefeats(one, weakest) === 0);
		c.addRound('schwartz', { of: schwartz, pairs: dropped });
		if (dropped.length === 0) {
			c.electByLot(schwartz, 'unbeaten', c.names.map(() => 0n));
			return;
		}
		const gone = new Set(dropped);
		defeats = defeats.filter((one) => !gone.has(one));
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

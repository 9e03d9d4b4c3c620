// SPDX-License-Identifier: Apache-2.0
// Where the votes went, as a drawing: a column for every round, in it a block for everybody with votes, between them what stayed and what was
// transferred.  The table of rounds says the same in figures.

/** @typedef {import('../../core/count/count.js').Account} Account */
/** @typedef {{round: number, candidate: number, y: number, height: number, votes: number, isElected: boolean}} Block candidate 0: non-transferable; rounds from 0 */
/** @typedef {{round: number, from: number, to: number, y0: number, y1: number, thickness: number}} Flow from this round to the next */
/** @typedef {{blocks: Block[], flows: Flow[], height: number, rounds: number}} Layout */

const HEIGHT = 300;
const GAP = 10;
/* Thinner than this nothing is drawn: it would be a scratch. */
const THIN = 0.2;

/** Has this account votes that go from one to another? @param {Account} account */
export const hasFlows = ({ rounds }) => rounds.length > 1 && rounds.every((round) => round.votes !== undefined && round.transfers !== undefined);

/** Who stands above whom, the same in all columns: the elected in order, then who stayed longest, nobody last. @param {Account} account @returns {number[]} candidates from 1, and 0 */
function order({ elected, fates, candidates }) {
	const others = candidates.map((_, i) => i + 1).filter((number) => !elected.includes(number));
	const last = (/** @type {number} */ number) => (fates[number - 1].why === 'excluded' ? fates[number - 1].round : Infinity);
	others.sort((a, b) => (last(a) === last(b) ? Number(fates[b - 1].votes) - Number(fates[a - 1].votes) || a - b : last(b) - last(a)));
	return [...elected, ...others, 0];
}

/** @param {Account} account @returns {Layout} */
export function layout(account) {
	const whole = Math.max(1, account.ballots.valid);
	const ranked = order(account);
	const scale = HEIGHT / whole;
	/** @type {Block[]} */
	const blocks = [];
	/** @type {Set<number>} */
	const elected = new Set();
	account.rounds.forEach((round, r) => {
		for (const number of round.elected) elected.add(number);
		let y = 0;
		for (const candidate of ranked) {
			const votes = Number(candidate === 0 ? round.non_transferable : round.votes?.[candidate - 1]);
			if (!(votes > 0)) continue;
			blocks.push({ round: r, candidate, y, height: votes * scale, votes, isElected: elected.has(candidate) });
			y += votes * scale + GAP;
		}
	});
	const height = Math.max(...blocks.map((block) => block.y + block.height), 1);
	return { blocks, flows: flowsOf(account, blocks, ranked, scale), height, rounds: account.rounds.length };
}

/** @param {Account} account @param {Block[]} blocks @param {number[]} ranked @param {number} scale @returns {Flow[]} */
function flowsOf(account, blocks, ranked, scale) {
	const at = new Map(blocks.map((block) => [`${block.round} ${block.candidate}`, block]));
	const place = new Map(ranked.map((number, i) => [number, i]));
	/** @type {Flow[]} */
	const flows = [];
	for (let round = 0; round + 1 < account.rounds.length; round++) {
		const moved = (account.rounds[round + 1].transfers ?? []).map(([from, to, amount]) => ({ from, to, votes: Number(amount) }));
		const stay = ranked.map((number) => {
			const out = moved.reduce((sum, one) => sum + (one.from === number ? one.votes : 0), 0);
			return { from: number, to: number, votes: (at.get(`${round} ${number}`)?.votes ?? 0) - out };
		});
		/* From the top down on both sides, so that as few as possible cross. */
		const all = [...stay, ...moved].filter(({ votes }) => votes * scale > THIN)
			.sort((a, b) => (place.get(a.from) ?? 0) - (place.get(b.from) ?? 0) || (place.get(a.to) ?? 0) - (place.get(b.to) ?? 0));
		const used0 = new Map();
		const used1 = new Map();
		const take = (/** @type {Map<number, number>} */ used, /** @type {number} */ number, /** @type {number} */ thickness) => {
			const before = used.get(number) ?? 0;
			used.set(number, before + thickness);
			return before;
		};
		const made = all.map(({ from, to, votes }) => {
			const thickness = votes * scale;
			return { round, from, to, thickness, y0: (at.get(`${round} ${from}`)?.y ?? 0) + take(used0, from, thickness), y1: 0 };
		});
		for (const flow of [...made].sort((a, b) => (place.get(a.to) ?? 0) - (place.get(b.to) ?? 0) || (place.get(a.from) ?? 0) - (place.get(b.from) ?? 0)))
			flow.y1 = (at.get(`${round + 1} ${flow.to}`)?.y ?? 0) + take(used1, flow.to, flow.thickness);
		flows.push(...made);
	}
	return flows;
}

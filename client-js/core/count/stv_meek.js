// SPDX-License-Identifier: Apache-2.0
// [COUNT.MEEK] The Reference Meek Rule of the Proportional Representation Foundation, steps A to C.
import { Sums } from './amount.js';
import { strictOrder } from './ballots.js';
import { foremost, NOBODY } from './count.js';

/** One vote, and a keep factor of 1; [COUNT.MEEK] nine decimals. */
const ONE = 1_000_000_000;
const ONE_BIG = BigInt(ONE);
/** The surplus that ends a round's iterations: 0.000001. */
const OMEGA = 1000n;
const SPLIT = 2 ** 15;

/**
 * up9(w * k): w and k in parts of 10^9, up to 1.  The product would not fit 2^53, so w is split.  Quotients are exact: where
 * a < 2^46, a / ONE lies at least 10^-9 below the next integer if it is none, far more than the rounding of a division.
 * @param {number} w @param {number} k @returns {number}
 */
export function multiplyUp(w, k) {
	const high = Math.floor(w / SPLIT);
	const a = high * k;
	const wholeA = Math.floor(a / ONE);
	const b = (a - wholeA * ONE) * SPLIT + (w - high * SPLIT) * k; // below 2^46 too
	const wholeB = Math.floor(b / ONE);
	return wholeA * SPLIT + wholeB + (b > wholeB * ONE ? 1 : 0);
}

/** @param {bigint} a @param {bigint} b */
const divideUp = (a, b) => (a + b - 1n) / b;

/**
 * Step 3: what each candidate of a ballot gets of one vote.
 * @param {number[]} order @param {number[]} keep @param {Float64Array} out of the length of the order, then what nobody gets
 */
function share(order, keep, out) {
	let w = ONE;
	for (let i = 0; i < order.length; i++) {
		const k = keep[order[i]];
		const kept = k >= ONE ? w : k === 0 ? 0 : multiplyUp(w, k); // [COUNT.MEEK] choice (b): no ballot gives more than it has
		out[i] = kept;
		w -= kept;
		if (w === 0) {
			out.fill(0, i + 1, order.length);
			break;
		}
	}
	out[order.length] = w;
}

class Meek {
	/** @param {import('./count.js').Count} c */
	constructor(c) {
		this.c = c;
		this.papers = c.groups.map((group) => ({ order: strictOrder(group), weight: group.weight })).filter(({ order }) => order.length > 0);
		this.hopeful = new Set(c.standing);
		/** @type {Set<number>} */
		this.elected = new Set();
		/** @type {number[]} */
		this.keep = c.names.map((_, i) => (this.hopeful.has(i) ? ONE : 0));
		/** @type {bigint[]} */
		this.votes = [];
		this.quota = 0n;
		this.scratch = [new Float64Array(c.num + 1), new Float64Array(c.num + 1)];
	}

	/** Steps 3 and 4. */
	distribute() {
		const sums = new Sums(this.c.num);
		const [out] = this.scratch;
		for (const { order, weight } of this.papers) {
			share(order, this.keep, out);
			for (let i = 0; i < order.length; i++) if (out[i] > 0) sums.add(order[i], weight, out[i]);
		}
		this.votes = sums.all();
		this.quota = this.votes.reduce((sum, v) => sum + v, 0n) / BigInt(this.c.options.seats + 1) + 1n;
	}

	/** @returns {bigint} step 6 */
	surplus() {
		const surplus = [...this.elected].reduce((sum, i) => sum + this.votes[i] - this.quota, 0n);
		return surplus < 0n ? 0n : surplus;
	}

	/** Step 7. */
	updateKeep() {
		for (const i of this.elected) this.keep[i] = Number(divideUp(divideUp(BigInt(this.keep[i]) * this.quota, ONE_BIG) * ONE_BIG, this.votes[i]));
	}

	/** @param {number[]} candidates @param {string} why */
	elect(candidates, why) {
		for (const i of this.c.sorted(candidates, this.votes)) {
			this.hopeful.delete(i);
			this.elected.add(i);
			this.c.elect(i, why, this.votes[i]);
		}
	}

	/**
	 * Steps 3 to 7 until the round is decided.
	 * @returns {{iterations: number, reached: number[], surplus: bigint}} reached: who has the quota; nobody: somebody is to be defeated
	 */
	iterate() {
		let before = -1n;
		for (let iterations = 1; ; iterations++) {
			this.distribute();
			const reached = [...this.hopeful].filter((i) => this.votes[i] >= this.quota);
			const surplus = this.surplus();
			if (reached.length > 0 || surplus < OMEGA || (before >= 0n && surplus >= before)) return { iterations, reached, surplus };
			before = surplus;
			this.updateKeep();
		}
	}

	/** The figures of a round's last iteration. @param {number[]} before keep factors of the round before @param {number} iterations */
	writeRound(before, iterations) {
		const { c } = this;
		const changed = this.keep.flatMap((k, i) => (k === before[i] ? [] : [i]));
		c.addRound(c.rounds.length === 0 ? 'first-preferences' : 'iteration', {
			of: changed, quota: this.quota, votes: this.votes, iterations, keep: [...this.keep],
			rest: BigInt(c.valid) * c.unit - this.votes.reduce((sum, v) => sum + v, 0n),
			transfers: changed.length === 0 ? [] : this.transfers(before),
		});
	}

	/** Step 8. @param {bigint} surplus */
	defeat(surplus) {
		const { c, votes } = this;
		const hopeful = [...this.hopeful].sort((a, b) => a - b);
		const lowest = votes[foremost(hopeful, votes, -1)[0]];
		const out = c.choose(hopeful.filter((i) => votes[i] <= lowest + surplus), 'exclude');
		this.hopeful.delete(out);
		this.keep[out] = 0;
		c.exclude(out, 'excluded', votes[out]);
	}

	/** Choice (d): the moves between two rounds, ballot by ballot. @param {number[]} before keep factors of the round before @returns {[number, number, bigint][]} */
	transfers(before) {
		const size = this.c.num + 1; // the last stands for nobody
		const sums = new Sums(size * size);
		const [then, now] = this.scratch;
		for (const { order, weight } of this.papers) {
			share(order, before, then);
			share(order, this.keep, now);
			move(order, then, now, this.c.num, (from, to, amount) => sums.add(from * size + to, weight, amount));
		}
		const name = (i) => (i === this.c.num ? NOBODY : i);
		/** @type {[number, number, bigint][]} */
		const out = [];
		for (let at = 0; at < size * size; at++) if (!sums.isZero(at)) out.push([name(Math.floor(at / size)), name(at % size), sums.at(at)]);
		return out;
	}

	run() {
		const { c } = this;
		let before = [...this.keep];
		const isContest = () => c.seatsLeft > 0 && this.hopeful.size > c.seatsLeft;
		if (!isContest()) {
			this.distribute(); // choice (c)
			this.writeRound(before, 1);
		}
		while (isContest()) {
			const { iterations, reached, surplus } = this.iterate();
			this.writeRound(before, iterations);
			before = [...this.keep];
			if (reached.length > 0) this.elect(reached, 'quota');
			else this.defeat(surplus);
		}
		if (c.seatsLeft > 0) this.elect([...this.hopeful], 'last');
		for (const i of this.hopeful) c.leave(i, 'seats-filled', this.votes[i]);
	}
}

/**
 * Going down a ballot, the first vote that was lost goes to the first that was gained.
 * @param {number[]} order @param {Float64Array} then @param {Float64Array} now @param {number} nobody
 * @param {(from: number, to: number, amount: number) => void} write
 */
function move(order, then, now, nobody, write) {
	const who = (at) => (at === order.length ? nobody : order[at]);
	for (let from = 0, to = 0; ;) {
		while (from <= order.length && then[from] <= now[from]) from++;
		while (to <= order.length && now[to] <= then[to]) to++;
		if (from > order.length || to > order.length) return;
		const amount = Math.min(then[from] - now[from], now[to] - then[to]);
		write(who(from), who(to), amount);
		then[from] -= amount;
		now[to] -= amount;
	}
}

/** @type {import('./count.js').Method} */
export const meek = {
	id: 'meek-prf-1',
	name: 'Meek STV',
	rule: 'COUNT.MEEK',
	decimals: 9,
	hasMinimum: true,
	run: (c) => new Meek(c).run(),
};

// SPDX-License-Identifier: Apache-2.0
// [COUNT.SCOTTISH] and its relatives: papers go from pile to pile, surplus by surplus and exclusion by exclusion.
import { strictOrder } from './ballots.js';
import { foremost, NOBODY } from './count.js';

/**
 * What tells the relatives apart.
 * @typedef {object} Rules
 * @property {boolean} majority [COUNT.IRV]: more than half of the votes in play instead of a quota
 * @property {boolean} zeroBatch [COUNT.FTSTV]: the first exclusion takes all without a vote together
 * @property {boolean} needsVotes nobody is elected without a vote
 *
 * Ballots that say the same, at the preference where they lie.
 * @typedef {{order: number[], at: number, weight: number, value: bigint}} Parcel value: of one paper, in units
 */

class Stv {
	/** @param {import('./count.js').Count} c @param {Rules} rules */
	constructor(c, rules) {
		this.c = c;
		this.rules = rules;
		this.continuing = new Set(c.standing);
		this.valid = BigInt(c.valid) * c.unit;
		this.quota = (BigInt(c.valid) / BigInt(c.options.seats + 1) + 1n) * c.unit;
		this.votes = c.names.map(() => 0n);
		/** @type {Parcel[][]} */
		this.piles = c.names.map(() => []);
		/** @type {number[]} elected, surplus not looked at yet */
		this.elected = [];
	}

	/** Step 1. */
	distribute() {
		for (const group of this.c.groups) {
			const order = strictOrder(group);
			if (order.length === 0) continue;
			this.piles[order[0]].push({ order, at: 0, weight: group.weight, value: this.c.unit });
			this.votes[order[0]] += BigInt(group.weight) * this.c.unit;
		}
		this.c.addRound('first-preferences', { transfers: [] });
		this.endRound();
	}

	/** The figures behind the action. */
	endRound() {
		const { c, votes } = this;
		if (this.rules.majority) this.quota = (sum(votes) / c.unit / 2n + 1n) * c.unit;
		Object.assign(c.last, { quota: this.quota, votes: [...votes], rest: this.valid - sum(votes) });
	}

	/** @param {number[]} candidates @param {string} why */
	elect(candidates, why) {
		for (const i of this.c.sorted(candidates, this.votes)) {
			this.continuing.delete(i);
			if (why === 'last' && this.rules.needsVotes && this.votes[i] === 0n) {
				this.c.leave(i, 'no-votes', 0n);
				continue;
			}
			this.elected.push(i);
			this.c.elect(i, why, this.votes[i]);
		}
	}

	/** Steps 3 and 4. @returns {boolean} is this the end? */
	electAndStop() {
		this.elect([...this.continuing].filter((i) => this.votes[i] >= this.quota), this.rules.majority ? 'majority' : 'quota');
		if (this.c.seatsLeft === 0) return true;
		if (this.continuing.size > this.c.seatsLeft) return false;
		this.elect([...this.continuing], 'last');
		return true;
	}

	/**
	 * Hands the pile of a candidate on, each paper at the value that `valueOf` gives it.
	 * @param {number} from @param {(value: bigint) => bigint} valueOf @param {bigint} amount all that leaves
	 */
	handOn(from, valueOf, amount) {
		const gains = new Map();
		const values = new Map();
		let lost = amount;
		for (const parcel of this.piles[from]) {
			const { order, weight, value } = parcel;
			let at = parcel.at + 1;
			while (at < order.length && !this.continuing.has(order[at])) at++;
			if (at === order.length) continue;
			if (!values.has(value)) values.set(value, valueOf(value));
			const worth = values.get(value);
			const gain = BigInt(weight) * worth;
			this.piles[order[at]].push({ order, at, weight, value: worth });
			gains.set(order[at], (gains.get(order[at]) ?? 0n) + gain);
			lost -= gain;
		}
		this.piles[from] = [];
		this.votes[from] -= amount;
		const transfers = /** @type {[number, number, bigint][]} */ (this.c.last.transfers);
		for (const to of [...gains.keys()].sort((a, b) => a - b)) {
			this.votes[to] += gains.get(to);
			if (gains.get(to) > 0n) transfers.push([from, to, gains.get(to)]);
		}
		if (lost > 0n) transfers.push([from, NOBODY, lost]);
	}

	/** Step 5. @returns {boolean} was there a surplus? */
	transferSurplus() {
		const { c, votes, quota } = this;
		const waiting = this.elected.filter((i) => votes[i] > quota).sort((a, b) => a - b);
		if (waiting.length === 0) return false;
		c.addRound('surplus', { transfers: [] });
		const from = c.choose(foremost(waiting, votes, 1), 'surplus', c.rounds.length - 1);
		const surplus = votes[from] - quota;
		const whole = votes[from];
		c.last.of = [from];
		this.handOn(from, (value) => (surplus * value) / whole, surplus);
		this.endRound();
		return true;
	}

	/** Whom step 6 excludes; the tie goes into the round that is already there. @returns {number[]} by number */
	weakest() {
		const { c, votes } = this;
		const continuing = [...this.continuing].sort((a, b) => a - b);
		/* Only the first exclusion finds any: nobody who continues ever loses votes. */
		const empty = this.rules.zeroBatch ? continuing.filter((i) => votes[i] === 0n) : [];
		return empty.length > 0 ? empty : [c.choose(foremost(continuing, votes, -1), 'exclude', c.rounds.length - 1)];
	}

	/** Step 6. */
	exclude() {
		const { c } = this;
		c.addRound('exclusion', { transfers: [] });
		const out = this.weakest();
		c.last.of = out;
		for (const i of out) {
			this.continuing.delete(i);
			c.exclude(i, 'excluded', this.votes[i]);
		}
		for (const i of out) this.handOn(i, (value) => value, this.votes[i]);
		this.endRound();
	}

	run() {
		this.distribute();
		while (!this.electAndStop()) if (!this.transferSurplus()) this.exclude();
		for (const i of this.continuing) this.c.leave(i, 'seats-filled', this.votes[i]);
	}
}

/** @param {bigint[]} amounts */
const sum = (amounts) => amounts.reduce((all, one) => all + one, 0n);

/** @param {import('./count.js').Count} c @param {Rules} rules */
export const runStv = (c, rules) => new Stv(c, rules).run();

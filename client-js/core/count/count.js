// SPDX-License-Identifier: Apache-2.0
// A count under way: what the methods share, and the account that comes out.  specs/counting.md sections 1 and 5.
import { require } from '../../crypto/err.js';
import { write as writeJson } from '../json.js';
import { amountText, compareAmounts } from './amount.js';
import { MAX_CANDIDATES, strictOrder } from './ballots.js';
import { checkLot, LotMissing } from './lot.js';

/**
 * @typedef {import('./ballots.js').Ballots} Ballots
 * @typedef {import('./ballots.js').Group} Group
 *
 * @typedef {object} Method
 * @property {string} id with its version: "scottish-stv-2007"
 * @property {string} name
 * @property {string} rule the id in specs/counting.md
 * @property {number} decimals of its amounts
 * @property {boolean} [oneSeat] elects one, never more
 * @property {boolean} [equalRanks] equal ranks have a meaning; elsewhere the order ends there [COUNT.EQUAL]
 * @property {boolean} [needsScores] counts scores, not ranks
 * @property {boolean} [hasMinimum] a minimum of votes can be asked for
 * @property {boolean} [hasDefault] takes a default option, a quorum and ratios
 * @property {(c: Count) => void} run
 *
 * Candidates from 0.
 * @typedef {object} Options
 * @property {number} seats
 * @property {number[]|null} [lot] all candidates once, the favoured first [COUNT.LOT]; null: none was drawn
 * @property {number} [minimum] fewer votes elect nobody [COUNT.MINIMUM]; 0: no such rule
 * @property {number|null} [defaultOption] [COUNT.DEBIAN]; null: there is none
 * @property {number} [quorum] [COUNT.DEBIAN]
 * @property {[number, number][]|null} [ratios] per candidate [COUNT.DEBIAN]; null: 1 to 1 for all
 *
 * The account [COUNT.ACCOUNT], exactly as in its JSON [COUNT.JSON]: candidates from 1 (0: nobody), amounts as text.
 * @typedef {{for: 'surplus'|'exclude'|'elect', tied: number[], round: number, lot: number[], chosen: number}} Tie
 * @typedef {object} Round
 * @property {string} action
 * @property {number[]} of
 * @property {string} [quota]
 * @property {string[]} [votes] per candidate
 * @property {string} [non_transferable]
 * @property {string[]} [keep] per candidate, Meek
 * @property {number} [iterations] Meek
 * @property {[number, number, string][]} [transfers] from, to, amount
 * @property {[number, number, number, number][]} [pairs] winner, loser, votes for, votes against
 * @property {number[]} elected
 * @property {number[]} excluded
 * @property {Tie[]} ties
 * @typedef {{elected: boolean, why: string, round: number, votes: string}} Fate
 * @typedef {object} Account
 * @property {1} tabella_count
 * @property {string} method
 * @property {number} seats
 * @property {number} [minimum]
 * @property {number} [default_option]
 * @property {number} [quorum]
 * @property {[number, number][]} [ratios]
 * @property {string[]} candidates
 * @property {{total: number, empty: number, valid: number}} ballots
 * @property {Round[]} rounds
 * @property {number[][]} [pairwise]
 * @property {number[][]} [paths]
 * @property {number[]} elected in order
 * @property {Fate[]} fates per candidate
 */

/** In place of a candidate: votes that nobody gets any more. */
export const NOBODY = -1;
const ELECTED = ['quota', 'majority', 'last', 'most', 'unbeaten'];
/** [COUNT.BALLOT] fewer than 2^53 ballots. */
const MAX_VOTES = Number.MAX_SAFE_INTEGER;

/** @param {number} candidate from 0 @returns {number} as the account writes it */
const numberOf = (candidate) => (candidate === NOBODY ? 0 : candidate + 1);

/**
 * A round while it is counted; candidates from 0, amounts in the smallest unit.
 * @typedef {object} OpenRound
 * @property {string} action
 * @property {number[]} of
 * @property {bigint} [quota]
 * @property {bigint[]} [votes]
 * @property {bigint} [rest] non-transferable
 * @property {number[]} [keep]
 * @property {number} [iterations]
 * @property {[number, number, bigint][]} [transfers]
 * @property {[number, number, number, number][]} [pairs]
 * @property {number[]} elected
 * @property {number[]} excluded
 * @property {Tie[]} ties candidates from 0
 */

export class Count {
	/** @param {Method} method @param {Ballots} ballots @param {Required<Options>} options */
	constructor(method, ballots, options) {
		this.method = method;
		this.options = options;
		this.names = ballots.names;
		this.total = ballots.total;
		this.groups = ballots.standing();
		this.unit = 10n ** BigInt(method.decimals);
		/** @type {OpenRound[]} */
		this.rounds = [];
		/** @type {number[]} */
		this.elected = [];
		this.seatsLeft = options.seats;
		/** @type {(undefined|{why: string, round: number, votes: bigint})[]} */
		this.fates = ballots.names.map((_, i) => (ballots.withdrawn.has(i) ? { why: 'withdrawn', round: 0, votes: 0n } : undefined));
		/** @type {{pairwise?: Float64Array, paths?: Float64Array}} [a * n + b] */
		this.matrices = {};
		this.valid = this.groups.reduce((sum, group) => sum + (this.isValid(group) ? group.weight : 0), 0);
		this.empty = this.groups.reduce((sum, { ranks, weight }) => sum + (ranks.length === 0 ? weight : 0), 0);
	}

	/** [COUNT.EQUAL] @param {Group} group */
	isValid(group) {
		return this.method.equalRanks ? group.ranks.length > 0 : strictOrder(group).length > 0;
	}

	get num() {
		return this.names.length;
	}

	/** Those who are not withdrawn and about whom nothing is decided yet. @returns {number[]} */
	get standing() {
		return this.fates.flatMap((fate, i) => (fate === undefined ? [i] : []));
	}

	get last() {
		return this.rounds[this.rounds.length - 1];
	}

	/** @param {string} action @param {Partial<OpenRound>} [parts] @returns {OpenRound} */
	addRound(action, parts = {}) {
		this.rounds.push({ action, of: [], elected: [], excluded: [], ties: [], ...parts });
		return this.last;
	}

	/** A seat is taken, or stays empty where the votes are too few [COUNT.MINIMUM]. @param {number} candidate @param {string} why @param {bigint} votes */
	elect(candidate, why, votes) {
		this.seatsLeft--;
		if (votes < BigInt(this.options.minimum) * this.unit) {
			this.leave(candidate, 'below-minimum', votes);
			return;
		}
		this.leave(candidate, why, votes);
		this.elected.push(candidate);
		this.last.elected.push(candidate);
	}

	/** @param {number} candidate @param {string} why @param {bigint} votes */
	exclude(candidate, why, votes) {
		this.leave(candidate, why, votes);
		this.last.excluded.push(candidate);
	}

	/** What the count, or its end, means for somebody. @param {number} candidate @param {string} why @param {bigint} votes */
	leave(candidate, why, votes) {
		this.fates[candidate] = { why, round: this.rounds.length, votes };
	}

	/**
	 * One of several with an equal claim [COUNT.TIE]; a tie is written into the last round.
	 * @param {number[]} tied by number @param {'surplus'|'exclude'|'elect'} purpose
	 * @param {number} [numRounds] complete rounds that are compared, the latest first; 0: the lot at once
	 * @returns {number}
	 */
	choose(tied, purpose, numRounds = 0) {
		if (tied.length === 1) return tied[0];
		let left = tied;
		let round = numRounds;
		for (; round > 0; round--) {
			left = foremost(left, /** @type {bigint[]} */ (this.rounds[round - 1].votes), purpose === 'exclude' ? -1 : 1);
			if (left.length === 1) break;
		}
		const lot = left.length === 1 ? [] : left;
		const chosen = left.length === 1 ? left[0] : this.draw(left, purpose);
		this.last.ties.push({ for: purpose, tied, round, lot, chosen });
		return chosen;
	}

	/** @param {number[]} left @param {string} purpose @returns {number} */
	draw(left, purpose) {
		const { lot } = this.options;
		if (lot === null) throw new LotMissing(left, left.map((i) => `${i + 1} (${this.names[i]})`).join(', '));
		const order = lot.filter((candidate) => left.includes(candidate));
		return purpose === 'exclude' ? order[order.length - 1] : order[0];
	}

	/** The most first, and then by number [COUNT.ORDER]. @param {number[]} candidates @param {bigint[]} amounts @returns {number[]} */
	sorted(candidates, amounts) {
		return [...candidates].sort((a, b) => compareAmounts(amounts[b], amounts[a]) || a - b);
	}

	/** Section 4: the highest totals, nobody with 0. @param {bigint[]} amounts */
	electMost(amounts) {
		const ranked = this.sorted(this.standing.filter((i) => amounts[i] > 0n), amounts);
		const cut = ranked.length > this.seatsLeft ? amounts[ranked[this.seatsLeft - 1]] : -1n;
		const isCut = ranked.length > this.seatsLeft && amounts[ranked[this.seatsLeft]] === cut;
		for (const i of ranked) if (this.seatsLeft > 0 && (!isCut || amounts[i] > cut)) this.elect(i, 'most', amounts[i]);
		if (isCut) this.electByLot(ranked.filter((i) => amounts[i] === cut), 'most', amounts);
		for (const i of this.standing) this.leave(i, amounts[i] === 0n ? 'no-votes' : 'fewer', amounts[i]);
	}

	/** Of more with an equal claim than there are seats, one after the other. @param {number[]} claimants by number @param {string} why @param {bigint[]} amounts */
	electByLot(claimants, why, amounts) {
		let left = claimants;
		while (this.seatsLeft > 0) {
			const chosen = this.choose(left, 'elect');
			this.elect(chosen, why, amounts[chosen]);
			left = left.filter((i) => i !== chosen);
		}
		for (const i of left) this.leave(i, 'lot-lost', amounts[i]);
	}

	/** @returns {Account} */
	account() {
		const { method, options } = this;
		const amount = (value) => amountText(value, method.decimals);
		return {
			tabella_count: 1,
			method: method.id,
			seats: options.seats,
			...(method.hasMinimum && { minimum: options.minimum }),
			...(method.hasDefault && {
				default_option: options.defaultOption === null ? 0 : options.defaultOption + 1,
				quorum: options.quorum,
				ratios: options.ratios ?? this.names.map(() => /** @type {[number, number]} */ ([1, 1])),
			}),
			candidates: this.names,
			ballots: { total: this.total, empty: this.empty, valid: this.valid },
			rounds: this.rounds.map((round) => closedRound(round, amount)),
			...(this.matrices.pairwise && { pairwise: rows(this.matrices.pairwise, this.num) }),
			...(this.matrices.paths && { paths: rows(this.matrices.paths, this.num) }),
			elected: this.elected.map(numberOf),
			fates: this.fates.map((fate) => {
				if (fate === undefined) throw new Error('a candidate without a fate');
				return { elected: ELECTED.includes(fate.why), why: fate.why, round: fate.round, votes: amount(fate.votes) };
			}),
		};
	}
}

/** @param {Float64Array} matrix @param {number} n @returns {number[][]} */
const rows = (matrix, n) => Array.from({ length: n }, (_, i) => [...matrix.subarray(i * n, (i + 1) * n)]);

/** Those with the most votes, or (sign -1) the fewest. @param {number[]} candidates @param {bigint[]} votes @param {1|-1} sign @returns {number[]} */
export function foremost(candidates, votes, sign) {
	const best = candidates.reduce((best, i) => (sign * compareAmounts(votes[i], best) > 0 ? votes[i] : best), votes[candidates[0]]);
	return candidates.filter((i) => votes[i] === best);
}

/** The members that a round has, in their order. @param {OpenRound} round @param {(value: bigint) => string} amount @returns {Round} */
const closedRound = ({ action, of, quota, votes, rest, keep, iterations, transfers, pairs, elected, excluded, ties }, amount) => ({
	action,
	of: of.map(numberOf),
	...(quota !== undefined && { quota: amount(quota) }),
	...(votes !== undefined && { votes: votes.map(amount) }),
	...(rest !== undefined && { non_transferable: amount(rest) }),
	...(keep !== undefined && { keep: keep.map((k) => amountText(BigInt(k), 9)) }),
	...(iterations !== undefined && { iterations }),
	...(transfers !== undefined && { transfers: transfers.map(([from, to, value]) => [numberOf(from), numberOf(to), amount(value)]) }),
	...(pairs !== undefined && { pairs: pairs.map(([winner, loser, ...votes]) => [numberOf(winner), numberOf(loser), ...votes]) }),
	elected: elected.map(numberOf),
	excluded: excluded.map(numberOf),
	ties: ties.map((tie) => ({ for: tie.for, tied: tie.tied.map(numberOf), round: tie.round, lot: tie.lot.map(numberOf), chosen: numberOf(tie.chosen) })),
});

/** @param {number} value @param {number} low */
const isWhole = (value, low) => Number.isSafeInteger(value) && value >= low;

/** @param {Method} method @param {Ballots} ballots @param {Required<Options>} options */
function checkDefault(method, ballots, { defaultOption, quorum, ratios }) {
	const refuse = (holds, detail) => require(holds, method.rule, detail);
	if (!method.hasDefault) {
		refuse(defaultOption === null && quorum === 0 && ratios === null, `${method.id} has no default option, quorum or majority ratios`);
		return;
	}
	refuse(isWhole(quorum, 0), 'a quorum is a whole number');
	refuse(ratios === null || (ratios.length === ballots.names.length && ratios.every(([a, b]) => isWhole(a, 1) && isWhole(b, 1))), 'a majority ratio is of positive numbers, one for each candidate');
	if (defaultOption === null) {
		refuse(quorum === 0 && (ratios ?? []).every(([a, b]) => a === b), 'a quorum or a majority ratio is measured against a default option: say which it is');
		return;
	}
	refuse(isWhole(defaultOption, 0) && defaultOption < ballots.names.length && !ballots.withdrawn.has(defaultOption), 'the default option must be a candidate that is not withdrawn');
	refuse(ratios === null || ratios[defaultOption][0] === ratios[defaultOption][1], 'the default option has no majority ratio');
}

/** @param {Method} method @param {Ballots} ballots @param {Required<Options>} options */
function checkOptions(method, ballots, options) {
	const { seats, minimum, lot } = options;
	const refuse = (holds, detail) => require(holds, method.rule, detail);
	refuse(ballots.names.length > 0, 'there are no candidates');
	refuse(isWhole(seats, 1) && seats <= MAX_CANDIDATES, `the number of seats must be 1 to ${MAX_CANDIDATES}`);
	refuse(!method.oneSeat || seats === 1, `${method.id} elects one, not ${seats}`);
	refuse(!method.needsScores || ballots.hasScores, `${method.id} adds up scores, and these ballots have none`);
	refuse(isWhole(minimum, 0) && minimum <= MAX_VOTES, 'no election has that many votes');
	refuse(method.hasMinimum || minimum === 0, `${method.id} has no votes of a candidate that a minimum could be asked of`);
	checkDefault(method, ballots, options);
	if (lot !== null) checkLot(lot, ballots.names.length);
}

/**
 * Counts: the same ballots in any order and grouping give the same account.  Refuses options that do not fit the ballots or the
 * method with the method's rule, and throws LotMissing where the lot has to decide and there is none.
 * @param {Method} method @param {Ballots} ballots @param {Options} options @returns {Account}
 */
export function count(method, ballots, options) {
	const whole = { lot: null, minimum: 0, defaultOption: null, quorum: 0, ratios: null, ...options };
	checkOptions(method, ballots, whole);
	const c = new Count(method, ballots, whole);
	method.run(c);
	return c.account();
}

/** [COUNT.JSON] @param {Account} account @returns {Uint8Array} */
export const writeAccount = (account) => writeJson(account);

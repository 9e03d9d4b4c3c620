// SPDX-License-Identifier: Apache-2.0
// The account of a count [COUNT.ACCOUNT] in words: the outcome, why each candidate was or was not elected, what every round did.
// Texts of the section "count".  Twin: core/count/account_words.c.
import * as i18n from './i18n.js';

/**
 * @typedef {import('../core/count/count.js').Account} Account
 * @typedef {import('../core/count/count.js').Round} Round
 * @typedef {import('../core/count/count.js').Tie} Tie
 *
 * How things are said; that of ui/i18n.js if not given.
 * @typedef {object} Voice
 * @property {(key: string, values?: {[name: string]: string|number}) => string} t
 * @property {(words: string[]) => string} list
 * @property {(value: number, options?: Intl.NumberFormatOptions) => string} number
 *
 * `why` is the code of the fate: "quota", "excluded"; `round` 0: before the first.
 * @typedef {{number: number, name: string, elected: boolean, why: string, round: number, text: string}} CandidateWords
 * `from` and `to` as in the account, 0: nobody; `amount` its exact text.
 * @typedef {{from: number, to: number, amount: string, text: string}} TransferWords
 * @typedef {{number: number, action: string, title: string, outcome: string[], ties: string[], transfers: TransferWords[], pairs: string[]}} RoundWords
 *
 * @typedef {object} AccountWords
 * @property {string} method its name
 * @property {string[]} summary sentences: the ballots, who is elected, seats that stay empty
 * @property {{unit: string, quota: string, rest: string, keep: string, pairwise: string, paths: string}} labels for tables
 * @property {CandidateWords[]} candidates by number
 * @property {RoundWords[]} rounds
 */

const POINTS = ['borda-1', 'score-1'];

/** @type {Voice} */
const OWN = { t: i18n.t, list: i18n.formatList, number: i18n.formatNumber };

class Words {
	/** @param {Account} account @param {string[]} names @param {Voice} voice */
	constructor(account, names, voice) {
		this.account = account;
		this.names = names;
		this.voice = voice;
		this.t = voice.t;
	}

	/** @param {number} number from 1 @returns {string} */
	name(number) {
		return this.names[number - 1];
	}

	/** @param {number[]} numbers @returns {string} */
	list(numbers) {
		return this.voice.list(numbers.map((number) => this.name(number)));
	}

	/** An amount without zeros at its end, as the language writes it; one that a Number does not hold exactly stays as it is. @param {string} text @returns {string} */
	amount(text) {
		const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
		if (short.replace('.', '').length > 15) return short;
		const decimals = short.split('.')[1]?.length ?? 0;
		return this.voice.number(Number(short), { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
	}

	/** @returns {string} what the figures are */
	unit() {
		const { method } = this.account;
		return this.t(POINTS.includes(method) ? 'count.points' : method === 'approval-1' ? 'count.approvals' : 'count.votes');
	}

	/** @returns {string[]} */
	summary() {
		const { t, account: { ballots: { total, valid, empty }, elected, seats } } = this;
		const shared = total - valid - empty;
		return [
			t('count.ballots', { total, valid, empty }),
			...(shared > 0 ? [t('count.ballots-shared', { n: shared })] : []),
			elected.length === 0 ? t('count.elected-nobody') : t('count.elected', { names: this.list(elected) }),
			...(elected.length > 0 && elected.length < seats ? [t('count.seats-empty', { n: seats - elected.length })] : []),
		];
	}

	/** By whom: somebody elected who is preferred directly, or else along the strongest paths. @param {number} number @returns {string} */
	beaten(number) {
		const { elected, pairwise = [], paths } = this.account;
		const beats = (/** @type {number[][]} */ matrix, /** @type {number} */ rival) => matrix[rival - 1][number - 1] > matrix[number - 1][rival - 1];
		const direct = elected.find((rival) => beats(pairwise, rival));
		const figures = (/** @type {number[][]} */ matrix, /** @type {number} */ rival) => ({ rival: this.name(rival), won: matrix[rival - 1][number - 1], lost: matrix[number - 1][rival - 1] });
		if (direct !== undefined) return this.t('count.why-beaten-by', figures(pairwise, direct));
		const far = paths && elected.find((rival) => beats(paths, rival));
		return far ? this.t('count.why-beaten-path', figures(/** @type {number[][]} */ (paths), far)) : this.t('count.why-beaten-chain');
	}

	/** @param {number} number @param {string} why @returns {string} */
	againstDefault(number, why) {
		const { pairwise = [], default_option: rival = 0, quorum = 0, ratios = [] } = this.account;
		const [a, b] = ratios[number - 1];
		const figures = { rival: this.name(rival), won: pairwise[number - 1][rival - 1], lost: pairwise[rival - 1][number - 1] };
		if (why === 'no-quorum') return this.t('count.why-no-quorum', { rival: figures.rival, won: figures.won, needed: quorum });
		return a === b ? this.t('count.why-no-ratio', figures) : this.t('count.why-no-ratio-of', { ...figures, a, b });
	}

	/** @param {number} number @returns {string} */
	reason(number) {
		const { why, round, votes: amount } = this.account.fates[number - 1];
		const quota = this.account.rounds[round - 1]?.quota;
		const votes = this.amount(amount);
		switch (why) {
			case 'beaten': return this.beaten(number);
			case 'no-quorum':
			case 'no-ratio': return this.againstDefault(number, why);
			case 'quota':
			case 'majority': return this.t(`count.why-${why}`, { round, votes, quota: this.amount(quota ?? '0') });
			case 'below-minimum': return this.t('count.why-below-minimum', { unit: this.unit(), votes, minimum: this.account.minimum ?? 0 });
			case 'most':
			case 'fewer': return this.t(`count.why-${why}`, { unit: this.unit(), votes });
			case 'last':
			case 'excluded':
			case 'seats-filled': return this.t(`count.why-${why}`, { round, votes });
			default: return this.t(`count.why-${why}`); // withdrawn, no-votes, unbeaten, lot-lost
		}
	}

	/** Was this one chosen from several with an equal claim?  @param {number} number @returns {string[]} */
	tieOf(number) {
		const { round } = this.account.fates[number - 1];
		const tie = this.account.rounds[round - 1]?.ties.find((one) => one.chosen === number && one.for !== 'surplus');
		if (tie === undefined) return [];
		return [tie.round > 0 ? this.t('count.tied-round', { n: tie.round }) : this.t('count.tied-lot')];
	}

	/** @returns {CandidateWords[]} */
	candidates() {
		return this.account.fates.map(({ elected, why, round }, i) =>
			({ number: i + 1, name: this.names[i], elected, why, round, text: [this.reason(i + 1), ...this.tieOf(i + 1)].join(' ') }));
	}

	/** @param {Tie} tie @param {Round} round @returns {string} */
	tie({ for: purpose, tied, round: earlier, lot, chosen }, round) {
		const isEqual = purpose !== 'exclude' || round.keep === undefined || new Set(tied.map((number) => round.votes?.[number - 1])).size === 1;
		const name = this.name(chosen);
		const who = this.t(isEqual ? `count.tie-${purpose}` : 'count.tie-close', { names: this.list(tied) });
		if (earlier > 0) return `${who} ${this.t('count.tie-by-round', { n: earlier, name })}`;
		return `${who} ${lot.length < tied.length ? this.t('count.tie-by-rest', { names: this.list(lot), name }) : this.t('count.tie-by-lot', { name })}`;
	}

	/** @param {[number, number, string]} transfer @returns {TransferWords} */
	transfer([from, to, amount]) {
		const votes = this.amount(amount);
		const text = to === 0 ? this.t('count.transfer-lost', { votes, from: this.name(from) })
			: from === 0 ? this.t('count.transfer-regained', { votes, to: this.name(to) })
				: this.t('count.transfer', { votes, from: this.name(from), to: this.name(to) });
		return { from, to, amount, text };
	}

	/** @param {[number, number, number, number]} pair @param {string} action @returns {string} */
	pair([winner, loser, won, lost], action) {
		if (action === 'schwartz') return this.t('count.pair-weakest', { winner: this.name(winner), loser: this.name(loser), won, lost });
		return this.t('count.pair-default', { option: this.name(loser), rival: this.name(winner), won: lost, lost: won });
	}

	/** @param {Round} round @returns {string[]} */
	outcome({ action, elected, excluded }) {
		const isDropping = action === 'quorum' || action === 'majority';
		return [
			...(excluded.length > 0 && action !== 'exclusion' ? [this.t(isDropping ? 'count.round-dropped' : 'count.round-excluded', { names: this.list(excluded) })] : []),
			...(isDropping && excluded.length === 0 ? [this.t('count.round-dropped-none')] : []),
			...(elected.length > 0 ? [this.t('count.round-elected', { names: this.list(elected) })] : []),
		];
	}

	/** @returns {RoundWords[]} */
	rounds() {
		return this.account.rounds.map((round, i) => ({
			number: i + 1,
			action: round.action,
			title: round.of.length > 0 ? this.t(`count.action-${round.action}`, { names: this.list(round.of) }) : this.t(`count.action-${round.action}`),
			outcome: this.outcome(round),
			ties: round.ties.map((tie) => this.tie(tie, round)),
			transfers: (round.transfers ?? []).map((one) => this.transfer(one)),
			pairs: (round.pairs ?? []).map((pair) => this.pair(pair, round.action)),
		}));
	}

	/** @returns {AccountWords} */
	all() {
		const { t } = this;
		return {
			method: t(`count.method-${this.account.method}`),
			summary: this.summary(),
			labels: { unit: this.unit(), quota: t('count.quota'), rest: t('count.rest'), keep: t('count.keep'), pairwise: t('count.pairwise'), paths: t('count.paths') },
			candidates: this.candidates(),
			rounds: this.rounds(),
		};
	}
}

/**
 * @param {Account} account
 * @param {string[]} [names] as candidates are to be called; otherwise as in the account
 * @param {Voice} [voice]
 * @returns {AccountWords}
 */
export const accountWords = (account, names = account.candidates, voice = OWN) => new Words(account, names, voice).all();

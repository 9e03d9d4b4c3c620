// SPDX-License-Identifier: Apache-2.0
// [RESULT] What follows from the totals.  specs/protocol.md section 6.
import { hex } from '../crypto/bytes.js';
import * as json from './json.js';
import { noResult, resultOf } from './ranked_count.js';
import { lotOf } from './tally.js';

/**
 * @typedef {object} Poll all that the rules look at
 * @property {number} counted counted ballots
 * @property {number} weightCounted
 * @property {number} electorate voters on the roll at the close
 * @property {number} weightElectorate
 *
 * @typedef {object} Question the part of the manifest that matters here
 * @property {string} id
 * @property {string} [method]
 * @property {{id: string}[]} options
 * @property {number} score_max
 * @property {number} winners
 * @property {null|{of: 'electorate', fraction: [number, number], strict: boolean}|{count: number}} quorum
 * @property {null|{base: 'ballots'|'electorate'|'options_sum', fraction: [number, number], strict: boolean}} approval
 */

/** value >= (a/b)*base, or > if strict, in whole numbers. @param {bigint} value @param {[number, number]} fraction @param {bigint} base @param {boolean} strict */
function reaches(value, [a, b], base, strict) {
	const left = value * BigInt(b);
	const right = BigInt(a) * base;
	return strict ? left > right : left >= right;
}

/** [RESULT.QUORUM] @param {Question} q @param {Poll} poll @returns {boolean} */
export function quorumMet({ quorum }, poll) {
	if (quorum === null) return true;
	if ('count' in quorum) return poll.counted >= quorum.count;
	return reaches(BigInt(poll.weightCounted), quorum.fraction, BigInt(poll.weightElectorate), quorum.strict);
}

/** [RESULT.QUORUM] [RESULT.FLOOR] @param {Question} q @param {Poll} poll @param {number} privacyFloor @returns {'decided'|'void'|'withheld'} */
export function outcome(q, poll, privacyFloor) {
	if (!quorumMet(q, poll)) return 'void';
	return poll.counted < privacyFloor ? 'withheld' : 'decided';
}

/** [RESULT.APPROVAL] @param {Question} q @param {Poll} poll @param {number[]} totals @param {number} i @returns {boolean} */
export function isApproved({ approval, score_max }, poll, totals, i) {
	if (totals[i] === 0) return false; // half of no ballots is none, and the lot would elect somebody
	if (approval === null) return true;
	const base = {
		ballots: BigInt(poll.weightCounted) * BigInt(score_max),
		electorate: BigInt(poll.weightElectorate) * BigInt(score_max),
		options_sum: totals.reduce((sum, total) => sum + BigInt(total), 0n),
	}[approval.base];
	return reaches(BigInt(totals[i]), approval.fraction, base, approval.strict);
}

/**
 * [RESULT.ELECTED] @param {Question} q @param {number} index of the question @param {Poll} poll @param {number[]} totals
 * @param {Uint8Array} lotSeed
 */
export function elect(q, index, poll, totals, lotSeed) {
	const name = (i) => q.options[i].id;
	const lots = q.options.map((_, i) => lotOf(lotSeed, index, i));
	const approved = q.options
		.map((_, i) => i)
		.filter((i) => isApproved(q, poll, totals, i))
		.sort((i, j) => totals[j] - totals[i] || (lots[i] < lots[j] ? -1 : 1));
	const elected = approved.slice(0, q.winners);
	const groups = [...new Set(approved.map((i) => totals[i]))].map((total) => approved.filter((i) => totals[i] === total));
	const ties = groups
		.filter((group) => group.length >= 2 && group.some((i) => elected.includes(i)))
		.map((group) => ({
			options: [...group].sort((i, j) => i - j).map(name),
			order: group.map(name),
			cut: !group.every((i) => elected.includes(i)),
		}));
	return { approved: approved.map(name), elected: elected.map(name), ties };
}

/** [RANK.RESULT] @param {Question} q @param {import('./ranked_count.js').Counted|undefined} counted of a question that is decided */
const ranked = (q, counted) => ({
	totals: [], approved: [], elected: counted === undefined ? [] : counted.account.elected.map((number) => q.options[number - 1].id), ties: [],
	count: counted === undefined ? noResult() : resultOf(counted),
});

/**
 * [RESULT.ENTRY]
 * @param {object} p
 * @param {Uint8Array} p.close leaf hash of the close entry
 * @param {Poll} p.poll @param {number} p.privacyFloor @param {Question[]} p.questions
 * @param {string[]} p.endorsers signer strings in log order @param {number[]} p.shares trustee indices in log order
 * @param {Map<number, number[]>} p.totals of the decrypted questions @param {Map<number, import('./ranked_count.js').Counted>} [p.counts] of the ranked ones
 * @param {Uint8Array} [p.lotSeed] absent when nothing was decrypted
 * @returns {Uint8Array} the payload of the result entry
 */
export function write({ close, poll, privacyFloor, questions, endorsers, shares, totals, counts = new Map(), lotSeed }) {
	return json.write({
		close: hex(close),
		counted: poll.counted,
		weight_counted: poll.weightCounted,
		electorate: poll.electorate,
		weight_electorate: poll.weightElectorate,
		endorsers,
		shares,
		questions: questions.map((q, k) => {
			const decision = outcome(q, poll, privacyFloor);
			const decided = decision === 'decided';
			if (q.method === 'ranked') return { id: q.id, outcome: decision, quorum_met: decision !== 'void', ...ranked(q, decided ? counts.get(k) : undefined) };
			const found = decided ? elect(q, k, poll, /** @type {number[]} */ (totals.get(k)), /** @type {Uint8Array} */ (lotSeed)) : { approved: [], elected: [], ties: [] };
			return { id: q.id, outcome: decision, quorum_met: decision !== 'void', totals: decided ? totals.get(k) : [], ...found };
		}),
	});
}

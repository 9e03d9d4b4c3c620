// SPDX-License-Identifier: Apache-2.0
// [RESULT] The result as the board has it: its form, and whether what it says of its own totals is right.  That the totals are those of the
// ballots is for the verifier.
import { Refusal } from '../crypto/err.js';
import * as json from './json.js';
import { isApproved, outcome } from './result.js';

/**
 * @typedef {{options: string[], order: string[], cut: boolean}} Tie
 * @typedef {{valid: number, invalid: number[], ballots: string, account: string}} RankedCount [RANK.RESULT]
 * @typedef {{id: string, outcome: 'decided'|'void'|'withheld', quorum_met: boolean, totals: number[], approved: string[],  elected: string[], ties: Tie[], count?: RankedCount}} Answer
 * @typedef {{close: Uint8Array, counted: number, weight_counted: number, electorate: number, weight_electorate: number, endorsers: string[], shares: number[], questions: Answer[]}} Result
 */

/** Whoever votes can make any number of invalid ballots, and the result names each [RANK.RESULT]. */
const MAX_LENGTH = 256 * 1024 * 1024;

const ids = json.list(json.string);
const shape = json.object({
	close: json.hexBytes(32),
	counted: json.integer(),
	weight_counted: json.integer(),
	electorate: json.integer(),
	weight_electorate: json.integer(),
	endorsers: ids,
	shares: json.list(json.integer()),
	questions: json.list(json.object({
		id: json.string, outcome: json.oneOf('decided', 'void', 'withheld'), quorum_met: json.bool, totals: json.list(json.integer()), approved: ids, elected: ids,
		ties: json.list(json.object({ options: ids, order: ids, cut: json.bool })),
		count: json.optional(json.object({ valid: json.integer(), invalid: json.list(json.integer()), ballots: json.string, account: json.string })),
	})),
});

/** @param {boolean} holds @param {string} detail */
function must(holds, detail) {
	if (!holds) throw new Refusal('RESULT', detail);
}

/** @param {string[]} a @param {string[]} b */
const same = (a, b) => a.length === b.length && a.every((one, i) => one === b[i]);

/** @param {any} q @param {Answer} answer @param {import('./result.js').Poll} poll @param {number} floor */
function checkAnswer(q, answer, poll, floor) {
	must(answer.id === q.id, `expected the question ${q.id}, found ${answer.id}`);
	must(answer.outcome === outcome(q, poll, floor) && answer.quorum_met === (answer.outcome !== 'void'), `${q.id}: quorum or privacy floor say something else`);
	must((answer.count !== undefined) === (q.method === 'ranked'), `${q.id}: a count for a ranked question, and for no other`);
	if (answer.outcome !== 'decided' || q.method === 'ranked') return;
	must(answer.totals.length === q.options.length, `${q.id}: a total for each option`);
	const totalOf = new Map(q.options.map((/** @type {any} */ option, /** @type {number} */ i) => [option.id, answer.totals[i]]));
	const due = q.options.filter((/** @type {any} */ _, /** @type {number} */ i) => isApproved(q, poll, answer.totals, i)).map((/** @type {any} */ option) => option.id);
	must(same([...due].sort(), [...answer.approved].sort()), `${q.id}: other options are approved`);
	must(answer.approved.every((id, i) => i === 0 || totalOf.get(answer.approved[i - 1]) >= totalOf.get(id)), `${q.id}: not in the order of totals`);
	must(same(answer.elected, answer.approved.slice(0, q.winners)), `${q.id}: others are elected`);
}

/** @param {Uint8Array} payload @param {any} manifest @returns {Result} */
export function parse(payload, manifest) {
	/** @type {Result} */
	const result = json.read(payload, shape, 'RESULT', MAX_LENGTH, true);
	const poll = { counted: result.counted, weightCounted: result.weight_counted, electorate: result.electorate, weightElectorate: result.weight_electorate };
	must(result.questions.length === manifest.questions.length, 'an answer for each question');
	manifest.questions.forEach((/** @type {any} */ q, /** @type {number} */ k) => checkAnswer(q, result.questions[k], poll, manifest.privacy_floor));
	return result;
}

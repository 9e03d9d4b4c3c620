// SPDX-License-Identifier: Apache-2.0
// The answer to one question: the table is the truth, its bars decorate; beside it why it came out so.
import { el } from '../../ui/dom.js';
import { formatList, formatNumber, formatShare, t } from '../../ui/i18n.js';
import { meter } from '../../ui/parts.js';
import { approvalSentence, isDecision, quorumSentence, winnersSentence } from '../../ui/rules.js';
import { rankedAnswer } from './ranked.js';
import { approvalDue, rowsOf } from './table.js';

/** @typedef {import('../../core/result_entry.js').Result} Result */
/** @typedef {import('../../core/result_entry.js').Answer} Answer */

/** @param {any} q @param {Answer} answer @param {Result} r */
function quorum(q, answer, r) {
	const sentence = quorumSentence(q);
	if (sentence === null) return null;
	const found = 'count' in q.quorum ? t('results.found-count', { n: r.counted }) : t('results.found-votes', { n: r.weight_counted, whole: r.weight_electorate, share: formatShare(r.weight_counted, r.weight_electorate) });
	return el('li', null, sentence, ' ', found, ' ', el('strong', null, t(answer.quorum_met ? 'results.quorum-met' : 'results.quorum-missed')));
}

/** @param {any} q @param {Answer} answer @param {Result} r */
function approval(q, answer, r) {
	const sentence = approvalSentence(q);
	if (sentence === null || answer.outcome !== 'decided') return null;
	const { due, base } = approvalDue(q, answer, r);
	return el('li', null, sentence, ' ', t('results.approval-due', { n: due, whole: base }));
}

/** @param {any} q @param {string[]} ids */
const labels = (q, ids) => formatList(ids.map((id) => q.options.find((/** @type {any} */ one) => one.id === id)?.label ?? id));

/** @param {any} q @param {Answer} answer */
const ties = (q, answer) => answer.ties.map((tie) => el('li', null,
	t('results.tie', { names: labels(q, tie.options) }), ' ', t('results.tie-order', { names: labels(q, tie.order) }), ' ',
	tie.cut && t('results.tie-cut', { names: labels(q, tie.order.filter((id) => answer.elected.includes(id))) })));

/** @param {any} q @param {Answer} answer */
function verdict(q, answer) {
	if (answer.outcome === 'void') return el('p', { class: 'lead' }, el('strong', null, t('results.void')));
	if (answer.outcome === 'withheld') return el('p', { class: 'lead' }, el('strong', null, t('results.withheld')));
	if (answer.elected.length === 0) return el('p', { class: 'lead' }, el('strong', null, t(q.method === 'ranked' ? 'results.none-by-count' : isDecision(q) ? 'results.none-adopted' : 'results.none-elected')));
	return el('p', { class: 'lead' }, el('strong', null, t(isDecision(q) ? 'results.adopted' : 'results.elected', { names: labels(q, answer.elected) })));
}

/** @param {any} q @param {Answer} answer @param {Result} r */
function table(q, answer, r) {
	const isScore = q.score_max > 1;
	const most = Math.max(1, ...answer.totals, isScore ? 0 : r.weight_counted);
	return el('table', { class: 'result' },
		el('caption', { class: 'unseen' }, t('results.table', { title: q.title })),
		el('thead', null, el('tr', null,
			el('th', { scope: 'col' }, t('results.option')), el('th', { scope: 'col', class: 'number' }, t(isScore ? 'results.points' : 'results.votes')),
			el('th', { scope: 'col', class: 'number' }, t(isScore ? 'results.average' : 'results.share')))),
		el('tbody', null, rowsOf(q, answer).map((row) => el('tr', { class: row.standing },
			el('th', { scope: 'row' }, el('span', { dir: 'auto' }, row.label), ' ', row.standing && el('span', { class: `badge${row.standing === 'approved' ? '' : ' good'}` }, t(`results.is-${row.standing}`)), meter(row.total, most, row.standing === 'elected' || row.standing === 'adopted' ? 'elected' : 'rest')),
			el('td', { class: 'number' }, formatNumber(row.total)),
			el('td', { class: 'number' }, isScore ? formatNumber(r.weight_counted === 0 ? 0 : row.total / r.weight_counted, { maximumFractionDigits: 2 }) : formatShare(row.total, r.weight_counted))))));
}

/** @param {any} q @param {number} k @param {Result} r @param {any} manifest @param {string} url of the election */
export function answerOf(q, k, r, manifest, url) {
	const answer = r.questions[k];
	const winners = winnersSentence(q);
	return el('section', { class: 'card', 'aria-labelledby': `answer-${k}` },
		el('h2', { id: `answer-${k}`, dir: 'auto' }, q.title),
		verdict(q, answer),
		answer.outcome === 'decided' && (q.method === 'ranked' ? rankedAnswer(url, q, answer) : table(q, answer, r)),
		el('ul', { class: 'small reasons' },
			quorum(q, answer, r),
			answer.outcome === 'void' && el('li', null, t('results.void-why')),
			answer.outcome === 'withheld' && el('li', null, t('results.withheld-why', { n: manifest.privacy_floor })),
			approval(q, answer, r),
			winners && answer.outcome === 'decided' && el('li', null, winners),
			answer.outcome === 'decided' && ties(q, answer)));
}

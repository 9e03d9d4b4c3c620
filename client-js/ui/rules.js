// SPDX-License-Identifier: Apache-2.0
// The rules of a question in words: how to choose, quorum, approval [RESULT.QUORUM] [RESULT.APPROVAL].
import { formatNumber, t } from './i18n.js';

/** "20 %", or "1/3" where no whole percentage says it. @param {[number, number]} fraction @returns {string} */
export const fractionText = ([a, b]) => ((100 * a) % b === 0 ? formatNumber(a / b, { style: 'percent' }) : `${formatNumber(a)}/${formatNumber(b)}`);

/** @param {any} q @returns {string} */
function howMany({ method, min, max, score_max: scoreMax, options: { length: m } }) {
	if (method === 'referendum') return t(min === 0 ? 'rules.one-or-none' : 'rules.one');
	if (method === 'approval') return t('rules.any');
	if (method === 'ranked') return min === 0 && max === m ? t('rules.rank-any', { m }) : t('rules.rank-between', { min, max, m });
	if (method === 'score') return t('rules.score', { max: scoreMax });
	if (min === max) return t('rules.exactly', { n: max, m });
	return min === 0 ? t('rules.up-to', { n: max, m }) : t('rules.range', { min, max, m });
}

/** How to answer a question. @param {any} q @returns {string[]} sentences */
export const methodSentences = (q) => [
	howMany(q),
	...(q.count?.equal ? [t('rules.rank-equal')] : []),
	...(q.blank ? [t('rules.blank')] : []),
	...(q.order === 'random' ? [t('rules.random')] : []),
];

/** What has to be reached for a question to be decided. @param {any} q @returns {string|null} */
export function quorumSentence({ quorum }) {
	if (quorum === null) return null;
	if ('count' in quorum) return t('rules.quorum-count', { n: quorum.count });
	return t(quorum.strict ? 'rules.quorum-more' : 'rules.quorum-least', { share: fractionText(quorum.fraction) });
}

/** @param {any} q @returns {string} what an approval is measured by */
const baseWords = ({ approval, score_max: scoreMax }) => t(`rules.base-${approval.base}${scoreMax > 1 ? '-points' : ''}`);

/** What an option has to reach. @param {any} q @returns {string|null} */
export function approvalSentence(q) {
	if (q.approval === null) return null;
	return t(q.approval.strict ? 'rules.approval-more' : 'rules.approval-least', { share: fractionText(q.approval.fraction), base: baseWords(q) });
}

/** How many are elected, where that is not plain. @param {any} q @returns {string|null} */
export const winnersSentence = (q) => (q.winners >= q.options.length ? null : t(isDecision(q) ? 'rules.winner-referendum' : 'rules.winners', { n: q.winners }));

/** A question of which one answer is adopted, rather than people elected. @param {any} q */
export const isDecision = (q) => q.method === 'referendum' && q.winners === 1;

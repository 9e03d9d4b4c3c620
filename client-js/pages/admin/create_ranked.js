// SPDX-License-Identifier: Apache-2.0
// What the form asks of a ranked question: how its ballots are counted, and what everybody should know before asking one.
import { findMethod, methods } from '../../core/count/methods.js';
import { el } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';

/**
 * @typedef {import('../../admin/draft.js').Question} Question
 * @typedef {import('./create.js').Create} Create
 */

/** What a question needs that becomes a ranked one, or is none any more. @param {Question} q @param {Question['method']} method */
export function setMethod(q, method) {
	/* All options may be ranked unless somebody says otherwise; elsewhere a number has to stand there. */
	if (method === 'ranked' && q.method !== 'ranked') q.max = '';
	else if (method !== 'ranked' && q.max.trim() === '') q.max = '1';
	q.method = method;
}

/** Rankings are published: nobody should learn that after the close. */
export const warnings = () => notice('warning', el('p', null, t('admin.ranked-public')), el('p', null, t('admin.ranked-needs')));

/** @param {Create} c @param {Question} q @param {string} path */
export function rankedFields(c, q, path) {
	const { form } = c;
	const method = findMethod(q.count);
	const whole = (/** @type {'min'|'max'|'winners'|'minimum'|'defaultQuorum'} */ name, /** @type {string} */ hint = '') => form.text(`${path}.${name}`, { label: t(`admin.question-${name}`), hint, dir: 'ltr', value: q[name], on: (value) => { q[name] = value; } });
	return [
		warnings(),
		form.select(`${path}.count`, {
			label: t('admin.question-count'), hint: t('admin.question-count-hint'), value: q.count, choices: methods.filter(({ needsScores }) => !needsScores).map(({ id }) => [id, t(`count.method-${id}`)]),
			on: (value) => { q.count = value; c.redraw(`${path}.count`); },
		}),
		el('div', { class: 'pair' }, whole('min', t('admin.question-min-ranked')), whole('max', t('admin.question-max-ranked'))),
		!method?.oneSeat && whole('winners', t('admin.question-seats-hint')),
		method?.equalRanks && form.check(`${path}.equal`, { label: t('admin.question-equal'), hint: t('admin.question-equal-hint'), value: q.equal, on: (value) => { q.equal = value; } }),
		method?.hasMinimum && whole('minimum', t('admin.question-minimum-hint')),
		method?.hasDefault && defaultFields(c, q, path, whole),
	];
}

/** @param {Create} c @param {Question} q @param {string} path @param {(name: 'defaultQuorum', hint: string) => HTMLElement} whole */
function defaultFields(c, q, path, whole) {
	const at = q.options.findIndex(({ isDefault }) => isDefault);
	return [
		c.form.select(`${path}.default`, {
			label: t('admin.question-default'), hint: t('admin.question-default-hint'), value: String(at), choices: [['-1', t('admin.question-default-none')], .../** @type {[string, string][]} */ (q.options.map(({ label }, i) => [String(i), label.trim() || t('admin.option-n', { n: i + 1 })]))],
			on: (value) => {
				q.options.forEach((o, i) => { o.isDefault = i === Number(value); });
				c.redraw(`${path}.default`);
			},
		}),
		at >= 0 && whole('defaultQuorum', t('admin.question-defaultQuorum-hint')),
	];
}

/** What an option needs against the default option, where there is one. @param {Create} c @param {Question} q @param {number} i @param {string} here */
export function majorityField(c, q, i, here) {
	const o = q.options[i];
	if (q.method !== 'ranked' || !findMethod(q.count)?.hasDefault || o.isDefault || !q.options.some(({ isDefault }) => isDefault)) return null;
	return c.form.text(`${here}.majority`, { label: t('admin.option-majority'), hint: t('admin.option-majority-hint'), dir: 'ltr', value: o.majority, on: (value) => { o.majority = value; } });
}

// SPDX-License-Identifier: Apache-2.0
// How the questions of a draft will look in the booth, while they are written.
import { define } from '../../crypto/bitproof.js';
import { findMethod } from '../../core/count/methods.js';
import { pictureUrl } from '../../admin/election_text_write.js';
import { el } from '../../ui/dom.js';
import { formatTime, t } from '../../ui/i18n.js';

/** @typedef {import('../../admin/draft.js').Question} Question */

/** @param {string} text @returns {number} */
const number = (text) => (/^[0-9]{1,4}$/.test(text.trim()) ? Number(text) : 0);

/** What the voter is asked to do. @param {Question} q @returns {string} */
function instruction({ method, min, max, scoreMax, options, equal, count }) {
	const [low, high] = [number(min), number(max)];
	if (method === 'approval') return t('admin.preview-approval');
	if (method === 'score') return t('admin.preview-score', { max: number(scoreMax) });
	if (method === 'ranked') return `${t('admin.preview-ranked', { low, n: max.trim() === '' ? options.length : high })}${equal && findMethod(count)?.equalRanks ? ` ${t('admin.preview-equal')}` : ''}`;
	if (high === 1 || method === 'referendum') return t(low === 0 ? 'admin.preview-one-or-none' : 'admin.preview-one');
	if (low === high) return t('admin.preview-exactly', { n: high });
	return low === 0 ? t('admin.preview-up-to', { n: high, of: options.length }) : t('admin.preview-range', { low, n: high });
}

/** @param {string} text a link as it was typed */
const isLink = (text) => /^https?:\/\/[^ "'<>]+$/.test(text.trim());

/** @param {Question} q @param {import('../../admin/draft.js').Option} o @param {string} name */
function option(q, o, name) {
	const single = q.method === 'referendum' || (q.method === 'choose' && number(q.max) === 1);
	const label = o.label.trim() || t('admin.preview-option');
	const control = q.method === 'ranked' ? el('select', { 'aria-label': label }, ['–', ...q.options.slice(0, 20).map((_, i) => String(i + 1))].map((place) => el('option', null, place)))
		: q.method === 'score' ? el('select', { 'aria-label': label }, Array.from({ length: Math.min(number(q.scoreMax), 255) + 1 }, (_, i) => el('option', null, String(i))))
		: el('input', { type: single ? 'radio' : 'checkbox', name });
	const text = [o.picture && el('img', { src: pictureUrl(o.picture), alt: '', class: 'miniature' }), el('span', { class: 'label' }, el('bdi', null, label)), o.text.trim() && el('span', { class: 'text small', dir: 'auto' }, o.text.trim())];
	return el('li', null, q.method === 'score' || q.method === 'ranked' ? el('div', { class: 'choice' }, control, el('div', null, text)) : el('label', { class: 'choice' }, control, el('span', null, text)),
		isLink(o.link) && el('a', { class: 'small', href: o.link.trim(), target: '_blank', rel: 'noopener noreferrer' }, t('admin.preview-link')));
}

/** @param {Question} q @param {number} i */
function question(q, i) {
	const name = `preview-${i}`;
	const blank = q.blank && (q.method === 'choose' || q.method === 'referendum') && number(q.min) >= 1;
	return el('fieldset', { class: 'question' },
		el('legend', { dir: 'auto' }, q.title.trim() || t('admin.preview-question', { n: i + 1 })),
		q.text.trim() && el('p', { class: 'text small', dir: 'auto' }, q.text.trim()),
		el('p', { class: 'faint small' }, instruction(q), q.order === 'random' && ` ${t('admin.preview-random')}`),
		el('ul', { class: 'plain choices' }, q.options.map((o) => option(q, o, name)),
			blank && el('li', null, el('label', { class: 'choice' }, el('input', { type: 'checkbox' }), el('span', null, t('admin.preview-blank'))))));
}

/** Bytes of the proof grow with the bits: from here on a phone takes seconds. @param {Question} q @returns {boolean} */
function isSlow({ method, min, max, scoreMax, options }) {
	try {
		if (method === 'ranked') return false; // a few elements, whatever is asked
		const m = options.length;
		const S = method === 'score' ? number(scoreMax) : 1;
		const high = method === 'score' || method === 'approval' ? m * S : method === 'referendum' ? 1 : number(max);
		return define({ m, S, min: method === 'choose' || method === 'referendum' ? number(min) : 0, max: high, blank: false }).L > 600;
	} catch {
		return false; // not a question yet: its fields say why
	}
}

/** @param {import('../../admin/draft.js').Draft} draft @returns {HTMLElement[]} */
export function preview(draft) {
	return [
		el('p', { class: 'preview-title' }, draft.rehearsal && el('span', { class: 'badge warning' }, t('admin.rehearsal')), ' ', el('strong', { dir: 'auto' }, draft.title.trim() || t('admin.preview-election'))),
		el('p', { class: 'text small', dir: 'auto' }, draft.text.trim()),
		el('p', { class: 'faint small' }, draft.closes === null ? '' : t('admin.preview-closes', { time: formatTime(draft.closes) })),
		...draft.questions.map(question),
		...(draft.questions.some(isSlow) ? [el('p', { class: 'small' }, t('admin.preview-slow'))] : []),
	];
}

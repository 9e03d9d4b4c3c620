// SPDX-License-Identifier: Apache-2.0
// The step of the form in which questions and their options are written.
import { newOption, newQuestion } from '../../admin/draft.js';
import { pictureUrl } from '../../admin/election_text_write.js';
import { write as writeBase64 } from '../../core/base64.js';
import { el, replace } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { majorityField, rankedFields, setMethod } from './create_ranked.js';
import { button, fileButton } from './fields.js';
import { fitPicture } from './picture.js';

/**
 * @typedef {import('../../admin/draft.js').Question} Question
 * @typedef {import('./create.js').Create} Create
 */

/** Exchanges two neighbours. @param {any[]} list @param {number} i @param {number} by */
function move(list, i, by) {
	[list[i], list[i + by]] = [list[i + by], list[i]];
}

/** Buttons to move and remove one of a list. @param {Create} c @param {any[]} list @param {number} i @param {string} path of the list @param {string} what names the thing for screen readers */
function arrange(c, list, i, path, what) {
	const named = (/** @type {string} */ key) => ({ class: 'small', 'aria-label': `${t(key)}: ${what}` });
	const then = (/** @type {() => void} */ change, /** @type {string} */ focus) => () => { change(); c.redraw(focus); };
	return el('div', { class: 'arrange' },
		button('↑', then(() => move(list, i, -1), `${path}.${i - 1}`), { ...named('admin.move-up'), disabled: i === 0 }),
		button('↓', then(() => move(list, i, 1), `${path}.${i + 1}`), { ...named('admin.move-down'), disabled: i === list.length - 1 }),
		button(t('admin.remove'), then(() => list.splice(i, 1), `${path}.${Math.max(0, i - 1)}`), named('admin.remove')));
}

/** @param {Create} c @param {import('../../admin/draft.js').Option} o @param {string} here */
function pictureField(c, o, here) {
	const said = el('p', { class: 'wrong', role: 'alert' });
	const take = async (/** @type {Uint8Array} */ _, /** @type {File} */ file) => {
		const picture = await fitPicture(file);
		if (picture === null) {
			replace(said, `${t('admin.picture-wrong')} [MANIFEST.PICTURE]`);
			return;
		}
		o.picture = writeBase64(picture);
		c.redraw(`${here}.label`);
	};
	return el('div', { class: 'field' }, el('p', { class: 'label' }, t('admin.picture')), el('p', { class: 'hint' }, t('admin.picture-hint')),
		o.picture !== '' && el('img', { src: pictureUrl(o.picture), alt: t('admin.picture-of', { label: o.label }), class: 'miniature' }),
		el('div', { class: 'arrange' }, fileButton(t('admin.picture-open'), take, { accept: 'image/png,image/jpeg,image/webp' }),
			o.picture !== '' && button(t('admin.remove'), () => { o.picture = ''; c.redraw(`${here}.label`); }, { class: 'small', 'aria-label': `${t('admin.remove')}: ${t('admin.picture-of', { label: o.label })}` })), said);
}

/** @param {Create} c @param {Question} q @param {number} i @param {string} path */
function option(c, q, i, path) {
	const o = q.options[i];
	const here = `${path}.options.${i}`;
	const { form } = c;
	const isOpen = o.text !== '' || o.picture !== '' || o.link !== '' || o.id !== '' || c.problems.some((one) => one.path.startsWith(`${here}.`) && !/\.(label|majority)$/.test(one.path));
	return el('li', { class: 'draft-option' },
		form.text(`${here}.label`, { label: t('admin.option-n', { n: i + 1 }), value: o.label, on: (value) => { o.label = value; } }),
		majorityField(c, q, i, here),
		el('details', { open: isOpen }, el('summary', null, t('admin.option-more')),
			form.text(`${here}.text`, { label: t('admin.option-text'), lines: 3, value: o.text, on: (value) => { o.text = value; } }),
			form.text(`${here}.link`, { label: t('admin.option-link'), hint: t('admin.option-link-hint'), dir: 'ltr', spellcheck: false, value: o.link, on: (value) => { o.link = value; } }),
			pictureField(c, o, here),
			form.text(`${here}.id`, { label: t('admin.id'), hint: t('admin.id-hint'), dir: 'ltr', spellcheck: false, mono: true, value: o.id, on: (value) => { o.id = value; } })),
		arrange(c, q.options, i, `${path}.options`, o.label || t('admin.option-n', { n: i + 1 })));
}

/** How many may be chosen, as the method wants it. @param {Create} c @param {Question} q @param {string} path */
function counts(c, q, path) {
	const { form } = c;
	const whole = (/** @type {'min'|'max'|'scoreMax'|'winners'} */ name, /** @type {string} */ hint = '') => form.text(`${path}.${name}`, { label: t(`admin.question-${name}`), hint, type: 'text', dir: 'ltr', value: q[name], on: (value) => { q[name] = value; } });
	const required = () => form.check(`${path}.min`, { label: t('admin.question-required'), hint: t('admin.question-required-hint'), value: q.min.trim() !== '0', on: (value) => { q.min = value ? '1' : '0'; c.redraw(); } });
	const blank = () => form.check(`${path}.blank`, { label: t('admin.question-blank'), hint: t('admin.question-blank-hint'), value: q.blank, on: (value) => { q.blank = value; } });
	if (q.method === 'ranked') return rankedFields(c, q, path);
	return [
		q.method === 'referendum' && [required(), q.min.trim() !== '0' && blank()],
		q.method === 'choose' && [el('div', { class: 'pair' }, whole('min'), whole('max')), blank()],
		q.method === 'score' && whole('scoreMax'),
		whole('winners', t('admin.question-winners-hint')),
	];
}

/** @param {Create} c @param {Question} q @param {string} path @param {'quorum'|'approval'} name @param {string[]} kinds */
function bar(c, q, path, name, kinds) {
	const { form } = c;
	const set = (/** @type {string} */ member, /** @type {any} */ value) => { /** @type {any} */ (q)[member] = value; };
	return [
		form.select(`${path}.${name}`, { label: t(`admin.question-${name}`), hint: t(`admin.question-${name}-hint`), value: q[name], choices: ['none', ...kinds].map((kind) => [kind, t(`admin.of-${name}-${kind}`)]), on: (value) => {
			if (value === 'count' && q.quorum !== 'count') q.quorumValue = '10';
			else if (name === 'quorum' && value === 'electorate' && q.quorum === 'count') q.quorumValue = '20%';
			set(name, value);
			c.redraw(`${path}.${name}`);
		} }),
		q[name] !== 'none' && el('div', { class: 'pair' },
			form.select(`${path}.${name}Strict`, { label: t('admin.bar-how'), value: q[`${name}Strict`] ? 'more' : 'least', choices: [['least', t('admin.bar-least')], ['more', t('admin.bar-more')]], on: (value) => set(`${name}Strict`, value === 'more') }),
			form.text(`${path}.${name}Value`, { label: t(q[name] === 'count' ? 'admin.bar-count' : 'admin.bar-share'), dir: 'ltr', value: q[`${name}Value`], on: (value) => set(`${name}Value`, value.trim()) })),
	];
}

/** @param {Create} c @param {number} i */
function question(c, i) {
	const { form, draft } = c;
	const q = draft.questions[i];
	const path = `questions.${i}`;
	return el('fieldset', { class: 'card' },
		el('legend', null, t('admin.nth-questions', { n: i + 1 })),
		form.text(`${path}.title`, { label: t('admin.question-title'), value: q.title, on: (value) => { q.title = value; } }),
		form.text(`${path}.text`, { label: t('admin.question-text'), lines: 3, value: q.text, on: (value) => { q.text = value; } }),
		form.select(`${path}.method`, { label: t('admin.question-method'), value: q.method, choices: ['referendum', 'choose', 'approval', 'score', 'ranked'].map((name) => [name, t(`admin.method-${name}`)]), on: (value) => {
			setMethod(q, value);
			if (value === 'referendum' && q.options.every(({ label }) => label === '')) q.options = [newOption(t('admin.yes')), newOption(t('admin.no'))];
			c.redraw(`${path}.method`);
		} }),
		counts(c, q, path),
		el('h3', null, t('admin.options')),
		el('ol', { class: 'plain' }, q.options.map((_, k) => option(c, q, k, path))),
		el('p', { class: 'wrong', hidden: !c.problems.some((one) => one.path === `${path}.options`) }, t('admin.wrong-options')),
		button(t('admin.option-add'), () => { q.options.push(newOption()); c.redraw(`${path}.options.${q.options.length - 1}`); }),
		el('details', { open: q.quorum !== 'none' || (q.approval !== 'none' && q.method !== 'ranked') || q.order === 'random' || q.id !== '' }, el('summary', null, t(q.method === 'ranked' ? 'admin.question-more-ranked' : 'admin.question-more')),
			bar(c, q, path, 'quorum', ['electorate', 'count']),
			q.method !== 'ranked' && bar(c, q, path, 'approval', ['ballots', 'electorate', 'options_sum']),
			form.select(`${path}.order`, { label: t('admin.question-order'), value: q.order, choices: [['fixed', t('admin.order-fixed')], ['random', t('admin.order-random')]], on: (value) => { q.order = value; } }),
			form.text(`${path}.id`, { label: t('admin.id'), hint: t('admin.id-hint'), dir: 'ltr', spellcheck: false, mono: true, value: q.id, on: (value) => { q.id = value; } })),
		draft.questions.length > 1 && arrange(c, draft.questions, i, 'questions', q.title || t('admin.nth-questions', { n: i + 1 })));
}

/** @param {Create} c */
export const questionsStep = (c) => [
	c.draft.questions.map((_, i) => question(c, i)),
	button(t('admin.question-add'), () => { c.draft.questions.push(newQuestion()); c.redraw(`questions.${c.draft.questions.length - 1}`); }),
];

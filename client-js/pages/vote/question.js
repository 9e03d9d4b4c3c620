// SPDX-License-Identifier: Apache-2.0
// One question: radio buttons, check boxes, scores or a ranking, what was chosen so far, and what is worth a word before going on.
import { pictureType } from '../../core/manifest.js';
import { judge, set, setBlank, sum } from '../../booth/choices.js';
import { isRanked } from '../../core/parts.js';
import { announce, el, replace } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { Ranking, rankingRule } from './ranking.js';

/** @typedef {import('./booth.js').Booth} Booth */
/** @typedef {import('../../booth/choices.js').Asked} Asked */

const MAX_RADIOS = 10;

/** What is allowed, in one sentence. @param {any} q @param {Asked} d @returns {string} */
function instruction(q, d) {
	if (isRanked(d)) return rankingRule(d);
	if (q.method === 'score') return t('vote.rule-score', { most: d.S });
	if (q.method === 'approval') return t('vote.rule-approval');
	if (d.max === 1) return t(d.min === 1 ? 'vote.rule-one' : 'vote.rule-at-most-one');
	if (d.min === d.max) return t('vote.rule-exactly', { n: d.max });
	return d.min === 0 ? t('vote.rule-up-to', { n: d.max }) : t('vote.rule-between', { least: d.min, n: d.max });
}

/** The state of one question on the page. */
export class Question {
	/** @param {Booth} booth @param {number} index @param {boolean} isChange */
	constructor(booth, index, isChange) {
		this.booth = booth;
		this.index = index;
		this.isChange = isChange;
		this.q = booth.questions[index];
		this.d = booth.session.setup.definitions[index];
		this.isSingle = !isRanked(this.d) && this.d.max === 1 && this.d.S === 1;
		this.counter = el('p', { class: 'counter', role: 'status' });
		this.warning = el('div', null);
		/** @type {(() => void)[]} that set the controls to what is chosen */
		this.refreshers = [];
		this.isWarned = false;
	}

	get choice() {
		return this.booth.choices[this.index];
	}

	set choice(choice) {
		this.booth.choices[this.index] = choice;
	}

	refresh() {
		for (const one of this.refreshers) one();
		this.isWarned = false;
		replace(this.warning);
		const text = isRanked(this.d) || this.d.S > 1 || this.isSingle ? '' : this.choice.blank ? t('booth.blank') : t('vote.chosen', { n: sum(this.choice), most: this.d.max });
		replace(this.counter, text);
	}

	/** @param {number} option @param {number} value */
	pick(option, value) {
		const { choice, isFull } = set(this.d, this.choice, option, value);
		this.choice = choice;
		this.refresh();
		if (isFull) this.full(this.d.max);
	}

	/** @param {number} n that may be chosen */
	full(n) {
		const text = t('vote.full', { n });
		replace(this.warning, notice('warning', el('p', null, text)));
		announce(text, true);
	}

	/** It is in the manifest, so nobody learns who looks at it. @param {any} option */
	picture({ picture }) {
		if (!picture) return null;
		const url = URL.createObjectURL(new Blob([picture], { type: pictureType(picture) ?? '' }));
		return el('img', { class: 'picture', alt: '', src: url, on: { load: () => URL.revokeObjectURL(url) } });
	}

	/** @param {any} option @param {number} i */
	description(option, i) {
		if (option.text === '' && option.link === '') return null;
		return el('div', { class: 'about', id: `about-${i}` }, option.text && el('p', { class: 'text', dir: 'auto' }, option.text),
			option.link && el('p', null, el('a', { href: option.link, target: '_blank', rel: 'noopener noreferrer' }, t('vote.more', { label: option.label }), el('span', { class: 'unseen' }, ` ${t('vote.new-tab')}`))));
	}

	/** @param {number} i @param {any} option */
	tick(i, option) {
		const about = this.description(option, i);
		const input = el('input', { type: this.isSingle ? 'radio' : 'checkbox', name: 'option', id: `option-${i}`, 'aria-describedby': about ? about.id : null });
		input.addEventListener('change', () => this.pick(i, input.checked ? 1 : 0));
		this.refreshers.push(() => { input.checked = this.choice.values[i] > 0; });
		return el('li', { class: 'option' }, el('label', { for: input.id }, input, this.picture(option), el('span', { class: 'label' }, el('bdi', null, option.label))), about);
	}

	/** @param {number} i @param {any} option */
	score(i, option) {
		const about = this.description(option, i);
		const name = `score-${i}`;
		if (this.d.S > MAX_RADIOS) {
			const input = el('input', { type: 'number', min: 0, max: this.d.S, step: 1, id: name, inputmode: 'numeric', 'aria-describedby': about ? about.id : null });
			input.addEventListener('change', () => this.pick(i, Math.min(this.d.S, Math.max(0, Math.trunc(Number(input.value)) || 0))));
			this.refreshers.push(() => { input.value = String(this.choice.values[i]); });
			return el('li', { class: 'option score' }, el('label', { for: name, class: 'label' }, this.picture(option), el('bdi', null, option.label)), input, about);
		}
		const radios = Array.from({ length: this.d.S + 1 }, (_, value) => {
			const input = el('input', { type: 'radio', name, value: String(value), on: { change: () => this.pick(i, value) } });
			this.refreshers.push(() => { input.checked = this.choice.values[i] === value; });
			return el('label', null, input, el('span', null, t('vote.number', { value })));
		});
		return el('li', { class: 'option score' }, el('fieldset', { 'aria-describedby': about ? about.id : null }, el('legend', { class: 'label' }, this.picture(option), el('bdi', null, option.label)), el('div', { class: 'scale' }, radios)), about);
	}

	blank() {
		if (!this.d.blank) return null;
		const input = el('input', { type: this.isSingle ? 'radio' : 'checkbox', name: 'option', id: 'blank' });
		input.addEventListener('change', () => { this.choice = setBlank(this.d, input.checked); this.refresh(); });
		this.refreshers.push(() => { input.checked = this.choice.blank; });
		return el('li', { class: 'option blank' }, el('label', { for: 'blank' }, input, el('span', { class: 'label' }, t('vote.blank-option'))));
	}

	options() {
		if (isRanked(this.d)) {
			const ranking = new Ranking(this);
			this.refreshers.push(() => ranking.refresh());
			return [el('p', { class: 'rule' }, instruction(this.q, this.d)), ranking.node];
		}
		const list = this.booth.orders[this.index].map((i) => (this.d.S > 1 ? this.score(i, this.q.options[i]) : this.tick(i, this.q.options[i])));
		const items = el('ul', { class: 'options' }, list, this.blank());
		return el('fieldset', null, el('legend', null, instruction(this.q, this.d)), items);
	}

	/** Radio buttons cannot be taken back by themselves. */
	clearButton() {
		if (!this.isSingle || this.d.min > 0) return null;
		return el('button', { type: 'button', class: 'link', on: { click: () => { this.choice = setBlank(this.d, false); this.refresh(); announce(t('vote.cleared')); } } }, t('vote.clear'));
	}

	next() {
		const state = judge(this.d, this.choice);
		if (state === 'few') {
			const text = t('vote.few', { n: this.d.min });
			replace(this.warning, notice('error', el('p', null, text, this.d.blank && ` ${t('vote.few-blank')}`)));
			return;
		}
		if ((state === 'empty' || state === 'partial') && !this.isWarned) {
			this.isWarned = true;
			const text = state === 'empty' ? t('vote.warn-empty') : t('vote.warn-partial', { n: sum(this.choice), most: this.d.max });
			replace(this.warning, notice('warning', el('p', null, text), el('p', null, t('vote.warn-again'))));
			announce(`${text} ${t('vote.warn-again')}`, true);
			return;
		}
		this.go(1);
	}

	/** @param {1|-1} by */
	go(by) {
		const { booth, index } = this;
		if (this.isChange || by < 0) booth.back();
		else booth.next(index + 1);
	}

	show() {
		const { booth, q, index } = this;
		const heading = el('h1', null, el('span', { class: 'step' }, t('vote.step', { number: index + 1, all: booth.questions.length })), ' ', el('bdi', null, q.title));
		const body = this.options();
		this.refresh();
		booth.show({
			heading,
			nodes: [
				el('progress', { max: booth.questions.length + 1, value: index + 1, 'aria-label': t('vote.progress') }),
				q.text && el('p', { class: 'text', dir: 'auto' }, q.text), body, this.counter, this.clearButton(), this.warning,
				el('p', { class: 'actions' },
					el('button', { type: 'button', class: 'main', on: { click: () => this.next() } }, t(this.isChange || index + 1 === booth.questions.length ? 'vote.to-review' : 'vote.next')),
					!this.isChange && index > 0 && el('button', { type: 'button', on: { click: () => this.go(-1) } }, t('vote.back'))),
			],
		});
	}
}

/** @param {Booth} booth @param {number} index @param {boolean} isChange */
export const questionView = (booth, index, isChange) => new Question(booth, index, isChange).show();

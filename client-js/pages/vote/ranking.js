// SPDX-License-Identifier: Apache-2.0
// The answer to a ranked question: a list in the voter's order, and the options that are not on it.  Buttons do everything; dragging does it too.
import { append, moveTo, numRanked, placeOf, placesOf, ranksOf, step, toggleShared, without } from '../../booth/ranks.js';
import { announce, el, replace } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { Dragging } from './dragging.js';

/** @typedef {import('./question.js').Question} Question */

/* From here on a place can be chosen from a list: nobody wants to press a button twenty times. */
const MANY = 8;

/** What is allowed. @param {import('../../core/ranking.js').RankedDefinition} d */
export const rankingRule = (d) => [t('vote.rule-rank'), d.min > 0 && t('vote.rule-rank-least', { n: d.min }), d.max < d.m && t('vote.rule-rank-most', { n: d.max }), d.equal && t('vote.rule-rank-equal')]
	.filter((text) => text !== false).join(' ');

export class Ranking {
	/** @param {Question} question */
	constructor(question) {
		this.question = question;
		this.d = /** @type {import('../../core/ranking.js').RankedDefinition} */ (/** @type {unknown} */ (question.d));
		this.options = question.q.options;
		this.ranked = el('ol', { class: 'ranking', 'aria-labelledby': 'ranked-heading' });
		this.unranked = el('ul', { class: 'ranking rest', 'aria-labelledby': 'unranked-heading' });
		this.dragging = new Dragging([this.ranked, this.unranked], (option, list, before) => this.#dropped(option, list === this.ranked ? before : -1));
		this.node = el('div', { class: 'ranked-question' },
			el('h2', { id: 'ranked-heading' }, t('vote.your-ranking')), this.ranked, el('h2', { id: 'unranked-heading' }, t('vote.not-ranked')), this.unranked);
	}

	get places() {
		return placesOf(this.question.choice.values);
	}

	/** @param {number} option */
	label(option) {
		return this.options[option].label;
	}

	/** @param {number[][]} places @param {number} option the one that was moved @param {string} focus ids of controls, the first that can have the focus gets it */
	#set(places, option, focus) {
		this.question.choice = { blank: false, values: ranksOf(places, this.d.m) };
		this.question.refresh();
		const at = placeOf(places, option);
		announce(at < 0 ? t('vote.now-unranked', { label: this.label(option) })
			: t(places[at].length > 1 ? 'vote.now-shared' : 'vote.now-ranked', { label: this.label(option), n: at + 1, all: places.length }));
		for (const id of focus.split(' ')) {
			const control = /** @type {HTMLButtonElement|null} */ (document.getElementById(id));
			if (!control || control.disabled) continue;
			control.focus();
			break;
		}
	}

	/** @param {number} option */
	#add(option) {
		if (numRanked(this.places) >= this.d.max) {
			this.question.full(this.d.max);
			return;
		}
		const rest = this.#rest();
		const next = rest[rest.indexOf(option) + 1] ?? rest[rest.indexOf(option) - 1];
		this.#set(append(this.places, option), option, `add-${next} up-${option} remove-${option}`);
	}

	/** @param {number} option @param {number} before places before it; below 0: to the options without a place */
	#dropped(option, before) {
		const { places } = this;
		if (before < 0) {
			if (placeOf(places, option) >= 0) this.#set(without(places, option), option, `add-${option}`);
		} else if (placeOf(places, option) < 0 && numRanked(places) >= this.d.max) this.question.full(this.d.max);
		else this.#set(moveTo(places, option, before), option, `up-${option} down-${option} remove-${option}`);
	}

	/** Options without a place, in the order in which they are shown. */
	#rest() {
		const { places } = this;
		return this.question.booth.orders[this.question.index].filter((option) => placeOf(places, option) < 0);
	}

	/** @param {string} name @param {number} option @param {string} sign @param {string} words @param {() => void} act @param {{isOff?: boolean, isPressed?: boolean}} [how] */
	#button(name, option, sign, words, act, { isOff = false, isPressed } = {}) {
		return el('button', { type: 'button', id: `${name}-${option}`, class: 'move', title: words, disabled: isOff, 'aria-pressed': isPressed === undefined ? null : String(isPressed), on: { click: act } },
			el('span', { 'aria-hidden': 'true' }, sign), el('span', { class: 'unseen' }, words));
	}

	/** @param {number[][]} places @param {number} option @param {number} at */
	#place(places, option, at) {
		if (places.length <= MANY || places[at].length > 1) return el('span', { class: 'place' }, t('vote.number', { value: at + 1 }));
		const id = `place-${option}`;
		return el('select', { class: 'place', id, 'aria-label': t('vote.place-of', { label: this.label(option) }), on: { change: (/** @type {Event} */ event) =>
			this.#set(moveTo(places, option, Number(/** @type {HTMLSelectElement} */ (event.target).value)), option, id) } },
		places.map((_, i) => el('option', { value: String(i), selected: i === at }, t('vote.number', { value: i + 1 }))));
	}

	/** @param {number[][]} places @param {number} option @param {number} at */
	#item(places, option, at) {
		const label = this.label(option);
		const isShared = places[at].length > 1;
		const moved = (/** @type {1|-1} */ by) => this.#set(step(places, option, by), option, by < 0 ? `up-${option} down-${option}` : `down-${option} up-${option}`);
		return el('li', { class: `option ranked${isShared ? ' shared' : ''}`, 'data-option': option, 'data-place': at },
			this.dragging.grip(option), this.#place(places, option, at), this.question.picture(this.options[option]), el('span', { class: 'label' }, el('bdi', null, label)),
			el('span', { class: 'moves' },
				this.#button('up', option, '↑', t('vote.up', { label }), () => moved(-1), { isOff: at === 0 && !isShared }),
				this.#button('down', option, '↓', t('vote.down', { label }), () => moved(1), { isOff: at === places.length - 1 && !isShared }),
				this.d.equal && this.#button('share', option, '=', t('vote.share', { label }), () => this.#set(toggleShared(places, option), option, `share-${option}`), { isOff: at === 0 && !isShared, isPressed: isShared }),
				this.#button('remove', option, '×', t('vote.unrank', { label }), () => this.#set(without(places, option), option, `add-${option}`))));
	}

	/** @param {number} option @param {number} next */
	#restItem(option, next) {
		const one = this.options[option];
		return el('li', { class: 'option', 'data-option': option },
			this.dragging.grip(option), this.question.picture(one), el('span', { class: 'label' }, el('bdi', null, one.label)),
			el('span', { class: 'moves' }, el('button', { type: 'button', id: `add-${option}`, class: 'add', on: { click: () => this.#add(option) } }, t('vote.make-number', { n: next }), el('span', { class: 'unseen' }, ` ${one.label}`))),
			this.question.description(one, option));
	}

	refresh() {
		const { places } = this;
		const rest = this.#rest();
		replace(this.ranked, places.flatMap((options, at) => options.map((option) => this.#item(places, option, at))),
			places.length === 0 && el('li', { class: 'faint' }, t('vote.none-ranked')));
		replace(this.unranked, rest.map((option) => this.#restItem(option, places.length + 1)), rest.length === 0 && el('li', { class: 'faint' }, t('vote.all-ranked')));
	}
}

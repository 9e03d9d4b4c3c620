// SPDX-License-Identifier: Apache-2.0
// Dragging items of lists with mouse, pen or finger.  A convenience: whatever it does, buttons do too.
import { el } from '../../ui/dom.js';

/** @typedef {(option: number, list: HTMLElement, before: number) => void} Dropped `before`: how many places of the list come before it, without the item itself */

export class Dragging {
	/** @param {HTMLElement[]} lists of items with `data-option` @param {Dropped} dropped */
	constructor(lists, dropped) {
		this.lists = lists;
		this.dropped = dropped;
	}

	/** What an item is taken by. @param {number} option */
	grip(option) {
		return el('span', { class: 'grip', 'aria-hidden': 'true', on: { pointerdown: (/** @type {PointerEvent} */ event) => this.#begin(event, option) } }, '⠿');
	}

	/** Where a point would drop: the list and the item that it would come before. @param {number} y @param {HTMLElement} item the dragged one */
	#target(y, item) {
		const distance = (/** @type {HTMLElement} */ list) => {
			const { top, bottom } = list.getBoundingClientRect();
			return Math.max(top - y, y - bottom, 0);
		};
		const list = this.lists.reduce((best, one) => (distance(one) < distance(best) ? one : best));
		const others = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[data-option]')]).filter((one) => one !== item);
		const next = others.find((one) => {
			const { top, height } = one.getBoundingClientRect();
			return y < top + height / 2;
		});
		return { list, others, next };
	}

	/** @param {{list: HTMLElement, next: HTMLElement|undefined}|null} target */
	#mark(target) {
		for (const list of this.lists) {
			list.classList.toggle('drop-here', target?.list === list);
			for (const one of list.children) one.classList.toggle('drop-before', target !== null && target.next === one);
		}
	}

	/** @param {PointerEvent} event @param {number} option */
	#begin(event, option) {
		if (event.button !== 0) return;
		const grip = /** @type {HTMLElement} */ (event.currentTarget);
		const item = /** @type {HTMLElement} */ (grip.closest('[data-option]'));
		event.preventDefault();
		const end = new AbortController();
		const { signal } = end;
		const stop = () => {
			end.abort();
			item.classList.remove('dragged');
			this.#mark(null);
		};
		grip.setPointerCapture(event.pointerId);
		item.classList.add('dragged');
		grip.addEventListener('pointermove', (move) => this.#mark(this.#target(move.clientY, item)), { signal });
		grip.addEventListener('pointercancel', stop, { signal });
		document.addEventListener('keydown', (key) => { if (key.key === 'Escape') stop(); }, { signal });
		grip.addEventListener('pointerup', (up) => {
			const { list, others, next } = this.#target(up.clientY, item);
			stop();
			/* Items that share a place are dropped before as one. */
			const places = new Set((next ? others.slice(0, others.indexOf(next)) : others).map((one) => one.dataset.place));
			this.dropped(option, list, places.size);
		}, { signal });
	}
}

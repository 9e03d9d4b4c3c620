// SPDX-License-Identifier: Apache-2.0
// The entries of a board, a page at a time, newest first: only the bundles of that page are read.
import { headOf } from '../../core/log_reader.js';
import { el, replace } from '../../ui/dom.js';
import { failure, isExpected } from '../../ui/follow.js';
import { formatNumber, t } from '../../ui/i18n.js';
import { localTime, signerName } from '../../ui/parts.js';
import { typeName } from './type_name.js';

export const PAGE = 50;

/** @typedef {import('../../net/election.js').View} View */
/** @typedef {{index: number, head: import('../../core/log_reader.js').EntryHead|null}} Row */

/** @param {View} view @param {number[]} indices @returns {Promise<Row[]>} */
async function rowsOf({ log }, indices) {
	const bundles = new Map([...new Set(indices.map((index) => Math.floor(index / 256)))].map((number) => [number, log.bundle(number)]));
	return Promise.all(indices.map(async (index) => ({ index, head: headOf((await /** @type {Promise<Uint8Array[]>} */ (bundles.get(Math.floor(index / 256))))[index % 256]) })));
}

/** @param {View} view @param {{signer: string}} head @param {import('./search.js').Roll} roll */
function who({ manifest }, { signer }, roll) {
	if (!signer.startsWith('voter/')) return signerName(manifest, signer);
	const id = signer.slice(6);
	const label = roll.labelOf(id);
	return label && label !== id ? [el('span', { dir: 'auto' }, label), ' ', el('bdi', { class: 'faint' }, id)] : el('bdi', null, id);
}

/** @param {View} view @param {Row} row @param {import('./search.js').Roll} roll */
const line = (view, { index, head }, roll) => el('tr', null,
	el('th', { scope: 'row', class: 'index' }, el('a', { href: `#entry=${index}` }, formatNumber(index))),
	el('td', null, head && localTime(head.time, true)),
	el('td', null, head ? typeName(head.type) : t('board.unreadable')),
	el('td', null, head && who(view, head, roll)));

/** @param {View} view @param {Row[]} rows @param {import('./search.js').Roll} roll */
const table = (view, rows, roll) => el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('board.entries') }, el('table', { class: 'entries' },
	el('thead', null, el('tr', null, ['index', 'time', 'type', 'who'].map((name) => el('th', { scope: 'col' }, t(`board.col-${name}`))))),
	el('tbody', null, rows.map((row) => line(view, row, roll)))));

/**
 * The list with its controls.  `from` is the newest entry shown; null stays at the end of the log as it grows.
 * @param {import('./search.js').Roll} roll
 */
export function makeList(roll) {
	const place = el('div', null);
	const pager = el('nav', { class: 'pager', 'aria-label': t('board.pages') });
	const node = el('section', null, el('h2', null, t('board.entries')), pager, place);
	/** @type {{view: View|null, from: number|null, isActs: boolean}} */
	const at = { view: null, from: null, isActs: false };
	let asked = 0;

	/** Indices that can be shown, oldest first. */
	const known = () => {
		const view = /** @type {View} */ (at.view);
		return at.isActs ? [0, ...(view.state.acts ?? []).filter((/** @type {number} */ index) => index > 0 && index < view.log.head.size)] : null;
	};

	/** @param {number|null} from */
	function go(from) {
		at.from = from;
		return show();
	}

	function shown() {
		const view = /** @type {View} */ (at.view);
		const acts = known();
		const size = acts?.length ?? view.log.head.size;
		const top = Math.min(at.from ?? size - 1, size - 1);
		const bottom = Math.max(0, top - PAGE + 1);
		const places = Array.from({ length: top - bottom + 1 }, (_, i) => top - i);
		return { size, top, bottom, indices: acts ? places.map((place) => acts[place]) : places };
	}

	async function show() {
		if (!at.view) return;
		const mine = ++asked;
		const view = at.view;
		const { size, top, bottom, indices } = shown();
		place.setAttribute('aria-busy', 'true');
		try {
			const rows = await rowsOf(view, indices);
			if (mine !== asked) return; // the reader is elsewhere by now
			replace(place, table(view, rows, roll));
		} catch (error) {
			if (!isExpected(error)) throw error;
			if (mine !== asked) return;
			replace(place, failure(error), el('button', { type: 'button', on: { click: show } }, t('board.again')));
		}
		place.removeAttribute('aria-busy');
		showPager(size, top, bottom);
	}

	/** @param {number} size @param {number} top @param {number} bottom */
	function showPager(size, top, bottom) {
		const active = document.activeElement?.getAttribute('data-go');
		/** @param {string} name @param {boolean} can @param {number|null} to */
		const button = (name, can, to) => el('button', { type: 'button', 'data-go': name, 'aria-disabled': can ? null : 'true', on: { click: () => can && go(to) } }, t(`board.${name}`));
		replace(pager,
			button('newest', top < size - 1, null), button('newer', top < size - 1, Math.min(size - 1, top + PAGE)),
			el('span', { role: 'status', class: 'small' }, t('board.range', { from: bottom, to: top, size })),
			button('older', bottom > 0, bottom - 1), button('oldest', bottom > 0, Math.min(size - 1, PAGE - 1)),
			el('label', { class: 'small only' }, el('input', { type: 'checkbox', checked: at.isActs, 'data-go': 'acts', on: { change: (/** @type {any} */ event) => {
				at.isActs = event.target.checked;
				go(null);
			} } }), ' ', t('board.only-acts')));
		/** @type {HTMLElement|null} */ (active && pager.querySelector(`[data-go="${active}"]`))?.focus();
	}

	return {
		node,
		/** @param {View} view */
		update(view) {
			const isFirst = at.view === null;
			at.view = view;
			if (isFirst || at.from === null) return show();
			return undefined;
		},
		/** Names have come in. */
		redraw: () => (node.isConnected ? show() : undefined),
	};
}

// SPDX-License-Identifier: Apache-2.0
// The public board: who voted and when, every entry down to its bytes, and how to check all of it elsewhere.
import texts from '../lang/board.js';
import { fromUtf8, hex } from '../crypto/bytes.js';
import { el, focusOn, replace } from '../ui/dom.js';
import { failure, followElection, isExpected } from '../ui/follow.js';
import { formatTime, t } from '../ui/i18n.js';
import { notice, title } from '../ui/layout.js';
import { copyable, marks, phaseBadge } from '../ui/parts.js';
import { pageUrl, where } from '../ui/where.js';
import { commands } from './board/commands.js';
import { entryView } from './board/entry_view.js';
import { makeList } from './board/list.js';
import { Roll } from './board/search.js';
import { makeSearch } from './board/search_view.js';

/* Names of so few voters are fetched without being asked for. */
const SMALL_ROLL = 5000;

/** @typedef {import('../net/election.js').View} View */

/** @param {View} view */
function elsewhere({ url, manifest, note, id }) {
	const lines = commands(url, manifest);
	return el('section', null,
		el('h2', null, t('board.elsewhere')),
		el('p', null, t('board.elsewhere-what'), ' ', el('a', { href: pageUrl(where(), 'verify') }, t('common.to-verify'))),
		el('p', { class: 'actions' }, el('a', { class: 'button', href: `${url}/archive`, download: `${manifest.slug}.tar` }, t('board.archive'))),
		el('p', null, t('board.command-program')), copyable(lines.program, t('board.command-program')),
		el('p', null, t('board.command-archive')), copyable(lines.archive, t('board.command-archive')),
		el('p', null, t('board.command-js')), copyable(lines.browserless, t('board.command-js')),
		el('h3', null, t('board.checkpoint')),
		el('p', { class: 'small faint' }, t('board.checkpoint-what')),
		copyable(fromUtf8(note), t('board.checkpoint')),
		el('p', { class: 'small' }, t('board.election-id'), ' ', el('span', { class: 'hash' }, hex(id))));
}

/** @param {View} view */
const state = ({ head, manifest, history, acts }) => notice('good', el('p', null, t('board.state', { size: head.size, origin: manifest.origin }), ' ', t('board.state-checked'),
	' ', history.result && t('board.state-finished', { time: formatTime(/** @type {any} */ (acts.at(-1)).entry.time) })));

class BoardPage {
	/** @type {View|null} */
	view = null;
	roll = new Roll();
	list = makeList(this.roll);
	status = el('div', null);
	main = el('div', null);
	end = el('div', null);
	shownEntry = -1;

	/** @param {HTMLElement} place @param {View} view */
	show(place, view) {
		const isFirst = this.view === null;
		this.view = view;
		replace(this.status, state(view));
		replace(this.end, elsewhere(view));
		if (!isFirst) return void this.list.update(view);
		title(`${t('board.heading')}: ${view.manifest.title}`);
		replace(place,
			el('h1', null, t('board.heading')),
			el('p', { class: 'lead', dir: 'auto' }, view.manifest.title),
			el('p', { class: 'badges' }, phaseBadge(view.history), ' ', view.manifest.rehearsal && el('span', { class: 'badge warning' }, t('view.rehearsal'))),
			marks(view.manifest, view.history),
			this.status,
			makeSearch(this.roll, () => /** @type {View} */ (this.view), () => this.list.redraw()),
			this.main,
			this.end);
		this.list.update(view);
		window.addEventListener('hashchange', () => this.route());
		this.route();
		if (Number(view.state.voters) <= SMALL_ROLL) this.#names(view);
		return undefined;
	}

	/** @param {View} view */
	async #names(view) {
		try {
			await this.roll.load(view);
			this.list.redraw();
		} catch (error) {
			if (!isExpected(error)) throw error; // the search says what is wrong with the roll
		}
	}

	/** #entry=17 shows that entry, anything else the list. */
	async route() {
		const view = /** @type {View} */ (this.view);
		const found = /^#entry=(\d{1,15})$/.exec(location.hash);
		const index = found ? Number(found[1]) : -1;
		const wasEntry = this.shownEntry;
		this.shownEntry = index;
		if (index < 0) {
			replace(this.main, this.list.node);
			if (wasEntry >= 0) this.list.redraw();
			return;
		}
		try {
			if (index >= view.log.head.size) {
				replace(this.main, notice('error', el('p', null, t('board.no-entry', { size: view.log.head.size }))), el('p', null, el('a', { href: '#' }, t('board.back'))));
				return;
			}
			replace(this.main, el('p', { class: 'faint' }, t('view.loading')));
			const node = await entryView(view, index, this.roll);
			if (this.shownEntry !== index) return;
			replace(this.main, node);
			focusOn(/** @type {HTMLElement} */ (node.querySelector('h2')));
		} catch (error) {
			if (!isExpected(error)) throw error;
			if (this.shownEntry === index) replace(this.main, failure(error), el('p', null, el('a', { href: '#' }, t('board.back'))));
		}
	}
}

/** @type {BoardPage|null} */
let page = null;
followElection('board', { board: texts }, (place, view) => (page ??= new BoardPage()).show(place, view));

// SPDX-License-Identifier: Apache-2.0
// The search for voters and entries.
import * as api from '../../net/api.js';
import { isId } from '../../core/text.js';
import { announce, el, replace } from '../../ui/dom.js';
import { failure, isExpected } from '../../ui/follow.js';
import { formatNumber, t } from '../../ui/i18n.js';
import { moment } from '../../ui/parts.js';
import { allBallots, inTurn, latestBallot, readQuery } from './search.js';

const SHOWN = 20;

/** @typedef {import('../../net/election.js').View} View */
/** @typedef {import('./search.js').Voter} Voter */

/** The voter's latest ballot, by the server's word and the board. @param {View} view @param {Voter} voter */
async function latest(view, voter) {
	try {
		const said = await api.voter(view.url, voter.id);
		const found = await latestBallot(view, said, voter.id);
		if (!found) return t(said.on_roll ? 'board.no-ballot' : 'board.not-on-roll');
		return el('span', null, found.time > 0 && moment(found.time), ' ', el('a', { href: `#entry=${found.index}` }, t('view.entry', { index: formatNumber(found.index) })));
	} catch (error) {
		if (!isExpected(error)) throw error;
		return failure(error);
	}
}

/** Reads every entry, for those who do not take the server's word. @param {View} view @param {Voter} voter */
function thorough(view, voter) {
	const place = el('span', null);
	const start = el('button', { type: 'button', class: 'small', 'aria-label': t('board.all-of', { name: voter.label }), on: { click: run } }, t('board.all'));
	replace(place, start);
	async function run() {
		const stop = new AbortController();
		const bar = el('progress', { max: 1, value: 0, 'aria-label': t('board.reading') });
		replace(place, bar, ' ', el('button', { type: 'button', class: 'small', on: { click: () => stop.abort() } }, t('board.stop')));
		try {
			const found = await allBallots(view, voter.id, (part) => { bar.value = part; }, stop.signal);
			replace(place, t('board.all-found', { n: found.length, size: view.log.head.size }), ' ', found.map((index) => [el('a', { href: `#entry=${index}` }, formatNumber(index)), ' ']));
			announce(t('board.all-found', { n: found.length, size: view.log.head.size }));
		} catch (error) {
			if (stop.signal.aborted) return void replace(place, start);
			if (!isExpected(error)) throw error;
			replace(place, failure(error), start);
		}
	}
	return place;
}

/** @param {View} view @param {Voter[]} found @param {(HTMLElement|string)[]} ballots */
const table = (view, found, ballots) => el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('board.found-voters') }, el('table', { class: 'entries' },
	el('thead', null, el('tr', null, ['voter', 'label', 'latest', 'all'].map((name) => el('th', { scope: 'col' }, t(`board.term-${name}`))))),
	el('tbody', null, found.map((voter, i) => el('tr', null,
		el('th', { scope: 'row' }, el('bdi', null, voter.id)), el('td', { dir: 'auto' }, voter.label), el('td', null, ballots[i]), el('td', null, view.history.open && thorough(view, voter)))))));

/** @param {import('./search.js').Roll} roll @param {() => View} current @param {() => void} loaded when names have come in */
export function makeSearch(roll, current, loaded) {
	const input = el('input', { type: 'search', id: 'query', autocomplete: 'off', spellcheck: 'false', maxlength: 200 });
	const place = el('div', null);
	let asked = 0;

	async function search(/** @type {Event} */ event) {
		event.preventDefault();
		const mine = ++asked;
		const view = current();
		const { entry, words } = readQuery(input.value, view.log.head.size);
		if (words === '') return void replace(place);
		const bar = el('progress', { max: 1, 'aria-label': t('board.reading-roll') });
		replace(place, el('p', { class: 'small' }, t('board.reading-roll')), bar);
		try {
			await roll.load(view, (part) => { bar.value = part; });
			loaded();
			await show(view, mine, entry, words);
		} catch (error) {
			if (!isExpected(error)) throw error;
			if (mine === asked) replace(place, failure(error));
		}
	}

	/** @param {View} view @param {number} mine @param {number|null} entry @param {string} words */
	async function show(view, mine, entry, words) {
		/* Who was added after the opening is not in the roll's own entries: an id still finds them. */
		const found = roll.find(words);
		const listed = found.length === 0 && isId(words) ? [{ id: words, label: words, weight: 0 }] : found.slice(0, SHOWN);
		const ballots = await inTurn(listed, (voter) => latest(view, voter));
		if (mine !== asked) return;
		const said = t('board.found', { n: found.length });
		replace(place,
			entry !== null && el('p', null, el('a', { href: `#entry=${entry}` }, t('view.entry', { index: formatNumber(entry) }))),
			el('p', null, said, ' ', found.length > SHOWN && t('board.found-first', { n: SHOWN })),
			listed.length > 0 && table(view, listed, ballots));
		announce(said);
	}

	return el('section', { 'aria-label': t('board.search') },
		el('form', { class: 'search', role: 'search', on: { submit: search } },
			el('div', { class: 'field' }, el('label', { for: 'query' }, t('board.query')), el('p', { class: 'hint', id: 'query-hint' }, t('board.query-hint')), input),
			el('button', { type: 'submit' }, t('board.search'))),
		place);
}

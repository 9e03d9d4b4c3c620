// SPDX-License-Identifier: Apache-2.0
// A page about one election: loads it, shows it, keeps it up to date, and says when what is shown is old, false or not there.
import texts from '../lang/view.js';
import { openMemory } from '../booth/memory.js';
import forkTexts from '../lang/fork.js';
import { Election } from '../net/election.js';
import { Problem, Unreachable } from '../net/api.js';
import { Contradiction } from '../net/head.js';
import { Refusal } from '../crypto/err.js';
import { contradictionBox } from './contradiction.js';
import { el, replace } from './dom.js';
import { formatTime, t } from './i18n.js';
import { begin, notice, title } from './layout.js';
import { where } from './where.js';

const EVERY = 10_000;

/** @typedef {import('../net/election.js').View} View */

/** What went wrong, in words that say what to do. @param {unknown} error @param {() => void} [forget] @returns {HTMLElement} */
export function failure(error, forget) {
	if (error instanceof Contradiction) return contradictionBox(error, forget && el('p', null, el('button', { type: 'button', on: { click: forget } }, t('view.forget'))));
	if (error instanceof Refusal)
		return notice('error', el('h2', null, t('view.false-heading')), el('p', null, t('view.false')), el('p', { class: 'small' }, el('code', null, `[${error.rule}] ${error.detail}`)));
	if (error instanceof Problem && error.status === 404) return notice('error', el('p', null, t('view.unknown')), el('p', null, el('a', { href: `${where().server}/` }, t('view.to-home'))));
	if (error instanceof Unreachable || error instanceof Problem) return notice('error', el('p', null, t('view.unreachable')), el('p', { class: 'small faint' }, el('code', null, error.message)));
	throw error;
}

/** Whether an error is one that failure() puts into words. @param {unknown} error */
export const isExpected = (error) => error instanceof Refusal || error instanceof Problem || error instanceof Unreachable;

/**
 * Begins a page about an election.  `show` gets the place for the content and the election, at first and after each change of the log.
 * @param {import('./layout.js').Page} page @param {{[section: string]: import('./i18n.js').Section}} sections
 * @param {(place: HTMLElement, view: View, election: Election) => void|Promise<void>} show
 * @param {(view: View) => void} [tick] after an answer that has the same log
 */
export function followElection(page, sections, show, tick = () => {}) {
	const content = begin(page, { view: texts, fork: forkTexts, ...sections });
	const banner = el('div', null);
	const place = el('div', null, el('h1', null, t(`common.to-${page}`)), el('p', { class: 'faint' }, t('view.loading')));
	const w = where();
	const url = `${w.server}/e/${w.slug}`;
	const election = new Election(url, openMemory());
	/** @type {View|null} */
	let shown = null;
	let answered = 0;
	let isBusy = false;
	replace(content, banner, place);

	const forget = async () => {
		await election.forget();
		location.reload();
	};

	/** @param {unknown} error */
	function failed(error) {
		if (!isExpected(error)) {
			replace(shown ? banner : place, notice('error', el('p', null, t('view.broken')), el('p', { class: 'small' }, el('code', null, String(error)))));
			throw error;
		}
		if (shown && !(error instanceof Refusal)) replace(banner, notice('warning', el('p', null, t('view.stale', { time: formatTime(answered) }))));
		else if (shown) replace(banner, failure(error, forget));
		else {
			title(t('view.error-title'));
			replace(place, el('h1', null, t('view.error-title')), failure(error, forget));
		}
	}

	async function load() {
		if (isBusy) return;
		isBusy = true;
		try {
			const view = await election.load();
			const isNew = shown?.head.size !== view.head.size;
			answered = Math.floor(Date.now() / 1000);
			replace(banner, view.isOlder && notice('warning', el('p', null, t('view.older'))));
			shown = view;
			if (isNew) await show(place, view, election);
			else tick(view);
		} catch (error) {
			failed(error);
		} finally {
			isBusy = false;
		}
	}

	load();
	setInterval(() => { if (document.visibilityState === 'visible') load(); }, EVERY);
	document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') load(); });
}

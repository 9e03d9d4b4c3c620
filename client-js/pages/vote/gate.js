// SPDX-License-Identifier: Apache-2.0
// Before the booth can be entered: loading, not open yet, over, or something is wrong.
import { Refusal } from '../../crypto/err.js';
import { el, replace } from '../../ui/dom.js';
import { bothTimes, problemBox } from '../../ui/election.js';
import { formatRelative, t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { pageUrl } from '../../ui/where.js';

/** @typedef {import('./booth.js').Booth} Booth */
/** @typedef {import('./booth.js').View} View */

const SOON = 15_000;

/** @returns {{view: View, progress: (done: number, whole: number) => void}} */
export function loadingView() {
	const bar = el('progress', { 'aria-label': t('vote.loading') });
	return {
		view: { heading: el('h1', null, t('vote.heading')), nodes: [el('p', { class: 'faint' }, t('vote.loading')), bar] },
		progress: (done, whole) => { bar.value = whole === 0 ? 0 : done / whole; },
	};
}

/** @returns {View} */
export const missingView = () => ({ heading: el('h1', null, t('vote.heading')), nodes: [notice('error', el('p', null, t('vote.no-address')))] });

/** @param {unknown} error @param {() => void} retry @returns {View} */
export const problemView = (error, retry) => ({
	heading: el('h1', null, t('vote.cannot')),
	nodes: [problemBox(error), el('p', { class: 'actions' }, el('button', { type: 'button', class: 'main', on: { click: retry } }, t('booth.again')))],
});

/** @param {Booth} booth @returns {View} */
export function overView(booth) {
	const { session } = booth;
	const isCancelled = session.phase === 'cancelled';
	const toResults = booth.where.isElsewhere ? null : el('a', { class: 'button main', href: pageUrl(booth.where, 'results') }, t('vote.to-results'));
	const toCheck = booth.where.isElsewhere ? null : el('a', { class: 'button', href: pageUrl(booth.where, 'check') }, t('vote.to-check'));
	return {
		heading: el('h1', null, el('bdi', null, session.setup.manifest.title)),
		nodes: [notice('note', el('p', null, el('strong', null, t(isCancelled ? 'vote.cancelled' : 'vote.over'))), !isCancelled && el('p', null, t('vote.ended'), ' ', bothTimes(session.closes))),
			el('p', { class: 'actions' }, toResults, toCheck)],
	};
}

/** A countdown, and the door as soon as it opens. @param {Booth} booth */
export function notOpenView(booth) {
	const { session } = booth;
	const { manifest } = session.setup;
	const left = el('strong', null);
	const signal = booth.show({
		heading: el('h1', null, el('bdi', null, manifest.title)),
		nodes: [notice('note', el('p', null, t('vote.not-open'), ' ', left), el('p', null, bothTimes(manifest.opens))), el('p', { class: 'text', dir: 'auto' }, manifest.text)],
	});
	const tick = () => replace(left, booth.clock() < manifest.opens ? formatRelative(manifest.opens, booth.clock()) : t('vote.any-moment'));
	const look = async () => {
		if (booth.clock() < manifest.opens) return;
		try {
			await session.refreshState();
			await session.open();
			if (session.setup.open !== null) booth.enter();
		} catch (error) {
			if (error instanceof Refusal) booth.fail(error, () => location.reload()); // what is false is not asked for until it fits
		}
	};
	tick();
	const timers = [setInterval(tick, 1000), setInterval(look, SOON)];
	signal.addEventListener('abort', () => timers.forEach(clearInterval));
}

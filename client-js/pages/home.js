// SPDX-License-Identifier: Apache-2.0
// The elections of this server: open, coming, over.
import texts from '../lang/home.js';
import view from '../lang/view.js';
import * as api from '../net/api.js';
import { el, replace } from '../ui/dom.js';
import { formatRelative, formatTime, t } from '../ui/i18n.js';
import { begin, notice, title } from '../ui/layout.js';
import { moment, now } from '../ui/parts.js';
import { pageUrl, where } from '../ui/where.js';
import { byTime, groupOf, phaseNow } from './home/groups.js';

const EVERY = 30_000;

/** @typedef {import('./home/groups.js').Election} Election */

/** @param {Election} e @param {'open'|'coming'|'over'} group */
function card(e, group) {
	const w = where();
	const time = group === 'coming' ? e.opens : e.closes;
	const phase = phaseNow(e, now());
	const badges = [
		e.rehearsal && el('span', { class: 'badge warning' }, t('view.rehearsal')),
		['closed', 'cancelled', 'missed'].includes(phase) && el('span', { class: `badge ${phase === 'closed' ? 'warning' : 'bad'}` }, t(`view.phase-${phase}`)),
	].filter((badge) => badge !== false);
	return el('li', { class: 'card' },
		el('h3', null, el('a', { href: pageUrl(w, '', e.slug), dir: 'auto' }, e.title)),
		el('p', null, phase === 'late' ? t('home.late') : t(`home.time-${group}`, { when: formatRelative(time, now()) }), ' ', moment(time)),
		badges.length > 0 && el('p', { class: 'badges' }, badges),
		group === 'open' && el('p', { class: 'actions' }, el('a', { class: 'button main', href: pageUrl(w, 'vote', e.slug) }, t('home.vote'))),
		phase === 'finished' && el('p', { class: 'actions' }, el('a', { class: 'button', href: pageUrl(w, 'results', e.slug) }, t('home.results'))));
}

/** @param {Election[]} elections */
function show(elections) {
	const groups = /** @type {const} */ (['open', 'coming', 'over']).map((name) => ({ name, list: byTime(elections, name, now()) }));
	return [
		el('p', null, t('home.what')),
		elections.length === 0 && notice('note', el('p', null, t('home.none'))),
		groups.filter(({ list }) => list.length > 0).map(({ name, list }) => el('section', null,
			el('h2', null, t(`home.group-${name}`)),
			el('ul', { class: 'plain' }, list.map((e) => card(e, name))))),
	];
}

function main() {
	const content = begin('home', { home: texts, view });
	const banner = el('div', null);
	const place = el('div', null, el('p', { class: 'faint' }, t('view.loading')));
	let answered = 0;
	let shown = '';
	title('');
	replace(content, el('h1', null, t('home.heading')), banner, place);

	async function load() {
		try {
			const { elections } = await api.list(where().server);
			answered = now();
			replace(banner);
			/* What has not changed stays, with the reader's place in it. */
			const key = JSON.stringify(elections.map((/** @type {Election} */ e) => [e.slug, e.title, groupOf(e, now()), phaseNow(e, now()), e.closes]));
			if (key !== shown) replace(place, show(elections));
			shown = key;
		} catch (error) {
			if (!(error instanceof api.Unreachable || error instanceof api.Problem)) throw error;
			if (answered > 0) replace(banner, notice('warning', el('p', null, t('view.stale', { time: formatTime(answered) }))));
			else replace(place, notice('error', el('p', null, t('view.unreachable'))));
		}
	}
	load();
	setInterval(() => { if (document.visibilityState === 'visible') load(); }, EVERY);
}

main();

// SPDX-License-Identifier: Apache-2.0
// The elections of this server: open, coming, over.
import texts from '../lang/home.js';
import * as api from '../net/api.js';
import { el, replace } from '../ui/dom.js';
import { formatRelative, formatTime, formatUtc, t } from '../ui/i18n.js';
import { begin, notice } from '../ui/layout.js';
import { pageUrl, where } from '../ui/where.js';

const COMING = new Set(['setup', 'certifying', 'ready']);

/** @typedef {{slug: string, title: string, phase: string, opens: number, closes: number}} Election */

/** @param {Election} e @param {number} now @returns {'open'|'coming'|'over'} */
function groupOf(e, now) {
	if (e.phase === 'open' && now < e.closes) return 'open';
	return COMING.has(e.phase) && now < e.opens ? 'coming' : 'over';
}

/** @param {Election} e @param {'open'|'coming'|'over'} group @param {number} now */
function card(e, group, now) {
	const w = where();
	const time = group === 'coming' ? e.opens : e.closes;
	return el('li', { class: 'card' },
		el('h3', null, el('a', { href: pageUrl(w, '', e.slug) }, e.title)),
		el('p', null, t(`home.time-${group}`, { when: formatRelative(time, now), time: formatTime(time) }), ' ', el('span', { class: 'faint' }, `(${formatUtc(time)})`)),
		group === 'open' && el('p', { class: 'actions' }, el('a', { class: 'button main', href: pageUrl(w, 'vote', e.slug) }, t('home.vote'))));
}

async function main() {
	const content = begin('home', { home: texts });
	const heading = el('h1', null, t('home.heading'));
	replace(content, heading, el('p', { class: 'faint' }, t('home.loading')));
	let listed;
	try {
		listed = await api.list(where().server);
	} catch {
		replace(content, heading, notice('error', el('p', null, t('home.unreachable'))));
		return;
	}
	const now = Math.floor(Date.now() / 1000);
	/** @type {Election[]} */
	const elections = listed.elections;
	const groups = /** @type {const} */ (['open', 'coming', 'over']).map((name) => ({ name, list: elections.filter((e) => groupOf(e, now) === name) }));
	replace(content, heading, el('p', null, t('home.what')),
		elections.length === 0 && notice('note', el('p', null, t('home.none'))),
		groups.filter(({ list }) => list.length > 0).map(({ name, list }) => el('section', null,
			el('h2', null, t(`home.group-${name}`)),
			el('ul', { class: 'plain' }, list.map((e) => card(e, name, now))))));
}

main();

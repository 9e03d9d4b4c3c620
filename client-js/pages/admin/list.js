// SPDX-License-Identifier: Apache-2.0
// The elections on this server, with what each of them waits for.
import * as api from '../../net/api.js';
import { isMissed } from '../../admin/parties.js';
import { el, replace } from '../../ui/dom.js';
import { formatNumber, formatTime, t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { pageUrl, where } from '../../ui/where.js';
import { facts } from './fields.js';

/** @param {string} phase @param {boolean} missed */
export const phaseBadge = (phase, missed) => el('span', { class: `badge ${missed || phase === 'cancelled' ? 'bad' : phase === 'open' || phase === 'finished' ? 'good' : ''}` }, t(missed ? 'admin.phase-missed' : `admin.phase-${phase}`));

export const rehearsalBadge = () => el('span', { class: 'badge warning' }, t('admin.rehearsal'));

/** In words, whom an election waits for. @param {{type: string, signer: string, time?: number}[]} awaits @returns {string} */
function awaitedText(awaits) {
	if (awaits.length === 0) return t('admin.awaits-nothing');
	const [{ type, time }] = awaits;
	if (type === 'open' || type === 'close') return t(`admin.awaits-${type}`, { time: formatTime(Number(time)) });
	return [...new Set(awaits.map((one) => one.type))].map((name) => t(`admin.awaits-${name}`, { n: awaits.filter((one) => one.type === name).length })).join(' ');
}

/** @param {any} listed @param {number} now */
function card(listed, now) {
	const awaited = el('span', { class: 'faint' }, t('admin.loading'));
	const turnout = el('span', { class: 'faint' }, t('admin.loading'));
	api.state(pageUrl(where(), '', listed.slug)).then((state) => {
		replace(awaited, awaitedText(isMissed(state, now) ? [] : state.awaits)).className = '';
		replace(turnout, `${formatNumber(state.counted)} / ${formatNumber(state.voters)}`).className = '';
	}, () => [awaited, turnout].forEach((place) => replace(place, t('admin.unreachable'))));
	return el('li', { class: 'card' },
		el('h3', null, el('a', { href: `#e/${listed.slug}` }, el('bdi', null, listed.title))),
		el('p', null, phaseBadge(listed.phase, isMissed({ ...listed, awaits: [] }, now)), ' ', listed.rehearsal && rehearsalBadge()),
		facts([[t('admin.opens'), formatTime(listed.opens)], [t('admin.closes'), formatTime(listed.closes)], [t('admin.column-turnout'), turnout], [t('admin.column-awaited'), awaited]]));
}

/** @param {HTMLElement} place @param {number} now */
export async function showList(place, now) {
	const heading = el('h1', null, t('admin.heading'));
	const actions = el('p', { class: 'actions' }, el('a', { class: 'button main', href: '#new' }, t('admin.to-new')), el('a', { class: 'button', href: '#key' }, t('admin.to-key')));
	const table = el('div', null, el('p', { class: 'faint' }, t('admin.loading')));
	replace(place, heading, el('p', null, t('admin.what')), actions, el('h2', null, t('admin.elections')), table);
	let listed;
	try {
		listed = await api.list(where().server);
	} catch {
		replace(table, notice('error', el('p', null, t('admin.unreachable'))));
		return;
	}
	const elections = [...listed.elections].sort((a, b) => b.opens - a.opens);
	if (elections.length === 0) {
		replace(table, notice('note', el('p', null, t('admin.none'))));
		return;
	}
	replace(table, el('ul', { class: 'plain elections' }, elections.map((one) => card(one, now))));
}

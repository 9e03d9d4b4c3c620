// SPDX-License-Identifier: Apache-2.0
// Pieces that several pages show: times, signers, phases, things to copy.
import { append, announce, el, svg } from './dom.js';
import { currentLanguage, formatNumber, formatTime, formatUtc, t } from './i18n.js';

/** Now, in Unix seconds. */
export const now = () => Math.floor(Date.now() / 1000);

/* Beyond this there is no date: an entry may hold any number, and must not break the page that shows it. */
const MAX_TIME = 8.64e12;

/** Local date and time; a short one has the date in numbers and UTC as its title. @param {number} time Unix seconds @param {boolean} [isShort] */
export function localTime(time, isShort = false) {
	if (time > MAX_TIME) return el('span', null, String(time));
	const short = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'short', timeStyle: 'medium' });
	return el('time', { datetime: new Date(time * 1000).toISOString(), title: isShort ? formatUtc(time) : null }, isShort ? short.format(time * 1000) : formatTime(time));
}

/** A moment, local and in UTC. @param {number} time Unix seconds */
export const moment = (time) => el('span', null, localTime(time), ' ', time <= MAX_TIME && el('bdi', { class: 'faint', dir: 'ltr' }, `(${formatUtc(time)})`));

/** Who a signer string is. @param {any} manifest @param {string} signer @returns {string} */
export function signerName(manifest, signer) {
	const [kind, id] = signer.split('/');
	if (kind === 'trustee') return t('view.signer-trustee', { name: manifest.trustees[Number(id) - 1]?.name ?? '?', i: Number(id) });
	if (kind === 'endorser') return t('view.signer-endorser', { name: manifest.endorsers.find((/** @type {any} */ one) => one.id === id)?.name ?? id });
	if (kind === 'admin' || kind === 'registrar' || kind === 'server') return t(`view.signer-${kind}`, { name: manifest[kind].name });
	return id ?? signer;
}

/** @typedef {import('../core/history.js').History} History */

/** [OPEN.MISSED] @param {History} h @returns {boolean} */
const isMissed = (h) => !h.open && !h.cancel && now() >= h.closes;

/** @param {History} h @returns {string} the phase as pages name it */
export const phaseOf = (h) => (isMissed(h) ? 'missed' : h.phase === 'open' && now() >= h.closes ? 'closed' : h.phase);

/** @param {History} h */
export function phaseBadge(h) {
	const phase = phaseOf(h);
	const kind = phase === 'open' || phase === 'finished' ? 'good' : phase === 'cancelled' || phase === 'missed' ? 'bad' : 'warning';
	return el('span', { class: `badge ${kind}` }, t(`view.phase-${phase}`));
}

/** What every page of an election says first: rehearsal, cancelled. @param {any} manifest @param {History} h */
export function marks(manifest, h) {
	return [
		manifest.rehearsal && el('div', { class: 'notice warning' }, el('p', null, el('strong', null, t('view.rehearsal')), ' ', t('view.rehearsal-what'))),
		h.cancel && el('div', { class: 'notice error' }, el('p', null, el('strong', null, t('view.cancelled')), ' ', t('view.cancelled-what')), el('p', { class: 'text', dir: 'auto' }, h.cancel.reason)),
		isMissed(h) && el('div', { class: 'notice error' }, el('p', null, el('strong', null, t('view.phase-missed')), ' ', t('view.missed-what'))),
	];
}

/** A text with a button that copies it. @param {string} text @param {string} name what it is, for people who do not see it */
export function copyable(text, name) {
	const button = el('button', { type: 'button', class: 'small copy', 'aria-label': t('view.copy-what', { what: name }), on: { click: copy } }, t('view.copy'));
	async function copy() {
		try {
			await navigator.clipboard.writeText(text);
			announce(t('view.copied'));
			button.textContent = t('view.copied');
		} catch {
			window.getSelection()?.selectAllChildren(pre);
			announce(t('view.select'));
			button.textContent = t('view.select');
		}
	}
	const pre = el('pre', { tabindex: '0', role: 'region', 'aria-label': name }, text);
	return el('div', { class: 'copyable' }, pre, button);
}

/**
 * A countdown that goes on by itself until its element is gone; it says nothing aloud each second.
 * @param {number} time Unix seconds @param {() => void} [done]
 */
export function countdown(time, done = () => {}) {
	const node = el('span', { class: 'countdown', role: 'timer' });
	const say = () => {
		const left = Math.max(0, time - now());
		const parts = /** @type {const} */ ([['day', Math.floor(left / 86400)], ['hour', Math.floor(left / 3600) % 24], ['minute', Math.floor(left / 60) % 60], ['second', left % 60]]);
		const from = Math.max(0, parts.findIndex(([, n]) => n > 0));
		const text = parts.slice(left === 0 ? 3 : from).map(([unit, n]) => formatNumber(n, { style: 'unit', unit, unitDisplay: 'long' })).join(' ');
		if (node.textContent !== text) node.textContent = text;
		return left;
	};
	say();
	const timer = setInterval(() => {
		if (node.isConnected && say() === 0) {
			clearInterval(timer);
			done();
		} else if (!node.isConnected && wasShown) clearInterval(timer);
		wasShown ||= node.isConnected;
	}, 1000);
	let wasShown = false;
	return node;
}

/** Turnout as words and a bar. @param {number} part @param {number} whole @param {string} words */
export const bar = (part, whole, words) => el('div', { class: 'turnout' }, el('p', null, words), meter(part, whole));

/** A bar that only decorates: what it says stands beside it. @param {number} part @param {number} whole @param {string} [kind] */
export function meter(part, whole, kind = '') {
	const width = whole > 0 ? Math.min(100, (100 * part) / whole) : 0;
	return append(svg('svg', { class: `meter ${kind}`, viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' }),
		svg('rect', { class: 'back', width: 100, height: 4 }), svg('rect', { class: 'fill', width: width.toFixed(2), height: 4 }));
}

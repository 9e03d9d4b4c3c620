// SPDX-License-Identifier: Apache-2.0
// What all pages have around their content: skip link, name, election's navigation, language switch, footer.
import common from '../lang/common.js';
import { append, byId, el, focusOn, replace } from './dom.js';
import { addTexts, chooseLanguage, currentLanguage, LANGUAGES, storeLanguage, t } from './i18n.js';
import { pageUrl, where } from './where.js';

/** @typedef {'home'|'election'|'vote'|'board'|'check'|'results'|'verify'|'audit'|'admin'} Page */

/** @param {string} code */
function switchTo(code) {
	storeLanguage(code);
	const url = new URL(location.href);
	url.searchParams.set('lang', code);
	location.replace(url.href);
}

function languageSwitch() {
	return el('label', { class: 'language' }, el('span', null, t('common.language')),
		el('select', { on: { change: (/** @type {any} */ event) => switchTo(event.target.value) } },
			Object.entries(LANGUAGES).map(([code, name]) => el('option', { value: code, lang: code, selected: code === currentLanguage() }, name))));
}

/** @param {Page} page */
function navigation(page) {
	const w = where();
	if (!w.slug || w.isElsewhere) return null;
	const pages = /** @type {const} */ (['', 'vote', 'check', 'board', 'results', 'verify']);
	return el('nav', { 'aria-label': t('common.election') }, el('ul', null, pages.map((name) =>
		el('li', null, el('a', { href: pageUrl(w, name), 'aria-current': (name || 'election') === page ? 'page' : null }, t(`common.to-${name || 'election'}`))))));
}

/**
 * Begins a page: language, header, footer; gives the place for its content.
 * @param {Page} page @param {{[section: string]: import('./i18n.js').Section}} texts the sections that the page uses
 * @returns {HTMLElement}
 */
export function begin(page, texts) {
	addTexts('common', common);
	for (const [name, section] of Object.entries(texts)) addTexts(name, section);
	chooseLanguage();
	const w = where();
	const main = byId('content');
	replace(byId('header'),
		el('a', { class: 'skip', href: '#content', on: { click: (/** @type {Event} */ event) => { event.preventDefault(); focusOn(main); } } }, t('common.skip')), // no entry of the history, where Back would stop
		el('div', { class: 'bar' },
			w.isElsewhere ? el('span', { class: 'name' }, 'Tabella') : el('a', { class: 'name', href: `${w.server}/` }, 'Tabella'),
			languageSwitch()),
		navigation(page));
	document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
	replace(byId('footer'), el('p', null, t('common.footer')));
	main.tabIndex = -1;
	append(document.body, el('div', { id: 'say', class: 'unseen', role: 'status' }), el('div', { id: 'say-now', class: 'unseen', role: 'alert' }));
	return main;
}

/** The page's name in the tab. @param {string} text */
export function title(text) {
	document.title = text === '' ? 'Tabella' : `${text} · Tabella`;
}

/** A box for something that went wrong or has to be known. @param {'error'|'warning'|'good'|'note'} kind @param {...import('./dom.js').Child} children */
export const notice = (kind, ...children) => el('div', { class: `notice ${kind}`, role: kind === 'error' ? 'alert' : null }, ...children);

// SPDX-License-Identifier: Apache-2.0
// Texts in the reader's language; dates and numbers by Intl.  Catalogues are modules in client-js/lang/<language>/<section>.js.

export const LANGUAGES = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español', ar: 'العربية' };
const RIGHT_TO_LEFT = new Set(['ar']);
const STORED = 'tabella.language';

/**
 * A text, or one per plural category, chosen by the number `n`.
 * @typedef {string|{[category: string]: string}} Text
 * @typedef {{[key: string]: Text}} Catalogue
 * @typedef {{[language: string]: Catalogue}} Section
 */

/** @type {{[section: string]: Section}} */
const sections = {};
let language = 'en';

/** Makes a section known, so that t() finds its texts under its name. @param {string} name @param {Section} section */
export function addTexts(name, section) {
	sections[name] = section;
}

/** @returns {string} the language in use */
export const currentLanguage = () => language;

/** @returns {'rtl'|'ltr'} */
export const direction = () => (RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr');

/** @returns {string|null} */
function stored() {
	try {
		return localStorage.getItem(STORED);
	} catch {
		return null; // storage is switched off
	}
}

/** From the address (?lang=de), the reader's earlier choice, the browser's languages, in this order. */
export function chooseLanguage() {
	const wanted = [new URLSearchParams(location.search).get('lang'), stored(), ...navigator.languages];
	const known = wanted.map((name) => String(name ?? '').toLowerCase().split('-')[0]).find((name) => Object.hasOwn(LANGUAGES, name));
	language = known ?? 'en';
	document.documentElement.lang = language;
	document.documentElement.dir = direction();
}

/** @param {string} name @returns {void} */
export function storeLanguage(name) {
	try {
		localStorage.setItem(STORED, name);
	} catch {
		// only this page, then
	}
}

/**
 * The text of a key, with {name} replaced; a text with plural forms is chosen by `values.n`.  Numbers are written as the language
 * does.
 * @param {string} key 'section.key' @param {{[name: string]: string|number}} [values] @returns {string}
 */
export function t(key, values = {}) {
	const dot = key.indexOf('.');
	const section = sections[key.slice(0, dot)];
	const name = key.slice(dot + 1);
	const text = section?.[language]?.[name] ?? section?.en?.[name];
	if (text === undefined) throw new Error(`no text ${key}`);
	const form = typeof text === 'string' ? text : text[new Intl.PluralRules(language).select(Number(values.n))] ?? text.other;
	return form.replace(/\{(\w+)\}/g, (_, word) => {
		if (!Object.hasOwn(values, word)) throw new Error(`${key} wants {${word}}`);
		const value = values[word];
		if (typeof value === 'number') return formatNumber(value);
		/* A name in Latin letters must not rearrange the sentence around it. */
		return direction() === 'rtl' ? `\u2068${value}\u2069` : value;
	});
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] @returns {string} */
export const formatNumber = (value, options) => new Intl.NumberFormat(language, options).format(value);

/** @param {number} part @param {number} whole @returns {string} a percentage with at most one decimal */
export const formatShare = (part, whole) => formatNumber(whole === 0 ? 0 : part / whole, { style: 'percent', maximumFractionDigits: 1 });

/** The last second of which there is a date; a manifest or a server may name a later one. */
const LAST = 8.64e12;

/** Local date and time, with the zone. @param {number} time Unix seconds @returns {string} */
export const formatTime = (time) => time > LAST ? `@${time}` : new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'long' }).format(time * 1000);

/** The same moment in UTC, the time that the board speaks; from left to right also in text that runs the other way. @param {number} time Unix seconds @returns {string} */
export function formatUtc(time) {
	const text = time > LAST ? `@${time}` : `${new Date(time * 1000).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
	return direction() === 'rtl' ? `\u2066${text}\u2069` : text;
}

const UNITS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]);

/** "in 3 hours", "2 days ago". @param {number} time @param {number} now Unix seconds @returns {string} */
export function formatRelative(time, now) {
	const away = time - now;
	const [unit, length] = UNITS.find(([, seconds]) => Math.abs(away) >= seconds * 2) ?? UNITS[3];
	return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.trunc(away / length), unit);
}

/** @param {string[]} words @returns {string} "a, b and c" */
export const formatList = (words) => new Intl.ListFormat(language).format(words);

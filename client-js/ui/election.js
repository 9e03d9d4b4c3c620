// SPDX-License-Identifier: Apache-2.0
// What the booth, the audit and the check have in common: opening an election, and saying what went wrong with it.
import { openMemory } from '../booth/memory.js';
import { Session } from '../booth/session.js';
import { Refusal } from '../crypto/err.js';
import * as api from '../net/api.js';
import { Contradiction } from '../net/head.js';
import { contradictionBox } from './contradiction.js';
import { el } from './dom.js';
import { formatList, formatTime, formatUtc, t } from './i18n.js';
import { notice } from './layout.js';

/** Unix seconds. */
export const clock = () => Math.floor(Date.now() / 1000);

/** @param {string} election URL @returns {Promise<Session>} that is not opened yet */
export const newSession = async (election) => new Session({
	net: {
		file: (path) => api.file(election, path), state: () => api.state(election), voter: (id) => api.voter(election, id),
		submit: (entry) => api.submit(`${election}/entries`, entry),
	},
	address: election, memory: await openMemory(), now: clock,
});

/** The technical side of a failure, for whoever is asked for help. @param {string} rule @param {string} detail */
export const technical = (rule, detail) => el('details', null, el('summary', null, t('booth.technical')), el('p', { class: 'mono small' }, rule && `${rule}: `, detail));

/** What to tell when an election could not be opened, or something about it is false. @param {unknown} error @returns {HTMLElement} */
export function problemBox(error) {
	if (error instanceof api.Unreachable) return notice('error', el('p', null, t('booth.unreachable')), technical('', error.message));
	if (error instanceof api.Problem)
		return notice('error', el('p', null, error.status === 404 ? t('booth.no-election') : t('booth.server-problem')), technical(error.rule, error.message));
	if (error instanceof Contradiction) return contradictionBox(error);
	if (error instanceof Refusal)
		return notice('error', el('p', null, el('strong', null, t('booth.false'))), el('p', null, t('booth.do-not')), technical(error.rule, error.detail));
	return notice('error', el('p', null, t('booth.fault')), technical('', error instanceof Error ? error.message : String(error)));
}

/** Local time, with the time that the board speaks. @param {number} time */
export const bothTimes = (time) => [formatTime(time), ' ', el('bdi', { class: 'faint', dir: 'ltr' }, `(${formatUtc(time)})`)];

/** @param {any} question @param {number[]} ranks */
function rankedList({ options }, ranks) {
	const names = (/** @type {number} */ rank) => formatList(options.flatMap((/** @type {any} */ { label }, /** @type {number} */ i) => (ranks[i] === rank ? [label] : [])));
	const last = Math.max(0, ...ranks);
	if (last === 0) return el('p', { class: 'faint' }, t('booth.nothing'));
	return el('div', { class: 'chosen' },
		el('ol', null, Array.from({ length: last }, (_, i) => el('li', null, el('bdi', null, names(i + 1))))),
		ranks.includes(0) && el('p', { class: 'faint small' }, t('booth.not-ranked', { names: names(0) })));
}

/** @param {any} question of the manifest @param {import('../crypto/bitproof.js').Choice} choice @returns {HTMLElement} what was chosen, in words */
export function chosenList(question, choice) {
	if (question.method === 'ranked') return rankedList(question, choice.values);
	const chosen = question.options.flatMap((/** @type {any} */ option, /** @type {number} */ i) => (choice.values[i] > 0 ? [{ option, value: choice.values[i] }] : []));
	if (chosen.length === 0) return el('p', { class: 'faint' }, t(choice.blank ? 'booth.blank' : 'booth.nothing'));
	return el('ul', { class: 'chosen' }, chosen.map((/** @type {any} */ { option, value }) =>
		el('li', null, el('bdi', null, option.label), question.score_max > 1 && [': ', el('strong', null, t('booth.score', { n: value, most: question.score_max }))])));
}

/** A short code that people compare, in the direction in which it is read. @param {string} text */
export const codeText = (text) => el('code', { class: 'code' }, text);

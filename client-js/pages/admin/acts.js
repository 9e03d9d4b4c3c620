// SPDX-License-Identifier: Apache-2.0
// What an administrator may do with an election that exists: extend it, say something, cancel it.
import { Refusal } from '../../crypto/err.js';
import * as json from '../../core/json.js';
import { checkWindow, GRANULES } from '../../core/manifest.js';
import { parseCancel, parseExtend, parseNotice } from '../../core/payloads.js';
import { el } from '../../ui/dom.js';
import { formatTime, formatUtc, t } from '../../ui/i18n.js';
import { confirm } from './confirm.js';
import { button, Form } from './fields.js';
import { signerOf } from './session.js';

/**
 * @typedef {import('./board.js').Election} Election
 * @typedef {import('../../admin/draft.js').Problem} Problem
 */

/** @param {string} text as typed */
const clean = (text) => text.replace(/\r\n?/g, '\n').normalize('NFC').trim();

/** @param {number} time */
const both = (time) => `${formatTime(time)} (${formatUtc(time)})`;

/** What is common to all entries of this election. @param {Election} election @param {'admin'|'registrar'} role */
export const common = (election, role) => ({
	binding: election.binding, signer: () => signerOf(role), url: `${election.url}/entries`, origin: election.manifest.origin, logKey: election.manifest.server.log_key,
});

/**
 * A small form whose payload is held against its rule before it is shown for confirmation.
 * @param {Form} form @param {string} path of the field that is blamed @param {string} text what must not be empty
 * @param {() => void} then with everything in order
 */
function attempt(form, path, text, then) {
	form.showAll = true;
	/** @type {Problem[]} */
	const problems = [];
	try {
		if (text === '') problems.push({ path, kind: 'empty', rule: 'TEXT', detail: '' });
		else then();
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		const kind = error.rule === 'TEXT' ? (new TextEncoder().encode(text).length > 20_000 ? 'long' : 'characters') : 'other';
		problems.push({ path: error.rule === 'TEXT' ? path : 'closes', kind, rule: error.rule, detail: error.detail });
	}
	form.show(problems);
	if (problems.length > 0) form.focus(problems[0].path);
}

/** [EXTEND] @param {Election} election @param {number} closes */
function checkExtension(election, closes) {
	if (!(closes > election.closes)) throw new Refusal('EXTEND', t('admin.extend-later', { time: both(election.closes) }));
	checkWindow(election.manifest, closes);
}

/** @param {Election} election @param {number} now @param {() => void} closed */
export function extendForm(election, now, closed) {
	const form = new Form();
	const granule = /** @type {any} */ (GRANULES)[election.manifest.granularity];
	let closes = /** @type {number|null} */ (election.closes + Math.max(86400, granule));
	let reason = '';
	const review = () => attempt(form, 'reason', clean(reason), () => {
		checkExtension(election, closes ?? 0);
		const payload = json.write({ closes, reason: clean(reason) });
		parseExtend(payload);
		confirm({
			...common(election, 'admin'), title: t('admin.extend'), type: 'extend', payloads: [payload], name: `${election.manifest.slug}-extend`, closed,
			words: [[t('admin.election'), el('bdi', null, election.manifest.title)], [t('admin.closes-now'), both(election.closes)], [t('admin.closes-new'), el('strong', null, both(Number(closes)))], [t('admin.reason'), el('span', { class: 'text', dir: 'auto' }, clean(reason))]],
		});
	});
	return el('section', { class: 'card' }, el('h3', null, t('admin.extend')), el('p', { class: 'small' }, t('admin.extend-what')),
		form.time('closes', { label: t('admin.closes-new'), value: closes, seconds: election.manifest.granularity === 'second', now, on: (value) => { closes = value; } }),
		form.text('reason', { label: t('admin.reason'), hint: t('admin.reason-hint'), lines: 2, on: (value) => { reason = value; } }),
		el('div', { class: 'actions' }, button(t('admin.review'), review)));
}

/** @param {Election} election @param {() => void} closed */
export function noticeForm(election, closed) {
	const form = new Form();
	let text = '';
	const review = () => attempt(form, 'text', clean(text), () => {
		const payload = json.write({ text: clean(text) });
		parseNotice(payload);
		confirm({
			...common(election, 'admin'), title: t('admin.notice'), type: 'notice', payloads: [payload], name: `${election.manifest.slug}-notice`, closed,
			words: [[t('admin.election'), el('bdi', null, election.manifest.title)], [t('admin.notice-text'), el('span', { class: 'text', dir: 'auto' }, clean(text))]],
		});
	});
	return el('section', { class: 'card' }, el('h3', null, t('admin.notice')),
		form.text('text', { label: t('admin.notice-text'), hint: t('admin.notice-hint'), lines: 3, on: (value) => { text = value; } }),
		el('div', { class: 'actions' }, button(t('admin.review'), review)));
}

/** @param {Election} election @param {() => void} closed */
export function cancelForm(election, closed) {
	const form = new Form();
	let reason = '';
	const review = () => attempt(form, 'reason', clean(reason), () => {
		const payload = json.write({ reason: clean(reason) });
		parseCancel(payload);
		confirm({
			...common(election, 'admin'), title: t('admin.cancel'), type: 'cancel', payloads: [payload], name: `${election.manifest.slug}-cancel`, closed, danger: true, warning: t('admin.cancel-warning'),
			words: [[t('admin.election'), el('strong', { dir: 'auto' }, election.manifest.title)], [t('admin.reason'), el('span', { class: 'text', dir: 'auto' }, clean(reason))]],
		});
	});
	return el('section', { class: 'card' }, el('h3', null, t('admin.cancel')), el('p', { class: 'small' }, t('admin.cancel-what')),
		form.text('reason', { label: t('admin.reason'), hint: t('admin.reason-hint'), lines: 2, on: (value) => { reason = value; } }),
		el('div', { class: 'actions' }, button(t('admin.review'), review, { class: 'danger' })));
}

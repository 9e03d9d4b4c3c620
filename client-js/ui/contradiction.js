// SPDX-License-Identifier: Apache-2.0
// A server that contradicts what this browser saw before [BOOTH.HEAD]: what that means, what to do, and the file that proves it [LOG.FORK].
import { el, saveFile } from './dom.js';
import { t } from './i18n.js';
import { notice } from './layout.js';
import { pageUrl, where } from './where.js';

/** @typedef {import('../net/head.js').Contradiction} Contradiction */

/** A file, a button that saves it, and the command that checks it. @param {string} name @param {Uint8Array} bytes @param {string} words @param {string} button @param {string} command */
const saved = (name, bytes, words, button, command) => [
	el('p', { class: 'actions' }, el('button', { type: 'button', class: 'main', on: { click: () => saveFile(name, bytes, 'application/octet-stream') } }, button)),
	el('p', null, words),
	el('pre', { tabindex: '0' }, command),
];

/** @param {Contradiction} contradiction */
function file({ slug, evidence, note }) {
	if (evidence) return saved(`fork-${slug}.evidence`, evidence, t('fork.check-evidence'), t('fork.save'), `tabella-verify --evidence fork-${slug}.evidence`);
	if (note) return saved(`seen-${slug}.checkpoint`, note, t('fork.check-note'), t('fork.save-note'), `tabella-verify --seen seen-${slug}.checkpoint ${pageUrl(where(), '', slug)}`);
	return null;
}

/** What it means, without a heading. @param {Contradiction} contradiction @returns {import('./dom.js').Child} */
export const contradictionDetails = (contradiction) => [
	el('p', null, el('strong', null, t('fork.do'))),
	file(contradiction),
	el('details', null, el('summary', null, t('fork.technical')), el('p', { class: 'mono small' }, `[${contradiction.rule}] ${contradiction.detail}`)),
];

/** @param {Contradiction} contradiction @param {...import('./dom.js').Child} more @returns {HTMLElement} */
export const contradictionBox = (contradiction, ...more) => notice('error',
	el('h2', null, t(`fork.heading-${contradiction.kind}`)), el('p', null, t(`fork.what-${contradiction.kind}`)), contradictionDetails(contradiction), ...more);

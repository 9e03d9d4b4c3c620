// SPDX-License-Identifier: Apache-2.0
// The whole board, checked in this browser by the second implementation.
import forkTexts from '../lang/fork.js';
import texts from '../lang/verify.js';
import view from '../lang/view.js';
import { parseCrockford } from '../core/code.js';
import * as api from '../net/api.js';
import { Contradiction } from '../net/head.js';
import { contradictionBox } from '../ui/contradiction.js';
import { announce, el, focusOn, replace, saveFile } from '../ui/dom.js';
import { formatShare, t } from '../ui/i18n.js';
import { begin, notice, title } from '../ui/layout.js';
import { copyable } from '../ui/parts.js';
import { startWorker } from '../ui/trusted.js';
import { where } from '../ui/where.js';
import { checkList, reportView, verdict } from './verify/report_view.js';

const FINGERPRINT = 16;

/** @typedef {import('../core/check.js').Report} Report */

const field = () => {
	const input = el('input', { id: 'fingerprint', autocomplete: 'off', spellcheck: 'false', maxlength: 60, 'aria-describedby': 'fingerprint-hint' });
	const wrong = el('p', { class: 'wrong', id: 'fingerprint-wrong' });
	const node = el('div', { class: 'field' }, el('label', { for: 'fingerprint' }, t('verify.known')), el('p', { class: 'hint', id: 'fingerprint-hint' }, t('verify.known-what')), input, wrong);
	return {
		node,
		/** @returns {Uint8Array|null|undefined} undefined: it is none */
		read() {
			const text = input.value.trim();
			const bytes = text === '' ? null : parseCrockford(text, FINGERPRINT);
			wrong.textContent = bytes === undefined ? t('verify.known-wrong') : '';
			input.toggleAttribute('aria-invalid', bytes === undefined);
			if (bytes === undefined) input.setAttribute('aria-invalid', 'true');
			if (bytes === undefined) input.focus();
			return bytes;
		},
	};
};

/** @param {string} url @param {HTMLElement} place */
function verifier(url, place) {
	const known = field();
	const controls = el('div', null);
	const outcome = el('div', null);
	const list = el('div', null);
	const details = el('div', null);
	const start = el('button', { type: 'button', class: 'main big', on: { click: run } }, t('verify.start'));
	replace(controls, known.node, el('p', { class: 'actions' }, start));
	replace(place, controls, outcome, list, details);

	/** @param {boolean} isAgain */
	function ready(isAgain) {
		start.textContent = t(isAgain ? 'verify.again' : 'verify.start');
		replace(controls, known.node, el('p', { class: 'actions' }, start));
	}

	/** @param {Report} report @param {{kind: any, detail: string, slug: string, evidence?: Uint8Array, note?: Uint8Array}|null} found what contradicts the report */
	function show(report, found) {
		ready(true);
		const contradiction = found && new Contradiction(found.kind, found.detail, found);
		replace(outcome, contradiction ? contradictionBox(contradiction) : verdict(report));
		report.checks.forEach((line) => checks?.settle(line));
		replace(details, reportView(report), el('p', { class: 'actions' },
			el('button', { type: 'button', on: { click: () => saveFile('report.json', JSON.stringify(report, null, '\t'), 'application/json') } }, t('verify.save'))));
		announce(t(found ? `fork.heading-${found.kind}` : `verify.is-${report.verdict}`), true);
		focusOn(/** @type {HTMLElement} */ (outcome.querySelector('h2')));
	}

	/** @type {ReturnType<typeof checkList>|null} */
	let checks = null;

	function run() {
		const fingerprint = known.read();
		if (fingerprint === undefined) return;
		const worker = startWorker('verify');
		const bar = el('progress', { max: 1, value: 0, 'aria-label': t('verify.progress') });
		const words = el('p', { class: 'small' }, t('verify.begins'));
		const settled = checkList();
		checks = settled;
		const stop = el('button', { type: 'button', on: { click: () => {
			worker.terminate();
			ready(true);
			replace(outcome, notice('note', el('p', null, t('verify.stopped'))));
			start.focus();
		} } }, t('verify.stop'));
		replace(outcome);
		replace(details);
		replace(controls, words, bar, el('p', { class: 'actions' }, stop));
		replace(list, settled.node);
		stop.focus();
		/** @param {string} text */
		const broken = (text) => {
			worker.terminate();
			ready(true);
			replace(outcome, notice('error', el('h2', null, t('verify.broken')), el('p', null, el('code', null, text))));
			focusOn(/** @type {HTMLElement} */ (outcome.querySelector('h2')));
		};
		worker.addEventListener('error', (event) => broken(event.message));
		worker.addEventListener('message', ({ data }) => {
			if (data.progress) {
				const { phase, done, total } = data.progress;
				bar.value = total === 0 ? 0 : ((phase === 'tree' ? 0 : 1) + done / total) / 2;
				words.textContent = t(`verify.phase-${phase}`, { share: formatShare(done, total) });
			} else if (data.line) settled.settle(data.line);
			else if (data.report) {
				worker.terminate();
				show(data.report, data.contradiction);
			} else if (data.error !== undefined) broken(data.error);
		});
		worker.postMessage({ url, fingerprint });
	}
}

/** @param {string} url */
const elsewhere = (url) => el('section', null,
	el('h2', null, t('verify.elsewhere')),
	el('p', null, t('verify.elsewhere-what')),
	copyable(`tabella-verify ${url}`, t('verify.program-c')),
	copyable(`node client-js/verify.mjs ${url}`, t('verify.program-js')));

async function main() {
	const content = begin('verify', { verify: texts, view, fork: forkTexts });
	const w = where();
	const url = `${w.server}/e/${w.slug}`;
	const lead = el('p', { class: 'lead', dir: 'auto' });
	const place = el('div', null);
	title(t('verify.heading'));
	replace(content, el('h1', null, t('verify.heading')), lead, el('p', null, t('verify.what')), place, elsewhere(url));
	try {
		const { title: name } = await api.state(url);
		lead.textContent = String(name);
		title(`${t('verify.heading')}: ${name}`);
	} catch (error) {
		if (error instanceof api.Problem && error.status === 404) return void replace(content, el('h1', null, t('view.error-title')), notice('error', el('p', null, t('view.unknown')), el('p', null, el('a', { href: `${w.server}/` }, t('view.to-home')))));
		if (!(error instanceof api.Unreachable || error instanceof api.Problem)) throw error;
		replace(place, notice('error', el('p', null, t('verify.unreachable'))));
		setTimeout(() => location.reload(), 10_000);
		return undefined;
	}
	return verifier(url, place);
}

main();

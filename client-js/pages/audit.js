// SPDX-License-Identifier: Apache-2.0
// The second device of an audit [BOOTH.AUDIT]: makes an opened ballot again and shows its tracker and what is in it.
import * as audit from '../booth/audit.js';
import { Refusal } from '../crypto/err.js';
import { utf8 } from '../crypto/bytes.js';
import texts from '../lang/audit.js';
import boothTexts from '../lang/booth.js';
import forkTexts from '../lang/fork.js';
import { el, focusOn, replace } from '../ui/dom.js';
import { chosenList, codeText, newSession, problemBox, technical } from '../ui/election.js';
import { t } from '../ui/i18n.js';
import { begin, notice, title } from '../ui/layout.js';
import { cameraButton, readPicture } from '../ui/scan.js';
import { pageUrl, where } from '../ui/where.js';

const MAX_FILE = 8 << 20;

/** @typedef {import('../booth/session.js').Session} Session */

/** Link, or what follows its #, or the text of a file. @param {Session} session @param {string} text @returns {audit.Opened} */
function readText(session, text) {
	const { group, definitions } = session.setup;
	const trimmed = text.trim();
	return trimmed.startsWith('{') ? audit.readFile(utf8(trimmed), group, definitions) : audit.readShort(trimmed.slice(trimmed.lastIndexOf('#') + 1), definitions);
}

/** @param {Session} session @param {audit.Opened} opened */
function verdict(session, opened) {
	const { isRight, tracker } = audit.check(opened, session.setup);
	const heading = el('h2', null, t(isRight ? 'audit.right' : 'audit.wrong'));
	if (!isRight) return { heading, nodes: [notice('error', el('p', null, el('strong', null, t('audit.wrong-what'))), el('p', null, t('audit.wrong-do')))] };
	return {
		heading,
		nodes: [
			notice('good', el('p', null, t('audit.right-what'))),
			el('p', null, t('audit.compare-tracker')), el('p', null, codeText(tracker)),
			el('p', null, t('audit.compare-choices')),
			session.setup.manifest.questions.map((/** @type {any} */ q, /** @type {number} */ i) => el('section', { class: 'card' }, el('h3', null, el('bdi', null, q.title)), chosenList(q, opened.choices[i]))),
			el('p', null, t('audit.compare-fingerprint')), el('p', null, codeText(session.fingerprint)),
			el('p', { class: 'faint' }, t('audit.what-it-shows')),
		],
	};
}

class AuditPage {
	/** @param {HTMLElement} content @param {Session} session */
	constructor(content, session) {
		this.content = content;
		this.session = session;
		this.result = el('section', { 'aria-live': 'polite' });
		this.text = el('textarea', { id: 'text', rows: 4, class: 'mono', dir: 'ltr', spellcheck: 'false', autocomplete: 'off' });
	}

	/** @param {string} text */
	check(text) {
		try {
			const { heading, nodes } = verdict(this.session, readText(this.session, text));
			replace(this.result, heading, nodes);
			focusOn(heading);
		} catch (error) {
			const detail = error instanceof Refusal ? technical(error.rule, error.detail) : technical('', String(error));
			replace(this.result, notice('error', el('p', null, t('audit.unreadable')), detail));
		}
	}

	/** @param {File|undefined} file */
	async take(file) {
		if (!file || file.size > MAX_FILE) return;
		this.check(/^image\//.test(file.type) ? await readPicture(file).catch(() => null) ?? '' : await file.text());
	}

	show() {
		const file = el('input', { type: 'file', id: 'file', accept: '.json,application/json,image/*' });
		file.addEventListener('change', () => {
			this.take(file.files?.[0]);
			file.value = ''; // the same one may be chosen again
		});
		replace(this.content, el('h1', null, t('audit.heading')), el('p', null, t('audit.what')),
			el('p', null, el('strong', null, el('bdi', null, this.session.setup.manifest.title))), this.result,
			el('form', { on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); this.check(this.text.value); } } },
				el('h2', null, t('audit.input')),
				el('div', { class: 'field' }, el('label', { for: 'text' }, t('audit.text')), this.text),
				el('p', { class: 'actions' }, el('button', { type: 'submit', class: 'main' }, t('audit.check')), cameraButton((text) => this.check(text))),
				el('div', { class: 'field' }, el('label', { for: 'file' }, t('audit.file')), file)),
			el('details', null, el('summary', null, t('audit.elsewhere')), el('p', null, t('audit.elsewhere-what')), el('pre', { tabindex: 0 }, `tabella audit ${pageUrl(where(), '')} audit.json`)));
	}
}

/** The opened ballot that came with the address; it does not stay there, and not in the browser's history. */
function takeFragment() {
	const text = location.hash.slice(1);
	if (text !== '') history.replaceState(null, '', location.pathname + location.search);
	return text;
}

async function main() {
	const content = begin('audit', { booth: boothTexts, audit: texts, fork: forkTexts });
	const given = takeFragment();
	title(t('audit.heading'));
	const heading = el('h1', null, t('audit.heading'));
	if (!where().slug) {
		const slug = el('input', { id: 'slug', name: 'e', type: 'text', dir: 'ltr', autocomplete: 'off', spellcheck: 'false', required: true });
		const go = (/** @type {Event} */ event) => { event.preventDefault(); location.assign(`?e=${encodeURIComponent(slug.value.trim())}`); };
		replace(content, heading, el('p', null, t('audit.what')), el('form', { on: { submit: go } }, el('div', { class: 'field' }, el('label', { for: 'slug' }, t('audit.slug')), el('p', { class: 'hint' }, t('audit.slug-hint')), slug),
			el('p', { class: 'actions' }, el('button', { type: 'submit', class: 'main' }, t('audit.go')))));
		return;
	}
	replace(content, heading, el('p', { class: 'faint' }, t('audit.loading')), el('progress', { 'aria-label': t('audit.loading') }));
	try {
		const session = await newSession(pageUrl(where(), ''));
		await session.open();
		if (session.setup.open === null) {
			replace(content, heading, notice('note', el('p', null, t('audit.not-open'))));
			return;
		}
		const page = new AuditPage(content, session);
		page.show();
		if (given !== '') page.check(given);
	} catch (error) {
		replace(content, heading, problemBox(error));
	}
}

main();

// SPDX-License-Identifier: Apache-2.0
// "Check my vote" [BOOTH.CHECK]: by id and tracker, by receipt, by QR code.
import { byReceipt, byTracker } from '../booth/check.js';
import { readId, readTracker } from '../booth/typed.js';
import texts from '../lang/check.js';
import boothTexts from '../lang/booth.js';
import forkTexts from '../lang/fork.js';
import { announce, el, focusOn, replace, saveFile } from '../ui/dom.js';
import { contradictionDetails } from '../ui/contradiction.js';
import { bothTimes, codeText, newSession, problemBox, technical } from '../ui/election.js';
import { t } from '../ui/i18n.js';
import { begin, notice, title } from '../ui/layout.js';
import { cameraButton, readPicture } from '../ui/scan.js';
import { pageUrl, where } from '../ui/where.js';

const MAX_FILE = 1 << 20;

/**
 * @typedef {import('../booth/session.js').Session} Session
 * @typedef {import('../booth/check.js').Finding} Finding
 * @typedef {import('../booth/receipt.js').Receipt} Receipt
 */

/** @param {Receipt} receipt */
const facts = (receipt) => el('dl', { class: 'facts' },
	el('dt', null, t('booth.voter')), el('dd', null, receipt.voter),
	el('dt', null, t('booth.tracker')), el('dd', null, codeText(receipt.tracker)),
	el('dt', null, t('booth.recorded-at')), el('dd', null, bothTimes(receipt.time)),
	el('dt', null, t('booth.entry')), el('dd', null, String(receipt.index)));

/** @param {Session} session @param {Receipt} receipt */
const saveButton = (session, receipt) => el('p', { class: 'actions' }, el('button', {
	type: 'button', on: { click: () => saveFile(`receipt-${session.setup.manifest.slug}-${receipt.voter}.tlog-proof`, receipt.bytes, 'text/plain') },
}, t('check.save')));

/** @param {Session} session @param {Finding} found @param {boolean} isByName nothing but the name was asked for */
function describe(session, found, isByName) {
	const box = (/** @type {'good'|'warning'|'error'} */ kind, /** @type {string} */ what, /** @type {import('../ui/dom.js').Child[]} */ ...more) =>
		[el('h2', null, t(`check.is-${what}`)), notice(kind, el('p', null, t(`check.says-${what}`)), ...more)];
	switch (found.state) {
		case 'recorded':
			if (!found.isOnRoll) return [...box('warning', 'off-roll'), facts(found.receipt)];
			return [...box('good', isByName ? 'named' : 'recorded'), facts(found.receipt), el('p', { class: 'faint' }, t('check.proved', { size: session.head.size })), saveButton(session, found.receipt)];
		case 'superseded':
			return [...box('warning', 'superseded'), el('h3', null, t('check.asked')), facts(found.receipt), el('h3', null, t('check.latest')), facts(found.latest), el('p', null, t('check.not-you'))];
		case 'not-found':
			return [...box('error', 'not-found'), found.latest && [el('h3', null, t('check.latest')), facts(found.latest)], el('p', null, t('check.not-found-do'))];
		case 'no-ballot': return box('warning', 'no-ballot');
		case 'no-voter': return box('error', 'no-voter');
		case 'two-histories': return box('error', 'two-histories', contradictionDetails(found.contradiction));
		default: return [...box('error', 'false', technical(found.rule, found.detail))];
	}
}

class CheckPage {
	/** @param {HTMLElement} content @param {Session} session */
	constructor(content, session) {
		this.content = content;
		this.session = session;
		this.result = el('section', null);
		this.runs = 0;
		this.id = el('input', { id: 'id', type: 'text', dir: 'ltr', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
		this.tracker = el('input', { id: 'tracker', type: 'text', dir: 'ltr', class: 'mono', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'tracker-hint' });
	}

	/** @param {() => Promise<Finding>} find @param {boolean} isByName */
	async run(find, isByName) {
		const number = ++this.runs;
		replace(this.result, el('p', { role: 'status' }, t('check.looking')), el('progress', { 'aria-label': t('check.looking') }));
		try {
			await this.session.refresh();
			const [heading, ...nodes] = describe(this.session, await find(), isByName);
			if (number !== this.runs) return; // something else was asked for in the meantime
			replace(this.result, heading, nodes);
			focusOn(/** @type {HTMLElement} */ (heading));
		} catch (error) {
			if (number === this.runs) replace(this.result, problemBox(error));
		}
	}

	byTracker() {
		const voter = readId(this.id.value);
		const typed = this.tracker.value.trim();
		const tracker = readTracker(typed);
		const wrong = voter === null ? t('check.id-wrong') : typed !== '' && tracker === null ? t('check.tracker-wrong') : '';
		if (voter === null || wrong !== '') {
			replace(this.result, notice('error', el('p', null, wrong)));
			(voter === null ? this.id : this.tracker).focus();
			announce(wrong, true);
			return;
		}
		this.run(() => byTracker(this.session, voter, tracker), tracker === null);
	}

	/** A link of the booth's last screen, or a tracker. @param {string} text */
	take(text) {
		const asked = new URLSearchParams(text.slice(text.indexOf('#') + 1));
		this.id.value = asked.get('v') ?? this.id.value;
		this.tracker.value = asked.get('t') ?? (readTracker(text) === null ? '' : text);
		this.byTracker();
	}

	/** @param {File|undefined} file */
	async takeFile(file) {
		if (!file) return;
		if (/^image\//.test(file.type)) {
			const text = await readPicture(file).catch(() => null);
			if (text === null) replace(this.result, notice('error', el('p', null, t('check.no-code'))));
			else this.take(text);
			return;
		}
		const bytes = new Uint8Array(await file.slice(0, MAX_FILE).arrayBuffer());
		this.run(() => byReceipt(this.session, bytes), false);
	}

	show() {
		const file = el('input', { type: 'file', id: 'file', accept: '.tlog-proof,text/plain,image/*' });
		file.addEventListener('change', () => {
			this.takeFile(file.files?.[0]);
			file.value = ''; // the same one may be chosen again
		});
		replace(this.content, el('h1', null, t('check.heading')), el('p', null, t('check.what')), this.result,
			el('form', { on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); this.byTracker(); } }, novalidate: true },
				el('div', { class: 'field' }, el('label', { for: 'id' }, t('check.id')), this.id),
				el('div', { class: 'field' }, el('label', { for: 'tracker' }, t('booth.tracker')), el('p', { class: 'hint', id: 'tracker-hint' }, t('check.tracker-hint')), this.tracker),
				el('p', { class: 'actions' }, el('button', { type: 'submit', class: 'main' }, t('check.check')), cameraButton((text) => this.take(text))),
				el('div', { class: 'field' }, el('label', { for: 'file' }, t('check.file')), file)),
			el('p', { class: 'faint' }, t('check.offline')));
	}
}

async function main() {
	const content = begin('check', { booth: boothTexts, check: texts, fork: forkTexts });
	const given = location.hash;
	const heading = el('h1', null, t('check.heading'));
	title(t('check.heading'));
	replace(content, heading, el('p', { class: 'faint' }, t('check.loading')), el('progress', { 'aria-label': t('check.loading') }));
	try {
		const session = await newSession(pageUrl(where(), ''));
		await session.open();
		const page = new CheckPage(content, session);
		page.show();
		if (given.length > 1) page.take(given);
	} catch (error) {
		replace(content, heading, problemBox(error));
	}
}

main();

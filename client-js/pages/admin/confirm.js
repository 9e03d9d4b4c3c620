// SPDX-License-Identifier: Apache-2.0
// The step before anything is signed: what it says, in words and byte by byte.  Then posting, the receipt, and sending the same bytes again when no
// answer came.
import { fromUtf8, hex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { checkReceipt, sign } from '../../admin/submission.js';
import * as api from '../../net/api.js';
import { append, byId, el, focusOn, replace, saveFile } from '../../ui/dom.js';
import { formatNumber, t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { explain } from './board.js';
import { button, facts } from './fields.js';
import { random, shortKey } from './session.js';

const SHOWN = 4000;

/**
 * @typedef {import('../../admin/submission.js').Submission} Submission
 * @typedef {{index: number, isNew: boolean, receipt: Uint8Array}} Posted
 * @typedef {object} Act
 * @property {string} title what is about to be done
 * @property {[import('../../ui/dom.js').Child, import('../../ui/dom.js').Child][]} words
 * @property {string} [warning]
 * @property {boolean} [danger]
 * @property {string} type of the entries @property {Uint8Array[]} payloads one entry each
 * @property {import('../../admin/submission.js').Binding} binding
 * @property {() => import('./session.js').Signer|undefined} signer asked again when it is signed
 * @property {string} url where it is posted
 * @property {string} origin @property {Uint8Array} logKey of the manifest
 * @property {string} name of the receipt's file
 * @property {(posted: Posted[]) => import('../../ui/dom.js').Child} [after] what is shown when all is on the board
 * @property {() => void} [closed]
 */

/** Dialogs whose entries have no answer yet. @type {Set<HTMLDialogElement>} */
const open = new Set();
/** Something that would be lost by leaving. @type {Set<string>} */
export const unsaved = new Set();

addEventListener('beforeunload', (event) => {
	if (open.size > 0 || unsaved.size > 0) event.preventDefault();
});

/** No verdict: it may be on the board. A proxy's page or a lack of time is none either. @param {unknown} error */
const isUnknown = (error) => error instanceof api.Unreachable || (error instanceof api.Problem && (error.rule === '' || error.status >= 500 || [404, 408, 429].includes(error.status)));

/** @param {Uint8Array} payload */
function bytesOf(payload) {
	const text = fromUtf8(payload);
	return [
		el('pre', { tabindex: '0' }, text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text),
		el('p', { class: 'small' }, t('admin.confirm-hash', { n: payload.length }), ' ', el('code', null, hex(sha256(payload)))),
	];
}

class Confirmation {
	/** @param {Act} act */
	constructor(act) {
		this.act = act;
		/** @type {Submission[]} signed once: what is sent again are the same bytes */
		this.submissions = [];
		/** @type {Posted[]} */
		this.posted = [];
		this.busy = false;
		this.said = el('div', { 'aria-live': 'polite' });
		this.actions = el('div', { class: 'actions' });
		this.heading = el('h2', { id: 'confirm-title', tabindex: '-1' }, act.title);
		this.dialog = el('dialog', { class: 'confirm', 'aria-labelledby': 'confirm-title', on: {
			cancel: (/** @type {Event} */ event) => { if (this.busy) event.preventDefault(); },
			close: () => this.close(),
		} });
	}

	show() {
		const { act } = this;
		append(this.dialog, this.heading,
			act.warning && notice(act.danger ? 'error' : 'warning', el('p', null, act.warning)),
			facts([...act.words,
				[t('admin.confirm-signer'), [t(`admin.role-${this.signer().role}`), ' ', shortKey(this.signer().public)]],
				[t('admin.confirm-where'), el('code', null, act.url)]]),
			el('details', null, el('summary', null, t('admin.confirm-exact', { n: act.payloads.length })),
				el('p', { class: 'small' }, t('admin.confirm-type'), ' ', el('code', null, act.type)),
				act.payloads.slice(0, 3).map(bytesOf), act.payloads.length > 3 && el('p', null, t('admin.confirm-more', { n: act.payloads.length - 3 }))),
			el('p', { class: 'small' }, t('admin.confirm-for-ever')), this.said, this.actions);
		this.ask();
		document.body.append(this.dialog);
		this.dialog.showModal();
		focusOn(this.heading);
	}

	/** @returns {import('./session.js').Signer} */
	signer() {
		return /** @type {import('./session.js').Signer} */ (this.act.signer());
	}

	ask() {
		replace(this.actions, button(t('admin.confirm-post'), () => this.post(), { class: this.act.danger ? 'danger' : 'main' }), button(t('admin.confirm-back'), () => this.dialog.close()));
	}

	/** @returns {boolean} false when the key has been forgotten meanwhile */
	sign() {
		const signer = this.act.signer();
		if (this.submissions.length > 0) return true;
		if (!signer) return false;
		this.submissions = this.act.payloads.map((payload) => sign({ type: this.act.type, payload }, this.act.binding, signer, random));
		return true;
	}

	async post() {
		if (!this.sign()) {
			this.fail(notice('error', el('p', null, t('admin.signed-out-idle'))), button(t('admin.close'), () => this.dialog.close()));
			return;
		}
		this.busy = true;
		open.add(this.dialog);
		replace(this.actions);
		try {
			for (const sent of this.submissions.slice(this.posted.length)) await this.send(sent);
			this.done();
		} catch (error) {
			this.failed(error);
		} finally {
			this.busy = false;
		}
	}

	/** @param {Submission} sent */
	async send(sent) {
		const { length } = this.submissions;
		replace(this.said, el('p', { role: 'status' }, t('admin.confirm-posting')), length > 1 && el('progress', { value: String(this.posted.length), max: String(length), 'aria-label': t('admin.confirm-posting') }));
		const posted = await api.submit(this.act.url, sent);
		const { index } = checkReceipt(posted.receipt, sent, this.act.origin, this.act.logKey);
		this.posted.push({ ...posted, index });
	}

	done() {
		open.delete(this.dialog);
		const [first] = this.posted;
		const last = /** @type {Posted} */ (this.posted.at(-1));
		const recorded = this.posted.length === 1 ? t(first.isNew ? 'admin.recorded' : 'admin.recorded-before', { index: formatNumber(first.index) })
			: t('admin.recorded-many', { n: this.posted.length, first: formatNumber(first.index), last: formatNumber(last.index) });
		replace(this.said, notice('good', el('p', null, el('strong', null, recorded)), el('p', null, t('admin.receipt-checked'))), this.act.after?.(this.posted));
		replace(this.actions, button(t('admin.close'), () => this.dialog.close(), { class: 'main' }),
			button(t('admin.receipt-save'), () => saveFile(`${this.act.name}-${last.index}.tlog-proof`, last.receipt, 'text/plain')));
		this.recorded = true;
	}

	/** @param {unknown} error */
	failed(error) {
		const { kind, rule, detail } = explain(error);
		const again = button(t('admin.send-again'), () => this.post(), { class: 'main' });
		if (isUnknown(error)) {
			this.fail(notice('warning', el('p', null, el('strong', null, t('admin.no-answer'))), el('p', null, t('admin.no-answer-what')), detail && el('p', { class: 'small' }, detail)), again, button(t('admin.give-up'), () => this.dialog.close()));
			return;
		}
		open.delete(this.dialog);
		const title = kind === 'wrong' ? t('admin.receipt-wrong') : t('admin.refused');
		this.fail(notice('error', el('p', null, el('strong', null, title), ` [${rule}]`), el('p', null, detail), rule === 'SERVER.ADMIN' && el('p', null, t('admin.refused-admin'), ' ', el('code', null, `--admin-key ${this.signer()?.public ?? ''}`))),
			button(t('admin.close'), () => this.dialog.close()));
	}

	/** @param {HTMLElement} box @param {...HTMLElement} buttons */
	fail(box, ...buttons) {
		replace(this.said, box);
		replace(this.actions, ...buttons);
	}

	close() {
		open.delete(this.dialog);
		this.dialog.remove();
		if (this.recorded) this.act.closed?.();
		else byId('content').querySelector('button')?.focus();
	}
}

/** Asks, signs, posts. @param {Act} act */
export const confirm = (act) => new Confirmation(act).show();

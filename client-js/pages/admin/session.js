// SPDX-License-Identifier: Apache-2.0
// Signing in: a secret key, in this page's memory only.  It is never sent nor stored, and forgotten on sign-out, on leaving the page and after 30
// idle minutes.  Nothing here writes to storage, to the address or to a cookie.
import { Refusal } from '../../crypto/err.js';
import * as keys from '../../admin/keys.js';
import { fromUtf8 } from '../../crypto/bytes.js';
import { announce, el, replace } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { button, fileButton, Form } from './fields.js';

const IDLE = 30 * 60_000;
const LOOK = 5_000;

/** @typedef {keys.Signer} Signer @typedef {'admin'|'registrar'} Role */

/** @type {Map<Role, Signer>} */
const signers = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
let active = Date.now();

/** @param {Role} role @returns {Signer|undefined} */
export const signerOf = (role) => signers.get(role);

/** @param {() => void} listener called when somebody signs in or out */
export const onChange = (listener) => listeners.add(listener);

const changed = () => listeners.forEach((listener) => listener());

/** @param {Role} [role] or all */
export function signOut(role) {
	if (signers.size === 0) return;
	if (role) signers.delete(role);
	else signers.clear();
	changed();
}

/** Fresh random bytes. @param {number} length */
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Watches for idleness and for leaving.  A page that comes back from the browser's cache has no key either. */
export function watch() {
	for (const event of ['pointerdown', 'keydown', 'input']) addEventListener(event, () => { active = Date.now(); }, { passive: true, capture: true });
	addEventListener('pagehide', () => signOut());
	const look = () => {
		if (signers.size === 0 || Date.now() - active < IDLE) return;
		signOut();
		announce(t('admin.signed-out-idle'), true);
	};
	setInterval(look, LOOK);
	/* Timers sleep with the machine: look as soon as somebody is back, before anything can be signed. */
	document.addEventListener('visibilitychange', look);
	addEventListener('focus', look);
}

/** @param {string} text @param {Role} role @returns {Signer} */
function signIn(text, role) {
	const signer = keys.signerOf(text, role);
	signers.set(role, signer);
	active = Date.now();
	return signer;
}

/** The end of a public key, to tell keys apart. @param {string} key base64 */
export const shortKey = (key) => el('code', null, `…${key.slice(-9, -1)}`);

/** Who is signed in, for the head of the page. */
export function sessionBar() {
	const bar = el('div', { class: 'session' });
	const draw = () => replace(bar, [...signers.values()].map((signer) => el('p', null,
		el('span', { class: 'badge good' }, t(`admin.signed-in-${signer.role}`)), ' ', shortKey(signer.public), ' ',
		button(t('admin.sign-out'), () => signOut(signer.role), { class: 'link', 'aria-label': t(`admin.sign-out-${signer.role}`) }))));
	onChange(draw);
	draw();
	return bar;
}

/** @param {string} text @param {Role} role @param {string|null} expected @returns {string} what is wrong, or '' */
function tryIn(text, role, expected) {
	try {
		if (keys.signerOf(text, role).public === expected || expected === null) {
			signIn(text, role);
			return '';
		}
		const other = role === 'admin' ? 'registrar' : 'admin';
		return t(keys.signerOf(text, other).public === expected ? 'admin.key-other-role' : `admin.key-wrong-${role}`);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return `${t('admin.key-no-code')} [${error.rule}]`;
	}
}

/**
 * A form to sign in with.
 * @param {Role} role @param {string|null} expected the public key that the election lists, in base64; null: any
 */
export function signInForm(role, expected) {
	const form = new Form();
	const said = el('div', { role: 'alert' });
	let typed = '';
	const attempt = (/** @type {string} */ text) => {
		const wrong = tryIn(text, role, expected);
		if (wrong) replace(said, notice('error', el('p', null, wrong)));
		else {
			announce(t(`admin.signed-in-${role}`));
			changed();
		}
	};
	const field = form.text('code', { label: t('admin.code'), hint: t('admin.code-hint'), type: 'password', dir: 'ltr', spellcheck: false, on: (value) => { typed = value; } });
	const input = /** @type {HTMLInputElement} */ (field.querySelector('input'));
	const submit = () => {
		const text = typed;
		typed = '';
		input.value = '';
		attempt(text);
	};
	input.addEventListener('keydown', (event) => { if (event.key === 'Enter') submit(); });
	return el('section', { class: 'card sign-in' },
		el('h3', null, t(`admin.sign-in-${role}`)),
		el('p', { class: 'small' }, t('admin.key-stays')),
		field, said,
		el('div', { class: 'actions' }, button(t('admin.sign-in'), submit, { class: 'main' }),
			fileButton(t('admin.key-file'), (bytes) => attempt(decode(bytes)), { max: 4096, tooLarge: () => replace(said, notice('error', el('p', null, `${t('admin.key-no-code')} [CODE.FORMAT]`))) })));
}

/** @param {Uint8Array} bytes */
function decode(bytes) {
	try {
		return fromUtf8(bytes);
	} catch {
		return '';
	}
}

/**
 * A place that shows the sign-in form until the right key is there, then what needs it.
 * @param {Role} role @param {string|null} expected @param {(signer: Signer) => import('../../ui/dom.js').Child} content
 */
export function needs(role, expected, content) {
	const place = el('div', null);
	let shown = /** @type {Signer|null|undefined} */ (undefined);
	const draw = () => {
		const signer = signers.get(role);
		const fits = signer !== undefined && (expected === null || signer.public === expected) ? signer : null;
		if (fits === shown) return; // what was typed elsewhere stays
		shown = fits;
		replace(place, fits ? content(fits) : signInForm(role, expected));
	};
	onChange(draw);
	draw();
	return place;
}

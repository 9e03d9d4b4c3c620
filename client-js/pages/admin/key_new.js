// SPDX-License-Identifier: Apache-2.0
// A new key, as `tabella key new` makes it, and its public line again, as `tabella key show` prints it.
import { makeKey } from '../../admin/keys.js';
import { el, replace, saveFile } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { button, command, Form } from './fields.js';
import { needs, random } from './session.js';

/** @typedef {'admin'|'registrar'|'endorser'} Role */

/** @param {HTMLElement} place */
export function showKeys(place) {
	let role = /** @type {Role} */ ('admin');
	const made = el('div', { 'aria-live': 'polite' });
	const form = new Form();
	const make = () => {
		const { file, line } = makeKey(role, random);
		saveFile(`${role}.key`, file, 'text/plain');
		replace(made, notice('good', el('p', null, el('strong', null, t('admin.key-made'))), el('p', null, t('admin.key-made-what'))), el('h3', null, t('admin.key-line')), command(line));
	};
	replace(place, el('p', null, el('a', { href: '#' }, t('admin.back-to-list'))), el('h1', null, t('admin.to-key')),
		el('section', { class: 'card' }, el('h2', null, t('admin.key-new')), el('p', null, t('admin.key-new-what')),
			form.select('role', { label: t('admin.key-role'), value: role, choices: [['admin', t('admin.role-admin')], ['registrar', t('admin.role-registrar')], ['endorser', t('admin.role-endorser')]], on: (value) => { role = value; replace(made); } }),
			el('div', { class: 'actions' }, button(t('admin.key-make'), make, { class: 'main' })), made),
		el('h2', null, t('admin.key-show')), el('p', null, t('admin.key-show-what')),
		/** @type {const} */ (['admin', 'registrar']).map((name) => needs(name, null, (signer) => el('section', { class: 'card' }, el('h3', null, t(`admin.line-${name}`)), command(signer.line)))));
}

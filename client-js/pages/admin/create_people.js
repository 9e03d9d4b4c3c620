// SPDX-License-Identifier: Apache-2.0
// The steps of the form about when, who, and by which rules.
import { isRanked } from '../../admin/draft.js';
import { el } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { button, command } from './fields.js';
import { needs, signerOf } from './session.js';

/** @typedef {import('./create.js').Create} Create */

/** @param {Create} c @param {string} path @param {{name: string, line: string}} role @param {string} kind */
function role(c, path, role, kind) {
	const { form } = c;
	return [
		form.text(`${path}.name`, { label: t('admin.role-name'), value: role.name, on: (value) => { role.name = value; } }),
		form.text(`${path}.line`, { label: t('admin.role-line'), hint: t('admin.role-line-hint', { line: `tabella-${kind}-1 …` }), lines: 2, dir: 'ltr', spellcheck: false, mono: true, value: role.line, on: (value) => {
			/* Who copies the whole line of an election file gives the name as well. */
			const at = value.lastIndexOf('tabella-');
			role.line = at > 0 ? value.slice(at) : value;
		} }),
	];
}

/** What to send to somebody who has no key yet. @param {string} text @param {string} line */
const howTo = (text, line) => el('details', null, el('summary', null, text), command(line));

/** The line of a key that is here already. @param {Create} c @param {'admin'|'registrar'} name */
function own(c, name) {
	return needs(name, null, (signer) => (c.draft[name].line === signer.line ? el('p', { class: 'small' }, t('admin.role-own-used'))
		: button(t('admin.role-own'), () => { c.draft[name].line = signer.line; c.redraw(`${name}.name`); })));
}

/** @param {Create} c @param {'trustees'|'endorsers'|'witnesses'} list @param {number} i */
function removeButton(c, list, i) {
	const one = c.draft[list][i];
	const name = 'name' in one && one.name !== '' ? one.name : t(`admin.nth-${list}`, { n: i + 1 });
	return button(t('admin.remove'), () => { c.draft[list].splice(i, 1); c.redraw(`${list}.${Math.max(0, i - 1)}`); }, { class: 'small', 'aria-label': `${t('admin.remove')}: ${name}` });
}

/** @param {Create} c */
export const peopleStep = (c) => {
	const { draft, form } = c;
	return [
		el('p', null, t('admin.people-what')),
		el('fieldset', { class: 'card' }, el('legend', null, t('admin.role-admin')), el('p', { class: 'small' }, t('admin.admin-what')), role(c, 'admin', draft.admin, 'admin'),
			signerOf('admin') ? own(c, 'admin') : el('details', null, el('summary', null, t('admin.role-own-sign-in')), own(c, 'admin')), howTo(t('admin.how-key'), 'tabella key new --role admin --out admin.key')),
		el('fieldset', { class: 'card' }, el('legend', null, t('admin.role-registrar')), el('p', { class: 'small' }, t('admin.registrar-what')), role(c, 'registrar', draft.registrar, 'registrar'),
			signerOf('registrar') ? own(c, 'registrar') : el('details', null, el('summary', null, t('admin.role-own-sign-in')), own(c, 'registrar')), howTo(t('admin.how-key'), 'tabella key new --role registrar --out registrar.key')),
		el('h3', null, t('admin.trustees')), el('p', { class: 'small' }, t('admin.trustees-what')), howTo(t('admin.how-trustee'), 'tabella-trustee init'),
		form.text('threshold', { label: t('admin.threshold'), hint: t('admin.threshold-hint', { n: draft.trustees.length }), dir: 'ltr', value: draft.threshold, on: (value) => { draft.threshold = value; } }),
		isRanked(draft) && form.text('mixes', { label: t('admin.mixes'), hint: t('admin.mixes-hint'), dir: 'ltr', value: draft.mixes, on: (value) => { draft.mixes = value; } }),
		draft.trustees.map((one, i) => el('fieldset', { class: 'card' }, el('legend', null, t('admin.nth-trustees', { n: i + 1 })), role(c, `trustees.${i}`, one, 'trustee'), draft.trustees.length > 1 && removeButton(c, 'trustees', i))),
		draft.trustees.length < 20 && button(t('admin.trustees-add'), () => { draft.trustees.push({ name: '', line: '' }); c.redraw(`trustees.${draft.trustees.length - 1}`); }),
		el('h3', null, t('admin.endorsers')), el('p', { class: 'small' }, t('admin.endorsers-what')), howTo(t('admin.how-key'), 'tabella key new --role endorser --out auditor.key'),
		draft.endorsers.map((one, i) => el('fieldset', { class: 'card' }, el('legend', null, t('admin.nth-endorsers', { n: i + 1 })),
			form.text(`endorsers.${i}.id`, { label: t('admin.id'), dir: 'ltr', spellcheck: false, mono: true, value: one.id, on: (value) => { one.id = value; } }), role(c, `endorsers.${i}`, one, 'endorser'), removeButton(c, 'endorsers', i))),
		draft.endorsers.length < 20 && button(t('admin.endorsers-add'), () => { draft.endorsers.push({ id: draft.endorsers.length === 0 ? 'auditor' : `auditor-${draft.endorsers.length + 1}`, name: '', line: '' }); c.redraw(`endorsers.${draft.endorsers.length - 1}.name`); }),
		el('details', { open: draft.witnesses.length > 0 }, el('summary', null, t('admin.witnesses')), el('p', { class: 'small' }, t('admin.witnesses-what')),
			draft.witnesses.length > 0 && form.text('witnessesNeeded', { label: t('admin.witnesses-needed'), dir: 'ltr', value: draft.witnessesNeeded, on: (value) => { draft.witnessesNeeded = value; } }),
			draft.witnesses.map((one, i) => el('div', { class: 'draft-option' },
				form.text(`witnesses.${i}.line`, { label: t('admin.nth-witnesses', { n: i + 1 }), hint: t('admin.witnesses-hint'), lines: 2, dir: 'ltr', spellcheck: false, mono: true, value: one.line, on: (value) => { one.line = value; } }), removeButton(c, 'witnesses', i))),
			draft.witnesses.length < 20 && button(t('admin.witnesses-add'), () => { draft.witnesses.push({ line: '' }); c.redraw(`witnesses.${draft.witnesses.length - 1}.line`); })),
		el('h3', null, t('admin.server')), el('p', { class: 'small' }, t('admin.server-what')),
		el('details', { open: c.problems.some(({ path }) => path.startsWith('server') || path === 'origin') }, el('summary', null, draft.server.name || t('admin.server')), role(c, 'server', draft.server, 'server'),
			form.text('origin', { label: t('admin.origin'), hint: t('admin.origin-hint'), dir: 'ltr', spellcheck: false, mono: true, value: draft.origin, on: (value) => { draft.origin = value; } })),
	];
};

/** @param {Create} c */
export const timeStep = (c) => {
	const { draft, form, now } = c;
	const seconds = draft.granularity === 'second';
	return [
		form.time('opens', { label: t('admin.opens'), hint: t('admin.opens-hint'), value: draft.opens, seconds, now, on: (value) => { draft.opens = value; } }),
		form.time('closes', { label: t('admin.closes'), hint: t('admin.closes-hint'), value: draft.closes, seconds, now, on: (value) => { draft.closes = value; } }),
		form.select('granularity', { label: t('admin.granularity'), hint: t('admin.granularity-hint'), value: draft.granularity, choices: ['second', 'minute', 'hour', 'day'].map((name) => [name, t(`admin.granularity-${name}`)]), on: (value) => { draft.granularity = value; c.redraw('granularity'); } }),
		form.select('rules', { label: t('admin.rules'), hint: t('admin.rules-hint'), value: draft.rules, choices: [['standard', t('admin.rules-standard')], ['extended', t('admin.rules-extended')]], on: (value) => { draft.rules = value; } }),
	];
};

/** @param {Create} c */
export const rulesStep = (c) => {
	const { draft, form } = c;
	return [
		form.select('revote', { label: t('admin.revote'), hint: t('admin.revote-hint'), value: draft.revote, choices: [['last', t('admin.revote-last')], ['never', t('admin.revote-never')]], on: (value) => { draft.revote = value; } }),
		form.text('floor', { label: t('admin.floor'), hint: isRanked(draft) ? `${t('admin.floor-hint')} ${t('admin.warning-ranked-floor')}` : t('admin.floor-hint'), dir: 'ltr', value: draft.floor, on: (value) => { draft.floor = value; } }),
		form.text('minHolders', { label: t('admin.min-holders'), hint: isRanked(draft) ? t('admin.min-holders-ranked') : t('admin.min-holders-hint'), dir: 'ltr', value: draft.minHolders, on: (value) => { draft.minHolders = value; } }),
		form.select('below', { label: t('admin.below'), value: draft.below, choices: [['refuse', t('admin.below-refuse')], ['warn', t('admin.below-warn')]], on: (value) => { draft.below = value; } }),
		form.select('eligibility', { label: t('admin.eligibility'), hint: t('admin.eligibility-hint'), value: draft.eligibility, choices: [['offline', t('admin.eligibility-offline')], ['server', t('admin.eligibility-server')]], on: (value) => { draft.eligibility = value; } }),
		form.select('group', { label: t('admin.group'), hint: isRanked(draft) ? `${t('admin.group-hint')} ${t('admin.wrong-ranked-group')}` : t('admin.group-hint'), value: draft.group, choices: [['ristretto255', 'ristretto255'], ['modp4096', 'modp4096']], on: (value) => { draft.group = value; } }),
	];
};

/** @param {Create} c */
export const aboutStep = (c) => {
	const { draft, form } = c;
	return [
		form.text('title', { label: t('admin.title'), hint: t('admin.title-hint'), value: draft.title, on: (value) => { draft.title = value; } }),
		form.text('text', { label: t('admin.text'), hint: t('admin.text-hint'), lines: 5, value: draft.text, on: (value) => { draft.text = value; } }),
		form.text('slug', { label: t('admin.slug'), hint: t('admin.slug-hint'), dir: 'ltr', spellcheck: false, mono: true, value: draft.slug, on: (value) => { draft.slug = value; } }),
		form.check('rehearsal', { label: t('admin.rehearsal-is'), hint: t('admin.rehearsal-hint'), value: draft.rehearsal, on: (value) => { draft.rehearsal = value; } }),
	];
};

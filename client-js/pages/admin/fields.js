// SPDX-License-Identifier: Apache-2.0
// Fields of forms: a label, a hint, the control, and what is wrong with it, beside it.
import { el, replace } from '../../ui/dom.js';
import { formatRelative, formatTime, formatUtc, t } from '../../ui/i18n.js';

/**
 * @typedef {import('../../admin/draft.js').Problem} Problem
 * @typedef {{label: string, hint?: string, value?: any, on?: (value: any) => void, type?: string, lines?: number, dir?: string, spellcheck?: boolean, placeholder?: string, mono?: boolean, max?: number}} Options
 */

let count = 0;

/** @param {string} text a hint @param {string} id @returns {import('../../ui/dom.js').Child} */
const hintOf = (text, id) => (text ? el('p', { class: 'hint', id }, text) : null);

/** All fields of a form, by path; shows the problems of those that were touched. */
export class Form {
	/** @param {(path: string) => void} changed */
	constructor(changed = () => {}) {
		this.changed = changed;
		/** @type {Map<string, {control: HTMLElement, wrong: HTMLElement, describedBy: string}>} */
		this.fields = new Map();
		/** @type {Set<string>} */
		this.touched = new Set();
		this.showAll = false;
	}

	/** Forgets the fields, not what was touched: before a form is drawn anew. */
	reset() {
		this.fields.clear();
	}

	/** @param {string} path @param {Options} options @param {(id: string, describedBy: string) => HTMLElement} make */
	field(path, { label, hint = '' }, make) {
		const id = `f${++count}`;
		const describedBy = `${hint ? `${id}-hint ` : ''}${id}-wrong`;
		const control = make(id, describedBy);
		const wrong = el('p', { class: 'wrong', id: `${id}-wrong`, hidden: true });
		control.addEventListener('blur', () => this.touch(path));
		this.fields.set(path, { control, wrong, describedBy });
		return el('div', { class: 'field' }, el('label', { for: id }, label), hintOf(hint, `${id}-hint`), control, wrong);
	}

	/** @param {string} path */
	touch(path) {
		this.touched.add(path);
		this.changed(path);
	}

	/** A line or lines of text. @param {string} path @param {Options} options */
	text(path, options) {
		const { value = '', on = () => {}, type = 'text', lines = 1, dir, spellcheck, placeholder, mono } = options;
		return this.field(path, options, (id, describedBy) => {
			const props = {
				id, value, dir, placeholder, class: mono ? 'mono' : '', spellcheck: spellcheck === false ? 'false' : undefined, autocomplete: 'off', 'aria-describedby': describedBy,
				on: { input: (/** @type {any} */ event) => { on(event.target.value); this.changed(path); } },
			};
			return lines > 1 ? el('textarea', { ...props, rows: lines }) : el('input', { ...props, type });
		});
	}

	/** @param {string} path @param {Options & {choices: [string, string][]}} options value and text of each */
	select(path, options) {
		const { value, on = () => {}, choices } = options;
		return this.field(path, options, (id, describedBy) => el('select', {
			id, 'aria-describedby': describedBy, on: { change: (/** @type {any} */ event) => { on(event.target.value); this.touch(path); } },
		}, choices.map(([name, text]) => el('option', { value: name, selected: name === value }, text))));
	}

	/** @param {string} path @param {Options} options */
	check(path, { label, hint = '', value = false, on = () => {} }) {
		const id = `f${++count}`;
		return el('div', { class: 'field check' },
			el('input', { type: 'checkbox', id, checked: value, 'aria-describedby': hint ? `${id}-hint` : null, on: { change: (/** @type {any} */ event) => { on(event.target.checked); this.touch(path); } } }),
			el('div', null, el('label', { for: id }, label), hintOf(hint, `${id}-hint`)));
	}

	/** A moment: typed in local time, shown in UTC as well. @param {string} path @param {Options & {seconds?: boolean, now: number}} options */
	time(path, options) {
		const { value, on = () => {}, seconds = false, now } = options;
		const told = el('p', { class: 'hint small', role: 'status' });
		const tell = (/** @type {number|null} */ time) => replace(told, time === null ? t('admin.time-none') : t('admin.time-is', { local: formatTime(time), utc: formatUtc(time), when: formatRelative(time, now) }));
		const field = this.field(path, options, (id, describedBy) => el('input', {
			id, type: 'datetime-local', value: toLocal(value, seconds), step: seconds ? '1' : '60', 'aria-describedby': describedBy,
			on: { input: (/** @type {any} */ event) => { const time = fromLocal(event.target.value); tell(time); on(time); this.changed(path); } },
		}));
		tell(value);
		field.append(told);
		return field;
	}

	/** Shows what is wrong beside each field that was touched, or beside all. @param {Problem[]} problems */
	show(problems) {
		for (const [path, { control, wrong, describedBy }] of this.fields) {
			const problem = this.showAll || this.touched.has(path) ? problems.find((one) => one.path === path) : undefined;
			wrong.hidden = problem === undefined;
			wrong.textContent = problem === undefined ? '' : problemText(problem);
			control.setAttribute('aria-describedby', describedBy);
			if (problem === undefined) control.removeAttribute('aria-invalid');
			else control.setAttribute('aria-invalid', 'true');
		}
	}

	/** @param {string} path */
	focus(path) {
		(this.fields.get(path) ?? [...this.fields.entries()].find(([name]) => name.startsWith(`${path}.`))?.[1])?.control.focus();
	}
}

/** In words, with the rule. @param {Problem} problem @returns {string} */
export const problemText = ({ kind, rule, detail }) => `${t(`admin.wrong-${kind}`, { detail })} [${rule}]`;

/** @param {number|null} time @param {boolean} seconds @returns {string} for an input of type datetime-local */
function toLocal(time, seconds) {
	if (time === null) return '';
	const at = new Date(time * 1000);
	const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
	const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
	return `${day}T${two(at.getHours())}:${two(at.getMinutes())}${seconds || at.getSeconds() !== 0 ? `:${two(at.getSeconds())}` : ''}`;
}

/** @param {string} text @returns {number|null} */
function fromLocal(text) {
	const time = new Date(text).getTime();
	return text === '' || Number.isNaN(time) ? null : Math.floor(time / 1000);
}

/** A button. @param {string} text @param {() => void} press @param {{[name: string]: any}} [props] */
export const button = (text, press, props = {}) => el('button', { type: 'button', ...props, on: { click: press } }, text);

/**
 * A button that opens files.
 * @param {string} label @param {(bytes: Uint8Array, file: File, all: File[]) => void} take the first file
 * @param {{accept?: string, max?: number, tooLarge?: () => void, multiple?: boolean}} [how]
 */
export function fileButton(label, take, { accept, max = 64 << 20, tooLarge = () => {}, multiple = false } = {}) {
	const id = `f${++count}`;
	const input = el('input', {
		type: 'file', id, accept, multiple, class: 'unseen file', on: {
			change: async (/** @type {any} */ event) => {
				const all = /** @type {File[]} */ ([...event.target.files]);
				const [file] = all;
				event.target.value = ''; // the same file again is a change as well
				if (!file) return;
				if (file.size > max) tooLarge();
				else take(new Uint8Array(await file.arrayBuffer()), file, all);
			},
		},
	});
	return el('span', { class: 'file' }, input, el('label', { for: id, class: 'button' }, label));
}

/** A command to copy. @param {string} text */
export function command(text) {
	const copy = button(t('admin.copy'), async () => {
		try {
			await navigator.clipboard.writeText(text);
			copy.textContent = t('admin.copied');
		} catch {
			getSelection()?.selectAllChildren(code);
		}
	}, { class: 'copy', 'aria-label': t('admin.copy-what', { text }) });
	const code = el('code', null, text);
	return el('div', { class: 'command' }, code, copy);
}

/** A term and what is said of it. @param {[import('../../ui/dom.js').Child, import('../../ui/dom.js').Child][]} pairs */
export const facts = (pairs) => el('dl', { class: 'facts' }, pairs.map(([term, text]) => [el('dt', null, term), el('dd', null, text)]));

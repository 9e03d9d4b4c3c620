// SPDX-License-Identifier: Apache-2.0
// A new election: a form in steps, the booth's questions beside it, and the text file that says the same.
import { Refusal } from '../../crypto/err.js';
import { compile, fromManifest, newDraft, rehearsalOf, restore, warningsOf, withoutSecrets } from '../../admin/draft.js';
import * as electionText from '../../admin/election_text.js';
import { write as writeText } from '../../admin/election_text_write.js';
import * as manifestJson from '../../admin/manifest_json.js';
import { UNBOUND } from '../../admin/submission.js';
import { parse as parseBase64 } from '../../core/base64.js';
import * as api from '../../net/api.js';
import { announce, append, el, focusOn, replace, saveFile } from '../../ui/dom.js';
import { formatNumber, formatTime, formatUtc, t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { pageUrl, where } from '../../ui/where.js';
import { confirm } from './confirm.js';
import { aboutStep, peopleStep, rulesStep, timeStep } from './create_people.js';
import { questionsStep } from './create_questions.js';
import { button, command, fileButton, Form, problemText } from './fields.js';
import { preview } from './preview.js';
import { needs, signerOf } from './session.js';

const STORED = 'tabella.admin.draft';
const WAIT = 150;

/** The step in which a field is. @param {string} path */
function stepOf(path) {
	if (/^(title|text|slug|rehearsal)$/.test(path)) return 'about';
	if (path.startsWith('questions')) return 'questions';
	if (/^(opens|closes|granularity|rules)$/.test(path)) return 'time';
	return /^(floor|minHolders|below|revote|eligibility|group)$/.test(path) ? 'rules' : path === '' ? 'check' : 'people';
}

/** @type {{[field: string]: string}} */
const FIELDS = {
	text: 'admin.text', slug: 'admin.slug', id: 'admin.id', link: 'admin.option-link', opens: 'admin.opens', closes: 'admin.closes', threshold: 'admin.threshold', witnessesNeeded: 'admin.witnesses-needed', origin: 'admin.origin', floor: 'admin.floor',
	minHolders: 'admin.min-holders', min: 'admin.question-min', max: 'admin.question-max', scoreMax: 'admin.question-scoreMax', winners: 'admin.question-winners', quorumValue: 'admin.question-quorum',
	approvalValue: 'admin.question-approval', options: 'admin.options', mixes: 'admin.mixes', minimum: 'admin.question-minimum', defaultQuorum: 'admin.question-defaultQuorum', majority: 'admin.option-majority', group: 'admin.group',
};
const STEPS = /** @type {const} */ (['about', 'questions', 'time', 'people', 'rules', 'check']);

export class Create {
	/** @param {HTMLElement} place @param {import('../../admin/draft.js').Draft} defaults @param {number} now */
	constructor(place, defaults, now) {
		this.place = place;
		this.defaults = defaults;
		this.now = now;
		this.draft = stored(defaults) ?? defaults;
		this.step = /** @type {typeof STEPS[number]} */ ('about');
		this.form = new Form(() => this.changed());
		/** @type {import('../../admin/draft.js').Problem[]} */
		this.problems = [];
		this.manifest = /** @type {any} */ (null);
		this.steps = el('ol', { class: 'steps' });
		this.content = el('div', null);
		this.beside = el('div', null);
		this.said = el('div', { 'aria-live': 'polite' });
		/** @type {ReturnType<typeof setTimeout>|undefined} */
		this.timer = undefined;
	}

	show() {
		replace(this.place, el('p', null, el('a', { href: '#' }, t('admin.back-to-list'))), el('h1', null, t('admin.new')),
			el('p', null, t('admin.new-what')), this.tools(), this.said,
			el('nav', { 'aria-label': t('admin.steps') }, this.steps),
			el('div', { class: 'side-by-side' }, this.content, el('aside', { class: 'preview', 'aria-label': t('admin.preview') }, el('h2', null, t('admin.preview')), this.beside)));
		this.compile();
		this.draw();
	}

	tools() {
		return el('div', { class: 'actions tools' },
			fileButton(t('admin.import'), (_, __, files) => this.import(files), { accept: '.txt,text/plain,image/png,image/jpeg,image/webp', multiple: true }),
			button(t('admin.export'), () => saveFile(`${this.manifest.slug || 'election'}.txt`, writeText(this.manifest), 'text/plain')),
			button(t('admin.rehearse'), () => this.replace(rehearsalOf(this.draft, t('admin.rehearsal'), Math.floor(Date.now() / 1000)), t('admin.rehearse-done'))),
			button(t('admin.discard'), () => this.replace(this.defaults, t('admin.discarded'))));
	}

	/** @param {import('../../admin/draft.js').Draft} draft @param {string} said */
	replace(draft, said) {
		this.draft = structuredClone(draft);
		this.form.touched.clear();
		this.form.showAll = false;
		replace(this.said, notice('good', el('p', null, said)));
		this.step = 'about';
		this.compile();
		this.draw();
	}

	/** @param {File[]} files an election file, and the pictures that it names */
	async import(files) {
		const read = await Promise.all(files.map(async (file) => ({ name: file.name, isPicture: file.type.startsWith('image/'), bytes: new Uint8Array(await file.arrayBuffer()) })));
		const text = read.find(({ isPicture }) => !isPicture);
		try {
			const { manifest, missing } = electionText.parseDraft(text?.bytes ?? '', new Map(read.map(({ name, bytes }) => [name, bytes])));
			this.replace(fromManifest(manifest, this.defaults), missing.length === 0 ? t('admin.imported') : t('admin.imported-missing'));
			this.form.showAll = true;
			this.form.show(this.problems);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			const { line = 0 } = /** @type {any} */ (error);
			replace(this.said, notice('error', el('p', null, el('strong', null, t('admin.import-wrong', { line })), ` [${error.rule}]`), el('p', null, error.detail)));
		}
	}

	/** Something was typed: soon it is checked, shown and kept. */
	changed() {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.compile(), WAIT);
	}

	compile() {
		const { manifest, problems } = compile(this.draft);
		this.manifest = manifest;
		this.problems = problems.sort((a, b) => STEPS.indexOf(stepOf(a.path)) - STEPS.indexOf(stepOf(b.path)));
		this.form.show(problems);
		replace(this.beside, preview(this.draft));
		this.drawSteps();
		store(this.draft);
	}

	/** The present step anew, after its structure has changed. @param {string} [focus] path of the field to go to */
	redraw(focus) {
		clearTimeout(this.timer);
		this.compile();
		this.draw();
		if (focus) this.form.focus(focus);
	}

	/** @param {typeof STEPS[number]} step @param {string} [focus] */
	go(step, focus) {
		for (const path of this.form.fields.keys()) this.form.touched.add(path);
		this.step = step;
		this.compile();
		this.draw();
		if (focus) this.form.focus(focus);
		else focusOn(/** @type {HTMLElement} */ (this.content.querySelector('h2')));
	}

	drawSteps() {
		replace(this.steps, STEPS.map((step, i) => {
			const count = this.problems.filter(({ path }) => stepOf(path) === step && (this.form.showAll || this.form.touched.has(path))).length;
			return el('li', null, button(`${i + 1}. ${t(`admin.step-${step}`)}${count > 0 ? ` · ${t('admin.faults', { n: count })}` : ''}`, () => this.go(step),
				{ 'aria-current': step === this.step ? 'step' : null, class: count > 0 ? 'faulty' : null }));
		}));
	}

	draw() {
		this.form.reset();
		const steps = { about: aboutStep, questions: questionsStep, time: timeStep, people: peopleStep, rules: rulesStep, check: () => this.checkStep() };
		const at = STEPS.indexOf(this.step);
		replace(this.content, el('h2', { tabindex: '-1' }, t(`admin.step-${this.step}`)), steps[this.step](this),
			el('div', { class: 'actions' },
				at > 0 && button(t('admin.back'), () => this.go(STEPS[at - 1])),
				at < STEPS.length - 1 && button(t('admin.next'), () => this.go(STEPS[at + 1]), { class: 'main end' })));
		this.form.show(this.problems);
		this.drawSteps();
	}

	checkStep() {
		this.form.showAll = true;
		const { problems, manifest } = this;
		if (problems.length > 0) return [
			notice('error', el('p', null, el('strong', null, t('admin.problems', { n: problems.length })))),
			el('ul', null, problems.map((one) => el('li', null, button(this.nameOf(one.path), () => this.go(stepOf(one.path), one.path), { class: 'link' }), `: ${problemText(one)}`))),
		];
		const warnings = warningsOf(manifest, Math.floor(Date.now() / 1000));
		return [
			notice('good', el('p', null, t('admin.check-good'))),
			warnings.map((name) => notice(name === 'past-closes' ? 'error' : 'warning', el('p', null, t(`admin.warning-${name}`)))),
			el('h3', null, t('admin.check-file')), el('p', { class: 'small' }, t('admin.check-file-what')),
			el('pre', { class: 'file', tabindex: '0', 'aria-label': t('admin.check-file') }, writeText(manifest)),
			el('h3', null, t('admin.create')), el('p', null, t('admin.create-what')),
			needs('admin', manifest.admin.key, () => el('div', { class: 'actions' }, button(t('admin.create-review'), () => this.review(), { class: 'main' }))),
			el('details', null, el('summary', null, t('admin.by-command')), command(`tabella create --server ${where().server} --key admin.key ${manifest.slug}.txt`)),
		];
	}

	/** Which field a problem is in: step, person or question, field. @param {string} path */
	nameOf(path) {
		const [head, i, , k] = path.split('.');
		const last = path.split('.').at(-1) ?? '';
		const named = ['questions', 'trustees', 'endorsers', 'witnesses'].includes(head) && i !== undefined;
		return [
			t(`admin.step-${stepOf(path)}`),
			named && t(`admin.nth-${head}`, { n: Number(i) + 1 }),
			path.includes('.options.') && t('admin.option-n', { n: Number(k) + 1 }),
			['admin', 'registrar'].includes(head) && t(`admin.role-${head}`), head === 'server' && t('admin.server'),
			last === 'name' && t('admin.role-name'), last === 'line' && t('admin.role-line'), last === 'title' && t(named ? 'admin.question-title' : 'admin.title'),
			Object.hasOwn(FIELDS, last) && t(FIELDS[last]),
		].filter(Boolean).join(' · ');
	}

	review() {
		const { manifest: m } = this;
		const time = (/** @type {number} */ at) => `${formatTime(at)} (${formatUtc(at)})`;
		confirm({
			title: t(m.rehearsal ? 'admin.create-rehearsal' : 'admin.create'), type: 'manifest', payloads: [manifestJson.write(m)], binding: UNBOUND, signer: () => signerOf('admin'),
			url: `${where().server}/elections`, origin: m.origin, logKey: parseBase64(m.server.log_key), name: `${m.slug}-created`,
			words: [
				[t('admin.title'), el('strong', { dir: 'auto' }, m.title)], [t('admin.slug'), el('code', null, pageUrl(where(), '', m.slug))],
				[t('admin.opens'), time(m.opens)], [t('admin.closes'), time(m.closes)],
				[t('admin.step-questions'), el('ul', null, m.questions.map((/** @type {any} */ q) => el('li', { dir: 'auto' }, `${q.title}: ${q.options.map((/** @type {any} */ o) => o.label).join(', ')}`)))],
				[t('admin.trustees'), t('admin.threshold-words', { threshold: m.threshold, n: m.trustees.length, names: m.trustees.map((/** @type {any} */ one) => one.name).join(', ') })],
				...(m.mixes !== undefined ? /** @type {[string, string][]} */ ([[t('admin.mixes'), formatNumber(m.mixes)]]) : []),
				[t('admin.endorsers'), m.endorsers.map((/** @type {any} */ one) => one.name).join(', ') || '–'], [t('admin.role-registrar'), m.registrar.name],
				...(m.witnesses ? /** @type {[string, string][]} */ ([[t('admin.witnesses'), t('admin.threshold-words', { threshold: m.witnesses.need, n: m.witnesses.keys.length, names: m.witnesses.keys.map((/** @type {any} */ one) => one.name).join(', ') })]]) : []),
			],
			warning: t('admin.create-for-ever'),
			closed: () => { store(null); location.hash = `#e/${m.slug}`; },
		});
	}
}

/** @param {import('../../admin/draft.js').Draft} defaults */
function stored(defaults) {
	try {
		return restore(JSON.parse(localStorage.getItem(STORED) ?? 'null'), defaults);
	} catch {
		return null; // storage is switched off, or holds something else
	}
}

/** Keeps the draft in this browser, without anything that is a secret code. @param {import('../../admin/draft.js').Draft|null} draft */
function store(draft) {
	try {
		if (draft === null) localStorage.removeItem(STORED);
		else localStorage.setItem(STORED, JSON.stringify(withoutSecrets(draft)));
	} catch {
		// then it is kept on this page only
	}
}

/** @param {HTMLElement} place @param {number} now */
export async function showCreate(place, now) {
	const { server } = where();
	const { host } = new URL(server);
	let line = '';
	try {
		line = (await api.list(server)).server;
	} catch {
		append(place, notice('error', el('p', null, t('admin.unreachable'))));
		announce(t('admin.unreachable'), true);
	}
	const path = new URL(server).pathname.replace(/\/$/, '');
	new Create(place, newDraft({ now, origin: `${host}${path}`, server: line, host }), now).show();
}

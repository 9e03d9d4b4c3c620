// SPDX-License-Identifier: Apache-2.0
// One election: where it stands, whom it waits for with the command for each, turnout, what may be done now, and the result.
import { fromUtf8, hex } from '../../crypto/bytes.js';
import { crockford } from '../../core/code.js';
import { write as writeBase64 } from '../../core/base64.js';
import { allowed, isMissed, stageNames, stagesOf, tasksOf } from '../../admin/parties.js';
import * as manifestJson from '../../admin/manifest_json.js';
import { write as writeText } from '../../admin/election_text_write.js';
import { quota } from '../../core/endorse.js';
import { endorsersOf } from '../../core/manifest.js';
import { Contradiction } from '../../net/head.js';
import { contradictionBox } from '../../ui/contradiction.js';
import { el, replace, saveFile } from '../../ui/dom.js';
import { formatNumber, formatRelative, formatShare, formatTime, formatUtc, t } from '../../ui/i18n.js';
import { notice, title } from '../../ui/layout.js';
import { pageUrl, where } from '../../ui/where.js';
import { cancelForm, extendForm, noticeForm } from './acts.js';
import { Election, explain } from './board.js';
import { button, command, facts } from './fields.js';
import { phaseBadge, rehearsalBadge } from './list.js';
import { changeForm, rollForm } from './registrar.js';
import { needs } from './session.js';

const REFRESH = 5_000;

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** @param {number} time */
const moment = (time) => [formatTime(time), ' ', el('span', { class: 'faint' }, `(${formatUtc(time)}; ${formatRelative(time, nowSeconds())})`)];

export class Manage {
	/** @param {HTMLElement} place @param {Election} election */
	constructor(place, election) {
		this.place = place;
		this.election = election;
		this.status = el('div', null);
		this.work = el('div', null);
		this.acts = el('div', null);
		this.about = el('div', null);
		this.lost = el('div', { role: 'status' });
		this.formsFor = '';
		this.drawnFor = '';
		/** @type {ReturnType<typeof setTimeout>|undefined} */
		this.timer = undefined;
		this.stopped = false;
	}

	show() {
		const { manifest } = this.election;
		title(manifest.title);
		replace(this.place, el('p', null, el('a', { href: '#' }, t('admin.back-to-list'))),
			manifest.rehearsal && notice('warning', el('p', null, el('strong', null, t('admin.rehearsal')), ` ${t('admin.rehearsal-warning')}`)),
			el('h1', null, el('bdi', null, manifest.title)), this.lost, this.status, this.work, this.acts, this.about);
		this.draw();
		this.again();
	}

	stop() {
		this.stopped = true;
		clearTimeout(this.timer);
	}

	again() {
		clearTimeout(this.timer);
		if (!this.stopped) this.timer = setTimeout(() => (document.hidden ? this.again() : this.refresh()), REFRESH);
	}

	async refresh() {
		try {
			await this.election.refresh();
			if (this.stopped) return;
			replace(this.lost);
			this.draw();
		} catch (error) {
			const { kind, rule, detail } = explain(error);
			replace(this.lost, error instanceof Contradiction ? contradictionBox(error) : notice(kind === 'unreachable' ? 'warning' : 'error', el('p', null, kind === 'unreachable' ? t('admin.unreachable-still') : `${detail} [${rule}]`)));
		}
		this.again();
	}

	draw() {
		const { state, manifest } = this.election;
		const now = nowSeconds();
		const may = allowed(state, now, this.election.of('decrypt').length > 0);
		replace(this.status, this.summary(now));
		/* What somebody reads or types is not drawn anew under their hands: only when there is something else to do. */
		const key = JSON.stringify([may, state.phase, state.awaits, state.closes, this.election.acts.length]);
		if (key === this.drawnFor) return;
		const forms = JSON.stringify([may, state.closes, this.election.binding.context.length]);
		replace(this.work, this.stages(now), this.tasks(), this.result());
		if (forms !== this.formsFor) {
			replace(this.acts, this.forms(may, now, manifest));
			replace(this.about, this.details());
		}
		this.formsFor = forms;
		this.drawnFor = key;
	}

	/** @param {number} now */
	summary(now) {
		const { state, manifest } = this.election;
		return [
			el('p', null, phaseBadge(state.phase, isMissed(state, now)), ' ', manifest.rehearsal && rehearsalBadge()),
			isMissed(state, now) && notice('error', el('p', null, t('admin.missed'))),
			facts([[t('admin.opens'), moment(state.opens)], [t('admin.closes'), moment(state.closes)]]),
			el('div', { class: 'tiles' },
				tile(t('admin.voters'), formatNumber(state.voters)), tile(t('admin.turnout'), formatNumber(state.counted), state.voters > 0 ? formatShare(state.counted, state.voters) : ''),
				tile(t('admin.ballots'), formatNumber(state.ballots), t('admin.ballots-hint')), tile(t('admin.entries'), formatNumber(state.size))),
			state.voters > 0 && el('progress', { value: String(state.counted), max: String(state.voters), 'aria-label': t('admin.turnout') }),
		];
	}

	/** @param {number} now */
	stages(now) {
		const { state, manifest } = this.election;
		const at = stagesOf(state, now);
		const times = /** @type {{[stage: string]: number}} */ ({ open: state.opens, close: state.closes });
		return el('section', null, el('h2', null, t('admin.stages')), el('ol', { class: 'stages' }, stageNames(manifest).map((stage) => el('li', { class: at[stage] },
			el('span', { class: 'mark', 'aria-hidden': 'true' }, { done: '✓', now: '●', ahead: '○', never: '×' }[at[stage]]),
			el('div', null, el('strong', null, t(`admin.stage-${stage}`)), ' ', el('span', { class: 'small' }, `(${t(`admin.progress-${at[stage]}`)})`),
				el('p', { class: 'small' }, t(stage === 'decrypt' && manifest.mixes !== undefined ? 'admin.stage-decrypt-mixed-what' : `admin.stage-${stage}-what`, { mixes: manifest.mixes, n: quota(endorsersOf(manifest).length, manifest.threshold), threshold: manifest.threshold, of: endorsersOf(manifest).length, trustees: manifest.trustees.length }),
					stage in times && at[stage] !== 'never' && [' ', moment(times[stage])]))))));
	}

	/** Whom it waits for now, and what they have to type. */
	tasks() {
		const { state, manifest, url, done } = this.election;
		const shown = /** @type {const} */ ({ setup: ['trustee.commit', 'trustee.certify'], certifying: ['trustee.certify'], ready: [], open: [], closed: manifest.mixes === undefined ? ['endorse', 'decrypt'] : ['endorse', 'mix', 'decrypt'], finished: [], cancelled: [] });
		const types = /** @type {readonly ('trustee.commit'|'trustee.certify'|'endorse'|'mix'|'decrypt')[]} */ (/** @type {any} */ (shown)[state.phase] ?? []);
		return [
			types.map((type) => el('section', null, el('h2', null, t(`admin.tasks-${type.replace('.', '-')}`)), el('p', { class: 'small' }, t(`admin.tasks-${type.replace('.', '-')}-what`)),
				type === 'mix' && el('p', null, t('admin.tasks-mix-count', { n: this.election.of('mix').length, mixes: manifest.mixes })),
				el('ul', { class: 'plain tasks' }, tasksOf(type, manifest, state, url, done).map((task) => el('li', { class: task.progress },
					el('p', null, el('strong', { dir: 'auto' }, task.name), ' ', el('span', { class: 'faint' }, task.signer), ' ',
						el('span', { class: `badge ${task.progress === 'done' ? 'good' : task.progress === 'awaited' ? 'warning' : ''}` }, t(`admin.task-${task.progress}`))),
					task.progress === 'awaited' && command(task.command)))))),
			state.phase === 'ready' && notice('note', el('p', null, t('admin.opens-itself'), ' ', moment(state.opens)), el('p', { class: 'small' }, t('admin.recover')), command(`tabella-trustee recover ${url}`)),
			state.phase === 'open' && notice('note', el('p', null, t('admin.closes-itself'), ' ', moment(state.closes))),
			state.phase === 'closed' && state.awaits.length === 0 && notice('note', el('p', null, t('admin.adding-up'))),
		];
	}

	result() {
		const [act] = this.election.of('result');
		const said = ['notice', 'extend', 'cancel'].flatMap((type) => this.election.of(type)).sort((a, b) => a.index - b.index);
		return [
			act && resultTable(JSON.parse(fromUtf8(act.payload)), this.election, act.index),
			said.length > 0 && el('section', null, el('h2', null, t('admin.said')), el('ul', { class: 'plain' }, said.map(({ type, time, payload, index }) => {
				const { text, reason, closes } = JSON.parse(fromUtf8(payload));
				return el('li', { class: 'card' }, el('p', { class: 'small faint' }, `${t(`admin.act-${type}`)} · ${formatTime(time)} · ${t('admin.entry-n', { index: formatNumber(index) })}`),
					closes !== undefined && el('p', null, t('admin.closes-new'), ': ', moment(closes)), el('p', { class: 'text', dir: 'auto' }, text ?? reason));
			}))),
		];
	}

	/** @param {ReturnType<typeof allowed>} may @param {number} now @param {any} manifest */
	forms(may, now, manifest) {
		const { election } = this;
		const closed = () => { this.formsFor = ''; this.refresh(); };
		const [adminKey, registrarKey] = [writeBase64(manifest.admin.key), writeBase64(manifest.registrar.key)];
		return [
			(may.roll || may.remove) && el('section', null, el('h2', null, t('admin.role-registrar')),
				needs('registrar', registrarKey, () => (may.roll ? rollForm(election, closed) : changeForm(election, !may.change, closed)))),
			el('section', null, el('h2', null, t('admin.role-admin')), may.change && el('p', { class: 'small' }, t('admin.close-early')),
				needs('admin', adminKey, () => [may.extend && extendForm(election, now, closed), noticeForm(election, closed), may.cancel && cancelForm(election, closed)])),
		];
	}

	details() {
		const { election } = this;
		const { manifest, url } = election;
		const link = (/** @type {any} */ page, /** @type {string} */ text) => el('li', null, el('a', { href: pageUrl(where(), page, manifest.slug) }, text));
		const { context } = election.binding;
		return el('section', null, el('h2', null, t('admin.publish')), el('p', { class: 'small' }, t('admin.publish-what')),
			el('ul', null, link('', t('admin.link-election')), link('vote', t('admin.link-vote')), link('board', t('admin.link-board')), link('results', t('admin.link-results')),
				el('li', null, el('a', { href: `${url}/archive`, download: `${manifest.slug}.tar` }, t('admin.link-archive')))),
			el('p', { class: 'small' }, t('admin.verify')), command(`tabella-verify ${url}`),
			facts([[t('admin.election-id'), el('code', null, hex(election.id))], ...(context.length > 0 ? /** @type {[string, any][]} */ ([[t('admin.fingerprint'), el('code', null, crockford(context.slice(0, 16)))]]) : [])]),
			el('div', { class: 'actions' }, button(t('admin.file-save'), () => saveFile(`${manifest.slug}.txt`, writeText(manifestJson.fromParsed(manifest)), 'text/plain'))));
	}
}

/** @param {string} name @param {string} value @param {string} [hint] */
const tile = (name, value, hint = '') => el('div', { class: 'tile' }, el('span', { class: 'faint small' }, name), el('strong', null, value), el('span', { class: 'faint small' }, hint));

/** [RANK.RESULT] Who is elected; the account, which everybody computes from the ballots, is on the page of results. @param {any} q @param {any} outcome @param {any} manifest */
const rankedCard = (q, { elected, count }, manifest) => el('div', { class: 'card' }, el('h3', null, el('bdi', null, q.title)),
	elected.length === 0 ? el('p', null, t('admin.ranked-nobody')) : [el('p', null, t('admin.ranked-elected')), el('ol', null, elected.map((/** @type {string} */ id) => el('li', null, el('bdi', null, q.options.find((/** @type {any} */ o) => o.id === id)?.label ?? id))))],
	el('p', { class: 'small' }, t('admin.ranked-ballots', { method: t(`count.method-${q.count.method}`), valid: formatNumber(count.valid), invalid: formatNumber(count.invalid.length) })),
	el('p', { class: 'small' }, el('a', { href: pageUrl(where(), 'results', manifest.slug) }, t('admin.ranked-account'))));

/** The totals as they stand on the board, in words and numbers. @param {any} result @param {Election} election @param {number} index */
function resultTable(result, election, index) {
	const { manifest } = election;
	return el('section', null, el('h2', null, t('admin.result')), el('p', { class: 'small' }, t('admin.result-what', { index: formatNumber(index), counted: formatNumber(result.counted) })),
		result.questions.map((/** @type {any} */ outcome, /** @type {number} */ i) => {
			const q = manifest.questions[i];
			const elected = new Set(outcome.elected);
			if (outcome.outcome !== 'decided') return el('div', { class: 'card' }, el('h3', null, el('bdi', null, q.title)), el('p', null, t(`admin.outcome-${outcome.outcome}`)));
			if (outcome.count) return rankedCard(q, outcome, manifest);
			return el('div', { class: 'card' }, el('table', null, el('caption', null, el('bdi', null, q.title)),
				el('thead', null, el('tr', null, el('th', { scope: 'col' }, t('admin.option')), el('th', { scope: 'col', class: 'number' }, t('admin.total')), el('th', { scope: 'col' }, t('admin.outcome')))),
				el('tbody', null, q.options.map((/** @type {any} */ o, /** @type {number} */ k) => el('tr', null, el('th', { scope: 'row' }, el('bdi', null, o.label)), el('td', { class: 'number' }, formatNumber(outcome.totals[k])),
					el('td', null, elected.has(o.id) ? el('span', { class: 'badge good' }, t('admin.elected')) : q.approval !== null && outcome.approved.includes(o.id) ? t('admin.approved') : '–'))))),
			outcome.ties.length > 0 && el('p', { class: 'small' }, t('admin.ties')));
		}));
}

/** @param {HTMLElement} place @param {string} slug @returns {Promise<Manage|null>} */
export async function showElection(place, slug) {
	replace(place, el('p', { class: 'faint', role: 'status' }, t('admin.loading')));
	try {
		const manage = new Manage(place, await Election.load(pageUrl(where(), '', slug)));
		manage.show();
		return manage;
	} catch (error) {
		const { kind, rule, detail } = explain(error);
		replace(place, el('p', null, el('a', { href: '#' }, t('admin.back-to-list'))), el('h1', null, slug),
			error instanceof Contradiction ? contradictionBox(error) : notice('error', el('p', null, el('strong', null, t(kind === 'unreachable' ? 'admin.unreachable' : kind === 'wrong' ? 'admin.board-wrong' : 'admin.no-election')), rule && ` [${rule}]`), el('p', null, detail)),
			el('div', { class: 'actions' }, button(t('admin.try-again'), () => showElection(place, slug))));
		return null;
	}
}

// SPDX-License-Identifier: Apache-2.0
// The registrar's part: voting codes, made here and never sent anywhere; the roll; later changes of it.
import { Refusal } from '../../crypto/err.js';
import { fromUtf8, utf8 } from '../../crypto/bytes.js';
import * as codes from '../../admin/codes.js';
import * as csv from '../../admin/roll_csv.js';
import { parse as parseBase64 } from '../../core/base64.js';
import * as json from '../../core/json.js';
import { parse as parseCode } from '../../core/code.js';
import * as text from '../../core/text.js';
import { voter as readVoter } from '../../net/api.js';
import { announce, el, replace, saveFile } from '../../ui/dom.js';
import { formatList, formatNumber, t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { common } from './acts.js';
import { explain } from './board.js';
import { confirm, unsaved } from './confirm.js';
import { button, command, fileButton, Form } from './fields.js';
import { random } from './session.js';

const FAULTS = 200;
const BREATH = 40;

/** @typedef {import('./board.js').Election} Election */

/** Every bad line, in words. @param {csv.Fault[]} faults */
function faultTable(faults) {
	return [
		notice('error', el('p', null, el('strong', null, t('admin.csv-bad', { n: faults.length }))), el('p', null, t('admin.csv-nothing'))),
		el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('admin.csv-lines') }, el('table', null,
			el('caption', null, t('admin.csv-lines')),
			el('thead', null, el('tr', null, el('th', { scope: 'col', class: 'number' }, t('admin.csv-line')), el('th', { scope: 'col' }, t('admin.csv-problem')), el('th', { scope: 'col' }, t('admin.csv-found')), el('th', { scope: 'col' }, t('admin.csv-rule')))),
			el('tbody', null, faults.slice(0, FAULTS).map(({ line, problem, found, rule }) => el('tr', null, el('td', { class: 'number' }, formatNumber(line)), el('td', null, t(`admin.csv-${problem}`)), el('td', null, el('code', null, found)), el('td', null, el('code', null, rule))))))),
		faults.length > FAULTS && el('p', null, t('admin.csv-more', { n: faults.length - FAULTS })),
	];
}

/** Lets the page breathe now and then. @param {(done: number) => void} tell @returns {(done: number) => Promise<void>} */
function breathing(tell) {
	let last = performance.now();
	return async (done) => {
		if (performance.now() - last < BREATH) return;
		tell(done);
		await new Promise((then) => { setTimeout(then, 0); });
		last = performance.now();
	};
}

/** What is posted, once the registrar has seen what it is. @param {Election} election @param {Uint8Array} file @param {() => void} closed @param {HTMLElement} place */
async function offerRoll(election, file, closed, place) {
	replace(place, el('p', { role: 'status' }, t('admin.roll-checking')));
	try {
		const { payloads, roll } = codes.parseRoll(file, election.manifest);
		const listed = await election.listedRoll();
		if (!codes.continues(roll, listed)) throw new Refusal('ROLL', t('admin.roll-other'));
		const ready = payloads.filter((payload) => JSON.parse(fromUtf8(payload)).first >= listed.voters.size);
		replace(place, summary(roll), listed.voters.size > 0 && notice('note', el('p', null, t('admin.roll-continues', { n: listed.voters.size }))),
			el('div', { class: 'actions' }, button(t('admin.roll-review'), () => reviewRoll(election, roll, ready, closed), { class: 'main' })));
		announce(t('admin.roll-good', { n: roll.voters.size }));
	} catch (error) {
		const { rule, detail, kind } = explain(error);
		const { line = 0 } = /** @type {any} */ (error);
		replace(place, notice('error', el('p', null, el('strong', null, kind === 'unreachable' ? t('admin.unreachable') : line > 0 ? t('admin.roll-wrong-line', { line }) : t('admin.roll-wrong')), rule && ` [${rule}]`), el('p', null, detail)));
	}
}

/** @param {import('../../core/roll.js').Roll} roll */
function summary(roll) {
	const rare = roll.rareWeights();
	return [
		notice('good', el('p', null, t('admin.roll-good', { n: roll.voters.size }))),
		rare.length > 0 && notice('warning', el('p', null, t('admin.roll-rare', { weights: formatList(rare.map((weight) => formatNumber(weight))), n: roll.rules.minHolders }))),
		el('p', { class: 'small' }, t('admin.roll-weight', { n: roll.totalWeight() })),
	];
}

/** @param {Election} election @param {import('../../core/roll.js').Roll} roll @param {Uint8Array[]} payloads @param {() => void} closed */
function reviewRoll(election, roll, payloads, closed) {
	const voters = [...roll.voters.values()];
	confirm({
		...common(election, 'registrar'), title: t('admin.roll-post'), type: 'roll', payloads, name: `${election.manifest.slug}-roll`, closed,
		words: [[t('admin.election'), el('bdi', null, election.manifest.title)], [t('admin.voters'), formatNumber(voters.length)], [t('admin.weight-total'), formatNumber(roll.totalWeight())],
			[t('admin.roll-first'), `${voters[0].label} (${voters[0].id})`], [t('admin.roll-last'), `${/** @type {any} */ (voters.at(-1)).label} (${/** @type {any} */ (voters.at(-1)).id})`]],
		warning: t('admin.roll-for-ever'),
	});
}

/** The roll while the election is set up. @param {Election} election @param {() => void} closed */
export function rollForm(election, closed) {
	const report = el('div', { 'aria-live': 'polite' });
	const offered = el('div', null);
	const fromList = async (/** @type {Uint8Array} */ bytes) => {
		replace(offered);
		const { voters, faults } = csv.parse(bytes);
		if (faults.length > 0) replace(report, faultTable(faults));
		else if (election.manifest.mixes !== undefined && voters.some(({ weight }) => weight !== 1)) replace(report, weightsRefused(voters));
		else if (voters.length === 0) replace(report, notice('error', el('p', null, t('admin.csv-empty'))));
		else replace(report, notice('good', el('p', null, t('admin.csv-good', { n: voters.length }))), el('p', null, t('admin.codes-what')),
			el('div', { class: 'actions' }, button(t('admin.codes-make'), () => makeCodes(election, voters, report, offered, closed), { class: 'main' })));
	};
	const tooLarge = () => replace(report, notice('error', el('p', null, t('admin.file-large'))));
	return el('section', { class: 'card' }, el('h3', null, t('admin.roll')),
		el('p', null, t('admin.roll-what')), el('pre', null, 'id,label,weight\nm-117,Ada Example,1\nm-118,Bert Example,1'),
		el('div', { class: 'actions' },
			fileButton(t('admin.roll-list'), fromList, { accept: '.csv,text/csv', max: csv.MAX_BYTES, tooLarge }),
			fileButton(t('admin.roll-made'), (bytes) => { replace(report); offerRoll(election, bytes, closed, offered); }, { accept: '.json', tooLarge })),
		report, offered,
		el('details', null, el('summary', null, t('admin.by-command')),
			command(`tabella codes --election ${hexOf(election)} --codes codes.csv --out roll.json voters.csv`), command(`tabella roll import --key registrar.key ${election.url} roll.json`)));
}

/** Before any codes are made: this roll would not be taken. @param {csv.Voter[]} voters */
const weightsRefused = (voters) => notice('error', el('p', null, t('admin.csv-ranked', { lines: formatList(voters.filter(({ weight }) => weight !== 1).map(({ line }) => line).sort((a, b) => a - b).slice(0, 20).map((line) => formatNumber(line))) }), ' [RANK.ROLL]'),
	el('p', null, t('admin.csv-nothing')));

/** @param {Election} election */
const hexOf = (election) => Array.from(election.id, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {Election} election @param {csv.Voter[]} voters @param {HTMLElement} report @param {HTMLElement} offered @param {() => void} closed */
async function makeCodes(election, voters, report, offered, closed) {
	const bar = el('progress', { value: '0', max: String(voters.length), 'aria-label': t('admin.codes-making') });
	replace(report, el('p', { role: 'status' }, t('admin.codes-making')), bar);
	const { roll, ...secret } = await codes.makeAll(voters, election.id, random, breathing((done) => bar.setAttribute('value', String(done))));
	const { slug } = election.manifest;
	const mark = `codes ${slug}`;
	unsaved.add(mark);
	replace(report, notice('warning', el('p', null, el('strong', null, t('admin.codes-made', { n: voters.length }))), el('p', null, t('admin.codes-save'))),
		el('div', { class: 'actions' }, button(t('admin.codes-sheet'), () => {
			if (secret.sheet === '') return;
			saveFile(`${slug}-codes.csv`, secret.sheet, 'text/csv');
			if (offered.childElementCount === 0) replace(offered,
				el('div', { class: 'actions' }, button(t('admin.codes-saved'), () => {
					secret.sheet = ''; // the codes are the registrar's now, and nobody else's
					unsaved.delete(mark);
					replace(report, notice('good', el('p', null, t('admin.codes-gone'))), el('div', { class: 'actions' }, button(t('admin.roll-file'), () => saveFile(`${slug}-roll.json`, roll, 'application/json'))));
					offerRoll(election, utf8(roll), closed, offered);
				}, { class: 'main' })));
		}, { class: 'main' })));
}

/** [ROLL.CHANGE] @param {Election} election @param {boolean} onlyRemove @param {() => void} closed */
export function changeForm(election, onlyRemove, closed) {
	const form = new Form();
	const change = { action: onlyRemove ? 'remove' : 'add', voter: '', label: '', weight: '1', key: '', reason: '' };
	const place = el('div', null);
	const made = el('div', { 'aria-live': 'polite' });
	const said = el('div', { role: 'alert' });
	let makesCode = true;
	const draw = () => {
		form.reset();
		replace(place,
			form.select('action', { label: t('admin.change-action'), value: change.action, choices: (onlyRemove ? ['remove'] : ['add', 'remove', 'credential']).map((name) => [name, t(`admin.change-${name}`)]), on: (value) => { change.action = value; replace(made); draw(); form.focus('action'); } }),
			el('p', { class: 'small' }, t(`admin.change-${change.action}-what`)),
			form.text('voter', { label: t('admin.voter-id'), dir: 'ltr', spellcheck: false, mono: true, value: change.voter, on: (value) => { change.voter = value.trim(); } }),
			change.action === 'add' && [
				form.text('label', { label: t('admin.voter-label'), hint: t('admin.voter-label-hint'), value: change.label, on: (value) => { change.label = value; } }),
				form.text('weight', { label: t('admin.voter-weight'), hint: t('admin.voter-weight-hint'), dir: 'ltr', value: change.weight, on: (value) => { change.weight = value.trim(); } })],
			change.action !== 'remove' && [
				form.select('how', { label: t('admin.credential'), value: makesCode ? 'make' : 'paste', choices: [['make', t('admin.credential-make')], ['paste', t('admin.credential-paste')]], on: (value) => { makesCode = value === 'make'; change.key = ''; draw(); form.focus('how'); } }),
				!makesCode && form.text('key', { label: t('admin.credential-key'), hint: t('admin.credential-key-hint'), dir: 'ltr', spellcheck: false, mono: true, value: change.key, on: (value) => { change.key = value.trim(); } })],
			form.text('reason', { label: t('admin.reason'), hint: t('admin.reason-hint'), lines: 2, value: change.reason, on: (value) => { change.reason = value; } }),
			made, said, el('div', { class: 'actions' }, button(t('admin.review'), () => review(), { class: change.action === 'remove' ? 'danger' : '' })));
	};
	const review = async () => {
		form.showAll = true;
		const { problems, payload, weight, label } = judge(change, makesCode);
		form.show(problems);
		if (problems.length > 0) return form.focus(problems[0].path);
		try {
			replace(said);
			await checkVoter(election, change, weight);
		} catch (error) {
			const { detail, rule, kind } = explain(error);
			return replace(said, notice('error', el('p', null, kind === 'unreachable' ? t('admin.unreachable') : detail, rule && ` [${rule}]`)));
		}
		if (change.action !== 'remove' && makesCode) return makeOne(label);
		return ask(payload(change.key), label, weight, closed);
	};
	/** A code for this voter, which has to be saved before its public key is posted. @param {string} label */
	const makeOne = (label) => {
		const one = codes.makeCode(change.voter, election.id, random);
		const { voter } = change;
		unsaved.add(`code ${voter}`);
		replace(made, notice('warning', el('p', null, t('admin.code-one')), el('div', { class: 'actions' }, button(t('admin.codes-sheet'), () => {
			saveFile(`${election.manifest.slug}-${voter}-code.csv`, codes.oneSheet({ id: voter, label, weight: 1 }, one.code), 'text/csv');
			replace(made, el('div', { class: 'actions' }, button(t('admin.codes-saved'), () => {
				unsaved.delete(`code ${voter}`);
				replace(made);
				const now = judge(change, true); // what is confirmed is what is signed, also where a field was changed meanwhile
				if (now.problems.length > 0 || change.voter !== voter) return form.show(now.problems);
				return ask(now.payload(one.key), now.label, now.weight, closed);
			}, { class: 'main' })));
		}, { class: 'main' }))));
		/** @type {HTMLElement} */ (made.querySelector('button')).focus();
	};
	const ask = (/** @type {Uint8Array} */ payload, /** @type {string} */ label, /** @type {number} */ weight, /** @type {() => void} */ then) => confirm({
		...common(election, 'registrar'), title: t(`admin.change-${change.action}`), type: 'roll.change', payloads: [payload], name: `${election.manifest.slug}-roll-change`, danger: change.action === 'remove', closed: then,
		words: [[t('admin.election'), el('bdi', null, election.manifest.title)], [t('admin.voter-id'), el('code', null, change.voter)],
			...(change.action === 'add' ? /** @type {[string, string][]} */ ([[t('admin.voter-label'), label], [t('admin.voter-weight'), formatNumber(weight)]]) : []), [t('admin.reason'), el('span', { class: 'text' }, change.reason.trim())]],
		warning: t(`admin.change-${change.action}-warning`),
	});
	draw();
	return el('section', { class: 'card' }, el('h3', null, t('admin.change')), el('p', { class: 'small' }, t('admin.change-what')), place);
}

/** @typedef {{action: string, voter: string, label: string, weight: string, key: string, reason: string}} Change */

/** Is this voter on the roll, as the change wants it?  The server's word is good enough for a hint. @param {Election} election @param {Change} change @param {number} weight */
async function checkVoter(election, { action, voter }, weight) {
	const found = await readVoter(election.url, voter);
	if (action === 'add' && (found.on_roll || found.weight > 0)) throw new Refusal('ROLL.CHANGE', t('admin.voter-there'));
	if (action !== 'add' && !found.on_roll) throw new Refusal('ROLL.CHANGE', t('admin.voter-missing'));
	if (action === 'add' && weight > 1_000_000) throw new Refusal('ROLL', t('admin.csv-weight'));
}

/**
 * Holds a change against its rules before anything is made or signed.
 * @param {Change} change @param {boolean} makesCode
 * @returns {{problems: import('../../admin/draft.js').Problem[], payload: (key: string) => Uint8Array, label: string, weight: number}}
 */
function judge(change, makesCode) {
	const { action } = change;
	const reason = change.reason.replace(/\r\n?/g, '\n').normalize('NFC').trim();
	const label = action === 'add' ? change.label.normalize('NFC').trim() || change.voter : '';
	const weight = action === 'add' && /^[1-9][0-9]{0,6}$/.test(change.weight) && Number(change.weight) <= 1_000_000 ? Number(change.weight) : 0;
	/** @type {import('../../admin/draft.js').Problem[]} */
	const problems = [];
	const wrong = (/** @type {string} */ path, /** @type {import('../../admin/draft.js').Problem['kind']} */ kind, /** @type {string} */ rule, detail = '') => problems.push({ path, kind, rule, detail });
	if (!text.isId(change.voter)) wrong('voter', 'id', 'ID');
	if (action === 'add' && weight === 0) wrong('weight', 'number', 'ROLL');
	if (action !== 'remove' && !makesCode && !isKey(change.key)) wrong('key', isCode(change.key) ? 'secret' : 'line', 'ROLL.KEYS');
	if (reason === '') wrong('reason', 'empty', 'ROLL.CHANGE');
	const payload = (/** @type {string} */ key) => json.write({ action, voter: change.voter, label, weight, key: action === 'remove' ? '' : key, reason });
	checkTexts(label, reason, wrong);
	return { problems, payload, label, weight };
}

/** [TEXT] @param {string} label @param {string} reason @param {(path: string, kind: any, rule: string, detail: string) => void} wrong */
function checkTexts(label, reason, wrong) {
	for (const [path, shape, value] of /** @type {const} */ ([['label', text.lineOrEmpty, label], ['reason', text.lines, reason]])) {
		try {
			shape(value, 'TEXT', path);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			wrong(path, error.detail.includes('longer') ? 'long' : 'characters', error.rule, error.detail);
		}
	}
}

/** @param {string} key @returns {boolean} */
function isKey(key) {
	try {
		return parseBase64(key).length === 32;
	} catch {
		return false;
	}
}

/** @param {string} text */
function isCode(text) {
	try {
		return parseCode(text) !== '';
	} catch {
		return false;
	}
}

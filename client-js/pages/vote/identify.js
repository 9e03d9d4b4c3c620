// SPDX-License-Identifier: Apache-2.0
// The first step: who votes.
import { judgeCode, readId, tidyCode } from '../../booth/typed.js';
import { WrongCode } from '../../booth/session.js';
import { announce, el, replace } from '../../ui/dom.js';
import { bothTimes, codeText, problemBox } from '../../ui/election.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { alreadyView } from './already.js';

/** @typedef {import('./booth.js').Booth} Booth */

/** The voter's id may come in the link, behind the #, which browsers do not send; the code never does. */
function idOfLink() {
	return readId(new URLSearchParams(location.hash.slice(1)).get('id') ?? '') ?? '';
}

/** What is to be said of a code as far as it is typed. @param {string} text @param {boolean} isDone @returns {{text: string, isWrong: boolean}} */
function judgement(text, isDone) {
	const judged = judgeCode(text);
	switch (judged.state) {
		case 'right': return { text: t('vote.code-right'), isWrong: false };
		case 'character': return { text: t('vote.code-character', { character: judged.character }), isWrong: true };
		case 'group': return { text: t('vote.code-group', { number: judged.group }), isWrong: true };
		case 'wrong': return { text: t('vote.code-wrong'), isWrong: true };
		case 'long': return { text: t('vote.code-long', { n: judged.length }), isWrong: true };
		case 'empty': return { text: isDone ? t('vote.code-missing') : '', isWrong: isDone };
		default: return { text: t('vote.code-short', { n: judged.length }), isWrong: isDone };
	}
}

/** @param {string} name @param {string} label @param {string} hint @param {import('../../ui/dom.js').Props} props */
function field(name, label, hint, props) {
	const wrong = el('p', { class: 'hint', id: `${name}-state` });
	const input = el('input', { id: name, type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', dir: 'ltr', 'aria-describedby': `${name}-hint ${name}-state`, ...props });
	const node = el('div', { class: 'field' }, el('label', { for: name }, label), el('p', { class: 'hint', id: `${name}-hint` }, hint), input, wrong);
	const say = (/** @type {string} */ text, /** @type {boolean} */ isWrong) => {
		replace(wrong, text);
		wrong.className = isWrong ? 'wrong' : 'hint';
		if (isWrong) input.setAttribute('aria-invalid', 'true');
		else input.removeAttribute('aria-invalid');
	};
	return { node, input, say };
}

/** @param {Booth} booth */
export function identifyView(booth) {
	const { session } = booth;
	const { manifest } = session.setup;
	const id = field('id', t('vote.id'), t('vote.id-hint'), { value: session.voter?.id ?? idOfLink() });
	const code = field('code', t('vote.code'), t('vote.code-hint'), { class: 'mono', autocapitalize: 'characters' });
	const problem = el('div', null);
	const button = el('button', { class: 'main', type: 'submit' }, t('vote.begin'));
	const judge = (/** @type {boolean} */ isDone) => {
		const { text, isWrong } = judgement(code.input.value, isDone);
		code.say(text, isWrong);
		return isWrong;
	};
	code.input.addEventListener('input', () => judge(false));
	code.input.addEventListener('change', () => {
		code.input.value = tidyCode(code.input.value);
		if (judge(false)) announce(judgement(code.input.value, true).text);
	});
	const submit = async (/** @type {Event} */ event) => {
		event.preventDefault();
		const voter = readId(id.input.value);
		id.say(voter === null ? t('vote.id-wrong') : '', voter === null);
		const isWrong = judge(true) || judgeCode(code.input.value).state !== 'right';
		if (voter === null || isWrong) return (voter === null ? id : code).input.focus();
		button.disabled = true;
		replace(problem, el('p', { role: 'status' }, t('vote.identifying')), el('progress', { 'aria-label': t('vote.identifying') }));
		await identify(booth, voter, code, (node) => { button.disabled = false; replace(problem, node); });
	};
	booth.show({
		heading: el('h1', null, el('bdi', null, manifest.title)),
		nodes: [
			manifest.rehearsal && notice('warning', el('p', null, t('vote.rehearsal'))),
			manifest.text && el('p', { class: 'text', dir: 'auto' }, manifest.text),
			el('p', null, t('vote.closes'), ' ', bothTimes(session.closes)),
			!session.memory.isLasting && notice('warning', el('p', null, t('vote.no-memory'))),
			el('form', { novalidate: true, on: { submit } }, el('h2', null, t('vote.who')), id.node, code.node, problem, el('p', { class: 'actions' }, button)),
			el('details', null, el('summary', null, t('vote.fingerprint')), el('p', null, t('vote.fingerprint-why')), el('p', null, codeText(session.fingerprint))),
		],
	});
}

/**
 * @param {Booth} booth @param {string} voter @param {ReturnType<typeof field>} code @param {(node: HTMLElement) => void} fail
 */
async function identify(booth, voter, code, fail) {
	const prover = booth.newProver();
	try {
		await booth.session.identify(prover, voter, code.input.value);
		code.input.value = ''; // not even for the browser's own list of what was typed
		const { latest } = booth.session;
		if (latest === null) booth.begin();
		else alreadyView(booth, latest);
	} catch (error) {
		booth.prover?.end();
		booth.prover = null;
		if (error instanceof WrongCode) {
			fail(notice('error', el('p', null, t(`vote.not-you-${error.why}`))));
			code.input.focus();
			return;
		}
		fail(problemBox(error));
	}
}

// SPDX-License-Identifier: Apache-2.0
// The choices once more, while the ballot is encrypted; its tracker; one button to cast it, one to check it first.
import { judge } from '../../booth/choices.js';
import { UnderWay } from '../../booth/memory.js';
import { announce, el, replace } from '../../ui/dom.js';
import { bothTimes, chosenList, codeText, problemBox } from '../../ui/election.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';

/** @typedef {import('./booth.js').Booth} Booth */
/** @typedef {import('../../booth/session.js').Ballot} Ballot */

const LOOK = 10_000;

/** @param {Booth} booth @param {any} q @param {number} i */
function answer(booth, q, i) {
	const state = judge(booth.session.setup.definitions[i], booth.choices[i]);
	return el('section', { class: 'card' }, el('h2', null, el('bdi', null, q.title)), chosenList(q, booth.choices[i]),
		state === 'partial' && el('p', { class: 'faint' }, t('vote.could-choose-more', { n: booth.session.setup.definitions[i].max })),
		el('p', null, el('button', { type: 'button', on: { click: () => booth.change(i) } }, t('vote.change-answer'), el('span', { class: 'unseen' }, ` ${q.title}`))));
}

/** @param {Booth} booth */
export function reviewView(booth) {
	const state = el('div', { class: 'sealing' });
	const problem = el('div', null);
	const cast = el('button', { type: 'button', class: 'main', disabled: true }, t('vote.cast'));
	const check = el('button', { type: 'button', disabled: true }, t('vote.check-first'));
	/** @type {Ballot|null} */
	let ballot = null;

	const signal = booth.show({
		heading: el('h1', null, t('vote.review')),
		nodes: [
			el('p', null, t('vote.review-what')), booth.questions.map((/** @type {any} */ q, /** @type {number} */ i) => answer(booth, q, i)), state,
			el('p', null, t('vote.closes'), ' ', bothTimes(booth.session.closes)), problem,
			el('p', { class: 'actions' }, cast, check), el('p', { class: 'faint small' }, t('vote.check-first-what')),
		],
	});

	const seal = async (/** @type {boolean} */ isAgain) => {
		ballot = null;
		cast.disabled = check.disabled = true;
		const bar = el('progress', { 'aria-label': t('vote.encrypting'), max: 1 });
		replace(state, el('p', null, t('vote.encrypting')), bar);
		try {
			if (booth.prover === null) return;
			ballot = await booth.session.commit(booth.prover, booth.choices, (done, whole) => { bar.value = done / whole; });
		} catch (error) {
			if (!signal.aborted) replace(state, problemBox(error), el('p', null, el('button', { type: 'button', on: { click: () => seal(isAgain) } }, t('booth.again'))));
			return;
		}
		if (signal.aborted) return;
		replace(state, isAgain && notice('note', el('p', null, t('vote.made-anew'))), el('p', null, t('vote.tracker-is')), el('p', null, codeText(ballot.tracker)), el('p', { class: 'faint small' }, t('vote.tracker-why')));
		announce(t(isAgain ? 'vote.made-anew' : 'vote.ready'));
		cast.disabled = check.disabled = false;
	};

	/* Whoever reads for long gets a new ballot: the date in the old one would be refused. */
	const timer = setInterval(() => { if (ballot !== null && booth.session.isStale(ballot)) seal(true); }, LOOK);
	signal.addEventListener('abort', () => clearInterval(timer));

	const take = (/** @type {(ballot: Ballot) => Promise<void>} */ use) => async () => {
		if (ballot === null) return;
		if (booth.session.isStale(ballot)) {
			await seal(true);
			return;
		}
		cast.disabled = check.disabled = true;
		try {
			await use(ballot);
		} catch (error) {
			await seal(false);
			replace(problem, error instanceof UnderWay ? notice('error', el('p', null, t('vote.under-way'))) : problemBox(error));
		}
	};
	cast.addEventListener('click', take((one) => booth.cast(one)));
	check.addEventListener('click', take((one) => booth.audit(one)));
	seal(false);
}

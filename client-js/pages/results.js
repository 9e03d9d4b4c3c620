// SPDX-License-Identifier: Apache-2.0
// The result of an election, why it came out so, and what it rests on; before that when it will be there.
import counts from '../lang/count.js';
import elections from '../lang/election.js';
import texts from '../lang/results.js';
import rules from '../lang/rules.js';
import { el, replace, saveFile } from '../ui/dom.js';
import { followElection } from '../ui/follow.js';
import { formatList, formatShare, t } from '../ui/i18n.js';
import { title } from '../ui/layout.js';
import { bar, marks, phaseBadge, phaseOf, signerName } from '../ui/parts.js';
import { pageUrl, where } from '../ui/where.js';
import { turnout, when } from './election/when.js';
import { answerOf } from './results/answer.js';
import { overTime } from './results/over_time.js';
import { tallyProgress } from './results/progress.js';
import { csvOf } from './results/table.js';

/** @typedef {import('../net/election.js').View} View */

/** @type {HTMLElement|null} */
let turnoutPlace = null;

/** @param {View} view */
function downloads({ manifest, history: { result } }) {
	if (!result) return null;
	return el('p', { class: 'actions' },
		el('button', { type: 'button', on: { click: () => saveFile(`${manifest.slug}-result.json`, result.payload, 'application/json') } }, t('results.json')),
		el('button', { type: 'button', on: { click: () => saveFile(`${manifest.slug}-result.csv`, csvOf(manifest, result.value), 'text/csv;charset=utf-8') } }, t('results.csv')),
		el('button', { type: 'button', on: { click: () => window.print() } }, t('results.print')));
}

/** @param {View} view */
function final(view) {
	const { manifest, history } = view;
	const { result } = history;
	if (!result) return null;
	const r = result.value;
	const w = where();
	return [
		bar(r.counted, r.electorate, t('results.turnout', { n: r.counted, voters: r.electorate, share: formatShare(r.counted, r.electorate) })),
		r.weight_electorate !== r.electorate && el('p', null, t('results.weights', { n: r.weight_counted, whole: r.weight_electorate, share: formatShare(r.weight_counted, r.weight_electorate) })),
		manifest.questions.map((/** @type {any} */ q, /** @type {number} */ k) => answerOf(q, k, r, manifest, view.url)),
		downloads(view),
		el('section', null,
			el('h2', null, t('results.rests')),
			el('ul', { class: 'spaced' },
				el('li', null, t('results.rests-board'), ' ', el('a', { href: `${pageUrl(w, 'board')}#entry=${result.index}` }, t('view.entry', { index: String(result.index) }))),
				el('li', null, t('results.rests-endorsed', { names: formatList(r.endorsers.map((one) => signerName(manifest, one))) })),
				history.mixes.length > 0 && el('li', null, t('results.rests-mixed', { names: formatList(history.mixes.map(({ signer }) => signerName(manifest, signer))) })),
				r.shares.length > 0 && el('li', null, t('results.rests-decrypted', { names: formatList(r.shares.map((i) => signerName(manifest, `trustee/${i}`))) })),
				el('li', null, t('results.rests-verify'), ' ', el('a', { href: pageUrl(w, 'verify') }, t('common.to-verify'))))),
	];
}

/** @param {HTMLElement} place @param {View} view */
function show(place, view) {
	const { manifest, history } = view;
	const phase = phaseOf(history);
	title(`${t('results.heading')}: ${manifest.title}`);
	turnoutPlace = el('div', null, phase !== 'finished' && turnout(view));
	replace(place,
		el('h1', null, t('results.heading')),
		el('p', { class: 'lead', dir: 'auto' }, manifest.title),
		el('p', { class: 'badges' }, phaseBadge(history), ' ', manifest.rehearsal && el('span', { class: 'badge warning' }, t('view.rehearsal'))),
		marks(manifest, history),
		phase === 'finished' ? final(view) : [
			['setup', 'certifying', 'ready', 'open'].includes(phase) && [el('p', null, t('results.not-yet')), when(view, () => show(place, view))],
			phase === 'closed' && tallyProgress(view),
			turnoutPlace,
		],
		overTime(view));
}

followElection('results', { results: texts, count: counts, rules, election: elections }, show, (view) => { if (turnoutPlace && phaseOf(view.history) !== 'finished') replace(turnoutPlace, turnout(view)); });

// SPDX-License-Identifier: Apache-2.0
// What the verifier found: seventeen lines, every failure by name, a plain verdict, and what the result rests on.
import { el } from '../../ui/dom.js';
import { currentLanguage, formatNumber, t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { pageUrl, where } from '../../ui/where.js';

const CHECKS = 17;
const SHOWN = 200;
const KINDS = /** @type {{[state: string]: string}} */ ({ ok: 'good', failed: 'bad', pending: 'warning', 'not examined': 'warning' });

/** @typedef {import('../../core/check.js').Line} Line */
/** @typedef {import('../../core/check.js').Report} Report */

const word = (/** @type {string} */ text) => text.replace(/ /g, '-');

/** @param {Line} line */
const state = (line) => [
	el('span', { class: `badge ${KINDS[line.state]}` }, t(`verify.state-${word(line.state)}`)), ' ',
	el('span', { class: 'small' }, t(`verify.objects-${word(line.objects)}`, { n: line.covered }),
		line.failures > 0 && ['; ', el('strong', null, t('verify.failures', { n: line.failures }))],
		line.notJudged > 0 && ['; ', t('verify.not-judged', { n: line.notJudged })]),
	line.note !== '' && el('span', { class: 'small faint', lang: 'en' }, ` ${line.note}`),
];

/** The list of all checks, to be filled as they are settled. */
export function checkList() {
	const places = Array.from({ length: CHECKS }, () => el('dd', null, el('span', { class: 'faint small' }, t('verify.waiting'))));
	return {
		node: el('dl', { class: 'facts checks' }, places.map((place, i) => [el('dt', null, `${formatNumber(i + 1)}. ${t(`verify.check-${i + 1}`)}`), place])),
		/** @param {Line} line */
		settle(line) {
			const place = places[line.number - 1];
			place.replaceChildren();
			place.append(...state(line).flat().filter((one) => one !== false).map((one) => (one instanceof Node ? one : String(one))));
		},
	};
}

/** @param {import('../../core/check.js').Failure} failure */
const failed = ({ check, rule, entry, where: place, expected, found }) => el('li', null,
	el('strong', null, `[${rule}]`), ' ', t(`verify.check-${check}`), ' ',
	entry !== null && el('a', { href: `${pageUrl(where(), 'board')}#entry=${entry}` }, t('view.entry', { index: formatNumber(entry) })), ' ', place && el('code', null, place),
	el('p', { class: 'small' }, expected !== '' && [t('verify.expected'), ' ', el('code', null, expected), ' '], t('verify.found'), ' ', el('code', null, found)));

/** @param {Report} report */
function failures({ failures: list, checks }) {
	if (list.length === 0) return null;
	const all = checks.reduce((sum, line) => sum + line.failures, 0);
	return el('section', null,
		el('h2', null, t('verify.failed')),
		all > SHOWN && el('p', null, t('verify.failed-first', { n: SHOWN, all })),
		el('ol', { class: 'spaced' }, list.slice(0, SHOWN).map(failed)));
}

/* The statements of a version that this page does not know are shown as they are. */
const KNOWN = new Set(['keys-from-board', 'rehearsal', 'privacy-floor', 'eligibility-server', 'eligibility-registrar', 'threshold-1', 'threshold', 'no-auditor', 'endorsers-missing', 'witnesses', 'witnesses-missing', 'never-opened',
	'not-opened', 'window-extended', 'extended', 'rare-weight', 'added', 'roll-changed', 'client', 'client-changed', 'notices', 'cancelled', 'void', 'withheld', 'ballots-public', 'beyond']);

/** The verifier speaks English; other languages say what it is about, and quote it. @param {{code: string, text: string}} statement */
const statement = ({ code, text }) => el('li', null, currentLanguage() === 'en' || !KNOWN.has(code)
	? el('span', { lang: 'en', dir: 'ltr' }, text)
	: [t(`verify.says-${code}`), ' ', el('p', { class: 'small faint', lang: 'en', dir: 'ltr' }, text)]);

/** @param {Report} report */
export const verdict = ({ verdict: found, size }) => notice(found === 'verified' ? 'good' : found === 'false' ? 'error' : 'warning',
	el('h2', { id: 'verdict' }, t(`verify.is-${found}`)), el('p', null, t(`verify.is-${found}-what`, { size })));

/** @param {Report} report */
export const reportView = (report) => [
	failures(report),
	el('section', null, el('h2', null, t('verify.rests')),
		report.election?.fingerprint && el('p', null, t('verify.fingerprint'), ' ', el('span', { class: 'hash' }, report.election.fingerprint)),
		el('ul', { class: 'spaced' }, report.statements.map(statement))),
];

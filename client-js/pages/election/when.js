// SPDX-License-Identifier: Apache-2.0
// The times of an election, and how many have voted.
import { el } from '../../ui/dom.js';
import { formatShare, t } from '../../ui/i18n.js';
import { bar, countdown, moment, now, phaseOf } from '../../ui/parts.js';
import { pageUrl, where } from '../../ui/where.js';

/** @typedef {import('../../net/election.js').View} View */

/** @param {string} key @param {number} time @param {() => void} done */
const counting = (key, time, done) => el('p', { class: 'lead' }, el('span', null, t(key)), ' ', el('strong', null, countdown(time, done)));

/** @param {View} view @param {() => void} again when a countdown has come to its end */
export function when({ manifest, history }, again) {
	const phase = phaseOf(history);
	const isComing = ['setup', 'certifying', 'ready'].includes(phase);
	const w = where();
	return el('section', { class: 'card', 'aria-label': t('election.times') },
		isComing && now() < manifest.opens && counting('election.opens-in', manifest.opens, again),
		isComing && now() >= manifest.opens && el('p', { class: 'lead' }, t('election.opens-late')),
		phase === 'open' && counting('election.closes-in', history.closes, again),
		phase === 'closed' && el('p', { class: 'lead' }, t('election.counting')),
		el('dl', { class: 'facts' },
			el('dt', null, t('election.opens')), el('dd', null, moment(manifest.opens)),
			el('dt', null, t('election.closes')), el('dd', null, moment(history.closes), history.extensions.length > 0 && el('span', null, ' ', el('span', { class: 'badge warning' }, t('election.extended'))))),
		phase === 'open' && el('p', { class: 'actions' }, el('a', { class: 'button main big', href: pageUrl(w, 'vote') }, t('election.vote'))),
		(phase === 'finished' || phase === 'closed') && el('p', { class: 'actions' },
			el('a', { class: `button${phase === 'finished' ? ' main big' : ''}`, href: pageUrl(w, 'results') }, t(phase === 'finished' ? 'election.see-results' : 'election.see-tally'))));
}

/** @param {View} view */
export function turnout({ history, state }) {
	if (!history.open) return null;
	const counted = history.close?.voters ?? Number(state.counted);
	const ballots = history.close?.ballots ?? Number(state.ballots);
	const voters = Number(state.voters);
	return el('section', null,
		el('h2', null, t('election.turnout')),
		bar(counted, voters, t('election.turnout-words', { n: counted, voters, share: formatShare(counted, voters) })),
		ballots > counted && el('p', { class: 'small faint' }, t('election.turnout-ballots', { n: ballots })),
		!history.close && el('p', { class: 'small faint' }, t('election.turnout-source')));
}

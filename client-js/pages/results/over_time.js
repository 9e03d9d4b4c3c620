// SPDX-License-Identifier: Apache-2.0
// Turnout over time: a drawing, and the table that says the same.
import { GRANULES } from '../../core/manifest.js';
import { append, el, replace, svg } from '../../ui/dom.js';
import { isExpected, failure } from '../../ui/follow.js';
import { formatNumber, formatTime, t } from '../../ui/i18n.js';
import { boundaries, countBallots, SMALL, spanLength } from './timeline.js';

const HEIGHT = 40;

/** @param {import('./timeline.js').Span[]} spans */
function drawing(spans) {
	const most = Math.max(1, ...spans.map(({ ballots }) => ballots));
	return append(svg('svg', { class: 'columns', viewBox: `0 0 ${spans.length * 10} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }),
		spans.map(({ ballots }, i) => svg('rect', { x: i * 10 + 1, y: (HEIGHT - (HEIGHT * ballots) / most).toFixed(2), width: 8, height: ((HEIGHT * ballots) / most).toFixed(2) })));
}

/** @param {import('./timeline.js').Span[]} spans */
function table(spans) {
	let sum = 0;
	return el('details', null, el('summary', null, t('results.as-table')),
		el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('results.over-time') }, el('table', null,
			el('thead', null, el('tr', null, ['from', 'ballots', 'until-then'].map((name) => el('th', { scope: 'col', class: name === 'from' ? '' : 'number' }, t(`results.time-${name}`))))),
			el('tbody', null, spans.map(({ from, ballots }) => el('tr', null,
				el('th', { scope: 'row' }, formatTime(from)), el('td', { class: 'number' }, formatNumber(ballots)), el('td', { class: 'number' }, formatNumber((sum += ballots)))))))));
}

/** @param {import('../../net/election.js').View} view @param {number} end of the entries */
async function count({ log, manifest, history, acts }, end, /** @type {(part: number) => void} */ onProgress) {
	const step = spanLength(manifest.opens, history.closes, GRANULES[/** @type {keyof typeof GRANULES} */ (manifest.granularity)]);
	const first = /** @type {{index: number}} */ (history.open).index + 1;
	return countBallots(log, { first, end, times: boundaries(manifest.opens, history.closes, step), others: acts.map(({ index }) => index) }, onProgress);
}

/** @param {import('../../net/election.js').View} view */
export function overTime(view) {
	const { history, log } = view;
	if (!history.open) return null;
	const end = history.close?.index ?? log.head.size;
	const entries = end - history.open.index - 1;
	const place = el('div', null);
	const bar = el('progress', { max: 1, 'aria-label': t('results.over-time') });
	async function draw() {
		replace(place, bar);
		try {
			const spans = await count(view, end, (part) => { bar.value = part; });
			const ballots = spans.reduce((sum, span) => sum + span.ballots, 0);
			replace(place, drawing(spans), el('p', { class: 'axis small faint' }, el('span', null, formatTime(spans[0].from)), el('span', null, formatTime(history.closes))),
				history.close && ballots > history.close.ballots && el('p', { class: 'small faint' }, t('results.time-changes', { n: ballots - history.close.ballots })),
				table(spans));
		} catch (error) {
			if (!isExpected(error)) throw error;
			replace(place, failure(error), el('button', { type: 'button', on: { click: draw } }, t('results.time-again')));
		}
	}
	if (entries <= SMALL) draw();
	else replace(place, el('button', { type: 'button', on: { click: draw } }, t('results.time-draw', { n: entries })));
	return el('section', null, el('h2', null, t('results.over-time')), el('p', { class: 'small faint' }, t('results.time-what')), place);
}

// SPDX-License-Identifier: Apache-2.0
// The answer to a ranked question.  Who is elected stands in the signed result; how that came about is in the account, a file whose hash stands
// there too [RANK.RESULT].
import { fromUtf8, hex } from '../../crypto/bytes.js';
import { Refusal } from '../../crypto/err.js';
import { sha256 } from '../../crypto/hash.js';
import * as api from '../../net/api.js';
import { accountWords } from '../../ui/account_words.js';
import { append, el, replace, svg } from '../../ui/dom.js';
import { isExpected, failure } from '../../ui/follow.js';
import { formatNumber, t } from '../../ui/i18n.js';
import { hasFlows, layout } from './sankey.js';

/** @typedef {import('../../core/count/count.js').Account} Account */
/** @typedef {import('../../ui/account_words.js').AccountWords} AccountWords */
/** @typedef {import('../../core/result_entry.js').Answer} Answer */

const MAX_ACCOUNT = 64 << 20;
const COLUMN = 150;
const BLOCK = 12;

/** The account that the result names, and no other. @param {string} url @param {any} q @param {Answer} answer @returns {Promise<Account>} */
async function loadAccount(url, q, answer) {
	const { body } = await api.request(`${url}/count/${q.id}.json`, { limit: MAX_ACCOUNT });
	if (hex(sha256(body)) !== answer.count?.account) throw new Refusal('RANK.RESULT', `count/${q.id}.json is not the account that the result names`);
	return JSON.parse(fromUtf8(body));
}

/** A part of a page that may be wider than a phone. @param {string} name @param {...import('../../ui/dom.js').Child} children */
const wide = (name, ...children) => el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name }, ...children);

/** @param {boolean} isElected */
const badge = (isElected) => isElected && el('span', { class: 'badge good' }, t('results.is-elected'));

/** Why each of them was or was not elected; the elected first, in their order. @param {Account} account @param {AccountWords} words */
function reasons(account, words) {
	const place = new Map(account.elected.map((number, i) => [number, i]));
	const sorted = [...words.candidates].sort((a, b) => (place.get(a.number) ?? Infinity) - (place.get(b.number) ?? Infinity) || b.round - a.round || a.number - b.number);
	return el('section', null, el('h3', null, t('results.why')), el('dl', { class: 'whys' }, sorted.map(({ name, elected, text }) => [
		el('dt', null, el('bdi', null, name), ' ', badge(elected)), el('dd', null, text)])));
}

/** @param {Account} account @param {AccountWords} words */
function roundTable(account, words) {
	const { rounds } = account;
	if (!rounds.some(({ votes }) => votes)) return null;
	const cell = (/** @type {string|undefined} */ text) => el('td', { class: 'number' }, text === undefined ? '' : shortAmount(text));
	const fate = (/** @type {number} */ r, /** @type {number} */ i) => (rounds[r].elected.includes(i + 1) ? 'elected' : rounds[r].excluded.includes(i + 1) ? 'excluded' : '');
	const row = (/** @type {string} */ name, /** @type {(string|undefined)[]} */ cells) => el('tr', { class: 'sum' }, el('th', { scope: 'row' }, name), cells.map(cell));
	return el('section', null, el('h3', null, t('results.rounds')),
		wide(t('results.rounds'), el('table', { class: 'rounds' },
			el('caption', { class: 'unseen' }, t('results.rounds-what', { unit: words.labels.unit })),
			el('thead', null, el('tr', null, el('th', { scope: 'col' }, t('results.candidate')), rounds.map((_, r) => el('th', { scope: 'col', class: 'number' }, t('results.round', { n: r + 1 }))))),
			el('tbody', null,
				account.candidates.map((name, i) => el('tr', null, el('th', { scope: 'row' }, el('bdi', null, name)), rounds.map((round, r) => {
					const kind = fate(r, i);
					return el('td', { class: `number ${kind}` }, round.votes && shortAmount(round.votes[i]), kind && el('span', { class: 'fate' }, t(`results.cell-${kind}`)));
				}))),
				rounds.some((round) => round.non_transferable !== undefined) && row(words.labels.rest, rounds.map((round) => round.non_transferable)),
				rounds.some((round) => round.quota !== undefined) && row(words.labels.quota, rounds.map((round) => round.quota))))));
}

/** Two decimals are enough to read; the exact figures are in the file. @param {string} text */
function shortAmount(text) {
	const number = Number(text);
	return number <= Number.MAX_SAFE_INTEGER ? formatNumber(number, { maximumFractionDigits: 2 }) : text;
}

/** @param {Account} account */
function drawing(account) {
	if (!hasFlows(account)) return null;
	const { blocks, flows, height, rounds } = layout(account);
	const name = (/** @type {number} */ number) => (number === 0 ? t('count.rest') : account.candidates[number - 1]);
	const width = rounds * COLUMN + 60;
	const x = (/** @type {number} */ round) => round * COLUMN + 4;
	const ribbon = (/** @type {import('./sankey.js').Flow} */ { round, from, to, y0, y1, thickness }) => {
		const [x0, x1] = [x(round) + BLOCK, x(round + 1)];
		const middle = (x0 + x1) / 2;
		const d = `M${x0},${(y0 + 20 + thickness / 2).toFixed(1)} C${middle},${(y0 + 20 + thickness / 2).toFixed(1)} ${middle},${(y1 + 20 + thickness / 2).toFixed(1)} ${x1},${(y1 + 20 + thickness / 2).toFixed(1)}`;
		return svg('path', { class: from === to ? 'stay' : to === 0 ? 'lost' : 'flow', d, 'stroke-width': Math.max(0.6, thickness).toFixed(2) });
	};
	return el('section', null, el('h3', null, t('results.flows')), el('p', { class: 'small faint' }, t('results.flows-what')),
		wide(t('results.flows'), append(svg('svg', { class: 'sankey', viewBox: `0 0 ${width} ${Math.ceil(height) + 30}`, width, height: Math.ceil(height) + 30, 'aria-hidden': 'true' }),
			account.rounds.map((_, r) => append(svg('text', { class: 'head', x: x(r), y: 11 }), t('results.round', { n: r + 1 }))),
			flows.map(ribbon),
			blocks.map((block) => svg('rect', { class: block.candidate === 0 ? 'rest' : block.isElected ? 'elected' : 'block', x: x(block.round), y: (block.y + 20).toFixed(1), width: BLOCK, height: Math.max(0.6, block.height).toFixed(2) })),
			blocks.filter(({ height }) => height > 5).map((block) => append(svg('text', { x: x(block.round) + BLOCK + 4, y: (block.y + 20 + Math.min(block.height / 2, 60) + 4).toFixed(1) }), short(name(block.candidate)))))));
}

/** @param {string} name */
const short = (name) => ([...name].length > 18 ? `${[...name].slice(0, 17).join('')}…` : name);

/** @param {Account} account @param {number[][]|undefined} matrix @param {string} what */
function pairwise({ candidates }, matrix, what) {
	if (!matrix) return null;
	return el('section', null, el('h3', null, what), wide(what, el('table', { class: 'pairwise' },
		el('caption', { class: 'unseen' }, what),
		el('thead', null, el('tr', null, el('td', null), candidates.map((name) => el('th', { scope: 'col' }, el('bdi', null, name))))),
		el('tbody', null, candidates.map((name, a) => el('tr', null, el('th', { scope: 'row' }, el('bdi', null, name)), candidates.map((_, b) =>
			(a === b ? el('td', { class: 'number faint' }, '–') : el('td', { class: `number${matrix[a][b] > matrix[b][a] ? ' wins' : ''}` }, formatNumber(matrix[a][b]))))))))),
	el('p', { class: 'small faint' }, t('results.pairwise-marked')));
}

/** @param {AccountWords} words */
const story = ({ rounds }) => el('details', null, el('summary', null, t('results.story')), el('ol', { class: 'spaced' }, rounds.map(({ title, outcome, ties, transfers, pairs }) => el('li', null,
	el('strong', { dir: 'auto' }, title), [...pairs, ...ties, ...outcome].map((text) => el('p', { dir: 'auto' }, text)),
	transfers.length > 0 && el('ul', { class: 'small' }, transfers.map(({ text }) => el('li', { dir: 'auto' }, text)))))));

/** @param {HTMLElement} place @param {Account} account */
function showAccount(place, account) {
	const words = accountWords(account);
	replace(place, el('p', null, words.summary.join(' ')), reasons(account, words), roundTable(account, words), drawing(account),
		pairwise(account, account.pairwise, words.labels.pairwise), pairwise(account, account.paths, words.labels.paths), story(words));
}

/** @param {string} url @param {any} q */
const files = (url, q) => el('p', { class: 'small' }, t('results.ballot-files'), ' ',
	['csv', 'blt', 'abif', 'json'].map((kind) => [' ', el('a', { href: `${url}/count/${q.id}.${kind}`, download: `${q.id}.${kind}` }, kind === 'json' ? t('results.account-file') : kind.toUpperCase())]));

/** How a ranked question came out. @param {string} url of the election @param {any} q @param {Answer} answer that is decided */
export function rankedAnswer(url, q, answer) {
	const place = el('div', { 'aria-busy': 'true' }, el('p', { class: 'faint' }, t('results.account-loading')));
	const load = async () => {
		try {
			showAccount(place, await loadAccount(url, q, answer));
		} catch (error) {
			if (!isExpected(error)) throw error;
			replace(place, failure(error), el('button', { type: 'button', on: { click: load } }, t('results.time-again')));
		} finally {
			place.removeAttribute('aria-busy');
		}
	};
	load();
	const { valid, invalid } = /** @type {NonNullable<Answer['count']>} */ (answer.count);
	return [
		el('p', null, t('rules.counted-by', { method: t(`count.method-${q.count.method}`) }), ' ', invalid.length > 0 ? t('results.invalid', { n: valid + invalid.length, invalid: invalid.length }) : t('results.all-valid', { n: valid })),
		place, files(url, q)];
}

// SPDX-License-Identifier: Apache-2.0
// One entry down to its bytes, and why it is on the board: the proof is computed and checked here.
import * as proofs from '../../core/proof.js';
import { proofSteps } from '../../core/log_reader.js';
import { fromUtf8, hex } from '../../crypto/bytes.js';
import { verifyInclusion } from '../../crypto/merkle.js';
import { readEntry } from '../../net/election.js';
import { el, saveFile } from '../../ui/dom.js';
import { formatNumber, t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { copyable, moment, signerName } from '../../ui/parts.js';
import { pageUrl, where } from '../../ui/where.js';
import { hexDump, payloadWords, votersOf } from './payload_words.js';
import { typeName } from './type_name.js';

/** @typedef {import('../../net/election.js').View} View */
/** @typedef {import('../../net/election.js').Act} Act */

/** @param {import('./payload_words.js').Fact} fact @returns {import('../../ui/dom.js').Child} */
function valueOf({ kind, value }) {
	if (kind === 'time') return moment(value);
	if (kind === 'number') return formatNumber(value);
	if (kind === 'hash') return el('span', { class: 'hash' }, value);
	if (kind === 'word') return t(`board.word-${value}`);
	return el('span', { class: kind === 'lines' ? 'text' : '', dir: 'auto' }, value);
}

/** @param {Act} act @param {View} view */
function facts(act, { manifest }) {
	let words;
	try {
		words = payloadWords(act, manifest);
	} catch {
		return notice('error', el('p', null, t('board.unreadable')));
	}
	return el('dl', { class: 'facts' }, words.map((fact) => [el('dt', null, t(`board.term-${fact.term}`)), el('dd', null, valueOf(fact))]));
}

/** @param {View} view @param {Act} act @param {Uint8Array[]} proof */
function inclusion({ log: { head } }, { leaf, index }, proof) {
	const steps = proofSteps(leaf, index, head.size, proof);
	verifyInclusion(leaf, index, head.size, proof, head.root); // throws when it does not hold
	return [
		notice('good', el('p', null, el('strong', null, t('board.included')), ' ', t('board.included-what', { size: head.size }))),
		el('details', null, el('summary', null, t('board.steps', { n: steps.length })),
			el('ol', { class: 'proof-steps small' },
				el('li', null, t('board.step-leaf'), ' ', el('span', { class: 'hash' }, hex(leaf))),
				steps.map(({ sibling, isLeft, hash }) => el('li', null, t(isLeft ? 'board.step-left' : 'board.step-right'), ' ', el('span', { class: 'hash' }, hex(sibling)), ' ', t('board.step-gives'), ' ', el('span', { class: 'hash' }, hex(hash)))),
				el('li', null, el('strong', null, t('board.step-root'))))),
	];
}

/** @param {string} summary @param {() => import('../../ui/dom.js').Child} make filled when it is opened: some are long */
function lazily(summary, make) {
	const node = el('details', null, el('summary', null, summary));
	node.addEventListener('toggle', () => { if (node.open && node.childElementCount === 1) node.append(...[make()].flat().filter((one) => one instanceof Node)); });
	return node;
}

/** @param {string} text @param {string} name */
const long = (text, name) => el('pre', { class: 'long', tabindex: '0', role: 'region', 'aria-label': name }, text);

/** A payload that is JSON, laid out. @param {Uint8Array} payload @returns {string|null} */
function jsonOf(payload) {
	if (payload[0] !== 0x7b) return null;
	try {
		return JSON.stringify(JSON.parse(fromUtf8(payload)), null, 2);
	} catch {
		return null;
	}
}

/** @param {Act} act */
const voters = ({ payload }) => el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('board.voters') }, el('table', null,
	el('thead', null, el('tr', null, ['voter', 'label', 'weight'].map((name) => el('th', { scope: 'col' }, t(`board.term-${name}`))))),
	el('tbody', null, votersOf(payload).map(([id, label, weight]) => el('tr', null, el('th', { scope: 'row' }, id), el('td', { dir: 'auto' }, label), el('td', { class: 'number' }, formatNumber(weight)))))));

/** @param {View} view @param {Act} act @param {Uint8Array} bytes @param {Uint8Array[]} proof */
function files({ manifest, note }, { index, payload, entry }, bytes, proof) {
	const json = jsonOf(payload);
	const name = `${manifest.slug}-${index}`;
	return [
		entry.type === 'roll' && lazily(t('board.voters'), () => voters({ index, payload, entry, leaf: bytes })),
		json !== null && lazily(t('board.payload-json'), () => long(json, t('board.payload-json'))),
		lazily(t('board.json'), () => copyable(fromUtf8(bytes), t('board.json'))),
		lazily(t('board.bytes', { n: bytes.length }), () => long(hexDump(bytes), t('board.bytes', { n: bytes.length }))),
		payload.length > 0 && entry.blob && lazily(t('board.blob', { n: payload.length }), () => long(hexDump(payload.subarray(0, 65536)), t('board.blob', { n: payload.length }))),
		el('p', { class: 'actions' },
			el('button', { type: 'button', on: { click: () => saveFile(`${name}.json`, bytes, 'application/json') } }, t('board.save-entry')),
			el('button', { type: 'button', on: { click: () => saveFile(`${name}.tlog-proof`, proofs.write({ entry: bytes, index, proof, checkpoint: note }), 'text/plain') } }, t('board.save-proof'))),
	];
}

/** @param {View} view @param {Act} act @param {import('./search.js').Roll} roll */
function signer({ manifest }, { entry }, roll) {
	if (!entry.signer.startsWith('voter/')) return signerName(manifest, entry.signer);
	const id = entry.signer.slice(6);
	const label = roll.labelOf(id);
	return [label && label !== id && [el('span', { dir: 'auto' }, label), ' '], el('bdi', { class: 'faint' }, id)];
}

/** @param {View} view @param {number} index @param {import('./search.js').Roll} roll @returns {Promise<HTMLElement>} */
export async function entryView(view, index, roll) {
	const { log } = view;
	const [act, bytes, proof] = await Promise.all([readEntry(log, index), log.entry(index), log.inclusionProof(index)]);
	const w = where();
	const heading = el('h2', { id: 'entry' }, `${t('view.entry', { index: formatNumber(index) })}: ${typeName(act.entry.type)}`);
	return el('section', { 'aria-labelledby': 'entry' },
		heading,
		el('p', { class: 'pager' },
			el('a', { class: 'button', href: '#' }, t('board.back')),
			index + 1 < log.head.size && el('a', { class: 'button', href: `#entry=${index + 1}` }, t('board.next')),
			index > 0 && el('a', { class: 'button', href: `#entry=${index - 1}` }, t('board.previous'))),
		el('dl', { class: 'facts' },
			el('dt', null, t('board.term-signer')), el('dd', null, signer(view, act, roll)),
			el('dt', null, t('board.term-time')), el('dd', null, moment(act.entry.time)),
			el('dt', null, t('board.term-leaf')), el('dd', null, el('span', { class: 'hash' }, hex(act.leaf)))),
		el('h3', null, t('board.says')),
		facts(act, view),
		act.entry.type === 'result' && el('p', null, el('a', { href: pageUrl(w, 'results') }, t('common.to-results'))),
		act.entry.type === 'manifest' && el('p', null, el('a', { href: pageUrl(w, '') }, t('common.to-election'))),
		act.entry.type === 'ballot' && el('p', { class: 'small faint' }, t('board.ballot-what')),
		el('h3', null, t('board.proof')),
		inclusion(view, act, proof),
		el('h3', null, t('board.raw')),
		files(view, act, bytes, proof));
}

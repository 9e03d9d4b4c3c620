// SPDX-License-Identifier: Apache-2.0
// A signed ballot on its way, and the last screen: recorded, not recorded, or not known [BOOTH.RECORDED].
import { tracker } from '../../core/ballot.js';
import { contradictionBox } from '../../ui/contradiction.js';
import { announce, el, focusOn, replace, saveFile } from '../../ui/dom.js';
import { bothTimes, codeText, technical } from '../../ui/election.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { qrCode } from '../../ui/qr.js';
import { pageUrl } from '../../ui/where.js';

/**
 * @typedef {import('./booth.js').Booth} Booth
 * @typedef {import('../../booth/session.js').Outcome} Outcome
 * @typedef {{pending: import('../../booth/memory.js').Pending, isResumed: boolean}} Way
 */

const FIRST_WAIT = 2;
const LONGEST_WAIT = 30;

/** Sends until there is an answer that can be believed. @param {Booth} booth @param {Way} way */
export function castView(booth, way) {
	const heading = el('h1', null, t('vote.sending'));
	const body = el('div', null);
	const signal = booth.show({ heading, nodes: [way.isResumed && notice('note', el('p', null, t('vote.resumed', { voter: way.pending.voter }))), body] });
	let wait = FIRST_WAIT;
	/** @type {any} */
	let timer;
	signal.addEventListener('abort', () => clearTimeout(timer));

	const attempt = async () => {
		clearTimeout(timer);
		replace(body, el('p', null, t('vote.sending-what')), el('progress', { 'aria-label': t('vote.sending') }), safety(booth));
		const outcome = await booth.session.send(way.pending);
		if (signal.aborted) return;
		if (outcome.state === 'recorded') recorded(booth, way, outcome.receipt);
		else if (outcome.state === 'refused') refused(booth, way, outcome);
		else {
			replace(heading, t('vote.not-known'));
			replace(body, unknown(booth, way, outcome, attempt));
			focusOn(heading);
			timer = setTimeout(attempt, wait * 1000);
			wait = Math.min(LONGEST_WAIT, wait * 2);
		}
	};
	attempt();
}

/** @param {Booth} booth */
const safety = (booth) => el('p', null, t(booth.session.memory.isLasting ? 'vote.kept' : 'vote.not-kept'));

/** @param {Booth} booth @param {Way} way @param {Extract<Outcome, {state: 'unknown'}>} outcome @param {() => void} again */
function unknown(booth, way, outcome, again) {
	const kind = outcome.why === 'false' ? 'error' : 'warning';
	return [
		notice(kind, el('p', null, el('strong', null, t('vote.not-known-what'))), el('p', null, t(`vote.why-${outcome.why}`)), safety(booth)),
		el('p', null, t('vote.trying')),
		el('dl', { class: 'facts' }, el('dt', null, t('booth.voter')), el('dd', null, way.pending.voter), el('dt', null, t('booth.tracker')), el('dd', null, codeText(tracker(way.pending.payload).text))),
		outcome.contradiction ? contradictionBox(outcome.contradiction) : technical(outcome.rule, outcome.detail),
		el('p', { class: 'actions' }, el('button', { type: 'button', class: 'main', on: { click: again } }, t('vote.try-now'))),
	];
}

const EXPLAINED = ['BALLOT.PREV', 'BALLOT.TIME', 'ENTRY.ORDER', 'BALLOT.DATE', 'BALLOT.ROLL', 'ENTRY.SIGNATURE', 'BALLOT.COUNTED'];

/** @param {Booth} booth @param {Way} way @param {Extract<Outcome, {state: 'refused'}>} outcome */
function refused(booth, way, { rule, detail, isOver }) {
	const why = EXPLAINED.includes(rule) ? `vote.refused-${rule}` : 'vote.refused-other';
	booth.show({
		heading: el('h1', null, t('vote.refused')),
		nodes: [
			notice('error', el('p', null, el('strong', null, t('vote.refused-what'))), el('p', null, t(why))), !isOver && el('p', null, t('vote.refused-seen')), technical(rule, detail),
			el('p', { class: 'actions' }, el('button', { type: 'button', class: 'main', on: { click: () => reopen(booth) } }, t('vote.start-over'))),
		],
	});
}

/** Anew, with what the board says now. @param {Booth} booth */
async function reopen(booth) {
	try {
		await booth.session.refreshState();
		booth.again();
	} catch (error) {
		booth.fail(error, () => reopen(booth));
	}
}

/** @param {Booth} booth @param {Way} way @param {import('../../booth/receipt.js').Receipt} receipt */
function recorded(booth, way, receipt) {
	const { session, where } = booth;
	const { manifest } = session.setup;
	const link = `${pageUrl(where, 'check')}#v=${receipt.voter}&t=${receipt.tracker}`;
	const save = () => saveFile(`receipt-${manifest.slug}-${receipt.voter}.tlog-proof`, receipt.bytes, 'text/plain');
	const byName = el('div', null);
	const canChange = manifest.revote === 'last';
	booth.show({
		heading: el('h1', null, t('vote.recorded')),
		nodes: [
			notice('good', el('p', null, el('strong', null, t('vote.recorded-what'))), el('p', null, t('vote.recorded-checked'))), byName,
			el('dl', { class: 'facts' },
				el('dt', null, t('booth.election')), el('dd', null, el('bdi', null, manifest.title)),
				el('dt', null, t('booth.voter')), el('dd', null, receipt.voter),
				el('dt', null, t('booth.tracker')), el('dd', null, codeText(receipt.tracker)),
				el('dt', null, t('booth.recorded-at')), el('dd', null, bothTimes(receipt.time)),
				el('dt', null, t('booth.entry')), el('dd', null, t('vote.number', { value: receipt.index })),
				el('dt', null, t('booth.fingerprint')), el('dd', null, codeText(session.fingerprint))),
			el('figure', null, qrCode(link, t('vote.recorded-qr')), el('figcaption', null, t('vote.recorded-scan'))),
			el('p', { class: 'actions' },
				el('button', { type: 'button', class: 'main', on: { click: save } }, t('vote.save-receipt')),
				el('button', { type: 'button', on: { click: () => window.print() } }, t('vote.print'))),
			el('p', null, t('vote.receipt-what')),
			el('h2', null, t('vote.later')),
			canChange ? el('p', null, t('vote.can-change'), ' ', bothTimes(session.closes)) : el('p', null, t('vote.cannot-change')),
			el('p', { class: 'actions' }, canChange && el('button', { type: 'button', on: { click: () => booth.again() } }, t('vote.change')), !where.isElsewhere && el('a', { class: 'button', href: pageUrl(where, 'check') }, t('vote.to-check'))),
			el('p', { class: 'faint' }, t('vote.forgotten')),
		],
	}, t('vote.recorded-what'));
	lookUp(booth, receipt, byName);
}

/** [BOOTH.NAME] The board by the voter's name, not only by this ballot. @param {Booth} booth @param {import('../../booth/receipt.js').Receipt} receipt @param {HTMLElement} place */
async function lookUp(booth, receipt, place) {
	try {
		if (await booth.session.isLatest(receipt)) replace(place, el('p', { class: 'good-mark' }, t('vote.by-name')));
		else {
			replace(place, notice('warning', el('p', null, t('vote.not-by-name', { voter: receipt.voter }))));
			announce(t('vote.not-by-name', { voter: receipt.voter }), true);
		}
	} catch {
		replace(place); // recorded all the same: the receipt has shown it
	}
}

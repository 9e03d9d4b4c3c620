// SPDX-License-Identifier: Apache-2.0
// [BOOTH.AUDIT] "Check this ballot first": the ballot that was committed to is opened, for another device to look at, and never cast.
import * as audit from '../../booth/audit.js';
import { parse, tracker } from '../../core/ballot.js';
import { el, saveFile } from '../../ui/dom.js';
import { chosenList, codeText } from '../../ui/election.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';
import { qrCode } from '../../ui/qr.js';

/* Larger ones cannot be read off a screen. */
const MAX_QR = 1200;

/** @param {import('./booth.js').Booth} booth @param {import('../../booth/session.js').Ballot} ballot */
export async function openedView(booth, ballot) {
	const { session, prover, where } = booth;
	if (prover === null) return;
	const { group, definitions } = session.setup;
	const { signal } = booth.view;
	const opened = await prover.open(ballot.number);
	if (signal.aborted) return; // the voter has gone back meanwhile
	booth.opened();
	const { voter, prev, date, size, root } = parse(group, definitions, opened.payload);
	const short = audit.writeShort({ ...opened, voter, at: { prev, date, size, root }, trackerHash: tracker(opened.payload).hash }, definitions);
	const link = `${where.server}/audit?e=${where.slug}#${short}`;
	const save = () => saveFile(`audit-${ballot.tracker}.json`, audit.writeFile(opened), 'application/json');
	booth.show({
		heading: el('h1', null, t('vote.opened')),
		nodes: [
			notice('warning', el('p', null, t('vote.opened-never'))),
			el('p', null, t('vote.opened-compare')), el('p', null, codeText(ballot.tracker)),
			booth.questions.map((/** @type {any} */ q, /** @type {number} */ i) => el('section', { class: 'card' }, el('h2', null, el('bdi', null, q.title)), chosenList(q, opened.choices[i]))),
			el('h2', null, t('vote.opened-how')),
			link.length <= MAX_QR && el('figure', null, qrCode(link, t('vote.opened-qr')), el('figcaption', null, t('vote.opened-scan'))),
			el('p', null, t('vote.opened-file')),
			el('p', { class: 'actions' },
				el('button', { type: 'button', class: 'main', on: { click: () => booth.back() } }, t('vote.opened-on')),
				el('button', { type: 'button', on: { click: save } }, t('vote.opened-save'))),
			el('details', null, el('summary', null, t('vote.opened-link')), el('p', null, el('code', { class: 'small' }, link))),
		],
	});
}

// SPDX-License-Identifier: Apache-2.0
// For a voter who has a ballot on the board: what is known about it, and how to replace it.
import { el } from '../../ui/dom.js';
import { bothTimes, codeText } from '../../ui/election.js';
import { t } from '../../ui/i18n.js';
import { notice } from '../../ui/layout.js';

/** @param {import('./booth.js').Booth} booth @param {import('../../booth/receipt.js').Receipt} latest */
export function alreadyView(booth, latest) {
	const { session } = booth;
	const canChange = session.setup.manifest.revote === 'last';
	booth.show({
		heading: el('h1', null, t('vote.already')),
		nodes: [
			session.isMine(latest) ? notice('good', el('p', null, t('vote.already-what'))) : notice('warning', el('p', null, t('vote.already-other'))),
			el('dl', { class: 'facts' }, el('dt', null, t('booth.recorded-at')), el('dd', null, bothTimes(latest.time)), el('dt', null, t('booth.tracker')), el('dd', null, codeText(latest.tracker))),
			el('p', null, t(canChange ? 'vote.already-change' : 'vote.already-never')),
			canChange && el('p', { class: 'actions' }, el('button', { type: 'button', class: 'main', on: { click: () => booth.begin() } }, t('vote.change'))),
		],
	});
}

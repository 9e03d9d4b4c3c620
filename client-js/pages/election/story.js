// SPDX-License-Identifier: Apache-2.0
// What has happened to an election, in order: from its entries on the board.
import { el } from '../../ui/dom.js';
import { formatTime, t } from '../../ui/i18n.js';
import { moment, signerName } from '../../ui/parts.js';
import { pageUrl, where } from '../../ui/where.js';

const PLAIN = new Set(['manifest', 'trustee.commit', 'trustee.certify', 'open', 'client', 'endorse', 'mix', 'decrypt', 'result']);

/** @typedef {import('../../net/election.js').View} View */

/** @param {View} view @param {import('../../net/election.js').Act} act @returns {import('../../ui/dom.js').Child} */
function words({ manifest, history }, { index, entry: { type, signer } }) {
	const said = /** @type {{[type: string]: () => import('../../ui/dom.js').Child}} */ ({
		notice: () => [t('election.story-notice', { name: manifest.admin.name }), el('p', { class: 'text quote', dir: 'auto' }, history.notices.find((one) => one.index === index)?.text)],
		extend: () => {
			const found = history.extensions.find((one) => one.index === index);
			return found && [t('election.story-extend', { before: formatTime(found.before), closes: formatTime(found.closes) }), el('p', { class: 'text quote', dir: 'auto' }, found.reason)];
		},
		cancel: () => [t('election.story-cancel', { name: manifest.admin.name }), el('p', { class: 'text quote', dir: 'auto' }, history.cancel?.reason)],
		close: () => t('election.story-close', { n: history.close?.ballots ?? 0, voters: history.close?.voters ?? 0 }),
	});
	if (!said[type] && !PLAIN.has(type)) return type;
	return said[type] ? said[type]() : t(`election.story-${type.replace('.', '-')}`, { name: signerName(manifest, signer) });
}

/** @param {View} view */
export function story(view) {
	const w = where();
	return el('section', null,
		el('h2', null, t('election.story')),
		view.hidden > 0 && el('p', { class: 'small' }, t('election.story-hidden', { n: view.hidden })),
		el('ol', { class: 'story' }, view.acts.map((act) => el('li', null,
			el('p', { class: 'small' }, moment(act.entry.time), ' ', el('a', { href: `${pageUrl(w, 'board')}#entry=${act.index}` }, t('view.entry', { index: String(act.index) }))),
			el('div', null, words(view, act))))),
		el('p', { class: 'small faint' }, t('election.checked', { size: view.head.size }), ' ', t(view.isComplete ? 'election.complete' : 'election.named'), ' ', el('a', { href: pageUrl(w, 'verify') }, t('common.to-verify'))));
}

// SPDX-License-Identifier: Apache-2.0
// How to vote, in a few sentences.
import { el } from '../../ui/dom.js';
import { formatTime, t } from '../../ui/i18n.js';
import { phaseOf } from '../../ui/parts.js';
import { pageUrl, where } from '../../ui/where.js';

/** @param {import('../../net/election.js').View} view */
export function takePart({ manifest, history }) {
	if (!['setup', 'certifying', 'ready', 'open'].includes(phaseOf(history))) return null;
	const w = where();
	return el('section', null,
		el('h2', null, t('election.how')),
		el('ol', null,
			el('li', null, t(manifest.eligibility === 'server' ? 'election.how-code-server' : 'election.how-code', { name: manifest.registrar.name })),
			el('li', null, t('election.how-vote', { time: formatTime(history.closes) })),
			el('li', null, t('election.how-check'), ' ', el('a', { href: pageUrl(w, 'check') }, t('common.to-check')))),
		el('p', null, t(manifest.revote === 'last' ? 'election.revote-last' : 'election.revote-never')));
}

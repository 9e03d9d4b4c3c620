// SPDX-License-Identifier: Apache-2.0
// Who vouches for an election, in plain sentences, and the fingerprint that people compare [CONTEXT].
import { crockford } from '../../core/code.js';
import { endorsementsNeeded } from '../../core/history.js';
import { el } from '../../ui/dom.js';
import { formatList, t } from '../../ui/i18n.js';
import { copyable } from '../../ui/parts.js';

/** What the trustees guarantee. @param {any} manifest @returns {string} */
export function trusteeSentence({ threshold, trustees }) {
	const names = formatList(trustees.map((/** @type {any} */ one) => one.name));
	const n = trustees.length;
	if (threshold === 1) return t('election.trust-one', { n, names });
	return t(threshold === n ? 'election.trust-all' : 'election.trust-threshold', { n, threshold, names });
}

/** What the endorsers guarantee. @param {any} manifest @returns {string} */
export function endorserSentence(manifest) {
	const names = [...manifest.trustees, ...manifest.endorsers].map((one) => one.name);
	return t('election.trust-endorsers', { n: names.length, needed: endorsementsNeeded(manifest), names: formatList(names) });
}

/** @param {any} manifest */
export function trust(manifest) {
	const spare = manifest.trustees.length - manifest.threshold;
	return el('section', null,
		el('h2', null, t('election.trust')),
		el('ul', { class: 'spaced' },
			el('li', null, trusteeSentence(manifest), ' ', spare > 0 && t('election.trust-loss', { n: spare })),
			el('li', null, endorserSentence(manifest), ' ', manifest.endorsers.length === 0 && t('election.no-auditor')),
			el('li', null, t(manifest.eligibility === 'server' ? 'election.eligibility-server' : 'election.eligibility-offline', { name: manifest.registrar.name })),
			el('li', null, t('election.server', { name: manifest.server.name, admin: manifest.admin.name })),
			manifest.privacy_floor > 1 && el('li', null, t('election.floor', { n: manifest.privacy_floor })),
			el('li', null, t('election.public'))));
}

/** @param {import('../../net/election.js').View} view */
export function fingerprint({ history }) {
	return el('section', null,
		el('h2', null, t('election.fingerprint')),
		history.open ? copyable(crockford(history.open.leaf.slice(0, 16)), t('election.fingerprint')) : el('p', null, t('election.fingerprint-later')),
		el('p', { class: 'small faint' }, t('election.fingerprint-what')));
}

// SPDX-License-Identifier: Apache-2.0
// Between the close and the result: who has endorsed, who has decrypted, what is awaited.
import { endorsementsNeeded } from '../../core/history.js';
import { endorsersOf } from '../../core/manifest.js';
import { outcome } from '../../core/result.js';
import { el } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { moment, signerName } from '../../ui/parts.js';

/** @typedef {import('../../net/election.js').View} View */

/** Is anything to be decrypted [RESULT.QUORUM] [RESULT.FLOOR]? @param {View} view @returns {boolean} */
function mayDecrypt({ manifest, history, state }) {
	const voters = history.close?.voters ?? 0;
	/* Where weights differ only the board knows what was cast: then a quorum of the electorate is left to the trustees. */
	const poll = { counted: voters, weightCounted: voters, electorate: Number(state.voters), weightElectorate: Number(state.voters) };
	return manifest.questions.some((/** @type {any} */ q) => (q.quorum && 'fraction' in q.quorum) || outcome(q, poll, manifest.privacy_floor) === 'decided');
}

/** @param {any} manifest @param {string[]} signers @param {import('../../core/history.js').Happened[]} done @param {string} yes */
const list = (manifest, signers, done, yes) => el('ul', { class: 'plain' }, signers.map((signer) => {
	const found = done.find((one) => one.signer === signer);
	return el('li', null, el('span', { class: `badge ${found ? 'good' : 'warning'}` }, t(found ? yes : 'results.awaited')), ' ', signerName(manifest, signer), ' ', found && el('span', { class: 'small' }, moment(found.time)));
}));

/** @param {View} view */
export function tallyProgress(view) {
	const { manifest, history } = view;
	const needed = endorsementsNeeded(manifest);
	const isEndorsed = history.endorsements.length >= needed;
	const trustees = manifest.trustees.map((/** @type {any} */ _, /** @type {number} */ i) => `trustee/${i + 1}`);
	return el('section', null,
		el('p', { class: 'lead' }, t(!history.close ? 'results.awaits-close' : !isEndorsed ? 'results.awaits-endorsers' : history.decrypts.length < manifest.threshold && mayDecrypt(view) ? 'results.awaits-trustees' : 'results.awaits-result')),
		history.close && [
			el('h2', null, t('results.endorsers')),
			el('p', null, t('results.endorsers-what', { n: history.endorsements.length, needed })),
			list(manifest, endorsersOf(manifest).map(({ signer }) => signer), history.endorsements, 'results.endorsed'),
			mayDecrypt(view) && [
				el('h2', null, t('results.trustees')),
				el('p', null, t('results.trustees-what', { n: history.decrypts.length, needed: manifest.threshold })),
				list(manifest, trustees, history.decrypts, 'results.decrypted'),
			],
		]);
}

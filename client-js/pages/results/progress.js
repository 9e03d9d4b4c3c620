// SPDX-License-Identifier: Apache-2.0
// Between the close and the result: who has endorsed, who has decrypted, what is awaited.
import { endorsementsNeeded } from '../../core/history.js';
import { endorsersOf } from '../../core/manifest.js';
import { outcome } from '../../core/result.js';
import { el } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { moment, signerName } from '../../ui/parts.js';

/** @typedef {import('../../net/election.js').View} View */

/** Is anything to be decrypted [RESULT.QUORUM] [RESULT.FLOOR]? @param {View} view @param {(q: any) => boolean} [isMeant] of which questions @returns {boolean} */
function mayDecrypt({ manifest, history, state }, isMeant = () => true) {
	const voters = history.close?.voters ?? 0;
	/* Where weights differ only the board knows what was cast: then a quorum of the electorate is left to the trustees. */
	const poll = { counted: voters, weightCounted: voters, electorate: Number(state.voters), weightElectorate: Number(state.voters) };
	return manifest.questions.filter(isMeant).some((/** @type {any} */ q) => (q.quorum && 'fraction' in q.quorum) || outcome(q, poll, manifest.privacy_floor) === 'decided');
}

/** @param {any} manifest @param {string[]} signers @param {import('../../core/history.js').Happened[]} done @param {string} yes */
const list = (manifest, signers, done, yes) => el('ul', { class: 'plain' }, signers.map((signer) => {
	const found = done.find((one) => one.signer === signer);
	return el('li', null, el('span', { class: `badge ${found ? 'good' : 'warning'}` }, t(found ? yes : 'results.awaited')), ' ', signerName(manifest, signer), ' ', found && el('span', { class: 'small' }, moment(found.time)));
}));

/** [MIX.WHEN] How many mixes are due. @param {View} view @returns {number} */
const mixesDue = (view) => ((view.history.close?.voters ?? 0) > 0 && mayDecrypt(view, (q) => q.method === 'ranked') ? view.manifest.mixes : 0);

/** What comes next, in one sentence. @param {View} view @param {boolean} isEndorsed */
function awaited(view, isEndorsed) {
	const { manifest, history } = view;
	if (!history.close) return t('results.awaits-close');
	if (!isEndorsed) return t('results.awaits-endorsers');
	if (history.mixes.length < mixesDue(view)) return t('results.awaits-mixers');
	return t(history.decrypts.length < manifest.threshold && mayDecrypt(view) ? 'results.awaits-trustees' : 'results.awaits-result');
}

/** @param {View} view */
export function tallyProgress(view) {
	const { manifest, history } = view;
	const needed = endorsementsNeeded(manifest);
	const isEndorsed = history.endorsements.length >= needed;
	const trustees = manifest.trustees.map((/** @type {any} */ _, /** @type {number} */ i) => `trustee/${i + 1}`);
	return el('section', null,
		el('p', { class: 'lead' }, awaited(view, isEndorsed)),
		history.close && [
			el('h2', null, t('results.endorsers')),
			el('p', null, t('results.endorsers-what', { n: history.endorsements.length, needed })),
			list(manifest, endorsersOf(manifest).map(({ signer }) => signer), history.endorsements, 'results.endorsed'),
			mixesDue(view) > 0 && [
				el('h2', null, t('results.mixes')),
				el('p', null, t('results.mixes-what', { n: history.mixes.length, needed: manifest.mixes })),
				history.mixes.length > 0 && list(manifest, history.mixes.map(({ signer }) => signer), history.mixes, 'results.mixed'),
			],
			mayDecrypt(view) && [
				el('h2', null, t('results.trustees')),
				el('p', null, t('results.trustees-what', { n: history.decrypts.length, needed: manifest.threshold })),
				list(manifest, trustees, history.decrypts, 'results.decrypted'),
			],
		]);
}

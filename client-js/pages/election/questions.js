// SPDX-License-Identifier: Apache-2.0
// What is asked, with everything that the manifest says of it.
import { pictureType } from '../../core/manifest.js';
import { el } from '../../ui/dom.js';
import { t } from '../../ui/i18n.js';
import { approvalSentence, methodSentences, quorumSentence, winnersSentence } from '../../ui/rules.js';

/** A picture is a part of the manifest, and comes from nowhere else [MANIFEST.PICTURE]. @param {Uint8Array} bytes */
function picture(bytes) {
	const url = URL.createObjectURL(new Blob([/** @type {any} */ (bytes)], { type: pictureType(bytes) ?? '' }));
	return el('img', { class: 'picture', src: url, alt: '', on: { load: () => URL.revokeObjectURL(url) } });
}

/** @param {any} option */
const option = ({ label, text, link, picture: bytes }) => el('li', null,
	bytes && picture(bytes),
	el('strong', { dir: 'auto' }, label),
	text && el('p', { class: 'text', dir: 'auto' }, text),
	link && el('p', { class: 'small' }, el('a', { href: link, rel: 'noopener noreferrer external' }, link)));

/** @param {any} q @param {number} k @param {number} mixes */
const question = (q, k, mixes) => el('section', { class: 'card', 'aria-labelledby': `question-${k}` },
	el('h3', { id: `question-${k}`, dir: 'auto' }, q.title),
	q.text && el('p', { class: 'text', dir: 'auto' }, q.text),
	el('p', null, methodSentences(q).join(' ')),
	q.method === 'ranked' && el('p', null, t('rules.counted-by', { method: t(`count.method-${q.count.method}`) }), ' ', t('rules.mixed', { n: mixes })),
	el('ul', { class: 'options' }, q.options.map(option)),
	el('p', { class: 'small faint' }, [quorumSentence(q), approvalSentence(q), winnersSentence(q)].filter((one) => one !== null).join(' ')));

/** @param {any} manifest */
export const questions = (manifest) => el('section', null, el('h2', null, t('election.questions', { n: manifest.questions.length })), manifest.questions.map((/** @type {any} */ q, /** @type {number} */ k) => question(q, k, manifest.mixes)));

// SPDX-License-Identifier: Apache-2.0
// An election at a glance: when, how to take part, what is asked, who vouches for it, what has happened.
import counts from '../lang/count.js';
import texts from '../lang/election.js';
import rules from '../lang/rules.js';
import { el, replace } from '../ui/dom.js';
import { followElection } from '../ui/follow.js';
import { t } from '../ui/i18n.js';
import { title } from '../ui/layout.js';
import { marks, phaseBadge } from '../ui/parts.js';
import { questions } from './election/questions.js';
import { story } from './election/story.js';
import { takePart } from './election/take_part.js';
import { fingerprint, trust } from './election/trust.js';
import { turnout, when } from './election/when.js';

/** @type {HTMLElement|null} */
let turnoutPlace = null;

/** @param {HTMLElement} place @param {import('../net/election.js').View} view */
function show(place, view) {
	const { manifest, history } = view;
	title(manifest.title);
	turnoutPlace = el('div', null, turnout(view));
	replace(place,
		el('h1', { dir: 'auto' }, manifest.title),
		el('p', { class: 'badges' }, phaseBadge(history), ' ', manifest.rehearsal && el('span', { class: 'badge warning' }, t('view.rehearsal'))),
		marks(manifest, history),
		manifest.text && el('p', { class: 'text', dir: 'auto' }, manifest.text),
		when(view, () => show(place, view)),
		turnoutPlace,
		takePart(view),
		questions(manifest),
		trust(manifest),
		fingerprint(view),
		story(view));
}

followElection('election', { election: texts, rules, count: counts }, show, (view) => { if (turnoutPlace) replace(turnoutPlace, turnout(view)); });

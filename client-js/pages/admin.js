// SPDX-License-Identifier: Apache-2.0
// The pages of administrators and registrars.  What is shown stands behind the # of the address, so that a key that was opened stays in memory from
// one to the next: #  the elections, #new  the form for another one, #key  keys, #e/<slug>  an election.
import texts from '../lang/admin.js';
import countTexts from '../lang/count.js';
import forkTexts from '../lang/fork.js';
import { el, replace } from '../ui/dom.js';
import { t } from '../ui/i18n.js';
import { begin, title } from '../ui/layout.js';
import { unsaved } from './admin/confirm.js';
import { showCreate } from './admin/create.js';
import { showKeys } from './admin/key_new.js';
import { showList } from './admin/list.js';
import { showElection } from './admin/manage.js';
import { sessionBar, watch } from './admin/session.js';

const content = begin('admin', { admin: texts, count: countTexts, fork: forkTexts });
const place = el('div', null);
/** @type {{stop: () => void}|null} */
let shown = null;
let turn = 0;

async function show() {
	const mine = ++turn;
	shown?.stop();
	shown = null;
	const now = Math.floor(Date.now() / 1000);
	const route = location.hash.slice(1);
	const slug = /^e\/([a-z0-9][a-z0-9-]{0,63})$/.exec(route)?.[1];
	/* Each view has a place of its own: an answer that comes late finds nothing to overwrite. */
	const view = el('div', null);
	replace(place, view);
	if (slug) {
		const manage = await showElection(view, slug);
		if (mine === turn) shown = manage;
		else manage?.stop();
		return;
	}
	title(t(route === 'new' ? 'admin.new' : route === 'key' ? 'admin.to-key' : 'admin.heading'));
	if (route === 'new') await showCreate(view, now);
	else if (route === 'key') showKeys(view);
	else await showList(view, now);
}

watch();
replace(content, sessionBar(), place);
let here = location.hash;
addEventListener('hashchange', () => {
	if (location.hash === here) return;
	if (unsaved.size > 0 && !confirm(t('admin.leave-unsaved'))) {
		history.replaceState(null, '', here || '#');
		return;
	}
	unsaved.clear();
	here = location.hash;
	show().then(() => scrollTo(0, 0));
});
show();

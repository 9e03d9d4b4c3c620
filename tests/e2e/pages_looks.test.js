// SPDX-License-Identifier: Apache-2.0
// Every page in every state that it has, in light and dark, English and Arabic, on a phone and on a desk: without a fault that axe-core knows of, and
// never wider than the screen.  `make screenshots` runs this to make its pictures.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { claimedHead } from '../../client-js/core/log_reader.js';
import { RICH_QUESTIONS } from '../support/booth.mjs';
import { openBrowser } from '../support/browser.mjs';
import { Election, Server } from '../support/election.mjs';
import { Gallery } from '../support/gallery.mjs';

const QUESTIONS = `${RICH_QUESTIONS}
Question: Shall the hall be painted?
Id: paint
Method: referendum
Quorum: at least 90% of electorate
Approval: more than 50% of ballots
[] Yes
[] No
`;
const choices = (/** @type {string} */ board, /** @type {number} */ friday) => ['--choose', 'statutes=yes', '--choose', `board=${board}`, '--score', `days=friday:${friday},sunday:2`, '--choose', 'paint=no'];

/** @typedef {import('../support/gallery.mjs').Reader} Reader */

/** The steps of the booth, whatever the language. */
class Voter {
	/** @param {Reader} reader @param {Election} election @param {string} id */
	constructor(reader, election, id) {
		this.reader = reader;
		this.page = reader.page;
		this.election = election;
		this.id = id;
	}

	async identify(code = this.election.codes[this.id]) {
		await this.page.locator('#id').fill(this.id);
		await this.page.locator('#code').fill(code);
		await this.page.locator('#code').press('Enter');
	}

	/** @param {number} n */
	async question(n) {
		await this.reader.wait(`main > progress[value="${n}"]`);
	}

	/** @param {(step: number, phase: 'asked'|'answered'|'warned') => Promise<void>} [look] */
	async answer(look = async () => {}) {
		const { reader, page } = this;
		await this.question(1);
		await look(1, 'asked');
		await reader.press('button.main');
		await reader.wait('.notice.warning');
		await look(1, 'warned');
		await page.locator('#option-0').check();
		await reader.press('button.main');
		await this.question(2);
		await look(2, 'asked');
		for (const i of [0, 1, 2, 3]) await page.locator(`#option-${i}`).click();
		await reader.wait('.notice.warning');
		await look(2, 'warned');
		await reader.press('button.main');
		await this.question(3);
		await page.locator('input[name=score-0][value="4"]').check();
		await look(3, 'answered');
		await reader.press('button.main');
		await this.question(4);
		await page.locator('#option-1').check();
		await reader.press('button.main');
		await reader.wait('.sealing .code');
	}
}

test('every page, in every state', async (t) => {
	const server = new Server(t);
	server.options = ['--request-rate', '0'];
	await server.start();
	const context = await openBrowser(t, { acceptDownloads: true });
	const gallery = new Gallery(context, server);
	const election = new Election(server, { voters: 9, questions: QUESTIONS, title: 'General meeting', until: 'created' });
	const doomed = new Election(server, { slug: 'doomed', questions: QUESTIONS, title: 'Rehearsal of the meeting', until: 'key', lines: ['Rehearsal: yes'] });
	const key = (/** @type {string} */ name) => readFileSync(join(server.folder, name), 'utf8').split('\n')[1];

	await t.test('a server without elections', () => gallery.each(async (reader) => {
		await reader.see('home-empty', '/', 'main .notice.note');
		await reader.see('admin-empty', '/admin', 'main .notice.note');
		await reader.see('key', '/admin#key', 'main button');
		await reader.without('waits', () => reader.see('home-loading', '/', 'main .faint'));
		await reader.without('fails', () => reader.see('home-error', '/', 'main .notice.error'));
		await reader.without('fails', () => reader.see('admin-error', '/admin', 'main .notice.error'));
		await reader.see('audit-which', '/audit', '#slug');
		await reader.see('audit-unknown', '/audit?e=nothing', 'main .notice.error');
		await reader.go('/e/nothing', 'main h1');
		await reader.look('unknown', 'ltr');
	}));

	await doomed.prepare();
	await election.prepare();
	await t.test('before the polls open', () => gallery.each(async (reader) => {
		await reader.see('election-setup', '/e/meeting', '.story li');
		await reader.see('results-setup', '/e/meeting/results', '.countdown');
		await reader.see('board-setup', '/e/meeting/board', 'table.entries tbody tr');
		await reader.see('vote-setup', '/e/meeting/vote', 'main .notice');
		await reader.see('audit-setup', '/audit?e=meeting', 'main .notice');
		await reader.see('admin-setup', '/admin#e/meeting', '.stages');
		await reader.see('admin-ceremony', '/admin#e/doomed', '.stages');
	}));

	election.postRoll();
	election.makeKey();
	await election.openPolls();
	for (const [id, board, friday] of /** @type {const} */ ([['v001', 'ada', 5], ['v002', 'ada,emmy', 3], ['v003', 'grace,emmy', 0], ['v001', 'ada,grace', 1]])) election.vote(id, choices(board, friday));
	server.run('tabella', 'notice', '--key', 'admin.key', '--text', 'The office is closed on Friday.', election.url);
	server.run('tabella', 'cancel', '--key', 'admin.key', '--reason', 'Enough rehearsed.', doomed.url);
	const receipt = election.vote('v004', choices('sofia', 2), '--receipt', 'v004.tlog-proof') && join(server.folder, 'v004.tlog-proof');
	election.vote('v005', choices('ada', 5), '--audit', 'opened.json');
	const opened = JSON.parse(readFileSync(join(server.folder, 'opened.json'), 'utf8'));

	const opening = Buffer.from(await (await fetch(`${election.url}/log/checkpoint`)).arrayBuffer());
	await t.test('while the polls are open', () => gallery.each(async (reader) => {
		await reader.see('election-open', '/e/meeting', '.story li');
		await reader.see('results-open', '/e/meeting/results', '.countdown');
		await reader.see('board-open', '/e/meeting/board', 'table.entries tbody tr');
		await reader.page.getByRole('searchbox').fill('v001');
		await reader.page.keyboard.press('Enter');
		await reader.page.locator('section table tbody tr button').first().waitFor();
		await reader.look('board-found');
		await reader.page.getByRole('searchbox').fill('nobody');
		await reader.page.keyboard.press('Enter');
		await reader.page.locator('section table tbody tr', { hasText: 'nobody' }).first().waitFor();
		await reader.look('board-not-found');
		await reader.see('board-entry', '/e/meeting/board#entry=4', '#entry');
		for (const page of ['election', 'vote', 'check', 'board', 'results']) {
			const path = `/e/meeting${page === 'election' ? '' : `/${page}`}`;
			await reader.without('waits', () => reader.see(`${page}-loading`, path, 'main .faint'));
			await reader.without('fails', () => reader.see(`${page}-error`, path, 'main .notice.error'));
		}
		await reader.see('admin-open', '/admin#e/meeting', '.stages');
		await reader.see('admin-list', '/admin', 'main .card');
		for (const path of ['', '/results', '/board', '/vote']) await reader.see(`${path.slice(1) || 'election'}-cancelled`, `/e/doomed${path}`, 'main .notice');
		await reader.see('admin-cancelled', '/admin#e/doomed', '.stages');
	}));

	await t.test('the booth', () => gallery.each(async (reader) => {
		const voter = new Voter(reader, election, reader.lang === 'en' ? 'v006' : 'v007');
		await reader.see('vote-identify', `/e/meeting/vote#id=${voter.id}`, '#code');
		await voter.identify(`${voter.election.codes.v001.slice(0, -1)}`);
		await reader.wait('[aria-invalid=true]');
		await reader.look('vote-mistyped');
		await voter.identify(voter.election.codes.v001);
		await reader.wait('main .notice.error');
		await reader.look('vote-wrong-code');
		await voter.identify();
		await voter.answer((n, phase) => reader.look(`vote-question-${n}-${phase}`));
		await reader.look('vote-review');
		await reader.press('.actions button:not(.main)');
		await reader.wait('svg.qr');
		await reader.look('vote-opened');
		await reader.press('button.main');
		await reader.wait('.sealing .code');
		await reader.without('fails', async () => {
			await reader.press('button.main:enabled');
			await reader.wait('dl.facts');
			await reader.look('vote-not-known');
		});
		await reader.press('button.main');
		await reader.wait('svg.qr');
		await reader.wait('.good-mark');
		await reader.look('vote-recorded');
		await reader.go('/e/meeting/vote', '#id');
		await voter.identify();
		await reader.wait('main .notice.good');
		await reader.look('vote-already');
	}));

	await t.test('check and audit', () => gallery.each(async (reader) => {
		const { page } = reader;
		const ask = async (/** @type {string} */ id) => {
			await page.locator('#id').fill(id);
			await page.locator('#id').press('Enter');
		};
		await reader.see('check', '/e/meeting/check', '#id');
		await page.locator('#file').setInputFiles(receipt);
		await reader.wait('main .notice.good');
		await reader.look('check-recorded');
		await ask('v009');
		await reader.wait('main .notice.warning');
		await reader.look('check-no-ballot');
		await ask('stranger');
		await reader.wait('main .notice.error');
		await reader.look('check-no-voter');
		await page.locator('#file').setInputFiles({ name: 'r.tlog-proof', mimeType: 'text/plain', buffer: Buffer.from(readFileSync(receipt, 'utf8').replace(/index \d+/, 'index 3')) });
		await reader.wait('main .notice.error details');
		await reader.look('check-false');
		await reader.see('audit', '/audit?e=meeting', '#text');
		const give = async (/** @type {object} */ what, /** @type {string} */ ready) => {
			await page.locator('#text').fill(JSON.stringify(what));
			await reader.press('button.main');
			await reader.wait(ready);
		};
		await give(opened, 'main .notice.good');
		await reader.look('audit-right');
		const changed = structuredClone(opened);
		changed.choices[0].values.reverse();
		await give(changed, 'main .notice.error');
		await reader.look('audit-wrong');
		await give({}, 'main .notice.error details');
		await reader.look('audit-unreadable');
	}));

	await t.test('the admin pages', () => gallery.each(async (reader) => {
		const { page } = reader;
		await reader.see('admin-new', '/admin#new', '.steps');
		for (const [i, name] of ['about', 'questions', 'time', 'people', 'rules', 'check'].entries()) {
			await page.locator('.steps button').nth(i).click();
			await reader.look(`admin-new-${name}`);
		}
		await page.locator('.tools input[type=file]').setInputFiles(join(server.folder, election.file('election.txt')));
		await reader.wait('.notice.good');
		await page.locator('.steps button').nth(1).click();
		await reader.look('admin-new-filled');
		await page.locator('.steps button').nth(5).click();
		await reader.look('admin-new-ready');
		await page.evaluate(() => localStorage.clear());
		await reader.go('/admin#e/meeting', '.sign-in');
		for (const role of ['registrar', 'admin']) {
			const place = page.locator('.sign-in').first();
			await place.locator('input[type=password]').fill(key(role === 'admin' ? 'admin.key' : election.file('registrar.key')));
			await place.locator('input[type=password]').press('Enter');
			await page.locator('.session .badge').nth(role === 'registrar' ? 0 : 1).waitFor();
		}
		await reader.look('admin-signed-in');
		await page.locator('section.card textarea').last().fill('x');
		await page.locator('section.card', { has: page.locator('textarea') }).last().locator('button').last().click();
		await reader.wait('dialog');
		await reader.look('admin-confirm');
		await page.keyboard.press('Escape');
	}));

	await election.closePolls();
	election.endorse();
	election.trustee('decrypt', 2);
	await t.test('while votes are counted', () => gallery.each(async (reader) => {
		await reader.see('election-closed', '/e/meeting', '.story li');
		await reader.see('results-closed', '/e/meeting/results', '.badge.warning');
		await reader.see('vote-over', '/e/meeting/vote', 'main .notice');
		await reader.see('admin-closed', '/admin#e/meeting', '.stages');
	}));

	election.trustee('decrypt', 3);
	await server.until('there is a result', () => election.status().phase === 'finished');
	const running = new Election(server, { slug: 'running', title: 'Where to go in summer' });
	await running.prepare();
	new Election(server, { slug: 'coming', title: 'Election of the board' }).create();
	await t.test('with a result', () => gallery.each(async (reader) => {
		const { page } = reader;
		await reader.see('home', '/', 'main .card');
		await reader.see('election-finished', '/e/meeting', '.story li');
		await reader.see('results-finished', '/e/meeting/results', 'table.result');
		await reader.see('board-finished', '/e/meeting/board', 'table.entries tbody tr');
		await reader.see('admin-finished', '/admin#e/meeting', '.stages');
		await reader.see('verify', '/e/meeting/verify', 'button.main');
		await reader.press('button.main');
		await reader.wait('#verdict');
		await reader.look('verify-verified');
		await page.route('**/tile/entries/**', async (route) => {
			const answer = await route.fetch();
			const body = await answer.body();
			body[body.length - 400] ^= 1;
			await route.fulfill({ response: answer, body });
		});
		await reader.go('/e/meeting/verify', 'button.main');
		await reader.press('button.main');
		await reader.wait('#verdict');
		await reader.look('verify-false');
		await page.unrouteAll();
		await page.route('**/log/checkpoint', async (route) => {
			const answer = await route.fetch();
			const body = await answer.body();
			body[body.length - 20] ^= 1;
			await route.fulfill({ response: answer, body });
		});
		await reader.see('election-false', '/e/meeting', 'main .notice.error');
		await reader.see('vote-false', '/e/meeting/vote', 'main .notice.error');
		await page.unrouteAll();
	}));

	await t.test('a server that shows less than before, and another election', () => gallery.each(async (reader) => {
		const { page } = reader;
		await reader.go('/e/meeting/vote', 'main .notice'); // seen to the end
		await page.route('**/log/**', async (route) => {
			const { pathname } = new URL(route.request().url());
			if (pathname.endsWith('/checkpoint')) await route.fulfill({ body: opening });
			else if (/\.p\/\d+$/.test(pathname) && !pathname.endsWith(`.p/${claimedHead(opening).size}`)) await route.fulfill({ status: 404 });
			else await route.continue();
		});
		await reader.see('election-older', '/e/meeting', 'main .notice.warning');
		await reader.see('vote-set-back', '/e/meeting/vote', 'main .notice.error');
		await page.unrouteAll();
		await page.evaluate((name) => new Promise((resolve) => {
			const request = indexedDB.open('tabella', 1);
			request.onsuccess = () => {
				const change = request.result.transaction('seen', 'readwrite');
				change.objectStore('seen').put({ election: '0'.repeat(64), note: null }, name);
				change.oncomplete = () => { request.result.close(); resolve(undefined); };
			};
		}), running.url);
		await reader.see('election-other', '/e/running', 'main .notice.error');
		await reader.see('vote-other', '/e/running/vote', 'main .notice.error');
	}));
	gallery.finish();
	assert.ok(gallery.states.length > 80, String(gallery.states.length));
});

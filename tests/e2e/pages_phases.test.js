// SPDX-License-Identifier: Apache-2.0
// The pages about an election in every phase, in Chromium: what they say is what the programs say, in light and dark, English and Arabic,
// on a phone, without a fault that axe-core knows of.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { accessibility, openBrowser, openPage, picture } from '../support/browser.mjs';
import { Election, Server } from '../support/election.mjs';

const QUESTIONS = `Question: Shall we?
Id: one
Method: referendum
Quorum: at least 20% of electorate
Approval: more than 50% of ballots
[] Yes
[] No

Question: Who?
It is about the board.
Id: two
Method: choose 1 to 2
Winners: 2
Blank: yes
[] Ant
    Link: https://example.org/ant
    Busy.
[] Bee
[] Cat

Question: How much?
Id: three
Method: score 0 to 5
Quorum: at least 4 ballots
[] Sun
[] Rain
`;
const choices = (/** @type {string} */ one, /** @type {string} */ two, /** @type {string} */ three) => ['--choose', `one=${one}`, '--choose', `two=${two}`, '--score', `three=${three}`];

/** Opens a page of the election, looks for what pages must never do, and gives it to `look`. */
class Reader {
	/** @param {import('playwright-core').BrowserContext} context @param {Election} election */
	constructor(context, election, name = '') {
		this.context = context;
		this.election = election;
		this.name = name;
	}

	/** @param {string} path @param {string} ready a selector that is there when the page is @param {(page: import('playwright-core').Page) => Promise<void>} [look] @param {string} [query] */
	async read(path, ready, look = async () => {}, query = '') {
		const { server, url } = this.election;
		const { page, watch } = await openPage(this.context, [server.url], { shift: server.shift });
		await page.goto(`${url}${path && `/${path}`}${query}`);
		await page.locator(ready).first().waitFor();
		await look(page);
		assert.deepEqual(watch.faults, [], `${path}${query}`);
		assert.deepEqual(await accessibility(page), [], `${path}${query}`);
		const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.equal(overflow, 0, `${path}${query} is wider than the screen`);
		await picture(page, `${path || 'election'}-${this.name}`);
		await page.close();
	}
}

/** @param {import('playwright-core').Page} page @param {string} text */
const shows = async (page, text) => {
	await page.locator('main', { hasText: text }).waitFor();
};

test('an election from its description to its result', async (t) => {
	const server = new Server(t);
	await server.start();
	const election = new Election(server, { voters: 5, questions: QUESTIONS, title: 'General meeting', until: 'created' });
	const doomed = new Election(server, { slug: 'doomed', questions: QUESTIONS, title: 'Doomed', until: 'key', lines: ['Rehearsal: yes'] });
	await doomed.prepare();
	await election.prepare();
	const phone = await openBrowser(t, { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
	const desk = await openBrowser(t, { viewport: { width: 1200, height: 900 } });
	const each = async (/** @type {string} */ phase, /** @type {(reader: Reader, query: string) => Promise<void>} */ run) => {
		await run(new Reader(desk, election, `desktop-${phase}`), '');
		await run(new Reader(phone, election, `phone-dark-${phase}-ar`), '?lang=ar');
	};

	await t.test('setup', () => each('setup', async (reader, query) => {
		await reader.read('', '.story li', async (page) => {
			assert.equal(await page.locator('.countdown').count(), 1);
			assert.equal(await page.locator('a.main').count(), 0, 'nobody can vote yet');
			if (!query) await shows(page, 'unless 2 of these 3 trustees work together: T1, T2, and T3');
		}, query);
		await reader.read('results', '.countdown', undefined, query);
		await reader.read('board', 'table.entries tbody tr', undefined, query);
	}));

	election.postRoll();
	election.makeKey();
	await election.openPolls();
	election.vote('v001', choices('yes', 'ant', 'sun:5'));
	election.vote('v002', choices('yes', 'bee', 'rain:2'));
	election.vote('v003', choices('no', 'cat', 'sun:1'));
	election.vote('v001', choices('yes', 'ant,bee', 'sun:4'));
	server.run('tabella', 'notice', '--key', 'admin.key', '--text', 'The office <b>is</b> closed.', election.url);
	election.closes += 3600;
	server.run('tabella', 'extend', '--key', 'admin.key', '--closes', `@${election.closes}`, '--reason', 'Snow', election.url);

	await t.test('open', () => each('open', async (reader, query) => {
		await reader.read('', '.story li', async (page) => {
			assert.equal(await page.locator('a.main').getAttribute('href'), `${election.url}/vote`);
			if (query) return assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
			await shows(page, '3 of 5 voters have voted (60%)');
			await shows(page, '4 ballots were cast');
			await shows(page, 'The office <b>is</b> closed.');
			await shows(page, 'Snow');
			assert.match(String(await page.locator('.copyable pre').first().textContent()), /^([0-9A-Z]{4}-){6}[0-9A-Z]{2}$/);
		}, query);
		await reader.read('results', '.countdown', (page) => (query ? Promise.resolve() : shows(page, 'There are results only after')), query);
		await reader.read('board', 'table.entries tbody tr', async (page) => {
			assert.equal(await page.locator('table.entries tbody tr').count(), election.status().size);
		}, query);
	}));

	server.run('tabella', 'cancel', '--key', 'admin.key', '--reason', 'Nobody came', doomed.url);
	await t.test('cancelled', async () => {
		for (const query of ['', '?lang=ar']) {
			const reader = new Reader(desk, doomed, `cancelled${query && '-ar'}`);
			for (const path of ['', 'results', 'board']) {
				await reader.read(path, '.notice.error', async (page) => {
					await shows(page, 'Nobody came');
					if (!query) await shows(page, 'Rehearsal');
				}, query);
			}
		}
	});

	await election.closePolls();
	await t.test('closed', () => each('closed', async (reader, query) => {
		await reader.read('results', '.badge.warning', (page) => (query ? Promise.resolve() : shows(page, '0 so far; 3 are needed.')), query);
		await reader.read('', '.story li', async (page) => assert.equal(await page.locator('a.main').count(), 0), query);
	}));

	election.endorse();
	election.trustee('decrypt', 2);
	await t.test('tallying', () => each('tallying', async (reader, query) => {
		await reader.read('results', '.badge.good', async (page) => {
			if (query) return;
			await shows(page, '4 so far; 3 are needed.');
			await shows(page, '1 so far; 2 are needed.');
			assert.equal(await page.locator('li', { hasText: 'decrypted' }).count(), 1);
		}, query);
	}));

	election.trustee('decrypt', 3);
	await server.until('there is a result', () => election.status().phase === 'finished');
	const said = server.run('tabella', 'result', '--json', election.url).trimEnd();

	await t.test('finished', () => each('finished', async (reader, query) => {
		await reader.read('results', 'table.result', async (page) => {
			const result = JSON.parse(said);
			for (const [k, answer] of result.questions.entries()) {
				const card = page.locator(`section[aria-labelledby="answer-${k}"]`);
				if (answer.outcome !== 'decided') {
					assert.equal(await card.locator('table').count(), 0);
					continue;
				}
				const labels = [['Yes', 'No'], ['Ant', 'Bee', 'Cat']][k];
				for (const [i, total] of answer.totals.entries()) {
					const row = card.locator('tbody tr', { hasText: labels[i] });
					const number = String(await row.locator('td').first().textContent());
					assert.equal(Number(number.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))), total, `${labels[i]}: ${number}`);
					const isElected = answer.elected.includes(labels[i].toLowerCase());
					assert.equal(await row.locator('.badge.good').count(), isElected ? 1 : 0, labels[i]);
				}
			}
			await page.locator('svg.columns').waitFor();
			if (query) return;
			await shows(page, '3 of 5 voters took part (60%)');
			await shows(page, 'Adopted: Yes');
			await shows(page, 'Void: the quorum was not met.');
			await shows(page, 'Here: 2 or more, out of 3.');
			const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'JSON' }).click()]);
			assert.equal(readFileSync(await download.path(), 'utf8'), said);
			const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
			assert.match(readFileSync(await csv.path(), 'utf8'), /^one,Shall we\?,decided,true,yes,Yes,2,true,true\r$/m);
			await page.getByText('As a table').click();
			const counted = await page.locator('details tbody tr td:nth-child(2)').allTextContents();
			assert.equal(counted.reduce((sum, text) => sum + Number(text), 0), 4, 'ballots over time');
		}, query);
		await reader.read('', '.story li', undefined, query);
		await reader.read('board', 'table.entries tbody tr', undefined, query);
	}));

	await t.test('home', async () => {
		const { page, watch } = await openPage(phone, [server.url], { shift: server.shift });
		await page.goto(server.url);
		await shows(page, 'General meeting');
		await shows(page, 'Cancelled');
		assert.deepEqual([watch.faults, await accessibility(page)], [[], []]);
		await page.getByRole('link', { name: 'Results' }).click();
		await page.locator('table.result').first().waitFor();
	});
});

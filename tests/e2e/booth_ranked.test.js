// SPDX-License-Identifier: Apache-2.0
// An election with ranked questions, in Chromium and against a real server: ranking with buttons, by keyboard and by dragging, two mixes, and a page of
// results that says how the count went.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { identify, look, openBooth, press, step, tabTo, tracker } from '../support/booth.mjs';
import { accessibility, openBrowser, openPage, picture } from '../support/browser.mjs';
import { Election } from '../support/election.mjs';

const QUESTIONS = `Question: Who shall be on the board?
Id: board
Method: ranked
Count: scottish-stv
Winners: 2
[] Ada
    Has been on the board since 2020.
[] Bert
[] Chen
[] Dora

Question: Where shall we meet?
Id: place
Method: ranked up to 2
Count: schulze
Equal ranks: yes
[] Library
[] Park
[] Pub

Question: Shall the statutes be changed?
Id: statutes
Method: referendum
[] Yes
[] No
`;

/** What stands in the list of places, in its order. @param {import('playwright-core').Page} page */
const ranking = (page) => page.locator('ol.ranking > [data-option]').evaluateAll((items) => items.map((item) => `${item.querySelector('.place')?.textContent} ${item.querySelector('.label')?.textContent}`));

/** @param {import('playwright-core').Page} page @param {string} label */
const add = (page, label) => page.locator('ul.ranking > [data-option]', { hasText: label }).locator('button').click();

/** @param {import('playwright-core').Page} page @param {string} what @param {string} over */
async function drag(page, what, over) {
	const box = async (/** @type {string} */ label) => {
		const found = await page.locator('[data-option]', { hasText: label }).locator('.grip').boundingBox();
		assert.ok(found);
		return found;
	};
	const [from, to] = [await box(what), await box(over)];
	await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
	await page.mouse.down();
	await page.mouse.move(to.x + to.width / 2, to.y + 2, { steps: 4 });
	await page.mouse.up();
}

/** Review, cast, recorded. @param {import('playwright-core').Page} page */
async function cast(page) {
	await step(page, /Review your ballot/);
	await tracker(page);
	await press(page, 'Cast my vote');
	await step(page, /Your vote is recorded/);
}

test('rankings from the booth to the results', async (t) => {
	const election = await Election.start(t, { questions: QUESTIONS, voters: 4, mixes: 2, lines: ['Mixes: 2'], title: 'General meeting' });
	const context = await openBrowser(t, { viewport: { width: 1000, height: 900 } });

	await t.test('with buttons and a pointer', async () => {
		const { page, watch } = await openBooth(context, election);
		await step(page, /General meeting/);
		await identify(page, 'v001', election.codes.v001);
		await step(page, /Question 1 of 3/);
		await look(page, 'ranked-empty');
		await press(page, 'Next');
		await page.getByText('You have chosen nothing here').waitFor();
		for (const label of ['Chen', 'Ada', 'Bert']) await add(page, label);
		assert.deepEqual(await ranking(page), ['1 Chen', '2 Ada', '3 Bert']);
		await press(page, 'Move Bert up');
		assert.equal(await page.evaluate(() => document.activeElement?.id), 'up-1', 'the focus stays with what was moved');
		await press(page, 'Move Bert up');
		assert.deepEqual(await ranking(page), ['1 Bert', '2 Chen', '3 Ada']);
		assert.equal(await page.evaluate(() => document.activeElement?.id), 'down-1', 'the first cannot go up');
		await drag(page, 'Dora', 'Chen');
		assert.deepEqual(await ranking(page), ['1 Bert', '2 Dora', '3 Chen', '4 Ada']);
		await drag(page, 'Ada', 'Bert');
		await press(page, 'Take the place of Dora away');
		assert.deepEqual(await ranking(page), ['1 Ada', '2 Bert', '3 Chen']);
		await look(page, 'ranked');
		await press(page, 'Next');

		await step(page, /Question 2 of 3/);
		assert.equal(await page.getByText('Give at most 2 options a place.').count(), 1);
		for (const label of ['Park', 'Pub']) await add(page, label);
		await add(page, 'Library');
		await page.getByText('You can choose 2 options').waitFor();
		assert.deepEqual(await ranking(page), ['1 Park', '2 Pub'], 'a third is not taken');
		await press(page, 'Pub shares a place');
		assert.deepEqual(await ranking(page), ['1 Park', '1 Pub']);
		await look(page, 'ranked-shared');
		await press(page, 'Next');
		await step(page, /Question 3 of 3/);
		await page.getByLabel('Yes').check();
		await press(page, 'Review my ballot');
		await step(page, /Review your ballot/);
		assert.deepEqual(await page.locator('.chosen ol li').allTextContents(), ['Ada', 'Bert', 'Chen', 'Park and Pub']);
		await look(page, 'ranked-review');
		await cast(page);
		assert.deepEqual(watch.faults, []);
		await page.close();
	});

	await t.test('with the keyboard alone, on a phone', async (t) => {
		const phone = await openBrowser(t, { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
		const { page, watch } = await openBooth(phone, election, { path: '/vote#id=v002' });
		const enter = async (/** @type {string} */ selector) => { await tabTo(page, selector); await page.keyboard.press('Enter'); };
		await step(page, /General meeting/);
		await tabTo(page, '#code');
		await page.keyboard.type(election.codes.v002);
		await page.keyboard.press('Enter');
		await step(page, /Question 1 of 3/);
		await enter('#add-1');
		assert.equal(await page.evaluate(() => document.activeElement?.id), 'add-2', 'on to the next one');
		await page.keyboard.press('Enter');
		assert.equal(await page.locator('#say').textContent().then(() => page.waitForFunction(() => document.getElementById('say')?.textContent === 'Chen is number 2 of 2.')).then(() => true), true);
		assert.deepEqual(await ranking(page), ['1 Bert', '2 Chen']);
		await look(page, 'ranked-phone');
		await enter('button.main');
		await step(page, /Question 2 of 3/);
		await enter('#add-0');
		await enter('button.main');
		await step(page, /Question 3 of 3/);
		await tabTo(page, 'input[type=radio]');
		await page.keyboard.press('Space');
		await enter('button.main');
		await step(page, /Review your ballot/);
		await tracker(page);
		await enter('button.main:enabled');
		await step(page, /Your vote is recorded/);
		assert.deepEqual(watch.faults, []);
	});

	await t.test('without ranking anybody, and changed after that', async () => {
		const { page, watch } = await openBooth(context, election);
		await identify(page, 'v003', election.codes.v003);
		for (const heading of [/Question 1 of 3/, /Question 2 of 3/, /Question 3 of 3/]) {
			await step(page, heading);
			await page.locator('button.main').click();
			await page.getByText('You have chosen nothing here').waitFor();
			await page.locator('button.main').click();
		}
		await cast(page);
		await press(page, 'Change my vote').catch(() => page.goto(`${election.url}/vote`));
		assert.deepEqual(watch.faults, []);
		await page.close();
	});

	await election.closePolls();
	await election.finish();

	await t.test('the results say who is elected, why, and where the votes went', async () => {
		const { page, watch } = await openPage(context, [election.url], { shift: election.server.shift });
		await page.goto(`${election.url}/results`);
		const board = page.locator('section.card', { hasText: 'Who shall be on the board?' });
		await board.getByText('Elected: Ada and Bert', { exact: true }).waitFor();
		await board.getByRole('heading', { name: 'Why they were elected or not' }).waitFor();
		await board.getByRole('table', { name: /Votes after each round/ }).waitFor();
		assert.match((await board.textContent()) ?? '', /All 3 ballots are valid\..*Ballots: 3\. Valid: 2; empty: 1\./);
		const place = page.locator('section.card', { hasText: 'Where shall we meet?' });
		await place.getByRole('table', { name: /prefer the candidate of the row/ }).waitFor();
		await place.locator('summary').click();
		await picture(page, 'results-ranked');
		assert.deepEqual(await accessibility(page), []);
		const [download] = await Promise.all([page.waitForEvent('download'), board.getByRole('link', { name: 'BLT' }).click()]);
		const blt = readFileSync(await download.path(), 'utf8');
		assert.match(blt, /^4 2\n/);
		assert.match(blt, /^1 1 2 3 0$/m);
		assert.match(blt, /^1 2 3 0$/m);
		assert.deepEqual(watch.faults, []);
		await page.close();
	});

	await t.test('the election page says how it is counted, and the browser verifies all of it', async () => {
		const { page, watch } = await openPage(context, [election.url], { shift: election.server.shift });
		await page.goto(election.url);
		await page.getByText('Counted by: Scottish STV. Before they are decrypted, 2 trustees shuffle').waitFor();
		await page.goto(`${election.url}/verify`);
		await page.getByRole('button', { name: /Verify/ }).first().click();
		await page.getByText('Verified', { exact: false }).first().waitFor({ timeout: 120_000 });
		assert.deepEqual(watch.faults, []);
	});
});

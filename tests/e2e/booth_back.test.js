// SPDX-License-Identifier: Apache-2.0
// The browser's Back and Forward in the booth go one step, and what the history keeps of it is no secret [BOOTH.SECRET]; texts of an
// election run in their own direction on pages that run in the other.
import assert from 'node:assert/strict';
import test from 'node:test';
import { answer, identify, openBooth, press, step, tracker } from '../support/booth.mjs';
import { openBrowser } from '../support/browser.mjs';
import { Election } from '../support/election.mjs';

/* goBack() waits for a page to load, and none does. */
const move = (/** @type {import('playwright-core').Page} */ page, /** @type {number} */ by) => page.evaluate((delta) => { setTimeout(() => history.go(delta), 0); }, by);
const stateOf = (/** @type {import('playwright-core').Page} */ page) => page.evaluate(() => JSON.stringify(history.state));

/** The booth, come to from the page of the election. @param {import('node:test').TestContext} t */
async function enter(t) {
	const election = await Election.start(t);
	const context = await openBrowser(t);
	const { page, watch } = await openBooth(context, election, { path: '' });
	await page.goto(`${election.url}/vote`);
	await identify(page, 'v001', election.codes.v001);
	return { election, page, watch };
}

test('Back and Forward go from step to step, and choices stay', async (t) => {
	const { page, watch } = await enter(t);
	await answer(page);
	await tracker(page);
	await move(page, -1);
	await step(page, /Question 3 of 3/);
	assert.equal(await page.getByRole('group', { name: 'Sun' }).getByLabel('5').isChecked(), true);
	await press(page, 'Back');
	await step(page, /Question 2 of 3/);
	assert.equal(await page.getByLabel('Ant').isChecked(), true);
	await move(page, -1);
	await step(page, /Question 1 of 3/);
	assert.equal(await page.getByLabel('Yes').isChecked(), true);
	await move(page, 3);
	await step(page, /Review/);
	await page.getByRole('button', { name: /^Change/ }).first().click();
	await step(page, /Question 1 of 3/);
	assert.match(await stateOf(page), /^\{"series":\d+,"step":\d+\}$/, 'numbers of steps, and nothing else');
	await move(page, -1);
	await step(page, /Review/);
	await tracker(page);
	await press(page, /Check this ballot first/);
	await step(page, /This ballot is open /);
	await move(page, -1);
	await step(page, /Review/);
	await tracker(page);
	await move(page, 1); // the ballot that was opened is gone
	await tracker(page);
	await step(page, /Review/);
	assert.match(await stateOf(page), /^\{"series":\d+,"step":\d+\}$/);
	assert.match(page.url(), /\/vote$/);
	await press(page, 'Cast my vote');
	await step(page, /Your vote is recorded/);
	await move(page, -1); // nothing is left of the way: out of the booth at once
	await page.waitForURL((url) => !url.pathname.endsWith('/vote'));
	assert.deepEqual(watch.faults, []);
});

test('Forward does not pass an answer that was taken back', async (t) => {
	const { page } = await enter(t);
	await answer(page);
	await move(page, -2);
	await step(page, /Question 2 of 3/);
	for (const name of ['Ant', 'Bee']) await page.getByLabel(name).uncheck();
	await move(page, 1);
	await page.waitForFunction(() => history.state.step === 1);
	await step(page, /Question 2 of 3/);
});

test('leaving from the first step asks only when something was chosen', async (t) => {
	const { page } = await enter(t);
	await step(page, /Question 1 of 3/);
	/** @type {string[]} */
	const asked = [];
	page.on('dialog', (dialog) => { asked.push(dialog.type()); dialog.dismiss(); });
	await move(page, -1);
	await page.waitForURL((url) => !url.pathname.endsWith('/vote'));
	assert.deepEqual(asked, []);

	const second = await enter(t);
	await step(second.page, /Question 1 of 3/);
	await second.page.getByLabel('Yes').check();
	const dialog = second.page.waitForEvent('dialog');
	await move(second.page, -1);
	assert.equal((await dialog).type(), 'beforeunload');
	await (await dialog).dismiss();
	await step(second.page, /Question 1 of 3/);
	assert.equal(await second.page.getByLabel('Yes').isChecked(), true);
});

test('texts of an election run in their own direction', async (t) => {
	const election = await Election.start(t, { title: 'Who shall it be?' });
	const context = await openBrowser(t);
	const { page } = await openBooth(context, election, { path: '/vote?lang=ar#id=v001' });
	const directions = (/** @type {string} */ selector) => page.locator(selector).evaluateAll((all) => all.map((one) => window.getComputedStyle(one).direction));
	await page.locator('#code').fill(election.codes.v001);
	assert.deepEqual(await directions('html, h1 bdi'), ['rtl', 'ltr']);
	await page.locator('form button.main').click();
	await page.locator('.option').first().waitFor();
	assert.deepEqual(await directions('h1 bdi, .option .label bdi'), ['ltr', 'ltr', 'ltr']);
});

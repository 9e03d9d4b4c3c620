// SPDX-License-Identifier: Apache-2.0
// For tests in JavaScript: a voter in the booth, who reads headings and presses buttons.
import assert from 'node:assert/strict';
import { accessibility, openPage, picture } from './browser.mjs';

/** Questions with everything that a booth shows. */
export const RICH_QUESTIONS = `Question: Shall the statutes be changed?
The draft was sent to all members in May.
Id: statutes
Method: referendum
[] Yes
[] No

Question: Who shall be on the board?
Id: board
Method: choose 1 to 3
Winners: 3
Blank: yes
Order: random
[] Ada Lovelace
    Id: ada
    Link: https://example.org/ada
    Has been on the board since 2020.
    She looks after the library.
[] Grace Hopper
    Id: grace
[] Emmy Noether
    Id: emmy
    Treasurer.
[] Sofia Kovalevskaya
    Id: sofia

Question: How good are these days for the meeting?
Id: days
Method: score 0 to 5
[] Friday
    Id: friday
[] Sunday
    Id: sunday
`;

/** The heading of the step. @param {import('playwright-core').Page} page @param {RegExp} text */
export const step = (page, text) => page.getByRole('heading', { level: 1, name: text }).waitFor();

/** @param {import('playwright-core').Page} page @param {string|RegExp} name */
export const press = (page, name) => page.getByRole('button', { name }).click();

/**
 * The booth, with a clock like the server's.
 * @param {import('playwright-core').BrowserContext} context @param {import('./election.mjs').Election} election @param {{url?: string, path?: string}} [how]
 */
export async function openBooth(context, election, { url = election.url, path = '/vote' } = {}) {
	const { page, watch } = await openPage(context, [url], { shift: election.server.shift });
	await page.goto(`${url}${path}`);
	return { page, watch };
}

/** @param {import('playwright-core').Page} page @param {string} id @param {string} code */
export async function identify(page, id, code) {
	await page.getByLabel('Your voter id').fill(id);
	await page.getByLabel('Your voting code').fill(code);
	await press(page, 'Begin');
}

/** Answers the questions of the plain election. @param {import('playwright-core').Page} page @param {string} [first] */
export async function answer(page, first = 'Yes') {
	await step(page, /Question 1 of 3/);
	await page.getByLabel(first).check();
	await press(page, 'Next');
	await step(page, /Question 2 of 3/);
	await page.getByLabel('Ant').check();
	await page.getByLabel('Bee').check();
	await press(page, 'Next');
	await step(page, /Question 3 of 3/);
	await page.getByRole('group', { name: 'Sun' }).getByLabel('5').check();
	await press(page, 'Review my ballot');
	await step(page, /Review/);
}

/** @param {import('playwright-core').Page} page @returns {Promise<string>} the tracker, once the ballot is encrypted */
export async function tracker(page) {
	const text = await page.locator('.sealing .code').textContent();
	assert.match(text ?? '', /^([0-9A-Z]{4}-){6}[0-9A-Z]{2}$/);
	return text ?? '';
}

/** From the door to "recorded". @param {import('playwright-core').Page} page @param {import('./election.mjs').Election} election @param {string} id @param {string} [first] */
export async function voteInBooth(page, election, id, first) {
	await identify(page, id, election.codes[id]);
	await answer(page, first);
	const text = await tracker(page);
	await press(page, 'Cast my vote');
	await step(page, /Your vote is recorded/);
	return text;
}

/** Presses a key until the focus is on something. @param {import('playwright-core').Page} page @param {string} selector */
export async function tabTo(page, selector) {
	for (let i = 0; i < 60; i++) {
		if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
		await page.keyboard.press('Tab');
	}
	assert.fail(`the focus does not reach ${selector}`);
}

/** Nothing of the page is wrong, on any step. @param {import('playwright-core').Page} page @param {string} name */
export async function look(page, name) {
	await picture(page, `booth-${name}`);
	assert.deepEqual(await accessibility(page), [], name);
}

/** A browser that has seen nothing of any election. @param {import('playwright-core').Page} page of the server */
export const forgetHeads = (page) => page.evaluate(() => new Promise((resolve, reject) => {
	const request = indexedDB.open('tabella', 1);
	request.onupgradeneeded = () => reject(new Error('nothing was kept here'));
	request.onerror = () => reject(request.error);
	request.onsuccess = () => {
		const change = request.result.transaction('seen', 'readwrite');
		change.objectStore('seen').clear();
		change.oncomplete = () => { request.result.close(); resolve(undefined); };
	};
}));

/** Everything that the browser keeps for the page. @param {import('playwright-core').Page} page */
export const kept = (page) => page.evaluate(async () => {
	const names = await indexedDB.databases();
	const stores = [];
	for (const { name } of names) {
		const database = await new Promise((resolve, reject) => { const r = indexedDB.open(name ?? ''); r.onsuccess = () => resolve(r.result); r.onerror = reject; });
		for (const store of database.objectStoreNames) {
			const all = await new Promise((resolve, reject) => { const r = database.transaction(store).objectStore(store).getAll(); r.onsuccess = () => resolve(r.result); r.onerror = reject; });
			stores.push({ store, all });
		}
		database.close();
	}
	const plain = (/** @type {string} */ _, /** @type {any} */ value) => (value instanceof Uint8Array ? String.fromCharCode(...value) : value);
	return { pending: stores.find(({ store }) => store === 'pending')?.all.length ?? 0, text: JSON.stringify([stores, { ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state], plain) };
});

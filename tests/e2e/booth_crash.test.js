// SPDX-License-Identifier: Apache-2.0
// Whatever dies, and at whichever step of voting: afterwards there is no vote or a recorded vote, and the page says which [BOOTH.PENDING].
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { answer, identify, kept, openBooth, press, step, tracker } from '../support/booth.mjs';
import { openBrowser, openLastingBrowser } from '../support/browser.mjs';
import { Election } from '../support/election.mjs';

const STEPS = /** @type {const} */ (['door', 'question', 'review', 'opened', 'sending', 'unanswered', 'recorded']);
/** @typedef {typeof STEPS[number]} Step */

/**
 * Goes on from the door to a step.
 * @param {import('playwright-core').Page} page @param {Election} election @param {string} id @param {Step} until
 */
async function walk(page, election, id, until) {
	await step(page, /^Test$/);
	if (until === 'door') return;
	await identify(page, id, election.codes[id]);
	await step(page, /Question 1 of 3/);
	if (until === 'question') return;
	await answer(page);
	await tracker(page);
	if (until === 'review') return;
	if (until === 'opened') {
		await press(page, 'Check this ballot first');
		await step(page, /open for checking/);
		return;
	}
	/* Held on its way, or arrived without that anybody hears of it. */
	if (until !== 'recorded') await page.route('**/entries', async (route) => { if (until === 'unanswered') await route.fetch(); });
	await press(page, 'Cast my vote');
	await step(page, until === 'recorded' ? /Your vote is recorded/ : /Casting your vote/);
	if (until === 'unanswered') await election.server.until('the ballot arrives', () => election.status().ballots === election.arrived + 1);
}

/** What a voter finds who comes back: the page says it, and the board says the same. @param {import('playwright-core').Page} page @param {Election} election @param {string} id @param {Step} was */
async function comesBack(page, election, id, was) {
	if (was === 'sending' || was === 'unanswered') {
		await step(page, /Your vote is recorded/);
		election.arrived++;
	} else {
		await identify(page, id, election.codes[id]);
		await step(page, was === 'recorded' ? /You have already voted/ : /Question 1 of 3/);
		if (was === 'recorded') election.arrived++;
	}
	assert.equal(election.status().ballots, election.arrived, was);
	assert.equal((await kept(page)).pending, 0, was);
}

/** The ballot is encrypted, at the second attempt if the first one wanted something of the server. @param {import('playwright-core').Page} page */
async function goesOn(page) {
	const again = page.getByRole('button', { name: 'Try again' });
	await again.or(page.locator('.sealing .code')).first().waitFor();
	if (await again.count()) await again.click();
}

/** Kills the tab's process. @param {import('playwright-core').Page} page */
async function killTab(page) {
	const session = await page.context().newCDPSession(page);
	const crashed = page.waitForEvent('crash');
	session.send('Page.crash').catch(() => undefined);
	await crashed;
	await page.close();
}

/** The browser of this profile, as the system kills it. @param {string} profile */
function killBrowser(profile) {
	const isIt = (/** @type {string} */ pid) => {
		try {
			const words = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').split('\0');
			return words.includes(`--user-data-dir=${profile}`) && !words.some((word) => word.startsWith('--type='));
		} catch {
			return false; // it has ended meanwhile
		}
	};
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isIt(name));
	assert.ok(pids.length > 0, 'the browser runs');
	for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
}

test('the tab or the whole browser is killed at every step', async (t) => {
	const election = Object.assign(await Election.start(t, { voters: 2 * STEPS.length }), { arrived: 0 });
	const profile = join(election.server.folder, 'profile');
	let context = await openLastingBrowser(t, profile);
	const voters = Object.keys(election.codes);
	for (const died of ['tab', 'browser']) {
		for (const at of STEPS) {
			await t.test(`${died}: ${at}`, async () => {
				const id = voters.shift() ?? '';
				const { page } = await openBooth(context, election);
				await walk(page, election, id, at);
				assert.equal((await kept(page)).pending, at === 'sending' || at === 'unanswered' ? 1 : 0);
				if (died === 'tab') await killTab(page);
				else {
					/* What a page stores is on the disk some moments later; a ballot is sent only after it was stored. */
					const closed = new Promise((done) => { context.once('close', done); });
					killBrowser(profile);
					await closed;
					context = await openLastingBrowser(t, profile);
				}
				const { page: after } = await openBooth(context, election);
				await comesBack(after, election, id, at);
				await after.close({ runBeforeUnload: false });
			});
		}
	}
	assert.equal(election.status().counted, election.arrived);
});

test('the network or the server is gone at every step, and comes back', async (t) => {
	const election = await Election.start(t, { voters: 8 });
	const context = await openBrowser(t);
	const voters = Object.keys(election.codes);
	let arrived = 0;
	const ways = {
		offline: { leave: () => context.setOffline(true), back: () => context.setOffline(false) },
		'the server killed': { leave: () => election.server.stop('SIGKILL'), back: () => election.server.start() },
	};
	for (const [name, { leave, back }] of Object.entries(ways)) {
		await t.test(`${name}: at the door`, async () => {
			const id = voters.shift() ?? '';
			const { page } = await openBooth(context, election);
			await walk(page, election, id, 'door');
			await leave();
			await identify(page, id, election.codes[id]);
			/* It needs the server only for what it has not read yet. */
			const problem = page.locator('main .notice.error', { hasText: 'does not answer' });
			await problem.or(page.getByText('Question 1 of 3')).first().waitFor();
			const isStuck = (await problem.count()) > 0;
			await back();
			if (isStuck) await identify(page, id, election.codes[id]);
			await answer(page);
			await goesOn(page);
			await tracker(page);
			await press(page, 'Cast my vote');
			await step(page, /Your vote is recorded/);
			assert.equal(election.status().ballots, ++arrived);
			await page.close();
		});
		await t.test(`${name}: while choosing`, async () => {
			const id = voters.shift() ?? '';
			const { page } = await openBooth(context, election);
			await walk(page, election, id, 'question');
			await leave();
			await answer(page);
			await back();
			await goesOn(page);
			await tracker(page);
			await press(page, 'Cast my vote');
			await step(page, /Your vote is recorded/);
			assert.equal(election.status().ballots, ++arrived);
			await page.close();
		});
		await t.test(`${name}: when casting`, async () => {
			const id = voters.shift() ?? '';
			const { page } = await openBooth(context, election);
			await walk(page, election, id, 'review');
			await leave();
			await press(page, 'Cast my vote');
			await step(page, /It is not known whether your vote is recorded/);
			assert.equal((await kept(page)).pending, 1);
			await back();
			assert.equal(election.status().ballots, arrived);
			await step(page, /Your vote is recorded/); // by itself
			assert.equal(election.status().ballots, ++arrived);
			await leave();
			await page.getByRole('button', { name: 'Save the receipt' }).waitFor(); // what was said stays
			await back();
			await page.close();
		});
	}
});

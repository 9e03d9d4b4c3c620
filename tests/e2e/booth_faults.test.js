// SPDX-License-Identifier: Apache-2.0
// The booth when the server dies, stays away or lies.
import assert from 'node:assert/strict';
import test from 'node:test';
import { answer, identify, kept, look, openBooth, press, step, tracker } from '../support/booth.mjs';
import { openBrowser } from '../support/browser.mjs';
import { Election } from '../support/election.mjs';
import { lyingProxy } from '../support/lying_proxy.mjs';

test('[BOOTH.PENDING] the server dies between cast and answer; the page is closed; it is recorded once', async (t) => {
	const election = await Election.start(t);
	let mode = 'pass';
	const { url } = await lyingProxy(t, election.server.url, ({ method }) => (mode === 'pass' || method !== 'POST' ? null : mode === 'lose' ? 'break' : 503));
	const context = await openBrowser(t);
	const { page } = await openBooth(context, election, { url: `${url}/e/meeting` });
	await identify(page, 'v001', election.codes.v001);
	await answer(page);
	const shown = await tracker(page);
	mode = 'lose';
	await press(page, 'Cast my vote');
	await step(page, /It is not known whether your vote is recorded/);
	await look(page, 'not-known');
	assert.equal((await kept(page)).pending, 1);
	await election.server.stop('SIGKILL');
	await press(page, 'Try now');
	await step(page, /It is not known/);
	await page.close();
	await election.server.start();
	mode = 'pass';
	const second = await openBooth(context, election, { url: `${url}/e/meeting` });
	await step(second.page, /Your vote is recorded/);
	assert.equal(await second.page.locator('dl.facts .code').first().textContent(), shown);
	assert.equal(election.status().ballots, 1);
	assert.equal((await kept(second.page)).pending, 0);

	await t.test('it tries again by itself', async () => {
		mode = 'busy';
		await second.page.reload();
		await identify(second.page, 'v002', election.codes.v002);
		await answer(second.page);
		await tracker(second.page);
		await press(second.page, 'Cast my vote');
		await step(second.page, /It is not known/);
		mode = 'pass';
		await step(second.page, /Your vote is recorded/);
		assert.equal(election.status().ballots, 2);
	});
});

test('[BOOTH.RECORDED] a lying server: the page does not say "recorded", and says why', async (t) => {
	const election = await Election.start(t);
	election.vote('v003');
	let lie = (/** @type {string} */ receipt) => receipt;
	const { url } = await lyingProxy(t, election.server.url, ({ method, body }) => (method === 'POST' ? Buffer.from(lie(body.toString())) : null));
	const lies = {
		'a checkpoint with another root': (/** @type {string} */ receipt) => receipt.replace(/\n(\d+)\n(.)/, (_, size, c) => `\n${size}\n${c === 'A' ? 'B' : 'A'}`),
		'an altered entry': (/** @type {string} */ receipt) => receipt.replace(/extra (.{40})./, 'extra $1A'),
		'no receipt': () => '',
	};
	const context = await openBrowser(t);
	let n = 0;
	for (const [name, one] of Object.entries(lies)) {
		await t.test(name, async () => {
			lie = one;
			const id = `v00${++n % 2 + 1}`;
			const { page } = await openBooth(context, election, { url: `${url}/e/meeting` });
			await identify(page, id, election.codes[id]);
			await page.getByRole('heading', { level: 1, name: /Question 1|already/ }).waitFor();
			if (await page.getByRole('button', { name: 'Change my vote' }).count()) await press(page, 'Change my vote');
			await answer(page);
			await tracker(page);
			await press(page, 'Cast my vote');
			await step(page, /It is not known/);
			await page.getByText('not a right proof that your vote is recorded').waitFor();
			assert.equal(await page.getByText('Your vote is recorded on the public board').count(), 0);
			assert.equal(await page.locator('.notice.good').count(), 0);
			await look(page, 'lie');
			lie = (receipt) => receipt;
			await press(page, 'Try now');
			await step(page, /Your vote is recorded/);
			await page.close();
		});
	}
	await t.test('[BOOTH.SETUP] an altered manifest', async () => {
		const other = await lyingProxy(t, election.server.url, ({ path, body }) => {
			if (!path.includes('/tile/entries/')) return null;
			const at = body.indexOf('"payload":"') + 400;
			body[at] = body[at] === 65 ? 66 : 65;
			return body;
		});
		const { page } = await openBooth(context, election, { url: `${other.url}/e/meeting` });
		await step(page, /You cannot vote right now/);
		await page.getByText('What the server shows cannot be right.').waitFor();
		await look(page, 'false');
	});
});


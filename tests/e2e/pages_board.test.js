// SPDX-License-Identifier: Apache-2.0
// The board page by clicking and typing, what it gives to take away, and what a server that lies gets shown as [LOG.TREE] [LOG.CONSISTENT].
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { promisify } from 'node:util';
import * as proofs from '../../client-js/core/proof.js';
import { verifyInclusion, leafHash } from '../../client-js/crypto/merkle.js';
import { claimedHead } from '../../client-js/core/log_reader.js';
import { forgetHeads } from '../support/booth.mjs';
import { accessibility, openBrowser, openPage, picture } from '../support/browser.mjs';
import { Election, Server } from '../support/election.mjs';
import { lyingProxy } from '../support/lying_proxy.mjs';

/** @param {Buffer} body @param {number} at */
const flip = (body, at) => {
	const lie = Buffer.from(body);
	lie[at] ^= 1;
	return lie;
};

test('the board', async (t) => {
	const server = new Server(t);
	await server.start();
	const election = new Election(server, { voters: 12, title: 'General meeting' });
	await election.prepare();
	for (const id of ['v003', 'v001', 'v003']) election.vote(id);
	const old = Buffer.from(await (await fetch(`${election.url}/log/checkpoint`)).arrayBuffer());
	await election.closePolls();
	await election.finish();
	const proxy = await lyingProxy(t, server.url);
	const context = await openBrowser(t, { viewport: { width: 1000, height: 900 } });
	const lastBallot = election.status().size - 1 - 8; // close, 4 endorsements, 2 shares and the result come after it
	const visit = async (/** @type {string} */ path, /** @type {string} */ ready) => {
		const { page, watch } = await openPage(context, [proxy.url], { shift: server.shift });
		await page.goto(`${proxy.url}/e/meeting/${path}`);
		await page.locator(ready).first().waitFor();
		return { page, watch };
	};
	const forget = async () => {
		const { page } = await visit('board', 'h1');
		await forgetHeads(page);
		await page.close();
	};

	await t.test('a voter is found by name, the entry by a click, all of it with the keyboard', async () => {
		const { page, watch } = await visit('board', 'table.entries tbody tr');
		await page.getByRole('searchbox').focus();
		await page.keyboard.type('V003');
		await page.keyboard.press('Enter');
		const row = page.getByRole('region', { name: 'Voters found' }).locator('tbody tr');
		await row.first().waitFor();
		assert.equal(await row.count(), 1);
		await row.getByRole('button').focus();
		await page.keyboard.press('Enter');
		await page.getByText('Found among all').first().waitFor();
		assert.match(String(await row.textContent()), /Found among all \d+ entries: 2\./);
		await row.getByRole('link', { name: /^Entry/ }).focus();
		await page.keyboard.press('Enter');
		await page.locator('#entry').waitFor();
		assert.match(page.url(), new RegExp(`#entry=${lastBallot}$`));
		assert.ok(await page.evaluate(() => document.activeElement?.id === 'entry'), 'the heading has the focus');
		assert.match(String(await page.locator('main').textContent()), /It is on the board\./);
		await page.getByRole('searchbox').fill('v002');
		await page.keyboard.press('Enter');
		await page.getByText('No ballot, says the server.').waitFor();
		await page.goBack();
		await page.locator('table.entries .index').first().waitFor();
		assert.deepEqual([watch.faults, await accessibility(page)], [[], []]);
		await page.close();
	});

	await t.test('an entry by its address, with its proof as a file that holds', async () => {
		const { page, watch } = await visit(`board#entry=${lastBallot}`, '#entry');
		for (const summary of await page.locator('main section details summary').all()) await summary.click();
		await page.locator('pre.long').first().waitFor();
		assert.deepEqual(await accessibility(page), []);
		await picture(page, 'entry-desktop');
		const steps = page.locator('ol.proof-steps li');
		const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save entry and proof' }).click()]);
		const receipt = proofs.parse(readFileSync(await saved.path()));
		const head = claimedHead(receipt.checkpoint);
		verifyInclusion(leafHash(receipt.entry), receipt.index, head.size, receipt.proof, head.root);
		assert.equal(await steps.count(), receipt.proof.length + 2);
		assert.equal(receipt.index, lastBallot);
		const [bytes] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the entry' }).click()]);
		assert.deepEqual(readFileSync(await bytes.path()), Buffer.from(receipt.entry));
		await page.goto(`${proxy.url}/e/meeting/board#entry=99999`);
		await page.getByText('There is no such entry').waitFor();
		assert.deepEqual(watch.faults, []);
		await page.close();
	});

	await t.test('the commands work as they are pasted', async () => {
		const { page } = await visit('board', '.copyable pre');
		const [program] = await page.locator('.copyable pre').allTextContents();
		/* It fails where the exit status is not 0; not synchronously, since the proxy is in this process. */
		const { stdout } = await promisify(execFile)('sh', ['-c', program], { env: { ...server.environment, PATH: `${server.bin}:${process.env.PATH}` } });
		assert.doesNotMatch(stdout, /taken from the board itself/);
		await page.close();
	});

	await t.test('one altered byte, anywhere, and nothing false is shown', async () => {
		/** @type {[string, import('../support/lying_proxy.mjs').Lie, RegExp][]} */
		const lies = [
			['a bundle', ({ path, body }) => (path.includes('/tile/entries/') ? flip(body, body.length >> 1) : null), /LOG\.(TREE|TILES)/],
			['an entry sent alone', ({ path, body }) => (path.includes('/receipt/0') ? flip(body, 60) : null), /LOG\.TREE|JSON|BASE64/],
			['a tile', ({ path, body }) => (path.includes('/tile/0/') ? flip(body, 40) : null), /LOG\.TREE/],
			['the checkpoint’s root', ({ path, body }) => (path.endsWith('/checkpoint') ? flip(body, body.indexOf('\n', body.indexOf('\n') + 1) + 5) : null), /LOG\.(TREE|CHECKPOINT)/],
			['the checkpoint’s signature', ({ path, body }) => (path.endsWith('/checkpoint') ? flip(body, body.length - 20) : null), /LOG\.CHECKPOINT/],
		];
		for (const [what, lie, rule] of lies) {
			await forget();
			proxy.lie = lie;
			const { page } = await visit(`board#entry=${lastBallot}`, '.notice.error, #entry');
			const isShown = what === 'an entry sent alone' && (await page.locator('#entry').count()) === 1;
			if (!isShown) assert.match(String(await page.locator('.notice.error').first().textContent()), rule, what);
			proxy.lie = () => null;
			await page.close();
		}
	});

	await t.test('a server that hides a ballot by naming another is shown as false', async () => {
		await forget();
		proxy.lie = ({ path, body }) => (path.includes('/voter/v003') ? Buffer.from(String(body).replace(/"index":\d+/, `"index":${lastBallot - 1}`)) : null);
		const { page } = await visit('board', 'table.entries tbody tr');
		await page.getByRole('searchbox').fill('v003');
		await page.keyboard.press('Enter');
		await page.getByText('[HTTP.VOTER]').waitFor();
		proxy.lie = () => null;
		await page.close();
	});

	await t.test('[HTTP.ACTS] a server that leaves out what has happened is shown as false, or not called complete', async () => {
		const whole = await visit('', '.story li');
		await whole.page.getByText('None is left out').waitFor();
		await whole.page.close();
		const { acts } = JSON.parse(server.run('tabella', 'status', '--json', election.url));
		for (const hidden of [acts.at(-1), acts.at(-2), acts.find((/** @type {number} */ index) => index > lastBallot)]) {
			await forget();
			proxy.lie = ({ path, accept, body }) => (path === '/e/meeting' && accept === 'application/json' ? Buffer.from(JSON.stringify({ ...JSON.parse(String(body)), acts: acts.filter((/** @type {number} */ index) => index !== hidden) })) : null);
			const { page } = await visit('results', '.notice.error');
			assert.match(String(await page.locator('main').textContent()), /HTTP\.ACTS/, `without ${hidden}`);
			await page.close();
		}
		proxy.lie = () => null;
	});

	await t.test('the verifier names what is false, and can be stopped', async () => {
		await forget();
		proxy.lie = ({ path, body }) => (path.includes('/tile/entries/') ? flip(body, body.length - 400) : null);
		const { page, watch } = await visit('verify', 'button.main');
		await page.getByRole('button', { name: 'Verify now' }).click();
		await page.locator('#verdict').waitFor();
		assert.match(String(await page.locator('#verdict').textContent()), /Not verified/);
		assert.match(String(await page.locator('main').textContent()), /\[LOG\./);
		assert.deepEqual([watch.faults, await accessibility(page)], [[], []]);
		proxy.lie = () => null;
		await page.getByLabel(/^Fingerprint that you know/).fill('0000');
		await page.getByRole('button', { name: 'Verify again' }).click();
		await page.getByText('This is no fingerprint').waitFor();
		await page.getByLabel(/^Fingerprint that you know/).fill('');
		await page.getByRole('button', { name: 'Verify again' }).click();
		await page.getByRole('heading', { name: 'Verified: everything is right' }).waitFor();
		assert.equal(await page.locator('dl.checks .badge.good').count(), 17);
		proxy.lie = ({ path }) => (path.includes('/tile/') ? 503 : null);
		await page.getByRole('button', { name: 'Verify again' }).click();
		await page.getByRole('button', { name: 'Stop' }).click();
		await page.getByText('Stopped. Nothing can be said.').waitFor();
		proxy.lie = () => null;
		await page.close();
	});

	await t.test('an older state, an unknown address and a server that is gone', async () => {
		await forget();
		await (await visit('', '.story li')).page.close();
		proxy.lie = ({ path }) => (path.startsWith('/e/meeting/log/checkpoint') ? old : null);
		const behind = await visit('', '.story li');
		await behind.page.getByText('older state than the one this browser has seen').waitFor();
		await behind.page.close();
		proxy.lie = () => null;
		const { page: lasting } = await visit('', '.story li');
		proxy.isDown = true;
		await lasting.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
		await lasting.getByText('The server does not answer at the moment.').waitFor();
		assert.equal(await lasting.locator('.story li').count() > 0, true, 'what was known is still shown');
		proxy.isDown = false;
		await lasting.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
		await lasting.getByText('The server does not answer at the moment.').waitFor({ state: 'detached' });
		await lasting.close();
		const { page, watch } = await openPage(context, [proxy.url]);
		proxy.lie = ({ path, accept }) => (path === '/e/meeting' && accept === 'application/json' ? 404 : null);
		for (const path of ['', '/board', '/results', '/verify']) {
			await page.goto(`${proxy.url}/e/meeting${path}`);
			await page.getByText('There is no election at this address.').waitFor();
			assert.deepEqual(await accessibility(page), []);
		}
		proxy.lie = () => null;
		assert.deepEqual(watch.faults, []);
		await page.close();
		const lost = await openPage(context, [proxy.url]);
		await lost.page.goto(`${proxy.url}/e/meeting/results`);
		await lost.page.locator('table.result').first().waitFor();
		proxy.lie = ({ path }) => (path === '/e/meeting' ? 503 : null);
		await lost.page.reload();
		await lost.page.getByText('The server does not answer.').waitFor();
		proxy.lie = () => null;
		await lost.page.close();
	});
});

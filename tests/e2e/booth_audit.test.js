// SPDX-License-Identifier: Apache-2.0
// The audit of a ballot on a second device, and the check of what became of one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { answer, identify, look, openBooth, press, RICH_QUESTIONS, step, tracker, voteInBooth } from '../support/booth.mjs';
import { openBrowser, openPage } from '../support/browser.mjs';
import { cameraSees } from '../support/camera.mjs';
import { Election } from '../support/election.mjs';
import { lyingProxy } from '../support/lying_proxy.mjs';

test('[BOOTH.AUDIT] check this ballot first', async (t) => {
	const election = await Election.start(t, { questions: RICH_QUESTIONS });
	const context = await openBrowser(t);
	const { page } = await openBooth(context, election);
	await identify(page, 'v001', election.codes.v001);
	await page.getByLabel('Yes').check();
	await press(page, 'Next');
	await page.getByLabel('Emmy Noether').check();
	await press(page, 'Next');
	await page.getByText('You have chosen 1 and could choose up to 3').waitFor();
	await press(page, 'Next');
	await page.getByRole('group', { name: 'Sunday' }).getByLabel('2').check();
	await press(page, 'Review my ballot');
	const shown = await tracker(page);
	await press(page, 'Check this ballot first');
	await step(page, /open for checking/);
	await look(page, 'opened');
	const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the opened ballot')]);
	const file = join(election.server.folder, 'opened.json');
	await download.saveAs(file);
	assert.match(election.server.run('tabella', 'audit', election.url, 'opened.json'), new RegExp(shown));
	await page.getByText('Show the link').click();
	const link = await page.locator('details code').textContent() ?? '';
	const scanned = join(election.server.folder, 'qr.png');
	await page.locator('svg.qr').screenshot({ path: scanned });

	const device = await openBrowser(t, { viewport: { width: 360, height: 740 } });
	const second = await openPage(device, [election.url], { shift: election.server.shift });
	const finds = async () => {
		await second.page.getByRole('heading', { name: 'The ballot holds these choices' }).waitFor();
		assert.deepEqual(await second.page.locator('.code').first().textContent(), shown);
		await second.page.getByText('Emmy Noether').waitFor();
	};
	await t.test('by the link in the QR code', async () => {
		await second.page.goto(link);
		await finds();
		assert.equal(new URL(second.page.url()).hash, '', 'the seed does not stay in the address');
		await look(second.page, 'audit');
	});
	await t.test('by a picture of it, and by the file', async () => {
		for (const path of [scanned, file]) {
			await second.page.goto(`${election.server.url}/audit?e=meeting`);
			await second.page.getByLabel(/choose the saved file/).setInputFiles(path);
			await finds();
		}
	});
	await t.test('E-22: a booth that encrypted something else is caught', async () => {
		const told = JSON.parse(readFileSync(file, 'utf8'));
		told.choices[1].values.reverse();
		await second.page.getByLabel('Link or content of the file').fill(JSON.stringify(told));
		await second.page.getByRole('button', { name: 'Check', exact: true }).click();
		await second.page.getByRole('heading', { name: 'The ballot does NOT hold these choices' }).waitFor();
		await look(second.page, 'audit-wrong');
		await second.page.getByLabel('Link or content of the file').fill('nonsense');
		await second.page.getByRole('button', { name: 'Check', exact: true }).click();
		await second.page.getByText('no opened ballot of this election').waitFor();
	});
	assert.equal(election.status().ballots, 0);
	await press(page, 'Go on with a new ballot');
	await step(page, /Review/);
	const fresh = await tracker(page);
	assert.notEqual(fresh, shown);
	await page.getByText('Emmy Noether').waitFor();
	await press(page, 'Cast my vote');
	await step(page, /Your vote is recorded/);
	const board = election.server.run('tabella', 'status', '--json', election.url);
	assert.match(board, /"ballots":1/);
	assert.equal(await page.locator('dl.facts .code').first().textContent(), fresh);
});

test('the camera reads the QR codes of the booth: the receipt, and the opened ballot', async (t) => {
	const election = await Election.start(t, { voters: 2 });
	const context = await openBrowser(t);
	const film = (/** @type {string} */ name) => join(election.server.folder, `${name}.y4m`);
	const { page } = await openBooth(context, election);
	const shown = await voteInBooth(page, election, 'v001');
	const receipt = await cameraSees(context, await page.locator('svg.qr').screenshot(), film('receipt'));

	await t.test('check my vote', async () => {
		const phone = await openBrowser(t, { args: receipt, viewport: { width: 360, height: 740 } });
		const { page: check, watch } = await openPage(phone, [election.url], { shift: election.server.shift });
		await check.goto(`${election.url}/check`);
		await press(check, 'Scan a QR code with the camera');
		await check.getByRole('heading', { level: 2, name: /recorded and counts/ }).waitFor();
		assert.equal(await check.getByLabel('Tracker').inputValue(), shown);
		assert.equal(await check.locator('video').count(), 0, 'the camera is off again');
		await check.getByRole('button', { name: 'Scan a QR code with the camera' }).waitFor();
		assert.deepEqual(watch.faults, []);
	});

	await t.test('an opened ballot, checked on a phone', async () => {
		const { page: booth } = await openBooth(context, election);
		await identify(booth, 'v002', election.codes.v002);
		await answer(booth);
		const due = await tracker(booth);
		await press(booth, 'Check this ballot first');
		await step(booth, /open for checking/);
		const phone = await openBrowser(t, { args: await cameraSees(context, await booth.locator('svg.qr').screenshot(), film('audit')), viewport: { width: 360, height: 740 } });
		const { page: audit, watch } = await openPage(phone, [election.url], { shift: election.server.shift });
		await audit.goto(`${election.server.url}/audit?e=meeting`);
		await press(audit, 'Scan a QR code with the camera');
		await audit.getByRole('heading', { level: 2, name: /holds these choices/ }).waitFor();
		assert.equal(await audit.locator('main .code').first().textContent(), due);
		assert.deepEqual(watch.faults, []);
	});

	await t.test('nothing to see, and no camera', async () => {
		const phone = await openBrowser(t, { args: await cameraSees(context, null, film('table')), viewport: { width: 360, height: 740 } });
		const { page: check } = await openPage(phone, [election.url], { shift: election.server.shift });
		await check.goto(`${election.url}/check`);
		await press(check, 'Scan a QR code with the camera');
		await check.locator('video').waitFor();
		await check.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
		await look(check, 'camera');
		await press(check, 'Stop the camera');
		await check.locator('video').waitFor({ state: 'detached' });
		const { page: without } = await openPage(context, [election.url], { shift: election.server.shift });
		await without.goto(`${election.url}/check`);
		await press(without, 'Scan a QR code with the camera');
		await without.getByText('The camera cannot be used here.').waitFor();
		await look(without, 'no-camera');
	});
});

test('[BOOTH.CHECK] check my vote', async (t) => {
	const election = await Election.start(t);
	const context = await openBrowser(t);
	const { page } = await openBooth(context, election);
	const first = await voteInBooth(page, election, 'v001');
	const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the receipt')]);
	const receipt = join(election.server.folder, 'r.tlog-proof');
	await download.saveAs(receipt);
	const scanned = join(election.server.folder, 'qr.png');
	await page.locator('svg.qr').screenshot({ path: scanned });
	const { page: check, watch } = await openPage(context, [election.url], { shift: election.server.shift });
	await check.goto(`${election.url}/check`);
	const ask = async (/** @type {string} */ id, /** @type {string} */ text) => {
		await check.getByLabel('Voter id').fill(id);
		await check.getByLabel('Tracker').fill(text);
		await check.getByRole('button', { name: 'Check', exact: true }).click();
	};
	const says = (/** @type {RegExp} */ text) => check.getByRole('heading', { level: 2, name: text }).waitFor();
	/* No two answers in a row are alike: a heading that is there already is no answer. */
	await check.getByLabel(/choose your receipt/).setInputFiles(scanned);
	await says(/recorded and counts/);
	await ask('v002', '');
	await says(/No vote is recorded/);
	await check.getByLabel(/choose your receipt/).setInputFiles(receipt);
	await says(/recorded and counts/);
	await ask('v001', '');
	await says(/A ballot is recorded in this name/);
	election.vote('v001');
	await ask('v001', first.toLowerCase().replaceAll('-', ' '));
	await says(/Replaced by a later vote/);
	await look(check, 'superseded');
	await ask('v001', `${first.slice(0, -1)}${first.endsWith('0') ? '1' : '0'}`);
	await says(/Not found/);
	await look(check, 'not-found');
	await check.getByLabel(/choose your receipt/).setInputFiles(receipt);
	await says(/Replaced by a later vote/);
	await check.getByLabel(/choose your receipt/).setInputFiles({ name: 'r.tlog-proof', mimeType: 'text/plain', buffer: Buffer.from(readFileSync(receipt, 'utf8').replace(/index \d+/, 'index 3')) });
	await says(/not a right receipt/);
	await ask('v001', 'ABC');
	await check.getByText('A tracker has 26 letters').waitFor();
	assert.deepEqual(watch.faults, []);
	await t.test('a second history is evidence', async () => {
		/* The server goes back to a state that the receipt contradicts: to one without the votes. */
		const { url } = await lyingProxy(t, election.server.url, ({ path, body }) =>
			(path.endsWith('/log/checkpoint') ? Buffer.from(body.toString().replace(/\n([^\n]{43}=)\n/, (_, root) => `\n${root.startsWith('A') ? 'B' : 'A'}${root.slice(1)}\n`)) : null));
		await check.goto(`${url}/e/meeting/check`);
		await check.getByText('What the server shows cannot be right.').waitFor();
	});
});


// SPDX-License-Identifier: Apache-2.0
// The way of a vote through the booth, in Chromium and against a real server.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { answer, identify, kept, look, openBooth, press, RICH_QUESTIONS, step, tabTo, tracker, voteInBooth } from '../support/booth.mjs';
import { openBrowser } from '../support/browser.mjs';
import { Election } from '../support/election.mjs';

test('a whole vote with the keyboard alone', async (t) => {
	const election = await Election.start(t, { questions: RICH_QUESTIONS, title: 'General meeting' });
	const context = await openBrowser(t, { viewport: { width: 360, height: 740 } });
	const { page, watch } = await openBooth(context, election, { path: '/vote#id=v001' });
	const enter = async (/** @type {string} */ selector) => { await tabTo(page, selector); await page.keyboard.press('Enter'); };
	await step(page, /General meeting/);
	await look(page, 'identify');
	assert.equal(await page.getByLabel('Your voter id').inputValue(), 'v001');
	await tabTo(page, '#code');
	await page.keyboard.type(election.codes.v001.toLowerCase().replaceAll('-', ' '));
	await page.keyboard.press('Enter');

	await step(page, /Question 1 of 3/);
	assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', 'the step is read from its heading');
	await look(page, 'referendum');
	await enter('button.main');
	await page.getByText('You have chosen nothing here').waitFor();
	await look(page, 'warning');
	await tabTo(page, 'input[type=radio]');
	await page.keyboard.press('Space');
	await enter('button.main');

	await step(page, /Question 2 of 3/);
	await look(page, 'choose');
	await enter('button.main');
	await page.getByText('Please choose at least 1 option. Or choose the blank vote.').waitFor();
	await tabTo(page, '#option-0');
	await page.keyboard.press('Space');
	await page.getByText('1 of 3 chosen').waitFor();
	await tabTo(page, '#blank');
	await page.keyboard.press('Space');
	assert.equal(await page.getByLabel('Ada Lovelace').isChecked(), false);
	await page.keyboard.press('Space');
	for (const option of ['#option-0', '#option-1', '#option-2', '#option-3']) { await tabTo(page, option); await page.keyboard.press('Space'); }
	await page.getByText('3 of 3 chosen').waitFor();
	assert.equal(await page.getByLabel('Sofia Kovalevskaya').isChecked(), false, 'a fourth is not taken');
	await look(page, 'full');
	await enter('button.main');

	await step(page, /Question 3 of 3/);
	await tabTo(page, '#score-none, input[name=score-0]');
	for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
	await look(page, 'score');
	await enter('button.main');

	await step(page, /Review your ballot/);
	const shown = await tracker(page);
	for (const text of ['Yes', 'Ada Lovelace', 'Grace Hopper', 'Emmy Noether', 'Friday: 4 of 5']) await page.getByText(text, { exact: true }).first().waitFor();
	await look(page, 'review');
	const before = await kept(page);
	assert.equal(before.pending, 0, 'nothing is signed before the voter says so');
	await enter('button.main:enabled');

	await step(page, /Your vote is recorded/);
	await page.getByText('The board also names this ballot').waitFor(); // [BOOTH.NAME]
	await look(page, 'recorded');
	assert.equal(await page.locator('dl.facts .code').first().textContent(), shown);
	assert.equal(election.status().ballots, 1);
	assert.deepEqual(watch.faults, []);

	await t.test('[BOOTH.SECRET] nothing of code or choices stays', async () => {
		const { text, pending } = await kept(page);
		const code = election.codes.v001;
		for (const secret of [code, code.replaceAll('-', ''), code.slice(0, 9)]) assert.equal(text.includes(secret), false);
		for (const word of ['choices', 'values', 'seed']) assert.equal(text.includes(word), false, word);
		assert.equal(pending, 0);
		assert.match(text, /test\.invalid/, 'but the checkpoint does');
	});
	await t.test('the receipt is saved and right', async () => {
		const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the receipt')]);
		await download.saveAs(join(election.server.folder, 'saved.tlog-proof'));
		assert.match(election.server.run('tabella', 'receipt', '--election', election.file('election.txt'), 'saved.tlog-proof'), /valid: a ballot by voter\/v001/);
	});
});

test('wrong codes, change of vote, leaving', async (t) => {
	const election = await Election.start(t);
	const context = await openBrowser(t);
	const { page, watch } = await openBooth(context, election);
	const code = election.codes.v001;
	await page.getByLabel('Your voter id').fill('v001');
	await page.getByLabel('Your voting code').fill(`${code.slice(0, 11)}${code[11] === 'A' ? 'B' : 'A'}${code.slice(12)}`);
	await page.getByText('Group 3 looks mistyped').waitFor();
	await press(page, 'Begin');
	await page.getByText('Group 3 looks mistyped').waitFor();
	await identify(page, 'v001', election.codes.v002);
	await page.getByText('This voting code does not belong to this voter id').waitFor();
	await look(page, 'wrong-code');
	await identify(page, 'nobody', code);
	await page.getByText('nobody with this voter id').waitFor();
	await voteInBooth(page, election, 'v001');
	await press(page, 'Change my vote');
	await identify(page, 'v001', code);
	await step(page, /You have already voted/);
	await page.getByText('This page has checked that').waitFor();
	await look(page, 'already');
	await press(page, 'Change my vote');
	await answer(page, 'No');
	await tracker(page);
	await page.getByRole('button', { name: /^Change.*One/ }).click();
	await step(page, /Question 1 of 3/);
	assert.equal(await page.getByLabel('No', { exact: true }).isChecked(), true, 'choices stay while going back and forth');
	/** @type {string[]} */
	const asked = [];
	page.on('dialog', (dialog) => { asked.push(dialog.type()); dialog.dismiss(); });
	await page.reload({ timeout: 3000 }).catch(() => undefined);
	assert.deepEqual(asked, ['beforeunload'], 'an uncast ballot is not left without a word');
	await press(page, 'Review my ballot');
	await tracker(page);
	await press(page, 'Cast my vote');
	await step(page, /Your vote is recorded/);
	assert.deepEqual([election.status().ballots, election.status().counted], [2, 1]);
	assert.deepEqual(watch.faults, []);
});

test('reload at every step: no vote, or a recorded one', async (t) => {
	const election = await Election.start(t);
	const context = await openBrowser(t);
	const { page } = await openBooth(context, election);
	page.on('dialog', (dialog) => dialog.accept());
	const again = async () => {
		await page.reload();
		await step(page, /Test/);
		assert.equal(election.status().ballots, 0);
		await identify(page, 'v001', election.codes.v001);
	};
	await step(page, /Test/);
	await again();
	await step(page, /Question 1 of 3/);
	await again();
	await answer(page);
	await again();
	await answer(page);
	await tracker(page);
	await again();
	await answer(page);
	await tracker(page);
	await press(page, 'Check this ballot first');
	await step(page, /open for checking/);
	await again();
	await answer(page);
	await tracker(page);
	await press(page, 'Cast my vote');
	await step(page, /Your vote is recorded/);
	await page.reload();
	await identify(page, 'v001', election.codes.v001);
	await step(page, /already voted/);
	assert.equal(election.status().ballots, 1);
});


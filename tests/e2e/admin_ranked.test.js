// SPDX-License-Identifier: Apache-2.0
// An election with ranked questions, made by the form of the admin page in Chromium and followed there through mixing to its result.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { picture } from '../support/browser.mjs';
import { local, Office } from '../support/office.mjs';

/** The step about questions: a chair by the method with a default option, and a board of two by another. */
async function fillQuestions(o) {
	const first = o.group('Question 1');
	await o.fill('Question', 'Who shall chair?', first);
	await first.getByLabel('How it is answered').selectOption('ranked');
	await first.getByText('All rankings are published, without names').waitFor();
	await first.getByText('every voter has the weight 1').waitFor();
	assert.equal(await first.getByLabel('Allow equal ranks').count(), 0, 'equal ranks mean nothing to Scottish STV');
	await first.getByLabel('How the rankings are counted').selectOption({ label: 'Condorcet with a default option (Debian)' });
	assert.equal(await first.getByLabel('How many are elected').count(), 0, 'this method fills one seat');
	assert.equal(await first.getByLabel('Fewest votes to be elected').count(), 0, 'and takes no minimum');
	await first.getByLabel('Allow equal ranks').check();
	await o.fill('Option 1', 'Ada', first);
	await o.fill('Option 2', 'Bert', first);
	await o.button('Add an option').click();
	await o.fill('Option 3', 'None of them', first);
	await first.getByLabel('Default option', { exact: true }).selectOption({ label: 'Option 3' });
	await o.fill('Quorum over the default option', '2', first);
	await first.getByLabel('Majority over the default option').first().fill('2');
	assert.equal(await first.getByLabel('Majority over the default option').count(), 2);
	await o.button('Add a question').click();
	const second = o.group('Question 2');
	await o.fill('Question', 'Who shall be on the board?', second);
	await second.getByLabel('How it is answered').selectOption('ranked');
	await o.fill('At least', '1', second);
	await o.fill('How many are elected', '2', second);
	await o.fill('Option 1', 'Chen', second);
	await o.fill('Option 2', 'Dora', second);
	await second.getByRole('button', { name: 'Add an option' }).click();
	await o.fill('Option 3', 'Eve', second);
}

/** Light and dark, on a desk and on a phone. */
async function looks(o, name) {
	await o.clean(name);
	await o.page.emulateMedia({ colorScheme: 'dark' });
	await o.clean(`${name}-dark`);
	const size = o.page.viewportSize();
	await o.page.setViewportSize({ width: 360, height: 740 });
	assert.ok(await o.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than a phone`);
	await picture(o.page, `admin-${name}-phone`);
	await o.page.setViewportSize(size);
	await o.page.emulateMedia({ colorScheme: 'light' });
}

test('an election with ranked questions: the form, the mixing, who is elected', async (t) => {
	const o = await Office.open(t);
	const { page, server } = o;
	const opens = (Math.floor(server.now() / 60) + 12) * 60;
	const closes = opens + 86400;
	const board = `${server.url}/e/meeting`;
	const trustee = (command, i) => server.run('tabella-trustee', command, '--phrase', `trustee-${i}.phrase`, board);

	await t.test('the form asks for what the method takes, and says what rankings cost', async () => {
		await page.getByRole('link', { name: 'New election' }).click();
		await o.fill('Title', 'Meeting');
		await o.button('Next').click();
		await fillQuestions(o);
		await page.getByText('Rank 1 to 3 of the options').waitFor();
		await looks(o, 'ranked-questions');
		await o.step('Time');
		await o.fill('Polls open', local(opens));
		await o.fill('Polls close', local(closes));
		await o.step('People and keys');
		await o.fillPeople();
		await o.fill('Trustees who mix the rankings', '4');
		await o.step('Rules');
		await o.fill('Privacy floor', '1');
		await page.getByLabel('Mathematical group').selectOption('modp4096');
		await o.step('Check and create');
	});

	await t.test('what rankings cannot have is refused here, by its rule', async () => {
		const wrong = page.locator('main li').filter({ hasText: /RANK\.MANIFEST|FILE\.VALUE/ });
		await wrong.nth(2).waitFor();
		assert.equal(await wrong.count(), 3);
		const fix = async (name, change) => {
			await wrong.filter({ hasText: name }).getByRole('button').click();
			await change(page.locator(':focus'));
			await o.step('Check and create');
		};
		await fix('Mathematical group', (field) => field.selectOption('ristretto255'));
		await fix('Trustees who mix', (field) => field.fill(''));
		await fix('Majority over', (field) => field.fill('2:1'));
		await page.getByText('Everything is in order.').waitFor();
		await page.getByText('All rankings will be published without names.').waitFor();
		await page.getByText('a privacy floor of 20 or more is the better choice').waitFor();
		await looks(o, 'ranked-check');
	});

	await t.test('the file is the one that the command line reads, also after a reload', async () => {
		await page.reload();
		await o.step('Check and create');
		const { text } = await o.saves(() => o.button('Save as a file').click());
		for (const line of ['Mixes: 2', 'Count: condorcet-debian-1.9', 'Equal ranks: yes', 'Default option: none-of-them', 'Default quorum: 2', '    Majority: 2:1', 'Count: scottish-stv-2007', 'Method: ranked', 'Method: ranked 1 to 3'])
			assert.ok(text.split('\n').includes(line), `${line}\n${text}`);
		writeFileSync(o.file('form.txt'), text);
		o.json = server.run('tabella', 'check', '--json', 'form.txt').trim();
		await o.signIn('Sign in as the administrator', 'admin.key');
		await o.button('Review and create').click();
		await page.getByRole('dialog').getByText('Trustees who mix the rankings').waitFor();
		await o.post();
		await o.close();
		await page.getByRole('heading', { name: 'Meeting', level: 1 }).waitFor();
		const posted = await o.saves(() => o.button('Save the election file').click());
		assert.equal(posted.text, text);
		assert.deepEqual(await page.locator('.stages strong').allTextContents(), ['Created', 'Roll of voters', 'Trustees commit', 'Trustees certify', 'Polls open', 'Polls close', 'Endorsements', 'Mixing', 'Decryption', 'Result']);
	});

	await t.test('a roll with weights is refused before any code is made', async () => {
		await o.signIn('Sign in as the registrar', 'registrar.key');
		const list = page.locator('section.card').filter({ hasText: 'Open the list (CSV)' });
		const open = (text) => list.locator('input[type=file]').first().setInputFiles({ name: 'voters.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
		await open('v1,,1\nv2,,2\nv3,,1\nv4,,5\n');
		await list.getByText('Lines with another weight: 2 and 4.').waitFor();
		assert.equal(await o.button('Make the voting codes').count(), 0);
		await open('v1\nv2\nv3\n');
		await o.button('Make the voting codes').click();
		const sheet = await o.saves(() => o.button('Save the code sheet (CSV)').click());
		for (const line of sheet.text.trim().split('\n').slice(1)) writeFileSync(o.file(`${line.split(',')[0]}.code`), `${line.split(',').at(-1)}\n`, { mode: 0o600 });
		await o.button('I have the sheet, and it can be opened').click();
		await o.button('Review and post the roll').click();
		await o.post();
		await o.close();
		for (const i of [1, 2, 3]) trustee('commit', i);
		for (const i of [1, 2, 3]) trustee('certify', i);
		await o.pass(opens - server.now());
		await page.locator('.badge', { hasText: /^Open$/ }).waitFor();
		const vote = (id, chair, ranking) => server.run('tabella', 'vote', '--voter', id, '--code-file', `${id}.code`, '--yes', '--rank', `who-shall-chair=${chair}`, '--rank', `who-shall-be-on-the-board=${ranking}`, board);
		vote('v1', 'bert,none-of-them', 'dora,chen');
		vote('v2', 'bert=ada', 'dora,eve,chen');
		vote('v3', 'bert,none-of-them,ada', 'eve');
	});

	const mixing = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Mixing', exact: true }) });
	await t.test('mixing is a stage of its own, with the command for each trustee who has not mixed', async () => {
		await o.pass(closes + 1 - server.now());
		await page.locator('section').filter({ has: page.getByRole('heading', { name: 'Endorsements' }) }).getByText('awaited', { exact: true }).nth(3).waitFor();
		assert.equal(await mixing.locator('code').count(), 0, 'nobody mixes yet');
		for (const i of [1, 2, 3]) trustee('endorse', i);
		await mixing.getByText('Mixes on the board: 0 of 2.').waitFor();
		await mixing.getByText('awaited', { exact: true }).nth(2).waitFor();
		assert.deepEqual(await mixing.locator('code').allTextContents(), Array(3).fill(`tabella-trustee mix ${board}`));
		await page.locator('.stages li.now').filter({ hasText: 'Mixing' }).waitFor();
		await looks(o, 'ranked-mixing');
		trustee('mix', 2);
		await mixing.getByText('Mixes on the board: 1 of 2.').waitFor();
		assert.equal(await mixing.locator('code').count(), 2);
		trustee('mix', 3);
		await mixing.getByText('no longer needed', { exact: true }).waitFor();
		await page.locator('section').filter({ has: page.getByRole('heading', { name: 'Decryption' }) }).getByText('awaited', { exact: true }).nth(2).waitFor();
		await o.clean('ranked-decrypt');
	});

	await t.test('who is elected, as the verifier has it', async () => {
		for (const i of [1, 3]) trustee('decrypt', i);
		const result = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Result' }) });
		await result.getByRole('heading', { name: 'Who shall chair?' }).waitFor();
		const { questions } = JSON.parse(server.run('tabella', 'result', '--verify', '--json', board));
		assert.deepEqual(questions.map(({ elected }) => elected), [['bert'], ['dora', 'eve']]);
		assert.deepEqual(await result.locator('.card').evaluateAll((cards) => cards.map((card) => [...card.querySelectorAll('li')].map((one) => one.textContent))), [['Bert'], ['Dora', 'Eve']]);
		await result.getByText('Counted by: Scottish STV. Valid rankings: 3; invalid: 0.').waitFor();
		assert.match(server.run('tabella-verify', board), /VERIFIED/);
		await looks(o, 'ranked-result');
	});
});

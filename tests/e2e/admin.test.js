// SPDX-License-Identifier: Apache-2.0
// A whole election driven by the admin page in Chromium, trustees and voters by the command line; compared with what the verifier says.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { identify, press, step, tracker } from '../support/booth.mjs';
import { openPage } from '../support/browser.mjs';
import { local, Office } from '../support/office.mjs';

const HOSTILE = '<img src=x onerror="document.title=1"><script>alert(1)</script> {{x}} & "quotes"';

/** A picture that is larger than a manifest takes: the page makes it smaller. */
const drawn = async (page) => Buffer.from((await page.evaluate(() => {
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = 600;
	const image = new ImageData(600, 600);
	crypto.getRandomValues(new Uint8Array(image.data.buffer, 0, 65536));
	canvas.getContext('2d').putImageData(image, 0, 0);
	return canvas.toDataURL('image/png');
})).split(',')[1], 'base64');

async function fillForm(o, opens, closes) {
	const { page } = o;
	await page.getByRole('link', { name: 'New election' }).click();
	await o.fill('Title', 'General meeting <b>2027</b>');
	await o.fill('Description', `The yearly meeting.\nTitle: not a keyword\n${HOSTILE}`);
	await o.fill('Address', 'meeting');
	await o.button('Next').click();
	const first = o.group('Question 1');
	await o.fill('Question', 'Shall the fee rise?', first);
	await first.getByLabel('How it is answered').selectOption('referendum');
	assert.equal(await first.getByLabel('Option 1', { exact: true }).inputValue(), 'Yes');
	await o.button('Add a question').click();
	const second = o.group('Question 2');
	await o.fill('Question', 'Which projects come first?', second);
	await o.fill('At most', '2', second);
	await o.fill('Option 1', 'Roof', second);
	await o.fill('Option 2', HOSTILE, second);
	await second.getByRole('button', { name: 'Add an option' }).click();
	await o.fill('Option 3', 'Garden', second);
	await second.getByText('Description, link, picture').last().click();
	await second.locator('li').last().locator('input[type=file]').setInputFiles({ name: 'garden.png', mimeType: 'image/png', buffer: await drawn(page) });
	await second.getByRole('img', { name: 'Picture of Garden' }).waitFor();
	await o.fill('How many are elected', '7', second);
	await o.button('Next').click();
	await o.fill('Polls open', local(opens));
	await o.fill('Polls close', local(closes));
	await o.button('Next').click();
	await o.fillPeople();
	await o.button('Next').click();
	await o.fill('Privacy floor', '1');
	await o.button('Next').click();
}

/** From the list of elections to "recorded", and to the check page from there. @param {string[]} choices an option of each question */
async function votesInBooth(o, id, choices) {
	const { page, watch } = await openPage(o.context, [o.server.url], { shift: o.server.shift });
	await page.goto(o.server.url);
	await page.getByRole('link', { name: 'Vote', exact: true }).click();
	await identify(page, id, o.codes[id]);
	for (const [i, choice] of choices.entries()) {
		await page.getByLabel(choice, { exact: true }).check();
		await press(page, i < choices.length - 1 ? 'Next' : 'Review my ballot');
	}
	await page.getByText('You have chosen 1 and could choose up to 2.').waitFor(); // said once, and no obstacle
	await press(page, 'Review my ballot');
	await tracker(page);
	await press(page, 'Cast my vote');
	await step(page, /Your vote is recorded/);
	const shown = await page.locator('dl.facts .code').first().textContent();
	await page.getByRole('link', { name: 'Check my vote' }).last().click();
	await page.getByLabel('Voter id').fill(id);
	await page.getByLabel('Tracker').fill(String(shown));
	await press(page, 'Check');
	await page.locator('main .notice.good').waitFor();
	assert.deepEqual(watch.faults, []);
	await page.close();
}

test('a whole election, by clicking and typing', async (t) => {
	const o = await Office.open(t);
	const { page, server } = o;
	await page.getByText('There is no election on this server yet.').waitFor();
	await o.clean('empty');
	const opens = (Math.floor(server.now() / 60) + 12) * 60;
	const closes = opens + 86400;
	await fillForm(o, opens, closes);

	await t.test('what is wrong is said beside the field, with its rule, and can be put right', async () => {
		const list = page.locator('main li').filter({ hasText: 'How many are elected' });
		await list.getByText('[MANIFEST.QUESTIONS]').waitFor();
		await o.clean('problems');
		await list.getByRole('button').click();
		const field = o.group('Question 2').getByLabel('How many are elected');
		assert.equal(await field.getAttribute('aria-invalid'), 'true');
		assert.ok(await field.evaluate((node) => node === document.activeElement));
		await field.fill('1');
		await page.waitForFunction(() => document.querySelectorAll('[aria-invalid=true]').length === 0);
		await o.clean('questions');
		await o.step('People and keys');
		await o.clean('people');
		/* A secret code in the place of a public line is recognised, and kept nowhere. */
		const code = readFileSync(o.file('admin.key'), 'utf8').split('\n')[1];
		await o.fill('Public line', code, o.group('Administrator'));
		await page.getByText('This is a secret code!').first().waitFor();
		await o.noSecrets();
		await o.fill('Public line', server.admin, o.group('Administrator'));
		for (const name of ['About', 'Time', 'Rules']) {
			await o.step(name);
			await o.clean(name.toLowerCase());
		}
		await o.step('Check and create');
		await page.getByText('Everything is in order.').waitFor();
	});

	await t.test('the draft survives a reload; its file is the one that the command line reads', async () => {
		await page.reload();
		await o.step('Check and create');
		await page.getByText('Everything is in order.').waitFor();
		const { name, text } = await o.saves(() => o.button('Save as a file').click());
		assert.equal(name, 'meeting.txt');
		writeFileSync(o.file(name), text);
		o.json = server.run('tabella', 'check', '--json', name).trim();
		await o.button('Start anew').click();
		assert.equal(await page.getByLabel('Title', { exact: true }).inputValue(), '');
		await page.locator('.tools input[type=file]').setInputFiles(o.file(name));
		await page.getByText('The file was read. Look at every step.').waitFor();
		await o.step('Check and create');
		assert.equal(await page.locator('pre.file').textContent(), text);
	});

	await t.test('a wrong key is refused; the right one signs; what is signed is shown', async () => {
		await o.signIn('Sign in as the administrator', 'registrar.key');
		await page.getByText('This key is not the one that this election names for its administrator.').waitFor();
		await page.getByLabel('Secret code').fill('0000-1111');
		await o.button('Sign in').click();
		await page.getByText('This is no secret code').waitFor();
		await o.clean('check');
		await o.signIn('Sign in as the administrator', 'admin.key');
		await o.button('Review and create').click();
		const dialog = page.getByRole('dialog', { name: 'Create the election' });
		await dialog.getByText('Exactly what is signed').click();
		assert.equal((await dialog.locator('pre').textContent())?.slice(0, 300), o.json.slice(0, 300));
		await o.clean('confirm');
		await o.post();
		await dialog.getByText('On the board, as entry 0.').waitFor();
		const receipt = await o.saves(() => o.button('Save the receipt').click());
		assert.match(receipt.text, /^c2sp\.org\/tlog-proof@v1\n/);
		await o.close();
		await page.getByRole('heading', { name: 'General meeting <b>2027</b>', level: 1 }).waitFor();
		const { text } = await o.saves(() => o.button('Save the election file').click());
		writeFileSync(o.file('posted.txt'), text);
		assert.equal(server.run('tabella', 'check', '--json', 'posted.txt').trim(), o.json);
		await o.noSecrets();
	});

	const board = `${server.url}/e/meeting`;
	const trustee = (command, i) => server.run('tabella-trustee', command, '--phrase', `trustee-${i}.phrase`, board);

	await t.test('every bad line of the list is reported; codes are made, saved and posted, also when an answer is lost', async () => {
		await o.signIn('Sign in as the registrar', 'registrar.key');
		const list = page.locator('section.card').filter({ hasText: 'Open the list (CSV)' });
		const open = (text) => list.locator('input[type=file]').first().setInputFiles({ name: 'voters.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
		await open(`id,label,weight\nada,Ada,1\nBert,x,1\nchen,${HOSTILE},1\nada,again,1\ndora,Dora,0\neve,a,b,c\n"open`);
		await list.getByText('6 bad lines').waitFor();
		assert.deepEqual(await list.locator('tbody td:first-child').allTextContents(), ['3', '4', '5', '6', '7', '8']);
		await o.clean('bad-lines');
		await open('id,label,weight\nada,Ada,1\nbert,"Bert, ""B""",1\nchen,Chen,1\ndora,<i>Dora</i>,1\n');
		await o.button('Make the voting codes').click();
		/* Codes that were not saved are not lost by a slip. */
		page.once('dialog', (dialog) => dialog.dismiss());
		await page.getByRole('link', { name: 'All elections' }).click();
		const sheet = await o.saves(() => o.button('Save the code sheet (CSV)').click());
		assert.equal(sheet.name, 'meeting-codes.csv');
		o.codes = Object.fromEntries(sheet.text.trim().split('\n').slice(1).map((line) => [line.split(',')[0], line.split(',').at(-1)]));
		assert.deepEqual(Object.keys(o.codes), ['ada', 'bert', 'chen', 'dora']);
		await o.button('I have the sheet, and it can be opened').click();
		await page.getByText('The roll is in order: 4 voters.').first().waitFor();
		await o.button('Review and post the roll').click();
		/* The entry arrives, the answer does not. */
		const sent = [];
		page.on('request', (request) => { if (request.method() === 'POST') sent.push(request.postData()); });
		await page.route('**/entries', async (route) => { await route.fetch(); await route.abort('connectionreset'); }, { times: 1 });
		await o.button('Sign and post').click();
		await page.getByText('There was no answer.').waitFor();
		await o.clean('no-answer');
		await o.button('Send the same again').click();
		await page.getByText('It was on the board already, as entry 1.').waitFor();
		assert.equal(sent.length, 2);
		assert.equal(sent[0], sent[1], 'the same bytes');
		for (const code of Object.values(o.codes)) assert.ok(!sent[0].includes(code) && !sent[0].includes(code.replaceAll('-', '')), 'no code is sent');
		await o.close();
	});

	await t.test('the key ceremony is followed, with the command for each', async () => {
		const ceremony = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Key ceremony: commitments' }) });
		assert.deepEqual(await ceremony.locator('code').allTextContents(), Array(3).fill(`tabella-trustee commit ${board}`));
		trustee('commit', 2);
		await ceremony.getByText('done', { exact: true }).waitFor();
		assert.equal(await ceremony.locator('code').count(), 2);
		await o.clean('ceremony');
		for (const i of [1, 3]) trustee('commit', i);
		await page.locator('section').filter({ has: page.getByRole('heading', { name: 'Key ceremony: certificates' }) }).getByText('awaited', { exact: true }).nth(2).waitFor();
		for (const i of [1, 2, 3]) trustee('certify', i);
		await page.getByText('The server opens the polls by itself:').waitFor();
		await o.clean('ready');
	});

	const vote = (id, ...choices) => {
		writeFileSync(o.file(`${id}.code`), `${o.codes[id]}\n`, { mode: 0o600 });
		return server.run('tabella', 'vote', '--voter', id, '--code-file', `${id}.code`, '--yes', ...choices, board);
	};

	await t.test('the polls open by themselves; turnout is live; the roll can be changed', async () => {
		await o.pass(opens - server.now());
		await page.locator('.badge', { hasText: /^Open$/ }).waitFor();
		await votesInBooth(o, 'ada', ['Yes', 'Roof']);
		await page.locator('.tile').filter({ hasText: 'Voted' }).getByText('1', { exact: true }).waitFor();
		const form = page.locator('section.card').filter({ hasText: 'Change the roll' });
		await o.fill('Id of the voter', 'eve', form);
		await o.fill('Reason', 'Forgotten when the list was made.', form);
		await form.getByRole('button', { name: 'Review …' }).click();
		const sheet = await o.saves(() => o.button('Save the code sheet (CSV)').click());
		o.codes.eve = sheet.text.trim().split(',').at(-1);
		await o.fill('Name to show', 'Eve Later', form); // changed meanwhile: what is confirmed is what is signed
		await o.button('I have the sheet, and it can be opened').click();
		await page.locator('dialog dd').getByText('Eve Later', { exact: true }).waitFor();
		await o.post();
		await o.close();
		vote('eve', '--choose', 'shall-the-fee-rise=no');
		vote('bert', '--choose', 'shall-the-fee-rise=no');
		await o.fill('Id of the voter', 'nobody', form);
		await form.getByLabel('What is to be done').selectOption('remove');
		await o.fill('Reason', 'Left.', form);
		await form.getByRole('button', { name: 'Review …' }).click();
		await form.getByText('This voter is not on the roll.').waitFor();
		await o.fill('Id of the voter', 'bert', form);
		await form.getByRole('button', { name: 'Review …' }).click();
		await o.clean('remove');
		await o.post();
		await o.close();
		await page.locator('.tile').filter({ hasText: 'Voted' }).getByText('2', { exact: true }).waitFor();
	});

	await t.test('a notice is text and nothing else; the polls are extended; a bad extension is refused here', async () => {
		await o.fill('Notice', HOSTILE);
		await page.locator('section.card').filter({ hasText: 'Put a notice on the board' }).getByRole('button', { name: 'Review …' }).click();
		await o.post();
		await o.close();
		await page.locator('li p.text').getByText(HOSTILE).waitFor();
		assert.equal(await page.locator('img[src=x]').count(), 0);
		const form = page.locator('section.card').filter({ hasText: 'Extend the polls' });
		await o.fill('New end of the polls', local(closes));
		await o.fill('Reason', 'The heating failed.', form);
		await form.getByRole('button', { name: 'Review …' }).click();
		await form.getByText('[EXTEND]').waitFor();
		await o.fill('New end of the polls', local(closes + 3600));
		await form.getByRole('button', { name: 'Review …' }).click();
		await o.clean('extend');
		await o.post();
		await o.close();
		await page.locator('li').filter({ hasText: 'The heating failed.' }).first().waitFor();
		await o.clean('open');
	});

	await t.test('after 30 idle minutes the key is forgotten', async () => {
		assert.equal(await page.getByText('Signed in as administrator').count(), 1);
		await o.pass(1801);
		await page.locator('.sign-in').filter({ hasText: 'Sign in as the administrator' }).waitFor();
		assert.equal(await page.locator('.session p').count(), 0);
		await o.noSecrets();
	});

	await t.test('tally and result, the same as the verifier has them', async () => {
		await o.pass(closes + 3601 - server.now());
		const endorsements = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Endorsements' }) });
		await endorsements.getByText('awaited', { exact: true }).nth(3).waitFor();
		assert.deepEqual(await endorsements.locator('code').allTextContents(), [...Array(3).fill(`tabella-trustee endorse ${board}`), `tabella endorse --id auditor ${board}`]);
		await o.clean('endorse');
		for (const i of [1, 2]) trustee('endorse', i);
		server.run('tabella', 'endorse', '--id', 'auditor', '--key', 'auditor.key', board);
		await page.locator('section').filter({ has: page.getByRole('heading', { name: 'Decryption' }) }).getByText('awaited', { exact: true }).first().waitFor();
		for (const i of [2, 3]) trustee('decrypt', i);
		await page.getByRole('heading', { name: 'Result' }).waitFor();
		const result = JSON.parse(server.run('tabella', 'result', '--verify', '--json', board));
		const shown = await page.locator('section').filter({ has: page.getByRole('heading', { name: 'Result' }) }).locator('table').evaluateAll((tables) => tables.map((table) => [...table.querySelectorAll('tbody td.number')].map((cell) => Number(cell.textContent))));
		assert.deepEqual(shown, result.questions.map((q) => q.totals));
		assert.deepEqual(shown, [[1, 1], [1, 0, 0]]);
		assert.match(server.run('tabella-verify', board), /VERIFIED/);
		await o.clean('result');
	});

	await t.test('the same result for everybody, and verified in the browser', async () => {
		const { page: reader, watch } = await openPage(o.context, [server.url], { shift: server.shift });
		await reader.goto(server.url);
		await reader.getByRole('link', { name: 'Results' }).click();
		await reader.locator('table.result').first().waitFor();
		const totals = await reader.locator('table.result').evaluateAll((tables) => tables.map((table) => [...table.querySelectorAll('tbody tr td:first-of-type')].map((cell) => Number(cell.textContent))));
		assert.deepEqual(totals, [[1, 1], [1, 0, 0]]);
		await reader.locator('header nav').getByRole('link', { name: 'Verify everything' }).click();
		await reader.getByRole('button', { name: 'Verify now' }).click();
		await reader.getByRole('heading', { name: 'Verified: everything is right' }).waitFor();
		assert.deepEqual(watch.faults, []);
	});
});

test('a rehearsal is marked everywhere; a cancelled election ends; keys are made', async (t) => {
	const o = await Office.open(t, { locale: 'de-DE', viewport: { width: 390, height: 800 } });
	const { page, server } = o;
	const opens = (Math.floor(server.now() / 3600) + 2) * 3600;
	writeFileSync(o.file('a.txt'), [`Title: Versammlung`, `Slug: versammlung`, `Origin: ${new URL(server.url).host}`, `Polls open: @${opens}`, `Polls close: @${opens + 7200}`, `Server: S ${server.line}`, `Admin: A ${server.admin}`,
		`Registrar: R ${o.registrar}`, 'Threshold: 2 of 3', ...o.trustees.map((line, i) => `Trustee: T${i} ${line}`), 'Question: Ja?', 'Method: approval', '[] Ja', ''].join('\n'));
	await page.goto(`${server.url}/admin?lang=en#new`);
	await page.locator('.tools input[type=file]').setInputFiles(o.file('a.txt'));
	await page.getByText('The file was read.').waitFor();
	await o.button('Make it a rehearsal').click();
	await o.step('Check and create');
	await page.getByText('This is a rehearsal: its result decides nothing.').waitFor();
	await o.signIn('Sign in as the administrator', 'admin.key');
	await o.button('Review and create').click();
	await page.getByRole('dialog', { name: 'Create the rehearsal' }).waitFor();
	await o.post();
	await o.close();
	await page.getByText('A test election. Its result decides nothing.').waitFor();
	assert.equal(JSON.parse(server.run('tabella', 'status', '--json', `${server.url}/e/versammlung-rehearsal`)).rehearsal, true);
	await o.clean('rehearsal-phone');
	const { page: home } = await openPage(o.context, [server.url], { shift: server.shift });
	await home.goto(`${server.url}/?lang=en`);
	await home.locator('li.card', { hasText: 'Rehearsal' }).locator('.badge.warning', { hasText: 'Rehearsal' }).waitFor();
	await home.close();
	const form = page.locator('section.card').filter({ hasText: 'Cancel the election' });
	await o.fill('Reason', 'Enough rehearsed.', form);
	await form.getByRole('button', { name: 'Review …' }).click();
	await o.clean('cancel-phone');
	await o.post();
	await o.close();
	await page.locator('.badge', { hasText: 'Cancelled' }).first().waitFor();
	await page.getByRole('link', { name: 'All elections' }).click();
	await page.locator('li.card').getByText('Rehearsal', { exact: true }).waitFor();
	await o.clean('list-phone');
	await page.getByRole('button', { name: /^Sign out/ }).click();
	assert.equal(await page.locator('.session p').count(), 0);
	await page.getByRole('link', { name: 'Keys' }).click();
	await page.getByLabel('For whom').selectOption('registrar');
	const key = await o.saves(() => o.button('Make the key and save it').click());
	writeFileSync(o.file('made.key'), key.text, { mode: 0o600 });
	assert.equal(await page.locator('.notice.good ~ .command code').textContent(), server.run('tabella', 'key', 'show', '--role', 'registrar', '--key', 'made.key').trim());
	await o.clean('keys-phone');
	for (const scheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme: scheme });
		for (const hash of ['', '#new', '#key', '#e/versammlung-rehearsal']) {
			await page.goto(`${server.url}/admin?lang=ar${hash}`);
			await page.getByRole('heading', { level: 1 }).waitFor();
			await page.getByText('جارٍ التحميل…').first().waitFor({ state: 'detached' });
			await o.clean(`ar-${scheme}-${hash.replace(/\W/g, '')}`);
		}
	}
});

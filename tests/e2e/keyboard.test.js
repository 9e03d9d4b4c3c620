// SPDX-License-Identifier: Apache-2.0
// A whole election with the keyboard alone: from the form on the admin page over the booth to the results.  Nothing is clicked, and no field is
// filled but by typing or pasting into what has the focus.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openBrowser, openPage } from '../support/browser.mjs';
import { Server } from '../support/election.mjs';

/** Hands on a keyboard. */
class Hands {
	/** @param {import('playwright-core').Page} page */
	constructor(page) {
		this.page = page;
		this.keys = page.keyboard;
	}

	/** What has the focus: its name as people hear it, and what kind of thing it is. */
	focused() {
		return this.page.evaluate(() => {
			const node = /** @type {any} */ (document.activeElement);
			const text = (/** @type {Element|null|undefined} */ one) => (one?.textContent ?? '').replace(/\s+/g, ' ').trim();
			const group = [...document.querySelectorAll('fieldset')].filter((set) => set.contains(node)).map((set) => text(set.querySelector('legend'))).join(' / ');
			return { name: node.getAttribute('aria-label') ?? (node.labels?.length ? text(node.labels[0]) : text(node)), tag: node.tagName, group, value: String(node.value ?? '') };
		});
	}

	/** Tab until something of this name has the focus, in a group of this name. @param {string|RegExp} name @param {string} [group] */
	async reach(name, group = '') {
		const heard = [];
		for (let i = 0; i < 250; i++) {
			const at = await this.focused();
			if (at.tag !== 'BODY' && (typeof name === 'string' ? at.name === name : name.test(at.name)) && at.group.includes(group)) return;
			heard.push(at.name);
			await this.keys.press('Tab');
		}
		throw new Error(`Tab does not reach ${name} ${group}: ${[...new Set(heard)].join(' | ')}`);
	}

	/** @param {string|RegExp} name @param {string} [group] */
	async press(name, group) {
		await this.reach(name, group);
		await this.keys.press('Enter');
	}

	/** Replaces what a field holds. @param {string|RegExp} name @param {string} text @param {string} [group] */
	async write(name, text, group) {
		await this.reach(name, group);
		await this.keys.press('Control+A');
		await this.keys.insertText(text);
	}

	/** The link, button or file that follows on a key. @param {'download'|'filechooser'} event @param {() => Promise<void>} act @returns {Promise<any>} */
	async gets(event, act) {
		const [got] = await Promise.all([this.page.waitForEvent(/** @type {any} */ (event)), act()]);
		return got;
	}

	/** @param {string} text */
	async hears(text) {
		await this.page.getByText(text).first().waitFor();
	}

	/** @param {string} code */
	async signIn(code) {
		await this.write('Secret code', code);
		await this.keys.press('Enter');
	}

	/** The dialog that signs, from its first button to its last. */
	async post() {
		await this.press('Sign and post');
		await this.page.locator('dialog .notice.good').waitFor();
		await this.press('Close');
		await this.page.locator('dialog').waitFor({ state: 'detached' });
	}
}

test('from the form to the result without a pointer', async (t) => {
	const server = new Server(t);
	await server.start();
	const context = await openBrowser(t, { acceptDownloads: true, timezoneId: 'UTC' });
	const code = (/** @type {string} */ name) => readFileSync(join(server.folder, name), 'utf8').split('\n')[1];
	const registrar = server.run('tabella', 'key', 'new', '--role', 'registrar', '--out', 'registrar.key').trim();
	const auditor = server.run('tabella', 'key', 'new', '--role', 'endorser', '--out', 'auditor.key').trim();
	const trustees = [1, 2, 3].map((i) => server.run('tabella-trustee', 'init', '--save', `trustee-${i}.phrase`).trim());
	const { page, watch } = await openPage(context, [server.url], { shift: 1 });
	const hands = new Hands(page);
	const url = `${server.url}/e/meeting`;
	const trustee = (/** @type {string} */ command, /** @type {number} */ i) => server.run('tabella-trustee', command, '--phrase', `trustee-${i}.phrase`, url);
	const pass = async (/** @type {number} */ seconds) => {
		server.moveClock(seconds);
		await page.clock.fastForward(seconds * 1000);
	};
	const status = () => JSON.parse(server.run('tabella', 'status', '--json', url));
	/** @type {{[id: string]: string}} */
	let codes = {};

	await t.test('the form, and the election is created', async () => {
		await page.goto(`${server.url}/admin`);
		await hands.hears('There is no election on this server yet.');
		await hands.press('New election');
		await hands.write('Title', 'General meeting');
		await hands.write('Address', 'meeting');
		await hands.press('Next');
		await hands.write('Question', 'Who?', 'Question 1');
		await hands.write('Option 1', 'Ada');
		await hands.write('Option 2', 'Grace');
		await hands.press('Next');
		await hands.press('Next'); // the times that are proposed
		for (const [group, name, line] of [['Administrator', 'Ann', server.admin], ['Registrar', 'Ron', registrar], ...trustees.map((one, i) => [`Trustee ${i + 1}`, `T${i + 1}`, one]), ['Auditor 1', 'Eve', auditor]]) {
			await hands.write('Name', name, group);
			await hands.write('Public line', line, group);
		}
		await hands.press('Next');
		await hands.write('Privacy floor', '1');
		await hands.press('Next');
		await hands.hears('Everything is in order.');
		await hands.signIn(code('admin.key'));
		await hands.press('Review and create');
		await hands.post();
		await page.getByRole('heading', { name: 'General meeting', level: 1 }).waitFor();
	});

	await t.test('the roll and its codes', async () => {
		/* The form for the registrar comes first on this page. */
		await hands.signIn(code('registrar.key'));
		await page.getByText('Signed in as registrar').first().waitFor();
		const chooser = await hands.gets('filechooser', () => hands.press('Open the list (CSV)'));
		await chooser.setFiles({ name: 'voters.csv', mimeType: 'text/csv', buffer: Buffer.from('id\nv001\nv002\n') });
		await hands.press('Make the voting codes');
		const sheet = await hands.gets('download', () => hands.press('Save the code sheet (CSV)'));
		codes = Object.fromEntries(readFileSync(await sheet.path(), 'utf8').trim().split('\n').slice(1).map((line) => [line.split(',')[0], String(line.split(',').at(-1))]));
		await hands.press('I have the sheet, and it can be opened');
		await hands.press('Review and post the roll');
		await hands.post();
		for (const i of [1, 2, 3]) trustee('commit', i);
		for (const i of [1, 2, 3]) trustee('certify', i);
		await pass(status().opens - server.now());
		await server.until('the polls open', () => status().phase === 'open');
	});

	await t.test('a vote, from the list of elections', async () => {
		const { page: booth, watch: boothWatch } = await openPage(context, [server.url], { shift: server.shift });
		const voter = new Hands(booth);
		await booth.goto(server.url);
		await booth.locator('main .card').first().waitFor();
		await voter.press(/^Vote/);
		await booth.locator('#code').waitFor();
		await voter.write(/^Your voter id/, 'v001');
		await voter.write(/^Your voting code/, codes.v001);
		await booth.keyboard.press('Enter');
		await booth.getByRole('heading', { level: 1, name: 'Who?' }).waitFor();
		await voter.reach('Ada');
		await booth.keyboard.press('Space');
		await voter.press('Review my ballot');
		await booth.locator('.sealing .code').waitFor();
		await voter.press('Cast my vote');
		await booth.getByRole('heading', { level: 1, name: 'Your vote is recorded' }).waitFor();
		const receipt = await voter.gets('download', () => voter.press('Save the receipt'));
		assert.match(readFileSync(await receipt.path(), 'utf8'), /^c2sp\.org\/tlog-proof@v1\n/);
		assert.deepEqual(boothWatch.faults, []);
		await booth.close();
		writeFileSync(join(server.folder, 'v002.code'), `${codes.v002}\n`, { mode: 0o600 });
		server.run('tabella', 'vote', '--voter', 'v002', '--code-file', 'v002.code', '--yes', '--choose', 'who=grace', url);
		assert.equal(status().counted, 2);
	});

	await t.test('the result, found with the keyboard', async () => {
		await pass(status().closes - server.now() + 1);
		await server.until('the polls close', () => status().phase !== 'open');
		for (const i of [1, 2, 3]) trustee('endorse', i);
		server.run('tabella', 'endorse', '--id', 'auditor', '--key', 'auditor.key', url);
		for (const i of [1, 2]) trustee('decrypt', i);
		await server.until('there is a result', () => status().phase === 'finished');
		await page.getByRole('heading', { name: 'Result' }).waitFor();
		const { page: reader, watch: readerWatch } = await openPage(context, [server.url], { shift: server.shift });
		const hand = new Hands(reader);
		await reader.goto(url);
		await reader.locator('.story li').first().waitFor();
		await hand.press('Results');
		await reader.locator('table.result').waitFor();
		assert.deepEqual(await reader.locator('table.result tbody td:nth-child(2)').allTextContents(), ['1', '1']);
		const saved = await hand.gets('download', () => hand.press('Download as JSON'));
		assert.equal(readFileSync(await saved.path(), 'utf8'), server.run('tabella', 'result', '--verify', '--json', url).trimEnd());
		await hand.press('Verify everything');
		await reader.locator('button.main').waitFor();
		await hand.press('Verify now');
		await reader.getByRole('heading', { name: 'Verified: everything is right' }).waitFor();
		assert.deepEqual([watch.faults, readerWatch.faults], [[], []]);
	});
});

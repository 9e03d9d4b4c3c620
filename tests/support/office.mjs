// SPDX-License-Identifier: Apache-2.0
// For tests in JavaScript: the admin page in Chromium, with an administrator, a registrar and everybody else at one server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessibility, openBrowser, openPage, picture } from './browser.mjs';
import { Server } from './election.mjs';

/** A moment as a field of the form takes it. */
export const local = (time) => new Date(time * 1000).toISOString().slice(0, 16);

/** The administrator, the registrar and everybody else, at one server and one browser with one clock. */
export class Office {
	/** @param {import('node:test').TestContext} t */
	static async open(t, options = {}) {
		const office = new Office();
		office.server = new Server(t);
		const { server } = office;
		await server.start();
		office.context = await openBrowser(t, { acceptDownloads: true, timezoneId: 'UTC', ...options });
		const { page, watch } = await openPage(office.context, [server.url]);
		Object.assign(office, { page, watch });
		await page.clock.install({ time: server.now() * 1000 });
		office.registrar = server.run('tabella', 'key', 'new', '--role', 'registrar', '--out', 'registrar.key').trim();
		office.auditor = server.run('tabella', 'key', 'new', '--role', 'endorser', '--out', 'auditor.key').trim();
		office.trustees = [1, 2, 3].map((i) => server.run('tabella-trustee', 'init', '--save', `trustee-${i}.phrase`).trim());
		await page.goto(`${server.url}/admin`);
		return office;
	}

	file(name) {
		return join(this.server.folder, name);
	}

	button(name) {
		return this.page.getByRole('button', { name, exact: true });
	}

	async fill(label, value, within = this.page) {
		await within.getByLabel(label, { exact: true }).fill(value);
	}

	async step(name) {
		await this.page.locator('.steps button').filter({ hasText: name }).click();
	}

	group(name) {
		return this.page.getByRole('group', { name, exact: true });
	}

	/** What the page saves when this is pressed. */
	async saves(press) {
		const [download] = await Promise.all([this.page.waitForEvent('download'), press()]);
		return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
	}

	async signIn(heading, file) {
		const place = this.page.locator('.sign-in').filter({ hasText: heading }).first();
		await place.locator('input[type=file]').setInputFiles(this.file(file));
	}

	async post() {
		await this.button('Sign and post').click();
		await this.page.locator('dialog .notice.good').waitFor();
	}

	async close() {
		await this.page.locator('dialog').getByRole('button', { name: 'Close', exact: true }).click();
	}

	/** Time goes by, for everybody. */
	async pass(seconds) {
		this.server.moveClock(seconds);
		await this.page.clock.fastForward(seconds * 1000);
	}

	async clean(name) {
		assert.deepEqual(await accessibility(this.page), [], name);
		assert.deepEqual(this.watch.faults, [], name);
		await picture(this.page, `admin-${name}`);
	}

	async noSecrets() {
		const kept = await this.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
		for (const name of ['admin.key', 'registrar.key']) {
			const code = readFileSync(this.file(name), 'utf8').split('\n')[1];
			assert.ok(!kept.includes(code) && !kept.includes(code.replaceAll('-', '')), `the code in ${name} is stored`);
		}
		assert.deepEqual(await this.context.cookies(), []);
	}

	/** The step about people: everybody with a public line. */
	async fillPeople() {
		await this.fill('Name', 'The secretary', this.group('Administrator'));
		await this.fill('Public line', this.server.admin, this.group('Administrator'));
		await this.fill('Name', 'The office', this.group('Registrar'));
		await this.fill('Public line', `The office ${this.registrar}`, this.group('Registrar'));
		for (const [i, line] of this.trustees.entries()) {
			await this.fill('Name', `Trustee ${i + 1}`, this.group(`Trustee ${i + 1}`));
			await this.fill('Public line', line, this.group(`Trustee ${i + 1}`));
		}
		await this.fill('Name', 'The auditor', this.group('Auditor 1'));
		await this.fill('Public line', this.auditor, this.group('Auditor 1'));
	}
}

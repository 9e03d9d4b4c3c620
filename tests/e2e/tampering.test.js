// SPDX-License-Identifier: Apache-2.0
// A server that tampers, with its own log key in hand, is noticed by the pages and named: another key, a dropped ballot, a second history against what
// this browser has seen and against the endorsed end, an altered page.  (tests/e2e/served.sh holds `tabella-verify --client` against altered pages.)
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { identify, openBooth, press, step, voteInBooth } from '../support/booth.mjs';
import { accessibility, openBrowser, openPage, picture } from '../support/browser.mjs';
import { Election, Server } from '../support/election.mjs';
import { lyingProxy } from '../support/lying_proxy.mjs';

/** @param {Server} server @param {string} name */
const inTheNameOf = (server, name) => `${server.url}/e/${name}`;

test('an altered election key, byte by byte and as a whole other election', async (t) => {
	const server = new Server(t);
	await server.start();
	const election = new Election(server);
	await election.prepare();
	const proxy = await lyingProxy(t, server.url);
	const url = inTheNameOf(/** @type {any} */ (proxy), 'meeting');
	const context = await openBrowser(t);

	await t.test('a trustee’s part of the key is another: said before anything is encrypted', async () => {
		proxy.lie = ({ path, body }) => {
			const at = path.includes('/tile/entries/') ? body.indexOf('"type":"trustee.commit"') : -1;
			if (at < 0) return null;
			const lie = Buffer.from(body);
			const place = lie.indexOf('"payload":"', at) + 300;
			lie[place] = lie[place] === 65 ? 66 : 65;
			return lie;
		};
		for (const [page, rule] of /** @type {const} */ ([['/vote', /LOG\.TREE/], ['/board#entry=2', /LOG\.TREE/]])) {
			const { page: shown } = await openBooth(context, election, { url, path: page });
			await shown.locator('main .notice.error').first().waitFor();
			assert.match(String(await shown.locator('main .notice.error').first().textContent()), rule, page);
			assert.equal(await shown.locator('#code').count(), 0);
			await shown.close();
		}
		proxy.lie = () => null;
	});

	await t.test('the same name, another election with trustees of the server’s choice: known by what this browser has seen', async () => {
		const { page } = await openBooth(context, election, { url });
		await step(page, /^Test$/);
		const fingerprint = await page.locator('details .code').textContent();
		await page.close();
		const impostor = new Server(t);
		impostor.moveClock(server.shift - 600);
		await impostor.start();
		const other = new Election(impostor);
		await other.prepare();
		proxy.upstream = impostor.url;
		const { page: booth } = await openBooth(context, election, { url });
		await step(booth, /You cannot vote right now/);
		assert.match(String(await booth.locator('main').textContent()), /LOG\.CONSISTENT/);
		await booth.close();
		/* A browser that comes for the first time has the fingerprint to compare, and the voter's code opens nothing. */
		const fresh = await openBrowser(t);
		const { page: first } = await openBooth(fresh, other, { url });
		await step(first, /^Test$/);
		assert.notEqual(await first.locator('details .code').textContent(), fingerprint);
		await identify(first, 'v001', election.codes.v001);
		await first.getByText('This voting code does not belong to this voter id').waitFor();
	});
});

test('a dropped ballot and a second history, each signed by the server', async (t) => {
	const server = new Server(t);
	await server.start();
	const election = new Election(server, { voters: 5 });
	await election.prepare();
	const twin = await server.twin();
	const other = Object.assign(Object.create(Election.prototype), election, { server: twin });
	const proxy = await lyingProxy(t, server.url);
	const url = inTheNameOf(/** @type {any} */ (proxy), 'meeting');
	const context = await openBrowser(t, { acceptDownloads: true });
	const visit = async (/** @type {import('playwright-core').BrowserContext} */ who, /** @type {string} */ path) => (await openBooth(who, election, { url, path })).page;
	/** The file that a page offers convinces the program, which asks no server. @param {import('playwright-core').Page} page */
	const convicts = async (page) => {
		await page.getByRole('heading', { name: 'The server shows two histories' }).waitFor();
		assert.match(String(await page.locator('main').textContent()), /LOG\.CONSISTENT/);
		const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the evidence')]);
		assert.equal(file.suggestedFilename(), 'fork-meeting.evidence');
		assert.match(String(await page.locator('main pre').first().textContent()), /^tabella-verify --evidence fork-meeting\.evidence$/);
		const { out, status } = server.try('tabella-verify', '--evidence', await file.path());
		assert.deepEqual([status, /FORKED/.test(out)], [0, true], out);
		assert.deepEqual(await accessibility(page), []);
		await picture(page, 'fork');
	};

	const page = await visit(context, '/vote');
	const tracker = await voteInBooth(page, election, 'v001');
	const [receipt] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the receipt')]);
	const receiptPath = await receipt.path();
	await page.close();

	await t.test('the ballot is not there: older than what was seen', async () => {
		proxy.upstream = twin.url;
		const check = await visit(context, '/check');
		await check.locator('main .notice.error, main .notice.warning, #id').first().waitFor();
		if (await check.locator('#id').count()) {
			await check.locator('#id').fill('v001');
			await check.locator('#tracker').fill(tracker);
			await press(check, 'Check');
			await check.locator('main .notice.error, main .notice.warning').first().waitFor();
		}
		assert.equal(await check.locator('main .notice.good').count(), 0);
		await check.close();
		/* What was seen in the booth is known here, where this browser has never been. */
		const overview = await visit(context, '');
		await overview.getByText('older state than the one this browser has seen').waitFor();
		await overview.close();
		const booth = await visit(context, '/vote');
		await booth.getByRole('heading', { name: 'The server shows less than before' }).waitFor();
		const [file] = await Promise.all([booth.waitForEvent('download'), press(booth, 'Save the signed record')]);
		assert.match(String(await booth.locator('main pre').first().textContent()), /--seen seen-meeting\.checkpoint/);
		const { status, out } = server.try('tabella-verify', '--seen', await file.path(), `${twin.url}/e/meeting`);
		assert.deepEqual([status, /LOG\.CONSISTENT/.test(out)], [1, true], out);
		await booth.close();
	});

	await t.test('[LOG.FORK] another ballot in its place: two histories, named, on every page, with a file that proves it to anybody', async () => {
		other.vote('v002');
		other.vote('v003');
		for (const path of ['', '/board', '/results', '/vote', '/check']) {
			const shown = await visit(context, path);
			await convicts(shown);
			await shown.close();
		}
		const admin = await visit(context, '/../../admin#e/meeting');
		await convicts(admin);
		await admin.close();
		const verify = await visit(context, '/verify');
		await verify.locator('button.main').click();
		await convicts(verify);
		assert.equal(await verify.locator('#verdict').count(), 0);
		await verify.close();
	});

	await t.test('[BOOTH.CHECK] a receipt against the other history, in a browser that has seen nothing', async () => {
		const fresh = await openBrowser(t, { acceptDownloads: true });
		const check = await visit(fresh, '/check');
		await check.locator('#file').setInputFiles({ name: 'a.tlog-proof', mimeType: 'text/plain', buffer: readFileSync(receiptPath) });
		await check.getByRole('heading', { name: 'The server shows another public record than your receipt' }).waitFor();
		const [file] = await Promise.all([check.waitForEvent('download'), press(check, 'Save the evidence')]);
		assert.match(server.run('tabella-verify', '--evidence', await file.path()), /FORKED/);
		await check.close();
	});

	await t.test('what the board page has seen is known in the booth', async () => {
		const reader = await openBrowser(t, { acceptDownloads: true });
		const board = await visit(reader, '/board');
		await board.locator('table.entries tbody tr').first().waitFor();
		await board.close();
		election.vote('v002');
		election.vote('v003');
		proxy.upstream = server.url;
		const booth = await visit(reader, '/vote');
		await convicts(booth);
		await booth.close();
		/* Whoever knows that the server was set up anew can go on. */
		const again = await visit(reader, '');
		await again.getByRole('button', { name: /^Forget/ }).click();
		await again.locator('.story li').first().waitFor();
		await again.close();
		const after = await visit(reader, '/vote');
		await step(after, /^Test$/);
		await after.close();
	});

	await t.test('against the endorsed end', async () => {
		election.vote('v004');
		await election.closePolls();
		await election.finish();
		await twin.until('the twin closes', () => other.status().phase !== 'open');
		/* Who has seen the end, and comes for the first time when something else is shown. */
		const seen = await openBrowser(t);
		proxy.upstream = server.url;
		const results = await visit(seen, '/results');
		await results.locator('table.result').first().waitFor();
		await results.close();
		proxy.upstream = twin.url;
		const again = await visit(seen, '/results');
		await again.locator('main .notice').first().waitFor();
		assert.match(String(await again.locator('main').textContent()), /older state|two histories/);
		assert.equal(await again.locator('table.result').count(), 0);
		await again.close();
		/* Whoever has seen nothing sees no result: nobody has endorsed this end. */
		const fresh = await openBrowser(t);
		const first = await visit(fresh, '/results');
		await first.getByText('0 so far; 3 are needed.').waitFor();
		assert.equal(await first.locator('table.result').count(), 0);
		const verify = await visit(fresh, '/verify');
		await verify.locator('button.main').click();
		await verify.locator('#verdict').waitFor();
		assert.doesNotMatch(String(await verify.locator('#verdict').textContent()), /Verified: everything is right/);
		/* The endorsements of the other history do not fit here. */
		const auditor = server.try('tabella', 'endorse', '--id', 'auditor', '--key', election.file('auditor.key'), other.url);
		assert.notEqual(auditor.status, 0, 'an endorser endorses one end');
	});
});

test('an altered script of a page does not run; nothing is shown in its place', async (t) => {
	const election = await Election.start(t);
	const proxy = await lyingProxy(t, election.server.url);
	proxy.lie = ({ path, body }) => (/^\/client\/vote-.*\.js$/.test(path) ? Buffer.concat([Buffer.from('document.title="altered";'), body]) : null);
	const context = await openBrowser(t);
	const { page } = await openPage(context, [proxy.url], { shift: election.server.shift });
	/** @type {string[]} */
	const said = [];
	page.on('console', (message) => said.push(message.text()));
	await page.goto(`${proxy.url}/e/meeting/vote`);
	await page.waitForLoadState('load');
	assert.match(said.join('\n'), /integrity/);
	assert.equal(await page.title(), 'Tabella');
	assert.equal(await page.locator('#code').count(), 0);
	/* Not synchronously: the proxy is in this process. */
	const verified = promisify(execFile)(join(election.server.bin, 'tabella-verify'), ['--client', `${proxy.url}/e/meeting`], { env: election.server.environment });
	await assert.rejects(verified, (/** @type {any} */ { code, stdout }) => code === 1 && /CLIENT\.\w+[^]*vote-/.test(stdout), 'and the program names the file');
});

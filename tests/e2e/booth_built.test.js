// SPDX-License-Identifier: Apache-2.0
// The booth as it was built: what a browser loads of it before a voter can begin, and that it makes the bytes that `tabella` makes [BOOTH.AUDIT].
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { openBooth, RICH_QUESTIONS } from '../support/booth.mjs';
import { openBrowser, openPage } from '../support/browser.mjs';
import { Election } from '../support/election.mjs';

const MOST = 150_000;
const folder = resolve(process.env.TB_BUILD ?? 'build', 'client');

test('all that belongs to the booth is at most 150 KB, compressed', () => {
	const { files, pages } = JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8'));
	const wanted = [...files, ...pages].map(({ file }) => file).filter((file) => /^(vote|prover\.worker|tabella|icon)[-.]/.test(file));
	assert.equal(wanted.length, 5, wanted.join());
	const sizes = wanted.map((file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length);
	const all = sizes.reduce((sum, size) => sum + size, 0);
	assert.ok(all <= MOST, `${all} bytes: ${wanted.map((file, i) => `${file} ${sizes[i]}`).join(', ')}`);
});

test('a browser loads no more than that, the election included, until a voter can begin', async (t) => {
	const election = await Election.start(t, { questions: RICH_QUESTIONS });
	const context = await openBrowser(t);
	const { page } = await openPage(context, [election.url], { shift: election.server.shift });
	const session = await context.newCDPSession(page);
	await session.send('Network.enable');
	let loaded = 0;
	let requests = 0;
	session.on('Network.loadingFinished', ({ encodedDataLength }) => { loaded += encodedDataLength; requests++; });
	await page.goto(`${election.url}/vote`);
	await page.locator('#code').waitFor();
	assert.ok(requests >= 4, `${requests} requests`);
	assert.ok(loaded > 20_000 && loaded <= MOST, `${loaded} bytes in ${requests} requests`);
	assert.equal(await page.locator('main progress').count(), 0, 'nothing turns while the voter can begin');
	t.diagnostic(`${loaded} bytes in ${requests} requests`);
});

test('a ballot of `tabella vote` is made again by the built page from the same randomness, byte for byte', async (t) => {
	const election = await Election.start(t, { questions: RICH_QUESTIONS });
	election.vote('v001', ['--choose', 'statutes=no', '--choose', 'board=ada,emmy', '--score', 'days=friday:3,sunday:5'], '--audit', 'opened.json');
	const context = await openBrowser(t);
	const opened = JSON.parse(readFileSync(join(election.server.folder, 'opened.json'), 'utf8'));
	const { page } = await openBooth(context, election, { path: '/vote' });
	await page.goto(`${election.server.url}/audit?e=meeting`);
	const give = async (/** @type {object} */ what) => {
		await page.locator('#text').fill(JSON.stringify(what));
		await page.getByRole('button', { name: 'Check', exact: true }).click();
	};
	await give(opened);
	await page.getByRole('heading', { name: 'The ballot holds these choices' }).waitFor();
	const tracker = /[0-9A-Z]{4}(-[0-9A-Z]{2,4}){6}/.exec(election.server.run('tabella', 'audit', election.url, 'opened.json'))?.[0];
	assert.equal(await page.locator('main .code').first().textContent(), tracker);
	/* One byte of the seed, and it is another ballot. */
	const seed = Buffer.from(opened.seed, 'base64');
	seed[31] ^= 1;
	await give({ ...opened, seed: seed.toString('base64') });
	await page.getByRole('heading', { name: 'The ballot does NOT hold these choices' }).waitFor();
});

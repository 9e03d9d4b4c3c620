// SPDX-License-Identifier: Apache-2.0
// The booth before and after the polls, and as a folder that is opened from a file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { look, voteInBooth } from '../support/booth.mjs';
import { openBrowser, openPage } from '../support/browser.mjs';
import { Election } from '../support/election.mjs';

test('before the polls open, and after they close', async (t) => {
	const election = await Election.start(t, { until: 'key' });
	const context = await openBrowser(t);
	const { page } = await openPage(context, [election.url], { shift: 1 });
	await page.goto(`${election.url}/vote`);
	await page.getByText('Voting has not begun').waitFor();
	await look(page, 'not-open');
	await election.openPolls();
	await page.clock.fastForward(700_000);
	await page.getByLabel('Your voting code').waitFor();
	await election.closePolls();
	await page.reload();
	await page.getByText('Voting has ended').waitFor();
	await look(page, 'over');
});

test('the booth as a folder, opened from a file: without a worker, against a server elsewhere', async (t) => {
	const election = await Election.start(t);
	const folder = mkdtempSync(join(tmpdir(), 'booth-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const tar = Buffer.from(await (await fetch(`${election.server.url}/client/booth.tar`)).arrayBuffer());
	execFileSync('tar', ['-x', '-C', folder], { input: tar });
	const context = await openBrowser(t);
	const { page, watch } = await openPage(context, [election.url], { shift: election.server.shift });
	await page.goto(`${pathToFileURL(join(folder, 'tabella-booth', 'index.html'))}?server=${election.server.url}&e=meeting`);
	await voteInBooth(page, election, 'v001');
	assert.equal(election.status().ballots, 1);
	assert.deepEqual(watch.faults, []);
});

// SPDX-License-Identifier: Apache-2.0
// The pages about an election do without the payloads of mixes and of shares of mixed lists: they are hundreds of bytes for every ballot.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { fleeting } from '../../client-js/booth/memory.js';
import { headOf } from '../../client-js/core/log_reader.js';
import { connect, Election } from '../../client-js/net/election.js';

const URL_OF = 'http://a.invalid/e/x';
const VOTERS = 1300; // whose shares are more than an entry holds

test('an election is shown without the large payloads of its mixes', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'tabella mixes '));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const board = join(folder, 'board');
	execFileSync(join(resolve(process.env.TB_BUILD ?? 'build'), 'tests/bench/tool_make_board'), [board, 'ranked=1', `voters=${VOTERS}`, 'small=1']);
	const real = globalThis.fetch;
	t.after(() => { globalThis.fetch = real; });
	/** @type {string[]} */
	const asked = [];
	/** @type {number[]} */
	let acts = [];
	let size = 0;
	globalThis.fetch = async (url) => {
		const path = new URL(String(url)).pathname.replace(/^\/e\/x\/?/, '');
		asked.push(path);
		if (path === '') return new Response(JSON.stringify({ phase: 'finished', size, acts, voters: VOTERS, ballots: VOTERS, counted: VOTERS }));
		return existsSync(join(board, path)) ? new Response(readFileSync(join(board, path))) : new Response('', { status: 404 });
	};
	const { log } = await connect(async (path) => readFileSync(join(board, path)), URL_OF, readFileSync(join(board, 'log/checkpoint')));
	const heads = await Promise.all(Array.from({ length: log.head.size }, async (_, i) => headOf(await log.entry(i))));
	size = heads.length;
	acts = heads.flatMap((head, i) => (head && !['roll', 'roll.change', 'ballot'].includes(head.type) ? [i] : []));
	const { history } = await new Election(URL_OF, Promise.resolve(fleeting())).load();
	assert.equal(history.mixes.length, 2);
	assert.ok(history.decrypts.length >= 2);
	assert.ok(history.result, 'what is shown is there');
	assert.deepEqual(asked.filter((path) => path.startsWith('blob/')), [], 'no large payload was asked for');
});

// SPDX-License-Identifier: Apache-2.0
// node tests/bench/pages.mjs FOLDER CLIENT: serves a board's folder with the built pages, as a server would, and measures the board page in Chromium.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { inclusionProof } from '../../client-js/crypto/merkle.js';
import { claimedHead, headOf } from '../../client-js/core/log_reader.js';
import * as proofs from '../../client-js/core/proof.js';
import { list, parseBundle } from '../../client-js/core/tile.js';
import { openBrowser, openPage } from '../support/browser.mjs';

const RUNS = 10;
const [folder, client] = process.argv.slice(2);
const base = '/e/bench';

/** The index that a server has in its database. */
function readLog() {
	const { size } = claimedHead(readFileSync(join(folder, 'log/checkpoint')));
	const acts = [];
	const latest = new Map();
	for (const { path, index, width } of list(size).filter(({ level }) => level === 'entries')) {
		parseBundle(readFileSync(join(folder, 'log', path)), width).forEach((bytes, k) => {
			const head = headOf(bytes);
			if (head?.type === 'ballot') latest.set(head.signer.slice(6), index * 256 + k);
			else if (!head?.type.startsWith('roll')) acts.push(index * 256 + k);
		});
	}
	return { size, acts, latest };
}

const log = readLog();
const voters = log.latest.size;
const state = { slug: 'bench', title: 'Bench', phase: 'finished', size: log.size, voters, ballots: voters, counted: voters, awaits: [], acts: log.acts };

/** As [RECEIPT]; its proof is not looked at where tiles say the same. @param {number} index */
function receipt(index) {
	const number = Math.floor(index / 256);
	const { path, width } = list(log.size).filter(({ level }) => level === 'entries')[number];
	const entry = parseBundle(readFileSync(join(folder, 'log', path)), width)[index % 256];
	return proofs.write({ entry, index, proof: inclusionProof(0, []), checkpoint: readFileSync(join(folder, 'log/checkpoint')) });
}

const server = createServer((request, response) => {
	const path = String(request.url).split('?')[0];
	const json = (/** @type {any} */ value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
	if (path === `${base}/board`) return response.setHeader('content-type', 'text/html').end(readFileSync(join(client, 'board.html')));
	if (path.startsWith('/client/')) return response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : path.endsWith('.css') ? 'text/css' : 'image/svg+xml').end(readFileSync(join(client, path.slice(8))));
	if (path === base) return json(state);
	if (path.startsWith(`${base}/voter/`)) return json({ voter: path.slice(base.length + 7), on_roll: true, weight: 1, ballot: { index: log.latest.get(path.slice(base.length + 7)), leaf: '' }, size: log.size });
	if (path.startsWith(`${base}/receipt/`)) return response.end(receipt(Number(path.slice(base.length + 9))));
	const file = join(folder, path.slice(base.length));
	if (!path.startsWith(`${base}/`) || path.includes('..') || !existsSync(file)) return response.writeHead(404).end();
	return createReadStream(file).pipe(response);
});

/** @type {(() => any)[]} */
const ends = [];
const test = /** @type {any} */ ({ after: (/** @type {() => any} */ end) => ends.push(end) });

/** @param {string} what @param {number[]} times */
function print(what, times) {
	const sorted = [...times].sort((a, b) => a - b);
	console.log(`${what.padEnd(46)} median ${sorted[sorted.length >> 1].toFixed(0).padStart(5)} ms, worst of ${sorted.length} ${Number(sorted.at(-1)).toFixed(0).padStart(5)} ms`);
}

/** @param {() => Promise<any>} run */
async function timed(run) {
	const start = performance.now();
	await run();
	return performance.now() - start;
}

async function main() {
	await new Promise((done) => { server.listen(0, '127.0.0.1', () => done(undefined)); });
	const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
	console.log(`board of ${log.size} entries in Chromium`);
	/** @type {number[]} */
	const [first, turn, jump, entry] = [[], [], [], []];
	let page;
	for (let i = 0; i < RUNS; i++) {
		const context = await openBrowser(test);
		({ page } = await openPage(context, [url]));
		const open = page;
		first.push(await timed(async () => {
			await open.goto(`${url}${base}/board`);
			await open.locator('table.entries tbody tr').first().waitFor();
		}));
		const rows = open.locator('table.entries tbody tr a');
		const moves = async (/** @type {string} */ name) => {
			const before = await rows.first().textContent();
			return timed(async () => {
				await open.getByRole('button', { name, exact: true }).click();
				await open.waitForFunction((text) => document.querySelector('table.entries tbody tr a')?.textContent !== text, before);
			});
		};
		turn.push(await moves('Older'));
		jump.push(await moves('Oldest'));
		entry.push(await timed(async () => {
			await open.evaluate((index) => { location.hash = `entry=${index}`; }, Math.floor((log.size * (i + 0.5)) / RUNS));
			await open.locator('#entry').waitFor();
		}));
		if (i + 1 < RUNS) await context.close();
	}
	const open = /** @type {import('playwright-core').Page} */ (page);
	print('first list, fresh browser, until its rows are there', first);
	print('page turn', turn);
	print('jump to the oldest', jump);
	print('one entry with its proof', entry);
	const names = [...log.latest.keys()];
	const find = async (/** @type {string} */ name) => {
		await open.getByRole('searchbox').fill(name);
		return timed(async () => {
			await open.getByRole('button', { name: 'Search', exact: true }).click();
			await open.locator('form.search ~ div a', { hasText: 'Entry' }).first().waitFor();
		});
	};
	console.log(`first search (reads the roll of ${voters})          ${(await find(names[voters >> 1])).toFixed(0).padStart(5)} ms`);
	const later = [];
	for (let i = 0; i < RUNS; i++) {
		await open.getByRole('searchbox').fill('');
		await open.getByRole('button', { name: 'Search', exact: true }).click();
		later.push(await find(names[Math.floor((voters * (i + 0.3)) / RUNS)]));
	}
	print('search', later);
}

try {
	await main();
} finally {
	for (const end of ends.reverse()) await end();
	server.closeAllConnections();
	server.close();
}

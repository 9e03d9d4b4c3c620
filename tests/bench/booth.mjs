// SPDX-License-Identifier: Apache-2.0
// Encrypts and proves one question of 20 options in Chromium, in the worker of the booth that the server carries: the first ballot of
// each of ten fresh pages, made when the tables are ready, which they are while the voter reads.
import { randomBytes } from '@noble/hashes/utils';
import * as codes from '../../client-js/core/code.js';
import { getGroup } from '../../client-js/crypto/group.js';
import { openBrowser } from '../support/browser.mjs';
import { Server } from '../support/election.mjs';

const PAGES = 10;
const TARGET = 150;
/** @type {(() => any)[]} */
const ends = [];
const test = /** @type {any} */ ({ after: (/** @type {() => any} */ end) => ends.push(end) });

/** In the page. @param {{worker: string, terms: any, code: string}} given */
async function measure({ worker: url, terms, code }) {
	const worker = new Worker(url);
	let id = 0;
	const ask = (/** @type {string} */ call, /** @type {any[]} */ ...args) => new Promise((resolve, reject) => {
		const own = ++id;
		worker.addEventListener('message', ({ data }) => {
			if (data.id !== own || data.progress) return;
			if (data.error === undefined) resolve(data.value);
			else reject(new Error(data.error));
		});
		worker.postMessage({ id: own, call, args });
	});
	const bytes = (/** @type {number[]} */ list) => Uint8Array.from(list);
	const [election, context, h] = [bytes(terms.election), bytes(terms.context), bytes(terms.h)];
	const start = performance.now();
	await ask('identify', code, election, 'ada');
	await ask('prepare', { ...terms, election, context, h });
	const ready = performance.now();
	await ask('commit', [{ blank: false, values: [1, 0, 1, ...Array(17).fill(0)] }], { prev: election, date: 1_900_000_000, size: 9, root: context });
	const done = performance.now();
	worker.terminate();
	return { prepare: ready - start, commit: done - ready };
}

const server = new Server(test);
await server.start();
const { files } = await (await fetch(`${server.url}/client/files.json`)).json();
const worker = server.url + files.find((/** @type {any} */ { path }) => path.includes('/prover.worker-')).path;
for (const name of ['ristretto255', 'modp4096']) {
	const group = getGroup(name);
	const terms = { group: name, election: Array(32).fill(1), context: Array(32).fill(2), h: [...group.encode(group.multiply(3n ** 100n, group.generator))], questions: [{ m: 20, S: 1, min: 0, max: 3, blank: false }] };
	const times = [];
	for (let i = 0; i < PAGES; i++) {
		const context = await openBrowser(test, { bypassCSP: true });
		const page = await context.newPage();
		await page.goto(`${server.url}/audit`);
		times.push(await page.evaluate(measure, { worker, terms, code: codes.make(randomBytes(26)) }));
		await context.browser()?.close();
	}
	const sorted = times.map(({ commit }) => commit).sort((a, b) => a - b);
	const ready = Math.max(...times.map(({ prepare }) => prepare));
	const target = name === 'ristretto255' ? `  (target: ${TARGET} ms)` : '';
	console.log(`booth, 20 options, ${name}, Chromium, ${PAGES} fresh pages: median ${sorted[PAGES / 2].toFixed(0)} ms, worst ${sorted[PAGES - 1].toFixed(0)} ms${target}; ready for it after at most ${ready.toFixed(0)} ms`);
}
for (const end of ends.reverse()) await end();

// SPDX-License-Identifier: Apache-2.0
// The verifier over boards in memory; tests/verifiers.sh holds it against the C one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { testCode } from '../tools/vectors/code.mjs';
import { HttpSource } from '../net/http_source.js';
import { fromUtf8, utf8 } from '../crypto/bytes.js';
import { leafHash, Tree } from '../crypto/merkle.js';
import { ArchiveSource, inMemory, writeFiles } from './archive.js';
import { parse as parseBase64 } from './base64.js';
import { verifyBoard } from './check.js';
import * as checkpoints from './checkpoint.js';
import { logKey } from './credential.js';
import * as tiles from './tile.js';

const { elections } = JSON.parse(readFileSync(new URL('../../specs/vectors/election.json', import.meta.url), 'utf8'));
const LOG = logKey(testCode('server'));

/** A small election of the vectors, as its entries. @param {string} name */
const entriesOf = (name) => elections[name].map(utf8);

/** The files of a board of these entries, signed by its server. @param {Uint8Array[]} entries @returns {Map<string, Uint8Array>} */
function filesOf(entries) {
	const tree = new Tree();
	for (const entry of entries) tree.append(leafHash(entry));
	const { origin } = JSON.parse(fromUtf8(parseBase64(JSON.parse(fromUtf8(entries[0])).payload)));
	const files = new Map([['log/checkpoint', checkpoints.sign({ origin, size: entries.length, root: tree.root() }, LOG.seed, LOG.public)]]);
	for (const { level, index, width, path } of tiles.each(entries.length))
		files.set(`log/${path}`, level === 'entries' ? tiles.writeBundle(entries.slice(256 * index, 256 * index + width)) : tiles.ofTree(tree, level, index, width));
	return files;
}

/** @param {Map<string, Uint8Array>} files */
const sourceOf = (files) => ({ get: async (path) => files.get(path) });

test('a right board is verified, a part of one is unfinished [CHECK]', async () => {
	const entries = entriesOf('withheld');
	const seen = { phases: new Set(), lines: [] };
	const report = await verifyBoard(sourceOf(filesOf(entries)), {
		onProgress: ({ phase, done, total }) => {
			assert(done <= total);
			seen.phases.add(phase);
		},
		onCheck: ({ number }) => seen.lines.push(number),
	});
	assert.equal(report.verdict, 'verified');
	assert.deepEqual(report.failures, []);
	assert.deepEqual([...seen.phases], ['tree', 'entries']);
	assert.deepEqual(seen.lines, Array.from({ length: 17 }, (_, i) => i + 1));
	assert.equal(report.result.questions[0].outcome, 'void');
	assert.equal((await verifyBoard(sourceOf(filesOf(entries.slice(0, -1))))).verdict, 'unfinished');
});

test('a checkpoint that claims more entries than anybody could have is no work [CHECK.RECOVERY]', async () => {
	const files = filesOf(entriesOf('withheld'));
	const claimed = checkpoints.sign({ ...checkpoints.parseBody(`${fromUtf8(/** @type {Uint8Array} */ (files.get('log/checkpoint'))).split('\n\n')[0]}\n`), size: Number.MAX_SAFE_INTEGER }, LOG.seed, LOG.public);
	let asked = 0;
	const report = await verifyBoard({ get: async (path) => (path === 'log/checkpoint' ? claimed : void asked++) });
	assert.equal(report.verdict, 'false');
	assert.match(report.failures.map(({ found }) => found).join(), /more than 100 bundles missing/);
	assert.ok(asked < 1000, `${asked} files`);
});

test('every flipped bit of a board is found', async () => {
	const archive = writeFiles([...filesOf(entriesOf('empty'))].map(([name, bytes]) => ({ name, bytes })));
	const verdictOf = async (bytes) => (await verifyBoard(new ArchiveSource(inMemory(bytes), 'board.tar'))).verdict;
	assert.equal(await verdictOf(archive), 'verified');
	const step = Math.ceil(archive.length / 300);
	for (let at = 0; at < archive.length; at += step) {
		const changed = archive.slice();
		changed[at] ^= 1 << at % 8;
		assert.equal(await verdictOf(changed), 'false', `byte ${at}`);
	}
});

test('it goes on after a failure and reports every one [CHECK.RECOVERY]', async () => {
	const entries = entriesOf('withheld');
	const at = entries.findIndex((entry) => fromUtf8(entry).includes('"type":"ballot"'));
	const unsign = (index) => {
		const entry = JSON.parse(fromUtf8(entries[index]));
		return utf8(JSON.stringify({ ...entry, signature: JSON.parse(fromUtf8(entries[0])).signature }));
	};
	const changed = entries.map((entry, i) => (i === 1 || i === at ? unsign(i) : entry));
	const report = await verifyBoard(sourceOf(filesOf(changed)));
	assert.equal(report.verdict, 'false');
	const signatures = report.failures.filter(({ rule }) => rule === 'ENTRY.SIGNATURE').map(({ check, entry }) => [check, entry]);
	assert.deepEqual(signatures.slice(0, 1), [[5, 1]]);
	assert(signatures.some(([check, entry]) => check === 10 && entry === at));
	assert.equal(report.checks.find(({ number }) => number === 4).covered, entries.length);
});

test('what the user knows is held against the board', async () => {
	const files = filesOf(entriesOf('empty'));
	const firstOf = async (trust) => (await verifyBoard(sourceOf(files), { trust })).failures[0]?.rule;
	assert.equal(await firstOf({ origin: 'elsewhere.example/e/x' }), 'LOG.CHECKPOINT');
	assert.equal(await firstOf({ logKey: new Uint8Array(32) }), 'LOG.CHECKPOINT');
	assert.equal(await firstOf({ manifest: utf8('{}') }), 'MANIFEST.ID');
	assert.equal(await firstOf({ fingerprint: new Uint8Array(16) }), 'CONTEXT');
	assert.equal(await firstOf({ seen: filesOf(entriesOf('withheld')).get('log/checkpoint') }), 'LOG.CONSISTENT');
	assert.equal(await firstOf({ seen: filesOf(entriesOf('empty').slice(0, 5)).get('log/checkpoint') }), undefined);
});

test('it can be stopped, and what cannot be read is no verdict', async () => {
	const stop = new AbortController();
	const files = filesOf(entriesOf('usual'));
	const reason = new Error('enough');
	const stopped = verifyBoard(sourceOf(files), { signal: stop.signal, onProgress: () => stop.abort(reason) });
	await assert.rejects(stopped, reason);
	await assert.rejects(verifyBoard({ get: async () => { throw new Error('no disk'); } }), /no disk/);
});

test('a board on a server: retries, sizes, and what is not there [LOG.TILES]', async () => {
	const files = filesOf(entriesOf('empty'));
	const asked = [];
	let refusals = 2;
	let active = 0;
	const serve = async (url) => {
		assert(++active <= 6);
		const path = url.replace('https://vote.example/e/x/', '');
		asked.push(path);
		await new Promise((resolve) => setTimeout(resolve, 1));
		active--;
		if (path.includes('entries') && refusals-- > 0) return new Response('busy', { status: 503 });
		return files.has(path) ? new Response(files.get(path)) : new Response('', { status: 404 });
	};
	const source = () => new HttpSource('https://vote.example/e/x/', { fetch: serve, wait: async () => {} });
	assert.equal((await verifyBoard(source())).verdict, 'verified');
	assert.equal(asked.filter((path) => path === 'log/checkpoint').length, 1);
	files.delete('log/tile/0/000.p/9');
	const { failures } = await verifyBoard(source());
	assert.deepEqual(failures.map(({ rule, where }) => [rule, where]), [['LOG.TILES', 'log/tile/0/000.p/9']]);
	files.set('log/tile/entries/000.p/9', new Uint8Array(1 << 20));
	assert.equal((await source().get('log/tile/entries/000.p/9', 1000)).length, 1001);
	const down = new HttpSource('https://vote.example/e/x', { fetch: async () => new Response('', { status: 500 }), wait: async () => {} });
	await assert.rejects(verifyBoard(down), /status 500/);
});

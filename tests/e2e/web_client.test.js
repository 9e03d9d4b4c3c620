// SPDX-License-Identifier: Apache-2.0
// The web client as a real server sends it: what was built, byte by byte, plain and compressed [HTTP.PAGE] [HTTP.FILES].
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

const build = process.env.TB_BUILD ?? join(import.meta.dirname ?? '.', '../../build');
const folder = mkdtempSync(join(tmpdir(), 'web client '));
const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';
/** @type {import('node:child_process').ChildProcess} */
let server;
let port = 0;

before(async () => {
	const program = join(build, 'tabella-server');
	const data = join(folder, 'data');
	assert.equal(spawnSync(program, ['--data', data, '--init']).status, 0);
	server = spawn(program, ['--data', data, '--listen', '127.0.0.1:0', '--port-file', join(folder, 'port')], { stdio: 'ignore' });
	while (!existsSync(join(folder, 'port'))) {
		assert.equal(server.exitCode, null);
		await sleep(20);
	}
	port = Number(readFileSync(join(folder, 'port'), 'utf8'));
});

after(async () => {
	const ended = new Promise((resolve) => server.once('exit', resolve));
	server.kill('SIGTERM');
	assert.equal(await ended, 0);
	rmSync(folder, { recursive: true });
});

/** @param {string} path @param {{[name: string]: string}} [headers] @param {string} [method] */
const ask = (path, headers = {}, method = 'GET') => new Promise((resolve, reject) => {
	const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
		/** @type {Buffer[]} */
		const parts = [];
		response.on('data', (part) => parts.push(part));
		response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
		response.on('error', reject);
	});
	sent.on('error', reject);
	sent.end();
});
const sha256 = (/** @type {Buffer} */ bytes) => createHash('sha256').update(bytes).digest('hex');

test('the list of files is that of the build', async () => {
	const { status, body } = await ask('/client/files.json');
	assert.equal(status, 200);
	assert.deepEqual(body, readFileSync(join(build, 'client/files.json')));
});

test('every file comes as it was built, plain and compressed, and for ever', async () => {
	const { files } = JSON.parse((await ask('/client/files.json')).body.toString());
	assert.ok(files.length >= 3);
	for (const { path, type, sha256: hash, size } of files) {
		const plain = await ask(path);
		assert.equal(plain.status, 200);
		assert.equal(plain.headers['content-type'], type);
		assert.equal(plain.headers['x-content-type-options'], 'nosniff');
		assert.equal(plain.headers['content-encoding'], undefined);
		assert.equal(plain.body.length, size);
		assert.equal(sha256(plain.body), hash);
		const isNamedByHash = path.includes(hash.slice(0, 16));
		assert.equal(plain.headers['cache-control'], isNamedByHash ? 'public, max-age=31536000, immutable' : 'no-cache');
		const packed = await ask(path, { 'accept-encoding': 'gzip' });
		if (packed.headers['content-encoding'] === undefined) assert.deepEqual(packed.body, plain.body);
		else assert.equal(sha256(gunzipSync(packed.body)), hash);
		assert.ok(packed.body.length <= size);
		assert.equal((await ask(path, { 'if-none-match': plain.headers.etag })).status, 304);
		const head = await ask(path, {}, 'HEAD');
		assert.equal(head.status, 200);
		assert.equal(head.body.length, 0);
		assert.equal(head.headers['content-length'], String(size));
	}
});

test('the page of elections for a browser, with its policy and without a cookie', async () => {
	const { pages } = JSON.parse((await ask('/client/files.json')).body.toString());
	const home = await ask('/', { accept: BROWSER });
	assert.equal(home.status, 200);
	assert.equal(home.headers['content-type'], 'text/html; charset=utf-8');
	assert.equal(sha256(home.body), pages.find((/** @type {any} */ { page }) => page === 'home').sha256);
	assert.match(home.headers['content-security-policy'], /^default-src 'none'; script-src 'self';/);
	assert.equal(home.headers['set-cookie'], undefined);
	assert.equal(home.headers.vary, 'Accept, Accept-Encoding');
	const list = await ask('/');
	assert.equal(list.headers['content-type'], 'application/json');
	assert.match(list.headers.vary, /^Accept(, Accept-Encoding)?$/);
});

test('what a page asks for is there', async () => {
	const home = await ask('/', { accept: BROWSER });
	const wanted = [...home.body.toString().matchAll(/(?:src|href)="(\/client\/[^"]+)"/g)].map(([, path]) => path);
	assert.ok(wanted.length >= 3);
	for (const path of wanted) assert.equal((await ask(path)).status, 200);
});

test('a browser that came to nowhere is told so', async () => {
	const nowhere = await ask('/e/none/vote', { accept: BROWSER });
	assert.equal(nowhere.status, 404);
	assert.match(nowhere.body.toString(), /There is nothing at this address/);
});

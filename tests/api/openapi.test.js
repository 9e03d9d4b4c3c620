// SPDX-License-Identifier: Apache-2.0
// Every answer that the tests of the routes get, and those of a real server at the operator's address, against specs/api.yaml.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from './openapi.js';

const build = process.env.TB_BUILD ?? 'build';
const folder = mkdtempSync(join(tmpdir(), 'openapi '));
const api = new Api();

after(() => rmSync(folder, { recursive: true }));

/** @param {import('./openapi.js').Answer[]} answers */
function checkAll(answers) {
	const faults = answers.flatMap((a) => api.check(a).map((fault) => `${a.method} ${a.path}: ${fault}`));
	assert.deepEqual([...new Set(faults)], []);
}

test('what the routes answer is as described', () => {
	const file = join(folder, 'answers');
	const sources = readdirSync(new URL('../unit', import.meta.url)).filter((name) => /^test_(route|api)\w*\.c$/.test(name));
	for (const program of sources.map((name) => name.slice(0, -2))) {
		const run = spawnSync(join(build, 'tests/unit', program), { env: { ...process.env, TB_ANSWERS: file }, encoding: 'utf8' });
		assert.equal(run.status, 0, run.stderr);
	}
	/** @param {string | null} text */
	const plain = (text) => (text === null ? null : Buffer.from(text, 'base64').toString('utf8'));
	const answers = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => {
		const a = JSON.parse(line);
		const headers = Object.fromEntries(a.headers.map((/** @type {{name: string, value: string}} */ h) => [h.name.toLowerCase(), h.value]));
		return { ...a, headers, method: plain(a.method), path: plain(a.path), body: plain(a.body), requestBody: plain(a.requestBody) ?? undefined };
	});
	assert.ok(answers.length > 500, `${answers.length} answers`);
	checkAll(answers);
});

/** @param {number} port @param {string} method @param {string} path @param {{[name: string]: string}} headers @param {string} body */
function ask(port, method, path, headers = {}, body = '') {
	return new Promise((resolve, reject) => {
		const r = request({ host: '127.0.0.1', port, method, path, headers: { 'Content-Length': String(body.length), Connection: 'close', ...headers } }, (response) => {
			/** @type {Buffer[]} */
			const parts = [];
			response.on('data', (part) => parts.push(part));
			response.on('end', () =>
				resolve({ method, path, status: response.statusCode, headers: response.headers, requestBody: body || undefined, body: Buffer.concat(parts).toString() }),
			);
		});
		r.on('error', reject);
		r.end(body);
	});
}

test("a real server, and the operator's address", async () => {
	const program = join(build, 'tabella-server');
	const data = join(folder, 'data');
	const backups = join(folder, 'backups');
	mkdirSync(backups);
	assert.equal(spawnSync(program, ['--data', data, '--init']).status, 0);
	/** @param {string} name @param {string} scope */
	const token = (name, scope) => ({ Authorization: `Bearer ${spawnSync(program, ['token', 'new', name, scope, '--data', data], { encoding: 'utf8' }).stdout.trim()}` });
	const [night, auditor] = [token('night', 'backup'), token('auditor', 'audit')];
	const options = ['--data', data, '--listen', '127.0.0.1:0', '--admin-listen', '0', '--backup-folder', backups, '--port-file', join(folder, 'port')];
	const server = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'] });
	let log = '';
	server.stderr.on('data', (part) => (log += part));
	const ended = new Promise((resolve) => server.once('exit', resolve));
	while (!existsSync(join(folder, 'port')) || !log.includes(' operator ')) {
		assert.equal(server.exitCode, null, log);
		await sleep(20);
	}
	const admin = Number(/ operator address=127\.0\.0\.1:(\d+)/.exec(log)?.[1]);
	const port = Number(readFileSync(join(folder, 'port'), 'utf8'));
	/** @param {string} key */
	const key = (key) => ({ ...night, 'Idempotency-Key': key });
	const answers = [
		await ask(admin, 'GET', '/healthz'),
		await ask(admin, 'GET', '/readyz'),
		await ask(admin, 'GET', '/metrics'),
		await ask(admin, 'POST', '/metrics'),
		await ask(admin, 'GET', '/nothing'),
		await ask(admin, 'POST', '/admin/backup', key('a'), '{"name":"one"}'),
		await ask(admin, 'POST', '/admin/backup', key('a'), '{"name":"one"}'),
		await ask(admin, 'POST', '/admin/backup', key('a'), '{"name":"two"}'),
		await ask(admin, 'POST', '/admin/backup', key('b'), '{"name":"one"}'),
		await ask(admin, 'POST', '/admin/backup', key('b'), '{"name":'),
		await ask(admin, 'POST', '/admin/backup', night, '{"name":"one"}'),
		await ask(admin, 'POST', '/admin/backup', { ...auditor, 'Idempotency-Key': 'a' }, '{"name":"one"}'),
		await ask(admin, 'POST', '/admin/backup', {}, '{"name":"one"}'),
		await ask(admin, 'POST', '/admin/backup', key('c'), `{"name":"${'x'.repeat(5000)}"}`),
		await ask(admin, 'GET', '/admin/audit', auditor),
		await ask(admin, 'GET', '/admin/audit', night),
		await ask(admin, 'GET', '/admin/audit'),
		await ask(port, 'POST', '/elections', {}, ' '.repeat(2 << 20)).catch(() => null),
		await ask(port, 'POST', '/elections', { Expect: '100-continue', 'Content-Length': String(2 << 20) }).catch(() => null),
		await ask(port, 'GET', '/'),
	];
	server.kill('SIGTERM');
	assert.equal(await ended, 0);
	checkAll(answers.filter((a) => a !== null));
});

test('what is described was seen', () => {
	/** Those that need a machine in trouble, or a flood; each has its own test elsewhere. */
	const elsewhere = new Set(['429', '501', '503']);
	const missing = [...api.described()].filter((d) => !elsewhere.has(d.status) && !api.seen.has(d.name)).map((d) => d.name);
	assert.deepEqual(missing, []);
});

// SPDX-License-Identifier: Apache-2.0
// Clients that mean harm, against a real server: it answers everybody else during and after each of them, and stops in order.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const program = join(process.env.TB_BUILD ?? 'build', 'tabella-server');
const folder = mkdtempSync(join(tmpdir(), 'hostile '));
const data = join(folder, 'data');
/** @type {import('node:child_process').ChildProcess | undefined} */
let server;
let port = 0;

assert.equal(spawnSync(program, ['--data', data, '--init']).status, 0);
after(() => rmSync(folder, { recursive: true }));
afterEach(() => void server?.kill('SIGKILL'));

/** A server that may open so many files. @param {number} files @param {string[]} options */
async function start(files, ...options) {
	const file = join(folder, 'port');
	rmSync(file, { force: true });
	const words = ['-c', `ulimit -n ${files}; exec "$0" "$@"`, program, '--data', data, '--listen', '127.0.0.1:0', '--port-file', file, ...options];
	server = spawn('/bin/sh', words, { stdio: 'ignore' });
	while (!existsSync(file) || readFileSync(file, 'utf8') === '') {
		assert.equal(server.exitCode, null);
		await sleep(20);
	}
	port = Number(readFileSync(file, 'utf8'));
}

async function stop() {
	const ended = new Promise((resolve) => server?.once('exit', resolve));
	server?.kill('SIGTERM');
	assert.equal(await ended, 0);
	server = undefined;
}

/** Sends bytes and gives everything that comes until the other side closes. With `end` it hears that no more will follow. */
/** @param {string | Buffer} bytes @param {boolean} [end] @returns {Promise<string>} */
function talk(bytes, end = false) {
	return new Promise((resolve) => {
		let text = '';
		const socket = connect(port, '127.0.0.1', () => void (end ? socket.end(bytes) : socket.write(bytes)));
		socket.on('data', (part) => (text += part.toString('latin1')));
		socket.on('error', () => undefined);
		socket.on('close', () => resolve(text));
	});
}

const HEAD = 'Host: x\r\nConnection: close\r\n';

/** Somebody else is answered; at once or, while all places are taken, when one is free. */
async function answers() {
	for (let i = 0; i < 600; i++) {
		const text = await talk(`GET / HTTP/1.1\r\n${HEAD}\r\n`);
		if (text.startsWith('HTTP/1.1 200')) return;
		assert.equal(server?.exitCode, null, 'the server is gone');
		await sleep(100);
	}
	assert.fail('no answer for a minute');
}

/** Connections that say this and then nothing, as many as there can be. @param {number} num @param {string} bytes */
async function hold(num, bytes) {
	const sockets = Array.from({ length: num }, () => {
		const socket = connect(port, '127.0.0.1', () => void socket.write(bytes));
		socket.on('error', () => undefined);
		return socket;
	});
	await Promise.all(sockets.map((s) => new Promise((resolve) => (s.once('connect', resolve), s.once('close', resolve)))));
	return sockets;
}

test('no more descriptors', async () => {
	await start(64, '--head-seconds', '2', '--idle-seconds', '2');
	const sockets = await hold(200, 'GET / HTTP/1.1\r\nHost: x\r\nA: ');
	for (const socket of sockets) socket.destroy();
	await answers();
	await stop();
});

test('three thousand connections that never ask', async () => {
	await start(4096, '--max-connections', '1500', '--head-seconds', '2');
	const sockets = await hold(3000, 'POST /elections HTTP/1.1\r\n');
	await answers(); // once the first of them have had their time, though all are still there
	for (const socket of sockets) socket.destroy();
	await answers();
	await stop();
});

test('a thousand requests at once on one connection', async () => {
	await start(1024);
	const requests = `GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(999) + `GET / HTTP/1.1\r\n${HEAD}\r\n`;
	const text = await talk(requests);
	assert.equal(text.match(/HTTP\/1\.1 404/g)?.length, 999);
	assert.equal(text.match(/HTTP\/1\.1 200/g)?.length, 1);
	await stop();
});

test('bytes that are no request, no JSON, no UTF-8', async () => {
	await start(1024, '--idle-seconds', '10');
	/** @param {Buffer} body */
	const post = (body) => talk(Buffer.concat([Buffer.from(`POST /elections HTTP/1.1\r\n${HEAD}Content-Length: ${body.length}\r\n\r\n`), body]));
	const bodies = [
		Buffer.alloc(0), Buffer.from('null'), Buffer.from('{"type":"manifest"'), Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), Buffer.from('{"type":"\ud800"}', 'utf8'),
		Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), Buffer.from('['.repeat(100000)), Buffer.from('{"a":'.repeat(10000)),
		Buffer.from('{"type":1e999,"signer":0,"payload":{},"signature":[]}'), Buffer.alloc(1 << 20, 0x20), Buffer.alloc(5000),
	];
	for (const body of bodies) {
		const text = await post(body);
		assert.match(text, /^HTTP\/1\.1 400 /);
		assert.match(text, /urn:tabella:rule:HTTP\.JSON/);
	}
	for (const bytes of ['\0'.repeat(2000) + '\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET  /  HTTP/1.1\r\n\r\n', '\x16\x03\x01'.repeat(100) + '\n\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
		const text = await talk(Buffer.from(bytes, 'latin1'), true);
		assert.doesNotMatch(text, /^HTTP\/1\.1 2/);
	}
	// Two lengths, or a length and chunks: who stands in between may see another request in it [HTTP.SIZE].
	for (const twice of ['Content-Length: 5\r\nContent-Length: 6', 'Content-Length: 5\r\nTransfer-Encoding: chunked']) {
		const text = await talk(`POST /elections HTTP/1.1\r\nHost: x\r\n${twice}\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n${HEAD}\r\n`);
		assert.equal(text, '', twice);
	}
	await answers();
	await stop();
});

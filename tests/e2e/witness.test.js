// SPDX-License-Identifier: Apache-2.0
// Witnesses [WITNESS] [WITNESS.POLICY]: a log that has enough of them is verified, one that forks gets no cosignature any more.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Election, Server } from '../support/election.mjs';

const VERIFY_JS = fileURLToPath(new URL('../../client-js/verify.mjs', import.meta.url));

/** A tabella-witness in a folder of the server's. */
class Witness {
	/** @param {Server} server @param {string} name */
	constructor(server, name) {
		this.server = server;
		this.name = name;
		this.port = 0;
		this.line = server.run('tabella-witness', '--data', name, '--name', `${name}.example`, '--init').trim();
	}

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	/** @param {string} key of the log */
	async start(key) {
		rmSync(join(this.server.folder, `${this.name}.port`), { force: true });
		// through `tabella witness`, as people call it
		this.child = spawn(join(this.server.bin, 'tabella'), ['witness', '--data', this.name, '--log', key, '--listen', `127.0.0.1:${this.port}`, '--port-file', `${this.name}.port`],
			{ cwd: this.server.folder, env: this.server.environment, stdio: 'ignore' });
		await this.server.until('the witness listens', () => existsSync(join(this.server.folder, `${this.name}.port`)));
		this.port = Number(readFileSync(join(this.server.folder, `${this.name}.port`), 'utf8'));
	}

	/** @param {NodeJS.Signals} [signal] */
	async stop(signal = 'SIGTERM') {
		const { child } = this;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = new Promise((done) => { child.once('exit', done); });
		child.kill(signal);
		await ended;
	}
}

/** An election with two of three witnesses needed. @param {import('node:test').TestContext} t */
async function start(t) {
	const server = new Server(t);
	await server.start();
	const witnesses = ['one', 'two', 'three'].map((name) => new Witness(server, name));
	t.after(() => Promise.all(witnesses.map((witness) => witness.stop('SIGKILL'))));
	const e = new Election(server, { lines: ['Witnesses: 2', ...witnesses.map(({ line }) => `Witness: ${line}`)] });
	await e.prepare();
	server.run('tabella', 'mirror', '--once', e.url, 'copy');
	const key = readFileSync(join(server.folder, 'copy/log.vkey'), 'utf8').trim();
	for (const witness of witnesses) await witness.start(key);
	return { e, server, witnesses, key };
}

/** What both verifiers say. @param {Election} e @param {string} [board] @returns {{status: number|null, out: string}} */
function verify(e, board = e.url) {
	const inC = e.server.try('tabella-verify', board);
	const cwd = e.server.folder;
	const inJs = spawnSync(process.execPath, [VERIFY_JS, board], { cwd, encoding: 'utf8', env: { ...process.env, http_proxy: '' } });
	assert.equal(inJs.status, inC.status, `C:\n${inC.out}\nJavaScript:\n${inJs.stdout}${inJs.stderr}`);
	return { status: inC.status, out: inC.out };
}

/** @param {Election} e @param {Witness[]} witnesses */
const feed = (e, witnesses) => e.server.try('tabella', 'feed', '--once', ...witnesses.flatMap(({ url }) => ['--witness', url]), e.url);

test('an election with witnesses', async (t) => {
	const { e, server, witnesses } = await start(t);
	e.vote('v001', undefined, '--receipt', 'v001.tlog-proof');
	const receipt = () => server.try('tabella', 'receipt', '--election', e.file('election.txt'), 'v001.tlog-proof');
	let said = receipt();
	assert.equal(said.status, 3, said.out);
	assert.match(said.err, /WITNESS.POLICY/);

	said = feed(e, witnesses.slice(0, 1));
	assert.equal(said.status, 3, said.err);
	assert.match(said.out, /cosigned by 1 witnesses, 2 are needed/);
	said = feed(e, witnesses.slice(0, 2));
	assert.equal(said.status, 0, said.err);

	// the same ballot has a receipt under a witnessed head now
	const index = /entry (\d+)/.exec(receipt().out)?.[1];
	writeFileSync(join(server.folder, 'v001.tlog-proof'), Buffer.from(await (await fetch(`${e.url}/receipt/${index}`)).arrayBuffer()));
	said = receipt();
	assert.equal(said.status, 0, said.err);
	assert.match(said.out, /cosigned by 2 of 3 witnesses; 2 are needed/);

	await e.closePolls();
	await e.finish();
	said = { ...verify(e), err: '' };
	assert.equal(said.status, 3, 'its last head is not witnessed yet');
	assert.match(said.out, /2 are needed/);
	// one witness is down, another was killed and started again
	await witnesses[0].stop('SIGKILL');
	await witnesses[1].stop('SIGKILL');
	await witnesses[1].start(readFileSync(join(server.folder, 'copy/log.vkey'), 'utf8').trim());
	said = feed(e, witnesses);
	assert.equal(said.status, 0, said.err);
	said = { ...verify(e), err: '' };
	assert.equal(said.status, 0, said.out);
	assert.match(said.out, /2 of 3 witnesses have cosigned/);
	// also from an archive, and after a restart, whether or not somebody brings them again
	server.run('tabella', 'export', e.url, 'board.tar');
	assert.equal(verify(e, 'board.tar').status, 0);
	await server.stop();
	await server.start();
	assert.equal(server.try('tabella-verify', e.url).status, 0);
	assert.equal(feed(e, witnesses.slice(1)).status, 0);
	assert.equal(server.try('tabella-verify', e.url).status, 0);
});

// [HTTP.WITNESSES]
test('the server takes right cosignatures of its own heads only', async (t) => {
	const { e, server, witnesses, key } = await start(t);
	const post = async (/** @type {string|Uint8Array} */ body) => {
		const response = await fetch(`${e.url}/log/cosignatures`, { method: 'POST', body });
		return { status: response.status, text: await response.text() };
	};
	const head = await (await fetch(`${e.url}/log/checkpoint`)).text();
	assert.match((await post(head)).text, /WITNESS.POLICY/);
	assert.match((await post('nonsense')).text, /LOG.CHECKPOINT/);
	assert.equal((await fetch(`${e.url}/log/witnessed`)).status, 404);
	// What a stranger puts beside the lines of the log and its witnesses reaches nobody, and neither do the same lines again.
	const answer = await fetch(`${witnesses[0].url}/add-checkpoint`, { method: 'POST', body: `old 0\n\n${head}` });
	const line = await answer.text();
	assert.equal(answer.status, 200, line);
	const stranger = `\u2014 this.election.is.void ${Buffer.alloc(6000, 7).toString('base64')}\n`;
	const own = `${head.split('\n').at(-2)}\n`;
	assert.equal((await post(head + stranger + own.repeat(20) + stranger.repeat(9) + line + line)).status, 200);
	assert.ok(await (await fetch(`${e.url}/log/witnessed`)).text() === head + line);
	const now = await fetch(`${e.url}/log/checkpoint`);
	assert.ok(await now.text() === head + line);
	const later = await fetch(`${e.url}/log/checkpoint`, { headers: { 'If-None-Match': now.headers.get('etag') ?? '' } });
	assert.equal(later.status, 304);
	assert.equal(feed(e, witnesses).status, 0);
	const cosigned = await (await fetch(`${e.url}/log/checkpoint`)).text();
	assert.equal(cosigned.split('\n').length, head.split('\n').length + 3);
	assert.equal(await (await fetch(`${e.url}/log/witnessed`)).text(), cosigned);
	// one character of a cosignature is another
	const lines = cosigned.split('\n');
	const at = lines.length - 2;
	lines[at] = lines[at].slice(0, -10) + (lines[at].at(-10) === 'A' ? 'B' : 'A') + lines[at].slice(-9);
	const refused = await post(lines.join('\n'));
	assert.equal(refused.status, 422, refused.text);
	assert.match(refused.text, /LOG.CHECKPOINT/);
	assert.equal(await (await fetch(`${e.url}/log/witnessed`)).text(), cosigned);
	void server;
	void key;
});

test('a witness cosigns one history only, whatever happens to it', async (t) => {
	const { e, server, witnesses, key } = await start(t);
	await server.stop();
	cpSync(join(server.folder, 'data'), join(server.folder, 'before'), { recursive: true });
	await server.start();
	e.vote('v001');
	assert.equal(feed(e, witnesses).status, 0);
	await server.stop();
	rmSync(join(server.folder, 'data'), { recursive: true });
	cpSync(join(server.folder, 'before'), join(server.folder, 'data'), { recursive: true });
	await server.start();
	const choices = ['--choose', 'one=no', '--choose', 'two=bee', '--score', 'three=rain:1'];
	e.vote('v002', choices, '--state', 'elsewhere');
	for (const witness of witnesses) {
		await witness.stop('SIGKILL');
		await witness.start(key);
	}
	const said = server.try('tabella', 'feed', '--once', '--state', 'elsewhere', ...witnesses.flatMap(({ url }) => ['--witness', url]), e.url);
	assert.notEqual(said.status, 0);
	assert.match(said.err, /answered 409: another head of this size was cosigned: the log is forked, and the evidence is kept/);
	for (const { name } of witnesses) {
		const folder = readdirSync(join(server.folder, name)).find((file) => file.length === 64) ?? '';
		const evidence = readdirSync(join(server.folder, name, folder)).find((file) => file.endsWith('.fork')) ?? '';
		assert.match(server.run('tabella-verify', '--evidence', join(name, folder, evidence)), /FORKED\n$/);
	}
});

/** Something else in the place of a witness: another process, since this one waits for the programs. @param {Server} server @param {string} name @param {string} answer @param {number} status */
async function impostor(server, name, answer, status) {
	const file = join(server.folder, name);
	const script = `const s = require('http').createServer((q, r) => { q.resume(); q.on('end', () => { r.writeHead(${status}); r.end(${JSON.stringify(answer)}); }); });
		s.listen(0, '127.0.0.1', () => require('fs').writeFileSync(process.argv[1], String(s.address().port)));`;
	const child = spawn(process.execPath, ['-e', script, file], { stdio: 'ignore' });
	await server.until('it listens', () => existsSync(file) && readFileSync(file, 'utf8') !== '');
	return { url: `http://127.0.0.1:${readFileSync(file, 'utf8')}`, end: () => child.kill('SIGKILL') };
}

test('a witness that answers anything spoils nothing for the others', async (t) => {
	const { e, server, witnesses } = await start(t);
	const line = `\u2014 a.stranger ${Buffer.alloc(76, 1).toString('base64')}\n`;
	const forged = `\u2014 one.example ${witnesses[0].line.split('+').at(-2)}`;
	const answers = [['rubbish', 200], [line, 200], [line.repeat(63), 200], [`${'x'.repeat(60000)}`, 200], [`${forged}\n`, 200], ['\n\n', 200], ['', 200],
		['281474976710656\n', 409], ['99999999999999999999999\n', 409], ['-1\n', 409], ['\u001b[2J', 500]];
	let names = 0;
	for (const [text, status] of /** @type {[string, number][]} */ (answers)) {
		e.vote('v001');
		const other = await impostor(server, `impostor-${++names}`, text, status);
		const said = feed(e, [/** @type {any} */ (other), ...witnesses.slice(0, 2)]);
		other.end();
		assert.equal(said.status, 0, `${text.slice(0, 40)}: ${said.out}${said.err}`);
		assert.match(said.out, /cosigned by 2 witnesses/);
		assert.doesNotMatch(said.err, /\u001b/);
		assert.equal((await (await fetch(`${e.url}/log/witnessed`)).text()).split('\n').length, 8, 'the head, an empty line, the log and two witnesses');
	}
});

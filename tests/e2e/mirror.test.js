// SPDX-License-Identifier: Apache-2.0
// `tabella mirror`: a copy that is whole at every moment, grows with the board, survives being killed, and sees a second history.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { Election, Server } from '../support/election.mjs';

const COUNT = /** @type {RegExp} */ (/(\d+) entries/);

/** @param {Election} e @param {...string} args */
const mirror = (e, ...args) => e.server.try('tabella', 'mirror', '--once', ...args, e.url, 'copy');
/** @param {Election} e */
const verify = (e) => e.server.try('tabella-verify', 'copy');

/** The server goes on from another folder. @param {Election} e @param {string} folder */
async function become(e, folder) {
	await e.server.stop();
	rmSync(join(e.server.folder, 'data'), { recursive: true });
	cpSync(join(e.server.folder, folder), join(e.server.folder, 'data'), { recursive: true });
	await e.server.start();
}

test('a mirror grows with its board', async (t) => {
	const e = await Election.start(t, { voters: 300 });
	let said = mirror(e);
	assert.equal(said.status, 0, said.err);
	assert.equal(Number(COUNT.exec(said.out)?.[1]), e.status().size);
	assert.equal(verify(e).status, 3, 'right so far');
	assert.deepEqual([mirror(e).out, mirror(e).status], ['', 0]);

	e.vote('v001');
	e.vote('v002');
	said = mirror(e, '--json');
	assert.deepEqual(JSON.parse(said.out), { size: e.status().size, forked: false });

	// what a crash leaves: files of a head that was never reached, and temporary ones
	writeFileSync(join(e.server.folder, 'copy/log/tile/0/000.p/200'), 'half');
	await e.closePolls();
	await e.finish();
	assert.equal(mirror(e).status, 0);
	const done = verify(e);
	assert.equal(done.status, 0, done.out);
	assert.match(done.out, /VERIFIED\n$/);

	// served by any web server it is a board like the first
	const served = http.createServer((request, response) => {
		const file = join(e.server.folder, 'copy', decodeURIComponent(String(request.url).replace(/^\/e\/meeting\//, '')));
		if (!existsSync(file)) response.writeHead(404).end();
		else response.end(readFileSync(file));
	});
	await new Promise((ready) => { served.listen(0, '127.0.0.1', () => ready(null)); });
	t.after(() => served.close());
	const port = /** @type {import('node:net').AddressInfo} */ (served.address()).port;
	const verifier = spawn(join(e.server.bin, 'tabella-verify'), ['--quiet', `http://127.0.0.1:${port}/e/meeting`], { env: e.server.environment });
	assert.equal(await new Promise((ended) => { verifier.on('exit', ended); }), 0);
});

test('what is not the log is not taken for it', async (t) => {
	const e = await Election.start(t);
	const other = mirror(e, '--key', 'test.invalid/e/meeting+44aa159a+ASIf5faFmhpP7HkFfJ0yyNP8NW4USx2jsPkBbvbymIja');
	assert.equal(other.status, 2);
	assert.match(other.err, /--key: expected/);
	assert.equal(mirror(e).status, 0);
	e.vote('v001');
	const bundle = join(e.server.folder, 'copy/log/tile/entries', readdirSync(join(e.server.folder, 'copy/log/tile/entries'))[0]);
	const partial = join(bundle, readdirSync(bundle)[0]);
	const bytes = readFileSync(partial);
	bytes[100] ^= 1;
	writeFileSync(partial, bytes);
	const damaged = mirror(e);
	assert.equal(damaged.status, 2);
	assert.match(damaged.err, /do not lead to its checkpoint/);
});

test('two histories are evidence, and the copy stays what it was', async (t) => {
	const e = await Election.start(t);
	const folder = e.server.folder;
	assert.equal(mirror(e).status, 0);
	await e.server.stop();
	cpSync(join(folder, 'data'), join(folder, 'before'), { recursive: true });
	await e.server.start();
	e.vote('v001');
	assert.equal(mirror(e).status, 0);
	const size = e.status().size;

	// the server forgets: nothing that could be proved, and nothing that is followed
	await become(e, 'before');
	let said = mirror(e);
	assert.deepEqual([said.status, said.out], [0, '']);

	// another entry in its place: the same length, then a longer log
	e.server.run('tabella', 'vote', '--state', 'elsewhere', '--voter', 'v002', '--code-file', e.file('v002.code'), '--yes', '--choose', 'one=no', '--choose', 'two=bee', '--score', 'three=rain:1', e.url);
	for (const round of [1, 2]) {
		said = mirror(e);
		assert.equal(said.status, 1, said.out + said.err);
		assert.match(said.err, /LOG.CONSISTENT: the server shows another history/);
		const evidence = readdirSync(join(folder, 'copy/evidence'));
		assert.equal(evidence.length, round);
		for (const name of evidence) {
			const checked = e.server.try('tabella-verify', '--evidence', join('copy/evidence', name));
			assert.equal(checked.status, 0, checked.out);
			assert.match(checked.out, /FORKED\n$/);
		}
		e.server.run('tabella', 'vote', '--state', 'elsewhere', '--voter', 'v003', '--code-file', e.file('v003.code'), '--yes', '--choose', 'one=no', '--choose', 'two=bee', '--score', 'three=rain:1', e.url);
	}
	assert.equal(Number(readFileSync(join(folder, 'copy/log/checkpoint'), 'utf8').split('\n')[1]), size);
	assert.equal(verify(e).status, 3);
	// who has the key can go on so for ever, and must not fill the disk of whoever looks
	const evidence = join(folder, 'copy/evidence');
	for (let i = readdirSync(evidence).length; i < 32; i++) writeFileSync(join(evidence, `1-2-${i}.fork`), 'of another head');
	said = mirror(e);
	assert.equal(said.status, 1, said.out + said.err);
	assert.match(said.err, /LOG.CONSISTENT: the server shows another history/);
	assert.equal(readdirSync(evidence).length, 32);
	for (const name of readdirSync(evidence)) if (name.startsWith('1-2-')) rmSync(join(evidence, name));
	// a folder may have any name
	cpSync(join(folder, 'copy'), join(folder, 'a "copy'), { recursive: true });
	said = e.server.try('tabella', 'mirror', '--once', '--json', e.url, 'a "copy');
	const told = JSON.parse(said.out.split('\n')[0]);
	assert.equal(told.forked, true);
	assert.match(told.evidence, /^a "copy\/evidence\//);
	assert.ok(existsSync(join(folder, told.evidence)));
});

// [LOG.FORK] Anybody can make a key with any name, sign two heads with it and send the evidence to people.
test('evidence says nothing to the terminal', (t) => {
	const server = new Server(t);
	const { publicKey, privateKey } = generateKeyPairSync('ed25519');
	const name = 'evil\u202e';
	const typed = Buffer.concat([Buffer.from([1]), publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)]);
	const id = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
	const note = (/** @type {number} */ byte) => {
		const body = `${name}\n1\n${Buffer.alloc(32, byte).toString('base64')}\n`;
		return `${body}\n\u2014 ${name} ${Buffer.concat([id, sign(null, Buffer.from(body), privateKey)]).toString('base64')}\n`;
	};
	const lines = ['tabella/log-fork@v1', `key ${name}+${id.toString('hex')}+${typed.toString('base64')}`, ...[1, 2].map((byte) => `checkpoint ${Buffer.from(note(byte)).toString('base64')}`), ''];
	writeFileSync(join(server.folder, 'evil.fork'), lines.join('\n'));
	const said = server.run('tabella-verify', '--evidence', 'evil.fork');
	assert.match(said, /FORKED\n$/);
	assert.doesNotMatch(said, /[\u0080-\u009f\u202a-\u202e]/);
});

test('it follows until it is stopped, through a restart of the server and its own end', async (t) => {
	const e = await Election.start(t);
	const run = () => {
		const child = spawn(join(e.server.bin, 'tabella'), ['mirror', '--interval', '1', e.url, 'copy'], { cwd: e.server.folder, env: e.server.environment, stdio: 'ignore' });
		t.after(() => child.kill('SIGKILL'));
		return child;
	};
	const size = () => {
		const file = join(e.server.folder, 'copy/log/checkpoint');
		return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[1]) : 0;
	};
	let child = run();
	await e.server.until('the copy is whole', () => size() === e.status().size);
	// a second one that was slower would put an older head in the place of a newer
	const second = mirror(e);
	assert.equal(second.status, 2);
	assert.match(second.err, /another tabella mirror keeps this copy/);
	child.kill('SIGKILL');
	await new Promise((ended) => { child.once('exit', ended); });
	e.vote('v001');
	child = run();
	await e.server.stop();
	await e.server.start();
	e.vote('v002');
	await e.server.until('the copy has what came since', () => size() === e.status().size);
	const ended = new Promise((done) => { child.once('exit', done); });
	child.kill('SIGTERM');
	assert.equal(await ended, 0);
	assert.equal(verify(e).status, 3);
});

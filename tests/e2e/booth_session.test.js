// SPDX-License-Identifier: Apache-2.0
// The booth without a page, against a real server: alone, through a server that lies, and through one that dies.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ed25519 } from '@noble/curves/ed25519';
import { writeFile } from '../../client-js/booth/audit.js';
import { byReceipt, byTracker } from '../../client-js/booth/check.js';
import { setBlank } from '../../client-js/booth/choices.js';
import { fleeting } from '../../client-js/booth/memory.js';
import { local } from '../../client-js/booth/prover_worker.js';
import { MAX_AGE, Session } from '../../client-js/booth/session.js';
import * as ballots from '../../client-js/core/ballot.js';
import * as codes from '../../client-js/core/code.js';
import { derive } from '../../client-js/core/credential.js';
import * as checkpoints from '../../client-js/core/checkpoint.js';
import * as entries from '../../client-js/core/entry.js';
import { LogReader } from '../../client-js/core/log_reader.js';
import * as proofs from '../../client-js/core/proof.js';
import * as tiles from '../../client-js/core/tile.js';
import * as merkle from '../../client-js/crypto/merkle.js';
import * as api from '../../client-js/net/api.js';
import { compareWithSeen, readHead } from '../../client-js/net/head.js';
import { Election } from '../support/election.mjs';

const CHOICES = [{ blank: false, values: [1, 0] }, { blank: false, values: [1, 0, 1] }, { blank: false, values: [5, 2] }];

/** The server, with answers changed on the way. @param {Election} election @param {Partial<import('../../client-js/booth/session.js').Net>} [lies] */
const netOf = (election, lies = {}) => ({
	file: (path) => api.file(election.url, path), state: () => api.state(election.url), voter: (id) => api.voter(election.url, id),
	submit: (entry) => api.submit(`${election.url}/entries`, entry), ...lies,
});

/** @param {Election} election @param {{lies?: any, memory?: any, shift?: number}} [how] */
async function opened(election, { lies, memory = fleeting(), shift = 0, address = election.url } = {}) {
	const session = new Session({ net: netOf(election, lies), address, memory, now: () => election.server.now() + shift });
	return session.open();
}

/** @param {Session} session @param {Election} election @param {string} id */
async function prover(session, election, id) {
	const one = local();
	await session.identify(one, id, election.codes[id]);
	await one.prepare(session.terms);
	return one;
}

/** @param {Election} election @param {string} id @param {any} [how] */
async function cast(election, id, how) {
	const session = await opened(election, how);
	const one = await prover(session, election, id);
	const pending = await session.sign(one, await session.commit(one, CHOICES));
	return { session, pending, outcome: await session.send(pending) };
}

test('a vote, its change, and what is told of both', async (t) => {
	const election = await Election.start(t);
	const { session, outcome, pending } = await cast(election, 'v001');
	assert.equal(outcome.state, 'recorded');
	assert.equal(session.isMine(outcome.receipt), true);
	assert.equal(await session.isLatest(outcome.receipt), true);
	assert.deepEqual(await session.pending(), []);
	assert.match(election.server.run('tabella', 'status', '--json', election.url), new RegExp(`"context":"${Buffer.from(session.setup.open.context).toString('hex')}"`));

	await t.test('[BOOTH.PENDING] the same bytes again are the same vote', async () => {
		const again = await session.send(pending);
		assert.equal(again.state, 'recorded');
		assert.equal(again.receipt.index, outcome.receipt.index);
	});
	await t.test('[BOOTH.PREV] the second ballot names the first', async () => {
		const second = await cast(election, 'v001');
		assert.equal(second.outcome.state, 'recorded');
		assert.equal(await session.isLatest(outcome.receipt), false);
		const found = await byTracker(session, 'v001', outcome.receipt.tracker);
		assert.equal(found.state, 'superseded');
		assert.equal(found.latest.index, second.outcome.receipt.index);
		assert.equal((await byTracker(session, 'v001', second.outcome.receipt.tracker)).state, 'recorded');
		assert.equal((await byTracker(session, 'v001', null)).state, 'recorded');
		assert.equal((await byTracker(session, 'v001', 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AA')).state, 'not-found');
		assert.equal((await byTracker(session, 'v002', null)).state, 'no-ballot');
		assert.equal((await byTracker(session, 'nobody', null)).state, 'no-voter');
		assert.equal((await byReceipt(session, outcome.receipt.bytes)).state, 'superseded');
		assert.equal((await byReceipt(session, second.outcome.receipt.bytes)).state, 'recorded');
	});
	await t.test('[BOOTH.CHECK] every changed line of a receipt is noticed', async () => {
		const lines = Buffer.from(outcome.receipt.bytes).toString().split('\n');
		for (const [i, line] of lines.entries()) {
			if (line.length < 3) continue;
			const at = line.length >> 1;
			const changed = [...lines.slice(0, i), `${line.slice(0, at)}${line[at] === 'A' ? 'B' : 'A'}${line.slice(at + 1)}`, ...lines.slice(i + 1)].join('\n');
			assert.equal((await byReceipt(session, Buffer.from(changed))).state, 'false', `line ${i}`);
		}
	});
	await t.test('the program agrees: the receipt, and what the booth opened', async () => {
		writeFileSync(join(election.server.folder, 'r.tlog-proof'), outcome.receipt.bytes);
		assert.match(election.server.run('tabella', 'receipt', '--election', election.file('election.txt'), 'r.tlog-proof'), /valid: a ballot by voter\/v001/);
		const one = await prover(session, election, 'v002');
		const ballot = await session.commit(one, CHOICES);
		const told = await one.open(ballot.number);
		writeFileSync(join(election.server.folder, 'a.json'), writeFile(told));
		assert.match(election.server.run('tabella', 'audit', election.url, 'a.json'), new RegExp(ballot.tracker));
		writeFileSync(join(election.server.folder, 'a.json'), writeFile({ ...told, choices: [CHOICES[0], setBlank(session.setup.definitions[1], true), CHOICES[2]] }));
		assert.equal(election.server.try('tabella', 'audit', election.url, 'a.json').status, 1);
	});
	await t.test('the verifier finds nothing wrong with what the booth made', () => {
		const { status, out, err } = election.server.try('tabella-verify', election.url);
		assert.equal(status, 3, out + err); // right so far
	});
});

test('[BOOTH.ROLL] who is not on the roll, and with which code', async (t) => {
	const election = await Election.start(t);
	const session = await opened(election);
	const refuses = async (/** @type {string} */ id, /** @type {string} */ code, /** @type {string} */ why) => assert.rejects(session.identify(local(), id, code), { name: 'WrongCode', why });
	await refuses('v001', election.codes.v002, 'code');
	await refuses('v999', election.codes.v001, 'unknown');
	await assert.rejects(session.identify(local(), 'v001', 'nonsense'), { rule: 'CODE.FORMAT' });
	const flip = (/** @type {Uint8Array} */ bytes) => {
		const text = Buffer.from(bytes).toString('latin1');
		const at = text.indexOf('"signer":"registrar","payload":"') + 60;
		return Buffer.from(`${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`, 'latin1');
	};
	const file = async (/** @type {string} */ path) => (path.startsWith('log/tile/entries') ? flip(await api.file(election.url, path)) : api.file(election.url, path));
	await assert.rejects(opened(election, { lies: { file } }), { rule: 'LOG.TREE' });
	await t.test('a new code is found among the changes, the old one is refused', async () => {
		const { folder } = election.server;
		writeFileSync(join(folder, 'one.csv'), 'v003\n');
		election.server.run('tabella', 'codes', '--election', election.id, '--codes', 'new.csv', '--out', 'new.json', 'one.csv');
		const key = JSON.parse(readFileSync(join(folder, 'new.json'), 'utf8')).voters[0][3];
		const code = readFileSync(join(folder, 'new.csv'), 'utf8').trim().split('\n')[1].split(',')[2];
		election.server.run('tabella', 'roll', 'change', '--key', election.file('registrar.key'), '--action', 'credential', '--voter', 'v003', '--credential', key, '--reason', 'lost', election.url);
		const later = await opened(election);
		assert.equal((await later.identify(local(), 'v003', code)).id, 'v003');
		const { outcome } = await cast(election, 'v003');
		assert.deepEqual([outcome.state, outcome.rule], ['refused', 'ENTRY.SIGNATURE'], 'with the old one');
		election.codes.v003 = code;
		assert.equal((await cast(election, 'v003')).outcome.state, 'recorded');
	});
	await t.test('who was removed', async () => {
		election.server.run('tabella', 'roll', 'change', '--key', election.file('registrar.key'), '--action', 'remove', '--voter', 'v002', '--reason', 'moved away', election.url);
		const later = await opened(election);
		await assert.rejects(later.identify(local(), 'v002', election.codes.v002), { name: 'WrongCode', why: 'removed' });
		later.net.voter = async () => ({ on_roll: true, ballot: null });
		await assert.rejects(later.identify(local(), 'v002', election.codes.v001), { name: 'WrongCode', why: 'removed' }, 'the log is asked, too, where the code does not fit');
	});
});

test('[BOOTH.RECORDED] a server that lies about a ballot is not believed', async (t) => {
	const election = await Election.start(t, { voters: 9 });
	const other = await cast(election, 'v009');
	const submit = (/** @type {(receipt: Uint8Array) => Uint8Array} */ change) => async (/** @type {any} */ entry) => {
		const answer = await api.submit(`${election.url}/entries`, entry);
		return { ...answer, receipt: change(answer.receipt) };
	};
	const text = (/** @type {(text: string) => string} */ change) => submit((bytes) => Buffer.from(change(Buffer.from(bytes).toString())));
	const lies = {
		'the receipt of somebody else': submit(() => other.outcome.receipt.bytes),
		'no receipt': submit(() => new Uint8Array()),
		'a checkpoint of another size': text((receipt) => receipt.replace(/\n(\d+)\n([^\n]{44})\n/, (_, size, root) => `\n${Number(size) + 1}\n${root}\n`)),
		'a signature of nobody': text((receipt) => receipt.replace(/(— \S+ .{20})./, '$1A').replace(/(— \S+ .{30})./, '$1B')),
		'another place': text((receipt) => receipt.replace(/index (\d+)/, (_, i) => `index ${i - 1}`)),
		'another time': submit((bytes) => {
			const receipt = proofs.parse(bytes);
			return proofs.write({ ...receipt, entry: Buffer.from(Buffer.from(receipt.entry).toString().replace(/"time":\d+/, '"time":1')) });
		}),
		'a hash missing from the proof': submit((bytes) => {
			const receipt = proofs.parse(bytes);
			return proofs.write({ ...receipt, proof: receipt.proof.slice(1) });
		}),
	};
	let n = 0;
	for (const [name, lie] of Object.entries(lies)) {
		await t.test(name, async () => {
			const id = `v00${++n}`;
			const { session, outcome, pending } = await cast(election, id, { lies: { submit: lie } });
			assert.equal(outcome.state, 'unknown');
			assert.equal(outcome.why, 'false');
			assert.equal((await session.pending()).length, 1, 'the ballot is kept');
			session.net = netOf(election);
			assert.equal((await session.send(pending)).state, 'recorded', 'by a server that does not lie');
		});
	}
});

/** The log key of the server, which a server of course has. @param {Election} election @param {(checkpoint: checkpoints.Checkpoint) => checkpoints.Checkpoint} change */
async function forger(election, change) {
	const files = readdirSync(join(election.server.folder, 'data'));
	const text = files.map((file) => readFileSync(join(election.server.folder, 'data', file), 'latin1')).join('\n');
	const found = /([0-9A-Z]{4}-){6}[0-9A-Z]{4}/.exec(text);
	assert.ok(found, `a key among ${files}`);
	const seed = derive(codes.parse(found[0]), 'server', 'log').slice(0, 32);
	return (/** @type {Uint8Array} */ note) => {
		const body = Buffer.from(note).toString().split('\n\n')[0];
		return checkpoints.sign(change(checkpoints.parseBody(`${body}\n`)), seed, ed25519.getPublicKey(seed));
	};
}

/** A log that goes on as a server with its key may want it, file by file. @param {Election} election @param {(time: number) => number} date of the ballot */
async function postdated(election, date) {
	const head = readHead(await api.file(election.url, 'log/checkpoint'), election.manifest);
	const bytes = await new LogReader((path) => api.file(election.url, path), head).bundle(0);
	const log = [...bytes];
	let time = 0;
	const sign = await forger(election, () => ({ origin: election.manifest.origin, size: log.length, root: merkle.root(log.map(merkle.leafHash)) }));
	const file = async (/** @type {string} */ path) => {
		if (path === 'log/checkpoint') return sign(head.note);
		const found = /^log\/tile\/(0|entries)\/000\.p\/(\d+)$/.exec(path);
		if (!found) return api.file(election.url, path);
		const some = log.slice(0, Number(found[2]));
		return found[1] === '0' ? tiles.hashes(some.map(merkle.leafHash), 0, 0, some.length) : tiles.writeBundle(some);
	};
	const submit = async (/** @type {any} */ { type, signer, payload, signature }) => {
		time = date(ballots.parse(election.group, election.definitions, payload).date);
		log.push(entries.write({ type, time, signer, payload, signature }));
		return { receipt: proofs.write({ entry: log.at(-1), index: log.length - 1, proof: merkle.inclusionProof(log.length - 1, log.map(merkle.leafHash)), checkpoint: sign(head.note) }) };
	};
	return { file, submit };
}

test('[BOOTH.RECORDED] a ballot that is dated out of the polls is not recorded', async (t) => {
	const election = await Election.start(t, { voters: 4 });
	const { setup } = await opened(election);
	Object.assign(election, setup);
	election.server.moveClock(setup.manifest.closes - 60 - election.server.now());
	const { outcome } = await cast(election, 'v001', { lies: await postdated(election, () => setup.manifest.closes) });
	assert.deepEqual([outcome.state, outcome.why, outcome.rule], ['unknown', 'false', 'BOOTH.RECORDED']);
	assert.equal((await cast(election, 'v001', { lies: await postdated(election, (date) => date) })).outcome.state, 'recorded', 'in time, the same server is believed');

	await t.test('unless the administrator has moved the end, in an entry before it', async () => {
		election.server.run('tabella', 'extend', '--key', 'admin.key', '--closes', `@${setup.manifest.closes + 3600}`, '--reason', 'Snow', election.url);
		election.server.moveClock(setup.manifest.closes + 10 - election.server.now());
		const late = await cast(election, 'v002');
		assert.equal(late.outcome.state, 'recorded');
		assert.ok(late.outcome.receipt.time >= setup.manifest.closes);
		assert.equal((await byTracker(late.session, 'v002', late.outcome.receipt.tracker)).state, 'recorded');
		const hide = { state: async () => ({ ...await api.state(election.url), acts: [0] }) };
		const hidden = await cast(election, 'v003', { lies: hide });
		assert.equal(hidden.outcome.rule, 'BOOTH.RECORDED', 'what is not shown is not believed');
		const beyond = await cast(election, 'v004', { lies: await postdated(election, () => setup.manifest.closes + 3600), shift: 3500 });
		assert.equal(beyond.outcome.rule, 'BOOTH.RECORDED');
	});
});

test('[BOOTH.HEAD] two histories, each signed, are noticed and kept as evidence', async (t) => {
	const election = await Election.start(t);
	const memory = fleeting();
	await cast(election, 'v001', { memory });
	election.manifest = (await opened(election)).setup.manifest;
	const fork = await forger(election, (checkpoint) => ({ ...checkpoint, root: checkpoint.root.map((byte) => byte ^ 1) }));
	const lies = { file: async (path) => { const bytes = await api.file(election.url, path); return path === 'log/checkpoint' ? fork(bytes) : bytes; } };
	await assert.rejects(opened(election, { lies }), { rule: 'LOG.TREE' }, 'it does not fit what is read');
	await t.test('against what was seen before', async () => {
		const seen = await memory.seen('test.invalid/e/meeting');
		const forged = fleeting();
		await forged.putSeen('test.invalid/e/meeting', { ...seen, note: fork(seen.note) });
		const found = await opened(election, { memory: forged }).catch((error) => error);
		assert.deepEqual([found.name, found.kind], ['Contradiction', 'fork']);
		writeFileSync(join(election.server.folder, 'one.evidence'), found.evidence);
		assert.match(election.server.run('tabella-verify', '--evidence', 'one.evidence'), /two different logs of the same length[^]*FORKED/);
		await opened(election, { memory });
	});
	await t.test('[LOG.FORK] against a shorter and a longer log, with their nodes', async () => {
		const before = (await opened(election)).head;
		await cast(election, 'v002');
		const now = (await opened(election)).head;
		for (const [old, file] of [
			[fork(before.note), (path) => api.file(election.url, path)],
			[now.note, async (path) => (path === 'log/checkpoint' ? fork(before.note) : api.file(election.url, path))],
		]) {
			const seen = fleeting();
			await seen.putSeen('test.invalid/e/meeting', { election: election.id, note: old });
			const log = { get: file, manifest: election.manifest };
			const found = await compareWithSeen(seen, { ...log, id: Buffer.from(election.id, 'hex'), address: election.url, head: readHead(await file('log/checkpoint'), log.manifest) }).catch((error) => error);
			assert.equal(found.kind, 'fork');
			writeFileSync(join(election.server.folder, 'two.evidence'), found.evidence);
			assert.match(election.server.run('tabella-verify', '--evidence', 'two.evidence'), /a longer one that begins otherwise[^]*FORKED/);
		}
	});
	await t.test('[BOOTH.MEMORY] a shorter head never takes the place of a longer one', async () => {
		const seen = fleeting();
		const longer = (await opened(election, { memory: seen })).head.note;
		await seen.putSeen(election.url, { election: election.id, note: Buffer.from(Buffer.from(longer).toString().replace(/\n(\d+)\n/, '\n1\n')) });
		assert.deepEqual((await seen.seen(election.url)).note, longer);
	});
	await t.test('[BOOTH.MEMORY] another election under the same name', async () => {
		const other = fleeting();
		await other.putSeen('test.invalid/e/meeting', { election: '0'.repeat(64), note: null });
		await assert.rejects(opened(election, { memory: other }), { rule: 'LOG.CONSISTENT' });
	});
	await t.test('[BOOTH.MEMORY] another election at the same address, under a name of its own', async () => {
		const other = fleeting();
		await other.putSeen(election.url, { election: '0'.repeat(64), note: null });
		await assert.rejects(opened(election, { memory: other }), { rule: 'LOG.CONSISTENT' });
		await opened(election, { memory: other, address: 'http://elsewhere.invalid/e/meeting' });
	});
	await t.test('an older head is not taken for the latest, and never remembered in its place', async () => {
		const before = fleeting();
		const old = (await opened(election, { memory: before })).head;
		await cast(election, 'v003', { memory: before });
		const latest = await before.seen('test.invalid/e/meeting');
		const file = async (path) => (path === 'log/checkpoint' ? old.note : api.file(election.url, path));
		const session = await opened(election, { memory: before, lies: { file } });
		assert.ok(session.head.size > old.size);
		assert.deepEqual(await before.seen('test.invalid/e/meeting'), latest);
	});
	await t.test('a log that was set back has nothing to show for what was seen', async () => {
		const before = fleeting();
		const old = (await opened(election, { memory: before })).head;
		await cast(election, 'v003', { memory: before });
		const file = async (path) => {
			if (path === 'log/checkpoint') return old.note;
			if (/\.p\//.test(path) && !path.endsWith(`.p/${old.size}`)) throw new api.Problem(404, { rule: 'HTTP.NOT-FOUND', title: '', detail: 'x', where: '', expected: '', found: '' });
			return api.file(election.url, path);
		};
		await assert.rejects(opened(election, { memory: before, lies: { file } }), (error) => error.kind === 'set-back' && error.note.length > 0 && error.evidence === undefined);
	});
	await t.test('[BOOTH.PREV] the server goes back behind a ballot that this visit has seen', async () => {
		const { session } = await cast(election, 'v001');
		const one = await prover(session, election, 'v001');
		session.net.voter = async () => ({ on_roll: true, ballot: null });
		await assert.rejects(session.commit(one, CHOICES), { rule: 'BOOTH.PREV' });
		await assert.rejects(session.identify(one, 'v001', election.codes.v001), { rule: 'BOOTH.PREV' });
		assert.equal((await session.identify(one, 'v002', election.codes.v002)).id, 'v002', 'another voter on the same device');
	});
	await t.test('in a receipt', async () => {
		const { outcome, session } = await cast(election, 'v002', {
			lies: { submit: async (entry) => { const answer = await api.submit(`${election.url}/entries`, entry); const r = proofs.parse(answer.receipt); return { ...answer, receipt: proofs.write({ ...r, checkpoint: fork(r.checkpoint) }) }; } },
		});
		assert.equal(outcome.state, 'unknown');
		assert.equal(outcome.why, 'false');
		const shown = await session.receiptOf(session.head.size - 1).catch(() => null);
		assert.equal(shown === null || shown.voter === 'v001', true);
	});
});

test('[BOOTH.PENDING] a server that dies, refuses or is busy', async (t) => {
	const election = await Election.start(t, { voters: 9 });
	await t.test('the answer is lost: not known, then recorded once', async () => {
		const lost = async (entry) => { await api.submit(`${election.url}/entries`, entry); throw new api.Unreachable('lost'); };
		const { session, outcome, pending } = await cast(election, 'v001', { lies: { submit: lost } });
		assert.deepEqual([outcome.state, outcome.why], ['unknown', 'unreachable']);
		await election.server.stop('SIGKILL');
		assert.equal((await session.send(pending)).state, 'unknown');
		await election.server.start();
		session.net = netOf(election);
		assert.equal((await session.send(pending)).state, 'recorded');
		assert.equal(election.status().ballots, 1);
	});
	for (const [status, rule, state] of [[503, 'SERVER.BUSY', 'unknown'], [404, 'HTTP.NOT-FOUND', 'unknown'], [429, 'SERVER.RATE', 'unknown'], [409, '', 'unknown'], [502, '', 'unknown'], [409, 'BALLOT.PREV', 'refused']]) {
		await t.test(`${status} ${rule} is ${state}`, async () => {
			const submit = async () => { throw new api.Problem(status, { rule, title: '', detail: 'x', where: '', expected: '', found: '' }); };
			const { session, outcome } = await cast(election, 'v002', { lies: { submit } });
			assert.equal(outcome.state, state);
			assert.equal((await session.pending()).length, state === 'unknown' ? 1 : 0);
		});
	}
	await t.test('an answer of a shape that nobody has thought of', async () => {
		const { session, outcome } = await cast(election, 'v009', { lies: { submit: async () => null } });
		assert.deepEqual([outcome.state, outcome.why], ['unknown', 'false']);
		assert.equal((await session.pending()).length, 1);
	});
	await t.test('a device whose storage is full: it votes, and knows that nothing is kept', async () => {
		const full = async () => { throw new DOMException('full', 'QuotaExceededError'); };
		const memory = { ...fleeting(), isLasting: true, seen: full, putSeen: full, putPending: full, removePending: full };
		const { session, outcome } = await cast(election, 'v009', { memory });
		assert.equal(outcome.state, 'recorded');
		assert.equal(session.memory.isLasting, false);
		assert.equal(memory.isLasting, true);
	});
	await t.test('another window settles a ballot late, when the next one is on its way', async () => {
		const memory = fleeting();
		const first = await cast(election, 'v009', { memory });
		const session = await opened(election, { memory });
		const one = await prover(session, election, 'v009');
		const next = await session.sign(one, await session.commit(one, CHOICES));
		assert.equal((await first.session.send(first.pending)).state, 'recorded');
		assert.deepEqual(await session.pending(), [next]);
		assert.equal((await session.send(next)).state, 'recorded');
		assert.deepEqual(await session.pending(), []);
	});
	await t.test('refused, says the server, and records it: the board tells', async () => {
		const submit = async (/** @type {any} */ entry) => {
			await api.submit(`${election.url}/entries`, entry);
			throw new api.Problem(409, { rule: 'BALLOT.PREV', title: '', detail: 'x', where: '', expected: '', found: '' });
		};
		const { outcome } = await cast(election, 'v008', { lies: { submit } });
		assert.equal(outcome.state, 'recorded');
	});
	await t.test('a clock that is wrong by an hour', async () => {
		const { outcome } = await cast(election, 'v003', { shift: 3600 });
		assert.deepEqual([outcome.state, outcome.rule], ['refused', 'BALLOT.DATE']);
	});
	await t.test('[BALLOT.PREV] another vote came in between', async () => {
		const session = await opened(election);
		const one = await prover(session, election, 'v004');
		const pending = await session.sign(one, await session.commit(one, CHOICES));
		election.vote('v004');
		const outcome = await session.send(pending);
		assert.deepEqual([outcome.state, outcome.rule], ['refused', 'BALLOT.PREV']);
	});
	await t.test('never a second ballot over one whose fate is not known', async () => {
		const memory = fleeting();
		const session = await opened(election, { memory });
		const one = await prover(session, election, 'v005');
		await session.sign(one, await session.commit(one, CHOICES));
		const ballot = await session.commit(one, CHOICES);
		await assert.rejects(session.sign(one, ballot), { name: 'UnderWay' });
	});
	await t.test('[BOOTH.FRESH] a ballot grows old', async () => {
		const session = await opened(election);
		const one = await prover(session, election, 'v006');
		const ballot = await session.commit(one, CHOICES);
		assert.equal(session.isStale(ballot), false);
		session.now = () => election.server.now() + MAX_AGE + 1;
		assert.equal(session.isStale(ballot), true);
	});
	await t.test('the polls are over', async () => {
		const session = await opened(election);
		const one = await prover(session, election, 'v007');
		const pending = await session.sign(one, await session.commit(one, CHOICES));
		await election.closePolls();
		const outcome = await session.send(pending);
		assert.equal(outcome.state, 'refused');
		assert.ok(['ENTRY.ORDER', 'BALLOT.TIME'].includes(outcome.rule), outcome.rule);
	});
});

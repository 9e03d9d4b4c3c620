// SPDX-License-Identifier: Apache-2.0
// [BOOTH.AUDIT] The prover signs a ballot or opens it, never both; and what it makes is right.
import { randomBytes } from '@noble/hashes/utils';
import assert from 'node:assert/strict';
import test from 'node:test';
import { equal } from '../crypto/bytes.js';
import { getGroup } from '../crypto/group.js';
import { sha256 } from '../crypto/hash.js';
import { verify as verifySignature } from '../crypto/schnorr.js';
import * as ballots from '../core/ballot.js';
import * as code from '../core/code.js';
import { signedMessage } from '../core/entry.js';
import { define } from '../core/parts.js';
import * as audit from './audit.js';
import { Prover } from './prover.js';
import { connect, serve } from './prover_worker.js';

const group = getGroup('ristretto255');
const h = group.multiply(123456789n ** 7n, group.generator);
const questions = [{ m: 3, S: 1, min: 1, max: 2, blank: true }, { m: 2, S: 5, min: 0, max: 10, blank: false }];
const definitions = questions.map(define);
const terms = { group: group.name, election: new Uint8Array(32).fill(1), context: new Uint8Array(32).fill(2), h: group.encode(h), questions };
const position = { prev: new Uint8Array(32), date: 1_900_000_000, size: 9, root: new Uint8Array(32).fill(3) };
const choices = [{ blank: false, values: [1, 0, 1] }, { blank: false, values: [5, 0] }];
const newCode = () => code.make(randomBytes(26));

async function prepared() {
	const prover = new Prover();
	const voterKey = prover.identify(newCode(), terms.election, 'ada');
	await prover.prepare(terms);
	return { prover, voterKey, setting: { group, context: terms.context, voter: 'ada', voterKey, h, definitions } };
}

test('what it makes is a ballot of this voter, and its signature that of the voter', async () => {
	const { prover, voterKey, setting } = await prepared();
	const { number, payload, tracker } = await prover.commit(choices, position);
	assert.equal(tracker, ballots.tracker(payload).text);
	assert.equal(ballots.verify(setting, payload).date, position.date);
	const message = signedMessage({ election: terms.election, context: terms.context, type: 'ballot', signer: 'voter/ada', payloadHash: sha256(payload) });
	verifySignature(voterKey, message, prover.sign(number));
});

test('E-21: what was opened cannot be signed, what was signed cannot be opened, nothing is done twice', async () => {
	const { prover } = await prepared();
	const first = await prover.commit(choices, position);
	prover.open(first.number);
	assert.throws(() => prover.sign(first.number), /signed, opened or replaced/);
	assert.throws(() => prover.open(first.number), /signed, opened or replaced/);
	const second = await prover.commit(choices, position);
	prover.sign(second.number);
	assert.throws(() => prover.open(second.number), /signed, opened or replaced/);
	assert.throws(() => prover.sign(second.number), /signed, opened or replaced/);
	const third = await prover.commit(choices, position);
	const fourth = await prover.commit(choices, position);
	assert.throws(() => prover.sign(third.number), /signed, opened or replaced/);
	assert.ok(!equal(third.payload, fourth.payload), 'the same choices, a new seed');
	prover.wipe();
	assert.throws(() => prover.sign(fourth.number), /nobody is identified/);
});

test('of two that are made at once only the later one can be used', async () => {
	const { prover } = await prepared();
	const [first, second] = await Promise.all([prover.commit(choices, position), prover.commit(choices, position)]);
	assert.throws(() => prover.sign(first.number), /signed, opened or replaced/);
	prover.sign(second.number);
});

/** The audit as the second device does it. */
async function opened() {
	const { prover } = await prepared();
	const { number, payload, tracker } = await prover.commit(choices, position);
	const told = prover.open(number);
	const { voterKey, seed } = told;
	return { told, payload, tracker, whole: { voter: 'ada', voterKey, seed, choices: told.choices, at: position, trackerHash: ballots.tracker(payload).hash } };
}

test('[BALLOT.SEED] an opened ballot is made again from file and from QR code', async () => {
	const { told, tracker, whole } = await opened();
	const setup = { group, definitions, open: { h, context: terms.context } };
	for (const read of [audit.readFile(audit.writeFile(told), group, definitions), audit.readShort(audit.writeShort(whole, definitions), definitions)]) {
		assert.deepEqual(read, whole);
		assert.deepEqual(audit.check(read, setup), { isRight: true, tracker });
	}
	assert.ok(audit.writeShort(whole, definitions).length < 400, 'few enough for a QR code');
});

test('E-22: a ballot that holds something else than is said is found out', async () => {
	const { whole, tracker } = await opened();
	const setup = { group, definitions, open: { h, context: terms.context } };
	const lies = {
		choices: { choices: [{ blank: false, values: [0, 1, 1] }, choices[1]] }, seed: { seed: whole.seed.map((b) => b ^ 1) }, voter: { voter: 'bea' },
		key: { voterKey: whole.seed }, date: { at: { ...position, date: 1 } }, tracker: { trackerHash: whole.seed },
	};
	for (const [name, lie] of Object.entries(lies)) assert.equal(audit.check({ ...whole, ...lie }, setup).isRight, false, name);
	assert.equal(audit.check({ ...whole, trackerHash: whole.seed }, setup).tracker, tracker, 'the tracker is that of what was made here');
	for (const text of ['', 'x', audit.writeShort(whole, definitions).slice(0, -4), `${audit.writeShort(whole, definitions)}AAAA`])
		assert.throws(() => audit.readShort(text, definitions), /BALLOT.SEED|BASE64/);
	for (const text of ['{}', '{"tabella_audit":2}', 'no', '[]', 'null']) assert.throws(() => audit.readFile(new TextEncoder().encode(text), group, definitions), /BALLOT.SEED/);
});

test('over messages it is the same, and tells how far it is', async () => {
	const { port1, port2 } = new MessageChannel();
	serve({ postMessage: (m) => port1.postMessage(m), addEventListener: (type, listener) => port1.addEventListener(type, listener) });
	port1.start();
	port2.start();
	const prover = connect(port2, () => { port1.close(); port2.close(); });
	await prover.identify(newCode(), terms.election, 'ada');
	await prover.prepare(terms);
	const steps = [];
	const { number } = await prover.commit(choices, position, (done, whole) => steps.push([done, whole]));
	assert.deepEqual(steps, [[1, 2], [2, 2]]);
	assert.equal((await prover.sign(number)).length, 64);
	await assert.rejects(prover.open(number), /signed, opened or replaced/);
	const waiting = prover.commit(choices, position);
	prover.end();
	await assert.rejects(waiting, /the worker ended/);
});

test('a ranked question is encrypted like the others, opened, and made again from file and short form [RANK.ENCRYPT] [BALLOT.SEED]', async () => {
	const ranked = { m: 44, min: 1, max: 44, equal: true };
	const both = { ...terms, questions: [ranked, questions[0]] };
	const prover = new Prover();
	const voterKey = prover.identify(newCode(), terms.election, 'ada');
	await prover.prepare(both);
	const setting = { group, context: terms.context, voter: 'ada', voterKey, h, definitions: both.questions.map(define) };
	const ranks = Array.from({ length: 44 }, (_, i) => (i < 40 ? 1 + Math.floor(i / 2) : 0));
	const { number, payload } = await prover.commit([{ blank: false, values: ranks }, choices[0]], position);
	assert.equal(ballots.verify(setting, payload).date, position.date);
	const opened = prover.open(number);
	const setup = { group, definitions: setting.definitions, open: { h, context: terms.context } };
	const fromFile = audit.readFile(audit.writeFile(opened), group, setting.definitions);
	assert.deepEqual(fromFile.choices, [{ blank: false, values: ranks }, choices[0]]);
	const fromShort = audit.readShort(audit.writeShort(fromFile, setting.definitions), setting.definitions);
	assert.deepEqual(fromShort, fromFile);
	for (const one of [fromFile, fromShort]) assert(audit.check(one, setup).isRight);
	assert(!audit.check({ ...fromFile, choices: [{ blank: false, values: [...ranks].reverse() }, choices[0]] }, setup).isRight);
});

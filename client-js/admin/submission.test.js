// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from '@noble/hashes/utils';
import assert from 'node:assert/strict';
import test from 'node:test';
import { ed25519 } from '@noble/curves/ed25519';
import { leafHash, root } from '../crypto/merkle.js';
import { write as writeBase64 } from '../core/base64.js';
import * as checkpoint from '../core/checkpoint.js';
import * as entries from '../core/entry.js';
import * as json from '../core/json.js';
import * as proofs from '../core/proof.js';
import { withoutSecrets } from './draft.js';
import * as keys from './keys.js';
import { checkReceipt, sign } from './submission.js';

const random = (length) => randomBytes(length);
const SEED = random(32);
const KEY = ed25519.getPublicKey(SEED);
const ORIGIN = 'x.example/e/y';
const BINDING = { election: random(32), context: random(32) };
const signer = keys.signerOf(keys.makeKey('admin', random).file, 'admin');
const act = (text) => ({ type: 'notice', payload: json.write({ text }) });

/** What a server would answer: the entry behind one other, under a signed head. */
function receiptOf(sent, { time = 60, seed = SEED, origin = ORIGIN } = {}) {
	const bytes = entries.write({ ...sent, time });
	const leaves = [random(32), leafHash(bytes)];
	const note = checkpoint.sign({ origin, size: 2, root: root(leaves) }, seed, ed25519.getPublicKey(seed));
	return proofs.write({ entry: bytes, index: 1, proof: [leaves[0]], checkpoint: note });
}

test('an entry is signed for its election and context [ENTRY.SIGNATURE]', () => {
	const sent = sign(act('a'), BINDING, signer, random);
	const publicKey = Uint8Array.from(Buffer.from(signer.public, 'base64'));
	entries.verifySignature(sent, BINDING.election, BINDING.context, publicKey);
	assert.throws(() => entries.verifySignature(sent, BINDING.election, random(32), publicKey), { rule: 'ENTRY.SIGNATURE' });
	assert.throws(() => entries.verifySignature(sent, random(32), BINDING.context, publicKey), { rule: 'ENTRY.SIGNATURE' });
	assert.throws(() => entries.verifySignature({ ...sent, payload: act('b').payload }, BINDING.election, BINDING.context, publicKey), { rule: 'ENTRY.SIGNATURE' });
});

test('a receipt is for what was sent, in a log whose head the right key has signed [RECEIPT]', () => {
	const sent = sign(act('a'), BINDING, signer, random);
	assert.equal(checkReceipt(receiptOf(sent), sent, ORIGIN, KEY).index, 1);
	/* Signed again after a lost answer: the same entry. */
	assert.equal(checkReceipt(receiptOf(sign(act('a'), BINDING, signer, random)), sent, ORIGIN, KEY).index, 1);
	assert.throws(() => checkReceipt(receiptOf(sign(act('b'), BINDING, signer, random)), sent, ORIGIN, KEY), { rule: 'RECEIPT' });
	assert.throws(() => checkReceipt(receiptOf({ ...sent, type: 'cancel' }), sent, ORIGIN, KEY), { rule: 'RECEIPT' });
	assert.throws(() => checkReceipt(receiptOf(sent, { seed: random(32) }), sent, ORIGIN, KEY), { rule: 'LOG.CHECKPOINT' });
	assert.throws(() => checkReceipt(receiptOf(sent, { origin: 'x.example/e/z' }), sent, ORIGIN, KEY), { rule: 'LOG.CHECKPOINT' });
	const other = Buffer.from(receiptOf(sent)).toString().replace(/\n[A-Za-z0-9+/=]{44}\n/, `\n${writeBase64(random(32))}\n`);
	assert.throws(() => checkReceipt(Buffer.from(other), sent, ORIGIN, KEY), { rule: 'RECEIPT' });
});

test('no secret code gets into what is stored', () => {
	const { file, line } = keys.makeKey('admin', random);
	const code = file.split('\n')[1];
	const draft = { title: `Meeting ${code}`, text: file, admin: { line: code.toLowerCase() }, registrar: { line }, list: [code.replaceAll('-', ''), 'x'] };
	assert.deepEqual(withoutSecrets(draft), { title: '', text: '', admin: { line: '' }, registrar: { line }, list: ['', 'x'] });
	assert.ok(keys.holdsCode(`my code is ${code}.`.replace('.', ' ')));
	assert.ok(!keys.holdsCode('0000-0000-0000-0000-0000-0000-0001'));
});

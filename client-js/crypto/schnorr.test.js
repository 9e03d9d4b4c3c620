// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, seeded } from '../tools/vectors/kit.mjs';
import { utf8 } from './bytes.js';
import { R255 } from './group.js';
import { mod, inverse, reduce } from './scalar.js';
import { challenge, deriveNonce, publicKey, sign, verify } from './schnorr.js';

const key = reduce(seeded('schnorr test', 64), R255.q);
const message = utf8('a message');
const right = sign(key, message, seeded('schnorr random', 32));
const accepts = (...args) => refusal(() => verify(...args)) === undefined;

test('every flipped bit of signature and key is refused [SIGN.SCHNORR]', () => {
	assert(accepts(publicKey(key), message, right));
	const step = process.env.TB_LONG === '1' ? 1 : 5;
	const flipped = (bytes, bit) => bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
	for (let bit = 0; bit < 512; bit += step) assert(!accepts(publicKey(key), message, flipped(right, bit)), `signature, bit ${bit}`);
	for (let bit = 0; bit < 256; bit += step) assert(!accepts(flipped(publicKey(key), bit), message, right), `key, bit ${bit}`);
});

test('a forgery where the challenge leaves out the key: a signature for a key made to fit', () => {
	// Without PK in c, z*g = R + c*PK is solved for PK after R, c and z were chosen.
	const R = R255.multiply(9n, R255.generator);
	const weak = challenge(R255.encode(R), new Uint8Array(), message);
	const PK = R255.multiply(inverse(weak, R255.q), R255.add(R255.multiply(1234n, R255.generator), R255.multiply(R255.q - 1n, R)));
	const signature = new Uint8Array(64);
	signature.set(R255.encode(R));
	signature.set([1234 & 255, 1234 >> 8], 32);
	assert(R255.equals(R255.multiply(1234n, R255.generator), R255.add(R, R255.multiply(weak, PK))));
	assert(!accepts(R255.encode(PK), message, signature));
});

test('a nonce depends on key, message and randomness [SIGN.NONCE]', () => {
	const nonces = [[key, message, 'a'], [key, message, 'b'], [key, utf8('another'), 'a'], [key + 1n, message, 'a']].map(([k, m, r]) => deriveNonce(k, m, seeded(r, 32)));
	assert.equal(new Set(nonces).size, nonces.length);
	// Two messages under one nonce would give the key away; with the derived ones they do not.
	const [one, two] = [message, utf8('another')].map((m) => sign(key, m, seeded('same', 32)));
	assert.notDeepEqual(one.slice(0, 32), two.slice(0, 32));
	assert.equal(mod(key, R255.q), key);
});

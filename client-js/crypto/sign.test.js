// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createPublicKey, verify as openssl } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { seeded } from '../tools/vectors/kit.mjs';
import { concat, fromHex } from './bytes.js';
import { publicKey, sign, verify } from './sign.js';

/** @param {Uint8Array} key */
const asOpenssl = (key) => createPublicKey({ key: Buffer.from(concat(fromHex('302a300506032b6570032100'), key)), format: 'der', type: 'spki' });

test('every flipped bit of a signature is refused here and by OpenSSL [SIGN.ED25519]', () => {
	const seed = seeded('ed25519 test', 32);
	const key = publicKey(seed);
	const message = seeded('ed25519 message', 50);
	const signature = sign(seed, message);
	assert(verify(key, message, signature) && openssl(null, message, asOpenssl(key), signature));
	for (let bit = 0; bit < 512; bit += process.env.TB_LONG === '1' ? 1 : 5) {
		const bad = signature.slice();
		bad[bit >> 3] ^= 1 << (bit & 7);
		assert(!verify(key, message, bad), `bit ${bit}`);
		assert(!openssl(null, message, asOpenssl(key), bad), `bit ${bit}, OpenSSL`);
	}
	assert(!verify(key, seeded('another', 50), signature));
	assert(!verify(publicKey(seeded('another', 32)), message, signature));
	assert(!verify(key, message, signature.slice(1)));
});

test('OpenSSL agrees about all signatures of the vectors, also where the cofactor decides [SIGN.ED25519]', () => {
	const { cases } = JSON.parse(readFileSync(new URL('../../specs/vectors/checkpoint.json', import.meta.url), 'utf8'));
	const signatures = cases.filter(({ op }) => op === 'ed25519.verify');
	assert(signatures.some(({ name }) => name.includes('cofactor')));
	for (const { name, valid, in: { public: key, message, signature } } of signatures)
		assert.equal(openssl(null, fromHex(message), asOpenssl(fromHex(key)), fromHex(signature)), valid, name);
});

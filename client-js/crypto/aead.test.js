// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import { seeded } from '../tools/vectors/kit.mjs';
import { decrypt, encrypt } from './aead.js';
import { concat, fromHex, hex, utf8 } from './bytes.js';

test('the vector of RFC 8439 2.8.2 [CEREMONY.SHARE]', () => {
	const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
	const nonce = fromHex('070000004041424344454647');
	const associated = fromHex('50515253c0c1c2c3c4c5c6c7');
	const text = utf8("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
	const sealed = encrypt(key, nonce, associated, text);
	assert.equal(hex(sealed.slice(0, 16)), 'd31a8d34648e60db7b86afbc53ef7ec2');
	assert.equal(hex(sealed.slice(-16)), '1ae10b594f09e26a7e902ecbd0600691');
	assert.equal(hex(decrypt(key, nonce, associated, sealed)), hex(text));
});

test('OpenSSL seals the same bytes, for all lengths around the blocks', () => {
	for (const length of [0, 1, 15, 16, 17, 32, 63, 64, 65, 127, 128, 129, 300]) {
		const [key, nonce, associated, text] = [32, 12, length % 37, length].map((n, i) => seeded(`aead ${length} ${i}`, n));
		const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
		cipher.setAAD(associated, { plaintextLength: length });
		const expected = concat(cipher.update(text), cipher.final(), cipher.getAuthTag());
		assert.equal(hex(encrypt(key, nonce, associated, text)), hex(expected), `length ${length}`);
	}
});

test('whatever is changed is refused', () => {
	const [key, nonce, associated, text] = [32, 12, 34, 32].map((n, i) => seeded(`aead flips ${i}`, n));
	const sealed = encrypt(key, nonce, associated, text);
	const flipped = (bytes, bit) => bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
	for (let bit = 0; bit < 8 * sealed.length; bit++) assert.equal(decrypt(key, nonce, associated, flipped(sealed, bit)), undefined, `bit ${bit}`);
	assert.equal(decrypt(flipped(key, 0), nonce, associated, sealed), undefined);
	assert.equal(decrypt(key, flipped(nonce, 95), associated, sealed), undefined);
	assert.equal(decrypt(key, nonce, flipped(associated, 7), sealed), undefined);
	assert.equal(decrypt(key, nonce, associated, sealed.slice(1)), undefined);
	assert.equal(decrypt(key, nonce, associated, sealed.slice(0, 15)), undefined);
});

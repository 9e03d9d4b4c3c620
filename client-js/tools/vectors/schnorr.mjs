// SPDX-License-Identifier: Apache-2.0
import { concat, fromHex, hex, utf8 } from '../../crypto/bytes.js';
import { R255 } from '../../crypto/group.js';
import { parseScalar, writeScalar } from '../../crypto/scalar.js';
import { challenge, deriveNonce, publicKey, sign, verify } from '../../crypto/schnorr.js';
import { collect, flip, seeded } from './kit.mjs';

export const ops = {
	'schnorr.sign'({ secret, random, message }) {
		const key = parseScalar(fromHex(secret), R255.q);
		const bytes = fromHex(message);
		const signature = sign(key, bytes, fromHex(random));
		return {
			public: publicKey(key),
			nonce: writeScalar(deriveNonce(key, bytes, fromHex(random))),
			challenge: writeScalar(challenge(signature.slice(0, 32), publicKey(key), bytes)),
			signature,
		};
	},
	'schnorr.verify'({ public: pk, message, signature }) {
		verify(fromHex(pk), fromHex(message), fromHex(signature));
		return {};
	},
};

export function make() {
	const c = collect(ops, {
		topic: 'schnorr',
		about: 'Signatures of the board. secret is the signing key.',
		source: 'RFC 9591 where a case says so, else client-js',
		spec: ['SIGN.SCHNORR', 'SIGN.NONCE'],
	});
	c.published('schnorr.verify', 'FROST(ristretto255, SHA-512)', 'RFC 9591 appendix E.3',
		{
			public: 'e2a62f39eede11269e3bd5a7d97554f5ca384f9f6d3dd9c3c0d05083c7254f57',
			message: hex(utf8('test')),
			signature: 'fc45655fbc66bbffad654ea4ce5fdae253a49a64ace25d9adb62010dd9fb25552164141787162e5b4cab915b4aa45d94655dbb9ed7c378a53b980a0be220a802',
		}, {});
	const key = parseScalar(concat(seeded('signing key', 31), new Uint8Array(1)), R255.q);
	const random = seeded('signing random', 32);
	const made = {};
	for (const [name, bytes] of [['a message', utf8('a message')], ['an empty message', new Uint8Array()], ['300 bytes', seeded('message', 300)]]) {
		const message = hex(bytes);
		made[name] = { message, ...c.good('schnorr.sign', `sign ${name}`, { secret: writeScalar(key), random, message }) };
		c.good('schnorr.verify', `verify ${name}`, { public: made[name].public, message, signature: made[name].signature });
	}
	c.good('schnorr.sign', 'the largest key', { secret: writeScalar(R255.q - 1n), random, message: '' });
	const { public: pk, message, signature } = made['a message'];
	const refuse = (name, change) => c.bad('schnorr.verify', name, 'SIGN.SCHNORR', { public: pk, message, signature, ...change });
	refuse('another message', { message: flip(message, 0) });
	refuse('another key', { public: hex(publicKey(key + 1n)) });
	refuse('R changed', { signature: hex(concat(R255.encode(R255.generator), fromHex(signature).slice(32))) });
	refuse('z changed', { signature: flip(signature, 40) });
	const z = parseScalar(fromHex(signature).slice(32), R255.q);
	refuse('z + q', { signature: hex(concat(fromHex(signature).slice(0, 32), writeScalar(z + R255.q))) });
	refuse('R is not an element', { signature: flip(signature, 31, 0x80) });
	refuse('the key is not an element', { public: flip(pk, 31, 0x80) });
	refuse('63 bytes', { signature: signature.slice(0, -2) });
	refuse('65 bytes', { signature: `${signature}00` });
	// z*g = R + c*PK holds for both, and neither says who signed.
	refuse('the key is the identity', { public: '00'.repeat(32), signature: hex(concat(R255.encode(R255.multiply(5n, R255.generator)), writeScalar(5n))) });
	const identityR = new Uint8Array(32);
	const c0 = challenge(identityR, fromHex(pk), fromHex(message));
	refuse('R is the identity', { signature: hex(concat(identityR, writeScalar((c0 * key) % R255.q))) });
	return c.file();
}

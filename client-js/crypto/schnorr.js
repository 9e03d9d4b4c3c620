// SPDX-License-Identifier: Apache-2.0
// [SIGN.SCHNORR] RFC 9591 verification for FROST(ristretto255, SHA-512), and a signer for one key.
import { concat, utf8 } from './bytes.js';
import { require, under } from './err.js';
import { combinePublic, decodeNotIdentity, R255 } from './group.js';
import { sha512 } from './hash.js';
import { mod, parseScalar, reduce, writeScalar } from './scalar.js';
import { Transcript } from './transcript.js';

export const SIGNATURE_LENGTH = 64;
const CONTEXT = 'FROST-RISTRETTO255-SHA512-v1';

/** @param {bigint} key @returns {Uint8Array} the public key, 32 bytes */
export const publicKey = (key) => R255.encode(R255.multiply(key, R255.generator));

/** @param {Uint8Array} R @param {Uint8Array} publicKey @param {Uint8Array} message @returns {bigint} */
export const challenge = (R, publicKey, message) =>
	reduce(sha512(utf8(CONTEXT), utf8('chal'), R, publicKey, message), R255.q);

/** [SIGN.NONCE] @param {bigint} key @param {Uint8Array} message @param {Uint8Array} random 32 bytes @returns {bigint} */
export const deriveNonce = (key, message, random) =>
	reduce(
		new Transcript('tabella/v1/nonce')
			.absorb('secret', writeScalar(key))
			.absorb('random', random)
			.absorb('message', message)
			.output(),
		R255.q,
	);

/**
 * @param {bigint} key
 * @param {Uint8Array} message
 * @param {Uint8Array} random 32 fresh bytes; a ballot's signature takes the ballot's seed [BALLOT.SEED]
 * @returns {Uint8Array} R || z
 */
export function sign(key, message, random) {
	if (random.length !== 32) throw new TypeError('random has 32 bytes');
	const nonce = deriveNonce(key, message, random);
	const R = R255.encode(R255.multiply(nonce, R255.generator));
	const c = challenge(R, publicKey(key), message);
	return concat(R, writeScalar(mod(nonce + c * key, R255.q)));
}

/** @typedef {{R: any, PK: any, z: bigint, c: bigint}} Claim that z*g = R + c*PK */

/**
 * Reads a signature; whether it fits is still to be seen.  Throws a Refusal [SIGN.SCHNORR] for what is malformed.
 * @param {Uint8Array} publicKey @param {Uint8Array} message @param {Uint8Array} signature @returns {Claim}
 */
export function read(publicKey, message, signature) {
	require(signature.length === SIGNATURE_LENGTH, 'SIGN.SCHNORR', 'a signature has 64 bytes');
	const [R, PK, z] = under('SIGN.SCHNORR', () => [
		decodeNotIdentity(R255, signature.slice(0, 32)),
		decodeNotIdentity(R255, publicKey),
		parseScalar(signature.slice(32), R255.q),
	]);
	return { R, PK, z, c: challenge(signature.slice(0, 32), publicKey, message) };
}

/** @param {import('./batch.js').Batch} batch of R255 @param {Claim} claim */
export function addToBatch(batch, { R, PK, z, c }) {
	const e = batch.draw();
	batch.add(e, R);
	batch.add(e * c, PK);
	batch.addCommon(-e * z, R255.generator);
}

/**
 * Throws a Refusal [SIGN.SCHNORR] unless the signature is right.
 * @param {Uint8Array} publicKey @param {Uint8Array} message @param {Uint8Array} signature
 */
export function verify(publicKey, message, signature) {
	const { R, PK, z, c } = read(publicKey, message, signature);
	const left = R255.multiplyPublic(z, R255.generator);
	require(R255.equals(left, combinePublic(R255, [1n, R], [c, PK])), 'SIGN.SCHNORR', 'the signature does not fit');
}

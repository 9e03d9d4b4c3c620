// SPDX-License-Identifier: Apache-2.0
// [KEY.DERIVE] Every key of every role, from its code.
import { ed25519 } from '@noble/curves/ed25519';
import { concat, utf8 } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';
import { R255 } from '../crypto/group.js';
import { hkdfSha512 } from '../crypto/hash.js';
import { reduce } from '../crypto/scalar.js';
import { publicKey } from '../crypto/schnorr.js';
import { item } from '../crypto/transcript.js';
import { secret } from './code.js';

/** @typedef {'voter'|'trustee'|'admin'|'registrar'|'endorser'|'server'} Role */

/**
 * @param {string} code 28 characters, as core/code.js parses them
 * @param {Role} role @param {string} purpose @param {Uint8Array} info
 * @returns {Uint8Array} 64 bytes
 */
export const derive = (code, role, purpose, info = new Uint8Array()) =>
	hkdfSha512(secret(code), utf8(`tabella/v1/${role}`), concat(item('purpose', purpose), info), 64);

/** @param {Uint8Array} output 64 bytes @returns {{key: bigint, public: Uint8Array}} */
function toR255(output) {
	const key = reduce(output, R255.q);
	require(key !== 0n, 'KEY.DERIVE', 'this code gives the key 0');
	return { key, public: publicKey(key) };
}

/** @param {Uint8Array} output 64 bytes @returns {{seed: Uint8Array, public: Uint8Array}} */
function toEd25519(output) {
	const seed = output.slice(0, 32);
	return { seed, public: ed25519.getPublicKey(seed) };
}

/** @param {string} code @param {Uint8Array} electionId 32 bytes @param {string} voterId */
export const voterKey = (code, electionId, voterId) =>
	toR255(derive(code, 'voter', 'sign', concat(item('election', electionId), item('voter', voterId))));

/** @param {string} code @param {'admin'|'registrar'|'trustee'|'endorser'|'server'} role */
export const signKey = (code, role) => toR255(derive(code, role, 'sign'));

/** @param {string} code of a trustee */
export const transportKey = (code) => toR255(derive(code, 'trustee', 'transport'));

/** @param {string} code @param {'trustee'|'endorser'} role */
export const cosignKey = (code, role) => toEd25519(derive(code, role, 'cosign'));

/** The checkpoint key. @param {string} code of a server */
export const logKey = (code) => toEd25519(derive(code, 'server', 'log'));

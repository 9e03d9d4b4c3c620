// SPDX-License-Identifier: Apache-2.0
// The key ceremony's mathematics: Feldman sharing, proof of possession, encrypted shares, Lagrange.
import { decrypt, encrypt } from './aead.js';
import { concat, u64, u8 } from './bytes.js';
import { Refusal, require } from './err.js';
import { combinePublic, R255 } from './group.js';
import { inverse, mod, parseScalar, writeScalar } from './scalar.js';
import { Transcript } from './transcript.js';

/**
 * @typedef {import('./group.js').Group} Group
 * @typedef {import('./group.js').Point} Point
 *
 * A ceremony and one trustee's place in it; points of R255 as their bytes.
 * @typedef {object} Sender
 * @property {Group} group of the election
 * @property {Uint8Array} election id
 * @property {number} index from 1
 * @property {number} trustees n
 * @property {number} threshold t
 * @property {Uint8Array} transport P_i
 */

export const SHARE_LENGTH = 48;

/** f(j). @param {bigint[]} coefficients @param {number} j @param {bigint} q @returns {bigint} */
export const evaluate = (coefficients, j, q) => coefficients.reduceRight((sum, c) => mod(sum * BigInt(j) + c, q), 0n);

/** f(j)*g from the commitments. @param {Group} group @param {Point[]} commitments @param {number} j @returns {Point} */
export const evaluateCommitments = (group, commitments, j) =>
	combinePublic(group, ...commitments.map((C, k) => /** @type {[bigint, Point]} */ ([BigInt(j) ** BigInt(k), C])));

/** [CEREMONY.POP] @param {Sender} s @param {Point[]} commitments @param {Uint8Array} ephemeral E_i @param {Point} popR */
export const popChallenge = (s, commitments, ephemeral, popR) =>
	new Transcript('tabella/v1/pop')
		.absorb('group', s.group.name)
		.absorb('election', s.election)
		.absorb('trustee', u64(s.index))
		.absorb('trustees', u64(s.trustees))
		.absorb('threshold', u64(s.threshold))
		.absorb('transport', s.transport)
		.absorb('commitments', concat(...commitments.map(s.group.encode)))
		.absorb('ephemeral', ephemeral)
		.absorb('nonce', s.group.encode(popR))
		.challenge(s.group.q);

/** @param {Sender} s @param {Point[]} commitments @param {Uint8Array} ephemeral @param {bigint} secret f_{i,0} @param {bigint} w fresh */
export function popProve(s, commitments, ephemeral, secret, w) {
	const popR = s.group.multiply(w, s.group.generator);
	return { popR, popZ: mod(w + popChallenge(s, commitments, ephemeral, popR) * secret, s.group.q) };
}

/** @param {Sender} s @param {Point[]} commitments @param {Uint8Array} ephemeral @param {Point} popR @param {bigint} popZ */
export function popVerify(s, commitments, ephemeral, popR, popZ) {
	const c = popChallenge(s, commitments, ephemeral, popR);
	const left = s.group.multiplyPublic(popZ, s.group.generator);
	require(s.group.equals(left, combinePublic(s.group, [1n, popR], [c, commitments[0]])), 'CEREMONY.POP', 'the proof of possession fails');
}

/**
 * [CEREMONY.SHARE] The key of c_{i,j}; sender and recipient come to the same two products from opposite sides.
 * @param {object} p
 * @param {Uint8Array} p.election
 * @param {number} p.from @param {number} p.to indices
 * @param {Point} p.ephemeralStatic e_i*P_j = d_j*E_i @param {Point} p.staticStatic d_i*P_j = d_j*P_i
 * @param {Uint8Array} p.ephemeral E_i @param {Uint8Array} p.fromTransport P_i @param {Uint8Array} p.toTransport P_j
 * @returns {Uint8Array} 32 bytes
 */
export const shareKey = (p) =>
	new Transcript('tabella/v1/share')
		.absorb('election', p.election)
		.absorb('sender', u64(p.from))
		.absorb('recipient', u64(p.to))
		.absorb('ephemeral-static', R255.encode(p.ephemeralStatic))
		.absorb('static-static', R255.encode(p.staticStatic))
		.absorb('ephemeral', p.ephemeral)
		.absorb('from', p.fromTransport)
		.absorb('to', p.toTransport)
		.output()
		.slice(0, 32);

const NONCE = new Uint8Array(12);
const associated = (election, from, to) => concat(election, u8(from), u8(to));

/** @param {Uint8Array} key @param {Uint8Array} election @param {number} from @param {number} to @param {bigint} share */
export const encryptShare = (key, election, from, to, share) => encrypt(key, NONCE, associated(election, from, to), writeScalar(share));

/**
 * [CEREMONY.RECEIVE] Opens a share and holds it against its sender's commitments.
 * @param {Group} group @param {Uint8Array} key @param {Uint8Array} election @param {number} from @param {number} to
 * @param {Uint8Array} sealed @param {Point[]} commitments of the sender @returns {bigint}
 */
export function receiveShare(group, key, election, from, to, sealed, commitments) {
	const blame = `trustee ${from} is to blame`;
	const bytes = decrypt(key, NONCE, associated(election, from, to), sealed);
	if (bytes === undefined) throw new Refusal('CEREMONY.RECEIVE', `the share cannot be decrypted: ${blame}`);
	const share = beforeModulus(bytes, group.q);
	if (share === undefined) throw new Refusal('CEREMONY.RECEIVE', `the share is not reduced: ${blame}`);
	const expected = evaluateCommitments(group, commitments, to);
	require(group.equals(group.multiply(share, group.generator), expected), 'CEREMONY.RECEIVE', `the share does not fit the commitments: ${blame}`);
	return share;
}

/** @param {Uint8Array} bytes @param {bigint} q @returns {bigint|undefined} */
function beforeModulus(bytes, q) {
	try {
		return parseScalar(bytes, q);
	} catch {
		return undefined;
	}
}

/** lambda_j = prod l/(l-j) over the other l. @param {number[]} indices @param {number} j @param {bigint} q @returns {bigint} */
export function lagrange(indices, j, q) {
	const others = indices.filter((l) => l !== j).map(BigInt);
	const top = others.reduce((product, l) => mod(product * l, q), 1n);
	const bottom = others.reduce((product, l) => mod(product * (l - BigInt(j)), q), 1n);
	return mod(top * inverse(bottom, q), q);
}

// SPDX-License-Identifier: Apache-2.0
// Payloads of trustee.commit and trustee.certify, and what trustees make of them.  specs/protocol.md section 2.
import { concat, hex, Reader, u64, u8 } from '../crypto/bytes.js';
import { Refusal, require, under } from '../crypto/err.js';
import { decodeNotIdentity, R255 } from '../crypto/group.js';
import { mod, parseScalar, SCALAR_LENGTH, writeScalar } from '../crypto/scalar.js';
import * as sharing from '../crypto/sharing.js';

/**
 * @typedef {import('../crypto/group.js').Group} Group
 * @typedef {import('../crypto/group.js').Point} Point
 *
 * @typedef {object} Ceremony
 * @property {Group} group
 * @property {Uint8Array} election id
 * @property {number} threshold
 * @property {Uint8Array[]} transports P_1..P_n
 *
 * @typedef {object} Commit
 * @property {number} index
 * @property {Point[]} commitments
 * @property {Uint8Array} ephemeral
 * @property {Point} popR
 * @property {bigint} popZ
 * @property {Uint8Array[]} shares for 1..n
 */

/** @param {Ceremony} c @param {number} index @returns {sharing.Sender} */
const sender = (c, index) => ({
	group: c.group, election: c.election, index, trustees: c.transports.length, threshold: c.threshold, transport: c.transports[index - 1],
});

/**
 * The key between a sender and a recipient, from the secret that the caller has.
 * @param {Ceremony} c @param {number} from @param {number} to @param {Uint8Array} ephemeral
 * @param {Point} ephemeralStatic @param {Point} staticStatic
 */
const keyBetween = (c, from, to, ephemeral, ephemeralStatic, staticStatic) =>
	sharing.shareKey({
		election: c.election, from, to, ephemeral, ephemeralStatic, staticStatic,
		fromTransport: c.transports[from - 1], toTransport: c.transports[to - 1],
	});

/**
 * [CEREMONY.COMMIT] Everything secret is given, so that the same arguments give the same bytes.
 * @param {Ceremony} c @param {number} index
 * @param {{transport: bigint, polynomial: bigint[], ephemeral: bigint, nonce: bigint}} secrets
 * @returns {Uint8Array}
 */
export function makeCommit(c, index, { transport, polynomial, ephemeral: e, nonce }) {
	const { group } = c;
	if (polynomial.length !== c.threshold || polynomial.some((f) => mod(f, group.q) === 0n)) throw new TypeError('threshold coefficients, none of them 0');
	const commitments = polynomial.map((f) => group.multiply(f, group.generator));
	const ephemeral = R255.encode(R255.multiply(e, R255.generator));
	const { popR, popZ } = sharing.popProve(sender(c, index), commitments, ephemeral, polynomial[0], nonce);
	const shares = c.transports.map((bytes, k) => {
		const P = R255.decode(bytes);
		const key = keyBetween(c, index, k + 1, ephemeral, R255.multiply(e, P), R255.multiply(transport, P));
		return sharing.encryptShare(key, c.election, index, k + 1, sharing.evaluate(polynomial, k + 1, group.q));
	});
	return writeCommit(group, { index, commitments, ephemeral, popR, popZ, shares });
}

/** @param {Group} group @param {Commit} commit @returns {Uint8Array} */
export const writeCommit = (group, { index, commitments, ephemeral, popR, popZ, shares }) =>
	concat(u8(1), u8(index), ...commitments.map(group.encode), ephemeral, group.encode(popR), writeScalar(popZ), ...shares);

/**
 * Reads a commit and checks all that one commit alone can break.
 * @param {Ceremony} c @param {number} index of its signer @param {Uint8Array} payload @returns {Commit}
 */
export function parseCommit(c, index, payload) {
	const { group } = c;
	const rule = 'CEREMONY.COMMIT';
	const reader = new Reader(payload, (detail) => new Refusal(rule, detail));
	require(reader.u8() === 1, rule, 'version is not 1');
	require(reader.u8() === index, rule, 'the payload names another trustee than its signer');
	const point = (G) => under(rule, () => decodeNotIdentity(G, reader.take(G.pointLength)));
	const commitments = Array.from({ length: c.threshold }, () => point(group));
	const ephemeral = R255.encode(point(R255));
	const popR = point(group);
	const popZ = under(rule, () => parseScalar(reader.take(SCALAR_LENGTH), group.q));
	const shares = c.transports.map(() => reader.take(sharing.SHARE_LENGTH));
	reader.end();
	sharing.popVerify(sender(c, index), commitments, ephemeral, popR, popZ);
	return { index, commitments, ephemeral, popR, popZ, shares };
}

/** [CEREMONY.DISTINCT] A copied commitment would cancel or double another trustee's part. @param {Group} group @param {Commit[]} commits */
export function checkDistinct(group, commits) {
	const first = commits.map(({ commitments }) => hex(group.encode(commitments[0])));
	require(new Set(first).size === first.length, 'CEREMONY.DISTINCT', 'two trustees have the same C_{i,0}');
}

/**
 * [CEREMONY.KEYS] From all commits, in the order of their trustees.
 * @param {Group} group @param {Commit[]} commits @returns {{h: Point, verificationKeys: Point[]}} Y_j at j - 1
 */
export function combineKeys(group, commits) {
	const sum = (points) => points.reduce(group.add, group.identity);
	const h = sum(commits.map(({ commitments }) => commitments[0]));
	const verificationKeys = commits.map((_, k) => sum(commits.map(({ commitments }) => sharing.evaluateCommitments(group, commitments, k + 1))));
	require([h, ...verificationKeys].every((P) => !group.isIdentity(P)), 'CEREMONY.KEYS', 'h or a verification key is the identity');
	return { h, verificationKeys };
}

/**
 * [CEREMONY.RECEIVE] A trustee's share x_j, from the phrase and the board alone.
 * @param {Ceremony} c @param {number} index j @param {bigint} transport d_j @param {Commit[]} commits @returns {bigint}
 */
export function receive(c, index, transport, commits) {
	const shares = commits.map((commit) => {
		const from = commit.index;
		const ephemeralStatic = R255.multiply(transport, R255.decode(commit.ephemeral));
		const staticStatic = R255.multiply(transport, R255.decode(c.transports[from - 1]));
		const key = keyBetween(c, from, index, commit.ephemeral, ephemeralStatic, staticStatic);
		return sharing.receiveShare(c.group, key, c.election, from, index, commit.shares[index - 1], commit.commitments);
	});
	return shares.reduce((sum, share) => mod(sum + share, c.group.q), 0n);
}

/** [CEREMONY.CERTIFY] @param {Group} group @param {{index: number, size: number, root: Uint8Array, h: Point}} certificate */
export const writeCertificate = (group, { index, size, root, h }) => concat(u8(1), u8(index), u64(size), root, group.encode(h));

/** Holds a certificate against what it must say. @param {Group} group @param {{index: number, size: number, root: Uint8Array, h: Point}} expected
 * @param {Uint8Array} payload */
export function checkCertificate(group, expected, payload) {
	const rule = 'CEREMONY.CERTIFY';
	require(hex(payload) === hex(writeCertificate(group, expected)), rule, 'trustee, size, root or key differ from those of this log');
}

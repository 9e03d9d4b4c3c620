// SPDX-License-Identifier: Apache-2.0
// Payloads of trustee.commit and trustee.certify, and what trustees make of them.  specs/protocol.md section 2.
import { concat, equal, hex, Reader, u64, u8 } from '../crypto/bytes.js';
import { inside, Refusal, require, under } from '../crypto/err.js';
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
	const commit = readCommit(c, index, payload);
	verifyPossession(c, commit);
	return commit;
}

/** Its form alone. @param {Ceremony} c @param {number} index of its signer @param {Uint8Array} payload @returns {Commit} */
export function readCommit(c, index, payload) {
	const { group } = c;
	const rule = 'CEREMONY.COMMIT';
	const reader = new Reader(payload, (detail) => new Refusal(rule, detail, 'length'));
	require(reader.u8() === 1, rule, 'version is not 1', 'version');
	require(reader.u8() === index, rule, 'the payload names another trustee than its signer', 'trustee');
	const point = (G, place) => inside(place, () => under(rule, () => decodeNotIdentity(G, reader.take(G.pointLength))));
	const commitments = Array.from({ length: c.threshold }, (_, k) => point(group, `commitments[${k}]`));
	const ephemeral = R255.encode(point(R255, 'ephemeral'));
	const popR = point(group, 'pop');
	const popZ = inside('pop', () => under(rule, () => parseScalar(reader.take(SCALAR_LENGTH), group.q)));
	const shares = c.transports.map(() => reader.take(sharing.SHARE_LENGTH));
	reader.end();
	return { index, commitments, ephemeral, popR, popZ, shares };
}

/** [CEREMONY.POP] @param {Ceremony} c @param {Commit} commit */
export const verifyPossession = (c, { index, commitments, ephemeral, popR, popZ }) =>
	inside('pop', () => sharing.popVerify(sender(c, index), commitments, ephemeral, popR, popZ));

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
	const keys = sumKeys(group, commits);
	checkKeys(group, keys);
	return keys;
}

/** @param {Group} group @param {Commit[]} commits @returns {{h: Point, verificationKeys: Point[]}} */
export function sumKeys(group, commits) {
	const sum = (points) => points.reduce(group.add, group.identity);
	const h = sum(commits.map(({ commitments }) => commitments[0]));
	const verificationKeys = commits.map((_, k) => sum(commits.map(({ commitments }) => sharing.evaluateCommitments(group, commitments, k + 1))));
	return { h, verificationKeys };
}

/** @param {Group} group @param {{h: Point, verificationKeys: Point[]}} keys */
export const checkKeys = (group, { h, verificationKeys }) =>
	require([h, ...verificationKeys].every((P) => !group.isIdentity(P)), 'CEREMONY.KEYS', 'h or a verification key is the identity');

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

/** @typedef {{index: number, size: bigint, root: Uint8Array, h: Uint8Array}} Certificate */

/** Its form alone. @param {Group} group @param {number} index of its signer @param {Uint8Array} payload @returns {Certificate} */
export function readCertificate(group, index, payload) {
	const rule = 'CEREMONY.CERTIFY';
	const reader = new Reader(payload, (detail) => new Refusal(rule, detail, 'length'));
	require(reader.u8() === 1, rule, 'version is not 1', 'version');
	require(reader.u8() === index, rule, 'the payload names another trustee than its signer', 'trustee');
	const [size, root, h] = [reader.u64(), reader.take(32), reader.take(group.pointLength)];
	reader.end();
	return { index, size, root, h };
}

/** Holds a certificate against this log. @param {Certificate} found @param {{size: number, root: Uint8Array}} expected */
export function checkCertified({ size, root }, expected) {
	const rule = 'CEREMONY.CERTIFY';
	require(size === BigInt(expected.size), rule, `expected ${expected.size}, found ${size}`, 'size');
	require(equal(root, expected.root), rule, `expected ${hex(expected.root)}, found ${hex(root)}`, 'root');
}

/** @param {Group} group @param {Certificate} found @param {Point} h */
export const checkCertifiedKey = (group, found, h) =>
	require(equal(found.h, group.encode(h)), 'CEREMONY.CERTIFY', 'not the sum of the commitments', 'h');

/** All of that. @param {Group} group @param {{index: number, size: number, root: Uint8Array, h: Point}} expected @param {Uint8Array} payload */
export function checkCertificate(group, expected, payload) {
	const found = readCertificate(group, expected.index, payload);
	checkCertified(found, expected);
	checkCertifiedKey(group, found, expected.h);
}

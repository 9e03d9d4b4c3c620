// SPDX-License-Identifier: Apache-2.0
import * as ceremony from '../../core/ceremony.js';
import { concat, fromHex, hex, u8 } from '../../crypto/bytes.js';
import { getGroup, R255 } from '../../crypto/group.js';
import { parseScalar, reduce, writeScalar } from '../../crypto/scalar.js';
import { publicKey } from '../../crypto/schnorr.js';
import { encryptShare, lagrange, popProve, shareKey } from '../../crypto/sharing.js';
import { collect, flip, seeded } from './kit.mjs';
import { electionId } from './statement.mjs';

const readCeremony = (input) => ({ group: getGroup(input.group), election: fromHex(input.election), threshold: input.threshold, transports: input.transports.map(fromHex) });
const scalar = (group, text) => parseScalar(fromHex(text), group.q);
const readCommits = (c, payloads) => payloads.map((payload, k) => ceremony.parseCommit(c, k + 1, fromHex(payload)));

export const ops = {
	'ceremony.commit'(input) {
		const c = readCeremony(input);
		const payload = ceremony.makeCommit(c, input.index, {
			transport: scalar(R255, input.secret),
			polynomial: input.polynomial.map((f) => scalar(c.group, f)),
			ephemeral: scalar(R255, input.ephemeral),
			nonce: scalar(c.group, input.nonce),
		});
		return { payload };
	},
	'ceremony.verify_commit'(input) {
		ceremony.parseCommit(readCeremony(input), input.index, fromHex(input.payload));
		return {};
	},
	'ceremony.share_key'(input) {
		const point = (text) => R255.decode(fromHex(text));
		return {
			key: shareKey({
				election: fromHex(input.election), from: input.from, to: input.to,
				ephemeralStatic: point(input.ephemeral_static), staticStatic: point(input.static_static),
				ephemeral: fromHex(input.ephemeral), fromTransport: fromHex(input.from_transport), toTransport: fromHex(input.to_transport),
			}),
		};
	},
	'ceremony.keys'(input) {
		const c = readCeremony(input);
		const commits = readCommits(c, input.commits);
		ceremony.checkDistinct(c.group, commits);
		const { h, verificationKeys } = ceremony.combineKeys(c.group, commits);
		return { h: c.group.encode(h), verification_keys: verificationKeys.map((Y) => hex(c.group.encode(Y))) };
	},
	'ceremony.receive'(input) {
		const c = readCeremony(input);
		return { share: writeScalar(ceremony.receive(c, input.index, scalar(R255, input.secret), readCommits(c, input.commits))) };
	},
	'ceremony.certify'(input) {
		const group = getGroup(input.group);
		const payload = ceremony.writeCertificate(group, { index: input.index, size: input.size, root: fromHex(input.root), h: group.decode(fromHex(input.h)) });
		return { payload };
	},
	'sharing.lagrange': ({ group, indices, index }) => ({ coefficient: writeScalar(lagrange(indices, index, getGroup(group).q)) }),
};

/** A whole ceremony. @param {string} name of the group @param {number} n @param {number} t */
export function makeCeremony(name, n, t) {
	const group = getGroup(name);
	const secret = (label, q) => reduce(seeded(`${name} ${n} ${t} ${label}`, 64), q);
	const trustees = Array.from({ length: n }, (_, k) => ({
		index: k + 1,
		secret: secret(`transport ${k + 1}`, R255.q),
		polynomial: Array.from({ length: t }, (_, d) => secret(`coefficient ${k + 1} ${d}`, group.q)),
		ephemeral: secret(`ephemeral ${k + 1}`, R255.q),
		nonce: secret(`nonce ${k + 1}`, group.q),
	}));
	const input = { group: name, election: electionId, threshold: t, transports: trustees.map((one) => hex(publicKey(one.secret))) };
	return { input, group, trustees, c: readCeremony(input) };
}

const given = (one) => ({
	index: one.index,
	secret: writeScalar(one.secret),
	polynomial: one.polynomial.map((f) => hex(writeScalar(f))),
	ephemeral: writeScalar(one.ephemeral),
	nonce: writeScalar(one.nonce),
});

function wrongCommits(v, { input, group, trustees, c }, commits) {
	const right = ceremony.parseCommit(c, 1, fromHex(commits[0]));
	const refuse = (name, rule, change) => v.bad('ceremony.verify_commit', name, rule, { ...input, index: 1, payload: commits[0], ...change });
	const changed = (name, rule, change) => refuse(name, rule, { payload: hex(ceremony.writeCommit(group, { ...right, ...change })) });
	const next = (P) => group.add(P, group.generator);
	refuse('another election [C-05]', 'CEREMONY.POP', { election: flip(electionId, 3) });
	refuse('another threshold, so another length', 'CEREMONY.COMMIT', { threshold: 3 });
	refuse('another transport key', 'CEREMONY.POP', { transports: [input.transports[1], input.transports[0], input.transports[2]] });
	refuse('posted by another trustee', 'CEREMONY.COMMIT', { index: 2 });
	refuse('copied by another trustee, index changed [C-02]', 'CEREMONY.POP', { index: 2, payload: flip(commits[0], 1, 3) });
	refuse('version 2', 'CEREMONY.COMMIT', { payload: flip(commits[0], 0, 3) });
	refuse('a byte too few', 'CEREMONY.COMMIT', { payload: commits[0].slice(0, -2) });
	refuse('a byte too many', 'CEREMONY.COMMIT', { payload: `${commits[0]}00` });
	changed('C_0 is the identity [C-01]', 'CEREMONY.COMMIT', { commitments: [group.identity, right.commitments[1]] });
	changed('C_1 is the identity', 'CEREMONY.COMMIT', { commitments: [right.commitments[0], group.identity] });
	changed('C_1 changed: not only C_0 is under the proof [C-06]', 'CEREMONY.POP', { commitments: [right.commitments[0], next(right.commitments[1])] });
	changed('E changed', 'CEREMONY.POP', { ephemeral: R255.encode(R255.generator) });
	changed('E is the identity', 'CEREMONY.COMMIT', { ephemeral: new Uint8Array(32) });
	changed('pop_R is the identity', 'CEREMONY.COMMIT', { popR: group.identity });
	changed('pop_R changed', 'CEREMONY.POP', { popR: next(right.popR) });
	changed('pop_z changed', 'CEREMONY.POP', { popZ: (right.popZ + 1n) % group.q });
	const zAt = 2 + 4 * 32;
	refuse('pop_z is not reduced', 'CEREMONY.COMMIT', { payload: hex(concat(fromHex(commits[0]).slice(0, zAt), writeScalar(right.popZ + group.q), fromHex(commits[0]).slice(zAt + 32))) });
	refuse('C_0 is not an element', 'CEREMONY.COMMIT', { payload: flip(commits[0], 2 + 31, 0x80) });
	rogue(v, { input, group, trustees, c }, commits);
}

/** [C-03] A key made of the others' so that the joint key is one's own: its maker does not know f_0. */
function rogue(v, { input, group, trustees, c }, commits) {
	const others = [2, 3].map((i) => ceremony.parseCommit(c, i, fromHex(commits[i - 1])).commitments[0]);
	const mine = group.multiply(5n, group.generator);
	const C0 = group.add(mine, group.multiply(group.q - 1n, group.add(...others)));
	const right = ceremony.parseCommit(c, 1, fromHex(commits[0]));
	const commitments = [C0, right.commitments[1]];
	const s = { group, election: c.election, index: 1, trustees: 3, threshold: 2, transport: c.transports[0] };
	const pop = popProve(s, commitments, right.ephemeral, 5n, trustees[0].nonce);
	const payload = ceremony.writeCommit(group, { ...right, commitments, ...pop });
	v.bad('ceremony.verify_commit', 'rogue key [C-03]', 'CEREMONY.POP', { ...input, index: 1, payload });
}

function wrongShares(v, { input, group, trustees, c }, commits) {
	const right = ceremony.parseCommit(c, 2, fromHex(commits[1]));
	const me = { ...input, index: 1, secret: writeScalar(trustees[0].secret), commits };
	const refuse = (name, share) => {
		const shares = [...right.shares];
		shares[0] = share;
		const bad = hex(ceremony.writeCommit(group, { ...right, shares }));
		v.bad('ceremony.receive', name, 'CEREMONY.RECEIVE', { ...me, commits: [commits[0], bad, commits[2]] });
	};
	refuse('a share with a bit flipped', fromHex(flip(hex(right.shares[0]), 0)));
	refuse('the share of another recipient', right.shares[1]);
	const P = R255.decode(c.transports[0]);
	const key = shareKey({
		election: c.election, from: 2, to: 1, ephemeral: right.ephemeral, fromTransport: c.transports[1], toTransport: c.transports[0],
		ephemeralStatic: R255.multiply(trustees[1].ephemeral, P), staticStatic: R255.multiply(trustees[1].secret, P),
	});
	refuse('a share that does not fit the commitments [C-12]', encryptShare(key, c.election, 2, 1, 12345n));
	const f = trustees[1].polynomial;
	refuse('a share that is not reduced', encryptShare(key, c.election, 2, 1, ((f[0] + f[1]) % group.q) + group.q));
	v.bad('ceremony.receive', 'received with another phrase', 'CEREMONY.RECEIVE', { ...me, secret: writeScalar(trustees[0].secret + 1n) });
}

export function make() {
	const v = collect(ops, {
		topic: 'ceremony',
		about: 'Key ceremony of 3 trustees, 2 of whom decrypt: commitments, encrypted shares, keys, certificates.',
		source: 'client-js',
		spec: ['CEREMONY.COMMIT', 'CEREMONY.POP', 'CEREMONY.SHARE', 'CEREMONY.DISTINCT', 'CEREMONY.RECEIVE', 'CEREMONY.KEYS', 'CEREMONY.CERTIFY', 'DECRYPT.COMBINE'],
	});
	const made = makeCeremony('ristretto255', 3, 2);
	const { input, trustees, c } = made;
	const commits = trustees.map((one) => v.good('ceremony.commit', `trustee ${one.index} commits`, { ...input, ...given(one) }).payload);
	commits.forEach((payload, k) => v.good('ceremony.verify_commit', `the commit of trustee ${k + 1} is right`, { ...input, index: k + 1, payload }));
	const first = ceremony.parseCommit(c, 1, fromHex(commits[0]));
	const P3 = R255.decode(c.transports[2]);
	v.good('ceremony.share_key', 'key from trustee 1 to 3', {
		election: electionId, from: 1, to: 3, ephemeral: first.ephemeral, from_transport: input.transports[0], to_transport: input.transports[2],
		ephemeral_static: R255.encode(R255.multiply(trustees[0].ephemeral, P3)), static_static: R255.encode(R255.multiply(trustees[0].secret, P3)),
	});
	const { h } = v.good('ceremony.keys', 'the keys', { ...input, commits });
	for (const one of trustees) v.good('ceremony.receive', `trustee ${one.index} receives`, { ...input, index: one.index, secret: writeScalar(one.secret), commits });
	v.good('ceremony.certify', 'trustee 2 certifies', { group: input.group, index: 2, size: 5, root: seeded('root', 32), h });
	wrongCommits(v, made, commits);
	wrongShares(v, made, commits);
	sameCommitment(v, made, commits);
	noKey(v);
	for (const [indices, j] of [[[1, 2], 1], [[1, 2], 2], [[3, 1], 3], [[2, 5, 20], 5], [[7], 7]]) v.good('sharing.lagrange', `lambda_${j} of ${indices}`, { group: 'ristretto255', indices, index: j });
	v.good('sharing.lagrange', 'modp4096: lambda_3 of 1,3,4', { group: 'modp4096', indices: [1, 3, 4], index: 3 });
	return v.file();
}

/** Two trustees that agree on one f_0, each with a right proof. */
function sameCommitment(v, { input, trustees, c }, commits) {
	const copy = ceremony.makeCommit(c, 2, { ...trustees[1], transport: trustees[1].secret, polynomial: [trustees[0].polynomial[0], trustees[1].polynomial[1]] });
	v.bad('ceremony.keys', 'two trustees with one C_0 [C-02]', 'CEREMONY.DISTINCT', { ...input, commits: [commits[0], hex(copy), commits[2]] });
}

/** Trustees whose polynomials cancel: h would be the identity, or a share zero. */
function noKey(v) {
	const { input, group, trustees, c } = makeCeremony('ristretto255', 2, 2);
	const commits = (second) => [
		hex(ceremony.makeCommit(c, 1, { ...trustees[0], transport: trustees[0].secret })),
		hex(ceremony.makeCommit(c, 2, { ...trustees[1], transport: trustees[1].secret, polynomial: second })),
	];
	const [a, b] = trustees[0].polynomial;
	v.bad('ceremony.keys', 'h is the identity', 'CEREMONY.KEYS', { ...input, commits: commits([group.q - a, 7n]) });
	// x_1 = a + b + second(1) = 0
	v.bad('ceremony.keys', 'a verification key is the identity', 'CEREMONY.KEYS', { ...input, commits: commits([9n, (3n * group.q - a - b - 9n) % group.q]) });
}

/** The same in modp4096: only the transport stays in ristretto255. */
export const modp = {
	ops,
	make() {
		const v = collect(ops, {
			topic: 'ceremony_modp4096',
			about: 'Key ceremony of 2 trustees in modp4096; E_i and the transport stay in ristretto255.',
			source: 'client-js',
			spec: ['CEREMONY.COMMIT', 'CEREMONY.POP', 'CEREMONY.SHARE', 'CEREMONY.KEYS', 'CEREMONY.CERTIFY', 'GROUP.MODP.ORDER'],
		});
		const { input, trustees } = makeCeremony('modp4096', 2, 2);
		const commits = trustees.map((one) => v.good('ceremony.commit', `trustee ${one.index} commits`, { ...input, ...given(one) }).payload);
		v.good('ceremony.keys', 'the keys', { ...input, commits });
		v.good('ceremony.receive', 'trustee 2 receives', { ...input, index: 2, secret: writeScalar(trustees[1].secret), commits });
		const four = `${'0'.repeat(1023)}4`;
		const bad = hex(concat(u8(1), u8(1))) + four + commits[0].slice(4 + 1024);
		v.bad('ceremony.verify_commit', 'C_0 is 4, which is not in the subgroup', 'CEREMONY.COMMIT', { ...input, index: 1, payload: bad });
		return v.file();
	},
};

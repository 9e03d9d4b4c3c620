// SPDX-License-Identifier: Apache-2.0
// The forgeries of specs/proofs.md section 3: what a prover does against a verifier whose challenge leaves something
// out.  The real verifier must refuse all of them.
import { choiceBits, coinsFromSeed, generators, writeDefinition } from '../../crypto/bitproof.js';
import { concat, u64 } from '../../crypto/bytes.js';
import { encrypt } from '../../crypto/elgamal.js';
import { combine, negate } from '../../crypto/group.js';
import { dot, inverse, mod, powers, writeScalar } from '../../crypto/scalar.js';
import { Transcript } from '../../crypto/transcript.js';

/** The challenges without one item. @param {any} st @param {any} p @param {'E'|'alpha'|'D'} without */
export function weakChallenges(st, p, without) {
	const { group } = st;
	const t = new Transcript('tabella/v1/ballot')
		.absorb('group', group.name)
		.absorb('context', st.context)
		.absorb('voter', st.voter)
		.absorb('voter-key', st.voterKey)
		.absorb('question', u64(st.question))
		.absorb('definition', writeDefinition(st.definition))
		.absorb('h', group.encode(st.h));
	if (without !== 'E') t.absorb('ciphertexts', concat(...p.E.flatMap(({ A, B }) => [group.encode(A), group.encode(B)])));
	for (const name of ['Cb', 'Ca', 'C1', 'C0']) t.absorb(name, group.encode(p[name]));
	if (without !== 'alpha') t.absorb('alpha', writeScalar(p.alpha));
	const y = t.challenge(group.q);
	t.absorb('y', writeScalar(y));
	if (without !== 'D' && p.D1 !== undefined) t.absorb('D1', group.encode(p.D1)).absorb('D2', group.encode(p.D2));
	return { y, x: t.challenge(group.q) };
}

/**
 * @param {any} st @param {any} honest choice that the bits are of @param {Uint8Array} seed @param {'E'|'alpha'|'D'} without
 * @param {bigint[]} votes what is encrypted instead, with -1n where E is solved for
 */
export function forge(st, honest, seed, without, votes) {
	const { group, definition: d, h } = st;
	const { q, generator: g } = group;
	const { K, G } = generators(group, d.L);
	const { r, a, beta, rho, tau1, tau0, delta } = coinsFromSeed(st, seed, honest);
	const b = (without === 'alpha' ? [...votes, ...Array(d.L).fill(0n)].slice(0, d.L) : choiceBits(d, honest).map(BigInt));
	const commit = (k, values) => combine(group, [k, K], ...values.map((v, j) => [v, G[j]]));
	const option = (t) => Array.from({ length: d.m }, (_, i) => dot(d.w.map(BigInt), t.slice(i * d.w.length), q));
	const p = {
		E: votes.map((v, i) => encrypt(group, h, v, r[i])),
		Cb: commit(beta, b),
		Ca: commit(rho, a),
		C1: commit(tau1, a.map((aj, j) => aj * (1n - 2n * b[j]))),
		C0: commit(tau0, a.map((aj) => -aj * aj)),
		alpha: dot(d.u.map(BigInt), a, q),
	};
	const { y } = weakChallenges(st, p, without);
	const ys = powers(y, d.m, q);
	if (without === 'E') {
		// sum_i y^(i-1) v_i must be what the bits say: the second vote makes up for the first.
		const wanted = dot(ys, option(b), q);
		const rest = mod(wanted - dot(ys, [votes[0], 0n, ...votes.slice(2)], q), q);
		p.E[1] = encrypt(group, h, mod(rest * inverse(y, q), q), r[1]);
	}
	p.D1 = group.multiply(delta, g);
	p.D2 = combine(group, [dot(ys, option(a), q), g], [delta, h]);
	const { x } = weakChallenges(st, p, without);
	p.f = b.map((bj, j) => mod(x * bj + a[j], q));
	p.za = mod(x * beta + rho, q);
	p.z1 = mod(x * tau1 + tau0, q);
	p.zd = mod(x * dot(ys, r, q) + delta, q);
	if (without === 'alpha') p.alpha = mod(dot(d.u.map(BigInt), p.f, q) - x * BigInt(d.max), q);
	if (without === 'D') {
		const lack = (part) => negate(group, combine(group, ...p.E.map((e, i) => [x * ys[i], e[part]])));
		p.D1 = combine(group, [p.zd, g], [1n, lack('A')]);
		p.D2 = combine(group, [dot(ys, option(p.f), q), g], [p.zd, h], [1n, lack('B')]);
	}
	return p;
}

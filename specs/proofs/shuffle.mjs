// SPDX-License-Identifier: Apache-2.0
// The arguments of specs/proofs.md for the proof of a shuffle, run in formal groups [PROOF.SHUFFLE.TINY].
import { createHash } from 'node:crypto';
import { LARGE, column, field, formal, identity, matrixOf, permutations, solve, vectors } from './formal.mjs';
import { report } from './report.mjs';

// g, h, H_0..H_N and 2 N w inputs that are bases of their own: a prover who knows nothing about what is shuffled.
function world(q, N, w) {
	const F = field(q), group = formal(F, N + 3 + 2 * N * w);
	const base = (i) => group.unit(i), at = (i, k) => N + 3 + 2 * (i * w + k);
	const inputs = Array.from({ length: N }, (_, i) => Array.from({ length: w }, (_, k) => [base(at(i, k)), base(at(i, k) + 1)]));
	return { F, N, w, ...group, g: base(0), h: base(1), H: Array.from({ length: N + 1 }, (_, i) => base(2 + i)), inputs };
}
// The group of order q itself: one base, and everything a multiple of it.  Zero knowledge needs no independence.
function tinyWorld(q, N, w) {
	const F = field(q), group = formal(F, 1), some = (i) => [F.mod(1 + 2 * i)];
	const inputs = Array.from({ length: N }, (_, i) => Array.from({ length: w }, (_, k) => [some(i + k), some(2 * i + k + 1)]));
	return { F, N, w, ...group, g: [1], h: some(1), H: Array.from({ length: N + 1 }, (_, i) => some(i + 2)), inputs };
}

function freshCoins({ F, N, w }) {
	return { r: F.randoms(N), x: F.randoms(N), o: F.randoms(N), y: F.randoms(N), m: F.randoms(3), m4: F.randoms(w) };
}
const freshSecrets = ({ F, N, w }) => Array.from({ length: N }, () => F.randoms(w));
const plus = (F, m, v, t) => F.mod(m + F.mul(v, t));

// The outputs of whoever uses the matrix B: a' = B^-1 a + s g.  For a permutation that is the shuffle.
function shuffled(W, B, s) {
	const { F, sum, inputs, g, h } = W, inverse = solve(F, B, identity(W.N));
	const one = (l, k, part, base) => sum(...inverse[l].map((f, i) => [f, inputs[i][k][part]]), [s[l][k], base]);
	return s.map((_, l) => Array.from({ length: W.w }, (_, k) => [one(l, k, 0, g), one(l, k, 1, h)]));
}

// The prover of [SHUFFLE.PROVE] as functions over one set of coins.  The honest one commits to the matrix M = B of its
// permutation; a cheating one may commit to another matrix than the one it used.
function prover(W, { M, B }, s, coins) {
	const { F, N, sum, g, h, H } = W, { r, x, o, y, m, m4 } = coins;
	const outputs = shuffled(W, B, s), exponents = (u) => s.map((_, l) => F.dot(column(B, l), u));
	function chain(u) {
		const C = [H[0]];
		exponents(u).forEach((e, i) => C.push(sum([x[i], g], [e, C[i]])));
		return C;
	}
	return {
		outputs,
		first: () => M.map((row, i) => sum([r[i], g], ...row.map((f, l) => [f, H[l + 1]]))),
		second: (u) => {
			const C = chain(u);
			return {
				C: C.slice(1), D: o.map((v, i) => sum([v, g], [y[i], C[i]])),
				t1: sum([m[0], g]), t2: sum([m[1], g]), t3: sum([m[2], g], ...y.map((v, i) => [v, H[i + 1]])),
				t4: m4.map((v, k) => [[0, g], [1, h]].map(([part, base]) => sum([-v, base], ...y.map((f, i) => [f, outputs[i][k][part]])))),
			};
		},
		third: (u, v) => {
			const e = exponents(u), X = e.reduce((sofar, f, i) => F.mod(x[i] + F.mul(f, sofar)), 0);
			return {
				s1: plus(F, m[0], v, r.reduce((a, b) => a + b, 0)), s2: plus(F, m[1], v, X), s3: plus(F, m[2], v, F.dot(r, u)),
				s4: m4.map((a, k) => plus(F, a, v, F.dot(column(s, k), e))),
				p: Array.from({ length: N }, (_, i) => plus(F, o[i], v, x[i])), q: e.map((f, i) => plus(F, y[i], v, f)),
			};
		},
	};
}

// Equations (1) to (5) of [SHUFFLE.VERIFY]; returns the numbers of those that fail.
function failing(W, outputs, c, u, two, v, three) {
	const { F, N, sum, same, g, h, H, inputs } = W, { C, D, t1, t2, t3, t4 } = two, { s1, s2, s3, s4, p, q } = three;
	const before = [H[0], ...C], uv = u.map((f) => F.mul(f, v)), bad = new Set();
	const check = (no, left, right) => { if (!same(sum(...left), sum(...right))) bad.add(no); };
	const scaled = (factors, points) => factors.map((f, i) => [f, points[i]]);
	check(1, [...c.map((P) => [v, P]), ...H.slice(1).map((P) => [-v, P]), [1, t1]], [[s1, g]]);
	check(2, [[v, C[N - 1]], [-F.mul(v, F.product(u)), H[0]], [1, t2]], [[s2, g]]);
	check(3, [...scaled(uv, c), [1, t3]], [[s3, g], ...scaled(q, H.slice(1))]);
	for (const [k, f] of s4.entries()) for (const [part, base] of [[0, g], [1, h]])
		check(4, [...scaled(uv, inputs.map((E) => E[k][part])), [1, t4[k][part]]], [[-f, base], ...scaled(q, outputs.map((E) => E[k][part]))]);
	for (let i = 0; i < N; i++) check(5, [[v, C[i]], [1, D[i]]], [[p[i], g], [q[i], before[i]]]);
	return [...bad];
}

// [PROOF.SHUFFLE.SOUND]: from N + 1 vectors u with two v each, the permutation and the s; or a relation; or the matrix that is none.
function extract(W, tree) {
	const { F, N, w } = W;
	const nodes = tree.map(({ u, leaves: [one, two] }) => {
		const k = F.inv(one.v - two.v), slope = (name) => F.mul(one[name] - two[name], k), slopes = (name) => one[name].map((f, i) => F.mul(f - two[name][i], k));
		return { u, e: slopes('q'), x: slopes('p'), R1: slope('s1'), X: slope('s2'), R3: slope('s3'), S: slopes('s4') };
	});
	for (const { u, e, x, X } of nodes) { /* two ways to write C_N, over g and H_0 */
		const reached = e.reduce((sofar, f, i) => F.mod(x[i] + F.mul(f, sofar)), 0), relation = [F.mod(reached - X), F.mod(F.product(e) - F.product(u))];
		if (relation.some((f) => f)) return { relation: [relation[0], relation[1], ...Array(N).fill(0)] };
	}
	const U = nodes.slice(0, N).map((node) => node.u), opened = solve(F, U, nodes.slice(0, N).map((node) => [node.R3, ...node.e]));
	if (!opened) return { dependent: true };
	const rho = opened.map((row) => row[0]), M = opened.map((row) => row.slice(1));
	const ones = Array(N).fill(1), sums = M.map((_, l) => F.dot(column(M, l), ones));
	const first = [F.mod(F.dot(rho, ones) - nodes[0].R1), 0, ...sums.map((f) => F.mod(f - 1))];
	if (first.some((f) => f)) return { relation: first };
	for (const { u, e, R3 } of nodes) {
		const relation = [F.mod(F.dot(rho, u) - R3), 0, ...e.map((f, l) => F.mod(F.dot(column(M, l), u) - f))];
		if (relation.some((f) => f)) return { relation };
	}
	const perm = M.map((_, l) => M.findIndex((row) => row[l] !== 0));
	if (JSON.stringify(matrixOf(perm)) !== JSON.stringify(M)) return { unlucky: M }; /* every u was a zero of the polynomial */
	const sigma = solve(F, U, nodes.slice(0, N).map((node) => node.S));
	return { perm, s: perm.map((j) => Array.from({ length: w }, (_, k) => sigma[j][k])) };
}

function treeOf(W, P, num) {
	return Array.from({ length: num }, () => {
		const u = W.F.randoms(W.N), v = W.F.random();
		return { u, two: P.second(u), leaves: [v, W.F.mod(v + 1 + Math.floor(W.F.random() / 2))].map((v) => ({ v, ...P.third(u, v) })) };
	});
}
const accepts = (W, P, tree) => tree.every(({ u, two, leaves }) => leaves.every((t) => failing(W, P.outputs, P.first(), u, two, t.v, t).length === 0));

function extractorRuns() {
	for (const w of [1, 2]) {
		let accepted = 0, found = 0, all = 0;
		for (const N of [1, 2, 3, 4]) for (const perm of permutations(N)) {
			const W = world(LARGE, N, w), M = matrixOf(perm), s = freshSecrets(W), P = prover(W, { M, B: M }, s, freshCoins(W)), tree = treeOf(W, P, N + 1);
			all++;
			accepted += accepts(W, P, tree);
			found += JSON.stringify(extract(W, tree)) === JSON.stringify({ perm, s });
		}
		/* [PROOF.SHUFFLE.COMPLETE] too: every transcript of every permutation was accepted, the identity's like any other [PROOF.MIX.FRESH] */
		report(`shuffle extractor: all ${all} permutations of 1 to 4 ciphertexts of width ${w}: accepted, and found with their s`, accepted === all && found === all);
	}
}

// S-01: who knows H_0 = k g may use any matrix with column sums 1.  The extractor then returns that relation.
function trapdoorRuns() {
	const W = world(LARGE, 2, 1), { F, sum, g } = W, k = F.random(), M = MIXED;
	W.H[0] = sum([k, g]);
	const P = prover(W, { M, B: M }, freshSecrets(W), freshCoins(W)), tree = treeOf(W, P, 3);
	for (const { u, leaves } of tree) for (const t of leaves) {
		t.s2 = plus(F, t.s2, t.v, F.mul(-chainGap(F, M, u), k));
	}
	const { relation } = extract(W, tree);
	const holds = relation && relation.some((f) => f) && W.same(sum([relation[0], g], ...relation.slice(1).map((f, i) => [f, W.H[i]])), W.zero);
	report('shuffle extractor: a prover who knows the logarithm of H_0 passes with a false list, and gives the relation away', accepts(W, P, tree) && !!holds);
}

// [PROOF.SHUFFLE.PERMUTATION] for every matrix with column sums 1: the product is that of u for all u only if it is a
// permutation, and for at most N q^(N-1) of them otherwise.
function permutationRuns() {
	for (const [N, q] of [[2, 3], [2, 7], [3, 5]]) {
		const F = field(q), us = vectors(q, N), ceiling = N * q ** (N - 1);
		let right = true, most = 0;
		for (const columns of vectors(q, N * (N - 1))) {
			const M = identity(N).map((_, i) => identity(N).map((_, l) => (i ? columns[l * (N - 1) + i - 1] : F.mod(1 - columns.slice(l * (N - 1), (l + 1) * (N - 1)).reduce((a, b) => a + b, 0)))));
			const zeros = us.filter((u) => F.product(M.map((_, l) => F.dot(column(M, l), u))) === F.product(u)).length;
			const isPermutation = M.every((row, i) => row.filter((f) => f).length === 1 && column(M, i).filter((f) => f).length === 1);
			if (isPermutation !== (zeros === us.length) || (!isPermutation && zeros > ceiling)) right = false;
			if (!isPermutation) most = Math.max(most, zeros);
		}
		report(`permutation argument: N = ${N}, q = ${q}: of ${us.length} vectors u at most ${most} fit another matrix than a permutation's (ceiling ${ceiling})`, right);
	}
}

// How many challenges (u, v) the best prover answers who is committed to M, everything taken modulo g.  A set of v that one
// second move answers may be shifted by a constant (D_i + v0 C_i, and so on), and its q by any vector: so one of them is v = 0
// with q = 0, and D, t1, t2, t3 vanish.  (3) then leaves one q for each v; C_1..C_N are tried out.
function answerable(F, M, u, Cs) {
	const N = M.length, e = M.map((_, l) => F.dot(column(M, l), u)), H0 = [1, ...Array(N).fill(0)];
	const columnsRight = M.every((_, l) => F.dot(column(M, l), Array(N).fill(1)) === 1);
	const step = (v, P, f, Q) => P.every((a, j) => F.mul(v, a) === F.mul(F.mul(v, f), Q[j]));
	const tryChain = (v, i, before) => (i === N ? step(v, before, F.product(u), H0) : Cs.some((C) => step(v, C, e[i], before) && tryChain(v, i + 1, C)));
	return 1 + Array.from({ length: F.q - 1 }, (_, v) => v + 1).filter((v) => columnsRight && tryChain(v, 0, H0)).length;
}
/* [PROOF.SHUFFLE.ERROR] */
function ceilingRuns() {
	for (const q of [3, 5]) {
		const N = 2, F = field(q), us = vectors(q, N), Cs = vectors(q, N + 1), ceiling = N * q ** N + q ** N - N * q ** (N - 1);
		let best = 0, honest = 0;
		for (const flat of vectors(q, N * N)) {
			const M = [flat.slice(0, N), flat.slice(N)], num = us.reduce((s, u) => s + answerable(F, M, u, Cs), 0);
			if (permutations(N).some((p) => JSON.stringify(matrixOf(p)) === JSON.stringify(M))) honest += num;
			else best = Math.max(best, num);
		}
		report(`shuffle: N = 2, q = ${q}: whoever commits to no permutation answers at most ${best} of ${q ** 3} challenges (ceiling ${ceiling})`, best <= ceiling && honest === 2 * q ** 3);
	}
	/* A permutation is committed, and the list is another matrix's: (4) holds for the u of a subspace. */
	const q = 5, F = field(q), us = vectors(q, 2);
	const worst = Math.max(...permutations(2).flatMap((p) => vectors(q, 4).map((B) => {
		const difference = matrixOf(p).map((row, i) => row.map((f, l) => F.mod(f - B[2 * i + l])));
		return difference.flat().some((f) => f) ? us.filter((u) => difference.every((_, l) => F.dot(column(difference, l), u) === 0)).length : 0;
	})));
	report(`shuffle: N = 2, q = 5: a false list fits a committed permutation for at most ${worst} of 25 vectors u (ceiling 5)`, worst === q);
}

// [PROOF.SHUFFLE.ZK]: choose commitments, chain and responses, and solve for the rest.
function simulate(W, outputs, u, v, { c, C, three }) {
	const { F, N, sum, g, h, H, inputs } = W, { s1, s2, s3, s4, p, q } = three, before = [H[0], ...C], minus = u.map((f) => -F.mul(f, v));
	const t4 = s4.map((f, k) => [[0, g], [1, h]].map(([part, base]) =>
		sum([-f, base], ...q.map((a, i) => [a, outputs[i][k][part]]), ...minus.map((a, i) => [a, inputs[i][k][part]]))));
	return {
		c, three, two: {
			C, D: p.map((f, i) => sum([f, g], [q[i], before[i]], [-v, C[i]])), t4,
			t1: sum([s1, g], ...c.map((P) => [-v, P]), ...H.slice(1).map((P) => [v, P])),
			t2: sum([s2, g], [-v, C[N - 1]], [F.mul(v, F.product(u)), H[0]]),
			t3: sum([s3, g], ...q.map((f, i) => [f, H[i + 1]]), ...minus.map((f, i) => [f, c[i]])),
		},
	};
}
function split(digits, N, w) {
	const take = (n) => digits.splice(0, n);
	return [take(N), take(N), take(N), take(N), take(3), take(w)];
}
// All coins of prover and simulator: the same transcripts, each equally often.
function simulatorRuns() {
	for (const [q, N, w, perm, u, v] of [[3, 1, 1, [0], [2], 2], [3, 1, 1, [0], [0], 0], [3, 2, 1, [1, 0], [2, 1], 2], [2, 3, 1, [2, 0, 1], [1, 0, 1], 1], [2, 2, 2, [1, 0], [1, 1], 1]]) {
		const W = tinyWorld(q, N, w), { F } = W, M = matrixOf(perm), s = freshSecrets(W), count = new Map(), num = q ** (4 * N + 3 + w);
		const add = (transcript, k) => { /* its elements and scalars as the digits of one number */
			const key = transcript.flat(Infinity).reduce((digits, v) => digits * q + v, 0);
			count.set(key, (count.get(key) ?? 0) + k);
		};
		for (let n = 0; n < num; n++) {
			const digits = Array.from({ length: 4 * N + 3 + w }, (_, i) => Math.floor(n / q ** i) % q), [r, x, o, y, m, m4] = split(digits, N, w);
			const P = prover(W, { M, B: M }, s, { r, x, o, y, m, m4 });
			add([P.first(), listed(P.second(u)), listed(P.third(u, v))], 1);
			const three = { s1: m[0], s2: m[1], s3: m[2], s4: m4, p: o, q: y };
			const fake = simulate(W, P.outputs, u, v, { c: r.map((f) => [f]), C: x.map((f) => [f]), three });
			add([fake.c, listed(fake.two), listed(three)], -1);
		}
		report(`shuffle simulator: q = ${q}, N = ${N}, w = ${w}: ${num} real and simulated transcripts are the same multiset`, F.q === q && [...count.values()].every((f) => f === 0));
	}
}
const listed = (message) => Object.keys(message).sort().map((name) => message[name]);

// [PROOF.SHUFFLE.FORGE]: `hide` is left out of what a weakened verifier hashes; the forger uses exactly that.
function challenges(W, outputs, c, hide) {
	const hash = (...v) => createHash('sha512').update(JSON.stringify(v)).digest(), scalar = (...v) => Number(hash(...v).readBigUInt64BE() % BigInt(W.F.q));
	const seed = hash(W.inputs, hide === 'outputs' ? 0 : outputs, hide === 'c' ? 0 : c).toString('hex');
	return { u: W.inputs.map((_, i) => scalar(seed, i)), v: (two) => scalar(seed, c, outputs, listed({ ...two, ...(hide in two ? { [hide]: 0 } : {}) })) };
}
function check(W, hide, { outputs, c, two, three }) {
	const { u, v } = challenges(W, outputs, c, hide);
	return failing(W, outputs, c, u, two, v(two), three).length === 0;
}
// A proof by a cheating prover: `tamper` alters the list when u is known, `repair` the second move, and the hidden message is
// solved for when v is known.
function forge(W, hide, { M, B }, { tamper, repair } = {}) {
	const P = prover(W, { M, B }, freshSecrets(W), freshCoins(W)), c = P.first(), { outputs } = P;
	tamper?.(outputs, challenges(W, outputs, c, hide).u);
	const { u, v } = challenges(W, outputs, c, hide), two = P.second(u);
	repair?.(two, u);
	const challenge = v(two), three = P.third(u, challenge);
	if (hide in two) two[hide] = simulate(W, outputs, u, challenge, { c, C: two.C, three }).two[hide];
	return { outputs, c, two, three };
}
const I = identity(2), DOUBLE = [[2, 0], [0, (LARGE + 1) / 2]], MIXED = [[1, 2], [0, LARGE - 1]];
const chainGap = (F, B, u) => F.mod(F.product(u) - F.product(u.map((_, l) => F.dot(column(B, l), u))));

// The commitment chosen when u is known, for two ballots of voters who told the mixer what they contain.
function lateCommitment() {
	const W = world(LARGE, 2, 1), { F, sum, g, h } = W, m = [10, 3], r = F.randoms(2), fake = [1000, 7];
	const encryption = (v, k) => [[sum([k, g]), sum([v, g], [k, h])]];
	W.inputs = m.map((v, i) => encryption(v, r[i]));
	for (;;) {
		const k = F.randoms(2), outputs = fake.map((v, i) => encryption(v, k[i])), { u } = challenges(W, outputs, null, 'c');
		/* sum u m = sum e m' and e_1 e_2 = u_1 u_2: a quadratic equation for e_1 */
		const T = F.dot(u, m), square = F.mod(F.mul(T, T) - 4 * F.mul(F.product(fake), F.product(u))), root = F.pow(square, (F.q + 1) / 4);
		if (F.mul(root, root) !== square || u[0] === u[1]) continue;
		const e1 = F.mul(T + root, F.inv(2 * fake[0])), e = [e1, F.mul(F.product(u), F.inv(e1))];
		const M = solve(F, [[1, 1], u], [[1, 1], e]), s = [[F.mul(F.dot(e, k) - F.dot(u, r), F.inv(e1))], [0]];
		const P = prover(W, { M, B: M }, s, freshCoins(W)), c = P.first();
		P.outputs.splice(0, 2, ...outputs);
		const two = P.second(u), v = challenges(W, outputs, c, 'c').v(two);
		return [{ outputs, c, two, three: P.third(u, v) }, W];
	}
}
function forgeryRuns() {
	const W = world(LARGE, 2, 1), { F, sum, g, H } = W;
	const forgery = (hide, what, proof, w = W) =>
		report(`shuffle forgery: without ${hide} ${what} passes, with it it does not`, check(w, hide, proof) && !check(w, '', proof));
	forgery('t1', 'a list of halved and doubled votes', forge(W, 't1', { M: DOUBLE, B: DOUBLE }));
	forgery('t2', 'a list with one vote negated, and twice it added to another', forge(W, 't2', { M: MIXED, B: MIXED }));
	forgery('t3', 'a list of halved and doubled votes', forge(W, 't3', { M: I, B: DOUBLE }));
	forgery('t4', 'a list with 1000 votes more', forge(W, 't4', { M: I, B: I }, {
		tamper: (outputs) => { outputs[0][0][1] = sum([1, outputs[0][0][1]], [1000, g]); },
	}));
	forgery('D', 'a list with one vote negated, and twice it added to another', forge(W, 'D', { M: MIXED, B: MIXED }, { /* C_N is what (2) wants, D what (5) then wants */
		repair: (two, u) => { two.C[1] = sum([1, two.C[1]], [chainGap(F, MIXED, u), H[0]]); },
	}));
	forgery('outputs', 'a list altered when u is known', forge(W, 'outputs', { M: I, B: I }, { /* what one vote gains in the sum the other loses */
		tamper: (outputs, u) => {
			outputs[0][0][1] = sum([1, outputs[0][0][1]], [u[1], g]);
			outputs[1][0][1] = sum([1, outputs[1][0][1]], [-u[0], g]);
		},
	}));
	forgery('c', 'a list of votes that nobody cast', ...lateCommitment());
	for (const [no, matrix] of [[1, DOUBLE], [2, MIXED]]) {
		const { outputs, c, two, three } = forge(W, '', { M: matrix, B: matrix }), { u, v } = challenges(W, outputs, c, '');
		report(`shuffle: a false list that nothing but equation (${no}) stops`, JSON.stringify(failing(W, outputs, c, u, two, v(two), three)) === `[${no}]`);
	}
}

export function shuffleRuns() {
	extractorRuns();
	trapdoorRuns();
	permutationRuns();
	ceilingRuns();
	simulatorRuns();
	forgeryRuns();
}

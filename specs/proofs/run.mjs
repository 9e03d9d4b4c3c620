// SPDX-License-Identifier: Apache-2.0
// Runs the arguments of specs/proofs.md in small groups: the extractor, the simulator and the three forgeries.
// Plain integers, nothing shared with the product: node specs/proofs/run.mjs
import { createHash, randomBytes } from 'node:crypto';
import { finish, report } from './report.mjs';
import { mixingRuns } from './mixing.mjs';
import { shuffleRuns } from './shuffle.mjs';

const mod = (a, q) => ((a % q) + q) % q;
function pow(b, e, p) {
	let r = 1n;
	for (b = mod(b, p); e > 0n; e >>= 1n, b = (b * b) % p) if (e & 1n) r = (r * b) % p;
	return r;
}
const inv = (a, q) => pow(a, q - 2n, q);

// The subgroup of prime order q in Z_p^*, written additively: points are numbers, `sum` takes [scalar, point] pairs.
function makeGroup(q, p, numBases) {
	const cofactor = (p - 1n) / q;
	const bases = [];
	for (let c = 2n; bases.length < numBases; c++) {
		const b = pow(c, cofactor, p);
		if (b !== 1n && !bases.includes(b)) bases.push(b);
		if (c > p) throw new Error('group too small for that many bases');
	}
	const [g, K, ...G] = bases;
	const table = p < 100n ? Array.from({ length: Number(p) }, (_, b) => Array.from({ length: Number(q) }, (_, k) => pow(BigInt(b), BigInt(k), p))) : null;
	const times = table ? (k, P) => table[Number(P)][Number(mod(k, q))] : (k, P) => pow(P, mod(k, q), p);
	return { q, p, g, K, G, sum: (...terms) => terms.reduce((r, [k, P]) => (r * times(k, P)) % p, 1n) };
}
const random = (q) => mod(BigInt('0x' + randomBytes(40).toString('hex')), q);

function weights(S) {
	const w = [];
	let sum = 0;
	for (let c = 1; sum + c <= S; c *= 2) { w.push(c); sum += c; }
	if (sum < S) w.push(S - sum);
	return w;
}
function definition(m, S, min, max) {
	const w = weights(S), slack = weights(max - min);
	return { m, S, min, max, w, u: [...Array(m).fill(w).flat(), ...slack] };
}
function bitsOf(v, w) {
	const b = Array(w.length).fill(0);
	for (let j = w.length - 1; j >= 0; j--) if (v >= w[j]) { b[j] = 1; v -= w[j]; }
	if (v !== 0) throw new Error('value does not fit its weights');
	return b;
}
const ballotBits = (def, votes) =>
	[...votes.flatMap((v) => bitsOf(v, def.w)), ...bitsOf(def.max - votes.reduce((a, b) => a + b, 0), weights(def.max - def.min))];

const big = (list) => list.map(BigInt);
const dot = (a, b, q) => a.reduce((s, v, i) => mod(s + v * b[i], q), 0n);
const powers = (y, m, q) => Array.from({ length: m }, (_, i) => pow(y, BigInt(i), q));
const perOption = (def, f, q) => Array.from({ length: def.m }, (_, i) => dot(big(def.w), f.slice(i * def.w.length, (i + 1) * def.w.length), q));
const bases = (group, values) => values.map((v, j) => [v, group.G[j]]);

// The prover of section 2 as three functions over one set of coins, so that an extractor may call them again.
function prover(group, h, def, votes, r, bits, coins) {
	const { q, g, K, sum } = group;
	const b = big(bits), { a, beta, rho, tau1, tau0, delta } = coins;
	const E = votes.map((v, i) => [sum([r[i], g]), sum([BigInt(v), g], [r[i], h])]);
	return {
		E,
		first: () => ({
			Cb: sum([beta, K], ...bases(group, b)), Ca: sum([rho, K], ...bases(group, a)),
			C1: sum([tau1, K], ...bases(group, a.map((x, j) => x * (1n - 2n * b[j])))),
			C0: sum([tau0, K], ...bases(group, a.map((x) => -x * x))), alpha: dot(big(def.u), a, q),
		}),
		second: (y) => ({ D1: sum([delta, g]), D2: sum([dot(powers(y, def.m, q), perOption(def, a, q), q), g], [delta, h]) }),
		third: (y, x) => ({
			f: b.map((bit, j) => mod(x * bit + a[j], q)), za: mod(x * beta + rho, q), z1: mod(x * tau1 + tau0, q),
			zd: mod(x * dot(powers(y, def.m, q), r, q) + delta, q),
		}),
	};
}
function freshCoins(q, L) {
	return { a: Array.from({ length: L }, () => random(q)), beta: random(q), rho: random(q), tau1: random(q), tau0: random(q), delta: random(q) };
}

// Equations (1) to (5) of [BALLOT.VERIFY]; returns the numbers of those that fail.
function failing(group, h, def, E, one, y, two, x, three) {
	const { q, g, K, sum } = group, { f, za, z1, zd } = three;
	const ys = powers(y, def.m, q);
	const equal = [
		sum([x, one.Cb], [1n, one.Ca]) === sum([za, K], ...bases(group, f)),
		sum([x, one.C1], [1n, one.C0]) === sum([z1, K], ...bases(group, f.map((v) => mod(v * (x - v), q)))),
		dot(big(def.u), f, q) === mod(x * BigInt(def.max) + one.alpha, q),
		sum(...E.map((e, i) => [x * ys[i], e[0]]), [1n, two.D1]) === sum([zd, g]),
		sum(...E.map((e, i) => [x * ys[i], e[1]]), [1n, two.D2]) === sum([dot(ys, perOption(def, f, q), q), g], [zd, h]),
	];
	return equal.flatMap((ok, i) => (ok ? [] : [i + 1]));
}

// Solves V s = t for the Vandermonde matrix of the ys by Gaussian elimination mod q.
function vandermondeSolve(ys, t, q) {
	const m = ys.length, rows = ys.map((y, i) => [...powers(y, m, q), t[i]]);
	for (let c = 0; c < m; c++) {
		const p = rows.findIndex((row, i) => i >= c && row[c] !== 0n);
		[rows[c], rows[p]] = [rows[p], rows[c]];
		const k = inv(rows[c][c], q);
		rows[c] = rows[c].map((v) => mod(v * k, q));
		for (let i = 0; i < m; i++) if (i !== c) rows[i] = rows[i].map((v, j) => mod(v - rows[i][c] * rows[c][j], q));
	}
	return rows.map((row) => row[m]);
}

// [PROOF.SOUND]: from m values of y with three x each, the witness; or the relation among K, G_j that the prover gave away.
function extract(group, def, one, tree) {
	const { q } = group, all = tree.flatMap((node) => node.leaves), [t1, t2] = all;
	const slope = (u, v) => mod((u - v) * inv(mod(t1.x - t2.x, q), q), q);
	const b = t1.f.map((v, j) => slope(v, t2.f[j])), beta = slope(t1.za, t2.za);
	const a = t1.f.map((v, j) => mod(v - t1.x * b[j], q)), rho = mod(t1.za - t1.x * beta, q);
	for (const t of all) {
		const relation = [mod(t.za - t.x * beta - rho, q), ...t.f.map((v, j) => mod(v - t.x * b[j] - a[j], q))];
		if (relation.some((v) => v !== 0n)) return { relation };
	}
	const square = (t) => t.f.map((v) => mod(v * (t.x - v), q));
	const c = square(t1).map((v, j) => slope(v, square(t2)[j])), tau1 = slope(t1.z1, t2.z1);
	const d = square(t1).map((v, j) => mod(v - t1.x * c[j], q)), tau0 = mod(t1.z1 - t1.x * tau1, q);
	for (const t of all) {
		const relation = [mod(t.z1 - t.x * tau1 - tau0, q), ...square(t).map((v, j) => mod(v - t.x * c[j] - d[j], q))];
		if (relation.some((v) => v !== 0n)) return { relation };
	}
	const R = tree.map(({ leaves: [u, v] }) => mod((u.zd - v.zd) * inv(mod(u.x - v.x, q), q), q));
	return { bits: b, r: vandermondeSolve(tree.map((node) => node.y), R, q), votes: perOption(def, b, q), rule: dot(big(def.u), b, q) };
}
function distinct(q, n) {
	const seen = new Set();
	while (seen.size < n) seen.add(random(q));
	return [...seen];
}

function extractorRuns() {
	const group = makeGroup(2305843009213693951n, 2305843009213693951n * 52n + 1n, 40), { q, g, sum } = group;
	const h = sum([random(q), g]);
	for (const [votes, S, min, max] of [[[1, 0, 0], 1, 1, 1], [[1, 1, 0, 1], 1, 0, 4], [[5, 3, 0, 2], 5, 0, 20], [[2, 2, 2], 5, 6, 6], [[0, 0], 1, 0, 1]]) {
		const def = definition(votes.length, S, min, max), bits = ballotBits(def, votes), r = votes.map(() => random(q));
		const P = prover(group, h, def, votes, r, bits, freshCoins(q, bits.length)), one = P.first();
		const tree = distinct(q, def.m).map((y) => ({ y, leaves: distinct(q, 3).map((x) => ({ x, ...P.third(y, x) })) }));
		const accepted = tree.every(({ y, leaves }) => leaves.every((t) => failing(group, h, def, P.E, one, y, P.second(y), t.x, t).length === 0));
		const w = extract(group, def, one, tree);
		const right = !w.relation && w.r.every((v, i) => v === r[i]) && w.votes.every((v, i) => v === BigInt(votes[i])) &&
			w.bits.every((v, i) => v === BigInt(bits[i])) && w.rule === BigInt(max);
		report(`extractor: votes ${votes} of 0..${S}, sum ${min}..${max}: 3m = ${3 * def.m} transcripts accepted, witness found`, accepted && right);
	}
}

// A prover who knows G_2 = k G_1 can open Cb in two ways; the extractor then returns a relation instead of a false witness.
function relationRuns() {
	const group = makeGroup(2305843009213693951n, 2305843009213693951n * 52n + 1n, 8), { q, g, sum } = group;
	const k = random(q), h = sum([random(q), g]);
	group.G[1] = sum([k, group.G[0]]);
	const def = definition(2, 1, 1, 1), coins = freshCoins(q, 2);
	const P = prover(group, h, def, [1, 0], [random(q), random(q)], [1, 0], coins), one = P.first();
	const tree = distinct(q, 2).map((y) => ({ y, leaves: distinct(q, 3).map((x, n) => {
		const t = P.third(y, x), e = n === 2 ? 7n : 0n; /* shifts the opening along the relation, for one transcript */
		return { x, ...t, f: [mod(t.f[0] + e * k, q), mod(t.f[1] - e, q)] };
	}) }));
	const first = tree.every(({ leaves }) => leaves.every((t) => sum([t.x, one.Cb], [1n, one.Ca]) === sum([t.za, group.K], ...bases(group, t.f))));
	const { relation } = extract(group, def, one, tree);
	const holds = relation && sum([relation[0], group.K], ...relation.slice(1).map((v, j) => [v, group.G[j]])) === 1n;
	report('extractor: two openings of one commitment yield a nontrivial relation among K, G_j', first && !!holds);
}

function simulate(group, h, def, E, y, x, free) {
	const { q, g, K, sum } = group, { f, za, z1, zd, Cb, C1 } = free;
	const ys = powers(y, def.m, q);
	return {
		one: { Cb, C1, Ca: sum([za, K], ...bases(group, f), [-x, Cb]), C0: sum([z1, K], ...bases(group, f.map((v) => v * (x - v))), [-x, C1]), alpha: mod(dot(big(def.u), f, q) - x * BigInt(def.max), q) },
		two: { D1: sum([zd, g], ...E.map((e, i) => [-x * ys[i], e[0]])), D2: sum([dot(ys, perOption(def, f, q), q), g], [zd, h], ...E.map((e, i) => [-x * ys[i], e[1]])) },
		three: { f, za, z1, zd },
	};
}
const show = ({ one, two, three }) => [one.Cb, one.Ca, one.C1, one.C0, one.alpha, two.D1, two.D2, ...three.f, three.za, three.z1, three.zd].join();

// All coins of prover and simulator in the group of order 5: the same transcripts, each equally often.
function simulatorRuns() {
	const group = makeGroup(5n, 11n, 3), { q, g, K, sum } = group;
	group.G = [group.G[0], group.g, group.K]; /* zero knowledge does not need independence */
	const h = sum([3n, g]), points = [0n, 1n, 2n, 3n, 4n].map((k) => sum([k, K]));
	let same = 0, cases = 0;
	for (const [votes, min, max, bits] of [[[1, 0], 1, 1, [1, 0]], [[0, 0], 0, 1, [0, 0, 1]], [[0, 1], 0, 1, [0, 1, 0]]])
		for (const [y, x] of bits.length === 2 ? [[1n, 2n], [3n, 0n], [2n, 4n], [0n, 3n]] : [[3n, 2n]]) {
			const def = definition(2, 1, min, max), L = bits.length, r = [2n, 4n], count = new Map(), num = 5 ** (L + 5);
			const digits = (n) => Array.from({ length: L + 5 }, (_, i) => BigInt(Math.floor(n / 5 ** i) % 5));
			const E = prover(group, h, def, votes, r, bits, freshCoins(q, L)).E;
			for (let n = 0; n < num; n++) {
				const [beta, rho, tau1, tau0, delta, ...a] = digits(n);
				const P = prover(group, h, def, votes, r, bits, { a, beta, rho, tau1, tau0, delta });
				const real = show({ one: P.first(), two: P.second(y), three: P.third(y, x) });
				count.set(real, (count.get(real) ?? 0) + 1);
			}
			for (let n = 0; n < num; n++) {
				const [cb, c1, za, z1, zd, ...f] = digits(n);
				const fake = simulate(group, h, def, E, y, x, { f, za, z1, zd, Cb: points[Number(cb)], C1: points[Number(c1)] });
				count.set(show(fake), (count.get(show(fake)) ?? 0) - 1);
			}
			cases++;
			if ([...count.values()].every((v) => v === 0)) same++;
		}
	report(`simulator: real and simulated transcripts are the same multiset in ${same} of ${cases} cases (q = 5, up to 5^8 coins each)`, same === cases);
}

// Section 3.  `hide` is left out of what a weakened verifier hashes; the forger uses exactly that.
function challenges(q, E, one, two, hide) {
	const h = (...v) => mod(BigInt('0x' + createHash('sha512').update(JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? String(x) : x))).digest('hex')), q);
	const y = h('y', hide === 'E' ? 0 : E, one.Cb, one.Ca, one.C1, one.C0, hide === 'alpha' ? 0 : one.alpha);
	return { y, x: (D) => h('x', y, hide === 'D' ? 0 : D) };
}
function forgeryRuns() {
	const group = makeGroup(2305843009213693951n, 2305843009213693951n * 52n + 1n, 8), { q, g, sum } = group;
	const h = sum([random(q), g]), def = definition(3, 1, 1, 1), r = [random(q), random(q), random(q)];
	const check = (hide, E, one, D, three) => {
		const c = challenges(q, E, one, D, hide);
		return failing(group, h, def, E, one, c.y, D, c.x(D), three).length === 0;
	};
	{ /* no D in x: a vote of 1000 */
		const P = prover(group, h, def, [1000, 0, 0], r, [1, 0, 0], freshCoins(q, 3)), one = P.first();
		const c = challenges(q, P.E, one, null, 'D'), x = c.x(null), three = P.third(c.y, x);
		const D = simulate(group, h, def, P.E, c.y, x, { ...three, Cb: one.Cb, C1: one.C1 }).two;
		report('forgery: without D in x a vote of 1000 passes, with it it does not', check('D', P.E, one, D, three) && !check('', P.E, one, D, three));
	}
	{ /* no alpha in y: three votes with max 1 */
		const P = prover(group, h, def, [1, 1, 1], r, [1, 1, 1], freshCoins(q, 3)), one = P.first();
		const c = challenges(q, P.E, one, null, 'alpha'), D = P.second(c.y), x = c.x(D), three = P.third(c.y, x);
		one.alpha = mod(dot(big(def.u), three.f, q) - x * BigInt(def.max), q);
		report('forgery: without alpha in y three votes with max 1 pass, with it they do not', check('alpha', P.E, one, D, three) && !check('', P.E, one, D, three));
	}
	{ /* no E in y: (1000, -999/y, 0) */
		const coins = freshCoins(q, 3), honest = prover(group, h, def, [1, 0, 0], r, [1, 0, 0], coins), one = honest.first();
		const { y } = challenges(q, null, one, null, 'E'), votes = [1000n, mod(-999n * inv(y, q), q), 0n];
		const E = votes.map((v, i) => [sum([r[i], g]), sum([v, g], [r[i], h])]), D = honest.second(y), three = honest.third(y, challenges(q, null, one, D, 'E').x(D));
		report('forgery: without E in y the votes (1000, -999/y, 0) pass, with it they do not', check('E', E, one, D, three) && !check('', E, one, D, three));
	}
}

extractorRuns();
relationRuns();
simulatorRuns();
forgeryRuns();
shuffleRuns();
mixingRuns();
finish();

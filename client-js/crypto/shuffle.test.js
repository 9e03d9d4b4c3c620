// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, seeded } from '../tools/vectors/kit.mjs';
import { concat, u64 } from './bytes.js';
import { getGroup } from './group.js';
import { inverse, mod, reduce } from './scalar.js';
import * as shuffle from './shuffle.js';
import { Transcript } from './transcript.js';

const group = getGroup('ristretto255');
const { generator: g, q } = group;
let drawn = 0;
const draw = () => reduce(seeded(`shuffle test ${drawn++}`, 64), q);
const key = draw();
const h = group.multiply(key, g);

/** Encryptions of the numbers 1, 2, ..., and an honest shuffle of them. */
function makeShuffle(N, width) {
	const list = Array.from({ length: N }, (_, i) => Array.from({ length: width }, (_, k) => {
		const r = draw();
		return { A: group.multiply(r, g), B: group.add(group.multiply(BigInt(i * width + k + 1), g), group.multiply(r, h)) };
	}));
	const permutation = Array.from({ length: N }, (_, i) => ((i * 5 + 2) % N) + 1);
	const secrets = { permutation, s: list.map((row) => row.map(draw)) };
	const outputs = shuffle.shuffle(group, h, list, secrets);
	const st = { group, binding: seeded('binding', 20), h, width, inputs: shuffle.writeList(group, list), outputs: shuffle.writeList(group, outputs) };
	return { st, secrets, outputs, coins: shuffle.drawCoins(N, width, draw) };
}
const open = ({ A, B }) => group.add(B, group.multiply(q - key, A));
const accepts = (st, bytes) => refusal(() => shuffle.verify(st, bytes)) === undefined;

test('honest shuffles verify, and the same votes come out in the order that the prover chose [SHUFFLE.PROVE] [SHUFFLE.VERIFY]', () => {
	for (const [N, width] of [[1, 1], [1, 3], [2, 1], [7, 2]]) {
		const { st, secrets, coins } = makeShuffle(N, width);
		const bytes = shuffle.write(group, shuffle.prove(st, secrets, coins));
		assert.equal(bytes.length, 160 * N + 96 * width + 192);
		const outputs = shuffle.verify(st, bytes);
		outputs.forEach((row, i) => row.forEach((one, k) =>
			assert(group.equals(open(one), group.multiply(BigInt((secrets.permutation[i] - 1) * width + k + 1), g)))));
	}
});

test('a proof or a statement with any bit flipped is refused', () => {
	const { st, secrets, coins } = makeShuffle(2, 1);
	const bytes = shuffle.write(group, shuffle.prove(st, secrets, coins));
	const step = process.env.TB_LONG === '1' ? 1 : 37;
	const flipped = (from, bit) => from.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
	for (let bit = 0; bit < 8 * bytes.length; bit += step) assert(!accepts(st, flipped(bytes, bit)), `bit ${bit}`);
	for (let bit = 0; bit < 8 * st.outputs.length; bit += step) assert(!accepts({ ...st, outputs: flipped(st.outputs, bit) }, bytes), `output bit ${bit}`);
	assert(accepts(st, bytes));
});

test('each equation is needed: what only it refuses [SHUFFLE.VERIFY]', () => {
	const { st, secrets, coins } = makeShuffle(3, 2);
	const proof = shuffle.prove(st, secrets, coins);
	const given = shuffle.challenges(st, proof);
	const G = (P) => group.add(P, g);
	assert(shuffle.holdsUnder(st, proof, given));
	// With the challenges held fixed, a change of one mask breaks the one equation that it is in.
	const changes = [
		{ t1: G(proof.t1) }, { t2: G(proof.t2) }, { t3: G(proof.t3) },
		{ t4: proof.t4.map((one, k) => (k === 1 ? { A: G(one.A), B: one.B } : one)) },
		{ t4: proof.t4.map((one, k) => (k === 0 ? { A: one.A, B: G(one.B) } : one)) },
		{ D: proof.D.map((P, i) => (i === 0 ? G(P) : P)) }, { D: proof.D.map((P, i) => (i === 2 ? G(P) : P)) },
	];
	for (const change of changes) assert(!shuffle.holdsUnder(st, { ...proof, ...change }, given), Object.keys(change)[0]);
	// Two errors that cancel where the randomisers are equal.
	const opposite = { ...proof, D: proof.D.map((P, i) => (i === 0 ? G(P) : i === 1 ? group.add(P, group.negate(g)) : P)) };
	assert(!shuffle.holdsUnder(st, opposite, given));
});

test('votes changed under a challenge that does not cover the outputs pass there, and not here [SHUFFLE.CHALLENGE] [S-06]', () => {
	const { st, secrets, outputs, coins } = makeShuffle(4, 1);
	const weak = (statement, c) => shuffle.beginTranscript({ ...statement, outputs: new Uint8Array() }, c);
	// The exponents are known before the outputs: errors d_i with sum e_i d_i = 0 are seen by no equation.
	const { u } = shuffle.challenges(st, shuffle.prove(st, secrets, coins, weak), weak);
	const e = secrets.permutation.map((j) => u[j - 1]);
	const d = [1000n, mod(-1000n * e[0] * inverse(e[1], q), q)];
	const changed = outputs.map((row, i) => row.map(({ A, B }) => ({ A, B: group.add(B, group.multiply(d[i] ?? 0n, g)) })));
	const forged = { ...st, outputs: shuffle.writeList(group, changed) };
	const proof = shuffle.prove(forged, secrets, coins, weak);
	assert(shuffle.holdsUnder(forged, proof, shuffle.challenges(forged, proof, weak)));
	assert(!accepts(forged, shuffle.write(group, proof)));
	assert(!accepts(forged, shuffle.write(group, shuffle.prove(forged, secrets, coins))));
});

test('a matrix that is no permutation passes where it is committed to after the exponents, and not here [SHUFFLE.CHALLENGE] [S-04]', () => {
	const { st, coins } = makeShuffle(2, 1);
	const weak = (statement) => shuffle.beginTranscript(statement, []);
	// M = ((a, 1-a), (b, 1-b)): rows add up to 1, and e = M u has the product of u.  Outputs: the inputs mixed by the transposed matrix.
	const list = shuffle.parseList(group, 1, st.inputs);
	const s = [[draw()], [draw()]];
	const a = 3n;
	let b = 5n;
	const mixed = (bb) => [[a, bb], [1n - a, 1n - bb]];
	const forge = () => {
		// e_1 = a u_1 + (1-a) u_2; the outputs must satisfy sum u_j in_j = sum e_i out_i, that is in = M^T out.
		const det = inverse(mod(a * (1n - b) - b * (1n - a), q), q);
		const inv = [[1n - b, -b], [-(1n - a), a]].map((row) => row.map((x) => mod(x * det, q)));
		return inv.map((row, i) => [{
			A: group.add(group.add(group.multiply(row[0], list[0][0].A), group.multiply(row[1], list[1][0].A)), group.multiply(s[i][0], g)),
			B: group.add(group.add(group.multiply(row[0], list[0][0].B), group.multiply(row[1], list[1][0].B)), group.multiply(s[i][0], h)),
		}]);
	};
	// The exponents must not depend on the outputs either, as b follows from them: a verifier whose exponents cover the inputs alone.
	const weaker = (statement) => weak({ ...statement, outputs: new Uint8Array() });
	const seed = weaker(st).output();
	const u = [1, 2].map((i) => reduce(new Transcript('tabella/v1/shuffle-exponent').absorb('seed', seed).absorb('index', u64(i)).output(), q));
	const e1 = mod(a * u[0] + (1n - a) * u[1], q);
	const e2 = mod(u[0] * u[1] * inverse(e1, q), q);
	b = mod((e2 - u[1]) * inverse(mod(u[0] - u[1], q), q), q);
	const forged = { ...st, outputs: shuffle.writeList(group, forge()) };
	const proof = proveMatrix(forged, mixed(b), [e1, e2], u, s, coins, weaker);
	assert(shuffle.holdsUnder(forged, proof, shuffle.challenges(forged, proof, weaker)));
	assert(!accepts(forged, shuffle.write(group, proof)));
});

/** The honest prover's steps for columns that are no permutation's. */
function proveMatrix(st, columns, e, u, s, coins, begin) {
	const { r, x, o, y, m1, m2, m3, m4 } = coins;
	const [base, ...H] = shuffle.generators(group, 2);
	const sum = (...terms) => terms.reduce((total, [k, P]) => group.add(total, group.multiply(mod(k, q), P)), group.identity);
	const c = columns.map((column, j) => sum([r[j], g], [column[0], H[0]], [column[1], H[1]]));
	const outputs = shuffle.parseList(group, 1, st.outputs).map(([one]) => one);
	const C = [sum([x[0], g], [e[0], base])];
	C.push(sum([x[1], g], [e[1], C[0]]));
	const first = {
		c, C, D: [sum([o[0], g], [y[0], base]), sum([o[1], g], [y[1], C[0]])],
		t1: sum([m1, g]), t2: sum([m2, g]), t3: sum([m3, g], [y[0], H[0]], [y[1], H[1]]),
		t4: [{ A: sum([-m4[0], g], [y[0], outputs[0].A], [y[1], outputs[1].A]), B: sum([-m4[0], h], [y[0], outputs[0].B], [y[1], outputs[1].B]) }],
	};
	const { v } = shuffle.challenges(st, { ...first, s1: 0n, s2: 0n, s3: 0n, s4: [], p: [], q: [] }, begin);
	const X = mod(x[1] + e[1] * x[0], q);
	return {
		...first,
		s1: mod(m1 + v * (r[0] + r[1]), q), s2: mod(m2 + v * X, q), s3: mod(m3 + v * (r[0] * u[0] + r[1] * u[1]), q),
		s4: [mod(m4[0] + v * (s[0][0] * e[0] + s[1][0] * e[1]), q)],
		p: [0, 1].map((i) => mod(o[i] + v * x[i], q)), q: [0, 1].map((i) => mod(y[i] + v * e[i], q)),
	};
}

test('a proof of one statement is none of another [S-09]', () => {
	const { st, secrets, coins } = makeShuffle(2, 1);
	const bytes = shuffle.write(group, shuffle.prove(st, secrets, coins));
	const others = [{ binding: seeded('another', 20) }, { h: g }, { inputs: st.outputs, outputs: st.inputs }, { inputs: st.outputs }];
	for (const other of others) assert(!accepts({ ...st, ...other }, bytes), Object.keys(other)[0]);
	const longer = { ...st, inputs: concat(st.inputs, st.inputs.slice(0, 64)) };
	assert.equal(refusal(() => shuffle.verify(longer, bytes))?.rule, 'SHUFFLE.VERIFY');
});

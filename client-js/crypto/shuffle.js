// SPDX-License-Identifier: Apache-2.0
// [SHUFFLE.STATEMENT] That one list of ciphertexts is another one, in another order and encrypted anew.  specs/ranked.md section 4.
//
// The prover is here for vectors and tests: simple, slow, and its time tells its secrets.  The verifier is for elections.
import { beToInt, join, u64 } from './bytes.js';
import { Refusal, require, under } from './err.js';
import { combine } from './group.js';
import { random } from './hash.js';
import { multiplyMany } from './msm.js';
import { dot, mod, parseScalar, reduce, SCALAR_LENGTH, writeScalar } from './scalar.js';
import { finish } from './steps.js';
import { Transcript } from './transcript.js';

/**
 * @typedef {import('./group.js').Group} Group
 * @typedef {import('./group.js').Point} Point
 * @typedef {import('./elgamal.js').Ciphertext} Ciphertext
 *
 * @typedef {object} Statement
 * @property {Group} group
 * @property {Uint8Array} binding bytes: what the shuffle is for
 * @property {Point} h the key
 * @property {number} width ciphertexts that stay together
 * @property {Uint8Array} inputs wire form
 * @property {Uint8Array} outputs wire form
 *
 * What the prover did: output i is input j_i plus encryptions of nothing.
 * @typedef {object} Secrets
 * @property {number[]} permutation j_1..j_N, from 1
 * @property {bigint[][]} s s_{i,k}: a list of `width` for each output
 *
 * @typedef {{r: bigint[], x: bigint[], o: bigint[], y: bigint[], m1: bigint, m2: bigint, m3: bigint, m4: bigint[]}} Coins fresh, for one proof alone
 *
 * @typedef {object} Proof
 * @property {Point[]} c
 * @property {Point[]} C
 * @property {Point[]} D
 * @property {Point} t1
 * @property {Point} t2
 * @property {Point} t3
 * @property {Ciphertext[]} t4
 * @property {bigint} s1
 * @property {bigint} s2
 * @property {bigint} s3
 * @property {bigint[]} s4
 * @property {bigint[]} p
 * @property {bigint[]} q
 */

const RULE = 'SHUFFLE.VERIFY';
/** Points that are read or derived between two pauses. */
const POINTS = 128;

/** @type {Map<string, Point[]>} derived once per process */
const derived = new Map();

/** [SHUFFLE.GENERATORS] H_0..H_count, never taken from a board: with a logarithm known, one commitment opens to every permutation.
 * @param {Group} group @param {number} count @returns {Point[]} */
export const generators = (group, count) => finish(deriving(group, count));

/** The same in steps. @param {Group} group @param {number} count @returns {Generator<void, Point[]>} */
function* deriving(group, count) {
	const known = derived.get(group.name) ?? [];
	derived.set(group.name, known);
	while (known.length <= count) {
		known.push(group.hashToGroup('shuffle/H', u64(known.length)));
		if (known.length % POINTS === 0) yield;
	}
	return known.slice(0, count + 1);
}

/** @param {Group} group @param {number} width @param {Uint8Array} bytes @returns {number} N */
function sizeOf(group, width, bytes) {
	const N = bytes.length / (2 * width * group.pointLength);
	if (!Number.isInteger(N) || N < 1) throw new TypeError('not a list of ciphertexts of that width');
	return N;
}

/** @param {Group} group @param {Ciphertext[][]} list of ciphertexts of some width @returns {Uint8Array} */
export const writeList = (group, list) => join(list.flatMap((row) => row.flatMap(({ A, B }) => [group.encode(A), group.encode(B)])));

/** @param {Group} group @param {number} width @param {Uint8Array} bytes @returns {Ciphertext[][]} */
export const parseList = (group, width, bytes) => finish(parsingList(group, width, bytes));

/** The same in steps. @param {Group} group @param {number} width @param {Uint8Array} bytes @returns {Generator<void, Ciphertext[][]>} */
function* parsingList(group, width, bytes) {
	const points = yield* parsingPoints(group, bytes, 2 * width * sizeOf(group, width, bytes));
	/** @type {Ciphertext[][]} */
	const list = [];
	for (let at = 0; at < points.length; at += 2 * width)
		list.push(Array.from({ length: width }, (_, k) => ({ A: points[at + 2 * k], B: points[at + 2 * k + 1] })));
	return list;
}

/** @param {Group} group @param {Uint8Array} bytes @param {number} count at their beginning @returns {Generator<void, Point[]>} */
function* parsingPoints(group, bytes, count) {
	/** @type {Point[]} */
	const points = [];
	while (points.length < count) {
		points.push(group.decode(bytes.subarray(points.length * group.pointLength, (points.length + 1) * group.pointLength)));
		if (points.length % POINTS === 0) yield;
	}
	return points;
}

/** What a mixer puts out. @param {Group} group @param {Point} h @param {Ciphertext[][]} inputs @param {Secrets} secrets @returns {Ciphertext[][]} */
export const shuffle = (group, h, inputs, { permutation, s }) =>
	permutation.map((j, i) => inputs[j - 1].map(({ A, B }, k) => ({
		A: group.add(A, group.multiply(s[i][k], group.generator)),
		B: group.add(B, group.multiply(s[i][k], h)),
	})));

/** @param {number} N @param {number} width @param {() => bigint} draw a secret scalar @returns {Coins} */
export function drawCoins(N, width, draw) {
	const list = (/** @type {number} */ count) => Array.from({ length: count }, draw);
	return { r: list(N), x: list(N), o: list(N), y: list(N), m1: draw(), m2: draw(), m3: draw(), m4: list(width) };
}

/** [SHUFFLE.CHALLENGE] up to the commitments. @param {Statement} st @param {Point[]} c @returns {Transcript} */
export const beginTranscript = ({ group, binding, h, width, inputs, outputs }, c) =>
	new Transcript('tabella/v1/shuffle')
		.absorb('group', group.name)
		.absorb('binding', binding)
		.absorb('h', group.encode(h))
		.absorb('size', u64(sizeOf(group, width, inputs)))
		.absorb('width', u64(width))
		.absorb('inputs', inputs)
		.absorb('outputs', outputs)
		.absorb('commitments', join(c.map(group.encode)));

/** u_1..u_N @param {Group} group @param {Uint8Array} seed @param {number} N @returns {bigint[]} */
const exponentsOf = (group, seed, N) =>
	Array.from({ length: N }, (_, i) =>
		reduce(new Transcript('tabella/v1/shuffle-exponent').absorb('seed', seed).absorb('index', u64(i + 1)).output(), group.q));

/** v @param {Group} group @param {Transcript} transcript @param {Pick<Proof, 'C'|'D'|'t1'|'t2'|'t3'|'t4'>} proof @returns {bigint} */
const lastChallenge = (group, transcript, { C, D, t1, t2, t3, t4 }) =>
	transcript
		.absorb('chain', join(C.map(group.encode)))
		.absorb('masks', join(D.map(group.encode)))
		.absorb('t', join([t1, t2, t3, ...t4.flatMap(({ A, B }) => [A, B])].map(group.encode)))
		.challenge(group.q);

/** How the transcript begins is an argument only so that tests can show what a verifier with a weaker one would accept.
 * @param {Statement} st @param {Proof} proof @param {typeof beginTranscript} [begin] @returns {{seed: Uint8Array, u: bigint[], v: bigint}} */
export function challenges(st, proof, begin = beginTranscript) {
	const transcript = begin(st, proof.c);
	const seed = transcript.output();
	return { seed, u: exponentsOf(st.group, seed, proof.c.length), v: lastChallenge(st.group, transcript, proof) };
}

/** The chain and its masks without a step that waits for the one before: C_i = X_i*g + U_i*C_0.
 * @param {Group} group @param {Point} base C_0 @param {bigint[]} e @param {Coins} coins */
function makeChain(group, base, e, { x, o, y }) {
	const { q, generator: g } = group;
	let X = 0n;
	let U = 1n;
	const [C, D] = [/** @type {Point[]} */ ([]), /** @type {Point[]} */ ([])];
	e.forEach((ei, i) => {
		D.push(combine(group, [mod(o[i] + y[i] * X, q), g], [mod(y[i] * U, q), base]));
		X = mod(x[i] + ei * X, q);
		U = mod(ei * U, q);
		C.push(combine(group, [X, g], [U, base]));
	});
	return { C, D, X };
}

/** [SHUFFLE.PROVE] @param {Statement} st @param {Secrets} secrets @param {Coins} coins @param {typeof beginTranscript} [begin] as above @returns {Proof} */
export function prove(st, { permutation, s }, coins, begin = beginTranscript) {
	const { group, h, width } = st;
	const { q, generator: g } = group;
	const { r, x, o, y, m1, m2, m3, m4 } = coins;
	const N = permutation.length;
	const [base, ...H] = generators(group, N);
	const outputs = parseList(group, width, st.outputs);
	const c = new Array(N);
	permutation.forEach((j, i) => { c[j - 1] = group.add(group.multiply(r[j - 1], g), H[i]); });
	const transcript = begin(st, c);
	const u = exponentsOf(group, transcript.output(), N);
	const e = permutation.map((j) => u[j - 1]);
	const { C, D, X } = makeChain(group, base, e, coins);
	const masked = (/** @type {Point[]} */ points) => multiplyMany(group, y, points);
	const first = {
		c, C, D,
		t1: group.multiply(m1, g),
		t2: group.multiply(m2, g),
		t3: group.add(group.multiply(m3, g), masked(H)),
		t4: m4.map((m, k) => ({
			A: group.add(group.multiply(-m, g), masked(outputs.map((row) => row[k].A))),
			B: group.add(group.multiply(-m, h), masked(outputs.map((row) => row[k].B))),
		})),
	};
	const v = lastChallenge(group, transcript, first);
	return {
		...first,
		s1: mod(m1 + v * r.reduce((sum, ri) => sum + ri, 0n), q),
		s2: mod(m2 + v * X, q),
		s3: mod(m3 + v * dot(r, u, q), q),
		s4: m4.map((m, k) => mod(m + v * dot(s.map((row) => row[k]), e, q), q)),
		p: o.map((oi, i) => mod(oi + v * x[i], q)),
		q: y.map((yi, i) => mod(yi + v * e[i], q)),
	};
}

/** [SHUFFLE.WIRE] @param {Group} group @param {number} N @param {number} width @returns {number} */
export const proofLength = (group, N, width) => (3 * N + 3 + 2 * width) * group.pointLength + (2 * N + 3 + width) * SCALAR_LENGTH;

/** @param {Group} group @param {Proof} proof @returns {Uint8Array} */
export const write = (group, { c, C, D, t1, t2, t3, t4, s1, s2, s3, s4, p, q }) =>
	join([
		...[...c, ...C, ...D, t1, t2, t3, ...t4.flatMap(({ A, B }) => [A, B])].map(group.encode),
		...[s1, s2, s3, ...s4, ...p, ...q].map(writeScalar),
	]);

/** @param {Group} group @param {number} N @param {number} width @param {Uint8Array} bytes @returns {Proof} */
export const parse = (group, N, width, bytes) => under(RULE, () => finish(parsing(group, N, width, bytes)));

/** The same in steps. @param {Group} group @param {number} N @param {number} width @param {Uint8Array} bytes @returns {Generator<void, Proof>} */
function* parsing(group, N, width, bytes) {
	require(bytes.length === proofLength(group, N, width), RULE, `a proof has ${proofLength(group, N, width)} bytes, not ${bytes.length}`);
	const numPoints = 3 * N + 3 + 2 * width;
	const points = yield* parsingPoints(group, bytes, numPoints);
	const numbers = Array.from({ length: 2 * N + 3 + width }, (_, i) => {
		const at = numPoints * group.pointLength + i * SCALAR_LENGTH;
		return parseScalar(bytes.subarray(at, at + SCALAR_LENGTH), group.q);
	});
	const [t1, t2, t3, ...pairs] = points.slice(3 * N);
	const [s1, s2, s3] = numbers;
	return {
		c: points.slice(0, N), C: points.slice(N, 2 * N), D: points.slice(2 * N, 3 * N),
		t1, t2, t3, t4: Array.from({ length: width }, (_, k) => ({ A: pairs[2 * k], B: pairs[2 * k + 1] })),
		s1, s2, s3, s4: numbers.slice(3, 3 + width), p: numbers.slice(3 + width, 3 + width + N), q: numbers.slice(3 + width + N),
	};
}

/** Terms of one large sum; a part of it is computed whenever there are enough. */
class Sum {
	/** @param {Group} group */
	constructor(group) {
		this.group = group;
		this.total = group.identity;
		/** @type {bigint[]} */
		this.scalars = [];
		/** @type {Point[]} */
		this.points = [];
	}

	/** @param {bigint} k @param {Point} P */
	add(k, P) {
		this.scalars.push(k);
		this.points.push(P);
	}

	flush() {
		this.total = this.group.add(this.total, multiplyMany(this.group, this.scalars, this.points));
		this.scalars = [];
		this.points = [];
	}
}

/** Terms that are added up at once: more make a term cheaper, and the pauses between longer. */
const TERMS = 8192;

/** [BATCH.RANDOM] @returns {bigint} */
const draw = () => beToInt(random(16));

/**
 * All equations of [SHUFFLE.VERIFY] as one sum that must be zero.  Yields between its parts, so that others can work meanwhile.
 * @param {Statement} st @param {Proof} proof @param {Ciphertext[][]} inputs @param {Ciphertext[][]} outputs @param {{u: bigint[], v: bigint}} challenged
 * @returns {Generator<void, boolean>}
 */
function* holds({ group, h, width }, proof, inputs, outputs, { u, v }) {
	const { q: order, generator: g } = group;
	const N = proof.c.length;
	const [base, ...H] = generators(group, N);
	const sum = new Sum(group);
	// Drawn now, when the whole proof is known: who knew them could make errors cancel.
	const [e1, e2, e3] = [draw(), draw(), draw()];
	const [eA, eB] = [Array.from({ length: width }, draw), Array.from({ length: width }, draw)];
	let e5 = draw();
	sum.add(mod(-e5 * proof.q[0], order), base);
	let onG = 0n;
	for (let i = 0; i < N; i++) {
		const next = i + 1 < N ? draw() : 0n;
		sum.add(mod((e1 + e3 * u[i]) * v, order), proof.c[i]);
		sum.add(mod(-(e1 * v + e3 * proof.q[i]), order), H[i]);
		sum.add(mod(e5 * v + (i + 1 < N ? -next * proof.q[i + 1] : e2 * v), order), proof.C[i]);
		sum.add(e5, proof.D[i]);
		for (let k = 0; k < width; k++) {
			const [left, right] = [v * u[i], -proof.q[i]];
			sum.add(mod(eA[k] * left, order), inputs[i][k].A);
			sum.add(mod(eB[k] * left, order), inputs[i][k].B);
			sum.add(mod(eA[k] * right, order), outputs[i][k].A);
			sum.add(mod(eB[k] * right, order), outputs[i][k].B);
		}
		onG = mod(onG - e5 * proof.p[i], order);
		e5 = next;
		if (sum.points.length < TERMS) continue;
		sum.flush();
		yield;
	}
	sum.add(mod(-e2 * v * u.reduce((product, ui) => mod(product * ui, order), 1n), order), base);
	for (const [e, t] of [[e1, proof.t1], [e2, proof.t2], [e3, proof.t3]]) sum.add(e, t);
	proof.t4.forEach(({ A, B }, k) => {
		sum.add(eA[k], A);
		sum.add(eB[k], B);
	});
	sum.add(mod(onG - e1 * proof.s1 - e2 * proof.s2 - e3 * proof.s3 + dot(eA, proof.s4, order), order), g);
	sum.add(dot(eB, proof.s4, order), h);
	sum.flush();
	return group.isIdentity(sum.total);
}

/** What the mixer wrote; what cannot be read breaks the same rule as a false proof. @param {Group} group @param {number} N @param {number} width
 * @param {Uint8Array} list @param {Uint8Array} bytes @returns {Generator<void, {outputs: Ciphertext[][], proof: Proof}>} */
function* readingUnder(group, N, width, list, bytes) {
	try {
		return { outputs: yield* parsingList(group, width, list), proof: yield* parsing(group, N, width, bytes) };
	} catch (error) {
		throw error instanceof Refusal ? inRule(error) : error;
	}
}

/** @param {Refusal} refusal */
const inRule = ({ rule, detail, where }) => new Refusal(RULE, rule === RULE ? detail : `${detail} [${rule}]`, where);

/**
 * Verifies in steps; throws a Refusal [SHUFFLE.VERIFY] unless the outputs are the inputs, shuffled.
 * @param {Statement} st @param {Uint8Array} bytes of the proof @param {Ciphertext[][]} [known] the inputs, where somebody has read them already
 * @returns {Generator<void, Ciphertext[][]>} gives the outputs
 */
export function* verifying(st, bytes, known) {
	const { group, width } = st;
	const N = sizeOf(group, width, st.inputs);
	require(st.outputs.length === st.inputs.length, RULE, `expected ${st.inputs.length} bytes of outputs, found ${st.outputs.length}`);
	const inputs = known ?? (yield* parsingList(group, width, st.inputs));
	const { outputs, proof } = yield* readingUnder(group, N, width, st.outputs, bytes);
	yield* deriving(group, N);
	const isRight = yield* holds(st, proof, inputs, outputs, challenges(st, proof));
	if (!isRight) throw new Refusal(RULE, 'the proof does not verify');
	return outputs;
}

/** The same at once. @param {Statement} st @param {Uint8Array} bytes @returns {Ciphertext[][]} */
export const verify = (st, bytes) => finish(verifying(st, bytes));

/** Do the equations hold under these challenges? @param {Statement} st @param {Proof} proof @param {{u: bigint[], v: bigint}} challenged @returns {boolean} */
export const holdsUnder = (st, proof, challenged) =>
	finish(holds(st, proof, parseList(st.group, st.width, st.inputs), parseList(st.group, st.width, st.outputs), challenged));

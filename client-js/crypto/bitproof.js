// SPDX-License-Identifier: Apache-2.0
// The part of a ballot for one question: ciphertexts and the aggregated proof that they hold a permitted choice.
// specs/protocol.md section 4, arguments in specs/proofs.md.
import { scalarsFromSeed } from './ballot_seed.js';
import { concat, Reader, u32, u64, u8 } from './bytes.js';
import { encrypt } from './elgamal.js';
import { Refusal, require, under } from './err.js';
import { combine, combinePublic } from './group.js';
import { dot, mod, parseScalar, powers, SCALAR_LENGTH, writeScalar } from './scalar.js';
import { Transcript } from './transcript.js';

/**
 * @typedef {import('./group.js').Group} Group
 * @typedef {import('./group.js').Point} Point
 * @typedef {{m: number, S: number, min: number, max: number, blank: boolean, w: number[], slack: number[], u: number[], L: number}} Definition
 * @typedef {{values: number[], blank: boolean}} Choice a value for each option; blank only where the question has it
 *
 * What a proof is about; all of it is under the challenge.
 * @typedef {object} Statement
 * @property {Group} group
 * @property {Uint8Array} context 32 bytes [CONTEXT]
 * @property {string} voter id
 * @property {Uint8Array} voterKey 32 bytes
 * @property {number} question index from 0
 * @property {Definition} definition
 * @property {Point} h public key of the election
 *
 * @typedef {object} Coins the secrets of one question of one ballot
 * @property {bigint[]} r
 * @property {bigint[]} a
 * @property {bigint} beta
 * @property {bigint} rho
 * @property {bigint} tau1
 * @property {bigint} tau0
 * @property {bigint} delta
 *
 * @typedef {object} Part
 * @property {import('./elgamal.js').Ciphertext[]} E
 * @property {Point} Cb
 * @property {Point} Ca
 * @property {Point} C1
 * @property {Point} C0
 * @property {bigint} alpha
 * @property {Point} D1
 * @property {Point} D2
 * @property {bigint[]} f
 * @property {bigint} za
 * @property {bigint} z1
 * @property {bigint} zd
 */

/** Weights whose sums reach exactly 0..S. @param {number} S @returns {number[]} */
export function weights(S) {
	const list = [];
	let sum = 0;
	for (let next = 1; sum + next <= S; next *= 2) {
		list.push(next);
		sum += next;
	}
	if (sum < S) list.push(S - sum);
	return list;
}

/** [BALLOT.DEFINITION] @param {{m: number, S: number, min: number, max: number, blank: boolean}} question @returns {Definition} */
export function define({ m, S, min, max, blank }) {
	const within = (n, low, high) => Number.isInteger(n) && n >= low && n <= high;
	require(within(m, 1, 500) && within(S, 1, 255), 'BALLOT.DEFINITION', 'options 1..500, score 1..255');
	require(within(max, 1, m * S) && within(min, 0, max), 'BALLOT.DEFINITION', 'min and max do not fit the options');
	require(!blank || min >= 1, 'BALLOT.DEFINITION', 'blank is for questions that want at least one option');
	const w = weights(S);
	const slack = weights(max - min);
	const u = [...Array.from({ length: m }, () => w).flat(), ...slack, ...(blank ? [max] : [])];
	require(u.length <= 2000, 'BALLOT.DEFINITION', `${u.length} bits, 2000 are the limit`);
	return { m, S, min, max, blank, w, slack, u, L: u.length };
}

/** @param {Definition} d @returns {Uint8Array} */
export const writeDefinition = (d) =>
	concat(
		u32(d.m), u32(d.S), u32(d.min), u32(d.max), u8(d.blank ? 1 : 0),
		u32(d.w.length), ...d.w.map(u32),
		u32(d.L), ...d.u.map(u32),
	);

/** The bits of v over weights, largest weight first. @param {number} v @param {number[]} w @returns {number[]} */
function bitsOf(v, w) {
	const bits = w.map(() => 0);
	let rest = v;
	for (let j = w.length - 1; j >= 0; j--) {
		if (rest >= w[j]) {
			bits[j] = 1;
			rest -= w[j];
		}
	}
	return bits;
}

/** [BALLOT.BITS] @param {Definition} d @param {Choice} choice @returns {number[]} */
export function choiceBits(d, { values, blank }) {
	const sum = values.reduce((total, v) => total + v, 0);
	require(values.length === d.m, 'BALLOT.BITS', `a value for each of ${d.m} options`);
	require(values.every((v) => Number.isInteger(v) && v >= 0 && v <= d.S), 'BALLOT.BITS', `values are 0..${d.S}`);
	require(!blank || d.blank, 'BALLOT.BITS', 'this question has no blank vote');
	if (blank) require(sum === 0, 'BALLOT.BITS', 'a blank vote chooses nothing');
	else require(sum >= d.min && sum <= d.max, 'BALLOT.BITS', `the sum of the values is ${d.min}..${d.max}`);
	const slack = blank ? 0 : d.max - sum;
	return [...values.flatMap((v) => bitsOf(v, d.w)), ...bitsOf(slack, d.slack), ...(d.blank ? [blank ? 1 : 0] : [])];
}

/** @type {Map<string, {K: Point, G: Point[]}>} derived once per process: in modp4096 each costs a tenth of a second */
const derived = new Map();

/** [BALLOT.GENERATORS] @param {Group} group @param {number} L @returns {{K: Point, G: Point[]}} */
export function generators(group, L) {
	const known = derived.get(group.name) ?? { K: group.hashToGroup('ballot/K', new Uint8Array()), G: [] };
	const { K, G } = known;
	derived.set(group.name, known);
	while (G.length < L) G.push(group.hashToGroup('ballot/G', u32(G.length + 1)));
	return { K, G: G.slice(0, L) };
}

/** [BALLOT.SEED] @param {Statement} st @param {Uint8Array} seed @param {Choice} choice @returns {Coins} */
export function coinsFromSeed(st, seed, choice) {
	const { definition: d } = st;
	const scalar = scalarsFromSeed(st, seed, concat(u8(choice.blank ? 1 : 0), ...choice.values.map(u32)));
	const list = (name, count) => Array.from({ length: count }, (_, i) => scalar(name, i + 1));
	const r = list('r', d.m);
	require(r.every((value) => value !== 0n), 'BALLOT.SEED', 'this seed leaves a vote unencrypted: draw another');
	return { r, a: list('a', d.L), beta: scalar('beta', 0), rho: scalar('rho', 0), tau1: scalar('tau1', 0), tau0: scalar('tau0', 0), delta: scalar('delta', 0) };
}

/** sum_j w_j t_{i,j} for each option i. @param {Definition} d @param {bigint[]} t @param {bigint} q */
const perOption = (d, t, q) =>
	Array.from({ length: d.m }, (_, i) => dot(d.w.map(BigInt), t.slice(i * d.w.length), q));

/** [BALLOT.CHALLENGE] up to alpha. @param {Statement} st @param {Pick<Part, 'E'|'Cb'|'Ca'|'C1'|'C0'|'alpha'>} p */
function statementTranscript(st, p) {
	const { group } = st;
	return new Transcript('tabella/v1/ballot')
		.absorb('group', group.name)
		.absorb('context', st.context)
		.absorb('voter', st.voter)
		.absorb('voter-key', st.voterKey)
		.absorb('question', u64(st.question))
		.absorb('definition', writeDefinition(st.definition))
		.absorb('h', group.encode(st.h))
		.absorb('ciphertexts', concat(...p.E.flatMap(({ A, B }) => [group.encode(A), group.encode(B)])))
		.absorb('Cb', group.encode(p.Cb))
		.absorb('Ca', group.encode(p.Ca))
		.absorb('C1', group.encode(p.C1))
		.absorb('C0', group.encode(p.C0))
		.absorb('alpha', writeScalar(p.alpha));
}

/** x covers y and all that y covers. @param {Group} group @param {Transcript} t @param {bigint} y @param {Point} D1 @param {Point} D2 */
const secondChallenge = (group, t, y, D1, D2) =>
	t.absorb('y', writeScalar(y)).absorb('D1', group.encode(D1)).absorb('D2', group.encode(D2)).challenge(group.q);

/** The challenges of a part. @param {Statement} st @param {Part} part @returns {{y: bigint, x: bigint}} */
export function challenges(st, part) {
	const t = statementTranscript(st, part);
	const y = t.challenge(st.group.q);
	return { y, x: secondChallenge(st.group, t, y, part.D1, part.D2) };
}

/**
 * [BALLOT.PROVE]
 * @param {Statement} st @param {Choice} choice @param {Coins} coins
 * @returns {Part & {bits: number[], y: bigint, x: bigint}}
 */
export function prove(st, choice, coins) {
	const { group, definition: d, h } = st;
	const { q, generator: g } = group;
	const { K, G } = generators(group, d.L);
	const { r, a, beta, rho, tau1, tau0, delta } = coins;
	const bits = choiceBits(d, choice);
	const b = bits.map(BigInt);
	const commit = (k, values) => combine(group, [k, K], ...values.map((v, j) => [v, G[j]]));

	const E = choice.values.map((v, i) => encrypt(group, h, BigInt(v), r[i]));
	const first = {
		E,
		Cb: commit(beta, b),
		Ca: commit(rho, a),
		C1: commit(tau1, a.map((aj, j) => aj * (1n - 2n * b[j]))),
		C0: commit(tau0, a.map((aj) => -aj * aj)),
		alpha: dot(d.u.map(BigInt), a, q),
	};
	const t = statementTranscript(st, first);
	const y = t.challenge(q);
	const ys = powers(y, d.m, q);
	const D1 = group.multiply(delta, g);
	const D2 = combine(group, [dot(ys, perOption(d, a, q), q), g], [delta, h]);
	const x = secondChallenge(group, t, y, D1, D2);
	return {
		...first, D1, D2,
		f: b.map((bj, j) => mod(x * bj + a[j], q)),
		za: mod(x * beta + rho, q),
		z1: mod(x * tau1 + tau0, q),
		zd: mod(x * dot(ys, r, q) + delta, q),
		bits, y, x,
	};
}

/**
 * [BALLOT.VERIFY] The numbers of the equations that fail.  The challenges are an argument only so that tests can show
 * what a verifier with weaker ones would accept.
 * @param {Statement} st @param {Part} part @param {{y: bigint, x: bigint}} [challenged] @returns {number[]}
 */
export function failingEquations(st, part, challenged = challenges(st, part)) {
	const { group, definition: d, h } = st;
	const { q, generator: g } = group;
	const { K, G } = generators(group, d.L);
	const { E, f, za, z1, zd } = part;
	const { y, x } = challenged;
	const ys = powers(y, d.m, q);
	const sum = (...terms) => combinePublic(group, ...terms);
	const overG = (values) => values.map((v, j) => [v, G[j]]);
	const holds = [
		group.equals(sum([x, part.Cb], [1n, part.Ca]), sum([za, K], ...overG(f))),
		group.equals(sum([x, part.C1], [1n, part.C0]), sum([z1, K], ...overG(f.map((fj) => fj * (x - fj))))),
		holdsRule(d, q, part, x),
		group.equals(sum(...E.map(({ A }, i) => [x * ys[i], A]), [1n, part.D1]), sum([zd, g])),
		group.equals(
			sum(...E.map(({ B }, i) => [x * ys[i], B]), [1n, part.D2]),
			sum([dot(ys, perOption(d, f, q), q), g], [zd, h]),
		),
	];
	return holds.flatMap((ok, i) => (ok ? [] : [i + 1]));
}

/** Equation 3, which is checked for each ballot by itself. @param {Definition} d @param {bigint} q @param {Part} part @param {bigint} x */
const holdsRule = (d, q, { f, alpha }, x) => dot(d.u.map(BigInt), f, q) === mod(x * BigInt(d.max) + alpha, q);

/**
 * Adds the four equations between points of a part to a batch; false when equation 3 fails, and then nothing is added.
 * @param {import('./batch.js').Batch} batch @param {Statement} st @param {Part} part @param {{y: bigint, x: bigint}} challenged @returns {boolean}
 */
export function addToBatch(batch, st, part, { y, x }) {
	const { group, definition: d, h } = st;
	const { q, generator: g } = group;
	if (!holdsRule(d, q, part, x)) return false;
	const { K, G } = generators(group, d.L);
	const { E, f, za, z1, zd } = part;
	const ys = powers(y, d.m, q);
	const [e1, e2, e4, e5] = [batch.draw(), batch.draw(), batch.draw(), batch.draw()];
	batch.add(e1 * x, part.Cb);
	batch.add(e1, part.Ca);
	batch.add(e2 * x, part.C1);
	batch.add(e2, part.C0);
	batch.addCommon(-(e1 * za + e2 * z1), K);
	f.forEach((fj, j) => batch.addCommon(-fj * (e1 + e2 * (x - fj)), G[j]));
	E.forEach(({ A, B }, i) => {
		const k = (x * ys[i]) % q;
		batch.add(e4 * k, A);
		batch.add(e5 * k, B);
	});
	batch.add(e4, part.D1);
	batch.add(e5, part.D2);
	batch.addCommon(-(e4 * zd + e5 * dot(ys, perOption(d, f, q), q)), g);
	batch.addCommon(-e5 * zd, h);
	return true;
}

/** Throws a Refusal [BALLOT.VERIFY] unless the proof is right. @param {Statement} st @param {Part} part */
export function verify(st, part) {
	const failing = failingEquations(st, part);
	require(failing.length === 0, 'BALLOT.VERIFY', `equation ${failing.join(', ')} fails`);
}

/** [BALLOT.QUESTION] @param {Group} group @param {Definition} d @returns {number} bytes of a part */
export const partLength = (group, d) => (2 * d.m + 6) * group.pointLength + (d.L + 4) * SCALAR_LENGTH;

/** @param {Group} group @param {Part} p @returns {Uint8Array} */
export const write = (group, p) =>
	concat(
		...p.E.flatMap(({ A, B }) => [group.encode(A), group.encode(B)]),
		...[p.Cb, p.Ca, p.C1, p.C0].map(group.encode),
		writeScalar(p.alpha),
		group.encode(p.D1),
		group.encode(p.D2),
		...[...p.f, p.za, p.z1, p.zd].map(writeScalar),
	);

/**
 * Reads a part: length [BALLOT.QUESTION], then canonical points and scalars, no A_i the identity [BALLOT.POINTS].
 * @param {Group} group @param {Definition} d @param {Uint8Array} bytes @returns {Part}
 */
export function parse(group, d, bytes) {
	const part = parseOwing(group, d, bytes);
	require(group.areMembers(pointsOf(part)), 'BALLOT.POINTS', 'an element is not in the group [GROUP.MODP.ORDER]');
	return part;
}

/** The same as `parse` but for `areMembers` of `pointsOf`, which is cheaper for many parts at once.
 * @param {Group} group @param {Definition} d @param {Uint8Array} bytes @returns {Part} */
export function parseOwing(group, d, bytes) {
	require(bytes.length === partLength(group, d), 'BALLOT.QUESTION', `a part has ${partLength(group, d)} bytes, not ${bytes.length}`);
	const reader = new Reader(bytes, (detail) => new Refusal('BALLOT.QUESTION', detail));
	const point = () => under('BALLOT.POINTS', () => group.decodeOwing(reader.take(group.pointLength)));
	const scalar = () => under('BALLOT.POINTS', () => parseScalar(reader.take(SCALAR_LENGTH), group.q));
	const E = Array.from({ length: d.m }, () => ({ A: point(), B: point() }));
	require(E.every(({ A }) => !group.isIdentity(A)), 'BALLOT.POINTS', 'A_i is the identity: that vote is not encrypted');
	const [Cb, Ca, C1, C0] = [point(), point(), point(), point()];
	const alpha = scalar();
	const [D1, D2] = [point(), point()];
	const f = Array.from({ length: d.L }, scalar);
	const [za, z1, zd] = [scalar(), scalar(), scalar()];
	return { E, Cb, Ca, C1, C0, alpha, D1, D2, f, za, z1, zd };
}

/** @param {Part} part @returns {Point[]} every element that came from outside */
export const pointsOf = ({ E, Cb, Ca, C1, C0, D1, D2 }) => [...E.flatMap(({ A, B }) => [A, B]), Cb, Ca, C1, C0, D1, D2];

// SPDX-License-Identifier: Apache-2.0
import { fromHex, hex } from '../../crypto/bytes.js';
import { getGroup } from '../../crypto/group.js';
import { parseScalar, reduce, writeScalar } from '../../crypto/scalar.js';
import * as shuffle from '../../crypto/shuffle.js';
import { collect, flip, seeded } from './kit.mjs';
import { electionKey } from './statement.mjs';

const group = getGroup('ristretto255');
const scalar = (text) => parseScalar(fromHex(text), group.q);
const scalars = (list) => list.map(scalar);
const written = (list) => list.map((s) => hex(writeScalar(s)));
const readStatement = (input, outputs) => ({
	group: getGroup(input.group), binding: fromHex(input.binding), h: group.decode(fromHex(input.h)), width: input.width,
	inputs: fromHex(input.inputs), outputs: outputs ?? fromHex(input.outputs),
});
/** Secrets of input i, element k stand in one list, row by row. */
const rows = (list, width) => Array.from({ length: list.length / width }, (_, i) => list.slice(i * width, (i + 1) * width));

export const ops = {
	'shuffle.generators': ({ count }) => ({ points: shuffle.generators(group, count).map((H) => hex(group.encode(H))) }),
	'shuffle.prove'(input) {
		const h = group.decode(fromHex(input.h));
		const secrets = { permutation: input.permutation, s: rows(scalars(input.s), input.width) };
		const inputs = shuffle.parseList(group, input.width, fromHex(input.inputs));
		const outputs = shuffle.writeList(group, shuffle.shuffle(group, h, inputs, secrets));
		const { coins } = input;
		const st = readStatement(input, outputs);
		const proof = shuffle.prove(st, secrets, {
			r: scalars(coins.r), x: scalars(coins.x), o: scalars(coins.o), y: scalars(coins.y),
			m1: scalar(coins.m1), m2: scalar(coins.m2), m3: scalar(coins.m3), m4: scalars(coins.m4),
		});
		const { seed, u, v } = shuffle.challenges(st, proof);
		return { outputs, exponent_seed: seed, u: written(u), v: writeScalar(v), proof: shuffle.write(group, proof) };
	},
	'shuffle.verify'(input) {
		shuffle.verify(readStatement(input), fromHex(input.proof));
		return {};
	},
};

function makeInput(label, N, width) {
	const secret = (what, i) => reduce(seeded(`shuffle ${label} ${what} ${i}`, 64), group.q);
	const list = (what, count) => Array.from({ length: count }, (_, i) => hex(writeScalar(secret(what, i))));
	const point = (what, i) => hex(group.encode(group.multiply(secret(what, i), group.generator)));
	const permutation = Array.from({ length: N }, (_, i) => i + 1).sort((a, b) => (secret('order', a) < secret('order', b) ? -1 : 1));
	return {
		group: 'ristretto255', binding: seeded(`shuffle ${label} binding`, 40), h: electionKey('ristretto255').h, width,
		inputs: Array.from({ length: 2 * N * width }, (_, i) => point('input', i)).join(''), permutation, s: list('s', N * width),
		coins: {
			r: list('r', N), x: list('x', N), o: list('o', N), y: list('y', N),
			m1: list('m1', 1)[0], m2: list('m2', 1)[0], m3: list('m3', 1)[0], m4: list('m4', width),
		},
	};
}

const POINT = 64;
const at = (k) => k * POINT;

/** @param {any} right 3 ciphertexts of width 2 */
function refusals(c, right) {
	const refuse = (name, change) => c.bad('shuffle.verify', name, 'SHUFFLE.VERIFY', { ...right, ...change });
	const plus = (text, place, amount = 1n) => {
		const P = group.add(group.decode(fromHex(text.slice(place, place + POINT))), group.multiply(amount, group.generator));
		return text.slice(0, place) + hex(group.encode(P)) + text.slice(place + POINT);
	};
	const more = (text, place, amount = 1n) => text.slice(0, place) + hex(writeScalar((scalar(text.slice(place, place + POINT)) + amount) % group.q)) + text.slice(place + POINT);
	refuse('another binding', { binding: flip(right.binding, 0) });
	refuse('another key', { h: hex(group.encode(group.generator)) });
	refuse('an input changed', { inputs: plus(right.inputs, at(5)) });
	refuse('an output changed: another vote', { outputs: plus(right.outputs, at(3)) });
	refuse('an output encrypted anew', { outputs: again(right) });
	refuse('two outputs in the other order', { outputs: right.outputs.slice(at(4), at(8)) + right.outputs.slice(0, at(4)) + right.outputs.slice(at(8)) });
	refuse('elements of one output in the other order', { outputs: right.outputs.slice(at(2), at(4)) + right.outputs.slice(0, at(2)) + right.outputs.slice(at(4)) });
	refuse('width 1 instead of 2', { width: 1 });
	refuse('outputs that are one fewer [S-03]', { outputs: right.outputs.slice(at(4)) });
	const [N, w] = [3, 2];
	const points = [['c_1', 0], ['c_3', 2], ['C_1', N], ['C_2', N + 1], ['C_3', 2 * N - 1], ['D_1', 2 * N], ['D_3', 3 * N - 1], ['t1', 3 * N], ['t2', 3 * N + 1], ['t3', 3 * N + 2], ['t4_1, first half', 3 * N + 3], ['t4_2, second half', 3 * N + 6]];
	const first = 3 * N + 3 + 2 * w;
	const numbers = [['s1', 0], ['s2', 1], ['s3', 2], ['s4_1', 3], ['s4_2', 4], ['p_1', 3 + w], ['p_3', 3 + w + N - 1], ['q_1', 3 + w + N], ['q_3', 3 + w + 2 * N - 1]];
	for (const [name, k] of points) refuse(`${name} changed`, { proof: plus(right.proof, at(k)) });
	for (const [name, k] of numbers) refuse(`${name} changed`, { proof: more(right.proof, at(first + k)) });
	refuse('q_2 is not reduced', { proof: unreduced(right.proof, at(first + 3 + w + N + 1)) });
	refuse('c_2 is no element', { proof: flip(right.proof, 32 + 31, 0x80) });
	refuse('an output is no element', { outputs: flip(right.outputs, 31, 0x80) });
	refuse('a byte too few', { proof: right.proof.slice(0, -2) });
	refuse('a byte too many', { proof: `${right.proof}00` });
}

function unreduced(proof, place) {
	const s = scalar(proof.slice(place, place + POINT)) + group.q;
	return proof.slice(0, place) + hex(writeScalar(s)) + proof.slice(place + POINT);
}

/** The same votes under other randomness: what the proof says of the old outputs says nothing of these. */
function again({ outputs, h }) {
	const key = group.decode(fromHex(h));
	const list = shuffle.parseList(group, 2, fromHex(outputs));
	const { A, B } = list[1][0];
	list[1][0] = { A: group.add(A, group.generator), B: group.add(B, key) };
	return hex(shuffle.writeList(group, list));
}

/** A prover who does not keep to the rules, with a proof whose challenges are right: [SHUFFLE.VERIFY] itself must notice. */
function forgeries(c, input) {
	const { width } = input;
	const inputs = shuffle.parseList(group, width, fromHex(input.inputs));
	const h = group.decode(fromHex(input.h));
	const { coins } = input;
	const own = {
		r: scalars(coins.r), x: scalars(coins.x), o: scalars(coins.o), y: scalars(coins.y),
		m1: scalar(coins.m1), m2: scalar(coins.m2), m3: scalar(coins.m3), m4: scalars(coins.m4),
	};
	const secrets = { permutation: input.permutation, s: rows(scalars(input.s), width) };
	const forge = (name, outputs, claimed = secrets) => {
		const wire = shuffle.writeList(group, outputs);
		const proof = shuffle.write(group, shuffle.prove(readStatement(input, wire), claimed, own));
		c.bad('shuffle.verify', name, 'SHUFFLE.VERIFY', { group: input.group, binding: input.binding, h: input.h, width, inputs: input.inputs, outputs: wire, proof });
	};
	const honest = shuffle.shuffle(group, h, inputs, secrets);
	forge('one ballot twice, another one gone [S-04]', shuffle.shuffle(group, h, inputs, { ...secrets, permutation: input.permutation.map((j) => (j === 1 ? 2 : j)) }));
	const replaced = honest.map((row, i) => (i === 0 ? row.map(({ A, B }) => ({ A, B: group.add(B, group.generator) })) : row));
	forge('a vote replaced [S-05]', replaced);
	const sum = honest.map((row) => row.slice());
	const plus = (P, k) => group.add(P, group.multiply(k, group.generator));
	sum[0] = sum[0].map(({ A, B }) => ({ A, B: plus(B, 5n) }));
	sum[1] = sum[1].map(({ A, B }) => ({ A, B: plus(B, group.q - 5n) }));
	forge('two votes changed so that their sum stays', sum);
	if (width > 1) {
		const crossed = honest.map((row) => row.slice());
		[crossed[0][1], crossed[1][1]] = [crossed[1][1], crossed[0][1]];
		forge('elements of two ballots exchanged', crossed);
	}
}

export function make() {
	const c = collect(ops, {
		topic: 'shuffle',
		about: 'The proof of a shuffle.',
		source: 'client-js',
		spec: ['SHUFFLE.STATEMENT', 'SHUFFLE.GENERATORS', 'SHUFFLE.PROVE', 'SHUFFLE.CHALLENGE', 'SHUFFLE.VERIFY', 'SHUFFLE.WIRE'],
	});
	c.good('shuffle.generators', 'H_0 to H_3', { count: 3 });
	const made = {};
	for (const [N, width] of [[1, 1], [1, 2], [3, 1], [3, 2], [8, 1], [8, 2]]) {
		const label = `${N} of width ${width}`;
		const input = JSON.parse(JSON.stringify(makeInput(label, N, width), (_, v) => (v instanceof Uint8Array ? hex(v) : v)));
		const { outputs, proof } = c.good('shuffle.prove', `${label}: prove`, input);
		const { group: name, binding, h, inputs } = input;
		made[label] = { input, right: { group: name, binding, h, width, inputs, outputs, proof } };
		c.good('shuffle.verify', `${label}: verify`, made[label].right);
	}
	refusals(c, made['3 of width 2'].right);
	forgeries(c, made['3 of width 2'].input);
	return c.file();
}

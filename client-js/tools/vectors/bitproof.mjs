// SPDX-License-Identifier: Apache-2.0
import { challenges, choiceBits, coinsFromSeed, parse, partLength, prove, verify, weights, write, writeDefinition } from '../../crypto/bitproof.js';
import { fromHex, hex } from '../../crypto/bytes.js';
import { getGroup } from '../../crypto/group.js';
import { writeScalar } from '../../crypto/scalar.js';
import { forge } from './forge.mjs';
import { collect, flip, seeded } from './kit.mjs';
import { choice, context, definition, electionKey, readDefinition, readStatement, voterKey } from './statement.mjs';

export const ops = {
	'bitproof.weights': ({ sum }) => ({ weights: weights(sum) }),
	'bitproof.define'({ definition }) {
		const d = readDefinition(definition);
		return { w: d.w, u: d.u, bits: d.L, definition: writeDefinition(d) };
	},
	'bitproof.bits': (input) => ({ bits: choiceBits(readDefinition(input.definition), input.choice) }),
	'bitproof.prove'(input) {
		const st = readStatement(input);
		const coins = coinsFromSeed(st, fromHex(input.seed), input.choice);
		const part = prove(st, input.choice, coins);
		const scalars = (list) => list.map((s) => hex(writeScalar(s)));
		const { beta, rho, tau1, tau0, delta } = coins;
		return {
			bits: part.bits,
			r: scalars(coins.r),
			a: scalars(coins.a),
			...Object.fromEntries(Object.entries({ beta, rho, tau1, tau0, delta, y: part.y, x: part.x }).map(([name, s]) => [name, writeScalar(s)])),
			part: write(st.group, part),
		};
	},
	'bitproof.verify'(input) {
		const st = readStatement(input);
		const part = parse(st.group, st.definition, fromHex(input.part));
		verify(st, part);
		const { y, x } = challenges(st, part);
		return { y: writeScalar(y), x: writeScalar(x) };
	},
};

const base = (group, d) => ({ group, context, voter: 'ada', voter_key: voterKey, question: 0, definition: d, h: electionKey(group).h });

function definitionCases(c) {
	for (const sum of [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 16, 100, 255, 127500]) c.good('bitproof.weights', `weights of ${sum}`, { sum });
	c.good('bitproof.define', 'the largest question', { definition: definition(500, 4, 0, 2000, false) });
	const refuse = (name, d) => c.bad('bitproof.define', name, 'BALLOT.DEFINITION', { definition: d });
	refuse('no option', definition(0, 1, 0, 1));
	refuse('501 options', definition(501, 1, 1, 1));
	refuse('max 0', definition(3, 1, 0, 0));
	refuse('min above max', definition(3, 1, 2, 1));
	refuse('max above what the options give', definition(3, 1, 1, 4));
	refuse('score 256', definition(3, 256, 0, 10));
	refuse('blank where nothing may be chosen', definition(3, 1, 0, 1, true));
	refuse('more than 2000 bits', definition(500, 15, 0, 100));
}

function bitCases(c) {
	const good = (name, d, ch) => c.good('bitproof.bits', name, { definition: d, choice: ch });
	const refuse = (name, d, ch) => c.bad('bitproof.bits', name, 'BALLOT.BITS', { definition: d, choice: ch });
	const score = definition(3, 5, 0, 15);
	good('score 0, 5, 3', score, choice([0, 5, 3]));
	good('score 1, 2, 4', score, choice([1, 2, 4]));
	good('score all 5', score, choice([5, 5, 5]));
	good('score nothing', score, choice([0, 0, 0]));
	refuse('score 6', score, choice([6, 0, 0]));
	refuse('a value too many', score, choice([0, 0, 0, 0]));
	refuse('a value too few', score, choice([0, 0]));
	const some = definition(5, 1, 1, 3);
	good('one of five', some, choice([0, 0, 1, 0, 0]));
	good('three of five', some, choice([1, 0, 1, 0, 1]));
	refuse('none of five', some, choice([0, 0, 0, 0, 0]));
	refuse('four of five', some, choice([1, 1, 1, 1, 0]));
	refuse('blank where there is no blank', some, choice([0, 0, 0, 0, 0], true));
	const blank = definition(4, 1, 2, 3, true);
	good('blank', blank, choice([0, 0, 0, 0], true));
	good('not blank', blank, choice([1, 0, 0, 1]));
	refuse('blank and an option', blank, choice([1, 0, 0, 0], true));
	refuse('nothing, but not blank', blank, choice([0, 0, 0, 0]));
	good('every bit of a score of 200', definition(1, 255, 0, 255), choice([200]));
}

function proofCases(c) {
	const group = 'ristretto255';
	const made = {};
	const prove = (name, d, ch, change = {}) => {
		const st = { ...base(group, d), ...change };
		const seed = seeded(`seed ${name}`, 32);
		const { part } = c.good('bitproof.prove', `${name}: prove`, { ...st, seed, choice: ch });
		c.good('bitproof.verify', `${name}: verify`, { ...st, part });
		made[name] = { ...st, part };
	};
	const some = definition(5, 1, 1, 3);
	prove('referendum', definition(2, 1, 1, 1), choice([0, 1]));
	prove('referendum with abstention', definition(2, 1, 0, 1), choice([0, 0]));
	prove('choose 1 to 3 of 5', some, choice([1, 0, 0, 1, 0]));
	prove('blank', definition(4, 1, 2, 3, true), choice([0, 0, 0, 0], true));
	prove('not blank', definition(4, 1, 2, 3, true), choice([1, 1, 0, 1]), { question: 3 });
	prove('score 0 to 5', definition(3, 5, 0, 15), choice([5, 0, 3]), { voter: 'x'.repeat(64), question: 19 });
	prove('approval', definition(3, 1, 0, 3), choice([1, 1, 1]));
	wrongStatements(c, made['choose 1 to 3 of 5']);
	wrongParts(c, made['choose 1 to 3 of 5']);
	forgeries(c, base(group, some));
}

/** A right proof in another place. */
function wrongStatements(c, right) {
	const refuse = (name, change) => c.bad('bitproof.verify', name, 'BALLOT.VERIFY', { ...right, ...change });
	refuse('another context', { context: flip(right.context, 0) });
	refuse('another voter', { voter: 'adb' });
	refuse('another voter key', { voter_key: flip(right.voter_key, 5) });
	refuse('another question', { question: 1 });
	refuse('another key of the election', { h: hex(getGroup('ristretto255').encode(getGroup('ristretto255').generator)) });
	refuse('another rule with as many bits', { definition: definition(5, 1, 0, 2) });
}

/** A part that is changed in one place, to something that can still be read. */
function wrongParts(c, right) {
	const group = getGroup(right.group);
	const d = readDefinition(right.definition);
	const part = parse(group, d, fromHex(right.part));
	const refuse = (name, change, rule = 'BALLOT.VERIFY') => c.bad('bitproof.verify', name, rule, { ...right, part: write(group, { ...part, ...change }) });
	const next = (P) => group.add(P, group.generator);
	const plus = (s) => (s + 1n) % group.q;
	refuse('A_2 changed', { E: part.E.map((e, i) => (i === 1 ? { ...e, A: next(e.A) } : e)) });
	refuse('B_2 changed: a vote added', { E: part.E.map((e, i) => (i === 1 ? { ...e, B: next(e.B) } : e)) });
	refuse('two ciphertexts exchanged', { E: [part.E[1], part.E[0], ...part.E.slice(2)] });
	for (const name of ['Cb', 'Ca', 'C1', 'C0', 'D1', 'D2']) refuse(`${name} changed`, { [name]: next(part[name]) });
	for (const name of ['alpha', 'za', 'z1', 'zd']) refuse(`${name} changed`, { [name]: plus(part[name]) });
	for (const j of [0, d.L - 1]) refuse(`f_${j + 1} changed`, { f: part.f.map((f, k) => (k === j ? plus(f) : f)) });
	refuse('A_1 is the identity', { E: part.E.map((e, i) => (i === 0 ? { ...e, A: group.identity } : e)) }, 'BALLOT.POINTS');
	const raw = (name, bytes, rule) => c.bad('bitproof.verify', name, rule, { ...right, part: bytes });
	raw('A_1 is not an element', flip(right.part, 31, 0x80), 'BALLOT.POINTS');
	const scalarAt = fromHex(right.part).length - 32;
	raw('zd is not reduced', right.part.slice(0, 2 * scalarAt) + hex(writeScalar(part.zd + group.q)), 'BALLOT.POINTS');
	raw('a byte too few', right.part.slice(0, -2), 'BALLOT.QUESTION');
	raw('a byte too many', `${right.part}00`, 'BALLOT.QUESTION');
	raw('an option too few', right.part.slice(128), 'BALLOT.QUESTION');
}

function forgeries(c, st) {
	const { group, ...rest } = readStatement(st);
	const honest = choice([1, 0, 0, 0, 0]);
	const seed = seeded('forgery', 32);
	const refuse = (name, without, votes) =>
		c.bad('bitproof.verify', name, 'BALLOT.VERIFY', { ...st, part: write(group, forge({ group, ...rest }, honest, seed, without, votes)) });
	refuse('forgery where D is not in x: a vote of 1000 [PROOF.FORGE.D]', 'D', [1000n, 0n, 0n, 0n, 0n]);
	refuse('forgery where alpha is not in y: five votes with max 3 [PROOF.FORGE.ALPHA]', 'alpha', [1n, 1n, 1n, 1n, 1n]);
	refuse('forgery where E is not in y: votes 1000 and -999/y [PROOF.FORGE.E]', 'E', [1000n, 0n, 0n, 0n, 0n]);
}

export function make() {
	const c = collect(ops, {
		topic: 'bitproof',
		about: 'The part of a ballot for one question, in ristretto255: definitions, bits, coins from the seed, proof.',
		source: 'client-js',
		spec: ['BALLOT.DEFINITION', 'BALLOT.BITS', 'BALLOT.GENERATORS', 'BALLOT.SEED', 'BALLOT.ENCRYPT', 'BALLOT.PROVE', 'BALLOT.CHALLENGE', 'BALLOT.VERIFY', 'BALLOT.POINTS', 'BALLOT.QUESTION'],
	});
	definitionCases(c);
	bitCases(c);
	proofCases(c);
	return c.file();
}

/** The same in modp4096, few: an element has 512 bytes. */
export const modp = {
	ops,
	make() {
		const c = collect(ops, {
			topic: 'bitproof_modp4096',
			about: 'The part of a ballot for one question, in modp4096.',
			source: 'client-js',
			spec: ['BALLOT.SEED', 'BALLOT.PROVE', 'BALLOT.CHALLENGE', 'BALLOT.VERIFY', 'BALLOT.POINTS', 'GROUP.MODP'],
		});
		const st = base('modp4096', definition(2, 1, 1, 1, true));
		const group = getGroup('modp4096');
		const { part } = c.good('bitproof.prove', 'yes: prove', { ...st, seed: seeded('seed modp', 32), choice: choice([1, 0]) });
		c.good('bitproof.verify', 'yes: verify', { ...st, part });
		const read = parse(group, readDefinition(st.definition), fromHex(part));
		const changed = write(group, { ...read, D2: group.add(read.D2, group.generator) });
		c.bad('bitproof.verify', 'D2 changed', 'BALLOT.VERIFY', { ...st, part: changed });
		const length = partLength(group, readDefinition(st.definition));
		const at = 2 * 512;
		const four = `${'0'.repeat(1023)}4`;
		c.bad('bitproof.verify', 'A_2 is 4, which is not in the subgroup', 'BALLOT.POINTS', { ...st, part: part.slice(0, 2 * at) + four + part.slice(2 * (at + 512)) });
		c.bad('bitproof.verify', 'a byte too few', 'BALLOT.QUESTION', { ...st, part: part.slice(0, 2 * (length - 1)) });
		return c.file();
	},
};

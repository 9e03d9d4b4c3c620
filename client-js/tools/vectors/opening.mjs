// SPDX-License-Identifier: Apache-2.0
import * as ranking from '../../core/ranking.js';
import { fromHex, hex } from '../../crypto/bytes.js';
import { getGroup } from '../../crypto/group.js';
import * as opening from '../../crypto/opening.js';
import { parseScalar, reduce, writeScalar } from '../../crypto/scalar.js';
import { collect, flip, seeded } from './kit.mjs';
import { ranked, readRanked } from './ranking.mjs';
import { context, electionKey, voterKey } from './statement.mjs';

const readStatement = (input) => {
	const group = getGroup(input.group);
	return {
		group, context: fromHex(input.context), voter: input.voter, voterKey: fromHex(input.voter_key), question: input.question,
		definition: ranking.writeDefinition(readRanked(input.definition)), h: group.decode(fromHex(input.h)),
	};
};

export const ops = {
	'opening.prove'(input) {
		const st = readStatement(input);
		const def = readRanked(input.definition);
		const coins = opening.coinsFromSeed(st, fromHex(input.seed), ranking.writeChoices(input.ranks), def.w);
		const part = opening.prove(st, ranking.encode(st.group, def, input.ranks), coins);
		const scalars = (list) => list.map((s) => hex(writeScalar(s)));
		return { r: scalars(coins.r), t: scalars(coins.t), challenge: writeScalar(part.c), part: opening.write(st.group, part) };
	},
	'opening.verify'(input) {
		const st = readStatement(input);
		const part = opening.parse(st.group, readRanked(input.definition).w, fromHex(input.part));
		opening.verify(st, part);
		return { challenge: writeScalar(opening.challenge(st, part)) };
	},
};

const base = (definition) => ({ group: 'ristretto255', context, voter: 'ada', voter_key: voterKey, question: 0, definition, h: electionKey('ristretto255').h });
const POINT = 64;

/** The scalar at that place of a part, plus so much. */
function addTo(part, place, amount) {
	const { q } = getGroup('ristretto255');
	const z = parseScalar(fromHex(part.slice(place, place + POINT)), q);
	return part.slice(0, place) + hex(writeScalar(z + amount(q))) + part.slice(place + POINT);
}

function refusals(c, right) {
	const group = getGroup('ristretto255');
	const refuse = (name, rule, change) => c.bad('opening.verify', name, rule, { ...right, ...change });
	refuse('another voter: a vote is not copied [E-09]', 'RANK.VERIFY', { voter: 'bob' });
	refuse('another credential', 'RANK.VERIFY', { voter_key: electionKey('ristretto255').h });
	refuse('another question', 'RANK.VERIFY', { question: 1 });
	refuse('another election', 'RANK.VERIFY', { context: flip(context, 3) });
	refuse('another definition', 'RANK.VERIFY', { definition: ranked(44, 0, 43) });
	refuse('another key', 'RANK.VERIFY', { h: hex(group.encode(group.generator)) });
	refuse('the ciphertexts the other way round', 'RANK.VERIFY', { part: right.part.slice(2 * POINT, 4 * POINT) + right.part.slice(0, 2 * POINT) + right.part.slice(4 * POINT) });
	const { part } = right;
	const [ZEROES, at] = ['00'.repeat(32), (k) => k * POINT];
	const replace = (place, text) => part.slice(0, place) + text + part.slice(place + POINT);
	const plus = (place) => hex(group.encode(group.add(group.decode(fromHex(part.slice(place, place + POINT))), group.generator)));
	refuse('A_1 changed', 'RANK.VERIFY', { part: replace(at(0), plus(at(0))) });
	refuse('B_2 changed', 'RANK.VERIFY', { part: replace(at(3), plus(at(3))) });
	refuse('T_2 changed', 'RANK.VERIFY', { part: replace(at(5), plus(at(5))) });
	refuse('T_1 is the identity', 'RANK.VERIFY', { part: replace(at(4), ZEROES) });
	refuse('z_1 changed', 'RANK.VERIFY', { part: addTo(part, at(6), () => 1n) });
	refuse('A_1 is the identity', 'BALLOT.POINTS', { part: replace(at(0), ZEROES) });
	refuse('A_1 is no element', 'BALLOT.POINTS', { part: replace(at(0), flip(part.slice(0, POINT), 31, 0x80)) });
	refuse('B_1 is no element', 'BALLOT.POINTS', { part: replace(at(1), flip(part.slice(at(1), at(2)), 31, 0x80)) });
	refuse('T_1 is no element', 'BALLOT.POINTS', { part: replace(at(4), flip(part.slice(at(4), at(5)), 31, 0x80)) });
	refuse('z_2 is not reduced', 'BALLOT.POINTS', { part: addTo(part, at(7), (q) => q) });
	refuse('a byte too few', 'RANK.QUESTION', { part: part.slice(0, -2) });
	refuse('a byte too many', 'RANK.QUESTION', { part: `${part}00` });
	rerandomised(c, right);
}

/** Who encrypts somebody's ciphertext anew knows the difference of the randomness, and not the randomness. */
function rerandomised(c, right) {
	const st = readStatement(right);
	const { group } = st;
	const given = opening.parse(group, 2, fromHex(right.part));
	const extra = given.E.map((_, k) => reduce(seeded(`again ${k}`, 64), group.q));
	const E = given.E.map(({ A, B }, k) => ({ A: group.add(A, group.multiply(extra[k], group.generator)), B: group.add(B, group.multiply(extra[k], st.h)) }));
	const other = { ...st, voter: 'bob' };
	const c0 = opening.challenge(other, { E, T: given.T });
	const z = given.z.map((zk, k) => (zk + c0 * extra[k]) % group.q);
	const part = hex(opening.write(group, { E, T: given.T, z }));
	c.bad('opening.verify', 'somebody else\'s ciphertext, encrypted anew [S-13]', 'RANK.VERIFY', { ...right, voter: 'bob', part });
}

export function make() {
	const c = collect(ops, {
		topic: 'opening',
		about: 'The part of a ballot for a ranked question: encryption, and the proof that its randomness is known.',
		source: 'client-js',
		spec: ['BALLOT.SEED', 'RANK.ENCRYPT', 'RANK.PROVE', 'RANK.CHALLENGE', 'RANK.VERIFY', 'RANK.QUESTION', 'BALLOT.POINTS'],
	});
	const prove = (name, definition, ranks, change = {}) => {
		const st = { ...base(definition), ...change };
		const { part } = c.good('opening.prove', `${name}: prove`, { ...st, seed: seeded(`seed ${name}`, 32), ranks });
		c.good('opening.verify', `${name}: verify`, { ...st, part });
		return { ...st, part };
	};
	prove('3 options', ranked(3, 0, 3), [2, 0, 1]);
	prove('nobody of 3', ranked(3, 0, 3), [0, 0, 0], { question: 7, voter: 'a.b_c-9' });
	prove('5 with equal ranks', ranked(5, 1, 5, true), [1, 2, 1, 0, 2]);
	prove('500 options', ranked(500, 0, 500), Array.from({ length: 500 }, (_, i) => 500 - i));
	const right = prove('44 options', ranked(44, 0, 44), Array.from({ length: 44 }, (_, i) => i + 1));
	refusals(c, right);
	return c.file();
}

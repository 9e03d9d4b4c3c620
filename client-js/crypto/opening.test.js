// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, seeded } from '../tools/vectors/kit.mjs';
import { Batch } from './batch.js';
import { getGroup } from './group.js';
import * as opening from './opening.js';
import { mod, reduce } from './scalar.js';

const group = getGroup('ristretto255');
const { generator: g, q } = group;
const secret = (label) => reduce(seeded(`opening test ${label}`, 64), q);
const key = secret('key');
const st = {
	group, context: seeded('c', 32), voter: 'v', voterKey: seeded('k', 32), question: 2, definition: seeded('d', 21), h: group.multiply(key, g),
};
const elements = ['one', 'two'].map((label) => group.embed(seeded(label, 30)));
const coins = opening.coinsFromSeed(st, seeded('seed', 32), seeded('choices', 9), 2);
const accepts = (statement, bytes) => refusal(() => opening.verify(statement, opening.parse(group, 2, bytes))) === undefined;

test('what was encrypted comes out, and the proof verifies from its bytes [RANK.ENCRYPT] [RANK.PROVE] [RANK.VERIFY]', () => {
	const part = opening.prove(st, elements, coins);
	const bytes = opening.write(group, part);
	assert.equal(bytes.length, opening.partLength(group, 2));
	assert(accepts(st, bytes));
	part.E.forEach(({ A, B }, k) => assert(group.equals(group.add(B, group.multiply(q - key, A)), elements[k])));
});

test('a part with any bit flipped is refused', () => {
	const bytes = opening.write(group, opening.prove(st, elements, coins));
	for (let bit = 0; bit < 8 * bytes.length; bit += process.env.TB_LONG === '1' ? 1 : 5) {
		const bad = bytes.slice();
		bad[bit >> 3] ^= 1 << (bit & 7);
		assert(!accepts(st, bad), `bit ${bit}`);
	}
});

test('a proof of one statement is none of another [RANK.CHALLENGE]', () => {
	const bytes = opening.write(group, opening.prove(st, elements, coins));
	const others = [{ context: seeded('x', 32) }, { voter: 'w' }, { voterKey: seeded('x', 32) }, { question: 3 }, { definition: seeded('x', 21) }, { h: g }];
	for (const other of others) assert(!accepts({ ...st, ...other }, bytes), Object.keys(other)[0]);
});

test('what is made from another voter\'s ciphertext cannot be proved, whatever is known of the difference [RANK.PROVE]', () => {
	const given = opening.prove(st, elements, coins);
	const other = { ...st, voter: 'thief' };
	const extra = [secret('e1'), secret('e2')];
	const E = given.E.map(({ A, B }, k) => ({ A: group.add(A, group.multiply(extra[k], g)), B: group.add(B, group.multiply(extra[k], st.h)) }));
	// The old proof, corrected by the difference, holds under the old challenge and under no other.
	const part = (c) => ({ E, T: given.T, z: given.z.map((z, k) => mod(z + c * extra[k], q)) });
	assert(group.equals(group.multiply(part(given.c).z[0], g), group.add(given.T[0], group.multiply(given.c, E[0].A))));
	for (const c of [given.c, opening.challenge(other, { E, T: given.T })])
		assert.equal(refusal(() => opening.verify(other, part(c)))?.rule, 'RANK.VERIFY');
});

test('many parts at once, and two errors that would cancel [RANK.VERIFY]', () => {
	const parts = [1, 2, 3].map((i) => ({ st: { ...st, question: i }, part: opening.prove({ ...st, question: i }, elements, coins) }));
	const areRight = (some) => {
		const batch = new Batch(group);
		for (const one of some) opening.addToBatch(batch, one.st, one.part, opening.challenge(one.st, one.part));
		return batch.isZero();
	};
	assert(areRight(parts));
	const shifted = ({ st: s, part }, by) => ({ st: s, part: { ...part, z: [mod(part.z[0] + by, q), part.z[1]] } });
	assert(!areRight([shifted(parts[0], 1n), parts[1], parts[2]]));
	assert(!areRight([shifted(parts[0], 1n), shifted(parts[1], -1n), parts[2]]));
});

test('one seed with two votes shares no coin [BALLOT.SEED]', () => {
	const seed = seeded('shared', 32);
	const of = (change, choices) => Object.values(opening.coinsFromSeed({ ...st, ...change }, seed, choices, 2)).flat();
	const all = [of({}, seeded('a', 9)), of({}, seeded('b', 9)), of({ question: 3 }, seeded('a', 9)), of({ voter: 'w' }, seeded('a', 9))].flat();
	assert.equal(new Set(all).size, all.length);
});

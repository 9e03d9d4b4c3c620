// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, seeded } from '../tools/vectors/kit.mjs';
import { parse, prove, verify, write, writeBinding } from './dleq.js';
import { getGroup } from './group.js';
import { reduce } from './scalar.js';

const group = getGroup('ristretto255');
const secret = (label) => reduce(seeded(`dleq test ${label}`, 64), group.q);
const x = secret('x');
const H = group.multiply(secret('H'), group.generator);
const binding = writeBinding({ context: seeded('c', 32), close: seeded('l', 32), purpose: 'decrypt', question: 0, option: 0, trustee: 1 });
const statement = { group, binding, Y: group.multiply(x, group.generator), H, Z: group.multiply(x, H) };

test('honest proofs verify, and every flipped bit is refused [DLEQ]', () => {
	const bytes = write(group, prove(statement, x, secret('w')));
	const accepts = (b) => refusal(() => verify(statement, parse(group, b))) === undefined;
	assert.equal(bytes.length, 96);
	assert(accepts(bytes));
	for (let bit = 0; bit < 8 * bytes.length; bit += process.env.TB_LONG === '1' ? 1 : 5) {
		const bad = bytes.slice();
		bad[bit >> 3] ^= 1 << (bit & 7);
		assert(!accepts(bad), `bit ${bit}`);
	}
});

test('a false share cannot be proved with the right secret [DLEQ]', () => {
	const wrong = { ...statement, Z: group.add(statement.Z, group.generator) };
	assert.equal(refusal(() => verify(wrong, prove(wrong, x, secret('w'))))?.rule, 'DLEQ');
	const anothers = { ...statement, Y: group.multiply(x + 1n, group.generator) };
	assert.equal(refusal(() => verify(anothers, prove(anothers, x, secret('w'))))?.rule, 'DLEQ');
});

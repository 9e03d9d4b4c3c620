// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, seeded } from '../tools/vectors/kit.mjs';
import * as dleq from './dleq.js';
import { combined, factorsOf, prove, seedOf, verify } from './dleq_list.js';
import { getGroup } from './group.js';
import { inverse, mod, reduce } from './scalar.js';

const group = getGroup('ristretto255');
const { generator: g, q } = group;
const secret = (label) => reduce(seeded(`dleq list test ${label}`, 64), q);
const x = secret('x');
const H = ['a', 'b', 'c'].map((label) => group.multiply(secret(label), g));
const statement = { group, binding: seeded('binding', 30), Y: group.multiply(x, g), H, Z: H.map((P) => group.multiply(x, P)) };
const accepts = (st, proof) => refusal(() => verify(st, proof)) === undefined;

test('honest lists verify, and every flipped bit is refused [DLEQ.LIST]', () => {
	const bytes = dleq.write(group, prove(statement, x, secret('w')));
	const isRight = (b) => refusal(() => verify(statement, dleq.parse(group, b))) === undefined;
	assert(isRight(bytes));
	for (let bit = 0; bit < 8 * bytes.length; bit += process.env.TB_LONG === '1' ? 1 : 13) {
		const bad = bytes.slice();
		bad[bit >> 3] ^= 1 << (bit & 7);
		assert(!isRight(bad), `bit ${bit}`);
	}
});

test('a false share cannot be proved, wherever it stands [DLEQ.LIST]', () => {
	statement.Z.forEach((_, i) => {
		const wrong = { ...statement, Z: statement.Z.map((Z, k) => (k === i ? group.add(Z, g) : Z)) };
		assert.equal(refusal(() => verify(wrong, prove(wrong, x, secret('w'))))?.rule, 'DLEQ.LIST', `share ${i}`);
	});
});

test('shares chosen for factors that do not cover them pass there, and not here [DLEQ.LIST] [T-03]', () => {
	const seed = seedOf(statement);
	const f = factorsOf(group, seed, 3);
	// d_1 f_1 + d_2 f_2 = 0 makes two errors vanish from the sum of the old factors.
	const d = [77n, mod(-77n * f[0] * inverse(f[1], q), q)];
	const forged = { ...statement, Z: statement.Z.map((Z, i) => group.add(Z, group.multiply(d[i] ?? 0n, g))) };
	const weak = combined(statement);
	assert(group.equals(weak.Z, forged.Z.reduce((sum, Z, i) => group.add(sum, group.multiply(f[i], Z)), group.identity)));
	dleq.verify(weak, dleq.prove(weak, x, secret('w')));
	assert(!accepts(forged, dleq.prove(weak, x, secret('w'))));
	assert(!accepts(forged, prove(forged, x, secret('w'))));
});

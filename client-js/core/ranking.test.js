// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, seeded } from '../tools/vectors/kit.mjs';
import { hex } from '../crypto/bytes.js';
import { getGroup } from '../crypto/group.js';
import * as ranking from './ranking.js';

const group = getGroup('ristretto255');

test('as many digits as fit 240 bits, and no more [RANK.DEFINITION]', () => {
	for (let m = 1; m <= 500; m++) {
		const { d, w } = ranking.define({ m, min: 0, max: m, equal: false });
		assert(BigInt(m + 1) ** BigInt(d) <= 2n ** 240n && BigInt(m + 1) ** BigInt(d + 1) > 2n ** 240n, `${m} options`);
		assert(d * w >= m && d * (w - 1) < m);
	}
});

test('every permitted choice of few options is a number of its own and comes back, and no other number does [RANK.CHOICE] [RANK.ENCODE] [RANK.DECODE]', () => {
	for (const [m, min, max, equal, expected] of [[2, 0, 2, false, 5], [3, 1, 2, false, 9], [3, 0, 3, false, 16], [3, 0, 3, true, 26]]) {
		const def = ranking.define({ m, min, max, equal });
		const seen = new Map();
		for (let code = 0; code < (m + 2) ** m; code++) {
			const ranks = Array.from({ length: m }, (_, i) => Math.floor(code / (m + 2) ** i) % (m + 2));
			if (refusal(() => ranking.check(def, ranks)) !== undefined) continue;
			const [bytes] = ranking.encodeBytes(def, ranks);
			seen.set(hex(bytes), ranks);
		}
		// By hand: 3 of 3 in order 6, 2 of 3 in order 6, one 3, none 1; with equal ranks 13 + 3 * 3 + 3 + 1.
		assert.equal(seen.size, expected, `${m} options, ${min}..${max}`);
		for (let value = 0; value < (m + 1) ** m + 2; value++) {
			const bytes = new Uint8Array(30);
			bytes[0] = value;
			assert.deepEqual(ranking.decode(group, def, [group.embed(bytes)]), seen.get(hex(bytes)), `number ${value}`);
		}
	}
});

test('an element has at most one number, a number one element [RANK.ENCODE]', () => {
	for (let i = 0; i < 20; i++) {
		const bytes = seeded(`carried ${i}`, 30);
		const M = group.embed(bytes);
		assert.equal(hex(group.extract(M)), hex(bytes));
		assert.equal(hex(group.encode(M).slice(1, 31)), hex(bytes));
	}
	assert(group.isIdentity(group.embed(new Uint8Array(30))));
});

test('the groups that carry no data say so', () => assert.equal(getGroup('modp4096').embed, undefined));

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forge, weakChallenges } from '../tools/vectors/forge.mjs';
import { refusal, seeded } from '../tools/vectors/kit.mjs';
import * as bitproof from './bitproof.js';
import { hex } from './bytes.js';
import { getGroup } from './group.js';
import { reduce } from './scalar.js';

const group = getGroup('ristretto255');
const secret = reduce(seeded('bitproof test key', 64), group.q);

const statement = (question, change = {}) => ({
	group,
	context: seeded('bitproof test context', 32),
	voter: 'v',
	voterKey: seeded('bitproof test voter', 32),
	question: 0,
	definition: bitproof.define({ blank: false, ...question }),
	h: group.multiply(secret, group.generator),
	...change,
});
const proved = (st, choice, seed = seeded('bitproof test seed', 32)) => bitproof.prove(st, choice, bitproof.coinsFromSeed(st, seed, choice));
const accepts = (st, bytes) => refusal(() => bitproof.verify(st, bitproof.parse(group, st.definition, bytes)), undefined) === undefined;
/** v with v*g = B - secret*A. */
const decrypted = ({ A, B }) => {
	const M = group.add(B, group.multiply(group.q - secret, A));
	return [...Array(16).keys()].find((v) => group.equals(M, group.multiply(BigInt(v), group.generator)));
};

test('weights reach every sum of 0..S once at least, and none above [PROOF.RANGE]', () => {
	for (let S = 0; S <= 300; S++) {
		let reached = new Set([0]);
		for (const w of bitproof.weights(S)) reached = new Set([...reached, ...[...reached].map((sum) => sum + w)]);
		assert.deepEqual([...reached].sort((a, b) => a - b), [...Array(S + 1).keys()], `S = ${S}`);
	}
});

test('bits of every permitted choice give the choice back and meet the rule [BALLOT.BITS]', () => {
	for (const d of [{ m: 2, S: 3, min: 1, max: 5 }, { m: 3, S: 1, min: 1, max: 2, blank: true }, { m: 2, S: 5, min: 0, max: 10 }].map((q) => bitproof.define({ blank: false, ...q }))) {
		let permitted = 0;
		for (let code = 0; code < (d.S + 2) ** d.m; code++) {
			const values = Array.from({ length: d.m }, (_, i) => Math.floor(code / (d.S + 2) ** i) % (d.S + 2));
			for (const blank of [false, true]) {
				const sum = values.reduce((a, b) => a + b);
				const allowed = values.every((v) => v <= d.S) && (blank ? d.blank && sum === 0 : sum >= d.min && sum <= d.max);
				if (!allowed) {
					assert.equal(refusal(() => bitproof.choiceBits(d, { values, blank }))?.rule, 'BALLOT.BITS');
					continue;
				}
				permitted++;
				const bits = bitproof.choiceBits(d, { values, blank });
				assert.equal(bits.length, d.L);
				assert.equal(bits.reduce((total, bit, j) => total + bit * d.u[j], 0), d.max);
				values.forEach((v, i) => assert.equal(d.w.reduce((total, w, j) => total + w * bits[i * d.w.length + j], 0), v));
			}
		}
		assert(permitted > 2);
	}
});

test('honest proofs verify, come back from their bytes, and decrypt to the votes [BALLOT.PROVE] [PROOF.COMPLETE]', () => {
	for (const [question, values, blank] of [
		[{ m: 1, S: 1, min: 0, max: 1 }, [0], false],
		[{ m: 2, S: 5, min: 0, max: 10 }, [5, 2], false],
		[{ m: 3, S: 1, min: 1, max: 2, blank: true }, [0, 0, 0], true],
		[{ m: 3, S: 1, min: 1, max: 2, blank: true }, [0, 1, 1], false],
	]) {
		const st = statement(question);
		const part = proved(st, { values, blank });
		const bytes = bitproof.write(group, part);
		assert.equal(bytes.length, bitproof.partLength(group, st.definition));
		assert(accepts(st, bytes));
		assert.equal(hex(bitproof.write(group, bitproof.parse(group, st.definition, bytes))), hex(bytes));
		assert.deepEqual(part.E.map(decrypted), values);
	}
});

test('one seed with two votes shares no coin [BALLOT.SEED]', () => {
	const st = statement({ m: 2, S: 1, min: 0, max: 2 });
	const seed = seeded('shared', 32);
	const coins = (values, change) => Object.values(bitproof.coinsFromSeed({ ...st, ...change }, seed, { values, blank: false })).flat();
	const all = [coins([1, 0]), coins([0, 1]), coins([1, 0], { question: 1 }), coins([1, 0], { voter: 'w' }), coins([1, 0], { context: seeded('other', 32) })].flat();
	assert.equal(new Set(all).size, all.length);
});

test('a proof with any bit flipped is refused', () => {
	const st = statement({ m: 1, S: 1, min: 0, max: 1 });
	const bytes = bitproof.write(group, proved(st, { values: [1], blank: false }));
	// All bits in the long form; else one of each byte, another one in each.
	for (let bit = 0; bit < 8 * bytes.length; bit += process.env.TB_LONG === '1' ? 1 : 9) {
		const bad = bytes.slice();
		bad[bit >> 3] ^= 1 << (bit & 7);
		assert(!accepts(st, bad), `bit ${bit}`);
	}
});

test('each equation is needed: what only it refuses [BALLOT.VERIFY]', () => {
	const st = statement({ m: 2, S: 1, min: 1, max: 1 });
	const choice = { values: [1, 0], blank: false };
	const part = proved(st, choice);
	const given = bitproof.challenges(st, part);
	const G = (P) => group.add(P, group.generator);
	// With the challenges held fixed, a change of one commitment breaks the one equation that it is in.
	assert.deepEqual(bitproof.failingEquations(st, part, given), []);
	assert.deepEqual(bitproof.failingEquations(st, { ...part, Ca: G(part.Ca) }, given), [1]);
	assert.deepEqual(bitproof.failingEquations(st, { ...part, C0: G(part.C0) }, given), [2]);
	assert.deepEqual(bitproof.failingEquations(st, { ...part, alpha: part.alpha + 1n }, given), [3]);
	assert.deepEqual(bitproof.failingEquations(st, { ...part, D1: G(part.D1) }, given), [4]);
	assert.deepEqual(bitproof.failingEquations(st, { ...part, D2: G(part.D2) }, given), [5]);
});

test('forgeries pass a verifier whose challenge lacks an item, and not this one [PROOF.FORGE.D] [PROOF.FORGE.ALPHA] [PROOF.FORGE.E]', () => {
	const st = statement({ m: 3, S: 1, min: 1, max: 1 });
	const honest = { values: [1, 0, 0], blank: false };
	for (const [without, votes] of [['D', [1000n, 0n, 0n]], ['alpha', [1n, 1n, 1n]], ['E', [1000n, 0n, 0n]]]) {
		const part = forge(st, honest, seeded('forgery', 32), without, votes);
		assert.deepEqual(bitproof.failingEquations(st, part, weakChallenges(st, part, without)), [], `weak without ${without}`);
		assert.notDeepEqual(bitproof.failingEquations(st, part), [], `real, ${without}`);
		assert.equal(refusal(() => bitproof.verify(st, part))?.rule, 'BALLOT.VERIFY');
	}
});

test('a proof of one statement is none of another [BALLOT.CHALLENGE] [PROOF.NM]', () => {
	const question = { m: 2, S: 1, min: 0, max: 1 };
	const st = statement(question);
	const part = proved(st, { values: [0, 1], blank: false });
	const others = [
		{ context: seeded('another', 32) }, { voter: 'w' }, { voterKey: seeded('another', 32) }, { question: 1 },
		{ definition: bitproof.define({ ...question, blank: false, min: 1, max: 2 }) }, { h: group.generator },
	];
	for (const other of others) assert.equal(refusal(() => bitproof.verify({ ...st, ...other }, part))?.rule, 'BALLOT.VERIFY', Object.keys(other)[0]);
});

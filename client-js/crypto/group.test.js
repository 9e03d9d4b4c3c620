// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../tools/vectors/kit.mjs';
import { hex } from './bytes.js';
import { combine, combinePublic, getGroup, negate } from './group.js';
import { jacobi, modpParameters } from './group_modp.js';
import { inverse, power, reduce } from './scalar.js';

/** Miller and Rabin, some bases. @param {bigint} n */
function isProbablePrime(n) {
	let d = n - 1n;
	let twos = 0;
	while ((d & 1n) === 0n) [d, twos] = [d >> 1n, twos + 1];
	return [2n, 3n, 5n].every((base) => {
		let x = power(base, d, n);
		if (x === 1n) return true;
		for (let i = 0; i < twos; i++) {
			if (x === n - 1n) return true;
			x = (x * x) % n;
		}
		return false;
	});
}

test('the parameters of modp4096 [GROUP.MODP]', () => {
	const { p, q, r, g } = modpParameters;
	const digits = p.toString(16).toUpperCase();
	assert.equal(digits.length, 1024);
	assert.equal(digits.slice(64, 112), 'B17217F7D1CF79ABC9E3B39803F2F6AF40F343267298B62D');
	assert.equal(digits.slice(-96), `D9B9D4B713E06162A2D8FDD0DF2FD608${'F'.repeat(64)}`);
	assert.equal(q * r, p - 1n);
	assert.equal(p & 3n, 3n);
	for (const n of [p, q, (p - 1n) / (2n * q)]) assert(isProbablePrime(n));
	assert(!isProbablePrime(q + 2n));
	assert.equal(g.toString(16).toUpperCase().slice(0, 48), '36036FED214F3B50DC566D3A312FE4131FEE1C2BCE6D02EA');
	assert.equal(power(g, q, p), 1n);
	assert.notEqual(g, 1n);
});

test('the Jacobi symbol is that of Euler where the modulus is prime', () => {
	for (const p of [3n, 7n, 11n, 13n, 97n, 65537n, 2n ** 61n - 1n])
		for (let a = 0n; a < 60n; a++) {
			const euler = power(a, (p - 1n) / 2n, p);
			assert.equal(jacobi(a, p), euler === p - 1n ? -1 : Number(euler), `(${a}/${p})`);
		}
	assert.equal(jacobi(2n, 15n), 1);
	assert.equal(jacobi(7n, 15n), -1);
	assert.equal(jacobi(5n, 15n), 0);
});

test('group laws, and public multiples like secret ones [GROUP.RISTRETTO] [GROUP.MODP]', () => {
	for (const name of ['ristretto255', 'modp4096']) {
		const group = getGroup(name);
		const { q, generator: g } = group;
		const [a, b] = ['a', 'b'].map((label) => reduce(seeded(`laws ${label}`, 64), q));
		const same = (P, Q, what) => assert.equal(hex(group.encode(P)), hex(group.encode(Q)), `${name}: ${what}`);
		const P = group.multiply(a, g);
		same(group.add(P, group.multiply(b, g)), group.multiply(a + b, g), 'ag + bg');
		same(group.multiply(b, P), group.multiply(a * b, g), 'b(ag)');
		same(group.multiply(inverse(a, q), P), g, 'a^-1');
		same(group.add(P, negate(group, P)), group.identity, 'P - P');
		same(group.multiply(q, P), group.identity, 'qP');
		same(group.multiplyPublic(b, P), group.multiply(b, P), 'public');
		same(combinePublic(group, [a, P], [b, g], [0n, P]), combine(group, [a, P], [b, g]), 'sums');
		same(group.decode(group.encode(P)), P, 'read back');
		assert(group.isIdentity(group.decode(group.encode(group.identity))));
		assert(!group.isIdentity(P));
	}
});

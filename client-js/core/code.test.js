// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../tools/vectors/kit.mjs';
import { testCode } from '../tools/vectors/code.mjs';
import { ALPHABET, format, make, parse } from './code.js';

test('every single wrong character is noticed, at every place [CODE.FORMAT]', () => {
	const code = testCode('code test');
	assert.equal(parse(format(code)), code);
	for (let i = 0; i < 28; i++)
		for (const other of ALPHABET) {
			const text = code.slice(0, i) + other + code.slice(i + 1);
			assert.equal(refusal(() => parse(text))?.rule, text === code ? undefined : 'CODE.FORMAT', text);
		}
});

test('every two wrong characters are noticed, so every exchange of two is [CODE.FORMAT]', () => {
	// The code is linear: an error is noticed in every code if it is in the code of zeros.
	const zero = '0'.repeat(28);
	assert.equal(parse(zero), zero);
	for (let i = 0; i < 28; i++)
		for (let j = i + 1; j < 28; j++)
			for (let a = 1; a < 32; a += process.env.TB_LONG === '1' ? 1 : 3)
				for (let b = 1; b < 32; b++) {
					const text = zero.slice(0, i) + ALPHABET[a] + zero.slice(i + 1, j) + ALPHABET[b] + zero.slice(j + 1);
					assert(refusal(() => parse(text)) !== undefined, text);
				}
});

test('a code takes five bits of each byte', () => {
	assert.equal(make(Uint8Array.from({ length: 26 }, (_, i) => 32 * 7 + i)).slice(0, 26), ALPHABET.slice(0, 26));
	assert.throws(() => make(new Uint8Array(25)), TypeError);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, seeded } from '../tools/vectors/kit.mjs';
import { sample } from '../tools/vectors/manifest.mjs';
import { hex, utf8 } from '../crypto/bytes.js';
import * as base64 from './base64.js';
import * as json from './json.js';

test('what is read is what would be written, for every byte changed in a manifest [JSON.CANONICAL]', () => {
	const right = json.write(sample());
	assert.equal(hex(right), hex(utf8(JSON.stringify(sample()))));
	let read = 0;
	for (let i = 0; i < 4000; i++) {
		const noise = seeded(`json ${i}`, 4);
		const bytes = right.slice();
		bytes[(256 * noise[0] + noise[1]) % bytes.length] = noise[2];
		for (const candidate of [bytes, utf8(`["${String.fromCharCode(noise[2])}${String.fromCharCode(noise[3])}"]`), utf8(`[${noise[2]}${String.fromCharCode(noise[3] & 127)}]`)]) {
			let value;
			const refused = refusal(() => { value = json.parse(candidate); });
			if (refused === undefined) {
				read++;
				assert.equal(hex(json.write(value)), hex(candidate));
				assert.deepEqual(JSON.parse(new TextDecoder().decode(candidate)), JSON.parse(new TextDecoder().decode(json.write(value))));
			} else {
				assert.equal(refused.rule, 'JSON.CANONICAL');
			}
		}
	}
	assert(read > 1000);
});

test('the number of values is limited [JSON.CANONICAL]', () => {
	const marks = (/** @type {number} */ n) => new TextEncoder().encode(`[${'[],'.repeat(n / 2 - 1)}[]]`);
	assert.equal(/** @type {any[]} */ (json.parse(marks(250_000))).length, 125_000);
	assert.throws(() => json.parse(marks(250_002)), { rule: 'JSON.CANONICAL' });
});

test('only lists of integers may be long, and only where that is said', () => {
	const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
	const numbers = Array.from({ length: 300_000 }, (_, i) => i);
	const list = bytes(JSON.stringify({ invalid: numbers }));
	assert.throws(() => json.parse(list), { rule: 'JSON.CANONICAL' });
	assert.deepEqual(json.parse(list, list.length, true).get('invalid'), numbers);
	for (const item of ['[]', '{}', '""', 'null', '[0]', '0,""']) {
		const others = bytes(`[${`${item},`.repeat(250_000)}0]`);
		assert.throws(() => json.parse(others, others.length, true), { rule: 'JSON.CANONICAL' }, item);
	}
	for (const wrong of ['[0,]', '[0,1,]', '[0 ,1]', '[0, 1]', '[0,01]', '[0,-1]', '[0,1.0]', '[0,1'])
		assert.throws(() => json.parse(bytes(wrong), 100, true), { rule: 'JSON.CANONICAL' }, wrong);
});

test('what cannot be written is a bug of the caller', () => {
	for (const value of [-1, 0.5, NaN, 2 ** 53, 'a\0b', '\ud800', undefined]) assert.throws(() => json.write([value]), TypeError);
});

test('base64 has one spelling of all bytes [BASE64]', () => {
	for (let length = 0; length < 70; length++) {
		const bytes = seeded(`base64 ${length}`, length);
		const text = base64.write(bytes);
		assert.equal(text, Buffer.from(bytes).toString('base64'));
		assert.equal(hex(base64.parse(text)), hex(bytes));
	}
	// Of all strings of four characters that end with padding, only what is written is read.
	for (const a of 'AZaz09+/')
		for (const b of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
			const text = `${a}${b}==`;
			const written = base64.write(Buffer.from(text, 'base64'));
			assert.equal(refusal(() => base64.parse(text)) === undefined, written === text, text);
		}
});

// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from '@noble/hashes/utils';
import assert from 'node:assert/strict';
import test from 'node:test';
import { ALPHABET, findError, format, make } from '../core/code.js';
import { judgeCode, readId, readTracker, tidyCode } from './typed.js';

const codes = Array.from({ length: 20 }, () => make(randomBytes(26)));

test('[CODE.FORMAT] one wrong character is found where it is', () => {
	for (const code of codes) {
		assert.equal(findError(code), null);
		for (let at = 0; at < 28; at++) {
			const other = ALPHABET[(ALPHABET.indexOf(code[at]) + 1 + (at % 31)) % 32];
			const wrong = code.slice(0, at) + other + code.slice(at + 1);
			assert.equal(findError(wrong), at);
			assert.deepEqual(judgeCode(wrong), { state: 'group', group: Math.floor(at / 4) + 1 });
		}
	}
});

test('two wrong characters are never taken for a right code', () => {
	const [code] = codes;
	for (let a = 0; a < 27; a++) {
		const wrong = [...code];
		for (const at of [a, a + 1]) wrong[at] = ALPHABET[(ALPHABET.indexOf(wrong[at]) + 7) % 32];
		assert.notEqual(findError(wrong.join('')), null);
	}
});

test('codes are read as people write them', () => {
	const [code] = codes;
	const typed = format(code).toLowerCase().replaceAll('-', ' \u2013 ').replaceAll('1', 'l').replaceAll('0', 'o');
	assert.deepEqual(judgeCode(typed), { state: 'right', length: 28 });
	assert.equal(tidyCode(typed), format(code));
	assert.deepEqual(judgeCode(''), { state: 'empty', length: 0 });
	assert.deepEqual(judgeCode(code.slice(0, 9)), { state: 'short', length: 9 });
	assert.deepEqual(judgeCode(`${code}0`), { state: 'long', length: 29 });
	assert.deepEqual(judgeCode(`${code.slice(0, 27)}U`), { state: 'character', character: 'U' });
	assert.equal(tidyCode('half'), 'half');
});

test('ids and trackers', () => {
	assert.equal(readId(' Ada.L '), 'ada.l');
	for (const wrong of ['', 'a b', 'a@b', 'x'.repeat(65)]) assert.equal(readId(wrong), null);
	assert.equal(readTracker('abcd efgh jkmn pqrs tvwx yz01 23'), 'ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-23');
	for (const wrong of ['', 'ABCD', 'U'.repeat(26)]) assert.equal(readTracker(wrong), null);
});

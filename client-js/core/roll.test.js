// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { R255 } from '../crypto/group.js';
import { Refusal } from '../crypto/err.js';
import { Roll } from './roll.js';

const RULES = { maxScore: 1, minHolders: 3, below: /** @type {const} */ ('refuse'), mixed: 224, largest: 41 };
const key = (/** @type {number} */ n) => R255.encode(R255.multiply(BigInt(n), R255.generator));
/** @param {number} first @param {number[]} weights @param {boolean} [final] @returns {any} a chunk */
const chunk = (first, weights, final = false) => ({ first, final, voters: weights.map((weight, i) => [`v${first + i}`, 'Somebody', weight, key(first + i + 1)]) });
const add = (/** @type {number} */ weight) => /** @type {any} */ ({ action: 'add', voter: 'w', label: 'Somebody', weight, key: key(99), reason: 'forgotten' });

/** @param {() => void} act @returns {string} the rule that is broken, and where */
function refusal(act) {
	try {
		act();
		return '';
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return `${error.rule} ${error.where}`;
	}
}

test('a weight beside public ballots is refused as that, whatever else it breaks [RANK.ROLL] [ROLL.CHANGE] [ROLL.WEIGHTS]', () => {
	const roll = new Roll({ ...RULES, maxScore: 2 ** 40 });
	assert.equal(refusal(() => roll.judgeChunk(chunk(0, [1, 2, 1]))), 'RANK.ROLL voters[1]');
	roll.takeChunk(chunk(0, [1], true));
	assert.equal(refusal(() => roll.judgeChange(add(2))), 'RANK.ROLL weight');
	assert.equal(refusal(() => new Roll({ ...RULES, mixed: 0 }).judgeChange(add(2))), 'ROLL.CHANGE weight');
});

test('it is refused once, and not again with each entry that follows [RANK.ROLL] [CHECK.RECOVERY]', () => {
	const roll = new Roll(RULES);
	const wrong = chunk(0, [1, 2]);
	assert.equal(refusal(() => roll.judgeChunk(wrong)), 'RANK.ROLL voters[1]');
	roll.takeChunk(wrong);
	assert.equal(refusal(() => roll.judgeChunk(chunk(2, [1]))), '');
	roll.takeChunk(chunk(2, [1]));
	assert.equal(refusal(() => roll.judgeChange(add(1))), '');
});

test('there are as many voters as fit into a mix, and into the files of its ballots [RANK.ROLL]', () => {
	const most = 2 ** 28 - 2 ** 20;
	for (const rules of [{ mixed: most / 2, largest: 0 }, { mixed: 1, largest: most / 2 }]) {
		const roll = new Roll({ ...RULES, ...rules });
		assert.equal(refusal(() => roll.judgeChunk(chunk(0, [1, 1, 1]))), 'RANK.ROLL voters');
		assert.equal(refusal(() => roll.judgeChunk(chunk(0, [1, 1]))), '');
	}
});

// SPDX-License-Identifier: Apache-2.0
// The drawing of a count gives every vote a place, in every round.
import assert from 'node:assert/strict';
import test from 'node:test';
import { count } from '../../core/count/count.js';
import { findMethod } from '../../core/count/methods.js';
import { parse } from '../../core/count/ballot_csv.js';
import { utf8 } from '../../crypto/bytes.js';
import { hasFlows, layout } from './sankey.js';

const CSV = 'seats,2\nranks,Ada,Bert,Chen,Dora\n8,1,2,,\n3,,1,2,\n4,,,1,\n2,,2,3,1\n1,,,,1\n';

/** @param {string} method */
const account = (method, seats = 2) => count(findMethod(method), parse(utf8(CSV)), { seats, lot: [0, 1, 2, 3] });

test('the blocks of each round together are all votes', () => {
	for (const method of ['scottish-stv', 'ftstv', 'meek']) {
		const a = account(method);
		assert.ok(hasFlows(a), method);
		const { blocks, height, rounds } = layout(a);
		const all = blocks.filter(({ round }) => round === 0).reduce((sum, block) => sum + block.height, 0);
		assert.ok(height >= all);
		for (let round = 0; round < rounds; round++) {
			const column = blocks.filter((block) => block.round === round);
			assert.ok(Math.abs(column.reduce((sum, block) => sum + block.height, 0) - all) < 1e-6, `${method} round ${round + 1}`);
			column.forEach((block, i) => assert.ok(i === 0 || block.y >= column[i - 1].y + column[i - 1].height, `${method}: no block on another`));
		}
	}
});

test('what flows out of a block is the block, and what flows into the next one is that', () => {
	const { blocks, flows, rounds } = layout(account('scottish-stv'));
	assert.ok(flows.some(({ from, to }) => from !== to), 'something was transferred');
	for (const block of blocks) {
		const sum = (/** @type {any[]} */ list) => list.reduce((total, flow) => total + flow.thickness, 0);
		const near = (/** @type {number} */ found, /** @type {string} */ what) => assert.ok(Math.abs(found - block.height) < 1, `${what} of ${block.candidate} in round ${block.round + 1}: ${found}, not ${block.height}`);
		if (block.round + 1 < rounds) near(sum(flows.filter((flow) => flow.round === block.round && flow.from === block.candidate)), 'out');
		if (block.round > 0) near(sum(flows.filter((flow) => flow.round === block.round - 1 && flow.to === block.candidate)), 'in');
	}
	for (const flow of flows) assert.ok(flow.y0 >= 0 && flow.y1 >= 0 && flow.thickness > 0);
});

test('who is elected is at the top, and marked from that round on', () => {
	const a = account('scottish-stv');
	const { blocks, rounds } = layout(a);
	const last = blocks.filter(({ round }) => round === rounds - 1);
	assert.equal(last[0].candidate, a.elected[0]);
	assert.ok(last.filter(({ candidate }) => a.elected.includes(candidate)).every(({ isElected }) => isElected));
	assert.ok(last.filter(({ candidate }) => !a.elected.includes(candidate)).every(({ isElected }) => !isElected));
});

test('counts without transfers have no drawing', () => {
	assert.ok(!hasFlows(account('schulze', 1)));
	assert.ok(!hasFlows(account('borda', 1)));
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as json from './json.js';
import { parse } from './result_entry.js';

const manifest = { privacy_floor: 0, questions: [{ id: 'chair', method: 'ranked', options: [{ id: 'a' }, { id: 'b' }], quorum: null }] };

/** @param {any} count */
const payload = (count) => json.write({
	close: '00'.repeat(32), counted: 400_000, weight_counted: 400_000, electorate: 400_000, weight_electorate: 400_000, endorsers: ['trustee/1'], shares: [1, 2],
	questions: [{ id: 'chair', outcome: 'decided', quorum_met: true, totals: [], approved: [], elected: ['a'], ties: [], count }],
});

test('a result can be read however many ballots are invalid [RANK.RESULT]', () => {
	const invalid = Array.from({ length: 300_000 }, (_, i) => i);
	const count = { valid: 100_000, invalid, ballots: '11'.repeat(32), account: '22'.repeat(32) };
	const { questions: [answer] } = parse(payload(count), manifest);
	assert.deepEqual(answer.count, count);
	assert.throws(() => parse(payload({ ...count, invalid: [...invalid, '300000'] }), manifest), { rule: 'RESULT' });
	assert.throws(() => parse(payload({ ...count, invalid: invalid.map(String) }), manifest), { rule: 'JSON.CANONICAL' });
});

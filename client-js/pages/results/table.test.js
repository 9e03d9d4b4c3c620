// SPDX-License-Identifier: Apache-2.0
// What the page says of a result is what the rules say [RESULT.APPROVAL] [RESULT.ELECTED].
import assert from 'node:assert/strict';
import test from 'node:test';
import { isApproved } from '../../core/result.js';
import { approvalDue, csvOf, rowsOf } from './table.js';

const question = (more) => ({ id: 'q', title: 'Who?', method: 'choose', winners: 1, score_max: 1, approval: null, options: ['a', 'b', 'c'].map((id) => ({ id, label: id.toUpperCase() })), ...more });
const answer = (more) => ({ id: 'q', outcome: 'decided', quorum_met: true, totals: [3, 5, 5], approved: ['c', 'b', 'a'], elected: ['c'], ties: [], ...more });

test('rows are ranked as the result ranks them, the others by total', () => {
	assert.deepEqual(rowsOf(question(), answer()).map(({ id, standing }) => [id, standing]), [['c', 'elected'], ['b', ''], ['a', '']], 'without a rule everything is approved');
	const rule = { base: 'ballots', fraction: [1, 2], strict: true };
	assert.deepEqual(rowsOf(question({ approval: rule }), answer()).map(({ id, standing }) => [id, standing]), [['c', 'elected'], ['b', 'approved'], ['a', 'approved']]);
	assert.deepEqual(rowsOf(question(), answer({ totals: [1, 9, 2], approved: [], elected: [] })).map(({ id, standing }) => [id, standing]), [['b', ''], ['c', ''], ['a', '']]);
	assert.equal(rowsOf(question({ method: 'referendum' }), answer())[0].standing, 'adopted');
});

test('the least total that is approved is just that, for every rule', () => {
	for (const base of ['ballots', 'electorate', 'options_sum'])
		for (const strict of [true, false])
			for (const fraction of [[1, 2], [1, 3], [2, 3], [0, 1], [1, 1], [999999, 1000000]])
				for (const scoreMax of [1, 5]) {
					const q = question({ approval: { base, fraction, strict }, score_max: scoreMax });
					const r = { weight_counted: 7, weight_electorate: 31 };
					const a = answer();
					const { due } = approvalDue(q, a, r);
					const poll = { weightCounted: 7, weightElectorate: 31 };
					/* options_sum is given by the totals, which the test must not move */
					const judge = (total) => isApproved({ approval: { base: base === 'options_sum' ? 'ballots' : base, fraction, strict }, score_max: base === 'options_sum' ? 1 : scoreMax },
						base === 'options_sum' ? { weightCounted: 13, weightElectorate: 13 } : poll, [total], 0);
					assert.ok(judge(due), `${base} ${strict} ${fraction} ${scoreMax}: ${due}`);
					assert.ok(!judge(due - 1), `${base} ${strict} ${fraction} ${scoreMax}: ${due} is the least`);
				}
});

test('a file for spreadsheets quotes what needs it and runs nothing', () => {
	const q = question({ title: 'Who, "then"?', options: [{ id: 'a', label: '=1+1' }, { id: 'b', label: 'two\nlines' }] });
	const text = csvOf({ questions: [q] }, { questions: [answer({ totals: [1, 2], approved: ['b'], elected: ['b'] })] });
	assert.equal(text, 'question_id,question,outcome,quorum_met,option_id,option,total,approved,elected\r\n' +
		'q,"Who, ""then""?",decided,true,a,\'=1+1,1,false,false\r\nq,"Who, ""then""?",decided,true,b,"two\nlines",2,true,true\r\n');
	assert.match(csvOf({ questions: [q] }, { questions: [answer({ outcome: 'withheld', totals: [], approved: [], elected: [] })] }), /withheld,true,a,'=1\+1,,false,false/);
});

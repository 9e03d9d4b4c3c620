// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { byTime, groupOf, phaseNow } from './groups.js';

const at = (phase, opens, closes, slug = 'a') => ({ slug, title: 'T', phase, opens, closes });

test('an election by the phase of its board and the reader’s clock', () => {
	const cases = [
		['setup', 50, 'setup', 'coming'], ['certifying', 99, 'certifying', 'coming'], ['ready', 100, 'late', 'coming'], ['ready', 199, 'late', 'coming'],
		['ready', 200, 'missed', 'over'], ['setup', 300, 'missed', 'over'], ['open', 100, 'open', 'open'], ['open', 199, 'open', 'open'], ['open', 200, 'closed', 'over'],
		['closed', 250, 'closed', 'over'], ['finished', 300, 'finished', 'over'], ['cancelled', 50, 'cancelled', 'over'],
	];
	for (const [phase, now, phaseThen, group] of cases) {
		assert.equal(phaseNow(at(phase, 100, 200), now), phaseThen, `${phase} at ${now}`);
		assert.equal(groupOf(at(phase, 100, 200), now), group, `${phase} at ${now}`);
	}
});

test('what ends next comes first, what is over latest first', () => {
	const all = [at('open', 1, 300, 'x'), at('open', 1, 200, 'y'), at('finished', 1, 20, 'p'), at('finished', 1, 40, 'q'), at('setup', 150, 400, 'm'), at('setup', 120, 900, 'n')];
	const slugs = (group) => byTime(all, group, 100).map(({ slug }) => slug).join('');
	assert.deepEqual([slugs('open'), slugs('coming'), slugs('over')], ['yx', 'nm', 'qp']);
});

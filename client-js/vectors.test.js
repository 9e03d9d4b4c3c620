// SPDX-License-Identifier: Apache-2.0
// Every case of specs/vectors, twice: answered anew from what the file gives, and made anew from the seeds.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { plain, refusal } from './tools/vectors/kit.mjs';
import { topics } from './tools/vectors/topics.mjs';

const folder = new URL('../specs/vectors/', import.meta.url);

test('every file of vectors has its topic, and every topic its file', () => {
	const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
	assert.deepEqual(files.sort(), Object.keys(topics).map((name) => `${name}.json`).sort());
});

for (const [name, topic] of Object.entries(topics)) {
	const text = readFileSync(new URL(`${name}.json`, folder), 'utf8');
	test(`${name}: the cases of the file`, () => {
		const file = JSON.parse(text);
		const { cases } = file;
		topic.use?.(file);
		assert(cases.length > 0);
		for (const one of cases) {
			if (one.valid) assert.deepEqual(plain(topic.ops[one.op](one.in)), one.out, one.name);
			else assert.equal(refusal(topic.ops[one.op], one.in)?.rule, one.rule, one.name);
		}
	});
	test(`${name}: made anew`, () => {
		assert.equal(`${JSON.stringify(topic.make(), null, '\t')}\n`, text);
	});
}
